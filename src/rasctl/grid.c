// SPDX-License-Identifier: LGPL-2.1-or-later

#include "rasctl/grid.h"

#include <stdlib.h>
#include <string.h>

#include "util/macro.h"

#define GAP 2 /* spaces between columns */

void cells_add(struct cells *cells, const char *text)
{
	char *copy;

	if (cells->n == cells->room) {
		size_t room = cells->room ? 2 * cells->room : 64;
		char **texts = reallocarray(cells->texts, room, sizeof(char *));

		if (!texts)
			return;
		cells->texts = texts;
		cells->room = room;
	}
	copy = strdup(text);
	if (copy)
		cells->texts[cells->n++] = copy;
}

/* Of cells that are rows of n_columns. */
void cells_remove_column(struct cells *cells, size_t column, size_t n_columns)
{
	size_t kept = 0;

	for (size_t i = 0; i < cells->n; i++)
		if (i % n_columns == column)
			free(cells->texts[i]);
		else
			cells->texts[kept++] = cells->texts[i];
	cells->n = kept;
}

void cells_clear(struct cells *cells)
{
	for (size_t i = 0; i < cells->n; i++)
		free(cells->texts[i]);
	free(cells->texts);
	*cells = (struct cells){ 0 };
}

void cells_clear_at(struct cells *cells)
{
	cells_clear(cells);
}

/* The longest of every step-th cell from the first on. */
size_t cells_width(const struct cells *cells, size_t first, size_t step)
{
	size_t width = 0;

	for (size_t i = first; i < cells->n; i += step)
		width = MAX(width, strlen(cells->texts[i]));
	return width;
}

/* Row by row, as many in a row as `width` holds, at least one. */
void grid_print(FILE *file, const struct cells *cells, unsigned int indent, size_t width)
{
	size_t cell = cells_width(cells, 0, 1) + GAP;
	size_t room = width > indent ? width - indent + GAP : 0;
	size_t columns = MAX(room / cell, (size_t)1);

	for (size_t i = 0; i < cells->n; i++) {
		bool last = i % columns == columns - 1 || i == cells->n - 1;

		if (i % columns == 0)
			fprintf(file, "%*s", (int)indent, "");
		fprintf(file, "%-*s%s", last ? 0 : (int)cell, cells->texts[i],
			last ? "\n" : "");
	}
}
