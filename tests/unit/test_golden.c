// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * What real arm64 kernels recorded (tests/golden), through the reader, the kernel's own
 * format files and the handlers, held against what firmware sent and what the kernel
 * printed.
 */

#include "unit/check.h"

#include <dirent.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "event/handler.h"
#include "handlers/table.h"
#include "sources/reader.h"
#include "unit/fixtures.h"
#include "util/bytes.h"

#define SUB_BUFFER_BYTES 4096
#define ARM_HEADER_BYTES                                              \
	40 /* of the CPER section, in front of what arm_event carries \
	    */
#define EVENTS_MAX 4

/* --- one kernel's recordings --- */

struct golden {
	char directory[PATH_MAX];
	struct tracepoint *tracepoints[72];
	size_t n_tracepoints;
};

/* One recording, decoded. */
struct recording {
	const struct golden *golden;
	struct decoded decoded[EVENTS_MAX];
	int64_t boottime_ns[EVENTS_MAX];
	size_t n_events, n_others;
	uint8_t *cper; /* the section that firmware reported; NULL: none */
	size_t cper_len;
	char *lines[EVENTS_MAX]; /* the kernel's own text behind "event: " */
	double times[EVENTS_MAX];
	char *text;
};

static char *path_in(const struct golden *golden, const char *name, const char *suffix)
{
	static char path[PATH_MAX + 128];

	snprintf(path, sizeof(path), "%s/%s%s", golden->directory, name, suffix);
	return path;
}

static void load_formats(struct golden *golden)
{
	for (size_t h = 0; h < handlers_table.n_handlers; h++) {
		const struct handler *handler = handlers_table.handlers[h];

		for (size_t t = 0;
		     t < HANDLER_TRACEPOINTS_MAX && handler->tracepoints[t].name; t++) {
			char name[80];
			uint8_t *text;
			size_t len;
			int error;

			snprintf(name, sizeof(name), "format/%s",
				 handler->tracepoints[t].name);
			text = read_whole(path_in(golden, name, ""), &len);
			if (!text)
				continue;
			golden->tracepoints[golden->n_tracepoints] =
				resolve_text(handler, handler->tracepoints[t].name,
					     (char *)text, &error);
			assert_non_null(golden->tracepoints[golden->n_tracepoints++]);
			free(text);
		}
	}
}

static void take(void *userdata, const struct trace_record *raw)
{
	struct recording *recording = userdata;
	const struct golden *golden = recording->golden;
	uint16_t id;

	assert_true(raw->len >= sizeof(id));
	memcpy(&id, raw->bytes, sizeof(id));
	for (size_t i = 0; i < golden->n_tracepoints; i++)
		if (golden->tracepoints[i]->id == id) {
			assert_true(recording->n_events < EVENTS_MAX);
			recording->boottime_ns[recording->n_events] = raw->boottime_ns;
			assert_int_equal(
				decode_bytes(golden->tracepoints[i], raw->bytes, raw->len,
					     4096,
					     &recording->decoded[recording->n_events]),
				1);
			recording->n_events++;
			return;
		}
	recording->n_others++;
}

/* The recording as a ring would give it: from a file that looks like trace_pipe_raw. */
static void walk_raw(struct recording *recording, const uint8_t *bytes, size_t len)
{
	static uint64_t landing[(LANDING_HEADS_BYTES + SUB_BUFFER_BYTES) / 8];
	uint8_t sub_buffer[SUB_BUFFER_BYTES] = { 0 };
	char *tracefs = make_temp_directory();
	struct trace_instance instance;
	struct trace_reader *reader;
	const char *used;
	int error, fd;

	assert_true(len <= sizeof(sub_buffer));
	memcpy(sub_buffer, bytes, len);
	memset(landing, 0, sizeof(landing));
	fake_tracefs(tracefs);
	fake_instance(tracefs, "golden", 1);
	assert_int_equal(trace_directory_use(tracefs, &used), 0);
	assert_int_equal(trace_instance_open("golden", RING_HARDWARE, &instance), 0);
	reader = trace_reader_new(landing, sizeof(landing), &error);
	assert_non_null(reader);
	assert_int_equal(trace_reader_add(reader, &instance, &(unsigned int){ 0 }, 1), 0);
	fd = fake_ring_open(tracefs, "golden", 0);
	assert_int_equal(write(fd, sub_buffer, sizeof(sub_buffer)), sizeof(sub_buffer));
	assert_int_equal(trace_reader_fill(reader), 1);
	trace_reader_walk(reader, take, recording);
	close(fd);
	trace_reader_free(reader);
	trace_instance_close(&instance);
	remove_tree(tracefs);
}

