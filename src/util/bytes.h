/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Unaligned loads. CPER, ACPI and the GUIDs in them are little-endian on every machine;
 * trace records are in the byte order of the machine that wrote them. */

#include <endian.h>
#include <stdint.h>
#include <string.h>

static inline uint16_t load_le16(const void *p)
{
	uint16_t v;

	memcpy(&v, p, sizeof(v));
	return le16toh(v);
}

static inline uint32_t load_le32(const void *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return le32toh(v);
}

static inline uint64_t load_le64(const void *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return le64toh(v);
}

static inline uint32_t load_be32(const void *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return be32toh(v);
}

/* bits [lo, hi] of v, both included */
static inline uint64_t bits(uint64_t v, unsigned int lo, unsigned int hi)
{
	return (v >> lo) & (~0ULL >> (63 - (hi - lo)));
}
