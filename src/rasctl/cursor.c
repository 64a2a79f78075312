// SPDX-License-Identifier: LGPL-2.1-or-later

#include "rasctl/cursor.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>

#include "rasctl/database.h"
#include "rasctl/output.h"
#include "util/file.h"
#include "util/macro.h"
#include "util/text.h"

#define CURSOR_BYTES 256

/* Who this database is. */
static int identify(struct db_reader *reader, struct cursor *ret)
{
	struct db_last_run last = { 0 };
	struct db_facts facts;
	int r = db_read_facts(reader, &facts);

	r = r < 0 ? r : db_read_last_run(reader, &last);
	if (r < 0)
		return r;
	*ret = (struct cursor){ 0 };
	copy_text(ret->db_id, sizeof(ret->db_id), facts.db_id);
	copy_text(ret->machine_id, sizeof(ret->machine_id),
		  *last.run.machine_id ? last.run.machine_id : "unknown");
	return 0;
}

/* -EINVAL: it is no cursor. */
static int parse(const char *text, struct cursor *ret)
{
	const char *db = strchr(text, ':'), *id = db ? strchr(db + 1, ':') : NULL;
	struct cursor cursor = { 0 };

	if (!id || (size_t)(db - text) >= sizeof(cursor.machine_id) ||
	    (size_t)(id - db) > sizeof(cursor.db_id) || id == db + 1 ||
	    parse_uint64(id + 1, &cursor.id) < 0)
		return -EINVAL;
	memcpy(cursor.machine_id, text, (size_t)(db - text));
	memcpy(cursor.db_id, db + 1, (size_t)(id - db - 1));
	*ret = cursor;
	return 0;
}

static int begin_after(const struct cursor *given, struct cursor *cursor)
{
	if (strcmp(given->db_id, cursor->db_id))
		return complain(CTL_USAGE,
				"this cursor is of another database, %s; this one is %s: "
				"it began anew, leave the cursor out",
				given->db_id, cursor->db_id);
	cursor->id = given->id;
	return CTL_OK;
}

/* Where a file kept the cursor of a database that was replaced, all of this one is new.
 */
static int begin_with_file(const char *path, struct cursor *cursor)
{
	char text[CURSOR_BYTES];
	struct cursor given;
	int r = file_read_line(AT_FDCWD, path, text, sizeof(text));

	if (r == -ENOENT)
		return CTL_OK;
	if (r < 0)
		return complain(CTL_FAILED, "cannot read %s: %s", path, strerror(-r));
	if (parse(text, &given) < 0)
		return complain(CTL_USAGE, "%s has no cursor in it: \"%s\"", path, text);
	if (strcmp(given.db_id, cursor->db_id))
		complain(CTL_OK,
			 "the database is another one than %s was made for: "
			 "beginning with its first event",
			 path);
	else
		cursor->id = given.id;
	return CTL_OK;
}

/*
 * Where the options say that the reading begins: *ret names this database, with the id
 * after which to read (0: all). Returns an exit code, after saying what is wrong.
 */
int cursor_begin(const struct options *options, struct db_reader *reader,
		 struct cursor *ret)
{
	struct cursor given;
	int r = identify(reader, ret);

	if (r < 0)
		return database_failed(options, reader, r);
	if (options->cursor_file)
		return begin_with_file(options->cursor_file, ret);
	if (!options->after_cursor)
		return CTL_OK;
	if (parse(options->after_cursor, &given) < 0)
		return complain(CTL_USAGE,
				"\"%s\" is no cursor: MACHINE:DATABASE:ID, as "
				"--show-cursor gives it",
				options->after_cursor);
	return begin_after(&given, ret);
}

static int write_file(const char *path, const char *text)
{
	_cleanup_(close_fd) int fd =
		open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	size_t len = strlen(text);

	if (fd < 0 || write(fd, text, len) != (ssize_t)len || fsync(fd) < 0)
		return -errno;
	return 0;
}

/* Renamed into its place: never half a cursor. */
static int keep(const char *path, const char *text)
{
	char building[DB_PATH_BYTES];
	int r;

	if (snprintf(building, sizeof(building), "%s.new", path) >= (int)sizeof(building))
		return -ENAMETOOLONG;
	r = write_file(building, text);
	return r < 0 ? r : rename(building, path) < 0 ? -errno : 0;
}

/*
 * Shows and keeps the cursor, where the options say so. A table ends with it; where the
 * output is for programs it goes to standard error. What was read must be out first: a
 * cursor that is kept while the reader of the output died would skip events.
 */
int cursor_end(const struct options *options, const struct cursor *cursor)
{
	char text[CURSOR_BYTES];
	int r;

	if (!options->show_cursor && !options->cursor_file)
		return CTL_OK;
	snprintf(text, sizeof(text), "%s:%s:%" PRIu64 "\n", cursor->machine_id,
		 cursor->db_id, cursor->id);
	if (fflush(stdout) == EOF || ferror(stdout))
		return CTL_FAILED; /* main() says it */
	if (options->show_cursor)
		fprintf(options->format == &output_table ? stdout : stderr,
			"-- cursor: %s", text);
	r = options->cursor_file ? keep(options->cursor_file, text) : 0;
	return r < 0 ? complain(CTL_FAILED, "cannot keep the cursor in %s: %s",
				options->cursor_file, strerror(-r)) :
		       CTL_OK;
}
