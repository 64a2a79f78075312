// SPDX-License-Identifier: LGPL-2.1-or-later

/* The table `place`, see db/tally.h, made from events that are stored already. */

#include "db/sql.h"
#include "db/tally.h"
#include "util/macro.h"

/* Kind and name, as the writer gives them; NULL: it has no such place. */
static const struct {
	enum place_kind kind;
	const char *name;
} places[] = {
	{ PLACE_DEVICE, TALLY_CUT("e.device") },
	{ PLACE_DIMM, TALLY_CUT("e.dimm") },
	{ PLACE_CPU, "e.cpu" },
	{ PLACE_BLOCK, "e.address >> 16" },
};

_Static_assert(PLACE_BLOCK_BITS == 16 && PLACE_BITS == 9, "as it stands here");

static int fill_severities(sqlite3 *db, const char *which)
{
	sqlite3_str *sql = sqlite3_str_new(db);

	sqlite3_str_appendf(sql,
			    "INSERT OR IGNORE INTO place SELECT %d, n.column2, s.stretch"
			    " FROM (SELECT DISTINCT ifnull(e.severity, %d) AS severity,"
			    " e.id >> 9 AS stretch FROM event e"
			    " WHERE e.severity IS NOT %d AND %s) s"
			    " JOIN " PLACE_SEVERITIES " n ON n.column1 = s.severity",
			    PLACE_SEVERITY, SEVERITY_UNKNOWN, SEVERITY_CORRECTED, which);
	return sql_exec_built(db, sql);
}

/* Of the events e that are meant by `which`, a condition in SQL. */
int places_fill(sqlite3 *db, const char *which)
{
	int r = fill_severities(db, which);

	for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(places); i++) {
		sqlite3_str *sql = sqlite3_str_new(db);

		sqlite3_str_appendf(sql,
				    "INSERT OR IGNORE INTO place"
				    " SELECT DISTINCT %d, %s, e.id >> 9 FROM event e"
				    " WHERE %s IS NOT NULL AND %s",
				    places[i].kind, places[i].name, places[i].name,
				    which);
		r = sql_exec_built(db, sql);
	}
	return r;
}

/*
 * After events were removed from a stretch: nothing is left of it if it has none, and it
 * is made anew if it has few. While it has many, what is told too much costs little.
 * Takes from `*budget` what is made anew, and leaves it at that when there is none.
 */
int places_renew(sqlite3 *db, int64_t stretch, int *budget)
{
	char which[96], question[160];
	int64_t left = 0;
	int r;

	snprintf(which, sizeof(which), "e.id BETWEEN %lld AND %lld",
		 (long long)(stretch << PLACE_BITS),
		 (long long)((stretch << PLACE_BITS) + (1 << PLACE_BITS) - 1));
	snprintf(question, sizeof(question),
		 "SELECT count(*) FROM (SELECT 1 FROM event e WHERE %s LIMIT %d)", which,
		 1 << (PLACE_BITS - 1));
	r = sql_number(db, question, &left);
	if (r < 0 || left == 1 << (PLACE_BITS - 1) || (left && !*budget))
		return r < 0 ? r : 0;
	snprintf(question, sizeof(question), "DELETE FROM place WHERE stretch = %lld",
		 (long long)stretch);
	r = sql_exec(db, question);
	if (r < 0 || !left)
		return r;
	--*budget;
	return places_fill(db, which);
}
