// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * The file is copied before it is read: rasdaemon drops what it cannot write at once, and
 * so it is held up for as short a time as can be.
 */

#include "db/import_file.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db/open.h"
#include "db/sql.h"

#define BUSY_MSEC	5000
#define VALUE_BYTES_MAX (16 * 1024 * 1024) /* beyond that SQLite does not read it */

static int say(struct text *note, const char *file, sqlite3 *db, int r)
{
	text_add(note, "%s: %s", file,
		 r == -EUCLEAN ? "is no SQLite database, or damaged" : strerror(-r));
	if (db && r != -EUCLEAN)
		text_add(note, " (%s)", sqlite3_errmsg(db));
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

static int copy_with(const char *file, int flags, sqlite3 *to, struct text *note)
{
	sqlite3 *from = NULL;
	int r = db_open_file(file, flags, &from);

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

int import_file_copy(const char *file, sqlite3 **ret, struct text *ret_note)
{
	int r = look(file);

	if (r < 0)
		return say(ret_note, file, NULL, r);
	r = db_open_file("", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, ret);
	r = r < 0 ? say(ret_note, file, NULL, r) :
		    copy_with(file, SQLITE_OPEN_READONLY, *ret, ret_note);
	if (r == -EROFS) /* a journal lies beside it that is to be played back first */
		r = copy_with(file, SQLITE_OPEN_READWRITE, *ret, ret_note);
	if (r == -EROFS)
		text_add(ret_note,
			 "%s: was left in the middle of a transaction, and that cannot be"
			 " taken back without writing to it",
			 file);
	r = r < 0 ? r : secure(*ret);
	return r;
}
