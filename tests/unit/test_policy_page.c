// SPDX-License-Identifier: LGPL-2.1-or-later

/* Corrected errors on pages, on virtual time: too many of them, and what is done then. */

#include "unit/policy_fixture.h"

/* --- the bucket --- */

static void ten_within_a_moment_are_too_many_at_the_tenth(void **state)
{
	struct scene *scene = *state;

	for (int i = 0; i < 9; i++) {
		/* anywhere in the page; milliseconds pass */
		assert_int_equal(corrected(scene, FIRST_PAGE + (uint64_t)i * 8, 1), -1);
		scene->now += 7 * NS_PER_MSEC;
	}
	assert_int_equal(corrected(scene, FIRST_PAGE + PAGE - 1, 1), OUTCOME_PENDING);
	assert_int_equal(scene->last.address, FIRST_PAGE);
	assert_int_equal(scene->last.rule, RULE_PAGE);
	assert_int_equal(scene->last.kind, ACT_SOFT_OFFLINE);
	assert_int_equal(scene->last.event, 1000000 + scene->last.id);
	assert_int_equal(scene->last.asked_ns, scene->now);
	assert_note(scene, "10 corrected errors");
	assert_int_equal(page_state(scene, FIRST_PAGE), PAGE_ASKED);
}

static void ten_on_ten_pages_are_not(void **state)
{
	struct scene *scene = *state;

	for (uint64_t i = 0; i < 10; i++)
		assert_int_equal(corrected(scene, nth_page(i), 1), -1);
	assert_null(policy_next(scene->state, scene->now));
}

static void a_count_is_as_many_errors(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(corrected(scene, FIRST_PAGE, 0), -1);
	assert_int_equal(debt_of(scene, FIRST_PAGE), 0);
	assert_int_equal(corrected(scene, FIRST_PAGE, 9), -1);
	assert_int_equal(debt_of(scene, FIRST_PAGE), 9 * COST);
	assert_int_equal(corrected(scene, FIRST_PAGE, UINT64_MAX), OUTCOME_PENDING);
	assert_int_equal(debt_of(scene, FIRST_PAGE), 10 * COST); /* and not more */
	assert_int_equal(policy_page(scene->state, &scene->rules, FIRST_PAGE)->corrected,
			 UINT64_MAX);
}

/* As page.c says: one for each W/N that passes, for years, on top of a burst. */
static void a_steady_rate_that_leaks_away_never_is(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(corrected(scene, FIRST_PAGE, 8), -1);
	for (int i = 0; i < 10000; i++) {
		assert_int_equal(corrected(scene, FIRST_PAGE, 1), -1);
		scene->now += COST;
	}
	assert_int_equal(debt_of(scene, FIRST_PAGE), 8 * COST);
}

static void a_rate_a_little_above_is_in_the_end(void **state)
{
	struct scene *scene = *state;
	int n = 0;

	/* 0.1 % faster: about nine thousand errors, and each leaves a little */
	for (; n < 20000 && corrected(scene, FIRST_PAGE, 1) == -1; n++)
		scene->now += COST - COST / 1000;
	assert_true(n > 7900 && n < 8100);
}

static void a_slow_burst_has_to_be_longer(void **state)
{
	struct scene *scene = *state;
	int n = 0;

	/* one each half of W/N: each leaves a half; 1 + 17 halves are above nine */
	for (; n < 100 && corrected(scene, FIRST_PAGE, 1) == -1; n++)
		scene->now += COST / 2;
	assert_int_equal(n + 1, 18);
}

static void errors_leak_away(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(corrected(scene, FIRST_PAGE, 9), -1);
	scene->now += 9 * COST - 1;
	assert_int_equal(debt_of(scene, FIRST_PAGE), 1);
	scene->now += 1000 * HOUR;
	assert_int_equal(debt_of(scene, FIRST_PAGE), 0);
	assert_int_equal(corrected(scene, FIRST_PAGE, 9), -1);
}

