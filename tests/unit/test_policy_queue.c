// SPDX-License-Identifier: LGPL-2.1-or-later

/* Acts under way, on virtual time: order, limits, a state that is damaged or half
 * written. */

#include "unit/policy_fixture.h"

#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

static uint64_t nth_page(uint64_t n)
{
	return FIRST_PAGE + n * PAGE;
}

static int hit_number(struct scene *scene, const char *unit, unsigned int n)
{
	struct unit_hit unit_hit = nginx_hit(scene, 1000 + (int32_t)n);
	char invocation[40];

	snprintf(invocation, sizeof(invocation), "%032x", n);
	unit_hit.unit = unit;
	unit_hit.invocation = invocation;
	return hit(scene, unit_hit);
}

static size_t count_acts(const struct scene *scene)
{
	size_t n = 0;

	for (size_t i = 0; i < POLICY_ACTS_MAX; i++)
		n += scene->state->acts[i].id != 0;
	return n;
}

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

static uint32_t next_random(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)(*seed >> 33);
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
	struct policy_act *act = give(model->scene);
	struct act_result result;

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

/* --- killed at any instruction --- */

/*
 * A process does one thing with a state in shared memory, and is looked at after each of
 * its instructions: what the next process would find there has to be sound, and when the
 * same is told to it once more nothing may be lost or done twice.
 */
struct killed {
	const char *name;
	void (*before)(struct scene *scene);
	void (*step)(struct scene *scene);
	void (*after)(struct scene *scene); /* what the next process does and finds */
};

static void nine_errors(struct scene *scene)
{
	corrected(scene, nth_page(0), 9);
}

static void a_tenth(struct scene *scene)
{
	corrected(scene, nth_page(0), 1);
}

static void it_is_asked_for_once(struct scene *scene)
{
	/* whatever came of the tenth, with the eleventh there is one act, and an end */
	corrected(scene, nth_page(0), 2);
	assert_int_equal(count_acts(scene), 1);
	assert_int_equal(end_next(scene, OUTCOME_DONE, 0), OUTCOME_DONE);
	assert_int_equal(corrected(scene, nth_page(0), 10), -1);
	assert_int_equal(page_state(scene, nth_page(0)), PAGE_OFFLINED);
	assert_int_equal(scene->state->offlined, 1);
}

static void a_page_under_way(struct scene *scene)
{
	corrected(scene, nth_page(0), 10);
	give(scene);
}

static void it_is_done(struct scene *scene)
{
	report(scene, (struct act_result){ .id = 100, .outcome = OUTCOME_DONE });
}

static void it_is_busy(struct scene *scene)
{
	report(scene, (struct act_result){
			      .id = 100, .outcome = OUTCOME_FAILED, .error = EBUSY });
}

static void it_is_out_of_use(struct scene *scene)
{
	it_is_done(scene); /* as looking told, if it was still under way */
	assert_int_equal(count_acts(scene), 0);
	assert_int_equal(page_state(scene, nth_page(0)), PAGE_OFFLINED);
	/* one too many is said rather than one too few */
	assert_in_range(scene->state->offlined, 1, 2);
}

static void it_is_tried_again(struct scene *scene)
{
	struct policy_act *act = &scene->state->acts[0];

	if (act->given_ns)
		it_is_busy(scene);
	assert_int_equal(count_acts(scene), 1);
	assert_int_equal(page_state(scene, nth_page(0)), PAGE_ASKED);
	assert_in_range(act->tries, 1, 2);
	assert_true(policy_next_due(scene->state, scene->now) >= scene->now + MINUTE);
}

static void nothing(struct scene *scene)
{
	(void)scene;
}

static void a_main_process_is_hit(struct scene *scene)
{
	hit(scene, nginx_hit(scene, 1000));
}

static void a_worker_is_hit(struct scene *scene)
{
	hit(scene, nginx_hit(scene, 1001));
}

static void both_are_looked_for_once(struct scene *scene)
{
	a_main_process_is_hit(scene); /* told once more */
	a_worker_is_hit(scene);
	assert_int_equal(count_acts(scene), 1);
	assert_int_equal(give(scene)->n_tgids, 2);
	it_is_done(scene);
	/* the id of what was told once more may be another */
	report(scene, (struct act_result){ .id = 101, .outcome = OUTCOME_DONE });
	assert_int_equal(count_acts(scene), 0);
	assert_int_equal(hit(scene, nginx_hit(scene, 1002)), -1);
}

static void a_unit_under_way(struct scene *scene)
{
	a_main_process_is_hit(scene);
	give(scene);
}

