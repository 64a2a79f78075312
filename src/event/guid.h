/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdint.h>

#define GUID_BYTES	16
#define GUID_TEXT_BYTES 37

/* As it lies in UEFI's tables and records: the first three groups little-endian. */
struct guid {
	uint8_t bytes[GUID_BYTES];
};

/* The GUID aabbccdd-eeff-gghh-iijj-kkllmmnnoopp is GUID(0xaabbccdd, 0xeeff, 0xgghh, 0xii,
 * 0xjj, 0xkk, 0xll, 0xmm, 0xnn, 0xoo, 0xpp). */
#define GUID(a, b, c, ...)                                                               \
	{                                                                                \
		{                                                                        \
			(a) & 0xff, (a) >> 8 & 0xff, (a) >> 16 & 0xff, (a) >> 24 & 0xff, \
				(b)&0xff, (b) >> 8 & 0xff, (c)&0xff, (c) >> 8 & 0xff,    \
				__VA_ARGS__                                              \
		}                                                                        \
	}

const char *guid_to_text(const uint8_t guid[static GUID_BYTES],
			 char buf[static GUID_TEXT_BYTES]);
/* Of the same form, in any case; -EINVAL: it is not. */
int guid_from_text(const char *text, struct guid *ret);
const char *uuid_to_text(const uint8_t uuid[static GUID_BYTES],
			 char buf[static GUID_TEXT_BYTES]);
