// SPDX-License-Identifier: LGPL-2.1-or-later

/* What every event goes through once it is decoded. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "event/handler.h"
#include "event/json.h"
#include "event/wire.h"
#include "fuzz/fuzz.h"
#include "handlers/table.h"

#define WIRE_BYTES  (512 * 1024)
#define ARENA_BYTES (8 * 1024 * 1024)

/* Reads every byte, so that a sanitizer objects to those that are not ours. */
void fuzz_touch(const void *bytes, size_t len)
{
	static volatile uint8_t sum;

	for (size_t i = 0; i < len; i++)
		sum = (uint8_t)(sum ^ ((const uint8_t *)bytes)[i]);
}

void fuzz_must(int ok)
{
	if (!ok)
		abort();
}

/* A ring that has no room for an event says so, wherever its end is. */
static void encode_where_there_is_no_room(const struct event *event, size_t len)
{
	for (size_t i = 0; i < 8; i++) {
		size_t size = len * i / 8;
		uint8_t *small = malloc(size + 1);

		fuzz_must(small != NULL);
		fuzz_must(event_encode(event, &handlers_table, small, size) == -ENOBUFS);
		free(small);
	}
}

/* Text, JSON, and the wire there and back: the same bytes again. */
void fuzz_use_event(const struct event *event)
{
	static uint8_t first[WIRE_BYTES], second[WIRE_BYTES], room[ARENA_BYTES];
	struct arena arena = { room, sizeof(room), 0 };
	char line[EVENT_TEXT_BYTES] = "";
	struct text text = TEXT_IN(line);
	struct value undecoded;
	struct event again;
	ssize_t len;

	event_describe(event, &text);
	fuzz_must(text.len == strlen(line) && text.len < sizeof(line));
	json_object_put(event_to_json(event));
	if (!event->type)
		return;
	len = event_encode(event, &handlers_table, first, sizeof(first));
	if (len < 0)
		return;
	encode_where_there_is_no_room(event, (size_t)len);
	fuzz_must(event_decode(first, (size_t)len, &handlers_table, &arena, &again,
			       &undecoded) == 0);
	fuzz_must(event_encode(&again, &handlers_table, second, sizeof(second)) == len);
	fuzz_must(!memcmp(first, second, (size_t)len));
}

/* What no handler understands goes through the wire as it came. */
void fuzz_use_unknown(const struct event *event, const void *raw, size_t raw_len)
{
	static uint8_t buf[WIRE_BYTES];
	struct arena arena = { buf, 0, 0 };
	struct value undecoded;
	struct event again;
	ssize_t len = event_encode_unknown(event, raw, raw_len, buf, sizeof(buf));

	if (len < 0)
		return;
	len = event_encode_unknown(event, raw, raw_len, buf, (size_t)len - 1);
	fuzz_must(len == -ENOBUFS);
	len = event_encode_unknown(event, raw, raw_len, buf, sizeof(buf));
	fuzz_must(event_decode(buf, (size_t)len, &handlers_table, &arena, &again,
			       &undecoded) == 0);
	fuzz_must(!again.type && undecoded.len == raw_len &&
		  (!raw_len || !memcmp(undecoded.bytes, raw, raw_len)));
}
