// SPDX-License-Identifier: LGPL-2.1-or-later

/* How people see events: a line of a list, or all of one. */

#include "rasctl/event_view.h"

#include <string.h>

#include "event/acts.h"
#include "rasctl/acts_view.h"
#include "rasctl/hardware.h"
#include "util/macro.h"

/* Nothing of what the boot that it happened in recorded itself. */
static void format_boot(struct json_object *row, const struct column *column,
			const struct output *out, struct text *text)
{
	(void)out;
	text_add(text, "%s",
		 json_object_get_boolean(json_object_object_get(row, column->key)) ?
			 "earlier" :
			 "-");
}

static const struct column list_columns[] = {
	{ .key = "id", .title = "ID", .flags = COLUMN_RIGHT },
	{ .key = "time", .title = "TIME", .format = format_time },
	{ .key = "severity", .title = "SEVERITY", .flags = COLUMN_SEVERITY },
	{ .key = "type", .title = "TYPE" },
	{ .key = "previous_boot",
	  .title = "BOOT",
	  .flags = COLUMN_TELLING,
	  .format = format_boot },
	{ .key = "count", .title = "COUNT", .flags = COLUMN_RIGHT | COLUMN_TELLING },
	{ .key = "pid",
	  .title = "PID",
	  .flags = COLUMN_RIGHT | COLUMN_WIDE | COLUMN_TELLING },
	{ .key = "unit", .title = "UNIT", .flags = COLUMN_WIDE | COLUMN_TELLING },
	{ .key = "device",
	  .title = "DEVICE",
	  .flags = COLUMN_WIDE | COLUMN_TELLING,
	  .format = format_device },
	{ .key = "message", .title = "MESSAGE", .flags = COLUMN_ELASTIC },
};

const struct view event_list_view = {
	.name = "events",
	.empty = "No events.",
	.columns = list_columns,
	.n_columns = ARRAY_SIZE(list_columns),
};

/* The members of a row, for a csv without rows; in the order of event_to_json(). */
#define COLUMN(key_)                           \
	{                                      \
		.key = (key_), .title = (key_) \
	}
#define N_OF_EXPORT 2 /* those that only an export has */

static const struct column members[] = {
	COLUMN("machine_id"), COLUMN("db_id"),	      COLUMN("id"),
	COLUMN("time"),	      COLUMN("time_last"),    COLUMN("type"),
	COLUMN("severity"),   COLUMN("component"),    COLUMN("count"),
	COLUMN("address"),    COLUMN("address_kind"), COLUMN("cpu"),
	COLUMN("pid"),	      COLUMN("tgid"),	      COLUMN("uid"),
	COLUMN("comm"),	      COLUMN("unit"),	      COLUMN("dimm"),
	COLUMN("device"),     COLUMN("device_id"),    COLUMN("confirmed"),
	COLUMN("synthetic"),  COLUMN("source"),	      COLUMN("previous_boot"),
	COLUMN("retold"),     COLUMN("message"),      COLUMN("detail"),
};

const struct view export_view = {
	.name = "events",
	.columns = members,
	.n_columns = ARRAY_SIZE(members),
};

const struct view event_members_view = {
	.name = "events",
	.columns = members + N_OF_EXPORT,
	.n_columns = ARRAY_SIZE(members) - N_OF_EXPORT,
};

static void format_address(struct json_object *row, const struct column *column,
			   const struct output *out, struct text *text)
{
	const char *address = json_text(row, column->key);

	(void)out;
	if (address)
		text_add(text, "%s, %s", address, json_text(row, "address_kind"));
}

/* Only where it is not what every event is. */
/* Whether one of its hits is known by what nobody can forge. */
static bool is_proven(struct json_object *row)
{
	struct json_object *hits = json_object_object_get(row, "hits");
	size_t n = hits ? json_object_array_length(hits) : 0;

	for (size_t i = 0; i < n; i++) {
		struct json_object *hit = json_object_array_get_idx(hits, i);
		const char *evidence =
			json_object_get_string(json_object_object_get(hit, "evidence"));

		if (evidence && strcmp(evidence, evidence_name(EVIDENCE_NONE)) != 0 &&
		    json_object_equal(json_object_object_get(hit, "event"),
				      json_object_object_get(row, "id")))
			return true;
	}
	return false;
}

static void format_marks(struct json_object *row, const struct column *column,
			 const struct output *out, struct text *text)
{
	static const struct {
		const char *key;
		bool value;
		const char *words;
	} marks[] = {
		{ "synthetic", true,
		  "synthetic: made by rasctl test-event, not by hardware" },
		{ "confirmed", false, "unconfirmed: any user could have caused it" },
		{ "previous_boot", true,
		  "of an earlier boot, found at a later start: the time is the record's, "
		  "or just before that boot if it has none" },
		{ "retold", true, "retold: another source told of the same error" },
	};

	(void)column;
	(void)out;
	for (size_t i = 0; i < ARRAY_SIZE(marks); i++) {
		struct json_object *value = json_object_object_get(row, marks[i].key);

		if (value && (bool)json_object_get_boolean(value) == marks[i].value)
			text_add(text, "%s%s", text->len ? "; " : "", marks[i].words);
	}
	if (json_object_object_get(row, "confirmed") &&
	    !json_object_get_boolean(json_object_object_get(row, "confirmed")) &&
	    is_proven(row))
		text_add(text, "; but see Hits for what proves it");
}

/* Of events that were summed up. */
static void format_last(struct json_object *row, const struct column *column,
			const struct output *out, struct text *text)
{
	if (json_object_get_int64(json_object_object_get(row, "count")) > 1)
		format_time_long(row, column, out, text);
}

static const struct column record_columns[] = {
	{ .key = "id", .title = "ID" },
	{ .key = "time", .title = "Time", .format = format_time_long },
	{ .key = "time_last", .title = "Last", .format = format_last },
	{ .key = "type", .title = "Type" },
	{ .key = "severity", .title = "Severity" },
	{ .key = "component", .title = "Component" },
	{ .key = "source", .title = "Source" },
	{ .key = "message", .title = "Message" },
	{ .key = "count", .title = "Count" },
	{ .key = "address", .title = "Address", .format = format_address },
	{ .key = "address_kind" },
	{ .key = "dimm", .title = "DIMM" },
	{ .key = "device", .title = "Device", .format = format_device },
	{ .key = "device_id" },
	{ .key = "cpu", .title = "CPU" },
	{ .key = "pid", .title = "Thread" },
	{ .key = "tgid", .title = "Process" },
	{ .key = "uid", .title = "User ID" },
	{ .key = "comm", .title = "Command" },
	{ .key = "unit", .title = "Unit" },
	{ .key = "confirmed", .title = "Mark", .format = format_marks },
	{ .key = "previous_boot" },
	{ .key = "retold" },
	{ .key = "took", .title = "Took" },
	{ .key = "where", .title = "Where" },
};

static const struct view *const record_lists[] = { &links_view, &hits_view, &actions_view,
						   NULL };

const struct view event_record_view = {
	.name = "event",
	.columns = record_columns,
	.n_columns = ARRAY_SIZE(record_columns),
	.lists = record_lists,
};
