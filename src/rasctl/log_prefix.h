/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What stands in front of the kernel's words in a copy of its log. Pure but for the time
 * zone, which some forms need. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct log_prefix {
	const char *text; /* the kernel's words */
	size_t len;
	int64_t boottime_ns; /* 0: not told */
	int64_t utc_ns;	     /* 0: not told, or without a year */
	bool is_foreign;     /* somebody else wrote this */
	bool is_escaped;     /* as /dev/kmsg gives it */
};

void log_prefix_parse(const char *line, size_t len, struct log_prefix *ret);

/* Copies a line, its escapes resolved; terminated, cut to `size`. Returns its length. */
size_t log_text_copy(const char *text, size_t len, bool is_escaped, char *ret,
		     size_t size);
