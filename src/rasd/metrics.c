// SPDX-License-Identifier: LGPL-2.1-or-later

#include "rasd/metrics.h"

#include <errno.h>
#include <inttypes.h>

#include "util/clock.h"

struct metric {
	const char *name, *type, *help;
	void (*add)(const struct metric *metric, const struct metrics_view *view,
		    struct text *out);
};

/* The program's names for poison_role. */
static const char *const role_names[] = {
	[POISON_CAPTURE] = "capture", [POISON_STORE] = "store", [POISON_ACT] = "act"
};

/* As the type sigbus has them. */
static const char *const code_names[] = { [CODE_AR] = "BUS_MCEERR_AR",
					  [CODE_AO] = "BUS_MCEERR_AO",
					  [CODE_OBJERR] = "BUS_OBJERR",
					  [CODE_KERNEL] = "SI_KERNEL",
					  [CODE_OTHER] = "other" };

_Static_assert(ARRAY_SIZE(role_names) == POISON_ROLE_MAX, "a name for each");
_Static_assert(ARRAY_SIZE(code_names) == TALLY_CODE_MAX, "a name for each");

/* --- lines --- */

/*
 * A label's value: quotes, backslashes and line ends are escaped. The format wants UTF-8,
 * of which printable ASCII is enough for all that we have.
 */
static void add_value(struct text *out, const char *value)
{
	for (; *value; value++) {
		if (*value == '\n')
			text_add(out, "\\n");
		else if (*value == '"' || *value == '\\')
			text_add(out, "\\%c", *value);
		else
			text_add(out, "%c",
				 *value < 0x20 || *value > 0x7e ? '?' : *value);
	}
}

static void add_label(struct text *out, const char *before, const char *name,
		      const char *value)
{
	text_add(out, "%s%s=\"", before, name);
	add_value(out, value);
	text_add(out, "\"");
}

static void add_number(struct text *out, uint64_t number)
{
	text_add(out, " %" PRIu64 "\n", number);
}

static void add_plain(const struct metric *metric, struct text *out, uint64_t number)
{
	text_add(out, "%s", metric->name);
	add_number(out, number);
}

static void add_one(const struct metric *metric, struct text *out, const char *label,
		    const char *value, uint64_t number)
{
	text_add(out, "%s", metric->name);
	add_label(out, "{", label, value);
	text_add(out, "}");
	add_number(out, number);
}

static void add_two(const struct metric *metric, struct text *out,
		    const char *const labels[2], const char *first, const char *second,
		    uint64_t number)
{
	text_add(out, "%s", metric->name);
	add_label(out, "{", labels[0], first);
	add_label(out, ",", labels[1], second);
	text_add(out, "}");
	add_number(out, number);
}

static void add_seconds(const struct metric *metric, struct text *out, int64_t ns)
{
	ns = MAX(ns, (int64_t)0);
	text_add(out, "%s %lld.%09lld\n", metric->name, (long long)(ns / NS_PER_SEC),
		 (long long)(ns % NS_PER_SEC));
}

/* --- families ---
 *
 * Whatever has a name of its own from the start is there from the start, with 0: the
 * first event of a series that begins with it is no increase.
 */

static void add_up(const struct metric *metric, const struct metrics_view *view,
		   struct text *out)
{
	add_plain(metric, out, view->up);
}

static void add_build_info(const struct metric *metric, const struct metrics_view *view,
			   struct text *out)
{
	static const char *const labels[] = { "version", "kernel" };

	add_two(metric, out, labels, view->version, view->kernel, 1);
}

static void add_start_time(const struct metric *metric, const struct metrics_view *view,
			   struct text *out)
{
	add_seconds(metric, out, view->started_ns);
}

static void add_events(const struct metric *metric, const struct metrics_view *view,
		       struct text *out)
{
	static const char *const labels[] = { "type", "severity" };

	for (size_t type = 0; type <= TALLY_TYPES_MAX; type++) {
		const char *name = type < TALLY_TYPES_MAX ? view->types[type] : "unknown";

		for (int s = 0; name && s < SEVERITY_MAX; s++)
			add_two(metric, out, labels, name, severity_name(s),
				view->tally->events[type][s]);
	}
}

static void add_lost(const struct metric *metric, const struct metrics_view *view,
		     struct text *out)
{
	for (size_t i = 0; i < TALLY_STAGES_MAX; i++)
		if (view->tally->stages[i].name[0])
			add_one(metric, out, "stage", view->tally->stages[i].name,
				view->tally->stages[i].lost);
}

static void add_hits(const struct metric *metric, const struct metrics_view *view,
		     struct text *out)
{
	static const char *const labels[] = { "unit", "evidence" };

	for (size_t i = 0; i < ARRAY_SIZE(view->tally->units); i++) {
		const struct tally_unit *unit = &view->tally->units[i];

		for (int e = EVIDENCE_NONE + 1; unit->name[0] && e < EVIDENCE_MAX; e++)
			add_two(metric, out, labels, unit->name, evidence_name(e),
				unit->hits[e]);
	}
}

static void add_pages(const struct metric *metric, const struct metrics_view *view,
		      struct text *out)
{
	for (int state = 0; state < PAGE_STATE_MAX; state++)
		add_one(metric, out, "state", page_state_name(state), view->pages[state]);
}

static bool has_any(const uint64_t *counters, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (counters[i])
			return true;
	return false;
}

