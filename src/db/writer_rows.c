// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * What is written beside events: runs, clocks, losses. Seldom, so plain rather than fast.
 */

#include <string.h>

#include "db/sql.h"
#include "db/writer_private.h"
#include "util/clock.h"
#include "util/macro.h"
#include "util/text.h"

/* Losses of one kind that follow each other as closely as this are one row. */
#define LOSS_MERGE_NS (60 * NS_PER_SEC)

/* Texts of db/rows.h come from shared memory: the terminator is not to be relied on. */
#define bind_array(stmt, index, array) bind_bounded(stmt, index, array, sizeof(array))

static void bind_bounded(sqlite3_stmt *stmt, int index, const char *text, size_t size)
{
	sqlite3_bind_text(stmt, index, text, (int)strnlen(text, size), SQLITE_STATIC);
}

/* Of a boot that has no row yet, all that counts losses begins at 0. */
static int find_or_add_boot(struct db_writer *w, const struct db_run *run)
{
	sqlite3_stmt *add = w->statements[SQL_ADD_BOOT];
	sqlite3_stmt *find = w->statements[SQL_FIND_BOOT];
	int r;

	bind_array(add, 1, run->boot_id);
	bind_array(add, 2, run->machine_id);
	bind_array(add, 3, run->kernel);
	bind_array(add, 4, run->arch);
	sqlite3_bind_int64(add, 5, run->page_size);
	sqlite3_bind_int64(add, 6, run->time_ns);
	r = writer_run(w, SQL_ADD_BOOT);
	if (r >= 0 && sqlite3_changes(w->db))
		r = writer_run(w, SQL_FORGET_SEEN);
	if (r < 0)
		return r;
	bind_array(find, 1, run->boot_id);
	r = sql_next(find);
	if (r == 1)
		w->now.boot = sqlite3_column_int64(find, 0);
	writer_failed(w, r);
	sqlite3_reset(find);
	return r < 0 ? r : 0;
}

/* A start of the daemon: what follows belongs to this run, and to its boot. */
int db_add_run(struct db_writer *w, const struct db_run *run)
{
	sqlite3_stmt *stmt = w->statements[SQL_ADD_RUN];
	int r = find_or_add_boot(w, run);

	if (r < 0)
		return r;
	sqlite3_bind_int64(stmt, 1, w->now.boot);
	sqlite3_bind_int64(stmt, 2, run->time_ns);
	bind_array(stmt, 3, run->version);
	sqlite3_bind_int64(stmt, 4, (int64_t)run->config_hash);
	bind_array(stmt, 5, run->instance);
	bind_array(stmt, 6, run->ring);
	sqlite3_bind_int64(stmt, 7, run->pid);
	r = writer_run(w, SQL_ADD_RUN);
	if (r >= 0)
		w->now.run = sqlite3_last_insert_rowid(w->db);
	return r;
}

/* The current run stopped as it should, at this time (UTC). */
int db_end_run(struct db_writer *w, int64_t time_ns)
{
	sqlite3_bind_int64(w->statements[SQL_END_RUN], 1, w->now.run);
	sqlite3_bind_int64(w->statements[SQL_END_RUN], 2, time_ns);
	return writer_run(w, SQL_END_RUN);
}

int db_add_clock(struct db_writer *w, const struct db_clock *clock)
{
	sqlite3_stmt *stmt = w->statements[SQL_ADD_CLOCK];

	sqlite3_bind_int64(stmt, 1, w->now.run);
	sqlite3_bind_int64(stmt, 2, clock->boottime_ns);
	sqlite3_bind_int64(stmt, 3, clock->offset_ns);
	sqlite3_bind_int64(stmt, 4, clock->synchronized);
	return writer_run(w, SQL_ADD_CLOCK);
}

/* What was known of a counter before: a row of loss_seen. */
struct seen {
	uint64_t total;
	int64_t time_ns;
	int64_t loss; /* the row its last loss went to; 0: none */
};

static void bind_key(sqlite3_stmt *stmt, const struct db_counter *counter)
{
	bind_array(stmt, 1, counter->stage);
	bind_array(stmt, 2, counter->instance);
	sqlite3_bind_int64(stmt, 3, counter->cpu);
}

