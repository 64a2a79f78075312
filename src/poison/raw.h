/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * System calls without libc: neither errno, which lies in a thread's own storage, nor a
 * jump through a table that lies in memory which may have failed.
 */

#include <stddef.h>
#include <stdint.h>

#include <sys/syscall.h>
#include <unistd.h>

/* Code that runs when memory has failed: nothing that a compiler adds may come between.
 */
#define _raw_ \
	__attribute__((no_sanitize_address, no_sanitize_undefined, no_stack_protector))
#define _raw_inline_ _raw_ __attribute__((always_inline)) static inline

#if defined(__aarch64__)

/* Returns what the kernel returns: a negative errno on failure. */
_raw_inline_ long raw_call(long number, uintptr_t a, uintptr_t b, uintptr_t c,
			   uintptr_t d, uintptr_t e)
{
	register long x8 __asm__("x8") = number;
	register uintptr_t x0 __asm__("x0") = a;
	register uintptr_t x1 __asm__("x1") = b;
	register uintptr_t x2 __asm__("x2") = c;
	register uintptr_t x3 __asm__("x3") = d;
	register uintptr_t x4 __asm__("x4") = e;

	__asm__ volatile("svc 0"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4)
			 : "memory", "cc");
	return (long)x0;
}

#elif defined(__x86_64__)

_raw_inline_ long raw_call(long number, uintptr_t a, uintptr_t b, uintptr_t c,
			   uintptr_t d, uintptr_t e)
{
	register uintptr_t r10 __asm__("r10") = d;
	register uintptr_t r8 __asm__("r8") = e;
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
			 : "rcx", "r11", "memory", "cc");
	return result;
}

#else

#include <errno.h>

_raw_inline_ long raw_call(long number, uintptr_t a, uintptr_t b, uintptr_t c,
			   uintptr_t d, uintptr_t e)
{
	long r = syscall(number, a, b, c, d, e);

	return r < 0 ? -errno : r;
}

#endif

/* Never returns. */
_raw_inline_ __attribute__((noreturn)) void raw_exit(int status)
{
	for (;;)
		raw_call(SYS_exit_group, (uintptr_t)status, 0, 0, 0, 0);
}
