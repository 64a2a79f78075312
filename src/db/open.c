// SPDX-License-Identifier: LGPL-2.1-or-later

#include "db/open.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "db/schema.h"
#include "db/sql.h"
#include "util/bytes.h"
#include "util/macro.h"

#define MAGIC	     "SQLite format 3" /* with its terminator: the first 16 bytes */
#define HEADER_BYTES 100
#define APPLICATION_ID_AT                                             \
	68 /* big-endian; https://www.sqlite.org/fileformat.html, 1.3 \
	    */

/* rasd.db's companions. */
static const char *const companions[] = { "-journal", "-shm", "-wal" };

/* As sqlite3_open_v2() with `flags`, nothing set yet. */
int db_open_file(const char *path, int flags, sqlite3 **ret)
{
	sqlite3 *db = NULL;
	int code, r;

	/* Before the first of all only, and nobody asks: a lock for each allocation. */
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	code = sqlite3_open_v2(path, &db, flags | SQLITE_OPEN_NOMUTEX, NULL);
	r = sql_errno(db, code);

	if (r < 0) {
		sqlite3_close(db);
		return r;
	}
	*ret = db;
	return 0;
}

/*
 * Opens the main file alone, as it lies there: no lock is taken, nothing is created
 * beside it, a -wal is not looked at.
 */
int db_open_immutable(const char *path, sqlite3 **ret)
{
	char uri[DB_PATH_BYTES];
	struct text text = TEXT_IN(uri);

	text_add(&text, "file:");
	for (const char *c = path; *c; c++)
		text_add(&text, strchr("%?#", *c) ? "%%%02x" : "%c", (unsigned char)*c);
	text_add(&text, "?immutable=1");
	if (text.cut)
		return -ENAMETOOLONG;
	return db_open_file(uri, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, ret);
}

static int path_with(const char *path, const char *suffix, char ret[static DB_PATH_BYTES])
{
	return snprintf(ret, DB_PATH_BYTES, "%s%s", path, suffix) < DB_PATH_BYTES ?
		       0 :
		       -ENAMETOOLONG;
}

/* Beside a database: SQLite called it damaged while it was written to. */
static int mark_path(const char *path, char ret[static DB_PATH_BYTES])
{
	return path_with(path, ".damaged", ret);
}

