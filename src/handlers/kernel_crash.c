// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * The end of a kernel, as pstore kept its last words (see cper/kernel_dump.h). A machine
 * that firmware finds in a fatal error, or that an SError reaches in the kernel, gets no
 * further than this: no tracepoint tells of it. Other crashes are recorded, too, for what
 * they interrupted; they are no error of the hardware.
 */

#include "event/handler.h"

#include <string.h>

#include "cper/kernel_dump.h"

enum { REASON, COUNT, PARTS, MESSAGE, HARDWARE, FIELDS };

static const struct field fields[FIELDS] = {
	[REASON] = { .name = "reason", .kind = FIELD_TEXT },
	[COUNT] = { .name = "oops_count", .kind = FIELD_UINT },
	[PARTS] = { .name = "parts", .kind = FIELD_UINT },
	[MESSAGE] = { .name = "crash_message", .kind = FIELD_TEXT },
	[HARDWARE] = { .name = "hardware", .kind = FIELD_FLAG },
};

static const struct field line_fields[] = { { .name = "line", .kind = FIELD_TEXT } };

static const struct list_type lists[] = {
	{ .name = "log",
	  .table = "kernel_crash_log",
	  .fields = line_fields,
	  .n_fields = ARRAY_SIZE(line_fields) },
};

static struct value text_of(const struct cper_log_section *section, struct arena *arena,
			    const char *name)
{
	const char *value = cper_log_value(section, name);

	return value_text(value ? arena_copy_text(arena, value, strlen(value)) : NULL);
}

static struct value number_of(const struct cper_log_section *section, const char *name)
{
	const char *value = cper_log_value(section, name);
	uint64_t number;

	if (!value || parse_uint64(value, &number) < 0)
		return (struct value){ .kind = VALUE_NONE };
	return value_uint(number);
}

static const char *log_line_of(const struct cper_log_section *section, size_t i)
{
	static const char mark[] = "log: ";
	const char *line = section->lines[i];

	return strncmp(line, mark, strlen(mark)) ? NULL : line + strlen(mark);
}

/* Without room for them, the lines are left out. */
static void take_lines(const struct cper_log_section *section, struct arena *arena,
		       struct event *event)
{
	struct value *rows;
	size_t n = 0;

	for (size_t i = 0; i < section->n_lines; i++)
		n += log_line_of(section, i) != NULL;
	rows = event_rows_take(event, 0, n, arena);
	for (size_t i = 0; rows && i < section->n_lines; i++) {
		const char *line = log_line_of(section, i);

		if (line)
			*rows++ = value_text(arena_copy_text(arena, line, strlen(line)));
	}
}

static int decode_log(const struct cper_log_section *section, struct arena *arena,
		      struct event *event)
{
	struct value *detail = event->detail;

	if (strcmp(section->type, DUMP_CRASH))
		return 0;
	detail[REASON] = text_of(section, arena, "reason");
	detail[COUNT] = number_of(section, "count");
	detail[PARTS] = number_of(section, "parts");
	detail[MESSAGE] = text_of(section, arena, "message");
	detail[HARDWARE] = value_int(cper_log_value(section, "hardware") != NULL);
	event->severity = detail[HARDWARE].i ? SEVERITY_FATAL : SEVERITY_INFO;
	event->component = detail[HARDWARE].i ? COMPONENT_PLATFORM : COMPONENT_UNKNOWN;
	take_lines(section, arena, event);
	return 1;
}

static void describe(const struct event *event, struct text *out)
{
	const struct value *detail = event->detail;

	text_add(out, "the kernel crashed (");
	text_add_escaped(out, detail[REASON].text, detail[REASON].len);
	text_add(out, ")");
	if (detail[MESSAGE].kind != VALUE_TEXT)
		return;
	text_add(out, ": ");
	text_add_escaped(out, detail[MESSAGE].text, detail[MESSAGE].len);
}

static const struct event_type type = {
	.name = "kernel-crash",
	.table = "kernel_crash",
	.fields = fields,
	.n_fields = FIELDS,
	.lists = lists,
	.n_lists = ARRAY_SIZE(lists),
	.describe = describe,
};

const struct handler handler_kernel_crash = {
	.type = &type,
	.ring = RING_HARDWARE,
	.decode_log = decode_log,
};
