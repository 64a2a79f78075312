// SPDX-License-Identifier: LGPL-2.1-or-later

/* On virtual time: how much may be done, and how many pages are watched. */

#include "unit/policy_fixture.h"

/* --- budgets --- */

static void an_hour_allows_so_many_pages(void **state)
{
	struct scene *scene = *state;

	scene->rules.page.per_hour = 2;
	break_page(scene, nth_page(0));
	assert_int_equal(end_next(scene, OUTCOME_DONE, 0), OUTCOME_DONE);
	scene->now += 20 * MINUTE;
	break_page(scene, nth_page(1));
	assert_int_equal(corrected(scene, nth_page(2), 10), OUTCOME_REFUSED);
	assert_note(scene, "2 pages an hour are used up");
	assert_int_equal(page_state(scene, nth_page(2)), PAGE_WATCHED);
	for (int i = 0; i < 39; i++, scene->now += MINUTE)
		assert_int_equal(corrected(scene, nth_page(2), 1), -1);
	scene->now += MINUTE - 1;
	assert_int_equal(corrected(scene, nth_page(2), 1), -1);
	scene->now++; /* the first is an hour ago, and the refused page asks again */
	assert_int_equal(corrected(scene, nth_page(2), 1), OUTCOME_PENDING);
	assert_int_equal(corrected(scene, nth_page(3), 10), OUTCOME_REFUSED);
}

static void it_is_refused_once_an_hour(void **state)
{
	struct scene *scene = *state;
	int refused = 0;

	scene->rules.page.per_boot = 0;
	for (int minute = 0; minute < 180; minute++, scene->now += MINUTE)
		refused += corrected(scene, FIRST_PAGE, 10) == OUTCOME_REFUSED;
	assert_int_equal(refused, 3);
	scene->now -= 10 * HOUR; /* nor if the time goes back */
	assert_int_equal(corrected(scene, FIRST_PAGE, 10), -1);
}

static void a_boot_allows_so_many_pages(void **state)
{
	struct scene *scene = *state;

	scene->rules.page.per_boot = 3;
	for (uint64_t i = 0; i < 2; i++) {
		break_page(scene, nth_page(i));
		assert_int_equal(end_next(scene, OUTCOME_DONE, 0), OUTCOME_DONE);
		scene->now += 2 * HOUR;
	}
	break_page(scene, nth_page(2)); /* under way */
	assert_int_equal(corrected(scene, nth_page(3), 10), OUTCOME_REFUSED);
	assert_note(scene, "3 pages a boot are used up");
	assert_int_equal(end_next(scene, OUTCOME_FAILED, EIO), OUTCOME_FAILED);
	scene->now += HOUR;
	assert_int_equal(corrected(scene, nth_page(3), 10), OUTCOME_PENDING);
	assert_int_equal(end_next(scene, OUTCOME_DONE, 0), OUTCOME_DONE);
	scene->now += 1000 * HOUR;
	assert_int_equal(corrected(scene, nth_page(4), 10), OUTCOME_REFUSED);
}

static void memory_allows_so_many_pages(void **state)
{
	struct scene *scene = *state;

	scene->rules.memory_bytes = 5 * PAGE * 10000; /* a share of 5 pages */
	scene->rules.page.share_ppm = 100;
	for (uint64_t i = 0; i < 3; i++)
		policy_page_failed(scene->state, &scene->rules, nth_page(100 + i),
				   scene->now);
	break_page(scene, nth_page(0));
	assert_int_equal(end_next(scene, OUTCOME_DONE, 0), OUTCOME_DONE);
	break_page(scene, nth_page(1)); /* the fifth; under way */
	assert_int_equal(corrected(scene, nth_page(2), 10), OUTCOME_REFUSED);
	assert_note(scene, "0.01 % of memory is used up");
	scene->rules.memory_bytes = UINT64_MAX;
	scene->rules.page.share_ppm = 1000000;
	scene->now += HOUR;
	assert_int_equal(corrected(scene, nth_page(2), 10), OUTCOME_PENDING);
}

static void budgets_do_not_move_with_a_time_that_goes_back(void **state)
{
	struct scene *scene = *state;

	scene->rules.page.per_hour = 1;
	break_page(scene, nth_page(0));
	scene->now -= 2 * HOUR;
	assert_int_equal(corrected(scene, nth_page(1), 10), OUTCOME_REFUSED);
}

