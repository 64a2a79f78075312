// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * CXL's sections of firmware records: whole, cut at every length, with lengths that lie.
 * They are built from the layouts of UEFI 2.10, N.2.13 and N.2.14, and CXL 3.1.
 */

#include "unit/cxl_check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cper/section.h"
#include "handlers/table.h"
#include "unit/cxl_fixture.h"
#include "unit/fixtures.h"

static const char *const record_types[] = { "cxl-general-media", "cxl-dram",
					    "cxl-memory-module", "cxl-memory-sparing",
					    "cxl-generic" };

/* A section in memory of exactly its size. */
struct sectioned {
	uint8_t bytes[CXL_SECTION_BYTES];
	struct cper_section section;
	uint8_t *exact, *room;
	struct arena arena;
	struct event event;
};

static void section_begin(struct sectioned *s, const char *type)
{
	*s = (struct sectioned){ .room = malloc(65536) };
	s->arena = (struct arena){ s->room, 65536, 0 };
	assert_true(cxl_section_example(type, s->bytes, &s->section));
}

static int section_decode(struct sectioned *s, size_t len)
{
	struct cper_section section = s->section;
	const struct handler *handler =
		handler_of_section(&handlers_table, &s->section.type);

	free(s->exact);
	s->exact = malloc(len ? len : 1);
	memcpy(s->exact, s->bytes, len);
	section.body = s->exact;
	section.len = len;
	arena_reset(&s->arena);
	event_init(&s->event, handler->type);
	return handler->decode_section(&section, &s->arena, &s->event);
}

static void section_end(struct sectioned *s)
{
	free(s->exact);
	free(s->room);
}

static void section_put(struct sectioned *s, size_t at, uint64_t value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		s->bytes[at + i] = (uint8_t)(value >> 8 * i);
}

/* --- records --- */

/* The section says what the tracepoint says, but for what only the kernel knows. */
static const char *const of_the_kernel[] = { "hpa", "hpa_alias0", "region",
					     "region_uuid" };

static const struct expect of_the_section[] = {
	{ "section_length", NULL, 144, 0 },
	{ "validation_bits", NULL, 7, 0 },
	{ "vendor_id", NULL, 0x8086, 0 },
	{ "device_id", NULL, 0x0d93, 0 },
	{ "slot", NULL, 5, 0 },
};

/* What is in `all`, without what only the kernel knows. */
static size_t without_the_kernels(const struct expect *all, size_t n, struct expect *ret)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		bool keep = true;

		for (size_t k = 0; k < ARRAY_SIZE(of_the_kernel); k++)
			keep = keep && strcmp(all[i].name, of_the_kernel[k]) != 0;
		if (keep)
			ret[kept++] = all[i];
	}
	return kept;
}

