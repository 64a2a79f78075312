// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Databases of every version of the schema that there has been, as the programs of their
 * time made them (tests/golden/db): read as they are, and brought up to date.
 */

#include "rasctl_fixture.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "db/schema.h"
#include "handlers/table.h"
#include "util/macro.h"

#define OLDEST (DB_SCHEMA_MAJOR * 1000)

static char *fixture_text(int version)
{
	char path[512];
	char *text = NULL;
	size_t size = 0;
	FILE *file;

	snprintf(path, sizeof(path), "%s/tests/golden/db/%d.sql",
		 getenv("top_srcdir") ? getenv("top_srcdir") : ".", version);
	file = fopen(path, "r");
	if (!file)
		return NULL;
	if (getdelim(&text, &size, '\0', file) < 0)
		fail_msg("%s: %s", path, strerror(errno));
	fclose(file);
	return text;
}

/* The fixture's database is one of that version. */
static void load(struct fixture *f, int version)
{
	char *text = fixture_text(version);

	if (!text)
		fail_msg("tests/golden/db/%d.sql is missing: make it with the program "
			 "before the version was raised (tests/golden/db/make)",
			 version);
	unlink(f->db);
	ask_nothing(f->db, text);
	free(text);
	assert_int_equal(ask_number(f->db, "PRAGMA user_version"), version);
}

static void for_each_version(struct fixture *f, void (*check)(struct fixture *f))
{
	for (int version = OLDEST; version <= DB_SCHEMA_VERSION; version++) {
		char *text = fixture_text(version);
		bool has = text;

		free(text);
		/* today's need not be kept yet */
		if (version == DB_SCHEMA_VERSION && !has)
			continue;
		load(f, version);
		print_message("# version %d\n", version);
		check(f);
	}
}

static void migrate(struct fixture *f)
{
	db_writer_close(open_writer(f->db));
}

static void run_sql(sqlite3 *db, const char *sql)
{
	char *why = NULL;

	if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
		fail_msg("%s: %s", sql, why);
}

static sqlite3 *open_with(const char *path, const char *name, const char *other)
{
	sqlite3 *db = NULL;
	char sql[256];

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	snprintf(sql, sizeof(sql), "ATTACH '%s' AS %s", other, name);
	run_sql(db, sql);
	return db;
}

static int64_t number(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *stmt = NULL;
	int64_t found;

	if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	found = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return found;
}

/* All rows of the table of `old` are in that of `main`, by the columns that `old` has. */
static void has_rows_of(sqlite3 *db, const char *table)
{
	sqlite3_str *columns = sqlite3_str_new(db);
	sqlite3_stmt *stmt = NULL;
	char sql[8192];
	char *list;

	snprintf(sql, sizeof(sql), "SELECT name FROM pragma_table_info('%s', 'old')",
		 table);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
	while (sqlite3_step(stmt) == SQLITE_ROW)
		sqlite3_str_appendf(columns, "%s\"%w\"",
				    sqlite3_str_length(columns) ? ", " : "",
				    sqlite3_column_text(stmt, 0));
	sqlite3_finalize(stmt);
	list = sqlite3_str_finish(columns);
	assert_true(strlen(list) < sizeof(sql) / 4);
	snprintf(sql, sizeof(sql),
		 "SELECT count(*) FROM (SELECT %s FROM old.\"%s\" EXCEPT"
		 " SELECT %s FROM main.\"%s\")",
		 list, table, list, table);
	if (number(db, sql) != 0)
		fail_msg("%s has lost rows", table);
	sqlite3_free(list);
}

/* Calls `check` with the name of each table that `old` has. */
static void for_each_table(sqlite3 *db, void (*check)(sqlite3 *db, const char *table))
{
	sqlite3_stmt *stmt = NULL;

	assert_int_equal(sqlite3_prepare_v2(db,
					    "SELECT name FROM old.sqlite_master"
					    " WHERE type = 'table'",
					    -1, &stmt, NULL),
			 SQLITE_OK);
	while (sqlite3_step(stmt) == SQLITE_ROW)
		check(db, (const char *)sqlite3_column_text(stmt, 0));
	sqlite3_finalize(stmt);
}

