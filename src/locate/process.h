/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Whose a thread is: its process, user and systemd unit, while /proc still knows. */

#include <stdbool.h>
#include <stdint.h>

#include "locate/cgroup.h"

#define INVOCATION_BYTES 33
#define SYSTEMD_UNITS	 "/run/systemd/units"

struct process {
	int32_t tgid;
	int64_t uid;
	int64_t start_ns; /* boot time at which the process (not the thread) began */
	char cgroup[CGROUP_BYTES];  /* the thread's; as in struct cgroup */
	char unit[UNIT_BYTES];	    /* "" if it is in none */
	char user_unit[UNIT_BYTES]; /* "" if it is in none */
	bool is_unit;		    /* it is in the unit's own control group, not below */
	char invocation[INVOCATION_BYTES]; /* the unit's, 32 hex digits; "": not known */
};

int process_start(int dirfd, const char *path, int64_t *ret_ns);
int process_find(int proc_fd, const char *units, int32_t tid, int64_t seen_boottime_ns,
		 struct process *ret);
