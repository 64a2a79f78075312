// SPDX-License-Identifier: LGPL-2.1-or-later

/* Acts under way, on virtual time: order, limits, a state that is damaged or half
 * written. */

#include "unit/policy_fixture.h"

static void allow_everything(struct scene *scene)
{
	scene->rules.page.per_hour = scene->rules.page.per_boot = UINT64_MAX;
	scene->rules.page.share_ppm = 1000000;
	scene->rules.service.per_hour = scene->rules.service.per_unit_hour = UINT64_MAX;
}

/* --- order --- */

static void units_go_before_pages_and_the_longest_due_first(void **state)
{
	struct scene *scene = *state;

	assert_null(policy_next(scene->state, scene->now));
	assert_int_equal(policy_next_due(scene->state, scene->now), INT64_MAX);
	assert_int_equal(corrected(scene, nth_page(0), 10), OUTCOME_PENDING); /* 100 */
	scene->now += SEC;
	assert_int_equal(corrected(scene, nth_page(1), 10), OUTCOME_PENDING); /* 101 */
	scene->now += SEC;
	assert_int_equal(hit_number(scene, "nginx.service", 1), OUTCOME_PENDING);
	scene->now += SEC;
	assert_int_equal(hit_number(scene, "app-1.service", 2), OUTCOME_PENDING);
	assert_int_equal(policy_next_due(scene->state, scene->now), scene->now);
	assert_int_equal(give(scene)->id, 102);
	assert_int_equal(give(scene)->id, 103);
	assert_int_equal(give(scene)->id, 100);
	assert_int_equal(give(scene)->id, 101);
	assert_null(give(scene));
	assert_int_equal(policy_next_due(scene->state, scene->now), INT64_MAX);
}

static void looking_gives_nothing_out(void **state)
{
	struct scene *scene = *state;
	struct policy_act *act;

	corrected(scene, nth_page(0), 10);
	act = policy_next(scene->state, scene->now);
	assert_ptr_equal(policy_next(scene->state, scene->now), act);
	assert_null(policy_next(scene->state, scene->now - 1));
	assert_int_equal(act->given_ns, 0);
}

static void what_is_under_way_is_found_after_a_restart(void **state)
{
	struct scene *scene = *state;
	size_t i = 0;

	for (uint64_t n = 0; n < 5; n++)
		corrected(scene, nth_page(n), 10);
	assert_null(policy_given(scene->state, &i));
	give(scene);
	give(scene);
	i = 0;
	assert_int_equal(policy_given(scene->state, &i)->id, 100);
	assert_int_equal(policy_given(scene->state, &i)->id, 101);
	assert_null(policy_given(scene->state, &i));
	assert_null(policy_given(scene->state, &i));
}

static void a_report_of_nothing_is_nothing(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(report(scene, (struct act_result){ .outcome = OUTCOME_DONE }),
			 -1);
	assert_int_equal(
		report(scene, (struct act_result){ .id = 100, .outcome = OUTCOME_DONE }),
		-1);
	corrected(scene, nth_page(0), 10);
	assert_int_equal(report(scene, (struct act_result){ .id = 100,
							    .outcome = ACT_OUTCOME_MAX }),
			 -1);
	assert_int_equal(end_next(scene, OUTCOME_DONE, 0), OUTCOME_DONE);
	assert_int_equal(
		report(scene, (struct act_result){ .id = 100, .outcome = OUTCOME_DONE }),
		-1);
	assert_int_equal(scene->state->offlined, 1);
}

static void a_long_note_is_cut(void **state)
{
	struct scene *scene = *state;
	char note[1000];

	memset(note, 'n', sizeof(note));
	note[sizeof(note) - 1] = '\0';
	corrected(scene, nth_page(0), 10);
	assert_int_equal(report(scene, (struct act_result){ .id = give(scene)->id,
							    .outcome = OUTCOME_DONE,
							    .note = note }),
			 OUTCOME_DONE);
	assert_int_equal(strlen(scene->last.note), POLICY_NOTE_BYTES - 1);
}

/* --- limits --- */

