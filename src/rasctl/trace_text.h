/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Events out of what the kernel prints of a tracepoint's records (trace, trace_pipe), as
 * people quote it. Pure. */

#include <stddef.h>

#include "event/handler.h"

struct trace_text {
	const char *what;    /* "memory_failure_event"; static */
	const char *problem; /* static; NULL: none */
};

/*
 * Decodes a line. 1: an event, its texts in the line or the arena; its time is the trace
 * clock's, as boottime_ns. 0: the line is nothing of ours, or nothing that its handler
 * takes. -EBADMSG with ret->problem, -ENOBUFS: the arena is full.
 */
int trace_text_decode(const struct handler_table *handlers, const char *line, size_t len,
		      uint64_t page_size, struct arena *arena, struct event *ret,
		      struct trace_text *ret_text);
