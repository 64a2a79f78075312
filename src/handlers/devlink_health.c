// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * devlink_health_report: a driver found something wrong with its device and told
 * devlink's health reporter (net/devlink/health.c). How bad it is, it does not say.
 */

#include "event/handler.h"

#include "handlers/devlink.h"

enum { REPORTER = DEVLINK_COLUMNS, MSG, FIELDS };

static const struct field fields[FIELDS] = {
	DEVLINK_COLUMN_FIELDS,
	[REPORTER] = { .name = "reporter",
		       .kernel = "reporter_name",
		       .kind = FIELD_TEXT },
	[MSG] = { .name = "msg", .kernel = "msg", .kind = FIELD_TEXT },
};

static int decode(const struct record *record, struct event *event)
{
	(void)record;
	devlink_fill(event);
	return 1;
}

static void describe(const struct event *event, struct text *out)
{
	devlink_describe(event, out);
	text_add(out, ": ");
	text_add_value(out, &event->detail[REPORTER]);
	text_add(out, ": ");
	text_add_value(out, &event->detail[MSG]);
}

static const struct event_type type = {
	.name = "devlink-health",
	.table = "devlink_health",
	.fields = fields,
	.n_fields = FIELDS,
	.describe = describe,
};

const struct handler handler_devlink_health = {
	.type = &type,
	.tracepoints = { { "devlink:devlink_health_report" } },
	.ring = RING_HARDWARE,
	.decode = decode,
};
