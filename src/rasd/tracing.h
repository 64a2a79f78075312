/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The daemon's two trace instances and the tracepoints it records with them. */

#include <stdbool.h>
#include <stddef.h>

#include "event/handler.h"
#include "ipc/status.h"
#include "rasd/config.h"
#include "sources/instance.h"
#include "sources/tracepoint.h"

#define HANDLERS_MAX STATUS_SOURCES_MAX

struct tracing {
	const struct handler_table *handlers;
	const char *directory;
	const char *sysfs;
	struct trace_instance instances[TRACE_RING_MAX];
	struct tracepoint *tracepoints[HANDLERS_MAX]; /* NULL: not there (yet) */
	int errors[HANDLERS_MAX];		      /* why not, negative errno */
	unsigned int *cpus;
	size_t n_cpus;
};

int tracing_open(struct tracing *tracing, const struct handler_table *handlers,
		 const char *tracefs, const char *sysfs, const char *name,
		 struct text *ret_why);
void tracing_close(struct tracing *tracing);

bool tracing_must_empty(const struct tracing *tracing, enum trace_ring ring,
			const struct config *config);
int tracing_settle(struct tracing *tracing, enum trace_ring ring,
		   const struct config *config);
struct tracepoint *tracing_attach(struct tracing *tracing, size_t handler);
bool tracing_is_recorded(const struct tracing *tracing, size_t handler);
void tracing_detach(struct tracing *tracing, size_t handler);
void tracing_report_one(const struct tracing *tracing, size_t handler,
			struct ring_status *status);
void tracing_report(const struct tracing *tracing, struct ring_status *status);
