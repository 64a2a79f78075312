/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What rasdaemon's tables are to us: of which type their rows are, and which of their
 * columns is which of our fields. A row is put into the fields that the kernel would have
 * filled, and the type's own decode() makes an event of it, as it does of a trace record;
 * what rasdaemon kept only in words is put into our columns afterwards.
 */

#include <stddef.h>
#include <stdint.h>

#include "db/import_values.h"

struct import_column {
	const char *theirs; /* NULL: they have none, it is as if it was NULL */
	/* The kernel's field; with `is_after`, our column. NULL: it is made anew of
	 * others. */
	const char *ours;
	enum import_as as;
	bool is_after, is_required; /* is_required: not NULL, and their table has it */
	/* Words for numbers; the one without a word is what NULL and others mean. */
	const struct import_word *words;
};

struct import_table {
	const char *name;		     /* theirs */
	const char *type;		     /* ours */
	const struct import_column *columns; /* an empty one ends them */
	/* NULL, or: where this column of theirs is empty, a row is of the other table */
	const char *unless_empty;
	const struct import_table *otherwise;
};

const struct import_table *import_table_find(const char *name);
