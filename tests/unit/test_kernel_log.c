// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * What capture makes of the kernel's log, on virtual time. Lines come from a table
 * instead of /dev/kmsg; events and links are caught on their way into the ring.
 */

#include "unit/check.h"

#include <stdlib.h>
#include <string.h>

#include "handlers/table.h"
#include "rasd/kernel_log.h"
#include "unit/fixtures.h"
#include "util/clock.h"

#define SEC NS_PER_SEC

struct log_test {
	struct pipeline pipeline;
	struct hands hands;
	struct twins twins;
	struct told told;
	struct kernel_log log;
	struct kmsg_record lines[64];
	size_t n_lines, n_read;
	struct event events[128];
	size_t n_events;
	struct db_link links[8];
	size_t n_links, n_seen_lines, n_published;
};

static struct log_test test;

int __wrap_kmsg_read(struct kmsg *kmsg, struct kmsg_record *ret);
bool __wrap_pipeline_add(struct pipeline *pipeline, struct event *event);
bool __wrap_pipeline_publish(struct pipeline *pipeline);
void __wrap_pipeline_tell_or_count(struct pipeline *pipeline, uint16_t kind,
				   const void *message, size_t len);
void __wrap_hands_see_line(struct hands *hands, const char *line, size_t len,
			   int64_t boottime_ns);

int __wrap_kmsg_read(struct kmsg *kmsg, struct kmsg_record *ret)
{
	if (test.n_read == test.n_lines)
		return 0;
	*ret = test.lines[test.n_read++];
	kmsg->next_seq = ret->seq + 1;
	return 1;
}

bool __wrap_pipeline_add(struct pipeline *pipeline, struct event *event)
{
	assert_true(test.n_events < ARRAY_SIZE(test.events));
	event->id = pipeline->next_id++;
	test.events[test.n_events++] = *event;
	return true;
}

/* What is not published yet must not count as told. */
bool __wrap_pipeline_publish(_unused_ struct pipeline *pipeline)
{
	assert_int_equal(test.told.n, 0);
	test.n_published++;
	return true;
}

void __wrap_pipeline_tell_or_count(_unused_ struct pipeline *pipeline, uint16_t kind,
				   const void *message, size_t len)
{
	assert_int_equal(kind, MESSAGE_LINK);
	assert_int_equal(len, sizeof(test.links[0]));
	assert_true(test.n_links < ARRAY_SIZE(test.links));
	memcpy(&test.links[test.n_links++], message, len);
}

void __wrap_hands_see_line(_unused_ struct hands *hands, _unused_ const char *line,
			   _unused_ size_t len, _unused_ int64_t boottime_ns)
{
	test.n_seen_lines++;
}

static int set_up(void **state)
{
	(void)state;
	memset(&test, 0, sizeof(test));
	test.pipeline = (struct pipeline){ .handlers = &handlers_table,
					   .page_size = 4096,
					   .next_id = 100,
					   .arena = { malloc(1 << 20), 1 << 20, 0 } };
	test.hands.twins = &test.twins;
	told_begin(&test.told);
	test.hands.told = &test.told;
	test.log = (struct kernel_log){ .pipeline = &test.pipeline,
					.hands = &test.hands,
					.kmsg.fd = -1 };
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	kernel_log_close(&test.log);
	free(test.pipeline.arena.base);
	return 0;
}

static void print(int64_t time_ns, unsigned int facility, const char *line)
{
	struct kmsg_record *record = &test.lines[test.n_lines];

	assert_true(test.n_lines < ARRAY_SIZE(test.lines));
	*record = (struct kmsg_record){ .seq = 1000 + test.n_lines++,
					.boottime_ns = time_ns,
					.facility = facility,
					.len = strlen(line) };
	snprintf(record->text, sizeof(record->text), "%s", line);
}

static void print_failure(int64_t time_ns, unsigned int pfn)
{
	char line[128];

	snprintf(line, sizeof(line),
		 "Memory failure: %#x: recovery action for dirty LRU page: Recovered",
		 pfn);
	print(time_ns, 0, line);
}

static void trace_failure(uint64_t id, int64_t time_ns, uint64_t pfn)
{
	struct event event;

	event_init(&event, handler_of("memory-failure")->type);
	event.id = id;
	event.boottime_ns = time_ns;
	*(struct value *)detail_of(&event, "pfn") = value_uint(pfn);
	twins_saw(&test.twins, &event);
}

static void read_at(int64_t now)
{
	assert_false(kernel_log_read(&test.log, now));
}

