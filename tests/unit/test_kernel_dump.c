// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Dumps of the kernel's log. The texts are of the form that fs/pstore/platform.c and
 * kernel/printk/printk.c give them; what a real panic leaves in ramoops is read by the
 * virtual server's scenarios.
 */

#include "unit/check.h"

#include <limits.h>
#include <string.h>

#include "cper/kernel_dump.h"
#include "handlers/table.h"

static const char panic_text[] =
	"<6>[   10.000001] systemd[1]: Started.\n"
	"<12>[   11.000000] {7}[Hardware Error]: forged by who may write to /dev/kmsg\n"
	"<12>[   11.000001] Memory failure: 0x666: recovery action for a forged page: Recovered\n"
	"<3>[   12.500000] {3}[Hardware Error]: Hardware error from APEI Generic Hardware "
	"Error Source: 2\n"
	"<3>[   12.500001] {3}[Hardware Error]: event severity: recoverable\n"
	"<3>[   12.500002] {3}[Hardware Error]:  Error 0, type: recoverable\n"
	"<3>[   12.500003] {3}[Hardware Error]:   section_type: memory error\n"
	"<3>[   12.500004] {3}[Hardware Error]:   physical_address: 0x0000000045678000\n"
	"<3>[   12.600000][    T9] Memory failure: 0x45678: recovery action for dirty LRU "
	"page: Recovered\n"
	"<3>[   13.000000] Memory failure: 0x45678: already hardware poisoned\n"
	"<1>[   13.900000] Internal error: Oops: 96000004\n"
	"<0>[   14.000000] Kernel panic - not syncing: Asynchronous SError Interrupt\n"
	"<4>[   14.000001] CPU: 1 PID: 77 Comm: [evil]\n"
	"<12>[   14.000002] Kernel panic - not syncing: forged\n"
	"<0>[   14.250000] ---[ end Kernel panic - not syncing: Asynchronous SError "
	"Interrupt ]---\n";

static const struct dump_head panic_head = { .reason = "Panic", .count = 1, .part = 1 };

static void begin(struct kernel_dump *dump, const struct dump_head *head,
		  const char *text)
{
	kernel_dump_begin(dump, head, 2, text, strlen(text));
}

static bool next_section(struct kernel_dump *dump, struct cper_log_section *ret)
{
	enum kernel_dump_result result;
	struct dump_line line;

	do
		result = kernel_dump_next(dump, ret, &line);
	while (result == DUMP_LINE);
	return result == DUMP_SECTION;
}

static const struct handler *find_handler(const char *name)
{
	for (size_t i = 0; i < handlers_table.n_handlers; i++)
		if (!strcmp(handlers_table.handlers[i]->type->name, name))
			return handlers_table.handlers[i];
	fail_msg("no handler %s", name);
	return NULL;
}

static const struct value *field_of(const struct event *event, const char *name)
{
	for (size_t i = 0; i < event->type->n_fields; i++)
		if (event->type->fields[i].name &&
		    !strcmp(event->type->fields[i].name, name))
			return &event->detail[i];
	fail_msg("no field %s", name);
	return NULL;
}

/* --- heads and lines --- */

static void heads_are_told_from_text(void **state)
{
	static const char *const not_heads[] = {
		"",
		"Panic",
		"Panic#",
		"Panic#1",
		"Panic#1 Part",
		"Panic#1 Part1",
		"Panic#1 Part1 \n",
		"#1 Part1\n",
		"<6>[    1.000000] Panic#1 Part1\n",
		"APanicWithoutAnyEndToIt#1 Part1\n",
		"Panic#99999999999999999999999 Part1\n",
	};
	struct dump_head head = { .part = 77 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(not_heads); i++)
		assert_false(dump_head_parse(not_heads[i], strlen(not_heads[i]), &head));
	assert_int_equal(head.part, 77);
	assert_true(dump_head_parse("Oops#12 Part3\n<6>", 17, &head));
	assert_string_equal(head.reason, "Oops");
	assert_int_equal(head.count, 12);
	assert_int_equal(head.part, 3);
	assert_int_equal(head.len, 14);
}

