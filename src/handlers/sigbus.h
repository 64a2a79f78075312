/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What a signal's event says, for those who bring events together. */

#include <stdbool.h>
#include <stdint.h>

#include "event/event.h"

struct signal_facts {
	int32_t number;
	int32_t code;
	int32_t sender; /* thread in whose context it was generated */
	bool is_memory; /* BUS_MCEERR_AR, BUS_MCEERR_AO, or a forced SIGKILL */
};

/* `event` must have the role ROLE_SIGNAL. */
void signal_facts(const struct event *event, struct signal_facts *ret);
