// SPDX-License-Identifier: LGPL-2.1-or-later

/* Events out of rows, one at a time. */

#include <errno.h>
#include <string.h>

#include "db/reader_private.h"
#include "db/schema.h"
#include "db/sql.h"
#include "util/macro.h"

enum {
	ID,
	TIME,
	TIME_LAST,
	COUNT,
	BOOTTIME,
	TYPE,
	SEVERITY,
	COMPONENT,
	ADDRESS,
	ADDRESS_KIND,
	ADDRESS_MASK,
	CPU,
	PID,
	TGID,
	UID,
	COMM,
	UNIT,
	DIMM,
	DEVICE,
	DEVICE_ID,
	SOURCE,
	FLAGS,
	COLUMNS
};

static const struct field columns[COLUMNS] = {
	[ID] = { .name = "id", .kind = FIELD_UINT },
	[TIME] = { .name = "time", .kind = FIELD_INT },
	[TIME_LAST] = { .name = "time_last", .kind = FIELD_INT },
	[COUNT] = { .name = "count", .kind = FIELD_UINT },
	[BOOTTIME] = { .name = "boottime", .kind = FIELD_INT },
	[TYPE] = { .name = "type", .kind = FIELD_INT },
	[SEVERITY] = { .name = "severity", .kind = FIELD_INT },
	[COMPONENT] = { .name = "component", .kind = FIELD_INT },
	[ADDRESS] = { .name = "address", .kind = FIELD_HEX },
	[ADDRESS_KIND] = { .name = "address_kind", .kind = FIELD_INT },
	[ADDRESS_MASK] = { .name = "address_mask", .kind = FIELD_HEX },
	[CPU] = { .name = "cpu", .kind = FIELD_INT },
	[PID] = { .name = "pid", .kind = FIELD_INT },
	[TGID] = { .name = "tgid", .kind = FIELD_INT },
	[UID] = { .name = "uid", .kind = FIELD_INT },
	[COMM] = { .name = "comm", .kind = FIELD_TEXT },
	[UNIT] = { .name = "unit", .kind = FIELD_TEXT },
	[DIMM] = { .name = "dimm", .kind = FIELD_TEXT },
	[DEVICE] = { .name = "device", .kind = FIELD_TEXT },
	[DEVICE_ID] = { .name = "device_id", .kind = FIELD_TEXT },
	[SOURCE] = { .name = "source", .kind = FIELD_INT },
	[FLAGS] = { .name = "flags", .kind = FIELD_INT },
};

/*
 * Ends what reads the current event and all statements with it: no lock is left behind.
 */
static void let_go_of_event(struct db_reader *r)
{
	for (size_t i = 0; i < r->n_types; i++) {
		sqlite3_reset(r->types[i]->detail);
		for (size_t l = 0; l < EVENT_LISTS_MAX; l++)
			sqlite3_reset(r->types[i]->lists[l]);
	}
	arena_reset(&r->arena);
}

/* 1 if the file or this program knows events of that type, 0, or a negative errno. */
int db_knows_type(struct db_reader *r, const char *name)
{
	_cleanup_(sql_finalize) sqlite3_stmt *stmt = NULL;
	int res;

	for (size_t i = 0; i < r->table->n_handlers; i++)
		if (!strcmp(r->table->handlers[i]->type->name, name))
			return 1;
	res = sql_prepare(r->db, "SELECT 1 FROM event_type WHERE name = ?", &stmt);
	if (res < 0)
		return res;
	sqlite3_bind_text(stmt, 1, name, -1, SQLITE_STATIC);
	return sql_next(stmt);
}

/* Bits for db_filter.severities: this one and worse, and what was told none. */
unsigned int db_severities_from(enum severity min)
{
	return min == SEVERITY_INFO ? 0 : (1u << SEVERITY_MAX) - (1u << min);
}

static void end_search(struct db_reader *r)
{
	let_go_of_event(r);
	sqlite3_reset(r->event);
	sqlite3_finalize(TAKE_PTR(r->ids));
}

/* Starts a search, ending the one before it; db_next_event() then gives the events. */
int db_find_events(struct db_reader *r, const struct db_filter *filter)
{
	int res = 0;

	end_search(r);
	if (!r->event)
		res = sql_select_prepare(r->db, "event", columns, COLUMNS,
					 "WHERE id = ?1", &r->event);
	return res < 0 || !r->event ? res : reader_find_ids(r, filter, &r->ids);
}

static int64_t number_or(const struct value *value, int64_t absent)
{
	return value->kind == VALUE_INT ? value->i : absent;
}

