// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Ampere Altra and AmpereOne: see cper/ampere.c. Each has a section type of its own.
 */

#include "event/handler.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "cper/ampere.h"
#include "cper/arm_ras.h"

#define GUID_ALTRA \
	GUID(0xe8ed898d, 0xdf16, 0x43cc, 0x8e, 0xcc, 0x54, 0xf0, 0x60, 0xef, 0x15, 0x7f)
#define GUID_ONE \
	GUID(0x2826cc9f, 0x448c, 0x4c2b, 0x86, 0xb6, 0xa9, 0x53, 0x94, 0xb7, 0xef, 0x33)

enum {
	CHIP = CPER_COLUMNS,
	PAYLOAD,
	ERROR_TYPE,
	ERROR_TYPE_TEXT,
	SUBTYPE,
	SUBTYPE_TEXT,
	INSTANCE,
	INSTANCE_TEXT,
	SOCKET,
	CORE,
	AMPERE_SEVERITY,
	STATUS_TEXT,
	UNDECODED,
	FIELDS
};

static const struct field fields[FIELDS] = {
	CPER_COLUMN_FIELDS,
	[CHIP] = { .name = "chip", .kind = FIELD_TEXT },
	[PAYLOAD] = { .name = "payload_type", .kind = FIELD_UINT },
	[ERROR_TYPE] = { .name = "error_type", .kind = FIELD_UINT },
	[ERROR_TYPE_TEXT] = { .name = "error_type_text", .kind = FIELD_TEXT },
	[SUBTYPE] = { .name = "error_subtype", .kind = FIELD_UINT },
	[SUBTYPE_TEXT] = { .name = "error_subtype_text", .kind = FIELD_TEXT },
	[INSTANCE] = { .name = "error_instance", .kind = FIELD_HEX },
	[INSTANCE_TEXT] = { .name = "error_instance_text", .kind = FIELD_TEXT },
	[SOCKET] = { .name = "socket", .kind = FIELD_UINT },
	[CORE] = { .name = "core", .kind = FIELD_UINT },
	[AMPERE_SEVERITY] = { .name = "error_severity", .kind = FIELD_UINT },
	[STATUS_TEXT] = { .name = "error_status_text", .kind = FIELD_TEXT },
	[UNDECODED] = { .name = "undecoded", .kind = FIELD_BYTES },
};

static const struct list_type lists[] = { LAYOUT_REGISTERS("ampere_register") };

#define ALTRA_MCU  1
#define ALTRA_MESH 2

/* What an instance of Altra's is made of, as the kernel's documentation has it. */
static void add_instance(const struct ampere_record *record, struct text *out)
{
	unsigned int instance = record->instance;

	if (record->chip != AMPERE_ALTRA)
		return;
	if (record->type == ALTRA_MCU && (record->subtype == 1 || record->subtype == 2))
		text_add(out, "MCU %u slot %u", instance & 0x7ff, instance >> 11);
	else if (record->type == ALTRA_MESH)
		text_add(out, "X %u Y %u NS %u", instance & 0x1f, instance >> 5 & 0x3f,
			 instance >> 11 & 1);
	if (record->type == ALTRA_MESH && record->subtype == 2)
		text_add(out, " device %u", instance >> 12);
}

/* "socket1 MCU 3", as far as words go. */
static void set_device(const struct ampere_record *record, struct event *event,
		       struct arena *arena)
{
	char buf[64] = "";
	struct text device = TEXT_IN(buf);

	text_add(&device, "socket%u", record->socket);
	if (record->core >= 0)
		text_add(&device, " core %d", record->core);
	else if (record->type_name)
		text_add(&device, " %s %u", record->type_name, record->instance);
	layout_set_text(&event->device, &device, arena);
}

static void set_columns(const struct ampere_record *record, struct event *event,
			struct arena *arena)
{
	struct value *detail = event->detail;
	char buf[64] = "";
	struct text instance = TEXT_IN(buf);

