// SPDX-License-Identifier: LGPL-2.1-or-later

/* The kernel's lines about victims, with names that processes may give themselves. */

#include "unit/check.h"

#include <stdlib.h>
#include <string.h>

#include "locate/log_line.h"

#define START "Memory failure: 0x12e45: Sending SIGBUS to "
#define END   " due to hardware memory corruption"

static bool parse(const char *line, size_t len, struct victim_line *ret, char **ret_copy)
{
	*ret_copy = malloc(len ? len : 1);
	assert_non_null(*ret_copy);
	memcpy(*ret_copy, line, len);
	return victim_line_parse(*ret_copy, len, ret);
}

static void lines_of_the_kernel(void **state)
{
	static const struct {
		const char *line, *comm;
		uint64_t pfn;
		int32_t tid;
		bool forced;
	} cases[] = {
		{ START "victim:341" END, "victim", 0x12e45, 341, false },
		{ "Memory failure: 0x12e45: forcibly killing victim:341 because of "
		  "failure to unmap corrupted page",
		  "victim", 0x12e45, 341, true },
		{ "Memory failure: 0xfffffffffffffff0: Sending SIGBUS to a:2147483647" END,
		  "a", 0xfffffffffffffff0, 2147483647, false },
		{ START "two words:1" END, "two words", 0x12e45, 1, false },
		{ START "a:12:345" END, "a:12", 0x12e45, 345, false },
		{ START ":::7" END, "::", 0x12e45, 7, false },
		{ START ":7" END, "", 0x12e45, 7, false },
		{ START "x:1 due to har:2" END, "x:1 due to har", 0x12e45, 2, false },
		{ START "a\nb\x1b[m\\:2" END, "a\nb\x1b[m\\", 0x12e45, 2, false },
		{ START " SIGBUS to in:9" END, " SIGBUS to in", 0x12e45, 9, false },
		/* whole lines for a name, should a name ever be as long */
		{ START START "init:1" END ":2" END, START "init:1" END, 0x12e45, 2,
		  false },
		{ START "init:1" END "\n" START "other:2" END,
		  "init:1" END "\n" START "other", 0x12e45, 2, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct victim_line victim;
		char *copy;

		assert_true(parse(cases[i].line, strlen(cases[i].line), &victim, &copy));
		assert_int_equal(victim.pfn, cases[i].pfn);
		assert_int_equal(victim.tid, cases[i].tid);
		assert_int_equal(victim.forced, cases[i].forced);
		assert_int_equal(victim.comm_len, strlen(cases[i].comm));
		assert_memory_equal(victim.comm, cases[i].comm, victim.comm_len);
		free(copy);
	}
}

static void a_name_with_a_nul(void **state)
{
	static const char line[] = START "a\0b:7" END;
	struct victim_line victim;
	char *copy;

	(void)state;
	assert_true(parse(line, sizeof(line) - 1, &victim, &copy));
	assert_int_equal(victim.comm_len, 3);
	assert_int_equal(victim.tid, 7);
	free(copy);
}

static void other_lines(void **state)
{
	static const char *const lines[] = {
		"",
		"Memory failure: ",
		"Memory failure: 0x12e45: recovery action for dirty LRU page: Recovered",
		"Memory failure: 0x12e45: Sending SIGBUS to ",
		START END,
		START "victim" END,
		START "victim:" END,
		START "victim:0" END,
		START "victim:-1" END,
		START "victim:+1" END,
		START "victim:01" END,
		START "victim: 1" END,
		START "victim:1 " END,
		START "victim:1x" END,
		START "victim:2147483648" END,
		START "victim:99999999999999999999" END,
		START "victim:341" END " ",
		START "victim:341" END "\n",
		START "victim:341" END ".",
		START "victim:341 due to hardware memory corruptio",
		START "victim:341 because of failure to unmap corrupted page",
		"Memory failure: 0x12e45: forcibly killing victim:341" END,
		" " START "victim:341" END,
		"[Hardware Error]: " START "victim:341" END,
		"memory failure: 0x12e45: Sending SIGBUS to victim:341" END,
		"Memory failure: 12e45: Sending SIGBUS to victim:341" END,
		"Memory failure: 0x: Sending SIGBUS to victim:341" END,
		"Memory failure: 0x12E45: Sending SIGBUS to victim:341" END,
		"Memory failure: 0x12345678123456780: Sending SIGBUS to victim:341" END,
		"Memory failure: 0x12e45 : Sending SIGBUS to victim:341" END,
		"Memory failure: 0x12e45: Cannot send advisory machine check signal to "
		"victim:341",
		"MCE: Killing victim:341 due to hardware memory corruption fault at 4631e000",
	};
	struct victim_line victim, before;

	(void)state;
	memset(&victim, 0x5a, sizeof(victim));
	before = victim;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		char *copy;

		if (parse(lines[i], strlen(lines[i]), &victim, &copy))
			fail_msg("taken for a victim: %s", lines[i]);
		assert_memory_equal(&victim, &before, sizeof(victim));
		free(copy);
	}
}

/* Only the whole line is one: none of its beginnings, none of its ends. */
static void cut_lines(void **state)
{
	static const char line[] = START "a:1:22" END;
	size_t len = strlen(line);

	(void)state;
	for (size_t cut = 1; cut <= len; cut++) {
		struct victim_line victim;
		char *copy;

		assert_false(parse(line, len - cut, &victim, &copy));
		free(copy);
		assert_false(parse(line + cut, len - cut, &victim, &copy));
		free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_of_the_kernel),
		cmocka_unit_test(a_name_with_a_nul),
		cmocka_unit_test(other_lines),
		cmocka_unit_test(cut_lines),
	};

	return cmocka_run_group_tests_name("log_line", tests, NULL, NULL);
}
