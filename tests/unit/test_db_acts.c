// SPDX-License-Identifier: LGPL-2.1-or-later

/* Hits, links, actions, pages: what is written comes back. */

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "acts_fixture.h"
#include "db/reader_acts.h"
#include "db/schema.h"
#include "schema_1000.h"
#include "util/clock.h"
#include "util/macro.h"

/* --- what comes back ---------------------------------------------------------------- */

static int keep_hit(const struct db_hit *hit, void *arg)
{
	*(struct db_hit *)arg = *hit;
	return 0;
}

static void a_hit_comes_back(void **state)
{
	struct fixture *f = *state;
	struct db_writer *w = begin_acts(f);
	struct db_hit hit = sample_hit(5), read;
	struct db_reader *r;

	assert_int_equal(db_add_hit(w, &hit), 0);
	commit_and_close(w);
	r = open_reader(f->db);
	assert_int_equal(db_read_hits(r, &(struct db_acts_filter){ .event = BASE + 5 },
				      keep_hit, &read),
			 0);
	hit.event += BASE;
	assert_memory_equal(&hit, &read, sizeof(hit));
	db_reader_close(r);
	assert_int_equal(ask_number(f->db,
				    "SELECT count(*) FROM hits WHERE event = 1005 AND"
				    " time = '2027-01-15T08:00:00.123456789Z' AND"
				    " evidence = 'kernel-log' AND is_unit AND"
				    " address = '0xffff000012345000' AND why IS NULL"),
			 1);
}

static void what_a_hit_does_not_know_is_null(void **state)
{
	struct fixture *f = *state;
	struct db_writer *w = begin_acts(f);
	struct db_hit hit = { .time_ns = SAMPLE_TIME_NS, .uid = -1 }, read;
	struct db_reader *r;

	strcpy(hit.why, "it was gone");
	assert_int_equal(db_add_hit(w, &hit), 0);
	commit_and_close(w);
	assert_int_equal(
		ask_number(
			f->db,
			"SELECT count(*) FROM hit WHERE event IS NULL AND pid IS NULL"
			" AND tgid IS NULL AND uid IS NULL AND start IS NULL AND comm IS"
			" NULL AND unit IS NULL AND user_unit IS NULL AND invocation IS"
			" NULL AND cgroup IS NULL AND address IS NULL"),
		1);
	r = open_reader(f->db);
	assert_int_equal(db_read_hits(r, &(struct db_acts_filter){ 0 }, keep_hit, &read),
			 0);
	assert_memory_equal(&hit, &read, sizeof(hit));
	db_reader_close(r);
}

static void texts_need_no_terminator(void **state)
{
	struct fixture *f = *state;
	struct db_writer *w = begin_acts(f);
	struct db_hit hit = sample_hit(1), read;
	struct db_reader *r;

	memset(hit.comm, 'c', sizeof(hit.comm));
	memset(hit.unit, 'u', sizeof(hit.unit));
	assert_int_equal(db_add_hit(w, &hit), 0);
	commit_and_close(w);
	assert_int_equal(ask_number(f->db, "SELECT length(comm) FROM hit"),
			 DB_TEXT_BYTES);
	assert_int_equal(ask_number(f->db, "SELECT length(unit) FROM hit"),
			 DB_UNIT_BYTES);
	ask_nothing(f->db, "UPDATE hit SET user_unit = printf('%.9999c', 'x')");
	r = open_reader(f->db);
	assert_int_equal(db_read_hits(r, &(struct db_acts_filter){ 0 }, keep_hit, &read),
			 0);
	assert_int_equal(strlen(read.comm), DB_TEXT_BYTES - 1);
	assert_int_equal(strlen(read.user_unit), DB_UNIT_BYTES - 1);
	db_reader_close(r);
}

struct kept_action {
	struct db_action action;
	int64_t run;
	int n;
};

static int keep_action(const struct db_action *action, int64_t run, void *arg)
{
	struct kept_action *kept = arg;

	kept->action = *action;
	kept->run = run;
	kept->n++;
	return 0;
}