static int find_seen(struct db_writer *w, const struct db_counter *counter,
		     struct seen *ret)
{
	sqlite3_stmt *stmt = w->statements[SQL_FIND_SEEN];
	int r;

	bind_key(stmt, counter);
	r = sql_next(stmt);
	if (r == 1) {
		ret->total = (uint64_t)sqlite3_column_int64(stmt, 0);
		ret->time_ns = sqlite3_column_int64(stmt, 1);
		ret->loss = sqlite3_column_int64(stmt, 2);
	}
	writer_failed(w, r);
	sqlite3_reset(stmt);
	return r < 0 ? r : 0;
}

static int set_seen(struct db_writer *w, const struct db_counter *counter, int64_t loss)
{
	sqlite3_stmt *stmt = w->statements[SQL_SET_SEEN];

	bind_key(stmt, counter);
	sqlite3_bind_int64(stmt, 4, (int64_t)counter->total);
	sqlite3_bind_int64(stmt, 5, counter->time_ns);
	if (loss)
		sqlite3_bind_int64(stmt, 6, loss);
	else
		sqlite3_bind_null(stmt, 6);
	return writer_run(w, SQL_SET_SEEN);
}

static void bind_current_run(sqlite3_stmt *stmt, int index, const struct db_writer *w)
{
	if (w->now.run)
		sqlite3_bind_int64(stmt, index, w->now.run);
	else
		sqlite3_bind_null(stmt, index);
}

/* 1 if the loss went into the row of the one before it, 0 if it needs its own. */
static int grow_loss(struct db_writer *w, const struct db_counter *counter, uint64_t lost,
		     const struct seen *seen)
{
	sqlite3_stmt *stmt = w->statements[SQL_GROW_LOSS];
	int r;

	if (!seen->loss)
		return 0;
	sqlite3_bind_int64(stmt, 1, seen->loss);
	sqlite3_bind_int64(stmt, 2, (int64_t)lost);
	sqlite3_bind_int64(stmt, 3, counter->time_ns);
	bind_current_run(stmt, 4, w);
	sqlite3_bind_int64(stmt, 5, counter->time_ns - LOSS_MERGE_NS);
	r = writer_run(w, SQL_GROW_LOSS);
	return r < 0 ? r : sqlite3_changes(w->db) > 0;
}

static int add_loss(struct db_writer *w, const struct db_counter *counter, uint64_t lost,
		    int64_t from_ns)
{
	sqlite3_stmt *stmt = w->statements[SQL_ADD_LOSS];

	bind_array(stmt, 1, counter->stage);
	bind_array(stmt, 2, counter->instance);
	if (counter->cpu >= 0)
		sqlite3_bind_int64(stmt, 3, counter->cpu);
	else
		sqlite3_bind_null(stmt, 3);
	sqlite3_bind_int64(stmt, 4, (int64_t)lost);
	sqlite3_bind_int64(stmt, 5, from_ns);
	sqlite3_bind_int64(stmt, 6, counter->time_ns);
	bind_current_run(stmt, 7, w);
	return writer_run(w, SQL_ADD_LOSS);
}

/*
 * Stores what a loss counter grew by since it was last told, as lost between then and
 * now. One that is lower than before was reset: all of it is new.
 */
int db_add_counter(struct db_writer *w, const struct db_counter *counter)
{
	struct seen seen = { .time_ns = counter->time_ns };
	int r = find_seen(w, counter, &seen);
	bool reset = counter->fresh || counter->total < seen.total;
	uint64_t lost = reset ? counter->total : counter->total - seen.total;

	if (r >= 0 && lost) {
		r = grow_loss(w, counter, lost, &seen);
		if (r == 0) {
			r = add_loss(w, counter, lost,
				     MIN(seen.time_ns, counter->time_ns));
			seen.loss = sqlite3_last_insert_rowid(w->db);
		}
	}
	return r < 0 ? r : set_seen(w, counter, seen.loss);
}

/* So many were lost at `stage`, at this time (UTC): what no counter tells. */
int db_add_loss(struct db_writer *w, const char *stage, uint64_t count, int64_t time_ns)
{
	struct db_counter lost = { .cpu = -1, .time_ns = time_ns };

	copy_text(lost.stage, sizeof(lost.stage), stage);
	return add_loss(w, &lost, count, time_ns);
}
