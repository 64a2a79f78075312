/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What keeps store from writing, said once, in the log and on the status page. The page
 * outlives a store process: one that is forked for the same trouble does not say it
 * again.
 */

#include <stdbool.h>
#include <stdint.h>

#include "db/writer.h"
#include "ipc/status.h"

struct trouble {
	int error;	  /* of the last commit */
	int64_t since_ns; /* monotonic: since it is so */
	uint64_t wal_said_bytes;
	int64_t wal_next_ns; /* monotonic: then the log is looked at again */
};

void trouble_say(struct ring_status *status, int level, int error, const char *what);
void trouble_end(struct ring_status *status, const char *database);
void trouble_note(struct trouble *trouble, struct ring_status *status,
		  const struct db_writer *w, int error);
bool trouble_lasts(const struct ring_status *status, int error);
bool trouble_needs_opening(const struct trouble *trouble);
void trouble_watch_wal(struct trouble *trouble, struct ring_status *status,
		       struct db_writer *w, bool is_idle);
int trouble_wait_msec(const struct ring_status *status, int otherwise);
void trouble_name_holder(const struct db_holder *holder, struct text *text);
