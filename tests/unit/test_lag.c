// SPDX-License-Identifier: LGPL-2.1-or-later

#include "unit/check.h"

#include <limits.h>
#include <string.h>

#include "event/wire.h"
#include "handlers/table.h"
#include "rasd/lag.h"
#include "rasd/messages.h"
#include "unit/fixtures.h"

static struct here {
	char *directory;
	struct ring ring;
} here;

static int set_up(void **state)
{
	static const struct ring_layout layout = { .schema = 1,
						   .scratch_bytes = 65536,
						   .data_bytes = 1 << 20 };
	char path[PATH_MAX], note_text[1024];
	struct text note = TEXT_IN(note_text);

	(void)state;
	here.directory = make_temp_directory();
	snprintf(path, sizeof(path), "%s/ring", here.directory);
	return ring_open(path, &layout, &here.ring, &note);
}

static int tear_down(void **state)
{
	(void)state;
	ring_close(&here.ring);
	remove_tree(here.directory);
	return 0;
}

/* Of a type with lists, or of none. */
static void put_event(const char *type, int64_t boottime_ns)
{
	const struct handler *handler = type ? handler_of(type) : NULL;
	uint8_t buf[4096];
	struct event event;
	ssize_t len;

	event_init(&event, handler ? handler->type : NULL);
	event.boottime_ns = boottime_ns;
	len = handler ? event_encode(&event, &handlers_table, buf, sizeof(buf)) :
			event_encode_unknown(&event, "raw", 3, buf, sizeof(buf));
	assert_true(len > 0);
	assert_int_equal(ring_put(&here.ring, MESSAGE_EVENT, buf, (size_t)len), 0);
}

static void put_others(int n)
{
	struct db_sum sum = { .event = 1, .count = 1 };

	for (int i = 0; i < n; i++)
		assert_int_equal(ring_put(&here.ring, MESSAGE_SUM, &sum, sizeof(sum)), 0);
}

static void expect(bool any_bytes, int64_t age_ns)
{
	struct lag lag = lag_of(&here.ring, 1000);

	assert_int_equal(lag.bytes > 0, any_bytes);
	assert_int_equal(lag.bytes, ring_written(&here.ring) - ring_durable(&here.ring));
	assert_int_equal(lag.age_ns, age_ns);
}

static void the_oldest_that_is_not_on_disk_counts(void **state)
{
	uint64_t first, second;

	(void)state;
	expect(false, 0);
	put_event("arm", 400);
	expect(false, 0); /* not published */
	ring_publish(&here.ring);
	first = ring_written(&here.ring);
	expect(true, 600);
	put_others(3);
	put_event(NULL, 700);
	ring_publish(&here.ring);
	second = ring_written(&here.ring);
	expect(true, 600);
	ring_set_durable(&here.ring, first);
	expect(true, 300);
	ring_set_durable(&here.ring, second);
	expect(false, 0);
}

static void without_an_event_there_is_no_age(void **state)
{
	(void)state;
	put_others(2000); /* more than are looked at */
	ring_publish(&here.ring);
	expect(true, 0);
	put_event("mc", 1);
	ring_publish(&here.ring);
	expect(true, 0);
}

static void an_event_of_the_future_has_no_age(void **state)
{
	(void)state;
	put_event("mc", 5000);
	ring_publish(&here.ring);
	expect(true, 0);
}

static void what_is_no_event_is_passed_over(void **state)
{
	(void)state;
	assert_int_equal(ring_put(&here.ring, MESSAGE_EVENT, "x", 1), 0);
	assert_int_equal(ring_put(&here.ring, 999, "xyz", 3), 0);
	put_event("mc", 990);
	ring_publish(&here.ring);
	expect(true, 10);
}

#define TEST(name_) cmocka_unit_test_setup_teardown(name_, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_oldest_that_is_not_on_disk_counts),
		TEST(without_an_event_there_is_no_age),
		TEST(an_event_of_the_future_has_no_age),
		TEST(what_is_no_event_is_passed_over),
	};

	return cmocka_run_group_tests_name("lag", tests, NULL, NULL);
}