static void records_whole(void **state)
{
	static const struct expect data[] = {
		{ "data", NULL, 1, 80 }, { "record_type", "physical switch", 0, 0 }
	};
	static const struct {
		const char *type;
		const struct expect *own;
		size_t n_own;
		const char *uuid;
	} cases[] = {
		{ "cxl-general-media", general_media_7_3, ARRAY_SIZE(general_media_7_3),
		  "fbcd0a77-c260-417f-85a9-088b1621eba6" },
		{ "cxl-dram", dram_7_3, ARRAY_SIZE(dram_7_3),
		  "601dcbb3-9c06-4eab-b8af-4e9bfb5c9624" },
		{ "cxl-memory-module", module_7_3, ARRAY_SIZE(module_7_3),
		  "fe927475-dd59-4339-a586-79bab113b774" },
		{ "cxl-memory-sparing", sparing_7_3, ARRAY_SIZE(sparing_7_3),
		  "e71f3a40-2d29-4092-8a39-4d1c966c7c65" },
		{ "cxl-generic", data, ARRAY_SIZE(data),
		  "77cf9271-9c02-470b-9fe4-bc7b75f2da97" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct expect own[64], common[64];
		size_t n = without_the_kernels(cases[i].own, cases[i].n_own, own);
		struct sectioned s;

		memcpy(common, common_7_3, sizeof(common_7_3));
		memcpy(common + ARRAY_SIZE(common_7_3), of_the_section,
		       sizeof(of_the_section));
		for (size_t c = 0; c < ARRAY_SIZE(common_7_3); c++)
			if (!strcmp(common[c].name, "uuid"))
				common[c].text = cases[i].uuid;
		section_begin(&s, cases[i].type);
		assert_int_equal(section_decode(&s, s.section.len), 1);
		assert_all(&s.event, own, n, common,
			   ARRAY_SIZE(common_7_3) + ARRAY_SIZE(of_the_section));
		assert_string_equal(s.event.type->name, cases[i].type);
		assert_int_equal(s.event.component, COMPONENT_CXL);
		assert_text(&s.event.device, "0000:3f:00.1");
		/* firmware said corrected, the record says failure */
		assert_int_equal(s.event.severity, SEVERITY_UNCORRECTED);
		section_end(&s);
	}
}

static void records_have_the_devices_address(void **state)
{
	struct sectioned s;

	(void)state;
	section_begin(&s, "cxl-dram");
	assert_int_equal(section_decode(&s, s.section.len), 1);
	assert_int_equal(s.event.address_kind, ADDRESS_DEVICE_PHYSICAL);
	assert_int_equal(s.event.address, 0x8000012340);
	assert_int_equal(s.event.address_mask, ~0x3fULL);
	assert_string_equal(
		words_of(&s.event),
		"uncorrected data path error on 0000:3f:00.1 at "
		"device-physical address 0x8000012340, channel 1 sub_channel 9 "
		"rank 2 bank_group 6 bank 4 row 598853 column 13398: media "
		"patrol scrub");
	section_put(&s, 32 + 32, 0x40 | 0x3f, 8);
	assert_int_equal(section_decode(&s, s.section.len), 1);
	assert_int_equal(s.event.address, 0x40);
	assert_number(detail_of(&s.event, "dpa"), 0x40);
	assert_number(detail_of(&s.event, "dpa_flags"), 0x3f);
	section_end(&s);
}

/* The worst that the section, the record and its descriptor say. */
static void records_severities(void **state)
{
	static const struct {
		enum severity section;
		unsigned int flags, descriptor;
		enum severity severity;
	} cases[] = {
		{ SEVERITY_INFO, 0, 0, SEVERITY_CORRECTED },
		{ SEVERITY_FATAL, 0, 0, SEVERITY_FATAL },
		{ SEVERITY_UNKNOWN, 1, 0, SEVERITY_CORRECTED },
		{ SEVERITY_CORRECTED, 0, 1, SEVERITY_UNCORRECTED },
		{ SEVERITY_CORRECTED, 3, 1, SEVERITY_FATAL },
	};
	struct sectioned s;

	(void)state;
	section_begin(&s, "cxl-general-media");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		s.section.severity = cases[i].section;
		section_put(&s, 32 + 1, cases[i].flags, 3);
		section_put(&s, 32 + 40, cases[i].descriptor, 1);
		assert_int_equal(section_decode(&s, s.section.len), 1);
		assert_int_equal(s.event.severity, cases[i].severity);
		assert_number(detail_of(&s.event, "log"), cases[i].flags);
	}
	section_end(&s);
}

