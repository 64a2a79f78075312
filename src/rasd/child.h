/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The store process, seen from capture: started, listened to, started again. */

#include <stdbool.h>
#include <sys/types.h>

#include "rasd/store.h"

struct child {
	pid_t pid; /* 0: none runs */
	int hello_fd;
	int wake_fd;
	bool greeted;
	struct db_keep keep; /* for the next that is started */
};

int child_init(struct child *child);
void child_deinit(struct child *child);
int child_start(struct child *child, const char *database,
		const struct handler_table *handlers, struct ring *ring);
int child_hear(struct child *child, int timeout_msec, struct store_hello *ret);
void child_wake(struct child *child);
bool child_wait(struct child *child, int timeout_msec);