static void the_last_word_of_an_action_stands(void **state)
{
	struct fixture *f = *state;
	struct db_writer *w = begin_acts(f);
	struct db_action action = sample_action(9, OUTCOME_PENDING);
	struct kept_action kept = { 0 };
	struct db_reader *r;
	struct db_run run;

	assert_int_equal(db_add_action(w, &action), 0);
	assert_int_equal(db_commit(w, 1), 0);
	assert_int_equal(db_begin(w), 0);
	sample_run(&run);
	assert_int_equal(db_add_run(w, &run), 0); /* it ends in another run */
	action = sample_action(9, OUTCOME_FAILED);
	action.done_ns = SAMPLE_TIME_NS + 1;
	action.error = EBUSY;
	action.tries = 3;
	action.verified = action.before_record = 1;
	action.address = 0x12345000;
	memset(action.note, 0, sizeof(action.note));
	strcpy(action.note, "busy");
	assert_int_equal(db_add_action(w, &action), 0);
	assert_int_equal(db_add_action(w, &action), 0); /* told twice */
	commit_and_close(w);
	r = open_reader(f->db);
	assert_int_equal(db_read_actions(r, &(struct db_acts_filter){ .id = BASE + 9 },
					 keep_action, &kept),
			 0);
	action.id += BASE;
	action.event += BASE;
	assert_memory_equal(&action, &kept.action, sizeof(action));
	assert_int_equal(kept.n, 1);
	assert_int_equal(kept.run, 1);
	db_reader_close(r);
	assert_int_equal(ask_number(f->db,
				    "SELECT count(*) FROM actions WHERE id = 1009 AND"
				    " event = 1002 AND rule = 'service' AND act ="
				    " 'restart' AND outcome = 'failed' AND done ="
				    " '2027-01-15T08:00:00.123456790Z' AND boot_id ="
				    " '11111111-2222-3333-4444-555555555555'"),
			 1);
}

static void an_action_uses_up_its_id(void **state)
{
	struct fixture *f = *state;
	struct db_writer *w = begin_acts(f);
	struct db_action action = sample_action(41, OUTCOME_DONE);
	uint64_t position;

	action.event = 0; /* not of this ring */
	assert_int_equal(db_add_action(w, &action), 0);
	action.id = 0;
	assert_int_equal(db_add_action(w, &action), 1);
	assert_int_equal(db_commit(w, 1), 0);
	assert_int_equal(db_attach_ring(w, "another", &position), 0);
	assert_int_equal(db_ring_id_base(w), BASE + 41);
	db_writer_close(w);
	assert_int_equal(ask_number(f->db, "SELECT count(*) FROM action"), 1);
	assert_int_equal(ask_number(f->db, "SELECT event FROM action"), -1);
}

static int note_link(const struct db_link *link, void *arg)
{
	text_add(arg, "%d>%d:%s,%s ", (int)link->from, (int)link->to,
		 link_kind_name(link->kind), evidence_name(link->evidence));
	return 0;
}

static void links_are_found_from_both_ends(void **state)
{
	struct fixture *f = *state;
	struct db_writer *w = begin_acts(f);
	struct db_link link = { .from = 2, .to = 1, .kind = LINK_SIGNAL };
	struct text found = TEXT_IN((char[256]){ 0 });
	struct db_reader *r;

	assert_int_equal(db_add_link(w, &link), 0);
	link.evidence = EVIDENCE_LOG;
	assert_int_equal(db_add_link(w, &link), 0);
	link = (struct db_link){ .from = 3, .to = 2, .kind = LINK_REPORT };
	assert_int_equal(db_add_link(w, &link), 0);
	link.from = 0;
	assert_int_equal(db_add_link(w, &link), 1);
	commit_and_close(w);
	r = open_reader(f->db);
	assert_int_equal(db_read_links(r, BASE + 2, note_link, &found), 0);
	assert_string_equal(found.at, "1002>1001:signal,kernel-log "
				      "1003>1002:report,none ");
	found.len = 0;
	assert_int_equal(db_read_links(r, BASE + 1, note_link, &found), 0);
	assert_string_equal(found.at, "1002>1001:signal,kernel-log ");
	found.len = 0;
	*found.at = '\0';
	assert_int_equal(db_read_links(r, BASE + 4, note_link, &found), 0);
	assert_string_equal(found.at, "");
	db_reader_close(r);
}

static int keep_page(const struct db_page *page, bool is_now, void *arg)
{
	assert_true(is_now);
	*(struct db_page *)arg = *page;
	return 0;
}

