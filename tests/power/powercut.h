/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * A simulated power cut. powercut.c stands between the program (SQLite in it) and the C
 * library: what is written, made, renamed and removed in one directory is done, and noted
 * until it is flushed. When the power goes, the process ends, and another directory gets
 * what a disk could have then: all that was flushed, and of the rest some, in any order,
 * torn. Flushed means: a file's content by fsync() of it, a name by fsync() of the
 * directory.
 */

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define POWER_CUT_STATUS 77 /* what a process exits with whose power went */

struct power {
	const char *dir;   /* no files in directories below it */
	const char *image; /* an empty directory: where the disk's content goes */
	uint64_t seed;	   /* of what the disk does */
	uint64_t cut_at;   /* the how manieth operation is the last */
	bool lies;	   /* the disk says that it has flushed, and has not */
};

void power_on(const struct power *power);
uint64_t power_steps(void); /* operations until now */
_Noreturn void power_cut(void);

uint64_t random_next(uint64_t *state);
/* 0 to n - 1 */
uint64_t random_below(uint64_t *state, uint64_t n);
