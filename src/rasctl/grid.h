/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Text in columns: cells of rows under titles, or a list laid out as many in a row as
 * fit.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Growing list of texts, owned. A failed allocation leaves one out. */
struct cells {
	char **texts;
	size_t n, room;
};

void cells_add(struct cells *cells, const char *text);
void cells_remove_column(struct cells *cells, size_t column, size_t n_columns);
void cells_clear(struct cells *cells);
void cells_clear_at(struct cells *cells);

size_t cells_width(const struct cells *cells, size_t first, size_t step);
void grid_print(FILE *file, const struct cells *cells, unsigned int indent, size_t width);
