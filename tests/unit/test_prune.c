// SPDX-License-Identifier: LGPL-2.1-or-later

/* What is removed from a database, in which order, and what never is. */

#include "db_fixture.h"

#include "event/acts.h"
#include "util/clock.h"
#include "util/macro.h"

#define DAY_NS (86400 * NS_PER_SEC)
#define NOW_NS (SAMPLE_TIME_NS + 10 * DAY_NS)

static uint64_t prune(struct fixture *f, const struct db_keep *keep, int64_t now_ns)
{
	struct db_writer *w = open_writer(f->db);
	uint64_t removed = 0, position;
	int steps = 0, r;

	assert_int_equal(db_attach_ring(w, SAMPLE_RING, &position), 0);
	do {
		r = db_prune(w, keep, now_ns, &removed);
		if (r < 0)
			fail_msg("step %d: %s", steps, db_error(w));
		assert_true(++steps < 1000);
	} while (r > 0);
	db_writer_close(w);
	return removed;
}

/* A corrected error `sec` after the samples' time; severity and flags to choose. */
static void add(struct fixture *f, struct db_writer *w, uint64_t id, int64_t sec,
		enum severity severity, unsigned int flags)
{
	struct event event;

	arena_reset(&f->arena);
	sample_event(f, "mc", &event);
	event.time_ns = event.time_last_ns = SAMPLE_TIME_NS + sec * NS_PER_SEC;
	event.severity = severity;
	event.flags = flags;
	event.address_kind = ADDRESS_NONE;
	store_event(w, &event, id);
}

static struct db_writer *begin_run(struct fixture *f)
{
	struct db_writer *w = begin_batch(f);
	struct db_run run;

	sample_run(&run);
	assert_int_equal(db_add_run(w, &run), 0);
	return w;
}

static int64_t rows(struct fixture *f, const char *condition)
{
	char sql[160];

	snprintf(sql, sizeof(sql), "SELECT count(*) FROM event WHERE %s", condition);
	return ask_number(f->db, sql);
}

/* Ids 1 to 5 uncorrected, then 1,000 corrected, then 10 unconfirmed ones. */
static void fill(struct fixture *f)
{
	struct db_writer *w = begin_run(f);
	uint64_t id = 0;

	while (id < 5)
		add(f, w, ++id, 0, SEVERITY_UNCORRECTED, 0);
	while (id < 1005)
		add(f, w, ++id, 1, SEVERITY_CORRECTED, 0);
	while (id < 1015)
		add(f, w, ++id, 2, SEVERITY_UNKNOWN, EVENT_UNCONFIRMED);
	commit_and_close(w);
}

/* Places of events that are gone would grow without end, where addresses differ. */
static void places_go_with_their_events(void **state)
{
	struct fixture *f = *state;
	const struct db_keep keep = { .events = 100 };
	struct db_writer *w = begin_run(f);
	struct event event;

	for (uint64_t id = 1; id <= 3000; id++) {
		arena_reset(&f->arena);
		sample_event(f, "mc", &event);
		event_set_address(&event, ADDRESS_PHYSICAL, id << 20);
		event.severity = id % 500 ? SEVERITY_CORRECTED : SEVERITY_UNCORRECTED;
		store_event(w, &event, id);
	}
	commit_and_close(w);
	assert_true(ask_number(f->db, "SELECT count(*) FROM place WHERE kind = 4") >=
		    3000);
	assert_int_equal(prune(f, &keep, NOW_NS), 2900);
	assert_int_equal(rows(f, "severity = 3"), 6);
	assert_int_equal(ask_number(f->db, "SELECT count(*) FROM place WHERE kind = 4"),
			 100);
	assert_int_equal(
		ask_number(f->db, "SELECT count(*) FROM event WHERE NOT EXISTS (SELECT 1"
				  " FROM place WHERE kind = 4 AND name = address >> 16"
				  " AND stretch = id >> 9)"),
		0);
	assert_int_equal(
		ask_number(f->db, "SELECT count(*) FROM event WHERE severity = 3 AND NOT"
				  " EXISTS (SELECT 1 FROM place WHERE kind = 3 AND"
				  " name IN (3, 10, 11) AND stretch = id >> 9)"),
		0);
}

static void without_limits_all_stays(void **state)
{
	struct fixture *f = *state;

	fill(f);
	assert_int_equal(prune(f, &(struct db_keep){ 0 }, NOW_NS), 0);
	assert_int_equal(prune(f, &(struct db_keep){ .events = 1015 }, NOW_NS), 0);
	assert_int_equal(rows(f, "1"), 1015);
}