static void heads_say_what_is_there(void **state)
{
	struct sectioned s;

	(void)state;
	section_begin(&s, "cxl-dram");
	for (uint64_t valid = 0; valid < 8; valid++) {
		static const char *const of_device[] = { "vendor_id", "device_id", "slot",
							 "host" };

		section_put(&s, 4, valid, 8);
		assert_int_equal(section_decode(&s, s.section.len), 1);
		for (size_t i = 0; i < ARRAY_SIZE(of_device); i++)
			assert_int_equal(detail_of(&s.event, of_device[i])->kind !=
						 VALUE_NONE,
					 valid & 1);
		assert_int_equal(s.event.device.kind == VALUE_TEXT, valid & 1);
		assert_int_equal(detail_of(&s.event, "serial")->kind == VALUE_INT,
				 valid >> 1 & 1);
		assert_int_equal(detail_of(&s.event, "dpa")->kind == VALUE_INT,
				 valid >> 2 & 1);
		assert_int_equal(detail_of(&s.event, "log")->kind == VALUE_INT,
				 valid >> 2 & 1);
		assert_absent(detail_of(&s.event, "incomplete"));
		assert_int_equal(s.event.severity, valid >> 2 & 1 ? SEVERITY_UNCORRECTED :
								    SEVERITY_CORRECTED);
		words_of(&s.event);
	}
	section_end(&s);
}

static void records_cut_at_every_length(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(record_types); i++) {
		struct sectioned s;

		section_begin(&s, record_types[i]);
		for (size_t len = 0; len < s.section.len; len++) {
			if (len < 12) {
				assert_int_equal(section_decode(&s, len), -EBADMSG);
				continue;
			}
			assert_int_equal(section_decode(&s, len), 1);
			assert_number(detail_of(&s.event, "incomplete"), 1);
			assert_int_equal(detail_of(&s.event, "host")->kind != VALUE_NONE,
					 len >= 24);
			assert_int_equal(detail_of(&s.event, "serial")->kind !=
						 VALUE_NONE,
					 len >= 32);
			assert_int_equal(detail_of(&s.event, "record_flags")->kind !=
						 VALUE_NONE,
					 len >= 36);
			words_of(&s.event);
		}
		assert_int_equal(section_decode(&s, s.section.len), 1);
		assert_absent(detail_of(&s.event, "incomplete"));
		s.section.incomplete = true;
		assert_int_equal(section_decode(&s, s.section.len), 1);
		assert_number(detail_of(&s.event, "incomplete"), 1);
		section_end(&s);
	}
}

/* A length that ends in the record ends it; one that is none is not believed. */
static void lengths_that_lie(void **state)
{
	static const struct {
		uint32_t told;
		bool incomplete, has_row;
	} cases[] = {
		{ 0, false, true },	 { 31, false, true },
		{ 32, true, false },	 { 32 + 54, true, false },
		{ 32 + 55, true, true }, { 144, false, true },
		{ 145, true, true },	 { 0xffffffff, true, true },
	};
	struct sectioned s;

	(void)state;
	section_begin(&s, "cxl-dram");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		section_put(&s, 0, cases[i].told, 4);
		assert_int_equal(section_decode(&s, s.section.len), 1);
		assert_number(detail_of(&s.event, "section_length"), cases[i].told);
		assert_int_equal(detail_of(&s.event, "incomplete")->kind != VALUE_NONE,
				 cases[i].incomplete || !cases[i].has_row);
		/* without its validity flags a field is not dropped */
		assert_int_equal(detail_of(&s.event, "row")->kind != VALUE_NONE,
				 cases[i].has_row);
	}
	section_end(&s);
}

/* A kernel without a branch for them passes CXL's sections on raw. */
static void non_standard_events_become_ours(void **state)
{
	const struct handler *handler = handler_of("non-standard");
	static const char *const types[] = { "cxl-general-media", "cxl-dram",
					     "cxl-memory-module", "cxl-memory-sparing",
					     "cxl-generic",	  "cxl-protocol" };
	struct tracepoint *tp = resolve(&format_non_standard);

	(void)state;
	assert_non_null(handler);
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		struct decoded decoded;
		struct sectioned s;
		struct raw raw;

		section_begin(&s, types[i]);
		raw_example(&format_non_standard, &raw);
		memcpy(raw.bytes + 8, s.section.type.bytes, GUID_BYTES);
		raw_put(&raw, 48, s.section.len, 4);
		raw_put_data(&raw, 52, s.bytes, s.section.len);
		assert_int_equal(decode_bytes(tp, raw.bytes, raw.len, 4096, &decoded), 1);
		assert_string_equal(decoded.event.type->name, types[i]);
		assert_text(detail_of(&decoded.event, "fru_text"), "DIMM A1");
		assert_number(detail_of(&decoded.event, "serial"), 0x8877665544332211);
		decoded_free(&decoded);
		/* too short to say anything: raw, as what nobody knows */
		raw_put(&raw, 48, 3, 4);
		raw_put_data(&raw, 52, s.bytes, 3);
		assert_int_equal(decode_bytes(tp, raw.bytes, raw.len, 4096, &decoded), 1);
		assert_string_equal(decoded.event.type->name, "non-standard");
		decoded_free(&decoded);
		section_end(&s);
	}
	tracepoint_free(tp);
}

