// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Scenarios on virtual time. What comes is a list of steps, each with its own time; most
 * scenarios are played in every order in which the steps can arrive, and what is found is
 * compared as text, without regard to its order.
 */

#include "unit/check.h"

#include <stdlib.h>
#include <string.h>

#include "locate/correlate.h"
#include "util/clock.h"
#include "util/text.h"

#define SEC	  NS_PER_SEC
#define MSEC	  NS_PER_MSEC
#define T	  (1000 * SEC) /* when most scenarios happen */
#define LATER	  (T + 100000 * SEC)
#define STEPS_MAX 8

enum step_kind { SIGNAL, FAILURE, LINE, LOOK, REPORT };

struct step {
	enum step_kind kind;
	struct seen_signal signal;
	struct seen_failure failure;
	struct seen_victim_line line;
	struct seen_page_victim look;
	struct seen_report report;
};

/* To another thread: nobody can send that. */
static struct step from_kernel(uint64_t event, int64_t at, int32_t tid, int32_t sender)
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
static struct step own(uint64_t event, int64_t at, int32_t tid, int32_t tgid)
{
	return (struct step){ .kind = SIGNAL,
			      .signal = { .event = event,
					  .boottime_ns = at,
					  .tid = tid,
					  .tgid = tgid,
					  .sender = tid,
					  .is_memory = true } };
}

static struct step forced_kill(uint64_t event, int64_t at, int32_t tid, int32_t sender)
{
	return (struct step){ .kind = SIGNAL,
			      .signal = { .event = event,
					  .boottime_ns = at,
					  .tid = tid,
					  .tgid = tid,
					  .sender = sender,
					  .is_kill = true } };
}

static struct step failure(uint64_t event, int64_t at, uint64_t pfn, int32_t thread)
{
	return (struct step){ .kind = FAILURE, .failure = { event, at, pfn, thread } };
}

static struct step line(int64_t at, uint64_t pfn, int32_t tid)
{
	return (struct step){ .kind = LINE, .line = { at, pfn, tid, false } };
}

static struct step kill_line(int64_t at, uint64_t pfn, int32_t tid)
{
	return (struct step){ .kind = LINE, .line = { at, pfn, tid, true } };
}

static struct step look(int64_t at, uint64_t pfn, int32_t tgid)
{
	return (struct step){ .kind = LOOK, .look = { at, pfn, tgid } };
}

static struct step report(uint64_t event, int64_t at, uint64_t pfn)
{
	return (struct step){ .kind = REPORT, .report = { event, at, pfn } };
}

static void take(struct correlator *c, const struct step *step)
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

struct outcome {
	size_t n;
	char lines[32][64];
	char all[2048];
};

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
static void collect(struct correlator *c, struct outcome *outcome)
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

static const char *as_text(struct outcome *outcome)
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

static size_t play_all_orders(const struct step *steps, size_t n, const char *expected)
{
	size_t order[STEPS_MAX];

	assert_true(n <= STEPS_MAX);
	for (size_t i = 0; i < n; i++)
		order[i] = i;
	return permute(steps, order, 0, n, expected);
}

static void play_in_order(const struct step *steps, size_t n, const char *expected)
{
	size_t order[STEPS_MAX];

	assert_true(n <= STEPS_MAX);
	for (size_t i = 0; i < n; i++)
		order[i] = i;
	play(steps, order, n, expected);
}

#define ALL_ORDERS(expected, ...)                       \
	play_all_orders((struct step[]){ __VA_ARGS__ }, \
			ARRAY_SIZE(((struct step[]){ __VA_ARGS__ })), expected)
#define IN_ORDER(expected, ...)                       \
	play_in_order((struct step[]){ __VA_ARGS__ }, \
		      ARRAY_SIZE(((struct step[]){ __VA_ARGS__ })), expected)

/* --- the rules ------------------------------------------------------------------------
 */