static void lines_have_level_time_and_caller(void **state)
{
	static const struct {
		const char *line;
		unsigned int facility;
		int64_t time_ns;
		const char *text;
	} cases[] = {
		{ "<6>[   12.345678] hello\n", 0, 12345678000, "hello" },
		{ "<6>[   12.345678]   deep\n", 0, 12345678000, "  deep" },
		{ "<30>[12.345678] hello", 3, 12345678000, "hello" },
		{ "<6>[    0.000000][    T0] hello\n", 0, 0, "hello" },
		{ "<6>[    1.000000][C1]text\n", 0, 1000000000, "[C1]text" },
		{ "<6>[    1.000000] [T1] text\n", 0, 1000000000, "[T1] text" },
		{ "<6>no time\n", 0, -1, "no time" },
		{ "<6>[hello] you\n", 0, -1, "[hello] you" },
		{ "<6>[1.1000000] you\n", 0, -1, "[1.1000000] you" },
		{ "no level\n", UINT_MAX, -1, "no level" },
		{ "<>[   12.345678] hello\n", UINT_MAX, -1, "<>[   12.345678] hello" },
		{ "<99999999999999999999>x\n", UINT_MAX, -1, "<99999999999999999999>x" },
		{ "", UINT_MAX, -1, "" },
		{ "\n", UINT_MAX, -1, "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		size_t len = strlen(cases[i].line);
		struct dump_line line;

		assert_int_equal(dump_line_parse(cases[i].line, len, &line), len);
		assert_int_equal(line.facility, cases[i].facility);
		assert_int_equal(line.time_ns, cases[i].time_ns);
		assert_int_equal(line.len, strlen(cases[i].text));
		assert_memory_equal(line.text, cases[i].text, line.len);
	}
}

/* --- sections --- */

static void lines_are_the_kernels_own(void **state)
{
	static const char *const lines[] = {
		"systemd[1]: Started.",
		"Memory failure: 0x45678: recovery action for dirty LRU page: Recovered",
		"Memory failure: 0x45678: already hardware poisoned",
		"Internal error: Oops: 96000004",
		"Kernel panic - not syncing: Asynchronous SError Interrupt",
		"CPU: 1 PID: 77 Comm: [evil]",
		"---[ end Kernel panic - not syncing: Asynchronous SError Interrupt ]---",
	};
	struct cper_log_section section;
	enum kernel_dump_result result;
	struct kernel_dump dump;
	struct dump_line line;
	size_t n = 0;

	(void)state;
	begin(&dump, &panic_head, panic_text);
	while ((result = kernel_dump_next(&dump, &section, &line)) != DUMP_END) {
		if (result == DUMP_SECTION)
			continue;
		assert_true(n < ARRAY_SIZE(lines));
		assert_int_equal(line.len, strlen(lines[n]));
		assert_memory_equal(line.text, lines[n], line.len);
		n++;
	}
	assert_int_equal(n, ARRAY_SIZE(lines));
}

static void a_panic_gives_what_the_kernel_said(void **state)
{
	struct cper_log_section section;
	struct kernel_dump dump;

	(void)state;
	begin(&dump, &panic_head, panic_text);
	assert_true(next_section(&dump, &section));
	assert_string_equal(section.type, "memory error");
	assert_int_equal(section.number, 3);
	assert_int_equal(section.source, 2);
	assert_int_equal(section.time_ns, 12500000000);
	assert_true(next_section(&dump, &section));
	assert_string_equal(section.type, DUMP_CRASH);
	assert_string_equal(cper_log_value(&section, "message"),
			    "Kernel panic - not syncing: Asynchronous SError Interrupt");
	assert_string_equal(cper_log_value(&section, "parts"), "2");
	assert_string_equal(cper_log_value(&section, "hardware"), "1");
	assert_int_equal(section.time_ns, 14000000000);
	for (size_t i = 0; i < section.n_lines; i++)
		assert_null(strstr(section.lines[i], "forged"));
	assert_false(next_section(&dump, &section));
	assert_false(next_section(&dump, &section));
	assert_int_equal(kernel_dump_end_ns(panic_text, strlen(panic_text)), 14250000000);
}

static void a_crash_becomes_an_event(void **state)
{
	static uint8_t room[65536];
	struct arena arena = { room, sizeof(room), 0 };
	struct cper_log_section section;
	struct kernel_dump dump;
	struct event event;
	char line[EVENT_TEXT_BYTES] = "";
	struct text text = TEXT_IN(line);

	(void)state;
	begin(&dump, &panic_head, panic_text);
	assert_true(next_section(&dump, &section));
	assert_true(next_section(&dump, &section));
	event_init(&event, find_handler("kernel-crash")->type);
	assert_int_equal(
		find_handler("kernel-crash")->decode_log(&section, &arena, &event), 1);
	assert_text(field_of(&event, "reason"), "Panic");
	assert_number(field_of(&event, "oops_count"), 1);
	assert_number(field_of(&event, "parts"), 2);
	assert_number(field_of(&event, "hardware"), 1);
	assert_int_equal(event.severity, SEVERITY_FATAL);
	assert_int_equal(event.lists[0].n_rows, 12); /* of facility 0 */
	assert_text(&event.lists[0].values[0], "systemd[1]: Started.");
	event_describe(&event, &text);
	assert_string_equal(line, "the kernel crashed (Panic): Kernel panic - not "
				  "syncing: Asynchronous SError Interrupt");
}

static void not_every_crash_is_of_hardware(void **state)
{
	static const struct {
		const char *reason, *text;
		enum severity severity;
		const char *message;
	} cases[] = {
		{ "Panic",
		  "<0>[1.000000] Kernel panic - not syncing: sysrq triggered crash\n",
		  SEVERITY_INFO, "Kernel panic - not syncing: sysrq triggered crash" },
		{ "Panic",
		  "<0>[1.000000] Kernel panic - not syncing: Fatal hardware error!\n",
		  SEVERITY_FATAL, "Kernel panic - not syncing: Fatal hardware error!" },
		{ "Oops",
		  "<0>[1.000000] Internal error: synchronous external abort: 96000210\n",
		  SEVERITY_FATAL,
		  "Internal error: synchronous external abort: 96000210" },
		{ "Oops",
		  "<0>[1.000000] Unable to handle kernel NULL pointer dereference\n"
		  "<0>[1.000001] Internal error: Oops: 96000004 [#1] SMP\n",
		  SEVERITY_INFO, "Internal error: Oops: 96000004 [#1] SMP" },
		{ "Panic", "<6>[1.000000] nothing of it\n", SEVERITY_INFO, NULL },
	};
	static uint8_t room[65536];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct arena arena = { room, sizeof(room), 0 };
		struct dump_head head = { .count = 1 };
		struct cper_log_section section;
		struct kernel_dump dump;
		struct event event;

		strcpy(head.reason, cases[i].reason);
		begin(&dump, &head, cases[i].text);
		assert_true(next_section(&dump, &section));
		event_init(&event, find_handler("kernel-crash")->type);
		assert_int_equal(find_handler("kernel-crash")
					 ->decode_log(&section, &arena, &event),
				 1);
		assert_int_equal(event.severity, cases[i].severity);
		if (cases[i].message)
			assert_text(field_of(&event, "crash_message"), cases[i].message);
		else
			assert_absent(field_of(&event, "crash_message"));
		assert_false(next_section(&dump, &section));
	}
}

