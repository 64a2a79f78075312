// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * non_standard_event: a CPER section that the kernel has no branch for
 * (include/ras/ras_event.h), whole and raw. GUIDs are UEFI's, little-endian: the kernel's
 * own trace text prints them in another order.
 *
 * A section that a handler knows becomes an event of that handler; the others, from
 * wherever they come, are kept here.
 */

#include "event/handler.h"

#include <errno.h>
#include <string.h>

#include "cper/guid_names.h"
#include "cper/log_event.h"
#include "cper/section.h"

enum {
	SECTION_TYPE = CPER_COLUMNS,
	SECTION_NAME,
	LENGTH,
	DATA,
	LOG,
	SEC_TYPE,
	FRU_ID,
	FRU_TEXT,
	SEV,
	LEN,
	BUF,
	FIELDS
};

static const struct field fields[FIELDS] = {
	CPER_COLUMN_FIELDS,
	[SECTION_TYPE] = { .name = "section_type", .kind = FIELD_TEXT },
	[SECTION_NAME] = { .name = "section_name", .kind = FIELD_TEXT },
	[LENGTH] = { .name = "length", .kind = FIELD_UINT },
	[DATA] = { .name = "data", .kind = FIELD_BYTES },
	[LOG] = { .name = "log", .kind = FIELD_TEXT },
	[SEC_TYPE] = { .kernel = "sec_type", .kind = FIELD_BYTES },
	[FRU_ID] = { .kernel = "fru_id", .kind = FIELD_BYTES },
	[FRU_TEXT] = { .kernel = "fru_text", .kind = FIELD_TEXT },
	[SEV] = { .kernel = "sev", .kind = FIELD_UINT },
	[LEN] = { .kernel = "len", .kind = FIELD_UINT },
	[BUF] = { .kernel = "buf", .kind = FIELD_BYTES },
};

static int decode_section(const struct cper_section *section, struct arena *arena,
			  struct event *event)
{
	struct value *detail = event->detail;
	char *type = arena_take(arena, GUID_TEXT_BYTES);
	int r = type ? cper_columns_fill(section, arena, event) : -ENOBUFS;

	if (r < 0)
		return r;
	detail[SECTION_TYPE] = value_text(guid_to_text(section->type.bytes, type));
	detail[SECTION_NAME] = value_text(guid_section_name(section->type.bytes));
	detail[LENGTH] = value_uint(section->len);
	detail[DATA] = value_bytes(section->body, section->len);
	event->component = COMPONENT_PLATFORM;
	return 1;
}

static int decode(const struct record *record, struct event *event)
{
	const struct value *detail = event->detail;
	struct cper_section section = {
		.severity = severity_from_ghes((unsigned int)value_as_uint(&detail[SEV])),
		.body = detail[BUF].bytes,
		.len = detail[BUF].len,
		.incomplete = value_as_uint(&detail[LEN]) > detail[BUF].len,
	};
	struct guid fru_id;
	static const struct guid none;

	if (detail[SEC_TYPE].len != GUID_BYTES || detail[FRU_ID].len != GUID_BYTES)
		return -EBADMSG;
	memcpy(&section.type, detail[SEC_TYPE].bytes, GUID_BYTES);
	memcpy(&fru_id, detail[FRU_ID].bytes, GUID_BYTES);
	if (memcmp(&fru_id, &none, GUID_BYTES))
		section.fru_id = &fru_id;
	if (detail[FRU_TEXT].len) {
		section.fru_text = detail[FRU_TEXT].text;
		section.fru_text_len = detail[FRU_TEXT].len;
	}
	return cper_section_decode(record->handlers, &section, record->arena, event);
}

/* The section's own lines, one behind the other. */
static struct value lines_of(const struct cper_log_section *section, struct arena *arena)
{
	char *text = arena_take(arena, CPER_LOG_LINES_MAX * CPER_LOG_LINE_BYTES);
	struct text out = { .at = text,
			    .size = CPER_LOG_LINES_MAX * CPER_LOG_LINE_BYTES };

	if (!text)
		return (struct value){ .kind = VALUE_NONE };
	*text = '\0';
	for (size_t i = 0; i < section->n_lines; i++)
		text_add(&out, "%s%s", i ? "\n" : "", section->lines[i]);
	return value_text_of(text, out.len);
}

/*
 * A section that the kernel has a name for and tells in words that nobody here reads, as
 * those of CXL: what it is, how bad, and the words. What it has no name for comes with a
 * GUID, and from a tracepoint.
 */
static int decode_log(const struct cper_log_section *section, struct arena *arena,
		      struct event *event)
{
	struct value *detail = event->detail;
	struct guid guid;

	if (!section->type[0] || guid_from_text(section->type, &guid) >= 0)
		return 0;
	cper_log_columns_fill(section, arena, event);
	detail[SECTION_NAME] =
		cper_log_text_of(arena, section->type, strlen(section->type));
	detail[LOG] = lines_of(section, arena);
	event->component =
		strncmp(section->type, "CXL ", 4) ? COMPONENT_PLATFORM : COMPONENT_CXL;
	event->flags |= EVENT_AT_LEAST;
	return 1;
}

/* Types of their own that the log names (CXL) have the same of that name. */
static uint64_t identity(const struct event *event)
{
	return event_identity_of_text("section", &event->detail[SECTION_NAME]);
}

static void describe(const struct event *event, struct text *out)
{
	const struct value *detail = event->detail;

	if (detail[LOG].kind == VALUE_TEXT) {
		text_add_value(out, &detail[SECTION_NAME]);
		text_add(out, ", in the words of the kernel's log");
		return;
	}
	text_add(out, "section ");
	text_add_escaped(out, detail[SECTION_TYPE].text, detail[SECTION_TYPE].len);
	if (detail[SECTION_NAME].kind == VALUE_TEXT) {
		text_add(out, " (");
		text_add_escaped(out, detail[SECTION_NAME].text,
				 detail[SECTION_NAME].len);
		text_add(out, ")");
	}
	text_add(out, ", %u bytes", detail[DATA].len);
	if (detail[CPER_FRU_TEXT].len) {
		text_add(out, ", FRU ");
		text_add_escaped(out, detail[CPER_FRU_TEXT].text,
				 detail[CPER_FRU_TEXT].len);
	}
}

static const struct event_type type = {
	.name = "non-standard",
	.table = "non_standard",
	.fields = fields,
	.n_fields = FIELDS,
	.describe = describe,
	.identity = identity,
};

const struct handler handler_non_standard = {
	.type = &type,
	.tracepoints = { { "ras:non_standard_event" } },
	.ring = RING_HARDWARE,
	.decode = decode,
	.any_section = true,
	.decode_section = decode_section,
	.decode_log = decode_log,
};
