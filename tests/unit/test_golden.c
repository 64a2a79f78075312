// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * What real arm64 kernels recorded (tests/golden), held against what firmware sent and
 * what the kernel printed.
 */

#include "unit/check.h"

#include <inttypes.h>
#include <string.h>

#include "cper/section.h"
#include "unit/golden.h"
#include "util/bytes.h"

/* Of the CPER section, in front of what arm_event carries. */
#define ARM_HEADER_BYTES 40

/* --- what they must say --- */

static void assert_starts(const char *text, const char *start)
{
	if (strncmp(text, start, strlen(start)))
		fail_msg("\"%s\" does not start with \"%s\"", text, start);
}

static int64_t number_of(const struct event *event, const char *name)
{
	const struct value *value = detail_of(event, name);

	assert_int_equal(value->kind, VALUE_INT);
	return value->i;
}

static void check_signal(const struct recording *recording, size_t i)
{
	const struct event *event = &recording->decoded[i].event;
	char text[160];

	snprintf(text, sizeof(text),
		 "sig=%d errno=0 code=%d comm=%.*s pid=%d grp=%d res=%d",
		 (int)number_of(event, "signal"), (int)number_of(event, "code"),
		 (int)event->comm.len, event->comm.text, event->pid,
		 (int)number_of(event, "to_process"), (int)number_of(event, "delivery"));
	assert_string_equal(recording->lines[i], text);
}

static void check_memory_failure(const struct golden *golden)
{
	struct recording recording;
	const struct event *failure = &recording.decoded[1].event;

	golden_open(golden, "memory-failure", &recording);
	assert_int_equal(recording.n_events, 2);
	assert_string_equal(recording.decoded[0].event.type->name, "sigbus");
	assert_int_equal(recording.decoded[0].event.flags,
			 0); /* nobody else can send that */
	assert_text(detail_of(&recording.decoded[0].event, "code_name"), "BUS_MCEERR_AO");
	check_signal(&recording, 0);
	assert_string_equal(failure->type->name, "memory-failure");
	assert_string_equal(words_of(failure), recording.lines[1]);
	/* the page that the memory section (UEFI N.2.5, physical address at 16) was about
	 */
	assert_int_equal(recording.cper_len, 80);
	assert_int_equal(failure->address, load_le64(recording.cper + 16) & ~0xfffULL);
	golden_close(&recording);
}

static void check_sigbus_ar(const struct golden *golden)
{
	struct recording recording;

	golden_open(golden, "sigbus-ar", &recording);
	assert_int_equal(recording.n_events, 1);
	assert_text(detail_of(&recording.decoded[0].event, "code_name"), "BUS_MCEERR_AR");
	assert_int_equal(recording.decoded[0].event.flags, EVENT_UNCONFIRMED);
	check_signal(&recording, 0);
	golden_close(&recording);
}

static void check_arm_head(const struct recording *recording)
{
	const struct event *event = &recording->decoded[0].event;
	const uint8_t *cper = recording->cper;
	uint32_t valid = load_le32(cper);

	assert_string_equal(event->type->name, "arm");
	assert_number(detail_of(event, "midr"), load_le64(cper + 24));
	if (valid & 1)
		assert_number(detail_of(event, "mpidr"), load_le64(cper + 16));
	if (valid & 2)
		assert_number(detail_of(event, "affinity_level"), cper[12]);
	else
		assert_absent(detail_of(event, "affinity_level"));
	if (valid & 4) {
		assert_number(detail_of(event, "running_state"), load_le32(cper + 32));
		assert_number(detail_of(event, "psci_state"), load_le32(cper + 36));
	}
}

/* Walks the section as UEFI lays it out, which has its true lengths. */
static void check_arm_body(const struct recording *recording)
{
	const struct event *event = &recording->decoded[0].event;
	const uint8_t *cper = recording->cper, *at = cper + ARM_HEADER_BYTES;
	size_t n_errors = load_le16(cper + 4), n_contexts = load_le16(cper + 6), reg = 0;
	const struct value *vendor = detail_of(event, "vendor_bytes");

	assert_int_equal(load_le32(cper + 8), recording->cper_len);
	assert_number(detail_of(event, "lengths_lie"), 0);
	assert_int_equal(rows_of(event, "errors"), n_errors);
	for (size_t i = 0; i < n_errors; i++, at += 32) {
		assert_number(cell_of(event, "errors", i, "validation"),
			      load_le16(at + 2));
		assert_number(cell_of(event, "errors", i, "type_raw"), at[4]);
		if (at[2] & 4)
			assert_number(cell_of(event, "errors", i, "error_info"),
				      load_le64(at + 8));
		if (at[2] & 8)
			assert_number(cell_of(event, "errors", i, "virtual_address"),
				      load_le64(at + 16));
		if (at[2] & 16)
			assert_number(cell_of(event, "errors", i, "physical_address"),
				      load_le64(at + 24));
	}
	assert_int_equal(rows_of(event, "contexts"), n_contexts);
	for (size_t i = 0; i < n_contexts; i++) {
		uint16_t type = load_le16(at + 2);
		uint32_t size = load_le32(at + 4);

		assert_number(cell_of(event, "contexts", i, "type"), type);
		assert_number(cell_of(event, "contexts", i, "size"), size);
		at += 8;
		for (size_t r = 0; type != 8 && r < size / 8; r++, reg++) {
			assert_number(cell_of(event, "registers", reg, "context"), i);
			assert_number(cell_of(event, "registers", reg, "value"),
				      load_le64(at + 8 * r));
		}
		if (type == 8)
			assert_number(cell_of(event, "registers", reg++, "value"),
				      load_le64(at + 2));
		at += size;
	}
	assert_int_equal(rows_of(event, "registers"), reg);
	if (at < cper + recording->cper_len)
		assert_bytes(vendor, at, (size_t)(cper + recording->cper_len - at));
	else
		assert_absent(vendor);
}

