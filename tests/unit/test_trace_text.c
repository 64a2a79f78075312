// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * What real kernels printed of records (tests/golden, NAME.txt) says the same as the
 * records themselves (NAME.raw); what is in no recording is built by the kernel's own
 * format.
 */

#include "unit/check.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "event/json.h"
#include "handlers/table.h"
#include "rasctl/trace_text.h"
#include "sources/subbuffer.h"
#include "unit/fixtures.h"

#define PAGE 4096

static uint8_t room[1 << 20];

static int decode(const char *line, struct event *ret)
{
	static struct arena arena;
	struct trace_text text;
	int r;

	arena = (struct arena){ room, sizeof(room), 0 };
	r = trace_text_decode(&handlers_table, line, strlen(line), PAGE, &arena, ret,
			      &text);
	assert_int_equal(text.problem != NULL, r == -EBADMSG);
	return r;
}

/* Without what only one of them tells: numbers for words; old records have no bus. */
static char *words(const struct event *event)
{
	static const char *const untold[] = { "page_type", "result", "bus_type" };
	struct json_object *o = event_to_json(event), *detail = NULL;
	char *text;

	json_object_object_get_ex(o, "detail", &detail);
	for (size_t i = 0; i < ARRAY_SIZE(untold); i++)
		json_object_object_del(detail, untold[i]);
	text = strdup(json_object_to_json_string(o));
	json_object_put(o);
	return text;
}

static struct tracepoint *tracepoint_by_id(const char *directory, uint16_t id)
{
	for (size_t i = 0; i < handlers_table.n_handlers; i++)
		for (size_t n = 0; n < HANDLER_TRACEPOINTS_MAX; n++) {
			const struct handler *handler = handlers_table.handlers[i];
			const char *name = handler->tracepoints[n].name;
			struct tracepoint *tp;
			char path[PATH_MAX + 128];
			char *text;
			size_t len;
			int r;

			snprintf(path, sizeof(path), "%s/format/%s", directory,
				 name ? name : "?");
			if (!name || access(path, R_OK) < 0)
				continue;
			text = (char *)read_whole(path, &len);
			tp = resolve_text(handler, name, text, &r);
			free(text);
			if (tp && tp->id == id)
				return tp;
			tracepoint_free(tp);
		}
	return NULL;
}

static size_t compare(const char *directory, const char *name)
{
	char path[PATH_MAX + 128];
	struct subbuffer subbuffer;
	const uint8_t *record;
	size_t len, text_len, n = 0;
	uint64_t ts;
	uint8_t *raw;
	char *text, *line;

	snprintf(path, sizeof(path), "%s/%s.raw", directory, name);
	raw = read_whole(path, &len);
	snprintf(path, sizeof(path), "%s/%s.txt", directory, name);
	text = (char *)read_whole(path, &text_len);
	assert_non_null(raw);
	assert_non_null(text);
	text = realloc(text, text_len + 1);
	text[text_len] = '\0';
	assert_int_equal(subbuffer_open(raw, len, &subbuffer), 0);
	line = strtok(text, "\n");
	while (subbuffer_next(&subbuffer, &record, &len, &ts)) {
		struct tracepoint *tp;
		struct decoded decoded;
		struct event event;
		uint16_t id;
		char *a, *b;

		assert_non_null(line);
		memcpy(&id, record, sizeof(id));
		tp = tracepoint_by_id(directory, id);
		if (tp && decode_bytes(tp, record, len, PAGE, &decoded) >= 0) {
			print_message("# %s/%s: %s\n", directory, name,
				      decoded.event.type->name);
			if (strstr(line, "[LINE TOO BIG]")) {
				assert_int_equal(decode(line, &event), -EBADMSG);
				goto next;
			}
			assert_int_equal(decode(line, &event), 1);
			/* of another instance, a moment later */
			assert_true(llabs(event.boottime_ns - (int64_t)ts) < 100000000);
			a = words(&decoded.event);
			b = words(&event);
			assert_string_equal(a, b);
			free(a);
			free(b);
			n++;
		next:
			decoded_free(&decoded);
		}
		tracepoint_free(tp);
		line = strtok(NULL, "\n");
	}
	free(raw);
	free(text);
	return n;
}

static void texts_say_what_records_say(void **state)
{
	static const char *const kernels[] = { "6.1", "6.12" };
	static const char *const names[] = { "memory-failure", "sigbus-ar",	    "arm",
					     "arm-el2-misc",   "non-standard",	    "aer",
					     "block-error",    "non-standard-large" };
	const char *top = getenv("top_srcdir");

	(void)state;
	for (size_t k = 0; k < ARRAY_SIZE(kernels); k++) {
		char directory[PATH_MAX];
		size_t n = 0;

		snprintf(directory, sizeof(directory), "%s/tests/golden/%s",
			 top ? top : ".", kernels[k]);
		for (size_t i = 0; i < ARRAY_SIZE(names); i++)
			n += compare(directory, names[i]);
		assert_true(n >= 7);
	}
}