/* The database with a copy of it as it is now, to be compared with what becomes of it. */
static void keep_copy(struct fixture *f, char *ret, size_t size)
{
	char sql[256];

	snprintf(ret, size, "%s/old.db", f->dir);
	unlink(ret);
	snprintf(sql, sizeof(sql), "VACUUM INTO '%s'", ret);
	ask_nothing(f->db, sql);
}

static void keeps_rows(struct fixture *f)
{
	char old[128];
	sqlite3 *db;

	assert_true(ask_number(f->db, "SELECT count(*) FROM event") > 5);
	keep_copy(f, old, sizeof(old));
	migrate(f);
	assert_int_equal(ask_number(f->db, "PRAGMA user_version"), DB_SCHEMA_VERSION);
	db = open_with(f->db, "old", old);
	for_each_table(db, has_rows_of);
	assert_int_equal(number(db, "SELECT count(*) FROM main.event"),
			 number(db, "SELECT count(*) FROM old.event"));
	assert_int_equal(number(db, "SELECT count(*) FROM pragma_integrity_check"
				    " WHERE integrity_check != 'ok'"),
			 0);
	sqlite3_close(db);
}

static void has_columns_of(sqlite3 *db, const char *table)
{
	char sql[512];

	snprintf(sql, sizeof(sql),
		 "SELECT count(*) FROM (SELECT name, type FROM pragma_table_info('%s',"
		 " 'old') EXCEPT SELECT name, type FROM pragma_table_info('%s', 'main'))",
		 table, table);
	if (number(db, sql) != 0)
		fail_msg("%s is not as in a new database", table);
}

static void has_all_of(sqlite3 *db, const char *type, const char *what, const char *of)
{
	char sql[512];

	snprintf(sql, sizeof(sql),
		 "SELECT count(*) FROM (SELECT name, sql FROM %s.sqlite_master"
		 " WHERE type = '%s' EXCEPT SELECT name, sql FROM %s.sqlite_master)",
		 of, type, what);
	if (number(db, sql) != 0)
		fail_msg("not every %s of %s is in %s", type, of, what);
}

/* Nothing tells a database that was brought up to date from one that was made today. */
static void becomes_as_new(struct fixture *f)
{
	char fresh[128];
	sqlite3 *db;

	migrate(f);
	snprintf(fresh, sizeof(fresh), "%s/fresh.db", f->dir);
	unlink(fresh);
	db_writer_close(open_writer(fresh));
	db = open_with(f->db, "old", fresh);
	for_each_table(db, has_columns_of);
	has_all_of(db, "index", "main", "old");
	has_all_of(db, "index", "old", "main");
	has_all_of(db, "view", "main", "old");
	has_all_of(db, "view", "old", "main");
	sqlite3_close(db);
}

/* Events of all of today's types beside those that were there, and all are counted. */
static void is_written(struct fixture *f)
{
	int64_t before = ask_number(f->db, "SELECT count(*) FROM event");
	struct db_writer *w;
	struct event event;
	uint64_t id = 5000;

	migrate(f);
	w = begin_batch(f);
	for (size_t i = 0; i < handlers_table.n_handlers; i++) {
		sample_event(f, handlers_table.handlers[i]->type->name, &event);
		store_event(w, &event, id++);
	}
	commit_and_close(w);
	assert_int_equal(ask_number(f->db, "SELECT count(*) FROM event"),
			 before + (int64_t)handlers_table.n_handlers);
	assert_int_equal(ask_number(f->db, "SELECT sum(rows) FROM tally"),
			 before + (int64_t)handlers_table.n_handlers);
	assert_true(ask_number(f->db, "SELECT count(*) FROM event"
				      " WHERE device = 'mem0' AND id >= 5000") > 5);
}

