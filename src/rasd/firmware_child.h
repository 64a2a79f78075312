/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Reading and clearing what was kept over a reboot, in short-lived processes of their
 * own: ERST is as slow as the firmware behind it, a disk may be frozen, and capture waits
 * for nobody. What the reader finds lies in a memfd, so that one source that hangs keeps
 * nothing back of those before it.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "event/kinds.h"

#define FIRMWARE_PATH_BYTES 256
#define FIRMWARE_BYTES_MAX  (16u << 20) /* read at one start */

/* Where things are; tests have others. NULL: that source is off. */
struct firmware_paths {
	const char *tables;  /* /sys/firmware/acpi/tables */
	const char *erst;    /* /dev/erst_dbg */
	const char *pstore;  /* /sys/fs/pstore */
	const char *archive; /* where systemd-pstore moves its files */
};

/* What the reader says when it is done with a source: one write(2). */
struct firmware_report {
	int32_t source; /* enum event_source */
	int32_t error;	/* negative errno; 0: it was read */
	uint32_t n_items;
	uint32_t packed;   /* files that are compressed, or could not be read */
	uint32_t left_out; /* more than there is room for */
	uint32_t reserved;
	uint64_t from, to; /* of the memfd */
};

/* In the memfd, in front of its bytes; what follows begins at a multiple of 8. */
struct firmware_item {
	uint32_t source; /* enum event_source */
	uint32_t len;
	uint64_t id;	 /* of an ERST record */
	int64_t time_ns; /* of a file, UTC; 0: none */
	uint32_t cut;
	uint32_t archived; /* the file's time is that of its move */
	char path[FIRMWARE_PATH_BYTES];
};

struct firmware_child {
	int report_fd; /* ends with the process; -1: none runs */
	int bytes_fd;
};

int firmware_child_read(struct firmware_child *child, const struct firmware_paths *paths);
int firmware_child_clear(const char *erst, const struct firmware_item *items, size_t n);
int firmware_child_hear(struct firmware_child *child, struct firmware_report *ret);
void firmware_child_deinit(struct firmware_child *child);
