// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * cxl_general_media: an error in a CXL device's media (drivers/cxl/core/trace.h), and the
 * section that firmware has of it (UEFI 2.10, N.2.14). CXL 3.1, table 8-45: offsets there
 * count the UUID, which is 16 bytes.
 */

#include "handlers/cxl.h"

#include "util/macro.h"

enum { DEVICE_MASK = CXL_MEDIA_COLUMNS, FIELDS };

_Static_assert(FIELDS <= EVENT_FIELDS_MAX, "an event has room for them");

static const struct field fields[FIELDS] = {
	CXL_MEDIA_FIELDS("cme_count", false),
	[DEVICE_MASK] = { .name = "device_mask", .kernel = "device", .kind = FIELD_HEX },
};

static const struct cxl_place places[] = {
	{ CXL_DPA, 32, 8, CXL_UNSIGNED },	 { CXL_DESCRIPTOR, 40, 1, CXL_UNSIGNED },
	{ CXL_TYPE, 41, 1, CXL_UNSIGNED },	 { CXL_TRANSACTION, 42, 1, CXL_UNSIGNED },
	{ CXL_VALIDITY, 43, 2, CXL_UNSIGNED },	 { CXL_CHANNEL, 45, 1, CXL_UNSIGNED },
	{ CXL_RANK, 46, 1, CXL_UNSIGNED },	 { DEVICE_MASK, 47, 3, CXL_UNSIGNED },
	{ CXL_COMPONENT_ID, 50, 16, CXL_BYTES }, { CXL_THRESHOLD, 66, 1, CXL_UNSIGNED },
	{ CXL_COUNT, 67, 3, CXL_UNSIGNED },	 { CXL_SUB_TYPE, 70, 1, CXL_UNSIGNED },
};

static const struct cxl_words words[] = {
	{ CXL_DPA_FLAGS, CXL_DPA_FLAGS_TEXT, 0, 0, &cxl_dpa_flag_words },
	{ CXL_DESCRIPTOR, CXL_DESCRIPTOR_TEXT, 0, 0, &cxl_descriptor_words },
	{ CXL_TYPE, CXL_TYPE_TEXT, 0, 0, &cxl_media_type_words },
	{ CXL_SUB_TYPE, CXL_SUB_TYPE_TEXT, 0, 0, &cxl_media_sub_type_words },
	{ CXL_TRANSACTION, CXL_TRANSACTION_TEXT, 0, 0, &cxl_transaction_words },
	{ CXL_THRESHOLD, CXL_THRESHOLD_TEXT, 0, 0, &cxl_threshold_words },
};

static const struct cxl_validity validity[] = {
	{ CXL_CHANNEL, 0 },
	{ CXL_RANK, 1 },
	{ DEVICE_MASK, 2 },
	{ CXL_COMPONENT_ID, 3 },
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
	.pldm = 1u << 4,
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
	static const uint8_t where[] = { CXL_CHANNEL, CXL_RANK };

	cxl_describe_head(event, &event->detail[CXL_TYPE_TEXT], "media event", out);
	cxl_describe_numbers(event, where, ARRAY_SIZE(where), out);
	cxl_describe_text(": ", &event->detail[CXL_TRANSACTION_TEXT], out);
}

/* The log has no more of it than that name. */
static uint64_t identity(const struct event *event)
{
	const struct value name = value_text("CXL General Media Event");

	(void)event;
	return event_identity_of_text("section", &name);
}

static const struct event_type type = {
	.name = "cxl-general-media",
	.table = "cxl_general_media",
	.fields = fields,
	.n_fields = FIELDS,
	.describe = describe,
	.identity = identity,
};

const struct handler handler_cxl_general_media = {
	.type = &type,
	.tracepoints = { { "cxl:cxl_general_media" } },
	.ring = RING_HARDWARE,
	.decode = decode,
	.sections = { GUID(0xfbcd0a77, 0xc260, 0x417f, 0x85, 0xa9, 0x08, 0x8b, 0x16, 0x21,
			   0xeb, 0xa6) },
	.decode_section = decode_section,
};