static void a_sender_confirms_and_the_next_failure_links(_unused_ void **state)
{
	IN_ORDER("hit 1 sender", from_kernel(1, T, 500, 9));
	assert_int_equal(ALL_ORDERS("hit 1 sender, page of 1 0x77, signal 2>1 sender",
				    from_kernel(1, T, 500, 9),
				    failure(2, T + MSEC, 0x77, 9)),
			 2);
	/* ten seconds are the end, and nobody else's failure is meant */
	ALL_ORDERS("hit 1 sender, page of 1 0x77, signal 2>1 sender",
		   from_kernel(1, T, 500, 9), failure(2, T + 10 * SEC, 0x77, 9));
	ALL_ORDERS("hit 1 sender", from_kernel(1, T, 500, 9),
		   failure(2, T + 10 * SEC + 1, 0x77, 9));
	ALL_ORDERS("hit 1 sender", from_kernel(1, T, 500, 9),
		   failure(2, T + MSEC, 0x77, 8));
	ALL_ORDERS("hit 1 sender", from_kernel(1, T, 500, 9),
		   failure(2, T - MSEC, 0x77, 9));
}

static void a_signal_belongs_to_one_failure_only(_unused_ void **state)
{
	size_t n = ALL_ORDERS("hit 1 sender, hit 3 sender, page of 1 0x77, "
			      "page of 3 0x88, signal 2>1 sender, signal 4>3 sender",
			      from_kernel(1, T, 500, 9), failure(2, T + 1, 0x77, 9),
			      from_kernel(3, T + 2, 501, 9), failure(4, T + 3, 0x88, 9));

	assert_int_equal(n, 12);
	/* the sender's own failure was lost: the next one is not it */
	ALL_ORDERS("hit 1 sender", from_kernel(1, T, 500, 9), failure(2, T + 1, 0x77, 8),
		   failure(3, T + 2, 0x88, 9));
}

static void signal_line_and_failure_in_every_order(_unused_ void **state)
{
	assert_int_equal(ALL_ORDERS("hit 1 sender, page of 1 0x77, signal 2>1 sender",
				    from_kernel(1, T, 500, 9), line(T - SEC, 0x77, 500),
				    failure(2, T + MSEC, 0x77, 9)),
			 6);
	assert_int_equal(
		ALL_ORDERS("hit 1 kernel-log, page of 1 0x77, signal 2>1 kernel-log",
			   own(1, T, 500, 500), line(T + SEC, 0x77, 500),
			   failure(2, T + MSEC, 0x77, 500)),
		6);
	assert_int_equal(
		ALL_ORDERS("hit 1 kernel-log, page of 1 0x77, signal 2>1 kernel-log",
			   forced_kill(1, T, 500, 9), kill_line(T, 0x77, 500),
			   failure(2, T + MSEC, 0x77, 9)),
		6);
	/* it consumed what had failed before */
	ALL_ORDERS("hit 1 kernel-log, page of 1 0x77, signal 2>1 kernel-log",
		   own(1, T, 500, 500), line(T, 0x77, 500),
		   failure(2, T - 9 * SEC, 0x77, 9));
	ALL_ORDERS("hit 1 kernel-log, page of 1 0x77", own(1, T, 500, 500),
		   line(T, 0x77, 500), failure(2, T - 11 * SEC, 0x77, 9));
}

static void the_log_links_what_the_sender_does_not(_unused_ void **state)
{
	ALL_ORDERS("hit 1 sender, page of 1 0x77, signal 2>1 kernel-log",
		   from_kernel(1, T, 500, 9), line(T, 0x77, 500),
		   failure(2, T + MSEC, 0x77, 8));
}

static void several_victims_of_one_failure(_unused_ void **state)
{
	size_t n = ALL_ORDERS(
		"hit 1 kernel-log, hit 2 sender, page of 1 0x77, page of 2 0x77, "
		"signal 3>1 kernel-log, signal 3>2 sender",
		own(1, T, 500, 500), from_kernel(2, T + 1, 600, 500), line(T, 0x77, 500),
		line(T, 0x77, 600), failure(3, T + MSEC, 0x77, 500));

	assert_int_equal(n, 120);
}

