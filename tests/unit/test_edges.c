// SPDX-License-Identifier: LGPL-2.1-or-later

/* Where decoders have one more case than anything recorded or fuzzed shows. */

#include "unit/check.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "cper/aer.h"
#include "cper/dump.h"
#include "cper/kernel_dump.h"
#include "cper/log_event.h"
#include "handlers/own_poison.h"
#include "handlers/sigbus.h"
#include "handlers/table.h"
#include "sources/subbuffer.h"
#include "unit/section_fixture.h"
#include "util/macro.h"

static const char *told(const struct event *event)
{
	static char line[EVENT_TEXT_BYTES];
	struct text text = TEXT_IN(line);

	line[0] = '\0';
	event_describe(event, &text);
	return line;
}

/* --- rasd's own memory --- */

static void own_poison_names_codes(void **state)
{
	static const struct {
		int32_t code;
		const char *name;
	} codes[] = { { BUS_MCEERR_AR, "BUS_MCEERR_AR" },
		      { BUS_MCEERR_AO, "BUS_MCEERR_AO" },
		      { BUS_OBJERR, "BUS_OBJERR" },
		      { 0x80, "SI_KERNEL" },
		      { 77, NULL } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
		const struct own_poison poison = { .pid = 1,
						   .process = "store",
						   .signal = SIGBUS,
						   .code = codes[i].code,
						   .place = "heap" };
		struct event event;

		own_poison_event(&poison, 7, &event);
		if (codes[i].name)
			assert_text(detail_of(&event, "code_name"), codes[i].name);
		else
			assert_absent(detail_of(&event, "code_name"));
		assert_absent(detail_of(&event, "lsb"));
		assert_int_equal(event.address_kind, ADDRESS_NONE);
		assert_null(strstr(told(&event), " at "));
	}
}

static void own_poison_extent(void **state)
{
	static const int32_t odd[] = { -1, 0, 64, 1000 };
	struct own_poison poison = { .process = "act",
				     .address = 0x7000,
				     .place = "stack" };
	struct event event;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(odd); i++) {
		poison.lsb = odd[i];
		own_poison_event(&poison, 0, &event);
		assert_int_equal(event.address_kind, ADDRESS_VIRTUAL);
		assert_int_equal(event.address, 0x7000);
		assert_true(event.address_mask != ~0ULL << 12);
		assert_string_equal(told(&event),
				    "rasd's act process met poison at 0x7000 (stack) and "
				    "was replaced");
	}
	poison.lsb = 12;
	own_poison_event(&poison, 0, &event);
	assert_true(event.address_mask == ~0ULL << 12);
}

/* --- lines of the log --- */

static void numbers_of_lines(void **state)
{
	static struct cper_log_section section;
	static const char many_digits[] =
		"0x00000000000000000000000000000000000000000000000000000000000000001";
	struct arena none = { NULL, 0, 0 };

	(void)state;
	strcpy(section.lines[0], "arrow: 1");
	strcpy(section.lines[1], "row:2");
	strcpy(section.lines[2], "row: x");
	strcpy(section.lines[3], "a row: 4, b");
	section.n_lines = 4;
	assert_int_equal(cper_log_number_after(&section, "row").i, 4);
	assert_int_equal(cper_log_number_after(&section, "b").kind, VALUE_NONE);
	assert_int_equal(cper_log_number_of(NULL).kind, VALUE_NONE);
	assert_int_equal(cper_log_number_of("7 8").kind, VALUE_NONE);
	assert_int_equal(cper_log_number_of(many_digits).kind, VALUE_NONE);
	assert_int_equal(cper_log_number_of("0x10").i, 16);
	assert_int_equal(cper_log_text_of(&none, "text", 4).kind, VALUE_NONE);
	assert_int_equal(cper_log_text_of(&none, "", 0).kind, VALUE_NONE);
}

