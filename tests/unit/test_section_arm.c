// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * ARM sections, as bytes and in the kernel's log; what tracepoints have of them is in
 * test_arm.c and test_golden.c. Lines that no recording in tests/golden has are written
 * as cper_print_proc_arm() does.
 */

#include "unit/check.h"

#include <stdlib.h>
#include <string.h>

#include "unit/cper_fixture.h"
#include "unit/section_fixture.h"
#include "util/bytes.h"

#define HEADER_BYTES 40

static const struct guid type = GUID_ARM;

static uint8_t *golden_bytes(const char *name, size_t *ret_len)
{
	const char *top = getenv("top_srcdir");
	char path[4096];
	uint8_t *bytes;

	snprintf(path, sizeof(path), "%s/tests/golden/6.12/%s.cper", top ? top : ".",
		 name);
	bytes = read_whole(path, ret_len);
	assert_non_null(bytes);
	return bytes;
}

/* Everything a recorded section has, each number from its place. */
static void golden(void **state)
{
	size_t len;
	uint8_t *bytes = golden_bytes("arm", &len);
	struct event *event = decode_section(type, bytes, len);
	const uint8_t *at = bytes + HEADER_BYTES + 2 * 32;

	(void)state;
	assert_string_equal(event->type->name, "arm");
	assert_int_equal(event->severity, SEVERITY_CORRECTED);
	assert_int_equal(event->component, COMPONENT_CACHE);
	assert_number(detail_of(event, "mpidr"), 0x80000000);
	assert_number(detail_of(event, "midr"), 0x413fd0c1);
	assert_number(detail_of(event, "affinity_level"), 1);
	assert_number(detail_of(event, "running_state"), 1);
	assert_number(detail_of(event, "psci_state"), 0);
	assert_number(detail_of(event, "lengths_lie"), 0);
	assert_absent(detail_of(event, "incomplete"));
	assert_int_equal(rows_of(event, "errors"), 2);
	assert_text(cell_of(event, "errors", 0, "type"), "cache");
	assert_number(cell_of(event, "errors", 0, "validation"), 0xf);
	assert_number(cell_of(event, "errors", 0, "length"), 32);
	assert_text(cell_of(event, "errors", 1, "type"), "tlb");
	assert_number(cell_of(event, "errors", 1, "multiple_error"), 5);
	assert_number(cell_of(event, "errors", 1, "physical_address"), 0x8012345000);
	assert_int_equal(rows_of(event, "contexts"), 2);
	assert_int_equal(rows_of(event, "registers"), 32 + 17);
	for (size_t i = 0; i < 32; i++)
		assert_number(cell_of(event, "registers", i, "value"),
			      load_le64(at + 8 + 8 * i));
	assert_text(cell_of(event, "registers", 32, "name"), "ELR_EL1");
	assert_bytes(detail_of(event, "vendor_bytes"), "the vendor's 24 bytes...", 24);
	free(bytes);
	bytes = golden_bytes("arm-el2-misc", &len);
	event = decode_section(type, bytes, len);
	free(bytes);
	assert_int_equal(event->component, COMPONENT_BUS);
	assert_absent(detail_of(event, "affinity_level"));
	assert_number(detail_of(event, "running_state"), 0);
	assert_int_equal(rows_of(event, "contexts"), 2);
	assert_text(cell_of(event, "registers", 15, "name"), "S3_0_C5_C15_0");
	assert_absent(detail_of(event, "vendor_bytes"));
	assert_number(detail_of(event, "lengths_lie"), 0);
}

/* A header alone; and nothing in it valid but MIDR, which has no bit. */
static void bare(void **state)
{
	static const struct put puts[] = {
		{ 8, 4, 40 }, { 12, 1, 3 }, { 16, 8, 7 }, { 24, 8, 0x410fd490 }, { 0 }
	};
	uint8_t bytes[HEADER_BYTES];
	struct event *event =
		decode_section(type, put_all(bytes, sizeof(bytes), puts), sizeof(bytes));

	(void)state;
	assert_string_equal(event->type->name, "arm");
	assert_number(detail_of(event, "midr"), 0x410fd490);
	assert_absent(detail_of(event, "mpidr"));
	assert_absent(detail_of(event, "affinity_level"));
	assert_absent(detail_of(event, "running_state"));
	assert_int_equal(rows_of(event, "errors"), 0);
	assert_number(detail_of(event, "lengths_lie"), 0);
	assert_int_equal(event->component, COMPONENT_CPU);
}

