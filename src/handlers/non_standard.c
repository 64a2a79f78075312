// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * non_standard_event: a CPER section that the kernel has no branch for
 * (include/ras/ras_event.h), whole and raw. GUIDs are UEFI's, little-endian: the kernel's
 * own trace text prints them in another order.
 */

#include "event/handler.h"

#include <errno.h>

#include "event/guid.h"

enum { SEC_TYPE, FRU_ID, FRU_TEXT, SEV, LEN, BUF, SECTION_TYPE, FRU_ID_TEXT, FIELDS };

static const struct field fields[FIELDS] = {
	[SEC_TYPE] = { .kernel = "sec_type", .kind = FIELD_BYTES },
	[FRU_ID] = { .kernel = "fru_id", .kind = FIELD_BYTES },
	[FRU_TEXT] = { .name = "fru_text", .kernel = "fru_text", .kind = FIELD_TEXT },
	[SEV] = { .name = "ghes_severity", .kernel = "sev", .kind = FIELD_UINT },
	[LEN] = { .name = "length", .kernel = "len", .kind = FIELD_UINT },
	[BUF] = { .name = "data", .kernel = "buf", .kind = FIELD_BYTES },
	[SECTION_TYPE] = { .name = "section_type", .kind = FIELD_TEXT },
	[FRU_ID_TEXT] = { .name = "fru_id", .kind = FIELD_TEXT },
};

static int name_guid(struct value *guid, struct arena *arena, struct value *ret)
{
	char *text = arena_take(arena, GUID_TEXT_BYTES);

	if (!text)
		return -ENOBUFS;
	if (guid->len != GUID_BYTES)
		return -EBADMSG;
	*ret = value_text(guid_to_text(guid->bytes, text));
	return 0;
}

static int decode(const struct record *record, struct event *event)
{
	struct value *detail = event->detail;
	int r = name_guid(&detail[SEC_TYPE], record->arena, &detail[SECTION_TYPE]);

	r = r < 0 ? r : name_guid(&detail[FRU_ID], record->arena, &detail[FRU_ID_TEXT]);
	if (r < 0)
		return r;
	event->severity = severity_from_ghes((unsigned int)value_as_uint(&detail[SEV]));
	event->component = COMPONENT_PLATFORM;
	return 1;
}

static void describe(const struct event *event, struct text *out)
{
	const struct value *detail = event->detail;

	text_add(out, "section ");
	text_add_escaped(out, detail[SECTION_TYPE].text, detail[SECTION_TYPE].len);
	text_add(out, ", %u bytes", detail[BUF].len);
	if (detail[FRU_TEXT].len) {
		text_add(out, ", FRU ");
		text_add_escaped(out, detail[FRU_TEXT].text, detail[FRU_TEXT].len);
	}
}

static const struct event_type type = {
	.name = "non-standard",
	.table = "non_standard",
	.fields = fields,
	.n_fields = FIELDS,
	.describe = describe,
};

const struct handler handler_non_standard = {
	.type = &type,
	.tracepoints = { "ras:non_standard_event" },
	.ring = RING_HARDWARE,
	.decode = decode,
};
