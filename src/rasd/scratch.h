/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What capture keeps in the ring's file beside the ring: memory that outlives it. Each
 * area begins on a boundary of any page size, so that a page that fails takes one of
 * them.
 */

#include "db/rows.h"
#include "locate/twins.h"
#include "policy/policy.h"
#include "rasd/tally.h"
#include "rasd/told.h"
#include "sources/landing.h"

#define SCRATCH_ALIGN 65536

struct scratch_memory { /* filled by store, once, for a capture that knows nothing */
	uint32_t ready;
	char boot_id[36]; /* what else is kept here is of this boot */
	struct db_memory memory;
};

/* clang-format off */
#define SCRATCH_LANDING_AT 0
#define LANDING_BYTES	   (LANDING_HEADS_BYTES + (1u << 20))
#define SCRATCH_POLICY_AT  (SCRATCH_LANDING_AT + LANDING_BYTES)
#define SCRATCH_MEMORY_AT  (SCRATCH_POLICY_AT + ALIGN_UP(sizeof(struct policy_state), (size_t)SCRATCH_ALIGN))
#define SCRATCH_TALLY_AT   (SCRATCH_MEMORY_AT + ALIGN_UP(sizeof(struct scratch_memory), (size_t)SCRATCH_ALIGN))
#define SCRATCH_TWINS_AT   (SCRATCH_TALLY_AT + ALIGN_UP(sizeof(struct tally), (size_t)SCRATCH_ALIGN))
#define SCRATCH_TOLD_AT	   (SCRATCH_TWINS_AT + ALIGN_UP(sizeof(struct twins), (size_t)SCRATCH_ALIGN))
#define SCRATCH_BYTES	   (SCRATCH_TOLD_AT + ALIGN_UP(sizeof(struct told), (size_t)SCRATCH_ALIGN))
/* clang-format on */
