/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What is known of a search before it: see reader_find.c. */

#include "db/reader_private.h"

#define TYPES_MAX 128

struct plan {
	struct db_reader *r;
	const struct db_filter *filter;
	bool has_tally, has_places, has_hits,
		never;		  /* never: the tally has no such event */
	int64_t types[TYPES_MAX]; /* that can be meant, with n_types */
	size_t n_types;
	bool all_types;
	int64_t lo, hi;		/* ids between which they are, if hi is not 0 */
	int64_t matched, total; /* events meant (about), of all of these types */
};

int plan_make(struct plan *plan);
void plan_add_conditions(const struct plan *plan, sqlite3_str *sql, const char *id);
