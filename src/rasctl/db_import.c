// SPDX-License-Identifier: LGPL-2.1-or-later

/* rasctl db import: what became of the tables of rasdaemon's databases. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rasctl/losses.h"
#include "rasctl/offline.h"
#include "rasctl/output.h"

/* Where rasd puts what, see rasd/offline.h. */
enum word { KIND, TABLE, TYPE, ROWS, ADDED, KNOWN, BAD, LEFT_OUT };

struct import_view {
	struct output out;
	const char *file;
};

static void format_left_out(struct json_object *row, const struct column *column,
			    const struct output *out, struct text *text)
{
	const char *left_out = json_text(row, column->key);

	(void)out;
	if (!json_text(row, "type"))
		text_add(text, "all of it: rasd has no type for it");
	else
		text_add(text, "%s", left_out ? left_out : "-");
}

static const struct column columns[] = {
	{ .key = "file", .title = "FILE" },
	{ .key = "table", .title = "TABLE" },
	{ .key = "type", .title = "TYPE" },
	{ .key = "rows", .title = "ROWS", .flags = COLUMN_RIGHT },
	{ .key = "added", .title = "ADDED", .flags = COLUMN_RIGHT },
	{ .key = "known", .title = "KNOWN", .flags = COLUMN_RIGHT },
	{ .key = "bad", .title = "BAD", .flags = COLUMN_RIGHT },
	{ .key = "left_out",
	  .title = "NOT IMPORTED",
	  .flags = COLUMN_ELASTIC,
	  .format = format_left_out },
};

static const struct view view = {
	.name = "tables",
	.empty = "No row was there to be imported.",
	.columns = columns,
	.n_columns = ARRAY_SIZE(columns),
};

/* Without the file: there is only one. */
static const struct view view_of_one = {
	.name = "tables",
	.empty = "No row was there to be imported.",
	.columns = columns + 1,
	.n_columns = ARRAY_SIZE(columns) - 1,
};

static void add_number(struct json_object *o, const char *key, const char *number)
{
	json_object_object_add(o, key,
			       json_object_new_uint64(strtoull(number, NULL, 10)));
}

static void take_line(char *const words[OFFLINE_WORDS_MAX], void *userdata)
{
	struct import_view *import = userdata;
	struct json_object *o;

	if (strcmp(words[KIND], "table"))
		return;
	o = json_object_new_object();
	json_object_object_add(o, "file", json_word(import->file));
	json_object_object_add(o, "table", json_object_new_string(words[TABLE]));
	json_object_object_add(o, "type",
			       strcmp(words[TYPE], "-") ? json_word(words[TYPE]) : NULL);
	add_number(o, "rows", words[ROWS]);
	add_number(o, "added", words[ADDED]);
	add_number(o, "known", words[KNOWN]);
	add_number(o, "bad", words[BAD]);
	json_object_object_add(
		o, "left_out",
		*words[LEFT_OUT] ? json_object_new_string(words[LEFT_OUT]) : NULL);
	output_row(&import->out, o);
}

/* All of them, whatever becomes of one; but none if rasd cannot write. */
int db_import_files(const struct options *options, char **files)
{
	struct import_view import = { 0 };
	int code = CTL_OK, r = CTL_OK;

	output_open(&import.out, options->format, stdout);
	output_begin(&import.out, files[1] ? &view : &view_of_one);
	for (; *files && r != CTL_NO_DATABASE && r != -EBUSY; files++) {
		const char *const arguments[] = { "--import", *files, NULL };

		import.file = *files;
		r = offline_run(options, arguments, take_line, &import);
		if (r != CTL_OK)
			code = r == -EBUSY ? CTL_FAILED : r;
	}
	import.out.failed = code != CTL_OK;
	output_end(&import.out);
	output_close(&import.out);
	return code;
}
