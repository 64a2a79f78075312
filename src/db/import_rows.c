// SPDX-License-Identifier: LGPL-2.1-or-later

#include "db/import_rows.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "db/sql.h"
#include "util/hash.h"
#include "util/macro.h"

#define ARENA_BYTES (1024 * 1024)
#define FIRST	    1 /* column of the statement; before it is the row's number */

/* --- opening --------------------------------------------------------------------- */

/* What we have no type for is only counted; it need not be readable. */
static int count(struct import_rows *rows, sqlite3 *db)
{
	sqlite3_str *sql = sqlite3_str_new(db);
	char *text;
	int64_t n = 0;
	int r;

	sqlite3_str_appendf(sql, "SELECT count(*) FROM \"%w\"", rows->name);
	text = sqlite3_str_finish(sql);
	r = text ? sql_number(db, text, &n) : -ENOMEM;
	sqlite3_free(text);
	rows->is_broken = r < 0;
	rows->rows = (uint64_t)n;
	return 0;
}

/*
 * What a table of this name has. The handlers must stay where they are. Also on failure,
 * import_rows_close() is the caller's.
 */
int import_rows_open(struct import_rows *rows, sqlite3 *db,
		     const struct handler_table *handlers, const char *name)
{
	sqlite3_str *sql;

	*rows = (struct import_rows){ .handlers = handlers };
	copy_text(rows->name, sizeof(rows->name), name);
	rows->map = import_table_find(name);
	if (!rows->map)
		return count(rows, db);
	rows->arena = (struct arena){ .base = malloc(ARENA_BYTES), .size = ARENA_BYTES };
	if (!rows->arena.base)
		return -ENOMEM;
	sql = sqlite3_str_new(db);
	sqlite3_str_appendf(sql, "SELECT rowid, * FROM \"%w\" ORDER BY rowid",
			    rows->name);
	return sql_prepare_built(db, sql, &rows->stmt);
}

void import_rows_close(struct import_rows *rows)
{
	sqlite3_finalize(TAKE_PTR(rows->stmt));
	free(TAKE_PTR(rows->arena.base));
}

/* --- what is said ---------------------------------------------------------------- */

static void complain(struct import_rows *rows, const struct import_calls *calls,
		     const char *fmt, ...) _printf_(3, 4);

static void complain(struct import_rows *rows, const struct import_calls *calls,
		     const char *fmt, ...)
{
	char what[512];
	va_list ap;

	rows->bad++;
	if (rows->bad > IMPORT_COMPLAINTS_MAX + 1)
		return;
	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	calls->complain(rows->bad > IMPORT_COMPLAINTS_MAX ? "… and more of this table" :
							    what,
			calls->userdata);
}

/* At most so much of what a column has, for people. */
static const char *shown(sqlite3_stmt *stmt, int column, char *buf, size_t size)
{
	struct text text = { .at = buf, .size = size };
	int type = column < 0 ? SQLITE_NULL : sqlite3_column_type(stmt, column);
	const char *bytes;

	*buf = '\0';
	if (type == SQLITE_NULL)
		return "NULL";
	if (type == SQLITE_BLOB) {
		text_add(&text, "%d bytes", sqlite3_column_bytes(stmt, column));
		return buf;
	}
	bytes = (const char *)sqlite3_column_text(stmt, column);
	text_add(&text, "\"");
	text_add_escaped(&text, bytes ? bytes : "",
			 (size_t)MIN(sqlite3_column_bytes(stmt, column), 60));
	text_add(&text, "\"");
	return buf;
}

static int find_column(const struct import_rows *rows, const char *name)
{
	int n = sqlite3_column_count(rows->stmt);

	for (int i = FIRST; name && i < n; i++)
		if (!strcasecmp(sqlite3_column_name(rows->stmt, i), name))
			return i;
	return -1;
}

static bool is_empty(sqlite3_stmt *stmt, int column)
{
	if (column < 0)
		return true;
	switch (sqlite3_column_type(stmt, column)) {
	case SQLITE_NULL:
		return true;
	case SQLITE_INTEGER:
		return sqlite3_column_int64(stmt, column) == 0;
	case SQLITE_FLOAT:
		return false;
	default:
		return sqlite3_column_bytes(stmt, column) == 0;
	}
}

