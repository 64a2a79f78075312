/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Sees from outside when what a daemon records is on disk, without a lock on its
 * database: for rasd by the cursors of its ring file, for one that has a rollback journal
 * by the journal's removal, which is the commit.
 */

#include <stdbool.h>
#include <stdint.h>

struct durable {
	const char *ring; /* NULL: a journal is watched */
	const char *type; /* whose events count; NULL: that of block errors */
	int inotify_fd;
	uint64_t commits; /* seen so far; of a journal: all */
	uint64_t events;  /* read by the daemon; of a journal: as many as commits */
	uint64_t cursor;  /* of the ring: what is on disk */
	bool idle;	  /* all that was read is on disk; no journal is there */
};

int durable_open(struct durable *durable, const char *how, const char *path);
int durable_look(struct durable *durable);