/* Each line goes to the signal whose page is known, even if the other is nearer. */
static void two_pages_of_one_thread(_unused_ void **state)
{
	size_t n = ALL_ORDERS("hit 1 sender, hit 3 sender, page of 1 0x77, "
			      "page of 3 0x88, signal 2>1 sender, signal 4>3 sender",
			      from_kernel(1, T, 500, 9), failure(2, T + 1, 0x77, 9),
			      from_kernel(3, T + SEC, 500, 9),
			      failure(4, T + SEC + 1, 0x88, 9), line(T, 0x77, 500),
			      line(T + SEC, 0x88, 500));

	assert_int_equal(n, 360);
}

static void a_line_without_its_signal_hits_by_the_failure(_unused_ void **state)
{
	struct correlator *c = correlator_new();
	struct step l = line(T, 0x77, 500), f = failure(2, T + MSEC, 0x77, 9);
	struct step s = own(1, T + MSEC, 500, 500);
	struct finding found;

	ALL_ORDERS("hit 2 kernel-log, page of 2 0x77", line(T, 0x77, 500),
		   failure(2, T + MSEC, 0x77, 9));
	ALL_ORDERS("", line(T, 0x77, 500), failure(2, T + MSEC, 0x78, 9));
	ALL_ORDERS("", line(T, 0x77, 500), failure(2, T + 11 * SEC, 0x77, 9));
	/* not before its time; then once, and what comes late is not told again */
	take(c, &l);
	correlate_settle(c, T + 3 * SEC);
	take(c, &f);
	correlate_settle(c, T + 2 * SEC);
	assert_false(correlate_next(c, &found));
	correlate_settle(c, T + 2 * SEC + 1);
	assert_true(correlate_next(c, &found));
	assert_int_equal(found.kind, FINDING_HIT);
	assert_int_equal(found.event, 2);
	assert_int_equal(found.pfn, 0x77);
	assert_int_equal(found.tid, 500);
	assert_int_equal(found.boottime_ns, T + MSEC);
	take(c, &s);
	correlate_settle(c, LATER);
	assert_false(correlate_next(c, &found));
	correlator_free(c);
}

static void a_page_victim_explains_one_signal_whenever_it_touches(_unused_ void **state)
{
	const char *expected = "hit 1 pagemap, page of 1 0x77, signal 2>1 pagemap";

	assert_int_equal(ALL_ORDERS(expected, failure(2, T, 0x77, 9),
				    look(T + SEC, 0x77, 500),
				    own(1, T + 3600 * SEC, 501, 500)),
			 6);
	ALL_ORDERS(expected, failure(2, T - MSEC, 0x77, 9), look(T + 5 * SEC, 0x77, 500),
		   own(1, T, 501, 500));
	/* its process is not known: then only the main thread is */
	ALL_ORDERS(expected, failure(2, T - MSEC, 0x77, 9), look(T, 0x77, 500),
		   own(1, T + SEC, 500, 0));
	ALL_ORDERS("", failure(2, T - MSEC, 0x77, 9), look(T, 0x77, 500),
		   own(1, T + SEC, 501, 0));
	ALL_ORDERS("", failure(2, T - MSEC, 0x77, 9), look(T + 5 * SEC + 1, 0x77, 500),
		   own(1, T, 501, 500));
	/* an hour before anybody knew */
	ALL_ORDERS("hit 1 pagemap, page of 1 0x77", look(T, 0x77, 500),
		   own(1, T + SEC, 500, 500));
}

static void a_victim_that_the_log_named_is_not_told_twice(_unused_ void **state)
{
	struct step again = own(9, T + 60 * SEC, 500, 500);

	IN_ORDER("hit 1 kernel-log, page of 1 0x77, signal 2>1 kernel-log",
		 own(1, T, 500, 500), line(T, 0x77, 500), failure(2, T + 1, 0x77, 500),
		 look(T + SEC, 0x77, 500), again);
	IN_ORDER("hit 1 pagemap, page of 1 0x77, signal 2>1 pagemap",
		 failure(2, T + 1, 0x77, 500), own(1, T, 500, 500),
		 look(T + SEC, 0x77, 500), line(T, 0x77, 500), again);
	IN_ORDER("hit 1 kernel-log, page of 1 0x77, signal 2>1 kernel-log",
		 line(T, 0x77, 500), failure(2, T + 1, 0x77, 500),
		 look(T + SEC, 0x77, 500), own(1, T, 500, 500), again);
}

