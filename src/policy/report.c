// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * What came of an act. What it means for its page and for the budgets is written first,
 * and only then is its place in the queue given up: a process that is killed in between
 * finds the act still under way and looks what became of it.
 */

#include "policy/policy_private.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define LOOK_FIRST_NS (100 * NS_PER_MSEC)
#define LOOK_MOST_NS  (2 * NS_PER_SEC)
#define QUIET_NS      (5 * NS_PER_SEC)

enum lasting {
	OF_PAGE,    /* for good: it is the page */
	OF_MACHINE, /* it is a setting, and may be another one tomorrow */
	PASSES,	    /* another try may help */
};

/* What writing to soft_offline_page gives (mm/memory-failure.c, drivers/base/memory.c).
 */
static const struct {
	int error;
	enum lasting lasting;
	const char *why;
} page_errors[] = {
	{ EBUSY, PASSES, "the page could not be moved" },
	{ EAGAIN, PASSES, "the page could not be moved" },
	{ ENOMEM, PASSES, "there was no memory to move the page to" },
	{ EIO, OF_PAGE, "a page that cannot be moved: the kernel's, pinned, or offline" },
	{ ENXIO, OF_PAGE, "the kernel has no memory at this address" },
	{ EOPNOTSUPP, OF_MACHINE,
	  "soft offline is switched off (vm.enable_soft_offline)" },
	{ EINVAL, OF_PAGE, "the kernel did not understand the address" },
	{ ENOTRECOVERABLE, OF_PAGE, "the page is the kernel's own" },
	{ EPERM, OF_MACHINE, "rasd may not do this (CAP_SYS_ADMIN)" },
	{ EACCES, OF_MACHINE, "rasd may not do this (CAP_SYS_ADMIN)" },
	{ EROFS, OF_MACHINE, "sysfs is mounted read-only" },
	{ ENOENT, OF_MACHINE, "this kernel takes no pages out of use" },
};

/* Between one try and the next. */
static const struct {
	int64_t ns;
	const char *text;
} delays[TRIES_MAX - 1] = {
	{ 60 * NS_PER_SEC, "a minute" },
	{ 600 * NS_PER_SEC, "10 minutes" },
	{ HOUR_NS, "an hour" },
};

static const char *why_of_error(int error)
{
	for (size_t i = 0; i < ARRAY_SIZE(page_errors); i++)
		if (page_errors[i].error == error)
			return page_errors[i].why;
	return NULL;
}

static enum lasting lasting_of(int error)
{
	for (size_t i = 0; i < ARRAY_SIZE(page_errors); i++)
		if (page_errors[i].error == error)
			return page_errors[i].lasting;
	return OF_PAGE;
}

static bool passes(int error)
{
	return lasting_of(error) == PASSES;
}

/* A try of which nobody heard is one in the record, too: it counts there as it does here.
 */
void decision_of_act(const struct policy_act *act, struct decision *ret)
{
	*ret = (struct decision){ .id = act->id,
				  .event = act->event,
				  .rule = (enum act_rule)act->rule,
				  .kind = (enum act_kind)act->kind,
				  .outcome = OUTCOME_PENDING,
				  .tries = MAX(act->tries, act_perhaps_done(act)),
				  .asked_ns = act->asked_ns,
				  .address = act->address };
	copy_text(ret->unit, sizeof(ret->unit), act->unit);
	copy_text(ret->invocation, sizeof(ret->invocation), act->invocation);
}

/* Why these rules would not ask for this act; NULL: they would. */
static const char *why_withdrawn(const struct policy_rules *rules,
				 const struct policy_act *act)
{
	enum policy_mode mode =
		act->kind == ACT_RESTART ? rules->service.mode : rules->page.mode;

	if (mode == MODE_ACCOUNT || (mode == MODE_DRY_RUN && !act->dry_run))
		return "the rule does not act any more";
	if (act->kind == ACT_RESTART && !policy_matches(&rules->service, act->unit))
		return "no pattern names it any more";
	return NULL;
}

/* Whether something was done that a budget is for, however it ended. */
static bool was_tried(const struct act_result *result)
{
	switch (result->outcome) {
	case OUTCOME_DONE:
	case OUTCOME_UNKNOWN:
		return true;
	case OUTCOME_FAILED:
		return !result->untried;
	case OUTCOME_PENDING:
	case OUTCOME_ALREADY:
	case OUTCOME_REFUSED:
	case OUTCOME_ACCOUNTED:
	case OUTCOME_DRY_RUN:
	case OUTCOME_PAUSED:
	case OUTCOME_LEFT_ALONE:
	case ACT_OUTCOME_MAX:
		break;
	}
	return false;
}

static int64_t look_again_ns(struct policy_act *act, int64_t now_ns)
{
	int64_t wait_ns = LOOK_FIRST_NS << MIN(act->waits, 10);
	int64_t due_ns = ns_after(now_ns, MIN(wait_ns, LOOK_MOST_NS));

	act->waits = MIN(act->waits + 1, 10);
	/* the last look is not put off any further */
	return act->until_ns > now_ns ? MIN(due_ns, act->until_ns) : due_ns;
}

