// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * PCIe sections, as bytes and in the kernel's log, and aer_event. Of the log there are
 * real lines for port type and version only (log-sections.kmsg in tests/golden); the
 * others are written as cper_print_pcie() does. No kernel here has aer_event with
 * bus_type: that format file is written from include/ras/ras_event.h.
 */

#include "unit/check.h"

#include <stdlib.h>
#include <string.h>

#include "unit/section_fixture.h"

#define SECTION_BYTES 208

static const struct guid type = GUID_PCIE;

static const struct put every[] = { { 0, 8, 0xff },	    { 8, 4, 4 },
				    { 12, 1, 1 },	    { 13, 1, 3 },
				    { 16, 2, 0x106 },	    { 18, 2, 0x10 },
				    { 24, 2, 0x8086 },	    { 26, 2, 0x10d3 },
				    { 28, 3, 0x060400 },    { 31, 1, 7 },
				    { 32, 1, 0x1f },	    { 33, 2, 0x1234 },
				    { 35, 1, 0xa0 },	    { 36, 1, 0xa1 },
				    { 37, 2, 9 << 3 | 7 },  { 40, 8, 0x1122334455667788 },
				    { 48, 2, 0x2000 },	    { 50, 2, 0x3 },
				    { 52, 1, 0x10 },	    { 111, 1, 0x60 },
				    { 112, 4, 0x00020001 }, { 116, 4, 0x04040000 },
				    { 120, 4, 0x00400000 }, { 124, 4, 0x00062030 },
				    { 128, 4, 0x1040 },	    { 132, 4, 0x2000 },
				    { 136, 4, 0x12 },	    { 140, 4, 0x4a000001 },
				    { 144, 4, 2 },	    { 148, 4, 3 },
				    { 152, 4, 0xffffffff }, { 156, 4, 7 },
				    { 160, 4, 0x54 },	    { 164, 2, 0xa008 },
				    { 166, 2, 0xa010 },	    { 168, 1, 0x77 },
				    { 207, 1, 0x88 },	    { 0 } };

struct number {
	const char *field;
	uint64_t number;
};

static const struct number expected[] = {
	{ "port_type", 4 },
	{ "version_major", 3 },
	{ "version_minor", 1 },
	{ "command", 0x106 },
	{ "status", 0x10 },
	{ "segment", 0x1234 },
	{ "bus", 0xa0 },
	{ "device_number", 0x1f },
	{ "function", 7 },
	{ "slot", 9 },
	{ "secondary_bus", 0xa1 },
	{ "vendor_id", 0x8086 },
	{ "device_id", 0x10d3 },
	{ "class_code", 0x060400 },
	{ "serial_number", 0x1122334455667788 },
	{ "secondary_status", 0x2000 },
	{ "bridge_control", 3 },
	{ "uncorrectable_status", 0x04040000 },
	{ "uncorrectable_mask", 0x00400000 },
	{ "uncorrectable_severity", 0x00062030 },
	{ "correctable_status", 0x1040 },
	{ "correctable_mask", 0x2000 },
	{ "aer_control", 0x12 },
	{ "root_command", 7 },
	{ "root_status", 0x54 },
	{ "correctable_source", 0xa008 },
	{ "uncorrectable_source", 0xa010 },
};

static void every_field(void **state)
{
	uint8_t bytes[SECTION_BYTES];
	struct event *event =
		decode_section(type, put_all(bytes, sizeof(bytes), every), sizeof(bytes));

	(void)state;
	assert_string_equal(event->type->name, "cper-pcie");
	assert_int_equal(event->severity, SEVERITY_CORRECTED);
	assert_int_equal(event->component, COMPONENT_PCIE);
	assert_text(&event->device, "1234:a0:1f.7");
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++)
		assert_number(detail_of(event, expected[i].field), expected[i].number);
	assert_text(detail_of(event, "port_type_text"), "root port");
	assert_text(detail_of(event, "uncorrectable_text"),
		    "malformed TLP, poisoned TLP egress blocked");
	assert_text(detail_of(event, "correctable_text"),
		    "bad TLP, replay timer timeout");
	assert_text(detail_of(event, "tlp_header"),
		    "4a000001 00000002 00000003 ffffffff");
	assert_bytes(detail_of(event, "capability"), bytes + 52, 60);
	assert_bytes(detail_of(event, "tlp_prefix_log"), bytes + 168, 40);
	assert_absent(detail_of(event, "incomplete"));
	assert_string_equal(words_of(event),
			    "corrected PCIe error at 1234:a0:1f.7 (root port): malformed "
			    "TLP, poisoned TLP egress blocked; bad TLP, replay timer "
			    "timeout");
}

