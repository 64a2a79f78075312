/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A machine with rules and a clock of its own, for scenarios on virtual time. */

#include "unit/check.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/policy.h"
#include "util/clock.h"

#define SEC    NS_PER_SEC
#define MINUTE (60 * SEC)
#define HOUR   (60 * MINUTE)

#define PAGE	   4096ULL
#define FIRST_PAGE 0x40000000ULL
#define COST	   (24 * HOUR / 10) /* of an error, with the rule below */
#define MAIN	   1000		    /* processes */
#define WORKER	   1001
#define INVOCATION "0123456789abcdef0123456789abcdef"
#define ANOTHER	   "fedcba9876543210fedcba9876543210"

struct scene {
	struct policy_state *state;
	struct policy_rules rules;
	int64_t now;
	uint64_t next_id;
	struct decision last;
	bool unchecked; /* is not looked at after each step */
};

static inline int scene_set_up(void **state)
{
	struct scene *scene = calloc(1, sizeof(*scene));

	scene->state = malloc(sizeof(*scene->state));
	memset(scene->state, 0xa5, sizeof(*scene->state));
	policy_init(scene->state);
	scene->now = 1000 * SEC;
	scene->next_id = 100;
	scene->rules = (struct policy_rules){
		.page = { .mode = MODE_ACT,
			  .corrected = 10,
			  .window_ns = 24 * HOUR,
			  .per_hour = 20,
			  .per_boot = 100,
			  .share_ppm = 1000 },
		.service = { .mode = MODE_ACT,
			     .patterns = { "nginx.service", "app-*.service" },
			     .n_patterns = 2,
			     .per_unit_hour = 3,
			     .per_hour = 10 },
		.memory_bytes = 16ULL << 30,
		.page_size = PAGE,
	};
	*state = scene;
	return 0;
}

static inline int scene_tear_down(void **state)
{
	struct scene *scene = *state;

	free(scene->state);
	free(scene);
	return 0;
}

#define SCENE(name_) cmocka_unit_test_setup_teardown(name_, scene_set_up, scene_tear_down)

/* What was decided, or -1. An id is used up by a decision only. */
static inline int outcome_of(struct scene *scene)
{
	assert_true(scene->unchecked || policy_is_sound(scene->state));
	if (!scene->last.id)
		return -1;
	assert_int_equal(scene->last.id, scene->next_id);
	scene->next_id++;
	return (int)scene->last.outcome;
}

static inline int corrected_by(struct scene *scene, enum corrected_source source,
			       uint64_t address, uint64_t count)
{
	struct corrected_error error = { .event = scene->next_id + 1000000,
					 .address = address,
					 .count = count,
					 .source = source,
					 .time_ns = scene->now };

	memset(&scene->last, 0xa5, sizeof(scene->last));
	policy_corrected(scene->state, &scene->rules, &error, scene->next_id,
			 &scene->last);
	return outcome_of(scene);
}

static inline int corrected(struct scene *scene, uint64_t address, uint64_t count)
{
	return corrected_by(scene, CORRECTED_LOG, address, count);
}

static inline int hit(struct scene *scene, struct unit_hit unit_hit)
{
	memset(&scene->last, 0xa5, sizeof(scene->last));
	policy_hit(scene->state, &scene->rules, &unit_hit, scene->next_id, scene->now,
		   &scene->last);
	return outcome_of(scene);
}

static inline struct unit_hit nginx_hit(const struct scene *scene, int32_t tgid)
{
	return (struct unit_hit){ .event = 7,
				  .evidence = EVIDENCE_SENDER,
				  .unit = "nginx.service",
				  .invocation = INVOCATION,
				  .is_unit = true,
				  .tgid = tgid,
				  .time_ns = scene->now };
}

/* Gives out what is due, as capture does. NULL: nothing is. */
static inline struct policy_act *give(struct scene *scene)
{
	struct policy_act *act = policy_next(scene->state, scene->now);

	if (act)
		act->given_ns = scene->now;
	return act;
}

/* The outcome to record, or -1: nothing new. */
static inline int report(struct scene *scene, struct act_result result)
{
	struct decision untouched;
	bool is_new;

	memset(&scene->last, 0xa5, sizeof(scene->last));
	untouched = scene->last;
	is_new = policy_report(scene->state, &scene->rules, &result, scene->now,
			       &scene->last);
	assert_true(scene->unchecked || policy_is_sound(scene->state));
	if (!is_new) {
		assert_memory_equal(&untouched, &scene->last, sizeof(untouched));
		return -1;
	}
	assert_int_equal(scene->last.id, result.id);
	return (int)scene->last.outcome;
}

/* Gives out what is due, which has to be something, and says how it ended. */
static inline int end_next(struct scene *scene, enum act_outcome outcome, int error)
{
	struct policy_act *act = give(scene);

	assert_non_null(act);
	return report(scene, (struct act_result){ .id = act->id,
						  .outcome = outcome,
						  .error = error,
						  .verified = outcome == OUTCOME_DONE });
}

static inline enum page_state page_state(const struct scene *scene, uint64_t address)
{
	const struct policy_page *page =
		policy_page(scene->state, &scene->rules, address);

	assert_non_null(page);
	return (enum page_state)page->state;
}

static inline uint64_t nth_page(uint64_t n)
{
	return FIRST_PAGE + n * PAGE;
}

/* Ten errors at once: asked for. */
static inline void break_page(struct scene *scene, uint64_t address)
{
	assert_int_equal(corrected(scene, address, 10), OUTCOME_PENDING);
}

static inline int64_t debt_of(const struct scene *scene, uint64_t address)
{
	return policy_debt_ns(policy_page(scene->state, &scene->rules, address),
			      scene->now);
}

static inline size_t count_acts(const struct scene *scene)
{
	size_t n = 0;

	for (size_t i = 0; i < POLICY_ACTS_MAX; i++)
		n += scene->state->acts[i].id != 0;
	return n;
}

static inline int hit_number(struct scene *scene, const char *unit, unsigned int n)
{
	struct unit_hit unit_hit = nginx_hit(scene, 1000 + (int32_t)n);
	char invocation[40];

	snprintf(invocation, sizeof(invocation), "%032x", n);
	unit_hit.unit = unit;
	unit_hit.invocation = invocation;
	return hit(scene, unit_hit);
}

static inline uint32_t next_random(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)(*seed >> 33);
}

/* A unit that is dead of what hit its main process. */
static inline struct unit_look dead_look(void)
{
	return (struct unit_look){ .load_state = "loaded",
				   .active_state = "failed",
				   .sub_state = "failed",
				   .result = "signal",
				   .invocation = INVOCATION,
				   .exec_main_pid = MAIN,
				   .exec_main_code = CLD_KILLED,
				   .exec_main_status = SIGBUS,
				   .active_exit_usec = 5000,
				   .main_exit_usec = 5000 };
}

#define assert_note(scene_, part_)                                         \
	do {                                                               \
		if (!strstr((scene_)->last.note, part_))                   \
			fail_msg("the note is '%s'", (scene_)->last.note); \
	} while (0)
