// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Dumps as text. The texts are what the programs named wrote of bytes 0 to 255 and then
 * zeros (xxd, hexdump, od), or have the form that the kernel's print_hex_dump() gives.
 */

#include "unit/check.h"

#include <errno.h>
#include <string.h>

#include "cper/dump.h"

static uint8_t room[65536];

static int parse(const char *text, bool swap, struct dump *ret)
{
	*ret = (struct dump){ .bytes = room, .size = sizeof(room) };
	memset(room, 0xaa, sizeof(room));
	return dump_parse(text, strlen(text), swap, ret);
}

static void assert_counts_up(const struct dump *dump, size_t n)
{
	assert_int_equal(dump->len, n);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(dump->bytes[i], i);
}

static const struct {
	const char *what, *text;
	size_t len;
	bool swap;
} forms[] = {
	{ "xxd",
	  "00000000: 0001 0203 0405 0607 0809 0a0b 0c0d 0e0f  ................\n"
	  "00000010: 1011 1213 1415 1617 1819 1a1b 1c1d 1e1f  ................\n"
	  "00000020: 2021 2223 24                              !\"#$\n",
	  37, false },
	{ "xxd -g1",
	  "00000000: 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f  ................\n"
	  "00000010: 10 11 12                                         ...\n",
	  19, false },
	{ "xxd -e", "00000000: 03020100 07060504 0b0a0908 0f0e0d0c  ................\n",
	  16, true },
	{ "xxd -p",
	  "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d\n1e1f\n", 32,
	  false },
	{ "hexdump -C",
	  "00000000  00 01 02 03 04 05 06 07  08 09 0a 0b 0c 0d 0e 0f  |................|\n"
	  "00000010  10 11 12 13 14 15 16 17  18                       |.........|\n"
	  "00000019\n",
	  25, false },
	{ "hexdump -C, only half a line",
	  "00000000  00 01 02 03 04 05 06 07                           |........|\n00000008\n",
	  8, false },
	{ "hexdump -C without its characters",
	  "00000000  00 01 02 03 04 05 06 07  08 09 0a 0b 0c 0d 0e 0f\n", 16, false },
	{ "hexdump",
	  "0000000 0100 0302 0504 0706 0908 0b0a 0d0c 0f0e\n0000010 1110 0012\n0000013\n",
	  19, true },
	{ "hexdump -x",
	  "0000000    0100    0302    0504    0706    0908    0b0a    0d0c    0f0e\n0000010\n",
	  16, true },
	{ "od",
	  "0000000 000400 001402 002404 003406 004410 005412 006414 007416\n0000020\n",
	  16, false },
	{ "od -t x1",
	  "0000000 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f\n"
	  "0000020 10 11 12 13\n0000024\n",
	  20, false },
	{ "od -t x1z",
	  "0000000 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f  >................<\n"
	  "0000020\n",
	  16, false },
	{ "od -A d -t x1",
	  "0000000 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f\n"
	  "0000016 10 11 12 13\n0000020\n",
	  20, false },
	{ "od -A x -t x4", "000000 03020100 07060504 0b0a0908 0f0e0d0c\n000010\n", 16,
	  true },
	{ "od -x",
	  "0000000 0100 0302 0504 0706 0908 0b0a 0d0c 0f0e\n0000020 1110 1312\n0000024\n",
	  20, true },
	{ "od -A n -t x1", " 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f\n 10 11\n",
	  18, false },
	{ "the kernel",
	  "[   12.5] {1}[Hardware Error]:   00000000: 03020100 07060504 0b0a0908 0f0e0d0c  ...\n"
	  "[   12.5] {1}[Hardware Error]:   00000010: 13121110  ....\n",
	  20, true },
	{ "the kernel, of bytes",
	  "<6>[Hardware Error]:    00000000: 00 01 02 03   abcd\n", 4, false },
	{ "acpidump",
	  "BERT @ 0x0000000000000000\n"
	  "    0000: 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F  ................\n"
	  "    0010: 10                                               .\n\n",
	  17, false },
	{ "C", "{ 0x00, 0x01, 0x2,\n\t0x03,0x04 };\n", 5, false },
	{ "a C string", "\"\\x00\\x01\\x02\\x03\"\n", 4, false },
	{ "words", "0x03020100 0x07060504", 8, true },
	{ "pairs", "00:01:02:03\r\n04:05\r\n", 6, false },
	{ "one", "0001", 2, false },
};

