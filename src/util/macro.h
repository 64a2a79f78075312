/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The few macros that make ownership and sizes visible. */

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define MIN(a, b)                                  \
	({                                         \
		__typeof__(a) min_a_ = (a);        \
		__typeof__(b) min_b_ = (b);        \
		min_a_ < min_b_ ? min_a_ : min_b_; \
	})

#define MAX(a, b)                                  \
	({                                         \
		__typeof__(a) max_a_ = (a);        \
		__typeof__(b) max_b_ = (b);        \
		max_a_ > max_b_ ? max_a_ : max_b_; \
	})

/* Rounds up to a multiple of a power of two. */
#define ALIGN_UP(n, to) (((n) + (to)-1) & ~((__typeof__(n))(to)-1))

#define _printf_(fmt, first) __attribute__((format(printf, fmt, first)))
#define _unused_	     __attribute__((unused))

/*
 * An owned local: `_cleanup_(close_fd) int fd = -1;` frees itself when it leaves scope.
 */
#define _cleanup_(fn) __attribute__((cleanup(fn##_at)))

/* Hands an owned local over to somebody else; the local gives it up. */
#define TAKE_PTR(p)                         \
	({                                  \
		__typeof__(p) taken_ = (p); \
		(p) = NULL;                 \
		taken_;                     \
	})

#define TAKE_FD(fd)                \
	({                         \
		int taken_ = (fd); \
		(fd) = -1;         \
		taken_;            \
	})

static inline void close_fd(int fd)
{
	if (fd >= 0)
		close(fd);
}

static inline void close_fd_at(int *fd)
{
	close_fd(*fd);
}

static inline void free_ptr_at(void *p)
{
	free(*(void **)p);
}

static inline void close_file_at(FILE **f)
{
	if (*f)
		fclose(*f);
}