static void a_time_that_goes_back_leaks_nothing(void **state)
{
	struct scene *scene = *state;
	int64_t start = scene->now;

	assert_int_equal(corrected(scene, FIRST_PAGE, 5), -1);
	for (int i = 0; i < 3; i++) {
		scene->now = start - HOUR;
		assert_int_equal(corrected(scene, FIRST_PAGE, 1), -1);
		scene->now = start; /* not an hour later than what was before */
		assert_int_equal(debt_of(scene, FIRST_PAGE), (6 + i) * COST);
	}
	assert_int_equal(corrected(scene, FIRST_PAGE, 1), -1);
	assert_int_equal(corrected(scene, FIRST_PAGE, 1), OUTCOME_PENDING);
}

static void extreme_rules_and_times_do_no_harm(void **state)
{
	struct scene *scene = *state;
	static const struct {
		uint64_t corrected;
		int64_t window_ns;
	} rules[] = { { 1, SEC },	   { 1, 10LL * 366 * 24 * HOUR },
		      { 1000000000, SEC }, { 1000000000, 10LL * 366 * 24 * HOUR },
		      { UINT64_MAX, 1 },   { 0, 0 } };

	for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
		scene->rules.page.corrected = rules[i].corrected;
		scene->rules.page.window_ns = rules[i].window_ns;
		scene->now += 40LL * 366 * 24 * HOUR / 10;
		if (rules[i].corrected > 1 && rules[i].corrected < UINT64_MAX)
			assert_int_equal(
				corrected(scene, nth_page(i), rules[i].corrected - 1),
				-1);
		assert_int_equal(corrected(scene, nth_page(i), 1), OUTCOME_PENDING);
		assert_int_equal(corrected(scene, nth_page(i), UINT64_MAX), -1);
		assert_int_equal(end_next(scene, OUTCOME_DONE, 0), OUTCOME_DONE);
	}
}

static void pages_are_as_large_as_the_kernels(void **state)
{
	struct scene *scene = *state;

	scene->rules.page_size = 65536;
	assert_int_equal(corrected(scene, FIRST_PAGE + 65535, 5), -1);
	assert_int_equal(corrected(scene, FIRST_PAGE + 4096, 5), OUTCOME_PENDING);
	assert_int_equal(scene->last.address, FIRST_PAGE);
}

static void the_page_at_zero_is_one_too(void **state)
{
	struct scene *scene = *state;

	assert_null(policy_page(scene->state, &scene->rules, 0));
	assert_int_equal(policy_page_failed(scene->state, &scene->rules, 0, scene->now),
			 FAILURE_NEW);
	assert_int_equal(page_state(scene, 8), PAGE_POISONED);
	assert_int_equal(policy_page_failed(scene->state, &scene->rules, 9, scene->now),
			 FAILURE_ECHO);
	assert_int_equal(scene->state->poisoned, 1);
}

/* --- told twice --- */

static void told_by_trace_and_log_it_counts_once(void **state)
{
	struct scene *scene = *state;

	for (int first = 0; first < 2; first++) {
		uint64_t page = nth_page((uint64_t)first);

		for (int i = 0; i < 9; i++) {
			assert_int_equal(corrected_by(scene, first, page, 1), -1);
			scene->now += 3 * NS_PER_MSEC;
			assert_int_equal(corrected_by(scene, !first, page, 1), -1);
		}
		assert_int_equal(
			policy_page(scene->state, &scene->rules, page)->corrected, 9);
		assert_int_equal(corrected_by(scene, first, page, 1), OUTCOME_PENDING);
		assert_int_equal(corrected_by(scene, !first, page, 1), -1);
		assert_int_equal(
			policy_page(scene->state, &scene->rules, page)->corrected, 10);
	}
}

static void all_of_one_source_first_counts_once(void **state)
{
	struct scene *scene = *state;

	for (int i = 0; i < 6; i++)
		assert_int_equal(corrected_by(scene, CORRECTED_TRACE, FIRST_PAGE, 1), -1);
	scene->now -= SEC; /* the log's clock is another */
	assert_int_equal(corrected_by(scene, CORRECTED_LOG, FIRST_PAGE, 4), -1);
	assert_int_equal(corrected_by(scene, CORRECTED_LOG, FIRST_PAGE, 2), -1);
	scene->now += SEC;
	assert_int_equal(debt_of(scene, FIRST_PAGE), 6 * COST);
	/* and what the log tells beyond that is more */
	assert_int_equal(corrected_by(scene, CORRECTED_LOG, FIRST_PAGE, 3), -1);
	assert_int_equal(corrected_by(scene, CORRECTED_LOG, FIRST_PAGE, 1),
			 OUTCOME_PENDING);
}

