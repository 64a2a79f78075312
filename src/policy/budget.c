// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Budgets, and the memory of the last hour that they are reckoned from. An act counts
 * from when it is asked for, and is taken back if it comes to nothing. What counts is
 * never forgotten within its hour: rather than that, nothing more is done.
 */

#include "policy/policy_private.h"

#include <inttypes.h>

#define SAME_PROCESS_NS (60 * NS_PER_SEC)
#define PPM		1000000

static bool is_of_this_hour(const struct policy_past *past, int64_t now_ns)
{
	return ns_between(past->asked_ns, now_ns) < HOUR_NS;
}

/* Acts of a kind within the last hour; of one unit if unit_hash is not 0. */
static uint64_t count_past(const struct policy_state *state, enum act_kind kind,
			   uint64_t unit_hash, int64_t now_ns)
{
	uint64_t n = 0;

	for (size_t i = 0; i < POLICY_HISTORY_MAX; i++) {
		const struct policy_past *past = &state->past[i];

		if (past->id && past->counts && past->kind == (int32_t)kind &&
		    is_of_this_hour(past, now_ns) &&
		    (!unit_hash || past->unit_hash == unit_hash))
			n++;
	}
	return n;
}

static void say_used_up(struct text *why, uint64_t n, const char *what, const char *of)
{
	text_add(why, "%" PRIu64 " %s%s %s %s used up", n, what, n == 1 ? "" : "s", of,
		 n == 1 ? "is" : "are");
}

static bool is_share_used_up(const struct policy_rules *rules, uint64_t pages)
{
	unsigned __int128 bytes = (unsigned __int128)pages * rules->page_size;

	return bytes * PPM >
	       (unsigned __int128)rules->memory_bytes * rules->page.share_ppm;
}

/* Whether one more page may be taken out of use; if not, `ret_why` names the budget. */
bool budget_allows_page(const struct policy_state *state,
			const struct policy_rules *rules, int64_t now_ns,
			struct text *ret_why)
{
	const struct page_rule *rule = &rules->page;
	uint64_t ours =
		add_saturated(state->offlined, queue_count(state, ACT_SOFT_OFFLINE));

	if (count_past(state, ACT_SOFT_OFFLINE, 0, now_ns) >= rule->per_hour) {
		say_used_up(ret_why, rule->per_hour, "page", "an hour");
		return false;
	}
	if (ours >= rule->per_boot) {
		say_used_up(ret_why, rule->per_boot, "page", "a boot");
		return false;
	}
	ours = add_saturated(ours, state->poisoned);
	if (is_share_used_up(rules, add_saturated(ours, 1))) {
		text_add(ret_why, "%g %% of memory is used up",
			 (double)rule->share_ppm * 100 / PPM);
		return false;
	}
	return true;
}

/* The same for one more restart of a unit. */
bool budget_allows_restart(const struct policy_state *state,
			   const struct policy_rules *rules, const char *unit,
			   int64_t now_ns, struct text *ret_why)
{
	const struct service_rule *rule = &rules->service;

	if (count_past(state, ACT_RESTART, past_hash(unit), now_ns) >=
	    rule->per_unit_hour) {
		say_used_up(ret_why, rule->per_unit_hour, "restart",
			    "of this unit an hour");
		return false;
	}
	if (count_past(state, ACT_RESTART, 0, now_ns) >= rule->per_hour) {
		say_used_up(ret_why, rule->per_hour, "restart", "an hour");
		return false;
	}
	return true;
}

/* Where one more can be remembered: a free place, or the oldest that may be forgotten. */
static size_t find_past_place(const struct policy_state *state, int64_t now_ns)
{
	size_t oldest = POLICY_HISTORY_MAX;

	for (size_t i = 0; i < POLICY_HISTORY_MAX; i++) {
		const struct policy_past *past = &state->past[i];

		if (!past->id)
			return i;
		if (past->counts && is_of_this_hour(past, now_ns))
			continue;
		if (oldest == POLICY_HISTORY_MAX ||
		    past->asked_ns < state->past[oldest].asked_ns)
			oldest = i;
	}
	return oldest;
}

bool past_has_room(const struct policy_state *state, int64_t now_ns, struct text *ret_why)
{
	if (find_past_place(state, now_ns) < POLICY_HISTORY_MAX)
		return true;
	text_add(ret_why, "%d acts within an hour are as many as can be remembered",
		 POLICY_HISTORY_MAX);
	return false;
}

/* Where it has no place it is dropped; for what counts ask past_has_room() first. */
void past_add(struct policy_state *state, const struct policy_past *past)
{
	size_t i = find_past_place(state, past->asked_ns);
	struct policy_past copy = *past;

	if (i == POLICY_HISTORY_MAX)
		return;
	state->past[i].id = 0;
	in_order();
	copy.id = 0;
	state->past[i] = copy;
	in_order();
	state->past[i].id = past->id;
}

/*
 * An act is over. One that came to nothing uses up no budget; what was decided still need
 * not be said again: of its process, or of the whole invocation.
 */
void past_end(struct policy_state *state, uint64_t id, bool counts, bool whole_invocation)
{
	for (size_t i = 0; i < POLICY_HISTORY_MAX; i++) {
		struct policy_past *past = &state->past[i];

		if (past->id != id)
			continue;
		if (whole_invocation)
			past->tgid = 0;
		if (!counts)
			past->counts = 0;
		in_order();
		past->over = 1;
	}
}

/* FNV-1a. Never 0. */
uint64_t past_hash(const char *text)
{
	uint64_t hash = 0xcbf29ce484222325ULL;

	for (; *text; text++)
		hash = (hash ^ (uint8_t)*text) * 0x100000001b3ULL;
	return hash ? hash : 1;
}

/*
 * Whether a hit in this process of this invocation has been decided about already. Not by
 * a process that was killed before it could queue the act.
 */
bool past_says_it(const struct policy_state *state, uint64_t unit_hash,
		  uint64_t invocation_hash, int32_t tgid, int64_t now_ns)
{
	for (size_t i = 0; i < POLICY_HISTORY_MAX; i++) {
		const struct policy_past *past = &state->past[i];
		int64_t ago_ns = ns_between(past->asked_ns, now_ns);

		if (!past->id || !past->over || past->kind != ACT_RESTART ||
		    past->unit_hash != unit_hash ||
		    past->invocation_hash != invocation_hash)
			continue;
		if (past->counts || !past->tgid ?
			    ago_ns < HOUR_NS :
			    past->tgid == tgid && ago_ns < SAME_PROCESS_NS)
			return true;
	}
	return false;
}

/*
 * An act of before this boot, or before the state was lost, that counts against budgets.
 * One of a kind that nobody here knows has none.
 */
void policy_remember_act(struct policy_state *state, enum act_kind kind, const char *unit,
			 int64_t asked_ns)
{
	struct policy_past past = { .id = UINT64_MAX,
				    .asked_ns =
					    MIN(MAX(asked_ns, -TIME_MAX_NS), TIME_MAX_NS),
				    .unit_hash = past_hash(unit),
				    .kind = (int32_t)kind,
				    .counts = 1 };

	if ((unsigned int)kind < ACT_KIND_MAX)
		past_add(state, &past);
}
