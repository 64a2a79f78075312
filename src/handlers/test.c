// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * A synthetic event: what `rasctl test-event` writes into the ring's trace_marker comes
 * back as ftrace:print (kernel/trace/trace_entries.h) and takes every step that a real
 * one takes. Whatever else is written there is nothing of ours.
 */

#include "event/handler.h"

#include <string.h>

#define MARK "rasd test-event "

enum { BUF, TOKEN, FIELDS };

static const struct field fields[FIELDS] = {
	[BUF] = { .kernel = "buf", .kind = FIELD_TEXT },
	[TOKEN] = { .name = "token", .kind = FIELD_TEXT },
};

static int decode(const struct record *record, struct event *event)
{
	const struct value *buf = &event->detail[BUF];
	size_t skip = strlen(MARK);

	(void)record;
	if (buf->len <= skip || memcmp(buf->text, MARK, skip))
		return 0;
	event->detail[TOKEN] = (struct value){ .kind = VALUE_TEXT,
					       .len = buf->len - (uint32_t)skip,
					       .text = buf->text + skip };
	while (event->detail[TOKEN].len &&
	       event->detail[TOKEN].text[event->detail[TOKEN].len - 1] == '\n')
		event->detail[TOKEN].len--;
	event->severity = SEVERITY_INFO;
	event->component = COMPONENT_RASD;
	event->flags |= EVENT_SYNTHETIC;
	return 1;
}

static void describe(const struct event *event, struct text *out)
{
	text_add(out, "synthetic event ");
	text_add_escaped(out, event->detail[TOKEN].text, event->detail[TOKEN].len);
}

static const struct event_type type = {
	.name = "test",
	.table = "test",
	.fields = fields,
	.n_fields = FIELDS,
	.describe = describe,
};

const struct handler handler_test = {
	.type = &type,
	.tracepoints = { { "ftrace:print" } },
	.ring = RING_HARDWARE,
	.decode = decode,
};