static void pages_leave_places_to_units(void **state)
{
	struct scene *scene = *state;
	uint64_t page = 0;
	unsigned int unit = 0;
	int64_t start = scene->now;

	allow_everything(scene);
	while (corrected(scene, nth_page(page), 10) == OUTCOME_PENDING)
		page++;
	assert_int_equal(page, POLICY_ACTS_MAX - 16);
	assert_int_equal(scene->last.outcome, OUTCOME_REFUSED);
	assert_note(scene, "48 acts are under way");
	while (hit_number(scene, "nginx.service", unit) == OUTCOME_PENDING)
		unit++;
	assert_int_equal(unit, 16);
	assert_int_equal(scene->last.outcome, OUTCOME_REFUSED);
	assert_note(scene, "64 acts are under way");
	while (policy_next(scene->state, scene->now))
		assert_int_equal(end_next(scene, OUTCOME_DONE, 0), OUTCOME_DONE);
	assert_int_equal(scene->now, start);
	assert_int_equal(corrected(scene, nth_page(page), 1), OUTCOME_PENDING);
	assert_int_equal(hit_number(scene, "nginx.service", unit + 1), OUTCOME_PENDING);
}

static void what_counts_is_not_forgotten_within_its_hour(void **state)
{
	struct scene *scene = *state;
	uint64_t page = 0;

	allow_everything(scene);
	while (corrected(scene, nth_page(page), 10) == OUTCOME_PENDING) {
		assert_int_equal(end_next(scene, OUTCOME_DONE, 0), OUTCOME_DONE);
		scene->now += SEC;
		page++;
	}
	assert_int_equal(page, POLICY_HISTORY_MAX);
	assert_int_equal(scene->last.outcome, OUTCOME_REFUSED);
	assert_note(scene, "as many as can be remembered");
	assert_int_equal(hit_number(scene, "nginx.service", 1), OUTCOME_REFUSED);
	scene->now += HOUR - (int64_t)page * SEC - 1;
	assert_int_equal(corrected(scene, nth_page(page + 1), 10), OUTCOME_REFUSED);
	scene->now++;
	assert_int_equal(corrected(scene, nth_page(page), 10), OUTCOME_PENDING);
}

static void what_does_not_count_gives_way(void **state)
{
	struct scene *scene = *state;

	allow_everything(scene);
	scene->rules.service.per_hour = 5;
	for (unsigned int i = 0; i < 5; i++) {
		assert_int_equal(hit_number(scene, "nginx.service", i), OUTCOME_PENDING);
		assert_int_equal(end_next(scene, OUTCOME_DONE, 0), OUTCOME_DONE);
	}
	for (unsigned int i = 5; i < 2000; i++) /* refused, and remembered as that */
		assert_int_equal(hit_number(scene, "nginx.service", i), OUTCOME_REFUSED);
	for (unsigned int i = 0; i < 5; i++)
		assert_int_equal(hit_number(scene, "nginx.service", i), -1);
	for (uint64_t page = 0; page < 100; page++) {
		assert_int_equal(corrected(scene, nth_page(page), 10), OUTCOME_PENDING);
		assert_int_equal(end_next(scene, OUTCOME_DONE, 0), OUTCOME_DONE);
	}
}

static void remembering_keeps_the_latest(void **state)
{
	struct scene *scene = *state;

	scene->rules.service.per_hour = 1;
	for (int i = 0; i < 3 * POLICY_HISTORY_MAX; i++)
		policy_remember_act(scene->state, ACT_RESTART, "a.service",
				    scene->now - 10 * HOUR + i * SEC);
	policy_remember_act(scene->state, ACT_RESTART, "a.service", scene->now - MINUTE);
	policy_remember_act(scene->state, ACT_RESTART, "a.service", INT64_MIN);
	assert_int_equal(hit_number(scene, "nginx.service", 1), OUTCOME_REFUSED);
}

/* --- reports that were lost --- */

static bool died(struct scene *scene, uint64_t id)
{
	bool again = policy_died(scene->state, id);

	assert_true(policy_is_sound(scene->state));
	return again;
}

static void a_page_whose_report_was_lost_counts(void **state)
{
	struct scene *scene = *state;

	scene->rules.page.per_hour = 1;
	corrected(scene, nth_page(0), 10);
	assert_true(died(scene, give(scene)->id));
	assert_int_equal(end_next(scene, OUTCOME_ALREADY, 0), OUTCOME_ALREADY);
	assert_note(scene, "an earlier try may have done it");
	assert_int_equal(scene->last.tries, 1);
	assert_int_equal(scene->state->offlined, 1);
	assert_int_equal(page_state(scene, nth_page(0)), PAGE_OFFLINED);
	assert_int_equal(corrected(scene, nth_page(1), 10), OUTCOME_REFUSED);
}

