// SPDX-License-Identifier: LGPL-2.1-or-later

#include "db/writer.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "db/schema.h"
#include "db/sql.h"
#include "db/tally.h"
#include "db/wal_index.h"
#include "db/writer_feed.h"
#include "util/macro.h"

#define OPEN_TIMEOUT_MSEC 1000 /* then it is said who has it, and tried again */
#define OPEN_STEP_MSEC	  20
#define BUSY_TIMEOUT_MSEC 250 /* then the batch waits in the ring and is tried again */

const char *const writer_sql[STATEMENT_MAX] = {
	[SQL_BEGIN] = "BEGIN IMMEDIATE",
	[SQL_COMMIT] = "COMMIT",
	[SQL_ADD_BOOT] =
		"INSERT INTO boot (boot_id, machine_id, kernel, arch, page_size,"
		" first_seen) VALUES (?,?,?,?,?,?) ON CONFLICT (boot_id) DO NOTHING",
	[SQL_FORGET_SEEN] = "DELETE FROM loss_seen",
	[SQL_FIND_BOOT] = "SELECT id FROM boot WHERE boot_id = ?",
	[SQL_FIND_EARLIER_BOOT] = "SELECT max(id) FROM boot WHERE id < ?1"
				  " AND first_seen <= ?2",
	[SQL_ADD_ONCE] = "INSERT INTO once (key, time, source) VALUES (?1, ?2, ?3)"
			 " ON CONFLICT (key) DO NOTHING",
	[SQL_FIND_TOLD] = "SELECT 1 FROM event WHERE time BETWEEN ?1 AND ?2"
			  " AND boot = ?3 AND type = ?4 AND source IN (?5, ?6)"
			  " AND boottime BETWEEN ?7 AND ?8 AND address IS ?9 LIMIT 1",
	[SQL_ADD_RUN] =
		"INSERT INTO run (boot, started, version, config_hash, instance, ring,"
		" pid) VALUES (?,?,?,?,?,?,?)",
	[SQL_END_RUN] = "UPDATE run SET stopped = ?2, clean = 1 WHERE id = ?1",
	[SQL_ADD_CLOCK] =
		"INSERT INTO clock (run, boottime, \"offset\", synchronized)"
		" VALUES (?,?,?,?) ON CONFLICT DO UPDATE SET"
		" \"offset\" = excluded.\"offset\", synchronized = excluded.synchronized",
	[SQL_ADD_SUM] = "UPDATE event SET count = count + ?2,"
			" time_last = max(coalesce(time_last, time), ?3) WHERE id = ?1",
	[SQL_FIND_SEEN] = "SELECT total, time, loss FROM loss_seen"
			  " WHERE stage = ?1 AND instance = ?2 AND cpu = ?3",
	[SQL_SET_SEEN] =
		"INSERT OR REPLACE INTO loss_seen"
		" (stage, instance, cpu, total, time, loss) VALUES (?,?,?,?,?,?)",
	[SQL_GROW_LOSS] = "UPDATE loss SET count = count + ?2, time_to = ?3"
			  " WHERE id = ?1 AND run IS ?4 AND time_to >= ?5",
	[SQL_ADD_LOSS] =
		"INSERT INTO loss (stage, instance, cpu, count, time_from, time_to, run)"
		" VALUES (?,?,?,?,?,?,?)",
	[SQL_FIND_RING] = "SELECT position, id_base, id_top FROM ring WHERE id = ?",
	[SQL_ADD_RING] = "INSERT INTO ring (id, position, id_base, id_top)"
			 " VALUES (?1, 0, ?2, ?2)",
	[SQL_SET_RING] = "UPDATE ring SET position = ?2, id_top = ?3 WHERE id = ?1",
	[SQL_ADD_TALLY] =
		"INSERT INTO tally (day, boot, type, severity, component, device, dimm, cpu,"
		" retold, rows, count, first_id, last_id, first, last)"
		" VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)" TALLY_ADD,
	[SQL_ADD_PLACE] =
		"INSERT OR IGNORE INTO place (kind, name, stretch) VALUES (?,?,?)",
	[SQL_FIND_VERSION] = "PRAGMA user_version",
	[SQL_SET_TALLY_TOP] = TALLY_SET_TOP,
	[SQL_FIND_TALLY_KEY] = "SELECT time, ifnull(boot, 0), type, ifnull(severity, 5),"
			       " ifnull(component, 0), device, dimm, ifnull(cpu, -1),"
			       " flags"
			       " FROM event WHERE id = ?1",
};