static void what_was_before_this_boot_counts(void **state)
{
	struct scene *scene = *state;

	scene->now = 10 * MINUTE;
	scene->rules.page.per_hour = 2;
	policy_remember_act(scene->state, ACT_SOFT_OFFLINE, "", -45 * MINUTE);
	policy_remember_act(scene->state, ACT_SOFT_OFFLINE, "", -46 * MINUTE);
	policy_remember_act(scene->state, ACT_RESTART, "nginx.service", -5 * MINUTE);
	assert_int_equal(corrected(scene, nth_page(0), 10), OUTCOME_REFUSED);
	assert_note(scene, "2 pages an hour");
	scene->now = 5 * MINUTE;
	assert_int_equal(corrected(scene, nth_page(1), 10), OUTCOME_REFUSED);
	scene->now = 15 * MINUTE; /* both are an hour ago */
	assert_int_equal(corrected(scene, nth_page(0), 10), OUTCOME_PENDING);
}

static void a_kind_that_nobody_knows_uses_up_nothing(void **state)
{
	struct scene *scene = *state;

	policy_remember_act(scene->state, ACT_KIND_MAX, "", scene->now);
	policy_remember_act(scene->state, (enum act_kind) - 1, "", scene->now);
	assert_true(policy_is_sound(scene->state));
	assert_int_equal(scene->state->past[0].id, 0);
}

static void remember(struct scene *scene, uint64_t n, enum page_state was)
{
	policy_remember_page(scene->state, &scene->rules, nth_page(n), 5, 0, scene->now,
			     was);
	assert_true(policy_is_sound(scene->state));
}

/* The state was lost in the middle of a boot. */
static void what_became_of_pages_in_this_boot_is_kept(void **state)
{
	static const enum page_state bad[] = { PAGE_POISONED, PAGE_OFFLINED, PAGE_STUCK };
	struct scene *scene = *state;

	for (uint64_t i = 0; i < ARRAY_SIZE(bad); i++) {
		remember(scene, i, bad[i]);
		assert_int_equal(page_state(scene, nth_page(i)), bad[i]);
		assert_int_equal(corrected(scene, nth_page(i), 10), -1);
	}
	assert_int_equal(scene->state->poisoned, 1);
	assert_int_equal(scene->state->offlined, 0); /* its act counts */
	remember(scene, 3, PAGE_ASKED);
	remember(scene, 4, (enum page_state)99);
	assert_int_equal(page_state(scene, nth_page(3)), PAGE_WATCHED);
	assert_int_equal(page_state(scene, nth_page(4)), PAGE_WATCHED);
	/* what is known by now is not forgotten, nor counted twice */
	policy_page_failed(scene->state, &scene->rules, nth_page(5), scene->now);
	remember(scene, 5, PAGE_POISONED);
	remember(scene, 5, PAGE_STUCK);
	assert_int_equal(page_state(scene, nth_page(5)), PAGE_POISONED);
	break_page(scene, nth_page(6));
	remember(scene, 6, PAGE_STUCK);
	assert_int_equal(page_state(scene, nth_page(6)), PAGE_ASKED);
	assert_int_equal(scene->state->poisoned, 2);
	/* one that has no place is out of use all the same */
	for (uint64_t i = 100; i < 100 + POLICY_PAGES_MAX; i++)
		corrected(scene, nth_page(i), 1);
	remember(scene, 5000, PAGE_POISONED);
	assert_int_equal(scene->state->poisoned, 3);
}

static void debts_of_before_this_boot_count(void **state)
{
	struct scene *scene = *state;

	scene->now = 10 * SEC;
	/* a reboot of a minute; one page had errors in this boot before that was read */
	assert_int_equal(corrected(scene, nth_page(1), 2), -1);
	policy_remember_page(scene->state, &scene->rules, nth_page(0), 70, 9 * COST,
			     -50 * SEC, PAGE_WATCHED);
	policy_remember_page(scene->state, &scene->rules, nth_page(1), 80, 7 * COST,
			     -50 * SEC, PAGE_WATCHED);
	policy_remember_page(scene->state, &scene->rules, nth_page(2), 90, -1, -50 * SEC,
			     PAGE_WATCHED);
	policy_remember_page(scene->state, &scene->rules, nth_page(3), UINT64_MAX,
			     INT64_MAX, INT64_MIN / 2, PAGE_WATCHED);
	assert_int_equal(debt_of(scene, nth_page(0)), 9 * COST - MINUTE);
	assert_int_equal(debt_of(scene, nth_page(1)), 9 * COST - MINUTE);
	assert_int_equal(debt_of(scene, nth_page(2)), 0);
	assert_int_equal(corrected(scene, nth_page(0), 1), OUTCOME_PENDING);
	assert_note(scene, "71 corrected");
	assert_int_equal(corrected(scene, nth_page(1), 1), OUTCOME_PENDING);
	assert_note(scene, "83 corrected");
	assert_int_equal(corrected(scene, nth_page(2), 9), -1);
	assert_int_equal(corrected(scene, nth_page(3), 9), -1);
}

