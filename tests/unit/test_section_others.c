// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * The generic processor section and the reference to a firmware record. No firmware here
 * reports either: sections are built from UEFI's layout, lines of the log as
 * cper_print_proc_generic() and cper_print_fw_err() write them.
 */

#include "unit/check.h"

#include <errno.h>
#include <string.h>

#include "unit/section_fixture.h"

/* --- generic processor --- */

#define PROCESSOR_BYTES 192

static const struct guid processor = GUID_PROCESSOR;

static const struct put every[] = { { 0, 8, 0x1fff },
				    { 8, 1, 2 },
				    { 9, 1, 4 },
				    { 10, 1, 5 },
				    { 11, 1, 1 },
				    { 12, 1, 9 },
				    { 13, 1, 3 },
				    { 16, 8, 0x411fd070 },
				    { 24, 4, 0x64657241 },
				    { 151, 1, 'x' },
				    { 152, 8, 0x80000100 },
				    { 160, 8, 0x1234567000 },
				    { 168, 8, 7 },
				    { 176, 8, 8 },
				    { 184, 8, ~0ULL },
				    { 0 } };

static const struct {
	const char *field;
	unsigned int valid;
	uint64_t number;
} expected[] = {
	{ "processor_type", 0, 2 },
	{ "processor_isa", 1, 4 },
	{ "error_type", 2, 5 },
	{ "operation", 3, 1 },
	{ "flags", 4, 9 },
	{ "level", 5, 3 },
	{ "version_info", 6, 0x411fd070 },
	{ "processor_id", 8, 0x80000100 },
	{ "target_address", 9, 0x1234567000 },
	{ "requestor_id", 10, 7 },
	{ "responder_id", 11, 8 },
	{ "ip", 12, ~0ULL },
};

static void assert_words(const struct event *event)
{
	assert_text(detail_of(event, "processor_type_text"), "ARM");
	assert_text(detail_of(event, "processor_isa_text"), "ARM A64");
	assert_text(detail_of(event, "error_type_text"), "cache, bus");
	assert_text(detail_of(event, "operation_text"), "data read");
	assert_text(detail_of(event, "flags_text"), "restartable, corrected");
	assert_int_equal(event->component, COMPONENT_CACHE);
	assert_int_equal(event->address_kind, ADDRESS_PHYSICAL);
	assert_int_equal(event->address, 0x1234567000);
	assert_string_equal(words_of(event),
			    "corrected processor error on processor 0x80000100: cache, "
			    "bus, data read, address 0x1234567000");
}

static void processor_section(void **state)
{
	uint8_t bytes[PROCESSOR_BYTES];
	struct event *event = decode_section(
		processor, put_all(bytes, sizeof(bytes), every), sizeof(bytes));

	(void)state;
	assert_string_equal(event->type->name, "cper-processor");
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++)
		assert_number(detail_of(event, expected[i].field), expected[i].number);
	assert_text(detail_of(event, "brand"), "Ared");
	assert_absent(detail_of(event, "incomplete"));
	assert_words(event);
}

static void each_bit_for_itself(void **state)
{
	uint8_t bytes[PROCESSOR_BYTES];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
		struct event *event;

		put_all(bytes, sizeof(bytes), every);
		memset(bytes, 0, 8);
		bytes[expected[i].valid / 8] = (uint8_t)(1 << expected[i].valid % 8);
		event = decode_section(processor, bytes, sizeof(bytes));
		for (size_t k = 0; k < ARRAY_SIZE(expected); k++)
			if (k == i)
				assert_number(detail_of(event, expected[k].field),
					      expected[k].number);
			else
				assert_absent(detail_of(event, expected[k].field));
		assert_absent(detail_of(event, "brand"));
	}
}

