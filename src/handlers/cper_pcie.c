// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * A PCIe error that firmware reported: the section of UEFI N.2.7, as bytes and in the
 * words of cper_print_pcie() (drivers/firmware/efi/cper.c). In a GHES record the kernel
 * also makes aer_event of it, if device and AER registers are valid; in BERT, ERST and
 * files there is only this. Which AER registers the log has depends on the kernel: none
 * but a fatal error's uncorrectable ones, or all.
 */

#include "event/handler.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cper/aer.h"
#include "cper/fields.h"
#include "cper/log_event.h"
#include "util/bytes.h"

enum {
	PORT_TYPE = CPER_COLUMNS,
	PORT_TYPE_TEXT,
	VERSION_MAJOR,
	VERSION_MINOR,
	COMMAND,
	STATUS,
	SEGMENT,
	BUS,
	DEVICE,
	FUNCTION,
	SLOT,
	SECONDARY_BUS,
	VENDOR_ID,
	DEVICE_ID,
	CLASS_CODE,
	SERIAL_NUMBER,
	BRIDGE_STATUS,
	BRIDGE_CONTROL,
	CAPABILITY,
	UNCORRECTABLE,
	UNCORRECTABLE_TEXT,
	UNCORRECTABLE_MASK,
	UNCORRECTABLE_SEVERITY,
	CORRECTABLE,
	CORRECTABLE_TEXT,
	CORRECTABLE_MASK,
	AER_CONTROL,
	TLP_HEADER,
	ROOT_COMMAND,
	ROOT_STATUS,
	CORRECTABLE_SOURCE,
	UNCORRECTABLE_SOURCE,
	TLP_PREFIX,
	FIELDS
};

static const struct field fields[FIELDS] = {
	CPER_COLUMN_FIELDS,
	[PORT_TYPE] = { .name = "port_type", .kind = FIELD_UINT },
	[PORT_TYPE_TEXT] = { .name = "port_type_text", .kind = FIELD_TEXT },
	[VERSION_MAJOR] = { .name = "version_major", .kind = FIELD_UINT },
	[VERSION_MINOR] = { .name = "version_minor", .kind = FIELD_UINT },
	[COMMAND] = { .name = "command", .kind = FIELD_HEX },
	[STATUS] = { .name = "status", .kind = FIELD_HEX },
	[SEGMENT] = { .name = "segment", .kind = FIELD_UINT },
	[BUS] = { .name = "bus", .kind = FIELD_UINT },
	[DEVICE] = { .name = "device_number", .kind = FIELD_UINT },
	[FUNCTION] = { .name = "function", .kind = FIELD_UINT },
	[SLOT] = { .name = "slot", .kind = FIELD_UINT },
	[SECONDARY_BUS] = { .name = "secondary_bus", .kind = FIELD_UINT },
	[VENDOR_ID] = { .name = "vendor_id", .kind = FIELD_HEX },
	[DEVICE_ID] = { .name = "device_id", .kind = FIELD_HEX },
	[CLASS_CODE] = { .name = "class_code", .kind = FIELD_HEX },
	[SERIAL_NUMBER] = { .name = "serial_number", .kind = FIELD_HEX },
	[BRIDGE_STATUS] = { .name = "secondary_status", .kind = FIELD_HEX },
	[BRIDGE_CONTROL] = { .name = "bridge_control", .kind = FIELD_HEX },
	[CAPABILITY] = { .name = "capability", .kind = FIELD_BYTES },
	[UNCORRECTABLE] = { .name = "uncorrectable_status", .kind = FIELD_HEX },
	[UNCORRECTABLE_TEXT] = { .name = "uncorrectable_text", .kind = FIELD_TEXT },
	[UNCORRECTABLE_MASK] = { .name = "uncorrectable_mask", .kind = FIELD_HEX },
	[UNCORRECTABLE_SEVERITY] = { .name = "uncorrectable_severity",
				     .kind = FIELD_HEX },
	[CORRECTABLE] = { .name = "correctable_status", .kind = FIELD_HEX },
	[CORRECTABLE_TEXT] = { .name = "correctable_text", .kind = FIELD_TEXT },
	[CORRECTABLE_MASK] = { .name = "correctable_mask", .kind = FIELD_HEX },
	[AER_CONTROL] = { .name = "aer_control", .kind = FIELD_HEX },
	[TLP_HEADER] = { .name = "tlp_header", .kind = FIELD_TEXT },
	[ROOT_COMMAND] = { .name = "root_command", .kind = FIELD_HEX },
	[ROOT_STATUS] = { .name = "root_status", .kind = FIELD_HEX },
	[CORRECTABLE_SOURCE] = { .name = "correctable_source", .kind = FIELD_HEX },
	[UNCORRECTABLE_SOURCE] = { .name = "uncorrectable_source", .kind = FIELD_HEX },
	[TLP_PREFIX] = { .name = "tlp_prefix_log", .kind = FIELD_BYTES },
};

