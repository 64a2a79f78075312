// SPDX-License-Identifier: LGPL-2.1-or-later

#include "db/schema.h"

#include <errno.h>
#include <string.h>

#include "db/detail.h"
#include "db/sql.h"
#include "db/tally.h"
#include "db/views.h"
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
 * those of event/kinds.h; the view "events" has them as words, see db/views.c.
 *
 * Event ids are never used twice, whatever is deleted: a ring's ids begin at `id_base` of
 * its row, and a new ring's base is the highest `id_top` there is. See also db/id_map.h.
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

/*
 * What rasd made of events; the numbers are those of event/acts.h. An action's id is from
 * the same numbers as those of events. An event that is named need not have a row (any
 * more). `start` is the boot clock's.
 */
static const char acts_sql[] =
	"CREATE TABLE hit ("
	" id INTEGER PRIMARY KEY, event INTEGER, time INTEGER NOT NULL, pid INTEGER,"
	" tgid INTEGER, uid INTEGER, start INTEGER, comm TEXT, unit TEXT, user_unit TEXT,"
	" invocation TEXT, cgroup TEXT, is_unit INTEGER NOT NULL,"
	" evidence INTEGER NOT NULL, address INTEGER, why TEXT);"
	"CREATE INDEX hit_event ON hit (event);"
	"CREATE INDEX hit_unit ON hit (unit);"
	"CREATE TABLE link ("
	" \"from\" INTEGER NOT NULL, \"to\" INTEGER NOT NULL, kind INTEGER NOT NULL,"
	" evidence INTEGER NOT NULL, PRIMARY KEY (\"from\", \"to\", kind)) WITHOUT ROWID;"
	"CREATE INDEX link_to ON link (\"to\");"
	"CREATE TABLE action ("
	" id INTEGER PRIMARY KEY, event INTEGER, asked INTEGER NOT NULL, done INTEGER,"
	" rule INTEGER NOT NULL, kind INTEGER NOT NULL, outcome INTEGER NOT NULL,"
	" error INTEGER, tries INTEGER NOT NULL, verified INTEGER NOT NULL,"
	" before_record INTEGER NOT NULL, address INTEGER, unit TEXT, invocation TEXT,"
	" note TEXT, boot INTEGER REFERENCES boot (id), run INTEGER REFERENCES run (id));"
	"CREATE INDEX action_event ON action (event);"
	"CREATE INDEX action_asked ON action (asked);"
	"CREATE INDEX action_unit ON action (unit, asked) WHERE unit IS NOT NULL;"
	"CREATE INDEX action_pending ON action (boot) WHERE " DB_PENDING ";"
	"CREATE TABLE page ("
	" address INTEGER PRIMARY KEY, corrected INTEGER NOT NULL, first INTEGER,"
	" last INTEGER, debt INTEGER NOT NULL, state INTEGER NOT NULL,"
	" boot INTEGER REFERENCES boot (id));";

/* Keys of events that their source tells again at each start; see struct event. */
#define ONCE_SQL \
	"CREATE TABLE once (key INTEGER PRIMARY KEY, time INTEGER NOT NULL, source INTEGER);"

/*
 * What is asked of events, and a summary of them; see db/tally.h. Indexes cost the
 * writer: those that stand here have no entry for most events. What is usual (a corrected
 * error) is in none of them.
 */
static const char query_sql[] =
	"CREATE TABLE tally ("
	" day INTEGER NOT NULL, boot INTEGER NOT NULL, type INTEGER NOT NULL,"
	" severity INTEGER NOT NULL, component INTEGER NOT NULL, device TEXT NOT NULL,"
	" dimm TEXT NOT NULL, cpu INTEGER NOT NULL, retold INTEGER NOT NULL,"
	" rows INTEGER NOT NULL, count INTEGER NOT NULL, first_id INTEGER NOT NULL, last_id INTEGER NOT NULL,"
	" first INTEGER NOT NULL, last INTEGER NOT NULL,"
	" PRIMARY KEY (day, boot, type, severity, component, device, dimm, cpu, retold))"
	" WITHOUT ROWID;"
	"CREATE INDEX event_mild ON event (severity) WHERE " DB_MILD ";"
	"CREATE INDEX event_unit ON event (unit) WHERE unit IS NOT NULL;"
	"CREATE TABLE place (kind INTEGER NOT NULL, name NOT NULL, stretch INTEGER NOT NULL,"
	" PRIMARY KEY (kind, name, stretch)) WITHOUT ROWID;";

/*
 * Severities and addresses have places, too. What their indexes cost in a flood was a
 * fifth of all; and more than all the rest where addresses differ, since each entry was
 * on another page of the file. A program that knows no such places does without them.
 */
