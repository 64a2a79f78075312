/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Sections under construction, and the events that handlers make of them. */

#include "cper/log.h"
#include "cper/section.h"
#include "unit/fixtures.h"

#define GUID_MEMORY \
	GUID(0xa5bc1114, 0x6f64, 0x4ede, 0xb8, 0x63, 0x3e, 0x83, 0xed, 0x7c, 0x83, 0xb1)
#define GUID_ARM \
	GUID(0xe19e3d16, 0xbc11, 0x11e4, 0x9c, 0xaa, 0xc2, 0x05, 0x1d, 0x5d, 0x46, 0xb0)
#define GUID_PCIE \
	GUID(0xd995e954, 0xbbc1, 0x430f, 0xad, 0x91, 0xb4, 0x4d, 0xcb, 0x3c, 0x6f, 0x35)
#define GUID_PROCESSOR \
	GUID(0x9876ccad, 0x47b4, 0x4bdb, 0xb6, 0x5e, 0x16, 0xf1, 0x93, 0xc4, 0xf3, 0xdb)
#define GUID_FIRMWARE \
	GUID(0x81212a96, 0x09ed, 0x4996, 0x94, 0x71, 0x8d, 0x72, 0x9c, 0x8e, 0x69, 0xed)
#define GUID_X86 \
	GUID(0xdc3ea0b0, 0xa144, 0x4797, 0xb9, 0x5b, 0x53, 0xfa, 0x24, 0x2b, 0x6e, 0x1d)

/* Numbers to be put at their places: width 0 ends. */
struct put {
	size_t at;
	size_t width;
	uint64_t number;
};

/* `len` bytes, zeros but for these. */
const uint8_t *put_all(uint8_t *bytes, size_t len, const struct put *puts);

/*
 * The event of a section of severity corrected, decoded from an allocation of exactly its
 * size; it lives until the next call. NULL: not even the handler of any takes it.
 */
struct event *decode_section(struct guid type, const void *bytes, size_t len);

/* The event that lines of the kernel's log make, as a section of that type; NULL: none
 * is made by `handler`. */
struct event *decode_log_lines(const char *handler, const char *type, size_t n,
			       const char *const *lines);

/* The first section of that type in a golden recording of the kernel's log. */
struct event *decode_golden_log(const char *handler, const char *kernel, const char *name,
				size_t which);
