// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Real events, as fast as this kernel makes them:
 *
 *   feed block COUNT THREADS    reads of a disk that fail, on so many CPUs
 *   feed signal COUNT THREADS   SIGBUS that a thread sends itself
 *
 * Prints how many there were, in how many seconds, and of which device.
 */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bench/bad_disk.h"
#include "util/clock.h"

#define THREADS_MAX 64

struct feeder {
	pthread_t thread;
	const struct bad_disk *disk; /* NULL: signals */
	int cpu;
	long count, made;
};

static long send_signals(long count)
{
	siginfo_t info = { .si_signo = SIGBUS };
	long sent = 0;

	info.si_code = BUS_MCEERR_AR;
	for (long i = 0; i < count; i++)
		sent += syscall(SYS_rt_tgsigqueueinfo, getpid(), gettid(), SIGBUS,
				&info) == 0;
	return sent;
}

static void *feed(void *argument)
{
	struct feeder *feeder = argument;
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(feeder->cpu, &cpus);
	sched_setaffinity(0, sizeof(cpus), &cpus); /* best effort: one ring each */
	feeder->made = feeder->disk ? bad_disk_read(feeder->disk, feeder->count) :
				      send_signals(feeder->count);
	return NULL;
}

static long feed_all(const struct bad_disk *disk, long count, int threads)
{
	struct feeder feeders[THREADS_MAX] = { 0 };
	long made = 0;

	for (int i = 0; i < threads; i++) {
		struct feeder *feeder = &feeders[i];

		feeder->disk = disk;
		feeder->cpu = i;
		feeder->count = count / threads + (i < count % threads);
		if (pthread_create(&feeder->thread, NULL, feed, feeder))
			feeder->count = 0;
	}
	for (int i = 0; i < threads; i++) {
		if (feeders[i].count)
			pthread_join(feeders[i].thread, NULL);
		made += feeders[i].made;
	}
	return made;
}

int main(int argc, char **argv)
{
	struct bad_disk disk = { .number = -1 };
	bool block = argc == 4 && !strcmp(argv[1], "block");
	int threads = argc == 4 ? atoi(argv[3]) : 0;
	int64_t began;
	long made;
	int r;

	if (threads < 1 || threads > THREADS_MAX ||
	    (!block && strcmp(argv[1], "signal"))) {
		fprintf(stderr, "usage: feed block|signal COUNT THREADS\n");
		return 2;
	}
	signal(SIGBUS, SIG_IGN); /* what is sent is recorded before it is ignored */
	r = block ? bad_disk_open(&disk) : 0;
	if (r < 0) {
		fprintf(stderr, "no bad disk: %s\n", strerror(-r));
		return 1;
	}
	began = clock_now_ns(CLOCK_MONOTONIC);
	made = feed_all(block ? &disk : NULL, atol(argv[2]), threads);
	printf("%ld %.6f loop%d\n", made,
	       (double)(clock_now_ns(CLOCK_MONOTONIC) - began) / NS_PER_SEC, disk.number);
	return 0;
}
