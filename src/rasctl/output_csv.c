// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Comma-separated values (RFC 4180, lines end with \n): a header with the members' names,
 * a line for each row. null is nothing at all, an empty text is "", so that psql's \copy
 * and the like can tell them apart. What is an object or a list is JSON in a cell. A
 * record has lines of two cells: the name of a member, with dots where it lies deeper,
 * and its value. Where a verb has several lists, an empty line stands between them.
 */

#include "rasctl/output.h"

#include <string.h>

#include "util/macro.h"

#define NAME_BYTES 512

static void nothing(struct output *out)
{
	(void)out;
}

static void print_text(struct output *out, const char *text)
{
	if (*text && !strpbrk(text, ",\"\r\n")) {
		fputs(text, out->file);
		return;
	}
	fputc('"', out->file);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', out->file);
		fputc(*text, out->file);
	}
	fputc('"', out->file);
}

static void print_value(struct output *out, struct json_object *value)
{
	if (!value)
		return;
	if (json_object_is_type(value, json_type_object) ||
	    json_object_is_type(value, json_type_array))
		print_text(out, json_object_to_json_string_ext(
					value, JSON_C_TO_STRING_PLAIN |
						       JSON_C_TO_STRING_NOSLASHESCAPE));
	else
		print_text(out, json_object_get_string(value));
}

static void begin(struct output *out, const struct view *view)
{
	(void)view;
	(void)out;
}

/* The members that rows have; of a list without rows, those that people would see. */
static void print_header(struct output *out, struct json_object *row)
{
	const char *comma = "";

	if (out->n_views)
		fputc('\n', out->file);
	if (row) {
		json_object_object_foreach(row, key, value) {
			(void)value;
			fputs(comma, out->file);
			print_text(out, key);
			comma = ",";
		}
	}
	for (size_t i = 0; !row && i < out->view->n_columns; i++) {
		fputs(comma, out->file);
		print_text(out, out->view->columns[i].key);
		comma = ",";
	}
	fputc('\n', out->file);
}

static void print_row(struct output *out, struct json_object *row)
{
	const char *comma = "";

	if (!out->n_rows)
		print_header(out, row);
	json_object_object_foreach(row, key, value) {
		(void)key;
		fputs(comma, out->file);
		print_value(out, value);
		comma = ",";
	}
	fputc('\n', out->file);
	json_object_put(row);
}

static void end(struct output *out)
{
	if (!out->n_rows)
		print_header(out, NULL);
}

static void print_member(struct output *out, const char *name, struct json_object *value);

static void print_members(struct output *out, const char *name,
			  struct json_object *object)
{
	json_object_object_foreach(object, key, value) {
		char deeper[NAME_BYTES];

		snprintf(deeper, sizeof(deeper), "%s%s%s", name, *name ? "." : "", key);
		print_member(out, deeper, value);
	}
}

static void print_elements(struct output *out, const char *name,
			   struct json_object *array)
{
	for (size_t i = 0; i < json_object_array_length(array); i++) {
		char deeper[NAME_BYTES];

		snprintf(deeper, sizeof(deeper), "%s.%zu", name, i);
		print_member(out, deeper, json_object_array_get_idx(array, i));
	}
}

static void print_member(struct output *out, const char *name, struct json_object *value)
{
	if (json_object_is_type(value, json_type_object)) {
		print_members(out, name, value);
		return;
	}
	if (json_object_is_type(value, json_type_array)) {
		print_elements(out, name, value);
		return;
	}
	print_text(out, name);
	fputc(',', out->file);
	print_value(out, value);
	fputc('\n', out->file);
}

static void print_record(struct output *out, const struct view *view,
			 struct json_object *record)
{
	(void)view;
	fputs("name,value\n", out->file);
	print_members(out, "", record);
	json_object_put(record);
}

const struct output_ops output_csv = {
	.name = "csv",
	.open = nothing,
	.begin = begin,
	.row = print_row,
	.end = end,
	.record = print_record,
	.close = nothing,
};