static void what_was_traced_is_told_again_and_not_counted(void **state)
{
	(void)state;
	print_failure(5 * SEC, 0x77);
	read_at(5 * SEC);
	assert_int_equal(test.n_events, 0);
	assert_int_equal(kernel_log_due_ns(&test.log), 6 * SEC);
	trace_failure(42, 5 * SEC + 1000, 0x77); /* it was read later */
	kernel_log_tick(&test.log, 6 * SEC - 1);
	assert_int_equal(test.n_events, 0);
	kernel_log_tick(&test.log, 6 * SEC);
	assert_int_equal(test.n_events, 1);
	assert_int_equal(test.events[0].flags, EVENT_RETOLD);
	assert_int_equal(test.events[0].source, SOURCE_LOG);
	assert_int_equal(test.n_links, 1);
	assert_int_equal(test.links[0].from, 42);
	assert_int_equal(test.links[0].to, 100);
	assert_int_equal(test.links[0].kind, LINK_RETOLD);
	assert_int_equal(kernel_log_due_ns(&test.log), INT64_MAX);
}

static void what_was_not_traced_counts(void **state)
{
	(void)state;
	print_failure(5 * SEC, 0x77);
	trace_failure(42, 5 * SEC, 0x78);
	read_at(5 * SEC);
	kernel_log_tick(&test.log, 6 * SEC);
	assert_int_equal(test.n_events, 1);
	assert_int_equal(test.events[0].flags, 0);
	assert_int_equal(test.events[0].boottime_ns, 5 * SEC);
	assert_int_equal(test.n_links, 0);
}

static void other_facilities_are_not_believed(void **state)
{
	(void)state;
	print(5 * SEC, 1, "Memory failure: 0x7: recovery action for a: b");
	print(5 * SEC, 1, "{1}[Hardware Error]: event severity: corrected");
	read_at(5 * SEC);
	assert_int_equal(kernel_log_due_ns(&test.log), INT64_MAX);
	kernel_log_release(&test.log);
	assert_int_equal(test.n_events, 0);
	assert_int_equal(test.n_seen_lines, 0);
}

static void print_record(int64_t time_ns)
{
	print(time_ns, 0, "{1}[Hardware Error]: event severity: corrected");
	print(time_ns, 0, "{1}[Hardware Error]:  Error 0, type: corrected");
	print(time_ns, 0, "{1}[Hardware Error]:   section_type: memory error");
	print(time_ns, 0, "{1}[Hardware Error]:   physical_address: 0x0000000041234000");
}

/* Its last line is known by silence, from when it was read. */
static void records_end_in_silence(void **state)
{
	(void)state;
	print_record(5 * SEC);
	read_at(5 * SEC);
	assert_int_equal(kernel_log_due_ns(&test.log), 6 * SEC);
	print(5 * SEC + 900 * NS_PER_MSEC, 0,
	      "{1}[Hardware Error]:   node:3 card:1 module:2");
	read_at(5 * SEC + 900 * NS_PER_MSEC);
	kernel_log_tick(&test.log, 6 * SEC + 899 * NS_PER_MSEC);
	assert_int_equal(test.n_events, 0);
	kernel_log_tick(&test.log, 6 * SEC + 900 * NS_PER_MSEC);
	assert_int_equal(test.n_events, 1);
	assert_int_equal(test.events[0].address, 0x41234000);
	assert_number(detail_of(&test.events[0], "module"), 2);
	assert_int_equal(test.events[0].boottime_ns, 5 * SEC);
}

/* The next process begins with the first line that something waits for. */
static void the_position_is_of_what_waits(void **state)
{
	(void)state;
	print(1 * SEC, 0, "nothing of ours");
	print_failure(5 * SEC, 0x77);	/* 1001 */
	print_record(5 * SEC);		/* 1002 … 1005 */
	print(5 * SEC, 0, "also none"); /* 1006 */
	read_at(5 * SEC);
	assert_int_equal(test.pipeline.next_log, 1001);
	assert_int_equal(test.pipeline.log_done, 1007);
	assert_int_equal(test.n_seen_lines, 3);
	kernel_log_tick(&test.log, 6 * SEC);
	assert_int_equal(test.n_events, 2);
	assert_int_equal(test.pipeline.next_log, 1007);
}

/* … and what had its effect at once has it once. */
static void lines_that_were_seen_are_not_seen_again(void **state)
{
	(void)state;
	print_failure(5 * SEC, 0x77);
	print(5 * SEC, 0, "also none");
	test.pipeline.log_done = 1001;
	read_at(5 * SEC);
	assert_int_equal(test.n_seen_lines, 1);
	kernel_log_release(&test.log);
	assert_int_equal(test.n_events, 1);
}

/* A process that was killed leaves a position before what it had told. */
static void what_was_published_is_not_told_again(void **state)
{
	(void)state;
	print_record(5 * SEC);
	print_failure(5 * SEC, 0x77);
	read_at(5 * SEC);
	kernel_log_tick(&test.log, 6 * SEC);
	assert_int_equal(test.n_events, 2);
	assert_true(test.events[0].once && test.events[1].once);
	assert_true(test.events[0].once != test.events[1].once);
	test.n_read = 0; /* killed before it was published: told again, under the key */
	test.log.n_new = 0;
	read_at(6 * SEC);
	kernel_log_release(&test.log);
	kernel_log_tick(&test.log, 8 * SEC);
	assert_int_equal(test.n_events, 4);
	assert_true(test.events[2].once == test.events[0].once);
	assert_true(test.events[3].once == test.events[1].once);
	kernel_log_published(&test.log);
	test.n_read = 0;
	read_at(9 * SEC);
	kernel_log_tick(&test.log, 11 * SEC);
	assert_int_equal(test.n_events, 4);
}