static void fill_head(const struct value *row, struct event *event)
{
	event->id = value_as_uint(&row[ID]);
	event->time_ns = number_or(&row[TIME], 0);
	event->time_last_ns = number_or(&row[TIME_LAST], event->time_ns);
	event->boottime_ns = number_or(&row[BOOTTIME], 0);
	event->count = (uint32_t)MIN(value_as_uint(&row[COUNT]), (uint64_t)UINT32_MAX);
	event->severity = (enum severity)number_or(&row[SEVERITY], SEVERITY_UNKNOWN);
	event->component = (enum component)number_or(&row[COMPONENT], COMPONENT_UNKNOWN);
	event->source = (enum event_source)number_or(&row[SOURCE], SOURCE_TRACE);
	event->flags = (unsigned int)value_as_uint(&row[FLAGS]);
	event->address_kind =
		(enum address_kind)number_or(&row[ADDRESS_KIND], ADDRESS_NONE);
	event->address = value_as_uint(&row[ADDRESS]);
	event->address_mask = value_as_uint(&row[ADDRESS_MASK]);
	event->cpu = (int32_t)number_or(&row[CPU], -1);
	event->pid = (int32_t)number_or(&row[PID], 0);
	event->tgid = (int32_t)number_or(&row[TGID], 0);
	event->uid = number_or(&row[UID], -1);
	event->comm = row[COMM];
	event->unit = row[UNIT];
	event->dimm = row[DIMM];
	event->device = row[DEVICE];
	event->device_id = row[DEVICE_ID];
}

static void read_row(sqlite3_stmt *stmt, const struct field *fields, size_t n_fields,
		     struct value *ret)
{
	int at = 0;

	for (size_t i = 0; i < n_fields; i++)
		if (fields[i].name)
			ret[i] = sql_column_value(stmt, at++, fields[i].kind);
}

/* What a value borrows is gone with the next row, so a list has copies. */
static int keep_row(struct value *row, size_t n_fields, struct arena *arena)
{
	for (size_t i = 0; i < n_fields; i++) {
		if (row[i].kind != VALUE_TEXT && row[i].kind != VALUE_BYTES)
			continue;
		row[i].text = arena_copy_text(arena, row[i].text, row[i].len);
		if (!row[i].text)
			return -ENOBUFS;
	}
	return 0;
}

static int count_rows(sqlite3_stmt *stmt, size_t *ret)
{
	int r;

	for (*ret = 0; (r = sql_next(stmt)) == 1; ++*ret)
		;
	sqlite3_reset(stmt);
	return r;
}

static int read_list(struct db_reader *r, sqlite3_stmt *stmt, struct event *event,
		     size_t l)
{
	const struct list_type *type = &event->type->lists[l];
	struct value *row;
	size_t n;
	int res;

	sqlite3_bind_int64(stmt, 1, (int64_t)event->id);
	res = count_rows(stmt, &n);
	if (res < 0)
		return res;
	row = event_rows_take(event, l, n, &r->arena);
	if (!row)
		return -ENOBUFS;
	for (; n && (res = sql_next(stmt)) == 1; n--, row += type->n_fields) {
		read_row(stmt, type->fields, type->n_fields, row);
		res = keep_row(row, type->n_fields, &r->arena);
		if (res < 0)
			return res;
	}
	sqlite3_reset(stmt);
	return res < 0 ? res : 0;
}

static int read_detail(struct db_reader *r, struct reader_type *t, struct event *event)
{
	int res = 0;

	if (t->detail) {
		sqlite3_bind_int64(t->detail, 1, (int64_t)event->id);
		res = sql_next(t->detail);
		if (res == 1)
			read_row(t->detail, t->type->fields, t->type->n_fields,
				 event->detail);
	}
	for (size_t l = 0; res >= 0 && l < t->type->n_lists; l++)
		res = t->lists[l] ? read_list(r, t->lists[l], event, l) : 0;
	return res;
}

/* The row of the next id. */
static int next_row(struct db_reader *r)
{
	int res = 0;

	sqlite3_reset(r->event);
	while (r->ids && (res = sql_next(r->ids)) == 1) {
		sqlite3_bind_int64(r->event, 1, sqlite3_column_int64(r->ids, 0));
		res = sql_next(r->event);
		if (res)
			return res;
		sqlite3_reset(r->event); /* an index has an id that the table has not */
	}
	return res;
}

/*
 * Returns 1 and an event, which borrows the reader until the next call; 0 at the end; or
 * a negative errno. At the end no lock is held any more.
 */
int db_next_event(struct db_reader *r, struct event *ret)
{
	struct value row[COLUMNS] = { 0 };
	struct reader_type *t = NULL;
	int res;

	let_go_of_event(r);
	res = next_row(r);
	if (res == 0)
		end_search(r);
	if (res != 1)
		return res;
	read_row(r->event, columns, COLUMNS, row);
	res = reader_find_type(r, number_or(&row[TYPE], 0), &t);
	if (res < 0)
		return res;
	event_init(ret, t ? t->type : NULL);
	fill_head(row, ret);
	res = t ? read_detail(r, t, ret) : 0;
	return res < 0 ? res : 1;
}
