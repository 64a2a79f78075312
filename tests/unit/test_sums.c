// SPDX-License-Identifier: LGPL-2.1-or-later

#include "unit/check.h"

#include <stdlib.h>
#include <string.h>

#include "rasd/sums.h"
#include "util/clock.h"

#define IDLE_NS (60 * NS_PER_SEC) /* as rasd/sums.c */
#define AO	5
#define AR	4

/* The rows that a database would have: the event that began each, and what was added. */
struct rows {
	struct sums *sums;
	uint64_t next_event;
	uint64_t counts[65536];
	int32_t senders[65536];
	int64_t last[65536];
};

static int set_up(void **state)
{
	struct rows *rows = calloc(1, sizeof(*rows));

	rows->sums = sums_new(4);
	rows->next_event = 1;
	*state = rows;
	return rows->sums ? 0 : -1;
}

static int tear_down(void **state)
{
	struct rows *rows = *state;

	rows->sums = sums_free(rows->sums);
	free(rows);
	return 0;
}

/* As the pipeline does it. True: it began a row. */
static bool add(struct rows *rows, int32_t sender, int32_t signal, int32_t code,
		int64_t now)
{
	struct sum_key key = { sender, signal, code };

	if (!sums_add(rows->sums, &key, now, now + 1))
		return false;
	assert_true(rows->next_event < ARRAY_SIZE(rows->counts));
	sums_begun(rows->sums, &key, rows->next_event);
	rows->senders[rows->next_event] = key.sender;
	rows->counts[rows->next_event++] = 1;
	return true;
}

static size_t flush(struct rows *rows)
{
	struct db_sum sum;
	size_t i = 0, n = 0;

	for (; sums_take(rows->sums, &i, &sum); n++) {
		assert_true(sum.event > 0 && sum.event < rows->next_event);
		assert_true(sum.count > 0);
		rows->counts[sum.event] += sum.count;
		rows->last[sum.event] = sum.time_last_ns;
	}
	return n;
}

static uint64_t total(const struct rows *rows)
{
	uint64_t n = 0;

	for (uint64_t i = 1; i < rows->next_event; i++)
		n += rows->counts[i];
	return n;
}

static void one_row_per_sender_and_code(void **state)
{
	struct rows *rows = *state;

	assert_true(add(rows, 100, 7, AO, 0));
	assert_true(add(rows, 100, 7, AR, 1));
	assert_true(add(rows, 100, 9, AO, 2));
	assert_true(add(rows, 200, 7, AO, 3));
	for (int64_t i = 0; i < 1000; i++) {
		assert_false(add(rows, 100, 7, AO, i));
		assert_false(add(rows, 200, 7, AO, 2 * i));
	}
	assert_int_equal(flush(rows), 2);
	assert_int_equal(flush(rows), 0);
	assert_int_equal(rows->counts[1], 1001);
	assert_int_equal(rows->last[1], 999 + 1);
	assert_int_equal(rows->counts[2], 1);
	assert_int_equal(rows->counts[4], 1001);
	assert_int_equal(rows->last[4], 2 * 999 + 1);
	assert_false(add(rows, 100, 7, AO, 5000));
	assert_int_equal(flush(rows), 1);
	assert_int_equal(rows->counts[1], 1002);
}

static void many_senders_share_a_row_per_code(void **state)
{
	static const int32_t codes[][2] = {
		{ 7, 3 }, { 7, 4 }, { 7, 5 }, { 7, 128 }, { 9, 128 }
	};
	struct rows *rows = *state;

	for (int32_t sender = 1; sender <= 4; sender++)
		assert_true(add(rows, sender, 7, AO, 0));
	for (size_t c = 0; c < ARRAY_SIZE(codes); c++) {
		assert_true(add(rows, 50, codes[c][0], codes[c][1], 0));
		assert_int_equal(rows->senders[rows->next_event - 1], 0);
		for (int32_t sender = 51; sender < 80; sender++)
			assert_false(add(rows, sender, codes[c][0], codes[c][1], 0));
	}
	assert_int_equal(flush(rows), 5);
	assert_int_equal(rows->next_event, 1 + 4 + 5);
	for (uint64_t row = 5; row < 10; row++)
		assert_int_equal(rows->counts[row], 30);
	/* who had a row keeps it */
	assert_false(add(rows, 3, 7, AO, 0));
	assert_int_equal(flush(rows), 1);
	assert_int_equal(rows->counts[3], 2);
}

static void a_quiet_senders_place_is_used_again(void **state)
{
	struct rows *rows = *state;

	for (int32_t sender = 1; sender <= 4; sender++)
		assert_true(add(rows, sender, 7, AO, 0));
	add(rows, 1, 7, AO, 10);		   /* has something to tell yet */
	assert_true(add(rows, 5, 7, AO, IDLE_NS)); /* not quiet for long enough */
	assert_int_equal(rows->senders[5], 0);
	assert_true(add(rows, 6, 7, AO, IDLE_NS + 1)); /* in the place of 2 */
	assert_int_equal(rows->senders[6], 6);
	assert_false(add(rows, 6, 7, AO, IDLE_NS + 2));
	assert_true(
		add(rows, 2, 7, AO, IDLE_NS + 3)); /* it begins anew, in the place of 3 */
	assert_false(add(rows, 1, 7, AO, IDLE_NS + 4));
	flush(rows);
	assert_int_equal(rows->counts[1], 3);
	assert_int_equal(rows->counts[2], 1);
	assert_int_equal(rows->counts[6], 2);
	assert_int_equal(total(rows), 10);
}