static void a_page_keeps_its_beginning(void **state)
{
	struct fixture *f = *state;
	struct db_writer *w = begin_acts(f);
	struct db_page page = { .address = 0x5000, .state = PAGE_POISONED }, read;
	struct db_reader *r;

	assert_int_equal(db_add_page(w, &page), 0); /* no corrected error so far */
	page = (struct db_page){ .address = 0x5000,
				 .corrected = 3,
				 .first_ns = 100,
				 .last_ns = 200,
				 .debt_ns = 50 };
	assert_int_equal(db_add_page(w, &page), 0);
	page.corrected = 4;
	page.first_ns = page.last_ns = 300;
	page.debt_ns = 40;
	page.state = PAGE_ASKED;
	assert_int_equal(db_add_page(w, &page), 0);
	page.corrected = 1; /* begun anew, by a policy that had forgotten it */
	assert_int_equal(db_add_page(w, &page), 0);
	commit_and_close(w);
	r = open_reader(f->db);
	assert_int_equal(db_read_pages(r, keep_page, &read), 0);
	page.corrected = 4;
	page.first_ns = 100;
	assert_memory_equal(&page, &read, sizeof(page));
	db_reader_close(r);
	assert_int_equal(ask_number(f->db, "SELECT boot FROM page"), 1);
}

/* --- which of them ------------------------------------------------------------------ */

static int note_action(const struct db_action *action, int64_t run, void *arg)
{
	(void)run;
	text_add(arg, "%d", (int)action->id - BASE);
	return 0;
}

static const char *actions(struct db_reader *r, const struct db_acts_filter *filter)
{
	static char found[64];
	struct text text = TEXT_IN(found);

	*found = '\0';
	assert_int_equal(db_read_actions(r, filter, note_action, &text), 0);
	return found;
}

static int stop_at_once(const struct db_action *action, int64_t run, void *arg)
{
	(void)action;
	(void)run;
	++*(int *)arg;
	return 7;
}

static void filters_find_what_they_say(void **state)
{
	struct fixture *f = *state;
	struct db_writer *w = begin_acts(f);
	struct db_reader *r;
	int n = 0;

	for (uint64_t id = 1; id <= 6; id++) {
		struct db_action action = sample_action(id, OUTCOME_DONE);

		action.event = 20 + id % 2;
		if (id > 3)
			strcpy(action.unit, "other.service");
		assert_int_equal(db_add_action(w, &action), 0);
	}
	commit_and_close(w);
	r = open_reader(f->db);
	assert_string_equal(actions(r, &(struct db_acts_filter){ 0 }), "123456");
	assert_string_equal(actions(r, &(struct db_acts_filter){ .newest = 2 }), "56");
	assert_string_equal(
		actions(r, &(struct db_acts_filter){ .newest = 2, .newest_first = true }),
		"65");
	assert_string_equal(actions(r, &(struct db_acts_filter){ .event = BASE + 21 }),
			    "135");
	assert_string_equal(actions(r, &(struct db_acts_filter){ .id = BASE + 4 }), "4");
	assert_string_equal(actions(r, &(struct db_acts_filter){ .id = BASE + 7 }), "");
	assert_string_equal(
		actions(r, &(struct db_acts_filter){ .unit = "victim.service" }), "123");
	assert_string_equal(actions(r, &(struct db_acts_filter){ .unit = "victim.service",
								 .event = BASE + 21,
								 .newest = 1 }),
			    "3");
	assert_int_equal(
		db_read_actions(r, &(struct db_acts_filter){ 0 }, stop_at_once, &n), 7);
	assert_int_equal(n, 1);
	db_reader_close(r);
}

static int note_unit(const struct db_unit *unit, void *arg)
{
	text_add(arg, "%s/%s %d %d %s", unit->unit, unit->user_unit, (int)unit->hits,
		 (int)(unit->last_ns - SAMPLE_TIME_NS), evidence_name(unit->evidence));
	if (unit->action)
		text_add(arg, " %d %s %s", (int)unit->action - BASE,
			 act_kind_name(unit->kind), act_outcome_name(unit->outcome));
	text_add(arg, "\n");
	return 0;
}

static void units_are_summed_up(void **state)
{
	struct fixture *f = *state;
	struct db_writer *w = begin_acts(f);
	struct text found = TEXT_IN((char[512]){ 0 });
	struct db_hit hit = sample_hit(1);
	struct db_action action = sample_action(8, OUTCOME_DONE);
	struct db_reader *r;

	hit.time_ns += 5;
	assert_int_equal(db_add_hit(w, &hit), 0);
	hit.time_ns -= 2; /* not in order, and less well known */
	hit.evidence = EVIDENCE_NONE;
	assert_int_equal(db_add_hit(w, &hit), 0);
	*hit.user_unit = '\0';
	hit.time_ns += 6;
	assert_int_equal(db_add_hit(w, &hit), 0);
	*hit.unit = '\0';
	hit.time_ns = SAMPLE_TIME_NS;
	assert_int_equal(db_add_hit(w, &hit), 0);
	assert_int_equal(db_add_action(w, &action), 0);
	action = sample_action(9, OUTCOME_REFUSED);
	action.asked_ns++;
	assert_int_equal(db_add_action(w, &action), 0);
	action = sample_action(10, OUTCOME_DONE);
	strcpy(action.unit, "not-hit.service");
	assert_int_equal(db_add_action(w, &action), 0);
	commit_and_close(w);
	r = open_reader(f->db);
	assert_int_equal(db_read_units(r, note_unit, &found), 0);
	assert_string_equal(
		found.at,
		"victim.service/ 1 9 none 9 restart refused\n"
		"victim.service/inner.service 2 5 kernel-log 9 restart refused\n"
		"/ 1 0 none\n");
	db_reader_close(r);
}

