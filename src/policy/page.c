// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Corrected errors on a page, and when they are too many: a leaky bucket.
 *
 * The rule says N errors and a window W. An error costs W/N; the debt of a page leaks
 * away at one nanosecond per nanosecond, and never goes below nothing. So debt_ns is
 * simply how long it takes until the page owes nothing. It is too much when the debt,
 * rounded up to whole errors, is N of them: debt > (N-1) * W/N. Without rounding up, the
 * few milliseconds that leak during a burst would ask for one error more than the rule
 * says.
 *
 * From this follows, with N = 10 and W = 24 h (an error costs 2 h 24 min):
 *
 * - ten errors within less than 2 h 24 min are too many at the tenth, however they lie;
 * - a longer time allows one more for each 2 h 24 min: 2 N within W always are too many;
 * - one error each 2 h 24 min or slower never is, for years (unless N is 1); any lasting
 *   rate above that is in the end.
 *
 * N errors are the most a page can owe: what comes on top of a full bucket does not
 * count, so after a flood it is empty again W after the last error. W/N is a whole number
 * of nanoseconds, rounded down, at least 1. With another rule a page keeps its debt as
 * the time that it is, so much as fits.
 */

#include "policy/policy_private.h"

#include <inttypes.h>
#include <string.h>

/* The kernel's log and its trace are stamped by different clocks. */
#define PAIR_NS (2 * NS_PER_SEC)

static int64_t errors_of(const struct page_rule *rule)
{
	uint64_t most = rule->window_ns > 0 ? (uint64_t)rule->window_ns : 1;

	return (int64_t)MIN(MAX(rule->corrected, 1ULL), most);
}

static int64_t cost_ns(const struct page_rule *rule)
{
	return MAX(rule->window_ns / errors_of(rule), 1);
}

/* The most that a page can owe. Not above the window, so it cannot overflow. */
int64_t page_full_ns(const struct page_rule *rule)
{
	return cost_ns(rule) * errors_of(rule);
}

static bool is_too_much(const struct policy_page *page, const struct page_rule *rule)
{
	return page->debt_ns > page_full_ns(rule) - cost_ns(rule);
}

static void charge(struct policy_page *page, const struct page_rule *rule, uint64_t count,
		   int64_t now_ns)
{
	int64_t full_ns = page_full_ns(rule), cost = cost_ns(rule);
	int64_t debt_ns = MIN(policy_debt_ns(page, now_ns), full_ns);

	if (debt_ns == 0) {
		page->told &= ~(uint32_t)(TOLD_ACCOUNTED | TOLD_DRY_RUN);
		page->pauses = 0;
	}
	if (count > (uint64_t)((full_ns - debt_ns) / cost))
		debt_ns = full_ns;
	else
		debt_ns += (int64_t)count * cost;
	page->corrected = add_saturated(page->corrected, count);
	/* a time that went back and comes again leaks nothing twice */
	page->last_ns = MAX(page->last_ns, now_ns);
	page->debt_ns = debt_ns;
}

static bool is_near(int64_t a_ns, int64_t b_ns)
{
	return ns_between(a_ns, b_ns) <= PAIR_NS && ns_between(b_ns, a_ns) <= PAIR_NS;
}

/*
 * How many of these errors have not been told by the other source. Each error that one
 * source told waits for the other to tell it too, until 2 s after the last of them.
 */
static uint64_t pair_up(struct policy_page *page, const struct corrected_error *error)
{
	enum corrected_source other =
		error->source == CORRECTED_TRACE ? CORRECTED_LOG : CORRECTED_TRACE;
	uint64_t waiting = 0, left;
	uint64_t paired = 0;

	if (is_near(error->time_ns, page->seen_ns[other]))
		paired = MIN(error->count, page->unpaired[other]);
	if (is_near(error->time_ns, page->seen_ns[error->source]))
		waiting = page->unpaired[error->source];
	page->unpaired[other] -= (uint32_t)paired;
	left = error->count - paired;
	page->unpaired[error->source] =
		(uint32_t)MIN(add_saturated(waiting, left), UINT32_MAX);
	page->seen_ns[error->source] = error->time_ns;
	return left;
}

static void decide(const struct policy_page *page, const struct corrected_error *error,
		   uint64_t id, enum act_outcome outcome, struct decision *ret)
{
	*ret = (struct decision){ .id = id,
				  .event = error->event,
				  .rule = RULE_PAGE,
				  .kind = ACT_SOFT_OFFLINE,
				  .outcome = outcome,
				  .asked_ns = error->time_ns,
				  .address = page->address };
}

