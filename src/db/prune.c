// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Removes events for their age or number, a bounded step at a time. What is removed is an
 * event's row, its detail and its lists, and links of it. What stays: the sums in
 * `tally`, so that a summary counts what was removed, too; and the keys in `once`, since
 * a source that still has the record would tell it again.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "db/schema.h"
#include "db/sql.h"
#include "db/writer_private.h"
#include "event/acts.h"
#include "util/clock.h"
#include "util/macro.h"

#define STEP_ROWS   2048  /* looked at in one step, at most that many removed */
#define RENEW_MAX   64	  /* stretches of places that are made anew in one step */
#define STEP_PAGES  "512" /* given back to the file system in one step */
#define SPARE_PAGES 1024  /* free ones that a file may have: they are used again */

/* What is young may yet get a hit or a link; a summed-up row may yet grow. */
#define YOUNG_NS     (5 * 60 * NS_PER_SEC)
#define SUM_YOUNG_NS (3600 * NS_PER_SEC)

/* These are in need of it; "x" is an event's id. */
#define NEEDS(x)                                                        \
	"(EXISTS (SELECT 1 FROM hit WHERE hit.event = " x ") OR EXISTS" \
	" (SELECT 1 FROM action WHERE action.event = " x " AND " DB_PENDING "))"

/* ?4: severity of what its other end explains or is explained by keeps it, too. */
#define LINKED_TO(near, far)                                                        \
	" OR EXISTS (SELECT 1 FROM link l WHERE l.\"" near "\" = e.id AND (" NEEDS( \
		"l.\"" far "\"") " OR ?4 AND EXISTS (SELECT 1 FROM event o WHERE"   \
				 " o.id = l.\"" far "\" AND o." DB_SEVERE_OF_O ")))"
#define DB_SEVERE_OF_O "severity IN (3, 4)"

/* ?3: now; ?5: to get from an address to its page. */
#define REMOVABLE                                                                       \
	"ifnull(e.time_last, e.time) < ?3 - CASE WHEN e.flags & 2 THEN %lld"            \
	" ELSE %lld END AND NOT (" NEEDS("e.id") LINKED_TO("from", "to") LINKED_TO(     \
		"to", "from") " OR e.address_kind = 1 AND EXISTS (SELECT 1 FROM page p" \
			      " WHERE p.address = e.address & ?5 AND p.state != 0))"

_Static_assert(EVENT_UNCONFIRMED == 2 && ADDRESS_PHYSICAL == 1 && PAGE_WATCHED == 0 &&
		       SEVERITY_INFO == 0 && SEVERITY_CORRECTED == 1,
	       "as in the questions here");

/* In the order in which they go; by age they go together, by time. */
static const char *const classes[WRITER_PRUNE_CLASSES] = {
	"e.flags & 2",
	"e.severity IN (0, 1)",
	"1",
};

struct doomed {
	int64_t id, type;
	int class;
};

struct step {
	struct db_writer *w;
	int64_t now_ns, oldest_ns; /* UTC; before `oldest_ns` it goes for its age */
	size_t limit;		   /* at most so many are removed */
	struct doomed *doomed;
	size_t n_doomed, n_seen;
};

static int prepare_scan(struct step *step, const char *class, const char *where,
			bool keeps_for_severe, sqlite3_stmt **ret)
{
	struct db_writer *w = step->w;
	int64_t page_size = 4096;
	sqlite3_str *sql = sqlite3_str_new(w->db);
	int r;

	sqlite3_str_appendf(sql, "SELECT e.id, e.type, e.time, %s AND ", class);
	sqlite3_str_appendf(sql, REMOVABLE, (long long)SUM_YOUNG_NS, (long long)YOUNG_NS);
	sqlite3_str_appendf(sql, ", CASE WHEN %s THEN 0 WHEN %s THEN 1 ELSE 2 END",
			    classes[0], classes[1]);
	sqlite3_str_appendf(sql, " FROM event e WHERE %s LIMIT %d", where, STEP_ROWS);
	r = sql_prepare_built(w->db, sql, ret);
	if (r < 0)
		return r;
	sql_number(w->db, "SELECT page_size FROM boot ORDER BY id DESC", &page_size);
	sqlite3_bind_int64(*ret, 3, step->now_ns);
	sqlite3_bind_int(*ret, 4, keeps_for_severe);
	sqlite3_bind_int64(*ret, 5, page_size > 0 ? -page_size : -4096);
	return 0;
}

