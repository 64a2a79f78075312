/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Memory that lives as long as one event: taken piece by piece, given back all at once.
 * When it is full, arena_take() returns NULL and the taker does without.
 */

#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct arena {
	uint8_t *base;
	size_t size;
	size_t used;
};

static inline void *arena_take(struct arena *arena, size_t bytes)
{
	size_t start = (arena->used + 7) & ~(size_t)7;

	if (start > arena->size || bytes > arena->size - start)
		return NULL;
	arena->used = start + bytes;
	return arena->base + start;
}

static inline void arena_reset(struct arena *arena)
{
	arena->used = 0;
}

/* A terminated copy of `len` bytes, or NULL. */
static inline char *arena_copy_text(struct arena *arena, const char *bytes, size_t len)
{
	char *copy = arena_take(arena, len + 1);

	if (copy) {
		memcpy(copy, bytes, len);
		copy[len] = '\0';
	}
	return copy;
}
