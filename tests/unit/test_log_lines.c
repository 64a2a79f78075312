// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Lines of the kernel's log that are events by themselves, as its sources print them
 * (those of memory failures are from tests/golden, too). Nobody here can make an arm64
 * kernel take an SError: those lines are built from arch/arm64's formats.
 */

#include "unit/check.h"

#include <stdlib.h>
#include <string.h>

#include "event/handler.h"
#include "unit/fixtures.h"

static struct event event;

/* The line ends where its allocation does. */
static int decode(const char *type, const char *line)
{
	static char *copy;
	const struct handler *handler = handler_of(type);
	const struct record record = { .page_size = 4096 };
	size_t len = strlen(line);

	free(copy);
	copy = malloc(len ? len : 1);
	assert_non_null(copy);
	memcpy(copy, line, len);
	event_init(&event, handler->type);
	return handler->decode_line(&record, copy, len, &event);
}

static void memory_failures(void **state)
{
	(void)state;
	assert_int_equal(decode("memory-failure",
				"Memory failure: 0x419ee: recovery action for dirty LRU "
				"page: Recovered"),
			 1);
	assert_number(detail_of(&event, "pfn"), 0x419ee);
	assert_text(detail_of(&event, "page_type_text"), "dirty LRU page");
	assert_text(detail_of(&event, "result_text"), "Recovered");
	assert_absent(detail_of(&event, "page_type"));
	assert_int_equal(event.severity, SEVERITY_UNCORRECTED);
	assert_int_equal(event.address, 0x419ee000);
	assert_int_equal(event.address_kind, ADDRESS_PHYSICAL);
	assert_string_equal(words_of(&event),
			    "pfn 0x419ee: recovery action for dirty LRU page: Recovered");
}