static void say(struct decision *ret, const char *text)
{
	copy_text(ret->note, sizeof(ret->note), text);
}

static void say_more(struct decision *ret, const char *text)
{
	struct text note = TEXT_IN(ret->note);

	note.len = strlen(ret->note);
	text_add(&note, "%s%s", note.len ? "; " : "", text);
}

/* An act ends that may have had tries before: those count, whether heard of or not. */
static void end(struct policy_state *state, struct policy_act *act, bool whole_invocation)
{
	past_end(state, act->id, act->tries > 0 || act_perhaps_done(act),
		 whole_invocation);
	queue_free(act);
}

/* --- pages
 * ------------------------------------------------------------------------------- */

/* What the kernel said of a page meanwhile stands. */
static void set_page(struct policy_page *page, enum page_state state)
{
	if (page && page->state != PAGE_POISONED)
		page->state = state;
}

static void page_offlined(struct policy_state *state, struct policy_page *page,
			  bool by_us)
{
	if (by_us && !(page && page->state == PAGE_OFFLINED))
		state->offlined = add_saturated(state->offlined, 1);
	in_order();
	set_page(page, PAGE_OFFLINED);
}

/* Out of use it is by us, too, if we may have done it and the kernel told of no failure.
 */
static void page_already(struct policy_state *state, struct policy_page *page,
			 const struct policy_act *act, struct decision *ret)
{
	bool by_us = act_perhaps_done(act) && !(page && page->state == PAGE_POISONED);

	if (by_us)
		say_more(ret, "an earlier try may have done it");
	page_offlined(state, page, by_us);
}

/* It may be asked for again, but not at each further error. */
static void page_left(struct policy_page *page, const struct act_result *result,
		      int64_t now_ns)
{
	if (!page)
		return;
	if (result->outcome == OUTCOME_DRY_RUN)
		page->told |= TOLD_DRY_RUN;
	page->quiet_ns = ns_after(now_ns, QUIET_NS << page->pauses);
	page->pauses = MIN(page->pauses + 1, 7U);
	in_order();
	set_page(page, PAGE_WATCHED);
}

/* True: it is tried again. */
static bool retry(const struct policy_rules *rules, struct policy_act *act, int error,
		  int64_t now_ns, struct decision *ret)
{
	struct text note = TEXT_IN(ret->note);
	size_t i = (size_t)MAX(act->failures, 1) - 1;

	if (!passes(error) || i >= ARRAY_SIZE(delays) || why_withdrawn(rules, act))
		return false;
	text_add(&note, "%s; tried again in %s", why_of_error(error), delays[i].text);
	ret->outcome = OUTCOME_PENDING;
	queue_put_back(act, ns_after(now_ns, delays[i].ns));
	return true;
}

/* Only what is the page's own fault keeps it from being asked for again. */
static void page_failed(const struct policy_rules *rules, struct policy_page *page,
			const struct policy_act *act, const struct act_result *result,
			int64_t now_ns, struct decision *ret)
{
	const char *why = why_of_error(result->error);
	const char *withdrawn = why_withdrawn(rules, act);
	struct text note = TEXT_IN(ret->note);

	if (why)
		text_add(&note, "%s", why);
	else if (!result->note)
		text_add(&note, "it failed, and nothing said why (%d)", result->error);
	else
		say(ret, result->note);
	if (passes(result->error) && withdrawn && act->failures < TRIES_MAX) {
		text_add(&note, "; not tried again: %s", withdrawn);
		set_page(page, PAGE_WATCHED);
		return;
	}
	if (passes(result->error))
		text_add(&note, "; given up after %d tries", act->failures);
	if (result->untried || lasting_of(result->error) == OF_MACHINE)
		page_left(page, result, now_ns);
	else
		set_page(page, PAGE_STUCK);
}

static bool report_page(struct policy_state *state, const struct policy_rules *rules,
			struct policy_act *act, const struct act_result *result,
			int64_t now_ns, struct decision *ret)
{
	struct policy_page *page = page_find(state, rules, act->address);

	switch (result->outcome) {
	case OUTCOME_DONE:
		page_offlined(state, page, true);
		break;
	case OUTCOME_ALREADY:
		page_already(state, page, act, ret);
		break;
	case OUTCOME_FAILED:
		act->failures = MIN(act->failures + 1, TRIES_MAX);
		if (retry(rules, act, result->error, now_ns, ret))
			return true;
		page_failed(rules, page, act, result, now_ns, ret);
		break;
	case OUTCOME_PENDING:
		queue_put_back(act, look_again_ns(act, now_ns));
		return false;
	case OUTCOME_REFUSED:
	case OUTCOME_ACCOUNTED:
	case OUTCOME_DRY_RUN:
	case OUTCOME_PAUSED:
	case OUTCOME_LEFT_ALONE:
	case OUTCOME_UNKNOWN:
	case ACT_OUTCOME_MAX:
		page_left(page, result, now_ns);
		break;
	}
	in_order();
	end(state, act, false);
	return true;
}

