/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What the examples of unit/cxl_fixture.h must become, field by field. */

#include <string.h>

#include "unit/check.h"
#include "util/macro.h"

struct expect {
	const char *name;
	const char *text; /* NULL: a number, or bytes if `bytes` says how many */
	uint64_t number; /* of bytes: what the first is; each is one more than the last */
	uint32_t bytes;
};

static inline const struct expect *find_expect(const struct expect *all, size_t n,
					       const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(all[i].name, name))
			return &all[i];
	return NULL;
}

static inline void assert_as(const struct value *value, const struct expect *e)
{
	if (e->text) {
		assert_text(value, e->text);
	} else if (e->bytes) {
		assert_int_equal(value->kind, VALUE_BYTES);
		assert_int_equal(value->len, e->bytes);
		for (uint32_t i = 0; i < e->bytes; i++)
			assert_int_equal(value->bytes[i], (uint8_t)(e->number + i));
	} else {
		assert_number(value, e->number);
	}
}

/* What is expected of `own` and `common` is there, and nothing else. */
static inline void assert_all(const struct event *event, const struct expect *own,
			      size_t n_own, const struct expect *common, size_t n_common)
{
	const struct event_type *type = event->type;
	size_t found = 0;

	for (size_t i = 0; i < type->n_fields; i++) {
		const struct expect *e;

		if (!type->fields[i].name)
			continue;
		e = find_expect(own, n_own, type->fields[i].name);
		if (!e)
			e = find_expect(common, n_common, type->fields[i].name);
		if (!e && event->detail[i].kind != VALUE_NONE)
			fail_msg("%s.%s is there", type->name, type->fields[i].name);
		if (e && event->detail[i].kind == VALUE_NONE)
			fail_msg("%s.%s is not there", type->name, e->name);
		if (e)
			assert_as(&event->detail[i], e);
		found += e != NULL;
	}
	assert_int_equal(found, n_own + n_common);
}

#define ASSERT_ALL(event, own, common) \
	assert_all(event, own, ARRAY_SIZE(own), common, ARRAY_SIZE(common))

static const struct expect _unused_ common_7_3[] = {
	{ "host", "0000:3f:00.1", 0, 0 },
	{ "log", NULL, 2, 0 },
	{ "log_text", "failure", 0, 0 },
	{ "uuid", "01020304-0506-0708-090a-0b0c0d0e0f10", 0, 0 },
	{ "serial", NULL, 0x8877665544332211, 0 },
	{ "record_flags", NULL, 0x1fe, 0 },
	{ "record_flags_text",
	  "permanent condition, maintenance needed, performance degraded, hardware "
	  "replacement needed, maintenance subclass valid, LD-ID valid, head ID valid",
	  0, 0 },
	{ "handle", NULL, 0x1a, 0 },
	{ "related_handle", NULL, 0x19, 0 },
	{ "device_time_ns", NULL, 1700000000123456789, 0 },
	{ "record_length", NULL, 128, 0 },
	{ "maintenance_class", NULL, 2, 0 },
	{ "maintenance_subclass", NULL, 1, 0 },
	{ "maintenance_text", "row sparing", 0, 0 },
	{ "ld_id", NULL, 0x1234, 0 },
	{ "head_id", NULL, 3, 0 },
};

static const struct expect _unused_ general_media_7_3[] = {
	{ "dpa", NULL, 0x8000012340, 0 },
	{ "dpa_flags", NULL, 3, 0 },
	{ "dpa_flags_text", "volatile, not repairable", 0, 0 },
	{ "descriptor", NULL, 7, 0 },
	{ "descriptor_text", "uncorrectable, threshold, poison list overflow", 0, 0 },
	{ "event_type", NULL, 3, 0 },
	{ "event_type_text", "TE state violation", 0, 0 },
	{ "event_sub_type", NULL, 5, 0 },
	{ "event_sub_type_text", "media link CRC error", 0, 0 },
	{ "transaction_type", NULL, 5, 0 },
	{ "transaction_type_text", "media patrol scrub", 0, 0 },
	{ "validity_flags", NULL, 0xffff, 0 },
	{ "channel", NULL, 1, 0 },
	{ "rank", NULL, 2, 0 },
	{ "threshold_flags", NULL, 3, 0 },
	{ "threshold_flags_text",
	  "in several media components, programmable threshold exceeded", 0, 0 },
	{ "cme_count", NULL, 0x40506, 0 },
	{ "component_id", NULL, 1, 16 },
	{ "pldm_entity_id", NULL, 2, 6 },
	{ "hpa", NULL, 0x4880012340, 0 },
	{ "hpa_alias0", NULL, 0x5880012340, 0 },
	{ "region", "region4", 0, 0 },
	{ "region_uuid", "01020304-0506-0708-090a-0b0c0d0e0f10", 0, 0 },
	{ "device_mask", NULL, 0xabcdef, 0 },
};

