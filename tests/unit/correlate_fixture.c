// SPDX-License-Identifier: LGPL-2.1-or-later

#include "unit/correlate_fixture.h"

#include <stdlib.h>
#include <string.h>

#include "util/text.h"

/* To another thread: nobody can send that. */
struct step from_kernel(uint64_t event, int64_t at, int32_t tid, int32_t sender)
{
	return (struct step){ .kind = SIGNAL,
			      .signal = { .event = event,
					  .boottime_ns = at,
					  .tid = tid,
					  .tgid = tid,
					  .sender = sender,
					  .is_memory = true,
					  .confirmed = true } };
}

/* In its own context: real or self-sent. */
struct step own(uint64_t event, int64_t at, int32_t tid, int32_t tgid)
{
	return (struct step){ .kind = SIGNAL,
			      .signal = { .event = event,
					  .boottime_ns = at,
					  .tid = tid,
					  .tgid = tgid,
					  .sender = tid,
					  .is_memory = true } };
}

struct step forced_kill(uint64_t event, int64_t at, int32_t tid, int32_t sender)
{
	return (struct step){ .kind = SIGNAL,
			      .signal = { .event = event,
					  .boottime_ns = at,
					  .tid = tid,
					  .tgid = tid,
					  .sender = sender,
					  .is_kill = true } };
}

struct step failure(uint64_t event, int64_t at, uint64_t pfn, int32_t thread)
{
	return (struct step){ .kind = FAILURE, .failure = { event, at, pfn, thread } };
}

struct step line(int64_t at, uint64_t pfn, int32_t tid)
{
	return (struct step){ .kind = LINE, .line = { at, pfn, tid, false } };
}

struct step kill_line(int64_t at, uint64_t pfn, int32_t tid)
{
	return (struct step){ .kind = LINE, .line = { at, pfn, tid, true } };
}

struct step look(int64_t at, uint64_t pfn, int32_t tgid)
{
	return (struct step){ .kind = LOOK, .look = { at, pfn, tgid, 0 } };
}

struct step look_at(int64_t at, uint64_t pfn, int32_t tgid, int64_t start_ns)
{
	return (struct step){ .kind = LOOK, .look = { at, pfn, tgid, start_ns } };
}

struct step report(uint64_t event, int64_t at, uint64_t pfn)
{
	return (struct step){ .kind = REPORT, .report = { event, at, pfn } };
}

void take(struct correlator *c, const struct step *step)
{
	switch (step->kind) {
	case SIGNAL:
		correlate_signal(c, &step->signal);
		break;
	case FAILURE:
		correlate_failure(c, &step->failure);
		break;
	case LINE:
		correlate_victim_line(c, &step->line);
		break;
	case LOOK:
		correlate_page_victim(c, &step->look);
		break;
	case REPORT:
		correlate_report(c, &step->report);
		break;
	}
}

/* --- what was found, as text -------------------------------------------------------- */

static int compare_lines(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void add_line(struct outcome *outcome, const char *line_text)
{
	for (size_t i = 0; i < outcome->n; i++)
		if (!strncmp(line_text, "page", 4) &&
		    !strcmp(outcome->lines[i], line_text))
			return;
	assert_true(outcome->n < ARRAY_SIZE(outcome->lines));
	copy_text(outcome->lines[outcome->n++], sizeof(outcome->lines[0]), line_text);
}

/* A page is told with the hit or with the link, whichever knows it first. */
void collect(struct correlator *c, struct outcome *outcome)
{
	struct finding f;
	char text[64];

	while (correlate_next(c, &f)) {
		uint64_t event = f.kind == FINDING_HIT ? f.event : f.to;

		if (f.kind == FINDING_HIT)
			snprintf(text, sizeof(text), "hit %d %s", (int)f.event,
				 evidence_name(f.evidence));
		else
			snprintf(text, sizeof(text), "%s %d>%d %s",
				 link_kind_name(f.link), (int)f.from, (int)f.to,
				 evidence_name(f.evidence));
		add_line(outcome, text);
		snprintf(text, sizeof(text), "page of %d %#x", (int)event, (int)f.pfn);
		if (f.pfn)
			add_line(outcome, text);
	}
}

const char *as_text(struct outcome *outcome)
{
	struct text all = TEXT_IN(outcome->all);

	qsort(outcome->lines, outcome->n, sizeof(outcome->lines[0]), compare_lines);
	outcome->all[0] = '\0';
	for (size_t i = 0; i < outcome->n; i++)
		text_add(&all, "%s%s", i ? ", " : "", outcome->lines[i]);
	return outcome->all;
}

static void play(const struct step *steps, const size_t *order, size_t n,
		 const char *expected)
{
	struct correlator *c = correlator_new();
	struct outcome outcome = { 0 };

	assert_non_null(c);
	for (size_t i = 0; i < n; i++) {
		take(c, &steps[order[i]]);
		collect(c, &outcome);
	}
	correlate_settle(c, LATER);
	collect(c, &outcome);
	correlate_settle(c, LATER);
	collect(c, &outcome);
	assert_string_equal(as_text(&outcome), expected);
	assert_int_equal(correlate_lost(c), 0);
	correlator_free(c);
}

/* The ring is walked in the order of time, so failures come in theirs. */
static bool can_arrive(const struct step *steps, const size_t *order, size_t n)
{
	int64_t last = INT64_MIN;

	for (size_t i = 0; i < n; i++) {
		if (steps[order[i]].kind != FAILURE)
			continue;
		if (steps[order[i]].failure.boottime_ns < last)
			return false;
		last = steps[order[i]].failure.boottime_ns;
	}
	return true;
}

static size_t permute(const struct step *steps, size_t *order, size_t fixed, size_t n,
		      const char *expected)
{
	size_t played = 0;

	if (fixed == n) {
		if (!can_arrive(steps, order, n))
			return 0;
		play(steps, order, n, expected);
		return 1;
	}
	for (size_t i = fixed; i < n; i++) {
		size_t swapped = order[fixed];

		order[fixed] = order[i];
		order[i] = swapped;
		played += permute(steps, order, fixed + 1, n, expected);
		order[i] = order[fixed];
		order[fixed] = swapped;
	}
	return played;
}

size_t play_all_orders(const struct step *steps, size_t n, const char *expected)
{
	size_t order[STEPS_MAX];

	assert_true(n <= STEPS_MAX);
	for (size_t i = 0; i < n; i++)
		order[i] = i;
	return permute(steps, order, 0, n, expected);
}

void play_in_order(const struct step *steps, size_t n, const char *expected)
{
	size_t order[STEPS_MAX];

	assert_true(n <= STEPS_MAX);
	for (size_t i = 0; i < n; i++)
		order[i] = i;
	play(steps, order, n, expected);
}
