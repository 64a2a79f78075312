// SPDX-License-Identifier: LGPL-2.1-or-later

#include "rasctl/table.h"

#include <ctype.h>
#include <libsmartcols.h>
#include <stdlib.h>
#include <string.h>

#include "util/macro.h"
#include "util/text.h"

#define ELASTIC_MIN 24 /* columns; narrower than this a message cannot be read */

static size_t column_width(const struct column *column, size_t index, size_t n_columns,
			   const struct cells *cells)
{
	return MAX(strlen(column->title), cells_width(cells, index, n_columns));
}

/* Of the whole table, in columns of the terminal. `cells` are row by row. */
size_t table_width(const struct column *columns, size_t n_columns,
		   const struct cells *cells)
{
	size_t width = n_columns - 1;

	for (size_t i = 0; i < n_columns; i++)
		width += column_width(&columns[i], i, n_columns, cells);
	return width;
}

/*
 * The text in lines of at most `max`, broken at spaces where there are any, else (in a
 * GUID, say) wherever it must be. The caller's to free; NULL: no memory.
 */
static char *fold(const char *text, size_t max)
{
	size_t len = strlen(text), size = len + len / max + 2;
	char *folded = malloc(size);
	struct text out = { .at = folded, .size = size };

	if (!folded)
		return NULL;
	*folded = '\0';
	while (strlen(text) > max) {
		const char *space = memrchr(text, ' ', max + 1);
		size_t n = space && space > text ? (size_t)(space - text) : max;

		text_add(&out, "%.*s\n", (int)n, text);
		text += space && space > text ? n + 1 : n;
	}
	text_add(&out, "%s", text);
	return folded;
}

/* Gives the elastic column what the others leave. */
static void fit(size_t width, const struct column *columns, size_t n_columns,
		struct cells *cells)
{
	size_t last = n_columns - 1;
	size_t all = table_width(columns, n_columns, cells);
	size_t own = column_width(&columns[last], last, n_columns, cells);
	size_t room = width > all - own ? width - (all - own) : 0;

	if (!width || all <= width || !(columns[last].flags & COLUMN_ELASTIC))
		return;
	for (size_t i = last; i < cells->n; i += n_columns) {
		char *folded = fold(cells->texts[i], MAX(room, (size_t)ELASTIC_MIN));

		if (!folded)
			continue;
		free(cells->texts[i]);
		cells->texts[i] = folded;
	}
}

static void add_line(struct libscols_table *tb, const struct column *columns,
		     size_t n_columns, char **texts)
{
	struct libscols_line *line = scols_table_new_line(tb, NULL);

	for (size_t i = 0; line && i < n_columns; i++) {
		scols_line_set_data(line, i, texts[i]);
		if (columns[i].flags & COLUMN_SEVERITY)
			scols_cell_set_color(scols_line_get_cell(line, i),
					     severity_colour(texts[i]));
	}
}

/* Keys of JSON become titles as they stand elsewhere: "sender_pid" is SENDER PID. */
static void add_column(struct libscols_table *tb, const struct column *column)
{
	char title[64] = "";
	struct text text = TEXT_IN(title);
	struct libscols_column *scols;
	int flags = 0;

	if (column->flags & COLUMN_RIGHT)
		flags |= SCOLS_FL_RIGHT;
	if (column->flags & COLUMN_ELASTIC)
		flags |= SCOLS_FL_WRAP;
	for (const char *c = column->title; *c; c++)
		text_add(&text, "%c", *c == '_' ? ' ' : toupper((unsigned char)*c));
	scols = scols_table_new_column(tb, title, 0, flags);
	if (scols && flags & SCOLS_FL_WRAP) /* where fold() put line ends */
		scols_column_set_wrapfunc(scols, scols_wrapnl_chunksize,
					  scols_wrapnl_nextchunk, NULL);
}

/*
 * Prints rows of n_columns cells each; what is in the elastic column may take more lines.
 */
void table_print(const struct output *out, const struct column *columns, size_t n_columns,
		 struct cells *cells)
{
	struct libscols_table *tb = scols_new_table();

	if (!tb)
		return;
	fit(out->width, columns, n_columns, cells);
	scols_table_set_stream(tb, out->file);
	scols_table_enable_colors(tb, out->colour);
	/* texts are escaped where they become JSON; twice would be once too often */
	scols_table_enable_noencoding(tb, 1);
	/*
	 * what fits is settled by fit(), so that it is the same for a terminal and a pipe
	 */
	scols_table_set_termforce(tb, SCOLS_TERMFORCE_NEVER);
	for (size_t i = 0; i < n_columns; i++)
		add_column(tb, &columns[i]);
	for (size_t i = 0; i + n_columns <= cells->n; i += n_columns)
		add_line(tb, columns, n_columns, cells->texts + i);
	scols_print_table(tb);
	scols_unref_table(tb);
}