/* Whoever opens the database next sets it aside; works when little else does. */
void db_mark_damaged(const char *path)
{
	char mark[DB_PATH_BYTES];

	if (mark_path(path, mark) >= 0)
		close_fd(open(mark, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
}

static void unmark(const char *path)
{
	char mark[DB_PATH_BYTES];

	if (mark_path(path, mark) >= 0)
		unlink(mark);
}

bool db_is_marked(const char *path)
{
	char mark[DB_PATH_BYTES];

	return mark_path(path, mark) >= 0 && access(mark, F_OK) == 0;
}

/* Store puts a lock beside what it writes to, and beside nothing else. */
bool db_has_lock(const char *path)
{
	char lock[DB_PATH_BYTES];

	return path_with(path, ".lock", lock) >= 0 && access(lock, F_OK) == 0;
}

/*
 * Judged by its header alone: with a -wal beside it, the rest of the file may be anything
 * (a checkpoint that was cut off half-way, say) until SQLite has played the -wal into it.
 * The header is whole: a database appears under its name when it is complete.
 */
static int judge_database(const char *path, struct text *ret_note)
{
	_cleanup_(close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
	uint8_t header[HEADER_BYTES] = { 0 };
	ssize_t n = fd < 0 ? -1 : pread(fd, header, sizeof(header), 0);

	if (n < 0)
		return -errno;
	if (n < HEADER_BYTES || memcmp(header, MAGIC, sizeof(MAGIC))) {
		if (db_has_lock(path))
			return DB_CORRUPT; /* it was ours */
		text_add(ret_note, "%s is not a database; name another file", path);
		return DB_NOT_OURS;
	}
	if (load_be32(header + APPLICATION_ID_AT) != DB_APPLICATION_ID) {
		text_add(ret_note,
			 "%s is a database of another program; name another file", path);
		return DB_NOT_OURS;
	}
	return db_is_marked(path) ? DB_CORRUPT : DB_OPEN_OK;
}

/*
 * What is at `path`, without changing anything: DB_OPEN_OK (ours by its header),
 * DB_ABSENT, DB_NOT_OURS, DB_CORRUPT, or a negative errno. With DB_NOT_OURS the note is a
 * sentence.
 */
int db_examine(const char *path, struct text *ret_note)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return errno == ENOENT ? DB_ABSENT : -errno;
	if (!S_ISREG(st.st_mode)) {
		text_add(ret_note, "%s is %s, not a database file", path,
			 S_ISDIR(st.st_mode) ? "a directory" : "no regular file");
		return DB_NOT_OURS;
	}
	if (st.st_size == 0)
		return DB_ABSENT;
	if (access(path, R_OK) < 0)
		return -errno;
	return judge_database(path, ret_note);
}

static int sync_directory_of(const char *path)
{
	char dir[DB_PATH_BYTES];
	const char *slash = strrchr(path, '/');
	_cleanup_(close_fd) int fd = -1;

	snprintf(dir, sizeof(dir), "%.*s", slash ? (int)(slash - path + 1) : 1,
		 slash ? path : ".");
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 || fsync(fd) < 0 ? -errno : 0;
}

static int rename_companion(const char *path, const char *companion, const char *aside)
{
	char from[DB_PATH_BYTES], to[DB_PATH_BYTES];
	struct stat st;
	int r = path_with(path, companion, from);

	r = r < 0 ? r : path_with(aside, companion, to);
	if (r < 0)
		return r;
	if (lstat(from, &st) < 0)
		return errno == ENOENT ? 0 : -errno;
	if (!lstat(to, &st))
		return -EEXIST;
	return rename(from, to) < 0 ? -errno : 0;
}

/*
 * Renames a database and what belongs to it to PATH.WHY-YYYYMMDDTHHMMSSZ (its -wal keeps
 * its ending, so that the set can still be opened). The note says where it went.
 */
int db_set_aside(const char *path, const char *why, struct text *ret_note)
{
	char aside[DB_PATH_BYTES], stamp[32];
	time_t now = time(NULL);
	struct tm tm;
	int r;

	strftime(stamp, sizeof(stamp), "%Y%m%dT%H%M%SZ", gmtime_r(&now, &tm));
	if (snprintf(aside, sizeof(aside), "%s.%s-%s", path, why, stamp) >=
	    (int)sizeof(aside))
		return -ENAMETOOLONG;
	/* the file itself first, for good: never is it opened without what is in its -wal
	 */
	r = rename_companion(path, "", aside);
	r = r < 0 ? r : sync_directory_of(path);
	for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(companions); i++)
		r = rename_companion(path, companions[i], aside);
	r = r < 0 ? r : sync_directory_of(path);
	if (r >= 0)
		unmark(path); /* there is nothing any more that it could mean */
	if (r >= 0)
		text_add(ret_note, "it is kept as %s", aside);
	return r;
}

void db_remove_file(const char *path)
{
	char companion[DB_PATH_BYTES];

	unlink(path);
	for (size_t i = 0; i < ARRAY_SIZE(companions); i++)
		if (path_with(path, companions[i], companion) >= 0)
			unlink(companion);
}

/*
 * What a database that is gone has left behind would be taken for the new one's: its -wal
 * played into it, the mark believed. It is gone for good before the new one has its name.
 */
static int remove_orphans(const char *path, struct text *note)
{
	char wal[DB_PATH_BYTES];
	struct stat st;
	int r = path_with(path, "-wal", wal);

	if (r < 0)
		return r;
	if (!stat(wal, &st) && st.st_size > 0)
		r = db_set_aside(path, "orphan", note);
	if (r < 0)
		return r;
	db_remove_file(path);
	unmark(path);
	return sync_directory_of(path);
}

/*
 * Makes a new database where there is none, or an empty file. It appears under its name
 * when it is complete and on disk, so a file with that name is never half a database.
 */
int db_create_file(const char *path)
{
	char building[DB_PATH_BYTES], ignored[DB_PATH_BYTES];
	struct text note = TEXT_IN(ignored);
	sqlite3 *db = NULL;
	int r = path_with(path, ".new", building);

	if (r < 0)
		return r;
	db_remove_file(building);
	unmark(path); /* what it was about is gone */
	r = db_open_file(building, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &db);
	r = r < 0 ? r : schema_create(db);
	sqlite3_close(db);
	r = r < 0 ? r : remove_orphans(path, &note);
	if (r >= 0 && rename(building, path) < 0)
		r = -errno;
	if (r < 0)
		db_remove_file(building);
	return r < 0 ? r : sync_directory_of(path);
}

/*
 * rasd.db -> rasd.schema1.db: where a program writes that cannot read what is in rasd.db.
 */
int db_path_beside(const char *path, int major, char ret[static DB_PATH_BYTES])
{
	const char *slash = strrchr(path, '/');
	const char *dot = strrchr(slash ? slash : path, '.');
	size_t stem = dot && dot != path ? (size_t)(dot - path) : strlen(path);

	return snprintf(ret, DB_PATH_BYTES, "%.*s.schema%d%s", (int)stem, path, major,
			path + stem) < DB_PATH_BYTES ?
		       0 :
		       -ENAMETOOLONG;
}
