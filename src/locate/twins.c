// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * One error, two tellings: the kernel prints a record, limited in rate, and fires a
 * tracepoint for it, or the other way round. Each traced event is the twin of one telling
 * in the log at most, so where the log tells of more than was traced, the rest counts.
 */

#include "locate/twins.h"

#include <stdlib.h>

#include "util/clock.h"

/* Between the lines of a record and its tracepoints; the kernel does both at once. */
#define TWIN_WINDOW_NS (2 * NS_PER_SEC)

static uint64_t identity_of(const struct event *event)
{
	return event->type && event->type->identity ? event->type->identity(event) : 0;
}

/* A tracepoint told of this. Where there is no room, the one that was seen first goes. */
void twins_saw(struct twins *twins, const struct event *event)
{
	uint64_t identity = identity_of(event);

	if (identity)
		twins->at[twins->n_seen++ % TWINS_MAX] =
			(struct twin){ .identity = identity,
				       .event = event->id,
				       .boottime_ns = event->boottime_ns };
}

/*
 * The event that a tracepoint told of for the same error as this one of the log, the
 * nearest in time; it is nobody else's twin from now on. 0: there is none.
 */
uint64_t twins_take(struct twins *twins, const struct event *event)
{
	uint64_t identity = identity_of(event), id = 0;
	struct twin *nearest = NULL;

	for (size_t i = 0; identity && i < TWINS_MAX; i++) {
		struct twin *twin = &twins->at[i];
		int64_t distance = llabs(twin->boottime_ns - event->boottime_ns);

		if (twin->identity == identity && distance <= TWIN_WINDOW_NS &&
		    (!nearest ||
		     distance < llabs(nearest->boottime_ns - event->boottime_ns)))
			nearest = twin;
	}
	if (nearest) {
		id = nearest->event;
		nearest->identity = 0;
	}
	return id;
}