static void processor_components(void **state)
{
	static const struct {
		uint8_t types;
		enum component component;
	} cases[] = { { 1, COMPONENT_CACHE }, { 2, COMPONENT_TLB },
		      { 4, COMPONENT_BUS },   { 8, COMPONENT_CPU },
		      { 0, COMPONENT_CPU },   { 0x80, COMPONENT_CPU } };
	uint8_t bytes[PROCESSOR_BYTES];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		put_all(bytes, sizeof(bytes), every);
		bytes[10] = cases[i].types;
		assert_int_equal(
			decode_section(processor, bytes, sizeof(bytes))->component,
			cases[i].component);
	}
}

static void processor_cut(void **state)
{
	uint8_t bytes[PROCESSOR_BYTES];

	(void)state;
	put_all(bytes, sizeof(bytes), every);
	for (size_t len = 0; len < sizeof(bytes); len++) {
		struct event *event = decode_section(processor, bytes, len);

		if (len < 8)
			assert_string_equal(event->type->name, "non-standard");
		else
			assert_number(detail_of(event, "incomplete"), 1);
	}
}

static void processor_log(void **state)
{
	static const char *const lines[] = { "processor_type: 2, ARM",
					     "processor_isa: 4, ARM A64",
					     "error_type: 0x05",
					     "cache error, bus error",
					     "operation: 1, data read",
					     "flags: 0x09",
					     "restartable, corrected",
					     "level: 3",
					     "version_info: 0x00000000411fd070",
					     "processor_id: 0x0000000080000100",
					     "target_address: 0x0000001234567000",
					     "requestor_id: 0x0000000000000007",
					     "responder_id: 0x0000000000000008",
					     "IP: 0xffffffffffffffff" };
	struct event *event = decode_log_lines(
		"cper-processor", "general processor error", ARRAY_SIZE(lines), lines);

	(void)state;
	assert_non_null(event);
	assert_int_equal(event->source, SOURCE_LOG);
	assert_int_equal(event->flags, EVENT_AT_LEAST);
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++)
		assert_number(detail_of(event, expected[i].field), expected[i].number);
	assert_words(event);
	event = decode_log_lines("cper-processor", "general processor error", 0, NULL);
	assert_string_equal(words_of(event), "corrected processor error");
	assert_null(decode_log_lines("cper-processor", "ARM processor error", 0, NULL));
}

/* --- reference to a firmware record --- */

static const struct guid firmware = GUID_FIRMWARE;

/* Where the vendor's bytes begin depends on the revision. */
static void firmware_sections(void **state)
{
	static const struct {
		uint8_t revision;
		size_t data_at;
		const char *words;
	} cases[] = {
		{ 0, 16,
		  "corrected error that firmware has a record of: IPF SAL error record, "
		  "0x1817161514131211, 24 bytes of its vendor's" },
		{ 1, 8,
		  "corrected error that firmware has a record of: IPF SAL error record, 32 "
		  "bytes of its vendor's" },
		{ 2, 32,
		  "corrected error that firmware has a record of: IPF SAL error record, "
		  "1c1b1a19-1e1d-201f-2122-232425262728, 8 bytes of its vendor's" },
		{ 9, 32,
		  "corrected error that firmware has a record of: IPF SAL error record, "
		  "1c1b1a19-1e1d-201f-2122-232425262728, 8 bytes of its vendor's" },
	};
	uint8_t bytes[40] = { 0 };

	(void)state;
	for (size_t i = 8; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(9 + i);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct event *event;

		bytes[1] = cases[i].revision;
		event = decode_section(firmware, bytes, sizeof(bytes));
		assert_string_equal(event->type->name, "cper-firmware");
		assert_int_equal(event->component, COMPONENT_PLATFORM);
		assert_number(detail_of(event, "revision"), cases[i].revision);
		assert_bytes(detail_of(event, "data"), bytes + cases[i].data_at,
			     sizeof(bytes) - cases[i].data_at);
		assert_string_equal(words_of(event), cases[i].words);
	}
	bytes[0] = 200;
	assert_absent(detail_of(decode_section(firmware, bytes, sizeof(bytes)),
				"record_type_text"));
}

