// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * What real arm64 kernels printed of what firmware reported (tests/golden, NAME.kmsg;
 * what was reported is in tests/vm/record), from the bytes of /dev/kmsg to events and
 * victims.
 */

#include "unit/check.h"

#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "cper/log.h"
#include "event/handler.h"
#include "locate/log_line.h"
#include "sources/kmsg.h"
#include "unit/fixtures.h"

#define NOWHERE	   0x1234567000
#define EVENTS_MAX 16
#define MSEC	   1000000

struct recording {
	struct cper_log log;
	struct event events[EVENTS_MAX];
	struct arena arenas[EVENTS_MAX];
	size_t n_events, n_sections, n_records, n_of_others;
	uint64_t last_seq;
	int64_t first_ns, last_ns;
	struct victim_line victim; /* the last there was */
	char comm[64];
	size_t n_victims;
};

static void take_section(struct recording *recording,
			 const struct cper_log_section *section)
{
	const struct handler *handler = handler_of("cper-memory");
	struct event *event = &recording->events[recording->n_events];
	struct arena *arena = &recording->arenas[recording->n_events];

	recording->n_sections++;
	assert_true(recording->n_events < EVENTS_MAX);
	*arena = (struct arena){ malloc(4096), 4096, 0 };
	event_init(event, handler->type);
	if (handler->decode_log(section, arena, event) == 1)
		recording->n_events++;
	else
		free(arena->base);
}

static void take_line(struct recording *recording, const char *line, size_t len)
{
	static struct cper_log_section section;

	while (cper_log_line(&recording->log, line, len, &section) == CPER_LOG_SECTION)
		take_section(recording, &section);
	if (!victim_line_parse(line, len, &recording->victim))
		return;
	assert_true(recording->victim.comm_len < sizeof(recording->comm));
	memset(recording->comm, 0, sizeof(recording->comm));
	memcpy(recording->comm, recording->victim.comm, recording->victim.comm_len);
	recording->n_victims++;
}

static void take_record(struct recording *recording, const char *bytes, size_t len)
{
	struct kmsg_record record;

	assert_int_equal(kmsg_parse(bytes, len, 0, &record), 0);
	if (recording->n_records++)
		assert_int_equal(record.seq, recording->last_seq + 1);
	else
		recording->first_ns = record.boottime_ns;
	recording->last_seq = record.seq;
	recording->last_ns = record.boottime_ns;
	if (record.facility)
		recording->n_of_others++;
	else
		take_line(recording, record.text, record.len);
}

/* A record and its KEY=value lines, which begin with a space. */
static size_t record_bytes(const char *at)
{
	const char *end = at;

	do
		end = strchrnul(end, '\n') + 1;
	while (*end == ' ');
	return (size_t)(end - at);
}

static struct recording *open_recording(const char *directory, const char *name)
{
	struct recording *recording = calloc(1, sizeof(*recording));
	static struct cper_log_section section;
	char path[PATH_MAX + 64];
	size_t len;
	char *bytes;

	print_message("# %s/%s\n", directory, name);
	snprintf(path, sizeof(path), "%s/%s.kmsg", directory, name);
	bytes = (char *)read_whole(path, &len);
	assert_non_null(bytes);
	assert_true(len > 0 && bytes[len - 1] == '\n');
	for (char *at = bytes; at < bytes + len;) {
		size_t n = record_bytes(at);

		take_record(recording, at, n);
		at += n;
	}
	while (cper_log_end(&recording->log, &section))
		take_section(recording, &section);
	free(bytes);
	return recording;
}

static void close_recording(struct recording *recording)
{
	for (size_t i = 0; i < recording->n_events; i++)
		free(recording->arenas[i].base);
	free(recording);
}

/* --- what they must say --- */

struct number {
	const char *field;
	uint64_t number;
};

static void assert_numbers(const struct event *event, const struct number *numbers,
			   size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert_number(detail_of(event, numbers[i].field), numbers[i].number);
}

static void assert_absent_all(const struct event *event, const char *const *names,
			      size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert_absent(detail_of(event, names[i]));
}