/* The sections of CXL 3.1 table 8-43 that have no decoder. */
static void other_records_have_names(void **state)
{
	static const char *const names[] = { "physical switch", "virtual switch",
					     "MLD port", "dynamic capacity" };
	static const char *const uuids[] = { "77cf9271-9c02-470b-9fe4-bc7b75f2da97",
					     "40d26425-3396-4c4d-a5da-3d47263af425",
					     "8dc44363-0c96-4710-b7bf-04bb99534c3f",
					     "ca95afa7-f183-4018-8c2f-95268e101a2a" };
	struct sectioned s;

	(void)state;
	section_begin(&s, "cxl-generic");
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		s.section.type = handler_of("cxl-generic")->sections[i];
		assert_int_equal(section_decode(&s, s.section.len), 1);
		assert_text(detail_of(&s.event, "record_type"), names[i]);
		assert_text(detail_of(&s.event, "uuid"), uuids[i]);
	}
	section_end(&s);
}

/* --- protocol errors --- */

static void protocol_whole(void **state)
{
	static const struct expect own[] = {
		{ "validation_bits", NULL, 0x7f, 0 },
		{ "agent_type", NULL, 2, 0 },
		{ "agent_type_text", "CXL device", 0, 0 },
		{ "agent_address", "0010:3f:1f.1", 0, 0 },
		{ "vendor_id", NULL, 0x8086, 0 },
		{ "device_id", NULL, 0x0d93, 0 },
		{ "subsystem_vendor_id", NULL, 0x1028, 0 },
		{ "subsystem_id", NULL, 0x4321, 0 },
		{ "class_code", NULL, 0x0502, 0 },
		{ "slot", NULL, 5, 0 },
		{ "serial", NULL, 0x8877665544332211, 0 },
		{ "pcie_capability", NULL, 1, 60 },
		{ "dvsec_length", NULL, 28, 0 },
		{ "error_log_length", NULL, 92, 0 },
		{ "uncorrectable_status", NULL, 0x8041, 0 },
		{ "uncorrectable_status_text",
		  "cache data parity, memory byte enable parity, IDE transmit error", 0,
		  0 },
		{ "uncorrectable_mask", NULL, 0x20000, 0 },
		{ "uncorrectable_mask_text", "bit 17", 0, 0 },
		{ "uncorrectable_severity", NULL, 0x8000, 0 },
		{ "fatal_if_text", "IDE transmit error", 0, 0 },
		{ "correctable_status", NULL, 5, 0 },
		{ "correctable_status_text", "cache data ECC, CRC threshold", 0, 0 },
		{ "correctable_mask", NULL, 0x40, 0 },
		{ "correctable_mask_text", "physical layer error", 0, 0 },
		{ "capability_control", NULL, 0x10006, 0 },
		{ "first_error", NULL, 6, 0 },
		{ "first_error_text", "memory byte enable parity", 0, 0 },
		{ "header_log", NULL, 1, 64 },
		{ "error_log_rest", NULL, 65, 4 },
	};
	struct sectioned s;

	(void)state;
	section_begin(&s, "cxl-protocol");
	assert_int_equal(section_decode(&s, s.section.len), 1);
	assert_int_equal(detail_of(&s.event, "dvsec")->len, 28);
	assert_memory_equal(detail_of(&s.event, "dvsec")->bytes, s.bytes + 116, 28);
	s.event.detail[detail_of(&s.event, "dvsec") - s.event.detail].kind = VALUE_NONE;
	assert_all(&s.event, own, ARRAY_SIZE(own), NULL, 0);
	assert_int_equal(s.event.severity, SEVERITY_CORRECTED); /* as the section says */
	assert_int_equal(s.event.component, COMPONENT_CXL);
	assert_int_equal(s.event.address_kind, ADDRESS_NONE);
	assert_text(&s.event.device, "0010:3f:1f.1");
	assert_string_equal(
		words_of(&s.event),
		"corrected CXL protocol error of a CXL device at 0010:3f:1f.1, "
		"uncorrectable: cache data parity, memory byte enable parity, "
		"IDE transmit error, correctable: cache data ECC, CRC threshold");
	section_end(&s);
}

