/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * A database's log that has become large is put into the main file by a process of its
 * own, so that store goes on writing meanwhile: gigabytes take longer than events can
 * wait. Capture forks it, since that never had a database open: SQLite's own state does
 * not survive a fork.
 */

#include "ipc/status.h"

struct wal_child {
	int end_fd; /* ends with the child; -1: none is at work */
};

void wal_child_tick(struct wal_child *child, const struct ring_status *status);