static const struct expect _unused_ dram_7_3[] = {
	{ "dpa", NULL, 0x8000012340, 0 },
	{ "dpa_flags", NULL, 3, 0 },
	{ "dpa_flags_text", "volatile, not repairable", 0, 0 },
	{ "descriptor", NULL, 7, 0 },
	{ "descriptor_text", "uncorrectable, threshold, poison list overflow", 0, 0 },
	{ "event_type", NULL, 3, 0 },
	{ "event_type_text", "data path error", 0, 0 },
	{ "event_sub_type", NULL, 5, 0 },
	{ "event_sub_type_text", "media link CRC error", 0, 0 },
	{ "transaction_type", NULL, 5, 0 },
	{ "transaction_type_text", "media patrol scrub", 0, 0 },
	{ "validity_flags", NULL, 0xffff, 0 },
	{ "channel", NULL, 1, 0 },
	{ "rank", NULL, 2, 0 },
	{ "threshold_flags", NULL, 3, 0 },
	{ "threshold_flags_text",
	  "in several media components, programmable threshold exceeded", 0, 0 },
	{ "cvme_count", NULL, 0x40506, 0 },
	{ "component_id", NULL, 1, 16 },
	{ "pldm_entity_id", NULL, 2, 6 },
	{ "hpa", NULL, 0x4880012340, 0 },
	{ "hpa_alias0", NULL, 0x5880012340, 0 },
	{ "region", "region4", 0, 0 },
	{ "region_uuid", "01020304-0506-0708-090a-0b0c0d0e0f10", 0, 0 },
	{ "nibble_mask", NULL, 0x820804, 0 },
	{ "bank_group", NULL, 6, 0 },
	{ "bank", NULL, 4, 0 },
	{ "row", NULL, 0x92345, 0 },
	{ "column", NULL, 0x3456, 0 },
	{ "correction_mask", NULL, 1, 32 },
	{ "sub_channel", NULL, 9, 0 },
};

static const struct expect _unused_ module_7_3[] = {
	{ "event_type", NULL, 7, 0 },
	{ "event_type_text", "memory media FRU error", 0, 0 },
	{ "event_sub_type", NULL, 2, 0 },
	{ "event_sub_type_text", "unsupported configuration data", 0, 0 },
	{ "health_status", NULL, 0xf, 0 },
	{ "health_status_text",
	  "maintenance needed, performance degraded, hardware replacement needed, memory "
	  "capacity degraded",
	  0, 0 },
	{ "media_status", NULL, 9, 0 },
	{ "media_status_text", "all data loss imminent", 0, 0 },
	{ "additional_status", NULL, 0x36, 0 },
	{ "life_used_level", "critical", 0, 0 },
	{ "temperature_level", "warning", 0, 0 },
	{ "corrected_volatile_level", "warning or failure", 0, 0 },
	{ "corrected_persistent_level", "warning", 0, 0 },
	{ "life_used_percent", NULL, 42, 0 },
	{ "temperature_celsius", NULL, (uint64_t)-7, 0 },
	{ "dirty_shutdowns", NULL, 0x90000001, 0 },
	{ "corrected_volatile_errors", NULL, 0x90000002, 0 },
	{ "corrected_persistent_errors", NULL, 0x90000003, 0 },
	{ "validity_flags", NULL, 0xffff, 0 },
	{ "component_id", NULL, 1, 16 },
	{ "pldm_entity_id", NULL, 2, 6 },
};

static const struct expect _unused_ sparing_7_3[] = {
	{ "sparing_flags", NULL, 7, 0 },
	{ "sparing_flags_text",
	  "query of resources, hard sparing, initiated by the device", 0, 0 },
	{ "result", NULL, 0, 0 },
	{ "result_text", "success", 0, 0 },
	{ "validity_flags", NULL, 0xffff, 0 },
	{ "spares_left", NULL, 2, 0 },
	{ "channel", NULL, 1, 0 },
	{ "rank", NULL, 2, 0 },
	{ "nibble_mask", NULL, 0x820804, 0 },
	{ "bank_group", NULL, 6, 0 },
	{ "bank", NULL, 4, 0 },
	{ "row", NULL, 0x92345, 0 },
	{ "column", NULL, 0x3456, 0 },
	{ "sub_channel", NULL, 9, 0 },
	{ "component_id", NULL, 1, 16 },
	{ "pldm_entity_id", NULL, 2, 6 },
};

/* As common_7_3, without what came after it. */
static const struct expect _unused_ common_6_12[] = {
	{ "host", "0000:3f:00.1", 0, 0 },
	{ "log", NULL, 2, 0 },
	{ "log_text", "failure", 0, 0 },
	{ "uuid", "01020304-0506-0708-090a-0b0c0d0e0f10", 0, 0 },
	{ "serial", NULL, 0x8877665544332211, 0 },
	{ "record_flags", NULL, 0x1fe, 0 },
	{ "record_flags_text",
	  "permanent condition, maintenance needed, performance degraded, hardware "
	  "replacement needed, maintenance subclass valid, LD-ID valid, head ID valid",
	  0, 0 },
	{ "handle", NULL, 0x1a, 0 },
	{ "related_handle", NULL, 0x19, 0 },
	{ "device_time_ns", NULL, 1700000000123456789, 0 },
	{ "record_length", NULL, 128, 0 },
	{ "maintenance_class", NULL, 2, 0 },
	{ "maintenance_text", "memory sparing", 0, 0 },
};