/* The database removes a summed-up row that has not grown for an hour. */
static void a_shared_row_that_was_quiet_is_begun_again(void **state)
{
	const int64_t half_hour = 30 * 60 * NS_PER_SEC;
	struct rows *rows = *state;
	int64_t now = 0;

	for (int32_t sender = 1; sender <= 4; sender++)
		assert_true(add(rows, sender, 7, AO, now));
	assert_true(add(rows, 5, 7, AO, now));
	for (int32_t sender = 1; sender <= 4; sender++)
		add(rows, sender, 7, AO, now += IDLE_NS / 2);
	assert_false(add(rows, 6, 7, AO, now)); /* the row of 5 */
	flush(rows);
	assert_int_equal(rows->counts[5], 2);
	for (int32_t sender = 1; sender <= 4; sender++) /* each has its row again */
		add(rows, sender, 7, AO, now + half_hour);
	assert_false(add(rows, 7, 7, AO, now + half_hour));
	flush(rows);
	now += half_hour;
	for (int32_t sender = 1; sender <= 4; sender++)
		add(rows, sender, 7, AO, now + half_hour + 1);
	assert_true(add(rows, 8, 7, AO, now + half_hour + 1));
	assert_int_equal(rows->senders[rows->next_event - 1], 0);
	assert_false(add(rows, 9, 7, AO, now + half_hour + 2));
	flush(rows);
	assert_int_equal(rows->counts[5], 3);
	assert_int_equal(rows->counts[rows->next_event - 1], 2);
}

static void a_lost_beginning_is_begun_again(void **state)
{
	struct sum_key key = { 100, 7, AO };
	struct rows *rows = *state;

	assert_true(sums_add(rows->sums, &key, 0, 0));
	sums_forget(rows->sums, &key);
	assert_true(add(rows, 100, 7, AO, 1));
	assert_false(add(rows, 100, 7, AO, 2));
	flush(rows);
	assert_int_equal(rows->counts[1], 2);
	sums_forget(rows->sums, &(struct sum_key){ 999, 7, AO }); /* nobody's */
	assert_false(add(rows, 100, 7, AO, 3));
}

static void a_thread_number_comes_back_as_somebody_else(void **state)
{
	struct rows *rows = *state;

	assert_true(add(rows, 100, 7, AO, 0));
	assert_false(add(rows, 100, 7, AO, IDLE_NS));
	assert_int_equal(flush(rows), 1);
	assert_false(add(rows, 100, 7, AO, 2 * IDLE_NS)); /* not quiet for long enough */
	assert_false(add(rows, 100, 7, AO, 4 * IDLE_NS)); /* has something to tell yet */
	assert_int_equal(flush(rows), 1);
	assert_true(add(rows, 100, 7, AO, 5 * IDLE_NS + 1));
	assert_false(add(rows, 100, 7, AO, 5 * IDLE_NS + 2));
	assert_int_equal(flush(rows), 1);
	assert_int_equal(rows->counts[1], 4);
	assert_int_equal(rows->counts[2], 2);
}

static void cleared_sums_begin_anew(void **state)
{
	struct rows *rows = *state;

	for (int32_t sender = 1; sender < 10; sender++)
		add(rows, sender, 7, AO, 0);
	add(rows, 1, 7, AO, 0);
	sums_clear(rows->sums);
	assert_int_equal(flush(rows), 0);
	for (int32_t sender = 1; sender <= 4; sender++) {
		assert_true(add(rows, sender, 7, AO, 1));
		assert_int_equal(rows->senders[rows->next_event - 1], sender);
	}
}

static uint32_t next_random(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)(*seed >> 33);
}

/* However many senders there are and however often it is told: the sum is what was added.
 */
static void nothing_is_lost_whatever_comes(void **state)
{
	static const int32_t codes[] = { 3, 4, 5, 128 };
	struct rows *rows = *state;
	uint64_t seed = 20261120, added = 0;
	int64_t now = 0;

	for (; added < 200000; added++) {
		uint32_t r = next_random(&seed);
		bool kill = r % 17 == 0;
		/* a few busy ones, and thousands of others */
		int32_t sender = 1 + (int32_t)(r % 3 ? next_random(&seed) % 5 :
						       next_random(&seed) % 5000);

		now += r % 1000 == 0 ? IDLE_NS : r % 1000;
		add(rows, sender, kill ? 9 : 7,
		    kill ? 128 : codes[next_random(&seed) % ARRAY_SIZE(codes)], now);
		if (r % 97 == 0)
			flush(rows);
	}
	flush(rows);
	assert_int_equal(total(rows), added);
	assert_true(rows->next_event < 5000); /* and rows are bounded */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(one_row_per_sender_and_code, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(many_senders_share_a_row_per_code, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_quiet_senders_place_is_used_again,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_shared_row_that_was_quiet_is_begun_again, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_lost_beginning_is_begun_again, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(
			a_thread_number_comes_back_as_somebody_else, set_up, tear_down),
		cmocka_unit_test_setup_teardown(cleared_sums_begin_anew, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(nothing_is_lost_whatever_comes, set_up,
						tear_down),
	};

	return cmocka_run_group_tests_name("sums", tests, NULL, NULL);
}