static void other_lines_of_memory_failures(void **state)
{
	static const char *const lines[] = {
		"Memory failure: 0x419ee: Sending SIGBUS to victim:684 due to hardware "
		"memory corruption",
		"Memory failure: 0x: recovery action for dirty LRU page: Recovered",
		"Memory failure: 0x419ee: recovery action for ",
		"Memory failure: 0x419ee: recovery action for dirty LRU page",
		"Memory failure: 0x11111111111111111: recovery action for a: b",
		" Memory failure: 0x419ee: recovery action for dirty LRU page: Recovered",
		"",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		assert_int_equal(decode("memory-failure", lines[i]), 0);
}

/* As mm/memory-failure.c of 6.12, 6.1 and 5.10 has it. */
static void pages_that_stay(void **state)
{
	static const struct {
		const char *line;
		uint64_t pfn;
		const char *reason;
	} cases[] = {
		{ "Soft offline: 0x1a2b: page migration failed -16, type 0x17ffff(a|b)",
		  0x1a2b, "page migration failed -16, type 0x17ffff(a|b)" },
		{ "Memory failure: soft offline: 0x7: thp split failed", 7,
		  "thp split failed" },
		{ "soft offline: 0x1a2b page already poisoned", 0x1a2b,
		  "page already poisoned" },
		{ "soft_offline_page: 0x2: page already poisoned", 2,
		  "page already poisoned" },
	};
	static const char *const others[] = {
		"Soft offline: 1a2b: page migration failed", "Soft offline: 0x1a2b:",
		"Soft offline: 0x1a2b: ", "Soft offlining pfn 0x1 at process virtual",
		"x Soft offline: 0x1: a"
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(decode("soft-offline", cases[i].line), 1);
		assert_number(detail_of(&event, "pfn"), cases[i].pfn);
		assert_text(detail_of(&event, "reason"), cases[i].reason);
		assert_int_equal(event.address, cases[i].pfn * 4096);
		assert_int_equal(event.severity, SEVERITY_INFO);
	}
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		assert_int_equal(decode("soft-offline", others[i]), 0);
}

static void exceptions_that_cost_the_machine(void **state)
{
	(void)state;
	assert_int_equal(decode("arm64-abort", "SError Interrupt on CPU13, code "
					       "0x00000000be000011 -- SError"),
			 1);
	assert_int_equal(event.severity, SEVERITY_FATAL);
	assert_int_equal(event.cpu, 13);
	assert_number(detail_of(&event, "esr"), 0xbe000011);
	assert_string_equal(words_of(&event), "SError in kernel mode on CPU 13, ESR "
					      "0xbe000011: it cost the machine");
	assert_int_equal(decode("arm64-abort",
				"Internal error: synchronous external abort: "
				"0000000096000410 [#1] PREEMPT SMP"),
			 1);
	assert_int_equal(event.severity, SEVERITY_FATAL);
	assert_text(detail_of(&event, "kind"), "synchronous external abort");
	assert_number(detail_of(&event, "esr"), 0x96000410);
	assert_int_equal(decode("arm64-abort",
				"Internal error: level 3 synchronous external abort "
				"(translation table walk): 0000000096000417 [#1] SMP"),
			 1);
	assert_text(detail_of(&event, "kind"),
		    "level 3 synchronous external abort (translation table walk)");
}

/* A comm may have anything in it, in 15 bytes; its end is found from the right. */
static void exceptions_of_processes(void **state)
{
	(void)state;
	assert_int_equal(decode("arm64-abort",
				"a]: [1]: x[4711]: unhandled exception: DABT (lower EL), "
				"ESR 0x0000000092000410, synchronous external abort in "
				"victim[aaaab0000000+2000]"),
			 1);
	assert_int_equal(event.severity, SEVERITY_UNCORRECTED);
	assert_int_equal(event.pid, 4711);
	assert_text(&event.comm, "a]: [1]: x");
	assert_number(detail_of(&event, "esr"), 0x92000410);
	assert_text(detail_of(&event, "kind"), "synchronous external abort");
	assert_int_equal(decode("arm64-abort",
				"GHES: in:here:77: synchronous unrecoverable error "
				"(SIGBUS)"),
			 1);
	assert_text(&event.comm, "in:here");
	assert_int_equal(event.pid, 77);
	assert_text(detail_of(&event, "mode"), "user");
	assert_string_equal(
		words_of(&event),
		"synchronous unrecoverable error in user mode of in:here[77]");
}

static void exceptions_that_are_no_hardware(void **state)
{
	static const char *const lines[] = {
		"SError Interrupt on CPU, code 0x1 -- SError",
		"SError Interrupt on CPU99999999999, code 0x1 -- SError",
		"SError Interrupt on CPU1, code ",
		"Internal error: Oops: 0000000096000004 [#1] SMP",
		"Internal error: synchronous external abort",
		"a[1]: unhandled exception: DABT (lower EL), ESR 0x1, level 3 translation "
		"fault in x[1]",
		"a[0]: unhandled exception: x, ESR 0x1, synchronous external abort",
		"a[1: unhandled exception: x, ESR 0x1, synchronous external abort",
		"sixteen-bytes-xx[1]: unhandled exception: x, ESR 0x1, synchronous "
		"external abort",
		"GHES: a:1: synchronous unrecoverable error (SIGBUS) again",
		"GHES: a: synchronous unrecoverable error (SIGBUS)",
		"a: synchronous unrecoverable error (SIGBUS)",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		if (decode("arm64-abort", lines[i]))
			fail_msg("\"%s\" was taken", lines[i]);
}

/* Whatever is cut off, it is another one or none, and never read beyond its end. */
static void lines_end_anywhere(void **state)
{
	static const char *const lines[][2] = {
		{ "memory-failure", "Memory failure: 0x419ee: recovery action for a: b" },
		{ "soft-offline", "Memory failure: soft offline: 0x7: thp split failed" },
		{ "arm64-abort",
		  "SError Interrupt on CPU13, code 0x00be000011 -- SError" },
		{ "arm64-abort", "a[7]: unhandled exception: D, ESR 0x1, synchronous "
				 "external abort in b[c]" },
		{ "arm64-abort", "Internal error: synchronous external abort: 00f [#1]" },
		{ "arm64-abort", "GHES: a:1: synchronous unrecoverable error (SIGBUS)" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		for (size_t len = 0; len <= strlen(lines[i][1]); len++) {
			char line[128];

			snprintf(line, sizeof(line), "%.*s", (int)len, lines[i][1]);
			if (decode(lines[i][0], line))
				assert_true(strlen(words_of(&event)) > 0);
			else
				assert_true(len < strlen(lines[i][1]));
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_failures),
		cmocka_unit_test(other_lines_of_memory_failures),
		cmocka_unit_test(pages_that_stay),
		cmocka_unit_test(exceptions_that_cost_the_machine),
		cmocka_unit_test(exceptions_of_processes),
		cmocka_unit_test(exceptions_that_are_no_hardware),
		cmocka_unit_test(lines_end_anywhere),
	};

	return cmocka_run_group_tests_name("log_lines", tests, NULL, NULL);
}