/* Built by the format in include/ras/ras_event.h. */
static void memory_controller(void **state)
{
	struct event event;

	(void)state;
	assert_int_equal(
		decode("  kworker/1:2-99 [001] ..... 12.500000: mc_event: 3 Corrected errors: "
		       "read error on DIMM_A1 (mc:1 location:2:0:-1 address:0x12345678 "
		       "grain:8 syndrome:0x000000ff row:5 (x)) ",
		       &event),
		1);
	assert_string_equal(event.type->name, "mc");
	assert_int_equal(event.severity, SEVERITY_CORRECTED);
	assert_int_equal(event.count, 3);
	assert_text(&event.dimm, "DIMM_A1");
	assert_text(detail_of(&event, "msg"), "read error");
	assert_text(detail_of(&event, "label"), "DIMM_A1");
	assert_number(detail_of(&event, "mc_index"), 1);
	assert_number(detail_of(&event, "top_layer"), 2);
	assert_number(detail_of(&event, "middle_layer"), 0);
	assert_number(detail_of(&event, "lower_layer"), -1);
	assert_number(detail_of(&event, "mc_address"), 0x12345678);
	assert_number(detail_of(&event, "grain_bits"), 3);
	assert_number(detail_of(&event, "syndrome"), 0xff);
	assert_text(detail_of(&event, "driver_detail"), "row:5 (x)");
	assert_int_equal(event.boottime_ns, 12500000000);
	assert_int_equal(
		decode("mc_event: 1 Fatal error: on  (mc:0 location:0:0:0 address:0x0 "
		       "grain:1 syndrome:0x0)",
		       &event),
		1);
	assert_int_equal(decode("mc_event: 1 Fatal error: x on  (mc:0 location:0:0:0 "
				"address:0x0 grain:1 syndrome:0x0)",
				&event),
			 1);
	assert_int_equal(event.severity, SEVERITY_FATAL);
	assert_int_equal(event.address_kind, ADDRESS_NONE);
}

/* By the format and the words in include/ras/ras_event.h. */
static void advanced_error_reporting(void **state)
{
	struct event event;

	(void)state;
	assert_int_equal(
		decode("aer_event: 0000:01:00.0 PCIe Bus Error: severity=Uncorrected, "
		       "non-fatal, Data Link Protocol Error|Surprise Down Error|"
		       "Unsupported Request Error|ECRC Error|0x40000000, TLP "
		       "Header={0x1,0x2,0xa,0xffffffff}",
		       &event),
		1);
	assert_int_equal(event.severity, SEVERITY_UNCORRECTED);
	assert_number(detail_of(&event, "status"),
		      1u << 4 | 1u << 5 | 1u << 20 | 1u << 19 | 1u << 30);
	assert_text(detail_of(&event, "tlp_header"),
		    "00000001 00000002 0000000a ffffffff");
	assert_text(&event.device, "0000:01:00.0");
	assert_int_equal(
		decode("aer_event: 0000:01:00.0 CXL Bus Error: severity=Corrected, "
		       "RELAY_NUM Rollover|Advisory Non-Fatal Error, TLP Header=Not "
		       "available",
		       &event),
		1);
	assert_number(detail_of(&event, "status"), 1 << 8 | 1 << 13);
	assert_text(detail_of(&event, "bus_type"), "CXL");
	assert_absent(detail_of(&event, "tlp_header"));
	assert_int_equal(
		decode("aer_event: 0000:01:00.0 PCIe Bus Error: severity=Fatal, New "
		       "Error, TLP Header=Not available",
		       &event),
		-EBADMSG);
}

static void a_line_that_was_cut_says_so(void **state)
{
	struct event event;

	(void)state;
	assert_int_equal(
		decode("non_standard_event: severity: 2; sec type:67452301-ab89-efcd-"
		       "0123-456789abcdef; FRU: 00000000-0000-0000-0000-000000000000 "
		       "; data len:48; raw data:00 01 02 0",
		       &event),
		1);
	assert_number(detail_of(&event, "incomplete"), 1);
	assert_number(detail_of(&event, "length"), 3);
	assert_int_equal(decode("arm_event: cpu: 1; error: 2; affinity lev", &event),
			 -EBADMSG);
	assert_int_equal(decode("memory_failure_event: pfn 0x12: recovery", &event),
			 -EBADMSG);
	assert_int_equal(
		decode("memory_failure_event: pfn xyz: recovery action for a: b", &event),
		-EBADMSG);
}

static void other_lines(void **state)
{
	struct event event;

	(void)state;
	assert_int_equal(decode("", &event), 0);
	assert_int_equal(
		decode("# entries-in-buffer/entries-written: 2/2   #P:1", &event), 0);
	assert_int_equal(
		decode("Memory failure: 0x1234: already hardware poisoned", &event), 0);
	assert_int_equal(decode("sched_switch: prev_comm=a", &event), 0);
	/* rasd records it, and what it prints is more than is read here */
	assert_int_equal(decode("a-1 [000] 1.5: mce_record: CPU: 0, MCGc/s: 0/0", &event),
			 -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_say_what_records_say),
		cmocka_unit_test(memory_controller),
		cmocka_unit_test(advanced_error_reporting),
		cmocka_unit_test(a_line_that_was_cut_says_so),
		cmocka_unit_test(other_lines),
	};

	return cmocka_run_group_tests_name("trace_text", tests, NULL, NULL);
}
