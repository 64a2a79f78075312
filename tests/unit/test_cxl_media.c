// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * CXL's records about media, modules and spares, from tracepoints. No machine here has a
 * CXL device: they are built from the layouts (unit/cxl_fixture.c).
 */

#include "unit/cxl_check.h"

#include <stdlib.h>
#include <string.h>

#include "unit/cxl_way.h"

/* --- media --- */

static void general_media_whole(void **state)
{
	static const struct expect of_6_12[] = {
		{ "dpa", NULL, 0x8000012340, 0 },
		{ "dpa_flags", NULL, 3, 0 },
		{ "dpa_flags_text", "volatile, not repairable", 0, 0 },
		{ "descriptor", NULL, 7, 0 },
		{ "descriptor_text", "uncorrectable, threshold, poison list overflow", 0,
		  0 },
		{ "event_type", NULL, 3, 0 },
		{ "event_type_text", "TE state violation", 0, 0 },
		{ "transaction_type", NULL, 5, 0 },
		{ "transaction_type_text", "media patrol scrub", 0, 0 },
		{ "validity_flags", NULL, 0xffff, 0 },
		{ "channel", NULL, 1, 0 },
		{ "rank", NULL, 2, 0 },
		{ "component_id", NULL, 1, 16 },
		{ "pldm_entity_id", NULL, 2, 6 },
		{ "hpa", NULL, 0x4880012340, 0 },
		{ "region", "region4", 0, 0 },
		{ "region_uuid", "01020304-0506-0708-090a-0b0c0d0e0f10", 0, 0 },
		{ "device_mask", NULL, 0xabcdef, 0 },
	};
	struct way way;

	(void)state;
	begin(&way, &format_cxl_general_media_7_3);
	decode(&way);
	ASSERT_ALL(way.event, general_media_7_3, common_7_3);
	assert_int_equal(way.event->severity, SEVERITY_UNCORRECTED);
	assert_int_equal(way.event->component, COMPONENT_CXL);
	assert_int_equal(way.event->address_kind, ADDRESS_PHYSICAL);
	assert_int_equal(way.event->address, 0x4880012340);
	assert_int_equal(way.event->address_mask, ~0x3fULL);
	assert_text(&way.event->device, "mem0");
	assert_string_equal(words_of(way.event),
			    "uncorrected TE state violation on mem0 at physical address "
			    "0x4880012340, channel 1 rank 2: media patrol scrub");
	end(&way);
	begin(&way, &format_cxl_general_media_6_12);
	decode(&way);
	ASSERT_ALL(way.event, of_6_12, common_6_12);
	end(&way);
}

static void dram_whole(void **state)
{
	static const struct expect of_6_12[] = {
		{ "dpa", NULL, 0x8000012340, 0 },
		{ "dpa_flags", NULL, 3, 0 },
		{ "dpa_flags_text", "volatile, not repairable", 0, 0 },
		{ "descriptor", NULL, 7, 0 },
		{ "descriptor_text", "uncorrectable, threshold, poison list overflow", 0,
		  0 },
		{ "event_type", NULL, 3, 0 },
		{ "event_type_text", "data path error", 0, 0 },
		{ "transaction_type", NULL, 5, 0 },
		{ "transaction_type_text", "media patrol scrub", 0, 0 },
		{ "validity_flags", NULL, 0xffff, 0 },
		{ "channel", NULL, 1, 0 },
		{ "rank", NULL, 2, 0 },
		{ "hpa", NULL, 0x4880012340, 0 },
		{ "region", "region4", 0, 0 },
		{ "region_uuid", "01020304-0506-0708-090a-0b0c0d0e0f10", 0, 0 },
		{ "nibble_mask", NULL, 0x820804, 0 },
		{ "bank_group", NULL, 6, 0 },
		{ "bank", NULL, 4, 0 },
		{ "row", NULL, 0x92345, 0 },
		{ "column", NULL, 0x3456, 0 },
		{ "correction_mask", NULL, 1, 32 },
	};
	struct way way;

	(void)state;
	begin(&way, &format_cxl_dram_7_3);
	decode(&way);
	ASSERT_ALL(way.event, dram_7_3, common_7_3);
	assert_int_equal(way.event->component, COMPONENT_CXL);
	assert_string_equal(
		words_of(way.event),
		"uncorrected data path error on mem0 at physical address "
		"0x4880012340, channel 1 sub_channel 9 rank 2 bank_group 6 bank "
		"4 row 598853 column 13398: media patrol scrub");
	end(&way);
	begin(&way, &format_cxl_dram_6_12);
	decode(&way);
	ASSERT_ALL(way.event, of_6_12, common_6_12);
	end(&way);
}

