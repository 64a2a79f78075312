// SPDX-License-Identifier: LGPL-2.1-or-later

/* Floods, and whatever else may come. */

#include "unit/correlate_fixture.h"

#include <stdlib.h>

/* --- room -----------------------------------------------------------------------------
 */

static void send_itself(struct correlator *c, int32_t first, int32_t n_threads,
			int64_t at, size_t n)
{
	struct finding found;

	for (size_t i = 0; i < n; i++) {
		int32_t tid = first + (int32_t)(i % (size_t)n_threads);
		struct step s = own(1000 + (uint64_t)tid, at + (int64_t)i, tid, tid);

		take(c, &s);
		assert_false(correlate_next(c, &found));
	}
}

/* What a million forged signals from many threads do to one of each, real and waiting. */
static void a_flood_pushes_out_only_its_like(_unused_ void **state)
{
	const struct step before[] = { from_kernel(1, T, 500, 9), line(T, 0x88, 600),
				       failure(11, T - 1, 0x99, 8), look(T, 0x99, 700),
				       own(4, T, 800, 800) };
	const struct step after[] = { failure(2, T + SEC, 0x77, 9),
				      own(3, T + 2 * SEC, 600, 600),
				      own(5, T + 3 * SEC, 700, 700),
				      failure(12, T + SEC, 0x88, 600),
				      line(T, 0xaa, 800),
				      failure(13, T + SEC, 0xaa, 800) };
	struct correlator *c = correlator_new();
	struct outcome outcome = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(before); i++)
		take(c, &before[i]);
	collect(c, &outcome);
	send_itself(c, 10000, 100000, T + 1, 1000000);
	for (size_t i = 0; i < ARRAY_SIZE(after); i++)
		take(c, &after[i]);
	correlate_settle(c, LATER);
	collect(c, &outcome);
	/* the signal 4 was pushed out: its line speaks for the failure */
	assert_string_equal(
		as_text(&outcome),
		"hit 1 sender, hit 13 kernel-log, hit 3 kernel-log, hit 5 pagemap, "
		"page of 1 0x77, page of 13 0xaa, page of 3 0x88, "
		"page of 5 0x99, signal 11>5 pagemap, signal 12>3 kernel-log, "
		"signal 2>1 sender");
	assert_int_equal(correlate_lost(c), 0);
	correlator_free(c);
}

static void a_flood_of_one_thread_takes_one_place(_unused_ void **state)
{
	struct correlator *c = correlator_new();
	struct outcome outcome = { 0 };
	struct step s = own(1, T, 500, 500), l = line(T, 0x77, 500);

	take(c, &s);
	send_itself(c, 600, 1, T + 1, 1000000);
	send_itself(c, 10000, 254, T + 1, 1000000);
	take(c, &l);
	collect(c, &outcome);
	assert_string_equal(as_text(&outcome), "hit 1 kernel-log, page of 1 0x77");
	correlator_free(c);
	/* the latest, whichever comes last */
	IN_ORDER("hit 1 kernel-log, page of 1 0x77", own(1, T, 500, 500),
		 own(8, T - 3 * SEC, 500, 500), line(T, 0x77, 500));
}

static void kills_do_not_push_out_signals(_unused_ void **state)
{
	struct correlator *c = correlator_new();
	struct outcome outcome = { 0 };
	struct step s = own(1, T, 500, 500), l = line(T, 0x77, 500);

	take(c, &s);
	for (int32_t i = 0; i < 10000; i++) {
		struct step kill = forced_kill(9, T + i, 1000 + i, 7);

		take(c, &kill);
	}
	take(c, &l);
	collect(c, &outcome);
	assert_string_equal(as_text(&outcome), "hit 1 kernel-log, page of 1 0x77");
	correlator_free(c);
}

static void lines_that_are_pushed_out_are_told(_unused_ void **state)
{
	struct correlator *c = correlator_new();
	struct step f = failure(2, T, 0x77, 9);
	struct finding found;
	int told = 0;

	take(c, &f);
	for (int32_t i = 0; i < 1000; i++) {
		struct step l = line(T + i, 0x77, 5000 + i);

		take(c, &l);
		while (correlate_next(c, &found)) {
			assert_int_equal(found.event, 2);
			assert_int_equal(found.tid, 5000 + told++);
		}
	}
	assert_int_equal(told, 1000 - 256);
	correlate_settle(c, LATER);
	while (correlate_next(c, &found))
		told++;
	assert_int_equal(told, 1000);
	assert_int_equal(correlate_lost(c), 0);
	correlator_free(c);
}

