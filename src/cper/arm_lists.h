/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* An ARM section's error information, contexts, registers and, if its vendor is known,
 * what the vendor's bytes say, as rows of an event. */

#include "cper/arm.h"
#include "event/event.h"

enum arm_list {
	ARM_LIST_ERRORS,
	ARM_LIST_CONTEXTS,
	ARM_LIST_REGISTERS,
	ARM_LIST_VENDOR,
	ARM_LIST_MAX
};

extern const struct list_type arm_lists[ARM_LIST_MAX];

int arm_lists_fill(struct event *event, const struct arm_body *body, uint64_t midr,
		   struct arena *arena);