static void a_page_that_was_poisoned_meanwhile_is_not_ours(void **state)
{
	struct scene *scene = *state;

	corrected(scene, nth_page(0), 10);
	assert_true(died(scene, give(scene)->id));
	policy_page_failed(scene->state, &scene->rules, nth_page(0), scene->now);
	assert_int_equal(end_next(scene, OUTCOME_ALREADY, 0), OUTCOME_ALREADY);
	assert_int_equal(scene->state->offlined, 0);
	assert_int_equal(scene->state->poisoned, 1);
}

static void a_restart_whose_report_was_lost_counts(void **state)
{
	static const enum act_outcome outcomes[] = { OUTCOME_LEFT_ALONE,
						     OUTCOME_ALREADY };
	struct scene *scene = *state;

	scene->rules.service.per_unit_hour = 1;
	for (unsigned int i = 0; i < ARRAY_SIZE(outcomes); i++) {
		const char *unit = i ? "app-1.service" : "nginx.service";

		hit_number(scene, unit, 10 + i);
		assert_true(died(scene, give(scene)->id));
		assert_int_equal(end_next(scene, outcomes[i], 0), outcomes[i]);
		assert_note(scene, "an earlier try may have started it");
		assert_int_equal(scene->last.tries, 1);
		assert_int_equal(hit_number(scene, unit, 20 + i), OUTCOME_REFUSED);
	}
}

static void a_dry_run_that_was_lost_did_nothing(void **state)
{
	struct scene *scene = *state;

	scene->rules.service.mode = MODE_DRY_RUN;
	hit_number(scene, "nginx.service", 1);
	assert_true(died(scene, give(scene)->id));
	assert_int_equal(end_next(scene, OUTCOME_LEFT_ALONE, 0), OUTCOME_LEFT_ALONE);
	assert_null(strstr(scene->last.note, "earlier"));
	assert_int_equal(scene->last.tries, 0);
}

static void a_second_death_ends_it(void **state)
{
	struct scene *scene = *state;
	struct policy_act *act;

	assert_false(died(scene, 100));
	corrected(scene, nth_page(0), 10);
	assert_true(died(scene, give(scene)->id));
	act = give(scene);
	for (int i = 0; i < 5; i++)
		assert_false(died(scene, act->id));
	assert_int_not_equal(act->given_ns, 0);
}

/* Starting rasd anew costs no try: it counts, and the act process may still die once. */
static void a_new_start_leaves_the_other_try(void **state)
{
	struct scene *scene = *state;

	scene->rules.page.per_hour = 1;
	corrected(scene, nth_page(0), 10);
	for (int i = 0; i < 5; i++) {
		assert_non_null(give(scene));
		policy_take_back(scene->state);
		assert_true(policy_is_sound(scene->state));
	}
	assert_true(died(scene, give(scene)->id));
	policy_take_back(scene->state); /* of what waits nothing may have been done */
	assert_false(died(scene, give(scene)->id));
	assert_int_equal(report(scene, (struct act_result){ .id = 100,
							    .outcome = OUTCOME_PAUSED }),
			 OUTCOME_PAUSED);
	assert_int_equal(scene->last.tries, 1);
	corrected(scene, nth_page(1), 10);
	assert_int_equal(scene->last.outcome, OUTCOME_REFUSED);
}

static void what_a_new_start_finds_done_counts(void **state)
{
	struct scene *scene = *state;

	corrected(scene, nth_page(0), 10);
	corrected(scene, nth_page(1), 10);
	give(scene);
	policy_take_back(scene->state); /* the other has never been given out */
	assert_int_equal(end_next(scene, OUTCOME_ALREADY, 0), OUTCOME_ALREADY);
	assert_int_equal(scene->state->offlined, 1);
	assert_int_equal(end_next(scene, OUTCOME_ALREADY, 0), OUTCOME_ALREADY);
	assert_int_equal(scene->state->offlined, 1);
}

/* --- what comes too late --- */

