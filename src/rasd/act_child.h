/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The act process, seen from capture: started when it is needed, given one order at a
 * time, replaced when it dies. */

#include <stdbool.h>
#include <sys/types.h>

#include "rasd/act.h"

struct act_child {
	const char *no_act; /* path, borrowed */
	pid_t pid;	    /* 0: none runs */
	int fd;
	bool busy;
	int64_t busy_since_ns;	/* boot time */
	struct act_order order; /* the one it is at */
};

void act_child_init(struct act_child *child, const char *no_act);
void act_child_deinit(struct act_child *child);
int act_child_start(struct act_child *child);
int act_child_give(struct act_child *child, const struct act_order *order,
		   int64_t now_ns);
/* 1 with a report, 0 if there is none now, -EPIPE: it has died (and is forgotten). */
int act_child_hear(struct act_child *child, struct act_report *ret);