#define DEVICE_TEXT_BYTES 24

/* As the kernel names a device: "0000:01:00.0". */
static void name_device(struct event *event, struct arena *arena)
{
	const struct value *detail = event->detail;
	char *name;

	for (size_t i = SEGMENT; i <= FUNCTION; i++)
		if (detail[i].kind != VALUE_INT)
			return;
	name = arena_take(arena, DEVICE_TEXT_BYTES);
	if (!name)
		return;
	snprintf(name, DEVICE_TEXT_BYTES, "%04x:%02x:%02x.%x",
		 (unsigned int)detail[SEGMENT].i, (unsigned int)detail[BUS].i,
		 (unsigned int)detail[DEVICE].i, (unsigned int)detail[FUNCTION].i);
	event->device = value_text(name);
}

static void name_bits(struct event *event, struct arena *arena)
{
	struct value *detail = event->detail;

	detail[UNCORRECTABLE_TEXT] = aer_status_words(
		(uint32_t)value_as_uint(&detail[UNCORRECTABLE]), false, arena);
	detail[CORRECTABLE_TEXT] = aer_status_words(
		(uint32_t)value_as_uint(&detail[CORRECTABLE]), true, arena);
}

/* --- the section --- */

#define VALID_BYTES	 8
#define SECTION_BYTES	 208
#define VALID_DEVICE	 3
#define VALID_CAPABILITY 6
#define VALID_AER	 7
#define CAPABILITY_AT	 52
#define CAPABILITY_BYTES 60
#define AER_AT		 112 /* the extended capability, with its header */
#define AER_TLP_AT	 (AER_AT + 28)
#define AER_PREFIX_AT	 (AER_AT + 56)
#define SLOT_SHIFT	 3 /* its lower bits are reserved */

static const struct cper_field layout[] = {
	{ PORT_TYPE, 0, 4, 8 },
	{ VERSION_MINOR, 1, 1, 12 },
	{ VERSION_MAJOR, 1, 1, 13 },
	{ COMMAND, 2, 2, 16 },
	{ STATUS, 2, 2, 18 },
	{ VENDOR_ID, VALID_DEVICE, 2, 24 },
	{ DEVICE_ID, VALID_DEVICE, 2, 26 },
	{ CLASS_CODE, VALID_DEVICE, 3, 28 },
	{ FUNCTION, VALID_DEVICE, 1, 31 },
	{ DEVICE, VALID_DEVICE, 1, 32 },
	{ SEGMENT, VALID_DEVICE, 2, 33 },
	{ BUS, VALID_DEVICE, 1, 35 },
	{ SECONDARY_BUS, VALID_DEVICE, 1, 36 },
	{ SLOT, VALID_DEVICE, 2, 37 },
	{ SERIAL_NUMBER, 4, 8, 40 },
	{ BRIDGE_STATUS, 5, 2, 48 },
	{ BRIDGE_CONTROL, 5, 2, 50 },
	{ UNCORRECTABLE, VALID_AER, 4, AER_AT + 4 },
	{ UNCORRECTABLE_MASK, VALID_AER, 4, AER_AT + 8 },
	{ UNCORRECTABLE_SEVERITY, VALID_AER, 4, AER_AT + 12 },
	{ CORRECTABLE, VALID_AER, 4, AER_AT + 16 },
	{ CORRECTABLE_MASK, VALID_AER, 4, AER_AT + 20 },
	{ AER_CONTROL, VALID_AER, 4, AER_AT + 24 },
	{ ROOT_COMMAND, VALID_AER, 4, AER_AT + 44 },
	{ ROOT_STATUS, VALID_AER, 4, AER_AT + 48 },
	{ CORRECTABLE_SOURCE, VALID_AER, 2, AER_AT + 52 },
	{ UNCORRECTABLE_SOURCE, VALID_AER, 2, AER_AT + 54 },
};