static void nothing_is_valid(void **state)
{
	uint8_t bytes[SECTION_BYTES];
	struct event *event;

	(void)state;
	put_all(bytes, sizeof(bytes), every);
	memset(bytes, 0, 8);
	event = decode_section(type, bytes, sizeof(bytes));
	for (size_t i = 0; i < event->type->n_fields; i++)
		assert_int_equal(event->detail[i].kind, VALUE_NONE);
	assert_absent(&event->device);
	assert_string_equal(words_of(event), "corrected PCIe error");
}

static void cut(void **state)
{
	uint8_t bytes[SECTION_BYTES];

	(void)state;
	put_all(bytes, sizeof(bytes), every);
	for (size_t len = 0; len < sizeof(bytes); len++) {
		struct event *event = decode_section(type, bytes, len);

		assert_non_null(event);
		if (len < 8)
			assert_string_equal(event->type->name, "non-standard");
		else
			assert_number(detail_of(event, "incomplete"), 1);
		if (len >= 8 && len < 36)
			assert_absent(&event->device);
	}
}

static uint8_t *golden_bytes(const char *kernel, size_t *ret_len)
{
	const char *top = getenv("top_srcdir");
	char path[4096];
	uint8_t *bytes;

	snprintf(path, sizeof(path), "%s/tests/golden/%s/aer.cper", top ? top : ".",
		 kernel);
	bytes = read_whole(path, ret_len);
	assert_non_null(bytes);
	return bytes;
}

static void golden(void **state)
{
	size_t len;
	uint8_t *bytes = golden_bytes("6.12", &len);
	struct event *event = decode_section(type, bytes, len);

	(void)state;
	free(bytes);
	assert_text(&event->device, "0000:01:00.0");
	assert_number(detail_of(event, "version_major"), 3);
	assert_number(detail_of(event, "class_code"), 0x020000);
	assert_absent(detail_of(event, "serial_number"));
	assert_absent(detail_of(event, "incomplete"));
	assert_string_equal(words_of(event),
			    "corrected PCIe error at 0000:01:00.0 (PCIe endpoint): bad "
			    "TLP, replay timer timeout");
}

/* --- the log --- */

static void golden_log(void **state)
{
	static const char *const kernels[] = { "6.1", "6.12" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(kernels); i++) {
		struct event *event =
			decode_golden_log("cper-pcie", kernels[i], "log-sections", 3);

		assert_non_null(event);
		assert_int_equal(event->severity, SEVERITY_CORRECTED);
		assert_int_equal(event->component, COMPONENT_PCIE);
		assert_int_equal(event->source, SOURCE_LOG);
		assert_int_equal(event->flags, EVENT_AT_LEAST);
		assert_number(detail_of(event, "section"), 3);
		assert_number(detail_of(event, "port_type"), 0);
		assert_text(detail_of(event, "port_type_text"), "PCIe endpoint");
		assert_number(detail_of(event, "version_major"), 3);
		assert_number(detail_of(event, "version_minor"), 0);
		assert_absent(detail_of(event, "vendor_id"));
		assert_absent(&event->device);
		assert_string_equal(words_of(event),
				    "corrected PCIe error (PCIe endpoint)");
	}
}

static const char *const lines[] = {
	"port_type: 4, root port",
	"version: 3.1",
	"command: 0x0106, status: 0x0010",
	"device_id: 1234:a0:1f.7",
	"slot: 9",
	"secondary_bus: 0xa1",
	"vendor_id: 0x8086, device_id: 0x10d3",
	"class_code: 060400",
	"serial number: 0x55667788, 0x11223344",
	"bridge: secondary_status: 0x2000, control: 0x0003",
	"aer_cor_status: 0x00001040, aer_cor_mask: 0x00002000",
	"aer_uncor_status: 0x04040000, aer_uncor_mask: 0x00400000",
	"aer_uncor_severity: 0x00062030",
	"TLP Header: 4a000001 00000002 00000003 ffffffff",
};

