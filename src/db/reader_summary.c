// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Counts of events. They come from the tally, which has few rows; a file without one, or
 * with events that its tally does not have, is counted event by event.
 */

#include <string.h>

#include "db/reader_private.h"
#include "db/schema.h"
#include "db/sql.h"
#include "db/tally.h"
#include "util/macro.h"

/* Rows with the columns of the tally that summaries use, named t. */
static int add_source(struct db_reader *r, sqlite3_str *sql)
{
	int has_device, res = reader_has_tally(r);

	if (res == 1)
		sqlite3_str_appendall(sql, "(SELECT * FROM tally WHERE NOT retold) t");
	if (res != 0)
		return res;
	has_device = sql_has_column(r->db, "event", "device");
	sqlite3_str_appendf(
		sql,
		"(SELECT time / " TALLY_DAY_NS " AS day,"
		" ifnull(boot, 0) AS boot, type,"
		" ifnull(severity, 5) AS severity, component, dimm, cpu,"
		" %s AS device, 1 AS rows, count, time AS first,"
		" ifnull(time_last, time) AS last FROM event WHERE NOT " DB_RETOLD ") t",
		has_device == 1 ? "device" : "NULL");
	return has_device;
}

static void fill_summary(sqlite3_stmt *stmt, struct db_summary *row)
{
	const char *type = (const char *)sqlite3_column_text(stmt, 0);

	*row = (struct db_summary){
		.type = type ? type : "",
		.severity = (enum severity)sqlite3_column_int(stmt, 1),
		.rows = (uint64_t)sqlite3_column_int64(stmt, 2),
		.count = (uint64_t)sqlite3_column_int64(stmt, 3),
		.first_ns = sqlite3_column_int64(stmt, 4),
		.last_ns = sqlite3_column_int64(stmt, 5),
	};
}

/* Calls `each` for the rows by type and severity, of which sums are made. */
int db_read_summary(struct db_reader *r,
		    int (*each)(const struct db_summary *row, void *arg), void *arg)
{
	_cleanup_(sql_finalize) sqlite3_stmt *stmt = NULL;
	sqlite3_str *sql = sqlite3_str_new(r->db);
	struct db_summary row;
	int res;

	sqlite3_str_appendall(sql, "SELECT ifnull(n.name, 'unknown'), t.severity,"
				   " sum(t.rows), sum(t.count), min(t.first),"
				   " max(t.last) FROM ");
	res = add_source(r, sql);
	sqlite3_str_appendall(sql, " LEFT JOIN event_type n ON n.id = t.type"
				   " GROUP BY 1, 2 ORDER BY 1, 2");
	if (res < 0) {
		sqlite3_free(sqlite3_str_finish(sql));
		return res;
	}
	res = sql_prepare_built(r->db, sql, &stmt);
	while (res >= 0 && (res = sql_next(stmt)) == 1) {
		fill_summary(stmt, &row);
		res = each(&row, arg);
		if (res)
			return res;
	}
	return res;
}

/* --- by one of their columns -------------------------------------------------------- */

/* What is not known is NULL. Units and pages are in no tally: all events are
 * read, or an index of them. */
static const struct group {
	const char *key;
	const char *from;  /* NULL: the tally */
	const char *order; /* of rows with a key */
} groups[DB_BY_MAX] = {
	[DB_BY_TYPE] = { "ifnull((SELECT name FROM event_type n WHERE n.id = t.type),"
			 " 'unknown')",
			 NULL, "3 DESC, 1" },
	[DB_BY_SEVERITY] = { "nullif(t.severity, 5)", NULL, "1 DESC" },
	[DB_BY_COMPONENT] = { "t.component", NULL, "3 DESC, 1" },
	[DB_BY_UNIT] = { "t.unit",
			 "event t WHERE unit IS NOT NULL"
			 " AND NOT " DB_RETOLD,
			 "3 DESC, 1" },
	[DB_BY_DIMM] = { "nullif(t.dimm, '')", NULL, "3 DESC, 1" },
	[DB_BY_DEVICE] = { "nullif(t.device, '')", NULL, "3 DESC, 1" },
	[DB_BY_PAGE] = { "t.address & ~(ifnull((SELECT page_size FROM boot ORDER BY id"
			 " DESC LIMIT 1), 4096) - 1)",
			 "event t WHERE address_kind = 1 AND NOT " DB_RETOLD,
			 "3 DESC, 1" },
	[DB_BY_CPU] = { "nullif(t.cpu, -1)", NULL, "3 DESC, 1" },
	[DB_BY_BOOT] = { "nullif((SELECT boot_id FROM boot b WHERE b.id = t.boot), '')",
			 NULL, "max(t.boot)" },
	[DB_BY_DAY] = { "t.day", NULL, "1" },
};

static void add_sums(sqlite3_str *sql, bool is_tally)
{
	sqlite3_str_appendf(sql, ", %s, sum(t.count)",
			    is_tally ? "sum(t.rows)" : "count(*)");
	for (int severity = 0; severity < SEVERITY_MAX; severity++)
		sqlite3_str_appendf(sql,
				    ", total(t.count) FILTER (WHERE"
				    " ifnull(t.severity, 5) = %d)",
				    severity);
	sqlite3_str_appendf(sql, is_tally ? ", min(t.first), max(t.last)" :
					    ", min(t.time),"
					    " max(ifnull(t.time_last, t.time))");
}

static void fill_group(sqlite3_stmt *stmt, struct db_group *row)
{
	int at = 0;

	row->is_known = sqlite3_column_type(stmt, 0) != SQLITE_NULL;
	row->number = sqlite3_column_int64(stmt, 0);
	row->text = row->is_known ? (const char *)sqlite3_column_text(stmt, 0) : "";
	row->rows = (uint64_t)sqlite3_column_int64(stmt, ++at);
	row->count = (uint64_t)sqlite3_column_int64(stmt, ++at);
	for (size_t i = 0; i < SEVERITY_MAX; i++)
		row->counts[i] = (uint64_t)sqlite3_column_int64(stmt, ++at);
	row->first_ns = sqlite3_column_int64(stmt, ++at);
	row->last_ns = sqlite3_column_int64(stmt, ++at);
}

static int prepare_groups(struct db_reader *r, const struct group *group,
			  sqlite3_stmt **ret)
{
	sqlite3_str *sql = sqlite3_str_new(r->db);
	int res = 0;

	sqlite3_str_appendf(sql, "SELECT %s", group->key);
	add_sums(sql, !group->from);
	sqlite3_str_appendall(sql, " FROM ");
	if (group->from)
		sqlite3_str_appendall(sql, group->from);
	else
		res = add_source(r, sql);
	sqlite3_str_appendf(sql, " GROUP BY 1 ORDER BY 1 IS NULL, %s", group->order);
	if (res < 0) {
		sqlite3_free(sqlite3_str_finish(sql));
		return res;
	}
	return sql_prepare_built(r->db, sql, ret);
}

/*
 * Calls `each` for every value that events have there, days and boots in their order,
 * others with the most errors first; what has none is the last row.
 */
int db_read_groups(struct db_reader *r, enum db_by by,
		   int (*each)(const struct db_group *row, void *arg), void *arg)
{
	_cleanup_(sql_finalize) sqlite3_stmt *stmt = NULL;
	struct db_group row = { 0 };
	int res = prepare_groups(r, &groups[by], &stmt);

	while (res >= 0 && (res = sql_next(stmt)) == 1) {
		fill_group(stmt, &row);
		res = each(&row, arg);
		if (res)
			return res;
	}
	return res;
}