static void dump_lines(void **state)
{
	static const struct {
		const char *line;
		size_t n;
	} lines[] = {
		{ "00000010: 00 01 ff", 3 },
		{ "00000010: 0001", 0 },
		{ "00000010: 00 0x", 1 },
		{ "00000010: 00 0G", 1 },
		{ "00000010: 00/01", 0 },
		{ "00000010: 0102030405060708 1112131415161718  ........", 16 },
		{ "00000010: 00 1112131415161718 21222324 31323334", 13 },
		{ "00000010: 0102030405060708 00 1112131415161718", 9 },
		{ "0000001: 00", 0 },
		{ "00000010  00", 0 },
		{ "00000010:", 0 },
		{ "00000010:  00", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		uint8_t bytes[CPER_LOG_DUMP_BYTES];
		uint64_t offset = 0;

		assert_int_equal(cper_log_dump_line(lines[i].line, &offset, bytes),
				 lines[i].n);
		if (lines[i].n)
			assert_int_equal(offset, 16);
	}
}

static void lines_were_lost(void **state)
{
	static struct cper_log_section section = { .source = UINT_MAX,
						   .n_lines_lost = 3 };
	const struct handler *handler = handler_of("cper-memory");
	uint8_t room[4096];
	struct arena arena = { room, sizeof(room), 0 };
	struct event event;

	(void)state;
	strcpy(section.type, "memory error");
	strcpy(section.lines[0], "node: 1");
	section.n_lines = 1;
	event_init(&event, handler->type);
	assert_int_equal(handler->decode_log(&section, &arena, &event), 1);
	assert_number(detail_of(&event, "incomplete"), 1);
}

/* A reference whose dump begins in the middle, and whose words are nobody's. */
static void firmware_of_the_log(void **state)
{
	static const char *const lines[] = { "Firmware Error Record Type: something else",
					     "Revision: 0",
					     "Record Identifier: 112233445566778899aabb",
					     "00000010: 01 02 03" };
	static const char *const bare[] = { "Revision: 1" };
	struct event *event = decode_log_lines(
		"cper-firmware", "Firmware Error Record Reference", 4, lines);

	(void)state;
	assert_non_null(event);
	assert_absent(detail_of(event, "record_type"));
	assert_absent(detail_of(event, "record_identifier"));
	assert_absent(detail_of(event, "data"));
	assert_number(detail_of(event, "incomplete"), 1);
	event = decode_log_lines("cper-firmware", "Firmware Error Record Reference", 1,
				 bare);
	assert_absent(detail_of(event, "record_identifier"));
	assert_absent(detail_of(event, "incomplete"));
}

static void pcie_of_the_log(void **state)
{
	static const char *const lines[] = { "version: 3", "device_id: 12:34",
					     "serial number: 1" };
	static const char *const odd[] = { "device_id: 0000:12345678901234567:1.0",
					   "serial number: x, 0x1" };
	static const char *const half[] = { "serial number: 0x1, x" };
	struct event *event = decode_log_lines("cper-pcie", "PCIe error", 3, lines);

	(void)state;
	assert_absent(detail_of(event, "version_major"));
	assert_absent(detail_of(event, "serial_number"));
	assert_int_equal(event->device.kind, VALUE_NONE);
	event = decode_log_lines("cper-pcie", "PCIe error", 2, odd);
	assert_absent(detail_of(event, "bus"));
	assert_absent(detail_of(event, "serial_number"));
	event = decode_log_lines("cper-pcie", "PCIe error", 1, half);
	assert_absent(detail_of(event, "serial_number"));
}

static void aborts_of_nobody(void **state)
{
	static const char *const lines[] = {
		"SError Interrupt on CPU4294967296, code 0x1 -- SError",
		"SError Interrupt on CPU1, code x",
		"SError Interrupt on CPU, code 0x1",
		"Internal error: Oops: 1",
		"Internal error: synchronous external abort",
		"a[0]: unhandled exception: synchronous external abort, ESR 0x1",
		"a[2147483648]: unhandled exception: synchronous external abort, ESR 0x1",
		"a[1: unhandled exception: synchronous external abort, ESR 0x1",
		"a1]: unhandled exception: synchronous external abort, ESR 0x1",
		"seventeen letters[1]: unhandled exception: synchronous external abort",
		"a[1]: unhandled exception: page fault, ESR 0x1, synchronous",
		"GHES: a:1: synchronous unrecoverable error (SIGBUS) ",
		"GHES: a:1 : synchronous unrecoverable error (SIGBUS)",
	};
	const struct handler *handler = handler_of("arm64-abort");
	const struct record record = { .page_size = 4096 };
	struct event event;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		event_init(&event, handler->type);
		if (handler->decode_line(&record, lines[i], strlen(lines[i]), &event))
			fail_msg("%s", lines[i]);
	}
}

