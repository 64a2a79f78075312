// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * One object for people, whatever is in it: its scalars as "key: value", an object as a
 * section of its own, a list as the narrowest thing that shows it: a grid for names with
 * values, a table if it fits, else a section for each element, as of what lies deeper.
 */

#include "rasctl/record.h"

#include <ctype.h>
#include <string.h>

#include "rasctl/table.h"
#include "util/macro.h"

#define WIDTH_OF_NO_TERMINAL 80
#define INDENT		     2
#define KEYS_MAX	     64
#define ELEMENT_CELL_BYTES   256

static size_t width_of(const struct output *out)
{
	return out->width ? out->width : WIDTH_OF_NO_TERMINAL;
}

/* The end of a first line that is at most `max` long: at a space, if it can be. */
static size_t line_end(const char *text, size_t max)
{
	size_t end = strlen(text);

	if (end <= max)
		return end;
	for (end = max; end > max / 2; end--)
		if (text[end] == ' ')
			return end;
	return max;
}

/* Goes on under its own beginning where it is longer than a line. */
static void print_wrapped(const struct output *out, const char *text, size_t at)
{
	size_t max = width_of(out) > at + 16 ? width_of(out) - at : 16;

	for (;;) {
		size_t end = line_end(text, max);

		fprintf(out->file, "%.*s\n", (int)end, text);
		text += end;
		while (*text == ' ')
			text++;
		if (!*text)
			return;
		fprintf(out->file, "%*s", (int)at, "");
	}
}

static void print_line(const struct output *out, unsigned int indent, size_t label_width,
		       const char *label, const char *value)
{
	fprintf(out->file, "%*s%s:%*s", (int)indent, "", label,
		(int)(label_width - strlen(label) + 1), "");
	print_wrapped(out, value, indent + label_width + 2);
}

/* Something to print: neither null nor nested nor an empty text. */
static bool is_scalar(struct json_object *value)
{
	return value && !json_object_is_type(value, json_type_object) &&
	       !json_object_is_type(value, json_type_array) &&
	       *json_object_get_string(value);
}

static const char *scalar_text(struct json_object *value)
{
	if (json_object_is_type(value, json_type_boolean))
		return json_object_get_boolean(value) ? "yes" : "no";
	return json_object_get_string(value);
}

static void print_title(const struct output *out, const char *key)
{
	fputc('\n', out->file);
	fputc(toupper((unsigned char)*key), out->file);
	for (const char *c = key + 1; *c; c++)
		fputc(*c == '_' ? ' ' : *c, out->file);
	fputc('\n', out->file);
}

static void print_scalars(const struct output *out, struct json_object *object)
{
	size_t label_width = 0;

	json_object_object_foreach(object, key, value)
		if (is_scalar(value))
			label_width = MAX(label_width, strlen(key));
	json_object_object_foreach(object, label, shown)
		if (is_scalar(shown))
			print_line(out, INDENT, label_width, label, scalar_text(shown));
}

/* What else is in an element beside its name and value: the group it belongs to. */
static void add_group(struct json_object *element, struct text *text)
{
	json_object_object_foreach(element, key, value)
		if (is_scalar(value) && strcmp(key, "name") && strcmp(key, "value"))
			text_add(text, "%*s%s %s", INDENT, "", key, scalar_text(value));
}

static size_t name_width(struct json_object *array, size_t from, size_t to)
{
	size_t width = 0;

	for (size_t i = from; i < to; i++) {
		const char *name = json_text(json_object_array_get_idx(array, i), "name");

		width = MAX(width, name ? strlen(name) : 0);
	}
	return width;
}

static void add_named_value(struct json_object *element, size_t width,
			    struct cells *cells)
{
	const char *name = json_text(element, "name"),
		   *value = json_text(element, "value");
	char cell[256] = "";
	struct text text = TEXT_IN(cell);

	text_add(&text, "%-*s %s", (int)width, name ? name : "?", value ? value : "-");
	cells_add(cells, cell);
}

/* The elements from `from` on that belong together. Returns the first that does not. */
static size_t print_group(const struct output *out, struct json_object *array,
			  size_t from)
{
	_cleanup_(cells_clear) struct cells cells = { 0 };
	size_t n = json_object_array_length(array), to = from;
	char group[128] = "", other[sizeof(group)];
	size_t width;

	do {
		struct text text = TEXT_IN(other);

		*other = '\0';
		add_group(json_object_array_get_idx(array, to), &text);
		if (to == from)
			strcpy(group, other);
	} while (!strcmp(group, other) && ++to < n);
	if (*group)
		fprintf(out->file, "%s\n", group);
	width = name_width(array, from, to);
	for (size_t i = from; i < to; i++)
		add_named_value(json_object_array_get_idx(array, i), width, &cells);
	grid_print(out->file, &cells, 2 * INDENT, width_of(out));
	return to;
}

/* Names with values, as registers are: a grid for each group of them. */
static void print_named_values(const struct output *out, struct json_object *array)
{
	size_t at = 0;

	while (at < json_object_array_length(array))
		at = print_group(out, array, at);
}

/* The keys that any element has a value for, as columns. */
static size_t find_columns(struct json_object *array, struct column *columns)
{
	size_t n = 0;

	for (size_t i = 0; i < json_object_array_length(array); i++) {
		json_object_object_foreach(json_object_array_get_idx(array, i), key,
					   value) {
			size_t c = 0;

			if (!is_scalar(value))
				continue;
			while (c < n && strcmp(columns[c].key, key))
				c++;
			if (c == n && n < KEYS_MAX)
				columns[n++] =
					(struct column){ .key = key, .title = key };
		}
	}
	return n;
}

