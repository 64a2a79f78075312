/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Values of rasdaemon's databases. The file is somebody else's: types and lengths are
 * checked. */

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event/field.h"
#include "util/arena.h"

enum import_as {
	IMPORT_NUMBER,
	IMPORT_SMALL,  /* 0 to 2^31 - 1: a CPU, a thread, a count */
	IMPORT_BYTE,   /* 8 bits, of which they keep the sign */
	IMPORT_UINT32, /* 32, as well */
	IMPORT_TEXT,
	IMPORT_BYTES,
	IMPORT_WORD,	    /* text that stands for a number */
	IMPORT_HEX,	    /* "0x12ab" */
	IMPORT_LAST_NUMBER, /* "TX timeout on queue: 3" */
	IMPORT_DISK,	    /* "8:16" as the kernel's number of a device */
	IMPORT_GUID,	    /* 16 bytes; zeros for NULL */
	IMPORT_UUID,	    /* the same from text */
	IMPORT_TIME,	    /* nanoseconds of UTC; what is no time is absent */
	IMPORT_NOTHING,	    /* whatever is there is to be absent */
};

struct import_word {
	const char *word;
	int64_t number;
};

#define IMPORT_VALUE_MAX (64 * 1024) /* bytes of a text or blob that are believed */

/* "2026-09-01 10:00:00 +0200", and nothing else. -EINVAL: it is not. */
int import_time(const char *text, size_t len, int64_t *ret_utc_ns);

/*
 * What that column of the row at hand is (-1: there is none). Borrows the row, or takes
 * from the arena. Returns 0, or -EINVAL with *ret_wants: what it should have been.
 */
int import_value(sqlite3_stmt *stmt, int column, enum import_as as,
		 const struct import_word *words, struct arena *arena, struct value *ret,
		 const char **ret_wants);
