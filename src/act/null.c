// SPDX-License-Identifier: LGPL-2.1-or-later

/* The dry run: it looks, and says what would be done. */

#include "act/actuator.h"

#include <errno.h>
#include <string.h>

static void soft_offline(struct actuator *actuator, uint64_t address,
			 struct act_effect *ret)
{
	int r = page_is_poisoned(actuator, address);

	if (r > 0) {
		act_effect_set(ret, OUTCOME_ALREADY, 0, "it was poisoned before");
		ret->verified = true;
	} else if (r == -ENXIO) {
		act_effect_set(
			ret, OUTCOME_DRY_RUN, ENXIO,
			"it would have been tried, but the kernel has no page there");
	} else if (r < 0) {
		act_effect_set(ret, OUTCOME_DRY_RUN, -r,
			       "would have been taken out of use; whether it is poisoned "
			       "cannot be seen: %s",
			       strerror(-r));
	} else {
		act_effect_set(ret, OUTCOME_DRY_RUN, 0,
			       "would have been taken out of use");
	}
}

static void start(struct actuator *actuator, const char *unit, struct act_effect *ret)
{
	(void)actuator;
	(void)unit;
	act_effect_set(ret, OUTCOME_DRY_RUN, 0, "would have been started again");
}

const struct actuator_ops actuator_null = { .name = "null",
					    .soft_offline = soft_offline,
					    .start = start };
