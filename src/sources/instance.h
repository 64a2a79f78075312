/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * A tracefs instance: a set of per-CPU ring buffers of our own. It outlives the daemon
 * and goes on filling while none runs; one rasd at a time holds its lock.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event/handler.h"

struct tracefs_instance;

struct trace_instance {
	enum trace_ring ring;
	char name[32];
	struct tracefs_instance *fs;
	int lock_fd;		 /* the instance's directory, locked */
	bool fresh;		 /* its counters begin at 0, and nobody was told yet */
	size_t sub_buffer_bytes; /* what one read() takes */
	int64_t clock_delta_ns;	 /* its time stamps + this = boot clock */
};

struct trace_counters {
	uint64_t overrun;	 /* overwritten before they were read */
	uint64_t commit_overrun; /* dropped: an interrupt nested too deep */
	uint64_t dropped;	 /* dropped: the ring was full and does not overwrite */
};

int trace_directory_use(const char *path, const char **ret_path);

int trace_instance_open(const char *name, enum trace_ring ring,
			struct trace_instance *ret);
void trace_instance_close(struct trace_instance *instance);
bool trace_instance_is_on(const struct trace_instance *instance);
int trace_instance_pause(struct trace_instance *instance, bool pause);

int trace_instance_settle(struct trace_instance *instance, uint64_t bytes_per_cpu,
			  size_t sub_buffer_bytes);
bool trace_instance_is_settled(const struct trace_instance *instance,
			       size_t sub_buffer_bytes);
int trace_instance_enable(struct trace_instance *instance, const char *tracepoint,
			  const char *filter);
bool trace_instance_records(const struct trace_instance *instance, const char *tracepoint,
			    uint16_t id);
int trace_instance_open_cpu(const struct trace_instance *instance, unsigned int cpu);
int trace_instance_counters(const struct trace_instance *instance, unsigned int cpu,
			    struct trace_counters *ret);
char *trace_format_read(const struct trace_instance *instance, const char *tracepoint,
			size_t *ret_len, int *ret_error);
