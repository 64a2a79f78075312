/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Text: a string that is built in a buffer of known size, and numbers read from strings.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/macro.h"

/*
 * A string under construction in somebody else's buffer. It is always terminated; what
 * does not fit is cut and remembered in `cut`, so that builders need no error paths.
 */
struct text {
	char *at;
	size_t size;
	size_t len;
	bool cut;
};

#define TEXT_IN(array) ((struct text){ .at = (array), .size = sizeof(array) })

void text_add(struct text *text, const char *fmt, ...) _printf_(2, 3);
void text_add_escaped(struct text *text, const char *bytes, size_t len);
void text_add_hex(struct text *text, const void *bytes, size_t len);

void copy_text(char *to, size_t size, const char *from);

int parse_uint64(const char *s, uint64_t *ret);
int parse_size(const char *s, uint64_t *ret_bytes);
int parse_bool(const char *s, bool *ret);
