// SPDX-License-Identifier: LGPL-2.1-or-later

#include "db/detail.h"

#include <errno.h>

#include "db/sql.h"
#include "util/macro.h"

static const char *const column_types[] = {
	[FIELD_UINT] = "INTEGER", [FIELD_INT] = "INTEGER", [FIELD_HEX] = "INTEGER",
	[FIELD_FLAG] = "INTEGER", [FIELD_TEXT] = "TEXT",   [FIELD_BYTES] = "BLOB",
};

static int create_table(sqlite3 *db, const char *table, const char *keys,
			const char *primary_key, const struct field *fields,
			size_t n_fields)
{
	sqlite3_str *sql = sqlite3_str_new(db);

	sqlite3_str_appendf(sql, "CREATE TABLE \"%w\" (%s", table, keys);
	for (size_t i = 0; i < n_fields; i++)
		if (fields[i].name)
			sqlite3_str_appendf(sql, ", \"%w\" %s", fields[i].name,
					    column_types[fields[i].kind]);
	sqlite3_str_appendf(sql, "%s", primary_key);
	return sql_exec_built(db, sql);
}

static int add_column(sqlite3 *db, const char *table, const struct field *field)
{
	sqlite3_str *sql = sqlite3_str_new(db);

	sqlite3_str_appendf(sql, "ALTER TABLE \"%w\" ADD COLUMN \"%w\" %s", table,
			    field->name, column_types[field->kind]);
	return sql_exec_built(db, sql);
}

/* A table made by an older version gets the columns that this one's fields have more. */
static int add_missing_columns(sqlite3 *db, const char *table, const struct field *fields,
			       size_t n_fields)
{
	for (size_t i = 0; i < n_fields; i++) {
		int r = fields[i].name ? sql_has_column(db, table, fields[i].name) : 1;

		if (r == 0)
			r = add_column(db, table, &fields[i]);
		if (r < 0)
			return r;
	}
	return 0;
}

static int create_list(sqlite3 *db, const struct list_type *list)
{
	int r = sql_has_column(db, list->table, NULL);

	if (r == 0)
		return create_table(db, list->table, "event INTEGER, n INTEGER",
				    ", PRIMARY KEY (event, n)) WITHOUT ROWID",
				    list->fields, list->n_fields);
	return r < 0 ? r :
		       add_missing_columns(db, list->table, list->fields, list->n_fields);
}

static int register_type(sqlite3 *db, const struct event_type *type)
{
	_cleanup_(sql_finalize) sqlite3_stmt *stmt = NULL;
	int r = sql_prepare(db,
			    "INSERT INTO event_type (name, detail_table) VALUES (?1, ?2) "
			    "ON CONFLICT (name) DO NOTHING",
			    &stmt);

	if (r < 0)
		return r;
	sqlite3_bind_text(stmt, 1, type->name, -1, SQLITE_STATIC);
	sqlite3_bind_text(stmt, 2, type->table, -1, SQLITE_STATIC);
	return sql_run(stmt);
}

/* Makes the tables of one event type, or completes them. */
int detail_table_create(sqlite3 *db, const struct event_type *type)
{
	int r = sql_has_column(db, type->table, NULL);

	if (r == 0)
		r = create_table(db, type->table,
				 "event INTEGER PRIMARY KEY REFERENCES event (id)", ")",
				 type->fields, type->n_fields);
	else if (r > 0)
		r = add_missing_columns(db, type->table, type->fields, type->n_fields);
	for (size_t l = 0; r >= 0 && l < type->n_lists; l++)
		r = create_list(db, &type->lists[l]);
	return r < 0 ? r : register_type(db, type);
}

static sqlite3_str *begin_insert(sqlite3 *db, const char *table, const char *keys,
				 const struct field *fields, size_t n_fields)
{
	sqlite3_str *sql = sqlite3_str_new(db);

	sqlite3_str_appendf(sql, "INSERT INTO \"%w\" (%s", table, keys);
	for (size_t i = 0; i < n_fields; i++)
		if (fields[i].name)
			sqlite3_str_appendf(sql, ", \"%w\"", fields[i].name);
	return sql;
}

