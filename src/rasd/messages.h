/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What capture tells store, in the ring between them. Self-contained: no pointers. */

#include <stdint.h>

#include "db/rows.h"

enum message_kind {
	MESSAGE_EVENT = 1, /* event_encode() */
	MESSAGE_SUM,	   /* struct db_sum */
	MESSAGE_RUN,	   /* struct db_run: a start of the daemon */
	MESSAGE_STOP,	   /* struct message_stop: its clean end */
	MESSAGE_CLOCK,	   /* struct db_clock */
	MESSAGE_COUNTER,   /* struct db_counter */
	MESSAGE_ROUND,	   /* struct message_round: ends what was read at once */
	MESSAGE_HIT,	   /* struct db_hit */
	MESSAGE_LINK,	   /* struct db_link */
	MESSAGE_ACTION,	   /* struct db_action */
	MESSAGE_PAGE,	   /* struct db_page */
	MESSAGE_LOSS,	   /* struct message_loss */
};

struct message_stop {
	int64_t time_ns;
};

/* So many more were lost: what no counter tells. */
struct message_loss {
	char stage[32];
	uint64_t count;
	int64_t time_ns; /* UTC */
};

struct message_round {
	uint64_t round;
	uint64_t next_id;  /* of events; never 0 */
	uint64_t next_log; /* record of the kernel's log to begin at … */
	uint64_t log_done; /* … and before which nothing more follows from them */
	uint64_t log_lost; /* its records that nobody read */
	uint64_t spilled;  /* events that found no room, since the ring began */
};
