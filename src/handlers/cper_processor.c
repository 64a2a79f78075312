// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * A processor error in the words that all architectures share: the section of UEFI
 * N.2.4.1, as bytes and as cper_print_proc_generic() logs it (drivers/firmware/efi/
 * cper.c). As a tracepoint it comes raw, in non_standard_event.
 */

#include "event/handler.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "cper/fields.h"
#include "cper/log_event.h"
#include "util/bytes.h"

enum {
	PROCESSOR_TYPE = CPER_COLUMNS,
	PROCESSOR_TYPE_TEXT,
	ISA,
	ISA_TEXT,
	ERROR_TYPE,
	ERROR_TYPE_TEXT,
	OPERATION,
	OPERATION_TEXT,
	FLAGS,
	FLAGS_TEXT,
	LEVEL,
	VERSION_INFO,
	BRAND,
	PROCESSOR_ID,
	TARGET_ADDRESS,
	REQUESTOR_ID,
	RESPONDER_ID,
	IP,
	FIELDS
};

static const struct field fields[FIELDS] = {
	CPER_COLUMN_FIELDS,
	[PROCESSOR_TYPE] = { .name = "processor_type", .kind = FIELD_UINT },
	[PROCESSOR_TYPE_TEXT] = { .name = "processor_type_text", .kind = FIELD_TEXT },
	[ISA] = { .name = "processor_isa", .kind = FIELD_UINT },
	[ISA_TEXT] = { .name = "processor_isa_text", .kind = FIELD_TEXT },
	[ERROR_TYPE] = { .name = "error_type", .kind = FIELD_HEX },
	[ERROR_TYPE_TEXT] = { .name = "error_type_text", .kind = FIELD_TEXT },
	[OPERATION] = { .name = "operation", .kind = FIELD_UINT },
	[OPERATION_TEXT] = { .name = "operation_text", .kind = FIELD_TEXT },
	[FLAGS] = { .name = "flags", .kind = FIELD_HEX },
	[FLAGS_TEXT] = { .name = "flags_text", .kind = FIELD_TEXT },
	[LEVEL] = { .name = "level", .kind = FIELD_UINT },
	[VERSION_INFO] = { .name = "version_info", .kind = FIELD_HEX },
	[BRAND] = { .name = "brand", .kind = FIELD_TEXT },
	[PROCESSOR_ID] = { .name = "processor_id", .kind = FIELD_HEX },
	[TARGET_ADDRESS] = { .name = "target_address", .kind = FIELD_HEX },
	[REQUESTOR_ID] = { .name = "requestor_id", .kind = FIELD_HEX },
	[RESPONDER_ID] = { .name = "responder_id", .kind = FIELD_HEX },
	[IP] = { .name = "ip", .kind = FIELD_HEX },
};

static const char *const processors[] = { "IA32/X64", "IA64", "ARM" };
static const char *const isas[] = { "IA32", "IA64", "X64", "ARM A32/T32", "ARM A64" };
static const char *const error_types[] = { "cache", "tlb", "bus", "micro-architectural" };
static const char *const operations[] = { "unknown or generic", "data read", "data write",
					  "instruction execution" };
static const char *const flags[] = { "restartable", "precise IP", "overflow",
				     "corrected" };

enum { TYPE_CACHE = 1, TYPE_TLB = 2, TYPE_BUS = 4 };

static enum component component_of(uint64_t types)
{
	if (types & TYPE_CACHE)
		return COMPONENT_CACHE;
	if (types & TYPE_TLB)
		return COMPONENT_TLB;
	return types & TYPE_BUS ? COMPONENT_BUS : COMPONENT_CPU;
}

/* Words for the numbers, and what the event is about, once the numbers are there. */
static void sum_up(struct event *event, struct arena *arena)
{
	struct value *detail = event->detail;

	detail[PROCESSOR_TYPE_TEXT] =
		cper_word(processors, ARRAY_SIZE(processors), &detail[PROCESSOR_TYPE]);
	detail[ISA_TEXT] = cper_word(isas, ARRAY_SIZE(isas), &detail[ISA]);
	detail[ERROR_TYPE_TEXT] =
		cper_bit_words(value_as_uint(&detail[ERROR_TYPE]), error_types,
			       ARRAY_SIZE(error_types), arena);
	detail[OPERATION_TEXT] =
		cper_word(operations, ARRAY_SIZE(operations), &detail[OPERATION]);
	detail[FLAGS_TEXT] = cper_bit_words(value_as_uint(&detail[FLAGS]), flags,
					    ARRAY_SIZE(flags), arena);
	event->component = component_of(value_as_uint(&detail[ERROR_TYPE]));
	if (detail[TARGET_ADDRESS].kind == VALUE_INT)
		event_set_address(event, ADDRESS_PHYSICAL,
				  value_as_uint(&detail[TARGET_ADDRESS]));
}

