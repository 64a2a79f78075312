/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What the handlers of CXL's tracepoints and sections share (drivers/cxl/core/trace.h).
 * A record's type has the columns of cper/cxl_event.h first; one about media has those
 * below next.
 */

#include "cper/cxl_event.h"
#include "event/handler.h"

#define CXL_RECORD_FIELDS                                                                \
	CPER_COLUMN_FIELDS,                                                              \
		[CXL_SECTION_LENGTH] = { .name = "section_length", .kind = FIELD_UINT }, \
		[CXL_VALIDATION] = { .name = "validation_bits", .kind = FIELD_HEX },     \
		[CXL_VENDOR_ID] = { .name = "vendor_id", .kind = FIELD_HEX },            \
		[CXL_DEVICE_ID] = { .name = "device_id", .kind = FIELD_HEX },            \
		[CXL_SLOT] = { .name = "slot", .kind = FIELD_UINT },                     \
		[CXL_HOST] = { .name = "host", .kernel = "host", .kind = FIELD_TEXT },   \
		[CXL_LOG] = { .name = "log", .kernel = "log", .kind = FIELD_INT },       \
		[CXL_LOG_TEXT] = { .name = "log_text", .kind = FIELD_TEXT },             \
		[CXL_UUID] = { .name = "uuid", .kind = FIELD_TEXT },                     \
		[CXL_SERIAL] = { .name = "serial",                                       \
				 .kernel = "serial",                                     \
				 .kind = FIELD_HEX },                                    \
		[CXL_FLAGS] = { .name = "record_flags",                                  \
				.kernel = "hdr_flags",                                   \
				.kind = FIELD_HEX },                                     \
		[CXL_FLAGS_TEXT] = { .name = "record_flags_text", .kind = FIELD_TEXT },  \
		[CXL_HANDLE] = { .name = "handle",                                       \
				 .kernel = "hdr_handle",                                 \
				 .kind = FIELD_HEX },                                    \
		[CXL_RELATED_HANDLE] = { .name = "related_handle",                       \
					 .kernel = "hdr_related_handle",                 \
					 .kind = FIELD_HEX },                            \
		[CXL_TIMESTAMP] = { .name = "device_time_ns",                            \
				    .kernel = "hdr_timestamp",                           \
				    .kind = FIELD_UINT },                                \
		[CXL_LENGTH] = { .name = "record_length",                                \
				 .kernel = "hdr_length",                                 \
				 .kind = FIELD_UINT },                                   \
		[CXL_MAINTENANCE_CLASS] = { .name = "maintenance_class",                 \
					    .kernel = "hdr_maint_op_class",              \
					    .kind = FIELD_UINT },                        \
		[CXL_MAINTENANCE_SUBCLASS] = { .name = "maintenance_subclass",           \
					       .kernel = "hdr_maint_op_sub_class",       \
					       .kind = FIELD_UINT,                       \
					       .optional = true },                       \
		[CXL_MAINTENANCE_TEXT] = { .name = "maintenance_text",                   \
					   .kind = FIELD_TEXT },                         \
		[CXL_LD_ID] = { .name = "ld_id",                                         \
				.kernel = "hdr_ld_id",                                   \
				.kind = FIELD_UINT,                                      \
				.optional = true },                                      \
		[CXL_HEAD_ID] = { .name = "head_id",                                     \
				  .kernel = "hdr_head_id",                               \
				  .kind = FIELD_UINT,                                    \
				  .optional = true },                                    \
		[CXL_MEMDEV] = { .kernel = "memdev", .kind = FIELD_TEXT },               \
		[CXL_HEADER_UUID] = { .kernel = "hdr_uuid", .kind = FIELD_BYTES }

/* General media and DRAM records, in both of which these lie at the same places. */
enum cxl_media_column {
	CXL_DPA = CXL_COLUMNS,
	CXL_DPA_FLAGS,
	CXL_DPA_FLAGS_TEXT,
	CXL_DESCRIPTOR,
	CXL_DESCRIPTOR_TEXT,
	CXL_TYPE,
	CXL_TYPE_TEXT,
	CXL_SUB_TYPE,
	CXL_SUB_TYPE_TEXT,
	CXL_TRANSACTION,
	CXL_TRANSACTION_TEXT,
	CXL_VALIDITY,
	CXL_CHANNEL,
	CXL_RANK,
	CXL_THRESHOLD,
	CXL_THRESHOLD_TEXT,
	CXL_COUNT,
	CXL_COMPONENT_ID, /* and the two that it may consist of */
	CXL_ENTITY_ID,
	CXL_RESOURCE_ID,
	CXL_HPA,
	CXL_HPA_ALIAS,
	CXL_REGION,
	CXL_REGION_UUID,
	CXL_REGION_UUID_RAW,
	CXL_MEDIA_COLUMNS
};

