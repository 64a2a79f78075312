/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* SQLite as the rest of rasd speaks: negative errno, struct value. */

#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>

#include "event/field.h"

int sql_errno(sqlite3 *db, int code);
int sql_exec(sqlite3 *db, const char *sql);
int sql_exec_built(sqlite3 *db, sqlite3_str *built);
int sql_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **ret);
int sql_prepare_built(sqlite3 *db, sqlite3_str *built, sqlite3_stmt **ret);
int sql_run(sqlite3_stmt *stmt);
int sql_next(sqlite3_stmt *stmt);
int sql_number(sqlite3 *db, const char *sql, int64_t *ret);
int sql_has_column(sqlite3 *db, const char *table, const char *column);
int sql_select_prepare(sqlite3 *db, const char *table, const struct field *fields,
		       size_t n_fields, const char *rest, sqlite3_stmt **ret);

void sql_bind_value(sqlite3_stmt *stmt, int index, const struct value *value);
struct value sql_column_value(sqlite3_stmt *stmt, int column, enum field_kind kind);
void sql_finalize_at(sqlite3_stmt **stmt);