	detail[CHIP] = value_text(record->chip_name);
	detail[PAYLOAD] = value_uint(record->payload);
	detail[ERROR_TYPE] = value_uint(record->type);
	detail[ERROR_TYPE_TEXT] = value_text(record->type_name);
	detail[SUBTYPE] = value_uint(record->subtype);
	if (record->subtype_name[0])
		detail[SUBTYPE_TEXT] = value_text(arena_copy_text(
			arena, record->subtype_name, strlen(record->subtype_name)));
	detail[INSTANCE] = value_uint(record->instance);
	add_instance(record, &instance);
	if (instance.len)
		layout_set_text(&detail[INSTANCE_TEXT], &instance, arena);
	detail[SOCKET] = value_uint(record->socket);
	if (record->core >= 0)
		detail[CORE] = value_int(record->core);
	if (record->severity >= 0)
		detail[AMPERE_SEVERITY] = value_int(record->severity);
}

static void set_status(const struct ampere_record *record, struct layout_body *body,
		       struct event *event, struct arena *arena)
{
	char buf[ARM_RAS_TEXT_BYTES] = "";
	struct text text = TEXT_IN(buf);
	uint64_t status;

	if (ampere_status(record, body, &status))
		arm_ras_add_status(status, &text);
	if (text.len)
		layout_set_text(&event->detail[STATUS_TEXT], &text, arena);
}

static int decode_section(const struct cper_section *section, struct arena *arena,
			  struct event *event)
{
	static const struct guid altra = GUID_ALTRA;
	enum ampere_chip chip =
		memcmp(&section->type, &altra, sizeof(altra)) ? AMPERE_ONE : AMPERE_ALTRA;
	struct ampere_record record;
	struct layout_body body;
	int r = ampere_parse(chip, section->body, section->len, &record);

	if (r < 0)
		return r;
	if (!record.layout)
		return -EBADMSG;
	r = layout_begin(record.layout, section, arena, event, &body);
	if (r < 0)
		return r;
	event->component = record.component;
	set_columns(&record, event, arena);
	set_device(&record, event, arena);
	set_status(&record, &body, event, arena);
	r = layout_registers_fill(record.layout, NULL, &body, 0, arena, event);
	if (r < 0)
		return r;
	layout_end(&body, UNDECODED, event);
	return 1;
}

static void add_part(struct text *out, const char *before, const struct value *name,
		     const struct value *number)
{
	text_add(out, "%s", before);
	if (name->kind == VALUE_TEXT)
		text_add_escaped(out, name->text, name->len);
	else
		text_add(out, "%" PRIu64, value_as_uint(number));
}

static void describe(const struct event *event, struct text *out)
{
	const struct value *detail = event->detail;

	text_add(out, "%s error", severity_name(event->severity));
	add_part(out, " of ", &detail[ERROR_TYPE_TEXT], &detail[ERROR_TYPE]);
	add_part(out, ", ", &detail[SUBTYPE_TEXT], &detail[SUBTYPE]);
	if (detail[CORE].kind == VALUE_INT)
		text_add(out, ", core %" PRIu64, value_as_uint(&detail[CORE]));
	else
		add_part(out, ", instance ", &detail[INSTANCE_TEXT], &detail[INSTANCE]);
	text_add(out, " on socket %" PRIu64, value_as_uint(&detail[SOCKET]));
	if (detail[STATUS_TEXT].kind == VALUE_TEXT) {
		text_add(out, ": ");
		text_add_escaped(out, detail[STATUS_TEXT].text, detail[STATUS_TEXT].len);
	}
	text_add(out, ", %zu registers", event->lists[0].n_rows);
}

static const struct event_type type = {
	.name = "ampere",
	.table = "ampere",
	.fields = fields,
	.n_fields = FIELDS,
	.lists = lists,
	.n_lists = ARRAY_SIZE(lists),
	.describe = describe,
};

const struct handler handler_ampere = {
	.type = &type,
	.ring = RING_HARDWARE,
	.sections = { GUID_ALTRA, GUID_ONE },
	.decode_section = decode_section,
};