static void protocol_dvsecs(void **state)
{
	struct sectioned s;

	(void)state;
	section_begin(&s, "cxl-protocol");
	assert_int_equal(section_decode(&s, s.section.len), 1);
	assert_int_equal(rows_of(&s.event, "dvsecs"), 2);
	assert_number(cell_of(&s.event, "dvsecs", 0, "vendor_id"), 0x1e98);
	assert_number(cell_of(&s.event, "dvsecs", 0, "dvsec_id"), 0);
	assert_text(cell_of(&s.event, "dvsecs", 0, "dvsec_id_text"), "CXL device");
	assert_number(cell_of(&s.event, "dvsecs", 0, "revision"), 1);
	assert_number(cell_of(&s.event, "dvsecs", 0, "length"), 16);
	assert_int_equal(cell_of(&s.event, "dvsecs", 0, "data")->len, 16);
	/* another vendor's ids are its own */
	assert_number(cell_of(&s.event, "dvsecs", 1, "vendor_id"), 0x8086);
	assert_number(cell_of(&s.event, "dvsecs", 1, "dvsec_id"), 7);
	assert_absent(cell_of(&s.event, "dvsecs", 1, "dvsec_id_text"));
	assert_int_equal(cell_of(&s.event, "dvsecs", 1, "data")->len, 12);
	/* lengths that lie: what is left is one */
	for (unsigned int length = 0; length < 4096; length += 5) {
		size_t bytes = 0;

		section_put(&s, 116 + 4, 0x1e98 | (uint64_t)length << 20, 4);
		assert_int_equal(section_decode(&s, s.section.len), 1);
		for (size_t i = 0; i < rows_of(&s.event, "dvsecs"); i++)
			bytes += cell_of(&s.event, "dvsecs", i, "data")->len;
		assert_int_equal(bytes, 28);
		if (length < 10 || length >= 28)
			assert_int_equal(rows_of(&s.event, "dvsecs"), 1);
	}
	section_put(&s, 116 + 4, 0x1e98 | 25ull << 20, 4); /* 3 bytes are left */
	assert_int_equal(section_decode(&s, s.section.len), 1);
	assert_int_equal(rows_of(&s.event, "dvsecs"), 2);
	assert_absent(cell_of(&s.event, "dvsecs", 1, "vendor_id"));
	assert_int_equal(cell_of(&s.event, "dvsecs", 1, "data")->len, 3);
	section_end(&s);
}

