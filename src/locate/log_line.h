/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What lines of the kernel's log say of poison (mm/memory-failure.c). */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "Memory failure: 0x…: Sending SIGBUS to COMM:TID due to …", or "forcibly killing". */
struct victim_line {
	uint64_t pfn;
	int32_t tid;
	bool forced; /* SIGKILL: the page could not be unmapped */
	const char *comm;
	size_t comm_len;
};

bool victim_line_parse(const char *line, size_t len, struct victim_line *ret);