static void what_finds_no_room_is_counted(_unused_ void **state)
{
	struct correlator *c = correlator_new();
	struct finding found;
	uint64_t lost = 0;
	int taken = 0;

	for (int32_t i = 0; i < 256 + 7; i++) { /* whose failure nobody told */
		struct step l = line(T + i, 0x77, 5000 + i);

		take(c, &l);
	}
	assert_int_equal(correlate_lost(c), lost += 7);
	for (int32_t i = 0; i < 256 + 5; i++) {
		struct step v = look(T + i, 0x77, 5000 + i);

		take(c, &v);
	}
	assert_int_equal(correlate_lost(c), lost += 5);
	for (int32_t i = 0; i < 256 + 3; i++) { /* that lack their failure yet */
		struct step s = from_kernel(1 + (uint64_t)i, T + i, 20000 + i, 9);

		take(c, &s);
	}
	assert_int_equal(correlate_lost(c), lost += 3);
	for (int32_t i = 0; i < 2000; i++) { /* and nobody takes what comes of it */
		struct step s = from_kernel(1 + (uint64_t)i, T + i * 11 * SEC, 1, 9);

		take(c, &s);
	}
	assert_true(correlate_lost(c) > lost);
	while (correlate_next(c, &found))
		taken++;
	assert_int_equal(taken, 1024);
	correlator_free(c);
}

/* A failure may have had a great many early victims: all are linked with one call. */
static void one_failure_links_a_whole_shelf(_unused_ void **state)
{
	struct correlator *c = correlator_new();
	struct step f = failure(5000, T + SEC, 0x77, 9);
	struct finding found;
	int hits = 0, links = 0;

	for (int32_t i = 0; i < 256; i++) {
		struct step s = from_kernel(1 + (uint64_t)i, T + i, 20000 + i, 9);

		take(c, &s);
	}
	take(c, &f);
	while (correlate_next(c, &found)) {
		hits += found.kind == FINDING_HIT;
		links += found.kind == FINDING_LINK && found.from == 5000;
	}
	assert_int_equal(hits, 256);
	assert_int_equal(links, 256);
	assert_int_equal(correlate_lost(c), 0);
	correlator_free(c);
}

/* --- whatever comes -------------------------------------------------------------------
 */

static uint32_t next_random(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)(*seed >> 33);
}

#define CHAOS 50000

struct chaos {
	struct correlator *c;
	uint64_t seed, spoken_for; /* lines and victims so far */
	uint64_t beside_sender;	   /* hits that lines and victims gave */
	uint8_t is[CHAOS];	   /* by event */
	bool hit[CHAOS], linked[CHAOS];
};

enum { IS_NOTHING, IS_CONFIRMED, IS_OWN, IS_OTHER, IS_FAILURE, IS_REPORT };

static struct step random_step(struct chaos *chaos, uint64_t event, int64_t now)
{
	int64_t at = now - next_random(&chaos->seed) % (3 * SEC);
	int32_t tid = 1 + (int32_t)(next_random(&chaos->seed) % 20);
	uint64_t pfn = 0x70 + next_random(&chaos->seed) % 8;
	struct step s;

	switch (next_random(&chaos->seed) % 8) {
	case 0:
		chaos->is[event] = IS_CONFIRMED;
		return from_kernel(event, at, tid, 50 + tid % 3);
	case 1:
		chaos->is[event] = IS_OTHER;
		s = own(event, at, tid, tid);
		s.signal.is_memory = false;
		return s;
	case 2:
		chaos->is[event] = IS_FAILURE;
		return failure(event, at, pfn, 50 + tid % 3);
	case 3:
		chaos->spoken_for++;
		return line(at, pfn, tid);
	case 4:
		chaos->spoken_for++;
		return look(at, pfn, tid);
	case 5:
		chaos->is[event] = IS_REPORT;
		return report(event, at, pfn);
	}
	chaos->is[event] = IS_OWN;
	return own(event, at, tid, tid % 2 ? tid : 0);
}

