// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * latency ring RING-FILE COUNT RATE
 * latency journal DIRECTORY COUNT RATE
 * latency disk DIRECTORY COUNT RATE
 *
 * One failing read after the other, RATE a second: how long from before it until its row
 * is on disk. "disk" writes 16 KiB over a file that is there and flushes it instead:
 * what the disk itself takes. Prints the microseconds of each, one a line.
 */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "bench/bad_disk.h"
#include "bench/durable.h"
#include "util/clock.h"

#define POLL_NS	    20000
#define GIVE_UP_NS  (5 * NS_PER_SEC)
#define BLOCK_BYTES 16384
#define FILE_BLOCKS 256

struct subject {
	struct bad_disk bad;
	struct durable durable;
	int file_fd; /* of "disk"; otherwise -1 */
	char block[BLOCK_BYTES];
};

static int begin_file(struct subject *subject, const char *directory)
{
	subject->file_fd = open(directory, O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);
	if (subject->file_fd < 0)
		return -errno;
	for (long i = 0; i < FILE_BLOCKS; i++)
		if (pwrite(subject->file_fd, subject->block, BLOCK_BYTES,
			   i * BLOCK_BYTES) != BLOCK_BYTES)
			return -EIO;
	return fsync(subject->file_fd) < 0 ? -errno : 0;
}

static int flush_block(struct subject *subject, long i)
{
	memset(subject->block, (int)i, BLOCK_BYTES);
	if (pwrite(subject->file_fd, subject->block, BLOCK_BYTES,
		   i % FILE_BLOCKS * BLOCK_BYTES) != BLOCK_BYTES)
		return -EIO;
	return fdatasync(subject->file_fd) < 0 ? -errno : 0;
}

static int record_event(struct subject *subject)
{
	struct durable *durable = &subject->durable;
	const struct timespec pause = { .tv_nsec = POLL_NS };
	int64_t began = clock_now_ns(CLOCK_MONOTONIC);
	uint64_t wanted, commits;
	int r = durable_look(durable);

	wanted = durable->events + 1;
	commits = durable->commits;
	if (bad_disk_read(&subject->bad, 1) != 1)
		return -EIO;
	while (r >= 0 && !(durable->idle && durable->events >= wanted &&
			   durable->commits > commits)) {
		nanosleep(&pause, NULL);
		r = durable_look(durable);
		if (clock_now_ns(CLOCK_MONOTONIC) > began + GIVE_UP_NS)
			return -ETIME;
	}
	return r;
}

static int measure(struct subject *subject, long count, long rate)
{
	int64_t next = clock_now_ns(CLOCK_MONOTONIC);

	for (long i = 0; i < count; i++) {
		struct timespec until = { .tv_sec = next / NS_PER_SEC,
					  .tv_nsec = next % NS_PER_SEC };
		int64_t began;
		int r;

		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
		began = clock_now_ns(CLOCK_MONOTONIC);
		r = subject->file_fd >= 0 ? flush_block(subject, i) :
					    record_event(subject);
		if (r < 0)
			return r;
		printf("%.1f\n", (double)(clock_now_ns(CLOCK_MONOTONIC) - began) / 1000);
		next += NS_PER_SEC / rate;
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct subject subject = { .file_fd = -1 };
	int r;

	if (argc != 5 || atol(argv[4]) < 1) {
		fprintf(stderr, "usage: latency ring|journal|disk PATH COUNT RATE\n");
		return 2;
	}
	prctl(PR_SET_TIMERSLACK, 1UL);
	if (!strcmp(argv[1], "disk"))
		r = begin_file(&subject, argv[2]);
	else
		r = bad_disk_open(&subject.bad);
	if (r >= 0 && subject.file_fd < 0)
		r = durable_open(&subject.durable, argv[1], argv[2]);
	r = r < 0 ? r : measure(&subject, atol(argv[3]), atol(argv[4]));
	if (r < 0)
		fprintf(stderr, "latency %s: %s\n", argv[1], strerror(-r));
	return r < 0;
}
