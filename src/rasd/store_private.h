/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What the files of the store process share. */

#include <stdbool.h>
#include <stdint.h>

#include "db/writer.h"
#include "event/event.h"
#include "rasd/messages.h"
#include "rasd/retention.h"
#include "rasd/store.h"
#include "rasd/trouble.h"

#define RETRY_FIRST_MSEC 50

struct store {
	const struct store_options *options;
	char database[DB_PATH_BYTES]; /* as in the options, or what that is a link to */
	struct ring *ring;
	struct db_writer *writer;
	struct arena arena;
	int lock_fd;
	uint64_t position;	    /* in the ring, behind the last committed message */
	struct message_round round; /* the last one that was applied */
	uint64_t next_id; /* of events, that comes if none is lost; 0: not known */
	bool lost;	  /* messages, in a page that failed, not counted yet */
	bool stopped;	  /* a clean end was the last message */
	bool orphaned;	  /* capture is gone */
	struct trouble trouble;
	struct retention retention;
	uint64_t gone; /* events that were on disk, not counted as lost yet */
	uint64_t gave_up, lost_events; /* in this batch; they count when it is on disk */
};

int store_open(struct store *store, struct store_hello *hello, struct text *note);
void store_leave_note(struct store *store);
bool store_is_left_alone(const struct store *store, int timeout_msec);
void store_give_up_unreadable(struct store *store);
