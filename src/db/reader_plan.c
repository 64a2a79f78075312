// SPDX-License-Identifier: LGPL-2.1-or-later

/* What a filter asks of an event, and what the tally knows of such events. */

#include "db/reader_plan.h"

#include <errno.h>
#include <string.h>

#include "db/schema.h"
#include "db/sql.h"
#include "db/tally.h"
#include "util/macro.h"

/* --- conditions --------------------------------------------------------------------- */

static void add_numbers(sqlite3_str *sql, const int64_t *numbers, size_t n)
{
	for (size_t i = 0; i < n; i++)
		sqlite3_str_appendf(sql, "%s%lld", i ? ", " : "", (long long)numbers[i]);
}

static void add_bits(sqlite3_str *sql, unsigned int bits)
{
	const char *comma = "";

	for (unsigned int i = 0; i < 32; i++)
		if (bits & 1u << i) {
			sqlite3_str_appendf(sql, "%s%u", comma, i);
			comma = ", ";
		}
}

static void add_severities(sqlite3_str *sql, const char *column, unsigned int bits)
{
	sqlite3_str_appendf(sql, " AND (%s IN (", column);
	add_bits(sql, bits);
	sqlite3_str_appendf(sql, ")");
	if (bits & 1u << SEVERITY_UNKNOWN)
		sqlite3_str_appendf(sql, " OR %s IS NULL", column);
	sqlite3_str_appendf(sql, ")");
}

static void add_where(const struct plan *plan, sqlite3_str *sql, const char *id)
{
	const struct db_filter *f = plan->filter;

	if (f->id)
		sqlite3_str_appendf(sql, " AND %s = %lld", id, (long long)f->id);
	if (f->after)
		sqlite3_str_appendf(sql, " AND %s > %lld", id,
				    (long long)MIN(f->after, (uint64_t)INT64_MAX));
	if (plan->hi)
		sqlite3_str_appendf(sql, " AND %s BETWEEN %lld AND %lld", id,
				    (long long)plan->lo, (long long)plan->hi);
	if (f->since_ns)
		sqlite3_str_appendf(sql, " AND +e.time >= %lld", (long long)f->since_ns);
	if (f->until_ns)
		sqlite3_str_appendf(sql, " AND +e.time <= %lld", (long long)f->until_ns);
	if (f->boot)
		sqlite3_str_appendf(sql, " AND +e.boot = %lld", (long long)f->boot);
	if (f->once)
		sqlite3_str_appendf(sql, " AND NOT " DB_RETOLD_OF("e."));
	if (f->real)
		sqlite3_str_appendf(sql, " AND +e.flags & %u = 0 AND +e.source IS NOT %d",
				    EVENT_SYNTHETIC | EVENT_UNCONFIRMED | EVENT_RETOLD,
				    SOURCE_IMPORT);
}

/* As add_where(): what is asked of an event by its words and numbers. */
static void add_what(const struct plan *plan, sqlite3_str *sql)
{
	const struct db_filter *f = plan->filter;

	if (f->types[0]) {
		sqlite3_str_appendf(sql, " AND +e.type IN (");
		add_numbers(sql, plan->types, plan->n_types);
		sqlite3_str_appendf(sql, ")");
	}
	if (f->severities)
		add_severities(sql, "+e.severity", f->severities);
	if (f->components) {
		sqlite3_str_appendf(sql, " AND +e.component IN (");
		add_bits(sql, f->components);
		sqlite3_str_appendf(sql, ")");
	}
	if (f->unit)
		sqlite3_str_appendf(sql, " AND (+e.unit = %Q", f->unit);
	if (f->unit && plan->has_hits)
		sqlite3_str_appendf(sql,
				    " OR e.id IN (SELECT event FROM hit WHERE unit = %Q)",
				    f->unit);
	if (f->unit)
		sqlite3_str_appendf(sql, ")");
	if (f->dimm)
		sqlite3_str_appendf(sql, " AND +e.dimm = %Q", f->dimm);
	if (f->device)
		sqlite3_str_appendf(sql, " AND +e.device = %Q", f->device);
	if (f->has_cpu)
		sqlite3_str_appendf(sql, " AND +e.cpu = %d", (int)f->cpu);
	if (f->page_last)
		sqlite3_str_appendf(sql, " AND +e.address BETWEEN %lld AND %lld",
				    (long long)f->page_first, (long long)f->page_last);
}

