// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * devlink_health_recover_aborted: devlink would not let a health reporter recover its
 * device again, because it was not well before or did so a moment ago. The time is in the
 * kernel's jiffies, of which nobody outside knows the length.
 */

#include "event/handler.h"

#include <inttypes.h>

#include "handlers/devlink.h"

enum { REPORTER = DEVLINK_COLUMNS, HEALTH_STATE, SINCE, FIELDS };

static const struct field fields[FIELDS] = {
	DEVLINK_COLUMN_FIELDS,
	[REPORTER] = { .name = "reporter",
		       .kernel = "reporter_name",
		       .kind = FIELD_TEXT },
	[HEALTH_STATE] = { .name = "in_error",
			   .kernel = "health_state",
			   .kind = FIELD_FLAG },
	[SINCE] = { .name = "jiffies_since_recovery",
		    .kernel = "time_since_last_recover",
		    .kind = FIELD_UINT },
};

static int decode(const struct record *record, struct event *event)
{
	(void)record;
	devlink_fill(event);
	event->severity = SEVERITY_UNCORRECTED;
	return 1;
}

static void describe(const struct event *event, struct text *out)
{
	devlink_describe(event, out);
	text_add(out, ": ");
	text_add_value(out, &event->detail[REPORTER]);
	text_add(out, " was not recovered, %" PRIu64 " jiffies after the last time",
		 value_as_uint(&event->detail[SINCE]));
	if (value_as_uint(&event->detail[HEALTH_STATE]))
		text_add(out, ", it was in error before");
}

static const struct event_type type = {
	.name = "devlink-aborted",
	.table = "devlink_aborted",
	.fields = fields,
	.n_fields = FIELDS,
	.describe = describe,
};

const struct handler handler_devlink_aborted = {
	.type = &type,
	.tracepoints = { { "devlink:devlink_health_recover_aborted" } },
	.ring = RING_HARDWARE,
	.decode = decode,
};
