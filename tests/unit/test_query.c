// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Whatever way a search takes, it finds what looking at each event finds; and the tally
 * has what counting gives.
 */

#include <stdlib.h>
#include <string.h>

#include "db_fixture.h"

#include "db/reader_private.h"
#include "util/clock.h"
#include "util/macro.h"

#define N_EVENTS 3000

static const char *const type_names[] = { "test", "mc", "arm", "block-error", "sigbus" };
/* The last is longer than what the tally keeps of a name. */
static const char *const dimms[] = {
	"A1",
	"B2",
	"it's",
	"DIMM_A1 or DIMM_A2 or DIMM_B1 or DIMM_B2 or DIMM_C1 or DIMM_C2 or DIMM_D1 or"
	" DIMM_D2 or DIMM_E1 or DIMM_E2",
};
static const char *const devices[] = { "sda", "0000:01:00.0" };
static const char *const units[] = { "nginx.service", "db.service" };

static uint64_t draw_state;

static uint64_t draw(uint64_t below)
{
	draw_state = draw_state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (draw_state >> 33) % below;
}

/* Severities, places and types in every combination; times that mostly rise. */
static void make_event(struct event *e, uint64_t i)
{
	size_t type = i < 2000 ? draw(2) : draw(ARRAY_SIZE(type_names));

	event_init(e, sample_handler(type_names[type])->type);
	e->time_ns = SAMPLE_TIME_NS + (int64_t)(i * 100 + draw(300)) * NS_PER_SEC;
	e->time_last_ns = e->time_ns + (draw(9) ? 0 : 5);
	e->severity = (enum severity)(draw(5) ? SEVERITY_CORRECTED : draw(SEVERITY_MAX));
	e->component = (enum component)draw(4);
	e->flags = draw(20) ? 0 : EVENT_RETOLD;
	e->count = (uint32_t)(1 + draw(3));
	if (draw(2))
		e->dimm = value_text(dimms[draw(ARRAY_SIZE(dimms))]);
	if (!draw(3))
		e->device = value_text(devices[draw(ARRAY_SIZE(devices))]);
	if (!draw(4))
		e->unit = value_text(units[draw(ARRAY_SIZE(units))]);
	if (!draw(3))
		e->cpu = (int32_t)draw(3);
	if (draw(2))
		event_set_address(e, ADDRESS_PHYSICAL,
				  0xe000 + 0x1000 * draw(3) + draw(4096));
}

static void begin_boot(struct db_writer *w, uint64_t boot)
{
	struct db_run run;

	sample_run(&run);
	snprintf(run.boot_id, sizeof(run.boot_id), "%032llx", (unsigned long long)boot);
	assert_int_equal(db_add_run(w, &run), 0);
}

static void store_many(struct fixture *f)
{
	struct db_writer *w = begin_batch(f);
	struct db_hit hit = { .time_ns = 1, .unit = "db.service" };

	draw_state = 42;
	for (uint64_t i = 0; i < N_EVENTS; i++) {
		struct event event;

		if (i % 1000 == 0)
			begin_boot(w, i / 1000 + 1);
		make_event(&event, i);
		store_event(w, &event, i + 1);
		if (i % 100 == 0) {
			hit.event = i + 1;
			assert_int_equal(db_add_hit(w, &hit), 0);
			assert_int_equal(db_commit(w, i), 0);
			assert_int_equal(db_begin(w), 0);
		}
	}
	commit_and_close(w);
}

/* --- searches ----------------------------------------------------------------------- */

static bool one_of(const char *const *names, const char *name)
{
	if (!names[0])
		return true;
	for (size_t i = 0; i < DB_TYPES_MAX && names[i]; i++)
		if (!strcmp(names[i], name))
			return true;
	return false;
}

static bool says(const struct value *value, const char *text)
{
	return !text || (value->kind == VALUE_TEXT && value->len == strlen(text) &&
			 !memcmp(value->text, text, value->len));
}

