/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What the files of the writer share. */

#include "db/detail.h"
#include "db/guard.h"
#include "db/id_map.h"
#include "db/tally.h"
#include "db/writer.h"

enum statement {
	SQL_BEGIN,
	SQL_COMMIT,
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

/* Ids of events, both ends included. */
struct id_range {
	uint64_t first, last;
};

/* A block of addresses that has a row in `place` for a stretch; `behind` is the next. */
#define WRITER_TOLD 256

struct writer_block {
	int64_t number;
	uint64_t behind; /* 0: there is none */
};

struct writer_tally;
struct writer_feed;

/* How far the removal of events has looked; see prune.c. */
#define WRITER_PRUNE_CLASSES 3

struct writer_prune {
	uint64_t after[WRITER_PRUNE_CLASSES]; /* ids */
	size_t class;
	int64_t old_time; /* of what is too old: behind this, and this id */
	uint64_t old_id;
	uint64_t removed[WRITER_PRUNE_CLASSES]; /* rows */
	int64_t missing;			/* rows that somebody else removed */
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
	struct writer_tally *tally;	       /* of this batch, see writer_tally.c */
	struct writer_feed *feed;	       /* of this batch, see writer_feed.c */
	sqlite3_stmt *add_events;	       /* all that wait there */
	struct writer_block told[WRITER_TOLD]; /* see writer_place.c */
	uint64_t refused;		       /* of this batch, see db_refused() */
	char ring[DB_TEXT_BYTES];
	struct writer_prune prune;
	struct id_map ids; /* of the ring */
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

int writer_feed_init(struct db_writer *w);
int writer_feed_prepare(struct db_writer *w);
void writer_feed_free(struct db_writer *w);
void writer_feed_clear(struct db_writer *w);
int writer_feed_add(struct db_writer *w, struct detail_inserts *inserts,
		    const struct event *event, const struct value *undecoded,
		    const struct writer_place *place);
int writer_feed_flush(struct db_writer *w);

int writer_place_text(struct db_writer *w, enum place_kind kind, const char *bytes,
		      size_t len, const struct id_range *ids);
int writer_place_cpu(struct db_writer *w, int32_t cpu, const struct id_range *ids);
int writer_place_severity(struct db_writer *w, enum severity severity,
			  const struct id_range *ids);
int writer_place_address(struct db_writer *w, uint64_t address, uint64_t id);
void writer_place_forget(struct db_writer *w);

int writer_find_ids(struct db_writer *w, uint64_t top);

int writer_tally_init(struct db_writer *w);
void writer_tally_free(struct db_writer *w);
void writer_tally_clear(struct db_writer *w);
int writer_tally_flush(struct db_writer *w);
int writer_tally_add(struct db_writer *w, const struct event *event, uint64_t id,
		     const struct tally_of *of);
int writer_tally_more(struct db_writer *w, uint64_t id, uint64_t count,
		      int64_t time_last_ns);