/* Keeps what SQLite says of a failure, before something else is asked of it. */
int writer_failed(struct db_writer *w, int r)
{
	if (r < 0)
		snprintf(w->error, sizeof(w->error), "%s", sqlite3_errmsg(w->db));
	if (r == -EUCLEAN && writer_cannot_read(w))
		r = -EIO;
	w->has_failed_io |= r == -EIO;
	if (r == -EUCLEAN && !w->has_failed_io) /* else what was read may be no damage */
		w->damaged = true;
	return r;
}

int writer_run(struct db_writer *w, enum statement which)
{
	return writer_failed(w, sql_run(w->statements[which]));
}

/* Settings of the connection: nothing is changed in the file. */
static void configure(sqlite3 *db)
{
	int keep_wal = 1;

	sqlite3_busy_timeout(db, OPEN_TIMEOUT_MSEC);
	sqlite3_extended_result_codes(db, 1);
	/* a reader without rights on the directory needs -wal and -shm to be there */
	sqlite3_file_control(db, NULL, SQLITE_FCNTL_PERSIST_WAL, &keep_wal);
}

/*
 * Reads what a start reads anyway, and the newest end of the large tables: where damage
 * that would stop the writer shows. Not all of the file: that takes minutes when it is
 * large.
 */
static int probe(sqlite3 *db)
{
	static const char *const questions[] = {
		"SELECT count(*) FROM sqlite_master", "SELECT count(*) FROM event_type",
		"SELECT max(id) FROM event",	      "SELECT max(time) FROM event",
		"SELECT max(id) FROM loss",
	};
	int64_t ignored;

	for (size_t i = 0; i < ARRAY_SIZE(questions); i++) {
		int r = sql_number(db, questions[i], &ignored);

		if (r < 0)
			return r;
	}
	return 0;
}

static int start_writing(sqlite3 *db)
{
	return sql_exec(db, "PRAGMA journal_mode = WAL;"
			    "PRAGMA synchronous = FULL;"
			    "PRAGMA mmap_size = 0;"
			    "PRAGMA cache_size = -1024;"
			    "PRAGMA journal_size_limit = 16777216;"
			    "PRAGMA trusted_schema = OFF");
}

static int prepare_statements(struct db_writer *w)
{
	for (size_t i = 0; i < STATEMENT_MAX; i++) {
		int r = sql_prepare(w->db, writer_sql[i], &w->statements[i]);

		if (r < 0)
			return r;
	}
	return 0;
}

static int prepare_inserts(struct db_writer *w)
{
	w->n_inserts = w->table->n_handlers + 1;
	w->inserts = calloc(w->n_inserts, sizeof(*w->inserts));
	if (!w->inserts)
		return -ENOMEM;
	for (size_t i = 0; i < w->n_inserts; i++) {
		const struct event_type *type = i < w->table->n_handlers ?
							w->table->handlers[i]->type :
							&unknown_event_type;
		int r = detail_inserts_prepare(w->db, type, FEED_TABLE, &w->inserts[i]);

		if (r < 0)
			return r;
	}
	return 0;
}

