// SPDX-License-Identifier: LGPL-2.1-or-later

#include "rasd/retention.h"

#include "util/clock.h"

#define LOOK_NS	  (60 * NS_PER_SEC) /* after there was nothing to do */
#define BATCHES	  4		    /* one step in so many, while events arrive */
#define IDLE_MSEC (3600 * 1000)	    /* age grows while nothing happens */

static bool keeps_all(const struct db_keep *keep)
{
	return !keep->age_ns && !keep->events && !keep->bytes;
}

/*
 * To be called between batches. Returns 1 if something was done, 0 if not (it may not be
 * time, or there is nothing), or a negative errno; *removed becomes rows.
 */
int retention_step(struct retention *retention, struct db_writer *w,
		   const struct db_keep *keep, bool is_idle, uint64_t *removed)
{
	int64_t now = clock_now_ns(CLOCK_BOOTTIME);
	int r;

	*removed = 0;
	if (keeps_all(keep) || (!retention->has_more && now < retention->next_ns))
		return 0;
	if (!is_idle && ++retention->batches % BATCHES)
		return 0;
	r = db_prune(w, keep, clock_now_ns(CLOCK_REALTIME), removed);
	retention->has_more = r > 0;
	retention->next_ns = now + LOOK_NS;
	return r;
}

/* How long to wait for events before the next step; -1: for ever. */
int retention_wait_msec(const struct retention *retention, const struct db_keep *keep)
{
	if (retention->has_more)
		return 0;
	return keep->age_ns ? IDLE_MSEC : -1;
}