/*
 * " AND …" for every condition of the filter on an event e; `id` is how its id is to be
 * named, "+e.id" where no index shall be chosen by it.
 */
void plan_add_conditions(const struct plan *plan, sqlite3_str *sql, const char *id)
{
	add_where(plan, sql, id);
	add_what(plan, sql);
}

/* --- what the tally knows ----------------------------------------------------------- */

/* The filter's condition on a row of the tally; more than it may be true, never less. */
static void add_tally_condition(const struct db_filter *f, sqlite3_str *sql)
{
	sqlite3_str_appendf(sql, "1");
	if (f->since_ns)
		sqlite3_str_appendf(sql, " AND last >= %lld", (long long)f->since_ns);
	if (f->until_ns)
		sqlite3_str_appendf(sql, " AND first <= %lld", (long long)f->until_ns);
	if (f->boot)
		sqlite3_str_appendf(sql, " AND boot = %lld", (long long)f->boot);
	if (f->severities) {
		sqlite3_str_appendf(sql, " AND severity IN (");
		add_bits(sql, f->severities);
		sqlite3_str_appendf(sql, ")");
	}
	if (f->components) {
		sqlite3_str_appendf(sql, " AND component IN (");
		add_bits(sql, f->components);
		sqlite3_str_appendf(sql, ")");
	}
	if (f->dimm)
		sqlite3_str_appendf(sql, " AND dimm = %.*Q", TALLY_TEXT_BYTES, f->dimm);
	if (f->device)
		sqlite3_str_appendf(sql, " AND device = %.*Q", TALLY_TEXT_BYTES,
				    f->device);
	if (f->has_cpu)
		sqlite3_str_appendf(sql, " AND cpu = %d", (int)f->cpu);
	if (f->once)
		sqlite3_str_appendf(sql, " AND NOT retold");
}

static bool is_wanted(const struct plan *plan, const int64_t *wanted, size_t n,
		      int64_t type)
{
	if (!plan->filter->types[0])
		return true;
	for (size_t i = 0; i < n; i++)
		if (wanted[i] == type)
			return true;
	return false;
}

/* What the tally has of one type. */
struct type_sum {
	int64_t type, total, matched; /* matched: of rows that the filter can mean */
	int64_t lo, hi;		      /* ids of those */
};

/* A row: type, rows, first and last id, whether it can be meant. */
static void add_row(struct type_sum *sum, sqlite3_stmt *stmt)
{
	int64_t rows = sqlite3_column_int64(stmt, 1), lo = sqlite3_column_int64(stmt, 2);

	sum->total += rows;
	if (!sqlite3_column_int(stmt, 4))
		return;
	sum->lo = sum->matched ? MIN(sum->lo, lo) : lo;
	sum->hi = MAX(sum->hi, sqlite3_column_int64(stmt, 3));
	sum->matched += rows;
}

/* Sums of all types, in no order. SQLite would sort the rows to group them. */
static int read_tally(sqlite3_stmt *stmt, struct type_sum sums[static TYPES_MAX],
		      size_t *ret_n)
{
	size_t n = 0, last = 0;
	int res;

	while ((res = sql_next(stmt)) == 1) {
		int64_t type = sqlite3_column_int64(stmt, 0);

		if (!n || sums[last].type != type)
			for (last = 0; last < n && sums[last].type != type;)
				last++;
		if (last == TYPES_MAX)
			return -E2BIG;
		if (last == n)
			sums[n++] = (struct type_sum){ .type = type };
		add_row(&sums[last], stmt);
	}
	*ret_n = n;
	return res;
}

static void take_type(struct plan *plan, const struct type_sum *sum)
{
	plan->lo = plan->n_types ? MIN(plan->lo, sum->lo) : sum->lo;
	plan->hi = MAX(plan->hi, sum->hi);
	plan->matched += sum->matched;
	plan->total += sum->total;
	plan->types[plan->n_types++] = sum->type;
}

