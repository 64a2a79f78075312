/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A writer that loses power, what it was told to be on disk by then, and what is. */

#include "unit/db_fixture.h"

#include "power/powercut.h"
#include "util/text.h"

/* What is told is numbered through all rings; what each is follows from its number. */
enum told {
	TOLD_MC,
	TOLD_BLOCK_ERROR,
	TOLD_ARM, /* with lists */
	TOLD_UNKNOWN,
	TOLD_ACTION, /* no event */
	TOLD_MAX
};

#define OLD_EVENTS 300 /* in a file of an earlier schema */

/* In memory that outlives the writer. */
struct acknowledged {
	uint64_t position;  /* in the ring: the number of what was told last */
	uint64_t ring;	    /* which it is: with the power its memory may go */
	uint64_t ring_base; /* the number of what was told last before it */
	uint64_t batches;
	uint64_t in_flight; /* the position that a batch being committed goes to */
	uint64_t pruned;    /* events */
	uint64_t pruning;   /* a step is under way: so many more, at most */
	uint64_t steps;	    /* of the disk, when it came to rest */
	char complaint[512];
};

enum beginning {
	BEGIN_EMPTY,   /* there is no database */
	BEGIN_OLD,     /* one of the first schema */
	BEGIN_DAMAGED, /* one that SQLite cannot read */
	BEGIN_MARKED,  /* one that is said to be damaged */
	BEGIN_MAX
};

struct cut {
	char top[64];
	char live[96], disk[96], copy[96]; /* directories in it */
	enum beginning beginning;
	uint64_t old_sum, old_log_sum; /* of what is to be set aside */
	struct arena arena;
	struct acknowledged *acknowledged;
	/* what was cut, for the record */
	unsigned int n, in_commit, was_written, in_prune, at_rest;
};

#define RING_NAME_BYTES 33

void ring_name(const struct cut *cut, char ret[static RING_NAME_BYTES]);
enum told told_of(uint64_t id);
bool is_severe(uint64_t id);
const char *told_type(enum told told);
void told_event(struct cut *cut, uint64_t id, struct event *ret);

int write_until_cut(struct cut *cut, const struct power *power);

bool check_disk(struct cut *cut, const char *dir, struct text *complaint);
uint64_t sum_of_file(const char *path);
