// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * cxl_dram: an error in the DRAM of a CXL device (drivers/cxl/core/trace.h), and the
 * section that firmware has of it (UEFI 2.10, N.2.14). CXL 3.1, table 8-46: offsets there
 * count the UUID, which is 16 bytes.
 */

#include "handlers/cxl.h"

#include "util/macro.h"

enum {
	NIBBLE_MASK = CXL_MEDIA_COLUMNS,
	BANK_GROUP,
	BANK,
	ROW,
	COLUMN,
	CORRECTION_MASK,
	SUB_CHANNEL,
	FIELDS
};

_Static_assert(FIELDS <= EVENT_FIELDS_MAX, "an event has room for them");

static const struct field fields[FIELDS] = {
	CXL_MEDIA_FIELDS("cvme_count", true),
	[NIBBLE_MASK] = { .name = "nibble_mask",
			  .kernel = "nibble_mask",
			  .kind = FIELD_HEX },
	[BANK_GROUP] = { .name = "bank_group",
			 .kernel = "bank_group",
			 .kind = FIELD_UINT },
	[BANK] = { .name = "bank", .kernel = "bank", .kind = FIELD_UINT },
	[ROW] = { .name = "row", .kernel = "row", .kind = FIELD_UINT },
	[COLUMN] = { .name = "column", .kernel = "column", .kind = FIELD_UINT },
	[CORRECTION_MASK] = { .name = "correction_mask",
			      .kernel = "cor_mask",
			      .kind = FIELD_BYTES },
	[SUB_CHANNEL] = { .name = "sub_channel",
			  .kernel = "sub_channel",
			  .kind = FIELD_UINT,
			  .optional = true },
};

static const struct cxl_place places[] = {
	{ CXL_DPA, 32, 8, CXL_UNSIGNED },	{ CXL_DESCRIPTOR, 40, 1, CXL_UNSIGNED },
	{ CXL_TYPE, 41, 1, CXL_UNSIGNED },	{ CXL_TRANSACTION, 42, 1, CXL_UNSIGNED },
	{ CXL_VALIDITY, 43, 2, CXL_UNSIGNED },	{ CXL_CHANNEL, 45, 1, CXL_UNSIGNED },
	{ CXL_RANK, 46, 1, CXL_UNSIGNED },	{ NIBBLE_MASK, 47, 3, CXL_UNSIGNED },
	{ BANK_GROUP, 50, 1, CXL_UNSIGNED },	{ BANK, 51, 1, CXL_UNSIGNED },
	{ ROW, 52, 3, CXL_UNSIGNED },		{ COLUMN, 55, 2, CXL_UNSIGNED },
	{ CORRECTION_MASK, 57, 32, CXL_BYTES }, { CXL_COMPONENT_ID, 89, 16, CXL_BYTES },
	{ SUB_CHANNEL, 105, 1, CXL_UNSIGNED },	{ CXL_THRESHOLD, 106, 1, CXL_UNSIGNED },
	{ CXL_COUNT, 107, 3, CXL_UNSIGNED },	{ CXL_SUB_TYPE, 110, 1, CXL_UNSIGNED },
};

static const struct cxl_words words[] = {
	{ CXL_DPA_FLAGS, CXL_DPA_FLAGS_TEXT, 0, 0, &cxl_dpa_flag_words },
	{ CXL_DESCRIPTOR, CXL_DESCRIPTOR_TEXT, 0, 0, &cxl_descriptor_words },
	{ CXL_TYPE, CXL_TYPE_TEXT, 0, 0, &cxl_dram_type_words },
	{ CXL_SUB_TYPE, CXL_SUB_TYPE_TEXT, 0, 0, &cxl_media_sub_type_words },
	{ CXL_TRANSACTION, CXL_TRANSACTION_TEXT, 0, 0, &cxl_transaction_words },
	{ CXL_THRESHOLD, CXL_THRESHOLD_TEXT, 0, 0, &cxl_threshold_words },
};

static const struct cxl_validity validity[] = {
	{ CXL_CHANNEL, 0 },
	{ CXL_RANK, 1 },
	{ NIBBLE_MASK, 2 },
	{ BANK_GROUP, 3 },
	{ BANK, 4 },
	{ ROW, 5 },
	{ COLUMN, 6 },
	{ CORRECTION_MASK, 7 },
	{ CXL_COMPONENT_ID, 8 },
	{ SUB_CHANNEL, 10 },
};

static const struct cxl_record record_type = {
	.places = places,
	.n_places = ARRAY_SIZE(places),
	.words = words,
	.n_words = ARRAY_SIZE(words),
	.flags = CXL_VALIDITY,
	.validity = validity,
	.n_validity = ARRAY_SIZE(validity),
	.component_id = CXL_COMPONENT_ID,
	.pldm = 1u << 9,
	.finish = cxl_media_finish,
};

static int decode(const struct record *record, struct event *event)
{
	return cxl_media_decode(&record_type, record, event);
}

static int decode_section(const struct cper_section *section, struct arena *arena,
			  struct event *event)
{
	return cxl_record_decode_section(&record_type, section, arena, event);
}

static void describe(const struct event *event, struct text *out)
{
	static const uint8_t where[] = { CXL_CHANNEL, SUB_CHANNEL, CXL_RANK, BANK_GROUP,
					 BANK,	      ROW,	   COLUMN };

	cxl_describe_head(event, &event->detail[CXL_TYPE_TEXT], "DRAM event", out);
	cxl_describe_numbers(event, where, ARRAY_SIZE(where), out);
	cxl_describe_text(": ", &event->detail[CXL_TRANSACTION_TEXT], out);
}

/* The log has no more of it than that name. */
static uint64_t identity(const struct event *event)
{
	const struct value name = value_text("CXL DRAM Event");

	(void)event;
	return event_identity_of_text("section", &name);
}

static const struct event_type type = {
	.name = "cxl-dram",
	.table = "cxl_dram",
	.fields = fields,
	.n_fields = FIELDS,
	.describe = describe,
	.identity = identity,
};

const struct handler handler_cxl_dram = {
	.type = &type,
	.tracepoints = { { "cxl:cxl_dram" } },
	.ring = RING_HARDWARE,
	.decode = decode,
	.sections = { GUID(0x601dcbb3, 0x9c06, 0x4eab, 0xb8, 0xaf, 0x4e, 0x9b, 0xfb, 0x5c,
			   0x96, 0x24) },
	.decode_section = decode_section,
};
