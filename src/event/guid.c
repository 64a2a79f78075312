// SPDX-License-Identifier: LGPL-2.1-or-later

#include "event/guid.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "util/bytes.h"

/*
 * As UEFI writes a GUID (appendix A): its first three groups are little-endian in memory.
 * The kernel's own trace text prints them in memory order, so it differs from this.
 */
const char *guid_to_text(const uint8_t guid[static GUID_BYTES],
			 char buf[static GUID_TEXT_BYTES])
{
	snprintf(buf, GUID_TEXT_BYTES, "%08x-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x",
		 load_le32(guid), load_le16(guid + 4), load_le16(guid + 6), guid[8],
		 guid[9], guid[10], guid[11], guid[12], guid[13], guid[14], guid[15]);
	return buf;
}

static int digit_of(char c)
{
	static const char digits[] = "0123456789abcdef";
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