static bool is_meant(const struct db_filter *f, const struct event *e)
{
	bool was_hit = f->unit && !strcmp(f->unit, "db.service") && e->id % 100 == 1;

	if (f->once && e->flags & EVENT_RETOLD)
		return false;
	return e->id > f->after && one_of(f->types, e->type->name) &&
	       (!f->severities || f->severities & 1u << e->severity) &&
	       (!f->components || f->components & 1u << e->component) &&
	       (!f->since_ns || e->time_ns >= f->since_ns) &&
	       (!f->until_ns || e->time_ns <= f->until_ns) &&
	       (!f->boot || (int64_t)((e->id - 1) / 1000 + 1) == f->boot) &&
	       (was_hit || says(&e->unit, f->unit)) && says(&e->dimm, f->dimm) &&
	       says(&e->device, f->device) && (!f->has_cpu || e->cpu == f->cpu) &&
	       (!f->page_last || (e->address_kind && e->address >= f->page_first &&
				  e->address <= f->page_last));
}

/* Of all events, looked at one by one. */
static size_t look(struct db_reader *r, const struct db_filter *f, uint64_t *ret)
{
	struct event event;
	size_t n = 0;

	assert_int_equal(db_find_events(r, &(struct db_filter){ 0 }), 0);
	while (db_next_event(r, &event) == 1)
		if (is_meant(f, &event))
			ret[n++] = event.id;
	return n;
}

static void assert_found(struct db_reader *r, const struct db_filter *f,
			 const uint64_t *ids, size_t n)
{
	struct event event;
	size_t i = 0;

	assert_int_equal(db_find_events(r, f), 0);
	while (db_next_event(r, &event) == 1) {
		if (i >= n || event.id != (f->newest_first ? ids[n - 1 - i] : ids[i]))
			fail_msg("event %llu is not the %zuth of %zu",
				 (unsigned long long)event.id, i, n);
		i++;
	}
	assert_int_equal(i, n);
}

static void assert_meant(struct db_reader *r, const struct db_filter *f, size_t n)
{
	struct event event;
	size_t found = 0;

	assert_int_equal(db_find_events(r, f), 0);
	for (; db_next_event(r, &event) == 1; found++)
		assert_true(is_meant(f, &event));
	assert_int_equal(found, n);
}

/* The newest by id; or, where time chooses them, by time: then only how many is said. */
static void check(struct db_reader *r, struct db_filter f)
{
	static uint64_t ids[N_EVENTS];
	size_t n = look(r, &f, ids);

	assert_found(r, &f, ids, n);
	f.newest_first = true;
	assert_found(r, &f, ids, n);
	f.newest_first = false;
	f.oldest = 7;
	assert_found(r, &f, ids, MIN(n, (size_t)7));
	f.oldest = 0;
	f.newest = 7;
	if ((f.since_ns || f.until_ns) && (!r->cheap || !reader_has_tally(r))) {
		assert_meant(r, &f, MIN(n, (size_t)7));
		return;
	}
	assert_found(r, &f, ids + (n > 7 ? n - 7 : 0), MIN(n, (size_t)7));
}

static void draw_filter(struct db_filter *f)
{
	*f = (struct db_filter){ 0 };
	for (size_t i = 0, n = draw(3); i < n; i++)
		f->types[i] = type_names[draw(ARRAY_SIZE(type_names))];
	f->severities = draw(2) ? 0 : (unsigned int)draw(1u << SEVERITY_MAX);
	f->components = draw(3) ? 0 : (unsigned int)draw(16);
	f->once = draw(2);
	f->dimm = draw(4) ? NULL : dimms[draw(ARRAY_SIZE(dimms))];
	f->device = draw(4) ? NULL : devices[draw(ARRAY_SIZE(devices))];
	f->unit = draw(4) ? NULL : units[draw(ARRAY_SIZE(units))];
	f->has_cpu = !draw(5);
	f->cpu = f->has_cpu ? (int32_t)draw(3) : 0;
	f->boot = draw(4) ? 0 : (int64_t)(1 + draw(3));
	f->after = draw(4) ? 0 : draw(N_EVENTS);
	if (!draw(4))
		f->since_ns = SAMPLE_TIME_NS + (int64_t)draw(300000) * NS_PER_SEC;
	if (!draw(4))
		f->until_ns = SAMPLE_TIME_NS + (int64_t)draw(300000) * NS_PER_SEC;
	if (!draw(5)) {
		f->page_first = 0xe000 + 0x1000 * draw(4);
		f->page_last = f->page_first + 0xfff;
	}
}