/* "  comm-pid  [cpu] flags  12.345678: event: text", an event a line. */
static void take_lines(struct recording *recording)
{
	char *line = recording->text;

	for (size_t i = 0; i < EVENTS_MAX && line && *line; i++) {
		char *next = strchr(line, '\n');
		char *bracket = strchr(line, ']'), *event;

		if (next)
			*next++ = '\0';
		assert_non_null(bracket);
		assert_int_equal(sscanf(bracket, "] %*s %lf:", &recording->times[i]), 1);
		event = strchr(strchr(bracket, ':') + 1, ':');
		assert_non_null(event);
		recording->lines[i] = event + 2;
		line = next;
	}
}

static void open_recording(const struct golden *golden, const char *name,
			   struct recording *recording)
{
	size_t len;
	uint8_t *raw = read_whole(path_in(golden, name, ".raw"), &len);

	print_message("# %s/%s\n", golden->directory, name);
	*recording = (struct recording){ .golden = golden };
	assert_non_null(raw);
	walk_raw(recording, raw, len);
	free(raw);
	recording->cper =
		read_whole(path_in(golden, name, ".cper"), &recording->cper_len);
	recording->text = (char *)read_whole(path_in(golden, name, ".txt"), &len);
	assert_non_null(recording->text);
	take_lines(recording);
	for (size_t i = 0; i < recording->n_events; i++) {
		double difference =
			recording->times[i] - (double)recording->boottime_ns[i] / 1e9;

		/* the text was read from a second instance, which records a little later
		 */
		assert_true(difference > -0.1 && difference < 0.1);
	}
}

static void close_recording(struct recording *recording)
{
	for (size_t i = 0; i < recording->n_events; i++)
		decoded_free(&recording->decoded[i]);
	free(recording->cper);
	free(recording->text);
}

static void for_each_kernel(void (*fn)(const struct golden *golden))
{
	const char *top = getenv("top_srcdir");
	char directory[PATH_MAX - 256];
	struct dirent *entry;
	size_t n = 0;
	DIR *dir;

	snprintf(directory, sizeof(directory), "%s/tests/golden", top ? top : ".");
	dir = opendir(directory);
	while (dir && (entry = readdir(dir))) {
		struct golden golden = { .n_tracepoints = 0 };

		snprintf(golden.directory, sizeof(golden.directory), "%s/%s", directory,
			 entry->d_name);
		if (access(path_in(&golden, "release", ""), R_OK) < 0)
			continue;
		load_formats(&golden);
		fn(&golden);
		for (size_t i = 0; i < golden.n_tracepoints; i++)
			tracepoint_free(golden.tracepoints[i]);
		n++;
	}
	if (dir)
		closedir(dir);
	if (n == 0)
		skip();
}

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

	open_recording(golden, "memory-failure", &recording);
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
	close_recording(&recording);
}

static void check_sigbus_ar(const struct golden *golden)
{
	struct recording recording;

	open_recording(golden, "sigbus-ar", &recording);
	assert_int_equal(recording.n_events, 1);
	assert_text(detail_of(&recording.decoded[0].event, "code_name"), "BUS_MCEERR_AR");
	assert_int_equal(recording.decoded[0].event.flags, EVENT_UNCONFIRMED);
	check_signal(&recording, 0);
	close_recording(&recording);
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
	static const char *const names[] = { "arm", "arm-el2-misc" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct recording recording;
		const struct event *event = &recording.decoded[0].event;

		open_recording(golden, names[i], &recording);
		assert_int_equal(recording.n_events, 1);
		check_arm_head(&recording);
		if (detail_of(event, "lengths_lie")->kind == VALUE_INT) {
			check_arm_body(&recording);
			assert_int_equal(event->severity, SEVERITY_UNCORRECTED);
		} else {
			assert_null(strstr(recording.lines[0], "Err Info"));
			assert_int_equal(event->severity, SEVERITY_UNKNOWN);
		}
		close_recording(&recording);
	}
}

