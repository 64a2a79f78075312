// SPDX-License-Identifier: LGPL-2.1-or-later

/* What is written comes back, and what is committed stays. */

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "db/schema.h"
#include "db_fixture.h"
#include "event/json.h"
#include "handlers/table.h"
#include "util/clock.h"

static struct db_reader *find(struct fixture *f, const struct db_filter *filter)
{
	struct db_reader *r = open_reader(f->db);

	assert_int_equal(db_find_events(r, filter), 0);
	return r;
}

/* --- what comes back ---------------------------------------------------------------- */

static void assert_same_event(const struct event *a, const struct event *b)
{
	struct json_object *ja = event_to_json(a), *jb = event_to_json(b);

	assert_string_equal(json_object_to_json_string(ja),
			    json_object_to_json_string(jb));
	assert_int_equal(a->address_mask, b->address_mask);
	assert_int_equal(a->boottime_ns, b->boottime_ns);
	assert_int_equal(a->source, b->source);
	assert_int_equal(a->flags, b->flags);
	json_object_put(ja);
	json_object_put(jb);
}

static void every_type_comes_back(void **state)
{
	struct fixture *f = *state;
	struct db_reader *r;
	struct event read, written;
	size_t n = 0;

	store_samples(f);
	store_untraced_samples(f);
	r = find(f, &(struct db_filter){ 0 });
	while (db_next_event(r, &read) == 1) {
		sample_event(f, read.type->name, &written);
		written.id = ++n;
		assert_same_event(&read, &written);
	}
	assert_int_equal(n, handlers_table.n_handlers);
	db_reader_close(r);
}

static void lists_come_back_whole(void **state)
{
	struct fixture *f = *state;
	struct db_reader *r;
	struct event event;

	store_samples(f);
	r = find(f, &(struct db_filter){ 0 });
	for (int i = 0; i < 3000; i++) { /* more lists than the reader keeps at a time */
		assert_int_equal(
			db_find_events(r, &(struct db_filter){ .types = { "arm" } }), 0);
		assert_int_equal(db_next_event(r, &event), 1);
	}
	assert_int_equal(event.lists[0].n_rows, 2);
	assert_int_equal(event.lists[1].n_rows, 2);
	assert_int_equal(event.lists[2].n_rows, 32 + 10);
	db_reader_close(r);
	assert_int_equal(
		ask_number(f->db, "SELECT value FROM arm_register WHERE name = 'SP'"),
		-1);
	assert_int_equal(ask_number(f->db, "SELECT length(vendor_bytes) FROM arm"), 11);
}

static void absent_is_null(void **state)
{
	struct fixture *f = *state;
	struct db_writer *w = begin_batch(f);
	struct db_reader *r;
	struct event event, read;

	event_init(&event, sample_handler("block-error")->type);
	event.time_ns = event.time_last_ns = SAMPLE_TIME_NS;
	store_event(w, &event, 1);
	commit_and_close(w);
	assert_int_equal(
		ask_number(
			f->db,
			"SELECT count(*) FROM event WHERE boot IS NULL AND run IS NULL"
			" AND time_last IS NULL AND severity IS NULL AND address IS"
			" NULL AND address_kind IS NULL AND address_mask IS NULL AND cpu"
			" IS NULL AND pid IS NULL AND tgid IS NULL AND uid IS NULL AND"
			" comm IS NULL AND unit IS NULL AND dimm IS NULL"),
		1);
	assert_int_equal(
		ask_number(f->db, "SELECT count(*) FROM block_error WHERE sector IS NULL"
				  " AND rwbs IS NULL AND error_text IS NULL"),
		1);
	r = find(f, &(struct db_filter){ .id = 1 });
	assert_int_equal(db_next_event(r, &read), 1);
	event.id = 1;
	assert_same_event(&read, &event);
	db_reader_close(r);
}

static void every_bit_of_64_comes_back(void **state)
{
	struct fixture *f = *state;
	struct db_writer *w = begin_batch(f);
	struct db_reader *r;
	struct event event, read;

	sample_event(f, "mc", &event);
	event_set_address(&event, ADDRESS_VIRTUAL, 0xffff800012345678);
	event.uid = 4294967294;
	event.address_mask = ~0ULL << 63;
	store_event(w, &event, 1);
	commit_and_close(w);
	r = find(f, &(struct db_filter){ 0 });
	assert_int_equal(db_next_event(r, &read), 1);
	assert_true(read.address == 0xffff800012345678);
	assert_true(read.address_mask == ~0ULL << 63);
	assert_true(read.uid == 4294967294);
	assert_same_event(&read, &event);
	db_reader_close(r);
	assert_int_equal(
		ask_number(f->db, "SELECT address = '0xffff800012345678' FROM events"),
		1);
}