static void every_way_finds_the_same(void **state)
{
	struct fixture *f = *state;
	struct db_reader *r;

	store_many(f);
	r = open_reader(f->db);
	check(r, (struct db_filter){ 0 });
	for (int i = 0; i < 150; i++) {
		struct db_filter filter;

		draw_filter(&filter);
		check(r, filter);
	}
	db_reader_close(r);
}

/* As if there were many more events than there are. */
static void among_many_it_finds_the_same(void **state)
{
	struct fixture *f = *state;
	struct db_reader *r;

	store_many(f);
	r = open_reader(f->db);
	r->cheap = 0;
	r->count_max = 20;
	r->stretch = 1;
	for (int i = 0; i < 150; i++) {
		struct db_filter filter;

		draw_filter(&filter);
		check(r, filter);
	}
	db_reader_close(r);
}

/* As a version without a tally and its indexes left it. */
static void without_a_tally_it_finds_the_same(void **state)
{
	struct fixture *f = *state;
	struct db_reader *r;

	store_many(f);
	ask_nothing(f->db, "DROP TABLE tally; DROP TABLE place;"
			   "DROP INDEX event_unit; DELETE FROM info"
			   " WHERE key IN ('tally_top', 'place_top')");
	r = open_reader(f->db);
	for (int i = 0; i < 40; i++) {
		struct db_filter filter;

		draw_filter(&filter);
		check(r, filter);
	}
	db_reader_close(r);
}

/* --- the tally ---------------------------------------------------------------------- */

/* Rows that one of the two has and the other has not. */
static void assert_tally_is_true(struct fixture *f)
{
	static const char counted[] =
		"SELECT time / 86400000000000, boot, type, ifnull(severity, 5), component,"
		" ifnull(device, ''), substr(ifnull(dimm, ''), 1, 96), ifnull(cpu, -1), (flags & 8) != 0, count(*),"
		" sum(count), min(id), max(id), min(time), max(ifnull(time_last, time))"
		" FROM event GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9";
	char question[1024];

	snprintf(question, sizeof(question),
		 "SELECT count(*) FROM (SELECT * FROM (%s) EXCEPT SELECT * FROM tally)",
		 counted);
	assert_int_equal(ask_number(f->db, question), 0);
	snprintf(question, sizeof(question),
		 "SELECT count(*) FROM (SELECT * FROM tally EXCEPT SELECT * FROM (%s))",
		 counted);
	assert_int_equal(ask_number(f->db, question), 0);
}

/* Every event that is not corrected is found by its severity's own name, and by those of
 * "at least"; and so by its DIMM. */
static void assert_no_place_is_missing(struct fixture *f)
{
	assert_int_equal(
		ask_number(f->db,
			   "SELECT count(*) FROM event e WHERE severity IS NOT 1 AND"
			   " NOT EXISTS (SELECT 1 FROM place WHERE kind = 3"
			   " AND name = ifnull(severity, 5) AND stretch = id >> 9)"),
		0);
	assert_int_equal(
		ask_number(f->db, "SELECT count(*) FROM event e, (VALUES (2), (3), (4)) l"
				  " WHERE ifnull(severity, 5) >= l.column1 AND NOT EXISTS"
				  " (SELECT 1 FROM place WHERE kind = 3"
				  " AND name = 8 + l.column1 AND stretch = id >> 9)"),
		0);
	assert_int_equal(
		ask_number(f->db,
			   "SELECT count(*) FROM event e WHERE dimm IS NOT NULL AND"
			   " NOT EXISTS (SELECT 1 FROM place WHERE kind = 1"
			   " AND name = substr(dimm, 1, 96) AND stretch = id >> 9)"),
		0);
}

