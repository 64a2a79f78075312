// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * The pages that are watched: a table that is searched from end to end, and for each
 * address a hint where its page was last. A hint may be wrong, old or damaged: it is only
 * believed if the page is there.
 */

#include "policy/policy_private.h"

#include <string.h>

uint64_t page_address(const struct policy_rules *rules, uint64_t address)
{
	return address & ~(rules->page_size - 1);
}

static size_t hint_of(uint64_t address)
{
	/* Fibonacci hashing: pages next to each other get places far apart */
	return (size_t)((address * 0x9e3779b97f4a7c15ULL) >> 32) % POLICY_HINTS_MAX;
}

static bool is_page(const struct policy_page *page, uint64_t address)
{
	return page->used && page->address == address;
}

static size_t find_place(const struct policy_state *state, uint64_t address)
{
	size_t i = state->hints[hint_of(address)];

	if (i > 0 && i <= POLICY_PAGES_MAX && is_page(&state->pages[i - 1], address))
		return i - 1;
	for (i = 0; i < POLICY_PAGES_MAX; i++)
		if (is_page(&state->pages[i], address))
			break;
	return i;
}

/* The page that has this address, or NULL: it is not watched. */
const struct policy_page *policy_page(const struct policy_state *state,
				      const struct policy_rules *rules, uint64_t address)
{
	size_t i = find_place(state, page_address(rules, address));

	return i < POLICY_PAGES_MAX ? &state->pages[i] : NULL;
}

struct policy_page *page_find(struct policy_state *state,
			      const struct policy_rules *rules, uint64_t address)
{
	size_t i = find_place(state, page_address(rules, address));

	if (i == POLICY_PAGES_MAX)
		return NULL;
	state->hints[hint_of(page_address(rules, address))] = (uint16_t)(i + 1);
	return &state->pages[i];
}

/* What is left of its bucket's debt at a time; see page.c. Nanoseconds. */
int64_t policy_debt_ns(const struct policy_page *page, int64_t now_ns)
{
	int64_t gone = ns_between(page->last_ns, now_ns);

	return page->debt_ns > gone ? page->debt_ns - gone : 0;
}

/* Who gives way first: free places, watched pages, then those that are known to be bad.
 */
static int rank(const struct policy_page *page)
{
	if (!page->used)
		return 0;
	if (page->state == PAGE_WATCHED)
		return 1;
	return page->state == PAGE_ASKED ? 3 : 2;
}

static bool gives_way_before(const struct policy_page *a, const struct policy_page *b,
			     int64_t now_ns)
{
	if (rank(a) != rank(b))
		return rank(a) < rank(b);
	if (policy_debt_ns(a, now_ns) != policy_debt_ns(b, now_ns))
		return policy_debt_ns(a, now_ns) < policy_debt_ns(b, now_ns);
	return a->last_ns < b->last_ns;
}

static struct policy_page *find_quietest(struct policy_state *state, int64_t now_ns)
{
	struct policy_page *quietest = &state->pages[0];

	for (size_t i = 0; i < POLICY_PAGES_MAX && rank(quietest); i++)
		if (gives_way_before(&state->pages[i], quietest, now_ns))
			quietest = &state->pages[i];
	return quietest;
}

/* The page that has this address; the quietest one gives way to it if it is new. */
struct policy_page *page_take(struct policy_state *state,
			      const struct policy_rules *rules, uint64_t address,
			      int64_t now_ns)
{
	struct policy_page *page = page_find(state, rules, address);

	if (page)
		return page;
	page = find_quietest(state, now_ns);
	if (page->used && page->state == PAGE_WATCHED && policy_debt_ns(page, now_ns) > 0)
		state->forgotten++;
	page->used = 0;
	in_order();
	*page = (struct policy_page){ .address = page_address(rules, address),
				      .last_ns = now_ns,
				      .state = PAGE_WATCHED };
	in_order();
	page->used = 1;
	state->hints[hint_of(page->address)] = (uint16_t)(page - state->pages + 1);
	return page;
}

static bool is_out_of_use(const struct policy_page *page)
{
	return page->state == PAGE_OFFLINED || page->state == PAGE_POISONED;
}

static void page_poisoned(struct policy_state *state, struct policy_page *page)
{
	state->poisoned = add_saturated(state->poisoned, 1);
	in_order();
	page->state = PAGE_POISONED;
}

/*
 * The kernel says that the page at a physical address failed. An echo changes nothing; a
 * new one is counted against the share of memory that may be out of use. Soft offline
 * tells of no failure: one that comes while our act is under way is none of its doing.
 */
enum failure_verdict policy_page_failed(struct policy_state *state,
					const struct policy_rules *rules,
					uint64_t address, int64_t now_ns)
{
	struct policy_page *page = page_take(state, rules, address, now_ns);

	if (is_out_of_use(page))
		return FAILURE_ECHO;
	page_poisoned(state, page);
	return FAILURE_NEW;
}

static bool has_free_place(const struct policy_state *state)
{
	for (size_t i = 0; i < POLICY_PAGES_MAX; i++)
		if (!state->pages[i].used)
			return true;
	return false;
}

/* What became of it earlier in this boot, unless more is known by now. */
static void remember_state(struct policy_state *state, struct policy_page *page,
			   enum page_state was)
{
	if (was == PAGE_POISONED && !is_out_of_use(page))
		page_poisoned(state, page);
	else if ((was == PAGE_OFFLINED || was == PAGE_STUCK) &&
		 page->state == PAGE_WATCHED)
		page->state = was;
}

/*
 * What the database knew of a page: added to what came since. Where there is no place
 * left it is dropped, since those that are there are younger; if it is poisoned it is
 * still counted. Those that we took out of use are counted by their acts.
 */
void policy_remember_page(struct policy_state *state, const struct policy_rules *rules,
			  uint64_t address, uint64_t corrected, int64_t debt_ns,
			  int64_t last_ns, enum page_state page_state)
{
	struct policy_page *page = page_find(state, rules, address);
	int64_t gone, full_ns = page_full_ns(&rules->page);

	last_ns = MIN(MAX(last_ns, -TIME_MAX_NS), TIME_MAX_NS);
	if (!page && !has_free_place(state)) {
		if (page_state == PAGE_POISONED)
			state->poisoned = add_saturated(state->poisoned, 1);
		return;
	}
	if (!page)
		page = page_take(state, rules, address, last_ns);
	debt_ns = MIN(MAX(debt_ns, 0), full_ns);
	gone = ns_between(last_ns, page->last_ns);
	debt_ns = debt_ns > gone ? debt_ns - gone : 0;
	page->corrected = add_saturated(page->corrected, corrected);
	page->debt_ns = MIN(ns_after(page->debt_ns, debt_ns), full_ns);
	remember_state(state, page, page_state);
}
