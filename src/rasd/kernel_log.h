/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The kernel's log as a source: firmware records that fire no tracepoint, and the lines
 * that name a poisoned page's victims. */

#include "cper/log.h"
#include "rasd/hands.h"
#include "sources/kmsg.h"

struct kernel_log {
	struct kmsg kmsg;
	struct cper_log assembler;
	uint64_t open_seq; /* where the oldest began whose lines are not all there; 0:
			      none */
	uint64_t n_lines;  /* of firmware records, so far */
	struct pipeline *pipeline;
	struct hands *hands;
	uint64_t told_lost;
};

int kernel_log_open(struct kernel_log *log, const char *path, struct pipeline *pipeline,
		    struct hands *hands);
void kernel_log_close(struct kernel_log *log);
bool kernel_log_read(struct kernel_log *log);
bool kernel_log_is_open(const struct kernel_log *log);
void kernel_log_end(struct kernel_log *log);
