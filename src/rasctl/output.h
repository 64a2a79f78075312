/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Where views go. A verb makes JSON objects and says how people like to see them; a
 * format prints them: as a table, as one JSON document, or as one object a line. A
 * document has either views (lists of rows) or one record.
 */

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

#include "util/text.h"

struct output;

enum column_flag {
	COLUMN_RIGHT = 1,
	COLUMN_ELASTIC =
		2,	 /* gets the room that is left, and is cut to it; the last one */
	COLUMN_WIDE = 4, /* only where there is plenty of room */
	COLUMN_SEVERITY = 8, /* coloured by what it says */
	COLUMN_TELLING = 16, /* only if a row has more to say than "-" or "1" */
	COLUMN_PRESENT = 32, /* only if a row has more to say than "-" */
};

struct column {
	const char *key;   /* of the row's object */
	const char *title; /* NULL: not for people */
	unsigned int flags;
	/* the text for people, from the whole row; NULL: the value as it is */
	void (*format)(struct json_object *row, const struct column *column,
		       const struct output *out, struct text *text);
};

struct view {
	const char *name;  /* JSON key of the list */
	const char *empty; /* what people read if there are no rows; NULL: nothing */
	const struct column *columns;
	size_t n_columns;
	/* of a record: its members of these names are lists, shown below it; NULL ends */
	const struct view *const *lists;
};

/* Rows and records belong to the output once they are given to it. */
struct output_ops {
	const char *name;
	void (*open)(struct output *out);
	void (*begin)(struct output *out, const struct view *view);
	void (*row)(struct output *out, struct json_object *row);
	void (*end)(struct output *out);
	void (*record)(struct output *out, const struct view *view,
		       struct json_object *record);
	/* one of several records; NULL: they are rows of a list */
	void (*item)(struct output *out, const struct view *view,
		     struct json_object *record);
	void (*close)(struct output *out);
};

struct table;

struct output {
	const struct output_ops *ops;
	FILE *file;
	size_t width; /* of the terminal; 0: no limit */
	bool colour;
	const struct view *view;
	size_t n_rows;
	size_t n_views;	     /* before this one */
	bool failed;	     /* no rows does not mean that there is nothing */
	struct table *table; /* the table format's own */
};

#define OUTPUT_WIDE 120 /* from so many columns on there is plenty of room */

extern const struct output_ops output_table;
extern const struct output_ops output_json;
extern const struct output_ops output_ndjson;
extern const struct output_ops output_csv;
extern const struct output_ops output_lines; /* of events, as they come */

const struct output_ops *output_ops_find(const char *name);
void output_open(struct output *out, const struct output_ops *ops, FILE *file);
void output_remember_terminal(FILE *file);
const char *severity_colour(const char *severity);

static inline void output_begin(struct output *out, const struct view *view)
{
	out->view = view;
	out->n_rows = 0;
	out->ops->begin(out, view);
}

static inline void output_row(struct output *out, struct json_object *row)
{
	out->ops->row(out, row);
	out->n_rows++;
}

static inline void output_end(struct output *out)
{
	out->ops->end(out);
	out->n_views++;
}

static inline void output_record(struct output *out, const struct view *view,
				 struct json_object *record)
{
	out->ops->record(out, view, record);
}

/* Several records, each of them whole: for programs they are the rows of `view`. */
void output_items_begin(struct output *out, const struct view *view);
void output_item(struct output *out, const struct view *view, struct json_object *record);
/* `say_empty`: if there was none, people read so. */
void output_items_end(struct output *out, bool say_empty);

static inline void output_close(struct output *out)
{
	out->ops->close(out);
}

/* format functions of columns */
void format_time(struct json_object *row, const struct column *column,
		 const struct output *out, struct text *text);
void format_time_long(struct json_object *row, const struct column *column,
		      const struct output *out, struct text *text);
void format_bytes(struct json_object *row, const struct column *column,
		  const struct output *out, struct text *text);

const char *json_text(struct json_object *object, const char *key);
void format_value(struct json_object *value, struct text *text);
