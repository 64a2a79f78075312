/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The act process: takes an order from capture, carries it out, reports. One at a time,
 * over a seqpacket socket; whatever it is stuck in, capture is not.
 */

#include <stdbool.h>
#include <stdint.h>

#include "act/actuator.h"
#include "locate/victims.h"

#define ORDER_PFNS_MAX	   32
#define REPORT_VICTIMS_MAX 32

enum order_kind {
	ORDER_ACT,	    /* policy/: a page or a unit */
	ORDER_FIND_VICTIMS, /* who had these pages? */
	ORDER_FIND_UNIT,    /* whose main process was this? */
};

struct act_order {
	int32_t kind; /* enum order_kind */
	int32_t tid;  /* ORDER_FIND_UNIT */
	struct policy_act act;
	uint32_t n_pfns;
	uint32_t again; /* ORDER_FIND_VICTIMS: an act process has died over it */
	uint64_t token; /* given back with the report */
	int64_t event_boottime_ns; /* ORDER_FIND_UNIT: what happened to it then */
	uint64_t pfns[ORDER_PFNS_MAX];
};

struct act_report {
	int32_t kind;
	int32_t error; /* ORDER_FIND_*: negative errno */
	uint64_t token;
	uint64_t id; /* ORDER_ACT: policy_act.id */
	struct act_effect effect;
	int32_t tid;
	uint32_t n_victims;
	uint32_t more;	   /* another report about this order follows */
	int32_t delegated; /* ORDER_FIND_UNIT: it may have been below the unit's own group
			    */
	int64_t look_ns;   /* ORDER_FIND_VICTIMS: boot time at which looking began */
	char unit[POLICY_UNIT_BYTES]; /* ORDER_FIND_UNIT; "": none */
	char invocation[POLICY_INVOCATION_BYTES + 7];
	struct victim victims[REPORT_VICTIMS_MAX];
};

struct act_options {
	const char *sysfs, *proc;
	const char *no_act;	     /* a file: while it exists nothing is done */
	uint64_t page_size;	     /* bytes */
	int socket_fd;		     /* its end is our end */
	const char *systemd_address; /* as in struct actuator; NULL: systemd's own */
};

/* Whether the file is there that keeps the hands still, or may be. */
bool act_is_paused(const char *no_act);

/* The whole life of the act process. Returns its exit status. */
int act_run(const struct act_options *options);
