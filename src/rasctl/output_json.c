// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * JSON for programs. One document: {"version":1,"events":[...]}, an object on each line.
 * Or ndjson: nothing but the objects, one a line. Both are written as they come.
 */

#include "rasctl/output.h"

#include "util/macro.h"

#define JSON_VERSION 1 /* rises when a program that reads it would have to change */

static void print(struct output *out, struct json_object *object)
{
	fputs(json_object_to_json_string_ext(
		      object, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE),
	      out->file);
}

static void document_open(struct output *out)
{
	fprintf(out->file, "{\"version\":%d", JSON_VERSION);
}

static void document_begin(struct output *out, const struct view *view)
{
	fprintf(out->file, ",\"%s\":[", view->name);
}

static void document_row(struct output *out, struct json_object *row)
{
	fputs(out->n_rows ? ",\n" : "\n", out->file);
	print(out, row);
	json_object_put(row);
}

static void document_end(struct output *out)
{
	fputs(out->n_rows ? "\n]" : "]", out->file);
}

/* The record is the document. */
static void document_record(struct output *out, const struct view *view,
			    struct json_object *record)
{
	(void)view;
	json_object_object_foreach(record, key, value) {
		fprintf(out->file, ",\"%s\":", key); /* our own words: plain */
		print(out, value);
	}
	json_object_put(record);
}

static void document_close(struct output *out)
{
	fputs("}\n", out->file);
}

const struct output_ops output_json = {
	.name = "json",
	.open = document_open,
	.begin = document_begin,
	.row = document_row,
	.end = document_end,
	.record = document_record,
	.close = document_close,
};

static void lines_nothing(struct output *out)
{
	(void)out;
}

static void lines_begin(struct output *out, const struct view *view)
{
	(void)out;
	(void)view;
}

static void lines_row(struct output *out, struct json_object *row)
{
	print(out, row);
	fputc('\n', out->file);
	json_object_put(row);
}

static void lines_record(struct output *out, const struct view *view,
			 struct json_object *record)
{
	(void)view;
	lines_row(out, record);
}

const struct output_ops output_ndjson = {
	.name = "ndjson",
	.open = lines_nothing,
	.begin = lines_begin,
	.row = lines_row,
	.end = lines_nothing,
	.record = lines_record,
	.close = lines_nothing,
};
