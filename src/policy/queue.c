// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Acts that wait or are under way. A place is taken when its id is set, which is done
 * last, and free when the id is cleared, which is done first.
 */

#include "policy/policy_private.h"

#include <string.h>

/* Pages that wait an hour for another try leave this many places to units. */
#define KEPT_FOR_UNITS 16

/* NULL: there is none. */
struct policy_act *queue_find(struct policy_state *state, uint64_t id)
{
	for (size_t i = 0; id && i < POLICY_ACTS_MAX; i++)
		if (state->acts[i].id == id)
			return &state->acts[i];
	return NULL;
}

struct policy_act *queue_find_page(struct policy_state *state, uint64_t address)
{
	for (size_t i = 0; i < POLICY_ACTS_MAX; i++) {
		struct policy_act *act = &state->acts[i];

		if (act->id && act->kind == ACT_SOFT_OFFLINE && act->address == address)
			return act;
	}
	return NULL;
}

struct policy_act *queue_find_unit(struct policy_state *state, const char *unit,
				   const char *invocation)
{
	for (size_t i = 0; i < POLICY_ACTS_MAX; i++) {
		struct policy_act *act = &state->acts[i];

		if (act->id && act->kind == ACT_RESTART && strcmp(act->unit, unit) == 0 &&
		    strcmp(act->invocation, invocation) == 0)
			return act;
	}
	return NULL;
}

size_t queue_count(const struct policy_state *state, enum act_kind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < POLICY_ACTS_MAX; i++)
		n += state->acts[i].id && state->acts[i].kind == (int32_t)kind;
	return n;
}

static struct policy_act *find_free(struct policy_state *state)
{
	for (size_t i = 0; i < POLICY_ACTS_MAX; i++)
		if (!state->acts[i].id)
			return &state->acts[i];
	return NULL;
}

bool queue_has_room(const struct policy_state *state, enum act_kind kind,
		    struct text *ret_why)
{
	size_t pages = queue_count(state, ACT_SOFT_OFFLINE);
	size_t all = pages + queue_count(state, ACT_RESTART);

	if (all < POLICY_ACTS_MAX &&
	    (kind != ACT_SOFT_OFFLINE || pages < POLICY_ACTS_MAX - KEPT_FOR_UNITS))
		return true;
	text_add(ret_why, "%zu acts are under way", all);
	return false;
}

/* Ask queue_has_room() first. */
void queue_put(struct policy_state *state, const struct policy_act *act)
{
	struct policy_act *place = find_free(state);
	struct policy_act copy = *act;

	if (!place)
		return;
	copy.id = 0;
	*place = copy;
	in_order();
	place->id = act->id;
}

/* It waits again, until then. */
void queue_put_back(struct policy_act *act, int64_t due_ns)
{
	act->due_ns = due_ns;
	in_order();
	act->given_ns = 0;
}

/* What it did is in the state. */
void queue_free(struct policy_act *act)
{
	in_order();
	act->id = 0;
}

/* Whether an earlier try of it, of which nobody heard, may have had its effect. */
bool act_perhaps_done(const struct policy_act *act)
{
	return (act->deaths || act->lost) && !act->dry_run;
}

/* A restart whose unit was hit so long ago that somebody may have seen to it. */
bool act_is_stale(const struct policy_act *act, int64_t now_ns)
{
	return act->kind == ACT_RESTART &&
	       ns_between(act->until_ns, now_ns) > STALE_NS - DEATH_NS;
}

static bool goes_before(const struct policy_act *a, const struct policy_act *b)
{
	if (a->kind != b->kind)
		return a->kind == ACT_RESTART;
	if (a->due_ns != b->due_ns)
		return a->due_ns < b->due_ns;
	return a->id < b->id;
}

/* The act whose turn it is: units first, then by when they were due. NULL: none is due.
 */
struct policy_act *policy_next(struct policy_state *state, int64_t now_ns)
{
	struct policy_act *next = NULL;

	for (size_t i = 0; i < POLICY_ACTS_MAX; i++) {
		struct policy_act *act = &state->acts[i];

		if (act->id && !act->given_ns && act->due_ns <= now_ns &&
		    !act_is_stale(act, now_ns) && (!next || goes_before(act, next)))
			next = act;
	}
	return next;
}

/* When an act will be due, or now if one is; INT64_MAX: none waits. */
int64_t policy_next_due(const struct policy_state *state, int64_t now_ns)
{
	int64_t due_ns = INT64_MAX;

	for (size_t i = 0; i < POLICY_ACTS_MAX; i++) {
		const struct policy_act *act = &state->acts[i];

		if (act->id && !act->given_ns)
			due_ns = MIN(due_ns, MAX(act->due_ns, now_ns));
	}
	return due_ns;
}

struct policy_act *policy_given(struct policy_state *state, size_t *iterator)
{
	while (*iterator < POLICY_ACTS_MAX) {
		struct policy_act *act = &state->acts[(*iterator)++];

		if (act->id && act->given_ns)
			return act;
	}
	return NULL;
}

bool policy_died(struct policy_state *state, uint64_t id)
{
	struct policy_act *act = queue_find(state, id);

	if (!act)
		return false;
	act->deaths = MIN(act->deaths + 1, DEATHS_MAX);
	if (act->deaths == DEATHS_MAX)
		return false;
	in_order();
	act->given_ns = 0;
	return true;
}

void policy_take_back(struct policy_state *state)
{
	struct policy_act *act;
	size_t i = 0;

	while ((act = policy_given(state, &i))) {
		act->lost = 1;
		in_order();
		act->given_ns = 0;
	}
}