static void firmware_cut(void **state)
{
	uint8_t bytes[32] = { 1, 2 };

	(void)state;
	for (size_t len = 0; len < sizeof(bytes); len++) {
		struct event *event = decode_section(firmware, bytes, len);

		if (len < 16)
			assert_string_equal(event->type->name, "non-standard");
		else
			assert_number(detail_of(event, "incomplete"), 1);
	}
	assert_absent(detail_of(decode_section(firmware, bytes, sizeof(bytes)), "data"));
}

#define FIRMWARE_LOG(...)                                                               \
	decode_log_lines("cper-firmware", "Firmware Error Record Reference",            \
			 sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *), \
			 (const char *const[]){ __VA_ARGS__ })

static void firmware_log(void **state)
{
	struct event *event = FIRMWARE_LOG(
		"Firmware Error Record Type: SOC Firmware Error Record Type2",
		"Revision: 2", "Record Identifier: 8f87f311-c998-4d9e-a0c4-6065518c4f6d",
		"00000000: 03020100 07060504 0b0a0908 0f0e0d0c  ................",
		"00000010: 10 11                                            ..");

	(void)state;
	assert_non_null(event);
	assert_number(detail_of(event, "record_type"), 2);
	assert_number(detail_of(event, "revision"), 2);
	assert_text(detail_of(event, "record_guid"),
		    "8f87f311-c998-4d9e-a0c4-6065518c4f6d");
	assert_bytes(detail_of(event, "data"),
		     "\0\1\2\3\4\5\6\7\x8\x9\xa\xb\xc\xd\xe\xf\x10\x11", 18);
	assert_absent(detail_of(event, "incomplete"));
	event = FIRMWARE_LOG("Firmware Error Record Type: unknown", "Revision: 0",
			     "Record Identifier: 1122334455667788", "00000010: 03020100");
	assert_absent(detail_of(event, "record_type"));
	assert_number(detail_of(event, "record_identifier"), 0x1122334455667788);
	assert_number(detail_of(event, "incomplete"), 1);
	assert_absent(detail_of(event, "data"));
	assert_null(decode_log_lines("cper-firmware", "memory error", 0, NULL));
}

/* --- one whose decoder fails --- */

static const struct guid greedy_guid = GUID(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);

static int take_all(_unused_ const struct cper_section *section, struct arena *arena,
		    _unused_ struct event *event)
{
	arena->used = arena->size;
	return -ENOBUFS;
}

static const struct handler greedy = {
	.type = &(const struct event_type){ .name = "greedy" },
	.sections = { GUID(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11) },
	.decode_section = take_all,
};

/* It is kept raw, with the memory that its own decoder had filled. */
static void kept_raw_without_room(void **state)
{
	static uint8_t memory[256];
	const struct handler *const handlers[] = { &greedy, handler_of("non-standard") };
	const struct handler_table table = { handlers, ARRAY_SIZE(handlers) };
	const struct cper_section section = { .type = greedy_guid,
					      .body = (const uint8_t *)"abc",
					      .len = 3 };
	struct arena arena = { .base = memory, .size = sizeof(memory) };
	struct event event;

	(void)state;
	assert_int_equal(cper_section_decode(&table, &section, &arena, &event), 1);
	assert_string_equal(event.type->name, "non-standard");
	assert_bytes(detail_of(&event, "data"), "abc", 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(processor_section),
		cmocka_unit_test(each_bit_for_itself),
		cmocka_unit_test(processor_components),
		cmocka_unit_test(processor_cut),
		cmocka_unit_test(processor_log),
		cmocka_unit_test(firmware_sections),
		cmocka_unit_test(firmware_cut),
		cmocka_unit_test(firmware_log),
		cmocka_unit_test(kept_raw_without_room),
	};

	return cmocka_run_group_tests_name("section_others", tests, NULL, NULL);
}
