// SPDX-License-Identifier: LGPL-2.1-or-later

/* What a writer asks of its guard, and does against a log that grows. */

#include <errno.h>
#include <fcntl.h>

#include "db/schema.h"
#include "db/sql.h"
#include "db/writer_private.h"
#include "util/macro.h"

#define CHECKPOINT_FRAMES 1000		/* of 4 KiB */
#define MUCH_BYTES	  (64ULL << 20) /* half a second, on a disk of today */

/* SQLite calls it damage, too, when the disk fails to read a page. */
bool writer_cannot_read(const struct db_writer *w)
{
	_cleanup_(close_fd) int fd = -1;

	if (w->guard.main_fd >= 0) /* to close another would drop SQLite's locks */
		return db_has_bad_page(w->guard.main_fd);
	fd = open(w->path, O_RDONLY | O_CLOEXEC);
	return fd >= 0 && db_has_bad_page(fd);
}

/* What a failure comes from: damage that follows on an error of the disk is that error.
 */
int db_cause(const struct db_writer *w, int error)
{
	return error == -EUCLEAN && w->has_failed_io ? -EIO : error;
}

/* Another rasd does not write here while we do; what else may have done it is not asked.
 */
static int look_at_version(struct db_writer *w)
{
	sqlite3_stmt *stmt = w->statements[SQL_FIND_VERSION];
	int r = sql_next(stmt);
	int64_t version = r == 1 ? sqlite3_column_int64(stmt, 0) : 0;

	writer_failed(w, r);
	sqlite3_reset(stmt);
	if (r < 0)
		return r;
	if (version / 1000 <= DB_SCHEMA_MAJOR)
		return 0;
	snprintf(w->error, sizeof(w->error), "a newer rasd has changed it to schema %d",
		 (int)(version / 1000));
	return -ESTALE;
}

/* Whether what was opened is still what is there; as db_begin(). */
int writer_look(struct db_writer *w)
{
	char why[sizeof(w->error)];
	struct text text = TEXT_IN(why);
	int r = db_guard_look(&w->guard, w->path, &text);

	if (r == 0)
		return look_at_version(w);
	writer_failed(w, r);
	copy_text(w->error, sizeof(w->error), why);
	return r;
}

/* The highest id of an event that is on disk. */
uint64_t db_last_id(const struct db_writer *w)
{
	return w->committed.id_top;
}

/* Who has a lock that keeps us from writing. 1 with `ret`; 0: nobody (any more). */
int db_find_lock(const struct db_writer *w, struct db_holder *ret)
{
	return db_guard_find_blocker(&w->guard, ret);
}

/* Whose transaction keeps the log from being emptied. 1 with `ret`; 0: nobody. */
int db_find_reader(const struct db_writer *w, struct db_holder *ret)
{
	return db_guard_find_reader(&w->guard, ret);
}

/* Of the log, as the last batch found it. */
uint64_t db_wal_bytes(const struct db_writer *w)
{
	return w->guard.wal_bytes;
}

/* Whether there is so much in it that putting it into the main file takes its time. */
bool db_wal_is_much(const struct db_writer *w)
{
	return db_guard_pending_bytes(&w->guard) > MUCH_BYTES;
}

/* As SQLite's own, but for a log that is for another process. */
static int on_commit(void *arg, sqlite3 *db, const char *name, int frames)
{
	const struct db_writer *w = arg;

	if (frames >= CHECKPOINT_FRAMES && !db_wal_is_much(w))
		sqlite3_wal_checkpoint_v2(db, name, SQLITE_CHECKPOINT_PASSIVE, NULL,
					  NULL);
	return SQLITE_OK;
}

void writer_watch_log(struct db_writer *w)
{
	sqlite3_wal_hook(w->db, on_commit, w);
}

/*
 * Puts the log into the main file and empties it. -EBUSY: somebody reads in a transaction
 * that is older; -EAGAIN: too much is in it to wait for.
 */
int db_empty_wal(struct db_writer *w)
{
	int r = writer_look(w);

	if (r == 0 && db_wal_is_much(w))
		return -EAGAIN;
	r = r < 0 ? r :
		    sql_errno(w->db, sqlite3_wal_checkpoint_v2(w->db, NULL,
							       SQLITE_CHECKPOINT_TRUNCATE,
							       NULL, NULL));
	writer_failed(w, r);
	return r < 0 ? r : writer_look(w);
}