static void media_speak_in_words(void **state)
{
	static const char *const media[] = {
		"media ECC error",	 "invalid address",
		"data path error",	 "TE state violation",
		"scrub media ECC error", "corrected error counter expiration",
		"CKID violation"
	};
	static const char *const drams[] = {
		"media ECC error",    "scrub media ECC error",
		"invalid address",    "data path error",
		"TE state violation", "corrected error counter expiration",
		"CKID violation"
	};
	static const char *const transactions[] = { "unknown",
						    "host read",
						    "host write",
						    "host scan media",
						    "host inject poison",
						    "media patrol scrub",
						    "media management",
						    "internal error check scrub",
						    "media initialization" };
	static const char *const sub_types[] = { "not reported",
						 "internal data path error",
						 "media link command training error",
						 "media link control training error",
						 "media link data training error",
						 "media link CRC error" };
	struct way gm, dram;

	(void)state;
	begin(&gm, &format_cxl_general_media_7_3);
	begin(&dram, &format_cxl_dram_7_3);
	for (size_t i = 0; i < 12; i++) {
		put(&gm, "type", i);
		put(&dram, "type", i);
		put(&gm, "transaction_type", i);
		put(&gm, "sub_type", i);
		decode(&gm);
		decode(&dram);
		if (i < ARRAY_SIZE(media)) {
			assert_text(detail_of(gm.event, "event_type_text"), media[i]);
			assert_text(detail_of(dram.event, "event_type_text"), drams[i]);
		} else {
			assert_absent(detail_of(gm.event, "event_type_text"));
			assert_absent(detail_of(dram.event, "event_type_text"));
			assert_number(detail_of(gm.event, "event_type"), i);
		}
		if (i < ARRAY_SIZE(transactions))
			assert_text(detail_of(gm.event, "transaction_type_text"),
				    transactions[i]);
		else
			assert_absent(detail_of(gm.event, "transaction_type_text"));
		if (i < ARRAY_SIZE(sub_types))
			assert_text(detail_of(gm.event, "event_sub_type_text"),
				    sub_types[i]);
		else
			assert_absent(detail_of(gm.event, "event_sub_type_text"));
	}
	assert_string_equal(words_of(gm.event),
			    "uncorrected media event on mem0 at physical address "
			    "0x4880012340, channel 1 rank 2");
	put(&gm, "descriptor", 0x84);
	put(&gm, "dpa_flags", 8);
	put(&gm, "cme_threshold_ev_flags", 0xff);
	decode(&gm);
	assert_text(detail_of(gm.event, "descriptor_text"),
		    "poison list overflow, bit 7");
	assert_text(detail_of(gm.event, "dpa_flags_text"), "bit 3");
	/* of no threshold event: nothing that is about thresholds */
	assert_absent(detail_of(gm.event, "threshold_flags"));
	assert_absent(detail_of(gm.event, "threshold_flags_text"));
	assert_absent(detail_of(gm.event, "cme_count"));
	put(&gm, "descriptor", 2);
	decode(&gm);
	assert_text(detail_of(gm.event, "threshold_flags_text"),
		    "in several media components, programmable threshold exceeded, bit "
		    "2, bit 3, bit 4, bit 5, bit 6, bit 7");
	end(&dram);
	end(&gm);
}

/* A number that has no word here may have one in the kernel. */
static void newer_kernels_have_the_word(void **state)
{
	char *text = strdup(format_cxl_dram_7_3.text);
	char *word = strstr(text, "{ 0x02, \"Invalid Address\" }");
	struct way way;
	int error = 0;

	(void)state;
	memcpy(word, "{ 0x09, \"Invalid Thought\" }", 27);
	begin(&way, &format_cxl_dram_7_3);
	tracepoint_free(way.tp);
	way.tp = resolve_text(handler_of("cxl-dram"), "cxl:cxl_dram", text, &error);
	assert_non_null(way.tp);
	put(&way, "type", 9);
	decode(&way);
	assert_text(detail_of(way.event, "event_type_text"), "Invalid Thought");
	end(&way);
	free(text);
}

