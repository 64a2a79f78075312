// SPDX-License-Identifier: LGPL-2.1-or-later

#include "db/sql.h"

#include <errno.h>

#include "util/macro.h"

/* What an SQLite result code means to a caller that knows only errno; 0 for success. */
int sql_errno(sqlite3 *db, int code)
{
	int system = db ? sqlite3_system_errno(db) : 0;

	switch (code & 0xff) {
	case SQLITE_OK:
	case SQLITE_DONE:
	case SQLITE_ROW:
		return 0;
	case SQLITE_FULL:
		return -ENOSPC;
	case SQLITE_IOERR:
		return -EIO;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_PROTOCOL: /* somebody holds what a reader of the log needs */
		return -EBUSY;
	case SQLITE_READONLY:
		return -EROFS;
	case SQLITE_CANTOPEN:
		return system ? -system : -ENOENT;
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return -EACCES;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return -EUCLEAN;
	case SQLITE_NOMEM:
		return -ENOMEM;
	case SQLITE_CONSTRAINT:
		return -EEXIST;
	default:
		return -EINVAL;
	}
}

int sql_exec(sqlite3 *db, const char *sql)
{
	return sql_errno(db, sqlite3_exec(db, sql, NULL, NULL, NULL));
}

/* Takes `built` over and frees it. */
int sql_exec_built(sqlite3 *db, sqlite3_str *built)
{
	char *sql = sqlite3_str_finish(built);
	int r = sql ? sql_exec(db, sql) : -ENOMEM;

	sqlite3_free(sql);
	return r;
}

/* The statement is for many uses. */
int sql_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **ret)
{
	return sql_errno(db, sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT,
						ret, NULL));
}

/* Takes `built` over and frees it. */
int sql_prepare_built(sqlite3 *db, sqlite3_str *built, sqlite3_stmt **ret)
{
	char *sql = sqlite3_str_finish(built);
	int r = sql ? sql_prepare(db, sql, ret) : -ENOMEM;

	sqlite3_free(sql);
	return r;
}

/* For statements without rows: ready for the next use afterwards, whatever happened. */
int sql_run(sqlite3_stmt *stmt)
{
	int code = sqlite3_step(stmt);

	sqlite3_reset(stmt);
	return sql_errno(sqlite3_db_handle(stmt), code);
}

/* 1: a row is there; 0: no more; or a negative errno. */
int sql_next(sqlite3_stmt *stmt)
{
	int code = sqlite3_step(stmt);

	return code == SQLITE_ROW ? 1 : sql_errno(sqlite3_db_handle(stmt), code);
}

/* The first column of the first row. 1 if there is one that is not NULL, 0 if not. */
int sql_number(sqlite3 *db, const char *sql, int64_t *ret)
{
	_cleanup_(sql_finalize) sqlite3_stmt *stmt = NULL;
	int r = sql_prepare(db, sql, &stmt);

	r = r < 0 ? r : sql_next(stmt);
	if (r != 1)
		return r;
	if (sqlite3_column_type(stmt, 0) == SQLITE_NULL)
		return 0;
	*ret = sqlite3_column_int64(stmt, 0);
	return 1;
}

/* Borrows what the value borrows, until the statement has been run. */
void sql_bind_value(sqlite3_stmt *stmt, int index, const struct value *value)
{
	switch (value->kind) {
	case VALUE_INT:
		sqlite3_bind_int64(stmt, index, value->i);
		return;
	case VALUE_TEXT:
		sqlite3_bind_text(stmt, index, value->text, (int)value->len,
				  SQLITE_STATIC);
		return;
	case VALUE_BYTES:
		sqlite3_bind_blob(stmt, index, value->bytes, (int)value->len,
				  SQLITE_STATIC);
		return;
	case VALUE_NONE:
	case VALUE_KIND_MAX:
		break;
	}
	sqlite3_bind_null(stmt, index);
}

/*
 * What a field of that kind has in this row; absent for NULL. SQLite turns whatever is
 * stored there into the kind asked for. Borrows the row, until the statement's next step.
 */
struct value sql_column_value(sqlite3_stmt *stmt, int column, enum field_kind kind)
{
	struct value value = { .kind = VALUE_NONE };

	if (sqlite3_column_type(stmt, column) == SQLITE_NULL)
		return value;
	switch (kind) {
	case FIELD_TEXT:
		value.kind = VALUE_TEXT;
		value.text = (const char *)sqlite3_column_text(stmt, column);
		value.len = (uint32_t)sqlite3_column_bytes(stmt, column);
		return value;
	case FIELD_BYTES:
		value.kind = VALUE_BYTES;
		value.bytes = sqlite3_column_blob(stmt, column);
		value.len = (uint32_t)sqlite3_column_bytes(stmt, column);
		return value;
	case FIELD_UINT:
	case FIELD_INT:
	case FIELD_HEX:
	case FIELD_FLAG:
		break;
	}
	return value_int(sqlite3_column_int64(stmt, column));
}

/* 1 if the table has this column; with column NULL, if the table is there. */
int sql_has_column(sqlite3 *db, const char *table, const char *column)
{
	_cleanup_(sql_finalize) sqlite3_stmt *stmt = NULL;
	int r = sql_prepare(db,
			    "SELECT 1 FROM pragma_table_info(?1) "
			    "WHERE ?2 IS NULL OR name = ?2 COLLATE NOCASE LIMIT 1",
			    &stmt);

	if (r < 0)
		return r;
	sqlite3_bind_text(stmt, 1, table, -1, SQLITE_STATIC);
	if (column)
		sqlite3_bind_text(stmt, 2, column, -1, SQLITE_STATIC);
	return sql_next(stmt);
}

static int add_columns(sqlite3 *db, sqlite3_str *sql, const char *table,
		       const struct field *fields, size_t n_fields)
{
	const char *comma = "";

	for (size_t i = 0; i < n_fields; i++) {
		int r = fields[i].name ? sql_has_column(db, table, fields[i].name) : 0;

		if (r < 0)
			return r;
		if (!fields[i].name)
			continue;
		sqlite3_str_appendf(sql, r ? "%s\"%w\"" : "%sNULL", comma,
				    fields[i].name);
		comma = ", ";
	}
	return 0;
}

/*
 * "SELECT the fields FROM table rest": a column for every field that has a name, NULL
 * where this file has no such column. *ret stays as it was if the file has no such table.
 */
int sql_select_prepare(sqlite3 *db, const char *table, const struct field *fields,
		       size_t n_fields, const char *rest, sqlite3_stmt **ret)
{
	sqlite3_str *sql;
	int r = sql_has_column(db, table, NULL);

	if (r <= 0)
		return r;
	sql = sqlite3_str_new(db);
	sqlite3_str_appendall(sql, "SELECT ");
	r = add_columns(db, sql, table, fields, n_fields);
	if (r < 0) {
		sqlite3_free(sqlite3_str_finish(sql));
		return r;
	}
	sqlite3_str_appendf(sql, " FROM \"%w\" %s", table, rest);
	return sql_prepare_built(db, sql, ret);
}

void sql_finalize_at(sqlite3_stmt **stmt)
{
	sqlite3_finalize(*stmt);
}