static void two_seconds_later_it_is_another_error(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(corrected_by(scene, CORRECTED_TRACE, FIRST_PAGE, 1), -1);
	scene->now += 2 * SEC;
	assert_int_equal(corrected_by(scene, CORRECTED_LOG, FIRST_PAGE, 1), -1);
	assert_int_equal(policy_page(scene->state, &scene->rules, FIRST_PAGE)->corrected,
			 1);
	scene->now += MINUTE;
	assert_int_equal(corrected_by(scene, CORRECTED_TRACE, FIRST_PAGE, 1), -1);
	scene->now += 2 * SEC + 1;
	assert_int_equal(corrected_by(scene, CORRECTED_LOG, FIRST_PAGE, 1), -1);
	assert_int_equal(policy_page(scene->state, &scene->rules, FIRST_PAGE)->corrected,
			 3);
	/* what nobody answered in time is not kept for later */
	scene->now += MINUTE;
	assert_int_equal(corrected_by(scene, CORRECTED_TRACE, FIRST_PAGE, 1), -1);
	assert_int_equal(corrected_by(scene, CORRECTED_LOG, FIRST_PAGE, 2), -1);
	assert_int_equal(policy_page(scene->state, &scene->rules, FIRST_PAGE)->corrected,
			 5);
}

static void another_page_is_another_error(void **state)
{
	struct scene *scene = *state;

	corrected_by(scene, CORRECTED_TRACE, nth_page(0), 1);
	corrected_by(scene, CORRECTED_LOG, nth_page(1), 1);
	assert_int_equal(debt_of(scene, nth_page(0)), COST);
	assert_int_equal(debt_of(scene, nth_page(1)), COST);
}

/* --- modes --- */

static void accounting_is_said_once_until_the_page_is_quiet(void **state)
{
	static const struct {
		enum policy_mode mode;
		enum act_outcome outcome;
	} modes[] = { { MODE_ACCOUNT, OUTCOME_ACCOUNTED },
		      { MODE_DRY_RUN, OUTCOME_DRY_RUN } };
	struct scene *scene = *state;

	for (uint64_t i = 0; i < ARRAY_SIZE(modes); i++) {
		int outcome = (int)modes[i].outcome;

		scene->rules.page.mode = modes[i].mode;
		assert_int_equal(corrected(scene, nth_page(i), 10), outcome);
		assert_note(scene, "10 corrected errors");
		assert_null(strstr(scene->last.note, "budget"));
		for (int n = 0; n < 100; n++)
			assert_int_equal(corrected(scene, nth_page(i), 1), -1);
		scene->now += 24 * HOUR - 1;
		assert_int_equal(corrected(scene, nth_page(i), 10), -1);
		scene->now += 24 * HOUR;
		assert_int_equal(corrected(scene, nth_page(i), 10), outcome);
		assert_int_equal(page_state(scene, nth_page(i)), PAGE_WATCHED);
	}
	assert_int_equal(policy_next_due(scene->state, scene->now), INT64_MAX);
}

static void accounting_uses_up_nothing_and_says_what_would_have(void **state)
{
	struct scene *scene = *state;

	scene->rules.page.mode = MODE_ACCOUNT;
	scene->rules.page.per_hour = 1;
	for (uint64_t i = 0; i < 5; i++) {
		assert_int_equal(corrected(scene, nth_page(i), 10), OUTCOME_ACCOUNTED);
		assert_null(strstr(scene->last.note, "budget"));
	}
	scene->rules.page.mode = MODE_ACT;
	break_page(scene, nth_page(10));
	scene->rules.page.mode = MODE_DRY_RUN;
	assert_int_equal(corrected(scene, nth_page(11), 10), OUTCOME_DRY_RUN);
	assert_note(scene, "a budget would have refused it: 1 page an hour is used up");
	scene->rules.page.per_hour = 0;
	assert_int_equal(corrected(scene, nth_page(12), 10), OUTCOME_DRY_RUN);
	assert_note(scene, "0 pages an hour are used up");
}

