// SPDX-License-Identifier: LGPL-2.1-or-later

/* What waits in a writer, as a table that SQL can read: a virtual one, see
 * https://www.sqlite.org/vtab.html. */

#include "db/writer_feed.h"

struct feed_table {
	sqlite3_vtab base;
	const struct db_writer *w;
};

struct feed_cursor {
	sqlite3_vtab_cursor base;
	size_t at;
};

static void give(sqlite3_context *to, int64_t number)
{
	sqlite3_result_int64(to, number);
}

/* What is absent in an event is NULL in its row: that is what is given if nothing is. */
static void give_unless(sqlite3_context *to, int64_t number, int64_t absent)
{
	if (number != absent)
		sqlite3_result_int64(to, number);
}

static void give_value(sqlite3_context *to, const struct value *value)
{
	switch (value->kind) {
	case VALUE_INT:
		sqlite3_result_int64(to, value->i);
		return;
	case VALUE_TEXT:
		sqlite3_result_text(to, value->text, (int)value->len, SQLITE_STATIC);
		return;
	case VALUE_BYTES:
		sqlite3_result_blob(to, value->bytes, (int)value->len, SQLITE_STATIC);
		return;
	case VALUE_NONE:
	case VALUE_KIND_MAX:
		return;
	}
}

/* Columns of `event`, in any order: what each is, of an event e in its row r. */
#define EVENT_COLUMNS(X)                                                \
	X(id, give(to, r->id))                                          \
	X(boot, give_unless(to, r->place.boot, 0))                      \
	X(run, give_unless(to, w->now.run, 0))                          \
	X(time, give(to, e->time_ns))                                   \
	X(time_last, give_unless(to, e->time_last_ns, e->time_ns))      \
	X(count, give(to, e->count))                                    \
	X(boottime, give_unless(to, e->boottime_ns, 0))                 \
	X(type, give(to, r->inserts->type_id))                          \
	X(severity, give_unless(to, e->severity, SEVERITY_UNKNOWN))     \
	X(component, give(to, e->component))                            \
	X(address, give_address(to, e))                                 \
	X(address_kind, give_unless(to, e->address_kind, ADDRESS_NONE)) \
	X(address_mask, give_unless(to, (int64_t)e->address_mask, 0))   \
	X(cpu, give_unless(to, e->cpu, -1))                             \
	X(pid, give_unless(to, e->pid, 0))                              \
	X(tgid, give_unless(to, e->tgid, 0))                            \
	X(uid, give_unless(to, e->uid, -1))                             \
	X(comm, give_value(to, &e->comm))                               \
	X(unit, give_value(to, &e->unit))                               \
	X(dimm, give_value(to, &e->dimm))                               \
	X(device, give_value(to, &e->device))                           \
	X(device_id, give_value(to, &e->device_id))                     \
	X(source, give(to, e->source))                                  \
	X(flags, give(to, r->place.flags))

#define COLUMN_ENUM(name, value) COLUMN_##name,
#define COLUMN_NAME(name, value) ", " #name
#define COLUMN_GIVE(name, value) \
	case COLUMN_##name:      \
		value;           \
		break;

enum feed_column { EVENT_COLUMNS(COLUMN_ENUM) COLUMN_DETAIL };

static void give_address(sqlite3_context *to, const struct event *e)
{
	if (e->address_kind != ADDRESS_NONE)
		sqlite3_result_int64(to, (int64_t)e->address);
}

static const char listed[] = EVENT_COLUMNS(COLUMN_NAME);
const char *const feed_event_columns = listed + 2; /* behind the first comma */

static int feed_column(sqlite3_vtab_cursor *cursor, sqlite3_context *to, int column)
{
	const struct db_writer *w = ((struct feed_table *)cursor->pVtab)->w;
	const struct feed_row *r = &w->feed->rows[((struct feed_cursor *)cursor)->at];
	const struct event *e = &r->event;

	if (column >= COLUMN_DETAIL) {
		give_value(to, &e->detail[column - COLUMN_DETAIL]);
		return SQLITE_OK;
	}
	switch ((enum feed_column)column) {
		EVENT_COLUMNS(COLUMN_GIVE)
	case COLUMN_DETAIL:
		break;
	}
	return SQLITE_OK;
}

/* Its columns: those of an event, and d0, d1, … which are its type's fields. */
static int feed_connect(sqlite3 *db, void *w, int argc, const char *const *argv,
			sqlite3_vtab **ret, char **error)
{
	struct feed_table *table = sqlite3_malloc(sizeof(*table));
	sqlite3_str *sql = sqlite3_str_new(db);
	char *text;
	int code;

	(void)argc, (void)argv, (void)error;
	sqlite3_str_appendf(sql, "CREATE TABLE feed (%s", feed_event_columns);
	for (size_t i = 0; i < EVENT_FIELDS_MAX; i++)
		sqlite3_str_appendf(sql, ", d%d", (int)i);
	sqlite3_str_appendall(sql, ")");
	text = sqlite3_str_finish(sql);
	code = text && table ? sqlite3_declare_vtab(db, text) : SQLITE_NOMEM;
	sqlite3_free(text);
	if (code != SQLITE_OK) {
		sqlite3_free(table);
		return code;
	}
	*table = (struct feed_table){ .w = w };
	*ret = &table->base;
	return SQLITE_OK;
}

static int feed_disconnect(sqlite3_vtab *table)
{
	sqlite3_free(table);
	return SQLITE_OK;
}

static int feed_best_index(sqlite3_vtab *table, sqlite3_index_info *info)
{
	(void)table;
	info->estimatedRows = FEED_ROWS;
	return SQLITE_OK;
}

static int feed_open(sqlite3_vtab *table, sqlite3_vtab_cursor **ret)
{
	struct feed_cursor *cursor = sqlite3_malloc(sizeof(*cursor));

	(void)table;
	if (!cursor)
		return SQLITE_NOMEM;
	*cursor = (struct feed_cursor){ .at = 0 };
	*ret = &cursor->base;
	return SQLITE_OK;
}

static int feed_close(sqlite3_vtab_cursor *cursor)
{
	sqlite3_free(cursor);
	return SQLITE_OK;
}

static const struct writer_feed *feed_of(const sqlite3_vtab_cursor *cursor)
{
	return ((struct feed_table *)cursor->pVtab)->w->feed;
}

static int feed_filter(sqlite3_vtab_cursor *cursor, int number, const char *text,
		       int argc, sqlite3_value **argv)
{
	(void)number, (void)text, (void)argc, (void)argv;
	((struct feed_cursor *)cursor)->at = feed_of(cursor)->from;
	return SQLITE_OK;
}

static int feed_next(sqlite3_vtab_cursor *cursor)
{
	((struct feed_cursor *)cursor)->at++;
	return SQLITE_OK;
}

static int feed_eof(sqlite3_vtab_cursor *cursor)
{
	return ((struct feed_cursor *)cursor)->at >= feed_of(cursor)->to;
}

static int feed_rowid(sqlite3_vtab_cursor *cursor, sqlite3_int64 *ret)
{
	*ret = (sqlite3_int64)((struct feed_cursor *)cursor)->at;
	return SQLITE_OK;
}

/* Without xCreate: it is there by its name, and cannot be made in the file. */
const sqlite3_module feed_module = {
	.xConnect = feed_connect,
	.xDisconnect = feed_disconnect,
	.xBestIndex = feed_best_index,
	.xOpen = feed_open,
	.xClose = feed_close,
	.xFilter = feed_filter,
	.xNext = feed_next,
	.xEof = feed_eof,
	.xColumn = feed_column,
	.xRowid = feed_rowid,
};
