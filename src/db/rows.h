/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What is written beside events. Plain structs that may lie in shared memory: fixed size,
 * no pointers, texts terminated (the writer does not rely on it).
 */

#include <stdint.h>

#define DB_TEXT_BYTES 64

/* One start of the daemon, and the boot it happened in. */
struct db_run {
	int64_t time_ns; /* UTC */
	int32_t pid;
	uint32_t page_size;
	uint64_t config_hash;
	char boot_id[DB_TEXT_BYTES];
	char machine_id[DB_TEXT_BYTES];
	char kernel[DB_TEXT_BYTES]; /* uname -r */
	char arch[DB_TEXT_BYTES];   /* uname -m */
	char version[DB_TEXT_BYTES];
	char instance[DB_TEXT_BYTES];
	char ring[256]; /* path of the ring file: where a live daemon's counters are */
};

/* UTC = boot clock + offset, from this boot time on. */
struct db_clock {
	int64_t boottime_ns;
	int64_t offset_ns;
	int32_t synchronized;
	int32_t reserved;
};

/* More of a summed-up event that has a row already. */
struct db_sum {
	uint64_t event; /* id within the ring */
	uint64_t count; /* to add */
	int64_t time_last_ns;
};

/*
 * How much one stage has lost, as a count that only grows. The writer stores the
 * difference to what it saw before, so telling it twice does no harm.
 */
struct db_counter {
	char stage[32];	   /* "kernel-ring", "event-ring", … */
	char instance[32]; /* trace instance, or "" */
	int32_t cpu;	   /* -1: not of one CPU */
	int32_t fresh;	   /* the counter began at 0 after whatever was seen before */
	uint64_t total;
	int64_t time_ns; /* UTC, when it was read */
};