static void a_rule_that_begins_to_act_does_with_the_next_error(void **state)
{
	struct scene *scene = *state;

	scene->rules.page.mode = MODE_ACCOUNT;
	assert_int_equal(corrected(scene, FIRST_PAGE, 10), OUTCOME_ACCOUNTED);
	scene->rules.page.mode = MODE_ACT;
	assert_int_equal(corrected(scene, FIRST_PAGE, 1), OUTCOME_PENDING);
}

/* --- what comes of it --- */

static void a_page_is_asked_for_once(void **state)
{
	struct scene *scene = *state;

	break_page(scene, FIRST_PAGE);
	for (int i = 0; i < 50; i++)
		assert_int_equal(corrected(scene, FIRST_PAGE, 10), -1);
	assert_int_equal(end_next(scene, OUTCOME_DONE, 0), OUTCOME_DONE);
	assert_true(scene->last.verified);
	assert_int_equal(scene->last.tries, 1);
	assert_int_equal(scene->last.address, FIRST_PAGE);
	assert_int_equal(page_state(scene, FIRST_PAGE), PAGE_OFFLINED);
	assert_int_equal(scene->state->offlined, 1);
	assert_null(policy_next(scene->state, INT64_MAX));
	assert_int_equal(corrected(scene, FIRST_PAGE, 100), -1);
	assert_int_equal(policy_page(scene->state, &scene->rules, FIRST_PAGE)->corrected,
			 610);
	scene->rules.page.mode = MODE_ACCOUNT;
	assert_int_equal(corrected(scene, FIRST_PAGE, 100), -1);
}

static void a_page_that_was_gone_is_none_of_ours(void **state)
{
	struct scene *scene = *state;

	break_page(scene, FIRST_PAGE);
	assert_int_equal(end_next(scene, OUTCOME_ALREADY, 0), OUTCOME_ALREADY);
	assert_int_equal(page_state(scene, FIRST_PAGE), PAGE_OFFLINED);
	assert_int_equal(scene->state->offlined, 0);
	scene->rules.page.per_hour = 1; /* it used up none */
	break_page(scene, nth_page(1));
}

static void a_busy_page_is_tried_four_times(void **state)
{
	static const int errors[] = { EBUSY, EAGAIN, ENOMEM };
	struct scene *scene = *state;

	for (uint64_t i = 0; i < ARRAY_SIZE(errors); i++) {
		static const int64_t delays[] = { MINUTE, 10 * MINUTE, HOUR };
		static const char *const texts[] = { "; tried again in a minute",
						     "; tried again in 10 minutes",
						     "; tried again in an hour" };

		break_page(scene, nth_page(i));
		for (size_t n = 0; n < ARRAY_SIZE(delays); n++) {
			assert_int_equal(end_next(scene, OUTCOME_FAILED, errors[i]),
					 OUTCOME_PENDING);
			assert_int_equal(scene->last.error, errors[i]);
			assert_int_equal(scene->last.tries, n + 1);
			assert_note(scene, texts[n]);
			assert_int_equal(page_state(scene, nth_page(i)), PAGE_ASKED);
			assert_int_equal(corrected(scene, nth_page(i), 10), -1);
			assert_int_equal(policy_next_due(scene->state, scene->now),
					 scene->now + delays[n]);
			scene->now += delays[n] - 1;
			assert_null(policy_next(scene->state, scene->now));
			scene->now++;
		}
		assert_int_equal(end_next(scene, OUTCOME_FAILED, errors[i]),
				 OUTCOME_FAILED);
		assert_int_equal(scene->last.tries, 4);
		assert_note(scene, "given up after 4 tries");
		assert_int_equal(page_state(scene, nth_page(i)), PAGE_STUCK);
		assert_int_equal(corrected(scene, nth_page(i), 10), -1);
		assert_null(policy_next(scene->state, INT64_MAX));
	}
}

static void a_busy_page_that_gives_in_is_done(void **state)
{
	struct scene *scene = *state;

	break_page(scene, FIRST_PAGE);
	assert_int_equal(end_next(scene, OUTCOME_FAILED, EBUSY), OUTCOME_PENDING);
	scene->now += MINUTE;
	assert_int_equal(end_next(scene, OUTCOME_DONE, 0), OUTCOME_DONE);
	assert_int_equal(scene->last.tries, 2);
	assert_int_equal(scene->last.error, 0);
	assert_int_equal(scene->state->offlined, 1);
}

