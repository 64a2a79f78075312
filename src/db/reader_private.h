/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What the files of the reader share. */

#include "db/reader.h"

/* A row of event_type, and how to read the events of that type. */
struct reader_type {
	int64_t id;
	const struct event_type *type;
	struct event_type foreign; /* what `type` points to if no handler has that name */
	struct field *fields;	   /* of `foreign` */
	sqlite3_stmt *detail;	   /* NULL: this file has no such table */
	sqlite3_stmt *lists[EVENT_LISTS_MAX];
};

struct db_reader {
	sqlite3 *db;
	const struct handler_table *table;
	struct reader_type **types;
	size_t n_types;
	sqlite3_stmt *ids, *event; /* of the search; of its current row */
	/* of a search, see reader_find.c; tests have less of all */
	int64_t count_max;  /* rows of an index that are counted */
	int64_t cheap;	    /* rows that are looked at without asking for an index */
	int64_t stretch;    /* rows that a stretch of a place costs */
	struct arena arena; /* what the lists of the current event hold */
};

int reader_find_type(struct db_reader *r, int64_t id, struct reader_type **ret);
void reader_free_types(struct db_reader *r);
int reader_has_tally(struct db_reader *r);
int reader_has_places(struct db_reader *r);
int reader_find_ids(struct db_reader *r, const struct db_filter *filter,
		    sqlite3_stmt **ret);
