// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * A ring that has a row already, and above whose ids another has taken some: it goes on
 * above those. Earlier bases are in `info`, as "UNTIL:BASE " one after another; id_base
 * in the ring's row is the newest, so that an older program takes no id twice either.
 */

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "db/sql.h"
#include "db/writer_private.h"

static int append(struct id_map *map, uint64_t until, uint64_t base)
{
	struct id_stretch *grown =
		realloc(map->earlier, (map->n_earlier + 1) * sizeof(struct id_stretch));

	if (!grown)
		return -ENOMEM;
	map->earlier = grown;
	map->earlier[map->n_earlier++] = (struct id_stretch){ until, base };
	return 0;
}

static int parse(struct id_map *map, const char *text)
{
	uint64_t until, base;
	int used, r = 0;

	for (; r >= 0 &&
	       sscanf(text, "%" SCNu64 ":%" SCNu64 " %n", &until, &base, &used) == 2;
	     text += used)
		r = append(map, until, base);
	return r;
}

static int load(struct db_writer *w)
{
	_cleanup_(sql_finalize) sqlite3_stmt *stmt = NULL;
	int r = sql_prepare(w->db, "SELECT value FROM info WHERE key = 'ring_ids ' || ?1",
			    &stmt);

	w->ids.n_earlier = 0;
	if (r < 0)
		return r;
	sqlite3_bind_text(stmt, 1, w->ring, -1, SQLITE_STATIC);
	r = sql_next(stmt);
	if (r == 1 && sqlite3_column_type(stmt, 0) == SQLITE_TEXT)
		r = parse(&w->ids, (const char *)sqlite3_column_text(stmt, 0));
	return r < 0 ? r : 0;
}

static int store(struct db_writer *w, const struct id_stretch *before)
{
	_cleanup_(sql_finalize) sqlite3_stmt *stretch = NULL;
	_cleanup_(sql_finalize) sqlite3_stmt *ring = NULL;
	char text[64];
	int r = sql_prepare(w->db,
			    "INSERT INTO info VALUES ('ring_ids ' || ?1, ?2)"
			    " ON CONFLICT (key) DO UPDATE SET"
			    " value = value || excluded.value",
			    &stretch);

	r = r < 0 ? r :
		    sql_prepare(w->db,
				"UPDATE ring SET id_base = ?2, id_top = ?3 WHERE id = ?1",
				&ring);
	if (r < 0)
		return r;
	snprintf(text, sizeof(text), "%" PRIu64 ":%" PRIu64 " ", before->until,
		 before->base);
	sqlite3_bind_text(stretch, 1, w->ring, -1, SQLITE_STATIC);
	sqlite3_bind_text(stretch, 2, text, -1, SQLITE_STATIC);
	sqlite3_bind_text(ring, 1, w->ring, -1, SQLITE_STATIC);
	sqlite3_bind_int64(ring, 2, (int64_t)w->ids.base);
	sqlite3_bind_int64(ring, 3, (int64_t)w->now.id_top);
	r = sql_run(stretch);
	return r < 0 ? r : sql_run(ring);
}

static int move_up(struct db_writer *w, uint64_t top)
{
	const struct id_stretch before = { top - w->ids.base + 1, w->ids.base };
	int r = sql_exec(w->db, "BEGIN IMMEDIATE");

	w->ids.base = w->now.id_top - (before.until - 1);
	r = r < 0 ? r : store(w, &before);
	r = r < 0 ? r : sql_exec(w->db, "COMMIT");
	if (r < 0)
		sql_exec(w->db, "ROLLBACK");
	return r < 0 ? r : append(&w->ids, before.until, before.base);
}

/* With w->ids.base as the ring's row has it; `top` is the highest id of that row. */
int writer_find_ids(struct db_writer *w, uint64_t top)
{
	int r = load(w);

	if (r >= 0 && w->now.id_top > top)
		r = move_up(w, top);
	return writer_failed(w, r);
}
