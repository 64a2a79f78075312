// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * An x86 processor's error that firmware reported: the section of UEFI N.2.4.2. Where the
 * kernel knows the machine-check bank in it, it makes mce_record of it as well. The log's
 * lines of it are not read.
 */

#include "event/handler.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "cper/fields.h"
#include "cper/x86.h"
#include "util/bytes.h"

enum { LAPIC_ID = CPER_COLUMNS, CPUID, DATA, FIELDS };

static const struct field fields[FIELDS] = {
	CPER_COLUMN_FIELDS,
	[LAPIC_ID] = { .name = "lapic_id", .kind = FIELD_HEX },
	[CPUID] = { .name = "cpuid", .kind = FIELD_BYTES },
	[DATA] = { .name = "data", .kind = FIELD_BYTES },
};

#define VALID_CPUID 1
#define CPUID_AT    16
#define CPUID_BYTES 48

static const struct cper_field layout[] = { { LAPIC_ID, 0, 8, 8 } };

static bool is_text(const struct value *value, const char *text)
{
	return value->kind == VALUE_TEXT && value->len == strlen(text) &&
	       !memcmp(value->text, text, value->len);
}

/* Of the first error, whose type is its row's first value. */
static enum component component_of(const struct event *event)
{
	static const struct {
		const char *type;
		enum component component;
	} components[] = { { "cache", COMPONENT_CACHE },
			   { "tlb", COMPONENT_TLB },
			   { "bus", COMPONENT_BUS } };
	const struct list *errors = &event->lists[X86_LIST_ERRORS];

	for (size_t i = 0; errors->n_rows && i < ARRAY_SIZE(components); i++)
		if (is_text(&errors->values[0], components[i].type))
			return components[i].component;
	return COMPONENT_CPU;
}

static int decode_section(const struct cper_section *section, struct arena *arena,
			  struct event *event)
{
	uint64_t valid;
	int r;

	if (section->len < X86_HEADER_BYTES)
		return -EBADMSG;
	r = cper_columns_fill(section, arena, event);
	if (r < 0)
		return r;
	valid = load_le64(section->body);
	cper_fields_fill(layout, ARRAY_SIZE(layout), section, valid, event);
	if (valid >> VALID_CPUID & 1)
		cper_bytes_fill(section, CPUID, CPUID_AT, CPUID_BYTES, event);
	r = x86_lists_fill(section, arena, event);
	if (r < 0)
		return r;
	if ((size_t)r < section->len)
		event->detail[DATA] =
			value_bytes(section->body + r, section->len - (size_t)r);
	event->component = component_of(event);
	return 1;
}

static void add_errors(const struct event *event, struct text *out)
{
	const struct list *errors = &event->lists[X86_LIST_ERRORS];
	size_t n_fields = x86_lists[X86_LIST_ERRORS].n_fields;

	for (size_t i = 0; i < errors->n_rows; i++) {
		const struct value *type = &errors->values[i * n_fields];

		text_add(out, "%s", i ? " + " : "");
		if (type->kind == VALUE_TEXT)
			text_add_escaped(out, type->text, type->len);
		else
			text_add(out, "unknown");
	}
	text_add(out, " error%s", errors->n_rows > 1 ? "s" : "");
}

static void describe(const struct event *event, struct text *out)
{
	const struct value *id = &event->detail[LAPIC_ID];

	if (event->severity != SEVERITY_UNKNOWN)
		text_add(out, "%s ", severity_name(event->severity));
	if (event->lists[X86_LIST_ERRORS].n_rows)
		add_errors(event, out);
	else
		text_add(out, "processor error");
	if (id->kind == VALUE_INT)
		text_add(out, ", local APIC %#" PRIx64, value_as_uint(id));
}

static const struct event_type type = {
	.name = "cper-x86",
	.table = "cper_x86",
	.fields = fields,
	.n_fields = FIELDS,
	.lists = x86_lists,
	.n_lists = X86_LIST_MAX,
	.describe = describe,
};

const struct handler handler_cper_x86 = {
	.type = &type,
	.ring = RING_HARDWARE,
	.sections = { GUID(0xdc3ea0b0, 0xa144, 0x4797, 0xb9, 0x5b, 0x53, 0xfa, 0x24, 0x2b,
			   0x6e, 0x1d) },
	.decode_section = decode_section,
};