/* --- the table --- */

static void the_quietest_page_gives_way(void **state)
{
	struct scene *scene = *state;
	const struct policy_rules *rules = &scene->rules;

	for (uint64_t i = 0; i < POLICY_PAGES_MAX; i++) {
		assert_int_equal(corrected(scene, nth_page(i), i == 700 ? 1 : 2), -1);
		scene->now += SEC;
	}
	assert_int_equal(corrected(scene, nth_page(5000), 2), -1);
	assert_null(policy_page(scene->state, rules, nth_page(700)));
	assert_int_equal(scene->state->forgotten, 1); /* it is not lost in silence */
	assert_int_equal(corrected(scene, nth_page(5001), 2), -1);
	assert_null(policy_page(scene->state, rules, nth_page(0))); /* the oldest */
	for (uint64_t i = 1; i < POLICY_PAGES_MAX; i++)
		if (i != 700)
			assert_non_null(policy_page(scene->state, rules, nth_page(i)));
	/* of those without debt the oldest, and nothing is lost */
	scene->now += 1000 * HOUR;
	assert_int_equal(corrected(scene, nth_page(5002), 2), -1);
	assert_null(policy_page(scene->state, rules, nth_page(1)));
	assert_int_equal(scene->state->forgotten, 2);
}

static void bad_pages_stay_while_others_can_give_way(void **state)
{
	struct scene *scene = *state;
	const struct policy_rules *rules = &scene->rules;

	break_page(scene, nth_page(0));
	assert_int_equal(end_next(scene, OUTCOME_DONE, 0), OUTCOME_DONE);
	break_page(scene, nth_page(1));
	assert_int_equal(end_next(scene, OUTCOME_FAILED, EIO), OUTCOME_FAILED);
	policy_page_failed(scene->state, rules, nth_page(2), scene->now);
	break_page(scene, nth_page(3));
	scene->now += 1000 * HOUR; /* they owe nothing, and nobody is older */
	for (uint64_t i = 10; i < 3 * POLICY_PAGES_MAX; i++)
		corrected(scene, nth_page(i), 1);
	assert_int_equal(page_state(scene, nth_page(0)), PAGE_OFFLINED);
	assert_int_equal(page_state(scene, nth_page(1)), PAGE_STUCK);
	assert_int_equal(page_state(scene, nth_page(2)), PAGE_POISONED);
	assert_int_equal(page_state(scene, nth_page(3)), PAGE_ASKED);
	for (uint64_t i = 10; i < 2 * POLICY_PAGES_MAX; i++)
		policy_page_failed(scene->state, rules, nth_page(i), scene->now);
	/* nothing else is left: the one that is under way stays even so */
	assert_int_equal(page_state(scene, nth_page(3)), PAGE_ASKED);
	assert_null(policy_page(scene->state, rules, nth_page(2)));
	/* what the database remembers does not push out what is young */
	policy_remember_page(scene->state, rules, nth_page(0), 1, COST, 0, PAGE_WATCHED);
	assert_null(policy_page(scene->state, rules, nth_page(0)));
}

static void wrong_hints_only_cost_time(void **state)
{
	struct scene *scene = *state;

	for (uint64_t i = 0; i < 100; i++)
		assert_int_equal(corrected(scene, nth_page(i), 9), -1);
	for (size_t i = 0; i < POLICY_HINTS_MAX; i++)
		scene->state->hints[i] = (uint16_t)(i * 40503);
	for (uint64_t i = 0; i < 40; i++)
		assert_int_equal(debt_of(scene, nth_page(i)), 9 * COST);
	break_page(scene, nth_page(50));
}

/* --- failures that the kernel tells --- */

