// SPDX-License-Identifier: LGPL-2.1-or-later

#include "sources/kmsg.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "util/clock.h"
#include "util/macro.h"

/* The kernel's limit on a record as text, CONSOLE_EXT_LOG_MAX: escaped, with its
 * KEY=value lines. A shorter buffer would cost us the whole record. */
#define RECORD_BYTES 8192

/* How often the log may overtake us in one call. */
#define TRIES_MAX 8

/*
 * Opens the kernel's log, to be read from record `next_seq` on; 0: from the oldest there
 * is. Sequence numbers begin anew at each boot: one of another boot is not for here.
 * Call kmsg_close() afterwards, also on failure.
 */
int kmsg_open(struct kmsg *kmsg, const char *path, uint64_t next_seq)
{
	*kmsg = (struct kmsg){ .fd = -1, .next_seq = next_seq };
	kmsg->fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (kmsg->fd < 0)
		return -errno;
	/* /dev/kmsg begins with the oldest record as it is */
	return 0;
}

void kmsg_close(struct kmsg *kmsg)
{
	close_fd(kmsg->fd);
	kmsg->fd = -1;
}

/* --- one record's text --- */

/* What is left to parse. */
struct cursor {
	const char *at, *end;
};

static bool take_number(struct cursor *cursor, uint64_t max, uint64_t *ret)
{
	const char *start = cursor->at;
	uint64_t n = 0;

	for (; cursor->at < cursor->end && *cursor->at >= '0' && *cursor->at <= '9';
	     cursor->at++) {
		uint64_t digit = (uint64_t)(*cursor->at - '0');

		if (n > (max - digit) / 10)
			return false;
		n = n * 10 + digit;
	}
	*ret = n;
	return cursor->at > start;
}

static bool take_comma(struct cursor *cursor)
{
	return cursor->at < cursor->end && *cursor->at++ == ',';
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

/* One byte of the text; the kernel escapes what is not printable, and "\" itself. */
static char take_byte(struct cursor *cursor)
{
	const char *at = cursor->at;

	if (cursor->end - at >= 4 && at[0] == '\\' && at[1] == 'x' &&
	    hex_digit(at[2]) >= 0 && hex_digit(at[3]) >= 0) {
		cursor->at += 4;
		return (char)(hex_digit(at[2]) << 4 | hex_digit(at[3]));
	}
	cursor->at++;
	return *at;
}

/* Up to the first newline: KEY=value lines follow, and nobody here needs them. */
static void take_text(struct cursor *cursor, struct kmsg_record *record)
{
	record->len = 0;
	while (cursor->at < cursor->end && *cursor->at != '\n' &&
	       record->len < sizeof(record->text) - 1)
		record->text[record->len++] = take_byte(cursor);
	record->text[record->len] = '\0';
}

/*
 * "prefix,seq,usec,flags[,…];text": the flags may tell of a fragment or of the caller,
 * newer kernels may add more. Text beyond KMSG_TEXT_BYTES is left out. `ret` is untouched
 * on failure.
 */
int kmsg_parse(const char *bytes, size_t len, int64_t mono_to_boot_ns,
	       struct kmsg_record *ret)
{
	struct cursor cursor = { bytes, bytes + len };
	uint64_t prefix, seq, usec;
	const char *semicolon;
	int64_t boottime_ns;

	if (!take_number(&cursor, UINT32_MAX, &prefix) || !take_comma(&cursor) ||
	    !take_number(&cursor, UINT64_MAX, &seq) || !take_comma(&cursor) ||
	    !take_number(&cursor, INT64_MAX / 1000, &usec) || !take_comma(&cursor))
		return -EBADMSG;
	semicolon = memchr(cursor.at, ';', (size_t)(cursor.end - cursor.at));
	if (!semicolon || memchr(cursor.at, '\n', (size_t)(semicolon - cursor.at)) ||
	    __builtin_add_overflow((int64_t)usec * 1000, mono_to_boot_ns, &boottime_ns))
		return -EBADMSG;
	cursor.at = semicolon + 1;
	ret->seq = seq;
	ret->boottime_ns = boottime_ns;
	ret->facility = (unsigned int)(prefix >> 3);
	ret->level = (unsigned int)(prefix & 7);
	take_text(&cursor, ret);
	return 0;
}

/* --- record after record --- */

/* The log's clock stands while the machine sleeps and is no more exact than its CPU's. */
static int parse_now(const char *bytes, size_t len, struct kmsg_record *ret)
{
	int64_t now = clock_now_ns(CLOCK_BOOTTIME);
	int r = kmsg_parse(bytes, len, now - clock_now_ns(CLOCK_MONOTONIC), ret);

	if (r == 0)
		ret->boottime_ns = MIN(ret->boottime_ns, now);
	return r;
}

/* Moves the position behind a record, and counts those that were gone before it. */
static void count(struct kmsg *kmsg, uint64_t seq)
{
	if (kmsg->next_seq && seq > kmsg->next_seq)
		kmsg->lost += seq - kmsg->next_seq;
	kmsg->next_seq = seq + 1;
}

/*
 * -EBADMSG: there was a record that cannot be understood; the one behind it can be read.
 * `ret` is untouched unless the result is 1. A position in the future stays there: the
 * records before it are read and left out.
 */
int kmsg_read(struct kmsg *kmsg, struct kmsg_record *ret)
{
	char bytes[RECORD_BYTES];
	unsigned int tries = 0;
	struct kmsg_record record;

	for (;;) {
		ssize_t n = read(kmsg->fd, bytes, sizeof(bytes));
		int r;

		if (n < 0 && errno == EAGAIN)
			return 0;
		/* overwritten before it was read: the next one's number tells how many */
		if (n < 0 && (errno == EPIPE || errno == EINTR) && ++tries < TRIES_MAX)
			continue;
		if (n < 0)
			return errno == EPIPE ? 0 : -errno;
		if (n == 0)
			return 0;
		r = parse_now(bytes, (size_t)n, &record);
		if (r < 0)
			return r;
		if (record.seq < kmsg->next_seq)
			continue;
		count(kmsg, record.seq);
		*ret = record;
		return 1;
	}
}
