/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What one of rasd's own processes met in its memory, as an event. */

#include <stdint.h>

#include "event/handler.h"

struct own_poison {
	int32_t pid;
	const char *process; /* "capture", "store", "act" */
	int32_t signal, code;
	uint64_t address; /* virtual */
	int32_t lsb;	  /* 2^lsb bytes are lost; 0: not told */
	const char *place; /* "heap", "stack", … */
};

/* Texts are borrowed for as long as the event is used. */
void own_poison_event(const struct own_poison *poison, int64_t boottime_ns,
		      struct event *ret);