/* Told early, it had its signal, and then it touched the page all the same. */
static void who_was_told_early_may_still_touch_the_page(_unused_ void **state)
{
	IN_ORDER("hit 1 sender, hit 3 pagemap, page of 1 0x77, page of 3 0x77, "
		 "signal 2>1 sender, signal 2>3 pagemap",
		 from_kernel(1, T, 500, 9), failure(2, T + 1, 0x77, 9),
		 look(T + SEC, 0x77, 500), own(3, T + 60 * SEC, 500, 500));
}

static void a_report_explains_the_failure_after_it(_unused_ void **state)
{
	const char *expected = "page of 2 0x77, report 1>2 none";

	assert_int_equal(
		ALL_ORDERS(expected, report(1, T, 0x77), failure(2, T + MSEC, 0x77, 9)),
		2);
	ALL_ORDERS(expected, report(1, T, 0x77), failure(2, T + 5 * SEC, 0x77, 9));
	ALL_ORDERS(expected, report(1, T + 5 * SEC, 0x77), failure(2, T, 0x77, 9));
	ALL_ORDERS("", report(1, T, 0x77), failure(2, T + 5 * SEC + 1, 0x77, 9));
	ALL_ORDERS("", report(1, T, 0x77), failure(2, T + MSEC, 0x78, 9));
	IN_ORDER("page of 4 0x77, report 2>4 none", report(1, T, 0x77),
		 report(2, T + 2, 0x77), report(3, T + 3, 0x78),
		 failure(4, T + 4, 0x77, 9), failure(5, T + 5, 0x77, 9));
	IN_ORDER("page of 4 0x77, report 2>4 none", report(2, T + 2, 0x77),
		 report(1, T, 0x77), failure(4, T + 4, 0x77, 9));
}

/* --- forged ---------------------------------------------------------------------------
 */

static void what_a_user_sends_itself_proves_nothing(_unused_ void **state)
{
	struct step other_code = own(8, T, 600, 600);

	other_code.signal.is_memory = false;
	ALL_ORDERS("", own(8, T, 600, 600), own(9, T + 1, 601, 600));
	ALL_ORDERS("", own(8, T, 600, 600), failure(2, T + 1, 0x77, 600));
	ALL_ORDERS("hit 1 sender, page of 1 0x77, signal 2>1 sender",
		   from_kernel(1, T, 500, 9), own(8, T + 1, 600, 600),
		   own(9, T + 2, 9, 9), failure(2, T + 3, 0x77, 9));
	ALL_ORDERS("hit 1 kernel-log, page of 1 0x77, signal 2>1 kernel-log",
		   own(1, T, 500, 500), own(8, T + 1, 501, 500), line(T, 0x77, 500),
		   failure(2, T + 3, 0x77, 500));
	/* of a code that no memory failure sends, not even with witnesses */
	ALL_ORDERS("hit 2 kernel-log, page of 2 0x77", other_code, line(T, 0x77, 600),
		   failure(2, T + 1, 0x77, 9));
	ALL_ORDERS("", other_code, look(T, 0x77, 600));
	/* a SIGKILL as the OOM killer sends it; a SIGBUS is no forced kill */
	ALL_ORDERS("", forced_kill(8, T, 600, 9), failure(2, T + 1, 0x77, 9),
		   look(T, 0x77, 600));
	ALL_ORDERS("hit 2 kernel-log, page of 2 0x77", forced_kill(8, T, 600, 9),
		   line(T, 0x77, 600), failure(2, T + 1, 0x77, 9));
	ALL_ORDERS("hit 2 kernel-log, page of 2 0x77", own(8, T, 600, 600),
		   kill_line(T, 0x77, 600), failure(2, T + 1, 0x77, 9));
}

