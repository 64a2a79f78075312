// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * cxl_memory_sparing: a CXL device replaced memory by a spare of its own
 * (drivers/cxl/core/trace.h), and the section that firmware has of it (UEFI 2.10,
 * N.2.14). CXL 3.1, table 8-48: offsets there count the UUID, which is 16 bytes. Its
 * first two bytes say again what maintenance that was.
 */

#include "handlers/cxl.h"

#include "util/macro.h"

#define RESULT_SUCCESS 0

enum {
	SPARING_FLAGS = CXL_COLUMNS,
	SPARING_FLAGS_TEXT,
	RESULT,
	RESULT_TEXT,
	VALIDITY,
	RESOURCES,
	CHANNEL,
	RANK,
	NIBBLE_MASK,
	BANK_GROUP,
	BANK,
	ROW,
	COLUMN,
	SUB_CHANNEL,
	COMPONENT_ID,
	FIELDS = COMPONENT_ID + 3
};

static const struct field fields[FIELDS] = {
	CXL_RECORD_FIELDS,
	[SPARING_FLAGS] = { .name = "sparing_flags",
			    .kernel = "flags",
			    .kind = FIELD_HEX },
	[SPARING_FLAGS_TEXT] = { .name = "sparing_flags_text", .kind = FIELD_TEXT },
	[RESULT] = { .name = "result", .kernel = "result", .kind = FIELD_UINT },
	[RESULT_TEXT] = { .name = "result_text", .kind = FIELD_TEXT },
	[VALIDITY] = { .name = "validity_flags",
		       .kernel = "validity_flags",
		       .kind = FIELD_HEX },
	[RESOURCES] = { .name = "spares_left",
			.kernel = "res_avail",
			.kind = FIELD_UINT },
	[CHANNEL] = { .name = "channel", .kernel = "channel", .kind = FIELD_UINT },
	[RANK] = { .name = "rank", .kernel = "rank", .kind = FIELD_UINT },
	[NIBBLE_MASK] = { .name = "nibble_mask",
			  .kernel = "nibble_mask",
			  .kind = FIELD_HEX },
	[BANK_GROUP] = { .name = "bank_group",
			 .kernel = "bank_group",
			 .kind = FIELD_UINT },
	[BANK] = { .name = "bank", .kernel = "bank", .kind = FIELD_UINT },
	[ROW] = { .name = "row", .kernel = "row", .kind = FIELD_UINT },
	[COLUMN] = { .name = "column", .kernel = "column", .kind = FIELD_UINT },
	[SUB_CHANNEL] = { .name = "sub_channel",
			  .kernel = "sub_channel",
			  .kind = FIELD_UINT },
	CXL_COMPONENT_ID_FIELDS(COMPONENT_ID, false),
};

static const struct cxl_place places[] = {
	{ SPARING_FLAGS, 34, 1, CXL_UNSIGNED }, { RESULT, 35, 1, CXL_UNSIGNED },
	{ VALIDITY, 36, 2, CXL_UNSIGNED },	{ RESOURCES, 44, 2, CXL_UNSIGNED },
	{ CHANNEL, 46, 1, CXL_UNSIGNED },	{ RANK, 47, 1, CXL_UNSIGNED },
	{ NIBBLE_MASK, 48, 3, CXL_UNSIGNED },	{ BANK_GROUP, 51, 1, CXL_UNSIGNED },
	{ BANK, 52, 1, CXL_UNSIGNED },		{ ROW, 53, 3, CXL_UNSIGNED },
	{ COLUMN, 56, 2, CXL_UNSIGNED },	{ COMPONENT_ID, 58, 16, CXL_BYTES },
	{ SUB_CHANNEL, 74, 1, CXL_UNSIGNED },
};

static const struct cxl_words words[] = {
	{ SPARING_FLAGS, SPARING_FLAGS_TEXT, 0, 0, &cxl_sparing_flag_words },
	{ RESULT, RESULT_TEXT, 0, 0, &cxl_sparing_result_words },
};

static const struct cxl_validity validity[] = {
	{ CHANNEL, 0 },	   { RANK, 1 },		{ NIBBLE_MASK, 2 },
	{ BANK_GROUP, 3 }, { BANK, 4 },		{ ROW, 5 },
	{ COLUMN, 6 },	   { COMPONENT_ID, 7 }, { SUB_CHANNEL, 9 },
};

/* How many are left is told only of a sparing that succeeded. */
static void finish(struct event *event)
{
	struct value *detail = event->detail;

	if (value_as_uint(&detail[RESULT]) != RESULT_SUCCESS)
		detail[RESOURCES].kind = VALUE_NONE;
}

static const struct cxl_record record_type = {
	.places = places,
	.n_places = ARRAY_SIZE(places),
	.words = words,
	.n_words = ARRAY_SIZE(words),
	.flags = VALIDITY,
	.validity = validity,
	.n_validity = ARRAY_SIZE(validity),
	.component_id = COMPONENT_ID,
	.pldm = 1u << 8,
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
	static const uint8_t where[] = { CHANNEL, SUB_CHANNEL, RANK,  BANK_GROUP,
					 BANK,	  ROW,	       COLUMN };
	const struct value *detail = event->detail;

	cxl_describe_head(event, &detail[CXL_MAINTENANCE_TEXT], "memory sparing", out);
	cxl_describe_numbers(event, where, ARRAY_SIZE(where), out);
	cxl_describe_text(": ", &detail[RESULT_TEXT], out);
}

static const struct event_type type = {
	.name = "cxl-memory-sparing",
	.table = "cxl_memory_sparing",
	.fields = fields,
	.n_fields = FIELDS,
	.describe = describe,
};

const struct handler handler_cxl_memory_sparing = {
	.type = &type,
	.tracepoints = { { "cxl:cxl_memory_sparing" } },
	.ring = RING_HARDWARE,
	.decode = decode,
	.sections = { GUID(0xe71f3a40, 0x2d29, 0x4092, 0x8a, 0x39, 0x4d, 0x1c, 0x96, 0x6c,
			   0x7c, 0x65) },
	.decode_section = decode_section,
};
