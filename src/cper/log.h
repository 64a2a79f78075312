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

#define CPER_LOG_LINES_MAX   192 /* of one section; what is more is counted */
#define CPER_LOG_LINE_BYTES  256 /* the kernel's own limit, CPER_REC_LEN */
#define CPER_LOG_RECORDS_MAX 4	 /* of two CPUs, lines may alternate */

struct cper_log_section {
	uint64_t number;	/* N of {N} */
	unsigned int source;	/* of HEST, by its number; UINT_MAX: not told */
	unsigned int index;	/* "Error 0" */
	enum severity severity; /* of the section */
	char type[64];		/* "memory error"; of an unknown one its GUID */
	int64_t time_ns;	/* of the record's first line */
	size_t n_lines, n_lines_lost;
	/* terminated, without prefix, indentation and spaces at the end */
	char lines[CPER_LOG_LINES_MAX][CPER_LOG_LINE_BYTES];
};

struct cper_log_record {
	bool open;	  /* it has begun and not ended */
	bool has_section; /* "Error I" was there; before, `section` has what preceded it
			   */
	uint64_t order;	  /* of records, as they began */
	struct cper_log_section section;
};

struct cper_log {
	int64_t time_ns; /* of the line that is given: set by who gives it, or 0 */
	uint64_t n_begun;
	struct cper_log_record records[CPER_LOG_RECORDS_MAX];
};

enum cper_log_result {
	CPER_LOG_OTHER,	  /* the line is nothing of ours */
	CPER_LOG_TAKEN,	  /* it was, and there is nothing complete yet */
	CPER_LOG_SECTION, /* a section is complete: see ret; then give the line again */
};

enum cper_log_result cper_log_line(struct cper_log *log, const char *line, size_t len,
				   struct cper_log_section *ret);
/* Nothing more of the open records is to come. True: `ret` is the last section of one of
 * them; ask again. */
bool cper_log_end(struct cper_log *log, struct cper_log_section *ret);

/* Whether a record has begun and not ended. */
bool cper_log_is_open(const struct cper_log *log);

/* The value of "name: value" in a section; NULL: it has none. */
const char *cper_log_value(const struct cper_log_section *section, const char *name);