/* --- rows ------------------------------------------------------------------------ */

static bool take_time(struct import_rows *rows, const struct import_calls *calls)
{
	int column = find_column(rows, "timestamp");
	const char *text = NULL;
	char buf[96];

	if (column >= 0 && sqlite3_column_type(rows->stmt, column) == SQLITE_TEXT)
		text = (const char *)sqlite3_column_text(rows->stmt, column);
	if (text && import_time(text, (size_t)sqlite3_column_bytes(rows->stmt, column),
				&rows->time_ns) >= 0)
		return true;
	complain(rows, calls,
		 "%s row %" PRId64 ": timestamp is no time like"
		 " \"2026-09-01 10:00:00 +0200\": %s",
		 rows->name, rows->id, shown(rows->stmt, column, buf, sizeof(buf)));
	return false;
}

/* To the next row whose time can be told; rows->has_row says if there is one. */
void import_rows_next(struct import_rows *rows, const struct import_calls *calls)
{
	char buf[256] = "";
	struct text error = TEXT_IN(buf);
	const char *said;
	int r = 0;

	rows->has_row = false;
	while (rows->stmt && !rows->has_row && (r = sql_next(rows->stmt)) == 1) {
		rows->id = sqlite3_column_int64(rows->stmt, 0);
		rows->rows++;
		rows->has_row = take_time(rows, calls);
	}
	if (r >= 0)
		return;
	said = sqlite3_errmsg(sqlite3_db_handle(rows->stmt));
	text_add_escaped(&error, said, strlen(said));
	complain(rows, calls, "%s cannot be read behind row %" PRId64 ": %s", rows->name,
		 rows->id, buf);
	rows->is_broken = true;
	sqlite3_finalize(TAKE_PTR(rows->stmt));
}

static uint64_t hash_value(uint64_t hash, sqlite3_stmt *stmt, int column)
{
	int type = sqlite3_column_type(stmt, column);
	const char *name = sqlite3_column_name(stmt, column);
	const void *bytes;

	if (type == SQLITE_NULL) /* a column that a later version added */
		return hash;
	hash = hash64_number(hash64(hash, name, strlen(name) + 1), (uint64_t)type);
	if (type == SQLITE_INTEGER)
		return hash64_number(hash, (uint64_t)sqlite3_column_int64(stmt, column));
	bytes = type == SQLITE_BLOB ? sqlite3_column_blob(stmt, column) :
				      sqlite3_column_text(stmt, column);
	if (!bytes)
		return hash;
	return hash64(hash, bytes, (size_t)sqlite3_column_bytes(stmt, column));
}

/* The same for this row in every copy of its file. */
static uint64_t key_of(const struct import_rows *rows)
{
	int n = sqlite3_column_count(rows->stmt);
	uint64_t hash = hash64(HASH64_START, rows->name, strlen(rows->name) + 1);

	hash = hash64_number(hash, (uint64_t)rows->id);
	for (int i = FIRST; i < n; i++)
		hash = hash_value(hash, rows->stmt, i);
	return hash ? hash : 1;
}

static const struct handler *find_handler(const struct handler_table *handlers,
					  const char *type)
{
	for (size_t i = 0; i < handlers->n_handlers; i++)
		if (!strcmp(handlers->handlers[i]->type->name, type))
			return handlers->handlers[i];
	return NULL;
}

/* Where a value goes; NULL: the type has no such field. */
static struct value *place(struct event *event, const struct import_column *column)
{
	const struct event_type *type = event->type;

	for (size_t i = 0; i < type->n_fields; i++) {
		const char *name =
			column->is_after ? type->fields[i].name : type->fields[i].kernel;

		if (name && !strcmp(name, column->ours))
			return &event->detail[i];
	}
	return NULL;
}

/* Of what kind a value may be for a field; decode() relies on it. */
static int fill_one(struct import_rows *rows, const struct import_calls *calls,
		    const struct import_column *column, struct event *event)
{
	int at = find_column(rows, column->theirs);
	const char *wants = "something";
	struct value value, *to;
	char buf[96];
	int r = import_value(rows->stmt, at, column->as, column->words, &rows->arena,
			     &value, &wants);

	if (r >= 0 && column->is_required && is_empty(rows->stmt, at) &&
	    value.kind != VALUE_INT)
		r = -EINVAL;
	if (r < 0) {
		complain(rows, calls, "%s row %" PRId64 ": %s is not %s: %s", rows->name,
			 rows->id, column->theirs, wants,
			 shown(rows->stmt, at, buf, sizeof(buf)));
		return r;
	}
	to = place(event, column);
	if (to && (value.kind != VALUE_NONE || column->as == IMPORT_NOTHING))
		*to = value;
	return 0;
}

