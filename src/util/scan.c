// SPDX-License-Identifier: LGPL-2.1-or-later

#include "util/scan.h"

#include <string.h>

static size_t left(const struct scan *scan)
{
	return (size_t)(scan->end - scan->at);
}

bool scan_word(struct scan *scan, const char *word)
{
	size_t len = strlen(word);

	if (left(scan) < len || memcmp(scan->at, word, len))
		return false;
	scan->at += len;
	return true;
}

static int digit_of(char c, unsigned int base)
{
	int digit = c >= '0' && c <= '9' ? c - '0' :
		    c >= 'a' && c <= 'f' ? c - 'a' + 10 :
		    c >= 'A' && c <= 'F' ? c - 'A' + 10 :
					   -1;

	return digit < (int)base ? digit : -1;
}

static bool scan_number(struct scan *scan, unsigned int base, uint64_t *ret)
{
	const char *at = scan->at;
	uint64_t n = 0;

	for (int digit; at < scan->end && (digit = digit_of(*at, base)) >= 0; at++)
		if (__builtin_mul_overflow(n, base, &n) ||
		    __builtin_add_overflow(n, (uint64_t)digit, &n))
			return false;
	if (at == scan->at)
		return false;
	scan->at = at;
	*ret = n;
	return true;
}

/* Decimal, or hexadecimal behind "0x". */
bool scan_uint64(struct scan *scan, uint64_t *ret)
{
	struct scan behind = *scan;

	if (scan_word(&behind, "0x") && scan_number(&behind, 16, ret)) {
		*scan = behind;
		return true;
	}
	return scan_number(scan, 10, ret);
}

/* Hexadecimal, with "0x" or without. */
bool scan_hex(struct scan *scan, uint64_t *ret)
{
	struct scan behind = *scan;

	scan_word(&behind, "0x");
	if (!scan_number(&behind, 16, ret))
		return false;
	*scan = behind;
	return true;
}

/* Behind the next `word`, wherever it is. */
bool scan_to(struct scan *scan, const char *word)
{
	size_t len = strlen(word);
	const char *found = memmem(scan->at, left(scan), word, len);

	if (!found)
		return false;
	scan->at = found + len;
	return true;
}

/* Behind the last `word` there is: before it may stand what somebody else chose. */
bool scan_to_last(struct scan *scan, const char *word)
{
	struct scan last = *scan;

	if (!scan_to(&last, word))
		return false;
	do
		scan->at = last.at;
	while (scan_to(&last, word));
	return true;
}