/* Without a host's address there is the device's; without a region nothing of it. */
static void addresses(void **state)
{
	static const struct format *const media[] = { &format_cxl_general_media_7_3,
						      &format_cxl_dram_7_3 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(media); i++) {
		struct way way;

		begin(&way, media[i]);
		put(&way, "hpa", UINT64_MAX);
		put(&way, "hpa_alias0", UINT64_MAX);
		put(&way, "region_name", way.raw.len | 1 << 16);
		way.raw.bytes[way.raw.len++] = '\0';
		memset(way.raw.bytes + place_of(&way, "region_uuid")->offset, 0, 16);
		decode(&way);
		assert_int_equal(way.event->address_kind, ADDRESS_DEVICE_PHYSICAL);
		assert_int_equal(way.event->address, 0x8000012340);
		assert_int_equal(way.event->address_mask, ~0x3fULL);
		assert_absent(detail_of(way.event, "hpa"));
		assert_absent(detail_of(way.event, "hpa_alias0"));
		assert_absent(detail_of(way.event, "region"));
		assert_absent(detail_of(way.event, "region_uuid"));
		assert_number(detail_of(way.event, "dpa"), 0x8000012340);
		end(&way);
	}
}

/* Each validity flag makes its field, and no other. */
static void validity_is_per_field(void **state)
{
	static const struct {
		const struct format *format;
		unsigned int bit;
		const char *field;
	} cases[] = {
		{ &format_cxl_general_media_7_3, 0, "channel" },
		{ &format_cxl_general_media_7_3, 1, "rank" },
		{ &format_cxl_general_media_7_3, 2, "device_mask" },
		{ &format_cxl_general_media_7_3, 3, "component_id" },
		{ &format_cxl_dram_7_3, 0, "channel" },
		{ &format_cxl_dram_7_3, 1, "rank" },
		{ &format_cxl_dram_7_3, 2, "nibble_mask" },
		{ &format_cxl_dram_7_3, 3, "bank_group" },
		{ &format_cxl_dram_7_3, 4, "bank" },
		{ &format_cxl_dram_7_3, 5, "row" },
		{ &format_cxl_dram_7_3, 6, "column" },
		{ &format_cxl_dram_7_3, 7, "correction_mask" },
		{ &format_cxl_dram_7_3, 8, "component_id" },
		{ &format_cxl_dram_7_3, 10, "sub_channel" },
		{ &format_cxl_memory_module_7_3, 0, "component_id" },
		{ &format_cxl_memory_sparing, 0, "channel" },
		{ &format_cxl_memory_sparing, 1, "rank" },
		{ &format_cxl_memory_sparing, 2, "nibble_mask" },
		{ &format_cxl_memory_sparing, 3, "bank_group" },
		{ &format_cxl_memory_sparing, 4, "bank" },
		{ &format_cxl_memory_sparing, 5, "row" },
		{ &format_cxl_memory_sparing, 6, "column" },
		{ &format_cxl_memory_sparing, 7, "component_id" },
		{ &format_cxl_memory_sparing, 9, "sub_channel" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct way way;

		begin(&way, cases[i].format);
		for (unsigned int bit = 0; bit < 16; bit++) {
			put(&way, "validity_flags", 1u << bit);
			decode(&way);
			assert_number(detail_of(way.event, "validity_flags"), 1u << bit);
			assert_int_equal(detail_of(way.event, cases[i].field)->kind !=
						 VALUE_NONE,
					 bit == cases[i].bit);
			assert_absent(detail_of(way.event, "pldm_entity_id"));
		}
		end(&way);
	}
}

static void component_ids_of_pldm(void **state)
{
	static const struct {
		const struct format *format;
		unsigned int valid, pldm;
	} cases[] = {
		{ &format_cxl_general_media_7_3, 1u << 3, 1u << 4 },
		{ &format_cxl_dram_7_3, 1u << 8, 1u << 9 },
		{ &format_cxl_memory_module_7_3, 1u << 0, 1u << 1 },
		{ &format_cxl_memory_sparing, 1u << 7, 1u << 8 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct way way;

		begin(&way, cases[i].format);
		for (uint8_t ids = 0; ids < 4; ids++) {
			struct expect entity = { "pldm_entity_id", NULL, 2, 6 };
			struct expect resource = { "pldm_resource_id", NULL, 8, 4 };

			way.raw.bytes[place_of(&way, "comp_id")->offset] = ids;
			put(&way, "validity_flags", cases[i].valid | cases[i].pldm);
			decode(&way);
			if (ids & 1)
				assert_as(detail_of(way.event, "pldm_entity_id"),
					  &entity);
			else
				assert_absent(detail_of(way.event, "pldm_entity_id"));
			if (ids & 2)
				assert_as(detail_of(way.event, "pldm_resource_id"),
					  &resource);
			else
				assert_absent(detail_of(way.event, "pldm_resource_id"));
			put(&way, "validity_flags", cases[i].valid);
			decode(&way);
			assert_absent(detail_of(way.event, "pldm_entity_id"));
			assert_absent(detail_of(way.event, "pldm_resource_id"));
		}
		end(&way);
	}
}

/* --- modules and spares --- */

static void memory_module_whole(void **state)
{
	struct way way;

	(void)state;
	begin(&way, &format_cxl_memory_module_7_3);
	decode(&way);
	ASSERT_ALL(way.event, module_7_3, common_7_3);
	assert_int_equal(way.event->severity, SEVERITY_UNCORRECTED);
	assert_string_equal(
		words_of(way.event),
		"uncorrected memory media FRU error on mem0, unsupported configuration "
		"data: health maintenance needed, performance degraded, hardware "
		"replacement needed, memory capacity degraded, media all data loss "
		"imminent");
	put(&way, "add_status", 0);
	put(&way, "life_used", 0xff);
	put(&way, "device_temp", 0x7fff);
	put(&way, "event_type", 9);
	put(&way, "health_status", 0);
	put(&way, "media_status", 10);
	put(&way, "event_sub_type", 4);
	decode(&way);
	assert_text(detail_of(way.event, "life_used_level"), "normal");
	assert_text(detail_of(way.event, "temperature_level"), "normal");
	assert_text(detail_of(way.event, "corrected_volatile_level"), "normal");
	assert_text(detail_of(way.event, "corrected_persistent_level"), "normal");
	assert_absent(detail_of(way.event, "life_used_percent"));
	assert_absent(detail_of(way.event, "temperature_celsius"));
	assert_absent(detail_of(way.event, "event_type_text"));
	assert_absent(detail_of(way.event, "media_status_text"));
	assert_absent(detail_of(way.event, "event_sub_type_text"));
	assert_string_equal(words_of(way.event),
			    "uncorrected memory module event on mem0");
	put(&way, "add_status", 0xf);
	decode(&way);
	assert_absent(detail_of(way.event, "life_used_level")); /* 3 is reserved */
	end(&way);
	begin(&way, &format_cxl_memory_module_6_12);
	decode(&way);
	assert_absent(detail_of(way.event, "validity_flags"));
	assert_absent(detail_of(way.event, "component_id"));
	assert_absent(detail_of(way.event, "event_sub_type"));
	assert_number(detail_of(way.event, "temperature_celsius"), (uint64_t)-7);
	assert_number(detail_of(way.event, "corrected_persistent_errors"), 0x90000003);
	assert_number(detail_of(way.event, "additional_status"), 0x36);
	end(&way);
}

static void memory_sparing_whole(void **state)
{
	struct way way;

	(void)state;
	begin(&way, &format_cxl_memory_sparing);
	put(&way, "log", 0);
	decode(&way);
	assert_int_equal(way.event->severity, SEVERITY_INFO);
	assert_string_equal(words_of(way.event),
			    "info row sparing on mem0, channel 1 sub_channel 9 rank 2 "
			    "bank_group 6 bank 4 row 598853 column 13398: success");
	put(&way, "log", 2);
	decode(&way);
	ASSERT_ALL(way.event, sparing_7_3, common_7_3);
	put(&way, "result", 1);
	decode(&way);
	assert_text(detail_of(way.event, "result_text"), "resources exhausted");
	assert_absent(detail_of(way.event, "spares_left"));
	put(&way, "result", 0xff);
	decode(&way);
	assert_text(detail_of(way.event, "result_text"), "general failure");
	put(&way, "result", 2);
	decode(&way);
	assert_absent(detail_of(way.event, "result_text"));
	assert_number(detail_of(way.event, "result"), 2);
	end(&way);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(general_media_whole),
		cmocka_unit_test(dram_whole),
		cmocka_unit_test(media_speak_in_words),
		cmocka_unit_test(newer_kernels_have_the_word),
		cmocka_unit_test(addresses),
		cmocka_unit_test(validity_is_per_field),
		cmocka_unit_test(component_ids_of_pldm),
		cmocka_unit_test(memory_module_whole),
		cmocka_unit_test(memory_sparing_whole),
	};

	return cmocka_run_group_tests_name("cxl media", tests, NULL, NULL);
}