/* Where it has no room, and of fourteen numbers those that are there. */
static void tlp_headers(void **state)
{
	static const uint32_t header[AER_TLP_DWORDS_MAX] = { 1, 2, 3, 4, 5 };
	uint8_t room[256];
	struct arena none = { room, 0, 0 }, arena = { room, sizeof(room), 0 };
	struct value value = aer_tlp_header(header, AER_TLP_DWORDS_MAX, &arena);

	(void)state;
	assert_text(&value, "00000001 00000002 00000003 00000004 00000005");
	value = aer_tlp_header(header, AER_TLP_DWORDS_MAX, &none);
	assert_int_equal(value.kind, VALUE_NONE);
	value = aer_tlp_header(header, 0, &arena);
	assert_int_equal(value.kind, VALUE_NONE);
}

/* --- tables of handlers --- */

static int refuse(const struct cper_section *section, struct arena *arena,
		  struct event *event)
{
	(void)section, (void)arena, (void)event;
	return -EBADMSG;
}

static void a_section_that_nobody_takes(void **state)
{
	struct handler known = *handler_of("cper-memory");
	const struct handler *one[] = { &known };
	const struct cper_section section = { .type = GUID_MEMORY,
					      .body = (const uint8_t *)"x",
					      .len = 1 };
	struct handler_table table = { one, 0 };
	struct arena arena = { NULL, 0, 0 };
	struct event event;

	(void)state;
	assert_int_equal(cper_section_decode(&table, &section, &arena, &event), -ENOENT);
	known.decode_section = refuse;
	table.n_handlers = 1;
	assert_int_equal(cper_section_decode(&table, &section, &arena, &event), -EBADMSG);
	known.any_section = true;
	assert_int_equal(cper_section_decode(&table, &section, &arena, &event), -EBADMSG);
}

/* --- dumps as text --- */

static uint8_t bytes[64];

static int parse(const char *text, struct dump *ret)
{
	*ret = (struct dump){ .bytes = bytes, .size = sizeof(bytes) };
	return dump_parse(text, strlen(text), false, ret);
}