/* Of both recorded sections by name, where the format has them. */
static void check_arm_names(const struct golden *golden)
{
	struct recording recording;
	const struct event *event = &recording.decoded[0].event;

	open_recording(golden, "arm", &recording);
	if (!rows_of(event, "errors")) {
		close_recording(&recording);
		return;
	}
	assert_text(cell_of(event, "errors", 0, "type"), "cache");
	assert_text(cell_of(event, "errors", 1, "type"), "tlb");
	assert_text(cell_of(event, "registers", 0, "name"), "X0");
	assert_text(cell_of(event, "registers", 31, "name"), "SP");
	assert_text(cell_of(event, "registers", 32, "name"), "ELR_EL1");
	assert_text(cell_of(event, "registers", 48, "name"), "TTBR1_EL1");
	close_recording(&recording);
	open_recording(golden, "arm-el2-misc", &recording);
	assert_text(cell_of(event, "errors", 0, "type"), "bus");
	assert_text(cell_of(event, "contexts", 0, "register_set"), "AArch64 EL2");
	assert_text(cell_of(event, "registers", 14, "name"), "VTTBR_EL2");
	assert_text(cell_of(event, "registers", 15, "name"), "S3_0_C5_C15_0");
	assert_number(cell_of(event, "registers", 15, "value"), 0x1122334455667788);
	close_recording(&recording);
}

static void check_non_standard(const struct golden *golden)
{
	struct recording recording;
	const struct event *event = &recording.decoded[0].event;
	const struct value *data;

	open_recording(golden, "non-standard", &recording);
	assert_int_equal(recording.n_events, 1);
	assert_text(detail_of(event, "section_type"),
		    "01234567-89ab-cdef-0123-456789abcdef");
	assert_text(detail_of(event, "fru_id"), "11111111-2222-3333-4444-555555555555");
	assert_text(detail_of(event, "fru_text"), "DIMM A1");
	assert_bytes(detail_of(event, "data"), recording.cper, recording.cper_len);
	assert_starts(recording.lines[0],
		      "severity: 2; sec type:67452301-ab89-efcd-0123-456789abcdef;");
	close_recording(&recording);

	open_recording(golden, "non-standard-large", &recording);
	assert_int_equal(recording.n_events, 1);
	/* the kernel rounds a record up to four bytes, but says how many are data */
	data = detail_of(event, "data");
	assert_bytes(data, recording.cper, recording.cper_len);
	assert_number(detail_of(event, "length"), 2500);
	assert_int_equal(event->severity, SEVERITY_CORRECTED);
	close_recording(&recording);
}

static void check_block_error(const struct golden *golden)
{
	struct recording recording;
	const struct event *event = &recording.decoded[0].event;
	const struct value *rwbs;
	char start[80], last[16];

	open_recording(golden, "block-error", &recording);
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
	close_recording(&recording);
}

/* "0000:01:00.0 PCIe Bus Error: severity=Corrected, Bad TLP|Replay Timer Timeout, …" */
static void check_aer(const struct golden *golden)
{
	struct recording recording;
	const struct event *event = &recording.decoded[0].event;

	open_recording(golden, "aer", &recording);
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
	close_recording(&recording);
}

/* A record whose event no handler takes: of another type, in another's formats. */
static void check_foreign(const struct golden *golden)
{
	struct golden without = *golden;
	struct recording recording;

	without.n_tracepoints = 0;
	open_recording(&without, "aer", &recording);
	assert_int_equal(recording.n_events, 0);
	assert_int_equal(recording.n_others, 1);
	close_recording(&recording);
}

static void memory_failure(void **state)
{
	(void)state;
	for_each_kernel(check_memory_failure);
}

static void sigbus_action_required(void **state)
{
	(void)state;
	for_each_kernel(check_sigbus_ar);
}

static void arm_as_firmware_sent_it(void **state)
{
	(void)state;
	for_each_kernel(check_arm);
}

static void arm_by_name(void **state)
{
	(void)state;
	for_each_kernel(check_arm_names);
}

static void non_standard_whole(void **state)
{
	(void)state;
	for_each_kernel(check_non_standard);
}

static void block_error(void **state)
{
	(void)state;
	for_each_kernel(check_block_error);
}

static void aer(void **state)
{
	(void)state;
	for_each_kernel(check_aer);
}

static void foreign_records_are_walked_over(void **state)
{
	(void)state;
	for_each_kernel(check_foreign);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_failure),
		cmocka_unit_test(sigbus_action_required),
		cmocka_unit_test(arm_as_firmware_sent_it),
		cmocka_unit_test(arm_by_name),
		cmocka_unit_test(non_standard_whole),
		cmocka_unit_test(block_error),
		cmocka_unit_test(aer),
		cmocka_unit_test(foreign_records_are_walked_over),
	};

	return cmocka_run_group_tests_name("golden", tests, NULL, NULL);
}
