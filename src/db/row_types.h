/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * How the structs of db/rows.h about hits, links, actions and pages lie in their tables:
 * one description of each, which writer and reader walk.
 */

#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>

#include "db/id_map.h"

enum member_kind {
	MEMBER_NUMBER, /* of 4 or 8 bytes; 64 bits without a sign come back as they were
			*/
	MEMBER_ID,     /* of an event or action: within the ring, or in the database */
	MEMBER_TEXT,   /* an array, terminated if there is room */
	MEMBER_BOOT,   /* of the writer's current run; in no struct */
	MEMBER_RUN,
};

struct row_member {
	const char *name; /* the column */
	enum member_kind kind;
	size_t offset, size;
	int64_t absent;	 /* this number is NULL in the table … */
	int is_nullable; /* … if this is set; of texts it is the empty one */
};

struct row_type {
	const char *table;
	const struct row_member *members;
	size_t n_members;
	size_t bytes; /* of the struct */
	const char
		*on_conflict; /* what a row with this key becomes; NULL: there is none */
};

extern const struct row_type hit_row, link_row, action_row, page_row;

/* Where a writer's rows come from. */
struct row_origin {
	const struct id_map *ids;
	int64_t boot, run; /* 0: none */
};

int row_insert_prepare(sqlite3 *db, const struct row_type *type, sqlite3_stmt **ret);
void row_bind(sqlite3_stmt *stmt, const struct row_type *type, const void *row,
	      const struct row_origin *origin);
int row_select_prepare(sqlite3 *db, const struct row_type *type, const char *rest,
		       sqlite3_stmt **ret);
void row_read(sqlite3_stmt *stmt, const struct row_type *type, void *ret,
	      struct row_origin *ret_origin);
