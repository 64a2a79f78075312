/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A record of a format, whose fields are set by the kernel's names. */

#include "unit/check.h"
#include "unit/fixtures.h"

#define PAGE 4096

struct way {
	struct tracepoint *tp;
	struct raw raw;
	struct decoded decoded;
	const struct event *event;
};

static inline void begin(struct way *way, const struct format *format)
{
	*way = (struct way){ .tp = resolve(format) };
	way->event = &way->decoded.event;
	raw_example(format, &way->raw);
}

static inline void decode(struct way *way)
{
	decoded_free(&way->decoded);
	assert_int_equal(
		decode_bytes(way->tp, way->raw.bytes, way->raw.len, PAGE, &way->decoded),
		1);
}

static inline const struct field_place *place_of(const struct way *way,
						 const char *kernel)
{
	const struct event_type *type = way->tp->handler->type;

	for (size_t i = 0; i < type->n_fields; i++)
		if (type->fields[i].kernel && !strcmp(type->fields[i].kernel, kernel))
			return &way->tp->places[i];
	fail_msg("%s has no field %s", type->name, kernel);
	return NULL;
}

static inline void put(struct way *way, const char *kernel, uint64_t value)
{
	const struct field_place *place = place_of(way, kernel);

	raw_put(&way->raw, place->offset, value, place->size);
}

static inline void end(struct way *way)
{
	decoded_free(&way->decoded);
	tracepoint_free(way->tp);
}
