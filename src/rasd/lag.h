/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* How far the disk is behind. */

#include <stdint.h>

#include "ipc/ring.h"

struct lag {
	uint64_t bytes; /* of messages that are published and not on disk */
	int64_t age_ns; /* of the oldest event among them; 0: none was found */
};

struct lag lag_of(const struct ring *ring, int64_t now_boottime_ns);
