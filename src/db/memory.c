// SPDX-License-Identifier: LGPL-2.1-or-later

/* What the policy remembers from before: read once, by the process that writes. */

#include <errno.h>
#include <stdlib.h>

#include "db/row_types.h"
#include "db/schema.h"
#include "db/sql.h"
#include "db/writer_private.h"
#include "event/acts.h"
#include "util/clock.h"
#include "util/macro.h"
#include "util/text.h"

#define HISTORY_NS (3600 * NS_PER_SEC)

/* 0 for a boot that has no row yet: then nothing is of it. */
static int find_boot(struct db_writer *w, const char *boot_id, int64_t *ret)
{
	sqlite3_stmt *stmt = w->statements[SQL_FIND_BOOT];
	int r;

	sqlite3_bind_text(stmt, 1, boot_id, -1, SQLITE_STATIC);
	r = sql_next(stmt);
	*ret = r == 1 ? sqlite3_column_int64(stmt, 0) : 0;
	sqlite3_reset(stmt);
	return r < 0 ? r : 0;
}

/* Whatever became of a page ended with the boot it happened in; its errors did not. */
static int read_pages(struct db_writer *w, int64_t boot, struct db_memory *memory)
{
	_cleanup_(sql_finalize) sqlite3_stmt *stmt = NULL;
	int r = row_select_prepare(w->db, &page_row, "ORDER BY last DESC LIMIT ?1",
				   &stmt);

	if (r < 0)
		return r;
	sqlite3_bind_int64(stmt, 1, DB_MEMORY_PAGES_MAX);
	while (memory->n_pages < DB_MEMORY_PAGES_MAX && (r = sql_next(stmt)) == 1) {
		struct db_page *page = &memory->pages[memory->n_pages++];
		struct row_origin origin;

		row_read(stmt, &page_row, page, &origin);
		if (!boot || origin.boot != boot)
			page->state = PAGE_WATCHED;
	}
	return r < 0 ? r : 0;
}

/*
 * The newest, oldest of them first. What has tries counts, whatever its end: a try that
 * nobody heard of may have had its effect. One of the future (the clock was set back
 * since) counts as one of now: else it would use up a budget for as long as the clock was
 * wrong.
 */
static int read_acts(struct db_writer *w, int64_t now_ns, struct db_memory *memory)
{
	_cleanup_(sql_finalize) sqlite3_stmt *stmt = NULL;
	int r = sql_prepare(
		w->db,
		"SELECT asked, kind, unit FROM (SELECT id, asked, kind, unit FROM action"
		" WHERE asked > ?1 AND (outcome IN (?2, ?3, ?4) OR tries > 0)"
		" ORDER BY asked DESC, id DESC LIMIT ?5)"
		" ORDER BY asked, id",
		&stmt);

	if (r < 0)
		return r;
	sqlite3_bind_int64(stmt, 1, now_ns - HISTORY_NS);
	sqlite3_bind_int64(stmt, 2, OUTCOME_PENDING);
	sqlite3_bind_int64(stmt, 3, OUTCOME_DONE);
	sqlite3_bind_int64(stmt, 4, OUTCOME_UNKNOWN);
	sqlite3_bind_int64(stmt, 5, DB_MEMORY_ACTS_MAX);
	while (memory->n_acts < DB_MEMORY_ACTS_MAX && (r = sql_next(stmt)) == 1) {
		struct db_memory_act *act = &memory->acts[memory->n_acts++];
		const char *unit = (const char *)sqlite3_column_text(stmt, 2);

		act->asked_ns = MIN(sqlite3_column_int64(stmt, 0), now_ns);
		act->kind = sqlite3_column_int(stmt, 1);
		copy_text(act->unit, sizeof(act->unit), unit ? unit : "");
	}
	return r < 0 ? r : 0;
}

/* Also those that were out of use already, if an earlier try may have done it. */
static int count_offlined(struct db_writer *w, int64_t boot, struct db_memory *memory)
{
	_cleanup_(sql_finalize) sqlite3_stmt *stmt = NULL;
	int r = sql_prepare(w->db,
			    "SELECT count(DISTINCT address) FROM action"
			    " WHERE boot = ?1 AND kind = ?2 AND (outcome = ?3 OR"
			    " outcome = ?4 AND tries > 0)",
			    &stmt);

	if (r < 0)
		return r;
	sqlite3_bind_int64(stmt, 1, boot);
	sqlite3_bind_int64(stmt, 2, ACT_SOFT_OFFLINE);
	sqlite3_bind_int64(stmt, 3, OUTCOME_DONE);
	sqlite3_bind_int64(stmt, 4, OUTCOME_ALREADY);
	r = sql_next(stmt);
	if (r == 1)
		memory->offlined_this_boot = (uint64_t)sqlite3_column_int64(stmt, 0);
	return r < 0 ? r : 0;
}

_Static_assert(SOURCE_BERT == 3 && SOURCE_ERST == 4 && SOURCE_PSTORE == 5, "as DB_KEPT");

/* What was kept over a reboot and is stored; the log has a position of its own. */
static int read_once(struct db_writer *w, struct db_memory *memory)
{
	_cleanup_(sql_finalize) sqlite3_stmt *stmt = NULL;
	int r = sql_prepare(w->db,
			    "SELECT key FROM once WHERE " DB_KEPT
			    " ORDER BY time DESC LIMIT ?1",
			    &stmt);

	if (r < 0)
		return r;
	sqlite3_bind_int64(stmt, 1, DB_MEMORY_ONCE_MAX);
	while (memory->n_once < DB_MEMORY_ONCE_MAX && (r = sql_next(stmt)) == 1)
		memory->once[memory->n_once++] = (uint64_t)sqlite3_column_int64(stmt, 0);
	return r < 0 ? r : 0;
}

/*
 * Reads what was known of pages, the acts of the last hour that were really tried, how
 * many pages this boot has lost to us, and what is not to be stored again. `boot_id` is
 * the kernel's; `now_ns` is UTC.
 */
int db_read_memory(struct db_writer *w, const char *boot_id, int64_t now_ns,
		   struct db_memory *ret)
{
	_cleanup_(free_ptr) struct db_memory *memory = calloc(1, sizeof(*memory));
	int64_t boot = 0;
	int r = memory ? find_boot(w, boot_id, &boot) : -ENOMEM;

	r = r < 0 ? r : read_pages(w, boot, memory);
	r = r < 0 ? r : read_acts(w, now_ns, memory);
	r = r < 0 ? r : count_offlined(w, boot, memory);
	r = r < 0 ? r : read_once(w, memory);
	if (r < 0)
		return r == -ENOMEM ? r : writer_failed(w, r);
	*ret = *memory;
	return 0;
}