/* Replaces the types that are asked for by those of them that can be meant. */
static void take_types(struct plan *plan, const struct type_sum *sums, size_t n)
{
	int64_t wanted[TYPES_MAX];
	size_t n_wanted = plan->n_types;

	memcpy(wanted, plan->types, n_wanted * sizeof(wanted[0]));
	plan->n_types = 0;
	plan->all_types = true;
	for (size_t i = 0; i < n; i++) {
		if (sums[i].matched && is_wanted(plan, wanted, n_wanted, sums[i].type))
			take_type(plan, &sums[i]);
		else
			plan->all_types = false;
	}
	plan->never = !plan->n_types;
}

static int ask_tally(struct plan *plan)
{
	_cleanup_(sql_finalize) sqlite3_stmt *stmt = NULL;
	sqlite3_str *sql = sqlite3_str_new(plan->r->db);
	struct type_sum sums[TYPES_MAX];
	size_t n = 0;
	int res;

	sqlite3_str_appendf(sql, "SELECT type, rows, first_id, last_id, ");
	add_tally_condition(plan->filter, sql);
	sqlite3_str_appendf(sql, " FROM tally");
	res = sql_prepare_built(plan->r->db, sql, &stmt);
	res = res < 0 ? res : read_tally(stmt, sums, &n);
	if (res >= 0)
		take_types(plan, sums, n);
	return res;
}

/* 1: there is a table, and by that number it has all events; else 0, or an errno. */
static int has_all(struct db_reader *r, const char *table, const char *top)
{
	char question[160];
	int64_t behind = 1;
	int res = sql_has_column(r->db, table, NULL);

	snprintf(question, sizeof(question),
		 "SELECT ifnull((SELECT max(id) FROM event), 0) > ifnull(%s, -1)", top);
	if (res == 1)
		res = sql_number(r->db, question, &behind);
	return res < 0 ? res : !behind;
}

int reader_has_tally(struct db_reader *r)
{
	return has_all(r, "tally", TALLY_TOP);
}

int reader_has_places(struct db_reader *r)
{
	return has_all(r, "place", PLACE_TOP);
}

/* --- the plan ----------------------------------------------------------------------- */

static int resolve_types(struct plan *plan)
{
	for (size_t i = 0; i < DB_TYPES_MAX && plan->filter->types[i]; i++) {
		_cleanup_(sql_finalize) sqlite3_stmt *stmt = NULL;
		int res = sql_prepare(plan->r->db,
				      "SELECT id FROM event_type WHERE name = ?1", &stmt);

		if (res < 0)
			return res;
		sqlite3_bind_text(stmt, 1, plan->filter->types[i], -1, SQLITE_STATIC);
		res = sql_next(stmt);
		if (res < 0)
			return res;
		if (res == 1)
			plan->types[plan->n_types++] = sqlite3_column_int64(stmt, 0);
	}
	plan->never = plan->filter->types[0] && !plan->n_types;
	plan->all_types = !plan->filter->types[0];
	return 0;
}

/* All events, the newest or the oldest of them, or one: there is nothing to choose. */
static bool needs_tally(const struct db_filter *f)
{
	return !f->id && (f->types[0] || f->severities || f->components || f->since_ns ||
			  f->until_ns || f->boot || f->unit || f->dimm || f->device ||
			  f->page_last || f->has_cpu);
}

/* With `r` and `filter` set. */
int plan_make(struct plan *plan)
{
	int res = resolve_types(plan);

	if (res < 0 || plan->never)
		return res;
	res = plan->filter->device ? sql_has_column(plan->r->db, "event", "device") : 1;
	plan->never = res == 0; /* a version that knew of no devices */
	if (res <= 0)
		return res;
	res = sql_has_column(plan->r->db, "hit", NULL);
	plan->has_hits = res == 1;
	if (res >= 0 && needs_tally(plan->filter))
		res = reader_has_tally(plan->r);
	plan->has_tally = res == 1 && needs_tally(plan->filter);
	if (res >= 0 && plan->has_tally)
		res = reader_has_places(plan->r);
	plan->has_places = res == 1 && plan->has_tally;
	return res < 0 || !plan->has_tally ? res : ask_tally(plan);
}