static int fill(struct import_rows *rows, const struct import_calls *calls,
		const struct import_column *columns, bool is_after, struct event *event)
{
	int r = 0;

	for (; r >= 0 && (columns->theirs || columns->ours); columns++)
		if (columns->ours && columns->is_after == is_after)
			r = fill_one(rows, calls, columns, event);
	return r;
}

/* The thread that it is about made the record, as far as anybody knows. */
static int32_t pid_of(const struct event *event)
{
	for (size_t i = 0; i < event->type->n_fields; i++)
		if (event->type->fields[i].kernel &&
		    !strcmp(event->type->fields[i].kernel, "pid"))
			return (int32_t)event->detail[i].i;
	return 0;
}

static int decode(struct import_rows *rows, const struct import_calls *calls,
		  const struct handler *handler, struct event *event)
{
	static const struct symbol_table no_symbols[EVENT_FIELDS_MAX];
	const struct record record = { .symbols = no_symbols,
				       .page_size = (uint64_t)sysconf(_SC_PAGESIZE),
				       .common_pid = pid_of(event),
				       .arena = &rows->arena,
				       .handlers = rows->handlers };
	int r = handler->decode(&record, event);

	if (r > 0)
		return 0;
	complain(rows, calls, "%s row %" PRId64 ": makes no event (%s)", rows->name,
		 rows->id, r < 0 ? strerror(-r) : "it is none of ours");
	return r < 0 ? r : -EBADMSG;
}

static void note_left_out(struct import_rows *rows, const struct import_column *columns)
{
	int n = MIN(sqlite3_column_count(rows->stmt), IMPORT_COLUMNS_MAX);

	for (int i = FIRST; i < n; i++) {
		const char *name = sqlite3_column_name(rows->stmt, i);
		const struct import_column *column = columns;

		if (rows->left_out[i] || is_empty(rows->stmt, i))
			continue;
		while (column->theirs || column->ours) {
			if (column->theirs && !strcasecmp(column->theirs, name))
				break;
			column++;
		}
		rows->left_out[i] = !column->theirs && strcasecmp(name, "id") &&
				    strcasecmp(name, "timestamp");
	}
}

/*
 * The row at hand as an event, which borrows it. Returns a negative errno after
 * complaining if it cannot be one.
 */
int import_rows_event(struct import_rows *rows, const struct import_calls *calls,
		      struct event *ret)
{
	const struct import_table *map = rows->map;
	const struct handler *handler;
	int r;

	if (map->unless_empty &&
	    is_empty(rows->stmt, find_column(rows, map->unless_empty)))
		map = map->otherwise;
	handler = find_handler(rows->handlers, map->type);
	if (!handler || !handler->decode)
		return -ENOENT;
	arena_reset(&rows->arena);
	event_init(ret, handler->type);
	r = fill(rows, calls, map->columns, false, ret);
	r = r < 0 ? r : decode(rows, calls, handler, ret);
	if (r >= 0 && ret->type == handler->type)
		r = fill(rows, calls, map->columns, true, ret);
	if (r < 0)
		return r;
	note_left_out(rows, map->columns);
	ret->time_ns = ret->time_last_ns = rows->time_ns;
	ret->boottime_ns = 0;
	ret->source = SOURCE_IMPORT;
	ret->once = key_of(rows);
	return 0;
}

/* Columns that had something, and that nothing was made of: "a, b". */
void import_rows_left_out(const struct import_rows *rows, struct text *out)
{
	for (int i = FIRST; rows->stmt && i < IMPORT_COLUMNS_MAX; i++) {
		const char *name;

		if (!rows->left_out[i])
			continue;
		name = sqlite3_column_name(rows->stmt, i);
		text_add(out, "%s", out->len ? ", " : "");
		text_add_escaped(out, name, strlen(name));
	}
}
