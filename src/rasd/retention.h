/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * When the store process removes what is not to be kept: between batches, so that writing
 * waits for one step at most.
 */

#include <stdbool.h>
#include <stdint.h>

#include "db/writer.h"

struct retention {
	int64_t next_ns; /* boot time: then it looks again */
	unsigned int batches;
	bool has_more; /* there is something to remove now */
};

int retention_step(struct retention *retention, struct db_writer *w,
		   const struct db_keep *keep, bool is_idle, uint64_t *removed);
int retention_wait_msec(const struct retention *retention, const struct db_keep *keep);
