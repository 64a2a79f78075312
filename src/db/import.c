// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Rows of all tables in the order of their time, as events. What was imported before is
 * known by a key in `once`, made of the row's table, its number and all that is in it:
 * the same file, or a later copy of it, adds only what is new.
 */

#include "db/import.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "db/import_file.h"
#include "db/import_rows.h"
#include "db/schema.h"
#include "db/sql.h"
#include "db/writer_private.h"
#include "util/macro.h"

#define TABLES_MAX 64
#define BATCH_ROWS 32768
#define CACHE	   "PRAGMA cache_size = -65536" /* KiB */

struct import {
	struct db_writer *w;
	const char *file;
	const struct import_calls *calls;
	sqlite3 *db; /* the copy */
	struct import_rows tables[TABLES_MAX];
	size_t n_tables, n_in_batch;
	uint64_t *next_id;
};

static int say(struct text *note, const struct import *import, int r)
{
	const char *error = sqlite3_errmsg(import->db); /* with names out of the file */

	text_add(note, "%s: %s (", import->file,
		 r == -EUCLEAN ? "is damaged" : strerror(-r));
	text_add_escaped(note, error, strlen(error));
	text_add(note, ")");
	return r;
}

/* --- its tables ------------------------------------------------------------------ */

static int add_table(struct import *import, const char *name)
{
	struct import_rows *rows = &import->tables[import->n_tables];
	int r = import_rows_open(rows, import->db, import->w->table, name);

	import->n_tables++;
	return r;
}

static int find_tables(struct import *import, struct text *note)
{
	_cleanup_(sql_finalize) sqlite3_stmt *stmt = NULL;
	int64_t application = 0;
	int r = sql_number(import->db, "PRAGMA application_id", &application);

	if (r >= 0 && application == DB_APPLICATION_ID) {
		text_add(note, "%s is a database of rasd, not of rasdaemon",
			 import->file);
		return -EMEDIUMTYPE;
	}
	r = r < 0 ? r :
		    sql_prepare(import->db,
				"SELECT name FROM sqlite_master WHERE type = 'table'"
				" AND rootpage > 0 AND name NOT LIKE 'sqlite_%'"
				" ORDER BY rootpage",
				&stmt);
	while (r >= 0 && import->n_tables < TABLES_MAX && (r = sql_next(stmt)) == 1)
		r = add_table(import, (const char *)sqlite3_column_text(stmt, 0));
	return r < 0 ? say(note, import, r) : 0;
}

static bool is_rasdaemons(const struct import *import)
{
	for (size_t i = 0; i < import->n_tables; i++)
		if (import->tables[i].map)
			return true;
	return false;
}

/* --- their rows ------------------------------------------------------------------ */

/* With a row at hand; the one that happened first. NULL: there is none left. */
static struct import_rows *find_first(struct import *import)
{
	struct import_rows *first = NULL;

	for (size_t i = 0; i < import->n_tables; i++) {
		struct import_rows *rows = &import->tables[i];

		if (rows->has_row && (!first || rows->time_ns < first->time_ns))
			first = rows;
	}
	return first;
}

static int begin(struct import *import)
{
	import->n_in_batch = 0;
	return db_begin(import->w);
}

/* The writer's own: nothing of a ring that anybody reads. -EEXIST: rows were refused. */
static int commit(struct import *import)
{
	int r = db_commit(import->w, 0);

	return r >= 0 && db_refused(import->w) ? -EEXIST : r;
}

static int store(struct import *import, struct import_rows *rows, struct event *event)
{
	uint64_t top = import->w->now.id_top;
	int r;

	event->id = *import->next_id;
	r = db_add_event(import->w, event, NULL);
	if (r < 0)
		return r;
	if (import->w->now.id_top == top) {
		rows->known++;
	} else {
		rows->added++;
		++*import->next_id;
	}
	if (++import->n_in_batch < BATCH_ROWS)
		return 0;
	r = commit(import);
	return r < 0 ? r : begin(import);
}

static int take_rows(struct import *import)
{
	struct import_rows *rows;
	struct event event;
	int r = begin(import);

	for (size_t i = 0; r >= 0 && i < import->n_tables; i++)
		import_rows_next(&import->tables[i], import->calls);
	while (r >= 0 && (rows = find_first(import))) {
		if (import_rows_event(rows, import->calls, &event) >= 0)
			r = store(import, rows, &event);
		if (r >= 0)
			import_rows_next(rows, import->calls);
	}
	r = r < 0 ? r : commit(import);
	if (r < 0)
		db_rollback(import->w);
	return r;
}

static int report(struct import *import)
{
	int complaints = 0;

	for (size_t i = 0; i < import->n_tables; i++) {
		struct import_rows *rows = &import->tables[i];
		char left_out[512] = "";
		struct text text = TEXT_IN(left_out);
		struct import_report result = { .table = rows->name,
						.type = rows->map ? rows->map->type :
								    NULL,
						.rows = rows->rows,
						.added = rows->added,
						.known = rows->known,
						.bad = rows->bad,
						.left_out = left_out };

		import_rows_left_out(rows, &text);
		if (result.rows || rows->is_broken)
			import->calls->report(&result, import->calls->userdata);
		complaints += rows->bad || rows->is_broken;
	}
	return complaints > 0;
}

static int run(struct import *import, struct text *note)
{
	int r = import_file_copy(import->file, &import->db, note);

	r = r < 0 ? r : find_tables(import, note);
	if (r < 0)
		return r;
	if (!is_rasdaemons(import)) {
		text_add(note, "%s: has no table of rasdaemon", import->file);
		return -EMEDIUMTYPE;
	}
	r = take_rows(import);
	if (r < 0) {
		text_add(note, "cannot write to %s: %s (%s)", db_writer_path(import->w),
			 strerror(-r), db_error(import->w));
		return -EREMOTEIO;
	}
	return report(import);
}

int db_import(struct db_writer *w, const char *file, uint64_t *next_id,
	      const struct import_calls *calls, struct text *ret_note)
{
	struct import *import = calloc(1, sizeof(*import));
	int r;

	if (!import)
		return -ENOMEM;
	import->w = w;
	import->file = file;
	import->calls = calls;
	import->next_id = next_id;
	w->committed.boot = w->committed.run = 0; /* it happened in none that we know */
	sql_exec(w->db, CACHE);			  /* keys lie anywhere in their table */
	r = run(import, ret_note);
	for (size_t i = 0; i < import->n_tables; i++)
		import_rows_close(&import->tables[i]);
	sqlite3_close(import->db);
	free(import);
	return r;
}
