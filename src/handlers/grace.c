// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * NVIDIA Grace: which unit failed, by a short text ("SOCHUB", "C2C", "DCC-ECC" …), and
 * pairs of a register's address and its value. Layout: struct cper_sec_nvidia,
 * drivers/acpi/apei/ghes-nvidia.c.
 */

#include "event/handler.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "cper/layout.h"

#define SIGNATURE_BYTES 16
#define HEAD_BYTES	32
#define PAIR_BYTES	16

enum {
	SIGNATURE = CPER_COLUMNS,
	ERROR_TYPE,
	INSTANCE,
	GRACE_SEVERITY,
	GRACE_SEVERITY_TEXT,
	SOCKET,
	REGISTER_COUNT,
	INSTANCE_BASE,
	UNDECODED,
	FIELDS
};

static const struct field fields[FIELDS] = {
	CPER_COLUMN_FIELDS,
	[SIGNATURE] = { .name = "signature", .kind = FIELD_TEXT },
	[ERROR_TYPE] = { .name = "error_type", .kind = FIELD_UINT },
	[INSTANCE] = { .name = "error_instance", .kind = FIELD_UINT },
	[GRACE_SEVERITY] = { .name = "error_severity", .kind = FIELD_UINT },
	[GRACE_SEVERITY_TEXT] = { .name = "error_severity_text", .kind = FIELD_TEXT },
	[SOCKET] = { .name = "socket", .kind = FIELD_UINT },
	[REGISTER_COUNT] = { .name = "register_count", .kind = FIELD_UINT },
	[INSTANCE_BASE] = { .name = "instance_base", .kind = FIELD_HEX },
	[UNDECODED] = { .name = "undecoded", .kind = FIELD_BYTES },
};

enum { REGISTER_ADDRESS, REGISTER_VALUE, REGISTER_FIELDS };

static const struct field register_fields[REGISTER_FIELDS] = {
	[REGISTER_ADDRESS] = { .name = "address", .kind = FIELD_HEX },
	[REGISTER_VALUE] = { .name = "value", .kind = FIELD_HEX },
};

static const struct list_type lists[] = { { .name = "registers",
					    .table = "grace_register",
					    .fields = register_fields,
					    .n_fields = REGISTER_FIELDS } };

static const struct layout_field places[] = {
	{ ERROR_TYPE, .at = 16, .width = 2 },
	{ INSTANCE, .at = 18, .width = 2 },
	{ GRACE_SEVERITY, .at = 20, .width = 1, .text = GRACE_SEVERITY_TEXT,
	  .words = &layout_severities },
	{ SOCKET, .at = 21, .width = 1 },
	{ REGISTER_COUNT, .at = 22, .width = 1 },
	{ INSTANCE_BASE, .at = 24, .width = 8 },
};

static const struct layout layout = {
	.size = HEAD_BYTES,
	.least = SIGNATURE_BYTES,
	.severity = GRACE_SEVERITY,
	.fields = places,
	.n_fields = ARRAY_SIZE(places),
};

/* Units whose name says what they are part of. */
static const struct {
	const char *prefix;
	enum component component;
} units[] = {
	{ "DCC", COMPONENT_MEMORY },  { "DRAM", COMPONENT_MEMORY },
	{ "CMET", COMPONENT_MEMORY }, { "PAGES", COMPONENT_MEMORY },
	{ "PCIe", COMPONENT_PCIE },   { "CCPLEXSCF", COMPONENT_CACHE },
};

static enum component component_of(const struct value *signature)
{
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		size_t len = strlen(units[i].prefix);

		if (signature->len >= len &&
		    !memcmp(signature->text, units[i].prefix, len))
			return units[i].component;
	}
	return COMPONENT_PLATFORM;
}

static int fill_registers(struct layout_body *body, struct arena *arena,
			  struct event *event)
{
	uint64_t claimed = value_as_uint(&event->detail[REGISTER_COUNT]);
	size_t room = body->len > HEAD_BYTES ? (body->len - HEAD_BYTES) / PAIR_BYTES : 0;
	size_t n = (size_t)MIN(claimed, (uint64_t)room);
	struct value *row = event_rows_take(event, 0, n, arena);

	if (!row)
		return -ENOBUFS;
	body->cut |= n < claimed;
	for (size_t i = 0; i < n; i++, row += REGISTER_FIELDS) {
		size_t at = HEAD_BYTES + i * PAIR_BYTES;
		uint64_t address = 0, value = 0;

		layout_read(body, at, 8, &address);
		layout_read(body, at + 8, 8, &value);
		row[REGISTER_ADDRESS] = value_uint(address);
		row[REGISTER_VALUE] = value_uint(value);
		body->end = at + PAIR_BYTES;
	}
	return 0;
}

/* "socket0 SOCHUB 3" */
static void set_device(struct event *event, struct arena *arena)
{
	const struct value *detail = event->detail;
	char buf[64] = "";
	struct text device = TEXT_IN(buf);

	if (detail[SOCKET].kind != VALUE_INT)
		return;
	text_add(&device, "socket%" PRIu64, value_as_uint(&detail[SOCKET]));
	text_add(&device, " %.*s %" PRIu64, (int)detail[SIGNATURE].len,
		 detail[SIGNATURE].text, value_as_uint(&detail[INSTANCE]));
	layout_set_text(&event->device, &device, arena);
}

static int decode_section(const struct cper_section *section, struct arena *arena,
			  struct event *event)
{
	struct layout_body body;
	int r = layout_begin(&layout, section, arena, event, &body);

	if (r < 0)
		return r;
	event->detail[SIGNATURE] =
		(struct value){ .kind = VALUE_TEXT,
				.len = (uint32_t)strnlen((const char *)body.bytes,
							 SIGNATURE_BYTES),
				.text = (const char *)body.bytes };
	event->component = component_of(&event->detail[SIGNATURE]);
	set_device(event, arena);
	r = fill_registers(&body, arena, event);
	if (r < 0)
		return r;
	layout_end(&body, UNDECODED, event);
	return 1;
}

static void describe(const struct event *event, struct text *out)
{
	const struct value *detail = event->detail;

	text_add(out, "%s error of ", severity_name(event->severity));
	text_add_escaped(out, detail[SIGNATURE].text, detail[SIGNATURE].len);
	if (detail[SOCKET].kind == VALUE_INT)
		text_add(out, " %" PRIu64 " on socket %" PRIu64 ", type %" PRIu64,
			 value_as_uint(&detail[INSTANCE]), value_as_uint(&detail[SOCKET]),
			 value_as_uint(&detail[ERROR_TYPE]));
	text_add(out, ", %zu registers", event->lists[0].n_rows);
}

static const struct event_type type = {
	.name = "grace",
	.table = "grace",
	.fields = fields,
	.n_fields = FIELDS,
	.lists = lists,
	.n_lists = ARRAY_SIZE(lists),
	.describe = describe,
};

const struct handler handler_grace = {
	.type = &type,
	.ring = RING_HARDWARE,
	.sections = { GUID(0x6d5244f2, 0x2712, 0x11ec, 0xbe, 0xa7, 0xcb, 0x3f, 0xdb, 0x95,
			   0xc7, 0x86) },
	.decode_section = decode_section,
};
