/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * CPER records as the kernel prints them: "{7}[Hardware Error]: …" lines, of which those
 * with the same number are one record (drivers/acpi/apei/ghes.c, drivers/firmware/efi/
 * cper.c). Pure: lines go in, sections come out.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event/kinds.h"

#define CPER_LOG_LINES_MAX  64 /* of one section; what is more is not kept */
#define CPER_LOG_LINE_BYTES 192

struct cper_log_section {
	uint64_t number; /* N of {N} */
	unsigned int
		source; /* "… Generic Hardware Error Source: 0"; UINT_MAX: not told */
	unsigned int index;	/* "Error 0" */
	enum severity severity; /* of the section */
	char type[64];		/* "memory error"; of an unknown one its GUID */
	size_t n_lines;
	char lines[CPER_LOG_LINES_MAX][CPER_LOG_LINE_BYTES]; /* terminated, without prefix
								and indentation */
};

struct cper_log {
	bool open; /* a record has begun and not ended */
	bool has_section;
	uint64_t number;
	unsigned int source;
	struct cper_log_section section;
};

enum cper_log_result {
	CPER_LOG_OTHER,	  /* the line is nothing of ours */
	CPER_LOG_TAKEN,	  /* it was, and there is nothing complete yet */
	CPER_LOG_SECTION, /* a section is complete: see ret; then give the line again */
};

enum cper_log_result cper_log_line(struct cper_log *log, const char *line, size_t len,
				   struct cper_log_section *ret);
/* Nothing more of the open record is to come. True: `ret` is its last section. */
bool cper_log_end(struct cper_log *log, struct cper_log_section *ret);

/* The value of "name: value" in a section; NULL: it has none. */
const char *cper_log_value(const struct cper_log_section *section, const char *name);
