// SPDX-License-Identifier: LGPL-2.1-or-later

/* Event types as a file has them: those of our handlers, and those of somebody else's. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "db/reader_private.h"
#include "db/schema.h"
#include "db/sql.h"
#include "util/macro.h"

static const struct event_type *known_type(const struct handler_table *table,
					   const char *name)
{
	for (size_t i = 0; i < table->n_handlers; i++)
		if (!strcmp(table->handlers[i]->type->name, name))
			return table->handlers[i]->type;
	return strcmp(unknown_event_type.name, name) ? NULL : &unknown_event_type;
}

static enum field_kind kind_of_column(const char *declared)
{
	if (!strcmp(declared, "TEXT"))
		return FIELD_TEXT;
	return strcmp(declared, "BLOB") ? FIELD_INT : FIELD_BYTES;
}

static int add_foreign_fields(sqlite3_stmt *columns, struct reader_type *t)
{
	int r;

	while ((r = sql_next(columns)) == 1) {
		struct field *field = &t->fields[t->foreign.n_fields];

		if (t->foreign.n_fields == EVENT_FIELDS_MAX)
			return 0;
		field->name = strdup((const char *)sqlite3_column_text(columns, 0));
		field->kind =
			kind_of_column((const char *)sqlite3_column_text(columns, 1));
		if (!field->name)
			return -ENOMEM;
		t->foreign.n_fields++;
	}
	return r;
}

/*
 * A type that only its table describes: numbers, texts and bytes by their columns' names.
 */
static int make_foreign_type(struct db_reader *r, const char *name, const char *table,
			     struct reader_type *t)
{
	_cleanup_(sql_finalize) sqlite3_stmt *columns = NULL;
	int res = sql_prepare(r->db,
			      "SELECT name, type FROM pragma_table_info(?1) "
			      "WHERE name != 'event'",
			      &columns);

	if (res < 0)
		return res;
	t->fields = calloc(EVENT_FIELDS_MAX, sizeof(*t->fields));
	t->foreign.name = strdup(name);
	t->foreign.table = strdup(table ? table : "");
	if (!t->fields || !t->foreign.name || !t->foreign.table)
		return -ENOMEM;
	t->foreign.fields = t->fields;
	t->type = &t->foreign;
	sqlite3_bind_text(columns, 1, t->foreign.table, -1, SQLITE_STATIC);
	return add_foreign_fields(columns, t);
}

static int prepare_detail(struct db_reader *r, struct reader_type *t)
{
	const struct event_type *type = t->type;
	int res = 0;

	if (type->n_fields)
		res = sql_select_prepare(r->db, type->table, type->fields, type->n_fields,
					 "WHERE event = ?1", &t->detail);
	for (size_t l = 0; res >= 0 && l < type->n_lists; l++) {
		const struct list_type *list = &type->lists[l];

		res = sql_select_prepare(r->db, list->table, list->fields, list->n_fields,
					 "WHERE event = ?1 ORDER BY n", &t->lists[l]);
	}
	return res;
}

static void free_type(struct reader_type *t)
{
	sqlite3_finalize(t->detail);
	for (size_t l = 0; l < EVENT_LISTS_MAX; l++)
		sqlite3_finalize(t->lists[l]);
	for (size_t i = 0; i < t->foreign.n_fields; i++)
		free((char *)t->fields[i].name);
	free(t->fields);
	free((char *)t->foreign.name);
	free((char *)t->foreign.table);
	free(t);
}

static int load_type(struct db_reader *r, sqlite3_stmt *row, struct reader_type *t)
{
	const char *name = (const char *)sqlite3_column_text(row, 0);
	int res = 0;

	t->type = known_type(r->table, name ? name : "");
	if (!t->type)
		res = make_foreign_type(r, name ? name : "",
					(const char *)sqlite3_column_text(row, 1), t);
	return res < 0 ? res : prepare_detail(r, t);
}

static int remember_type(struct db_reader *r, struct reader_type *t)
{
	struct reader_type **types =
		reallocarray(r->types, r->n_types + 1, sizeof(struct reader_type *));

	if (!types)
		return -ENOMEM;
	r->types = types;
	r->types[r->n_types++] = t;
	return 0;
}

static int add_type(struct db_reader *r, int64_t id, sqlite3_stmt *row,
		    struct reader_type **ret)
{
	struct reader_type *t = calloc(1, sizeof(*t));
	int res;

	if (!t)
		return -ENOMEM;
	t->id = id;
	res = load_type(r, row, t);
	res = res < 0 ? res : remember_type(r, t);
	if (res < 0) {
		free_type(t);
		return res;
	}
	*ret = t;
	return 1;
}

/* 1, or 0 if the file does not name that type, or a negative errno. */
int reader_find_type(struct db_reader *r, int64_t id, struct reader_type **ret)
{
	_cleanup_(sql_finalize) sqlite3_stmt *stmt = NULL;
	int res;

	for (size_t i = 0; i < r->n_types; i++)
		if (r->types[i]->id == id) {
			*ret = r->types[i];
			return 1;
		}
	res = sql_prepare(
		r->db, "SELECT name, detail_table FROM event_type WHERE id = ?1", &stmt);
	if (res < 0)
		return res;
	sqlite3_bind_int64(stmt, 1, id);
	res = sql_next(stmt);
	return res == 1 ? add_type(r, id, stmt, ret) : res;
}

void reader_free_types(struct db_reader *r)
{
	for (size_t i = 0; i < r->n_types; i++)
		free_type(r->types[i]);
	free(r->types);
}