static void check_arm(const struct golden *golden)
{
	static const char *const names[] = { "arm", "arm-el2-misc", "arm-whole" };
	static const enum severity severities[] = { SEVERITY_UNCORRECTED,
						    SEVERITY_UNCORRECTED,
						    SEVERITY_CORRECTED };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct recording recording;
		const struct event *event = &recording.decoded[0].event;

		golden_open(golden, names[i], &recording);
		assert_int_equal(recording.n_events, 1);
		check_arm_head(&recording);
		if (detail_of(event, "lengths_lie")->kind == VALUE_INT) {
			check_arm_body(&recording);
			assert_int_equal(event->severity, severities[i]);
		} else {
			assert_null(strstr(recording.lines[0], "Err Info"));
			assert_int_equal(event->severity, SEVERITY_UNKNOWN);
		}
		golden_close(&recording);
	}
}

/* Of both recorded sections by name, where the format has them. */
static void check_arm_names(const struct golden *golden)
{
	struct recording recording;
	const struct event *event = &recording.decoded[0].event;

	golden_open(golden, "arm", &recording);
	if (!rows_of(event, "errors")) {
		golden_close(&recording);
		return;
	}
	assert_text(cell_of(event, "errors", 0, "type"), "cache");
	assert_text(cell_of(event, "errors", 1, "type"), "tlb");
	assert_text(cell_of(event, "registers", 0, "name"), "X0");
	assert_text(cell_of(event, "registers", 31, "name"), "SP");
	assert_text(cell_of(event, "registers", 32, "name"), "ELR_EL1");
	assert_text(cell_of(event, "registers", 48, "name"), "TTBR1_EL1");
	golden_close(&recording);
	golden_open(golden, "arm-el2-misc", &recording);
	assert_text(cell_of(event, "errors", 0, "type"), "bus");
	assert_text(cell_of(event, "contexts", 0, "register_set"), "AArch64 EL2");
	assert_text(cell_of(event, "registers", 14, "name"), "VTTBR_EL2");
	assert_text(cell_of(event, "registers", 15, "name"), "S3_0_C5_C15_0");
	assert_number(cell_of(event, "registers", 15, "value"), 0x1122334455667788);
	golden_close(&recording);
}

static void check_non_standard(const struct golden *golden)
{
	struct recording recording;
	const struct event *event = &recording.decoded[0].event;
	const struct value *data;

	golden_open(golden, "non-standard", &recording);
	assert_int_equal(recording.n_events, 1);
	assert_text(detail_of(event, "section_type"),
		    "01234567-89ab-cdef-0123-456789abcdef");
	assert_text(detail_of(event, "fru_id"), "11111111-2222-3333-4444-555555555555");
	assert_text(detail_of(event, "fru_text"), "DIMM A1");
	assert_bytes(detail_of(event, "data"), recording.cper, recording.cper_len);
	assert_starts(recording.lines[0],
		      "severity: 2; sec type:67452301-ab89-efcd-0123-456789abcdef;");
	golden_close(&recording);

	golden_open(golden, "non-standard-large", &recording);
	assert_int_equal(recording.n_events, 1);
	/* the kernel rounds a record up to four bytes, but says how many are data */
	data = detail_of(event, "data");
	assert_bytes(data, recording.cper, recording.cper_len);
	assert_number(detail_of(event, "length"), 2500);
	assert_int_equal(event->severity, SEVERITY_CORRECTED);
	golden_close(&recording);
}

