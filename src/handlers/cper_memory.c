// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * A memory error that firmware reported, as the kernel's log has it: the section of UEFI
 * N.2.5 in the words of cper_print_mem() (drivers/firmware/efi/cper.c). It has no
 * tracepoint. Where no EDAC driver takes such records (mc_event), the log is all there is
 * of the corrected ones; what is not corrected comes as memory_failure_event, too.
 *
 * The kernel prints two records in five seconds, corrected or not, and none that is like
 * one of the last ten seconds: so there may have been more than the log tells.
 */

#include "event/handler.h"

#include <inttypes.h>
#include <limits.h>
#include <string.h>

#include "cper/log.h"

#define NUMBER_BYTES 24 /* room for the longest number, 20 digits */

enum {
	RECORD,
	SECTION,
	SOURCE,
	STATUS,
	STATUS_TEXT,
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
	FRU_ID,
	FRU_TEXT,
	FIELDS
};

static const struct field fields[FIELDS] = {
	[RECORD] = { .name = "record", .kind = FIELD_UINT },
	[SECTION] = { .name = "section", .kind = FIELD_UINT },
	[SOURCE] = { .name = "firmware_source", .kind = FIELD_UINT },
	[STATUS] = { .name = "error_status", .kind = FIELD_HEX },
	[STATUS_TEXT] = { .name = "error_status_text", .kind = FIELD_TEXT },
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
	[FRU_ID] = { .name = "fru_id", .kind = FIELD_TEXT },
	[FRU_TEXT] = { .name = "fru_text", .kind = FIELD_TEXT },
};

/* A number that is all there is between the two, else nothing. */
static struct value number_between(const char *from, const char *to)
{
	char number[NUMBER_BYTES];
	uint64_t n;

	if ((size_t)(to - from) >= sizeof(number))
		return (struct value){ .kind = VALUE_NONE };
	memcpy(number, from, (size_t)(to - from));
	number[to - from] = '\0';
	if (parse_uint64(number, &n) < 0)
		return (struct value){ .kind = VALUE_NONE };
	return value_uint(n);
}

static struct value number_of(const char *text)
{
	if (!text)
		return (struct value){ .kind = VALUE_NONE };
	return number_between(text, text + strlen(text));
}

/* A copy that lives as long as the event. */
static struct value text_of(struct arena *arena, const char *from, size_t len)
{
	return value_text(from && len ? arena_copy_text(arena, from, len) : NULL);
}

static struct value line_of(const struct cper_log_section *section, struct arena *arena,
			    const char *name)
{
	const char *value = cper_log_value(section, name);

	return text_of(arena, value, value ? strlen(value) : 0);
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
			event->detail[field] = number_between(value, end);
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

	event->detail[STATUS] = number_of(value);
	if (!open || value[len - 1] != ')')
		return;
	event->detail[STATUS] = number_between(open + 1, value + len - 1);
	if (open > value && open[-1] == ' ')
		event->detail[STATUS_TEXT] =
			text_of(arena, value, (size_t)(open - 1 - value));
}

/* "2, single-bit ECC" */
static void take_error_type(const struct cper_log_section *section, struct arena *arena,
			    struct event *event)
{
	const char *value = cper_log_value(section, "error_type");
	const char *comma = value ? strchr(value, ',') : NULL;

	if (!comma) {
		event->detail[ERROR_TYPE] = number_of(value);
		return;
	}
	event->detail[ERROR_TYPE] = number_between(value, comma);
	if (comma[1] == ' ')
		event->detail[ERROR_TYPE_TEXT] =
			text_of(arena, comma + 2, strlen(comma + 2));
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
		event->detail[DMI_HANDLE] = number_of(value + strlen(missing));
	else
		event->dimm = text_of(arena, value, strlen(value));
}

/* An address without a mask is taken as it is: 0 says that nobody told its grain. */
static void take_address(const struct cper_log_section *section, struct event *event)
{
	struct value *detail = event->detail;

	detail[ADDRESS] = number_of(cper_log_value(section, "physical_address"));
	detail[ADDRESS_MASK] =
		number_of(cper_log_value(section, "physical_address_mask"));
	if (detail[ADDRESS].kind == VALUE_NONE)
		return;
	event_set_address(event, ADDRESS_PHYSICAL, value_as_uint(&detail[ADDRESS]));
	event->address_mask = value_as_uint(&detail[ADDRESS_MASK]);
}

static int decode_log(const struct cper_log_section *section, struct arena *arena,
		      struct event *event)
{
	struct value *detail = event->detail;

	if (strcmp(section->type, "memory error"))
		return 0;
	event->severity = section->severity;
	event->component = COMPONENT_MEMORY;
	event->source = SOURCE_LOG;
	event->flags |= EVENT_AT_LEAST;
	detail[RECORD] = value_uint(section->number);
	detail[SECTION] = value_uint(section->index);
	if (section->source != UINT_MAX)
		detail[SOURCE] = value_uint(section->source);
	detail[FRU_ID] = line_of(section, arena, "fru_id");
	detail[FRU_TEXT] = line_of(section, arena, "fru_text");
	take_status(section, arena, event);
	take_address(section, event);
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
	.fields = fields,
	.n_fields = FIELDS,
	.describe = describe,
	.identity = identity,
};

const struct handler handler_cper_memory = {
	.type = &type,
	.ring = RING_HARDWARE,
	.decode_log = decode_log,
};