static void protocol_agents(void **state)
{
	static const char *const agents[] = { "restricted CXL device",
					      "restricted CXL host downstream port",
					      "CXL device",
					      "CXL logical device",
					      "CXL fabric manager managed logical device",
					      "CXL root port",
					      "CXL downstream switch port",
					      "CXL upstream switch port" };
	struct sectioned s;

	(void)state;
	section_begin(&s, "cxl-protocol");
	for (size_t i = 0; i < ARRAY_SIZE(agents); i++) {
		section_put(&s, 8, i, 1);
		assert_int_equal(section_decode(&s, s.section.len), 1);
		assert_text(detail_of(&s.event, "agent_type_text"), agents[i]);
		if (i == 1) {
			assert_absent(detail_of(&s.event, "agent_address"));
			assert_int_equal(s.event.device.kind, VALUE_NONE);
			assert_number(detail_of(&s.event, "rcrb_base_address"),
				      0x103f1f01);
			assert_non_null(
				strstr(words_of(&s.event),
				       "downstream port with RCRB at 0x103f1f01"));
		} else {
			assert_text(detail_of(&s.event, "agent_address"), "0010:3f:1f.1");
			assert_absent(detail_of(&s.event, "rcrb_base_address"));
		}
	}
	section_put(&s, 8, 200, 1);
	assert_int_equal(section_decode(&s, s.section.len), 1);
	assert_number(detail_of(&s.event, "agent_type"), 200);
	assert_absent(detail_of(&s.event, "agent_type_text"));
	assert_text(detail_of(&s.event, "agent_address"), "0x103f1f01");
	assert_int_equal(s.event.device.kind, VALUE_NONE);
	section_end(&s);
}

static void protocol_validity_is_per_field(void **state)
{
	static const struct {
		unsigned int bit;
		const char *field;
	} cases[] = {
		{ 0, "agent_type" },
		{ 0, "agent_type_text" },
		{ 1, "agent_address" },
		{ 2, "vendor_id" },
		{ 2, "device_id" },
		{ 2, "subsystem_vendor_id" },
		{ 2, "subsystem_id" },
		{ 2, "class_code" },
		{ 2, "slot" },
		{ 3, "serial" },
		{ 4, "pcie_capability" },
		{ 5, "dvsec_length" },
		{ 5, "dvsec" },
		{ 6, "error_log_length" },
		{ 6, "uncorrectable_status" },
	};
	struct sectioned s;

	(void)state;
	section_begin(&s, "cxl-protocol");
	for (unsigned int bit = 0; bit < 8; bit++) {
		section_put(&s, 0, 1u << bit, 8);
		assert_int_equal(section_decode(&s, s.section.len), 1);
		for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
			assert_int_equal(detail_of(&s.event, cases[i].field)->kind !=
						 VALUE_NONE,
					 bit == cases[i].bit);
		assert_int_equal(rows_of(&s.event, "dvsecs") != 0, bit == 5);
	}
	section_end(&s);
}

static void protocol_cut_at_every_length(void **state)
{
	struct sectioned s;

	(void)state;
	section_begin(&s, "cxl-protocol");
	for (size_t len = 0; len < s.section.len; len++) {
		if (len < 8) {
			assert_int_equal(section_decode(&s, len), -EBADMSG);
			continue;
		}
		assert_int_equal(section_decode(&s, len), 1);
		assert_number(detail_of(&s.event, "incomplete"), 1);
		assert_int_equal(detail_of(&s.event, "agent_address")->kind != VALUE_NONE,
				 len >= 24);
		assert_int_equal(detail_of(&s.event, "uncorrectable_status")->kind !=
					 VALUE_NONE,
				 len >= 116 + 28 + 4);
		assert_int_equal(detail_of(&s.event, "first_error")->kind != VALUE_NONE,
				 len >= 116 + 28 + 24);
		words_of(&s.event);
	}
	assert_int_equal(section_decode(&s, s.section.len), 1);
	assert_absent(detail_of(&s.event, "incomplete"));
	section_end(&s);
}

