/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Whose a thread is: its process, user and systemd unit, while /proc still knows. */

#include <stdint.h>

#define UNIT_BYTES 256

struct process {
	int32_t tgid;
	int64_t uid;
	char unit[UNIT_BYTES]; /* "" if it is in none */
};

int process_find(int proc_fd, int32_t tid, int64_t seen_boottime_ns, struct process *ret);
