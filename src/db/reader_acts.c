// SPDX-License-Identifier: LGPL-2.1-or-later

#include "db/reader_acts.h"

#include "db/reader_private.h"
#include "db/row_types.h"
#include "db/schema.h"
#include "db/sql.h"
#include "util/macro.h"

static void add_conditions(const struct db_acts_filter *filter, struct text *sql)
{
	text_add(sql, "WHERE 1");
	if (filter->id)
		text_add(sql, " AND id = ?1");
	if (filter->event)
		text_add(sql, " AND event = ?2");
	if (filter->unit)
		text_add(sql, " AND unit = ?3");
}

/* As add_order() of reader_events.c. */
static void add_order(const struct db_acts_filter *filter, const char *table,
		      struct text *sql)
{
	if (filter->newest && !filter->newest_first) {
		text_add(sql, " AND id >= ifnull((SELECT id FROM %s ", table);
		add_conditions(filter, sql);
		text_add(sql, " ORDER BY id DESC LIMIT 1 OFFSET ?4 - 1), 0)");
	}
	text_add(sql, " ORDER BY id%s", filter->newest_first ? " DESC" : "");
	if (filter->newest)
		text_add(sql, " LIMIT ?4");
}

static int find_rows(struct db_reader *r, const struct row_type *type,
		     const struct db_acts_filter *filter, sqlite3_stmt **ret)
{
	char rest[512] = "";
	struct text sql = TEXT_IN(rest);
	int res;

	add_conditions(filter, &sql);
	add_order(filter, type->table, &sql);
	res = row_select_prepare(r->db, type, rest, ret);
	if (res < 0 || !*ret)
		return res;
	/* what a statement has no place for is refused, which is as well */
	sqlite3_bind_int64(*ret, 1, (int64_t)filter->id);
	sqlite3_bind_int64(*ret, 2, (int64_t)filter->event);
	sqlite3_bind_text(*ret, 3, filter->unit, -1, SQLITE_TRANSIENT);
	sqlite3_bind_int64(*ret, 4, (int64_t)MIN(filter->newest, (uint64_t)INT64_MAX));
	return 0;
}

static int next_row(sqlite3_stmt *stmt, const struct row_type *type, void *ret,
		    struct row_origin *ret_origin)
{
	int res = stmt ? sql_next(stmt) : 0;

	if (res == 1)
		row_read(stmt, type, ret, ret_origin);
	return res;
}

/* `filter->id` is none of a hit's. */
int db_read_hits(struct db_reader *r, const struct db_acts_filter *filter,
		 db_each_hit *each, void *arg)
{
	_cleanup_(sql_finalize) sqlite3_stmt *stmt = NULL;
	struct db_hit hit;
	int res = find_rows(r, &hit_row, filter, &stmt);

	while (res >= 0 && (res = next_row(stmt, &hit_row, &hit, NULL)) == 1) {
		res = each(&hit, arg);
		if (res)
			return res;
	}
	return res;
}

/* `run` is 0 where it is not known. */
int db_read_actions(struct db_reader *r, const struct db_acts_filter *filter,
		    db_each_action *each, void *arg)
{
	_cleanup_(sql_finalize) sqlite3_stmt *stmt = NULL;
	struct row_origin origin;
	struct db_action action;
	int res = find_rows(r, &action_row, filter, &stmt);

	while (res >= 0 && (res = next_row(stmt, &action_row, &action, &origin)) == 1) {
		res = each(&action, origin.run, arg);
		if (res)
			return res;
	}
	return res;
}

/* Those in which the event explains another first, then those that explain it. */
int db_read_links(struct db_reader *r, uint64_t event, db_each_link *each, void *arg)
{
	static const char *const ends[] = { "WHERE \"from\" = ?1 ORDER BY \"to\", kind",
					    "WHERE \"to\" = ?1 AND \"from\" != ?1"
					    " ORDER BY \"from\", kind" };

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		_cleanup_(sql_finalize) sqlite3_stmt *stmt = NULL;
		struct db_link link;
		int res = row_select_prepare(r->db, &link_row, ends[i], &stmt);

		if (stmt)
			sqlite3_bind_int64(stmt, 1, (int64_t)event);
		while (res >= 0 && (res = next_row(stmt, &link_row, &link, NULL)) == 1) {
			res = each(&link, arg);
			if (res)
				return res;
		}
		if (res < 0)
			return res;
	}
	return 0;
}

/* The one with the latest error first. */
int db_read_pages(struct db_reader *r, db_each_page *each, void *arg)
{
	_cleanup_(sql_finalize) sqlite3_stmt *stmt = NULL;
	struct row_origin origin;
	struct db_page page;
	int64_t boot = 0;
	int res =
		sql_number(r->db, "SELECT boot FROM run ORDER BY id DESC LIMIT 1", &boot);

	if (res < 0)
		return res;
	res = row_select_prepare(r->db, &page_row, "ORDER BY last DESC, address", &stmt);

	while (res >= 0 && (res = next_row(stmt, &page_row, &page, &origin)) == 1) {
		res = each(&page, origin.boot == boot, arg);
		if (res)
			return res;
	}
	return res;
}

/* Acts of the last run's boot that have no end yet: those of others never will. */
int db_count_pending(struct db_reader *r, uint64_t *ret)
{
	int64_t n = 0;
	int res = sql_has_column(r->db, "action", NULL);

	if (res == 1)
		res = sql_number(r->db,
				 "SELECT count(*) FROM action WHERE " DB_PENDING
				 " AND boot = (SELECT boot FROM run ORDER BY id DESC"
				 " LIMIT 1)",
				 &n);
	if (res < 0)
		return res;
	*ret = (uint64_t)n;
	return 0;
}

/* Of a group, SQLite takes the columns without max() from the row that has it. */
static const char units_sql[] =
	"SELECT ifnull(h.unit, ''), ifnull(h.user_unit, ''), h.hits, h.last, h.evidence,"
	" ifnull(a.id, 0), a.kind, a.outcome, a.asked"
	" FROM (SELECT unit, user_unit, count(*) AS hits, max(time) AS last, evidence"
	" FROM hit GROUP BY unit, user_unit) h"
	" LEFT JOIN action a ON a.id = (SELECT id FROM action WHERE unit = h.unit"
	" ORDER BY asked DESC, id DESC LIMIT 1)"
	" ORDER BY h.last DESC, 1, 2";

/* The one that was hit last first. */
int db_read_units(struct db_reader *r, db_each_unit *each, void *arg)
{
	_cleanup_(sql_finalize) sqlite3_stmt *stmt = NULL;
	int res = sql_has_column(r->db, "hit", NULL);

	if (res == 1)
		res = sql_prepare(r->db, units_sql, &stmt);
	while (res >= 0 && (res = stmt ? sql_next(stmt) : 0) == 1) {
		const struct db_unit unit = {
			.unit = (const char *)sqlite3_column_text(stmt, 0),
			.user_unit = (const char *)sqlite3_column_text(stmt, 1),
			.hits = (uint64_t)sqlite3_column_int64(stmt, 2),
			.last_ns = sqlite3_column_int64(stmt, 3),
			.evidence = sqlite3_column_int(stmt, 4),
			.action = (uint64_t)sqlite3_column_int64(stmt, 5),
			.kind = sqlite3_column_int(stmt, 6),
			.outcome = sqlite3_column_int(stmt, 7),
			.asked_ns = sqlite3_column_int64(stmt, 8),
		};

		res = each(&unit, arg);
		if (res)
			return res;
	}
	return res;
}
