/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* One table of a database of rasdaemon, row by row. */

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "db/import.h"
#include "db/import_tables.h"
#include "event/event.h"
#include "event/handler.h"

#define IMPORT_COLUMNS_MAX    64
#define IMPORT_COMPLAINTS_MAX 20 /* in words; the rest is counted */

struct import_rows {
	char name[64];
	const struct import_table *map; /* NULL: not for us, rows are only counted */
	const struct handler_table *handlers;
	sqlite3_stmt *stmt; /* the row's number, then its columns */
	bool has_row, is_broken;
	int64_t id, time_ns; /* of the row at hand */
	uint64_t rows, added, known, bad;
	bool left_out[IMPORT_COLUMNS_MAX];
	struct arena arena;
};

int import_rows_open(struct import_rows *rows, sqlite3 *db,
		     const struct handler_table *handlers, const char *name);
void import_rows_close(struct import_rows *rows);
void import_rows_next(struct import_rows *rows, const struct import_calls *calls);
int import_rows_event(struct import_rows *rows, const struct import_calls *calls,
		      struct event *ret);
void import_rows_left_out(const struct import_rows *rows, struct text *out);