static void check_block_error(const struct golden *golden)
{
	struct recording recording;
	const struct event *event = &recording.decoded[0].event;
	const struct value *rwbs;
	char start[80], last[16];

	golden_open(golden, "block-error", &recording);
	assert_int_equal(recording.n_events, 1);
	rwbs = detail_of(event, "rwbs");
	snprintf(start, sizeof(start),
		 "%" PRId64 ",%" PRId64 " %.*s () %" PRId64 " + %" PRId64,
		 number_of(event, "major"), number_of(event, "minor"), (int)rwbs->len,
		 rwbs->text, number_of(event, "sector"), number_of(event, "sectors"));
	snprintf(last, sizeof(last), "[%" PRId64 "]", number_of(event, "error"));
	assert_starts(recording.lines[0], start);
	assert_non_null(strstr(recording.lines[0], last));
	assert_text(detail_of(event, "error_text"), "I/O error");
	golden_close(&recording);
}

/* "0000:01:00.0 PCIe Bus Error: severity=Corrected, Bad TLP|Replay Timer Timeout, …" */
static void check_aer(const struct golden *golden)
{
	struct recording recording;
	const struct event *event = &recording.decoded[0].event;

	golden_open(golden, "aer", &recording);
	assert_int_equal(recording.n_events, 1);
	assert_int_equal(recording.n_others, 0);
	assert_int_equal(event->severity, SEVERITY_CORRECTED);
	assert_int_equal(event->component, COMPONENT_PCIE);
	assert_text(&event->device, "0000:01:00.0");
	assert_starts(recording.lines[0],
		      "0000:01:00.0 PCIe Bus Error: severity=Corrected, "
		      "Bad TLP|Replay Timer Timeout, TLP Header=Not");
	assert_text(detail_of(event, "status_text"), "bad TLP, replay timer timeout");
	assert_absent(detail_of(event, "tlp_header"));
	/* the correctable status of the section's AER capability */
	assert_number(detail_of(event, "status"), load_le32(recording.cper + 128));
	golden_close(&recording);
}

/* Bits that a kernel of 2022 has no word for, and the header of what went wrong. */
static void check_aer_fatal(const struct golden *golden)
{
	struct recording recording;
	const struct event *event = &recording.decoded[0].event;

	golden_open(golden, "aer-fatal", &recording);
	assert_int_equal(recording.n_events, 1);
	assert_int_equal(event->severity, SEVERITY_UNCORRECTED);
	assert_text(&event->device, "0000:01:00.0");
	assert_number(detail_of(event, "status"), load_le32(recording.cper + 116));
	assert_text(
		detail_of(event, "status_text"),
		"data link protocol error, malformed TLP, poisoned TLP egress blocked");
	/* 6.12 passes it on to its log, not to the event */
	if (strstr(recording.lines[0], "TLP Header=Not available"))
		assert_absent(detail_of(event, "tlp_header"));
	else
		assert_text(detail_of(event, "tlp_header"),
			    "4a000001 01000a00 00000000 0000dead");
	golden_close(&recording);
}

static void check_aer_of_a_port(const struct golden *golden)
{
	struct recording recording;
	const struct event *event = &recording.decoded[0].event;

	golden_open(golden, "aer-inject", &recording);
	assert_int_equal(recording.n_events, 1);
	assert_int_equal(event->severity, SEVERITY_CORRECTED);
	assert_text(&event->device, "0000:01:00.0");
	assert_number(detail_of(event, "status"), 1);
	assert_starts(recording.lines[0],
		      "0000:01:00.0 PCIe Bus Error: severity=Corrected, Receiver Error");
	golden_close(&recording);
}

/* Sixteen sections of a block, in their order. */
static void check_burst(const struct golden *golden)
{
	struct recording recording;

	golden_open(golden, "burst", &recording);
	assert_int_equal(recording.n_events, 16);
	for (size_t i = 0; i < recording.n_events; i++) {
		const uint8_t number[8] = { (uint8_t)i };

		assert_bytes(detail_of(&recording.decoded[i].event, "data"), number,
			     sizeof(number));
		assert_true(!i ||
			    recording.boottime_ns[i] >= recording.boottime_ns[i - 1]);
	}
	golden_close(&recording);
}

/*
 * Sections that some kernels pass on and others keep for themselves, whole: what no
 * handler takes is kept as firmware wrote it, and what one takes is not cut.
 */
