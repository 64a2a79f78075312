/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What the files of the composition root share: takeover.c, loop.c and daemon.c. */

#include <systemd/sd-event.h>

#include "rasd/child.h"
#include "rasd/daemon.h"
#include "rasd/firmware.h"
#include "rasd/hands.h"
#include "rasd/kernel_log.h"
#include "rasd/metrics_writer.h"
#include "rasd/wal_child.h"
#include "rasd/pipeline.h"
#include "rasd/tracing.h"

#define RING_DATA_BYTES	   (16u << 20) /* tmpfs: only what a flood touches is taken */
#define POISON_RECORDS_MAX 32
#define GRACE_STEP_USEC	   2000ULL /* between looks at a ring that is rather full */

struct daemon {
	const struct daemon_options *options;
	struct config config;
	char database[DATABASE_PATH_BYTES];
	char ring_path[256];
	struct tracing tracing;
	struct ring ring;
	struct trace_reader *reader;
	struct pipeline pipeline;
	struct devices devices;
	struct child child;
	struct hands hands;
	struct kernel_log log;
	struct firmware firmware;
	struct metrics_writer metrics;
	struct wal_child wal_child;
	struct poison_record poison[POISON_RECORDS_MAX]; /* not recorded yet */
	size_t n_poison;
	uint64_t poison_end; /* up to there they are to be forgotten */
	struct ring_mending mendings[POISON_RECORDS_MAX];
	size_t n_mendings;
	bool is_new_boot; /* the ring's file, if it was there, is of an earlier one */
	sd_event *event;
	sd_event_source *modules_source, *firmware_source;
	sd_event_source *log_source, *log_due_source;
	sd_event_source *rings_source, *grace_source, *store_source, *again_source;
	unsigned int ticks;
	unsigned int store_tries; /* in a row that could not work */
	uint64_t seen_progress;	   /* of store, when it moved last */
	int64_t progress_ns;
};

void daemon_open_metrics(struct daemon *daemon);
void daemon_write_metrics(struct daemon *daemon);
void daemon_end_metrics(struct daemon *daemon);

void daemon_take_poison(struct daemon *daemon);
void daemon_mend_ring(struct daemon *daemon);
bool daemon_has_mended(const struct daemon *daemon, size_t at, size_t bytes);
void daemon_count_mended(struct daemon *daemon);
void daemon_name_regions(struct daemon *daemon);
void daemon_tell_poison(struct daemon *daemon);

int daemon_settle(struct daemon *daemon, enum trace_ring ring);
void daemon_tell_run(struct daemon *daemon);
bool daemon_tell_losses(struct daemon *daemon);
bool daemon_gives_grace(struct daemon *daemon);
void daemon_drain(struct daemon *daemon);
void daemon_take_over(struct daemon *daemon);

int daemon_start_store(struct daemon *daemon);
void daemon_take_hello(struct daemon *daemon, const struct store_hello *hello);
bool daemon_read_log(struct daemon *daemon);
void daemon_start_firmware(struct daemon *daemon);
void daemon_attach_late(struct daemon *daemon);
int daemon_watch_modules(struct daemon *daemon);
int daemon_make_loop(struct daemon *daemon);