static void a_victims_word_is_used_up(_unused_ void **state)
{
	IN_ORDER("hit 1 pagemap, page of 1 0x77, signal 2>1 pagemap",
		 failure(2, T, 0x77, 9), look(T + SEC, 0x77, 500),
		 own(1, T + 2 * SEC, 500, 500), own(8, T + 3 * SEC, 500, 500),
		 own(9, T + 4 * SEC, 501, 500));
	IN_ORDER("hit 1 kernel-log, page of 1 0x77, signal 2>1 kernel-log",
		 own(1, T, 500, 500), line(T, 0x77, 500), failure(2, T + 1, 0x77, 500),
		 own(8, T + SEC, 500, 500), own(9, T + 2 * SEC, 500, 500));
	/* found again while it waits, it is still one */
	IN_ORDER("hit 1 pagemap, page of 1 0x77, signal 2>1 pagemap",
		 failure(2, T, 0x77, 9), look(T + SEC, 0x77, 500),
		 look(T + 2 * SEC, 0x77, 500), own(1, T + 3 * SEC, 500, 500),
		 own(9, T + 4 * SEC, 500, 500));
}

static void a_number_that_is_used_again_is_somebody_else(_unused_ void **state)
{
	struct step younger = own(8, T + 60 * SEC, 500, 500);

	/* the line was another thread's, whose signal was not seen */
	ALL_ORDERS("hit 2 kernel-log, page of 2 0x77", line(T, 0x77, 500),
		   own(8, T + 2 * SEC + 1, 500, 500), failure(2, T + 1, 0x77, 9));
	ALL_ORDERS("hit 1 kernel-log, page of 1 0x77, signal 2>1 kernel-log",
		   line(T, 0x77, 500), own(1, T + 2 * SEC, 500, 500),
		   failure(2, T + 1, 0x77, 9));
	younger.signal.start_ns = T + SEC + 1;
	ALL_ORDERS("", failure(2, T, 0x77, 9), look(T + SEC, 0x77, 500), younger);
	younger.signal.start_ns = T + SEC;
	ALL_ORDERS("hit 8 pagemap, page of 8 0x77, signal 2>8 pagemap",
		   failure(2, T, 0x77, 9), look(T + SEC, 0x77, 500), younger);
	ALL_ORDERS("", failure(2, T, 0x77, 9), look(T + SEC, 0x77, 500),
		   own(8, T + 90000 * SEC, 500, 500));
}

/* --- room -----------------------------------------------------------------------------
 */

static void send_itself(struct correlator *c, int32_t first, int32_t n_threads,
			int64_t at, size_t n)
{
	struct finding found;

	for (size_t i = 0; i < n; i++) {
		int32_t tid = first + (int32_t)(i % (size_t)n_threads);
		struct step s = own(1000 + (uint64_t)tid, at + (int64_t)i, tid, tid);

		take(c, &s);
		assert_false(correlate_next(c, &found));
	}
}

/* What a million forged signals from many threads do to one of each, real and waiting. */
static void a_flood_pushes_out_only_its_like(_unused_ void **state)
{
	const struct step before[] = { from_kernel(1, T, 500, 9), line(T, 0x88, 600),
				       failure(11, T - 1, 0x99, 8), look(T, 0x99, 700),
				       own(4, T, 800, 800) };
	const struct step after[] = { failure(2, T + SEC, 0x77, 9),
				      own(3, T + 2 * SEC, 600, 600),
				      own(5, T + 3 * SEC, 700, 700),
				      failure(12, T + SEC, 0x88, 600),
				      line(T, 0xaa, 800),
				      failure(13, T + SEC, 0xaa, 800) };
	struct correlator *c = correlator_new();
	struct outcome outcome = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(before); i++)
		take(c, &before[i]);
	collect(c, &outcome);
	send_itself(c, 10000, 100000, T + 1, 1000000);
	for (size_t i = 0; i < ARRAY_SIZE(after); i++)
		take(c, &after[i]);
	correlate_settle(c, LATER);
	collect(c, &outcome);
	/* the signal 4 was pushed out: its line speaks for the failure */
	assert_string_equal(
		as_text(&outcome),
		"hit 1 sender, hit 13 kernel-log, hit 3 kernel-log, hit 5 pagemap, "
		"page of 1 0x77, page of 13 0xaa, page of 3 0x88, "
		"page of 5 0x99, signal 11>5 pagemap, signal 12>3 kernel-log, "
		"signal 2>1 sender");
	assert_int_equal(correlate_lost(c), 0);
	correlator_free(c);
}

