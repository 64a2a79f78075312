// SPDX-License-Identifier: LGPL-2.1-or-later

#include "rasctl/output.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>

#include "util/clock.h"
#include "util/macro.h"

static const struct output_ops *const formats[] = {
	&output_table,
	&output_json,
	&output_ndjson,
	&output_csv,
};

const struct output_ops *output_ops_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		if (!strcmp(formats[i]->name, name))
			return formats[i];
	return NULL;
}

/* COLUMNS if it is set, else the terminal's; 0 if it is none: then nothing is cut. */
static size_t find_width(FILE *file)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size = { 0 };
	uint64_t width;

	if (columns && !parse_uint64(columns, &width) && width >= 20 && width <= 10000)
		return width;
	if (isatty(fileno(file)) && !ioctl(fileno(file), TIOCGWINSZ, &size) &&
	    size.ws_col)
		return MAX(size.ws_col, 20);
	return 0;
}

/* What is true of it, however people reach it: a pager stands before the terminal. */
static struct {
	bool is_known;
	size_t width;
	bool colour;
} terminal;

static bool wants_colour(FILE *file)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	return isatty(fileno(file)) && !(no_color && *no_color) && term &&
	       strcmp(term, "dumb");
}

/* From here on every output is for this one: before a pipe takes its place. */
void output_remember_terminal(FILE *file)
{
	terminal.width = find_width(file);
	terminal.colour = wants_colour(file);
	terminal.is_known = true;
}

void output_open(struct output *out, const struct output_ops *ops, FILE *file)
{
	*out = (struct output){
		.ops = ops,
		.file = file,
		.width = terminal.is_known ? terminal.width : find_width(file),
		.colour = terminal.is_known ? terminal.colour : wants_colour(file)
	};
	ops->open(out);
}

void output_items_begin(struct output *out, const struct view *view)
{
	out->view = view;
	out->n_rows = 0;
	if (!out->ops->item)
		out->ops->begin(out, view);
}

void output_item(struct output *out, const struct view *view, struct json_object *record)
{
	if (!out->ops->item) {
		output_row(out, record);
		return;
	}
	if (out->n_rows++)
		fputc('\n', out->file);
	out->ops->item(out, view, record);
}

void output_items_end(struct output *out, bool say_empty)
{
	if (!out->ops->item)
		out->ops->end(out);
	else if (!out->n_rows && say_empty && out->view->empty)
		fprintf(out->file, "%s\n", out->view->empty);
}

/* The member's text; NULL if it is absent or null. */
const char *json_text(struct json_object *object, const char *key)
{
	struct json_object *value;

	return json_object_object_get_ex(object, key, &value) && value ?
		       json_object_get_string(value) :
		       NULL;
}

/* A scalar as people read it. Strings are escaped where events become JSON. */
void format_value(struct json_object *value, struct text *text)
{
	if (!value)
		text_add(text, "-");
	else if (json_object_is_type(value, json_type_boolean))
		text_add(text, "%s", json_object_get_boolean(value) ? "yes" : "no");
	else
		text_add(text, "%s", json_object_get_string(value));
}

static int parse_time(const char *iso, int64_t *ret_ns)
{
	struct tm tm = { 0 };
	const char *rest = strptime(iso, "%Y-%m-%dT%H:%M:%S", &tm);

	if (!rest)
		return -1;
	*ret_ns = timegm(&tm) * NS_PER_SEC;
	if (*rest == '.')
		*ret_ns += strtol(rest + 1, NULL, 10); /* always nine digits */
	return 0;
}

/* Local time, to the millisecond. */
void format_time_long(struct json_object *row, const struct column *column,
		      const struct output *out, struct text *text)
{
	const char *iso = json_text(row, column->key);
	char local[UTC_TEXT_BYTES];
	int64_t utc_ns;

	(void)out;
	if (iso && parse_time(iso, &utc_ns) == 0)
		text_add(text, "%s", utc_to_local_text(utc_ns, local));
}

/* For lists: local time as far as there is room, "Nov 20 13:20:04" where it is scarce. */
void format_time(struct json_object *row, const struct column *column,
		 const struct output *out, struct text *text)
{
	const char *iso = json_text(row, column->key);
	int64_t utc_ns;
	char local[32];
	struct tm tm;
	time_t sec;

	if (!iso || parse_time(iso, &utc_ns) < 0) {
		text_add(text, "-");
		return;
	}
	if (!out->width || out->width >= OUTPUT_WIDE) {
		format_time_long(row, column, out, text);
		return;
	}
	sec = utc_ns / NS_PER_SEC;
	strftime(local, sizeof(local), "%b %d %H:%M:%S", localtime_r(&sec, &tm));
	text_add(text, "%s", local);
}

void format_bytes(struct json_object *row, const struct column *column,
		  const struct output *out, struct text *text)
{
	static const char *const units[] = { "bytes", "KiB", "MiB", "GiB", "TiB" };
	struct json_object *value = json_object_object_get(row, column->key);
	double n = json_object_get_double(value);
	size_t unit = 0;

	(void)out;
	if (!value) {
		text_add(text, "-");
		return;
	}
	while (n >= 1024 && unit < ARRAY_SIZE(units) - 1) {
		n /= 1024;
		unit++;
	}
	text_add(text, "%.*f %s", unit ? 1 : 0, n, units[unit]);
}

/* What a terminal is told before the word; NULL: nothing, it is nothing special. */
const char *severity_colour(const char *severity)
{
	static const struct {
		const char *severity, *colour;
	} colours[] = {
		{ "corrected", "\033[33m" },
		{ "deferred", "\033[35m" },
		{ "uncorrected", "\033[31m" },
		{ "fatal", "\033[1;31m" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(colours); i++)
		if (!strcmp(colours[i].severity, severity))
			return colours[i].colour;
	return NULL;
}
