/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What all verbs share: exit codes, the command line, and how to give up. */

#include <stdbool.h>
#include <stdint.h>

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
	const char *db;
	uint64_t lines; /* 0: all */
	bool lines_given;
	bool newest_first;
	const char *type; /* NULL: any */
	enum severity min_severity;
	const char *unit;    /* NULL: any */
	const char *runtime; /* directory; NULL: that of the last run */
	const char *instance;
	const char *tracefs; /* NULL: where this machine has it */
	uint64_t timeout_sec;
	const char *kind;    /* of what is decoded; NULL: it shows */
	const char *section; /* a GUID: type of a bare section; NULL: none */
	uint64_t page_bytes; /* of the machine it came from; 0: not known */
	uint64_t seconds;    /* to record for */
	bool mask, all_log;  /* of what is sent to somebody */
};

struct verb {
	const char *name;
	const char *arguments; /* as the help shows them */
	const char *summary;
	const char *description;
	const char *options; /* letters of those it takes beside the global ones */
	int min_arguments, max_arguments;
	int (*run)(const struct options *options, char **arguments); /* an exit_code */
};

/* The verbs, in the order of the help; NULL ends them. */
extern const struct verb *const verbs[];

int complain(enum exit_code code, const char *fmt, ...) _printf_(2, 3);