/* Cut anywhere, it says so; what was whole in front of the cut is there. */
static void cut(void **state)
{
	static const char *const names[] = { "arm", "arm-el2-misc" };

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(names); n++) {
		size_t whole;
		uint8_t *bytes = golden_bytes(names[n], &whole);

		for (size_t len = 0; len < whole; len++) {
			struct event *event = decode_section(type, bytes, len);
			size_t errors =
				len < HEADER_BYTES ? 0 : (len - HEADER_BYTES) / 32;

			assert_non_null(event);
			if (len < HEADER_BYTES) {
				assert_string_equal(event->type->name, "non-standard");
				continue;
			}
			assert_number(detail_of(event, "incomplete"), 1);
			assert_int_equal(rows_of(event, "errors"),
					 MIN(errors, (size_t)load_le16(bytes + 4)));
		}
		free(bytes);
	}
}

/* The numbers of structures and the section's own length, wrong in every way. */
static void lies(void **state)
{
	static const uint32_t numbers[] = { 0,	    1,	    3,		4,
					    0x10,   0x27,   0x28,	0x68,
					    0x7fff, 0xffff, 0x7fffffff, 0xffffffff };
	static const struct {
		size_t at, width;
	} places[] = { { 4, 2 }, { 6, 2 }, { 8, 4 } };
	size_t len;
	uint8_t *bytes = golden_bytes("arm", &len);

	(void)state;
	for (size_t p = 0; p < ARRAY_SIZE(places); p++)
		for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
			uint8_t *copy = copy_of(bytes, len);
			struct event *event;

			for (size_t b = 0; b < places[p].width; b++)
				copy[places[p].at + b] = (uint8_t)(numbers[i] >> 8 * b);
			event = decode_section(type, copy, len);
			assert_non_null(event);
			assert_string_equal(event->type->name, "arm");
			/* fewer structures than there are make the rest the vendor's; one
			 * or two errors more are made of registers, and nothing shows it
			 */
			if (places[p].at == 8 || numbers[i] > 4)
				assert_true(detail_of(event, "lengths_lie")->i == 1 ||
					    detail_of(event, "incomplete")->i == 1);
			free(copy);
		}
	free(bytes);
}

/* What pads the section is nobody's; what does not is told. */
static void behind_its_end(void **state)
{
	uint8_t bytes[HEADER_BYTES + 32 + 16];
	static const struct put puts[] = {
		{ 4, 2, 1 }, { 8, 4, 72 }, { 44, 1, 4 }, { 0 }
	};
	struct event *event =
		decode_section(type, put_all(bytes, sizeof(bytes), puts), sizeof(bytes));

	(void)state;
	assert_number(detail_of(event, "lengths_lie"), 0);
	assert_absent(detail_of(event, "vendor_bytes"));
	bytes[sizeof(bytes) - 1] = 1;
	event = decode_section(type, bytes, sizeof(bytes));
	assert_number(detail_of(event, "lengths_lie"), 1);
	assert_bytes(detail_of(event, "vendor_bytes"), bytes + 72, 16);
}

/* --- the log --- */

static void golden_log(void **state)
{
	static const char *const kernels[] = { "6.1", "6.12" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(kernels); i++) {
		struct event *event =
			decode_golden_log("arm", kernels[i], "log-sections", 1);

		assert_non_null(event);
		assert_int_equal(event->severity, SEVERITY_CORRECTED);
		assert_int_equal(event->component, COMPONENT_CACHE);
		assert_int_equal(event->source, SOURCE_LOG);
		assert_int_equal(event->flags, EVENT_AT_LEAST);
		assert_int_equal(event->address_kind, ADDRESS_PHYSICAL);
		assert_int_equal(event->address, 0x1234567000);
		assert_number(detail_of(event, "section"), 1);
		assert_number(detail_of(event, "midr"), 0);
		assert_number(detail_of(event, "mpidr"), 0x80000000);
		assert_absent(detail_of(event, "affinity_level"));
		assert_number(detail_of(event, "running_state"), 1);
		assert_number(detail_of(event, "psci_state"), 0);
		assert_absent(detail_of(event, "lengths_lie"));
		assert_absent(detail_of(event, "incomplete"));
		assert_int_equal(rows_of(event, "errors"), 1);
		assert_text(cell_of(event, "errors", 0, "type"), "cache");
		assert_number(cell_of(event, "errors", 0, "type_raw"), 2);
		assert_number(cell_of(event, "errors", 0, "error_info"), 0x48d0017);
		assert_number(cell_of(event, "errors", 0, "first_error"), 1);
		assert_number(cell_of(event, "errors", 0, "last_error"), 0);
		assert_text(cell_of(event, "errors", 0, "operation"), "data read");
		assert_number(cell_of(event, "errors", 0, "level"), 2);
		assert_absent(cell_of(event, "errors", 0, "multiple_error"));
		assert_absent(cell_of(event, "errors", 0, "validation"));
		assert_absent(cell_of(event, "errors", 0, "virtual_address"));
		assert_int_equal(rows_of(event, "contexts"), 1);
		assert_number(cell_of(event, "contexts", 0, "type"), 4);
		assert_number(cell_of(event, "contexts", 0, "size"), 256);
		assert_int_equal(rows_of(event, "registers"), 32);
		for (size_t r = 0; r < 32; r++)
			assert_number(cell_of(event, "registers", r, "value"), r);
		assert_text(cell_of(event, "registers", 31, "name"), "SP");
		assert_bytes(detail_of(event, "vendor_bytes"), "vendor", 6);
	}
}