#define CXL_MEDIA_FIELDS(count_kernel, component_optional)                               \
	CXL_RECORD_FIELDS,                                                               \
		[CXL_DPA] = { .name = "dpa", .kernel = "dpa", .kind = FIELD_HEX },       \
		[CXL_DPA_FLAGS] = { .name = "dpa_flags",                                 \
				    .kernel = "dpa_flags",                               \
				    .kind = FIELD_HEX },                                 \
		[CXL_DPA_FLAGS_TEXT] = { .name = "dpa_flags_text", .kind = FIELD_TEXT }, \
		[CXL_DESCRIPTOR] = { .name = "descriptor",                               \
				     .kernel = "descriptor",                             \
				     .kind = FIELD_HEX },                                \
		[CXL_DESCRIPTOR_TEXT] = { .name = "descriptor_text",                     \
					  .kind = FIELD_TEXT },                          \
		[CXL_TYPE] = { .name = "event_type",                                     \
			       .kernel = "type",                                         \
			       .kind = FIELD_UINT },                                     \
		[CXL_TYPE_TEXT] = { .name = "event_type_text", .kind = FIELD_TEXT },     \
		[CXL_SUB_TYPE] = { .name = "event_sub_type",                             \
				   .kernel = "sub_type",                                 \
				   .kind = FIELD_UINT,                                   \
				   .optional = true },                                   \
		[CXL_SUB_TYPE_TEXT] = { .name = "event_sub_type_text",                   \
					.kind = FIELD_TEXT },                            \
		[CXL_TRANSACTION] = { .name = "transaction_type",                        \
				      .kernel = "transaction_type",                      \
				      .kind = FIELD_UINT },                              \
		[CXL_TRANSACTION_TEXT] = { .name = "transaction_type_text",              \
					   .kind = FIELD_TEXT },                         \
		[CXL_VALIDITY] = { .name = "validity_flags",                             \
				   .kernel = "validity_flags",                           \
				   .kind = FIELD_HEX },                                  \
		[CXL_CHANNEL] = { .name = "channel",                                     \
				  .kernel = "channel",                                   \
				  .kind = FIELD_UINT },                                  \
		[CXL_RANK] = { .name = "rank", .kernel = "rank", .kind = FIELD_UINT },   \
		[CXL_THRESHOLD] = { .name = "threshold_flags",                           \
				    .kernel = "cme_threshold_ev_flags",                  \
				    .kind = FIELD_HEX,                                   \
				    .optional = true },                                  \
		[CXL_THRESHOLD_TEXT] = { .name = "threshold_flags_text",                 \
					 .kind = FIELD_TEXT },                           \
		[CXL_COUNT] = { .name = count_kernel,                                    \
				.kernel = count_kernel,                                  \
				.kind = FIELD_UINT,                                      \
				.optional = true },                                      \
		CXL_COMPONENT_ID_FIELDS(CXL_COMPONENT_ID, component_optional),           \
		[CXL_HPA] = { .name = "hpa",                                             \
			      .kernel = "hpa",                                           \
			      .kind = FIELD_HEX,                                         \
			      .optional = true },                                        \
		[CXL_HPA_ALIAS] = { .name = "hpa_alias0",                                \
				    .kernel = "hpa_alias0",                              \
				    .kind = FIELD_HEX,                                   \
				    .optional = true },                                  \
		[CXL_REGION] = { .name = "region",                                       \
				 .kernel = "region_name",                                \
				 .kind = FIELD_TEXT,                                     \
				 .optional = true },                                     \
		[CXL_REGION_UUID] = { .name = "region_uuid", .kind = FIELD_TEXT },       \
		[CXL_REGION_UUID_RAW] = { .kernel = "region_uuid",                       \
					  .kind = FIELD_BYTES,                           \
					  .optional = true }

/* The identifier of the part that is concerned, and its PLDM ids (CXL 3.1 table 8-44). */
#define CXL_COMPONENT_ID_FIELDS(at, is_optional)                        \
	[at] = { .name = "component_id",                                \
		 .kernel = "comp_id",                                   \
		 .kind = FIELD_BYTES,                                   \
		 .optional = is_optional },                             \
	[(at) + 1] = { .name = "pldm_entity_id", .kind = FIELD_BYTES }, \
	[(at) + 2] = { .name = "pldm_resource_id", .kind = FIELD_BYTES }

/* What a type of records consists of. */
struct cxl_record {
	const struct cxl_place *places; /* of its own columns, in sections */
	size_t n_places;
	const struct cxl_words *words;
	size_t n_words;
	size_t flags; /* column of the validity flags; 0: it has none */
	const struct cxl_validity *validity;
	size_t n_validity;
	size_t component_id; /* the first of its three columns; 0: it has none */
	unsigned int pldm;   /* validity flag: they are PLDM's */
	/* What is left to do once the columns are as valid as they get, before words. */
	void (*finish)(struct event *event);
};

#define CXL_HPA_NONE UINT64_MAX /* what the kernel writes where no region maps it */

int cxl_record_decode(const struct cxl_record *type, const struct record *record,
		      struct event *event);
int cxl_record_decode_section(const struct cxl_record *type,
			      const struct cper_section *section, struct arena *arena,
			      struct event *event);
int cxl_media_decode(const struct cxl_record *type, const struct record *record,
		     struct event *event);
void cxl_media_finish(struct event *event);
void cxl_drop_number(struct value *value, uint64_t none);
void cxl_set_address(struct event *event, const struct value *hpa,
		     const struct value *dpa, uint64_t bytes);

void cxl_describe_head(const struct event *event, const struct value *what,
		       const char *otherwise, struct text *out);
void cxl_describe_numbers(const struct event *event, const uint8_t *columns, size_t n,
			  struct text *out);
void cxl_describe_text(const char *before, const struct value *value, struct text *out);
