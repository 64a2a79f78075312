// SPDX-License-Identifier: LGPL-2.1-or-later

/* rasctl db prune: what was removed, or would be. */

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "rasctl/offline.h"
#include "rasctl/output.h"

/* Where rasd puts what, see rasd/offline.h. */
enum word { KIND, UNCONFIRMED, CORRECTED, OTHERS, BEFORE, AFTER, WORDS };

static const char *const keys[WORDS] = {
	[UNCONFIRMED] = "unconfirmed", [CORRECTED] = "corrected", [OTHERS] = "others",
	[BEFORE] = "bytes_before",     [AFTER] = "bytes",
};

static uint64_t number(struct json_object *object, const char *key)
{
	return json_object_get_uint64(json_object_object_get(object, key));
}

static void format_removed(struct json_object *row, const struct column *column,
			   const struct output *out, struct text *text)
{
	(void)column;
	(void)out;
	text_add(text,
		 "%" PRIu64 " unconfirmed, %" PRIu64 " corrected, %" PRIu64 " others",
		 number(row, "unconfirmed"), number(row, "corrected"),
		 number(row, "others"));
}

static void format_file(struct json_object *row, const struct column *column,
			const struct output *out, struct text *text)
{
	const struct column before = { .key = "bytes_before" };

	format_bytes(row, column, out, text);
	text_add(text, ", before ");
	format_bytes(row, &before, out, text);
}

static const struct column columns[] = {
	{ .key = "removed", .title = "Removed", .format = format_removed },
	{ .key = "bytes", .title = "File", .format = format_file },
};

/* What would be. */
static const struct column dry_columns[] = {
	{ .key = "removed", .title = "Would be removed", .format = format_removed },
	{ .key = "bytes", .title = "File then", .format = format_file },
};

static const struct view views[] = {
	{ .name = "prune", .columns = columns, .n_columns = ARRAY_SIZE(columns) },
	{ .name = "prune", .columns = dry_columns, .n_columns = ARRAY_SIZE(dry_columns) },
};

static void take_line(char *const words[OFFLINE_WORDS_MAX], void *userdata)
{
	struct json_object **record = userdata;

	if (strcmp(words[KIND], "pruned") || *record)
		return;
	*record = json_object_new_object();
	for (size_t i = UNCONFIRMED; i < WORDS; i++)
		json_object_object_add(
			*record, keys[i],
			json_object_new_uint64(strtoull(words[i], NULL, 10)));
}

/* "--keep-days", N, … for those that were given. */
static void add_limits(const struct options *options, const char **arguments)
{
	const struct {
		const char *name, *value;
	} limits[] = {
		{ "--keep-days", options->keep_days },
		{ "--keep-events", options->keep_events },
		{ "--keep-size", options->keep_size },
	};

	for (size_t i = 0; i < ARRAY_SIZE(limits); i++)
		if (limits[i].value) {
			*arguments++ = limits[i].name;
			*arguments++ = limits[i].value;
		}
}

int db_prune_file(const struct options *options)
{
	const char *arguments[10] = { "--prune" };
	struct json_object *record = NULL;
	struct output out;
	int code;

	if (options->dry_run)
		arguments[1] = "--dry-run";
	add_limits(options, arguments + 1 + options->dry_run);
	code = offline_run(options, arguments, take_line, &record);
	if (!record)
		return code == CTL_OK || code == -EBUSY ? CTL_FAILED : code;
	json_object_object_add(record, "dry_run",
			       json_object_new_boolean(options->dry_run));
	output_open(&out, options->format, stdout);
	output_record(&out, &views[options->dry_run], record);
	output_close(&out);
	return code;
}
