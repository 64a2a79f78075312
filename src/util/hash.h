/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* 64 bits that tell things apart which nobody makes alike on purpose: FNV-1a. */

#include <stddef.h>
#include <stdint.h>

#define HASH64_START 14695981039346656037ULL

static inline uint64_t hash64(uint64_t hash, const void *bytes, size_t len)
{
	const uint8_t *at = bytes;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ at[i]) * 1099511628211ULL;
	return hash;
}

static inline uint64_t hash64_number(uint64_t hash, uint64_t number)
{
	return hash64(hash, &number, sizeof(number));
}