/* Those that a program with more types brought have tables that we do not know. */
static bool is_known(const struct db_writer *w, int64_t type)
{
	for (size_t i = 0; i < w->n_inserts; i++)
		if (w->inserts[i].type_id == type)
			return true;
	return false;
}

static int scan(struct step *step, sqlite3_stmt *stmt, uint64_t *after, int64_t *time)
{
	int r = 0;

	while (step->n_doomed < step->limit && (r = sql_next(stmt)) == 1) {
		int64_t type = sqlite3_column_int64(stmt, 1);

		*after = (uint64_t)sqlite3_column_int64(stmt, 0);
		*time = sqlite3_column_int64(stmt, 2);
		step->n_seen++;
		if (sqlite3_column_int(stmt, 3) && is_known(step->w, type))
			step->doomed[step->n_doomed++] =
				(struct doomed){ (int64_t)*after, type,
						 sqlite3_column_int(stmt, 4) };
	}
	return r < 0 ? r : 0;
}

static bool is_end(const struct step *step)
{
	return step->n_seen < STEP_ROWS && step->n_doomed < step->limit;
}

/* The oldest first, by time. 1: there may be more of them. */
static int find_old(struct step *step)
{
	_cleanup_(sql_finalize) sqlite3_stmt *stmt = NULL;
	struct writer_prune *at = &step->w->prune;
	int r = prepare_scan(step, "1",
			     "(e.time, e.id) > (?1, ?2) AND e.time < ?6"
			     " ORDER BY e.time, e.id",
			     false, &stmt);

	if (r < 0)
		return r;
	sqlite3_bind_int64(stmt, 1, at->old_time);
	sqlite3_bind_int64(stmt, 2, (int64_t)at->old_id);
	sqlite3_bind_int64(stmt, 6, step->oldest_ns);
	r = scan(step, stmt, &at->old_id, &at->old_time);
	if (r < 0)
		return r;
	if (!is_end(step))
		return 1;
	at->old_time = 0;
	at->old_id = 0;
	return 0;
}

/* Unconfirmed, then corrected, then the rest; in the order in which they came. */
static int find_least(struct step *step)
{
	struct writer_prune *at = &step->w->prune;

	while (at->class < WRITER_PRUNE_CLASSES) {
		_cleanup_(sql_finalize) sqlite3_stmt *stmt = NULL;
		bool is_last = at->class == WRITER_PRUNE_CLASSES - 1;
		int64_t ignored;
		int r = prepare_scan(step, classes[at->class], "e.id > ?1 ORDER BY e.id",
				     !is_last, &stmt);

		if (r < 0)
			return r;
		sqlite3_bind_int64(stmt, 1, (int64_t)at->after[at->class]);
		r = scan(step, stmt, &at->after[at->class], &ignored);
		if (r < 0 || !is_end(step))
			return r < 0 ? r : 1;
		at->class ++;
		if (step->n_doomed)
			return 1;
		step->n_seen = 0;
	}
	memset(at->after, 0, sizeof(at->after)); /* from the start, another time */
	at->class = 0;
	return 0;
}

