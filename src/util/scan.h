/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Reads text that need not be terminated, word by word, and never beyond its end. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct scan {
	const char *at, *end;
};

static inline struct scan scan_of(const char *text, size_t len)
{
	return (struct scan){ .at = text, .end = text + len };
}

/* Each goes behind what it finds; false, and it stays where it was, if that is not there.
 */
bool scan_word(struct scan *scan, const char *word);
bool scan_uint64(struct scan *scan, uint64_t *ret);
bool scan_hex(struct scan *scan, uint64_t *ret);
bool scan_to(struct scan *scan, const char *word);
bool scan_to_last(struct scan *scan, const char *word);
