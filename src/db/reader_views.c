// SPDX-License-Identifier: LGPL-2.1-or-later

/* What is asked of a database beside its events. */

#include <stdlib.h>
#include <string.h>

#include "db/reader_private.h"
#include "db/schema.h"
#include "db/sql.h"
#include "util/macro.h"

static const char *text_of(sqlite3_stmt *stmt, int column)
{
	const char *text = (const char *)sqlite3_column_text(stmt, column);

	return text ? text : "";
}

_Static_assert(EVENT_RETOLD == 8, "as DB_RETOLD has it");

/* Calls `each` for the sums of all losses, by stage and instance. */
int db_read_losses(struct db_reader *r, int (*each)(const struct db_loss *row, void *arg),
		   void *arg)
{
	_cleanup_(sql_finalize) sqlite3_stmt *stmt = NULL;
	int res = sql_prepare(
		r->db,
		"SELECT stage, instance, sum(count), min(time_from),"
		" max(time_to) FROM loss GROUP BY stage, instance ORDER BY 1, 2",
		&stmt);

	while (res >= 0 && (res = sql_next(stmt)) == 1) {
		res = each(
			&(struct db_loss){
				.stage = text_of(stmt, 0),
				.instance = text_of(stmt, 1),
				.count = (uint64_t)sqlite3_column_int64(stmt, 2),
				.first_ns = sqlite3_column_int64(stmt, 3),
				.last_ns = sqlite3_column_int64(stmt, 4),
			},
			arg);
		if (res)
			return res;
	}
	return res;
}

#define copy_column(stmt, column, array) \
	snprintf(array, sizeof(array), "%s", text_of(stmt, column))

static void fill_run(sqlite3_stmt *stmt, struct db_last_run *ret)
{
	struct db_run *run = &ret->run;

	ret->id = sqlite3_column_int64(stmt, 0);
	run->time_ns = sqlite3_column_int64(stmt, 1);
	ret->stopped_ns = sqlite3_column_int64(stmt, 2);
	ret->clean = sqlite3_column_int(stmt, 3);
	run->pid = sqlite3_column_int(stmt, 4);
	run->config_hash = (uint64_t)sqlite3_column_int64(stmt, 5);
	run->page_size = (uint32_t)sqlite3_column_int64(stmt, 6);
	copy_column(stmt, 7, run->version);
	copy_column(stmt, 8, run->instance);
	copy_column(stmt, 9, run->ring);
	copy_column(stmt, 10, run->boot_id);
	copy_column(stmt, 11, run->machine_id);
	copy_column(stmt, 12, run->kernel);
	copy_column(stmt, 13, run->arch);
}

/* 1, or 0 if no run was ever recorded, or a negative errno. */
int db_read_last_run(struct db_reader *r, struct db_last_run *ret)
{
	_cleanup_(sql_finalize) sqlite3_stmt *stmt = NULL;
	int res = sql_prepare(
		r->db,
		"SELECT run.id, started, stopped, clean, pid, config_hash,"
		" page_size, version, instance, ring, boot_id, machine_id, kernel,"
		" arch FROM run LEFT JOIN boot ON boot.id = run.boot"
		" ORDER BY run.id DESC LIMIT 1",
		&stmt);

	res = res < 0 ? res : sql_next(stmt);
	if (res == 1)
		fill_run(stmt, ret);
	return res;
}

/*
 * Which row of `boot` is meant: by its id as the kernel has it (dashes or not), or
 * counted as journalctl counts: 0 the last one, -1 the one before it, 1 the first there
 * is. Returns 1, or 0 if there is no such boot, or a negative errno.
 */
int db_find_boot(struct db_reader *r, const char *boot, int64_t *ret)
{
	_cleanup_(sql_finalize) sqlite3_stmt *stmt = NULL;
	char *end;
	long n = strtol(boot, &end, 10);
	bool is_number = *boot && !*end && strlen(boot) < 10;
	int res = sql_prepare(
		r->db,
		!is_number ? "SELECT id FROM boot WHERE replace(boot_id, '-', '') ="
			     " replace(?1, '-', '') COLLATE NOCASE" :
		n > 0	   ? "SELECT id FROM boot ORDER BY id LIMIT 1 OFFSET ?1 - 1" :
			     "SELECT id FROM boot ORDER BY id DESC LIMIT 1 OFFSET -?1",
		&stmt);

	if (res < 0)
		return res;
	if (is_number)
		sqlite3_bind_int64(stmt, 1, n);
	else
		sqlite3_bind_text(stmt, 1, boot, -1, SQLITE_STATIC);
	res = sql_next(stmt);
	if (res == 1)
		*ret = sqlite3_column_int64(stmt, 0);
	return res;
}

static int read_db_id(struct db_reader *r, struct db_facts *ret)
{
	_cleanup_(sql_finalize) sqlite3_stmt *stmt = NULL;
	int res = sql_prepare(r->db, "SELECT value FROM info WHERE key = 'db_id'", &stmt);

	res = res < 0 ? res : sql_next(stmt);
	if (res == 1)
		copy_column(stmt, 0, ret->db_id);
	return res;
}

int db_read_facts(struct db_reader *r, struct db_facts *ret)
{
	struct db_facts facts = { 0 };
	int64_t schema = 0, first = 0, last = 0, pruned = 0;
	int res = read_db_id(r, &facts);

	res = res < 0 ? res : sql_number(r->db, "PRAGMA user_version", &schema);
	res = res < 0 ? res : sql_number(r->db, "SELECT min(id) FROM event", &first);
	res = res < 0 ? res : sql_number(r->db, "SELECT max(id) FROM event", &last);
	res = res < 0 ? res :
			sql_number(r->db, "SELECT max(time) FROM event",
				   &facts.last_event_ns);
	res = res < 0 ? res :
			sql_number(r->db,
				   "SELECT value FROM info WHERE key = 'pruned_rows'",
				   &pruned);
	if (res < 0)
		return res;
	facts.schema = (int)schema;
	facts.first_id = (uint64_t)first;
	facts.last_id = (uint64_t)last;
	facts.pruned = (uint64_t)pruned;
	*ret = facts;
	return 0;
}
