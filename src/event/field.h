/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * A field table names what an event type consists of, once. Extraction from a trace
 * record, SQL columns, JSON keys and text all walk it.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum value_kind {
	VALUE_NONE, /* absent, not valid, not told */
	VALUE_INT,  /* signed or unsigned: the field knows */
	VALUE_TEXT, /* `len` bytes, not always terminated */
	VALUE_BYTES,
	VALUE_KIND_MAX
};

/*
 * A value borrows what it points to: a trace record, the ring, a database row, an arena.
 */
struct value {
	enum value_kind kind;
	uint32_t len;
	union {
		int64_t i;
		const char *text;
		const uint8_t *bytes;
	};
};

enum field_kind {
	FIELD_UINT,
	FIELD_INT,
	FIELD_HEX, /* a number people read in hexadecimal: address, mask, register */
	FIELD_FLAG,
	FIELD_TEXT,
	FIELD_BYTES,
};

struct field {
	const char *name;   /* SQL column and JSON key; NULL: only an input of decode() */
	const char *kernel; /* field of the tracepoint; NULL: decode() makes it */
	enum field_kind kind;
	bool optional; /* some kernels do not have it; absent is then no error */
};

/* What an event has many of: a table of its own with a row per element. */
struct list_type {
	const char *name;  /* JSON key */
	const char *table; /* SQL table */
	const struct field *fields;
	size_t n_fields;
};

static inline struct value value_int(int64_t i)
{
	return (struct value){ .kind = VALUE_INT, .i = i };
}

static inline struct value value_uint(uint64_t u)
{
	return (struct value){ .kind = VALUE_INT, .i = (int64_t)u };
}

static inline struct value value_bytes(const void *bytes, size_t len)
{
	return (struct value){ .kind = VALUE_BYTES,
			       .len = (uint32_t)len,
			       .bytes = bytes };
}

static inline struct value value_text_of(const char *text, size_t len)
{
	return (struct value){ .kind = VALUE_TEXT, .len = (uint32_t)len, .text = text };
}

/* NULL makes an absent value. */
struct value value_text(const char *text);

static inline uint64_t value_as_uint(const struct value *value)
{
	return value->kind == VALUE_INT ? (uint64_t)value->i : 0;
}
