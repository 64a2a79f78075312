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

#define DB_UNIT_BYTES 256 /* the longest name systemd gives a unit, and a terminator */

/* A process that poison hit. Ids are those within the ring. */
struct db_hit {
	uint64_t event;	   /* the signal; or the memory failure, if no signal was seen */
	int64_t time_ns;   /* UTC */
	uint64_t address;  /* of the page, physical; 0: not known */
	int64_t start_ns;  /* boot time at which the process began; 0: not known */
	int64_t uid;	   /* -1: not known */
	int32_t pid, tgid; /* 0: not known */
	int32_t evidence;  /* enum evidence */
	int32_t is_unit;   /* it ran in the unit's own control group, not below it */
	char comm[DB_TEXT_BYTES];
	char unit[DB_UNIT_BYTES];	/* of the system's manager; "": see why */
	char user_unit[DB_UNIT_BYTES];	/* of a user's manager within it; "": none */
	char invocation[DB_TEXT_BYTES]; /* 32 hex digits; "": not known */
	char cgroup[DB_UNIT_BYTES];	/* cut if it is longer */
	char why[DB_TEXT_BYTES];	/* there is no unit, in words */
};

/* Two events that belong together: `from` explains `to`. */
struct db_link {
	uint64_t from, to;
	int32_t kind;	  /* enum link_kind */
	int32_t evidence; /* enum evidence */
};

/*
 * Something that was, or would have been, done about an event. Told when it is asked for,
 * and again whenever there is more to say: the last word stands.
 */
struct db_action {
	uint64_t id;	  /* from the same numbers as events */
	uint64_t event;	  /* its cause; 0: not of this ring */
	int64_t asked_ns; /* UTC */
	int64_t done_ns;  /* 0: not yet */
	int32_t rule;	  /* enum act_rule */
	int32_t kind;	  /* enum act_kind */
	int32_t outcome;  /* enum act_outcome */
	int32_t error;	  /* errno, positive; 0: none */
	int32_t tries;
	int32_t verified;      /* looked afterwards, and it was so */
	int32_t before_record; /* done before the disk had its cause */
	int32_t reserved;
	uint64_t address; /* of a page, physical; 0: it is no page */
	char unit[DB_UNIT_BYTES];
	char invocation[DB_TEXT_BYTES];
	char note[160]; /* for people */
};

/* What is known of a page, across boots. The last word stands. */
struct db_page {
	uint64_t address;	   /* physical, of the page's first byte */
	uint64_t corrected;	   /* errors, all of them */
	int64_t first_ns, last_ns; /* UTC, of corrected errors */
	int64_t debt_ns;	   /* its leaky bucket at last_ns, see policy/page.c */
	int32_t state;		   /* enum page_state, in this boot */
	int32_t reserved;
};

/* What the policy remembers from the database after a boot: see db_read_memory(). */
#define DB_MEMORY_PAGES_MAX 1024
#define DB_MEMORY_ACTS_MAX  256
#define DB_MEMORY_ONCE_MAX  1024

struct db_memory_act {
	int64_t asked_ns; /* UTC */
	int32_t kind;	  /* enum act_kind, of those that were really tried */
	int32_t reserved;
	char unit[DB_UNIT_BYTES];
};

struct db_memory {
	uint64_t offlined_this_boot; /* pages */
	uint32_t n_pages, n_acts, n_once, reserved;
	struct db_page pages[DB_MEMORY_PAGES_MAX];     /* the latest */
	struct db_memory_act acts[DB_MEMORY_ACTS_MAX]; /* of the last hour */
	uint64_t once[DB_MEMORY_ONCE_MAX]; /* keys, the latest: see struct event */
};
