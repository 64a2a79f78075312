// SPDX-License-Identifier: LGPL-2.1-or-later

#include "db/schema.h"

#include <errno.h>
#include <string.h>

#include "db/detail.h"
#include "db/sql.h"
#include "util/macro.h"

static const struct field unknown_fields[] = {
	{ .name = "data", .kind = FIELD_BYTES },
};

const struct event_type unknown_event_type = {
	.name = "unknown",
	.table = "unknown_detail",
	.fields = unknown_fields,
	.n_fields = ARRAY_SIZE(unknown_fields),
};

/*
 * All times are UTC in nanoseconds but `boottime`, which is the boot clock's. NULL: not
 * known, or does not apply. Numbers of severity, component, source and address_kind are
 * those of event/kinds.h; the view "events" has them as words.
 *
 * Event ids are never used twice, whatever is deleted: a ring's ids begin at `id_base` of
 * its row, and a new ring's base is the highest `id_top` there is.
 */
static const char base_sql[] =
	"CREATE TABLE info (key TEXT PRIMARY KEY, value) WITHOUT ROWID;"
	"INSERT INTO info VALUES ('db_id', lower(hex(randomblob(16))));"
	"CREATE TABLE boot ("
	" id INTEGER PRIMARY KEY, boot_id TEXT NOT NULL UNIQUE, machine_id TEXT,"
	" kernel TEXT, arch TEXT, page_size INTEGER, first_seen INTEGER NOT NULL);"
	"CREATE TABLE run ("
	" id INTEGER PRIMARY KEY, boot INTEGER NOT NULL REFERENCES boot (id),"
	" started INTEGER NOT NULL, stopped INTEGER, clean INTEGER NOT NULL DEFAULT 0,"
	" version TEXT, config_hash INTEGER, instance TEXT, ring TEXT, pid INTEGER);"
	"CREATE TABLE clock ("
	" run INTEGER REFERENCES run (id), boottime INTEGER, \"offset\" INTEGER NOT NULL,"
	" synchronized INTEGER NOT NULL, PRIMARY KEY (run, boottime)) WITHOUT ROWID;"
	"CREATE TABLE event_type ("
	" id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, detail_table TEXT);"
	"CREATE TABLE event ("
	" id INTEGER PRIMARY KEY, boot INTEGER REFERENCES boot (id),"
	" run INTEGER REFERENCES run (id), time INTEGER NOT NULL, time_last INTEGER,"
	" count INTEGER NOT NULL, boottime INTEGER,"
	" type INTEGER NOT NULL REFERENCES event_type (id), severity INTEGER,"
	" component INTEGER, address INTEGER, address_kind INTEGER, address_mask INTEGER,"
	" cpu INTEGER, pid INTEGER, tgid INTEGER, uid INTEGER, comm TEXT, unit TEXT,"
	" dimm TEXT, source INTEGER, flags INTEGER NOT NULL);"
	"CREATE INDEX event_time ON event (time);"
	"CREATE INDEX event_address ON event (address) WHERE address IS NOT NULL;"
	"CREATE INDEX event_severe ON event (severity) WHERE " DB_SEVERE ";"
	"CREATE TABLE loss ("
	" id INTEGER PRIMARY KEY, run INTEGER REFERENCES run (id), stage TEXT NOT NULL,"
	" instance TEXT NOT NULL, cpu INTEGER, count INTEGER NOT NULL,"
	" time_from INTEGER NOT NULL, time_to INTEGER NOT NULL);"
	"CREATE TABLE loss_seen ("
	" stage TEXT, instance TEXT, cpu INTEGER, total INTEGER NOT NULL,"
	" time INTEGER NOT NULL, loss INTEGER REFERENCES loss (id),"
	" PRIMARY KEY (stage, instance, cpu)) WITHOUT ROWID;"
	"CREATE TABLE ring ("
	" id TEXT PRIMARY KEY, position INTEGER NOT NULL, id_base INTEGER NOT NULL,"
	" id_top INTEGER NOT NULL) WITHOUT ROWID;";

/* In rising order of version. A migration of a minor only adds. */
static const struct migration {
	int version;
	const char *sql;
} migrations[] = {
	{ 1000, base_sql },
};

static int migrate(sqlite3 *db, int64_t from)
{
	int64_t version = from;
	char pragma[48];

	for (size_t i = 0; i < ARRAY_SIZE(migrations); i++) {
		int r;

		if (migrations[i].version <= from)
			continue;
		r = sql_exec(db, migrations[i].sql);
		if (r < 0)
			return r;
		version = migrations[i].version;
	}
	snprintf(pragma, sizeof(pragma), "PRAGMA user_version = %d", (int)version);
	return version > from ? sql_exec(db, pragma) : 0;
}

