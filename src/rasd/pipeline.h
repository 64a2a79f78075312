/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * An event's way through capture: record, event, whose, ring. A round is what was read at
 * once; the other side sees all of it or nothing.
 */

#include <stdbool.h>
#include <stdint.h>

#include "db/rows.h"
#include "event/handler.h"
#include "ipc/ring.h"
#include "locate/device.h"
#include "locate/process.h"
#include "rasd/messages.h"
#include "rasd/tally.h"
#include "sources/reader.h"
#include "sources/tracepoint.h"

struct sums;

/* What the ring's file keeps twice, see ring_vital_put(). */
enum pipeline_vital {
	VITAL_NOTE,  /* struct pipeline_note, by store */
	VITAL_ROUND, /* struct pipeline_mark, by capture */
};

/* A round as its own message has it, should that be in a page that is lost. */
struct pipeline_mark {
	struct message_round round;
	uint64_t
		written; /* the ring's position when it is published; before, it is not */
};

/* What store tells the next capture. */
struct pipeline_note {
	struct message_round durable; /* the last round that is on disk */
};

struct pipeline {
	const struct handler_table *handlers;
	const char *instance; /* whose losses are told */
	struct ring *ring;
	struct trace_reader *reader;
	struct sums *sums;
	struct tracepoint **by_id; /* by the kernel's event id, borrowed */
	size_t n_ids;
	struct arena arena;
	uint64_t page_size;
	uint8_t *message; /* an event on its way into the ring */
	int proc_fd;
	struct devices *devices;     /* NULL: devices stay as records name them */
	uint64_t next_id;	     /* of events, within the ring */
	uint64_t next_log, log_done; /* see struct message_round */
	uint64_t log_lost;	     /* its records that nobody read */
	uint64_t finished_round;     /* at start: of an earlier process */
	int64_t id_base;  /* what the database adds to ids; -1: not known (yet) */
	bool untold;	  /* a message found no room since this was cleared */
	uint64_t spilled; /* into the status page with its round */
	int64_t clock_offset_ns;
	int64_t told_offset_ns;		   /* the last that the database was told */
	uint64_t log_lines, log_lines_max; /* in the present window */
	uint64_t log_suppressed;
	/*
	 * Told of every event that is, or is part of, a row, and of the end of what was
	 * read at once, when more can still be told beside it.
	 */
	void (*observer)(void *userdata, const struct event *event, int32_t common_pid);
	void (*settle)(void *userdata);
	void *observer_data;
	/* Before a record is looked at; NULL: nobody cares. */
	void (*advance)(void *userdata, int64_t boottime_ns);
	void *advance_data;
	struct process owner; /* of the event that the observer is told of … */
	bool has_owner;	      /* … if one was found */
	struct tally *tally;  /* NULL: none is kept */
	uint64_t ring_lost[TRACE_RING_MAX], nested_lost[TRACE_RING_MAX];
	bool losses_grew; /* and not all of them were looked at since */
};

int pipeline_init(struct pipeline *pipeline, const struct handler_table *handlers,
		  struct ring *ring, struct trace_reader *reader, const char *instance,
		  uint64_t senders);
void pipeline_deinit(struct pipeline *pipeline);
int pipeline_route(struct pipeline *pipeline, struct tracepoint *tracepoint);
void pipeline_unroute(struct pipeline *pipeline, const struct tracepoint *tracepoint);

bool pipeline_tell(struct pipeline *pipeline, uint16_t kind, const void *message,
		   size_t len);
void pipeline_tell_or_count(struct pipeline *pipeline, uint16_t kind, const void *message,
			    size_t len);
bool pipeline_add(struct pipeline *pipeline, struct event *event);
uint64_t pipeline_take_id(struct pipeline *pipeline);
bool pipeline_publish(struct pipeline *pipeline);
int pipeline_recover(struct pipeline *pipeline);
int pipeline_round(struct pipeline *pipeline);
void pipeline_begin_database(struct pipeline *pipeline);
void pipeline_tell_lost(struct pipeline *pipeline, const char *stage_name, uint64_t n);
bool pipeline_tell_losses(struct pipeline *pipeline);
void pipeline_log_window(struct pipeline *pipeline);
