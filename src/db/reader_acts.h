/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What a database has of rasd's own conclusions: hits, links, actions, pages. Ids are
 * those in the database. A file of a version that had none of it has no rows.
 *
 * Each function calls `each` for every row until it returns non-zero, which is then
 * returned; else 0 or a negative errno. Rows are borrowed for the call; nothing else may
 * be asked of the same kind of rows meanwhile, anything else may.
 */

#include "db/reader.h"
#include "db/rows.h"

/* Which of them; all zero: every one, oldest first. */
struct db_acts_filter {
	uint64_t id;	  /* of an action; 0: any */
	uint64_t event;	  /* that hit, or was the cause; 0: any */
	const char *unit; /* of the system's manager; NULL: any */
	uint64_t newest;  /* only so many, the newest; 0: all */
	bool newest_first;
};

typedef int db_each_hit(const struct db_hit *hit, void *arg);
typedef int db_each_link(const struct db_link *link, void *arg);
typedef int db_each_action(const struct db_action *action, int64_t run, void *arg);
/* `is_now`: its state is of the last boot; what was out of use before need not be */
typedef int db_each_page(const struct db_page *page, bool is_now, void *arg);

int db_read_hits(struct db_reader *r, const struct db_acts_filter *filter,
		 db_each_hit *each, void *arg);
int db_read_actions(struct db_reader *r, const struct db_acts_filter *filter,
		    db_each_action *each, void *arg);
int db_read_links(struct db_reader *r, uint64_t event, db_each_link *each, void *arg);
int db_read_pages(struct db_reader *r, db_each_page *each, void *arg);
int db_count_pending(struct db_reader *r, uint64_t *ret);

/* A unit that was hit, or one of a user within it, and what was last done about it. */
struct db_unit {
	const char *unit, *user_unit; /* "": none known; none */
	uint64_t hits;
	int64_t last_ns;  /* UTC, of the last hit */
	int32_t evidence; /* of the last hit */
	uint64_t action;  /* the last one; 0: none, and the rest says nothing */
	int32_t kind, outcome;
	int64_t asked_ns;
};

typedef int db_each_unit(const struct db_unit *unit, void *arg);
int db_read_units(struct db_reader *r, db_each_unit *each, void *arg);
