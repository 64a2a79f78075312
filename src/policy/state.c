// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * The state as it lies in memory that outlives the process, and may be damaged: each
 * enum, index and string that is used without another look is checked here, once. Places
 * that are free are not looked at, since a process that was killed may have left half of
 * something.
 */

#include "policy/policy_private.h"

#include <string.h>

#define MAGIC 0x31796c6f50646152ULL /* "RadPoly1" */

static bool is_time(int64_t ns)
{
	return ns >= -TIME_MAX_NS && ns <= TIME_MAX_NS;
}

static bool is_within(int32_t value, int32_t max)
{
	return value >= 0 && value < max;
}

static bool is_terminated(const char *text, size_t size)
{
	return strnlen(text, size) < size;
}

static bool is_page_sound(const struct policy_page *page)
{
	return page->used == 1 && is_within(page->state, PAGE_STATE_MAX) &&
	       page->debt_ns >= 0 && page->debt_ns <= TIME_MAX_NS &&
	       is_time(page->last_ns) && is_time(page->seen_ns[0]) &&
	       is_time(page->seen_ns[1]) && is_time(page->refused_ns) &&
	       is_time(page->quiet_ns) && !(page->told & ~(uint32_t)TOLD_ALL) &&
	       page->pauses <= 7;
}

/* Nothing that is damaged becomes the restart of a unit that nobody restarts. */
static bool is_restart_sound(const struct policy_act *act)
{
	bool sound = act->rule == RULE_SERVICE && act->n_tgids > 0 &&
		     act->n_tgids <= POLICY_TGIDS_MAX && is_time(act->until_ns) &&
		     is_terminated(act->unit, sizeof(act->unit)) &&
		     is_terminated(act->invocation, sizeof(act->invocation)) &&
		     !policy_denies(act->unit) && is_invocation(act->invocation);

	for (int32_t i = 0; sound && i < act->n_tgids; i++)
		sound = act->tgids[i] > 0;
	return sound;
}

static bool is_offline_sound(const struct policy_act *act)
{
	return act->rule == RULE_PAGE && act->unit[0] == '\0' &&
	       act->invocation[0] == '\0' && act->n_tgids == 0 && !act->dry_run;
}

static bool is_act_sound(const struct policy_act *act)
{
	if (!is_time(act->asked_ns) || !is_time(act->due_ns) || !is_time(act->given_ns) ||
	    !is_within(act->tries, TRIES_MAX + 1) || !is_within(act->dry_run, 2) ||
	    !is_within(act->waits, 11) || !is_within(act->again, 2) ||
	    !is_within(act->deaths, DEATHS_MAX + 1) || !is_within(act->lost, 2) ||
	    !is_within(act->failures, TRIES_MAX + 1))
		return false;
	if (act->kind == ACT_RESTART)
		return is_restart_sound(act);
	return act->kind == ACT_SOFT_OFFLINE && is_offline_sound(act);
}

static bool is_past_sound(const struct policy_past *past)
{
	return is_time(past->asked_ns) && is_within(past->kind, ACT_KIND_MAX) &&
	       is_within(past->counts, 2) && is_within(past->over, 2);
}

static bool are_acts_sound(const struct policy_state *state)
{
	for (size_t i = 0; i < POLICY_ACTS_MAX; i++) {
		const struct policy_act *act = &state->acts[i];

		if (act->id && !is_act_sound(act))
			return false;
		for (size_t j = 0; act->id && j < i; j++)
			if (state->acts[j].id == act->id)
				return false;
	}
	return true;
}

/* Whether this is a state that this program wrote, and nothing in it can do harm. */
bool policy_is_sound(const struct policy_state *state)
{
	if (state->magic != MAGIC || state->layout != sizeof(*state) ||
	    state->ready > 1 || !are_acts_sound(state))
		return false;
	for (size_t i = 0; i < POLICY_HISTORY_MAX; i++)
		if (state->past[i].id && !is_past_sound(&state->past[i]))
			return false;
	for (size_t i = 0; i < POLICY_PAGES_MAX; i++)
		if (state->pages[i].used && !is_page_sound(&state->pages[i]))
			return false;
	return true;
}

void policy_init(struct policy_state *state)
{
	state->magic = 0;
	in_order();
	memset(state, 0, sizeof(*state));
	state->layout = sizeof(*state);
	in_order();
	state->magic = MAGIC;
}
