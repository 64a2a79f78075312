// SPDX-License-Identifier: LGPL-2.1-or-later

/* One error told by a tracepoint and by the kernel's log. */

#include "unit/check.h"

#include <stdlib.h>
#include <string.h>

#include "locate/twins.h"
#include "unit/fixtures.h"
#include "util/clock.h"

static struct twins twins;

static int set_up(void **state)
{
	(void)state;
	memset(&twins, 0, sizeof(twins));
	return 0;
}

static struct event failure(uint64_t id, uint64_t pfn, int64_t time_ns)
{
	struct event event;

	event_init(&event, handler_of("memory-failure")->type);
	event.id = id;
	event.boottime_ns = time_ns;
	*(struct value *)detail_of(&event, "pfn") = value_uint(pfn);
	return event;
}

static void saw(uint64_t id, uint64_t pfn, int64_t time_ns)
{
	struct event event = failure(id, pfn, time_ns);

	twins_saw(&twins, &event);
}

static uint64_t take(uint64_t pfn, int64_t time_ns)
{
	struct event event = failure(0, pfn, time_ns);

	return twins_take(&twins, &event);
}

static void each_has_one(void **state)
{
	(void)state;
	saw(5, 0x100, 1000);
	saw(6, 0x100, 2000);
	assert_int_equal(take(0x101, 1000), 0);
	assert_int_equal(take(0x100, 1900), 6); /* the nearer */
	assert_int_equal(take(0x100, 1900), 5);
	assert_int_equal(take(0x100, 1900), 0); /* more was logged than traced */
}

static void another_time_is_another_error(void **state)
{
	(void)state;
	saw(5, 0x100, 10 * NS_PER_SEC);
	assert_int_equal(take(0x100, 12 * NS_PER_SEC + 1), 0);
	assert_int_equal(take(0x100, 8 * NS_PER_SEC - 1), 0);
	assert_int_equal(take(0x100, 12 * NS_PER_SEC), 5);
}

static void types_that_are_told_once_have_none(void **state)
{
	struct event event;

	(void)state;
	event_init(&event, handler_of("test")->type);
	event.id = 9;
	twins_saw(&twins, &event);
	assert_int_equal(twins.n_seen, 0);
	assert_int_equal(twins_take(&twins, &event), 0);
	event_init(&event, NULL);
	twins_saw(&twins, &event);
	assert_int_equal(twins_take(&twins, &event), 0);
}

static void the_oldest_gives_way(void **state)
{
	(void)state;
	for (uint64_t i = 0; i <= TWINS_MAX; i++)
		saw(i + 1, i, 1000);
	assert_int_equal(take(0, 1000), 0);
	assert_int_equal(take(1, 1000), 2);
	assert_int_equal(take(TWINS_MAX, 1000), TWINS_MAX + 1);
}

/* It lies in memory that outlives the program: whatever it holds is only wrong. */
static void junk_does_no_harm(void **state)
{
	(void)state;
	memset(&twins, 0xff, sizeof(twins));
	saw(5, 0x100, 1000);
	assert_int_equal(take(0x100, 1000), 5);
	assert_int_equal(take(0x100, 1000), 0);
}

/* A kernel with an EDAC driver tells of a memory error by mc_event, and prints it. */
static void types_of_one_kind_are_twins(void **state)
{
	struct event traced, logged;

	(void)state;
	event_init(&traced, handler_of("mc")->type);
	traced.id = 3;
	event_set_address(&traced, ADDRESS_PHYSICAL, 0x1234000);
	event_init(&logged, handler_of("cper-memory")->type);
	event_set_address(&logged, ADDRESS_PHYSICAL, 0x1234000);
	twins_saw(&twins, &traced);
	assert_int_equal(twins_take(&twins, &logged), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(each_has_one, set_up),
		cmocka_unit_test_setup(another_time_is_another_error, set_up),
		cmocka_unit_test_setup(types_that_are_told_once_have_none, set_up),
		cmocka_unit_test_setup(the_oldest_gives_way, set_up),
		cmocka_unit_test_setup(junk_does_no_harm, set_up),
		cmocka_unit_test_setup(types_of_one_kind_are_twins, set_up),
	};

	return cmocka_run_group_tests_name("twins", tests, NULL, NULL);
}
