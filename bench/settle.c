// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * settle ring RING-FILE TYPE EVENTS [PID]
 * settle journal DIRECTORY - EVENTS [PID]
 *
 * Lets PID go on (SIGCONT) and waits until so many more events are on disk, or until all
 * that came is there and nothing more has come for two seconds. Prints how many came,
 * after how many seconds the last was on disk, and in how many commits. What is on its
 * way has a minute to get there: a disk that stalls is slow, it is not done.
 */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench/durable.h"
#include "util/clock.h"

#define POLL_NS	   500000
#define PATIENT_NS (2 * NS_PER_SEC)
#define STALL_NS   (60 * NS_PER_SEC)
#define QUIET_NS   (30 * NS_PER_MSEC) /* events count before they are published */

/* How long the next commit is waited for. */
static int64_t patience(const struct durable *durable, uint64_t before, uint64_t wanted)
{
	if (!durable->idle || durable->events == before)
		return STALL_NS;
	return durable->events >= before + wanted ? QUIET_NS : PATIENT_NS;
}

static int settle(struct durable *durable, uint64_t wanted, int pid)
{
	const struct durable before = *durable;
	const struct timespec pause = { .tv_nsec = POLL_NS };
	int64_t began = clock_now_ns(CLOCK_MONOTONIC), last = began, now = began;
	uint64_t commits = durable->commits;
	int r;

	if (pid && kill(pid, SIGCONT) < 0)
		return -errno;
	while (now < last + patience(durable, before.events, wanted)) {
		nanosleep(&pause, NULL);
		r = durable_look(durable);
		if (r < 0)
			return r;
		now = clock_now_ns(CLOCK_MONOTONIC);
		if (durable->commits != commits)
			last = now;
		commits = durable->commits;
	}
	if (patience(durable, before.events, wanted) == STALL_NS)
		return -ETIME;
	printf("%llu %.6f %llu\n", (unsigned long long)(durable->events - before.events),
	       (double)(last - began) / NS_PER_SEC,
	       (unsigned long long)(commits - before.commits));
	return 0;
}

int main(int argc, char **argv)
{
	struct durable durable;
	int r;

	if (argc < 5) {
		fprintf(stderr, "usage: settle ring|journal PATH TYPE EVENTS [PID]\n");
		return 2;
	}
	if (durable_open(&durable, argv[1], argv[2]) < 0) {
		perror(argv[2]);
		return 1;
	}
	durable.type = argv[3];
	r = durable_look(&durable);
	if (r >= 0)
		r = settle(&durable, strtoull(argv[4], NULL, 10),
			   argc > 5 ? atoi(argv[5]) : 0);
	if (r < 0)
		fprintf(stderr, "settle: %s: %s\n", argv[2], strerror(-r));
	return r < 0;
}
