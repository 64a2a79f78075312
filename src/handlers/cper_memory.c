// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * A memory error that firmware reported: the section of UEFI N.2.5, as bytes and in the
 * words of cper_print_mem() (drivers/firmware/efi/cper.c). It has no tracepoint. Where no
 * EDAC driver takes such records (mc_event), the log is all there is of the corrected
 * ones; what is not corrected comes as memory_failure_event, too.
 *
 * The kernel prints two records in five seconds, corrected or not, and none that is like
 * one of the last ten seconds: so there may have been more than the log tells.
 */

#include "event/handler.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "cper/error_status.h"
#include "cper/fields.h"
#include "cper/log_event.h"
#include "util/bytes.h"

enum {
	STATUS = CPER_COLUMNS,
	STATUS_TEXT,
	STATUS_FLAGS,
	ADDRESS,
	ADDRESS_MASK,
	NODE,
	CARD,
	MODULE,
	RANK,
	BANK,
	BANK_GROUP,
	BANK_ADDRESS,
	DEVICE,
	ROW,
	COLUMN,
	BIT_POSITION,
	REQUESTOR_ID,
	RESPONDER_ID,
	TARGET_ID,
	CHIP_ID,
	ERROR_TYPE,
	ERROR_TYPE_TEXT,
	DMI_HANDLE,
	CARD_HANDLE,
	FIELDS
};

static const struct field fields[FIELDS] = {
	CPER_COLUMN_FIELDS,
	[STATUS] = { .name = "error_status", .kind = FIELD_HEX },
	[STATUS_TEXT] = { .name = "error_status_text", .kind = FIELD_TEXT },
	[STATUS_FLAGS] = { .name = "error_status_flags", .kind = FIELD_TEXT },
	[ADDRESS] = { .name = "physical_address", .kind = FIELD_HEX },
	[ADDRESS_MASK] = { .name = "physical_address_mask", .kind = FIELD_HEX },
	[NODE] = { .name = "node", .kind = FIELD_UINT },
	[CARD] = { .name = "card", .kind = FIELD_UINT },
	[MODULE] = { .name = "module", .kind = FIELD_UINT },
	[RANK] = { .name = "rank", .kind = FIELD_UINT },
	[BANK] = { .name = "bank", .kind = FIELD_UINT },
	[BANK_GROUP] = { .name = "bank_group", .kind = FIELD_UINT },
	[BANK_ADDRESS] = { .name = "bank_address", .kind = FIELD_UINT },
	[DEVICE] = { .name = "device", .kind = FIELD_UINT },
	[ROW] = { .name = "row", .kind = FIELD_UINT },
	[COLUMN] = { .name = "column", .kind = FIELD_UINT },
	[BIT_POSITION] = { .name = "bit_position", .kind = FIELD_UINT },
	[REQUESTOR_ID] = { .name = "requestor_id", .kind = FIELD_HEX },
	[RESPONDER_ID] = { .name = "responder_id", .kind = FIELD_HEX },
	[TARGET_ID] = { .name = "target_id", .kind = FIELD_HEX },
	[CHIP_ID] = { .name = "chip_id", .kind = FIELD_UINT },
	[ERROR_TYPE] = { .name = "error_type", .kind = FIELD_UINT },
	[ERROR_TYPE_TEXT] = { .name = "error_type_text", .kind = FIELD_TEXT },
	[DMI_HANDLE] = { .name = "dmi_handle", .kind = FIELD_HEX },
	[CARD_HANDLE] = { .name = "dmi_card_handle", .kind = FIELD_HEX },
};

/* An address without a mask is taken as it is: 0 says that nobody told its grain. */
static void use_address(struct event *event)
{
	const struct value *detail = event->detail;

	if (detail[ADDRESS].kind == VALUE_NONE)
		return;
	event_set_address(event, ADDRESS_PHYSICAL, value_as_uint(&detail[ADDRESS]));
	event->address_mask = value_as_uint(&detail[ADDRESS_MASK]);
}

/* --- the section --- */

#define VALID_BYTES 8
#define OLD_BYTES   73 /* up to UEFI 2.2 */
#define NEW_BYTES   80
#define EXTENDED_AT 73

/* Its validation bits, by number. Up to UEFI 2.2 there were those before the rank's. */
enum {
	VALID_ROW = 8,
	VALID_RANK = 15,
	VALID_ROW_EXTENDED = 18,
	VALID_BANK_GROUP = 19,
	VALID_BANK_ADDRESS = 20,
	VALID_CHIP_ID = 21,
};