static void a_restart_that_waited_too_long_is_left_alone(void **state)
{
	struct scene *scene = *state;
	size_t i = 0;

	scene->rules.service.per_hour = 2;
	corrected(scene, nth_page(0), 10);
	give(scene);
	hit_number(scene, "nginx.service", 1);
	hit_number(scene, "app-1.service", 2);
	give(scene); /* under way: its report tells */
	corrected(scene, nth_page(1), 10);
	scene->now += MINUTE;
	assert_string_equal(policy_next(scene->state, scene->now)->unit, "app-1.service");
	assert_false(policy_expire(scene->state, scene->now, &i, &scene->last));
	scene->now++;
	assert_int_equal(policy_next(scene->state, scene->now)->kind, ACT_SOFT_OFFLINE);
	i = 0;
	assert_true(policy_expire(scene->state, scene->now, &i, &scene->last));
	assert_string_equal(scene->last.unit, "app-1.service");
	assert_int_equal(scene->last.outcome, OUTCOME_LEFT_ALONE);
	assert_note(scene, "too late: it was hit 60 s ago");
	assert_false(policy_expire(scene->state, scene->now, &i, &scene->last));
	assert_true(policy_is_sound(scene->state));
	assert_int_equal(count_acts(scene), 3);
	/* it used up nothing */
	assert_int_equal(hit_number(scene, "app-2.service", 3), OUTCOME_PENDING);
}

/* --- rules that change --- */

static bool withdraw(struct scene *scene, size_t *iterator)
{
	bool some = policy_withdraw(scene->state, &scene->rules, iterator, &scene->last);

	assert_true(policy_is_sound(scene->state));
	if (some)
		assert_int_equal(scene->last.outcome, OUTCOME_LEFT_ALONE);
	return some;
}

static void acts_that_wait_end_with_the_rule_that_asked(void **state)
{
	struct scene *scene = *state;
	size_t i = 0;

	corrected(scene, nth_page(0), 10);
	give(scene);
	corrected(scene, nth_page(1), 10);
	hit_number(scene, "nginx.service", 1);
	hit_number(scene, "app-1.service", 2);
	assert_false(withdraw(scene, &i));
	scene->rules.page.mode = MODE_DRY_RUN;
	scene->rules.service.n_patterns = 1;
	scene->rules.page.per_hour = 2;
	i = 0;
	assert_true(withdraw(scene, &i));
	assert_int_equal(scene->last.address, nth_page(1));
	assert_note(scene, "does not act any more");
	assert_int_equal(page_state(scene, nth_page(1)), PAGE_WATCHED);
	assert_true(withdraw(scene, &i));
	assert_string_equal(scene->last.unit, "app-1.service");
	assert_note(scene, "no pattern");
	assert_false(withdraw(scene, &i));
	assert_int_equal(count_acts(scene), 2); /* one is under way, one stays */
	scene->rules.page.mode = MODE_ACT;	/* what was withdrawn used up nothing */
	assert_int_equal(corrected(scene, nth_page(1), 1), OUTCOME_PENDING);
	scene->rules.service.mode = MODE_ACCOUNT;
	i = 0;
	assert_true(withdraw(scene, &i));
	assert_string_equal(scene->last.unit, "nginx.service");
	assert_false(withdraw(scene, &i));
}

static void a_dry_run_that_waits_may_wait_on(void **state)
{
	struct scene *scene = *state;
	size_t i = 0;

	scene->rules.service.mode = MODE_DRY_RUN;
	hit_number(scene, "nginx.service", 1);
	assert_false(withdraw(scene, &i));
	scene->rules.service.mode = MODE_ACT;
	i = 0;
	assert_false(withdraw(scene, &i));
	assert_true(policy_next(scene->state, scene->now)->dry_run);
	scene->rules.service.mode = MODE_ACCOUNT; /* nor is it put back */
	assert_int_equal(end_next(scene, OUTCOME_PENDING, 0), OUTCOME_LEFT_ALONE);
	assert_note(scene, "does not act any more");
}

/* --- a damaged state --- */

static void damage(struct scene *scene, void *at, const void *bytes, size_t n)
{
	uint8_t before[64];

	assert_true(n <= sizeof(before));
	memcpy(before, at, n);
	memcpy(at, bytes, n);
	if (policy_is_sound(scene->state))
		fail_msg("damage at %zu is not seen",
			 (size_t)((uint8_t *)at - (uint8_t *)scene->state));
	memcpy(at, before, n);
	assert_true(policy_is_sound(scene->state));
}

