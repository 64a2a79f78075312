// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * cxl_generic_event: a CXL event record that the kernel has no tracepoint for
 * (drivers/cxl/core/trace.h), its 80 bytes raw. Firmware may report such in sections, too
 * (UEFI 2.10, N.2.14): those of the types that CXL 3.1 table 8-43 names are taken here.
 */

#include "handlers/cxl.h"

#include <string.h>

#include "util/macro.h"

enum { NAME = CXL_COLUMNS, DATA, FIELDS };

static const struct field fields[FIELDS] = {
	CXL_RECORD_FIELDS,
	[NAME] = { .name = "record_type", .kind = FIELD_TEXT },
	[DATA] = { .name = "data", .kernel = "data", .kind = FIELD_BYTES },
};

static const struct cxl_place places[] = {
	{ DATA, 32, 80, CXL_BYTES },
};

static const struct {
	const char *uuid, *name;
} names[] = {
	{ "77cf9271-9c02-470b-9fe4-bc7b75f2da97", "physical switch" },
	{ "40d26425-3396-4c4d-a5da-3d47263af425", "virtual switch" },
	{ "8dc44363-0c96-4710-b7bf-04bb99534c3f", "MLD port" },
	{ "ca95afa7-f183-4018-8c2f-95268e101a2a", "dynamic capacity" },
};

static void finish(struct event *event)
{
	const struct value *uuid = &event->detail[CXL_UUID];

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (uuid->len == strlen(names[i].uuid) &&
		    !memcmp(uuid->text, names[i].uuid, uuid->len))
			event->detail[NAME] = value_text(names[i].name);
}

static const struct cxl_record record_type = {
	.places = places,
	.n_places = ARRAY_SIZE(places),
	.finish = finish,
};

static int decode(const struct record *record, struct event *event)
{
	return cxl_record_decode(&record_type, record, event);
}

static int decode_section(const struct cper_section *section, struct arena *arena,
			  struct event *event)
{
	return cxl_record_decode_section(&record_type, section, arena, event);
}

static void describe(const struct event *event, struct text *out)
{
	const struct value *detail = event->detail;

	text_add(out, "CXL ");
	cxl_describe_text("", &detail[CXL_LOG_TEXT], out);
	text_add(out, "%sevent record ", detail[CXL_LOG_TEXT].len ? " " : "");
	cxl_describe_text("", &detail[CXL_UUID], out);
	cxl_describe_text(", ", &detail[NAME], out);
	cxl_describe_text(" of ", &event->device, out);
}

static const struct event_type type = {
	.name = "cxl-generic",
	.table = "cxl_generic",
	.fields = fields,
	.n_fields = FIELDS,
	.describe = describe,
};

const struct handler handler_cxl_generic = {
	.type = &type,
	.tracepoints = { { "cxl:cxl_generic_event" } },
	.ring = RING_HARDWARE,
	.decode = decode,
	.sections = { GUID(0x77cf9271, 0x9c02, 0x470b, 0x9f, 0xe4, 0xbc, 0x7b, 0x75, 0xf2,
			   0xda, 0x97),
		      GUID(0x40d26425, 0x3396, 0x4c4d, 0xa5, 0xda, 0x3d, 0x47, 0x26, 0x3a,
			   0xf4, 0x25),
		      GUID(0x8dc44363, 0x0c96, 0x4710, 0xb7, 0xbf, 0x04, 0xbb, 0x99, 0x53,
			   0x4c, 0x3f),
		      GUID(0xca95afa7, 0xf183, 0x4018, 0x8c, 0x2f, 0x95, 0x26, 0x8e, 0x10,
			   0x1a, 0x2a) },
	.decode_section = decode_section,
};
