/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The daemon's numbers in Prometheus' text format, as node_exporter's textfile collector
 * reads it (version 0.0.4). Labels are bounded, and never an address or a process.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event/handler.h"
#include "rasd/tally.h"
#include "util/text.h"

/* Enough for whatever a tally holds. */
#define METRICS_BYTES_MAX (256 * 1024)

/* One moment. Texts are borrowed. */
struct metrics_view {
	const struct tally *tally;
	const char *types[TALLY_TYPES_MAX]; /* by the handler's place; NULL: none there */
	const char *version;
	const char *kernel; /* uname -r; "": not known */
	bool up;	    /* false: the last that is written, at the end */
	bool acting_paused;
	int64_t started_ns;		/* UTC */
	uint64_t pages[PAGE_STATE_MAX]; /* now */
	uint64_t actions_pending;	/* now */
	uint64_t lag_bytes;		/* of messages that are not on disk yet */
	uint64_t wal_bytes; /* of the database's log, as store last saw it */
	int64_t lag_ns; /* age of the oldest event among them; 0: all is on disk */
};

void metrics_name_types(struct metrics_view *view, const struct handler_table *handlers);
int metrics_render(const struct metrics_view *view, struct text *out);
