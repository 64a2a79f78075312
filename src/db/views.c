// SPDX-License-Identifier: LGPL-2.1-or-later

#include "db/views.h"

#include <errno.h>

#include "db/sql.h"
#include "event/acts.h"
#include "event/event.h"
#include "util/macro.h"

/* In each, "e" is the table that the view is of. */
struct view {
	const char *name;
	void (*build)(sqlite3_str *sql);
};

/* Enums as numbers, for add_case(). */
#define WORD(name_)                                     \
	static const char *name_##_word(unsigned int i) \
	{                                               \
		return name_##_name(i);                 \
	}

WORD(severity)
WORD(component)
WORD(address_kind)
WORD(event_source)
WORD(evidence)
WORD(act_rule)
WORD(act_kind)
WORD(act_outcome)

static void add_case(sqlite3_str *sql, const char *column, const char *name,
		     unsigned int n, const char *(*word)(unsigned int))
{
	sqlite3_str_appendf(sql, " CASE e.%s", column);
	for (unsigned int i = 0; i < n; i++)
		sqlite3_str_appendf(sql, " WHEN %u THEN %Q", i, word(i));
	sqlite3_str_appendf(sql, " END AS %s,", name);
}

static void add_time(sqlite3_str *sql, const char *from, const char *name)
{
	sqlite3_str_appendf(sql,
			    " strftime('%%Y-%%m-%%dT%%H:%%M:%%S', %s / 1000000000, "
			    "'unixepoch') || printf('.%%09dZ', %s %% 1000000000) AS %s,",
			    from, from, name);
}

static void add_hex(sqlite3_str *sql, const char *column)
{
	sqlite3_str_appendf(
		sql, " CASE WHEN e.%s IS NOT NULL THEN printf('0x%%x', e.%s) END AS %s,",
		column, column, column);
}

/* Everything about an event but its detail. */
static void build_events(sqlite3_str *sql)
{
	sqlite3_str_appendall(sql, " e.id,");
	add_time(sql, "e.time", "time");
	add_time(sql, "coalesce(e.time_last, e.time)", "time_last");
	sqlite3_str_appendall(sql, " t.name AS type,");
	add_case(sql, "severity", "severity", SEVERITY_UNKNOWN, severity_word);
	add_case(sql, "component", "component", COMPONENT_MAX, component_word);
	sqlite3_str_appendall(sql, " e.count,");
	add_hex(sql, "address");
	add_hex(sql, "address_mask");
	add_case(sql, "address_kind", "address_kind", ADDRESS_KIND_MAX,
		 address_kind_word);
	add_case(sql, "source", "source", EVENT_SOURCE_MAX, event_source_word);
	sqlite3_str_appendf(
		sql,
		" e.cpu, e.pid, e.tgid, e.uid, e.comm, e.unit, e.dimm, e.device,"
		" e.device_id,"
		" (e.flags & %d) = 0 AS confirmed, (e.flags & %d) != 0 AS synthetic,"
		" (e.flags & %d) != 0 AS previous_boot, (e.flags & %d) != 0 AS retold,"
		" b.boot_id, e.run FROM event e LEFT JOIN event_type t ON t.id = e.type"
		" LEFT JOIN boot b ON b.id = e.boot",
		EVENT_UNCONFIRMED, EVENT_SYNTHETIC, EVENT_PREVIOUS_BOOT, EVENT_RETOLD);
}

static void build_hits(sqlite3_str *sql)
{
	sqlite3_str_appendall(sql, " e.id, e.event,");
	add_time(sql, "e.time", "time");
	add_case(sql, "evidence", "evidence", EVIDENCE_MAX, evidence_word);
	add_hex(sql, "address");
	sqlite3_str_appendall(sql, " e.pid, e.tgid, e.uid, e.start, e.comm, e.unit,"
				   " e.user_unit, e.invocation, e.cgroup, e.is_unit,"
				   " e.why FROM hit e");
}

static void build_actions(sqlite3_str *sql)
{
	sqlite3_str_appendall(sql, " e.id, e.event,");
	add_time(sql, "e.asked", "asked");
	add_time(sql, "e.done", "done");
	add_case(sql, "rule", "rule", ACT_RULE_MAX, act_rule_word);
	add_case(sql, "kind", "act", ACT_KIND_MAX, act_kind_word);
	add_case(sql, "outcome", "outcome", ACT_OUTCOME_MAX, act_outcome_word);
	add_hex(sql, "address");
	sqlite3_str_appendall(sql,
			      " e.error, e.tries, e.verified, e.before_record, e.unit,"
			      " e.invocation, e.note, b.boot_id, e.run FROM action e"
			      " LEFT JOIN boot b ON b.id = e.boot");
}

static const struct view views[] = {
	{ "events", build_events },
	{ "hits", build_hits },
	{ "actions", build_actions },
};

static int view_is(sqlite3 *db, const char *name, const char *sql)
{
	_cleanup_(sql_finalize) sqlite3_stmt *stmt = NULL;
	int r = sql_prepare(
		db, "SELECT 1 FROM sqlite_master WHERE name = ?1 AND sql = ?2", &stmt);

	if (r < 0)
		return r;
	sqlite3_bind_text(stmt, 1, name, -1, SQLITE_STATIC);
	sqlite3_bind_text(stmt, 2, sql, -1, SQLITE_STATIC);
	return sql_next(stmt);
}

/* Takes the view's text; a view that has this text already costs no write. */
static int refresh(sqlite3 *db, const char *name, sqlite3_str *built)
{
	char *sql = sqlite3_str_finish(built);
	int r = sql ? view_is(db, name, sql) : -ENOMEM;

	if (r == 0) {
		sqlite3_str *drop = sqlite3_str_new(db);

		sqlite3_str_appendf(drop, "DROP VIEW IF EXISTS %s", name);
		r = sql_exec_built(db, drop);
		r = r < 0 ? r : sql_exec(db, sql);
	}
	sqlite3_free(sql);
	return r < 0 ? r : 0;
}

static sqlite3_str *begin_view(sqlite3 *db, const char *name)
{
	sqlite3_str *built = sqlite3_str_new(db);

	sqlite3_str_appendf(built, "CREATE VIEW %s AS SELECT", name);
	return built;
}

static int refresh_fixed(sqlite3 *db, const struct fixed_views *fixed)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < fixed->n; i++) {
		const struct fixed_view *view = &fixed->views[i];
		sqlite3_str *built = begin_view(db, view->name);

		sqlite3_str_appendall(built, view->columns);
		r = refresh(db, view->name, built);
	}
	return r;
}

/*
 * The words a version knows are in the views' text, so each version has its own.
 */
int views_refresh(sqlite3 *db)
{
	static const struct fixed_views *const fixed[] = { &rasdaemon_views,
							   &rasdaemon_cxl_views,
							   &rasdaemon_vendor_views };
	int r = 0;

	for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(views); i++) {
		sqlite3_str *built = begin_view(db, views[i].name);

		views[i].build(built);
		r = refresh(db, views[i].name, built);
	}
	for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(fixed); i++)
		r = refresh_fixed(db, fixed[i]);
	return r;
}
