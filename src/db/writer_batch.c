// SPDX-License-Identifier: LGPL-2.1-or-later

/* Batches and the events in them: the path that a flood takes. */

#include <errno.h>
#include <string.h>

#include "db/schema.h"
#include "db/sql.h"
#include "db/writer_private.h"

/* What is absent in an event is NULL in its row. */
static void bind_unless(sqlite3_stmt *stmt, int index, int64_t number, int64_t absent)
{
	if (number == absent)
		sqlite3_bind_null(stmt, index);
	else
		sqlite3_bind_int64(stmt, index, number);
}

/* In the order of the columns of SQL_ADD_EVENT. */
static void bind_event(const struct db_writer *w, const struct event *event, int64_t id,
		       int64_t type, const struct writer_place *place)
{
	sqlite3_stmt *stmt = w->statements[SQL_ADD_EVENT];
	bool has_address = event->address_kind != ADDRESS_NONE;
	int i = 0;

	sqlite3_bind_int64(stmt, ++i, id);
	bind_unless(stmt, ++i, place->boot, 0);
	bind_unless(stmt, ++i, w->now.run, 0);
	sqlite3_bind_int64(stmt, ++i, event->time_ns);
	bind_unless(stmt, ++i, event->time_last_ns, event->time_ns);
	sqlite3_bind_int64(stmt, ++i, event->count);
	bind_unless(stmt, ++i, event->boottime_ns, 0);
	sqlite3_bind_int64(stmt, ++i, type);
	bind_unless(stmt, ++i, event->severity, SEVERITY_UNKNOWN);
	sqlite3_bind_int64(stmt, ++i, event->component);
	if (has_address)
		sqlite3_bind_int64(stmt, ++i, (int64_t)event->address);
	else
		sqlite3_bind_null(stmt, ++i);
	bind_unless(stmt, ++i, event->address_kind, ADDRESS_NONE);
	bind_unless(stmt, ++i, (int64_t)event->address_mask, 0);
	bind_unless(stmt, ++i, event->cpu, -1);
	bind_unless(stmt, ++i, event->pid, 0);
	bind_unless(stmt, ++i, event->tgid, 0);
	bind_unless(stmt, ++i, event->uid, -1);
	sql_bind_value(stmt, ++i, &event->comm);
	sql_bind_value(stmt, ++i, &event->unit);
	sql_bind_value(stmt, ++i, &event->dimm);
	sql_bind_value(stmt, ++i, &event->device);
	sql_bind_value(stmt, ++i, &event->device_id);
	sqlite3_bind_int64(stmt, ++i, event->source);
	sqlite3_bind_int64(stmt, ++i, place->flags);
}

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

static int insert_unknown(struct detail_inserts *inserts, int64_t id,
			  const struct value *undecoded)
{
	static const struct value absent;

	sqlite3_bind_int64(inserts->detail, 1, id);
	sql_bind_value(inserts->detail, 2, undecoded ? undecoded : &absent);
	return sql_run(inserts->detail);
}

/*
 * One row for the event, one for its detail, one for each element of its lists.
 * `undecoded` is what is stored of an event whose type is NULL; may be NULL itself. One
 * that is to be there once and is gets none, and that is no failure. -EEXIST: the ring's
 * event of that id is stored already.
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
	bind_event(w, event, (int64_t)id, inserts->type_id, &place);
	r = sql_run(w->statements[SQL_ADD_EVENT]);
	if (r >= 0)
		r = inserts->type == &unknown_event_type ?
			    insert_unknown(inserts, (int64_t)id, undecoded) :
			    detail_insert(inserts, (int64_t)id, event);
	writer_failed(w, r);
	if (r >= 0)
		r = writer_tally_add(
			w, event, id,
			&(struct tally_of){ .type = inserts->type_id,
					    .boot = place.boot,
					    .rows = 1,
					    .count = event->count,
					    .retold = place.flags & EVENT_RETOLD });
	if (r >= 0 && id > w->now.id_top)
		w->now.id_top = id;
	return r;
}

/*
 * More of an event that has a row. Returns 0, or 1 if there is no such row (any more):
 * then nothing was added.
 */
int db_add_sum(struct db_writer *w, const struct db_sum *sum)
{
	sqlite3_stmt *stmt = w->statements[SQL_ADD_SUM];
	uint64_t id = id_map_id(&w->ids, sum->event);
	int r;

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
 * -EBUSY: somebody holds a lock on the database. -ESTALE: its file was moved or removed,
 * and what is written to it would be seen by nobody: close, and open anew.
 */
int db_begin(struct db_writer *w)
{
	int moved = 0;

	sqlite3_file_control(w->db, NULL, SQLITE_FCNTL_HAS_MOVED, &moved);
	if (moved) {
		snprintf(w->error, sizeof(w->error), "%s was moved or removed", w->path);
		return -ESTALE;
	}
	w->now = w->committed;
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
	int r = writer_tally_flush(w);

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
	writer_tally_clear(w);
}
