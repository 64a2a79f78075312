/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What the signal handler needs to know, twice, each copy on pages of its own. Nothing in
 * it points out of its copy.
 */

#include <signal.h>

#include "poison/poison.h"
#include "poison/raw.h"

#define POISON_PAGE_MAX	   65536 /* the largest page of arm64 */
#define POISON_COPY_BYTES  (256 * 1024)
#define POISON_SPANS_MAX   128
#define POISON_SLOT_BYTES  128 /* of a record in the memfd: none lies on two pages */
#define POISON_MAGIC	   0x6e6f7370u
#define POISON_VARIABLE	   "RASD_POISON="
#define POISON_WINDOW_NS   (60 * 1000000000LL)
#define POISON_RESUME_SIZE 96

/* An address range and what lies there. `bytes` is written last: 0 is no span. */
struct poison_span {
	uintptr_t from;
	size_t bytes;
	int32_t place; /* enum poison_place */
	int32_t region;
	uint64_t offset; /* of `from` in the region's file */
};

struct poison_state {
	int32_t pid;  /* whose role this is: one just forked has none yet */
	int32_t role; /* enum poison_role */
	int32_t fd;
	int32_t page_lsb;
	int64_t window_ns;   /* boottime: execs are counted since then */
	uint64_t execs;	     /* since then, up to this process */
	uintptr_t alternate; /* the handler's stack */
	size_t alternate_bytes;
	uintptr_t heap; /* brk's memory ends where the kernel says */
	struct poison_span regions[POISON_REGIONS_MAX];
	struct poison_span spans[POISON_SPANS_MAX];
	char **argv, **envp; /* in `space`; envp[0] is `resume` */
	char resume[POISON_RESUME_SIZE];
	size_t used;
	char space[];
};

union poison_copy {
	struct poison_state state;
	char bytes[POISON_COPY_BYTES];
} __attribute__((aligned(POISON_PAGE_MAX)));

/* What a record takes in the memfd. Those of a page that is lost, or consumed, are zero.
 */
union poison_slot {
	struct poison_record record;
	uint64_t words[POISON_SLOT_BYTES / sizeof(uint64_t)];
};

_Static_assert(sizeof(struct poison_record) <= POISON_SLOT_BYTES, "a slot has room");
_Static_assert(sizeof(union poison_copy) == POISON_COPY_BYTES, "a copy has room");

extern union poison_copy poison_copies[2] __attribute__((visibility("hidden")));

void poison_on_signal(int number, siginfo_t *info, void *context);
