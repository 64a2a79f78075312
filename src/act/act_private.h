/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What the files of this layer have in common. */

#include <systemd/sd-bus.h>

#include "act/actuator.h"

void page_soft_offline(struct actuator *actuator, uint64_t address,
		       struct act_effect *ret);
void unit_start(struct actuator *actuator, const char *unit, struct act_effect *ret);

#define SYSTEMD_SERVICE	  "org.freedesktop.systemd1"
#define SYSTEMD_PATH	  "/org/freedesktop/systemd1"
#define SYSTEMD_MANAGER	  "org.freedesktop.systemd1.Manager"
#define UNIT_LOOK_TIMEOUT 5000000  /* usec */
#define UNIT_START_LIMIT  10000000 /* usec */

/* Owned locals: `_cleanup_(bus_message)`, `_cleanup_(bus_error)`. */
static inline void bus_message_at(sd_bus_message **message)
{
	sd_bus_message_unref(*message);
}

static inline void bus_error_at(sd_bus_error *error)
{
	sd_bus_error_free(error);
}

/*
 * Calls a method of systemd's, opening the connection if there is none. `types` and what
 * follows are the arguments, as of sd_bus_message_append(). -ENOENT: no such unit. Where
 * there was no answer the connection is closed; where there was one and it was no, it
 * stays, and `ret_error` has it.
 */
int systemd_call(struct actuator *actuator, const char *path, const char *interface,
		 const char *member, sd_bus_error *ret_error, sd_bus_message **ret,
		 const char *types, ...);
/* As unit_look(), of the unit at an object path. */
int unit_look_at(struct actuator *actuator, const char *path, struct unit_look *ret);
