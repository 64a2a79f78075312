// SPDX-License-Identifier: LGPL-2.1-or-later

#include "act/act_private.h"

#include <stdarg.h>
#include <stdio.h>

const struct actuator_ops actuator_real = { .name = "real",
					    .soft_offline = page_soft_offline,
					    .start = unit_start };

/* What has not been sent yet is dropped: waiting for that could take forever. */
void actuator_close(struct actuator *actuator)
{
	if (!actuator->bus)
		return;
	sd_bus_close(actuator->bus);
	actuator->bus = sd_bus_unref(actuator->bus);
}

void act_effect_set(struct act_effect *ret, enum act_outcome outcome, int error,
		    const char *fmt, ...)
{
	va_list ap;

	*ret = (struct act_effect){ .outcome = outcome, .error = error };
	va_start(ap, fmt);
	vsnprintf(ret->note, sizeof(ret->note), fmt, ap);
	va_end(ap);
}
