// SPDX-License-Identifier: LGPL-2.1-or-later

#include "event/guid.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

static const char digits[] = "0123456789abcdef";

/* Which byte in memory each pair of digits is. */
static const uint8_t guid_order[GUID_BYTES] = { 3, 2, 1,  0,  5,  4,  7,  6,
						8, 9, 10, 11, 12, 13, 14, 15 };
static const uint8_t uuid_order[GUID_BYTES] = { 0, 1, 2,  3,  4,  5,  6,  7,
						8, 9, 10, 11, 12, 13, 14, 15 };

static const char *to_text(const uint8_t *bytes, const uint8_t *order, char *buf)
{
	char *at = buf;

	for (size_t i = 0; i < GUID_BYTES; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*at++ = '-';
		*at++ = digits[bytes[order[i]] >> 4];
		*at++ = digits[bytes[order[i]] & 15];
	}
	*at = '\0';
	return buf;
}

/*
 * As UEFI writes a GUID (appendix A): its first three groups are little-endian in memory.
 * The kernel's own trace text prints them in memory order, so it differs from this.
 */
const char *guid_to_text(const uint8_t guid[static GUID_BYTES],
			 char buf[static GUID_TEXT_BYTES])
{
	return to_text(guid, guid_order, buf);
}

/* A UUID as CXL and RFC 9562 have it: its bytes in the order of its text. */
const char *uuid_to_text(const uint8_t uuid[static GUID_BYTES],
			 char buf[static GUID_TEXT_BYTES])
{
	return to_text(uuid, uuid_order, buf);
}

static int digit_of(char c)
{
	const char *at = c ? strchr(digits, c | 0x20) : NULL;

	return at ? (int)(at - digits) : -1;
}

int guid_from_text(const char *text, struct guid *ret)
{
	struct guid guid;
	const char *at = text;

	if (strlen(text) != GUID_TEXT_BYTES - 1)
		return -EINVAL;
	for (size_t i = 0; i < GUID_BYTES; i++) {
		int high, low;

		if ((i == 4 || i == 6 || i == 8 || i == 10) && *at++ != '-')
			return -EINVAL;
		high = digit_of(*at++);
		low = digit_of(*at++);
		if (high < 0 || low < 0)
			return -EINVAL;
		guid.bytes[guid_order[i]] = (uint8_t)(high << 4 | low);
	}
	*ret = guid;
	return 0;
}
