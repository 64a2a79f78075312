/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Sections as tables: which column a number goes to, where it lies, and which validation
 * bit says that it means something. All little-endian.
 */

#include <stddef.h>
#include <stdint.h>

#include "cper/section.h"
#include "util/arena.h"

#define CPER_ALWAYS 64 /* no validation bit: it means something wherever it is */

struct cper_field {
	uint8_t column;
	uint8_t valid; /* number of its validation bit, or CPER_ALWAYS */
	uint8_t width; /* bytes: 1, 2, 3, 4 or 8 */
	uint16_t offset;
};

void cper_fields_fill(const struct cper_field *fields, size_t n,
		      const struct cper_section *section, uint64_t valid,
		      struct event *event);
void cper_text_fill(const struct cper_section *section, size_t column, size_t offset,
		    size_t max, struct event *event);
void cper_bytes_fill(const struct cper_section *section, size_t column, size_t offset,
		     size_t len, struct event *event);

struct value cper_bit_words(uint64_t bits, const char *const *words, size_t n,
			    struct arena *arena);
struct value cper_word(const char *const *words, size_t n, const struct value *number);
