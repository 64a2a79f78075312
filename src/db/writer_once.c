// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Events that were kept over a reboot: firmware's records, the kernel's last words. Their
 * source tells them again at every start, and they belong to a boot that is over.
 */

#include "db/sql.h"
#include "db/writer_private.h"
#include "util/clock.h"

/* The log's clock runs ahead of the boot clock that its lines are given, by so much. */
#define SAME_NS	  (2 * NS_PER_SEC)
#define AROUND_NS (3600 * NS_PER_SEC) /* how far off a time may be that was made up */

/* 1: it is new; 0: it is stored already, maybe by this batch. */
static int claim(struct db_writer *w, const struct event *event)
{
	sqlite3_stmt *stmt = w->statements[SQL_ADD_ONCE];
	int r;

	sqlite3_bind_int64(stmt, 1, (int64_t)event->once);
	sqlite3_bind_int64(stmt, 2, event->time_ns);
	sqlite3_bind_int64(stmt, 3, event->source);
	r = writer_run(w, SQL_ADD_ONCE);
	return r < 0 ? r : sqlite3_changes(w->db) > 0;
}

/*
 * The boot that it happened in: the latest before this one that had begun by then. What
 * BERT says is of the boot before, whatever time firmware gives it. 0: there is no row of
 * such a boot.
 */
static int find_boot(struct db_writer *w, const struct event *event, int64_t *ret)
{
	sqlite3_stmt *stmt = w->statements[SQL_FIND_EARLIER_BOOT];
	int r;

	sqlite3_bind_int64(stmt, 1, w->now.boot);
	sqlite3_bind_int64(stmt, 2,
			   event->source == SOURCE_BERT ? INT64_MAX : event->time_ns);
	r = sql_next(stmt);
	*ret = r == 1 ? sqlite3_column_int64(stmt, 0) : 0;
	writer_failed(w, r);
	sqlite3_reset(stmt);
	return r < 0 ? r : 0;
}

/* Whether that boot's own rasd recorded the same error, from a tracepoint or the log. */
static int was_told(struct db_writer *w, const struct event *event, int64_t type,
		    int64_t boot)
{
	sqlite3_stmt *stmt = w->statements[SQL_FIND_TOLD];
	int r;

	if (!boot || !event->boottime_ns)
		return 0;
	sqlite3_bind_int64(stmt, 1, event->time_ns - AROUND_NS);
	sqlite3_bind_int64(stmt, 2, event->time_ns + AROUND_NS);
	sqlite3_bind_int64(stmt, 3, boot);
	sqlite3_bind_int64(stmt, 4, type);
	sqlite3_bind_int64(stmt, 5, SOURCE_TRACE);
	sqlite3_bind_int64(stmt, 6, SOURCE_LOG);
	sqlite3_bind_int64(stmt, 7, event->boottime_ns - SAME_NS);
	sqlite3_bind_int64(stmt, 8, event->boottime_ns + SAME_NS);
	if (event->address_kind == ADDRESS_NONE)
		sqlite3_bind_null(stmt, 9);
	else
		sqlite3_bind_int64(stmt, 9, (int64_t)event->address);
	r = sql_next(stmt);
	writer_failed(w, r);
	sqlite3_reset(stmt);
	return r;
}

/*
 * Where such an event goes. Returns 1 with `place`, 0 if it is stored already, or a
 * negative errno.
 */
int writer_place_once(struct db_writer *w, const struct event *event, int64_t type,
		      struct writer_place *place)
{
	int r = event->once ? claim(w, event) : 1;

	if (r <= 0 || !(event->flags & EVENT_PREVIOUS_BOOT))
		return r;
	r = writer_feed_flush(w);
	r = r < 0 ? r : find_boot(w, event, &place->boot);
	r = r < 0 ? r : was_told(w, event, type, place->boot);
	if (r < 0)
		return r;
	if (r > 0)
		place->flags |= EVENT_RETOLD;
	return 1;
}
