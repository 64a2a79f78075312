/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * A section of a UEFI error record, wherever it came from: a tracepoint, BERT, ERST, a
 * file. Which handler takes it goes by its type's GUID; what nobody knows stays raw.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event/event.h"
#include "event/guid.h"
#include "event/handler.h"

/* Section descriptor flags, UEFI table N.3; a generic data entry has the low 8 of them.
 */
enum cper_section_flag {
	CPER_PRIMARY = 1 << 0,
	CPER_CONTAINMENT_WARNING = 1 << 1,
	CPER_RESET = 1 << 2,
	CPER_THRESHOLD_EXCEEDED = 1 << 3,
	CPER_NOT_ACCESSIBLE = 1 << 4,
	CPER_LATENT = 1 << 5,
	CPER_PROPAGATED = 1 << 6,
	CPER_OVERFLOW = 1 << 7,
};

struct cper_section {
	struct guid type;
	enum severity severity;
	uint16_t revision; /* of the section; 0: not told */
	bool has_flags;
	uint32_t flags;		   /* set of cper_section_flag */
	const struct guid *fru_id; /* NULL: not told */
	const char *fru_text;	   /* `fru_text_len` bytes, NULL: not told */
	size_t fru_text_len;
	int64_t time_ns;	/* UTC, as firmware had it; 0: not told */
	bool has_place;		/* the next two are told */
	uint64_t record, index; /* which section of which record of its source */
	const uint8_t *body;
	size_t len;
	bool incomplete; /* the record says there is more than was given */
};

/*
 * The first columns of each type that comes from sections: such a type's own fields begin
 * at CPER_COLUMNS, and its table with CPER_COLUMN_FIELDS.
 */
enum cper_column {
	CPER_RECORD,
	CPER_INDEX,
	CPER_SOURCE,
	CPER_FLAGS,
	CPER_FRU_ID,
	CPER_FRU_TEXT,
	CPER_INCOMPLETE,
	CPER_COLUMNS
};

#define CPER_COLUMN_FIELDS                                                 \
	[CPER_RECORD] = { .name = "record", .kind = FIELD_UINT },          \
	[CPER_INDEX] = { .name = "section", .kind = FIELD_UINT },          \
	[CPER_SOURCE] = { .name = "firmware_source", .kind = FIELD_UINT }, \
	[CPER_FLAGS] = { .name = "section_flags", .kind = FIELD_HEX },     \
	[CPER_FRU_ID] = { .name = "fru_id", .kind = FIELD_TEXT },          \
	[CPER_FRU_TEXT] = { .name = "fru_text", .kind = FIELD_TEXT },      \
	[CPER_INCOMPLETE] = { .name = "incomplete", .kind = FIELD_FLAG }

int cper_columns_fill(const struct cper_section *section, struct arena *arena,
		      struct event *event);
int cper_section_decode(const struct handler_table *table,
			const struct cper_section *section, struct arena *arena,
			struct event *ret);
