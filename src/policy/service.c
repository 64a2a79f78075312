// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Units that poison hit. A hit says that a process got a signal that nobody can forge;
 * whether its unit died of it is only seen by looking, so a hit queues a look, and what
 * comes of that is judge.c's. An invocation is started again once at most.
 */

#include "policy/policy_private.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

/* As systemd writes it: 32 hexadecimal digits. */
bool is_invocation(const char *text)
{
	size_t n = 0;

	while (isxdigit((unsigned char)text[n]))
		n++;
	return n == POLICY_INVOCATION_BYTES - 1 && text[n] == '\0';
}

static const char *invocation_of(const struct unit_hit *hit)
{
	return hit->invocation && is_invocation(hit->invocation) ? hit->invocation : "";
}

static const char *name_of(const struct unit_hit *hit)
{
	return hit->unit ? hit->unit : hit->user_unit;
}

/* In policy_past 0 means the whole invocation. */
static int32_t tgid_of(const struct unit_hit *hit)
{
	return hit->tgid > 0 ? hit->tgid : -1;
}

static bool is_confirmed(const struct unit_hit *hit)
{
	return hit->evidence > EVIDENCE_NONE && hit->evidence < EVIDENCE_MAX;
}

static bool is_listed(const struct service_rule *rule, const struct unit_hit *hit)
{
	return (hit->unit && policy_matches(rule, hit->unit)) ||
	       (hit->user_unit && policy_matches(rule, hit->user_unit));
}

/* Why it is none of ours, whatever looking would tell. True: `ret_note` has the reason.
 */
static bool is_left_alone(const struct unit_hit *hit, int64_t now_ns,
			  struct text *ret_note)
{
	const char *denied = policy_denies(name_of(hit));
	int64_t ago_ns = ns_between(hit->time_ns, now_ns);

	if (hit->user_unit) {
		text_add_escaped(ret_note, hit->user_unit, strnlen(hit->user_unit, 100));
		text_add(ret_note, ": a user's unit");
	} else if (!hit->is_unit) {
		text_add(ret_note, "below the unit, in a group of its own");
	} else if (denied) {
		text_add(ret_note, "%s", denied);
	} else if (strlen(hit->unit) >= POLICY_UNIT_BYTES) {
		text_add(ret_note, "its name is longer than a unit's can be");
	} else if (!invocation_of(hit)[0]) {
		text_add(ret_note, "its invocation is not known");
	} else if (hit->tgid <= 0) {
		text_add(ret_note, "the process is not known");
	} else if (ago_ns > STALE_NS) {
		text_add(ret_note, "it was hit %" PRId64 " s ago, before rasd looked",
			 (int64_t)(ago_ns / NS_PER_SEC));
	} else {
		return false;
	}
	return true;
}

static struct policy_past past_of(const struct unit_hit *hit, uint64_t id, int64_t now_ns)
{
	return (struct policy_past){ .id = id,
				     .asked_ns = now_ns,
				     .unit_hash = past_hash(name_of(hit)),
				     .invocation_hash = past_hash(invocation_of(hit)),
				     .kind = ACT_RESTART,
				     .tgid = tgid_of(hit) };
}

/* It is decided, without an act. */
static void note_decided(struct policy_state *state, const struct unit_hit *hit,
			 uint64_t id, bool whole_invocation, int64_t now_ns)
{
	struct policy_past past = past_of(hit, id, now_ns);

	past.over = 1;
	if (whole_invocation)
		past.tgid = 0;
	past_add(state, &past);
}

/*
 * A main process is older than those that it forks, so where there is no place for all of
 * them the lowest numbers are kept.
 */
static void add_tgid(struct policy_act *act, int32_t tgid)
{
	int32_t *highest = &act->tgids[0];

	if (act->n_tgids < POLICY_TGIDS_MAX) {
		act->tgids[act->n_tgids] = tgid;
		in_order();
		act->n_tgids++;
		return;
	}
	for (size_t i = 1; i < POLICY_TGIDS_MAX; i++)
		if (act->tgids[i] > *highest)
			highest = &act->tgids[i];
	if (tgid < *highest)
		*highest = tgid;
}

/* A look is on its way already: it shall find this process among those that were hit. */
static void join(struct policy_state *state, struct policy_act *act,
		 const struct unit_hit *hit, int64_t now_ns)
{
	if (hit->tgid <= 0 || act_has_tgid(act, hit->tgid))
		return;
	if (!past_says_it(state, past_hash(act->unit), past_hash(act->invocation),
			  hit->tgid, now_ns))
		note_decided(state, hit, act->id, false, now_ns);
	act->until_ns = MAX(act->until_ns, ns_after(hit->time_ns, DEATH_NS));
	if (act->given_ns)
		act->again = 1;
	in_order();
	add_tgid(act, hit->tgid);
}