static void a_flood_of_one_thread_takes_one_place(_unused_ void **state)
{
	struct correlator *c = correlator_new();
	struct outcome outcome = { 0 };
	struct step s = own(1, T, 500, 500), l = line(T, 0x77, 500);

	take(c, &s);
	send_itself(c, 600, 1, T + 1, 1000000);
	send_itself(c, 10000, 254, T + 1, 1000000);
	take(c, &l);
	collect(c, &outcome);
	assert_string_equal(as_text(&outcome), "hit 1 kernel-log, page of 1 0x77");
	correlator_free(c);
}

static void kills_do_not_push_out_signals(_unused_ void **state)
{
	struct correlator *c = correlator_new();
	struct outcome outcome = { 0 };
	struct step s = own(1, T, 500, 500), l = line(T, 0x77, 500);

	take(c, &s);
	for (int32_t i = 0; i < 10000; i++) {
		struct step kill = forced_kill(9, T + i, 1000 + i, 7);

		take(c, &kill);
	}
	take(c, &l);
	collect(c, &outcome);
	assert_string_equal(as_text(&outcome), "hit 1 kernel-log, page of 1 0x77");
	correlator_free(c);
}

static void lines_that_are_pushed_out_are_told(_unused_ void **state)
{
	struct correlator *c = correlator_new();
	struct step f = failure(2, T, 0x77, 9);
	struct finding found;
	int told = 0;

	take(c, &f);
	for (int32_t i = 0; i < 1000; i++) {
		struct step l = line(T + i, 0x77, 5000 + i);

		take(c, &l);
		while (correlate_next(c, &found)) {
			assert_int_equal(found.event, 2);
			assert_int_equal(found.tid, 5000 + told++);
		}
	}
	assert_int_equal(told, 1000 - 256);
	correlate_settle(c, LATER);
	while (correlate_next(c, &found))
		told++;
	assert_int_equal(told, 1000);
	assert_int_equal(correlate_lost(c), 0);
	correlator_free(c);
}

static void what_finds_no_room_is_counted(_unused_ void **state)
{
	struct correlator *c = correlator_new();
	struct finding found;
	uint64_t lost = 0;
	int taken = 0;

	for (int32_t i = 0; i < 256 + 7; i++) { /* whose failure nobody told */
		struct step l = line(T + i, 0x77, 5000 + i);

		take(c, &l);
	}
	assert_int_equal(correlate_lost(c), lost += 7);
	for (int32_t i = 0; i < 256 + 5; i++) {
		struct step v = look(T + i, 0x77, 5000 + i);

		take(c, &v);
	}
	assert_int_equal(correlate_lost(c), lost += 5);
	for (int32_t i = 0; i < 256 + 3; i++) { /* that lack their failure yet */
		struct step s = from_kernel(1 + (uint64_t)i, T + i, 20000 + i, 9);

		take(c, &s);
	}
	assert_int_equal(correlate_lost(c), lost += 3);
	for (int32_t i = 0; i < 2000; i++) { /* and nobody takes what comes of it */
		struct step s = from_kernel(1 + (uint64_t)i, T + i * 11 * SEC, 1, 9);

		take(c, &s);
	}
	assert_true(correlate_lost(c) > lost);
	while (correlate_next(c, &found))
		taken++;
	assert_int_equal(taken, 1024);
	correlator_free(c);
}