/* A store process that was restarted goes on in the run that its predecessor was in. */
static int load_state(struct db_writer *w)
{
	int64_t top = 0;
	int r = sql_number(w->db, "SELECT id FROM run ORDER BY id DESC", &w->now.run);

	if (r == 1)
		r = sql_number(w->db, "SELECT boot FROM run ORDER BY id DESC",
			       &w->now.boot);
	r = r < 0 ? r : sql_number(w->db, "SELECT max(id_top) FROM ring", &top);
	w->now.id_top = (uint64_t)top;
	w->committed = w->now;
	return r < 0 ? r : 0;
}

/*
 * While somebody else writes, the index of the log is not ours to make anew. -EBUSY: too
 * long for us.
 */
static int await_others(const char *path)
{
	struct db_holder holder;

	for (int i = 0; i < OPEN_TIMEOUT_MSEC / OPEN_STEP_MSEC; i++) {
		if (!db_find_blocker(path, &holder))
			return 0;
		poll(NULL, 0, OPEN_STEP_MSEC);
	}
	return -EBUSY;
}

/* 0, DB_TOO_NEW, DB_CORRUPT or a negative errno; never a half-open writer in use. */
static int open_existing(struct db_writer *w)
{
	int64_t version = 0;
	int r = access(w->path, W_OK) < 0 ? -errno : 0;

	r = r < 0 ? r : await_others(w->path);
	r = r < 0 ? r : wal_index_invalidate(w->path);
	r = r < 0 ? r : db_open_file(w->path, SQLITE_OPEN_READWRITE, &w->db);
	if (r < 0)
		return r;
	configure(w->db);
	r = sql_number(w->db, "PRAGMA user_version", &version);
	if (r >= 0 && version / 1000 > DB_SCHEMA_MAJOR)
		return DB_TOO_NEW;
	r = r < 0 ? r : start_writing(w->db);
	r = r < 0 ? r : probe(w->db);
	r = r < 0 ? r : schema_upgrade(w->db, w->table);
	/* from here on nothing large is sorted, and no other disk has a say */
	r = r < 0 ? r : sql_exec(w->db, "PRAGMA temp_store = MEMORY");
	r = r < 0 ? r : prepare_statements(w);
	r = r < 0 ? r : writer_feed_prepare(w);
	r = r < 0 ? r : prepare_inserts(w);
	r = r < 0 ? r : writer_prepare_rows(w);
	r = r < 0 ? r : load_state(w);
	r = r < 0 ? r : db_guard_open(&w->guard, w->path);
	sqlite3_busy_timeout(w->db, BUSY_TIMEOUT_MSEC);
	writer_watch_log(w);
	r = writer_failed(w, r);
	return r == -EUCLEAN ? DB_CORRUPT : r;
}

static void close_database(struct db_writer *w)
{
	for (size_t i = 0; i < STATEMENT_MAX; i++)
		sqlite3_finalize(TAKE_PTR(w->statements[i]));
	for (size_t i = 0; i < WRITER_ROW_MAX; i++)
		sqlite3_finalize(TAKE_PTR(w->rows[i]));
	sqlite3_finalize(TAKE_PTR(w->add_events));
	for (size_t i = 0; w->inserts && i < w->n_inserts; i++)
		detail_inserts_finalize(&w->inserts[i]);
	free(TAKE_PTR(w->inserts));
	sqlite3_close(TAKE_PTR(w->db));
	db_guard_close(&w->guard);
}

/* Makes a file where there is none; then as open_existing(), or as db_examine(). */
static int find_or_create(struct db_writer *w, struct text *ret_note)
{
	int r = db_examine(w->path, ret_note);

	bool is_new = r == DB_ABSENT;

	if (is_new)
		r = db_create_file(w->path);
	r = r == DB_OPEN_OK ? open_existing(w) : r;
	if (is_new && r == DB_CORRUPT) { /* not to be kept, again and again */
		close_database(w);
		db_remove_file(w->path);
		return -EIO;
	}
	return r;
}