/* What a version before them wrote, or one that was in use again for a while. */
static void places_are_completed(void **state)
{
	static const char *const lost[] = {
		"DELETE FROM place; DELETE FROM info WHERE key = 'place_top'",
		"DELETE FROM place WHERE stretch > 1;"
		"UPDATE info SET value = 1023 WHERE key = 'place_top'",
		"DROP INDEX place_stretch; DROP INDEX once_kept;"
		"DELETE FROM place WHERE kind >= 3; DELETE FROM info WHERE key = 'place_top';"
		"CREATE INDEX event_severe ON event (severity) WHERE "
		"(severity IN (3, 4) OR severity IS NULL);"
		"CREATE INDEX event_mild ON event (severity) WHERE severity IN (0, 2);"
		"CREATE INDEX event_address ON event (address) WHERE address IS NOT NULL;"
		"PRAGMA user_version = 1002",
	};
	struct fixture *f = *state;

	store_many(f);
	assert_no_place_is_missing(f);
	for (size_t i = 0; i < ARRAY_SIZE(lost); i++) {
		int64_t places = ask_number(f->db, "SELECT count(*) FROM place");

		ask_nothing(f->db, lost[i]);
		assert_true(ask_number(f->db, "SELECT count(*) FROM place") < places);
		db_writer_close(open_writer(f->db));
		assert_no_place_is_missing(f);
		assert_int_equal(ask_number(f->db, "SELECT count(*) FROM place"), places);
	}
	assert_int_equal(ask_number(f->db, "SELECT count(*) FROM sqlite_master"
					   " WHERE name IN ('event_severe', 'event_mild',"
					   " 'event_address')"),
			 0);
	assert_tally_is_true(f);
}

static void the_tally_is_what_counting_gives(void **state)
{
	struct fixture *f = *state;

	store_many(f);
	assert_true(ask_number(f->db, "SELECT count(*) FROM tally") > 500);
	assert_int_equal(ask_number(f->db, "SELECT sum(rows) FROM tally"), N_EVENTS);
	assert_tally_is_true(f);
}

static void a_batch_that_is_given_up_is_not_counted(void **state)
{
	struct fixture *f = *state;
	struct db_writer *w = begin_batch(f);
	struct event event;

	sample_event(f, "mc", &event);
	begin_boot(w, 1);
	store_event(w, &event, 1);
	db_rollback(w);
	assert_int_equal(db_begin(w), 0);
	begin_boot(w, 1);
	store_event(w, &event, 1);
	store_event(w, &event, 2);
	commit_and_close(w);
	assert_int_equal(ask_number(f->db, "SELECT sum(rows) FROM tally"), 2);
	assert_tally_is_true(f);
}

/* More of an event: in its batch, and in a later one. */
static void sums_are_counted_too(void **state)
{
	struct fixture *f = *state;
	struct db_writer *w = begin_batch(f);
	struct db_sum sum = { .event = 1,
			      .count = 5,
			      .time_last_ns = SAMPLE_TIME_NS + 9 };
	struct event event;

	sample_event(f, "sigbus", &event);
	begin_boot(w, 1);
	store_event(w, &event, 1);
	assert_int_equal(db_add_sum(w, &sum), 0);
	commit_and_close(w);
	assert_tally_is_true(f);
	w = begin_batch(f);
	sum.count = 100;
	sum.time_last_ns += 9;
	assert_int_equal(db_add_sum(w, &sum), 0);
	sum.event = 77;
	assert_int_equal(db_add_sum(w, &sum), 1);
	commit_and_close(w);
	assert_int_equal(ask_number(f->db, "SELECT sum(count) FROM tally"), 106);
	assert_tally_is_true(f);
}