static void unconfirmed_then_corrected_then_the_rest(void **state)
{
	struct fixture *f = *state;

	fill(f);
	assert_int_equal(prune(f, &(struct db_keep){ .events = 1010 }, NOW_NS), 5);
	assert_int_equal(rows(f, "flags = 2"), 5);
	assert_int_equal(rows(f, "flags = 2 AND id > 1010"), 5);
	assert_int_equal(prune(f, &(struct db_keep){ .events = 500 }, NOW_NS), 510);
	assert_int_equal(rows(f, "flags = 2"), 0);
	assert_int_equal(rows(f, "severity = 1"), 495);
	assert_int_equal(rows(f, "severity = 1 AND id <= 510"), 0);
	assert_int_equal(rows(f, "severity = 3"), 5);
	assert_int_equal(prune(f, &(struct db_keep){ .events = 2 }, NOW_NS), 498);
	assert_int_equal(rows(f, "id IN (4, 5)"), 2);
	assert_int_equal(
		ask_number(f->db, "SELECT value FROM info WHERE key = 'pruned_rows'"),
		1013);
}

static void details_go_and_sums_stay(void **state)
{
	struct fixture *f = *state;
	const struct db_keep keep = { .age_ns = DAY_NS };
	int64_t all;

	store_samples(f);
	store_untraced_samples(f);
	all = rows(f, "1");
	assert_true(all > 40);
	assert_int_equal(prune(f, &keep, NOW_NS), all);
	ask_nothing(f->db, "SELECT * FROM event");
	ask_nothing(f->db, "SELECT * FROM mc UNION ALL SELECT * FROM mc");
	ask_nothing(f->db, "SELECT event FROM arm UNION ALL SELECT event FROM arm_error"
			   " UNION ALL SELECT event FROM arm_register"
			   " UNION ALL SELECT event FROM arm_context"
			   " UNION ALL SELECT event FROM sigbus"
			   " UNION ALL SELECT event FROM vera_register"
			   " UNION ALL SELECT event FROM unknown_detail");
	assert_int_equal(ask_number(f->db, "SELECT sum(rows) FROM tally"), all);
	ask_nothing(f->db, "PRAGMA foreign_key_check");
}

/* Only what is older than that goes, and nothing that is young. */
static void age_is_exact(void **state)
{
	struct fixture *f = *state;
	struct db_writer *w = begin_run(f);

	add(f, w, 1, 0, SEVERITY_FATAL, 0);
	add(f, w, 2, 3600, SEVERITY_CORRECTED, 0);
	add(f, w, 3, -3600, SEVERITY_CORRECTED, 0);
	commit_and_close(w);
	assert_int_equal(prune(f, &(struct db_keep){ .age_ns = DAY_NS },
			       SAMPLE_TIME_NS + DAY_NS + NS_PER_SEC),
			 2);
	assert_int_equal(rows(f, "id = 2"), 1);
	assert_int_equal(prune(f, &(struct db_keep){ .events = 0, .age_ns = 1 },
			       SAMPLE_TIME_NS + 3600 * NS_PER_SEC + NS_PER_SEC),
			 0);
}

static void what_is_needed_stays(void **state)
{
	struct fixture *f = *state;
	const struct db_keep keep = { .events = 1, .age_ns = DAY_NS };
	struct db_writer *w = begin_run(f);
	struct db_hit hit = { .event = 1, .time_ns = SAMPLE_TIME_NS, .uid = -1 };
	struct db_link link = { .from = 2, .to = 1 }, severe = { .from = 5, .to = 6 };
	struct db_action open = { .id = 7, .event = 3, .asked_ns = SAMPLE_TIME_NS };
	struct db_action done = { .id = 8, .event = 4, .asked_ns = SAMPLE_TIME_NS };

	for (uint64_t id = 1; id <= 5; id++)
		add(f, w, id, 0, SEVERITY_CORRECTED, 0);
	add(f, w, 6, 0, SEVERITY_UNCORRECTED, 0);
	open.outcome = OUTCOME_PENDING;
	done.outcome = OUTCOME_DONE;
	assert_int_equal(db_add_hit(w, &hit), 0);
	assert_int_equal(db_add_link(w, &link), 0);
	assert_int_equal(db_add_link(w, &severe), 0);
	assert_int_equal(db_add_action(w, &open), 0);
	assert_int_equal(db_add_action(w, &done), 0);
	commit_and_close(w);
	/* 5 is linked to an uncorrected one: it is not among the corrected that go */
	assert_int_equal(prune(f, &(struct db_keep){ .events = 5 }, NOW_NS), 1);
	assert_int_equal(rows(f, "id = 4"), 0);
	assert_int_equal(prune(f, &keep, NOW_NS), 2);
	assert_int_equal(rows(f, "id IN (1, 2, 3)"), 3);
	assert_int_equal(rows(f, "1"), 3);
	assert_int_equal(ask_number(f->db, "SELECT count(*) FROM link"), 1);
	assert_int_equal(ask_number(f->db, "SELECT count(*) FROM action"), 2);
}