/* The same bytes may be in more than one column, by what is valid. */
static const struct cper_field layout[] = {
	{ STATUS, 0, 8, 8 },
	{ ADDRESS, 1, 8, 16 },
	{ ADDRESS_MASK, 2, 8, 24 },
	{ NODE, 3, 2, 32 },
	{ CARD, 4, 2, 34 },
	{ MODULE, 5, 2, 36 },
	{ BANK, 6, 2, 38 },
	{ BANK_ADDRESS, VALID_BANK_ADDRESS, 1, 38 },
	{ BANK_GROUP, VALID_BANK_GROUP, 1, 39 },
	{ DEVICE, 7, 2, 40 },
	{ ROW, VALID_ROW, 2, 42 },
	{ ROW, VALID_ROW_EXTENDED, 2, 42 },
	{ COLUMN, 9, 2, 44 },
	{ BIT_POSITION, 10, 2, 46 },
	{ REQUESTOR_ID, 11, 8, 48 },
	{ RESPONDER_ID, 12, 8, 56 },
	{ TARGET_ID, 13, 8, 64 },
	{ ERROR_TYPE, 14, 1, 72 },
	{ CHIP_ID, VALID_CHIP_ID, 1, EXTENDED_AT },
	{ RANK, VALID_RANK, 2, 74 },
	{ CARD_HANDLE, 16, 2, 76 },
	{ DMI_HANDLE, 17, 2, 78 },
};

/* A byte has the row's two highest bits and, in its upper three, the chip's number. */
static void use_extended(const struct cper_section *section, uint64_t valid,
			 struct value *detail)
{
	uint8_t extended = section->len > EXTENDED_AT ? section->body[EXTENDED_AT] : 0;

	if (valid >> VALID_ROW_EXTENDED & 1 && detail[ROW].kind == VALUE_INT)
		detail[ROW].i |= (int64_t)(extended & 3) << 16;
	if (detail[CHIP_ID].kind == VALUE_INT)
		detail[CHIP_ID].i >>= 5;
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
	/* bits of fields that the shorter form does not have are not to be believed */
	if (section->len == OLD_BYTES)
		valid &= (1ULL << VALID_RANK) - 1;
	cper_fields_fill(layout, ARRAY_SIZE(layout), section, valid, event);
	use_extended(section, valid, detail);
	if (section->len < NEW_BYTES && section->len != OLD_BYTES)
		detail[CPER_INCOMPLETE] = value_int(1);
	if (detail[STATUS].kind == VALUE_INT) {
		uint64_t status = value_as_uint(&detail[STATUS]);

		detail[STATUS_TEXT] = value_text(cper_error_status_text(status));
		detail[STATUS_FLAGS] = cper_error_status_flags(status, arena);
	}
	if (detail[ERROR_TYPE].kind == VALUE_INT)
		detail[ERROR_TYPE_TEXT] = value_text(
			cper_memory_error_type(value_as_uint(&detail[ERROR_TYPE])));
	event->component = COMPONENT_MEMORY;
	/* the unit that can be replaced is the module, as firmware calls it */
	event->dimm = detail[CPER_FRU_TEXT];
	use_address(event);
	return 1;
}

/* --- "node:0 card:3 … requestor_id:0x0000000000000001" --- */

/* The field with that name among those of the line of places, or FIELDS. */
static size_t place_of(const char *name, size_t len)
{
	for (size_t i = NODE; i <= CHIP_ID; i++)
		if (strlen(fields[i].name) == len && !memcmp(fields[i].name, name, len))
			return i;
	return FIELDS;
}

static void take_places(struct event *event, const char *line)
{
	for (const char *at = line; *at;) {
		const char *colon = at + strcspn(at, ": ");
		size_t field = place_of(at, (size_t)(colon - at));
		const char *value, *end;

		if (*colon != ':')
			return;
		/* before 5.19 it was "node: 0" */
		value = colon + 1 + strspn(colon + 1, " ");
		end = value + strcspn(value, ": ");
		if (*end == ':') /* the next name: there is no value */
			end = value;
		if (field < FIELDS && event->detail[field].kind == VALUE_NONE)
			event->detail[field] = cper_log_number_between(value, end);
		at = end + strspn(end, " ");
	}
}

/* The line is the one that starts with any of them: which are there, differs. */
static void find_places(const struct cper_log_section *section, struct event *event)
{
	for (size_t i = 0; i < section->n_lines; i++) {
		const char *line = section->lines[i];
		size_t len = strcspn(line, ":");

		if (line[len] == ':' && place_of(line, len) < FIELDS) {
			take_places(event, line);
			return;
		}
	}
}