/* Rows of the type that `feed` has: its column d0 is the first field, and so on. */
static int prepare_detail(sqlite3 *db, const struct event_type *type, const char *feed,
			  sqlite3_stmt **ret)
{
	sqlite3_str *sql =
		begin_insert(db, type->table, "event", type->fields, type->n_fields);

	sqlite3_str_appendall(sql, ") SELECT id");
	for (size_t i = 0; i < type->n_fields; i++)
		if (type->fields[i].name)
			sqlite3_str_appendf(sql, ", d%d", (int)i);
	sqlite3_str_appendf(sql, " FROM %s", feed);
	return sql_prepare_built(db, sql, ret);
}

static int prepare_list(sqlite3 *db, const struct list_type *list, sqlite3_stmt **ret)
{
	sqlite3_str *sql =
		begin_insert(db, list->table, "event, n", list->fields, list->n_fields);

	sqlite3_str_appendall(sql, ") VALUES (?, ?");
	for (size_t i = 0; i < list->n_fields; i++)
		if (list->fields[i].name)
			sqlite3_str_appendall(sql, ", ?");
	sqlite3_str_appendall(sql, ")");
	return sql_prepare_built(db, sql, ret);
}

static int find_type_id(sqlite3 *db, const char *name, int64_t *ret)
{
	_cleanup_(sql_finalize) sqlite3_stmt *stmt = NULL;
	int r = sql_prepare(db, "SELECT id FROM event_type WHERE name = ?1", &stmt);

	if (r < 0)
		return r;
	sqlite3_bind_text(stmt, 1, name, -1, SQLITE_STATIC);
	r = sql_next(stmt);
	if (r == 1)
		*ret = sqlite3_column_int64(stmt, 0);
	return r == 0 ? -ENOENT : r;
}

/*
 * The tables must be there, and `feed`, from which the detail's rows are taken. On
 * failure, too, detail_inserts_finalize() is the caller's.
 */
int detail_inserts_prepare(sqlite3 *db, const struct event_type *type, const char *feed,
			   struct detail_inserts *ret)
{
	int r = find_type_id(db, type->name, &ret->type_id);

	ret->type = type;
	if (r >= 0)
		r = prepare_detail(db, type, feed, &ret->detail);
	for (size_t l = 0; r >= 0 && l < type->n_lists; l++)
		r = prepare_list(db, &type->lists[l], &ret->lists[l]);
	return r < 0 ? r : 0;
}

void detail_inserts_finalize(struct detail_inserts *inserts)
{
	sqlite3_finalize(inserts->detail);
	for (size_t l = 0; l < EVENT_LISTS_MAX; l++)
		sqlite3_finalize(inserts->lists[l]);
}

static void bind_row(sqlite3_stmt *stmt, int at, const struct field *fields,
		     size_t n_fields, const struct value *values)
{
	for (size_t i = 0; i < n_fields; i++)
		if (fields[i].name)
			sql_bind_value(stmt, at++, &values[i]);
}

static int insert_list(sqlite3_stmt *stmt, int64_t id, const struct list_type *type,
		       const struct list *list)
{
	for (size_t n = 0; n < list->n_rows; n++) {
		int r;

		sqlite3_bind_int64(stmt, 1, id);
		sqlite3_bind_int64(stmt, 2, (int64_t)n);
		bind_row(stmt, 3, type->fields, type->n_fields,
			 list->values + n * type->n_fields);
		r = sql_run(stmt);
		if (r < 0)
			return r;
	}
	return 0;
}

/* `event` must be of the type that the statements were prepared for, or of none. */
int detail_insert_lists(struct detail_inserts *inserts, int64_t id,
			const struct event *event)
{
	const struct event_type *type = inserts->type;
	int r = 0;

	for (size_t l = 0; r >= 0 && l < type->n_lists; l++)
		r = insert_list(inserts->lists[l], id, &type->lists[l], &event->lists[l]);
	return r;
}