static int delete_from(struct step *step, const char *table, const char *where,
		       int64_t type)
{
	_cleanup_(sql_finalize) sqlite3_stmt *stmt = NULL;
	sqlite3_str *sql = sqlite3_str_new(step->w->db);
	int r;

	sqlite3_str_appendf(sql, "DELETE FROM \"%w\" WHERE %s = ?1", table, where);
	r = sql_prepare_built(step->w->db, sql, &stmt);
	for (size_t i = 0; r >= 0 && i < step->n_doomed; i++) {
		if (type && step->doomed[i].type != type)
			continue;
		sqlite3_bind_int64(stmt, 1, step->doomed[i].id);
		r = sql_run(stmt);
	}
	return r;
}

static bool has_type(const struct step *step, int64_t type)
{
	for (size_t i = 0; i < step->n_doomed; i++)
		if (step->doomed[i].type == type)
			return true;
	return false;
}

static int delete_details(struct step *step)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < step->w->n_inserts; i++) {
		const struct detail_inserts *of = &step->w->inserts[i];

		if (!has_type(step, of->type_id))
			continue;
		r = delete_from(step, of->type->table, "event", of->type_id);
		for (size_t l = 0; r >= 0 && l < of->type->n_lists; l++)
			r = delete_from(step, of->type->lists[l].table, "event",
					of->type_id);
	}
	return r;
}

static int count_pruned(struct step *step)
{
	sqlite3_str *sql = sqlite3_str_new(step->w->db);

	sqlite3_str_appendf(sql,
			    "INSERT INTO info VALUES ('pruned_rows', %lld)"
			    " ON CONFLICT (key) DO UPDATE SET"
			    " value = value + excluded.value",
			    (long long)step->n_doomed);
	return sql_exec_built(step->w->db, sql);
}

/* What is left in the stretches of ids that they were in. */
static int renew_places(struct step *step)
{
	int budget = RENEW_MAX, r = 0;
	int64_t last = -1;

	for (size_t i = 0; r >= 0 && i < step->n_doomed; i++) {
		int64_t stretch = step->doomed[i].id >> PLACE_BITS;

		if (stretch != last)
			r = places_renew(step->w->db, stretch, &budget);
		last = stretch;
	}
	writer_place_forget(step->w);
	return r;
}

static int delete_doomed(struct step *step)
{
	int r = db_begin(step->w);

	r = r < 0 ? r : delete_details(step);
	r = r < 0 ? r : delete_from(step, "link", "\"from\"", 0);
	r = r < 0 ? r : delete_from(step, "link", "\"to\"", 0);
	r = r < 0 ? r : delete_from(step, "event", "id", 0);
	r = r < 0 ? r : renew_places(step);
	r = r < 0 ? r : count_pruned(step);
	r = r < 0 ? r : writer_run(step->w, SQL_COMMIT);
	writer_failed(step->w, r);
	if (r < 0)
		db_rollback(step->w);
	for (size_t i = 0; r >= 0 && i < step->n_doomed; i++)
		step->w->prune.removed[step->doomed[i].class]++;
	return r;
}

/* Rows that were ever removed from this database, by whomever. */
int db_read_pruned(struct db_writer *w, uint64_t *ret)
{
	int64_t rows = 0;
	int r = sql_number(w->db, "SELECT value FROM info WHERE key = 'pruned_rows'",
			   &rows);

	*ret = (uint64_t)rows;
	return r < 0 ? writer_failed(w, r) : 0;
}

/* What this writer removed, in rows of `event`. */
void db_pruned(const struct db_writer *w, struct db_pruned *ret)
{
	*ret = (struct db_pruned){ .unconfirmed = w->prune.removed[0],
				   .corrected = w->prune.removed[1],
				   .others = w->prune.removed[2] };
}

/*
 * Rows, without counting them all each time: those ever written without those that were
 * removed. Who removed some by hand is found out once.
 */
