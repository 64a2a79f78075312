/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * A handler makes events of one type: from a tracepoint's records, from sections of
 * firmware records, from the kernel's log; each has at least one of these, or its events
 * come from rasd itself. It is a constant: what the running kernel adds (ids, offsets,
 * texts) is resolved beside it by the source.
 */

#include <stddef.h>
#include <stdint.h>

#include "event/event.h"
#include "event/guid.h"
#include "util/arena.h"

#define HANDLER_TRACEPOINTS_MAX 2
#define HANDLER_SECTIONS_MAX	8

struct cper_log_section;
struct cper_section;
struct handler_table;

/* The rings that the daemon keeps apart, so that what any user can cause never pushes out
 * what hardware reported. */
enum trace_ring { RING_HARDWARE, RING_SIGNAL, TRACE_RING_MAX };

/* The running kernel's own words for a field's numbers, from its print format. */
struct symbol {
	int64_t value;
	const char *text;
};

struct symbol_table {
	const struct symbol *symbols;
	size_t n_symbols;
};

/*
 * What decode() may know beside the fields. Nothing in it is a clock, a file or a global.
 */
struct record {
	const struct symbol_table *symbols; /* one per field of the type; empty if none */
	uint64_t page_size;		    /* bytes */
	int32_t common_pid;  /* the thread in whose context it was recorded */
	struct arena *arena; /* for texts and list rows of this event */
	const struct handler_table *handlers; /* for what has another's record in it */
};

struct handler_tracepoint {
	const char *name;   /* "system:event" */
	const char *filter; /* for the kernel, NULL: none */
	/*
	 * Beside it, only records whose field has the number that the running kernel
	 * calls so; a kernel that has no such word has nothing for us. NULL: all.
	 */
	struct {
		const char *field, *word;
	} only;
	/* The kernel records only while somebody holds this file of debugfs open. */
	const char *consumer;
};

struct handler {
	const struct event_type *type;
	/* The first that the kernel has, and whose filter it takes, is traced. */
	struct handler_tracepoint tracepoints[HANDLER_TRACEPOINTS_MAX];
	enum trace_ring ring;
	/*
	 * Fills in the event. On entry event->detail[] holds the kernel's fields as its
	 * table names them, and the rest is as event_init() left it. Returns 1 if it is
	 * an event, 0 if the record is nothing of ours, a negative errno if it cannot be
	 * understood. NULL where there are no tracepoints. The event may come back as one
	 * of another handler's type.
	 */
	int (*decode)(const struct record *record, struct event *event);
	/* Section types it decodes, see cper/section.h; one of zeros ends the list. */
	struct guid sections[HANDLER_SECTIONS_MAX];
	bool any_section; /* it takes those that nobody else does */
	/*
	 * Fills in the event from a section's bytes, which it may borrow: 1, or a
	 * negative errno if they cannot be understood. What is cut is told as far as it
	 * goes, with CPER_INCOMPLETE set.
	 */
	int (*decode_section)(const struct cper_section *section, struct arena *arena,
			      struct event *event);
	/*
	 * The same for a section of a firmware record in the kernel's log, see
	 * cper/log.h: 1 or 0. Nothing in the event points into the section. NULL: the
	 * log has nothing for this handler.
	 */
	int (*decode_log)(const struct cper_log_section *section, struct arena *arena,
			  struct event *event);
	/*
	 * And for another line of that log, which need not be terminated: 1 or 0. The
	 * event may borrow from it. Of the record there are page_size and the arena.
	 */
	int (*decode_line)(const struct record *record, const char *line, size_t len,
			   struct event *event);
};

/* The table of all handlers, generated from the list of files in Makefile.am. */
struct handler_table {
	const struct handler *const *handlers;
	size_t n_handlers;
};

uint32_t handler_table_hash(const struct handler_table *table);
const struct handler *handler_of_section(const struct handler_table *table,
					 const struct guid *type);
const char *symbol_text(const struct symbol_table *table, int64_t value);
