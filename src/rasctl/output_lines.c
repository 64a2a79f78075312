// SPDX-License-Identifier: LGPL-2.1-or-later

/* Events for people who wait for them: a line each, as they come, so no table. */

#include "rasctl/output.h"

#include <string.h>

#define TYPE_WIDTH     14
#define SEVERITY_WIDTH 11

static void nothing(struct output *out)
{
	(void)out;
}

static void begin(struct output *out, const struct view *view)
{
	(void)out;
	(void)view;
}

static void print_row(struct output *out, struct json_object *row)
{
	const struct column time_column = { .key = "time" };
	const char *severity = json_text(row, "severity"),
		   *message = json_text(row, "message");
	const char *word = severity ? severity : "-";
	const char *colour = out->colour ? severity_colour(word) : NULL;
	char time[64] = "";
	struct text text = TEXT_IN(time);

	format_time(row, &time_column, out, &text);
	fprintf(out->file, "%s %s%-*s%s %-*s %s (%s)\n", time, colour ? colour : "",
		SEVERITY_WIDTH, word, colour ? "\033[0m" : "", TYPE_WIDTH,
		json_text(row, "type"), message ? message : "", json_text(row, "id"));
	json_object_put(row);
}

static void record(struct output *out, const struct view *view,
		   struct json_object *record)
{
	(void)view;
	print_row(out, record);
}

const struct output_ops output_lines = {
	.name = "lines",
	.open = nothing,
	.begin = begin,
	.row = print_row,
	.end = nothing,
	.record = record,
	.close = nothing,
};
