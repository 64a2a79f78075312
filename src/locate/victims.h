/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Which processes had a page that is poisoned now. Reads the page tables of every process
 * (/proc/PID/pagemap), so it may take seconds on a large machine, and belongs into a
 * process that has time.
 */

#include <stddef.h>
#include <stdint.h>

struct victim {
	int32_t tgid;
	uint32_t reserved;
	uint64_t pfn;
	uint64_t address; /* virtual, in that process */
	int64_t start_ns; /* boot time at which the process began */
};

#define VICTIMS_PFNS_MAX 64

/*
 * Calls `each` for every process and page, once, until it returns non-zero, and returns
 * that. At the end 0, or the errno of the first process that could not be looked at (the
 * others were): -EACCES without CAP_SYS_PTRACE; -EOVERFLOW: it has more address space
 * than anybody has time for. Without CAP_SYS_ADMIN the kernel shows no page's number.
 * -E2BIG: more than VICTIMS_PFNS_MAX pages are asked for.
 */
int victims_find(int proc_fd, const uint64_t *pfns, size_t n_pfns,
		 int (*each)(const struct victim *victim, void *arg), void *arg);
