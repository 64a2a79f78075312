/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Unconfirmed signals, summed up: any user can send itself millions. The first of a
 * sender with a code becomes an event; what follows adds to it. Rows are bounded too:
 * when there are many senders, the rest of them share one row per signal and code.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/rows.h"

struct sum_key {
	int32_t sender; /* thread; 0: all those that have no row of their own */
	int32_t signal;
	int32_t code;
};

struct sums;

struct sums *sums_new(size_t max_senders);
struct sums *sums_free(struct sums *sums);
bool sums_add(struct sums *sums, struct sum_key *key, int64_t boottime_ns,
	      int64_t time_ns);
void sums_begun(struct sums *sums, const struct sum_key *key, uint64_t event);
uint64_t sums_event(struct sums *sums, const struct sum_key *key);
void sums_forget(struct sums *sums, const struct sum_key *key);
void sums_clear(struct sums *sums);
bool sums_take(struct sums *sums, size_t *iterator, struct db_sum *ret);
