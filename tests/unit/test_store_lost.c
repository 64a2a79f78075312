// SPDX-License-Identifier: LGPL-2.1-or-later

/* Store, and a ring with a page that failed: what is not in the database is counted. */

#include "unit/check.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/wait.h>

#include "event/wire.h"
#include "handlers/table.h"
#include "rasd/pipeline.h"
#include "rasd/scratch.h"
#include "rasd/store.h"
#include "unit/db_fixture.h"

#define AREA   65536
#define EVENTS 150

static const struct ring_layout layout = { .schema = 1,
					   .scratch_bytes = SCRATCH_BYTES,
					   .data_bytes = AREA };

static char path[128];

static void open_ring(struct ring *ring)
{
	struct text note = TEXT_IN((char[1024]){ 0 });

	assert_int_equal(ring_open(path, &layout, ring, &note), 0);
}

static void put_round(struct ring *ring, uint64_t next_id)
{
	struct pipeline_mark mark = { .round = { .round = next_id, .next_id = next_id } };

	assert_int_equal(ring_put(ring, MESSAGE_ROUND, &mark.round, sizeof(mark.round)),
			 0);
	mark.written = ring->staged;
	ring_vital_put(ring, VITAL_ROUND, &mark, sizeof(mark));
	ring_publish(ring);
}

/* Rounds of ten events. */
static void put_events(struct fixture *f, struct ring *ring)
{
	static uint8_t bytes[4096];
	struct db_run run;

	sample_run(&run);
	assert_int_equal(ring_put(ring, MESSAGE_RUN, &run, sizeof(run)), 0);
	for (uint64_t id = 1; id <= EVENTS; id++) {
		struct event event;
		ssize_t n;

		sample_event(f, "mc", &event);
		event.id = id;
		n = event_encode(&event, &handlers_table, bytes, sizeof(bytes));
		assert_true(n > 0);
		assert_int_equal(ring_put(ring, MESSAGE_EVENT, bytes, (size_t)n), 0);
		if (id % 10 == 0)
			put_round(ring, id + 1);
	}
}

/* Writes all there is, as a store does whose capture is gone. */
static void run_store(struct fixture *f, struct ring *ring)
{
	int hello[2], parent[2], status;
	pid_t pid;

	assert_int_equal(pipe(hello), 0);
	assert_int_equal(pipe(parent), 0);
	close(parent[1]);
	pid = fork();
	if (pid == 0) {
		const struct store_options options = { .database = f->db,
						       .handlers = &handlers_table,
						       .ring = ring,
						       .wake_fd =
							       eventfd(0, EFD_NONBLOCK),
						       .hello_fd = hello[1],
						       .parent_fd = parent[0] };

		_exit(store_run(&options));
	}
	close(parent[0]);
	close(hello[0]);
	close(hello[1]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static uint64_t lost_in(const struct fixture *f)
{
	return (uint64_t)ask_number(
		f->db, "SELECT coalesce(sum(count), 0) FROM loss WHERE stage = 'poison'");
}

static void what_is_missing_is_counted(void **state)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	for (size_t at = 0; at < AREA; at += page) {
		struct fixture *f = *state;
		struct ring ring = { .fd = -1 };
		struct ring_mending mending;
		struct ring_map maps[RING_MAPS];
		uint64_t events, lost, written;

		snprintf(path, sizeof(path), "%s/ring", f->dir);
		open_ring(&ring);
		put_events(f, &ring);
		written = ring_written(&ring);
		ring_maps(&ring, maps);
		ring_close(&ring);
		assert_int_equal(ring_mend(path, maps[1].offset + at, page, &mending), 0);
		open_ring(&ring);
		run_store(f, &ring);
		assert_int_equal(ring_durable(&ring), written);
		events = (uint64_t)ask_number(f->db, "SELECT count(*) FROM event");
		lost = lost_in(f);
		if (at == 0) { /* the first messages of a ring: no id was known before */
			assert_true(events < EVENTS);
			assert_int_equal(lost, 1);
		} else {
			assert_int_equal(events + lost, EVENTS);
		}
		assert_int_equal(at<written, lost> 0);
		/* once, also when it is asked again */
		run_store(f, &ring);
		assert_int_equal(lost_in(f), lost);
		ring_close(&ring);
		fixture_teardown(state);
		fixture_setup(state);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(what_is_missing_is_counted) };

	return cmocka_run_group_tests_name("store_lost", tests, NULL, NULL);
}
