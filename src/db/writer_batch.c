// SPDX-License-Identifier: LGPL-2.1-or-later

/* Batches and the events in them: the path that a flood takes. */

#include <errno.h>
#include <string.h>

#include "db/schema.h"
#include "db/sql.h"
#include "db/writer_private.h"

/*
 * The statements of a type; those of the unknown type for NULL or one not in our table.
 */
static struct detail_inserts *inserts_of(struct db_writer *w,
					 const struct event_type *type)
{
	size_t i = 0;

	while (i < w->n_inserts - 1 && w->inserts[i].type != type)
		i++;
	return &w->inserts[i];
}

/*
 * One row for the event, one for its detail, one for each element of its lists.
 * `undecoded` is what is stored of an event whose type is NULL; may be NULL itself. One
 * that is to be there once and is gets none, and that is no failure. What the event
 * borrows is the caller's again afterwards, but what the file makes of it may be known
 * only later in the batch: see db_refused().
 */
int db_add_event(struct db_writer *w, const struct event *event,
		 const struct value *undecoded)
{
	struct detail_inserts *inserts = inserts_of(w, event->type);
	struct writer_place place = { .boot = w->now.boot, .flags = event->flags };
	uint64_t id = id_map_id(&w->ids, event->id);
	int r;

	if (event->once || event->flags & EVENT_PREVIOUS_BOOT) {
		r = writer_place_once(w, event, inserts->type_id, &place);
		if (r <= 0)
			return r;
	}
	r = writer_failed(w, detail_insert_lists(inserts, (int64_t)id, event));
	r = r < 0 ? r : writer_feed_add(w, inserts, event, undecoded, &place);
	if (r >= 0 && id > w->now.id_top)
		w->now.id_top = id;
	return r;
}

/*
 * How many events of the last batch have no row, since the file did not take it (it has
 * another of that id); they are counted there as lost, as "unstorable".
 */
uint64_t db_refused(const struct db_writer *w)
{
	return w->refused;
}

/*
 * More of an event that has a row. Returns 0, or 1 if there is no such row (any more):
 * then nothing was added.
 */
int db_add_sum(struct db_writer *w, const struct db_sum *sum)
{
	sqlite3_stmt *stmt = w->statements[SQL_ADD_SUM];
	uint64_t id = id_map_id(&w->ids, sum->event);
	int r = writer_feed_flush(w);

	if (r < 0)
		return r;
	sqlite3_bind_int64(stmt, 1, (int64_t)id);
	sqlite3_bind_int64(stmt, 2, (int64_t)sum->count);
	sqlite3_bind_int64(stmt, 3, sum->time_last_ns);
	r = writer_run(w, SQL_ADD_SUM);
	if (r >= 0 && sqlite3_changes(w->db) == 0)
		return 1;
	return r < 0 ? r : writer_tally_more(w, id, sum->count, sum->time_last_ns);
}

static int add_ring(struct db_writer *w, const char *ring_id)
{
	sqlite3_stmt *stmt = w->statements[SQL_ADD_RING];

	sqlite3_bind_text(stmt, 1, ring_id, -1, SQLITE_STATIC);
	sqlite3_bind_int64(stmt, 2, (int64_t)w->now.id_top);
	w->ids = (struct id_map){ .base = w->now.id_top, .earlier = w->ids.earlier };
	return writer_run(w, SQL_ADD_RING);
}

/*
 * Names the ring that the next batches come from, by its id. *ret_position is up to where
 * this database has what was in it: 0 for a ring that it has not seen.
 */
int db_attach_ring(struct db_writer *w, const char *ring_id, uint64_t *ret_position)
{
	sqlite3_stmt *stmt = w->statements[SQL_FIND_RING];
	uint64_t position = 0, top = 0;
	int r;

	if (strlen(ring_id) >= sizeof(w->ring))
		return -ENAMETOOLONG;
	strcpy(w->ring, ring_id);
	sqlite3_bind_text(stmt, 1, w->ring, -1, SQLITE_STATIC);
	r = sql_next(stmt);
	if (r == 1) {
		position = (uint64_t)sqlite3_column_int64(stmt, 0);
		w->ids.base = (uint64_t)sqlite3_column_int64(stmt, 1);
		top = (uint64_t)sqlite3_column_int64(stmt, 2);
	}
	writer_failed(w, r);
	sqlite3_reset(stmt);
	if (r >= 0)
		r = r == 0 ? add_ring(w, w->ring) : writer_find_ids(w, top);
	if (r < 0)
		return r;
	*ret_position = position;
	return 0;
}

/* The id in the database of what comes = this + its id in the attached ring. */
uint64_t db_ring_id_base(const struct db_writer *w)
{
	return w->ids.base;
}

/*
 * -EBUSY: somebody holds a lock on the database. -ESTALE: a file of it was moved or
 * removed, or a newer program has changed its schema; -EUCLEAN: it is damaged: close, and
 * open anew.
 */
int db_begin(struct db_writer *w)
{
	int r = writer_look(w);

	if (r < 0)
		return r;
	w->now = w->committed;
	w->refused = 0;
	writer_feed_clear(w);
	writer_tally_clear(w);
	return writer_run(w, SQL_BEGIN);
}

/*
 * When it returns 0, the batch and the position are on disk. On failure nothing of the
 * batch is kept, and no rollback is needed.
 */
int db_commit(struct db_writer *w, uint64_t ring_position)
{
	sqlite3_stmt *stmt = w->statements[SQL_SET_RING];
	int r = writer_feed_flush(w);

	r = r < 0 ? r : writer_tally_flush(w);
	if (r >= 0 && w->ring[0]) {
		sqlite3_bind_text(stmt, 1, w->ring, -1, SQLITE_STATIC);
		sqlite3_bind_int64(stmt, 2, (int64_t)ring_position);
		sqlite3_bind_int64(stmt, 3, (int64_t)w->now.id_top);
		r = writer_run(w, SQL_SET_RING);
	}
	r = r < 0 ? r : writer_run(w, SQL_COMMIT);
	if (r < 0)
		db_rollback(w);
	else
		w->committed = w->now;
	return r;
}

/* Gives up the batch. Without one, it does nothing. */
void db_rollback(struct db_writer *w)
{
	if (!sqlite3_get_autocommit(w->db))
		sql_exec(w->db, "ROLLBACK");
	w->now = w->committed;
	writer_place_forget(w);
	writer_feed_clear(w);
	writer_tally_clear(w);
}
