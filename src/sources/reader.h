/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Reads the per-CPU rings of the trace instances in rounds: what is ready lands in
 * memory, then its records are walked in the order of their time.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sources/instance.h"
#include "sources/landing.h"

struct trace_reader;

struct trace_record {
	enum trace_ring ring;
	unsigned int cpu;
	int64_t boottime_ns;
	const uint8_t *bytes; /* common header first */
	size_t len;
};

typedef void (*trace_record_fn)(void *userdata, const struct trace_record *record);
typedef void (*trace_counters_fn)(void *userdata, const struct trace_instance *instance,
				  unsigned int cpu,
				  const struct trace_counters *counters);

struct trace_reader *trace_reader_new(void *landing, size_t landing_bytes,
				      int *ret_error);
struct trace_reader *trace_reader_free(struct trace_reader *reader);
int trace_reader_add(struct trace_reader *reader, struct trace_instance *instance,
		     const unsigned int *cpus, size_t n_cpus);
/* Recordings instead of rings: a reader has the ones or the others. */
int trace_reader_add_file(struct trace_reader *reader, struct trace_instance *instance,
			  unsigned int cpu, int fd);
bool trace_reader_file_is_read(const struct trace_reader *reader, size_t file,
			       size_t *ret_at);

int trace_reader_lost(struct trace_reader *reader, size_t at, size_t bytes);
void trace_reader_resume(struct trace_reader *reader, uint64_t round);
int trace_reader_fd(const struct trace_reader *reader);
int trace_reader_wake_dormant(struct trace_reader *reader);

int trace_reader_fill(struct trace_reader *reader);
uint64_t trace_reader_round(const struct trace_reader *reader);
bool trace_reader_has_leftover(const struct trace_reader *reader);
void trace_reader_walk(struct trace_reader *reader, trace_record_fn fn, void *userdata);
void trace_reader_counters(struct trace_reader *reader, bool all, trace_counters_fn fn,
			   void *userdata);
void trace_reader_done(struct trace_reader *reader);