static void a_failure_is_told_from_its_echo(void **state)
{
	struct scene *scene = *state;
	const struct policy_rules *rules = &scene->rules;

	/* never seen before */
	assert_int_equal(
		policy_page_failed(scene->state, rules, nth_page(0) + 77, scene->now),
		FAILURE_NEW);
	assert_int_equal(page_state(scene, nth_page(0)), PAGE_POISONED);
	assert_int_equal(policy_page_failed(scene->state, rules, nth_page(0), scene->now),
			 FAILURE_ECHO);
	assert_int_equal(corrected(scene, nth_page(0), 100), -1);
	/* asked for, and it waits: not ours yet */
	break_page(scene, nth_page(1));
	assert_int_equal(policy_page_failed(scene->state, rules, nth_page(1), scene->now),
			 FAILURE_NEW);
	assert_int_equal(end_next(scene, OUTCOME_ALREADY, 0), OUTCOME_ALREADY);
	assert_int_equal(page_state(scene, nth_page(1)), PAGE_POISONED);
	/* given out: soft offline tells of no failure, so it is another */
	break_page(scene, nth_page(2));
	assert_non_null(give(scene));
	assert_int_equal(policy_page_failed(scene->state, rules, nth_page(2), scene->now),
			 FAILURE_NEW);
	assert_int_equal(report(scene, (struct act_result){ .id = scene->next_id - 1,
							    .outcome = OUTCOME_ALREADY }),
			 OUTCOME_ALREADY);
	assert_int_equal(page_state(scene, nth_page(2)), PAGE_POISONED);
	assert_int_equal(policy_page_failed(scene->state, rules, nth_page(2), scene->now),
			 FAILURE_ECHO);
	/* taken out of use by us */
	break_page(scene, nth_page(5));
	assert_int_equal(end_next(scene, OUTCOME_DONE, 0), OUTCOME_DONE);
	assert_int_equal(page_state(scene, nth_page(5)), PAGE_OFFLINED);
	assert_int_equal(policy_page_failed(scene->state, rules, nth_page(5), scene->now),
			 FAILURE_ECHO);
	/* watched, and stuck */
	assert_int_equal(corrected(scene, nth_page(3), 1), -1);
	assert_int_equal(policy_page_failed(scene->state, rules, nth_page(3), scene->now),
			 FAILURE_NEW);
	break_page(scene, nth_page(4));
	assert_int_equal(end_next(scene, OUTCOME_FAILED, EIO), OUTCOME_FAILED);
	assert_int_equal(policy_page_failed(scene->state, rules, nth_page(4), scene->now),
			 FAILURE_NEW);
	assert_int_equal(scene->state->poisoned, 5);
	assert_int_equal(scene->state->offlined, 1);
}

/* --- whatever comes --- */

#define MODEL_ACTS 100000

/* What was really done, as the world saw it. */
struct model {
	struct scene *scene;
	uint64_t seed;
	int64_t pages[MODEL_ACTS], units[MODEL_ACTS]; /* when they were asked for */
	int64_t by_unit[4][MODEL_ACTS];
	size_t n_pages, n_units, n_by_unit[4];
	bool offlined[600];
	bool restarted[100000];			     /* by invocation */
	unsigned int invocation[8], next_invocation; /* of each unit, now */
	size_t refused, tried;
};

static const char *const units[] = { "nginx.service", "app-1.service", "app-2.service",
				     "app-3.service" };

/* Within the hour that ends with `at`. */
static size_t in_hour(const int64_t *times, size_t n, int64_t at)
{
	size_t count = 0;

	while (n--)
		count += times[n] > at - HOUR && times[n] <= at;
	return count;
}

static void do_page(struct model *model, const struct policy_act *act,
		    enum act_outcome outcome)
{
	size_t n = (size_t)((act->address - FIRST_PAGE) / PAGE);

	if (act->tries == 0)
		model->pages[model->n_pages++] = act->asked_ns;
	if (outcome == OUTCOME_DONE) {
		assert_false(model->offlined[n]);
		model->offlined[n] = true;
	}
}

static void do_unit(struct model *model, const struct policy_act *act)
{
	unsigned int invocation = (unsigned int)strtoul(act->invocation, NULL, 16);

	assert_false(model->restarted[invocation]);
	model->restarted[invocation] = true;
	model->units[model->n_units++] = act->asked_ns;
	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (strcmp(units[i], act->unit) == 0) {
			model->by_unit[i][model->n_by_unit[i]++] = act->asked_ns;
			model->invocation[i] = model->next_invocation++;
		}
}

