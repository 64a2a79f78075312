// SPDX-License-Identifier: LGPL-2.1-or-later

#include "rasd/sums.h"

#include <stdlib.h>
#include <string.h>

#include "util/clock.h"

/* A sender that has been quiet for this long gives its row's place to another. */
#define IDLE_NS (60 * NS_PER_SEC)
/* The row that many senders share is begun anew: the database removes one that is old. */
#define SHARED_IDLE_NS (30 * 60 * NS_PER_SEC)
/* SIGBUS with four codes and SIGKILL with one can lack a sender's row. */
#define SHARED_MAX 5

struct sum {
	struct sum_key key;
	bool used;
	uint64_t event;	   /* that it adds to */
	uint64_t unstored; /* count that no message has told yet */
	int64_t time_last_ns;
	int64_t last_boottime_ns;
};

struct sums {
	size_t max_senders;
	size_t n; /* max_senders + SHARED_MAX */
	struct sum table[];
};

/* NULL: no memory. */
struct sums *sums_new(size_t max_senders)
{
	size_t n = max_senders + SHARED_MAX;
	struct sums *sums = calloc(1, sizeof(*sums) + n * sizeof(sums->table[0]));

	if (sums) {
		sums->max_senders = max_senders;
		sums->n = n;
	}
	return sums;
}

struct sums *sums_free(struct sums *sums)
{
	free(sums);
	return NULL;
}

static bool same(const struct sum_key *a, const struct sum_key *b)
{
	return a->sender == b->sender && a->signal == b->signal && a->code == b->code;
}

static struct sum *find(struct sums *sums, const struct sum_key *key)
{
	for (size_t i = 0; i < sums->n; i++)
		if (sums->table[i].used && same(&sums->table[i].key, key))
			return &sums->table[i];
	return NULL;
}

static bool is_idle(const struct sum *sum, int64_t boottime_ns)
{
	return !sum->unstored && boottime_ns - sum->last_boottime_ns >
					 (sum->key.sender ? IDLE_NS : SHARED_IDLE_NS);
}

/* A place for a new sender: a free one, or of one that has long been quiet. */
static struct sum *find_place(struct sums *sums, int64_t boottime_ns)
{
	for (size_t i = 0; i < sums->max_senders; i++) {
		struct sum *sum = &sums->table[i];

		if (!sum->used || is_idle(sum, boottime_ns))
			return sum;
	}
	return NULL;
}

static struct sum *find_shared_place(struct sums *sums)
{
	for (size_t i = sums->max_senders; i < sums->n; i++)
		if (!sums->table[i].used)
			return &sums->table[i];
	return NULL;
}

/*
 * Counts one signal. True: it begins a row, and the caller makes it an event and says so
 * with sums_begun(); key->sender is then 0 if the row is the one that many senders share.
 */
bool sums_add(struct sums *sums, struct sum_key *key, int64_t boottime_ns,
	      int64_t time_ns)
{
	struct sum *sum = find(sums, key);
	struct sum *place = NULL;

	/* a thread of the same number after a long silence is somebody else */
	if (sum && is_idle(sum, boottime_ns)) {
		place = sum;
		sum = NULL;
	}
	if (!sum && !place && !(place = find_place(sums, boottime_ns))) {
		key->sender = 0;
		sum = find(sums, key);
		place = sum ? sum : find_shared_place(sums);
		if (sum && is_idle(sum, boottime_ns))
			sum = NULL;
	}
	if (sum) {
		sum->unstored++;
		sum->time_last_ns = time_ns;
		sum->last_boottime_ns = boottime_ns;
		return false;
	}
	if (place)
		*place = (struct sum){ .key = *key,
				       .used = true,
				       .last_boottime_ns = boottime_ns };
	return true;
}

/* The event that begins the row of `key` has this id. */
void sums_begun(struct sums *sums, const struct sum_key *key, uint64_t event)
{
	struct sum *sum = find(sums, key);

	if (sum)
		sum->event = event;
}

/* The event that signals of `key` add to; 0: none yet. */
uint64_t sums_event(struct sums *sums, const struct sum_key *key)
{
	struct sum *sum = find(sums, key);

	return sum ? sum->event : 0;
}

/*
 * The event that was to begin the row of `key` was lost: the next signal begins it anew.
 */
void sums_forget(struct sums *sums, const struct sum_key *key)
{
	struct sum *sum = find(sums, key);

	if (sum)
		sum->used = false;
}

/* Their events are in a database that is gone: each signal begins its row anew. */
void sums_clear(struct sums *sums)
{
	memset(sums->table, 0, sums->n * sizeof(sums->table[0]));
}

/*
 * What has been counted and not told, one row after another; start with *iterator 0.
 * False at the end.
 */
bool sums_take(struct sums *sums, size_t *iterator, struct db_sum *ret)
{
	for (; *iterator < sums->n; (*iterator)++) {
		struct sum *sum = &sums->table[*iterator];

		if (!sum->used || !sum->unstored)
			continue;
		*ret = (struct db_sum){ .event = sum->event,
					.count = sum->unstored,
					.time_last_ns = sum->time_last_ns };
		sum->unstored = 0;
		(*iterator)++;
		return true;
	}
	return false;
}
