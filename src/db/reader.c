// SPDX-License-Identifier: LGPL-2.1-or-later

#include "db/reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "db/reader_private.h"
#include "db/schema.h"
#include "db/sql.h"
#include "db/tally.h"
#include "util/macro.h"

#define BUSY_TIMEOUT_MSEC 2000

/*
 * Of one event: all registers of the largest record that a ring can carry (64 KiB), with
 * names. Memory that is not touched costs nothing.
 */
#define ARENA_BYTES (4 << 20)

static bool has_wal_content(const char *path)
{
	char wal[DB_PATH_BYTES];
	struct stat st;

	return snprintf(wal, sizeof(wal), "%s-wal", path) < (int)sizeof(wal) &&
	       !stat(wal, &st) && st.st_size > 0;
}

static int try_reading(struct db_reader *r)
{
	int64_t ignored;
	int res;

	sqlite3_busy_timeout(r->db, BUSY_TIMEOUT_MSEC);
	sqlite3_extended_result_codes(r->db, 1);
	res = sql_number(r->db, "SELECT count(*) FROM sqlite_master", &ignored);
	return res < 0 ? res : 0;
}

/*
 * Where -shm is not there and cannot be made (no rights on the directory, a read-only
 * file system), the file is read as it lies there, if nothing newer is in its -wal.
 */
static int open_reading(struct db_reader *r, const char *path)
{
	int res = db_open_file(path, SQLITE_OPEN_READONLY, &r->db);

	res = res < 0 ? res : try_reading(r);
	if (res >= 0 || res == -EUCLEAN || res == -EBUSY || has_wal_content(path))
		return res;
	sqlite3_close(TAKE_PTR(r->db));
	res = db_open_immutable(path, &r->db);
	return res < 0 ? res : try_reading(r);
}

static int check_version(struct db_reader *r, const char *path, struct text *ret_note)
{
	int64_t version = 0;
	char beside[DB_PATH_BYTES];
	int res = sql_number(r->db, "PRAGMA user_version", &version);

	if (res < 0 || version / 1000 <= DB_SCHEMA_MAJOR)
		return res < 0 ? res : 0;
	text_add(ret_note,
		 "%s was made by a newer rasd (schema %d; this version reads %d)", path,
		 (int)(version / 1000), DB_SCHEMA_MAJOR);
	if (!db_path_beside(path, DB_SCHEMA_MAJOR, beside) && !access(beside, R_OK))
		text_add(ret_note, "; this version's own records are in %s", beside);
	else
		text_add(ret_note, "; use the newer rasctl");
	return DB_TOO_NEW;
}

static int open_and_check(struct db_reader *r, const char *path, struct text *ret_note)
{
	int res = db_examine(path, ret_note);

	if (res == DB_OPEN_OK)
		res = open_reading(r, path);
	if (res == 0)
		res = check_version(r, path, ret_note);
	return res == -EUCLEAN ? DB_CORRUPT : res;
}

static void say_why_not(int res, const char *path, struct text *note)
{
	if (res == DB_ABSENT)
		text_add(note, "there is no database at %s; has rasd run here?", path);
	else if (res == DB_CORRUPT)
		text_add(note, "%s is damaged; rasd will set it aside when it starts",
			 path);
	else if (res == -EACCES)
		text_add(note, "no rights to read %s; use root or group rasd", path);
	else if (res == -EBUSY)
		text_add(note, "%s is locked by another program", path);
	else if (res < 0)
		text_add(note, "cannot read the database %s: %s", path, strerror(-res));
}

/*
 * Returns 0; one of enum db_open_result or a negative errno with a sentence in the note.
 * `table` must outlive the reader.
 */
int db_reader_open(const char *path, const struct handler_table *table,
		   struct db_reader **ret, struct text *ret_note)
{
	struct db_reader *r = calloc(1, sizeof(*r));
	int res;

	if (!r)
		return -ENOMEM;
	r->table = table;
	r->count_max = 20000; /* a millisecond or two */
	r->cheap = 1000;
	r->stretch = 1 << PLACE_BITS;
	r->arena.base = malloc(ARENA_BYTES);
	r->arena.size = ARENA_BYTES;
	res = r->arena.base ? open_and_check(r, path, ret_note) : -ENOMEM;
	if (res == 0) {
		*ret = r;
		return 0;
	}
	say_why_not(res, path, ret_note);
	db_reader_close(r);
	return res;
}

/* Returns NULL. */
struct db_reader *db_reader_close(struct db_reader *r)
{
	if (!r)
		return NULL;
	sqlite3_finalize(r->ids);
	sqlite3_finalize(r->event);
	reader_free_types(r);
	sqlite3_close(r->db);
	free(r->arena.base);
	free(r);
	return NULL;
}

/* What SQLite said last. */
const char *db_reader_error(const struct db_reader *r)
{
	return sqlite3_errmsg(r->db);
}