static void an_unknown_type_is_kept_raw(void **state)
{
	struct fixture *f = *state;
	struct db_writer *w = begin_batch(f);
	const struct value raw = value_bytes("\0\x01\xfe", 3);
	struct db_reader *r;
	struct event event;

	event_init(&event, NULL);
	event.id = 1;
	assert_int_equal(db_add_event(w, &event, &raw), 0);
	event.id = 2;
	assert_int_equal(db_add_event(w, &event, NULL), 0);
	commit_and_close(w);
	r = find(f, &(struct db_filter){ 0 });
	assert_int_equal(db_next_event(r, &event), 1);
	assert_string_equal(event.type->name, "unknown");
	assert_int_equal(event.detail[0].len, 3);
	assert_memory_equal(event.detail[0].bytes, "\0\x01\xfe", 3);
	assert_int_equal(db_next_event(r, &event), 1);
	assert_int_equal(event.detail[0].kind, VALUE_NONE);
	assert_int_equal(db_next_event(r, &event), 0);
	db_reader_close(r);
}

static void the_view_has_words(void **state)
{
	struct fixture *f = *state;

	store_samples(f);
	assert_int_equal(
		ask_number(
			f->db,
			"SELECT count(*) FROM events WHERE type = 'mc' AND severity = 'corrected'"
			" AND component = 'memory' AND address = '0x1234567000' AND address_kind"
			" = 'physical' AND time = '2027-01-15T08:00:00.123456789Z' AND confirmed"
			" AND NOT synthetic AND dimm = 'DIMM_A1' AND count = 7"),
		1);
	assert_int_equal(ask_number(f->db, "SELECT count(*) FROM events WHERE synthetic"),
			 1);
}

static void sums_add_to_their_event(void **state)
{
	struct fixture *f = *state;
	struct db_writer *w = begin_batch(f);
	struct db_sum sum = { .event = 1,
			      .count = 5000000000,
			      .time_last_ns = SAMPLE_TIME_NS + 9 };
	struct event event;

	sample_event(f, "sigbus", &event);
	store_event(w, &event, 1);
	assert_int_equal(db_add_sum(w, &sum), 0);
	sum.time_last_ns = SAMPLE_TIME_NS + 5; /* older news do not turn it back */
	assert_int_equal(db_add_sum(w, &sum), 0);
	sum.event = 2;
	assert_int_equal(db_add_sum(w, &sum), 1);
	commit_and_close(w);
	assert_int_equal(ask_number(f->db, "SELECT count FROM event"), 10000000001);
	assert_int_equal(ask_number(f->db, "SELECT time_last - time FROM event"), 9);
}

/* --- losses ------------------------------------------------------------------------- */

static int64_t lost(struct fixture *f)
{
	return ask_number(f->db, "SELECT ifnull(sum(count), 0) FROM loss");
}

static void only_the_difference_is_a_loss(void **state)
{
	struct fixture *f = *state;
	struct db_writer *w = begin_batch(f);

	tell_loss(w, 0, 1, 0);
	tell_loss(w, 10, 2, 0);
	tell_loss(w, 10, 3, 0);
	tell_loss(w, 25, 4, 0);
	commit_and_close(w);
	assert_int_equal(lost(f), 25);
	assert_int_equal(ask_number(f->db, "SELECT count(*) FROM loss"), 1);
	assert_int_equal(ask_number(f->db, "SELECT time_from FROM loss"), 1 * NS_PER_SEC);
	assert_int_equal(ask_number(f->db, "SELECT time_to FROM loss"), 4 * NS_PER_SEC);
	w = begin_batch(f);
	tell_loss(w, 25, 5, 0);
	tell_loss(w, 26, 5000, 0); /* long after: a row of its own */
	commit_and_close(w);
	assert_int_equal(lost(f), 26);
	assert_int_equal(ask_number(f->db, "SELECT count(*) FROM loss"), 2);
}

static void a_reset_counter_loses_nothing(void **state)
{
	struct fixture *f = *state;
	struct db_writer *w = begin_batch(f);

	tell_loss(w, 10, 1, 1);
	tell_loss(w, 12, 2, 1); /* began anew and is beyond already */
	tell_loss(w, 4, 3, 0);	/* cannot shrink: began anew, too */
	commit_and_close(w);
	assert_int_equal(lost(f), 10 + 12 + 4);
}

