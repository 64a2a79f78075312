// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * devlink_hwerr: a device answered its driver with an error; the number and the words are
 * the driver's. Few drivers tell of it, and of nothing that ordinary use brings.
 */

#include "event/handler.h"

#include <inttypes.h>

#include "handlers/devlink.h"

enum { ERR = DEVLINK_COLUMNS, MSG, FIELDS };

static const struct field fields[FIELDS] = {
	DEVLINK_COLUMN_FIELDS,
	[ERR] = { .name = "error", .kernel = "err", .kind = FIELD_INT },
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
	text_add(out, ": error %" PRId64 ": ", event->detail[ERR].i);
	text_add_value(out, &event->detail[MSG]);
}

static const struct event_type type = {
	.name = "devlink-hwerr",
	.table = "devlink_hwerr",
	.fields = fields,
	.n_fields = FIELDS,
	.describe = describe,
};

const struct handler handler_devlink_hwerr = {
	.type = &type,
	.tracepoints = { { "devlink:devlink_hwerr" } },
	.ring = RING_HARDWARE,
	.decode = decode,
};