/* A failure may have had a great many early victims: all are linked with one call. */
static void one_failure_links_a_whole_shelf(_unused_ void **state)
{
	struct correlator *c = correlator_new();
	struct step f = failure(5000, T + SEC, 0x77, 9);
	struct finding found;
	int hits = 0, links = 0;

	for (int32_t i = 0; i < 256; i++) {
		struct step s = from_kernel(1 + (uint64_t)i, T + i, 20000 + i, 9);

		take(c, &s);
	}
	take(c, &f);
	while (correlate_next(c, &found)) {
		hits += found.kind == FINDING_HIT;
		links += found.kind == FINDING_LINK && found.from == 5000;
	}
	assert_int_equal(hits, 256);
	assert_int_equal(links, 256);
	assert_int_equal(correlate_lost(c), 0);
	correlator_free(c);
}

/* --- whatever comes -------------------------------------------------------------------
 */

static uint32_t next_random(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)(*seed >> 33);
}

#define CHAOS 50000

struct chaos {
	struct correlator *c;
	uint64_t seed, spoken_for; /* lines and victims so far */
	uint64_t beside_sender;	   /* hits that lines and victims gave */
	uint8_t is[CHAOS];	   /* by event */
	bool hit[CHAOS], linked[CHAOS];
};

enum { IS_NOTHING, IS_CONFIRMED, IS_OWN, IS_OTHER, IS_FAILURE, IS_REPORT };

static struct step random_step(struct chaos *chaos, uint64_t event, int64_t now)
{
	int64_t at = now - next_random(&chaos->seed) % (3 * SEC);
	int32_t tid = 1 + (int32_t)(next_random(&chaos->seed) % 20);
	uint64_t pfn = 0x70 + next_random(&chaos->seed) % 8;
	struct step s;

	switch (next_random(&chaos->seed) % 8) {
	case 0:
		chaos->is[event] = IS_CONFIRMED;
		return from_kernel(event, at, tid, 50 + tid % 3);
	case 1:
		chaos->is[event] = IS_OTHER;
		s = own(event, at, tid, tid);
		s.signal.is_memory = false;
		return s;
	case 2:
		chaos->is[event] = IS_FAILURE;
		return failure(event, at, pfn, 50 + tid % 3);
	case 3:
		chaos->spoken_for++;
		return line(at, pfn, tid);
	case 4:
		chaos->spoken_for++;
		return look(at, pfn, tid);
	case 5:
		chaos->is[event] = IS_REPORT;
		return report(event, at, pfn);
	}
	chaos->is[event] = IS_OWN;
	return own(event, at, tid, tid % 2 ? tid : 0);
}

static void check_hit(struct chaos *chaos, const struct finding *f)
{
	assert_true(f->event > 0 && f->event < CHAOS);
	if (f->evidence == EVIDENCE_SENDER) {
		assert_int_equal(chaos->is[f->event], IS_CONFIRMED);
	} else {
		chaos->beside_sender++;
		assert_true(f->pfn >= 0x70 && f->pfn < 0x78);
		assert_true(chaos->is[f->event] == IS_OWN ||
			    (chaos->is[f->event] == IS_FAILURE &&
			     f->evidence == EVIDENCE_LOG));
	}
	if (chaos->is[f->event] != IS_FAILURE)
		assert_false(chaos->hit[f->event]);
	chaos->hit[f->event] = true;
}

static void check_link(struct chaos *chaos, const struct finding *f)
{
	assert_true(f->from > 0 && f->from < CHAOS && f->to > 0 && f->to < CHAOS);
	assert_false(chaos->linked[f->to]);
	chaos->linked[f->to] = true;
	assert_true(f->pfn >= 0x70 && f->pfn < 0x78);
	if (f->link == LINK_REPORT) {
		assert_int_equal(chaos->is[f->from], IS_REPORT);
		assert_int_equal(chaos->is[f->to], IS_FAILURE);
		return;
	}
	assert_int_equal(chaos->is[f->from], IS_FAILURE);
	assert_true(chaos->hit[f->to]);
}