static int count_rows(struct db_writer *w, uint64_t limit, uint64_t *ret)
{
	int64_t rows = 0, removed = 0, counted = 0;
	int r = sql_number(w->db, "SELECT sum(rows) FROM tally", &rows);

	if (r >= 0)
		r = sql_number(w->db, "SELECT value FROM info WHERE key = 'pruned_rows'",
			       &removed);
	rows -= removed;
	if (r >= 0 && (uint64_t)rows > limit && !w->prune.is_counted) {
		r = sql_number(w->db, "SELECT count(*) FROM event", &counted);
		w->prune.missing = rows - counted;
		w->prune.is_counted = r >= 0;
	}
	rows -= w->prune.missing;
	*ret = rows > 0 ? (uint64_t)rows : 0;
	return r < 0 ? r : 0;
}

static int read_pages(struct db_writer *w, int64_t *ret_used, int64_t *ret_free)
{
	int64_t all = 0;
	int r = sql_number(w->db, "PRAGMA page_count", &all);

	r = r < 0 ? r : sql_number(w->db, "PRAGMA freelist_count", ret_free);
	*ret_used = all - *ret_free;
	return r < 0 ? r : 0;
}

/* How many rows are too many; a step's worth if it is the bytes. */
static int find_excess(struct db_writer *w, const struct db_keep *keep, uint64_t *ret)
{
	int64_t used = 0, spare = 0, page_size = 4096;
	uint64_t rows = 0;
	int r = 0;

	*ret = 0;
	if (keep->events)
		r = count_rows(w, keep->events, &rows);
	if (rows > keep->events)
		*ret = rows - keep->events;
	if (r < 0 || !keep->bytes)
		return r;
	r = sql_number(w->db, "PRAGMA page_size", &page_size);
	r = r < 0 ? r : read_pages(w, &used, &spare);
	if (r >= 0 && (uint64_t)used * (uint64_t)page_size > keep->bytes)
		*ret = MAX(*ret, (uint64_t)STEP_ROWS);
	return r < 0 ? r : 0;
}

/*
 * Pages that hold nothing go back to the file system, if the file was made for that: one
 * of an earlier version was not, and uses them again instead. 1: there are more.
 */
static int give_back(struct db_writer *w)
{
	int64_t used = 0, spare = 0, mode = 0;
	int r = sql_number(w->db, "PRAGMA auto_vacuum", &mode);

	r = r < 0 ? r : read_pages(w, &used, &spare);
	if (r < 0 || mode != 2 || spare <= SPARE_PAGES)
		return r < 0 ? r : 0;
	r = sql_exec(w->db, "PRAGMA incremental_vacuum(" STEP_PAGES ")");
	return r < 0 ? r : 1;
}

static int find(struct step *step, const struct db_keep *keep)
{
	uint64_t excess;
	int r = 0;

	if (keep->age_ns && step->now_ns > keep->age_ns) {
		step->oldest_ns = step->now_ns - keep->age_ns;
		step->limit = STEP_ROWS;
		r = find_old(step);
	}
	if (r != 0 || step->n_doomed)
		return r;
	r = find_excess(step->w, keep, &excess);
	step->n_seen = 0;
	step->limit = MIN(excess, (uint64_t)STEP_ROWS);
	return r < 0 || !excess ? r : find_least(step);
}

/*
 * One step of removing what is not to be kept, in a transaction of its own: between
 * batches. `now_ns` is UTC. 1: there may be more to do; 0: that is all, for now. Adds to
 * *removed what was removed, in rows of `event`.
 */
int db_prune(struct db_writer *w, const struct db_keep *keep, int64_t now_ns,
	     uint64_t *removed)
{
	_cleanup_(free_ptr) struct doomed *doomed = calloc(STEP_ROWS, sizeof(*doomed));
	struct step step = { .w = w, .now_ns = now_ns, .doomed = doomed };
	int more, r;

	if (!doomed)
		return -ENOMEM;
	more = find(&step, keep);
	if (more < 0)
		return writer_failed(w, more);
	if (step.n_doomed) {
		r = delete_doomed(&step);
		if (r < 0)
			return r;
		*removed += step.n_doomed;
		return 1;
	}
	return more ? more : writer_failed(w, give_back(w));
}
