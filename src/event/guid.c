// SPDX-License-Identifier: LGPL-2.1-or-later

#include "event/guid.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

static const char digits[] = "0123456789abcdef";

/*
 * As UEFI writes a GUID (appendix A): its first three groups are little-endian in memory.
 * The kernel's own trace text prints them in memory order, so it differs from this.
 */
const char *guid_to_text(const uint8_t guid[static GUID_BYTES],
			 char buf[static GUID_TEXT_BYTES])
{
	static const char order[GUID_BYTES] = { 3, 2, 1,  0,  5,  4,  7,  6,
						8, 9, 10, 11, 12, 13, 14, 15 };
	char *at = buf;

	for (size_t i = 0; i < GUID_BYTES; i++) {
		uint8_t byte = guid[(size_t)order[i]];

		if (i == 4 || i == 6 || i == 8 || i == 10)
			*at++ = '-';
		*at++ = digits[byte >> 4];
		*at++ = digits[byte & 15];
	}
	*at = '\0';
	return buf;
}

static int digit_of(char c)
{
	const char *at = c ? strchr(digits, c | 0x20) : NULL;

	return at ? (int)(at - digits) : -1;
}

int guid_from_text(const char *text, struct guid *ret)
{
	/* where each byte's two digits are in the text */
	static const uint8_t at[GUID_BYTES] = { 6,  4,	2,  0,	11, 9,	16, 14,
						19, 21, 24, 26, 28, 30, 32, 34 };
	struct guid guid;

	if (strlen(text) != GUID_TEXT_BYTES - 1 || text[8] != '-' || text[13] != '-' ||
	    text[18] != '-' || text[23] != '-')
		return -EINVAL;
	for (size_t i = 0; i < GUID_BYTES; i++) {
		int high = digit_of(text[at[i]]), low = digit_of(text[at[i] + 1]);

		if (high < 0 || low < 0)
			return -EINVAL;
		guid.bytes[i] = (uint8_t)(high << 4 | low);
	}
	*ret = guid;
	return 0;
}
