// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Firmware's word that it has a record of its own for an error: the section of UEFI
 * N.2.10, as bytes and as cper_print_fw_err() logs it (drivers/firmware/efi/cper.c). What
 * follows the reference is the vendor's.
 */

#include "event/handler.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "cper/fields.h"
#include "cper/log_event.h"
#include "util/bytes.h"

enum {
	RECORD_TYPE = CPER_COLUMNS,
	RECORD_TYPE_TEXT,
	REVISION,
	IDENTIFIER,
	IDENTIFIER_GUID,
	DATA,
	FIELDS
};

static const struct field fields[FIELDS] = {
	CPER_COLUMN_FIELDS,
	[RECORD_TYPE] = { .name = "record_type", .kind = FIELD_UINT },
	[RECORD_TYPE_TEXT] = { .name = "record_type_text", .kind = FIELD_TEXT },
	[REVISION] = { .name = "revision", .kind = FIELD_UINT },
	[IDENTIFIER] = { .name = "record_identifier", .kind = FIELD_HEX },
	[IDENTIFIER_GUID] = { .name = "record_guid", .kind = FIELD_TEXT },
	[DATA] = { .name = "data", .kind = FIELD_BYTES },
};

static const char *const record_types[] = {
	"IPF SAL error record",
	"SoC firmware error record type 1",
	"SoC firmware error record type 2",
};

/* --- the section --- */

#define HEAD_BYTES     16 /* the least there is */
#define IDENTIFIER_AT  8
#define GUID_AT	       16
#define BEHIND_GUID_AT 32

static const struct cper_field layout[] = {
	{ RECORD_TYPE, CPER_ALWAYS, 1, 0 },
	{ REVISION, CPER_ALWAYS, 1, 1 },
};

/* Revision 0 names the record by a number, 1 not at all, 2 by a GUID. */
static int take_identifier(const struct cper_section *section, struct arena *arena,
			   struct value *detail)
{
	char *text;

	if (detail[REVISION].i == 0)
		detail[IDENTIFIER] = value_uint(load_le64(section->body + IDENTIFIER_AT));
	if (detail[REVISION].i < 2)
		return 0;
	if (section->len < BEHIND_GUID_AT) {
		detail[CPER_INCOMPLETE] = value_int(1);
		return 0;
	}
	text = arena_take(arena, GUID_TEXT_BYTES);
	if (!text)
		return -ENOBUFS;
	detail[IDENTIFIER_GUID] = value_text(guid_to_text(section->body + GUID_AT, text));
	return 0;
}

static int decode_section(const struct cper_section *section, struct arena *arena,
			  struct event *event)
{
	static const size_t ends[] = { GUID_AT, IDENTIFIER_AT, BEHIND_GUID_AT };
	struct value *detail = event->detail;
	size_t end;
	int r;

	if (section->len < HEAD_BYTES)
		return -EBADMSG;
	r = cper_columns_fill(section, arena, event);
	if (r < 0)
		return r;
	event->component = COMPONENT_PLATFORM;
	cper_fields_fill(layout, ARRAY_SIZE(layout), section, 0, event);
	detail[RECORD_TYPE_TEXT] =
		cper_word(record_types, ARRAY_SIZE(record_types), &detail[RECORD_TYPE]);
	r = take_identifier(section, arena, detail);
	end = ends[MIN(detail[REVISION].i, 2)];
	if (section->len > end)
		detail[DATA] = value_bytes(section->body + end, section->len - end);
	return r < 0 ? r : 1;
}

/* --- the log --- */

/* The kernel's words for a record type begin as these do. */
static struct value record_type_of(const char *words)
{
	static const char *const beginnings[] = { "IPF SAL",
						  "SOC Firmware Error Record Type1",
						  "SOC Firmware Error Record Type2" };

	for (size_t i = 0; words && i < ARRAY_SIZE(beginnings); i++)
		if (!strncmp(words, beginnings[i], strlen(beginnings[i])))
			return value_uint(i);
	return (struct value){ .kind = VALUE_NONE };
}

