/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Sections of vendors, built from their layouts: no machine here sends any. Each place
 * says what is put where, and as what it has to come back.
 */

#include <stddef.h>
#include <stdint.h>

#include "cper/section.h"
#include "event/event.h"

#define VENDOR_BYTES_MAX 512

struct place {
	size_t at, width;
	uint64_t value;	    /* 0: of a register, some that no other has */
	const char *column; /* of the event, or */
	const char *reg;    /* of the list of registers by name; neither: nothing */
	unsigned int valid; /* 1 + the bit of the validity word; 0: always told */
	const char *text;   /* what `text_column` then has */
	const char *text_column;
};

struct vendor_case {
	const char *what;
	const char *type;
	struct guid guid;
	size_t len;
	size_t valid_width; /* bytes of the validity word, which has the places' bits */
	const struct place *places;
	size_t n_places;
	const char *signature; /* a text of 16 bytes, at: */
	size_t signature_at;
	enum component component;
	const char *device;
	const char *words; /* at a severity of "corrected" */
};

extern const struct vendor_case vendor_cases[];
extern const size_t n_vendor_cases;

uint64_t place_value(const struct place *place);
void put_place(uint8_t *bytes, const struct place *place);
void vendor_bytes(const struct vendor_case *vendor,
		  uint8_t bytes[static VENDOR_BYTES_MAX]);
void vendor_sample(const char *type, struct arena *arena, struct event *event);