static void every_form(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		struct dump dump;

		print_message("# %s\n", forms[i].what);
		assert_int_equal(parse(forms[i].text, forms[i].swap, &dump), 0);
		assert_null(dump.problem);
		assert_counts_up(&dump, forms[i].len);
		assert_int_equal(dump.used, strlen(forms[i].text));
		if (forms[i].swap)
			assert_true(dump.is_wide);
	}
}

static void lines_that_are_the_same(void **state)
{
	struct dump dump;

	(void)state;
	assert_int_equal(parse("0000000 07 07 07 07 07 07 07 07 07 07 07 07 07 07 07 07\n"
			       "*\n0000100 08\n0000101\n",
			       false, &dump),
			 0);
	/* octal or hex: the offset alone does not say, the end does not either */
	assert_true(dump.len == 65 || dump.len == 257);
	assert_int_equal(
		parse("00000000  07 07 07 07 07 07 07 07  07 07 07 07 07 07 07 07 "
		      " |................|\n*\n00000030\n",
		      false, &dump),
		0);
	assert_int_equal(dump.len, 48);
	for (size_t i = 0; i < 48; i++)
		assert_int_equal(dump.bytes[i], 7);
	assert_int_equal(parse(" 07 07\n*\n 08\n", false, &dump), -EBADMSG);
	assert_int_equal(dump.line, 2);
	assert_int_equal(dump.len, 2);
	assert_int_equal(parse("00000000: 07 07\n*\nfffffff0: 07\n", false, &dump),
			 -ENOBUFS);
	assert_non_null(dump.problem);
	assert_int_equal(dump.line, 3);
}

static void what_is_missing_is_said(void **state)
{
	struct dump dump;

	(void)state;
	assert_int_equal(
		parse("00000000: 00 01\n00000002: 02 03\n00000010: 04\n", false, &dump),
		-EBADMSG);
	assert_int_equal(dump.line, 3);
	assert_non_null(strstr(dump.problem, "missing"));
	assert_counts_up(&dump, 4);
	assert_int_equal(parse("00000000: 00 01 02 zz\n", false, &dump), -EBADMSG);
	assert_int_equal(dump.line, 1);
	assert_int_equal(parse("00000000: 00 01\n00000002: 0 1\n", false, &dump),
			 -EBADMSG);
	assert_int_equal(dump.line, 2);
	assert_int_equal(parse("00000000  00 01\n00000005\n", false, &dump), -EBADMSG);
	assert_int_equal(dump.line, 2);
	assert_int_equal(parse("00000000: 00 01\n02 03\n", false, &dump), -EBADMSG);
	assert_counts_up(&dump, 2);
}

static void what_is_no_dump_is_skipped_and_counted(void **state)
{
	struct dump dump;

	(void)state;
	assert_int_equal(
		parse("hello world\n\n# of the BMC:\n00 01 02\nbye\n", false, &dump), 0);
	assert_counts_up(&dump, 3);
	assert_int_equal(dump.n_skipped, 3);
	assert_int_equal(dump.first_skipped, 1);
	assert_int_equal(parse("hello\nworld: 12\n", false, &dump), -ENODATA);
	assert_int_equal(parse("", false, &dump), -ENODATA);
}

static void several_in_a_file(void **state)
{
	static const char text[] = "00000000: 00 01\n00000002: 02\n\n00000000: 05\n";
	struct dump dump;

	(void)state;
	assert_int_equal(parse(text, false, &dump), 0);
	assert_counts_up(&dump, 3);
	assert_string_equal(text + dump.used, "00000000: 05\n");
}

static void no_room(void **state)
{
	uint8_t small[3];
	struct dump dump = { .bytes = small, .size = sizeof(small) };

	(void)state;
	assert_int_equal(dump_parse("00 01 02", 8, false, &dump), 0);
	assert_int_equal(dump_parse("00 01\n02 03", 11, false, &dump), -ENOBUFS);
	assert_int_equal(dump.len, 2);
	assert_int_equal(dump.line, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_form),
		cmocka_unit_test(lines_that_are_the_same),
		cmocka_unit_test(what_is_missing_is_said),
		cmocka_unit_test(what_is_no_dump_is_skipped_and_counted),
		cmocka_unit_test(several_in_a_file),
		cmocka_unit_test(no_room),
	};

	return cmocka_run_group_tests_name("dump", tests, NULL, NULL);
}