/* A page that is out of use keeps its events, one that is watched does not. */
static void a_bad_page_keeps_its_history(void **state)
{
	struct fixture *f = *state;
	struct db_writer *w = begin_run(f);
	static const uint64_t addresses[] = { 0x7fff0010, 0x7ffe0010, 0x7fff1000 };
	struct db_page bad = { .address = 0x7fff0000, .state = PAGE_OFFLINED };
	struct db_page watched = { .address = 0x7ffe0000, .state = PAGE_WATCHED };

	for (uint64_t i = 0; i < ARRAY_SIZE(addresses); i++) {
		struct event event;

		arena_reset(&f->arena);
		sample_event(f, "mc", &event);
		event.address = addresses[i];
		event.address_kind = ADDRESS_PHYSICAL;
		store_event(w, &event, i + 1);
	}
	assert_int_equal(db_add_page(w, &bad), 0);
	assert_int_equal(db_add_page(w, &watched), 0);
	commit_and_close(w);
	assert_int_equal(prune(f, &(struct db_keep){ .age_ns = DAY_NS }, NOW_NS), 2);
	assert_int_equal(rows(f, "id = 1"), 1);
}

/* A summed-up row that got more within the hour may get still more. */
static void a_growing_row_stays(void **state)
{
	struct fixture *f = *state;
	const struct db_sum more = { .event = 2,
				     .count = 3,
				     .time_last_ns = NOW_NS - 600 * NS_PER_SEC };
	struct db_writer *w = begin_run(f);

	add(f, w, 1, 0, SEVERITY_UNKNOWN, EVENT_UNCONFIRMED);
	add(f, w, 2, 0, SEVERITY_UNKNOWN, EVENT_UNCONFIRMED);
	assert_int_equal(db_add_sum(w, &more), 0);
	commit_and_close(w);
	assert_int_equal(prune(f, &(struct db_keep){ .age_ns = DAY_NS }, NOW_NS), 1);
	assert_int_equal(rows(f, "id = 2"), 1);
}

static int64_t file_pages(struct fixture *f)
{
	return ask_number(f->db, "PRAGMA page_count");
}

/* 60,000 rows into 16 pages' worth: the file shrinks, and what is left is whole. */
static void bytes_are_given_back(void **state)
{
	struct fixture *f = *state;
	struct db_writer *w = begin_run(f);
	int64_t before;

	for (uint64_t id = 1; id <= 60000; id++)
		add(f, w, id, (int64_t)id / 100, SEVERITY_CORRECTED, 0);
	commit_and_close(w);
	before = file_pages(f);
	assert_int_equal(ask_number(f->db, "PRAGMA auto_vacuum"), 2);
	assert_true(prune(f, &(struct db_keep){ .bytes = 2 << 20 }, NOW_NS) > 20000);
	assert_in_range((file_pages(f) - ask_number(f->db, "PRAGMA freelist_count")) *
				4096,
			(1 << 20) + (1 << 19), 2 << 20);
	assert_true(file_pages(f) < before / 2 + 1024);
	assert_int_equal(ask_number(f->db, "PRAGMA freelist_count") <= 1024, 1);
	assert_int_equal(ask_number(f->db, "SELECT integrity_check = 'ok' FROM"
					   " pragma_integrity_check"),
			 1);
	assert_int_equal(rows(f, "1"), ask_number(f->db, "SELECT count(*) FROM mc"));
	assert_int_equal(rows(f, "id = 60000"), 1);
	assert_int_equal(rows(f, "id = 1"), 0);
}

/* Somebody who removed rows by hand does not make us remove as many more. */
static void removed_by_hand_is_found_out(void **state)
{
	struct fixture *f = *state;
	sqlite3 *db;

	fill(f);
	assert_int_equal(sqlite3_open(f->db, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "DELETE FROM event WHERE id BETWEEN 6 AND 905",
				      NULL, NULL, NULL),
			 SQLITE_OK);
	sqlite3_close(db);
	assert_int_equal(prune(f, &(struct db_keep){ .events = 115 }, NOW_NS), 0);
	assert_int_equal(prune(f, &(struct db_keep){ .events = 100 }, NOW_NS), 15);
	assert_int_equal(rows(f, "1"), 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(places_go_with_their_events),
		TEST(without_limits_all_stays),
		TEST(unconfirmed_then_corrected_then_the_rest),
		TEST(details_go_and_sums_stay),
		TEST(age_is_exact),
		TEST(what_is_needed_stays),
		TEST(a_bad_page_keeps_its_history),
		TEST(a_growing_row_stays),
		TEST(bytes_are_given_back),
		TEST(removed_by_hand_is_found_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