/* --- the section --- */

#define VALID_BYTES   8
#define SECTION_BYTES 192
#define VALID_BRAND   7
#define BRAND_AT      24
#define BRAND_BYTES   128

static const struct cper_field layout[] = {
	{ PROCESSOR_TYPE, 0, 1, 8 },   { ISA, 1, 1, 9 },
	{ ERROR_TYPE, 2, 1, 10 },      { OPERATION, 3, 1, 11 },
	{ FLAGS, 4, 1, 12 },	       { LEVEL, 5, 1, 13 },
	{ VERSION_INFO, 6, 8, 16 },    { PROCESSOR_ID, 8, 8, 152 },
	{ TARGET_ADDRESS, 9, 8, 160 }, { REQUESTOR_ID, 10, 8, 168 },
	{ RESPONDER_ID, 11, 8, 176 },  { IP, 12, 8, 184 },
};

static int decode_section(const struct cper_section *section, struct arena *arena,
			  struct event *event)
{
	uint64_t valid;
	int r;

	if (section->len < VALID_BYTES)
		return -EBADMSG;
	r = cper_columns_fill(section, arena, event);
	if (r < 0)
		return r;
	valid = load_le64(section->body);
	cper_fields_fill(layout, ARRAY_SIZE(layout), section, valid, event);
	if (valid >> VALID_BRAND & 1)
		cper_text_fill(section, BRAND, BRAND_AT, BRAND_BYTES, event);
	if (section->len < SECTION_BYTES)
		event->detail[CPER_INCOMPLETE] = value_int(1);
	sum_up(event, arena);
	return 1;
}

/* --- the log --- */

/* Each number is alone behind its name, or has its word behind it: "2, ARM". The words
 * for bits are lines of their own, which say no more than the numbers. */
static int decode_log(const struct cper_log_section *section, struct arena *arena,
		      struct event *event)
{
	if (strcmp(section->type, "general processor error"))
		return 0;
	cper_log_columns_fill(section, arena, event);
	for (size_t i = 0; i < ARRAY_SIZE(layout); i++) {
		size_t column = layout[i].column;
		const char *value = cper_log_value(section, fields[column].name);

		if (column == IP)
			value = cper_log_value(section, "IP");
		if (value)
			event->detail[column] = cper_log_number_between(
				value, value + strcspn(value, ","));
	}
	sum_up(event, arena);
	return 1;
}

/* --- for people --- */

static void describe(const struct event *event, struct text *out)
{
	const struct value *types = &event->detail[ERROR_TYPE_TEXT];
	const struct value *operation = &event->detail[OPERATION_TEXT];
	const struct value *id = &event->detail[PROCESSOR_ID];

	if (event->severity != SEVERITY_UNKNOWN)
		text_add(out, "%s ", severity_name(event->severity));
	text_add(out, "processor error");
	if (id->kind == VALUE_INT)
		text_add(out, " on processor %#" PRIx64, value_as_uint(id));
	if (types->kind == VALUE_TEXT) {
		text_add(out, ": ");
		text_add_escaped(out, types->text, types->len);
	}
	if (operation->kind == VALUE_TEXT) {
		text_add(out, ", ");
		text_add_escaped(out, operation->text, operation->len);
	}
	if (event->address_kind != ADDRESS_NONE)
		text_add(out, ", address %#" PRIx64, event->address);
}

/* From a tracepoint it comes as a section, and so has all of it. */
static uint64_t identity(const struct event *event)
{
	const uint64_t numbers[] = { value_as_uint(&event->detail[PROCESSOR_ID]),
				     value_as_uint(&event->detail[ERROR_TYPE]),
				     value_as_uint(&event->detail[TARGET_ADDRESS]) };

	return event_identity("processor", numbers, ARRAY_SIZE(numbers));
}

static const struct event_type type = {
	.name = "cper-processor",
	.table = "cper_processor",
	.fields = fields,
	.n_fields = FIELDS,
	.describe = describe,
	.identity = identity,
};

const struct handler handler_cper_processor = {
	.type = &type,
	.ring = RING_HARDWARE,
	.sections = { GUID(0x9876ccad, 0x47b4, 0x4bdb, 0xb6, 0x5e, 0x16, 0xf1, 0x93, 0xc4,
			   0xf3, 0xdb) },
	.decode_section = decode_section,
	.decode_log = decode_log,
};
