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

/* Calls `each` for every process and page until it returns non-zero. */
int victims_find(int proc_fd, const uint64_t *pfns, size_t n_pfns,
		 int (*each)(const struct victim *victim, void *arg), void *arg);