static void act_somehow(struct model *model)
{
	static const enum act_outcome outcomes[] = {
		OUTCOME_DONE,	 OUTCOME_DONE,	 OUTCOME_FAILED,     OUTCOME_FAILED,
		OUTCOME_UNKNOWN, OUTCOME_PAUSED, OUTCOME_LEFT_ALONE, OUTCOME_PENDING,
	};
	static const int errors[] = { EBUSY, EIO, EAGAIN };
	struct scene *scene = model->scene;
	struct policy_act *act;
	struct act_result result;
	size_t i = 0;

	while (policy_expire(scene->state, scene->now, &i, &scene->last))
		;
	act = give(scene);
	if (!act)
		return;
	result = (struct act_result){
		.id = act->id,
		.outcome = outcomes[next_random(&model->seed) % ARRAY_SIZE(outcomes)],
		.error = errors[next_random(&model->seed) % ARRAY_SIZE(errors)]
	};
	if (result.outcome == OUTCOME_DONE || result.outcome == OUTCOME_FAILED ||
	    result.outcome == OUTCOME_UNKNOWN) {
		model->tried++;
		if (act->kind == ACT_RESTART)
			do_unit(model, act);
		else
			do_page(model, act, result.outcome);
	}
	report(model->scene, result);
}

static void err_somehow(struct model *model)
{
	struct scene *scene = model->scene;
	uint32_t r = next_random(&model->seed);
	uint32_t what = next_random(&model->seed);
	size_t unit = r % ARRAY_SIZE(units);

	if (what % 16 == 0)
		policy_page_failed(scene->state, &scene->rules, nth_page(r % 600),
				   scene->now);
	else if (what % 4 == 0)
		model->refused += hit_number(scene, units[unit],
					     model->invocation[unit]) == OUTCOME_REFUSED;
	else
		model->refused += corrected_by(scene, what % 2, nth_page(r % 600),
					       1 + r % 4) == OUTCOME_REFUSED;
}

static void assert_one_act_each(const struct policy_state *state)
{
	for (size_t i = 0; i < POLICY_ACTS_MAX; i++)
		for (size_t j = 0; state->acts[i].id && j < i; j++) {
			const struct policy_act *a = &state->acts[i],
						*b = &state->acts[j];

			if (!b->id || a->kind != b->kind)
				continue;
			assert_true(a->address != b->address ||
				    strcmp(a->unit, b->unit) != 0);
		}
}

/* Of all the hours there are. */
static void assert_never_above(const int64_t *times, size_t n, uint64_t most)
{
	size_t highest = 0;

	for (size_t i = 0; i < n; i++)
		highest = MAX(highest, in_hour(times, n, times[i]));
	assert_int_equal(highest, most); /* and it was not for want of trying */
}

static void budgets_hold_whatever_comes(void **state)
{
	struct model *model = calloc(1, sizeof(*model));

	model->scene = *state;
	model->seed = 20261121;
	model->next_invocation = 8;
	for (unsigned int i = 0; i < 8; i++)
		model->invocation[i] = i;
	model->scene->rules.page.per_hour = 4;
	model->scene->rules.page.per_boot = 150;
	model->scene->rules.service.per_hour = 5;
	model->scene->rules.page.window_ns = 100 * HOUR;
	for (int i = 0; i < 40000; i++) {
		uint32_t r = next_random(&model->seed);

		model->scene->now += (r % 200 == 0 ? HOUR : r % 20 * SEC);
		if (r % 3)
			err_somehow(model);
		else
			act_somehow(model);
		if (i % 64 == 0)
			assert_one_act_each(model->scene->state);
	}
	assert_never_above(model->pages, model->n_pages, 4);
	assert_never_above(model->units, model->n_units, 5);
	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		assert_never_above(model->by_unit[i], model->n_by_unit[i], 3);
	assert_int_equal(model->scene->state->offlined, 150);
	assert_true(model->tried > 500 && model->refused > 500);
	free(model);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE(an_hour_allows_so_many_pages),
		SCENE(it_is_refused_once_an_hour),
		SCENE(a_boot_allows_so_many_pages),
		SCENE(memory_allows_so_many_pages),
		SCENE(budgets_do_not_move_with_a_time_that_goes_back),
		SCENE(what_was_before_this_boot_counts),
		SCENE(a_kind_that_nobody_knows_uses_up_nothing),
		SCENE(what_became_of_pages_in_this_boot_is_kept),
		SCENE(debts_of_before_this_boot_count),
		SCENE(the_quietest_page_gives_way),
		SCENE(bad_pages_stay_while_others_can_give_way),
		SCENE(wrong_hints_only_cost_time),
		SCENE(a_failure_is_told_from_its_echo),
		SCENE(budgets_hold_whatever_comes),
	};

	return cmocka_run_group_tests_name("policy-budget", tests, NULL, NULL);
}
