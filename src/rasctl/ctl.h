/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What all verbs share: exit codes, the command line, and how to give up. */

#include <stdbool.h>
#include <stdint.h>

#include "db/reader.h"
#include "event/kinds.h"
#include "util/macro.h"

enum exit_code {
	CTL_OK,
	CTL_FAILED,
	CTL_USAGE,
	CTL_NO_DATABASE, /* not there, not ours, not readable */
	CTL_NO_EVENT,
	CTL_TIMED_OUT,
};

struct output_ops;

struct options {
	const struct output_ops *format;
	bool format_given;
	bool no_pager;
	const char *db;
	uint64_t lines; /* 0: all */
	bool lines_given;
	bool newest_first;
	bool all;			 /* what another source told of as well, too */
	const char *types[DB_TYPES_MAX]; /* NULL behind the last; none: any */
	unsigned int severities, components; /* bits; 0: any */
	int64_t since_ns, until_ns;	     /* UTC; 0: no limit */
	const char *boot;		     /* as db_find_boot() takes it; NULL: any */
	const char *unit;		     /* NULL: any */
	const char *dimm, *device;
	uint64_t page; /* an address in it */
	bool page_given, cpu_given;
	int32_t cpu;
	bool follow, show_cursor;
	const char *after_cursor, *cursor_file;
	enum db_by by;
	bool by_given;
	bool for_npd;	     /* node-problem-detector's exit codes, not those of Nagios */
	const char *runtime; /* directory; NULL: that of the last run */
	const char *instance;
	const char *tracefs; /* NULL: where this machine has it */
	uint64_t timeout_sec;
	const char *kind;    /* of what is decoded; NULL: it shows */
	const char *section; /* a GUID: type of a bare section; NULL: none */
	uint64_t page_bytes; /* of the machine it came from; 0: not known */
	uint64_t seconds;    /* to record for */
	bool mask, all_log;  /* of what is sent to somebody */
	const char *keep_days, *keep_events, *keep_size; /* NULL: not given */
	bool dry_run;
};

struct verb {
	const char *name;
	const char *arguments; /* as the help shows them */
	const char *summary;
	const char *description;
	const char *options; /* letters of those it takes beside the global ones */
	bool is_paged;	     /* its tables may be longer than a screen */
	int min_arguments, max_arguments;
	int (*run)(const struct options *options, char **arguments); /* an exit_code */
};

/* The verbs, in the order of the help; NULL ends them. */
extern const struct verb *const verbs[];

int complain(enum exit_code code, const char *fmt, ...) _printf_(2, 3);