static void losses_are_told_apart(void **state)
{
	struct fixture *f = *state;
	struct db_writer *w = begin_batch(f);
	struct db_counter counter = { .stage = "event-ring", .cpu = -1, .total = 3 };
	struct db_run run;

	sample_run(&run);
	assert_int_equal(db_add_run(w, &run), 0);
	assert_int_equal(db_add_counter(w, &counter), 0);
	tell_loss(w, 4, 1, 0);
	assert_int_equal(db_add_run(w, &run), 0);
	tell_loss(w, 9, 2, 0); /* as close as can be, but another run's */
	tell_loss(w, 10, 3, 0);
	commit_and_close(w);
	assert_int_equal(ask_number(f->db, "SELECT count(*) FROM loss"), 3);
	assert_int_equal(ask_number(f->db, "SELECT count FROM loss WHERE cpu IS NULL"),
			 3);
	assert_int_equal(ask_number(f->db, "SELECT count FROM loss WHERE run = 2"), 6);
}

/* --- batches, rings, runs ----------------------------------------------------------- */

static void a_batch_is_all_or_nothing(void **state)
{
	struct fixture *f = *state;
	struct db_writer *w = begin_batch(f);
	struct event event;
	struct db_run run;
	uint64_t position;

	sample_event(f, "arm", &event);
	store_event(w, &event, 1);
	assert_int_equal(db_commit(w, 100), 0);
	assert_int_equal(db_begin(w), 0);
	sample_run(&run);
	assert_int_equal(db_add_run(w, &run), 0);
	store_event(w, &event, 2);
	db_rollback(w);
	assert_int_equal(db_begin(w), 0);
	store_event(w, &event, 3);
	assert_int_equal(db_commit(w, 101), 0);
	assert_int_equal(ask_number(f->db, "SELECT count(*) FROM run"), 0);
	assert_int_equal(ask_number(f->db, "SELECT run FROM event WHERE id = 3"), -1);
	assert_int_equal(ask_number(f->db, "SELECT count(*) FROM event"), 2);
	assert_int_equal(ask_number(f->db, "SELECT count(*) FROM arm_error"), 4);
	assert_int_equal(db_attach_ring(w, SAMPLE_RING, &position), 0);
	assert_int_equal(position, 101);
	db_writer_close(w);
}

static void killed_loses_only_what_was_not_committed(void **state)
{
	struct fixture *f = *state;
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		struct db_writer *w = begin_batch(f);
		struct event event;

		sample_event(f, "mc", &event);
		store_event(w, &event, 1);
		assert_int_equal(db_commit(w, 100), 0);
		assert_int_equal(db_begin(w), 0);
		store_event(w, &event, 2);
		kill(getpid(), SIGKILL);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	db_writer_close(open_writer(f->db));
	assert_int_equal(ask_number(f->db, "SELECT count(*) FROM event"), 1);
	assert_int_equal(ask_number(f->db, "SELECT position FROM ring"), 100);
}

static void ids_are_never_used_twice(void **state)
{
	struct fixture *f = *state;
	struct db_writer *w = begin_batch(f);
	struct event event;
	uint64_t position;

	sample_event(f, "test", &event);
	for (uint64_t i = 1; i <= 5; i++)
		store_event(w, &event, i);
	assert_int_equal(db_commit(w, UINT64_MAX - 7), 0);
	ask_nothing(f->db, "DELETE FROM event; DELETE FROM test");
	assert_int_equal(db_attach_ring(w, "another", &position), 0);
	assert_int_equal(position, 0);
	assert_int_equal(db_ring_id_base(w), 5);
	assert_int_equal(db_begin(w), 0);
	store_event(w, &event, 1);
	assert_int_equal(db_commit(w, 8), 0);
	db_writer_close(w);
	assert_int_equal(ask_number(f->db, "SELECT id FROM event"), 6);
	w = open_writer(f->db);
	assert_int_equal(db_attach_ring(w, SAMPLE_RING, &position), 0);
	assert_true(position == UINT64_MAX - 7);
	assert_int_equal(db_ring_id_base(w), 1); /* above the other one */
	assert_int_equal(db_attach_ring(w, "another", &position), 0);
	assert_int_equal(position, 8);
	assert_int_equal(db_ring_id_base(w), 5);
	assert_int_equal(db_begin(w), 0);
	store_event(w, &event, 1);
	store_event(w, &event, 2);
	assert_int_equal(db_commit(w, 9), 0);
	assert_int_equal(db_refused(w), 1); /* the other one is there */
	assert_int_equal(db_begin(w), 0);
	assert_int_equal(db_refused(w), 0);
	db_rollback(w);
	db_writer_close(w);
	assert_int_equal(ask_number(f->db, "SELECT group_concat(id, '') FROM event"
					   " WHERE id > 5"),
			 67);
	assert_int_equal(ask_number(f->db, "SELECT sum(count) FROM loss"
					   " WHERE stage = 'unstorable'"),
			 1);
	assert_int_equal(ask_number(f->db, "SELECT sum(rows) FROM tally"),
			 7); /* with the five that were removed */
}