static size_t listed(struct fixture *f, const char *key, const char *verb)
{
	struct json_object *o;
	size_t n;

	assert_int_equal(RASCTL(f, verb, "-o", "json"), CTL_OK);
	assert_string_equal(said.err, "");
	o = parse(said.out);
	n = json_object_array_length(get(o, key));
	json_object_put(o);
	return n;
}

/* Rows of a table that an older version may not have. */
static size_t rows_of(struct fixture *f, const char *table)
{
	char sql[128];

	snprintf(sql, sizeof(sql), "SELECT count(*) FROM sqlite_master WHERE name = '%s'",
		 table);
	if (!ask_number(f->db, sql))
		return 0;
	snprintf(sql, sizeof(sql), "SELECT count(*) FROM %s", table);
	return (size_t)ask_number(f->db, sql);
}

static void rasctl_reads(struct fixture *f)
{
	size_t units = rows_of(f, "hit"), actions = rows_of(f, "action");

	assert_int_equal(listed(f, "events", "events"), rows_of(f, "event"));
	assert_true(listed(f, "summary", "summary") > 5);
	assert_int_equal(listed(f, "units", "units"), units);
	assert_int_equal(listed(f, "actions", "actions"), actions);
	assert_int_equal(RASCTL(f, "show", "1"), CTL_OK);
	assert_non_null(strstr(said.out, "memory-failure"));
	assert_string_equal(said.err, "");
	assert_int_equal(RASCTL(f, "status"), CTL_OK);
	assert_non_null(strstr(said.out, "17 in kernel-ring of rasd"));
	assert_int_equal(RASCTL(f, "db", "check"), CTL_OK);
	assert_int_equal(RASCTL(f, "export"), CTL_OK);
	assert_int_equal(count_lines(said.out), rows_of(f, "event"));
}

static void what_is_told(struct fixture *f, char **ret)
{
	assert_int_equal(RASCTL(f, "events", "-o", "ndjson"), CTL_OK);
	*ret = strdup(said.out);
}

/* As it is, without bringing it up to date; and the same is told of it afterwards. */
static void is_read(struct fixture *f)
{
	int64_t version = ask_number(f->db, "PRAGMA user_version");
	char *before, *after;

	rasctl_reads(f);
	what_is_told(f, &before);
	assert_int_equal(ask_number(f->db, "PRAGMA user_version"), version);
	migrate(f);
	rasctl_reads(f);
	what_is_told(f, &after);
	assert_string_equal(before, after);
	free(before);
	free(after);
}

static void every_version_keeps_its_rows(void **state)
{
	for_each_version(*state, keeps_rows);
}

static void every_version_becomes_as_new(void **state)
{
	for_each_version(*state, becomes_as_new);
}

static void every_version_is_written_to(void **state)
{
	for_each_version(*state, is_written);
}

static void every_version_is_read(void **state)
{
	for_each_version(*state, is_read);
}

/* Additions that today's program does not know are left alone. */
static void a_newer_minor_is_read_and_written(void **state)
{
	struct fixture *f = *state;

	load(f, DB_SCHEMA_VERSION - 1);
	migrate(f);
	ask_nothing(f->db,
		    "PRAGMA user_version = 1999;"
		    "ALTER TABLE event ADD COLUMN weight INTEGER DEFAULT 7;"
		    "ALTER TABLE mc ADD COLUMN colour TEXT;"
		    "CREATE TABLE module (id INTEGER PRIMARY KEY);"
		    "DROP VIEW events;"
		    "CREATE VIEW events AS SELECT *, 'theirs' AS whose FROM event");
	rasctl_reads(f);
	is_written(f);
	rasctl_reads(f);
	assert_int_equal(ask_number(f->db, "PRAGMA user_version"), 1999);
	assert_int_equal(ask_number(f->db, "SELECT count(*) FROM events WHERE weight = 7"
					   " AND whose = 'theirs'"),
			 ask_number(f->db, "SELECT count(*) FROM event"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_newer_minor_is_read_and_written),
		TEST(every_version_keeps_its_rows),
		TEST(every_version_becomes_as_new),
		TEST(every_version_is_written_to),
		TEST(every_version_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
