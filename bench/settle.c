// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * settle ring RING-FILE TYPE EVENTS [PID]
 * settle journal DIRECTORY - EVENTS [PID]
 *
 * Lets PID go on (SIGCONT) and waits until so many more events are on disk, or until
 * nothing has come for two seconds. Prints how many came, after how many seconds the last
 * was on disk, and in how many commits.
 */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench/durable.h"
#include "util/clock.h"

#define POLL_NS	   500000
#define PATIENT_NS (2 * NS_PER_SEC)
#define QUIET_NS   (30 * NS_PER_MSEC) /* events count before they are published */

static bool is_done(const struct durable *durable, uint64_t events)
{
	return durable->idle && durable->events >= events;
}

static int settle(struct durable *durable, uint64_t wanted, int pid)
{
	const struct durable before = *durable;
	const struct timespec pause = { .tv_nsec = POLL_NS };
	int64_t began = clock_now_ns(CLOCK_MONOTONIC), last = began, now = began;
	uint64_t commits = durable->commits;

	if (pid && kill(pid, SIGCONT) < 0)
		return -1;
	while (now < last + (is_done(durable, before.events + wanted) ? QUIET_NS :
									PATIENT_NS)) {
		nanosleep(&pause, NULL);
		if (durable_look(durable) < 0)
			return -1;
		now = clock_now_ns(CLOCK_MONOTONIC);
		if (durable->commits != commits)
			last = now;
		commits = durable->commits;
	}
	printf("%llu %.6f %llu\n", (unsigned long long)(durable->events - before.events),
	       (double)(last - began) / NS_PER_SEC,
	       (unsigned long long)(commits - before.commits));
	return 0;
}

int main(int argc, char **argv)
{
	struct durable durable;

	if (argc < 5) {
		fprintf(stderr, "usage: settle ring|journal PATH TYPE EVENTS [PID]\n");
		return 2;
	}
	if (durable_open(&durable, argv[1], argv[2]) < 0) {
		perror(argv[2]);
		return 1;
	}
	durable.type = argv[3];
	if (durable_look(&durable) < 0 ||
	    settle(&durable, strtoull(argv[4], NULL, 10), argc > 5 ? atoi(argv[5]) : 0)) {
		fprintf(stderr, "settle: %s went away\n", argv[2]);
		return 1;
	}
	return 0;
}
