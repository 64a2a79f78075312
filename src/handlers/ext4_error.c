// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * ext4_error: a file system found that what it read makes no sense
 * (include/trace/events/ext4.h). Seldom the disk alone is to blame, but it is the first
 * to ask. The name of the function comes as a kernel address, which says nothing here;
 * the line is one of that kernel's source.
 */

#include "event/handler.h"

#include <inttypes.h>

enum { DEV, LINE, FIELDS };

static const struct field fields[FIELDS] = {
	[DEV] = { .kernel = "dev", .kind = FIELD_UINT },
	[LINE] = { .name = "line", .kernel = "line", .kind = FIELD_UINT },
};

/* "major:minor", as include/linux/kdev_t.h has them in a number. */
static int decode(const struct record *record, struct event *event)
{
	uint64_t dev = value_as_uint(&event->detail[DEV]);
	char name[32];
	int len = snprintf(name, sizeof(name), "%" PRIu64 ":%" PRIu64, dev >> 20,
			   dev & 0xfffff);

	event->device = value_text(arena_copy_text(record->arena, name, (size_t)len));
	event->severity = SEVERITY_UNCORRECTED;
	event->component = COMPONENT_DISK;
	return 1;
}

static void describe(const struct event *event, struct text *out)
{
	text_add(out, "ext4 error on ");
	text_add_value(out, &event->device);
	text_add(out, ", found at line %" PRIu64 " of its source",
		 value_as_uint(&event->detail[LINE]));
}

static const struct event_type type = {
	.name = "ext4-error",
	.table = "ext4_error",
	.fields = fields,
	.n_fields = FIELDS,
	.describe = describe,
};

const struct handler handler_ext4_error = {
	.type = &type,
	.tracepoints = { { "ext4:ext4_error" } },
	.ring = RING_HARDWARE,
	.decode = decode,
};