/* The dump is what follows the reference. */
static void take_data(const struct cper_log_section *section, struct arena *arena,
		      struct event *event)
{
	uint8_t *bytes = arena_take(arena, section->n_lines * CPER_LOG_DUMP_BYTES);
	size_t len = 0;

	for (size_t i = 0; bytes && i < section->n_lines; i++) {
		uint8_t line[CPER_LOG_DUMP_BYTES];
		uint64_t offset;
		size_t n = cper_log_dump_line(section->lines[i], &offset, line);

		if (!n)
			continue;
		if (offset != len) {
			event->detail[CPER_INCOMPLETE] = value_int(1);
			break;
		}
		memcpy(bytes + len, line, n);
		len += n;
	}
	if (len)
		event->detail[DATA] = value_bytes(bytes, len);
}

static int decode_log(const struct cper_log_section *section, struct arena *arena,
		      struct event *event)
{
	struct value *detail = event->detail;
	const char *id = cper_log_value(section, "Record Identifier");
	char digits[20] = "0x";

	if (strcmp(section->type, "Firmware Error Record Reference"))
		return 0;
	cper_log_columns_fill(section, arena, event);
	event->component = COMPONENT_PLATFORM;
	detail[RECORD_TYPE] =
		record_type_of(cper_log_value(section, "Firmware Error Record Type"));
	detail[RECORD_TYPE_TEXT] =
		cper_word(record_types, ARRAY_SIZE(record_types), &detail[RECORD_TYPE]);
	detail[REVISION] = cper_log_number(section, "Revision");
	if (id && strchr(id, '-')) {
		detail[IDENTIFIER_GUID] = cper_log_text_of(arena, id, strlen(id));
	} else if (id && strlen(id) + 2 < sizeof(digits)) {
		strcpy(digits + 2, id);
		detail[IDENTIFIER] = cper_log_number_of(digits);
	}
	take_data(section, arena, event);
	return 1;
}

/* --- for people --- */

static void add(struct text *out, const char *before, const struct value *value)
{
	if (value->kind != VALUE_TEXT)
		return;
	text_add(out, "%s", before);
	text_add_escaped(out, value->text, value->len);
}

static void describe(const struct event *event, struct text *out)
{
	const struct value *detail = event->detail;

	if (event->severity != SEVERITY_UNKNOWN)
		text_add(out, "%s ", severity_name(event->severity));
	text_add(out, "error that firmware has a record of");
	add(out, ": ", &detail[RECORD_TYPE_TEXT]);
	add(out, ", ", &detail[IDENTIFIER_GUID]);
	if (detail[IDENTIFIER].kind == VALUE_INT)
		text_add(out, ", %#" PRIx64, value_as_uint(&detail[IDENTIFIER]));
	if (detail[DATA].kind == VALUE_BYTES)
		text_add(out, ", %u bytes of its vendor's", detail[DATA].len);
}

/* From a tracepoint it comes as a section, and so has all of it. */
static uint64_t identity(const struct event *event)
{
	const uint64_t numbers[] = { value_as_uint(&event->detail[RECORD_TYPE]),
				     value_as_uint(&event->detail[IDENTIFIER]) };

	return event_identity("firmware-reference", numbers, ARRAY_SIZE(numbers));
}

static const struct event_type type = {
	.name = "cper-firmware",
	.table = "cper_firmware",
	.fields = fields,
	.n_fields = FIELDS,
	.describe = describe,
	.identity = identity,
};

const struct handler handler_cper_firmware = {
	.type = &type,
	.ring = RING_HARDWARE,
	.sections = { GUID(0x81212a96, 0x09ed, 0x4996, 0x94, 0x71, 0x8d, 0x72, 0x9c, 0x8e,
			   0x69, 0xed) },
	.decode_section = decode_section,
	.decode_log = decode_log,
};
