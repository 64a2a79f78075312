// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * What it costs to make an event of a trace record: extraction by the kernel's format,
 * decode(), and the bytes for the ring to the database. Records are those that a real
 * arm64 kernel gave (tests/golden/KERNEL/NAME.raw).
 *
 *	decode DIRECTORY NAME TRACEPOINT ROUNDS
 *
 * Prints the nanoseconds of one record, or what one round does under callgrind.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "event/wire.h"
#include "handlers/table.h"
#include "sources/subbuffer.h"
#include "unit/fixtures.h"

#define ARENA_BYTES   (1024 * 1024) /* as the daemon's */
#define MESSAGE_BYTES (512 * 1024)

static uint8_t message[MESSAGE_BYTES];

/* valgrind --toggle-collect=bench_one_record */
__attribute__((noinline)) ssize_t bench_one_record(const struct tracepoint *tp,
						   const uint8_t *bytes, size_t len,
						   struct arena *arena);

__attribute__((noinline)) ssize_t bench_one_record(const struct tracepoint *tp,
						   const uint8_t *bytes, size_t len,
						   struct arena *arena)
{
	struct record record = { .symbols = tp->symbols,
				 .page_size = 4096,
				 .arena = arena,
				 .handlers = &handlers_table };
	struct event event;

	arena_reset(arena);
	if (tracepoint_extract(tp, bytes, len, &event) < 0 ||
	    tp->handler->decode(&record, &event) <= 0)
		return -1;
	return event_encode(&event, &handlers_table, message, sizeof(message));
}

static struct tracepoint *load(const char *directory, const char *name)
{
	char path[4096];
	size_t len;
	uint8_t *text;
	int error;

	snprintf(path, sizeof(path), "%s/format/%s", directory, name);
	text = read_whole(path, &len);
	return text && handler_for(name) ?
		       resolve_text(handler_for(name), name, (char *)text, &error) :
		       NULL;
}

/* The first record of the tracepoint. */
static const uint8_t *find(const uint8_t *raw, size_t raw_len,
			   const struct tracepoint *tp, size_t *ret_len)
{
	struct subbuffer subbuffer;
	const uint8_t *record;
	uint64_t ts;

	if (!raw || subbuffer_open(raw, raw_len, &subbuffer) < 0)
		return NULL;
	while (subbuffer_next(&subbuffer, &record, ret_len, &ts)) {
		uint16_t id;

		memcpy(&id, record, sizeof(id));
		if (id == tp->id)
			return record;
	}
	return NULL;
}

int main(int argc, char **argv)
{
	struct arena arena = { malloc(ARENA_BYTES), ARENA_BYTES, 0 };
	long rounds = argc == 5 ? atol(argv[4]) : 0;
	struct timespec begin, end;
	struct tracepoint *tp;
	const uint8_t *record, *raw;
	size_t len, raw_len;
	ssize_t bytes = 0;
	char path[4096];

	if (rounds <= 0) {
		fprintf(stderr, "Usage: decode DIRECTORY NAME TRACEPOINT ROUNDS\n");
		return 2;
	}
	tp = load(argv[1], argv[3]);
	snprintf(path, sizeof(path), "%s/%s.raw", argv[1], argv[2]);
	raw = read_whole(path, &raw_len);
	record = tp ? find(raw, raw_len, tp, &len) : NULL;
	if (!record) {
		fprintf(stderr, "no record of %s in %s\n", argv[3], path);
		return 1;
	}
	clock_gettime(CLOCK_MONOTONIC, &begin);
	for (long i = 0; i < rounds && bytes >= 0; i++)
		bytes = bench_one_record(tp, record, len, &arena);
	clock_gettime(CLOCK_MONOTONIC, &end);
	if (bytes < 0)
		return 1;
	printf("%.0f ns, %zu bytes in, %zd bytes to the ring\n",
	       ((double)(end.tv_sec - begin.tv_sec) * 1e9 +
		(double)(end.tv_nsec - begin.tv_nsec)) /
		       (double)rounds,
	       len, bytes);
	return 0;
}