static bool is_decided(struct policy_state *state, const struct unit_hit *hit,
		       int64_t now_ns)
{
	const char *invocation = invocation_of(hit);
	struct policy_act *act = NULL;

	if (invocation[0] && hit->is_unit && !hit->user_unit)
		act = queue_find_unit(state, name_of(hit), invocation);
	if (act) {
		join(state, act, hit, now_ns);
		return true;
	}
	return past_says_it(state, past_hash(name_of(hit)), past_hash(invocation),
			    tgid_of(hit), now_ns);
}

static void queue_look(struct policy_state *state, const struct unit_hit *hit,
		       uint64_t id, bool dry_run, int64_t now_ns)
{
	struct policy_act act = { .id = id,
				  .event = hit->event,
				  .asked_ns = now_ns,
				  .due_ns = now_ns,
				  .until_ns = ns_after(hit->time_ns, DEATH_NS),
				  .rule = RULE_SERVICE,
				  .kind = ACT_RESTART,
				  .dry_run = dry_run,
				  .n_tgids = 1,
				  .tgids = { hit->tgid } };
	struct policy_past past = past_of(hit, id, now_ns);

	copy_text(act.unit, sizeof(act.unit), hit->unit);
	copy_text(act.invocation, sizeof(act.invocation), hit->invocation);
	past.counts = !dry_run;
	past_add(state, &past);
	in_order();
	queue_put(state, &act);
}

static void decide_act(struct policy_state *state, const struct policy_rules *rules,
		       const struct unit_hit *hit, int64_t now_ns, struct decision *ret)
{
	struct text note = TEXT_IN(ret->note);
	bool dry_run = rules->service.mode == MODE_DRY_RUN;

	if ((dry_run || (budget_allows_restart(state, rules, hit->unit, now_ns, &note) &&
			 past_has_room(state, now_ns, &note))) &&
	    queue_has_room(state, ACT_RESTART, &note)) {
		queue_look(state, hit, ret->id, dry_run, now_ns);
		return;
	}
	ret->outcome = OUTCOME_REFUSED;
	note_decided(state, hit, ret->id, false, now_ns);
}

/* Said once of an invocation: without a look nobody knows which process is the main one.
 */
static void account(struct policy_state *state, const struct policy_rules *rules,
		    const struct unit_hit *hit, int64_t now_ns, struct decision *ret)
{
	char why[POLICY_NOTE_BYTES] = "";
	struct text why_text = TEXT_IN(why), note = TEXT_IN(ret->note);

	ret->outcome = OUTCOME_ACCOUNTED;
	text_add(&note, "it would be started again if its main process died of it");
	if (!budget_allows_restart(state, rules, hit->unit, now_ns, &why_text))
		text_add(&note, "; a budget would have refused it: %s", why);
	note_decided(state, hit, ret->id, true, now_ns);
}

static void begin(const struct unit_hit *hit, uint64_t id, int64_t now_ns,
		  struct decision *ret)
{
	*ret = (struct decision){ .id = id,
				  .event = hit->event,
				  .rule = RULE_SERVICE,
				  .kind = ACT_RESTART,
				  .outcome = OUTCOME_PENDING,
				  .asked_ns = now_ns };
	copy_text(ret->unit, sizeof(ret->unit), name_of(hit));
	copy_text(ret->invocation, sizeof(ret->invocation), invocation_of(hit));
}

/*
 * Poison hit a process of a unit. Only units that a pattern names are decided about; `id`
 * is for the decision, and is used up only if ret->id says so. Strings are borrowed for
 * the call.
 */
void policy_hit(struct policy_state *state, const struct policy_rules *rules,
		const struct unit_hit *hit, uint64_t id, int64_t now_ns,
		struct decision *ret)
{
	struct text note;

	ret->id = 0;
	if (!is_confirmed(hit) || !is_listed(&rules->service, hit) ||
	    is_decided(state, hit, now_ns))
		return;
	begin(hit, id, now_ns, ret);
	note = TEXT_IN(ret->note);
	if (is_left_alone(hit, now_ns, &note)) {
		ret->outcome = OUTCOME_LEFT_ALONE;
		note_decided(state, hit, id, false, now_ns);
	} else if (rules->service.mode == MODE_ACCOUNT) {
		account(state, rules, hit, now_ns, ret);
	} else {
		decide_act(state, rules, hit, now_ns, ret);
	}
}