/* --- units
 * ------------------------------------------------------------------------------- */

/*
 * Whether it goes back to be looked at again: it has not died yet, or another process of
 * it was hit while the act process looked.
 */
static bool look_again(const struct policy_rules *rules, struct policy_act *act,
		       const struct act_result *result, int64_t now_ns)
{
	bool again = act->again && result->outcome == OUTCOME_LEFT_ALONE;
	bool waits = result->outcome == OUTCOME_PENDING && now_ns < act->until_ns;

	if ((!again && !waits) || why_withdrawn(rules, act))
		return false;
	act->again = 0;
	queue_put_back(act, again ? now_ns : look_again_ns(act, now_ns));
	return true;
}

static void note_budget(struct policy_state *state, const struct policy_rules *rules,
			const struct policy_act *act, int64_t now_ns,
			struct decision *ret)
{
	char why[POLICY_NOTE_BYTES] = "";
	struct text why_text = TEXT_IN(why), note = TEXT_IN(ret->note);

	if (budget_allows_restart(state, rules, act->unit, now_ns, &why_text))
		return;
	note.len = strlen(ret->note);
	text_add(&note, "%sa budget would have refused it: %s", note.len ? "; " : "",
		 why);
}

static bool report_restart(struct policy_state *state, const struct policy_rules *rules,
			   struct policy_act *act, const struct act_result *result,
			   int64_t now_ns, struct decision *ret)
{
	const char *withdrawn = why_withdrawn(rules, act);

	if (look_again(rules, act, result, now_ns))
		return false;
	if (result->outcome == OUTCOME_PENDING) {
		ret->outcome = OUTCOME_LEFT_ALONE;
		if (withdrawn)
			say(ret, withdrawn);
		else if (!result->note)
			say(ret, "it did not die of it");
	}
	if (act_perhaps_done(act) &&
	    (ret->outcome == OUTCOME_LEFT_ALONE || ret->outcome == OUTCOME_ALREADY))
		say_more(ret, "an earlier try may have started it");
	if (result->outcome == OUTCOME_DRY_RUN)
		note_budget(state, rules, act, now_ns, ret);
	end(state, act, result->outcome == OUTCOME_DRY_RUN);
	return true;
}

/*
 * What came of an act that was given out. `ret` has what to record of it, under the id
 * that it always had.
 */
bool policy_report(struct policy_state *state, const struct policy_rules *rules,
		   const struct act_result *result, int64_t now_ns, struct decision *ret)
{
	struct policy_act *act = queue_find(state, result->id);
	struct decision decision;
	bool is_new;

	if (!act || (unsigned int)result->outcome >= ACT_OUTCOME_MAX)
		return false;
	if (was_tried(result))
		act->tries = MIN(act->tries + 1, TRIES_MAX);
	decision_of_act(act, &decision);
	decision.outcome = result->outcome;
	decision.error = result->error;
	decision.verified = result->verified;
	if (result->note)
		say(&decision, result->note);
	is_new = act->kind == ACT_RESTART ?
			 report_restart(state, rules, act, result, now_ns, &decision) :
			 report_page(state, rules, act, result, now_ns, &decision);
	if (is_new)
		*ret = decision;
	return is_new;
}

bool policy_withdraw(struct policy_state *state, const struct policy_rules *rules,
		     size_t *iterator, struct decision *ret)
{
	while (*iterator < POLICY_ACTS_MAX) {
		struct policy_act *act = &state->acts[(*iterator)++];
		const char *why =
			act->id && !act->given_ns ? why_withdrawn(rules, act) : NULL;

		if (!why)
			continue;
		decision_of_act(act, ret);
		ret->outcome = OUTCOME_LEFT_ALONE;
		say(ret, why);
		if (act->kind == ACT_SOFT_OFFLINE)
			set_page(page_find(state, rules, act->address), PAGE_WATCHED);
		in_order();
		end(state, act, false);
		return true;
	}
	return false;
}

bool policy_expire(struct policy_state *state, int64_t now_ns, size_t *iterator,
		   struct decision *ret)
{
	while (*iterator < POLICY_ACTS_MAX) {
		struct policy_act *act = &state->acts[(*iterator)++];
		struct text note;

		if (!act->id || act->given_ns || !act_is_stale(act, now_ns))
			continue;
		decision_of_act(act, ret);
		ret->outcome = OUTCOME_LEFT_ALONE;
		note = TEXT_IN(ret->note);
		text_add(&note, "too late: it was hit %" PRId64 " s ago",
			 (int64_t)(ns_between(act->until_ns - DEATH_NS, now_ns) /
				   NS_PER_SEC));
		if (act_perhaps_done(act))
			say_more(ret, "an earlier try may have started it");
		end(state, act, false);
		return true;
	}
	return false;
}
