// SPDX-License-Identifier: LGPL-2.1-or-later

#include "event/guid.h"

#include <stddef.h>

/*
 * As UEFI writes a GUID (appendix A): its first three groups are little-endian in memory.
 * The kernel's own trace text prints them in memory order, so it differs from this.
 */
const char *guid_to_text(const uint8_t guid[static GUID_BYTES],
			 char buf[static GUID_TEXT_BYTES])
{
	static const char order[GUID_BYTES] = { 3, 2, 1,  0,  5,  4,  7,  6,
						8, 9, 10, 11, 12, 13, 14, 15 };
	static const char digits[] = "0123456789abcdef";
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