#define SEVERITIES_IN(index, condition)                                         \
	"INSERT OR IGNORE INTO place SELECT 3, n.column2, e.stretch FROM"       \
	" (SELECT DISTINCT ifnull(severity, 5) AS severity, id >> 9 AS stretch" \
	" FROM event INDEXED BY " index " WHERE " condition ") e"               \
	" JOIN " PLACE_SEVERITIES " n ON n.column1 = e.severity;"

/* clang-format off */
static const char places_sql[] =
	"CREATE INDEX place_stretch ON place (stretch);"
	"CREATE INDEX once_kept ON once (time) WHERE " DB_KEPT ";"
	"CREATE INDEX IF NOT EXISTS event_severe ON event (severity) WHERE " DB_SEVERE ";"
	"CREATE INDEX IF NOT EXISTS event_mild ON event (severity) WHERE " DB_MILD ";"
	"CREATE INDEX IF NOT EXISTS event_address ON event (address)"
	" WHERE address IS NOT NULL;"
	SEVERITIES_IN("event_severe", DB_SEVERE)
	SEVERITIES_IN("event_mild", DB_MILD)
	"INSERT OR IGNORE INTO place SELECT DISTINCT 4, address >> 16, id >> 9 FROM event"
	" INDEXED BY event_address WHERE address IS NOT NULL;"
	"INSERT INTO info SELECT 'place_top', value FROM info WHERE key = 'tally_top';"
	"DROP INDEX event_severe; DROP INDEX event_mild; DROP INDEX event_address;";
/* clang-format on */

_Static_assert(PLACE_SEVERITY == 3 && PLACE_BLOCK == 4 && PLACE_BITS == 9 &&
		       PLACE_BLOCK_BITS == 16,
	       "as the places above have it");

/* In rising order of version. A migration of a minor adds tables and columns, and changes
 * none; indexes come and go. */
static const struct migration {
	int version;
	const char *sql;
} migrations[] = {
	{ 1000, base_sql },
	{ 1001, acts_sql },
	{ 1002, "ALTER TABLE event ADD COLUMN device TEXT;"
		"ALTER TABLE event ADD COLUMN device_id TEXT;" ONCE_SQL },
	{ 1002, query_sql },
	{ 1003, places_sql },
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

#define BEHIND_TALLY \
	" id > ifnull(" TALLY_TOP ", (SELECT ifnull(max(last_id), 0) FROM tally))"
#define BEHIND_PLACES "e.id > ifnull(" PLACE_TOP ", 0)"

static const char complete_tally_sql[] =
	"INSERT INTO tally (day, boot, type, severity, component, device,"
	" dimm, cpu, retold, rows, count, first_id, last_id, first, last)"
	" SELECT " TALLY_KEY_OF_EVENT ", count(*), sum(count), min(id),"
	" max(id), min(time), max(ifnull(time_last, time)) FROM event"
	" WHERE" BEHIND_TALLY " GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9" TALLY_ADD;

static int is_behind(sqlite3 *db, const char *top)
{
	char question[160];
	int64_t behind = 0;
	int r;

	snprintf(question, sizeof(question),
		 "SELECT ifnull((SELECT max(id) FROM event), 0) > ifnull(%s, -1)", top);
	r = sql_number(db, question, &behind);
	return r < 0 ? r : behind != 0;
}

/*
 * Counts the events that a program without a tally, or without places, wrote behind those
 * that are counted. Costs nothing when there are none.
 */
int tally_complete(sqlite3 *db)
{
	int r, tally = is_behind(db, TALLY_TOP), places = is_behind(db, PLACE_TOP);

	if (tally < 0 || places < 0)
		return tally < 0 ? tally : places;
	if (!tally && !places)
		return 0;
	r = places ? places_fill(db, BEHIND_PLACES) : 0;
	if (r >= 0 && tally)
		r = sql_exec(db, complete_tally_sql);
	return r < 0 ? r :
		       sql_exec(db,
				"INSERT OR REPLACE INTO info"
				" SELECT column1, (SELECT ifnull(max(id), 0) FROM event)"
				" FROM (VALUES ('tally_top'), ('place_top'))");
}

/* Fills an empty database, in one transaction. */
int schema_create(sqlite3 *db)
{
	char pragma[48];
	/* so that what is removed can be given back; only while there is no table */
	int r = sql_exec(db, "PRAGMA auto_vacuum = INCREMENTAL");

	r = r < 0 ? r : sql_exec(db, "BEGIN IMMEDIATE");
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
	r = r < 0 ? r : tally_complete(db);
	r = r < 0 ? r : detail_table_create(db, &unknown_event_type);
	for (size_t i = 0; r >= 0 && i < table->n_handlers; i++)
		r = detail_table_create(db, table->handlers[i]->type);
	if (r >= 0 && version <= DB_SCHEMA_VERSION)
		r = views_refresh(db);
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