static void a_run_goes_on_in_the_next_store(void **state)
{
	struct fixture *f = *state;
	struct db_clock clock = { .boottime_ns = 5, .offset_ns = 6, .synchronized = 1 };
	struct db_last_run last;
	struct db_writer *w;
	struct db_reader *r;
	struct event event;

	store_samples(f);
	w = begin_batch(f);
	sample_event(f, "test", &event);
	store_event(w, &event, 100);
	assert_int_equal(db_add_clock(w, &clock), 0);
	clock.offset_ns = 7;
	assert_int_equal(db_add_clock(w, &clock), 0);
	assert_int_equal(db_end_run(w, 4242), 0);
	commit_and_close(w);
	assert_int_equal(ask_number(f->db, "SELECT run FROM event WHERE id = 100"), 1);
	assert_int_equal(ask_number(f->db, "SELECT boot FROM event WHERE id = 100"), 1);
	assert_int_equal(ask_number(f->db, "SELECT \"offset\" FROM clock WHERE run = 1"),
			 7);
	r = open_reader(f->db);
	assert_int_equal(db_read_last_run(r, &last), 1);
	assert_int_equal(last.stopped_ns, 4242);
	assert_true(last.clean);
	assert_true(last.run.config_hash == 0xfedcba9876543210);
	assert_string_equal(last.run.kernel, "6.12.0-arm64");
	db_reader_close(r);
}

static void one_boot_has_many_runs(void **state)
{
	struct fixture *f = *state;
	struct db_writer *w = begin_batch(f);
	struct db_run run;

	sample_run(&run);
	assert_int_equal(db_add_run(w, &run), 0);
	assert_int_equal(db_add_run(w, &run), 0);
	memset(run.boot_id, 'x',
	       sizeof(run.boot_id)); /* no terminator: still only its bytes */
	assert_int_equal(db_add_run(w, &run), 0);
	commit_and_close(w);
	assert_int_equal(ask_number(f->db, "SELECT count(*) FROM boot"), 2);
	assert_int_equal(ask_number(f->db, "SELECT max(length(boot_id)) FROM boot"),
			 DB_TEXT_BYTES);
	assert_int_equal(ask_number(f->db, "SELECT boot FROM run WHERE id = 3"), 2);
}

static void a_lock_is_busy_not_an_end(void **state)
{
	struct fixture *f = *state;
	struct db_writer *w = open_writer(f->db);
	sqlite3 *other = NULL;

	assert_int_equal(sqlite3_open(f->db, &other), SQLITE_OK);
	sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL);
	assert_int_equal(db_begin(w), -EBUSY);
	assert_string_equal(db_error(w), "database is locked");
	sqlite3_exec(other, "COMMIT", NULL, NULL, NULL);
	assert_int_equal(db_begin(w), 0);
	assert_int_equal(db_commit(w, 1), 0);
	sqlite3_close(other);
	db_writer_close(w);
}

static void a_moved_file_is_noticed(void **state)
{
	struct fixture *f = *state;
	struct db_writer *w = open_writer(f->db);

	assert_int_equal(unlink(f->db), 0);
	assert_int_equal(db_begin(w), -ESTALE);
	db_writer_close(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_type_comes_back),
		TEST(lists_come_back_whole),
		TEST(absent_is_null),
		TEST(every_bit_of_64_comes_back),
		TEST(an_unknown_type_is_kept_raw),
		TEST(the_view_has_words),
		TEST(sums_add_to_their_event),
		TEST(only_the_difference_is_a_loss),
		TEST(a_reset_counter_loses_nothing),
		TEST(losses_are_told_apart),
		TEST(a_batch_is_all_or_nothing),
		TEST(killed_loses_only_what_was_not_committed),
		TEST(ids_are_never_used_twice),
		TEST(a_run_goes_on_in_the_next_store),
		TEST(one_boot_has_many_runs),
		TEST(a_lock_is_busy_not_an_end),
		TEST(a_moved_file_is_noticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