static void check_hit(struct chaos *chaos, const struct finding *f)
{
	assert_true(f->event > 0 && f->event < CHAOS);
	if (f->evidence == EVIDENCE_SENDER) {
		assert_int_equal(chaos->is[f->event], IS_CONFIRMED);
	} else {
		chaos->beside_sender++;
		assert_true(f->pfn >= 0x70 && f->pfn < 0x78);
		assert_true(chaos->is[f->event] == IS_OWN ||
			    (chaos->is[f->event] == IS_FAILURE &&
			     f->evidence == EVIDENCE_LOG));
	}
	if (chaos->is[f->event] != IS_FAILURE)
		assert_false(chaos->hit[f->event]);
	chaos->hit[f->event] = true;
}

static void check_link(struct chaos *chaos, const struct finding *f)
{
	assert_true(f->from > 0 && f->from < CHAOS && f->to > 0 && f->to < CHAOS);
	assert_false(chaos->linked[f->to]);
	chaos->linked[f->to] = true;
	assert_true(f->pfn >= 0x70 && f->pfn < 0x78);
	if (f->link == LINK_REPORT) {
		assert_int_equal(chaos->is[f->from], IS_REPORT);
		assert_int_equal(chaos->is[f->to], IS_FAILURE);
		return;
	}
	assert_int_equal(chaos->is[f->from], IS_FAILURE);
	assert_true(chaos->hit[f->to]);
}

static void whatever_comes_nothing_is_told_twice(_unused_ void **state)
{
	struct chaos *chaos = calloc(1, sizeof(*chaos));
	struct finding f;
	uint64_t hits = 0;

	chaos->c = correlator_new();
	chaos->seed = 20261121;
	for (uint64_t event = 1; event < CHAOS; event++) {
		int64_t now = T + (int64_t)event * 50 * MSEC;
		struct step s = random_step(chaos, event, now);

		take(chaos->c, &s);
		if (event % 16 == 0)
			correlate_settle(chaos->c, now);
		while (correlate_next(chaos->c, &f)) {
			hits += f.kind == FINDING_HIT;
			if (f.kind == FINDING_HIT)
				check_hit(chaos, &f);
			else
				check_link(chaos, &f);
		}
	}
	for (uint64_t event = 1; event < CHAOS; event++)
		if (chaos->is[event] == IS_CONFIRMED)
			assert_true(chaos->hit[event]);
	assert_true(hits > CHAOS / 8);
	assert_true(chaos->beside_sender > 0);
	assert_true(chaos->beside_sender <= chaos->spoken_for);
	chaos->c = correlator_free(chaos->c);
	free(chaos);
}

/* Times from the ends of the scale overflow nothing. */
static void times_may_be_anything(_unused_ void **state)
{
	static const int64_t times[] = { INT64_MIN, -1, 0, T, INT64_MAX };
	struct correlator *c = correlator_new();
	struct finding found;
	size_t hits = 0;

	for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
		const struct step steps[] = {
			own(1, times[i], 5, 5),	    from_kernel(2, times[i], 6, 7),
			failure(3, times[i], 1, 7), line(times[i], 1, 8),
			look(times[i], 2, 5),	    report(4, times[i], 1)
		};

		for (size_t s = 0; s < ARRAY_SIZE(steps); s++)
			take(c, &steps[s]);
		correlate_settle(c, times[ARRAY_SIZE(times) - 1 - i]);
	}
	while (correlate_next(c, &found))
		hits += found.kind == FINDING_HIT;
	assert_true(hits >= ARRAY_SIZE(times));
	correlator_free(c);
	assert_null(correlator_free(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_flood_pushes_out_only_its_like),
		cmocka_unit_test(a_flood_of_one_thread_takes_one_place),
		cmocka_unit_test(kills_do_not_push_out_signals),
		cmocka_unit_test(lines_that_are_pushed_out_are_told),
		cmocka_unit_test(what_finds_no_room_is_counted),
		cmocka_unit_test(one_failure_links_a_whole_shelf),
		cmocka_unit_test(whatever_comes_nothing_is_told_twice),
		cmocka_unit_test(times_may_be_anything),
	};

	return cmocka_run_group_tests_name("correlate-room", tests, NULL, NULL);
}