static void check_corrected(const char *directory)
{
	static const struct number numbers[] = {
		{ "section", 0 },
		{ "firmware_source", 0 },
		{ "error_status", 0x400 },
		{ "physical_address", NOWHERE },
		{ "physical_address_mask", 0xffffffffffffffc0 },
		{ "node", 0 },
		{ "card", 3 },
		{ "module", 0 },
		{ "rank", 0 },
		{ "bank", 9 },
		{ "device", 3 },
		{ "row", 4660 },
		{ "column", 119 },
		{ "bit_position", 6 },
		{ "error_type", 2 },
	};
	static const char *const absent[] = {
		"bank_group", "bank_address", "requestor_id", "responder_id", "target_id",
		"chip_id",    "dmi_handle",   "fru_id",	      "fru_text"
	};
	struct recording *recording = open_recording(directory, "log-corrected");
	const struct event *event = &recording->events[0];

	assert_int_equal(recording->n_sections, 1);
	assert_int_equal(recording->n_events, 1);
	assert_int_equal(event->severity, SEVERITY_CORRECTED);
	assert_int_equal(event->component, COMPONENT_MEMORY);
	assert_int_equal(event->source, SOURCE_LOG);
	assert_int_equal(event->flags, EVENT_AT_LEAST);
	assert_int_equal(event->address_kind, ADDRESS_PHYSICAL);
	assert_int_equal(event->address, NOWHERE);
	assert_int_equal(event->address_mask, 0xffffffffffffffc0);
	assert_numbers(event, numbers, ARRAY_SIZE(numbers));
	assert_absent_all(event, absent, ARRAY_SIZE(absent));
	assert_absent(&event->dimm);
	assert_text(detail_of(event, "error_type_text"), "single-bit ECC");
	assert_text(detail_of(event, "error_status_text"),
		    "Storage error in DRAM memory");
	assert_string_equal(words_of(event),
			    "corrected memory error at 0x1234567000, node 0 card 3 "
			    "module 0 rank 0 bank 9 row 4660 column 119: "
			    "single-bit ECC");
	/* a record's lines follow each other at once */
	assert_true(recording->last_ns - recording->first_ns < 1000 * MSEC);
	close_recording(recording);
}

/* Its line of places is the longest that a kernel makes. */
static void check_every_field(const char *directory)
{
	static const struct number numbers[] = {
		{ "error_status", 0x18000b00 },
		{ "node", 0xffff },
		{ "card", 0xffff },
		{ "module", 0xffff },
		{ "rank", 0xffff },
		{ "bank", 0xffff },
		{ "bank_group", 0xff },
		{ "bank_address", 0xff },
		{ "device", 0xffff },
		{ "row", 0x3ffff },
		{ "column", 0xffff },
		{ "bit_position", 0xffff },
		{ "requestor_id", UINT64_MAX },
		{ "responder_id", UINT64_MAX },
		{ "target_id", UINT64_MAX },
		{ "chip_id", 7 },
		{ "error_type", 8 },
	};
	struct recording *recording = open_recording(directory, "log-every-field");
	const struct event *event = &recording->events[0];

	assert_int_equal(recording->n_events, 1);
	assert_numbers(event, numbers, ARRAY_SIZE(numbers));
	assert_text(detail_of(event, "fru_id"), "11111111-2222-3333-4444-555555555555");
	assert_text(detail_of(event, "fru_text"), "a text of 20 bytes..");
	assert_text(&event->dimm, "BANK 0 DIMM A 0");
	assert_absent(detail_of(event, "dmi_handle"));
	assert_int_equal(event->address_mask, 0xfffffffffffff000);
	close_recording(recording);
}

/* A FRU's text with a line's head in it stays a text. */
static void check_no_dimm(const char *directory)
{
	struct recording *recording = open_recording(directory, "log-no-dimm");
	const struct event *event = &recording->events[0];

	assert_int_equal(recording->n_sections, 1);
	assert_int_equal(recording->n_events, 1);
	assert_absent(&event->dimm);
	assert_number(detail_of(event, "dmi_handle"), 0x1fff);
	assert_text(detail_of(event, "fru_text"), "\n{1}[Hardware Error]");
	assert_int_equal(event->address, NOWHERE);
	close_recording(recording);
}

static void check_bare(const char *directory)
{
	struct recording *recording = open_recording(directory, "log-bare");
	const struct event *event = &recording->events[0];

	assert_int_equal(recording->n_events, 1);
	assert_int_equal(event->severity, SEVERITY_CORRECTED);
	assert_int_equal(event->address_kind, ADDRESS_NONE);
	for (size_t i = 0; i < event->type->n_fields; i++)
		if (strcmp(event->type->fields[i].name, "record") &&
		    strcmp(event->type->fields[i].name, "section") &&
		    strcmp(event->type->fields[i].name, "firmware_source"))
			assert_int_equal(event->detail[i].kind, VALUE_NONE);
	assert_string_equal(words_of(event), "corrected memory error");
	close_recording(recording);
}

static void check_short(const char *directory)
{
	struct recording *recording = open_recording(directory, "log-short");
	const struct event *event = &recording->events[0];

	assert_int_equal(recording->n_events, 1);
	assert_int_equal(event->severity, SEVERITY_INFO);
	assert_absent(detail_of(event, "rank"));
	assert_number(detail_of(event, "bank"), 9);
	assert_int_equal(event->address, NOWHERE);
	close_recording(recording);
}

