// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * net_dev_xmit_timeout: a network device did not send what it was given
 * (include/trace/events/net.h); dev_watchdog() then lets its driver reset it. Newer
 * kernels tell the network namespace, too.
 */

#include "event/handler.h"

#include <inttypes.h>

enum { NAME, DRIVER, QUEUE, COOKIE, FIELDS };

static const struct field fields[FIELDS] = {
	[NAME] = { .name = "interface", .kernel = "name", .kind = FIELD_TEXT },
	[DRIVER] = { .name = "driver", .kernel = "driver", .kind = FIELD_TEXT },
	[QUEUE] = { .name = "queue", .kernel = "queue_index", .kind = FIELD_INT },
	[COOKIE] = { .name = "net_cookie",
		     .kernel = "net_cookie",
		     .kind = FIELD_UINT,
		     .optional = true },
};

static int decode(const struct record *record, struct event *event)
{
	(void)record;
	event->component = COMPONENT_NETWORK;
	event->device = event->detail[NAME];
	return 1;
}

static void describe(const struct event *event, struct text *out)
{
	text_add_value(out, &event->detail[DRIVER]);
	text_add(out, " ");
	text_add_value(out, &event->detail[NAME]);
	text_add(out, ": queue %" PRId64 " did not send in time", event->detail[QUEUE].i);
}

static const struct event_type type = {
	.name = "net-timeout",
	.table = "net_timeout",
	.fields = fields,
	.n_fields = FIELDS,
	.describe = describe,
};

const struct handler handler_net_timeout = {
	.type = &type,
	.tracepoints = { { "net:net_dev_xmit_timeout" } },
	.ring = RING_HARDWARE,
	.decode = decode,
};
