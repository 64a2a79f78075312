// SPDX-License-Identifier: LGPL-2.1-or-later

#include "rasctl/losses.h"

#include <string.h>

#include "event/json.h"
#include "util/clock.h"
#include "util/macro.h"

static const struct column columns[] = {
	{ .key = "stage", .title = "LOST IN" },
	{ .key = "instance", .title = "INSTANCE" },
	{ .key = "count", .title = "COUNT", .flags = COLUMN_RIGHT },
	{ .key = "first", .title = "FIRST", .format = format_time },
	{ .key = "last", .title = "LAST", .format = format_time },
};

const struct view losses_view = {
	.name = "losses",
	.empty = "Nothing was lost.",
	.columns = columns,
	.n_columns = ARRAY_SIZE(columns),
};

struct json_object *json_utc(int64_t time_ns)
{
	char text[UTC_TEXT_BYTES];

	return json_object_new_string(utc_to_text(time_ns, text));
}

/* Escaped; NULL for an empty one. */
struct json_object *json_word(const char *word)
{
	struct value value = value_text(word);

	return *word ? value_to_json(FIELD_TEXT, &value) : NULL;
}

/* A new reference. */
struct json_object *loss_to_json(const struct db_loss *loss)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "stage", json_word(loss->stage));
	json_object_object_add(o, "instance", json_word(loss->instance));
	json_object_object_add(o, "count", json_object_new_uint64(loss->count));
	json_object_object_add(o, "first", json_utc(loss->first_ns));
	json_object_object_add(o, "last", json_utc(loss->last_ns));
	return o;
}
