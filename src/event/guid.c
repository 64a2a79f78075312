// SPDX-License-Identifier: LGPL-2.1-or-later

#include "event/guid.h"

#include <stdio.h>

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

/* A UUID as CXL and RFC 9562 have it: its bytes in the order of its text. */
const char *uuid_to_text(const uint8_t uuid[static GUID_BYTES],
			 char buf[static GUID_TEXT_BYTES])
{
	char *at = buf;

	for (size_t i = 0; i < GUID_BYTES; i++) {
		const char *before = i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "";

		at += sprintf(at, "%s%02x", before, uuid[i]);
	}
	return buf;
}