static void it_is_started_once(struct scene *scene)
{
	it_is_done(scene);
	assert_int_equal(count_acts(scene), 0);
	assert_int_equal(hit(scene, nginx_hit(scene, 1002)), -1);
}

static void a_full_table(struct scene *scene)
{
	for (uint64_t i = 1; i <= POLICY_PAGES_MAX; i++)
		corrected(scene, nth_page(i), 2);
	nine_errors(scene); /* another gives way */
}

static void a_page_gives_way(struct scene *scene)
{
	corrected(scene, nth_page(5000), 1);
}

static void the_others_are_there(struct scene *scene)
{
	size_t there = 0;

	for (uint64_t i = 0; i <= POLICY_PAGES_MAX; i++)
		there += policy_page(scene->state, &scene->rules, nth_page(i)) != NULL;
	assert_in_range(there, POLICY_PAGES_MAX - 1, POLICY_PAGES_MAX);
	it_is_asked_for_once(scene);
}

static const struct killed kills[] = {
	{ "asks for a page", nine_errors, a_tenth, it_is_asked_for_once },
	{ "a page is done", a_page_under_way, it_is_done, it_is_out_of_use },
	{ "a page is busy", a_page_under_way, it_is_busy, it_is_tried_again },
	{ "asks for a unit", nothing, a_main_process_is_hit, both_are_looked_for_once },
	{ "adds a process", a_main_process_is_hit, a_worker_is_hit,
	  both_are_looked_for_once },
	{ "a unit is done", a_unit_under_way, it_is_done, it_is_started_once },
	{ "a page gives way", a_full_table, a_page_gives_way, the_others_are_there },
};

/* The next process, with a copy of what is there. */
static void go_on(const struct killed *killed, const struct scene *scene,
		  struct policy_state *copy)
{
	struct scene next = *scene;

	*copy = *scene->state;
	next.state = copy;
	/* an id that was used and not published is used again by nobody */
	next.next_id += 1;
	if (!policy_is_sound(copy))
		fail_msg("%s: not sound", killed->name);
	killed->after(&next);
}

/* False: nobody may trace here. */
static bool start_traced(const struct killed *killed, struct scene *scene, pid_t *ret_pid)
{
	int status;

	*ret_pid = fork();
	assert_true(*ret_pid >= 0);
	if (*ret_pid == 0) {
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
			_exit(77);
		scene->unchecked = true; /* it takes most of the instructions */
		raise(SIGSTOP);
		killed->step(scene);
		_exit(0);
	}
	assert_int_equal(waitpid(*ret_pid, &status, 0), *ret_pid);
	return WIFSTOPPED(status);
}

/* How many different states there were; 0: nobody may trace here. */
static size_t kill_everywhere(const struct killed *killed, struct scene *scene)
{
	struct policy_state *seen = malloc(sizeof(*seen)), *copy = malloc(sizeof(*copy));
	size_t n = 0;
	int status = 0;
	pid_t pid;

	killed->before(scene);
	*seen = *scene->state;
	if (start_traced(killed, scene, &pid)) {
		while (ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL) == 0 &&
		       waitpid(pid, &status, 0) == pid && WIFSTOPPED(status)) {
			if (memcmp(seen, scene->state, sizeof(*seen)) == 0)
				continue;
			*seen = *scene->state;
			go_on(killed, scene, copy);
			n++;
		}
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
	free(seen);
	free(copy);
	return n;
}

static void killed_at_any_instruction(void **state)
{
	struct scene *scene = *state;
	struct policy_state *own = scene->state;

	for (size_t i = 0; i < ARRAY_SIZE(kills); i++) {
		size_t n;

		scene->state = mmap(NULL, sizeof(*scene->state), PROT_READ | PROT_WRITE,
				    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
		assert_true(scene->state != MAP_FAILED);
		policy_init(scene->state);
		scene->next_id = 100;
		n = kill_everywhere(&kills[i], scene);
		munmap(scene->state, sizeof(*scene->state));
		scene->state = own;
		if (n == 0 && i == 0) {
			print_message("nobody may trace a process here\n");
			skip();
		}
		print_message("%s: %zu states\n", kills[i].name, n);
		assert_true(n > 2);
	}
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
		SCENE(acts_that_wait_end_with_the_rule_that_asked),
		SCENE(a_dry_run_that_waits_may_wait_on),
		SCENE(what_is_damaged_is_found_out),
		SCENE(what_is_free_may_hold_anything),
		SCENE(noise_that_passes_does_no_harm),
		SCENE(budgets_hold_whatever_comes),
		SCENE(killed_at_any_instruction),
	};

	return cmocka_run_group_tests_name("policy-queue", tests, NULL, NULL);
}
