// SPDX-License-Identifier: LGPL-2.1-or-later

/* Memory sections as bytes; in the log they are in test_cper_memory.c. */

#include "unit/check.h"

#include <stdlib.h>
#include <string.h>

#include "unit/section_fixture.h"

#define NEW_BYTES 80
#define OLD_BYTES 73

static const struct guid type = GUID_MEMORY;

/* Every field has a number of its own. */
static const struct put every[] = {
	{ 0, 8, 0x3fffff },   { 8, 8, 0x00450400 },  { 16, 8, 0x1234567890 },
	{ 24, 8, ~0xfffULL }, { 32, 2, 1 },	     { 34, 2, 2 },
	{ 36, 2, 3 },	      { 38, 2, 0x0405 },     { 40, 2, 6 },
	{ 42, 2, 0x1234 },    { 44, 2, 8 },	     { 46, 2, 9 },
	{ 48, 8, ~0ULL },     { 56, 8, 11 },	     { 64, 8, 12 },
	{ 72, 1, 3 },	      { 73, 1, 5 << 5 | 2 }, { 74, 2, 14 },
	{ 76, 2, 0x1600 },    { 78, 2, 0x1700 },     { 0 }
};

static const struct {
	const char *field;
	unsigned int valid;
	uint64_t number;
} expected[] = {
	{ "error_status", 0, 0x00450400 },
	{ "physical_address", 1, 0x1234567890 },
	{ "physical_address_mask", 2, ~0xfffULL },
	{ "node", 3, 1 },
	{ "card", 4, 2 },
	{ "module", 5, 3 },
	{ "bank", 6, 0x0405 },
	{ "device", 7, 6 },
	{ "column", 9, 8 },
	{ "bit_position", 10, 9 },
	{ "requestor_id", 11, ~0ULL },
	{ "responder_id", 12, 11 },
	{ "target_id", 13, 12 },
	{ "error_type", 14, 3 },
	{ "rank", 15, 14 },
	{ "dmi_card_handle", 16, 0x1600 },
	{ "dmi_handle", 17, 0x1700 },
	{ "bank_group", 19, 4 },
	{ "bank_address", 20, 5 },
	{ "chip_id", 21, 5 },
};

static void every_field(void **state)
{
	uint8_t bytes[NEW_BYTES];
	struct event *event =
		decode_section(type, put_all(bytes, sizeof(bytes), every), sizeof(bytes));

	(void)state;
	assert_string_equal(event->type->name, "cper-memory");
	assert_int_equal(event->severity, SEVERITY_CORRECTED);
	assert_int_equal(event->component, COMPONENT_MEMORY);
	assert_int_equal(event->address_kind, ADDRESS_PHYSICAL);
	assert_int_equal(event->address, 0x1234567890);
	assert_int_equal(event->address_mask, ~0xfffULL);
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++)
		assert_number(detail_of(event, expected[i].field), expected[i].number);
	assert_number(detail_of(event, "row"), 0x21234);
	assert_text(detail_of(event, "error_type_text"), "multi-bit ECC");
	assert_text(detail_of(event, "error_status_text"), "storage error in DRAM");
	assert_text(detail_of(event, "error_status_flags"), "address, data, overflow");
	assert_absent(detail_of(event, "incomplete"));
	assert_absent(&event->dimm);
	assert_string_equal(
		words_of(event),
		"corrected memory error at 0x1234567890, node 1 card 2 module "
		"3 rank 14 bank 1029 row 135732 column 8: multi-bit ECC");
}

/* Without its bit a field is not there, whatever its bytes say. */
static void each_bit_for_itself(void **state)
{
	uint8_t bytes[NEW_BYTES];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
		struct event *event;

		put_all(bytes, sizeof(bytes), every);
		memset(bytes, 0, 8);
		bytes[expected[i].valid / 8] = (uint8_t)(1 << expected[i].valid % 8);
		event = decode_section(type, bytes, sizeof(bytes));
		for (size_t k = 0; k < ARRAY_SIZE(expected); k++)
			if (k == i)
				assert_number(detail_of(event, expected[k].field),
					      expected[k].number);
			else
				assert_absent(detail_of(event, expected[k].field));
		assert_absent(detail_of(event, "row"));
		assert_int_equal(event->address_kind, expected[i].valid == 1 ?
							      ADDRESS_PHYSICAL :
							      ADDRESS_NONE);
	}
}