/* What the log does not have. */
static bool is_logged(const char *field)
{
	static const char *const not_logged[] = { "aer_control", "root_command",
						  "root_status", "correctable_source",
						  "uncorrectable_source" };

	for (size_t i = 0; i < ARRAY_SIZE(not_logged); i++)
		if (!strcmp(field, not_logged[i]))
			return false;
	return true;
}

static void every_line(void **state)
{
	struct event *event =
		decode_log_lines("cper-pcie", "PCIe error", ARRAY_SIZE(lines), lines);

	(void)state;
	assert_non_null(event);
	assert_number(detail_of(event, "record"), 9);
	assert_number(detail_of(event, "firmware_source"), 5);
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++)
		if (is_logged(expected[i].field))
			assert_number(detail_of(event, expected[i].field),
				      expected[i].number);
		else
			assert_absent(detail_of(event, expected[i].field));
	assert_text(detail_of(event, "tlp_header"),
		    "4a000001 00000002 00000003 ffffffff");
	assert_string_equal(words_of(event),
			    "corrected PCIe error at 1234:a0:1f.7 (root port): malformed "
			    "TLP, poisoned TLP egress blocked; bad TLP, replay timer "
			    "timeout");
}

static void lines_that_are_none(void **state)
{
	static const char *const garbage[] = { "port_type: , root",
					       "version: 3",
					       "command: , status: x",
					       "device_id: 1234:a0-1f.7",
					       "slot: ",
					       "vendor_id: 0x8086 device_id:",
					       "class_code: 06040000000000000",
					       "serial number: 0x1",
					       "bridge:" };
	struct event *event =
		decode_log_lines("cper-pcie", "PCIe error", ARRAY_SIZE(garbage), garbage);

	(void)state;
	assert_non_null(event);
	assert_absent(&event->device);
	assert_absent(detail_of(event, "port_type"));
	assert_absent(detail_of(event, "version_major"));
	assert_absent(detail_of(event, "command"));
	assert_absent(detail_of(event, "status"));
	assert_absent(detail_of(event, "slot"));
	assert_absent(detail_of(event, "device_id"));
	assert_absent(detail_of(event, "class_code"));
	assert_absent(detail_of(event, "serial_number"));
	assert_null(decode_log_lines("cper-pcie", "memory error", 0, NULL));
}

/* --- aer_event --- */

#define COMMON                                                                         \
	"name: aer_event\nID: 1233\nformat:\n"                                         \
	"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"         \
	"\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n"         \
	"\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n" \
	"\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n"                   \
	"\tfield:__data_loc char[] dev_name;\toffset:8;\tsize:4;\tsigned:0;\n"         \
	"\tfield:u32 status;\toffset:12;\tsize:4;\tsigned:0;\n"                        \
	"\tfield:u8 severity;\toffset:16;\tsize:1;\tsigned:0;\n"                       \
	"\tfield:u8 tlp_header_valid;\toffset:17;\tsize:1;\tsigned:0;\n"               \
	"\tfield:u32 tlp_header[4];\toffset:20;\tsize:16;\tsigned:0;\n"
#define WITHOUT_BUS COMMON "\nprint fmt: \"%s\", __get_str(dev_name)\n"
#define WITH_BUS                                                                       \
	COMMON "\tfield:__data_loc char[] bus_type;\toffset:36;\tsize:4;\tsigned:0;\n" \
	       "\nprint fmt: \"%s\", __get_str(dev_name)\n"

static void put_record(struct raw *raw, uint32_t status, uint8_t severity,
		       const char *bus)
{
	raw_begin(raw, 1233, 10, bus ? 40 : 36);
	raw_put(raw, 12, status, 4);
	raw_put(raw, 16, severity, 1);
	raw_put(raw, 17, severity != 2, 1);
	raw_put(raw, 20, 0x4a000001, 4);
	raw_put(raw, 32, 0xfedcba98, 4);
	raw_put_data(raw, 8, "0000:01:00.0", 13);
	if (bus)
		raw_put_data(raw, 36, bus, strlen(bus) + 1);
}

static void decode_aer(const char *format, const struct raw *raw, struct decoded *decoded)
{
	int error;
	struct tracepoint *tp =
		resolve_text(handler_of("aer"), "ras:aer_event", format, &error);

	assert_non_null(tp);
	assert_int_equal(decode_bytes(tp, raw->bytes, raw->len, 4096, decoded), 1);
	tracepoint_free(tp);
}