static void check_sections(const struct golden *golden)
{
	static const char *const names[] = { "processor",    "firmware-reference",
					     "cxl-protocol", "cxl-media",
					     "cxl-dram",     "cxl-module",
					     "nvidia-grace" };
	static const enum severity severities[ARRAY_SIZE(names)] = {
		SEVERITY_CORRECTED, SEVERITY_UNCORRECTED, [6] = SEVERITY_CORRECTED
	};
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct recording recording;
		const struct event *event = &recording.decoded[0].event;

		if (!golden_has(golden, names[i]))
			continue;
		golden_open(golden, names[i], &recording);
		assert_int_equal(recording.n_events, 1);
		/* CXL's records have words of their own for it */
		if (strncmp(names[i], "cxl-", 4))
			assert_int_equal(event->severity, severities[i]);
		assert_absent(&event->detail[CPER_INCOMPLETE]);
		if (!strcmp(event->type->name, "non-standard"))
			assert_bytes(detail_of(event, "data"), recording.cper,
				     recording.cper_len);
		print_message("# is %s: %s\n", event->type->name, words_of(event));
		golden_close(&recording);
		n++;
	}
	assert_true(n >=
		    3); /* no kernel has a branch for these: the first two, and Grace */
}

static void check_oom(const struct golden *golden)
{
	struct recording recording;
	const struct event *event = &recording.decoded[0].event;
	int pid;

	golden_open(golden, "oom", &recording);
	assert_int_equal(recording.n_events, 1);
	assert_string_equal(event->type->name, "oom-victim");
	assert_int_equal(sscanf(recording.lines[0], "pid=%d comm=tail ", &pid), 1);
	assert_int_equal(event->pid, pid);
	assert_text(&event->comm, "tail");
	assert_int_equal(number_of(event, "oom_score_adj"), 0);
	golden_close(&recording);
}

static void check_soft_offline(const struct golden *golden)
{
	struct recording recording;
	const struct event *event = &recording.decoded[0].event;

	golden_open(golden, "soft-offline", &recording);
	assert_int_equal(recording.n_events, 1);
	assert_string_equal(event->type->name, "migrate");
	assert_starts(recording.lines[0], "nr_succeeded=1 nr_failed=0 ");
	assert_non_null(strstr(recording.lines[0], "reason=memory_failure"));
	assert_number(detail_of(event, "succeeded"), 1);
	assert_number(detail_of(event, "failed"), 0);
	assert_text(detail_of(event, "mode_text"), "MIGRATE_SYNC");
	golden_close(&recording);
}

/* A record whose event no handler takes: of another type, in another's formats. */
static void check_foreign(const struct golden *golden)
{
	struct golden without = *golden;
	struct recording recording;

	without.n_tracepoints = 0;
	golden_open(&without, "aer", &recording);
	assert_int_equal(recording.n_events, 0);
	assert_int_equal(recording.n_others, 1);
	golden_close(&recording);
}

static void memory_failure(void **state)
{
	(void)state;
	golden_for_each_kernel(check_memory_failure);
}

static void sigbus_action_required(void **state)
{
	(void)state;
	golden_for_each_kernel(check_sigbus_ar);
}

static void arm_as_firmware_sent_it(void **state)
{
	(void)state;
	golden_for_each_kernel(check_arm);
}

static void arm_by_name(void **state)
{
	(void)state;
	golden_for_each_kernel(check_arm_names);
}

static void non_standard_whole(void **state)
{
	(void)state;
	golden_for_each_kernel(check_non_standard);
}

static void block_error(void **state)
{
	(void)state;
	golden_for_each_kernel(check_block_error);
}

static void aer(void **state)
{
	(void)state;
	golden_for_each_kernel(check_aer);
}

static void aer_with_a_header(void **state)
{
	(void)state;
	golden_for_each_kernel(check_aer_fatal);
}

static void aer_of_a_port(void **state)
{
	(void)state;
	golden_for_each_kernel(check_aer_of_a_port);
}

static void sixteen_sections(void **state)
{
	(void)state;
	golden_for_each_kernel(check_burst);
}

static void sections_passed_on(void **state)
{
	(void)state;
	golden_for_each_kernel(check_sections);
}

static void oom_victim(void **state)
{
	(void)state;
	golden_for_each_kernel(check_oom);
}

static void soft_offline(void **state)
{
	(void)state;
	golden_for_each_kernel(check_soft_offline);
}

static void foreign_records_are_walked_over(void **state)
{
	(void)state;
	golden_for_each_kernel(check_foreign);
}

static void cases(void **state)
{
	(void)state;
	golden_check_cases();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cases),
		cmocka_unit_test(memory_failure),
		cmocka_unit_test(sigbus_action_required),
		cmocka_unit_test(arm_as_firmware_sent_it),
		cmocka_unit_test(arm_by_name),
		cmocka_unit_test(non_standard_whole),
		cmocka_unit_test(block_error),
		cmocka_unit_test(aer),
		cmocka_unit_test(aer_with_a_header),
		cmocka_unit_test(aer_of_a_port),
		cmocka_unit_test(sixteen_sections),
		cmocka_unit_test(sections_passed_on),
		cmocka_unit_test(oom_victim),
		cmocka_unit_test(soft_offline),
		cmocka_unit_test(foreign_records_are_walked_over),
	};

	return cmocka_run_group_tests_name("golden", tests, NULL, NULL);
}
