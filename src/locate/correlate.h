/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Brings together what the kernel tells in several places and in changing order: signals,
 * the memory failure that sent them, the log's line that names page and thread, and which
 * processes had the page. Pure; times are of the boot clock, and those of log lines are
 * less exact than those of trace records.
 *
 * The kernel handles one memory failure at a time: signals that a thread sent belong to
 * the next memory failure that the same thread tells. That links; only what a user cannot
 * forge confirms (enum evidence). Room is bounded, and what any user can cause takes room
 * only from its own kind.
 */

#include <stdbool.h>
#include <stdint.h>

#include "event/acts.h"

struct correlator;

struct seen_signal {
	uint64_t event; /* its row; of several summed up, theirs */
	int64_t boottime_ns;
	int64_t start_ns; /* boot time at which its process began; 0: not known */
	int32_t tid;
	int32_t tgid;	/* 0: not known */
	int32_t sender; /* thread in whose context it was generated */
	bool is_kill;	/* a forced SIGKILL; else a SIGBUS */
	bool is_memory; /* a SIGBUS with BUS_MCEERR_AR or BUS_MCEERR_AO */
	bool confirmed; /* by its sender; see handlers/sigbus.c */
};

struct seen_failure {
	uint64_t event;
	int64_t boottime_ns;
	uint64_t pfn;
	int32_t thread; /* in whose context it was recorded */
};

struct seen_victim_line {
	int64_t boottime_ns;
	uint64_t pfn;
	int32_t tid;
	bool forced;
};

struct seen_page_victim {    /* a process that had the page, before it touched it */
	int64_t boottime_ns; /* when it was looked for */
	uint64_t pfn;
	int32_t tgid;
	int64_t start_ns; /* boot time at which it began; 0: not known */
};

struct seen_report { /* a firmware record of a memory error */
	uint64_t event;
	int64_t boottime_ns;
	uint64_t pfn;
};

enum finding_kind { FINDING_LINK, FINDING_HIT };

struct finding {
	enum finding_kind kind;
	enum evidence evidence;
	enum link_kind link;
	uint64_t from, to; /* FINDING_LINK: events */
	uint64_t event;	   /* FINDING_HIT: the signal, or the failure if none was seen */
	uint64_t pfn;	   /* 0: not known (yet) */
	int32_t tid, tgid; /* 0: not known */
	int64_t boottime_ns;
	int64_t start_ns; /* boot time at which its process began; 0: not known */
};

/* Events' numbers begin at 1. NULL: no memory; it is all taken here. */
struct correlator *correlator_new(void);
struct correlator *correlator_free(struct correlator *c);

void correlate_signal(struct correlator *c, const struct seen_signal *signal);
void correlate_failure(struct correlator *c, const struct seen_failure *failure);
void correlate_victim_line(struct correlator *c, const struct seen_victim_line *line);
void correlate_page_victim(struct correlator *c, const struct seen_page_victim *victim);
/*
 * That process is found to have ended: of signals after this boot time to nobody knows
 * whom it does not speak, and some time later it is forgotten.
 */
void correlate_forget_victim(struct correlator *c, int32_t tgid, int64_t start_ns,
			     int64_t ended_ns);
void correlate_report(struct correlator *c, const struct seen_report *report);

/*
 * Call after a round: all signals up to now_ns (boot clock) have been handed over. Of a
 * log line whose signal has not come by then, the failure becomes the hit's event.
 */
void correlate_settle(struct correlator *c, int64_t now_ns);

/* What came of it, oldest first; each is told once. False: nothing (more). */
bool correlate_next(struct correlator *c, struct finding *ret);

/* What there was no room for: findings that nobody took, and lines, victims and confirmed
 * signals that more of their kind pushed out before anything came of them. */
uint64_t correlate_lost(const struct correlator *c);