static void add_case(sqlite3_str *sql, const char *column, unsigned int n,
		     const char *(*name)(unsigned int))
{
	sqlite3_str_appendf(sql, " CASE e.%s", column);
	for (unsigned int i = 0; i < n; i++)
		sqlite3_str_appendf(sql, " WHEN %u THEN %Q", i, name(i));
	sqlite3_str_appendf(sql, " END AS %s,", column);
}

static const char *severity_word(unsigned int i)
{
	return severity_name(i);
}

static const char *component_word(unsigned int i)
{
	return component_name(i);
}

static const char *address_kind_word(unsigned int i)
{
	return address_kind_name(i);
}

static const char *source_word(unsigned int i)
{
	return event_source_name(i);
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

/* Everything about an event but its detail, in words. */
static char *events_view_sql(void)
{
	sqlite3_str *sql = sqlite3_str_new(NULL);

	sqlite3_str_appendall(sql, "CREATE VIEW events AS SELECT e.id,");
	add_time(sql, "e.time", "time");
	add_time(sql, "coalesce(e.time_last, e.time)", "time_last");
	sqlite3_str_appendall(sql, " t.name AS type,");
	add_case(sql, "severity", SEVERITY_UNKNOWN, severity_word);
	add_case(sql, "component", COMPONENT_MAX, component_word);
	sqlite3_str_appendall(sql, " e.count,");
	add_hex(sql, "address");
	add_hex(sql, "address_mask");
	add_case(sql, "address_kind", ADDRESS_KIND_MAX, address_kind_word);
	add_case(sql, "source", EVENT_SOURCE_MAX, source_word);
	sqlite3_str_appendf(
		sql,
		" e.cpu, e.pid, e.tgid, e.uid, e.comm, e.unit, e.dimm,"
		" (e.flags & %d) = 0 AS confirmed, (e.flags & %d) != 0 AS synthetic,"
		" b.boot_id, e.run FROM event e LEFT JOIN event_type t ON t.id = e.type"
		" LEFT JOIN boot b ON b.id = e.boot",
		EVENT_UNCONFIRMED, EVENT_SYNTHETIC);
	return sqlite3_str_finish(sql);
}

static int view_is(sqlite3 *db, const char *sql)
{
	_cleanup_(sql_finalize) sqlite3_stmt *stmt = NULL;
	int r = sql_prepare(
		db, "SELECT 1 FROM sqlite_master WHERE name = 'events' AND sql = ?1",
		&stmt);

	if (r < 0)
		return r;
	sqlite3_bind_text(stmt, 1, sql, -1, SQLITE_STATIC);
	return sql_next(stmt);
}

/* The words a version knows are in the view's text, so each version has its own. */
static int refresh_view(sqlite3 *db)
{
	char *sql = events_view_sql();
	int r = sql ? view_is(db, sql) : -ENOMEM;

	if (r == 0) {
		r = sql_exec(db, "DROP VIEW IF EXISTS events");
		r = r < 0 ? r : sql_exec(db, sql);
	}
	sqlite3_free(sql);
	return r < 0 ? r : 0;
}

/* Fills an empty database, in one transaction. */
int schema_create(sqlite3 *db)
{
	char pragma[48];
	int r = sql_exec(db, "BEGIN IMMEDIATE");

	snprintf(pragma, sizeof(pragma), "PRAGMA application_id = %d", DB_APPLICATION_ID);
	r = r < 0 ? r : sql_exec(db, pragma);
	r = r < 0 ? r : migrate(db, 0);
	return r < 0 ? r : sql_exec(db, "COMMIT");
}

static int upgrade(sqlite3 *db, const struct handler_table *table)
{
	int64_t version = 0;
	int r = sql_number(db, "PRAGMA user_version", &version);

	r = r < 0 ? r : migrate(db, version);
	r = r < 0 ? r : detail_table_create(db, &unknown_event_type);
	for (size_t i = 0; r >= 0 && i < table->n_handlers; i++)
		r = detail_table_create(db, table->handlers[i]->type);
	if (r >= 0 && version <= DB_SCHEMA_VERSION)
		r = refresh_view(db);
	return r;
}

/*
 * Brings an older schema of our major up to date and gives every event type its tables,
 * in one transaction; costs no write when there is nothing to do.
 */
int schema_upgrade(sqlite3 *db, const struct handler_table *table)
{
	int r = sql_exec(db, "BEGIN IMMEDIATE");

	if (r < 0)
		return r;
	r = upgrade(db, table);
	if (r >= 0)
		r = sql_exec(db, "COMMIT");
	if (r < 0)
		sql_exec(db, "ROLLBACK");
	return r;
}