#define DAMAGE(scene_, field_, value_)                          \
	do {                                                    \
		__typeof__(field_) bad_ = (value_);             \
		damage(scene_, &(field_), &bad_, sizeof(bad_)); \
	} while (0)

static void what_is_damaged_is_found_out(void **state)
{
	struct scene *scene = *state;
	struct policy_state *s = scene->state;
	struct policy_act *unit, *page;

	assert_int_equal(hit_number(scene, "nginx.service", 1), OUTCOME_PENDING);
	assert_int_equal(corrected(scene, nth_page(0), 10), OUTCOME_PENDING);
	unit = &s->acts[0];
	page = &s->acts[1];
	DAMAGE(scene, s->magic, 0);
	DAMAGE(scene, s->layout, sizeof(*s) - 8);
	DAMAGE(scene, s->ready, 2);
	DAMAGE(scene, unit->kind, ACT_KIND_MAX);
	DAMAGE(scene, unit->kind, -1);
	DAMAGE(scene, unit->kind, ACT_SOFT_OFFLINE);
	DAMAGE(scene, unit->rule, RULE_PAGE);
	DAMAGE(scene, unit->tries, 5);
	DAMAGE(scene, unit->tries, -1);
	DAMAGE(scene, unit->dry_run, 2);
	DAMAGE(scene, unit->waits, 63);
	DAMAGE(scene, unit->again, 2);
	DAMAGE(scene, unit->deaths, 3);
	DAMAGE(scene, unit->lost, -1);
	DAMAGE(scene, unit->failures, 5);
	DAMAGE(scene, unit->n_tgids, 0);
	DAMAGE(scene, unit->n_tgids, POLICY_TGIDS_MAX + 1);
	DAMAGE(scene, unit->n_tgids, INT32_MIN);
	DAMAGE(scene, unit->tgids[0], -1);
	DAMAGE(scene, unit->due_ns, INT64_MAX);
	DAMAGE(scene, unit->until_ns, INT64_MAX);
	DAMAGE(scene, unit->id, page->id); /* two acts with one id */
	DAMAGE(scene, unit->invocation[31], '\0');
	DAMAGE(scene, unit->invocation[32], 'f');
	DAMAGE(scene, unit->unit[0], '\0');
	damage(scene, unit->unit, "dbus.service", 13);
	damage(scene, unit->unit, "init.scope", 11);
	DAMAGE(scene, page->kind, ACT_RESTART);
	DAMAGE(scene, page->rule, RULE_SERVICE);
	DAMAGE(scene, page->unit[0], 'x');
	DAMAGE(scene, page->dry_run, 1);
	DAMAGE(scene, s->past[0].kind, ACT_KIND_MAX);
	DAMAGE(scene, s->past[0].counts, 2);
	DAMAGE(scene, s->past[0].over, -1);
	DAMAGE(scene, s->past[0].asked_ns, INT64_MIN);
	DAMAGE(scene, s->pages[0].state, PAGE_STATE_MAX);
	DAMAGE(scene, s->pages[0].state, -1);
	DAMAGE(scene, s->pages[0].debt_ns, -1);
	DAMAGE(scene, s->pages[0].last_ns, INT64_MAX);
	DAMAGE(scene, s->pages[0].seen_ns[1], INT64_MIN);
	DAMAGE(scene, s->pages[0].told, 8);
	DAMAGE(scene, s->pages[0].pauses, 64);
	DAMAGE(scene, s->pages[0].used, 2);
	memset(unit->unit, 'x', sizeof(unit->unit));
	assert_false(policy_is_sound(s));
}

static void what_is_free_may_hold_anything(void **state)
{
	struct scene *scene = *state;
	struct policy_state *s = scene->state;

	for (size_t i = 0; i < POLICY_ACTS_MAX; i++) {
		memset(&s->acts[i], 0xa5, sizeof(s->acts[i]));
		s->acts[i].id = 0;
	}
	for (size_t i = 0; i < POLICY_PAGES_MAX; i++) {
		memset(&s->pages[i], 0xa5, sizeof(s->pages[i]));
		s->pages[i].used = 0;
	}
	for (size_t i = 0; i < POLICY_HISTORY_MAX; i++) {
		memset(&s->past[i], 0xa5, sizeof(s->past[i]));
		s->past[i].id = 0;
	}
	assert_true(policy_is_sound(s));
	assert_null(policy_next(s, INT64_MAX));
	assert_int_equal(corrected(scene, nth_page(0), 9), -1);
	assert_int_equal(corrected(scene, nth_page(0), 1), OUTCOME_PENDING);
	assert_int_equal(hit_number(scene, "nginx.service", 1), OUTCOME_PENDING);
	assert_int_equal(end_next(scene, OUTCOME_DONE, 0), OUTCOME_DONE);
	assert_int_equal(end_next(scene, OUTCOME_DONE, 0), OUTCOME_DONE);
}

