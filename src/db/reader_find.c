// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Which events a filter means, as ids in order. SQLite plans one table at a time, from
 * statistics that this file does not have; but the tally says how many events of which
 * type there are, and how many of them the filter can mean. So it is decided here where
 * to look: in an index that has few rows for it, else through the types' own tables
 * (whose key is the event's id: an index of each type that costs nothing), else through
 * the time or all events. Whatever is chosen, every condition is checked on each event.
 */

#include <errno.h>
#include <stdlib.h>
#include <strings.h>

#include "db/reader_plan.h"
#include "db/schema.h"
#include "db/sql.h"
#include "db/tally.h"
#include "util/macro.h"

/* --- where to look ------------------------------------------------------------------ */

/* Arms: parts of a compound question, each of which gives ids in order. */
struct arms {
	const struct plan *plan;
	sqlite3_str *sql;
	size_t n;
	bool is_bare; /* only to be counted: the way's own condition is enough */
};

/* `id`: the column that the arm is in the order of. */
static void begin_arm(struct arms *arms, const char *id)
{
	if (arms->n++)
		sqlite3_str_appendf(arms->sql, arms->is_bare ? " UNION ALL " : " UNION ");
	sqlite3_str_appendf(arms->sql, "SELECT %s AS id FROM ", id);
}

static void end_arm(struct arms *arms)
{
	if (!arms->is_bare)
		plan_add_conditions(arms->plan, arms->sql, "e.id");
}

static void add_arm(struct arms *arms, const char *index, const char *condition)
{
	begin_arm(arms, "e.id");
	sqlite3_str_appendf(arms->sql, "event e INDEXED BY %s WHERE %s", index,
			    condition);
	end_arm(arms);
}

/* What stands for the value is put there as SQL. */
static void add_equal_arm(struct arms *arms, const char *index, const char *column,
			  const char *value)
{
	char *condition = sqlite3_mprintf("%s = %Q", column, value);

	if (condition)
		add_arm(arms, index, condition);
	sqlite3_free(condition);
}

static void unit_arms(struct arms *arms)
{
	const char *unit = arms->plan->filter->unit;

	add_equal_arm(arms, "event_unit", "e.unit", unit);
	begin_arm(arms, "e.id");
	sqlite3_str_appendf(arms->sql,
			    "hit h INDEXED BY hit_unit CROSS JOIN event e"
			    " ON e.id = h.event WHERE h.unit = %Q",
			    unit);
	end_arm(arms);
}

/* Stretches that can have what is between the ids that are meant. */
static void add_stretch_bounds(struct arms *arms)
{
	const struct plan *plan = arms->plan;

	if (plan->filter->after)
		sqlite3_str_appendf(
			arms->sql, " AND p.stretch >= %lld",
			(long long)(MIN(plan->filter->after, (uint64_t)INT64_MAX) >>
				    PLACE_BITS));
	if (plan->hi)
		sqlite3_str_appendf(arms->sql, " AND p.stretch BETWEEN %lld AND %lld",
				    (long long)(plan->lo >> PLACE_BITS),
				    (long long)(plan->hi >> PLACE_BITS));
}

/* `name` is as it stands in SQL. */
static void add_place_arm(struct arms *arms, enum place_kind kind, const char *name)
{
	if (arms->is_bare) {
		sqlite3_str_appendf(arms->sql,
				    "SELECT p.stretch FROM place p WHERE p.kind = %d"
				    " AND p.name = %s",
				    kind, name);
		return;
	}
	begin_arm(arms, "e.id");
	sqlite3_str_appendf(
		arms->sql,
		"place p CROSS JOIN event e ON e.id BETWEEN p.stretch << %d AND"
		" (p.stretch << %d) + %d WHERE p.kind = %d AND p.name = %s",
		PLACE_BITS, PLACE_BITS, (1 << PLACE_BITS) - 1, kind, name);
	add_stretch_bounds(arms);
	/* or SQLite takes these for its bounds, and each stretch is the whole table */
	plan_add_conditions(arms->plan, arms->sql, "+e.id");
}

static void add_named_place(struct arms *arms, enum place_kind kind, const char *name)
{
	char *quoted = sqlite3_mprintf("%.*Q", TALLY_TEXT_BYTES, name);

	if (quoted)
		add_place_arm(arms, kind, quoted);
	sqlite3_free(quoted);
}

static void dimm_arms(struct arms *arms)
{
	add_named_place(arms, PLACE_DIMM, arms->plan->filter->dimm);
}

static void device_arms(struct arms *arms)
{
	add_named_place(arms, PLACE_DEVICE, arms->plan->filter->device);
}

static void cpu_arms(struct arms *arms)
{
	char number[16];

	snprintf(number, sizeof(number), "%d", (int)arms->plan->filter->cpu);
	add_place_arm(arms, PLACE_CPU, number);
}

/* The name that has all of them, and few others. */
static void severity_arms(struct arms *arms)
{
	unsigned int bits = arms->plan->filter->severities;
	int least = ffs((int)bits) - 1;
	char number[16];

	snprintf(number, sizeof(number), "%d",
		 bits == 1u << least ? least : PLACE_AT_LEAST(least));
	add_place_arm(arms, PLACE_SEVERITY, number);
}

/* A page lies in one block. */
static void page_arms(struct arms *arms)
{
	char number[24];

	snprintf(
		number, sizeof(number), "%lld",
		(long long)((int64_t)arms->plan->filter->page_first >> PLACE_BLOCK_BITS));
	add_place_arm(arms, PLACE_BLOCK, number);
}

static void time_arms(struct arms *arms)
{
	const struct db_filter *f = arms->plan->filter;
	char condition[96];

	snprintf(condition, sizeof(condition), "e.time BETWEEN %lld AND %lld",
		 (long long)f->since_ns,
		 (long long)(f->until_ns ? f->until_ns : INT64_MAX));
	add_arm(arms, "event_time", condition);
}

static bool by_severity(const struct db_filter *f)
{
	unsigned int below = 1u << SEVERITY_INFO | 1u << SEVERITY_CORRECTED;

	return f->severities &&
	       (!(f->severities & below) || f->severities == 1u << SEVERITY_INFO);
}

static bool by_unit(const struct db_filter *f)
{
	return f->unit;
}

static bool by_dimm(const struct db_filter *f)
{
	return f->dimm;
}

static bool by_device(const struct db_filter *f)
{
	return f->device;
}

static bool by_cpu(const struct db_filter *f)
{
	return f->has_cpu;
}

static bool by_page(const struct db_filter *f)
{
	return f->page_last &&
	       f->page_first >> PLACE_BLOCK_BITS == f->page_last >> PLACE_BLOCK_BITS;
}

static bool by_time(const struct db_filter *f)
{
	return f->since_ns || f->until_ns;
}

/* The one that says most for its rows first. */
static const struct way {
	const char *index; /* that it needs; NULL: the places */
	bool (*applies)(const struct db_filter *filter);
	void (*arms)(struct arms *arms);
	bool is_ordered; /* the first arm's ids are in order: the newest are found at once
			  */
} ways[] = {
	{ "event_unit", by_unit, unit_arms, true },
	{ NULL, by_page, page_arms, true },
	{ NULL, by_dimm, dimm_arms, true },
	{ NULL, by_device, device_arms, true },
	{ NULL, by_cpu, cpu_arms, true },
	{ NULL, by_severity, severity_arms, true },
	{ "event_time", by_time, time_arms, false },
};

static int has_index(const struct plan *plan, const char *index)
{
	_cleanup_(sql_finalize) sqlite3_stmt *stmt = NULL;
	int res;

	if (!index)
		return plan->has_places;
	res = sql_prepare(plan->r->db,
			  "SELECT 1 FROM sqlite_master WHERE type = 'index'"
			  " AND name = ?1",
			  &stmt);

	if (res < 0)
		return res;
	sqlite3_bind_text(stmt, 1, index, -1, SQLITE_STATIC);
	return sql_next(stmt);
}

/* Rows that are read: of places as many stretches as are needed, with something in each.
 */
static int64_t cost_of(const struct plan *plan, const struct way *way, int64_t n)
{
	const struct db_filter *f = plan->filter;
	uint64_t wanted = f->newest + f->oldest;

	if (way->index)
		return n;
	if (wanted && wanted < (uint64_t)n)
		n = (int64_t)wanted;
	return n * plan->r->stretch;
}

/* How many rows a way leads to; up to count_max of those of an index are counted. */
static int count_way(const struct plan *plan, const struct way *way, int64_t *ret)
{
	struct arms arms = { .plan = plan,
			     .sql = sqlite3_str_new(plan->r->db),
			     .is_bare = true };
	_cleanup_(sql_finalize) sqlite3_stmt *stmt = NULL;
	int res;

	sqlite3_str_appendf(arms.sql, "SELECT count(*) FROM (");
	way->arms(&arms);
	sqlite3_str_appendf(arms.sql, " LIMIT %lld)", (long long)plan->r->count_max);
	res = sql_prepare_built(plan->r->db, arms.sql, &stmt);
	res = res < 0 ? res : sql_next(stmt);
	if (res == 1)
		*ret = cost_of(plan, way, sqlite3_column_int64(stmt, 0));
	return res < 0 ? res : 0;
}

/* --- through the types' tables, or all events --------------------------------------- */

static int find_table(struct db_reader *r, int64_t type, sqlite3_stmt **ret)
{
	int res = sql_prepare(r->db,
			      "SELECT t.detail_table FROM event_type t WHERE t.id = ?1"
			      " AND EXISTS (SELECT 1 FROM sqlite_master"
			      " WHERE name = t.detail_table)",
			      ret);

	if (res < 0)
		return res;
	sqlite3_bind_int64(*ret, 1, type);
	return sql_next(*ret);
}

/* A file that was tampered with may not have the table: then all events are looked at. */
static int add_type_arm(struct arms *arms, int64_t type)
{
	const struct plan *plan = arms->plan;
	_cleanup_(sql_finalize) sqlite3_stmt *table = NULL;
	int res = find_table(plan->r, type, &table);

	if (res < 0)
		return res;
	/* the table's own key: of e.id SQLite does not see that it is in order */
	begin_arm(arms, res == 1 ? "d.event" : "e.id");
	if (res == 1) {
		sqlite3_str_appendf(
			arms->sql,
			"\"%w\" d CROSS JOIN event e ON e.id = d.event"
			" WHERE d.event > %lld",
			(const char *)sqlite3_column_text(table, 0),
			(long long)MIN(plan->filter->after, (uint64_t)INT64_MAX));
		if (plan->hi)
			sqlite3_str_appendf(arms->sql,
					    " AND d.event BETWEEN %lld AND %lld",
					    (long long)plan->lo, (long long)plan->hi);
	} else {
		sqlite3_str_appendf(arms->sql, "event e WHERE 1");
	}
	sqlite3_str_appendf(arms->sql, " AND +e.type = %lld", (long long)type);
	end_arm(arms);
	return 0;
}

static int add_default_arms(struct arms *arms)
{
	const struct plan *plan = arms->plan;
	bool all = plan->all_types && !plan->filter->types[0];

	if (all || plan->filter->id) {
		begin_arm(arms, "e.id");
		sqlite3_str_appendf(arms->sql, "event e WHERE 1");
		end_arm(arms);
		return 0;
	}
	for (size_t i = 0; i < plan->n_types; i++) {
		int res = add_type_arm(arms, plan->types[i]);

		if (res < 0)
			return res;
	}
	return 0;
}

/*
 * How many events are looked at without an index, as far as the tally tells: those that
 * are meant lie among the others of their types as if shuffled.
 */
static int64_t default_cost(const struct plan *plan)
{
	const struct db_filter *f = plan->filter;
	int64_t after = (int64_t)MIN(f->after, (uint64_t)INT64_MAX);
	int64_t need = plan->matched, cost;

	if (f->id)
		return 0;
	if (!plan->has_tally)
		return INT64_MAX;
	if ((f->newest || f->oldest) && !f->unit && !f->page_last && !f->until_ns)
		need = (int64_t)MIN(f->newest + f->oldest, (uint64_t)plan->matched);
	cost = (int64_t)((double)need * (double)plan->total / (double)plan->matched);
	if (plan->hi <= after)
		return 0;
	return MIN(cost, plan->hi - MAX(plan->lo - 1, after));
}

/* Too many to put all of them in order; but those that are wanted may be near. */
static bool may_be_many(const struct db_filter *f, const struct way *way)
{
	return f->newest ? way->is_ordered || way->arms == time_arms :
			   f->oldest && way->is_ordered;
}

/* NULL: without an index. */
static int choose_way(const struct plan *plan, const struct way **ret)
{
	int64_t best = default_cost(plan);

	*ret = NULL;
	for (size_t i = 0; i < ARRAY_SIZE(ways) && best > plan->r->cheap; i++) {
		int64_t n = 0;
		int res = ways[i].applies(plan->filter) ? has_index(plan, ways[i].index) :
							  0;

		if (res == 1)
			res = count_way(plan, &ways[i], &n);
		else
			n = INT64_MAX;
		if (res < 0)
			return res;
		if (ways[i].index && n >= plan->r->count_max &&
		    !may_be_many(plan->filter, &ways[i]))
			n = INT64_MAX;
		if (n < best) {
			best = n;
			*ret = &ways[i];
		}
	}
	return 0;
}

/* --- the question ------------------------------------------------------------------- */

/* The newest of them by time, where they are too many to put all of them in order. */
static void add_newest_in_time(struct arms *arms, uint64_t newest)
{
	sqlite3_str_appendf(arms->sql, "SELECT id FROM (");
	time_arms(arms);
	sqlite3_str_appendf(arms->sql, " ORDER BY e.time DESC, e.id DESC LIMIT %lld)",
			    (long long)newest);
}

/* Stretch by stretch, until there are enough. */
static void add_by_stretch(struct arms *arms, const struct way *way)
{
	const struct db_filter *f = arms->plan->filter;
	const char *turn = f->newest ? " DESC" : "";

	sqlite3_str_appendf(arms->sql, "SELECT id FROM (");
	way->arms(arms);
	sqlite3_str_appendf(arms->sql, " ORDER BY p.stretch%s, e.id%s LIMIT %lld)", turn,
			    turn,
			    f->newest + f->oldest ? (long long)MIN(f->newest + f->oldest,
								   (uint64_t)INT64_MAX) :
						    -1LL);
}

static int add_arms(struct arms *arms)
{
	const struct db_filter *f = arms->plan->filter;
	const struct way *way;
	int res = choose_way(arms->plan, &way);

	if (res < 0)
		return res;
	if (!way)
		return add_default_arms(arms);
	if (way->arms == time_arms && f->newest)
		add_newest_in_time(arms, f->newest);
	else if (!way->index)
		add_by_stretch(arms, way);
	else
		way->arms(arms);
	return 0;
}

static int build(struct plan *plan, sqlite3_str *sql)
{
	const struct db_filter *f = plan->filter;
	struct arms arms = { .plan = plan, .sql = sql };
	uint64_t n = f->newest ? f->newest : f->oldest;
	long long limit = n ? (long long)MIN(n, (uint64_t)INT64_MAX) : -1;
	bool turn = f->newest && !f->newest_first;
	int res;

	if (turn)
		sqlite3_str_appendf(sql, "SELECT id FROM (");
	res = add_arms(&arms);
	sqlite3_str_appendf(sql, " ORDER BY id%s LIMIT %lld",
			    f->newest	    ? " DESC" :
			    f->newest_first ? " DESC" :
					      "",
			    limit);
	if (turn)
		sqlite3_str_appendf(sql, ") ORDER BY id");
	return res;
}

/*
 * Makes the statement whose rows are the ids that are meant, in order. *ret stays NULL if
 * there can be none.
 */
int reader_find_ids(struct db_reader *r, const struct db_filter *filter,
		    sqlite3_stmt **ret)
{
	struct plan plan = { .r = r, .filter = filter };
	sqlite3_str *sql;
	int res = plan_make(&plan);

	if (res < 0 || plan.never)
		return res < 0 ? res : 0;
	sql = sqlite3_str_new(r->db);
	res = build(&plan, sql);
	if (res < 0) {
		sqlite3_free(sqlite3_str_finish(sql));
		return res;
	}
	return sql_prepare_built(r->db, sql, ret);
}