/* Five sections, two of memory; the lines of the others stay theirs. */
static void check_sections(const char *directory)
{
	struct recording *recording = open_recording(directory, "log-sections");
	const struct event *events = recording->events;

	assert_int_equal(recording->n_sections, 5);
	assert_int_equal(recording->n_events, 2);
	assert_number(detail_of(&events[0], "section"), 0);
	assert_number(detail_of(&events[0], "row"), 1);
	assert_number(detail_of(&events[0], "error_type"), 2);
	assert_text(detail_of(&events[0], "fru_text"), "A1");
	assert_int_equal(events[0].address, NOWHERE);
	assert_number(detail_of(&events[1], "section"), 4);
	assert_number(detail_of(&events[1], "row"), 4660);
	assert_number(detail_of(&events[1], "error_type"), 13);
	assert_text(detail_of(&events[1], "error_type_text"), "scrub corrected error");
	assert_absent(detail_of(&events[1], "fru_text"));
	assert_int_equal(events[1].address, NOWHERE + 0x1000);
	assert_number(detail_of(&events[1], "record"),
		      value_as_uint(detail_of(&events[0], "record")));
	close_recording(recording);
}

/* Firmware's record, and the kernel's line of whom it sent a signal, for one page. */
static void check_victim(const char *directory, const char *name, const char *comm,
			 unsigned int source)
{
	struct recording *recording = open_recording(directory, name);
	const struct event *event = &recording->events[0];

	assert_int_equal(recording->n_events, 1);
	assert_int_equal(event->severity, SEVERITY_UNCORRECTED);
	assert_number(detail_of(event, "firmware_source"), source);
	assert_text(detail_of(event, "error_type_text"), "multi-bit ECC");
	assert_int_equal(recording->n_victims, 1);
	assert_int_equal(recording->victim.pfn, event->address / 4096);
	assert_true(recording->victim.tid > 1);
	assert_false(recording->victim.forced);
	assert_string_equal(recording->comm, comm);
	close_recording(recording);
}

static void check_victims(const char *directory)
{
	check_victim(directory, "log-victim", "victim", 0);
	check_victim(directory, "log-recoverable", "a:1 due\nto \\\x1b:2", 2);
}

/* Of each recording, all its sections are there, whether or not a handler takes them. */
static void check_counts(const char *directory)
{
	static const struct {
		const char *name;
		size_t n_sections;
	} rows[] = {
		{ "arm-whole", 1 }, { "processor", 1 },	   { "firmware-reference", 1 },
		{ "cxl-media", 1 }, { "cxl-protocol", 1 }, { "pcie-without-aer", 1 },
		{ "burst", 16 },    { "nvidia-grace", 1 }, { "bert", 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct recording *recording = open_recording(directory, rows[i].name);

		assert_int_equal(recording->n_sections, rows[i].n_sections);
		close_recording(recording);
	}
}

static void check_forged(const char *directory)
{
	struct recording *recording = open_recording(directory, "log-forged");

	assert_int_equal(recording->n_records, 6);
	assert_int_equal(recording->n_of_others, 6);
	assert_int_equal(recording->n_sections, 0);
	assert_int_equal(recording->n_victims, 0);
	close_recording(recording);
}

/* --- on each kernel --- */

static void for_each_kernel(void (*check)(const char *directory))
{
	const char *top = getenv("top_srcdir");
	char directory[PATH_MAX], path[PATH_MAX + 64];
	struct dirent *entry;
	size_t n = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/tests/golden", top ? top : ".");
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		snprintf(directory, sizeof(directory), "%s/tests/golden/%s",
			 top ? top : ".", entry->d_name);
		snprintf(path, sizeof(path), "%s/log-corrected.kmsg", directory);
		if (access(path, R_OK) < 0)
			continue;
		check(directory);
		n++;
	}
	if (dir)
		closedir(dir);
	if (n == 0)
		skip();
}

static void corrected(void **state)
{
	(void)state;
	for_each_kernel(check_corrected);
}

static void every_field(void **state)
{
	(void)state;
	for_each_kernel(check_every_field);
}

static void no_dimm(void **state)
{
	(void)state;
	for_each_kernel(check_no_dimm);
}

static void bare(void **state)
{
	(void)state;
	for_each_kernel(check_bare);
}

static void short_section(void **state)
{
	(void)state;
	for_each_kernel(check_short);
}

static void sections(void **state)
{
	(void)state;
	for_each_kernel(check_sections);
}

static void counts(void **state)
{
	(void)state;
	for_each_kernel(check_counts);
}

static void victims(void **state)
{
	(void)state;
	for_each_kernel(check_victims);
}

static void forged(void **state)
{
	(void)state;
	for_each_kernel(check_forged);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(corrected),	 cmocka_unit_test(every_field),
		cmocka_unit_test(no_dimm),	 cmocka_unit_test(bare),
		cmocka_unit_test(short_section), cmocka_unit_test(sections),
		cmocka_unit_test(victims),	 cmocka_unit_test(forged),
		cmocka_unit_test(counts),
	};

	return cmocka_run_group_tests_name("golden_log", tests, NULL, NULL);
}
