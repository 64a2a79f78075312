// SPDX-License-Identifier: LGPL-2.1-or-later

/* What of a database wants somebody's attention. */

#include "db/reader_private.h"
#include "db/schema.h"
#include "db/sql.h"
#include "event/acts.h"
#include "util/macro.h"

/* Hardware's own, told once: the others move nothing, here as elsewhere. What was
 * imported happened before anybody asked, and somebody else told of it. */
#define COUNTS_NOT (EVENT_SYNTHETIC | EVENT_UNCONFIRMED | EVENT_RETOLD)

static int count_events(struct db_reader *r, uint64_t after, const char *condition,
			uint64_t *ret)
{
	char question[320];
	int64_t n = 0;
	int res;

	snprintf(question, sizeof(question),
		 "SELECT count(*) FROM (SELECT 1 FROM event WHERE %s AND id > %lld"
		 " AND flags & %u = 0 AND source IS NOT %d LIMIT %d)",
		 condition, (long long)after, COUNTS_NOT, SOURCE_IMPORT, DB_HEALTH_MAX);
	res = sql_number(r->db, question, &n);
	*ret += (uint64_t)n;
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
	char question[512];
	int res = sql_has_column(r->db, "link", NULL);

	if (res < 0)
		return res;
	snprintf(
		question, sizeof(question),
		"SELECT told, count(*) FROM (SELECT %s AS told FROM event e WHERE " DB_SEVERE
		" AND severity IS NULL AND id > %lld AND flags & %u = 0"
		" AND source IS NOT %d LIMIT %d)"
		" GROUP BY told",
		res ? "(SELECT max(t.severity) FROM link l JOIN event t ON t.id = l.\"to\""
		      " WHERE l.\"from\" = e.id AND l.kind = 2)" :
		      "NULL",
		(long long)after, COUNTS_NOT, SOURCE_IMPORT, DB_HEALTH_MAX);
	res = sql_prepare(r->db, question, &stmt);
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
			count_events(r, after, DB_SEVERE " AND severity = 3",
				     &health.uncorrected);
	res = res < 0 ? res :
			count_events(r, after, DB_SEVERE " AND severity = 4",
				     &health.uncorrected);
	res = res < 0 ? res : count_untold(r, after, &health);
	res = res < 0 ? res :
			count_events(r, after, DB_MILD " AND severity = 2",
				     &health.deferred);
	res = res < 0 ? res : count_failed_acts(r, after, &health);
	res = res < 0 ? res : sql_number(r->db, "SELECT sum(count) FROM loss", &lost);
	health.lost = (uint64_t)lost;
	if (res < 0)
		return res;
	*ret = health;
	return 0;
}