static void fill_cells(struct json_object *array, const struct column *columns, size_t n,
		       struct cells *cells)
{
	for (size_t i = 0; i < json_object_array_length(array); i++)
		for (size_t c = 0; c < n; c++) {
			struct json_object *value = json_object_object_get(
				json_object_array_get_idx(array, i), columns[c].key);

			cells_add(cells, is_scalar(value) ? scalar_text(value) : "-");
		}
}

/* What fits into a cell of the grid; what does not has lines of its own below it. */
static bool is_short(const struct output *out, const char *key, struct json_object *value)
{
	size_t len = strlen(key) + 2 + strlen(scalar_text(value));

	return len < ELEMENT_CELL_BYTES && 2 * INDENT + len <= width_of(out);
}

static void print_element(const struct output *out, struct json_object *element, size_t i,
			  size_t n)
{
	_cleanup_(cells_clear) struct cells cells = { 0 };

	fprintf(out->file, "%*s%zu of %zu\n", INDENT, "", i + 1, n);
	json_object_object_foreach(element, key, value)
		if (is_scalar(value) && is_short(out, key, value)) {
			char cell[ELEMENT_CELL_BYTES] = "";
			struct text text = TEXT_IN(cell);

			text_add(&text, "%s: %s", key, scalar_text(value));
			cells_add(&cells, cell);
		}
	grid_print(out->file, &cells, 2 * INDENT, width_of(out));
	json_object_object_foreach(element, label, shown)
		if (is_scalar(shown) && !is_short(out, label, shown))
			print_line(out, 2 * INDENT, strlen(label), label,
				   scalar_text(shown));
}

static void print_rows(const struct output *out, struct json_object *array)
{
	_cleanup_(cells_clear) struct cells cells = { 0 };
	struct column columns[KEYS_MAX];
	size_t n = find_columns(array, columns), length = json_object_array_length(array);

	if (!n)
		return;
	fill_cells(array, columns, n, &cells);
	if (table_width(columns, n, &cells) <= width_of(out))
		table_print(out, columns, n, &cells);
	else
		for (size_t i = 0; i < length; i++)
			print_element(out, json_object_array_get_idx(array, i), i,
				      length);
}

static void print_nested(const struct output *out, const char *key,
			 struct json_object *value);

/* Objects that have more in them than a table can show. */
static bool are_deep(struct json_object *array)
{
	for (size_t i = 0; i < json_object_array_length(array); i++) {
		struct json_object *element = json_object_array_get_idx(array, i);

		if (!json_object_is_type(element, json_type_object))
			continue;
		json_object_object_foreach(element, key, value) {
			(void)key;
			if (json_object_is_type(value, json_type_object))
				return true;
		}
	}
	return false;
}

static void print_array(const struct output *out, const char *key,
			struct json_object *array)
{
	struct json_object *first = json_object_array_get_idx(array, 0);

	if (!first)
		return;
	if (are_deep(array)) {
		for (size_t i = 0; i < json_object_array_length(array); i++)
			print_nested(out, key, json_object_array_get_idx(array, i));
		return;
	}
	print_title(out, key);
	if (json_text(first, "name") && json_text(first, "value"))
		print_named_values(out, array);
	else
		print_rows(out, array);
}

static bool has_scalars(struct json_object *object)
{
	json_object_object_foreach(object, key, value) {
		(void)key;
		if (is_scalar(value))
			return true;
	}
	return false;
}

static void print_nested(const struct output *out, const char *key,
			 struct json_object *value)
{
	if (json_object_is_type(value, json_type_array))
		print_array(out, key, value);
	if (!json_object_is_type(value, json_type_object))
		return;
	if (has_scalars(value)) {
		print_title(out, key);
		print_scalars(out, value);
	}
	json_object_object_foreach(value, inner, nested)
		print_nested(out, inner, nested);
}

static const struct column *find_column(const struct view *view, const char *key)
{
	for (size_t i = 0; i < view->n_columns; i++)
		if (!strcmp(view->columns[i].key, key))
			return &view->columns[i];
	return NULL;
}

static void print_known(const struct output *out, const struct view *view,
			struct json_object *record)
{
	size_t label_width = 0;

	for (size_t i = 0; i < view->n_columns; i++)
		if (view->columns[i].title)
			label_width = MAX(label_width, strlen(view->columns[i].title));
	for (size_t i = 0; i < view->n_columns; i++) {
		const struct column *column = &view->columns[i];
		struct json_object *value = json_object_object_get(record, column->key);
		char buf[2048] = "";
		struct text text = TEXT_IN(buf);

		if (!column->title)
			continue;
		if (column->format)
			column->format(record, column, out, &text);
		else if (value)
			format_value(value, &text);
		if (text.len)
			print_line(out, 0, label_width, column->title, buf);
	}
}

static bool is_list(const struct view *view, const char *key)
{
	for (size_t i = 0; view->lists && view->lists[i]; i++)
		if (!strcmp(view->lists[i]->name, key))
			return true;
	return false;
}

/*
 * The view's columns first, in their order; then whatever else the record has inside, but
 * for the view's lists.
 */
void record_print(const struct output *out, const struct view *view,
		  struct json_object *record)
{
	print_known(out, view, record);
	json_object_object_foreach(record, key, value)
		if (!find_column(view, key) && !is_list(view, key))
			print_nested(out, key, value);
}
