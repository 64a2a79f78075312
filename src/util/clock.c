// SPDX-License-Identifier: LGPL-2.1-or-later

#include "util/clock.h"

#include <stdbool.h>
#include <stdio.h>
#include <sys/timex.h>

static struct {
	bool on;
	int64_t boottime_ns, offset_ns;
} pretended;

void clock_pretend(int64_t boottime_ns, int64_t offset_ns)
{
	pretended.on = true;
	pretended.boottime_ns = boottime_ns;
	pretended.offset_ns = offset_ns;
}

int64_t clock_now_ns(clockid_t clock)
{
	struct timespec ts;

	if (pretended.on && clock == CLOCK_BOOTTIME)
		return pretended.boottime_ns;
	if (pretended.on && clock == CLOCK_REALTIME)
		return pretended.boottime_ns + pretended.offset_ns;

	clock_gettime(clock, &ts);
	return ts.tv_sec * NS_PER_SEC + ts.tv_nsec;
}

/*
 * UTC = boot clock + this. The two cannot be read at once, so the boot clock is read
 * before and after and the narrowest of a few such sandwiches wins: well below a
 * microsecond.
 */
int64_t clock_realtime_offset_ns(void)
{
	int64_t best_width = INT64_MAX, best = 0;

	for (int i = 0; i < 3; i++) {
		int64_t before = clock_now_ns(CLOCK_BOOTTIME);
		int64_t utc = clock_now_ns(CLOCK_REALTIME);
		int64_t after = clock_now_ns(CLOCK_BOOTTIME);

		if (after - before < best_width) {
			best_width = after - before;
			best = utc - (before + (after - before) / 2);
		}
	}
	return best;
}

/* 1 if the kernel says that somebody disciplines its clock, else 0. */
int clock_is_synchronized(void)
{
	struct timex tx = { .modes = 0 };

	return adjtimex(&tx) >= 0 && !(tx.status & STA_UNSYNC);
}

static void split(int64_t utc_ns, time_t *ret_sec, long *ret_nsec)
{
	*ret_sec = (time_t)(utc_ns / NS_PER_SEC);
	*ret_nsec = (long)(utc_ns % NS_PER_SEC);
	if (*ret_nsec < 0) {
		*ret_nsec += NS_PER_SEC;
		(*ret_sec)--;
	}
}

/* ISO 8601 in UTC with nanoseconds: 2026-11-20T13:20:04.123456789Z. */
const char *utc_to_text(int64_t utc_ns, char buf[static UTC_TEXT_BYTES])
{
	struct tm tm;
	time_t sec;
	long nsec;
	size_t n;

	split(utc_ns, &sec, &nsec);
	n = strftime(buf, UTC_TEXT_BYTES, "%Y-%m-%dT%H:%M:%S", gmtime_r(&sec, &tm));
	snprintf(buf + n, UTC_TEXT_BYTES - n, ".%09ldZ", nsec);
	return buf;
}

/* For people: local time to the millisecond, 2026-11-20 13:20:04.123. */
const char *utc_to_local_text(int64_t utc_ns, char buf[static UTC_TEXT_BYTES])
{
	struct tm tm;
	time_t sec;
	long nsec;
	size_t n;

	split(utc_ns, &sec, &nsec);
	n = strftime(buf, UTC_TEXT_BYTES, "%Y-%m-%d %H:%M:%S", localtime_r(&sec, &tm));
	snprintf(buf + n, UTC_TEXT_BYTES - n, ".%03ld", nsec / 1000000);
	return buf;
}
