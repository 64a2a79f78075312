// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * The path that a flood takes. Events are collected, and so many at once go into the file
 * with one statement for each table: "INSERT INTO event SELECT … FROM rasd_feed", where
 * rasd_feed is a table that is in no file: SQLite asks us for each value of it in turn.
 * What a statement costs beside its rows (cursors, the way from the root to the end of
 * each tree) is paid once for all of them: an event takes half the instructions.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "db/sql.h"
#include "db/writer_feed.h"
#include "util/macro.h"

#define FEED_BYTES (64 * 1024)

/* Before any statement that reads from it is prepared. */
int writer_feed_prepare(struct db_writer *w)
{
	int r = sql_errno(w->db,
			  sqlite3_create_module(w->db, FEED_TABLE, &feed_module, w));
	sqlite3_str *sql = sqlite3_str_new(w->db);

	sqlite3_str_appendf(sql, "INSERT INTO event (%s) SELECT %s FROM " FEED_TABLE,
			    feed_event_columns, feed_event_columns);
	if (r >= 0)
		return sql_prepare_built(w->db, sql, &w->add_events);
	sqlite3_free(sqlite3_str_finish(sql));
	return r;
}

int writer_feed_init(struct db_writer *w)
{
	w->feed = calloc(1, sizeof(*w->feed));
	if (!w->feed)
		return -ENOMEM;
	w->feed->copies =
		(struct arena){ .base = malloc(FEED_BYTES), .size = FEED_BYTES };
	return w->feed->copies.base ? 0 : -ENOMEM;
}

void writer_feed_free(struct db_writer *w)
{
	if (w->feed)
		free(w->feed->copies.base);
	free(TAKE_PTR(w->feed));
}

void writer_feed_clear(struct db_writer *w)
{
	if (!w->feed)
		return;
	w->feed->n = 0;
	arena_reset(&w->feed->copies);
}

static bool copy_value(struct arena *copies, struct value *value)
{
	char *copy;

	if (value->kind != VALUE_TEXT && value->kind != VALUE_BYTES)
		return true;
	copy = arena_copy_text(copies, value->text ? value->text : "", value->len);
	value->text = copy;
	return copy;
}

/* Makes the row's event own what it points to; false: there is no room for it. */
static bool copy_values(struct arena *copies, struct event *event, size_t n_details)
{
	struct value *const values[] = { &event->comm, &event->unit, &event->dimm,
					 &event->device, &event->device_id };

	for (size_t i = 0; i < ARRAY_SIZE(values); i++)
		if (!copy_value(copies, values[i]))
			return false;
	for (size_t i = 0; i < n_details; i++)
		if (!copy_value(copies, &event->detail[i]))
			return false;
	return true;
}

static void fill_row(struct feed_row *row, const struct event *event,
		     const struct value *undecoded)
{
	size_t n = row->inserts->type->n_fields;

	memcpy(&row->event, event, offsetof(struct event, detail));
	if (event->type == row->inserts->type)
		memcpy(row->event.detail, event->detail, n * sizeof(event->detail[0]));
	else
		row->event.detail[0] = undecoded ? *undecoded : (struct value){ 0 };
	memset(row->event.lists, 0, sizeof(row->event.lists));
}

/*
 * The event's row, and that of its detail: written by the next writer_feed_flush(). What
 * the event borrows is copied; it is written at once if there is too much of it.
 */
int writer_feed_add(struct db_writer *w, struct detail_inserts *inserts,
		    const struct event *event, const struct value *undecoded,
		    const struct writer_place *place)
{
	struct writer_feed *feed = w->feed;
	struct feed_row *row = &feed->rows[feed->n++];

	row->id = (int64_t)id_map_id(&w->ids, event->id);
	row->place = *place;
	row->inserts = inserts;
	row->is_refused = false;
	fill_row(row, event, undecoded);
	if (copy_values(&feed->copies, &row->event, inserts->type->n_fields))
		return feed->n < FEED_ROWS ? 0 : writer_feed_flush(w);
	fill_row(row, event, undecoded);
	return writer_feed_flush(w);
}

/* Something about this row, and not about the file: it can go on without it. */
static bool is_refusal(int r)
{
	return r == -EEXIST || r == -EINVAL || r == -ERANGE;
}

/* Counted, and said by whoever wanted it to be stored: see db_refused(). */
static int refuse(struct db_writer *w, struct feed_row *row)
{
	row->is_refused = true;
	w->refused += row->event.count;
	return db_add_loss(w, "unstorable", row->event.count, row->event.time_ns);
}

static int run(struct db_writer *w, sqlite3_stmt *stmt, size_t from, size_t to)
{
	w->feed->from = from;
	w->feed->to = to;
	return writer_failed(w, sql_run(stmt));
}

/* All of them at once; if that is refused, one by one, to find out which. */
static int insert(struct db_writer *w, sqlite3_stmt *stmt, size_t from, size_t to)
{
	int r = run(w, stmt, from, to);

	if (r >= 0 || !is_refusal(r))
		return r;
	for (r = 0; r >= 0 && from < to; from++) {
		r = run(w, stmt, from, from + 1);
		if (is_refusal(r))
			r = refuse(w, &w->feed->rows[from]);
	}
	return r;
}

/* Rows of one type that follow each other go into its table together. */
static int insert_details(struct db_writer *w)
{
	const struct writer_feed *feed = w->feed;
	size_t from = 0;

	while (from < feed->n) {
		struct detail_inserts *inserts = feed->rows[from].inserts;
		bool is_refused = feed->rows[from].is_refused;
		size_t to = from + 1;
		int r;

		while (to < feed->n && feed->rows[to].inserts == inserts &&
		       feed->rows[to].is_refused == is_refused)
			to++;
		r = is_refused ? 0 : insert(w, inserts->detail, from, to);
		if (r < 0)
			return r;
		from = to;
	}
	return 0;
}

/* What the tables say beside that of the events. */
static int count_row(struct db_writer *w, const struct feed_row *row)
{
	const struct event *event = &row->event;
	const struct tally_of of = { .type = row->inserts->type_id,
				     .boot = row->place.boot,
				     .rows = 1,
				     .count = event->count,
				     .retold = row->place.flags & EVENT_RETOLD };
	int r;

	if (row->is_refused)
		return 0;
	r = writer_tally_add(w, event, (uint64_t)row->id, &of);
	return r < 0 || event->address_kind == ADDRESS_NONE ?
		       r :
		       writer_place_address(w, event->address, (uint64_t)row->id);
}

/*
 * Within the batch: before a row of these is read, and at its end. A row that the file
 * does not take (there is one of that id) is counted as lost there, as "unstorable".
 */
int writer_feed_flush(struct db_writer *w)
{
	int r = 0;

	if (!w->feed->n)
		return 0;
	r = insert(w, w->add_events, 0, w->feed->n);
	r = r < 0 ? r : insert_details(w);
	for (size_t i = 0; r >= 0 && i < w->feed->n; i++)
		r = count_row(w, &w->feed->rows[i]);
	writer_feed_clear(w);
	return r;
}
