// SPDX-License-Identifier: LGPL-2.1-or-later

/* What a writer does until its power goes. */

#include "power/cuts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "db/sql.h"
#include "db/writer_private.h"
#include "event/acts.h"
#include "handlers/table.h"
#include "util/clock.h"
#include "util/macro.h"

#define PRUNE_AT_MOST 2048

void ring_name(const struct cut *cut, char ret[static RING_NAME_BYTES])
{
	snprintf(ret, RING_NAME_BYTES, "%032" PRIx64, cut->acknowledged->ring);
}

enum told told_of(uint64_t id)
{
	if (id % 23 == 0)
		return TOLD_ACTION;
	if (id % 11 == 0)
		return TOLD_UNKNOWN;
	if (id % 7 == 0)
		return TOLD_ARM;
	return id % 3 ? TOLD_MC : TOLD_BLOCK_ERROR;
}

/* Never removed. Number 1 is: more of it comes with each batch. */
bool is_severe(uint64_t id)
{
	return id % 9 == 1;
}

const char *told_type(enum told told)
{
	static const char *const names[] = { [TOLD_MC] = "mc",
					     [TOLD_BLOCK_ERROR] = "block-error",
					     [TOLD_ARM] = "arm",
					     [TOLD_UNKNOWN] = "unknown" };

	return names[told];
}

void told_event(struct cut *cut, uint64_t id, struct event *ret)
{
	struct fixture f = { .arena = cut->arena };

	if (told_of(id) == TOLD_UNKNOWN)
		event_init(ret, NULL);
	else
		sample_event(&f, told_type(told_of(id)), ret);
	ret->id = id - cut->acknowledged->ring_base;
	ret->time_ns = ret->time_last_ns = SAMPLE_TIME_NS + (int64_t)id * 1000;
	ret->count = 1 + (uint32_t)(id % 5);
	ret->severity = is_severe(id) ? SEVERITY_UNCORRECTED : SEVERITY_CORRECTED;
	ret->address_kind = ADDRESS_PHYSICAL;
	ret->address = id * 4096;
	ret->cpu = (int32_t)(id % 4);
	ret->flags = 0;
}

struct writing {
	struct cut *cut;
	struct db_writer *w;
	uint64_t random;
};

static _Noreturn void complain(struct writing *writing, const char *what, int r)
{
	snprintf(writing->cut->acknowledged->complaint,
		 sizeof(writing->cut->acknowledged->complaint), "%s: %s (%s)", what,
		 strerror(-r), writing->w ? db_error(writing->w) : "");
	_exit(EXIT_FAILURE);
}

static void must(struct writing *writing, const char *what, int r)
{
	if (r < 0)
		complain(writing, what, r);
}

static void open_database(struct writing *writing)
{
	const struct acknowledged *done = writing->cut->acknowledged;
	char path[128], ring[RING_NAME_BYTES], said[512] = "";
	struct text note = TEXT_IN(said);
	uint64_t position = 0;
	int r;

	snprintf(path, sizeof(path), "%s/rasd.db", writing->cut->live);
	r = db_writer_open(path, &handlers_table, &writing->w, &note);
	if (r)
		complain(writing, said, r);
	/* so that what is in the log gets into the file while we look */
	sqlite3_wal_autocheckpoint(writing->w->db,
				   1 << random_below(&writing->random, 11));
	ring_name(writing->cut, ring);
	must(writing, "attach", db_attach_ring(writing->w, ring, &position));
	if ((position ? position : done->ring_base) != done->position)
		complain(writing, "another position than before", 0);
}

static void add_action(struct writing *writing, uint64_t id)
{
	uint64_t base = writing->cut->acknowledged->ring_base;
	struct db_action action = { .id = id - base,
				    .event = id - 1 - base,
				    .asked_ns = SAMPLE_TIME_NS + (int64_t)id,
				    .done_ns = SAMPLE_TIME_NS + (int64_t)id + 1,
				    .kind = ACT_SOFT_OFFLINE,
				    .outcome = OUTCOME_DONE };

	must(writing, "action", db_add_action(writing->w, &action));
}