/* --- the other lines --- */

/* "storage error in DRAM memory (0x0000000000000400)"; older kernels: only the number. */
static void take_status(const struct cper_log_section *section, struct arena *arena,
			struct event *event)
{
	const char *value = cper_log_value(section, "error_status");
	const char *open = value ? strrchr(value, '(') : NULL;
	size_t len = value ? strlen(value) : 0;

	event->detail[STATUS] = cper_log_number_of(value);
	if (!open || value[len - 1] != ')')
		return;
	event->detail[STATUS] = cper_log_number_between(open + 1, value + len - 1);
	if (open > value && open[-1] == ' ')
		event->detail[STATUS_TEXT] =
			cper_log_text_of(arena, value, (size_t)(open - 1 - value));
}

/* "2, single-bit ECC" */
static void take_error_type(const struct cper_log_section *section, struct arena *arena,
			    struct event *event)
{
	const char *value = cper_log_value(section, "error_type");
	const char *comma = value ? strchr(value, ',') : NULL;

	if (!comma) {
		event->detail[ERROR_TYPE] = cper_log_number_of(value);
		return;
	}
	event->detail[ERROR_TYPE] = cper_log_number_between(value, comma);
	if (comma[1] == ' ')
		event->detail[ERROR_TYPE_TEXT] =
			cper_log_text_of(arena, comma + 2, strlen(comma + 2));
}

/* "BANK 0 DIMM A 0", from SMBIOS; or "not present. DMI handle: 0x1fff". */
static void take_dimm(const struct cper_log_section *section, struct arena *arena,
		      struct event *event)
{
	static const char missing[] = "not present. DMI handle: ";
	const char *value = cper_log_value(section, "DIMM location");

	if (!value)
		return;
	if (!strncmp(value, missing, strlen(missing)))
		event->detail[DMI_HANDLE] = cper_log_number_of(value + strlen(missing));
	else
		event->dimm = cper_log_text_of(arena, value, strlen(value));
}

static int decode_log(const struct cper_log_section *section, struct arena *arena,
		      struct event *event)
{
	struct value *detail = event->detail;

	if (strcmp(section->type, "memory error"))
		return 0;
	event->component = COMPONENT_MEMORY;
	cper_log_columns_fill(section, arena, event);
	take_status(section, arena, event);
	detail[ADDRESS] = cper_log_number(section, "physical_address");
	detail[ADDRESS_MASK] = cper_log_number(section, "physical_address_mask");
	use_address(event);
	find_places(section, event);
	take_error_type(section, arena, event);
	take_dimm(section, arena, event);
	return 1;
}

/* --- for people --- */

static void describe_places(const struct event *event, struct text *out)
{
	static const size_t places[] = { NODE, CARD, MODULE, RANK, BANK, ROW, COLUMN };
	const char *before = ", ";

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		const struct value *value = &event->detail[places[i]];

		if (value->kind != VALUE_INT)
			continue;
		text_add(out, "%s%s %" PRIu64, before, fields[places[i]].name,
			 value_as_uint(value));
		before = " ";
	}
}

static void add_text(struct text *out, const char *before, const struct value *value)
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
	text_add(out, "memory error");
	if (event->address_kind != ADDRESS_NONE)
		text_add(out, " at %#" PRIx64, event->address);
	add_text(out, " on ", &event->dimm);
	describe_places(event, out);
	if (detail[ERROR_TYPE_TEXT].kind == VALUE_TEXT)
		add_text(out, ": ", &detail[ERROR_TYPE_TEXT]);
	else if (detail[ERROR_TYPE].kind == VALUE_INT)
		text_add(out, ": error type %" PRIu64,
			 value_as_uint(&detail[ERROR_TYPE]));
}

static uint64_t identity(const struct event *event)
{
	return event_identity("memory", &event->address, 1);
}

static const struct event_type type = {
	.name = "cper-memory",
	.table = "cper_memory",
	.role = ROLE_REPORT,
	.fields = fields,
	.n_fields = FIELDS,
	.describe = describe,
	.identity = identity,
};

const struct handler handler_cper_memory = {
	.type = &type,
	.ring = RING_HARDWARE,
	.sections = { GUID(0xa5bc1114, 0x6f64, 0x4ede, 0xb8, 0x63, 0x3e, 0x83, 0xed, 0x7c,
			   0x83, 0xb1) },
	.decode_section = decode_section,
	.decode_log = decode_log,
};