static int replace_corrupt(struct db_writer *w, struct text *ret_note)
{
	int r;

	text_add(ret_note, "%s is damaged (%s); ", w->path,
		 w->error[0]	       ? w->error :
		 db_is_marked(w->path) ? "as was found while it was in use" :
					 "header");
	r = db_set_aside(w->path, "corrupt", ret_note);
	if (r < 0)
		return r;
	w->damaged = false;
	text_add(ret_note, " and a new one is begun");
	return find_or_create(w, ret_note);
}

static int go_beside(struct db_writer *w, struct text *ret_note)
{
	char beside[DB_PATH_BYTES];
	int r = db_path_beside(w->path, DB_SCHEMA_MAJOR, beside);
	char *path = r < 0 ? NULL : strdup(beside);

	if (!path)
		return r < 0 ? r : -ENOMEM;
	text_add(ret_note, "%s was made by a newer rasd; this one writes to %s", w->path,
		 path);
	free(w->path);
	w->path = path;
	return find_or_create(w, ret_note);
}

static int open_somehow(struct db_writer *w, struct text *ret_note)
{
	int r = find_or_create(w, ret_note);

	if (r == DB_TOO_NEW) {
		close_database(w);
		r = go_beside(w, ret_note);
	}
	if (r == DB_CORRUPT) {
		close_database(w);
		r = replace_corrupt(w, ret_note);
	}
	return r;
}

/*
 * Opens or makes the database at `path`. Returns 0, with a note of one sentence if
 * something out of the ordinary was done; DB_NOT_OURS or a negative errno with a note
 * that says why not. A damaged database of ours is set aside; one with a newer major
 * schema is left alone, and a file beside it is used. `table` must outlive the writer.
 */
int db_writer_open(const char *path, const struct handler_table *table,
		   struct db_writer **ret, struct text *ret_note)
{
	struct db_writer *w = calloc(1, sizeof(*w));
	struct db_holder holder;
	int r;

	if (!w)
		return -ENOMEM;
	w->table = table;
	w->guard = DB_GUARD_NONE;
	w->path = strdup(path);
	r = writer_tally_init(w);
	r = r < 0 ? r : writer_feed_init(w);
	r = r >= 0 && w->path ? open_somehow(w, ret_note) : -ENOMEM;
	if (r == 0) {
		*ret = w;
		return 0;
	}
	if (r > 0)
		r = r == DB_NOT_OURS ? r : -EUCLEAN;
	else
		text_add(ret_note, "%scannot open the database %s: %s",
			 ret_note->len ? "; " : "", w->path ? w->path : path,
			 r == -ENOENT ? "its directory does not exist" : strerror(-r));
	db_writer_close(w);
	if (r == -EBUSY && db_find_blocker(path, &holder) && holder.pid > 0)
		text_add(ret_note, ": process %d (%s) has locked it", (int)holder.pid,
			 holder.comm[0] ? holder.comm : "?");
	return r;
}

/*
 * Puts everything into the main file, so that it can be copied alone. One that turned out
 * to be damaged is marked, so that the next db_writer_open() sets it aside. Returns NULL.
 */
struct db_writer *db_writer_close(struct db_writer *w)
{
	if (!w)
		return NULL;
	if (w->db && (w->damaged || db_wal_is_much(w))) {
		/* damaged, what is still whole stays as it is */
		sqlite3_db_config(w->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	} else if (w->db) {
		db_rollback(w);
		sqlite3_wal_checkpoint_v2(w->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL,
					  NULL);
	}
	close_database(w);
	if (w->damaged)
		db_mark_damaged(w->path);
	writer_tally_free(w);
	writer_feed_free(w);
	free(w->ids.earlier);
	free(w->path);
	free(w);
	return NULL;
}

/* The file in use: not the one asked for, if that has a newer schema. */
const char *db_writer_path(const struct db_writer *w)
{
	return w->path;
}

/* What SQLite said of the last failure; "" if there was none. */
const char *db_error(const struct db_writer *w)
{
	return w->error;
}
