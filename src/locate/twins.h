/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Errors that a tracepoint told of, for when the kernel's log tells of them as well.
 * Plain memory without pointers: it lies in the ring's file.
 */

#include <stdint.h>

#include "event/event.h"

#define TWINS_MAX 1024

struct twin {
	uint64_t identity; /* see event_type.identity; 0: a free place */
	uint64_t event;	   /* its id within the ring */
	int64_t boottime_ns;
};

struct twins {
	uint64_t n_seen;
	struct twin at[TWINS_MAX];
};

void twins_saw(struct twins *twins, const struct event *event);
uint64_t twins_take(struct twins *twins, const struct event *event);
