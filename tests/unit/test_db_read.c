// SPDX-License-Identifier: LGPL-2.1-or-later

/* What a reader finds, and who may read. */

#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "db/schema.h"
#include "db_fixture.h"
#include "handlers/table.h"
#include "util/clock.h"

/* The ids that a filter finds, as digits. */
static const char *ids(struct db_reader *r, const struct db_filter *filter)
{
	static char found[64];
	struct text text = TEXT_IN(found);
	struct event event;

	*found = '\0';
	assert_int_equal(db_find_events(r, filter), 0);
	while (db_next_event(r, &event) == 1)
		text_add(&text, "%d", (int)event.id);
	return found;
}

static void filters_find_what_they_say(void **state)
{
	struct fixture *f = *state;
	struct db_reader *r;

	store_samples(f);
	r = open_reader(f->db);
	assert_string_equal(ids(r, &(struct db_filter){ 0 }), "1234567");
	assert_string_equal(ids(r, &(struct db_filter){ .newest_first = true }),
			    "7654321");
	assert_string_equal(ids(r, &(struct db_filter){ .newest = 3 }), "567");
	assert_string_equal(ids(r, &(struct db_filter){ .newest = 99 }), "1234567");
	assert_string_equal(
		ids(r, &(struct db_filter){ .newest = 3, .newest_first = true }), "765");
	assert_string_equal(ids(r, &(struct db_filter){ .id = 4 }), "4");
	assert_string_equal(ids(r, &(struct db_filter){ .id = 8 }), "");
	assert_string_equal(ids(r, &(struct db_filter){ .after = 5 }), "67");
	assert_string_equal(ids(r, &(struct db_filter){ .types = { "mc" } }), "3");
	assert_string_equal(ids(r, &(struct db_filter){ .types = { "m" } }), "");
	assert_string_equal(ids(r, &(struct db_filter){ .severities = db_severities_from(
								SEVERITY_CORRECTED) }),
			    "123456");
	assert_string_equal(ids(r, &(struct db_filter){ .severities = db_severities_from(
								SEVERITY_UNCORRECTED) }),
			    "1256");
	assert_string_equal(ids(r, &(struct db_filter){ .severities = db_severities_from(
								SEVERITY_UNCORRECTED),
							.newest = 2 }),
			    "56");
	assert_string_equal(ids(r, &(struct db_filter){ .severities = db_severities_from(
								SEVERITY_FATAL) }),
			    "");
	db_reader_close(r);
}

static void a_reader_sees_only_what_is_committed(void **state)
{
	struct fixture *f = *state;
	struct db_reader *r;
	struct db_writer *w;
	struct event event;

	store_samples(f);
	w = begin_batch(f);
	sample_event(f, "mc", &event);
	store_event(w, &event, 100);
	r = open_reader(f->db);
	assert_string_equal(ids(r, &(struct db_filter){ .after = 6 }), "7");
	assert_int_equal(db_commit(w, 2000), 0);
	assert_string_equal(ids(r, &(struct db_filter){ .after = 6 }), "7100");
	db_reader_close(r);
	db_writer_close(w);
}

/*
 * What anybody in the group can do after the daemon is gone, in a directory not theirs.
 */
static int read_as_nobody(struct fixture *f)
{
	struct text note = TEXT_IN((char[1024]){ 0 });
	struct db_reader *r = NULL;

	if (geteuid() == 0 &&
	    (setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534)))
		return 77;
	return db_reader_open(f->db, &handlers_table, &r, &note) == 0 ? 0 : 1;
}

static void assert_readable_by_nobody(struct fixture *f)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(read_as_nobody(f));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void nobody_may_read(void **state)
{
	struct fixture *f = *state;
	char companion[128];

	store_samples(f);
	chmod(f->db, 0444);
	chmod(f->dir, 0555);
	assert_readable_by_nobody(f);
	chmod(f->dir, 0755);
	for (int i = 0; i < 2; i++) {
		snprintf(companion, sizeof(companion), "%s-%s", f->db, i ? "wal" : "shm");
		unlink(companion);
	}
	chmod(f->dir, 0555);
	assert_readable_by_nobody(f);
	chmod(f->dir, 0755);
}

struct totals {
	uint64_t rows, count;
};

static int add_up(const struct db_summary *row, void *arg)
{
	struct totals *totals = arg;

	totals->rows += row->rows;
	totals->count += row->count;
	assert_int_equal(row->first_ns, SAMPLE_TIME_NS);
	return 0;
}

static int check_loss(const struct db_loss *loss, void *arg)
{
	assert_string_equal(loss->stage, "kernel-ring");
	assert_string_equal(loss->instance, "rasd");
	assert_int_equal(loss->first_ns, 2 * NS_PER_SEC);
	*(uint64_t *)arg += loss->count;
	return 0;
}

static void summaries_add_up(void **state)
{
	struct fixture *f = *state;
	struct totals totals = { 0 };
	struct db_facts facts;
	struct db_writer *w;
	struct db_reader *r;
	uint64_t n = 0;

	store_samples(f);
	w = begin_batch(f);
	tell_loss(w, 5, 2, 0);
	tell_loss(w, 8, 3000, 0);
	commit_and_close(w);
	r = open_reader(f->db);
	assert_int_equal(db_read_summary(r, add_up, &totals), 0);
	assert_int_equal(totals.rows, 7);
	assert_int_equal(totals.count, 13);
	assert_int_equal(db_read_losses(r, check_loss, &n), 0);
	assert_int_equal(n, 8);
	assert_int_equal(db_read_facts(r, &facts), 0);
	assert_int_equal(strlen(facts.db_id), 32);
	assert_int_equal(facts.first_id, 1);
	assert_int_equal(facts.last_id, 7);
	assert_int_equal(facts.last_event_ns, SAMPLE_TIME_NS);
	assert_int_equal(facts.schema, DB_SCHEMA_VERSION);
	db_reader_close(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(filters_find_what_they_say),
		TEST(a_reader_sees_only_what_is_committed),
		TEST(nobody_may_read),
		TEST(summaries_add_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
