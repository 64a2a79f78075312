/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Writes the metrics file without anybody waiting for it: each time a short-lived child
 * does, and while one is stuck (its file system frozen, say) there is no second one.
 */

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/text.h"

#define METRICS_PATH_BYTES 256

struct metrics_writer {
	char directory[METRICS_PATH_BYTES];
	char name[NAME_MAX + 1];
	int report_fd;	 /* from the child at work, ends with it; -1: none is */
	bool said_busy;	 /* in the log, since the child at work was started */
	int said_error;	 /* the last that the log has; 0: it went well since */
	uint64_t hash;	 /* of what was written last */
	int64_t when_ns; /* monotonic, when that was; 0: not yet */
	/* What the child does; tests have others. */
	int (*publish)(const struct metrics_writer *writer, const void *bytes, size_t len,
		       struct text *ret_why);
};

int metrics_writer_init(struct metrics_writer *writer, const char *path);
void metrics_writer_deinit(struct metrics_writer *writer);
int metrics_writer_write(struct metrics_writer *writer, const void *bytes, size_t len);
bool metrics_writer_wait(struct metrics_writer *writer, int timeout_msec);