/* Boot time is made of two clocks that are read one after the other. */
static void keys_do_not_go_by_the_time(void **state)
{
	(void)state;
	print_record(5 * SEC);
	print_failure(5 * SEC, 0x77);
	read_at(5 * SEC);
	kernel_log_tick(&test.log, 6 * SEC);
	kernel_log_published(&test.log);
	assert_int_equal(test.n_events, 2);
	for (size_t i = 0; i < test.n_lines; i++)
		test.lines[i].boottime_ns += 70;
	test.n_read = 0;
	read_at(9 * SEC);
	kernel_log_tick(&test.log, 11 * SEC);
	assert_int_equal(test.n_events, 2);
}

/* Two drivers that print such records have a number each, and both begin with 1. */
static void keys_go_by_the_source(void **state)
{
	(void)state;
	print_record(5 * SEC);
	print(6 * SEC, 0,
	      "{1}[Hardware Error]: Hardware error from APEI Generic Hardware Error "
	      "Source: 3");
	print_record(6 * SEC);
	read_at(6 * SEC);
	kernel_log_tick(&test.log, 8 * SEC);
	assert_int_equal(test.n_events, 2);
	assert_true(test.events[0].once != test.events[1].once);
}

/* As 6.12 and later print what they have no tracepoint for (tests/golden, cxl-dram). */
static void what_only_has_a_name_is_kept_in_words(void **state)
{
	struct event traced;

	(void)state;
	for (int i = 0; i < 2; i++) {
		char head[80];

		snprintf(head, sizeof(head),
			 "{%d}[Hardware Error]:  Error 0, type: fatal", 2 + i);
		print(5 * SEC, 0, head);
		snprintf(head, sizeof(head),
			 "{%d}[Hardware Error]:   section_type: CXL DRAM Event", 2 + i);
		print(5 * SEC, 0, head);
		snprintf(head, sizeof(head), "{%d}[Hardware Error]:    DPA: 0x1000",
			 2 + i);
		print(5 * SEC, 0, head);
	}
	read_at(5 * SEC);
	event_init(&traced, handler_of("cxl-dram")->type);
	traced.id = 42;
	traced.boottime_ns = 5 * SEC;
	twins_saw(&test.twins, &traced); /* one of them was told by the driver as well */
	kernel_log_tick(&test.log, 6 * SEC);
	assert_int_equal(test.n_events, 2);
	for (int i = 0; i < 2; i++) {
		assert_string_equal(test.events[i].type->name, "non-standard");
		assert_int_equal(test.events[i].component, COMPONENT_CXL);
		assert_int_equal(test.events[i].severity, SEVERITY_FATAL);
	}
	assert_text(detail_of(&test.events[1], "log"), "DPA: 0x1000");
	assert_string_equal(words_of(&test.events[1]),
			    "CXL DRAM Event, in the words of the kernel's log");
	assert_int_equal(test.events[0].flags & EVENT_RETOLD, EVENT_RETOLD);
	assert_int_equal(test.events[1].flags & EVENT_RETOLD, 0);
	assert_int_equal(test.links[0].from, 42);
}

static void more_than_can_wait_does_not(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < LOG_HELD_MAX; i++) {
		if (i == 60) {
			read_at(5 * SEC);
			test.n_lines = test.n_read = 0;
		}
		print_failure(5 * SEC, 0x100 + i);
	}
	read_at(5 * SEC);
	assert_int_equal(test.n_events, 0);
	print_failure(5 * SEC, 0x999);
	read_at(5 * SEC);
	assert_int_equal(test.n_events, 1);
	assert_number(detail_of(&test.events[0], "pfn"), 0x100);
	assert_int_equal(test.n_published, 0);
	kernel_log_release(&test.log);
	assert_int_equal(test.n_events, LOG_HELD_MAX + 1);
	assert_int_equal(test.n_published, 1);
	assert_true(test.told.n > 0);
	assert_number(detail_of(&test.events[LOG_HELD_MAX], "pfn"), 0x999);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			what_was_traced_is_told_again_and_not_counted, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_was_not_traced_counts, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(other_facilities_are_not_believed, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(records_end_in_silence, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(the_position_is_of_what_waits, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(lines_that_were_seen_are_not_seen_again,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(more_than_can_wait_does_not, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(what_only_has_a_name_is_kept_in_words,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_was_published_is_not_told_again,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(keys_do_not_go_by_the_time, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(keys_go_by_the_source, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("kernel_log", tests, NULL, NULL);
}
