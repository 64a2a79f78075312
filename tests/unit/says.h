/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What is to be held against all that rasctl prints. */

#include <string.h>

#include "rasctl_fixture.h"
#include "util/macro.h"

static inline size_t longest_line(const char *text)
{
	size_t longest = 0;

	while (*text) {
		size_t len = strcspn(text, "\n");

		longest = MAX(longest, len);
		text += len + (text[len] == '\n');
	}
	return longest;
}

static inline void assert_plain(const char *text)
{
	for (; *text; text++)
		if (*text != '\n' && (*text < 0x20 || *text > 0x7e))
			fail_msg("byte %#x in the output", (unsigned char)*text);
}

static inline void assert_says(const char *words)
{
	if (!strstr(said.out, words))
		fail_msg("\"%s\" is not in:\n%s", words, said.out);
}