static const char *const port_types[] = {
	[0] = "PCIe endpoint",
	[1] = "legacy endpoint",
	[4] = "root port",
	[5] = "upstream switch port",
	[6] = "downstream switch port",
	[7] = "PCIe to PCI/PCI-X bridge",
	[8] = "PCI/PCI-X to PCIe bridge",
	[9] = "root complex integrated endpoint",
	[10] = "root complex event collector",
};

static void take_aer(const struct cper_section *section, struct arena *arena,
		     struct event *event)
{
	uint32_t header[AER_TLP_DWORDS];

	if (section->len >= AER_TLP_AT + sizeof(header)) {
		for (size_t i = 0; i < ARRAY_SIZE(header); i++)
			header[i] = load_le32(section->body + AER_TLP_AT + 4 * i);
		event->detail[TLP_HEADER] = aer_tlp_header(header, AER_TLP_DWORDS, arena);
	}
	cper_bytes_fill(section, TLP_PREFIX, AER_PREFIX_AT, SECTION_BYTES - AER_PREFIX_AT,
			event);
}

static int decode_section(const struct cper_section *section, struct arena *arena,
			  struct event *event)
{
	struct value *detail = event->detail;
	uint64_t valid;
	int r;

	if (section->len < VALID_BYTES)
		return -EBADMSG;
	r = cper_columns_fill(section, arena, event);
	if (r < 0)
		return r;
	valid = load_le64(section->body);
	cper_fields_fill(layout, ARRAY_SIZE(layout), section, valid, event);
	if (valid >> VALID_CAPABILITY & 1)
		cper_bytes_fill(section, CAPABILITY, CAPABILITY_AT, CAPABILITY_BYTES,
				event);
	if (valid >> VALID_AER & 1)
		take_aer(section, arena, event);
	if (section->len < SECTION_BYTES)
		detail[CPER_INCOMPLETE] = value_int(1);
	if (detail[SLOT].kind == VALUE_INT)
		detail[SLOT].i >>= SLOT_SHIFT;
	detail[PORT_TYPE_TEXT] =
		cper_word(port_types, ARRAY_SIZE(port_types), &detail[PORT_TYPE]);
	event->component = COMPONENT_PCIE;
	name_device(event, arena);
	name_bits(event, arena);
	return 1;
}

/* --- the log --- */

/* Hexadecimal digits without "0x", and nothing else up to `end`. */
static struct value digits_between(const char *from, const char *end)
{
	char number[16] = "0x";
	size_t len = (size_t)(end - from);

	if (len + 3 > sizeof(number))
		return (struct value){ .kind = VALUE_NONE };
	memcpy(number + 2, from, len);
	return cper_log_number_of(number);
}

/* "3.0" */
static void take_version(const struct cper_log_section *section, struct event *event)
{
	const char *value = cper_log_value(section, "version");
	const char *dot = value ? strchr(value, '.') : NULL;

	if (!dot)
		return;
	event->detail[VERSION_MAJOR] = cper_log_number_between(value, dot);
	event->detail[VERSION_MINOR] = cper_log_number_of(dot + 1);
}

/* "0000:01:00.0": the first line of two that begin with device_id */
static void take_address(const struct cper_log_section *section, struct event *event)
{
	static const struct {
		size_t column;
		char end;
	} parts[] = { { SEGMENT, ':' }, { BUS, ':' }, { DEVICE, '.' }, { FUNCTION, 0 } };
	const char *at = cper_log_value(section, "device_id");

	for (size_t i = 0; at && i < ARRAY_SIZE(parts); i++) {
		const char *end = strchr(at, parts[i].end);

		if (!end)
			return;
		event->detail[parts[i].column] = digits_between(at, end);
		at = end + 1;
	}
}

/* "0x0001, 0x0002": its lower and its upper half */
static void take_serial_number(const struct cper_log_section *section,
			       struct event *event)
{
	const char *value = cper_log_value(section, "serial number");
	const char *comma = value ? strstr(value, ", ") : NULL;
	struct value lower, upper;