static void dumps(void **state)
{
	static const struct {
		const char *text;
		int error;
		size_t len;
	} cases[] = {
		/* what stands for lines like the last is more than there is room for */
		{ "00000000: 00 01\n*\n00010000: 02\n", -ENOBUFS, 2 },
		{ "00000000: 00 01\n*\n00000007: 02\n", -EBADMSG, 2 },
		{ "00000000: 00 01\n*\n00000006\n", 0, 6 },
		{ "00000000: 00 01\n*\n00000000\n", 0, 2 }, /* another one begins */
		{ "00000000: 00 01\n00000009\n", -EBADMSG, 2 },
		{ "00000000: 00 01\n00000002: 02\nzz\n", 0, 3 },
		{ "00000000: 00 01\n02 03\n", -EBADMSG, 2 },
		{ "00000000: 00 01\n00000002: zz\n", -EBADMSG, 2 },
		{ "00 01\n*\n02\n", -EBADMSG, 2 },
		{ "*\n", -ENODATA, 0 },
		{ "00000000: 00 01\n\t\r\n00000002: 02 xyz\n", -EBADMSG, 2 },
		{ "00000010: 00 01\n0000000f\n", -EBADMSG, 2 },
		{ "0001: 00\n0002:\n", 0, 1 },
		{ "00000000\n", 0, 4 }, /* four bytes, and no offset */
		{ "0000000000000000000000000: 01\n", -ENODATA, 0 },
		{ "00000000:x 01\n", -ENODATA, 0 },
		{ "\\x01\\X02 0X03\n", 0, 3 },
		{ "0000000 177777\n0000002\n", 0, 2 },
		{ "00000000: 0102030405060708090a0b0c0d0e0f10\n"
		  "00000010: 0102030405060708090a0b0c0d0e0f10\n"
		  "00000020: 0102030405060708090a0b0c0d0e0f10\n"
		  "00000030: 0102030405060708090a0b0c0d0e0f10\n"
		  "00000040: 01\n",
		  -ENOBUFS, 64 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct dump dump;
		int r = parse(cases[i].text, &dump);

		if (r != cases[i].error || dump.len != cases[i].len)
			print_message("case %zu: %d, %zu bytes\n", i, r, dump.len);
		assert_int_equal(r, cases[i].error);
		assert_int_equal(dump.len, cases[i].len);
		assert_true(r == 0 || r == -ENODATA || dump.problem);
	}
}

/* --- the kernel's dumps --- */

static void dump_heads(void **state)
{
	static const char *const bad[] = { "",
					   "#1 Part1\n",
					   "Panic 1 Part1\n",
					   "Panic#x Part1\n",
					   "Panic#1 Pert1\n",
					   "Panic#1 Partx\n",
					   "Panic#1 Part1",
					   "Panic#1 Part1 \n",
					   "Panic",
					   "PanicPanicPanicPanicPanicPanicPanicPanicPanic"
					   "PanicPanicPanicPanicPanic#1 Part1\n" };
	struct dump_head head = { .part = 77 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_false(dump_head_parse(bad[i], strlen(bad[i]), &head));
	assert_int_equal(head.part, 77);
	assert_true(dump_head_parse("Oops#12 Part3\nx", 15, &head));
	assert_string_equal(head.reason, "Oops");
	assert_int_equal(head.count, 12);
	assert_int_equal(head.part, 3);
	assert_int_equal(head.len, 14);
}

static void dump_times(void **state)
{
	static const struct {
		const char *line;
		int64_t time_ns;
		const char *text;
	} lines[] = {
		{ "<3>[    1.000002] x", 1000002000, "x" },
		{ "<3>[    1.000002][    T9] x", 1000002000, "x" },
		{ "<3>[    1.000002][    T9", 1000002000, "[    T9" },
		{ "<3>[    1.000002]x", 1000002000, "x" },
		{ "<3>[    1.1000000] x", -1, "[    1.1000000] x" },
		{ "<3>[9223372036854775807.000001] x", -1,
		  "[9223372036854775807.000001] x" },
		{ "<3>[    1,000002] x", -1, "[    1,000002] x" },
		{ "<3>[    1.x] x", -1, "[    1.x] x" },
		{ "<3>[    1.000002", -1, "[    1.000002" },
		{ "<3>x\r", -1, "x" },
		{ "<3x", -1, "<3x" },
		{ "<x>x", -1, "<x>x" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		size_t len = strlen(lines[i].line);
		struct dump_line line;

		assert_int_equal(dump_line_parse(lines[i].line, len, &line), len);
		if (line.time_ns != lines[i].time_ns || line.len != strlen(lines[i].text))
			print_message("%s\n", lines[i].line);
		assert_true(line.time_ns == lines[i].time_ns);
		assert_int_equal(line.len, strlen(lines[i].text));
		assert_memory_equal(line.text, lines[i].text, line.len);
	}
}

/* A panic with nothing that says so, then with more lines than a section has room for. */
static void crashes(void **state)
{
	static const struct dump_head panic = { .reason = "Panic",
						.count = 1,
						.part = 1 };
	static struct cper_log_section section;
	struct kernel_dump dump;
	struct dump_line line;
	char text[100 * 32] = "";

	(void)state;
	kernel_dump_begin(&dump, &panic, 1, "", 0);
	assert_int_equal(kernel_dump_next(&dump, &section, &line), DUMP_SECTION);
	assert_string_equal(section.type, DUMP_CRASH);
	assert_int_equal(section.time_ns, 0);
	assert_null(cper_log_value(&section, "message"));
	assert_int_equal(kernel_dump_next(&dump, &section, &line), DUMP_END);
	for (int i = 0; i < 100; i++)
		sprintf(text + strlen(text), "<4>[    2.000%03d] line\n", i);
	kernel_dump_begin(&dump, &panic, 1, text, strlen(text));
	while (kernel_dump_next(&dump, &section, &line) == DUMP_LINE)
		;
	assert_string_equal(section.type, DUMP_CRASH);
	assert_int_equal(section.time_ns, 2000099000);
	assert_true(section.n_lines <= CPER_LOG_LINES_MAX);
	assert_true(kernel_dump_end_ns(text, strlen(text)) == 2000099000);
	assert_true(kernel_dump_end_ns("x\n", 2) == -1);
}

static void crash_numbers(void **state)
{
	static const char *const lines[] = { "reason: Panic", "count: many",
					     "log: a line" };
	struct event *event = decode_log_lines("kernel-crash", DUMP_CRASH, 3, lines);

	(void)state;
	assert_non_null(event);
	assert_text(detail_of(event, "reason"), "Panic");
	assert_absent(detail_of(event, "oops_count"));
	assert_absent(detail_of(event, "parts"));
	assert_int_equal(event->lists[0].n_rows, 1);
}

/* --- sub-buffers that end before their lost page --- */

static void cut_sub_buffers(void **state)
{
	uint8_t page[64] = { 0 };
	uint64_t commit = 48;

	(void)state;
	memcpy(page + 8, &commit, sizeof(commit));
	assert_false(subbuffer_cut(page, 16, 0));
	assert_false(subbuffer_cut(page, sizeof(page), 64)); /* behind what is there */
	assert_true(subbuffer_cut(page, sizeof(page), 32));
	memcpy(&commit, page + 8, sizeof(commit));
	assert_int_equal(commit, 16);
	assert_true(subbuffer_cut(page, sizeof(page), 8)); /* its header, too */
	memcpy(&commit, page + 8, sizeof(commit));
	assert_int_equal(commit, 0);
}

/* --- signals --- */

static void signals_that_kill(void **state)
{
	static const struct {
		int32_t number, code;
		bool is_memory;
	} cases[] = {
		{ SIGKILL, 0x80, true },	 { SIGKILL, BUS_MCEERR_AR, false },
		{ SIGBUS, BUS_MCEERR_AR, true }, { SIGBUS, BUS_MCEERR_AO, true },
		{ SIGBUS, BUS_OBJERR, false },	 { SIGBUS, 0x80, false },
	};
	struct tracepoint *tp = resolve(&format_sigbus);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct signal_facts facts;
		struct decoded decoded;
		struct raw raw;

		raw_example(&format_sigbus, &raw);
		raw_put(&raw, 8, (uint32_t)cases[i].number, 4);
		raw_put(&raw, 16, (uint32_t)cases[i].code, 4);
		assert_int_equal(decode_bytes(tp, raw.bytes, raw.len, 4096, &decoded), 1);
		signal_facts(&decoded.event, &facts);
		assert_int_equal(facts.number, cases[i].number);
		assert_int_equal(facts.is_memory, cases[i].is_memory);
		decoded.event.count = 3;
		assert_true(!strstr(told(&decoded.event), "and others") ==
			    (cases[i].number != SIGKILL));
		decoded_free(&decoded);
	}
	tracepoint_free(tp);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(own_poison_names_codes),
		cmocka_unit_test(own_poison_extent),
		cmocka_unit_test(numbers_of_lines),
		cmocka_unit_test(dump_lines),
		cmocka_unit_test(lines_were_lost),
		cmocka_unit_test(firmware_of_the_log),
		cmocka_unit_test(pcie_of_the_log),
		cmocka_unit_test(aborts_of_nobody),
		cmocka_unit_test(tlp_headers),
		cmocka_unit_test(a_section_that_nobody_takes),
		cmocka_unit_test(dumps),
		cmocka_unit_test(dump_heads),
		cmocka_unit_test(dump_times),
		cmocka_unit_test(crashes),
		cmocka_unit_test(crash_numbers),
		cmocka_unit_test(cut_sub_buffers),
		cmocka_unit_test(signals_that_kill),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
