/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Events of rasdaemon's databases, 0.6 to 0.8, become events of ours. */

#include <stdbool.h>
#include <stdint.h>

#include "db/writer.h"
#include "util/text.h"

/* What became of a table's rows. */
struct import_report {
	const char *table, *type; /* type NULL: we have none for them */
	uint64_t rows, added;
	uint64_t known;	      /* of an import before */
	uint64_t bad;	      /* complained about, and left out */
	const char *left_out; /* columns that had something: "a, b"; "" */
};

struct import_calls {
	void (*report)(const struct import_report *report, void *userdata);
	/* of one row or table; import goes on */
	void (*complain)(const char *what, void *userdata);
	void *userdata;
};

/*
 * Adds what `file` has and the database has not. The writer must have the file for itself
 * and be attached to a ring of the import's own; *next_id is the id within it, and goes
 * up. Returns 0; 1 if something was complained about; a negative errno with a note that
 * says what is wrong with `file`, or with -EREMOTEIO, what is wrong with the database.
 */
int db_import(struct db_writer *w, const char *file, uint64_t *next_id,
	      const struct import_calls *calls, struct text *ret_note);