static void aer_events(void **state)
{
	static const struct {
		uint32_t status;
		uint8_t number;
		const char *bus;
		enum severity severity;
		enum component component;
		const char *words;
	} cases[] = {
		{ 0x1040, 2, NULL, SEVERITY_CORRECTED, COMPONENT_PCIE,
		  "corrected PCIe error at 0000:01:00.0: bad TLP, replay timer timeout" },
		{ 0x84000000, 0, "PCIe", SEVERITY_UNCORRECTED, COMPONENT_PCIE,
		  "uncorrected PCIe error at 0000:01:00.0: poisoned TLP egress blocked, "
		  "TLP translation egress blocked, TLP header 4a000001 00000000 00000000 "
		  "fedcba98" },
		{ 1 << 18, 1, "CXL", SEVERITY_FATAL, COMPONENT_CXL,
		  "fatal CXL bus error at 0000:01:00.0: malformed TLP, TLP header 4a000001 "
		  "00000000 00000000 fedcba98" },
		{ 1 << 18, 3, "PCIe", SEVERITY_FATAL, COMPONENT_PCIE,
		  "fatal PCIe error at 0000:01:00.0: malformed TLP, TLP header 4a000001 "
		  "00000000 00000000 fedcba98" },
		{ 0, 4, "", SEVERITY_UNKNOWN, COMPONENT_PCIE,
		  "PCIe error at 0000:01:00.0, TLP header 4a000001 00000000 00000000 "
		  "fedcba98" },
		{ 2, 2, "PCIe", SEVERITY_CORRECTED, COMPONENT_PCIE,
		  "corrected PCIe error at 0000:01:00.0: bit 1" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct decoded decoded;
		struct raw raw;

		put_record(&raw, cases[i].status, cases[i].number, cases[i].bus);
		decode_aer(cases[i].bus ? WITH_BUS : WITHOUT_BUS, &raw, &decoded);
		assert_int_equal(decoded.event.severity, cases[i].severity);
		assert_int_equal(decoded.event.component, cases[i].component);
		assert_text(&decoded.event.device, "0000:01:00.0");
		assert_number(detail_of(&decoded.event, "status"), cases[i].status);
		assert_number(detail_of(&decoded.event, "aer_severity"), cases[i].number);
		if (cases[i].bus)
			assert_text(detail_of(&decoded.event, "bus_type"), cases[i].bus);
		else
			assert_absent(detail_of(&decoded.event, "bus_type"));
		assert_string_equal(words_of(&decoded.event), cases[i].words);
		decoded_free(&decoded);
	}
}

/* A bit is named once, and no two alike, in either register. */
static void every_bit(void **state)
{
	static uint8_t bytes[SECTION_BYTES];
	char seen[2][32][40] = { { "" } };

	(void)state;
	for (unsigned int i = 0; i < 32; i++) {
		static const char *const fields[] = { "uncorrectable_text",
						      "correctable_text" };
		const struct put puts[] = {
			{ 0, 8, 0x80 }, { 116, 4, 1u << i }, { 128, 4, 1u << i }, { 0 }
		};
		struct event *event = decode_section(
			type, put_all(bytes, sizeof(bytes), puts), sizeof(bytes));

		for (size_t f = 0; f < 2; f++) {
			const struct value *text = detail_of(event, fields[f]);

			assert_int_equal(text->kind, VALUE_TEXT);
			snprintf(seen[f][i], sizeof(seen[f][i]), "%.*s", (int)text->len,
				 text->text);
			for (unsigned int k = 0; k < i; k++)
				assert_string_not_equal(seen[f][i], seen[f][k]);
		}
	}
	for (unsigned int i = 12; i < 32; i++)
		assert_int_not_equal(strncmp(seen[0][i], "bit ", 4), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_field),
		cmocka_unit_test(nothing_is_valid),
		cmocka_unit_test(cut),
		cmocka_unit_test(golden),
		cmocka_unit_test(golden_log),
		cmocka_unit_test(every_line),
		cmocka_unit_test(lines_that_are_none),
		cmocka_unit_test(aer_events),
		cmocka_unit_test(every_bit),
	};

	return cmocka_run_group_tests_name("section_pcie", tests, NULL, NULL);
}
