/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What the files of this directory share. Times: boot clock, nanoseconds. */

#include <stdatomic.h>
#include <stdint.h>

#include "policy/policy.h"
#include "util/clock.h"
#include "util/text.h"

#define HOUR_NS	   (3600 * NS_PER_SEC)
#define TRIES_MAX  4
#define DEATHS_MAX 2

/* A unit that lives on for this long after a hit does live. */
#define DEATH_NS (30 * NS_PER_SEC)
/* After this long a unit may have been seen to. */
#define STALE_NS (60 * NS_PER_SEC)

/* Times further than a century from the start of the boot are none of ours. */
#define TIME_MAX_NS (100LL * 366 * 24 * HOUR_NS)

/*
 * The state outlives a process that is killed at any instruction. What was written before
 * this is there when what is written after it is. (Nobody else looks meanwhile: it is for
 * the compiler only.)
 */
static inline void in_order(void)
{
	atomic_signal_fence(memory_order_seq_cst);
}

/* How long `to` is after `from`; 0 if it is not. */
static inline int64_t ns_between(int64_t from, int64_t to)
{
	int64_t ns;

	if (to <= from)
		return 0;
	return __builtin_sub_overflow(to, from, &ns) ? INT64_MAX : ns;
}

static inline int64_t ns_after(int64_t time_ns, int64_t ns)
{
	int64_t after;

	return __builtin_add_overflow(time_ns, ns, &after) ? INT64_MAX : after;
}

static inline uint64_t add_saturated(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

/* --- page_table.c */

uint64_t page_address(const struct policy_rules *rules, uint64_t address);
struct policy_page *page_find(struct policy_state *state,
			      const struct policy_rules *rules, uint64_t address);
struct policy_page *page_take(struct policy_state *state,
			      const struct policy_rules *rules, uint64_t address,
			      int64_t now_ns);

/* --- page.c */

int64_t page_full_ns(const struct page_rule *rule);

/* --- budget.c */

bool budget_allows_page(const struct policy_state *state,
			const struct policy_rules *rules, int64_t now_ns,
			struct text *ret_why);
bool budget_allows_restart(const struct policy_state *state,
			   const struct policy_rules *rules, const char *unit,
			   int64_t now_ns, struct text *ret_why);
bool past_has_room(const struct policy_state *state, int64_t now_ns,
		   struct text *ret_why);
void past_add(struct policy_state *state, const struct policy_past *past);
void past_end(struct policy_state *state, uint64_t id, bool counts,
	      bool whole_invocation);
uint64_t past_hash(const char *text);
bool past_says_it(const struct policy_state *state, uint64_t unit_hash,
		  uint64_t invocation_hash, int32_t tgid, int64_t now_ns);

/* --- queue.c */

struct policy_act *queue_find(struct policy_state *state, uint64_t id);
struct policy_act *queue_find_page(struct policy_state *state, uint64_t address);
struct policy_act *queue_find_unit(struct policy_state *state, const char *unit,
				   const char *invocation);
size_t queue_count(const struct policy_state *state, enum act_kind kind);
bool queue_has_room(const struct policy_state *state, enum act_kind kind,
		    struct text *ret_why);
void queue_put(struct policy_state *state, const struct policy_act *act);
void queue_put_back(struct policy_act *act, int64_t due_ns);
void queue_free(struct policy_act *act);
bool act_is_stale(const struct policy_act *act, int64_t now_ns);
bool act_perhaps_done(const struct policy_act *act);

/* --- report.c */

void decision_of_act(const struct policy_act *act, struct decision *ret);

/* --- judge.c */

bool act_has_tgid(const struct policy_act *act, int32_t tgid);

/* --- service.c */

bool is_invocation(const char *text);