/* What each rule does, from the start; anything else once it was done. */
static void add_actions(const struct metric *metric, const struct metrics_view *view,
			struct text *out)
{
	static const enum act_kind usual[] = {
		[RULE_PAGE] = ACT_SOFT_OFFLINE, [RULE_SERVICE] = ACT_RESTART
	};

	_Static_assert(ARRAY_SIZE(usual) == ACT_RULE_MAX, "one for each");
	for (int i = 0; i < ACT_RULE_MAX * ACT_KIND_MAX; i++) {
		int rule = i / ACT_KIND_MAX, kind = i % ACT_KIND_MAX;
		const uint64_t *counters = view->tally->actions[rule][kind];

		if (kind != (int)usual[rule] && !has_any(counters, ACT_OUTCOME_MAX))
			continue;
		for (int o = OUTCOME_PENDING + 1; o < ACT_OUTCOME_MAX; o++) {
			text_add(out, "%s", metric->name);
			add_label(out, "{", "rule", act_rule_name(rule));
			add_label(out, ",", "kind", act_kind_name(kind));
			add_label(out, ",", "outcome", act_outcome_name(o));
			text_add(out, "}");
			add_number(out, counters[o]);
		}
	}
}

static void add_pending(const struct metric *metric, const struct metrics_view *view,
			struct text *out)
{
	add_plain(metric, out, view->actions_pending);
}

static void add_paused(const struct metric *metric, const struct metrics_view *view,
		       struct text *out)
{
	add_plain(metric, out, view->acting_paused);
}

static void add_lag_bytes(const struct metric *metric, const struct metrics_view *view,
			  struct text *out)
{
	add_plain(metric, out, view->lag_bytes);
}

static void add_lag_seconds(const struct metric *metric, const struct metrics_view *view,
			    struct text *out)
{
	add_seconds(metric, out, view->lag_ns);
}

static void add_wal_bytes(const struct metric *metric, const struct metrics_view *view,
			  struct text *out)
{
	add_plain(metric, out, view->wal_bytes);
}

static void add_own_poison(const struct metric *metric, const struct metrics_view *view,
			   struct text *out)
{
	static const char *const labels[] = { "process", "code" };

	for (int role = 0; role < POISON_ROLE_MAX; role++)
		for (int code = 0; code < TALLY_CODE_MAX; code++)
			add_two(metric, out, labels, role_names[role], code_names[code],
				view->tally->poison[role][code]);
}

static void add_log_dropped(const struct metric *metric, const struct metrics_view *view,
			    struct text *out)
{
	add_plain(metric, out, view->tally->log_dropped);
}

static void add_pruned(const struct metric *metric, const struct metrics_view *view,
		       struct text *out)
{
	add_plain(metric, out, view->tally->pruned);
}

/* Every metric there is; rasd(8) is checked against it. */
static const struct metric metrics[] = {
	{ "rasd_up", "gauge", "1 while rasd runs, 0 once it was stopped.", add_up },
	{ "rasd_build_info", "gauge", "Always 1; the labels are what runs.",
	  add_build_info },
	{ "rasd_start_time_seconds", "gauge", "When rasd was started, in Unix time.",
	  add_start_time },
	{ "rasd_events_total", "counter", "Events recorded, by type and severity.",
	  add_events },
	{ "rasd_lost_total", "counter",
	  "Events that a stage on the way to the database could not keep.", add_lost },
	{ "rasd_unit_hits_total", "counter",
	  "Processes that poisoned memory hit, by systemd unit and how that is known.",
	  add_hits },
	{ "rasd_pages", "gauge", "Pages of memory that are watched or gone, by state.",
	  add_pages },
	{ "rasd_actions_total", "counter",
	  "Actions taken or not taken, by rule, kind and outcome.", add_actions },
	{ "rasd_actions_pending", "gauge", "Actions under way.", add_pending },
	{ "rasd_acting_paused", "gauge", "1 while rasd is told not to act.", add_paused },
	{ "rasd_durable_lag_bytes", "gauge", "What waits in memory for the database.",
	  add_lag_bytes },
	{ "rasd_durable_lag_seconds", "gauge",
	  "Age of the oldest event that is not on disk yet.", add_lag_seconds },
	{ "rasd_wal_bytes", "gauge",
	  "Size of the database's log: it grows while somebody reads in a transaction.",
	  add_wal_bytes },
	{ "rasd_pruned_total", "counter",
	  "Rows of events that were removed for their age or number.", add_pruned },
	{ "rasd_own_poison_total", "counter",
	  "Poison in the memory of rasd itself, by process and signal code.",
	  add_own_poison },
	{ "rasd_log_lines_dropped_total", "counter",
	  "Lines of the log that would have blocked and were not written.",
	  add_log_dropped },
};

/* The names that the counters by type get. */
void metrics_name_types(struct metrics_view *view, const struct handler_table *handlers)
{
	for (size_t i = 0; i < handlers->n_handlers && i < TALLY_TYPES_MAX; i++)
		view->types[i] = handlers->handlers[i]->type->name;
}

/*
 * Appends all metrics. Room for METRICS_BYTES_MAX is always enough; -ENOSPC: there was
 * less, and what is there must not be published.
 */
int metrics_render(const struct metrics_view *view, struct text *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(metrics); i++) {
		const struct metric *metric = &metrics[i];

		text_add(out, "# HELP %s %s\n# TYPE %s %s\n", metric->name, metric->help,
			 metric->name, metric->type);
		metric->add(metric, view, out);
	}
	return out->cut ? -ENOSPC : 0;
}