#define DECODE(...)                                                                     \
	decode_log_lines("arm", "ARM processor error",                                  \
			 sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *), \
			 (const char *const[]){ __VA_ARGS__ })

/* Several errors in the words of older kernels, and every flag. */
static void older_words(void **state)
{
	struct event *event = DECODE(
		"MIDR: 0x00000000481fd010", "error affinity level: 2",
		"Error info structure 0:", "num errors: 4", "first error captured",
		"last error captured", "propagated error captured",
		"overflow occurred, error info is incomplete", "error_type: 2, bus error",
		"error_info: 0x00000fffc0c60f87", "transaction type: Generic",
		"Error info structure 1:", "num errors: 1", "error_type: 1, TLB error",
		"virtual fault address: 0xffff800012345678",
		"Error info structure 2:", "num errors: 65536",
		"error_type: 3, micro-architectural error",
		"error_info: 0x1122334455667788",
		"physical fault address: 0x0000008012345000", "Context info structure 0:",
		"register context type: Misc. system register structure",
		"00000000: f8 42 88 77 66 55 44 33 22 11", "Context info structure 1:",
		"register context type: AArch32 secure context registers",
		"00000000: 00000011 00000022");

	(void)state;
	assert_non_null(event);
	assert_number(detail_of(event, "affinity_level"), 2);
	assert_absent(detail_of(event, "mpidr"));
	assert_int_equal(event->component, COMPONENT_BUS);
	assert_int_equal(rows_of(event, "errors"), 3);
	assert_text(cell_of(event, "errors", 0, "type"), "bus");
	assert_number(cell_of(event, "errors", 0, "multiple_error"), 3);
	assert_number(cell_of(event, "errors", 0, "first_error"), 1);
	assert_number(cell_of(event, "errors", 0, "last_error"), 1);
	assert_number(cell_of(event, "errors", 0, "propagated"), 1);
	assert_number(cell_of(event, "errors", 0, "overflow"), 1);
	assert_text(cell_of(event, "errors", 0, "access_mode"), "normal");
	assert_text(cell_of(event, "errors", 1, "type"), "tlb");
	assert_absent(cell_of(event, "errors", 1, "first_error"));
	assert_absent(cell_of(event, "errors", 1, "error_info"));
	assert_number(cell_of(event, "errors", 1, "virtual_address"), 0xffff800012345678);
	assert_text(cell_of(event, "errors", 2, "type"), "micro-architectural");
	assert_number(cell_of(event, "errors", 2, "multiple_error"), 65535);
	assert_int_equal(event->address_kind, ADDRESS_PHYSICAL);
	assert_int_equal(event->address, 0x8012345000);
	assert_int_equal(rows_of(event, "contexts"), 2);
	assert_int_equal(rows_of(event, "registers"), 3);
	assert_text(cell_of(event, "registers", 0, "name"), "S3_0_C5_C15_0");
	assert_number(cell_of(event, "registers", 0, "value"), 0x1122334455667788);
	assert_text(cell_of(event, "registers", 2, "name"), "SPSR_mon");
	assert_number(cell_of(event, "registers", 2, "value"), 0x22);
	assert_absent(detail_of(event, "vendor_bytes"));
}