static void a_shutdown_is_no_crash(void **state)
{
	const struct dump_head head = { .reason = "Shutdown", .count = 1 };
	struct cper_log_section section;
	struct kernel_dump dump;

	(void)state;
	begin(&dump, &head, "<6>[1.000000] reboot: Restarting system\n");
	assert_false(next_section(&dump, &section));
}

static void it_may_end_anywhere(void **state)
{
	static char text[sizeof(panic_text)];

	(void)state;
	for (size_t len = 0; len < sizeof(panic_text); len++) {
		struct cper_log_section section;
		struct kernel_dump dump;
		char *cut = malloc(len ? len : 1); /* to its last byte, for ASan */
		int n = 0;

		memcpy(text, panic_text, sizeof(text));
		memcpy(cut, text, len);
		kernel_dump_begin(&dump, &panic_head, 1, cut, len);
		while (next_section(&dump, &section))
			n++;
		assert_in_range(n, 1, 2);
		free(cut);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(heads_are_told_from_text),
		cmocka_unit_test(lines_have_level_time_and_caller),
		cmocka_unit_test(lines_are_the_kernels_own),
		cmocka_unit_test(a_panic_gives_what_the_kernel_said),
		cmocka_unit_test(a_crash_becomes_an_event),
		cmocka_unit_test(not_every_crash_is_of_hardware),
		cmocka_unit_test(a_shutdown_is_no_crash),
		cmocka_unit_test(it_may_end_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