static void only_acts_of_this_boot_are_pending(void **state)
{
	struct fixture *f = *state;
	struct db_writer *w = begin_acts(f);
	struct db_action action = sample_action(1, OUTCOME_PENDING);
	struct db_reader *r;
	struct db_run run;
	uint64_t n = 99;

	assert_int_equal(db_add_action(w, &action), 0);
	assert_int_equal(db_commit(w, 1), 0);
	r = open_reader(f->db);
	assert_int_equal(db_count_pending(r, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(db_begin(w), 0);
	sample_run(&run);
	strcpy(run.boot_id, "another boot");
	assert_int_equal(db_add_run(w, &run), 0);
	commit_and_close(w);
	assert_int_equal(db_count_pending(r, &n), 0);
	assert_int_equal(n, 0);
	db_reader_close(r);
}

/* --- crashes and versions ----------------------------------------------------------- */

/* All that is told of one page that hit a unit, in the order in which it may come. */
static void tell_chain(struct fixture *f, struct db_writer *w)
{
	const struct db_link link = { .from = 2, .to = 1, .evidence = EVIDENCE_LOG };
	const struct db_page page = { .address = 0x5000, .state = PAGE_POISONED };
	struct db_hit hit = sample_hit(1);
	struct db_action action = sample_action(3, OUTCOME_PENDING);
	struct event event;

	sample_event(f, "sigbus", &event);
	store_event(w, &event, 1);
	assert_int_equal(db_add_hit(w, &hit), 0);
	assert_int_equal(db_add_action(w, &action), 0);
	sample_event(f, "memory-failure", &event);
	store_event(w, &event, 2);
	assert_int_equal(db_add_link(w, &link), 0);
	assert_int_equal(db_add_page(w, &page), 0);
	action.outcome = OUTCOME_DONE;
	assert_int_equal(db_add_action(w, &action), 0);
}

static void assert_one_of_each(struct fixture *f)
{
	static const char *const tables[] = { "hit", "link", "action", "page" };

	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		char sql[64];

		snprintf(sql, sizeof(sql), "SELECT count(*) FROM %s", tables[i]);
		assert_int_equal(ask_number(f->db, sql), 1);
	}
	assert_int_equal(ask_number(f->db, "SELECT outcome FROM action"), OUTCOME_DONE);
}

/* Killed before the commit: all of it is told again, and is there once. */
static void what_is_told_again_after_a_crash_is_there_once(void **state)
{
	struct fixture *f = *state;
	pid_t pid = fork();
	struct db_writer *w;
	int status;

	if (pid == 0) {
		tell_chain(f, begin_acts(f));
		kill(getpid(), SIGKILL);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	w = begin_acts(f);
	assert_int_equal(ask_number(f->db, "SELECT count(*) FROM hit"), 0);
	tell_chain(f, w);
	db_rollback(w);
	assert_int_equal(db_begin(w), 0);
	tell_chain(f, w);
	commit_and_close(w);
	assert_one_of_each(f);
}

static void a_rollback_takes_the_id_back(void **state)
{
	struct fixture *f = *state;
	struct db_writer *w = begin_acts(f);
	struct db_action action = sample_action(70, OUTCOME_DONE);
	uint64_t position;

	assert_int_equal(db_add_action(w, &action), 0);
	db_rollback(w);
	assert_int_equal(db_begin(w), 0);
	assert_int_equal(db_commit(w, 1), 0);
	assert_int_equal(db_attach_ring(w, "another", &position), 0);
	assert_int_equal(db_ring_id_base(w), BASE);
	db_writer_close(w);
}

static void what_has_no_event_is_stored_all_the_same(void **state)
{
	struct fixture *f = *state;
	struct db_writer *w = begin_acts(f);
	const struct db_link link = { .from = 500, .to = 400 };
	struct db_action action = sample_action(600, OUTCOME_DONE);
	struct db_hit hit = sample_hit(400);

	assert_int_equal(db_add_hit(w, &hit), 0);
	assert_int_equal(db_add_link(w, &link), 0);
	assert_int_equal(db_add_action(w, &action), 0);
	commit_and_close(w);
	assert_int_equal(ask_number(f->db, "SELECT count(*) FROM event"), 0);
	assert_int_equal(ask_number(f->db, "SELECT event FROM hit"), 1400);
	assert_int_equal(ask_number(f->db, "SELECT \"from\" FROM link"), 1500);
}

static int count_anything(void *arg)
{
	++*(int *)arg;
	return 0;
}

static int count_hit(const struct db_hit *hit, void *arg)
{
	(void)hit;
	return count_anything(arg);
}

static int count_action(const struct db_action *action, int64_t run, void *arg)
{
	(void)action;
	(void)run;
	return count_anything(arg);
}

static int count_link(const struct db_link *link, void *arg)
{
	(void)link;
	return count_anything(arg);
}

static int count_page(const struct db_page *page, bool is_now, void *arg)
{
	(void)page;
	(void)is_now;
	return count_anything(arg);
}

static int count_unit(const struct db_unit *unit, void *arg)
{
	(void)unit;
	return count_anything(arg);
}

static void an_older_file_reads_as_empty(void **state)
{
	struct fixture *f = *state;
	const struct db_acts_filter any = { 0 };
	struct db_reader *r;
	uint64_t pending = 99;
	int n = 0;

	ask_nothing(f->db, schema_1000_sql);
	r = open_reader(f->db);
	assert_int_equal(db_read_hits(r, &any, count_hit, &n), 0);
	assert_int_equal(db_read_actions(r, &any, count_action, &n), 0);
	assert_int_equal(db_read_links(r, 1, count_link, &n), 0);
	assert_int_equal(db_read_pages(r, count_page, &n), 0);
	assert_int_equal(db_read_units(r, count_unit, &n), 0);
	assert_int_equal(db_count_pending(r, &pending), 0);
	assert_int_equal(pending, 0);
	assert_int_equal(n, 0);
	db_reader_close(r);
	assert_int_equal(ask_number(f->db, "PRAGMA user_version"), 1000);
}

static void an_older_file_is_upgraded_in_place(void **state)
{
	struct fixture *f = *state;

	ask_nothing(f->db, schema_1000_sql);
	ask_nothing(
		f->db,
		"CREATE VIEW events AS SELECT id FROM event;"
		"INSERT INTO boot (boot_id, first_seen) VALUES ('b', 1);"
		"INSERT INTO run (boot, started) VALUES (1, 1);"
		"INSERT INTO event_type VALUES (1, 'test', 'test');"
		"INSERT INTO event (id, time, count, type, flags) VALUES (7, 5, 1, 1, 0);"
		"INSERT INTO ring VALUES ('" SAMPLE_RING "', 9, 1000, 1000)");
	db_writer_close(open_writer(f->db));
	assert_int_equal(ask_number(f->db, "PRAGMA user_version"), DB_SCHEMA_VERSION);
	assert_int_equal(DB_SCHEMA_VERSION, 1003);
	assert_int_equal(ask_number(f->db, "SELECT count(*) FROM events WHERE id = 7"
					   " AND type = 'test'"),
			 1);
	assert_int_equal(ask_number(f->db, "SELECT count(*) FROM hits"), 0);
	assert_int_equal(ask_number(f->db, "SELECT position FROM ring"), 9);
	{
		struct db_writer *w = begin_acts(f);

		tell_chain(f, w);
		commit_and_close(w);
	}
	assert_one_of_each(f);
	assert_int_equal(ask_number(f->db, "SELECT count(*) FROM event"), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_hit_comes_back),
		TEST(what_a_hit_does_not_know_is_null),
		TEST(texts_need_no_terminator),
		TEST(the_last_word_of_an_action_stands),
		TEST(an_action_uses_up_its_id),
		TEST(links_are_found_from_both_ends),
		TEST(a_page_keeps_its_beginning),
		TEST(filters_find_what_they_say),
		TEST(units_are_summed_up),
		TEST(only_acts_of_this_boot_are_pending),
		TEST(what_is_told_again_after_a_crash_is_there_once),
		TEST(a_rollback_takes_the_id_back),
		TEST(what_has_no_event_is_stored_all_the_same),
		TEST(an_older_file_reads_as_empty),
		TEST(an_older_file_is_upgraded_in_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