static void protocol_lengths_that_lie(void **state)
{
	static const uint16_t lies[] = {
		0, 1, 9, 10, 27, 28, 29, 91, 92, 120, 121, 0xffff
	};
	struct sectioned s;

	(void)state;
	section_begin(&s, "cxl-protocol");
	for (size_t d = 0; d < ARRAY_SIZE(lies); d++)
		for (size_t l = 0; l < ARRAY_SIZE(lies); l++) {
			size_t told = 116u + lies[d] + lies[l];

			section_put(&s, 108, lies[d], 2);
			section_put(&s, 110, lies[l], 2);
			assert_int_equal(section_decode(&s, s.section.len), 1);
			if (told > s.section.len)
				assert_number(detail_of(&s.event, "incomplete"), 1);
			assert_number(detail_of(&s.event, "dvsec_length"), lies[d]);
			assert_number(detail_of(&s.event, "error_log_length"), lies[l]);
			words_of(&s.event);
		}
	section_end(&s);
}

/* Where nobody knows the section's severity, the registers tell. */
static void protocol_severities(void **state)
{
	static const struct {
		uint32_t uncorrectable, fatal, correctable;
		enum severity severity;
	} cases[] = {
		{ 1, 0, 0, SEVERITY_UNCORRECTED },
		{ 1, 1, 1, SEVERITY_FATAL },
		{ 0, 1, 1, SEVERITY_CORRECTED },
		{ 0, 0, 0, SEVERITY_UNKNOWN },
	};
	struct sectioned s;

	(void)state;
	section_begin(&s, "cxl-protocol");
	s.section.severity = SEVERITY_UNKNOWN;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		section_put(&s, 144, cases[i].uncorrectable, 4);
		section_put(&s, 144 + 8, cases[i].fatal, 4);
		section_put(&s, 144 + 12, cases[i].correctable, 4);
		assert_int_equal(section_decode(&s, s.section.len), 1);
		assert_int_equal(s.event.severity, cases[i].severity);
		assert_int_equal(detail_of(&s.event, "first_error")->kind != VALUE_NONE,
				 cases[i].uncorrectable != 0);
		words_of(&s.event);
	}
	section_end(&s);
}

/* --- all of them --- */

static void bits_flipped_harm_nobody(void **state)
{
	static const char *const types[] = { "cxl-general-media", "cxl-dram",
					     "cxl-memory-module", "cxl-memory-sparing",
					     "cxl-generic",	  "cxl-protocol" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		struct sectioned s;

		section_begin(&s, types[i]);
		for (size_t bit = 0; bit < 8 * s.section.len; bit++) {
			s.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
			assert_int_equal(section_decode(&s, s.section.len), 1);
			words_of(&s.event);
			s.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
		section_end(&s);
	}
}

static void arenas_may_be_too_small(void **state)
{
	static const char *const types[] = { "cxl-dram", "cxl-memory-module",
					     "cxl-protocol" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		struct sectioned s;
		size_t size = 0;
		int r;

		section_begin(&s, types[i]);
		do {
			s.arena.size = size;
			r = section_decode(&s, s.section.len);
			assert_true(r == 1 || r == -ENOBUFS);
		} while (size++ < 4096 && r < 0);
		assert_int_equal(r, 1);
		assert_true(size > 37); /* it could fail */
		section_end(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_whole),
		cmocka_unit_test(records_have_the_devices_address),
		cmocka_unit_test(records_severities),
		cmocka_unit_test(heads_say_what_is_there),
		cmocka_unit_test(records_cut_at_every_length),
		cmocka_unit_test(lengths_that_lie),
		cmocka_unit_test(non_standard_events_become_ours),
		cmocka_unit_test(other_records_have_names),
		cmocka_unit_test(protocol_whole),
		cmocka_unit_test(protocol_dvsecs),
		cmocka_unit_test(protocol_agents),
		cmocka_unit_test(protocol_validity_is_per_field),
		cmocka_unit_test(protocol_cut_at_every_length),
		cmocka_unit_test(protocol_lengths_that_lie),
		cmocka_unit_test(protocol_severities),
		cmocka_unit_test(bits_flipped_harm_nobody),
		cmocka_unit_test(arenas_may_be_too_small),
	};

	return cmocka_run_group_tests_name("cxl sections", tests, NULL, NULL);
}
