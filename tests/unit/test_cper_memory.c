// SPDX-License-Identifier: LGPL-2.1-or-later

/* Memory errors from sections of the kernel's log. What real kernels print is in
 * test_golden_log.c; here is what they might. */

#include "unit/check.h"

#include <limits.h>
#include <string.h>

#include "cper/log.h"
#include "event/handler.h"
#include "unit/fixtures.h"

/* An event of a section with these lines; its texts live until the next. */
static struct event *decode_lines(const char *type, enum severity severity, size_t n,
				  const char *const *lines)
{
	static struct cper_log_section section;
	static uint8_t room[65536];
	static struct event event;
	struct arena arena = { room, sizeof(room), 0 };
	const struct handler *handler = handler_of("cper-memory");

	memset(&section, 0, sizeof(section));
	section.number = 9;
	section.source = 5;
	section.index = 1;
	section.severity = severity;
	copy_text(section.type, sizeof(section.type), type);
	for (size_t i = 0; i < n; i++)
		copy_text(section.lines[section.n_lines++], CPER_LOG_LINE_BYTES,
			  lines[i]);
	event_init(&event, handler->type);
	if (handler->decode_log(&section, &arena, &event) != 1)
		return NULL;
	memset(&section, 0xff, sizeof(section)); /* nothing points into it */
	return &event;
}

#define DECODE(severity, ...)                                                       \
	decode_lines("memory error", severity,                                      \
		     sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *), \
		     (const char *const[]){ __VA_ARGS__ })

