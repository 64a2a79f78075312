/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Room for a bounded number of things that were seen, where the oldest gives way; what
 * correlate.c keeps them on. One form for all kinds of them: not each has every member.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event/acts.h"

#define SHELF_ENTRIES 256

struct entry {
	int64_t boottime_ns;
	int64_t start_ns; /* signal, victim: of its process; 0: not known */
	int64_t ended_ns; /* victim: when it was found to have ended; 0: it lives */
	int64_t look_ns;  /* signal: when its victim was looked for */
	int64_t line_ns;  /* signal: of its line */
	uint64_t event;
	uint64_t failure; /* victim, and a signal it spoke for; 0: not known */
	uint64_t pfn;
	int32_t tid, tgid;
	int32_t thread;		/* in whose context; of a signal, its sender */
	enum evidence evidence; /* signal: why it is believed */
	bool used;
	bool is_kill; /* and a line: forced */
	bool confirmed;
	bool has_pfn;
	bool has_line, has_victim; /* signal: that spoke for it */
	bool linked; /* signal: with its failure; failure: with its report */
};

struct shelf {
	size_t n; /* those behind were never used */
	struct entry at[SHELF_ENTRIES];
};

struct entry *shelf_next(struct shelf *shelf, struct entry *after);
struct entry *shelf_keep(struct shelf *shelf, const struct entry *entry,
			 struct entry *ret_out);

/* How far two times are from each other, whatever they are. */
static inline uint64_t distance(int64_t a, int64_t b)
{
	return a > b ? (uint64_t)a - (uint64_t)b : (uint64_t)b - (uint64_t)a;
}

static inline bool within(int64_t a, int64_t b, int64_t window_ns)
{
	return distance(a, b) <= (uint64_t)window_ns;
}

static inline bool is_nearer(const struct entry *entry, const struct entry *than,
			     int64_t to_ns)
{
	return !than ||
	       distance(entry->boottime_ns, to_ns) < distance(than->boottime_ns, to_ns);
}

static inline bool is_of_page(const struct entry *entry, uint64_t pfn)
{
	return entry->has_pfn && entry->pfn == pfn;
}

static inline bool may_be_of_page(const struct entry *entry, uint64_t pfn)
{
	return !entry->has_pfn || entry->pfn == pfn;
}