/* More kinds in one batch than there is room for, and names that are cut. */
/* What is more of an old event says nothing of where the new one of its kind is. */
static void more_of_an_old_event_has_no_new_place(void **state)
{
	struct fixture *f = *state;
	const struct db_sum sum = { .event = 1,
				    .count = 1,
				    .time_last_ns = SAMPLE_TIME_NS };
	struct db_writer *w = begin_batch(f);
	struct event event;
	int64_t places;

	sample_event(f, "sigbus", &event);
	store_event(w, &event, 1);
	commit_and_close(w);
	places = ask_number(f->db, "SELECT count(*) FROM place");
	assert_true(places > 0);
	w = begin_batch(f);
	store_event(w, &event, 1000000);
	assert_int_equal(db_add_sum(w, &sum), 0);
	commit_and_close(w);
	assert_int_equal(ask_number(f->db, "SELECT count(*) FROM place"), 2 * places);
}

static void a_batch_of_many_kinds_is_counted(void **state)
{
	struct fixture *f = *state;
	struct db_writer *w = begin_batch(f);
	char name[400];

	begin_boot(w, 1);
	for (uint64_t i = 0; i < 1000; i++) {
		struct event event;

		sample_event(f, "mc", &event);
		snprintf(name, sizeof(name), "%03u%0*d", (unsigned int)(i % 500),
			 i % 2 ? 300 : 5, 0);
		event.dimm = value_text(name);
		store_event(w, &event, i + 1);
	}
	commit_and_close(w);
	assert_int_equal(ask_number(f->db, "SELECT sum(rows) FROM tally"), 1000);
	assert_int_equal(ask_number(f->db, "SELECT count(*) FROM tally"), 500);
	assert_int_equal(ask_number(f->db, "SELECT max(length(dimm)) FROM tally"), 96);
}

/* Events that no other source had told of: those that summaries are of. */
static uint64_t told_once(struct fixture *f)
{
	return (uint64_t)ask_number(f->db,
				    "SELECT count(*) FROM event WHERE flags & 8 = 0");
}

static int add_rows(const struct db_summary *row, void *arg)
{
	*(uint64_t *)arg += row->rows;
	return 0;
}

/* Written past us, as by a version without a tally: counted, and made good later. */
static void events_behind_the_tally_are_not_forgotten(void **state)
{
	struct fixture *f = *state;
	struct db_reader *r;
	uint64_t n = 0, told;

	store_many(f);
	told = told_once(f);
	ask_nothing(f->db,
		    "INSERT INTO event (boot, time, count, type, severity, component,"
		    " flags) SELECT boot, time, 1, type, 4, 1, 0 FROM event"
		    " WHERE id <= 10");
	r = open_reader(f->db);
	assert_int_equal(db_read_summary(r, add_rows, &n), 0);
	assert_int_equal(n, told + 10);
	db_reader_close(r);
	db_writer_close(open_writer(f->db));
	assert_int_equal(ask_number(f->db, "SELECT sum(rows) FROM tally"), N_EVENTS + 10);
	assert_tally_is_true(f);
}

/* What retention removes stays counted. */
static void removed_events_stay_counted(void **state)
{
	struct fixture *f = *state;
	struct db_reader *r;
	uint64_t n = 0, told;

	store_many(f);
	told = told_once(f);
	ask_nothing(f->db, "DELETE FROM event WHERE id <= 1500");
	db_writer_close(open_writer(f->db));
	r = open_reader(f->db);
	assert_int_equal(db_read_summary(r, add_rows, &n), 0);
	assert_int_equal(n, told);
	check(r, (struct db_filter){ .types = { "mc" } });
	check(r, (struct db_filter){ .boot = 1 });
	db_reader_close(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_way_finds_the_same),
		TEST(among_many_it_finds_the_same),
		TEST(without_a_tally_it_finds_the_same),
		TEST(places_are_completed),
		TEST(the_tally_is_what_counting_gives),
		TEST(a_batch_that_is_given_up_is_not_counted),
		TEST(sums_are_counted_too),
		TEST(more_of_an_old_event_has_no_new_place),
		TEST(a_batch_of_many_kinds_is_counted),
		TEST(events_behind_the_tally_are_not_forgotten),
		TEST(removed_events_stay_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