static void memory_errors_of_any_severity(void **state)
{
	static const struct {
		enum severity severity;
		const char *words;
	} cases[] = {
		{ SEVERITY_INFO, "info memory error" },
		{ SEVERITY_CORRECTED, "corrected memory error" },
		{ SEVERITY_UNCORRECTED, "uncorrected memory error" },
		{ SEVERITY_FATAL, "fatal memory error" },
		{ SEVERITY_UNKNOWN, "memory error" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct event *event = DECODE(cases[i].severity, "nothing: of it");

		assert_non_null(event);
		assert_int_equal(event->severity, cases[i].severity);
		assert_int_equal(event->component, COMPONENT_MEMORY);
		assert_int_equal(event->source, SOURCE_LOG);
		assert_int_equal(event->flags, EVENT_AT_LEAST);
		assert_int_equal(event->count, 1);
		assert_int_equal(event->address_kind, ADDRESS_NONE);
		assert_number(detail_of(event, "record"), 9);
		assert_number(detail_of(event, "section"), 1);
		assert_number(detail_of(event, "firmware_source"), 5);
		assert_absent(&event->dimm);
		assert_string_equal(words_of(event), cases[i].words);
	}
}

static void other_sections_are_not_ours(void **state)
{
	static const char *const types[] = { "",
					     "memory",
					     "memory error ",
					     "PCIe error",
					     "ARM processor error",
					     "a5bc1114-6f64-4ede-b863-3e83ed7c83b1" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		assert_null(decode_lines(types[i], SEVERITY_CORRECTED, 0, NULL));
}

/* As kernels before 5.19 print it, with a space behind the colon. */
static void lines_of_older_kernels(void **state)
{
	struct event *event = DECODE(
		SEVERITY_CORRECTED, "error_status: 0x0000000000000400",
		"physical_address: 0x0000000e9d227900",
		"node: 1 card: 0 module: 2 rank: 3 bank: 257 bank_group: 1 bank_address: "
		"1 device: 12 row: 58152 column: 232 bit_position: 6 requestor_id: "
		"0x0000000000000001 responder_id: 0x0000000000000002 target_id: "
		"0x0000000000000003 chip_id: 4",
		"error_type: 2, single-bit ECC");
	static const struct {
		const char *field;
		uint64_t number;
	} numbers[] = {
		{ "error_status", 0x400 },
		{ "physical_address", 0xe9d227900 },
		{ "node", 1 },
		{ "card", 0 },
		{ "module", 2 },
		{ "rank", 3 },
		{ "bank", 257 },
		{ "bank_group", 1 },
		{ "bank_address", 1 },
		{ "device", 12 },
		{ "row", 58152 },
		{ "column", 232 },
		{ "bit_position", 6 },
		{ "requestor_id", 1 },
		{ "responder_id", 2 },
		{ "target_id", 3 },
		{ "chip_id", 4 },
		{ "error_type", 2 },
	};

	(void)state;
	assert_non_null(event);
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		assert_number(detail_of(event, numbers[i].field), numbers[i].number);
	assert_absent(detail_of(event, "error_status_text"));
	assert_absent(detail_of(event, "physical_address_mask"));
	assert_int_equal(event->address_kind, ADDRESS_PHYSICAL);
	assert_int_equal(event->address, 0xe9d227900);
	assert_int_equal(event->address_mask, 0);
	assert_string_equal(words_of(event),
			    "corrected memory error at 0xe9d227900, node 1 card 0 module "
			    "2 rank 3 bank 257 row 58152 column 232: single-bit ECC");
}

/* What is not a whole number is not there; it is not 0, and nothing else suffers. */
static void numbers_that_are_none(void **state)
{
	static const char *const fields[] = { "node", "card",	"module", "rank",
					      "bank", "device", "row" };
	struct event *event = DECODE(
		SEVERITY_CORRECTED, "error_status: what (0x400",
		"physical_address: 0x12345678123456789", "physical_address_mask: 0xffg",
		"node: card:-1 module:0x rank:1x bank:99999999999999999999999999 "
		"device:184467440737095516160 row: column:7 bit_position",
		"error_type: , what", "DIMM location: not present. DMI handle: x");

	(void)state;
	assert_non_null(event);
	assert_int_equal(event->address_kind, ADDRESS_NONE);
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		assert_absent(detail_of(event, fields[i]));
	assert_absent(detail_of(event, "error_status"));
	assert_absent(detail_of(event, "physical_address"));
	assert_absent(detail_of(event, "physical_address_mask"));
	assert_absent(detail_of(event, "bit_position"));
	assert_absent(detail_of(event, "error_type"));
	assert_absent(detail_of(event, "dmi_handle"));
	assert_absent(&event->dimm);
	assert_string_equal(words_of(event), "corrected memory error, column 7: what");
}

/* A mask without an address is no address; the address as it is, else. */
static void addresses(void **state)
{
	struct event *event =
		DECODE(SEVERITY_CORRECTED, "physical_address_mask: 0xffffffffffffffc0");

	(void)state;
	assert_int_equal(event->address_kind, ADDRESS_NONE);
	assert_int_equal(event->address_mask, 0);
	event = DECODE(SEVERITY_CORRECTED, "physical_address: 0x0000000000000000",
		       "physical_address_mask: 0xffffffffffffffc0");
	assert_int_equal(event->address_kind, ADDRESS_PHYSICAL);
	assert_int_equal(event->address, 0);
	assert_int_equal(event->address_mask, 0xffffffffffffffc0);
}

static void modules(void **state)
{
	struct event *event =
		DECODE(SEVERITY_CORRECTED, "DIMM location: BANK 0 DIMM\x1b A",
		       "error_type: 99, unknown");

	(void)state;
	assert_text(&event->dimm, "BANK 0 DIMM\x1b A");
	assert_absent(detail_of(event, "dmi_handle"));
	assert_string_equal(words_of(event),
			    "corrected memory error on BANK 0 DIMM\\x1b A: unknown");
	event = DECODE(SEVERITY_CORRECTED,
		       "DIMM location: not present. DMI handle: 0x1fff", "error_type: 7");
	assert_absent(&event->dimm);
	assert_number(detail_of(event, "dmi_handle"), 0x1fff);
	assert_string_equal(words_of(event), "corrected memory error: error type 7");
}

/* Without room for texts there are numbers. */
static void without_an_arena(void **state)
{
	static const struct cper_log_section section = {
		.source = UINT_MAX,
		.type = "memory error",
		.n_lines = 3,
		.lines = { "fru_text: A1", "error_status: x (0x400)",
			   "error_type: 2, single-bit ECC" },
	};
	const struct handler *handler = handler_of("cper-memory");
	struct arena arena = { NULL, 0, 0 };
	struct event event;

	(void)state;
	event_init(&event, handler->type);
	assert_int_equal(handler->decode_log(&section, &arena, &event), 1);
	assert_absent(detail_of(&event, "firmware_source"));
	assert_absent(detail_of(&event, "fru_text"));
	assert_number(detail_of(&event, "error_status"), 0x400);
	assert_number(detail_of(&event, "error_type"), 2);
	assert_absent(detail_of(&event, "error_type_text"));
}

/* It is the one that no tracepoint feeds. */
static void its_handler_has_no_tracepoint(void **state)
{
	const struct handler *handler = handler_of("cper-memory");

	(void)state;
	assert_null(handler->tracepoints[0].name);
	assert_true(handler->decode == NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_errors_of_any_severity),
		cmocka_unit_test(other_sections_are_not_ours),
		cmocka_unit_test(lines_of_older_kernels),
		cmocka_unit_test(numbers_that_are_none),
		cmocka_unit_test(addresses),
		cmocka_unit_test(modules),
		cmocka_unit_test(without_an_arena),
		cmocka_unit_test(its_handler_has_no_tracepoint),
	};

	return cmocka_run_group_tests_name("cper_memory", tests, NULL, NULL);
}
