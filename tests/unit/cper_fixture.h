/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Error records as firmware lays them out, built for unit tests and fuzz seeds. */

#include <stddef.h>
#include <stdint.h>

#include "event/guid.h"

#define CPER_RECOVERABLE 0
#define CPER_FATAL	 1
#define CPER_CORRECTED	 2
#define CPER_INFO	 3

struct built {
	uint8_t bytes[65536];
	size_t len;
	size_t start; /* of the present block or record */
};

struct built_section {
	struct guid type;
	uint32_t severity;
	uint16_t revision;
	uint8_t valid;
	uint32_t flags;
	struct guid fru_id;
	const char *fru_text;
	const char *time; /* eight BCD bytes */
	const void *body;
	size_t len;
};

void built_put(struct built *built, size_t at, uint64_t number, size_t width);

/* A Generic Error Status Block; each entry makes it longer. */
void built_block(struct built *built, uint32_t status, uint32_t severity);
void built_entry(struct built *built, const struct built_section *section);
/* Raw data behind the entries, `gap` bytes behind them. */
void built_raw(struct built *built, size_t gap, const void *bytes, size_t len);

/* A record with that many sections, of severity corrected and with a time stamp. */
void built_record(struct built *built, const struct built_section *sections, size_t n);

/* A copy in an allocation of exactly that size, so that tools see a byte too many. */
uint8_t *copy_of(const void *bytes, size_t len);
