/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What the running daemon says of itself: a page in the ring's file that it writes and
 * that anybody who may read the file reads. Counters only grow; each is read at once, all
 * of them together are not one moment.
 */

#include <stdbool.h>
#include <stdint.h>

#define STATUS_TYPES_MAX   72
#define STATUS_SOURCES_MAX 72
#define STATUS_NAME_BYTES  48

enum source_state {
	SOURCE_UNUSED,
	SOURCE_READY,
	SOURCE_ABSENT, /* this kernel does not have it (now) */
	SOURCE_FAILED,
	SOURCE_STATE_MAX
};

struct status_source {
	char name[STATUS_NAME_BYTES]; /* "ras:arm_event" */
	int32_t state;		      /* enum source_state */
	int32_t error;		      /* errno, with SOURCE_FAILED */
};

struct status_type {
	char name[STATUS_NAME_BYTES]; /* "block-error" */
	uint64_t events; /* recorded since the daemon started, counts summed */
};

struct ring_status {
	int32_t pid;	    /* of capture; see ring_status_read() for whether it lives */
	int32_t store_pid;  /* 0: none now */
	int64_t started_ns; /* UTC */
	int64_t last_event_ns; /* UTC, 0: none yet */
	uint64_t rounds;       /* times that rings were read */
	uint64_t sub_buffers;
	uint64_t records;   /* that the kernel gave */
	uint64_t not_ours;  /* of these: somebody else's writes to our trace_marker */
	uint64_t undecoded; /* of these: could not be understood */
	uint64_t spilled;   /* events that found the ring to the database full */
	uint64_t log_dropped;
	uint64_t store_applied; /* messages that store has put into transactions */
	int32_t store_error;	/* negative errno of the last commit, 0: it went well */
	int32_t act_pid;	/* 0: none now */
	int64_t act_busy_since_ns; /* boot time; 0: it waits for work */
	int64_t stopping; /* 1: told to, and a new image of it goes on with that */
	char version[STATUS_NAME_BYTES];
	char database[256];
	char config[256];
	struct status_source sources[STATUS_SOURCES_MAX];
	struct status_type types[STATUS_TYPES_MAX];
	char store_note[256]; /* for people: what keeps store from writing; "": nothing */
	char wal_reader[STATUS_NAME_BYTES]; /* whose transaction keeps the log growing */
	int64_t store_since_ns;		    /* monotonic: since there is a note */
	int64_t wal_is_much; /* 1: of it, too much for store to put into the file */
	uint64_t wal_bytes;  /* of the database's log */
};

/* A copy of a live daemon's status, taken from its ring file. */
struct status_snapshot {
	bool alive;
	uint64_t written, durable; /* bytes; equal: everything is on disk */
	struct ring_status status;
};

int ring_status_read(const char *ring_path, struct status_snapshot *ret);
