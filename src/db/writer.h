/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Writes the database; one process has one of these. A batch is db_begin(), any number of
 * db_add_*(), and db_commit(), which stores the ring's position with it: what a batch
 * says is on disk completely, exactly once, or not at all.
 *
 * All functions return 0 or a negative errno, of which db_error() has the long form.
 * After a failed db_add_*() the batch is to be given up with db_rollback() and repeated
 * later.
 */

#include <stdint.h>

#include "db/guard.h"
#include "db/open.h"
#include "db/rows.h"
#include "event/event.h"
#include "event/handler.h"

struct db_writer;

int db_writer_open(const char *path, const struct handler_table *table,
		   struct db_writer **ret, struct text *ret_note);
struct db_writer *db_writer_close(struct db_writer *w);
const char *db_writer_path(const struct db_writer *w);

int db_attach_ring(struct db_writer *w, const char *ring_id, uint64_t *ret_position);
uint64_t db_ring_id_base(const struct db_writer *w);
int db_begin(struct db_writer *w);
int db_add_event(struct db_writer *w, const struct event *event,
		 const struct value *undecoded);
uint64_t db_refused(const struct db_writer *w);
int db_add_run(struct db_writer *w, const struct db_run *run);
int db_end_run(struct db_writer *w, int64_t time_ns);
int db_add_clock(struct db_writer *w, const struct db_clock *clock);
int db_add_sum(struct db_writer *w, const struct db_sum *sum);
int db_add_counter(struct db_writer *w, const struct db_counter *counter);
int db_add_loss(struct db_writer *w, const char *stage, uint64_t count, int64_t time_ns);
int db_add_hit(struct db_writer *w, const struct db_hit *hit);
int db_add_link(struct db_writer *w, const struct db_link *link);
int db_add_action(struct db_writer *w, const struct db_action *action);
int db_add_page(struct db_writer *w, const struct db_page *page);
int db_commit(struct db_writer *w, uint64_t ring_position);
void db_rollback(struct db_writer *w);

/* 0: no limit. Bytes are those in use: free pages are not counted. */
struct db_keep {
	int64_t age_ns;
	uint64_t events, bytes;
};

/* Rows by class, in the order in which they go. */
struct db_pruned {
	uint64_t unconfirmed, corrected, others;
};

int db_read_pruned(struct db_writer *w, uint64_t *ret);
void db_pruned(const struct db_writer *w, struct db_pruned *ret);
int db_prune(struct db_writer *w, const struct db_keep *keep, int64_t now_ns,
	     uint64_t *removed);
int db_read_memory(struct db_writer *w, const char *boot_id, int64_t now_ns,
		   struct db_memory *ret);

int db_cause(const struct db_writer *w, int error);
uint64_t db_last_id(const struct db_writer *w);
int db_find_lock(const struct db_writer *w, struct db_holder *ret);
int db_find_reader(const struct db_writer *w, struct db_holder *ret);
uint64_t db_wal_bytes(const struct db_writer *w);
bool db_wal_is_much(const struct db_writer *w);
int db_empty_wal(struct db_writer *w);

const char *db_error(const struct db_writer *w);
