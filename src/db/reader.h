/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Reads a database, beside a daemon that writes it or without one. Works for whoever may
 * read the file, and with files of older and of newer minor versions: what a file does
 * not have is absent, a type that this program does not know is described by its table.
 */

#include <stdbool.h>
#include <stdint.h>

#include "db/open.h"
#include "db/rows.h"
#include "event/event.h"
#include "event/handler.h"

struct db_reader;

int db_reader_open(const char *path, const struct handler_table *table,
		   struct db_reader **ret, struct text *ret_note);
struct db_reader *db_reader_close(struct db_reader *r);
const char *db_reader_error(const struct db_reader *r);

#define DB_TYPES_MAX 16

/* Which events; all zero: every one, oldest first. */
struct db_filter {
	uint64_t id;			 /* 0: any */
	uint64_t after;			 /* only ids above it */
	uint64_t newest;		 /* only so many, the newest; 0: all */
	uint64_t oldest;		 /* as newest, and not both */
	const char *types[DB_TYPES_MAX]; /* names; none: any */
	unsigned int severities;	 /* bits by enum severity; 0: any */
	unsigned int components;	 /* bits by enum component; 0: any */
	int64_t since_ns, until_ns;	 /* UTC, both included; 0: no limit */
	int64_t boot;			 /* as db_find_boot() has it; 0: any */
	const char *unit; /* of the thread that was hit, or of one of its hits */
	const char *dimm, *device;
	uint64_t page_first, page_last; /* addresses; page_last 0: any or none */
	int32_t cpu;
	bool has_cpu;
	bool newest_first;
	bool once; /* not those with EVENT_RETOLD: each error as one source told of it */
	bool real; /* nor synthetic, unconfirmed or imported ones: what moves something */
};

unsigned int db_severities_from(enum severity min);
int db_knows_type(struct db_reader *r, const char *name);
int db_find_events(struct db_reader *r, const struct db_filter *filter);
int db_next_event(struct db_reader *r, struct event *ret);

struct db_summary {
	const char *type; /* borrowed for the call */
	enum severity severity;
	uint64_t rows;
	uint64_t count; /* of errors: rows may stand for many */
	int64_t first_ns, last_ns;
};

/* What summaries can be made by. */
enum db_by {
	DB_BY_TYPE,
	DB_BY_SEVERITY,
	DB_BY_COMPONENT,
	DB_BY_UNIT,
	DB_BY_DIMM,
	DB_BY_DEVICE,
	DB_BY_PAGE,
	DB_BY_CPU,
	DB_BY_BOOT,
	DB_BY_DAY, /* UTC, since 1970 */
	DB_BY_MAX
};

struct db_group {
	const char *text; /* borrowed for the call */
	int64_t number;	  /* severity, component, page, CPU, day */
	bool is_known;	  /* false: events that have none */
	uint64_t rows, count;
	uint64_t counts[SEVERITY_MAX];
	int64_t first_ns, last_ns;
};

struct db_loss {
	const char *stage, *instance; /* borrowed for the call */
	uint64_t count;
	int64_t first_ns, last_ns;
};

/* Each calls `each` for every row until it returns non-zero, which is then returned. */
int db_read_summary(struct db_reader *r,
		    int (*each)(const struct db_summary *row, void *arg), void *arg);
int db_read_groups(struct db_reader *r, enum db_by by,
		   int (*each)(const struct db_group *row, void *arg), void *arg);
int db_read_losses(struct db_reader *r, int (*each)(const struct db_loss *row, void *arg),
		   void *arg);

struct db_last_run {
	int64_t id;
	int64_t stopped_ns; /* 0: it did not say */
	bool clean;
	struct db_run run;
};

struct db_facts {
	char db_id[DB_TEXT_BYTES];
	int schema;		    /* MAJOR * 1000 + MINOR */
	uint64_t first_id, last_id; /* 0: no events */
	int64_t last_event_ns;	    /* the latest; one with a lower id may be later */
	uint64_t pruned;	    /* rows of events that were removed, ever */
};

int db_read_last_run(struct db_reader *r, struct db_last_run *ret);
#define DB_HEALTH_MAX 10000 /* counts end there */

/* What happened after some event, of what is neither synthetic nor unconfirmed. */
struct db_health {
	uint64_t last_id; /* of an event or action; 0: there is none */
	uint64_t uncorrected, deferred, untold;
	uint64_t failed_acts;
	uint64_t lost; /* in all */
};

int db_read_health(struct db_reader *r, uint64_t after, struct db_health *ret);
int db_find_boot(struct db_reader *r, const char *boot, int64_t *ret);
int db_read_facts(struct db_reader *r, struct db_facts *ret);
