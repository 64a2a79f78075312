// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * The file is copied before it is read: rasdaemon drops what it cannot write at once, and
 * so it is held up for as short a time as can be. Nor is it ever opened for writing where
 * it lies: a journal can name another file, which SQLite removes when it is played back.
 */

#include "db/import_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db/scratch.h"
#include "db/sql.h"
#include "util/macro.h"

#define BUSY_MSEC	5000
#define VALUE_BYTES_MAX (16 * 1024 * 1024) /* beyond that SQLite does not read it */

static int say(struct text *note, const char *file, sqlite3 *db, int r)
{
	const char *error = db && r != -EUCLEAN ? sqlite3_errmsg(db) : "";

	text_add(note, "%s: %s", file,
		 r == -EUCLEAN ? "is no SQLite database, or damaged" : strerror(-r));
	if (*error) {
		text_add(note, " (");
		text_add_escaped(note, error, strlen(error));
		text_add(note, ")");
	}
	return r;
}

static int copy(sqlite3 *from, sqlite3 *to)
{
	sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
	int code;

	if (!backup)
		return -ENOMEM;
	code = sqlite3_backup_step(backup, -1);
	sqlite3_backup_finish(backup);
	return code == SQLITE_DONE ? 0 : sql_errno(from, code);
}

static int secure(sqlite3 *db)
{
	sqlite3_extended_result_codes(db, 1);
	sqlite3_limit(db, SQLITE_LIMIT_LENGTH, VALUE_BYTES_MAX);
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	return sql_exec(db, "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;"
			    "PRAGMA query_only = ON");
}

/* SQLite says little of what it cannot open. */
static int look(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return S_ISDIR(st.st_mode) ? -EISDIR : -EMEDIUMTYPE;
	return access(path, R_OK) < 0 ? -errno : 0;
}

/* What is at `path`; complaints name `file`. */
static int copy_with(const char *path, const char *file, int flags, sqlite3 *to,
		     struct text *note)
{
	sqlite3 *from = NULL;
	int r = db_open_file(path, flags, &from);

	if (r < 0)
		return say(note, file, NULL, r);
	sqlite3_busy_timeout(from, BUSY_MSEC);
	sqlite3_db_config(from, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	r = copy(from, to);
	if (r < 0 && r != -EROFS)
		say(note, file, from, r);
	sqlite3_close(from);
	return r;
}

/* --- what its program did not end ------------------------------------------------ */

static int copy_bytes(int from, int to)
{
	ssize_t n;

	while ((n = sendfile(to, from, NULL, INT_MAX)) > 0)
		;
	return n < 0 ? -errno : 0;
}

static int copy_file(const char *from, int flags, const char *to)
{
	_cleanup_(close_fd) int in =
		open(from, O_RDONLY | O_CLOEXEC | O_NONBLOCK | flags);
	_cleanup_(close_fd) int out = -1;
	struct stat st;

	if (in < 0 || fstat(in, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EMEDIUMTYPE;
	out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	return out < 0 ? -errno : copy_bytes(in, out);
}

static int copy_companion(const char *path, const char *copy, const char *suffix)
{
	char from[PATH_MAX + 16], to[DB_PATH_BYTES + 16];
	int r;

	snprintf(from, sizeof(from), "%s%s", path, suffix);
	snprintf(to, sizeof(to), "%s%s", copy, suffix);
	r = copy_file(from, O_NOFOLLOW, to);
	return r == -ENOENT ? 0 : r;
}

/* SQLite looks for companions where a link leads to. */
static int copy_files(const char *file, const char *copy)
{
	char path[PATH_MAX];
	int r = realpath(file, path) ? 0 : -errno;

	r = r < 0 ? r : copy_file(path, 0, copy);
	r = r < 0 ? r : copy_companion(path, copy, "-journal");
	return r < 0 ? r : copy_companion(path, copy, "-wal");
}

/* Then it ends so: https://www.sqlite.org/fileformat.html, 3. */
static bool names_another_file(const char *copy)
{
	static const char magic[] = "\xd9\xd5\x05\xf9\x20\xa1\x63\xd7";
	char path[DB_PATH_BYTES + 16], end[sizeof(magic)] = "";
	_cleanup_(close_fd) int fd = -1;

	snprintf(path, sizeof(path), "%s-journal", copy);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd >= 0 && lseek(fd, 1 - (off_t)sizeof(magic), SEEK_END) >= 0 &&
	       read(fd, end, sizeof(magic) - 1) > 0 && !strcmp(end, magic);
}

static int copy_begun(const char *file, const char *copy, sqlite3 *to, struct text *note)
{
	int r = copy_files(file, copy);

	if (r < 0)
		return say(note, file, NULL, r);
	if (!names_another_file(copy))
		return copy_with(copy, file, SQLITE_OPEN_READWRITE, to, note);
	text_add(note,
		 "%s: its -journal is of a transaction over several files, which is not"
		 " rasdaemon's",
		 file);
	return -EMEDIUMTYPE;
}

static int take_back(const char *file, sqlite3 *to, struct text *note)
{
	char copy[DB_PATH_BYTES];
	int r = db_scratch_make("rasd-import", copy);

	if (r < 0) {
		text_add(note, "%s: no place for a copy: %s", file, strerror(-r));
		return r;
	}
	r = copy_begun(file, copy, to, note);
	db_scratch_remove();
	return r;
}

int import_file_copy(const char *file, sqlite3 **ret, struct text *ret_note)
{
	int r = look(file);

	if (r < 0)
		return say(ret_note, file, NULL, r);
	r = db_open_file("", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, ret);
	r = r < 0 ? say(ret_note, file, NULL, r) :
		    copy_with(file, file, SQLITE_OPEN_READONLY, *ret, ret_note);
	if (r == -EROFS) /* a journal lies beside it that is to be played back first */
		r = take_back(file, *ret, ret_note);
	if (r == -EROFS)
		text_add(ret_note,
			 "%s: was left in the middle of a transaction, and that cannot be"
			 " taken back",
			 file);
	r = r < 0 ? r : secure(*ret);
	return r;
}
