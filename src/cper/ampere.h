/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Ampere's error records: what failed (type, subtype, instance, socket), and a payload of
 * registers in one of a few layouts. Altra and AmpereOne each have a form of their own.
 * They come as sections, and AmpereOne's also behind the contexts of an ARM record.
 */

#include "cper/layout.h"

#define AMPERE_SUBTYPE_BYTES 24

enum ampere_chip { AMPERE_ALTRA, AMPERE_ONE, AMPERE_CHIP_MAX };

struct ampere_record {
	enum ampere_chip chip;
	unsigned int payload; /* which layout */
	unsigned int type, subtype, instance, socket;
	int severity; /* as AmpereOne numbers it, which nobody documents; -1: not told */
	int core;     /* within its socket; -1: it is not about a core */
	const char *chip_name;
	const char *type_name;			 /* NULL: not known */
	char subtype_name[AMPERE_SUBTYPE_BYTES]; /* empty: not known */
	enum component component;
	const struct layout *layout; /* its registers; NULL: the payload is not known */
};

/* The rows of a list of an ARM event. */
enum { AMPERE_ROW_NAME, AMPERE_ROW_VALUE, AMPERE_ROW_TEXT, AMPERE_ROW_FIELDS };

extern const struct field ampere_row_fields[AMPERE_ROW_FIELDS];

int ampere_parse(enum ampere_chip chip, const uint8_t *bytes, size_t len,
		 struct ampere_record *ret);
bool ampere_status(const struct ampere_record *record, struct layout_body *body,
		   uint64_t *ret);
int ampere_rows_fill(uint64_t midr, const uint8_t *bytes, size_t len, size_t list,
		     struct arena *arena, struct event *event);
