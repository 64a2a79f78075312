// SPDX-License-Identifier: LGPL-2.1-or-later

/* What of a database wants somebody's attention. */

#include "db/reader_private.h"
#include "db/sql.h"
#include "event/acts.h"
#include "util/macro.h"

/* Hardware's own, told once: the others move nothing, here as elsewhere. What was
 * imported happened before anybody asked, and somebody else told of it. */
static int find_events(struct db_reader *r, enum severity severity, uint64_t after,
		       sqlite3_stmt **ret)
{
	const struct db_filter filter = { .severities = 1u << severity,
					  .after = after,
					  .oldest = DB_HEALTH_MAX,
					  .real = true };

	return reader_find_ids(r, &filter, ret);
}

static int count_events(struct db_reader *r, uint64_t after, enum severity severity,
			uint64_t *ret)
{
	_cleanup_(sql_finalize) sqlite3_stmt *ids = NULL;
	int res = find_events(r, severity, after, &ids);

	while (res >= 0 && ids && (res = sql_next(ids)) == 1)
		++*ret;
	return res < 0 ? res : 0;
}

static void add_untold(struct db_health *health, sqlite3_stmt *stmt)
{
	int severity = stmt ? sqlite3_column_int(stmt, 0) : 0;

	if (!stmt || sqlite3_column_type(stmt, 0) == SQLITE_NULL)
		health->untold++;
	else if (severity >= SEVERITY_UNCORRECTED)
		health->uncorrected++;
	else if (severity == SEVERITY_DEFERRED)
		health->deferred++;
}

/* What the twin of an event has, which another source told. *ret stays NULL in a file
 * that knows of none. */
static int prepare_told(struct db_reader *r, sqlite3_stmt **ret)
{
	int res = sql_has_column(r->db, "link", NULL);

	return res <= 0 ? res :
			  sql_prepare(r->db,
				      "SELECT max(t.severity) FROM link l JOIN event t"
				      " ON t.id = l.\"to\" WHERE l.\"from\" = ?1"
				      " AND l.kind = 2",
				      ret);
}

_Static_assert(LINK_RETOLD == 2, "as prepare_told() has it");

static int count_one_untold(sqlite3_stmt *told, int64_t id, struct db_health *health)
{
	int res = 1;

	if (told) {
		sqlite3_reset(told);
		sqlite3_bind_int64(told, 1, id);
		res = sql_next(told);
	}
	if (res == 1)
		add_untold(health, told);
	return res;
}

/*
 * Those that do not tell how severe they are. An old kernel's arm_event is such a one,
 * and its log tells it: what the twin has is what they are.
 */
static int count_untold(struct db_reader *r, uint64_t after, struct db_health *health)
{
	_cleanup_(sql_finalize) sqlite3_stmt *ids = NULL, *told = NULL;
	int res = prepare_told(r, &told);

	res = res < 0 ? res : find_events(r, SEVERITY_UNKNOWN, after, &ids);
	while (res >= 0 && ids && (res = sql_next(ids)) == 1) {
		res = count_one_untold(told, sqlite3_column_int64(ids, 0), health);
		if (res < 0)
			return res;
	}
	return res;
}

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