static void other_errors_are_for_good(void **state)
{
	static const struct {
		int error;
		const char *note;
	} errors[] = {
		{ EIO, "cannot be moved" },
		{ ENXIO, "no memory at this address" },
		{ EINVAL, "did not understand" },
		{ ENOTRECOVERABLE, "the kernel's own" },
		{ ENOSPC, "(28)" },
		{ 0, "nothing said why" },
	};
	struct scene *scene = *state;

	for (uint64_t i = 0; i < ARRAY_SIZE(errors); i++) {
		break_page(scene, nth_page(i));
		assert_int_equal(end_next(scene, OUTCOME_FAILED, errors[i].error),
				 OUTCOME_FAILED);
		assert_int_equal(scene->last.error, errors[i].error);
		assert_int_equal(scene->last.tries, 1);
		assert_note(scene, errors[i].note);
		assert_int_equal(page_state(scene, nth_page(i)), PAGE_STUCK);
		scene->now += 2 * HOUR;
		assert_int_equal(corrected(scene, nth_page(i), 10), -1);
	}
	assert_int_equal(scene->state->offlined, 0);
}

/* A machine that does not let us takes the page back from nobody. */
static void settings_are_not_the_pages_fault(void **state)
{
	static const struct {
		int error;
		bool untried;
		const char *note;
	} errors[] = {
		{ EOPNOTSUPP, false, "vm.enable_soft_offline" },
		{ EPERM, false, "CAP_SYS_ADMIN" },
		{ EACCES, true, "CAP_SYS_ADMIN" },
		{ EROFS, true, "read-only" },
		{ ENOENT, true, "takes no pages out of use" },
		{ EIO, true, "cannot be moved" },
		{ EMFILE, true, "(24)" },
	};
	struct scene *scene = *state;

	for (uint64_t i = 0; i < ARRAY_SIZE(errors); i++) {
		break_page(scene, nth_page(i));
		assert_int_equal(
			report(scene,
			       (struct act_result){ .id = give(scene)->id,
						    .outcome = OUTCOME_FAILED,
						    .error = errors[i].error,
						    .untried = errors[i].untried }),
			OUTCOME_FAILED);
		assert_note(scene, errors[i].note);
		assert_int_equal(page_state(scene, nth_page(i)), PAGE_WATCHED);
		assert_int_equal(corrected(scene, nth_page(i), 1), -1); /* quiet */
		scene->now += 6 * SEC;
		assert_int_equal(corrected(scene, nth_page(i), 1), OUTCOME_PENDING);
		assert_int_equal(end_next(scene, OUTCOME_DONE, 0), OUTCOME_DONE);
	}
}

static void what_fails_before_it_is_tried_is_given_up_too(void **state)
{
	struct scene *scene = *state;
	int rounds = 0, outcome;

	scene->rules.page.per_hour = 1;
	break_page(scene, FIRST_PAGE);
	do {
		scene->now = policy_next_due(scene->state, scene->now);
		outcome = report(scene, (struct act_result){ .id = give(scene)->id,
							     .outcome = OUTCOME_FAILED,
							     .error = ENOMEM,
							     .untried = true });
		assert_int_equal(scene->last.tries, 0);
	} while (++rounds < 10 && outcome == OUTCOME_PENDING);
	assert_int_equal(rounds, 4);
	assert_int_equal(outcome, OUTCOME_FAILED);
	assert_note(scene, "given up after 4 tries");
	assert_int_equal(page_state(scene, FIRST_PAGE), PAGE_WATCHED);
	break_page(scene, nth_page(1)); /* it used up no budget */
}

static void what_the_act_process_says_is_kept_where_errno_says_nothing(void **state)
{
	struct scene *scene = *state;

	break_page(scene, FIRST_PAGE);
	assert_int_equal(report(scene, (struct act_result){ .id = give(scene)->id,
							    .outcome = OUTCOME_FAILED,
							    .note = "it is not marked" }),
			 OUTCOME_FAILED);
	assert_string_equal(scene->last.note, "it is not marked");
}