/* As a process leaves it that was killed, or as damage does. */
static void what_does_not_fit_together_is_put_right(void **state)
{
	struct scene *scene = *state;

	corrected(scene, nth_page(0), 9);
	scene->state->pages[0].state = PAGE_ASKED; /* without an act */
	assert_int_equal(corrected(scene, nth_page(0), 1), OUTCOME_PENDING);
	scene->state->pages[0].state = PAGE_WATCHED; /* with one */
	assert_int_equal(corrected(scene, nth_page(0), 1), -1);
	scene->state->offlined = 1; /* counted, and its act still under way */
	scene->state->pages[0].state = PAGE_OFFLINED;
	assert_int_equal(end_next(scene, OUTCOME_DONE, 0), OUTCOME_DONE);
	assert_int_equal(scene->state->offlined, 1);
}

/* Whatever passes the check does no harm (the sanitizers say what harm is). */
static void noise_that_passes_does_no_harm(void **state)
{
	struct scene *scene = *state;
	struct policy_state *good = malloc(sizeof(*good));
	uint64_t seed = 20261121;
	int passed = 0;

	for (unsigned int i = 0; i < 8; i++) {
		hit_number(scene, "nginx.service", i);
		corrected(scene, nth_page(i), 10);
	}
	*good = *scene->state;
	for (int round = 0; round < 3000; round++) {
		uint8_t *bytes = (uint8_t *)scene->state;
		/* half of it where the acts are */
		size_t from = round % 2 ? offsetof(struct policy_state, acts) : 0;
		size_t span = round % 2 ? 20 * sizeof(struct policy_act) : sizeof(*good);

		*scene->state = *good;
		bytes[from + next_random(&seed) % span] = (uint8_t)next_random(&seed);
		if (!policy_is_sound(scene->state))
			continue;
		passed++;
		for (uint64_t n = 0; n < 10; n++) {
			struct act_result result = { .outcome = OUTCOME_FAILED,
						     .error = EBUSY };
			struct policy_act *act = give(scene);

			scene->now += MINUTE;
			corrected(scene, nth_page(n), 10);
			hit_number(scene, "nginx.service", (unsigned int)n);
			result.id = act ? act->id : 0;
			report(scene, result);
		}
	}
	assert_true(passed > 1000 && passed < 3000);
	free(good);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE(units_go_before_pages_and_the_longest_due_first),
		SCENE(looking_gives_nothing_out),
		SCENE(what_is_under_way_is_found_after_a_restart),
		SCENE(a_report_of_nothing_is_nothing),
		SCENE(a_long_note_is_cut),
		SCENE(pages_leave_places_to_units),
		SCENE(what_counts_is_not_forgotten_within_its_hour),
		SCENE(what_does_not_count_gives_way),
		SCENE(remembering_keeps_the_latest),
		SCENE(a_page_whose_report_was_lost_counts),
		SCENE(a_page_that_was_poisoned_meanwhile_is_not_ours),
		SCENE(a_restart_whose_report_was_lost_counts),
		SCENE(a_dry_run_that_was_lost_did_nothing),
		SCENE(a_second_death_ends_it),
		SCENE(a_new_start_leaves_the_other_try),
		SCENE(what_a_new_start_finds_done_counts),
		SCENE(a_restart_that_waited_too_long_is_left_alone),
		SCENE(acts_that_wait_end_with_the_rule_that_asked),
		SCENE(a_dry_run_that_waits_may_wait_on),
		SCENE(what_is_damaged_is_found_out),
		SCENE(what_is_free_may_hold_anything),
		SCENE(what_does_not_fit_together_is_put_right),
		SCENE(noise_that_passes_does_no_harm),
	};

	return cmocka_run_group_tests_name("policy-queue", tests, NULL, NULL);
}
