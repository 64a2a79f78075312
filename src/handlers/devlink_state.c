// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * devlink_health_reporter_state_update: a health reporter is well again (0) or in error
 * (1, enum devlink_health_reporter_state of include/uapi/linux/devlink.h).
 */

#include "event/handler.h"

#include <inttypes.h>

#include "handlers/devlink.h"

enum { REPORTER = DEVLINK_COLUMNS, NEW_STATE, STATE_TEXT, FIELDS };

static const struct field fields[FIELDS] = {
	DEVLINK_COLUMN_FIELDS,
	[REPORTER] = { .name = "reporter",
		       .kernel = "reporter_name",
		       .kind = FIELD_TEXT },
	[NEW_STATE] = { .name = "state", .kernel = "new_state", .kind = FIELD_UINT },
	[STATE_TEXT] = { .name = "state_text", .kind = FIELD_TEXT },
};

static int decode(const struct record *record, struct event *event)
{
	static const char *const states[] = { "healthy", "in error" };
	uint64_t state = value_as_uint(&event->detail[NEW_STATE]);

	(void)record;
	devlink_fill(event);
	if (state < ARRAY_SIZE(states))
		event->detail[STATE_TEXT] = value_text(states[state]);
	event->severity = state == 0 ? SEVERITY_INFO : SEVERITY_UNKNOWN;
	return 1;
}

static void describe(const struct event *event, struct text *out)
{
	devlink_describe(event, out);
	text_add(out, ": ");
	text_add_value(out, &event->detail[REPORTER]);
	text_add(out, " is ");
	if (event->detail[STATE_TEXT].kind == VALUE_TEXT)
		text_add_value(out, &event->detail[STATE_TEXT]);
	else
		text_add(out, "in state %" PRIu64,
			 value_as_uint(&event->detail[NEW_STATE]));
}

static const struct event_type type = {
	.name = "devlink-state",
	.table = "devlink_state",
	.fields = fields,
	.n_fields = FIELDS,
	.describe = describe,
};

const struct handler handler_devlink_state = {
	.type = &type,
	.tracepoints = { { "devlink:devlink_health_reporter_state_update" } },
	.ring = RING_HARDWARE,
	.decode = decode,
};