/* All nine sets of registers by the kernel's names for them. */
static void every_context(void **state)
{
	static const struct {
		const char *name, *set;
	} cases[] = {
		{ "AArch32 general purpose registers", "AArch32 general purpose" },
		{ "AArch32 EL1 context registers", "AArch32 EL1" },
		{ "AArch32 EL2 context registers", "AArch32 EL2" },
		{ "AArch32 secure context registers", "AArch32 secure" },
		{ "AArch64 general purpose registers", "AArch64 general purpose" },
		{ "AArch64 EL1 context registers", "AArch64 EL1" },
		{ "AArch64 EL2 context registers", "AArch64 EL2" },
		{ "AArch64 EL3 context registers", "AArch64 EL3" },
		{ "Misc. system register structure", "miscellaneous system register" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char line[80];
		struct event *event;

		snprintf(line, sizeof(line), "register context type: %s", cases[i].name);
		event = DECODE("Context info structure 0:", line, "00000000: 00000011");
		assert_number(cell_of(event, "contexts", 0, "type"), i);
		assert_text(cell_of(event, "contexts", 0, "register_set"), cases[i].set);
		/* not the size of that set */
		assert_int_equal(rows_of(event, "registers"), 0);
		assert_bytes(cell_of(event, "contexts", 0, "unknown_registers"),
			     "\x11\0\0\0", 4);
	}
}

static void what_the_kernel_calls_wrong(void **state)
{
	struct event *event = DECODE("MIDR: 0x0000000000000001", "section length: 40",
				     "section length is too small",
				     "firmware-generated error record is incorrect",
				     "ERR_INFO_NUM is 3");

	(void)state;
	assert_number(detail_of(event, "incomplete"), 1);
	assert_absent(detail_of(event, "lengths_lie"));
	assert_int_equal(rows_of(event, "errors"), 0);
	event = DECODE("Context info structure 0:", "Invalid context type: 9 (max: 8)");
	assert_number(detail_of(event, "incomplete"), 1);
	assert_absent(detail_of(event, "lengths_lie"));
	assert_number(cell_of(event, "contexts", 0, "type"), 9);
	/* kernel 7.3, of a section that is right */
	event = DECODE("Context info structure 0:", "section length is too small",
		       "firmware-generated error record is incorrect");
	assert_number(detail_of(event, "incomplete"), 1);
	assert_int_equal(rows_of(event, "contexts"), 1);
	assert_absent(cell_of(event, "contexts", 0, "type"));
	assert_absent(cell_of(event, "contexts", 0, "size"));
	assert_absent(cell_of(event, "contexts", 0, "unknown_registers"));
}

/* Lines that are missing, out of order or no lines of it. */
static void torn_lines(void **state)
{
	struct event *event =
		DECODE("num errors: 7", "error_type: 0x02: cache error",
		       "00000000: 11111111", "Error info structure 0:", "num errors: 0",
		       "num errors: 65537", "error_type: what", "error_info: 0x",
		       "Context info structure 0:", "register context type: AArch64 what",
		       "00000000: 00000001 00000002", "00000020: 00000003",
		       "Error info structure 1:",
		       "Vendor specific error info has 6 bytes:", "0000000: 00",
		       "00000000: zz", "00000000: 01 02 03", "Context info structure 1:");

	(void)state;
	assert_int_equal(rows_of(event, "errors"), 1);
	assert_number(cell_of(event, "errors", 0, "type_raw"), 0);
	assert_absent(cell_of(event, "errors", 0, "multiple_error"));
	assert_absent(cell_of(event, "errors", 0, "error_info"));
	assert_int_equal(rows_of(event, "contexts"), 1);
	assert_absent(cell_of(event, "contexts", 0, "type"));
	assert_number(cell_of(event, "contexts", 0, "size"), 8);
	assert_number(detail_of(event, "incomplete"), 1);
	assert_bytes(detail_of(event, "vendor_bytes"), "\1\2\3", 3);
	assert_null(decode_log_lines("arm", "memory error", 0, NULL));
	event = decode_log_lines("arm", "ARM processor error", 0, NULL);
	assert_string_equal(words_of(event), "processor error");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden),
		cmocka_unit_test(bare),
		cmocka_unit_test(cut),
		cmocka_unit_test(lies),
		cmocka_unit_test(behind_its_end),
		cmocka_unit_test(golden_log),
		cmocka_unit_test(older_words),
		cmocka_unit_test(every_context),
		cmocka_unit_test(what_the_kernel_calls_wrong),
		cmocka_unit_test(torn_lines),
	};

	return cmocka_run_group_tests_name("section_arm", tests, NULL, NULL);
}
