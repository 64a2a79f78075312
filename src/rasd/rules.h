/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The configuration, as the policy wants it. */

#include "policy/policy.h"
#include "rasd/config.h"

struct rules {
	struct policy_rules policy;
	char patterns[CONFIG_PATTERNS_BYTES]; /* that policy.service points into */
};

void rules_make(struct rules *rules, const struct config *config);
