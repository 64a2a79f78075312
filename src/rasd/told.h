/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Which of the things that are there to be read at each start were told: in memory that
 * outlives the process, so that a restart neither logs nor counts them again. The
 * database has them, too, for longer; see struct event's `once`.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TOLD_KEYS_MAX 8000

struct told {
	uint64_t magic;
	uint64_t n; /* ever added; the latest TOLD_KEYS_MAX of them are here */
	uint64_t keys[TOLD_KEYS_MAX];
};

void told_begin(struct told *told);
bool told_has(const struct told *told, uint64_t key);
void told_add(struct told *told, uint64_t key);
