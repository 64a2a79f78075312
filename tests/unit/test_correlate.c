// SPDX-License-Identifier: LGPL-2.1-or-later

#include "unit/correlate_fixture.h"

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

/* The sender's failures tell which is which, whatever lines were near in time before. */
static void two_pages_of_one_thread(_unused_ void **state)
{
	size_t n = ALL_ORDERS("hit 1 sender, hit 3 sender, page of 1 0x77, "
			      "page of 3 0x88, signal 2>1 sender, signal 4>3 sender",
			      from_kernel(1, T, 500, 9), failure(2, T + 1, 0x77, 9),
			      from_kernel(3, T + SEC, 500, 9),
			      failure(4, T + SEC + 1, 0x88, 9), line(T, 0x77, 500),
			      line(T + SEC, 0x88, 500));

	assert_int_equal(n, 360);
	/* and a line about a third page is not lost with the signal that had it */
	n = ALL_ORDERS("hit 1 sender, hit 3 kernel-log, page of 1 0x77, page of 3 0x99, "
		       "signal 2>1 sender",
		       from_kernel(1, T, 500, 9), failure(2, T + 1, 0x77, 9),
		       line(T, 0x99, 500), failure(3, T + 2, 0x99, 8));
	assert_int_equal(n, 12);
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

/* Of another page it is told, when that is touched; so is one that is found again. */
static void each_victim_speaks_once(_unused_ void **state)
{
	IN_ORDER("hit 1 kernel-log, hit 9 pagemap, page of 1 0x77, page of 9 0x88, "
		 "signal 2>1 kernel-log, signal 3>9 pagemap",
		 failure(3, T - SEC, 0x88, 9), look(T - MSEC, 0x88, 500),
		 line(T, 0x77, 500), own(1, T, 500, 500), failure(2, T + 1, 0x77, 500),
		 own(9, T + 60 * SEC, 500, 500));
	IN_ORDER("hit 1 pagemap, hit 9 pagemap, page of 1 0x77, page of 9 0x77, "
		 "signal 2>1 pagemap, signal 2>9 pagemap",
		 failure(2, T, 0x77, 9), look(T + SEC, 0x77, 500),
		 own(1, T + 2 * SEC, 500, 500), look(T + 3 * SEC, 0x77, 500),
		 own(9, T + 60 * SEC, 500, 500));
}

/* However many failures there were since: the victim knows its own. */
static void a_victim_remembers_its_failure(_unused_ void **state)
{
	const struct step begin[] = { failure(2, T, 0x77, 9), look(T + 1, 0x77, 500),
				      look(T + 1, 0x88, 600),
				      failure(3, T + 2, 0x88, 9) };
	const struct step end[] = { own(1, T + 3600 * SEC, 500, 500),
				    own(4, T + 3600 * SEC, 600, 600) };
	struct correlator *c = correlator_new();
	struct outcome outcome = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(begin); i++)
		take(c, &begin[i]);
	for (int i = 0; i < 1000; i++) {
		struct step other = failure(100, T + SEC + i, 0x99, 9);

		take(c, &other);
	}
	for (size_t i = 0; i < ARRAY_SIZE(end); i++)
		take(c, &end[i]);
	collect(c, &outcome);
	assert_string_equal(as_text(&outcome),
			    "hit 1 pagemap, hit 4 pagemap, page of 1 0x77, "
			    "page of 4 0x88, signal 2>1 pagemap, signal 3>4 pagemap");
	correlator_free(c);
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
	ALL_ORDERS("", forced_kill(8, T, 600, 600), look(T, 0x77, 600));
	other_code = own(8, T, 600, 600);
	other_code.signal.sender = 601;
	ALL_ORDERS("", other_code, look(T, 0x77, 600));
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

/* Who sends himself the signal under a victim's number is not the victim. */
static void a_victim_is_the_process_that_was_looked_at(_unused_ void **state)
{
	const char *hit = "hit 8 pagemap, page of 8 0x77, signal 2>8 pagemap";
	struct step known = own(8, T + 60 * SEC, 500, 500);
	struct step unknown = own(8, T + 60 * SEC, 500, 0);
	struct step early = own(8, T - SEC, 500, 0);

	known.signal.start_ns = T - 100 * SEC;
	ALL_ORDERS(hit, failure(2, T, 0x77, 9),
		   look_at(T + SEC, 0x77, 500, T - 100 * SEC), known);
	ALL_ORDERS("", failure(2, T, 0x77, 9),
		   look_at(T + SEC, 0x77, 500, T - 100 * SEC + 1), known);
	ALL_ORDERS("", failure(2, T, 0x77, 9),
		   look_at(T + SEC, 0x77, 500, T - 100 * SEC - 1), known);
	ALL_ORDERS(hit, failure(2, T, 0x77, 9), look_at(T + SEC, 0x77, 500, T - SEC),
		   unknown);
	/* it got the signal before the victim began */
	ALL_ORDERS("", failure(2, T, 0x77, 9), look_at(T + SEC, 0x77, 500, T - MSEC),
		   early);
	ALL_ORDERS(hit, failure(2, T, 0x77, 9), look_at(T + SEC, 0x77, 500, T - SEC),
		   early);
}

/* A signal, read after the victim of page 0x77 with number 500 ended at T + 10 s. */
static void play_after_end(const struct step *signal, int64_t settle_ns,
			   const char *expected)
{
	const struct step begin[] = { failure(2, T, 0x77, 9),
				      look_at(T + SEC, 0x77, 500, T - SEC) };
	struct correlator *c = correlator_new();
	struct outcome outcome = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(begin); i++)
		take(c, &begin[i]);
	correlate_forget_victim(c, 500, T - SEC + 1, T + 2 * SEC);
	correlate_forget_victim(c, 501, T - SEC, T + 2 * SEC);
	correlate_forget_victim(c, 500, T - SEC, T + 10 * SEC);
	correlate_forget_victim(c, 500, T - SEC, T + 60 * SEC);
	correlate_settle(c, settle_ns);
	take(c, signal);
	collect(c, &outcome);
	assert_string_equal(as_text(&outcome), expected);
	assert_int_equal(correlate_lost(c), 0);
	correlator_free(c);
}

static void a_victim_that_has_ended_speaks_for_what_was_before(_unused_ void **state)
{
	const char *hit = "hit 8 pagemap, page of 8 0x77, signal 2>8 pagemap";
	struct step before = own(8, T + 10 * SEC, 500, 0);
	struct step after = own(8, T + 10 * SEC + 1, 500, 0);

	play_after_end(&before, T + 20 * SEC, hit);
	play_after_end(&before, T + 20 * SEC + 1, "");
	play_after_end(&after, T + 10 * SEC, "");
	after.signal.start_ns = T - SEC; /* its own: looked up while it lived */
	play_after_end(&after, T + 10 * SEC, hit);
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
		cmocka_unit_test(each_victim_speaks_once),
		cmocka_unit_test(a_victim_remembers_its_failure),
		cmocka_unit_test(who_was_told_early_may_still_touch_the_page),
		cmocka_unit_test(a_report_explains_the_failure_after_it),
		cmocka_unit_test(what_a_user_sends_itself_proves_nothing),
		cmocka_unit_test(a_victims_word_is_used_up),
		cmocka_unit_test(a_number_that_is_used_again_is_somebody_else),
		cmocka_unit_test(a_victim_is_the_process_that_was_looked_at),
		cmocka_unit_test(a_victim_that_has_ended_speaks_for_what_was_before),
	};

	return cmocka_run_group_tests_name("correlate", tests, NULL, NULL);
}
