// SPDX-License-Identifier: LGPL-2.1-or-later

/* What of a database wants somebody's attention. */

#include "db/reader_private.h"
#include "db/sql.h"
#include "db/tally.h"
#include "event/acts.h"
#include "util/macro.h"

/* Hardware's own, told once: the others move nothing, here as elsewhere. What was
 * imported happened before anybody asked, and somebody else told of it. */
#define COUNTS_NOT (EVENT_SYNTHETIC | EVENT_UNCONFIRMED | EVENT_RETOLD)

/*
 * "event e WHERE …": events of that severity behind `after`; only in the stretches that
 * have some, where the file tells.
 */
static int add_events_of(struct db_reader *r, sqlite3_str *sql, enum severity severity,
			 uint64_t after)
{
	int res = reader_has_places(r);

	if (res < 0)
		return res;
	if (res)
		sqlite3_str_appendf(
			sql,
			"place p CROSS JOIN event e ON e.id BETWEEN"
			" p.stretch << %d AND (p.stretch << %d) + %d"
			" WHERE p.kind = %d AND p.name = %d AND p.stretch >= %lld",
			PLACE_BITS, PLACE_BITS, (1 << PLACE_BITS) - 1, PLACE_SEVERITY,
			severity, (long long)(after >> PLACE_BITS));
	else
		sqlite3_str_appendall(sql, "event e WHERE 1");
	sqlite3_str_appendf(sql,
			    " AND e.severity IS nullif(%d, %d) AND +e.id > %lld"
			    " AND e.flags & %u = 0 AND e.source IS NOT %d LIMIT %d",
			    severity, SEVERITY_UNKNOWN, (long long)after, COUNTS_NOT,
			    SOURCE_IMPORT, DB_HEALTH_MAX);
	return 0;
}

static int count_events(struct db_reader *r, uint64_t after, enum severity severity,
			uint64_t *ret)
{
	_cleanup_(sql_finalize) sqlite3_stmt *stmt = NULL;
	sqlite3_str *sql = sqlite3_str_new(r->db);
	int res;

	sqlite3_str_appendall(sql, "SELECT count(*) FROM (SELECT 1 FROM ");
	res = add_events_of(r, sql, severity, after);
	sqlite3_str_appendall(sql, ")");
	if (res < 0) {
		sqlite3_free(sqlite3_str_finish(sql));
		return res;
	}
	res = sql_prepare_built(r->db, sql, &stmt);
	res = res < 0 ? res : sql_next(stmt);
	if (res == 1)
		*ret += (uint64_t)sqlite3_column_int64(stmt, 0);
	return res < 0 ? res : 0;
}

static void add_untold(struct db_health *health, sqlite3_stmt *stmt)
{
	uint64_t n = (uint64_t)sqlite3_column_int64(stmt, 1);

	if (sqlite3_column_type(stmt, 0) == SQLITE_NULL)
		health->untold += n;
	else if (sqlite3_column_int(stmt, 0) >= SEVERITY_UNCORRECTED)
		health->uncorrected += n;
	else if (sqlite3_column_int(stmt, 0) == SEVERITY_DEFERRED)
		health->deferred += n;
}

/*
 * Those that do not tell how severe they are. An old kernel's arm_event is such a one,
 * and its log tells it: what the twin has is what they are.
 */
static int count_untold(struct db_reader *r, uint64_t after, struct db_health *health)
{
	_cleanup_(sql_finalize) sqlite3_stmt *stmt = NULL;
	sqlite3_str *sql = sqlite3_str_new(r->db);
	int res = sql_has_column(r->db, "link", NULL);

	sqlite3_str_appendf(sql, "SELECT told, count(*) FROM (SELECT %s AS told FROM ",
			    res == 1 ? "(SELECT max(t.severity) FROM link l JOIN event t"
				       " ON t.id = l.\"to\" WHERE l.\"from\" = e.id"
				       " AND l.kind = 2)" :
				       "NULL");
	res = res < 0 ? res : add_events_of(r, sql, SEVERITY_UNKNOWN, after);
	sqlite3_str_appendall(sql, ") GROUP BY told");
	if (res < 0) {
		sqlite3_free(sqlite3_str_finish(sql));
		return res;
	}
	res = sql_prepare_built(r->db, sql, &stmt);
	while (res >= 0 && (res = sql_next(stmt)) == 1)
		add_untold(health, stmt);
	return res;
}

_Static_assert(LINK_RETOLD == 2, "as count_untold() has it");

static int count_failed_acts(struct db_reader *r, uint64_t after,
			     struct db_health *health)
{
	char question[160];
	int64_t n = 0, last = 0;
	int res = sql_has_column(r->db, "action", NULL);

	if (res <= 0)
		return res;
	snprintf(question, sizeof(question),
		 "SELECT count(*) FROM action WHERE id > %lld AND outcome IN (%d, %d)",
		 (long long)after, OUTCOME_FAILED, OUTCOME_UNKNOWN);
	res = sql_number(r->db, question, &n);
	res = res < 0 ? res : sql_number(r->db, "SELECT max(id) FROM action", &last);
	health->failed_acts = (uint64_t)n;
	health->last_id = MAX(health->last_id, (uint64_t)last);
	return res < 0 ? res : 0;
}

/*
 * Counts what happened after the event (or action) with this id; each up to
 * DB_HEALTH_MAX. `lost` is of all times: losses have no ids.
 */
int db_read_health(struct db_reader *r, uint64_t after, struct db_health *ret)
{
	struct db_health health = { 0 };
	int64_t last = 0, lost = 0;
	int res = sql_number(r->db, "SELECT max(id) FROM event", &last);

	health.last_id = (uint64_t)last;
	after = MIN(after, (uint64_t)INT64_MAX);
	res = res < 0 ? res :
			count_events(r, after, SEVERITY_UNCORRECTED, &health.uncorrected);
	res = res < 0 ? res : count_events(r, after, SEVERITY_FATAL, &health.uncorrected);
	res = res < 0 ? res : count_untold(r, after, &health);
	res = res < 0 ? res : count_events(r, after, SEVERITY_DEFERRED, &health.deferred);
	res = res < 0 ? res : count_failed_acts(r, after, &health);
	res = res < 0 ? res : sql_number(r->db, "SELECT sum(count) FROM loss", &lost);
	health.lost = (uint64_t)lost;
	if (res < 0)
		return res;
	*ret = health;
	return 0;
}
