/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The store process: the only writer of the database. */

#include <stdint.h>

#include "db/writer.h"
#include "event/handler.h"
#include "ipc/ring.h"

/* What it says once, when it knows how it stands with its database. */
struct store_hello {
	int32_t result; /* 0; negative errno or enum db_open_result: it cannot work */
	int32_t is_new_to_ring; /* it has no rows of what this ring told before */
	uint64_t id_base;	/* id in the database = this + id in the ring */
	char note[512];		/* for people; "" if there is nothing to say */
};

struct store_options {
	const char *database;
	const struct handler_table *handlers;
	struct ring *ring;
	struct db_keep keep;
	int wake_fd;   /* eventfd: something was published */
	int hello_fd;  /* pipe to capture; its end is our end */
	int parent_fd; /* pidfd of capture */
};

int store_run(const struct store_options *options);
