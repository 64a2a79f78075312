// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * cxl_memory_module: the health of a CXL memory device changed
 * (drivers/cxl/core/trace.h), and the section that firmware has of it (UEFI 2.10,
 * N.2.14). CXL 3.1, tables 8-47 and 8-133: offsets there count the UUID, which is 16
 * bytes.
 */

#include "handlers/cxl.h"

#include "util/macro.h"

#define LIFE_NOT_TOLD	     0xff
#define TEMPERATURE_NOT_TOLD 0x7fff

enum {
	TYPE = CXL_COLUMNS,
	TYPE_TEXT,
	SUB_TYPE,
	SUB_TYPE_TEXT,
	HEALTH,
	HEALTH_TEXT,
	MEDIA,
	MEDIA_TEXT,
	ADDITIONAL,
	LIFE_LEVEL,
	TEMPERATURE_LEVEL,
	VOLATILE_LEVEL,
	PERSISTENT_LEVEL,
	LIFE_USED,
	TEMPERATURE,
	DIRTY_SHUTDOWNS,
	VOLATILE_ERRORS,
	PERSISTENT_ERRORS,
	VALIDITY,
	COMPONENT_ID,
	FIELDS = COMPONENT_ID + 3
};

static const struct field fields[FIELDS] = {
	CXL_RECORD_FIELDS,
	[TYPE] = { .name = "event_type", .kernel = "event_type", .kind = FIELD_UINT },
	[TYPE_TEXT] = { .name = "event_type_text", .kind = FIELD_TEXT },
	[SUB_TYPE] = { .name = "event_sub_type",
		       .kernel = "event_sub_type",
		       .kind = FIELD_UINT,
		       .optional = true },
	[SUB_TYPE_TEXT] = { .name = "event_sub_type_text", .kind = FIELD_TEXT },
	[HEALTH] = { .name = "health_status",
		     .kernel = "health_status",
		     .kind = FIELD_HEX },
	[HEALTH_TEXT] = { .name = "health_status_text", .kind = FIELD_TEXT },
	[MEDIA] = { .name = "media_status",
		    .kernel = "media_status",
		    .kind = FIELD_UINT },
	[MEDIA_TEXT] = { .name = "media_status_text", .kind = FIELD_TEXT },
	[ADDITIONAL] = { .name = "additional_status",
			 .kernel = "add_status",
			 .kind = FIELD_HEX },
	[LIFE_LEVEL] = { .name = "life_used_level", .kind = FIELD_TEXT },
	[TEMPERATURE_LEVEL] = { .name = "temperature_level", .kind = FIELD_TEXT },
	[VOLATILE_LEVEL] = { .name = "corrected_volatile_level", .kind = FIELD_TEXT },
	[PERSISTENT_LEVEL] = { .name = "corrected_persistent_level", .kind = FIELD_TEXT },
	[LIFE_USED] = { .name = "life_used_percent",
			.kernel = "life_used",
			.kind = FIELD_UINT },
	[TEMPERATURE] = { .name = "temperature_celsius",
			  .kernel = "device_temp",
			  .kind = FIELD_INT },
	[DIRTY_SHUTDOWNS] = { .name = "dirty_shutdowns",
			      .kernel = "dirty_shutdown_cnt",
			      .kind = FIELD_UINT },
	[VOLATILE_ERRORS] = { .name = "corrected_volatile_errors",
			      .kernel = "cor_vol_err_cnt",
			      .kind = FIELD_UINT },
	[PERSISTENT_ERRORS] = { .name = "corrected_persistent_errors",
				.kernel = "cor_per_err_cnt",
				.kind = FIELD_UINT },
	[VALIDITY] = { .name = "validity_flags",
		       .kernel = "validity_flags",
		       .kind = FIELD_HEX,
		       .optional = true },
	CXL_COMPONENT_ID_FIELDS(COMPONENT_ID, true),
};

static const struct cxl_place places[] = {
	{ TYPE, 32, 1, CXL_UNSIGNED },
	{ HEALTH, 33, 1, CXL_UNSIGNED },
	{ MEDIA, 34, 1, CXL_UNSIGNED },
	{ ADDITIONAL, 35, 1, CXL_UNSIGNED },
	{ LIFE_USED, 36, 1, CXL_UNSIGNED },
	{ TEMPERATURE, 37, 2, CXL_SIGNED },
	{ DIRTY_SHUTDOWNS, 39, 4, CXL_UNSIGNED },
	{ VOLATILE_ERRORS, 43, 4, CXL_UNSIGNED },
	{ PERSISTENT_ERRORS, 47, 4, CXL_UNSIGNED },
	{ VALIDITY, 51, 2, CXL_UNSIGNED },
	{ COMPONENT_ID, 53, 16, CXL_BYTES },
	{ SUB_TYPE, 69, 1, CXL_UNSIGNED },
};

static const struct cxl_words words[] = {
	{ TYPE, TYPE_TEXT, 0, 0, &cxl_module_type_words },
	{ SUB_TYPE, SUB_TYPE_TEXT, 0, 0, &cxl_module_sub_type_words },
	{ HEALTH, HEALTH_TEXT, 0, 0, &cxl_health_words },
	{ MEDIA, MEDIA_TEXT, 0, 0, &cxl_media_status_words },
	{ ADDITIONAL, LIFE_LEVEL, 0, 1, &cxl_three_level_words },
	{ ADDITIONAL, TEMPERATURE_LEVEL, 2, 3, &cxl_three_level_words },
	{ ADDITIONAL, VOLATILE_LEVEL, 4, 4, &cxl_volatile_level_words },
	{ ADDITIONAL, PERSISTENT_LEVEL, 5, 5, &cxl_persistent_level_words },
};

static const struct cxl_validity validity[] = {
	{ COMPONENT_ID, 0 },
};

static void finish(struct event *event)
{
	struct value *detail = event->detail;

	cxl_drop_number(&detail[LIFE_USED], LIFE_NOT_TOLD);
	cxl_drop_number(&detail[TEMPERATURE], TEMPERATURE_NOT_TOLD);
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
	.pldm = 1u << 1,
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

	cxl_describe_head(event, &detail[TYPE_TEXT], "memory module event", out);
	cxl_describe_text(", ", &detail[SUB_TYPE_TEXT], out);
	cxl_describe_text(": health ", &detail[HEALTH_TEXT], out);
	cxl_describe_text(", media ", &detail[MEDIA_TEXT], out);
}

/* The log has no more of it than that name. */
static uint64_t identity(const struct event *event)
{
	const struct value name = value_text("CXL Memory Module Event");

	(void)event;
	return event_identity_of_text("section", &name);
}

static const struct event_type type = {
	.name = "cxl-memory-module",
	.table = "cxl_memory_module",
	.fields = fields,
	.n_fields = FIELDS,
	.describe = describe,
	.identity = identity,
};

const struct handler handler_cxl_memory_module = {
	.type = &type,
	.tracepoints = { { "cxl:cxl_memory_module" } },
	.ring = RING_HARDWARE,
	.decode = decode,
	.sections = { GUID(0xfe927475, 0xdd59, 0x4339, 0xa5, 0x86, 0x79, 0xba, 0xb1, 0x13,
			   0xb7, 0x74) },
	.decode_section = decode_section,
};
