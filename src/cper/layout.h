/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Sections of vendors are structs of little-endian numbers at fixed places, some of which
 * a bit of a validity word says are told, and often registers behind them. So a vendor's
 * decoder is a table of places, and this reads it. No place is believed to be there.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cper/section.h"
#include "event/event.h"
#include "util/arena.h"
#include "util/macro.h"

/* Words for the numbers from 0; NULL: nobody says what it is. */
struct layout_words {
	const char *const *words;
	size_t n;
};

#define LAYOUT_WORDS(array)                \
	{                                  \
		(array), ARRAY_SIZE(array) \
	}

struct layout_field {
	uint16_t column;       /* of the event */
	uint16_t at;	       /* bytes from the section's start */
	uint8_t width;	       /* bytes, up to 8 */
	uint8_t shift, n_bits; /* a part of the number; no bits: all of it */
	uint64_t valid; /* the bits of the validity word that say it is told; 0: always */
	uint16_t text;	/* the column for its word; 0: none */
	const struct layout_words *words;
};

struct layout_register {
	const char *name;
	uint16_t at;
	uint8_t width;
	uint64_t valid;
};

/* Numbers that follow each other; their names are "reg0", "reg1" … */
struct layout_dump {
	size_t at;
	uint8_t width;
	uint64_t n; /* as the section claims */
};

struct layout {
	size_t size;	     /* of the part that is always there */
	size_t least;	     /* less than that says nothing at all */
	uint8_t valid_width; /* of the validity word at its start; 0: none */
	uint16_t severity;   /* column, see layout_severity(); 0: none */
	const struct layout_field *fields;
	size_t n_fields;
	const struct layout_register *registers;
	size_t n_registers;
};

/* A section that is being read. */
struct layout_body {
	const uint8_t *bytes;
	size_t len;
	uint64_t valid; /* its validity word */
	size_t end;	/* what lies before is in the event */
	bool cut;	/* something that should be there is not */
};

enum { LAYOUT_REGISTER_NAME, LAYOUT_REGISTER_VALUE, LAYOUT_REGISTER_FIELDS };

/* A list type of registers by name. */
#define LAYOUT_REGISTERS(table_)                                                        \
	{                                                                               \
		.name = "registers", .table = table_, .fields = layout_register_fields, \
		.n_fields = LAYOUT_REGISTER_FIELDS                                      \
	}

extern const struct field layout_register_fields[LAYOUT_REGISTER_FIELDS];
extern const struct layout_words layout_severities; /* as CPER numbers them */

bool layout_read(struct layout_body *body, size_t at, size_t width, uint64_t *ret);
const char *layout_word(const struct layout_words *words, uint64_t number);
int layout_begin(const struct layout *layout, const struct cper_section *section,
		 struct arena *arena, struct event *event, struct layout_body *ret);
int layout_registers_fill(const struct layout *layout, const struct layout_dump *dump,
			  struct layout_body *body, size_t list, struct arena *arena,
			  struct event *event);
void layout_end(const struct layout_body *body, size_t undecoded, struct event *event);
void layout_set_text(struct value *value, const struct text *text, struct arena *arena);
