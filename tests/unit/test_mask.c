// SPDX-License-Identifier: LGPL-2.1-or-later

/* What a masked capture still says, and what not. */

#include "unit/check.h"

#include <stdio.h>
#include <string.h>

#include "rasctl/mask.h"

#define PAGE 65536

static const struct mask mask = { .key = { 0x0123456789abcdef, 0xfedcba9876543210 },
				  .page_bytes = PAGE };

static const char *masked(const char *line)
{
	static char ret[2][512];
	static int turn;

	turn = !turn;
	return mask_line(&mask, line, strlen(line), ret[turn], sizeof(ret[turn])) ?
		       ret[turn] :
		       NULL;
}

static void the_same_stays_the_same(void **state)
{
	uint64_t a = mask_address(&mask, 0x1234567890),
		 b = mask_address(&mask, 0x1234560000);
	char name[MASK_NAME_BYTES], again[MASK_NAME_BYTES], other[MASK_NAME_BYTES];

	(void)state;
	assert_int_equal(a % PAGE, 0x1234567890 % PAGE);
	assert_int_equal(a / PAGE, b / PAGE);
	assert_int_equal(a / PAGE, mask_pfn(&mask, 0x1234567890 / PAGE));
	assert_int_not_equal(a, 0x1234567890);
	assert_int_not_equal(a / PAGE, mask_address(&mask, 0x1234570000) / PAGE);
	assert_int_equal(mask_address(&mask, 0), 0);
	mask_name(&mask, "victim", 6, name);
	mask_name(&mask, "victim!", 6, again);
	mask_name(&mask, "victin", 6, other);
	assert_string_equal(name, again);
	assert_string_not_equal(name, other);
	assert_null(strstr(name, "victim"));
}

/* Two captures have nothing in common. */
static void each_capture_has_a_key_of_its_own(void **state)
{
	struct mask a, b;

	(void)state;
	assert_int_equal(mask_init(&a, PAGE), 0);
	assert_int_equal(mask_init(&b, PAGE), 0);
	assert_int_not_equal(mask_pfn(&a, 0x12345), mask_pfn(&b, 0x12345));
}

static void lines_of_memory_failures(void **state)
{
	char expected[256], name[MASK_NAME_BYTES];
	unsigned long long pfn = mask_pfn(&mask, 0x42920);

	(void)state;
	mask_name(&mask, "a:1 due", 7, name);
	snprintf(expected, sizeof(expected),
		 "Memory failure: 0x%llx: Sending SIGBUS to %s:77 due to hardware memory "
		 "corruption",
		 pfn, name);
	assert_string_equal(
		masked("Memory failure: 0x42920: Sending SIGBUS to a:1 due:77 due "
		       "to hardware memory corruption"),
		expected);
	snprintf(expected, sizeof(expected),
		 "Memory failure: 0x%llx: recovery action for dirty LRU page: Recovered",
		 pfn);
	assert_string_equal(
		masked("Memory failure: 0x42920: recovery action for dirty LRU "
		       "page: Recovered"),
		expected);
	assert_null(masked("Memory failure: 0x42920: something about secret"));
}

static void lines_of_records(void **state)
{
	char expected[256];

	(void)state;
	snprintf(expected, sizeof(expected),
		 "{1}[Hardware Error]:   physical_address: 0x%016llx",
		 (unsigned long long)mask_address(&mask, 0x1234567890));
	assert_string_equal(
		masked("{1}[Hardware Error]:   physical_address: 0x0000001234567890"),
		expected);
	assert_string_equal(
		masked("{1}[Hardware Error]:   physical_address_mask: 0xfff0"),
		"{1}[Hardware Error]:   physical_address_mask: 0xfff0");
	assert_string_equal(masked("{1}[Hardware Error]:   node:0 card:3"),
			    "{1}[Hardware Error]:   node:0 card:3");
	assert_null(masked("{1}[Hardware Error]:   00000000: 03020100 07060504  ...."));
	assert_null(masked("{1}[Hardware Error]:  fru_text: serial 12"));
}

static void other_lines_are_left_out(void **state)
{
	(void)state;
	assert_null(masked("EXT4-fs (sda1): mounted by alice"));
	assert_null(masked(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_stays_the_same),
		cmocka_unit_test(each_capture_has_a_key_of_its_own),
		cmocka_unit_test(lines_of_memory_failures),
		cmocka_unit_test(lines_of_records),
		cmocka_unit_test(other_lines_are_left_out),
	};

	return cmocka_run_group_tests_name("mask", tests, NULL, NULL);
}