static void rows(void **state)
{
	static const struct {
		uint32_t valid;
		uint64_t row;
	} cases[] = { { 1 << 8, 0x1234 },
		      { 1 << 18, 0x21234 },
		      { 1 << 18 | 1 << 8, 0x21234 } };
	uint8_t bytes[NEW_BYTES];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		put_all(bytes, sizeof(bytes), every);
		memcpy(bytes, &(uint64_t){ htole64(cases[i].valid) }, 8);
		assert_number(
			detail_of(decode_section(type, bytes, sizeof(bytes)), "row"),
			cases[i].row);
	}
}

/* Bits of what the old form does not have mean nothing in it. */
static void the_shorter_form(void **state)
{
	uint8_t bytes[NEW_BYTES];
	struct event *event =
		decode_section(type, put_all(bytes, sizeof(bytes), every), OLD_BYTES);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++)
		if (expected[i].valid < 15)
			assert_number(detail_of(event, expected[i].field),
				      expected[i].number);
		else
			assert_absent(detail_of(event, expected[i].field));
	assert_number(detail_of(event, "row"), 0x1234);
	assert_absent(detail_of(event, "incomplete"));
}

static void cut(void **state)
{
	uint8_t bytes[NEW_BYTES];

	(void)state;
	put_all(bytes, sizeof(bytes), every);
	for (size_t len = 0; len < NEW_BYTES; len++) {
		struct event *event = decode_section(type, bytes, len);

		assert_non_null(event);
		if (len < 8) { /* that is left to who takes anything */
			assert_string_equal(event->type->name, "non-standard");
			assert_number(detail_of(event, "length"), len);
		} else if (len != OLD_BYTES) {
			assert_string_equal(event->type->name, "cper-memory");
			assert_number(detail_of(event, "incomplete"), 1);
		}
	}
}

static void numbers_without_a_word(void **state)
{
	uint8_t bytes[NEW_BYTES];
	struct event *event;

	(void)state;
	put_all(bytes, sizeof(bytes), every);
	bytes[9] = 2;
	bytes[10] = 0x80;
	bytes[72] = 16;
	event = decode_section(type, bytes, sizeof(bytes));
	assert_absent(detail_of(event, "error_status_text"));
	assert_text(detail_of(event, "error_status_flags"), "bit 7");
	assert_number(detail_of(event, "error_type"), 16);
	assert_absent(detail_of(event, "error_type_text"));
}

/* The page that the kernel then took, from its own text. */
static uint64_t pfn_of_golden(const char *top)
{
	unsigned long long pfn = 0;
	char path[4096], *text, *at;
	size_t len;

	snprintf(path, sizeof(path), "%s/tests/golden/6.12/memory-failure.txt", top);
	text = (char *)read_whole(path, &len);
	assert_non_null(text);
	at = memmem(text, len, "pfn 0x", 6);
	assert_non_null(at);
	assert_int_equal(sscanf(at, "pfn %llx", &pfn), 1);
	free(text);
	return pfn;
}

/* As firmware of the virtual server sent it, tests/vm. */
static void golden(void **state)
{
	const char *top = getenv("top_srcdir") ? getenv("top_srcdir") : ".";
	char path[4096];
	struct event *event;
	uint8_t *bytes;
	size_t len;

	(void)state;
	snprintf(path, sizeof(path), "%s/tests/golden/6.12/memory-failure.cper", top);
	bytes = read_whole(path, &len);
	assert_non_null(bytes);
	event = decode_section(type, bytes, len);
	free(bytes);
	assert_int_equal(event->address, pfn_of_golden(top) * 4096);
	assert_number(detail_of(event, "card"), 3);
	assert_number(detail_of(event, "row"), 0x11234);
	assert_number(detail_of(event, "column"), 0x77);
	assert_number(detail_of(event, "rank"), 1);
	assert_number(detail_of(event, "bank_group"), 2);
	assert_number(detail_of(event, "bank_address"), 5);
	assert_number(detail_of(event, "chip_id"), 1);
	assert_number(detail_of(event, "dmi_handle"), 0x1101);
	assert_number(detail_of(event, "dmi_card_handle"), 0x1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_field), cmocka_unit_test(each_bit_for_itself),
		cmocka_unit_test(rows),	       cmocka_unit_test(the_shorter_form),
		cmocka_unit_test(cut),	       cmocka_unit_test(numbers_without_a_word),
		cmocka_unit_test(golden),
	};

	return cmocka_run_group_tests_name("section_memory", tests, NULL, NULL);
}