static void while_paused_a_page_asks_less_and_less(void **state)
{
	struct scene *scene = *state;
	int asked = 0;

	scene->rules.page.per_hour = 1;
	for (int second = 0; second < 3600; second++, scene->now += SEC) {
		if (corrected(scene, FIRST_PAGE, 10) != OUTCOME_PENDING)
			continue;
		asked++;
		assert_int_equal(end_next(scene, OUTCOME_PAUSED, 0), OUTCOME_PAUSED);
		assert_int_equal(page_state(scene, FIRST_PAGE), PAGE_WATCHED);
	}
	assert_true(asked >= 10 && asked <= 13); /* 5 s, 10 s, … 640 s */
	scene->now += 640 * SEC;
	break_page(scene, FIRST_PAGE);
	assert_int_equal(end_next(scene, OUTCOME_DONE, 0), OUTCOME_DONE);
}

static void what_is_unknown_counts_and_may_be_asked_again(void **state)
{
	struct scene *scene = *state;

	scene->rules.page.per_hour = 2;
	break_page(scene, FIRST_PAGE);
	assert_int_equal(end_next(scene, OUTCOME_UNKNOWN, 0), OUTCOME_UNKNOWN);
	assert_int_equal(page_state(scene, FIRST_PAGE), PAGE_WATCHED);
	assert_int_equal(corrected(scene, FIRST_PAGE, 1), -1);
	scene->now += 6 * SEC;
	assert_int_equal(corrected(scene, FIRST_PAGE, 1), OUTCOME_PENDING);
	assert_int_equal(end_next(scene, OUTCOME_UNKNOWN, 0), OUTCOME_UNKNOWN);
	scene->now += MINUTE;
	assert_int_equal(corrected(scene, FIRST_PAGE, 1), OUTCOME_REFUSED);
}

static void a_rule_that_no_longer_acts_ends_the_tries(void **state)
{
	struct scene *scene = *state;

	break_page(scene, FIRST_PAGE);
	assert_non_null(give(scene));
	scene->rules.page.mode = MODE_ACCOUNT;
	assert_int_equal(report(scene, (struct act_result){ .id = 100,
							    .outcome = OUTCOME_FAILED,
							    .error = EBUSY }),
			 OUTCOME_FAILED);
	assert_note(scene, "not tried again: the rule does not act any more");
	assert_int_equal(page_state(scene, FIRST_PAGE), PAGE_WATCHED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE(ten_within_a_moment_are_too_many_at_the_tenth),
		SCENE(ten_on_ten_pages_are_not),
		SCENE(a_count_is_as_many_errors),
		SCENE(a_steady_rate_that_leaks_away_never_is),
		SCENE(a_rate_a_little_above_is_in_the_end),
		SCENE(a_slow_burst_has_to_be_longer),
		SCENE(errors_leak_away),
		SCENE(a_time_that_goes_back_leaks_nothing),
		SCENE(extreme_rules_and_times_do_no_harm),
		SCENE(pages_are_as_large_as_the_kernels),
		SCENE(the_page_at_zero_is_one_too),
		SCENE(told_by_trace_and_log_it_counts_once),
		SCENE(all_of_one_source_first_counts_once),
		SCENE(two_seconds_later_it_is_another_error),
		SCENE(another_page_is_another_error),
		SCENE(accounting_is_said_once_until_the_page_is_quiet),
		SCENE(accounting_uses_up_nothing_and_says_what_would_have),
		SCENE(a_rule_that_begins_to_act_does_with_the_next_error),
		SCENE(a_page_is_asked_for_once),
		SCENE(a_page_that_was_gone_is_none_of_ours),
		SCENE(a_busy_page_is_tried_four_times),
		SCENE(a_busy_page_that_gives_in_is_done),
		SCENE(other_errors_are_for_good),
		SCENE(settings_are_not_the_pages_fault),
		SCENE(what_fails_before_it_is_tried_is_given_up_too),
		SCENE(what_the_act_process_says_is_kept_where_errno_says_nothing),
		SCENE(while_paused_a_page_asks_less_and_less),
		SCENE(what_is_unknown_counts_and_may_be_asked_again),
		SCENE(a_rule_that_no_longer_acts_ends_the_tries),
	};

	return cmocka_run_group_tests_name("policy-page", tests, NULL, NULL);
}
