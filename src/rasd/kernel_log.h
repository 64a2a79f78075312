/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The kernel's log as a source: firmware records and lines that fire no tracepoint, and
 * the lines that name a poisoned page's victims.
 *
 * Much of it is told by a tracepoint as well, at nearly the same moment, and either may
 * be read first. So what becomes an event is held back for a second, until it is known
 * whether it is one that has been traced.
 */

#include "cper/log.h"
#include "rasd/hands.h"
#include "sources/kmsg.h"

#define LOG_HELD_MAX 64

/* A section or a line that will be an event. */
struct held {
	struct cper_log_section *section; /* allocated; NULL: it is a line */
	char *line;			  /* allocated */
	size_t len;
	uint64_t seq; /* of the first record of the log that it needs */
	int64_t boottime_ns;
};

struct kernel_log {
	struct kmsg kmsg;
	struct cper_log assembler;
	uint64_t open_seq;    /* where the oldest began whose lines are not all there; 0:
				 none */
	int64_t last_line_ns; /* boot time at which the last line of a record was read */
	struct held held[LOG_HELD_MAX]; /* a ring */
	size_t first_held, n_held;
	struct pipeline *pipeline;
	struct hands *hands;
	uint64_t told_lost;
	uint64_t boot[2];		 /* its id */
	uint64_t new_keys[LOG_HELD_MAX]; /* of events that are not published yet */
	size_t n_new;
};

int kernel_log_open(struct kernel_log *log, const char *path, struct pipeline *pipeline,
		    struct hands *hands);
void kernel_log_close(struct kernel_log *log);
/* A record that was read elsewhere. */
void kernel_log_take(struct kernel_log *log, const struct kmsg_record *record,
		     int64_t now);
bool kernel_log_read(struct kernel_log *log, int64_t now);
int64_t kernel_log_due_ns(const struct kernel_log *log);
void kernel_log_tick(struct kernel_log *log, int64_t now);
void kernel_log_release(struct kernel_log *log);
void kernel_log_published(struct kernel_log *log);
