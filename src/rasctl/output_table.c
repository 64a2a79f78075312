// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Tables and records for people. A table is printed at its end: its widths depend on all.
 */

#include "rasctl/output.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "rasctl/record.h"
#include "rasctl/table.h"
#include "util/macro.h"

#define COLUMNS_MAX 32
#define CELL_BYTES  1024

struct table {
	struct column columns[COLUMNS_MAX]; /* those that are shown */
	size_t n_columns;
	struct cells cells;
	size_t n_printed; /* tables and records before this one */
};

static void on_open(struct output *out)
{
	out->table = calloc(1, sizeof(*out->table));
}

static bool is_shown(const struct output *out, const struct column *column)
{
	if (!column->title)
		return false;
	return !(column->flags & COLUMN_WIDE) || !out->width || out->width >= OUTPUT_WIDE;
}

static void on_begin(struct output *out, const struct view *view)
{
	struct table *table = out->table;

	if (!table)
		return;
	table->n_columns = 0;
	for (size_t i = 0; i < view->n_columns && table->n_columns < COLUMNS_MAX; i++)
		if (is_shown(out, &view->columns[i]))
			table->columns[table->n_columns++] = view->columns[i];
}

static void on_row(struct output *out, struct json_object *row)
{
	struct table *table = out->table;

	for (size_t i = 0; table && i < table->n_columns; i++) {
		const struct column *column = &table->columns[i];
		char buf[CELL_BYTES] = "";
		struct text cell = TEXT_IN(buf);

		if (column->format)
			column->format(row, column, out, &cell);
		else
			format_value(json_object_object_get(row, column->key), &cell);
		cells_add(&table->cells, cell.len ? buf : "-");
	}
	json_object_put(row);
}

static bool tells_something(const struct table *table, size_t column)
{
	for (size_t i = column; i < table->cells.n; i += table->n_columns)
		if (strcmp(table->cells.texts[i], "-") &&
		    (strcmp(table->cells.texts[i], "1") ||
		     table->columns[column].flags & COLUMN_PRESENT))
			return true;
	return false;
}

/* Room is for what differs: columns that say nothing give theirs to the message. */
static void drop_silent_columns(struct table *table)
{
	for (size_t c = table->n_columns; c-- > 0;) {
		if (!(table->columns[c].flags & (COLUMN_TELLING | COLUMN_PRESENT)) ||
		    tells_something(table, c))
			continue;
		cells_remove_column(&table->cells, c, table->n_columns--);
		memmove(&table->columns[c], &table->columns[c + 1],
			(table->n_columns - c) * sizeof(table->columns[0]));
	}
}

static void on_end(struct output *out)
{
	struct table *table = out->table;

	if (!table || (!out->n_rows && (!out->view->empty || out->failed)))
		return;
	if (table->n_printed++)
		fputc('\n', out->file);
	drop_silent_columns(table);
	if (out->n_rows)
		table_print(out, table->columns, table->n_columns, &table->cells);
	else
		fprintf(out->file, "%s\n", out->view->empty);
	cells_clear(&table->cells);
}

/* A list of a record, under its name. */
static void print_list(struct output *out, const struct view *view,
		       struct json_object *array)
{
	size_t n = array ? json_object_array_length(array) : 0;

	if (!n || !out->table)
		return;
	fprintf(out->file, "\n%c%s\n", toupper((unsigned char)*view->name),
		view->name + 1);
	out->table->n_printed = 0;
	output_begin(out, view);
	for (size_t i = 0; i < n; i++)
		output_row(out, json_object_get(json_object_array_get_idx(array, i)));
	output_end(out);
}

static void on_record(struct output *out, const struct view *view,
		      struct json_object *record)
{
	record_print(out, view, record);
	for (size_t i = 0; view->lists && view->lists[i]; i++)
		print_list(out, view->lists[i],
			   json_object_object_get(record, view->lists[i]->name));
	json_object_put(record);
}

/* Its lists begin views of their own, and end where they began. */
static void on_item(struct output *out, const struct view *view,
		    struct json_object *record)
{
	const struct view *list = out->view;
	size_t n_rows = out->n_rows;

	on_record(out, view, record);
	out->view = list;
	out->n_rows = n_rows;
}

static void on_close(struct output *out)
{
	if (out->table)
		cells_clear(&out->table->cells);
	free(TAKE_PTR(out->table));
}

const struct output_ops output_table = {
	.name = "table",
	.open = on_open,
	.begin = on_begin,
	.row = on_row,
	.end = on_end,
	.record = on_record,
	.item = on_item,
	.close = on_close,
};
