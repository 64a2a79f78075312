// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Input: u16 where to cut the rest in two; each part is a sub-buffer that a process left
 * in the landing area, of any size and ending where the area ends.
 */

#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "sources/reader.h"
#include "unit/fixtures.h"
#include "util/bytes.h"

#define AREA_BYTES (256 * 1024)

static uint8_t *landing;

static struct trace_reader *make_reader(void)
{
	static struct trace_instance instance;
	char *directory = make_temp_directory();
	struct trace_reader *reader;
	const char *used;
	int error;

	fake_tracefs(directory);
	fake_instance(directory, "fuzz", 1);
	fuzz_must(trace_directory_use(directory, &used) == 0);
	fuzz_must(trace_instance_open("fuzz", RING_HARDWARE, &instance) == 0);
	landing = calloc(1, LANDING_HEADS_BYTES + AREA_BYTES);
	reader = trace_reader_new(landing, LANDING_HEADS_BYTES + AREA_BYTES, &error);
	fuzz_must(landing && reader);
	fuzz_must(trace_reader_add(reader, &instance, &(unsigned int){ 0 }, 1) == 0);
	remove_tree(directory); /* the descriptors stay */
	return reader;
}

static void leave(const uint8_t *bytes, size_t size, size_t at)
{
	struct landing *head = (struct landing *)landing;

	head->slots[head->n_slots++] = (struct landing_slot){ .ring = RING_HARDWARE,
							      .at = (uint32_t)at,
							      .size = (uint32_t)size };
	if (size)
		memcpy(landing + LANDING_HEADS_BYTES + at, bytes, size);
}

struct bounds {
	const uint8_t *from, *to;
	size_t n;
};

static void take(void *userdata, const struct trace_record *record)
{
	struct bounds *bounds = userdata;

	fuzz_must(record->bytes >= bounds->from && record->bytes <= bounds->to);
	fuzz_must(record->len <= (size_t)(bounds->to - record->bytes));
	fuzz_touch(record->bytes, record->len);
	fuzz_must(bounds->n++ < AREA_BYTES / 4); /* an entry takes four bytes */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct trace_reader *reader;
	struct bounds bounds;
	size_t cut, at;

	if (size < 2 || size > 2 * 65536)
		return 0;
	if (!reader)
		reader = make_reader();
	cut = load_le16(data);
	data += 2;
	size -= 2;
	cut = cut < size ? cut : size;
	at = AREA_BYTES - size;
	leave(data, cut, at);
	leave(data + cut, size - cut, at + cut);
	bounds = (struct bounds){ landing + LANDING_HEADS_BYTES + at,
				  landing + LANDING_HEADS_BYTES + AREA_BYTES, 0 };
	trace_reader_walk(reader, take, &bounds);
	trace_reader_done(reader);
	return 0;
}