	if (!comma)
		return;
	lower = cper_log_number_between(value, comma);
	upper = cper_log_number_of(comma + 2);
	if (lower.kind == VALUE_INT && upper.kind == VALUE_INT)
		event->detail[SERIAL_NUMBER] =
			value_uint(value_as_uint(&upper) << 32 | value_as_uint(&lower));
}

static void take_numbers(const struct cper_log_section *section, struct value *detail)
{
	static const struct {
		size_t column;
		const char *name;
	} names[] = {
		{ COMMAND, "command" },
		{ STATUS, "status" },
		{ SLOT, "slot" },
		{ SECONDARY_BUS, "secondary_bus" },
		{ VENDOR_ID, "vendor_id" },
		{ DEVICE_ID, "device_id" },
		{ BRIDGE_STATUS, "secondary_status" },
		{ BRIDGE_CONTROL, "control" },
		{ CORRECTABLE, "aer_cor_status" },
		{ CORRECTABLE_MASK, "aer_cor_mask" },
		{ UNCORRECTABLE, "aer_uncor_status" },
		{ UNCORRECTABLE_MASK, "aer_uncor_mask" },
		{ UNCORRECTABLE_SEVERITY, "aer_uncor_severity" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		detail[names[i].column] = cper_log_number_after(section, names[i].name);
}

static int decode_log(const struct cper_log_section *section, struct arena *arena,
		      struct event *event)
{
	struct value *detail = event->detail;
	const char *port_type = cper_log_value(section, "port_type");
	const char *class_code = cper_log_value(section, "class_code");

	if (strcmp(section->type, "PCIe error"))
		return 0;
	cper_log_columns_fill(section, arena, event);
	event->component = COMPONENT_PCIE;
	if (port_type)
		detail[PORT_TYPE] = cper_log_number_between(
			port_type, port_type + strcspn(port_type, ","));
	detail[PORT_TYPE_TEXT] =
		cper_word(port_types, ARRAY_SIZE(port_types), &detail[PORT_TYPE]);
	take_version(section, event);
	take_numbers(section, detail);
	take_address(section, event);
	if (class_code)
		detail[CLASS_CODE] =
			digits_between(class_code, class_code + strlen(class_code));
	take_serial_number(section, event);
	detail[TLP_HEADER] = cper_log_text(section, arena, "TLP Header");
	name_device(event, arena);
	name_bits(event, arena);
	return 1;
}

/* --- for people --- */

static void add(struct text *out, const char *before, const struct value *value,
		const char *behind)
{
	if (value->kind != VALUE_TEXT)
		return;
	text_add(out, "%s", before);
	text_add_escaped(out, value->text, value->len);
	text_add(out, "%s", behind);
}

static void describe(const struct event *event, struct text *out)
{
	const struct value *detail = event->detail;
	const char *before = ": ";

	if (event->severity != SEVERITY_UNKNOWN)
		text_add(out, "%s ", severity_name(event->severity));
	text_add(out, "PCIe error");
	add(out, " at ", &event->device, "");
	add(out, " (", &detail[PORT_TYPE_TEXT], ")");
	if (detail[UNCORRECTABLE_TEXT].kind == VALUE_TEXT) {
		add(out, before, &detail[UNCORRECTABLE_TEXT], "");
		before = "; ";
	}
	add(out, before, &detail[CORRECTABLE_TEXT], "");
}

/* The device; the kernel's status leaves out what is masked, firmware's does not. */
static uint64_t identity(const struct event *event)
{
	return event_identity_of_text("pcie", &event->device);
}

static const struct event_type type = {
	.name = "cper-pcie",
	.table = "cper_pcie",
	.fields = fields,
	.n_fields = FIELDS,
	.describe = describe,
	.identity = identity,
};

const struct handler handler_cper_pcie = {
	.type = &type,
	.ring = RING_HARDWARE,
	.sections = { GUID(0xd995e954, 0xbbc1, 0x430f, 0xad, 0x91, 0xb4, 0x4d, 0xcb, 0x3c,
			   0x6f, 0x35) },
	.decode_section = decode_section,
	.decode_log = decode_log,
};
