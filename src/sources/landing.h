/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Where the kernel's sub-buffers land. Reading them destroys the kernel's copy, so they
 * land in memory that outlives the process: one that dies between reading and recording
 * leaves them to the next one, which knows from `round` whether they were recorded.
 */

#include <stddef.h>
#include <stdint.h>

#define LANDING_SLOTS_MAX  512
#define LANDING_HEAD_BYTES 65536 /* one page of any size */
#define LANDING_HEADS_BYTES \
	(2 * LANDING_HEAD_BYTES) /* it is there twice, should its page fail */

struct landing_slot {
	uint32_t ring; /* enum trace_ring */
	uint32_t cpu;
	uint32_t at; /* offset of the sub-buffer in the landing area */
	uint32_t size;
	int64_t clock_delta_ns;
};

/*
 * Lies at the start of the area, and once more behind that. All zero is an area that was
 * never used.
 */
struct landing {
	uint64_t round; /* of what is in the slots; counts up */
	uint32_t n_slots;
	uint32_t reserved;
	struct landing_slot slots[LANDING_SLOTS_MAX];
};

_Static_assert(sizeof(struct landing) <= LANDING_HEAD_BYTES, "the head has its own page");
