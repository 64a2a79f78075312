// SPDX-License-Identifier: LGPL-2.1-or-later

#include "db/care.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db/open.h"
#include "db/sql.h"
#include "util/macro.h"

#define BUSY_MSEC     5000
#define LITTLE_FRAMES 8192 /* of 4 KiB: the writer itself does the rest */
#define PASSES_MAX    16

static void close_database_at(sqlite3 **db)
{
	sqlite3_close(*db);
}

static int say(struct text *note, sqlite3 *db, const char *path, int r)
{
	if (r < 0)
		text_add(note, "%s: %s%s%s%s", path, strerror(-r), db ? " (" : "",
			 db ? sqlite3_errmsg(db) : "", db ? ")" : "");
	return r;
}

/* Ours, and open. */
static int open_ours(const char *path, int flags, sqlite3 **ret, struct text *note)
{
	int keep_wal = 1;
	int r = db_examine(path, note);

	if (r == DB_ABSENT)
		r = say(note, NULL, path, -ENOENT);
	else if (r == DB_CORRUPT)
		r = 0; /* what is wrong with it is what is asked */
	if (r)
		return r < 0 ? (note->len ? r : say(note, NULL, path, r)) : -EINVAL;
	r = db_open_file(path, flags, ret);
	if (r < 0)
		return say(note, NULL, path, r);
	sqlite3_busy_timeout(*ret, BUSY_MSEC);
	sqlite3_file_control(*ret, NULL, SQLITE_FCNTL_PERSIST_WAL, &keep_wal);
	return 0;
}

/*
 * Reads all of it, which takes minutes when it is large; a daemon may write meanwhile.
 * Tells up to 100 things. Returns 1 if there was one.
 */
int db_care_check(const char *path, db_damage_fn tell, void *arg, struct text *ret_note)
{
	_cleanup_(close_database) sqlite3 *db = NULL;
	_cleanup_(sql_finalize) sqlite3_stmt *stmt = NULL;
	bool is_damaged = false;
	int r = open_ours(path, SQLITE_OPEN_READONLY, &db, ret_note);

	if (r < 0)
		return r;
	r = sql_prepare(db, "PRAGMA integrity_check(100)", &stmt);
	while (r >= 0 && (r = sql_next(stmt)) == 1) {
		const char *what = (const char *)sqlite3_column_text(stmt, 0);

		if (what && !strcmp(what, "ok"))
			continue;
		is_damaged = true;
		tell(what ? what : "?", arg);
	}
	if (r == -EUCLEAN) { /* too damaged to be checked */
		tell(sqlite3_errmsg(db), arg);
		return 1;
	}
	return r < 0 ? say(ret_note, db, path, r) : is_damaged;
}

/* One moment of the database, whatever is written meanwhile. */
static int copy(sqlite3 *from, sqlite3 *to)
{
	sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
	int code;

	if (!backup)
		return sql_errno(to, sqlite3_errcode(to));
	sqlite3_backup_step(backup, -1);
	code = sqlite3_backup_finish(backup);
	if (code)
		return sql_errno(to, code);
	return sql_exec(to, "PRAGMA journal_mode = DELETE"); /* one file, to be moved */
}

/* -EEXIST: there is a file of that name; it is left alone. */
int db_care_backup(const char *path, const char *to, struct text *ret_note)
{
	_cleanup_(close_database) sqlite3 *db = NULL;
	_cleanup_(close_database) sqlite3 *target = NULL;
	int r = open_ours(path, SQLITE_OPEN_READONLY, &db, ret_note);
	int fd;

	if (r < 0)
		return r;
	fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return say(ret_note, NULL, to, -errno);
	close(fd);
	r = db_open_file(to, SQLITE_OPEN_READWRITE, &target);
	r = r < 0 ? r : copy(db, target);
	if (r < 0) {
		say(ret_note, target, to, r);
		unlink(to);
	}
	return r;
}

/*
 * As a store process does: one writer a database. Returns a descriptor that is the lock,
 * or a negative errno with a note; -EWOULDBLOCK: a daemon has it.
 */
int db_care_lock(const char *path, struct text *note)
{
	char lock[DB_PATH_BYTES];
	int fd, r;

	if (snprintf(lock, sizeof(lock), "%s.lock", path) >= (int)sizeof(lock))
		return say(note, NULL, path, -ENAMETOOLONG);
	fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return say(note, NULL, lock, -errno);
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	r = -errno;
	close(fd);
	text_add(note, "a rasd writes to %s: stop it first (nothing is lost meanwhile)",
		 path);
	return r;
}

/*
 * Puts the log into the main file, as far as no reader is in the way, and what a daemon
 * writes meanwhile, too, until it is little. For a process that has no database open.
 */
int db_care_checkpoint(const char *path)
{
	_cleanup_(close_database) sqlite3 *db = NULL;
	char buf[512];
	struct text note = TEXT_IN(buf);
	int before, all, done = 0, passes = 0;
	int64_t ignored;
	int r = open_ours(path, SQLITE_OPEN_READWRITE, &db, &note);

	if (r < 0)
		return r;
	sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	/* a connection that has read nothing knows of no log */
	r = sql_number(db, "SELECT count(*) FROM sqlite_master", &ignored);
	if (r < 0)
		return r;
	do {
		before = done;
		r = sql_errno(db, sqlite3_wal_checkpoint_v2(db, NULL,
							    SQLITE_CHECKPOINT_PASSIVE,
							    &all, &done));
	} while (r == 0 && done - before > LITTLE_FRAMES && ++passes < PASSES_MAX);
	return r;
}

static uint64_t size_of(const char *path)
{
	struct stat st;

	return stat(path, &st) < 0 ? 0 : (uint64_t)st.st_size;
}

static int rewrite(sqlite3 *db)
{
	int r = sql_exec(db, "PRAGMA auto_vacuum = INCREMENTAL; VACUUM");

	return r < 0 ? r : sql_exec(db, "PRAGMA wal_checkpoint(TRUNCATE)");
}

/*
 * Writes the file anew without its free pages, and so that later ones can be given back.
 * Takes as much room again while it works. -EWOULDBLOCK: a daemon has it. Sizes are
 * bytes.
 */
int db_care_vacuum(const char *path, uint64_t *ret_before, uint64_t *ret_after,
		   struct text *ret_note)
{
	_cleanup_(close_database) sqlite3 *db = NULL;
	_cleanup_(close_fd) int lock = -1;
	uint64_t before = size_of(path);
	int r = open_ours(path, SQLITE_OPEN_READWRITE, &db, ret_note);

	if (r < 0)
		return r;
	if (sqlite3_db_readonly(db, "main"))
		return say(ret_note, NULL, path, -EACCES);
	lock = db_care_lock(path, ret_note);
	if (lock < 0)
		return lock;
	r = rewrite(db);
	if (r < 0)
		return say(ret_note, db, path, r);
	*ret_before = before;
	*ret_after = size_of(path);
	return 0;
}
