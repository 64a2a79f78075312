/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What all of devlink's tracepoints begin with (include/trace/events/devlink.h): whose
 * device it is. A type's own fields begin at DEVLINK_COLUMNS.
 */

#include "event/event.h"

enum devlink_column { DEVLINK_BUS, DEVLINK_NAME, DEVLINK_DRIVER, DEVLINK_COLUMNS };

#define DEVLINK_COLUMN_FIELDS                                                        \
	[DEVLINK_BUS] = { .name = "bus", .kernel = "bus_name", .kind = FIELD_TEXT }, \
	[DEVLINK_NAME] = { .name = "device_name",                                    \
			   .kernel = "dev_name",                                     \
			   .kind = FIELD_TEXT },                                     \
	[DEVLINK_DRIVER] = { .name = "driver",                                       \
			     .kernel = "driver_name",                                \
			     .kind = FIELD_TEXT }

static inline void devlink_fill(struct event *event)
{
	event->component = COMPONENT_NETWORK;
	event->device = event->detail[DEVLINK_NAME];
}

/* "mlx5_core 0000:03:00.0" */
static inline void devlink_describe(const struct event *event, struct text *out)
{
	text_add_value(out, &event->detail[DEVLINK_DRIVER]);
	text_add(out, " ");
	text_add_value(out, &event->detail[DEVLINK_NAME]);
}