static void whatever_comes_nothing_is_told_twice(_unused_ void **state)
{
	struct chaos *chaos = calloc(1, sizeof(*chaos));
	struct finding f;
	uint64_t hits = 0;

	chaos->c = correlator_new();
	chaos->seed = 20261121;
	for (uint64_t event = 1; event < CHAOS; event++) {
		int64_t now = T + (int64_t)event * 50 * MSEC;
		struct step s = random_step(chaos, event, now);

		take(chaos->c, &s);
		if (event % 16 == 0)
			correlate_settle(chaos->c, now);
		while (correlate_next(chaos->c, &f)) {
			hits += f.kind == FINDING_HIT;
			if (f.kind == FINDING_HIT)
				check_hit(chaos, &f);
			else
				check_link(chaos, &f);
		}
	}
	for (uint64_t event = 1; event < CHAOS; event++)
		if (chaos->is[event] == IS_CONFIRMED)
			assert_true(chaos->hit[event]);
	assert_true(hits > CHAOS / 8);
	assert_true(chaos->beside_sender > 0);
	assert_true(chaos->beside_sender <= chaos->spoken_for);
	chaos->c = correlator_free(chaos->c);
	free(chaos);
}

/* Times from the ends of the scale overflow nothing. */
static void times_may_be_anything(_unused_ void **state)
{
	static const int64_t times[] = { INT64_MIN, -1, 0, T, INT64_MAX };
	struct correlator *c = correlator_new();
	struct finding found;
	size_t hits = 0;

	for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
		const struct step steps[] = {
			own(1, times[i], 5, 5),	    from_kernel(2, times[i], 6, 7),
			failure(3, times[i], 1, 7), line(times[i], 1, 8),
			look(times[i], 2, 5),	    report(4, times[i], 1)
		};

		for (size_t s = 0; s < ARRAY_SIZE(steps); s++)
			take(c, &steps[s]);
		correlate_settle(c, times[ARRAY_SIZE(times) - 1 - i]);
	}
	while (correlate_next(c, &found))
		hits += found.kind == FINDING_HIT;
	assert_true(hits >= ARRAY_SIZE(times));
	correlator_free(c);
	assert_null(correlator_free(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sender_confirms_and_the_next_failure_links),
		cmocka_unit_test(a_signal_belongs_to_one_failure_only),
		cmocka_unit_test(signal_line_and_failure_in_every_order),
		cmocka_unit_test(the_log_links_what_the_sender_does_not),
		cmocka_unit_test(several_victims_of_one_failure),
		cmocka_unit_test(two_pages_of_one_thread),
		cmocka_unit_test(a_line_without_its_signal_hits_by_the_failure),
		cmocka_unit_test(a_page_victim_explains_one_signal_whenever_it_touches),
		cmocka_unit_test(a_victim_that_the_log_named_is_not_told_twice),
		cmocka_unit_test(who_was_told_early_may_still_touch_the_page),
		cmocka_unit_test(a_report_explains_the_failure_after_it),
		cmocka_unit_test(what_a_user_sends_itself_proves_nothing),
		cmocka_unit_test(a_victims_word_is_used_up),
		cmocka_unit_test(a_number_that_is_used_again_is_somebody_else),
		cmocka_unit_test(a_flood_pushes_out_only_its_like),
		cmocka_unit_test(a_flood_of_one_thread_takes_one_place),
		cmocka_unit_test(kills_do_not_push_out_signals),
		cmocka_unit_test(lines_that_are_pushed_out_are_told),
		cmocka_unit_test(what_finds_no_room_is_counted),
		cmocka_unit_test(one_failure_links_a_whole_shelf),
		cmocka_unit_test(whatever_comes_nothing_is_told_twice),
		cmocka_unit_test(times_may_be_anything),
	};

	return cmocka_run_group_tests_name("correlate", tests, NULL, NULL);
}
