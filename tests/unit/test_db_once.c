// SPDX-License-Identifier: LGPL-2.1-or-later

/* What is told again at each start has one row, and that of the boot it happened in. */

#include <string.h>

#include "cper/section.h"
#include "db_fixture.h"
#include "handlers/table.h"
#include "util/clock.h"

#define KEY 0xfedcba9876543210 /* negative as SQLite has it */

static void begin_boot(struct db_writer *w, const char *boot_id, int64_t time_ns)
{
	struct db_run run;

	sample_run(&run);
	memset(run.boot_id, 0, sizeof(run.boot_id));
	strcpy(run.boot_id, boot_id);
	run.time_ns = time_ns;
	assert_int_equal(db_add_run(w, &run), 0);
}

static void past_event(struct fixture *f, uint64_t key, struct event *event)
{
	sample_event(f, "cper-memory", event);
	event->once = key;
	event->source = SOURCE_BERT;
	event->flags = EVENT_PREVIOUS_BOOT;
	event->boottime_ns = 0;
}

static void a_key_has_one_row(void **state)
{
	struct fixture *f = *state;
	struct db_writer *w = begin_batch(f);
	struct event event;

	past_event(f, KEY, &event);
	store_event(w, &event, 1);
	store_event(w, &event, 2);
	event.once = KEY + 1;
	store_event(w, &event, 3);
	commit_and_close(w);
	w = begin_batch(f);
	store_event(w, &event, 4);
	event.once = 0;
	store_event(w, &event, 5);
	store_event(w, &event, 6);
	commit_and_close(w);
	assert_int_equal(ask_number(f->db, "SELECT count(*) FROM event"), 4);
	assert_int_equal(ask_number(f->db, "SELECT count(*) FROM cper_memory"), 4);
	assert_int_equal(ask_number(f->db, "SELECT sum(id) FROM event"), 1 + 3 + 5 + 6);
	assert_int_equal(ask_number(f->db, "SELECT count(*) FROM once"), 2);
}

static void a_rollback_gives_the_key_back(void **state)
{
	struct fixture *f = *state;
	struct db_writer *w = begin_batch(f);
	struct event event;

	past_event(f, KEY, &event);
	store_event(w, &event, 1);
	db_rollback(w);
	assert_int_equal(db_begin(w), 0);
	store_event(w, &event, 1);
	commit_and_close(w);
	assert_int_equal(ask_number(f->db, "SELECT count(*) FROM event"), 1);
}

static void it_belongs_to_the_boot_before(void **state)
{
	struct fixture *f = *state;
	struct db_writer *w = begin_batch(f);
	struct event event;

	begin_boot(w, "boot-a", 1 * NS_PER_SEC);
	past_event(f, 1, &event);
	store_event(w, &event, 1); /* nobody recorded that boot */
	begin_boot(w, "boot-b", 2 * NS_PER_SEC);
	begin_boot(w, "boot-c", 3 * NS_PER_SEC);
	past_event(f, 2, &event);
	event.time_ns = 0; /* a clock that firmware never set */
	store_event(w, &event, 2);
	past_event(f, 3, &event);
	event.source = SOURCE_ERST;
	event.time_ns = event.time_last_ns = 3 * NS_PER_SEC / 2;
	store_event(w, &event, 3);
	event.once = 4;
	event.time_ns = event.time_last_ns = NS_PER_SEC / 2;
	store_event(w, &event, 4); /* before all that is known */
	commit_and_close(w);
	assert_int_equal(ask_number(f->db, "SELECT boot FROM event WHERE id = 1"), -1);
	assert_int_equal(
		ask_number(f->db, "SELECT count(*) FROM events WHERE id = 2 AND boot_id ="
				  " 'boot-b' AND previous_boot AND source = 'bert'"),
		1);
	assert_int_equal(
		ask_number(f->db, "SELECT count(*) FROM events WHERE id = 3 AND boot_id ="
				  " 'boot-a' AND source = 'erst'"),
		1);
	assert_int_equal(ask_number(f->db, "SELECT boot FROM event WHERE id = 4"), -1);
	assert_int_equal(
		ask_number(f->db, "SELECT count(*) FROM event WHERE boottime IS NULL"),
		4);
}

/* The log of boot A had it at 77 s; what pstore kept of the log has it again. */
static void what_the_boot_itself_recorded_is_marked(void **state)
{
	struct fixture *f = *state;
	struct db_writer *w = begin_batch(f);
	struct event event;

	begin_boot(w, "boot-a", NS_PER_SEC);
	sample_event(f, "cper-memory", &event);
	event.source = SOURCE_LOG;
	event.boottime_ns = 77 * NS_PER_SEC;
	store_event(w, &event, 1);
	begin_boot(w, "boot-b", 2 * NS_PER_SEC);
	for (unsigned int i = 0; i < 4; i++) {
		past_event(f, 10 + i, &event);
		event.source = SOURCE_PSTORE;
		event.boottime_ns = (77 + i) * NS_PER_SEC;
		event.time_ns += 600 * NS_PER_SEC; /* as well as it can be told */
		store_event(w, &event, 10 + i);
	}
	past_event(f, 20, &event);
	store_event(w, &event, 20); /* of an unknown moment */
	past_event(f, 21, &event);
	event.boottime_ns = 77 * NS_PER_SEC;
	event.address++;
	store_event(w, &event, 21); /* another place */
	commit_and_close(w);
	assert_int_equal(ask_number(f->db, "SELECT count(*) FROM events WHERE retold"),
			 3);
	assert_int_equal(ask_number(f->db, "SELECT max(id) FROM events WHERE retold"),
			 12);
}

static void keys_are_remembered(void **state)
{
	struct fixture *f = *state;
	struct db_writer *w = begin_batch(f);
	static struct db_memory memory;
	struct event event;

	for (uint64_t i = 0; i < DB_MEMORY_ONCE_MAX + 5; i++) {
		past_event(f, KEY + i, &event);
		event.time_ns = event.time_last_ns = (int64_t)(i + 1) * NS_PER_SEC;
		store_event(w, &event, i + 1);
	}
	assert_int_equal(db_commit(w, 1000), 0);
	assert_int_equal(db_read_memory(w, "boot-a", SAMPLE_TIME_NS, &memory), 0);
	assert_int_equal(memory.n_once, DB_MEMORY_ONCE_MAX);
	assert_true(memory.once[0] == KEY + DB_MEMORY_ONCE_MAX + 4); /* the latest */
	assert_true(memory.once[DB_MEMORY_ONCE_MAX - 1] == KEY + 5);
	db_writer_close(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_key_has_one_row),
		TEST(a_rollback_gives_the_key_back),
		TEST(it_belongs_to_the_boot_before),
		TEST(what_the_boot_itself_recorded_is_marked),
		TEST(keys_are_remembered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