/* Accounts, or runs dry, which takes no look at a page. Said once until it is quiet. */
static void decide_without_act(struct policy_state *state,
			       const struct policy_rules *rules, struct policy_page *page,
			       const struct corrected_error *error, uint64_t id,
			       struct decision *ret)
{
	bool dry_run = rules->page.mode == MODE_DRY_RUN;
	uint32_t told = dry_run ? TOLD_DRY_RUN : TOLD_ACCOUNTED;
	char why[POLICY_NOTE_BYTES] = "";
	struct text note, why_text = TEXT_IN(why);

	if (page->told & told)
		return;
	decide(page, error, id, dry_run ? OUTCOME_DRY_RUN : OUTCOME_ACCOUNTED, ret);
	note = TEXT_IN(ret->note);
	text_add(&note, "%" PRIu64 " corrected errors", page->corrected);
	if (!budget_allows_page(state, rules, error->time_ns, &why_text))
		text_add(&note, "; a budget would have refused it: %s", why);
	page->told |= told;
}

static bool was_refused_lately(const struct policy_page *page, int64_t now_ns)
{
	return (page->told & TOLD_REFUSED) &&
	       ns_between(page->refused_ns, now_ns) < HOUR_NS;
}

static void refuse(struct policy_page *page, const struct corrected_error *error,
		   uint64_t id, const char *why, struct decision *ret)
{
	if (was_refused_lately(page, error->time_ns))
		return;
	decide(page, error, id, OUTCOME_REFUSED, ret);
	copy_text(ret->note, sizeof(ret->note), why);
	page->refused_ns = error->time_ns;
	in_order();
	page->told |= TOLD_REFUSED;
}

/*
 * Killed anywhere in here: the budget has an act too many, or the queue has one whose
 * page does not know of it, which has_act() finds.
 */
static void ask(struct policy_state *state, struct policy_page *page,
		const struct corrected_error *error, uint64_t id, struct decision *ret)
{
	struct policy_past past = { .id = id,
				    .asked_ns = error->time_ns,
				    .kind = ACT_SOFT_OFFLINE,
				    .counts = 1 };
	struct policy_act act = { .id = id,
				  .event = error->event,
				  .address = page->address,
				  .asked_ns = error->time_ns,
				  .due_ns = error->time_ns,
				  .until_ns = INT64_MAX,
				  .rule = RULE_PAGE,
				  .kind = ACT_SOFT_OFFLINE };
	struct text note;

	past_add(state, &past);
	in_order();
	queue_put(state, &act);
	in_order();
	page->state = PAGE_ASKED;
	decide(page, error, id, OUTCOME_PENDING, ret);
	note = TEXT_IN(ret->note);
	text_add(&note, "%" PRIu64 " corrected errors", page->corrected);
}

static void decide_act(struct policy_state *state, const struct policy_rules *rules,
		       struct policy_page *page, const struct corrected_error *error,
		       uint64_t id, struct decision *ret)
{
	char why[POLICY_NOTE_BYTES] = "";
	struct text why_text = TEXT_IN(why);

	if (page->pauses && error->time_ns < page->quiet_ns)
		return;
	if (budget_allows_page(state, rules, error->time_ns, &why_text) &&
	    past_has_room(state, error->time_ns, &why_text) &&
	    queue_has_room(state, ACT_SOFT_OFFLINE, &why_text))
		ask(state, page, error, id, ret);
	else
		refuse(page, error, id, why, ret);
}

/* A page that says it was asked for, with no act to show for it, is only watched. */
static bool has_act(struct policy_state *state, struct policy_page *page)
{
	bool queued = queue_find_page(state, page->address) != NULL;

	if (!queued && page->state == PAGE_ASKED)
		page->state = PAGE_WATCHED;
	return queued;
}

/*
 * A corrected error of memory, at a physical address of RAM. `id` is for the decision,
 * and is used up only if ret->id says so. The error's time is what time it is.
 *
 * Where a memory controller's driver runs, the kernel tells an error twice, by mc_event
 * and in its log, in either order; it counts once.
 */
void policy_corrected(struct policy_state *state, const struct policy_rules *rules,
		      const struct corrected_error *error, uint64_t id,
		      struct decision *ret)
{
	struct policy_page *page =
		page_take(state, rules, error->address, error->time_ns);
	uint64_t count = pair_up(page, error);

	ret->id = 0;
	if (count == 0)
		return;
	charge(page, &rules->page, count, error->time_ns);
	if (!is_too_much(page, &rules->page) || has_act(state, page) ||
	    page->state != PAGE_WATCHED)
		return;
	if (rules->page.mode == MODE_ACT)
		decide_act(state, rules, page, error, id, ret);
	else
		decide_without_act(state, rules, page, error, id, ret);
}