static void add_event(struct writing *writing, uint64_t id)
{
	static const uint8_t undecoded[] = { 1, 2, 3 };
	const struct value raw = value_bytes(undecoded, sizeof(undecoded));
	struct event event;

	told_event(writing->cut, id, &event);
	must(writing, "event", db_add_event(writing->w, &event, &raw));
}

/* What the check can tell how often it was done: once for each batch. */
static void add_once_a_batch(struct writing *writing)
{
	const struct acknowledged *done = writing->cut->acknowledged;
	uint64_t batches = done->batches;
	/* of another ring it may be: the database adds the base again */
	const struct db_sum sum = { .event = 1 - done->ring_base,
				    .count = 1,
				    .time_last_ns = SAMPLE_TIME_NS };
	const struct db_counter lost = { .stage = "kernel-ring",
					 .instance = "rasd",
					 .cpu = 1,
					 .total = 3 * (batches + 1),
					 .time_ns = SAMPLE_TIME_NS };
	struct db_run run;

	if (!batches) {
		sample_run(&run);
		must(writing, "run", db_add_run(writing->w, &run));
	} else {
		must(writing, "sum", db_add_sum(writing->w, &sum));
	}
	must(writing, "loss", db_add_counter(writing->w, &lost));
}

static uint64_t batch_size(struct writing *writing)
{
	switch (random_below(&writing->random, 40)) {
	case 0:
		return 1000 + random_below(&writing->random, 2001);
	case 1 ... 4:
		return 100 + random_below(&writing->random, 300);
	case 5 ... 10:
		return 1;
	}
	return 1 + random_below(&writing->random, 60);
}

static void write_batch(struct writing *writing)
{
	struct acknowledged *done = writing->cut->acknowledged;
	uint64_t to = done->position + batch_size(writing);

	must(writing, "begin", db_begin(writing->w));
	add_once_a_batch(writing);
	for (uint64_t id = done->position + 1; id <= to; id++)
		if (told_of(id) == TOLD_ACTION)
			add_action(writing, id);
		else
			add_event(writing, id);
	if (random_below(&writing->random, 20) == 0) { /* and it comes again */
		db_rollback(writing->w);
		return;
	}
	done->in_flight = to;
	must(writing, "commit", db_commit(writing->w, to));
	done->position = to;
	done->batches++;
	done->in_flight = 0;
}

static void prune(struct writing *writing)
{
	struct acknowledged *done = writing->cut->acknowledged;
	const struct db_keep keep = { .events = db_ring_id_base(writing->w) -
						done->ring_base + 50 +
						done->position / 3 };
	uint64_t removed = 0;

	done->pruning = PRUNE_AT_MOST;
	must(writing, "prune",
	     db_prune(writing->w, &keep, SAMPLE_TIME_NS + 86400 * NS_PER_SEC, &removed));
	done->pruned += removed;
	done->pruning = 0;
	must(writing, "vacuum", sql_exec(writing->w->db, "PRAGMA incremental_vacuum(9)"));
}

static void work(struct writing *writing)
{
	uint64_t n = 2 + random_below(&writing->random, 14);

	open_database(writing);
	for (uint64_t i = 0; i < n; i++) {
		write_batch(writing);
		switch (random_below(&writing->random, 12)) {
		case 0 ... 2:
			prune(writing);
			break;
		case 3:
			sqlite3_wal_checkpoint_v2(writing->w->db, NULL,
						  SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
			break;
		case 4: /* what was in memory is on disk, the log empty */
			writing->w = db_writer_close(writing->w);
			open_database(writing);
			break;
		}
	}
}

/*
 * Runs until the power goes, in a process of its own. 0: what it was told by then to be
 * on disk is in `acknowledged`, and what is there in the image. Else it complained.
 */
int write_until_cut(struct cut *cut, const struct power *power)
{
	struct writing writing = { .cut = cut, .random = power->seed };
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		/* salts and ids of SQLite's own, so that a seed gives the same again */
		sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SEED, (int)power->seed, NULL);
		power_on(power);
		work(&writing);
		cut->acknowledged->steps = power_steps();
		power_cut();
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) && WEXITSTATUS(status) == POWER_CUT_STATUS ? 0 : -1;
}
