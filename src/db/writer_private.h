/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What the files of the writer share. */

#include "db/detail.h"
#include "db/guard.h"
#include "db/writer.h"

enum statement {
	SQL_BEGIN,
	SQL_COMMIT,
	SQL_ADD_EVENT,
	SQL_ADD_BOOT,
	SQL_FORGET_SEEN,
	SQL_FIND_BOOT,
	SQL_FIND_EARLIER_BOOT,
	SQL_ADD_ONCE,
	SQL_FIND_TOLD,
	SQL_ADD_RUN,
	SQL_END_RUN,
	SQL_ADD_CLOCK,
	SQL_ADD_SUM,
	SQL_FIND_SEEN,
	SQL_SET_SEEN,
	SQL_GROW_LOSS,
	SQL_ADD_LOSS,
	SQL_FIND_RING,
	SQL_ADD_RING,
	SQL_SET_RING,
	SQL_ADD_TALLY,
	SQL_ADD_PLACE,
	SQL_SET_TALLY_TOP,
	SQL_FIND_TALLY_KEY,
	SQL_FIND_VERSION,
	STATEMENT_MAX
};

/* Tables that are written as db/row_types.h describes them. */
enum writer_row {
	WRITER_ROW_HIT,
	WRITER_ROW_LINK,
	WRITER_ROW_ACTION,
	WRITER_ROW_PAGE,
	WRITER_ROW_MAX
};

/* What a rollback takes back in memory, too. */
struct writer_state {
	int64_t boot, run; /* rows; 0: none yet */
	uint64_t id_top;   /* highest id that any ring ever used */
};

/* What of an event's row is not the event's own. */
struct writer_place {
	int64_t boot; /* 0: none that is known */
	unsigned int flags;
};

/* What is counted in the table `tally`, beside what the event itself says. */
struct tally_of {
	int64_t type, boot; /* rows of theirs */
	uint64_t rows, count;
	bool retold;
};

struct writer_tally;

/* How far the removal of events has looked; see prune.c. */
#define WRITER_PRUNE_CLASSES 3

struct writer_prune {
	uint64_t after[WRITER_PRUNE_CLASSES]; /* ids */
	size_t class;
	int64_t old_time; /* of what is too old: behind this, and this id */
	uint64_t old_id;
	int64_t missing; /* rows that somebody else removed */
	bool is_counted;
};

struct db_writer {
	sqlite3 *db;
	char *path;
	const struct handler_table *table;
	struct detail_inserts *inserts; /* one per handler, then the unknown type */
	size_t n_inserts;
	sqlite3_stmt *statements[STATEMENT_MAX];
	sqlite3_stmt *rows[WRITER_ROW_MAX];
	struct writer_state now, committed;
	struct writer_tally *tally; /* of this batch, see writer_tally.c */
	char ring[DB_TEXT_BYTES];
	struct writer_prune prune;
	uint64_t id_base; /* of the ring: its event n is row id_base + n */
	struct db_guard guard;
	bool damaged, has_failed_io;
	char error[256];
};

extern const char *const writer_sql[STATEMENT_MAX];

int writer_failed(struct db_writer *w, int r);
int writer_prepare_rows(struct db_writer *w);
int writer_run(struct db_writer *w, enum statement which);
bool writer_cannot_read(const struct db_writer *w);
void writer_watch_log(struct db_writer *w);
int writer_look(struct db_writer *w);
int writer_place_once(struct db_writer *w, const struct event *event, int64_t type,
		      struct writer_place *place);

int writer_tally_init(struct db_writer *w);
void writer_tally_free(struct db_writer *w);
void writer_tally_clear(struct db_writer *w);
int writer_tally_flush(struct db_writer *w);
int writer_tally_add(struct db_writer *w, const struct event *event, uint64_t id,
		     const struct tally_of *of);
int writer_tally_more(struct db_writer *w, uint64_t id, uint64_t count,
		      int64_t time_last_ns);
