// SPDX-License-Identifier: LGPL-2.1-or-later

#include "rasctl/ctl.h"

#include <string.h>

#include "event/json.h"
#include "rasctl/acts_view.h"
#include "rasctl/database.h"
#include "rasctl/losses.h"
#include "rasctl/option_values.h"
#include "rasctl/output.h"
#include "util/clock.h"

static const struct column columns[] = {
	{ .key = "type", .title = "TYPE" },
	{ .key = "severity", .title = "SEVERITY", .flags = COLUMN_SEVERITY },
	{ .key = "rows", .title = "EVENTS", .flags = COLUMN_RIGHT },
	{ .key = "count", .title = "ERRORS", .flags = COLUMN_RIGHT },
	{ .key = "first", .title = "FIRST", .format = format_time },
	{ .key = "last", .title = "LAST", .format = format_time },
};

static const struct view view = {
	.name = "summary",
	.empty = "No events.",
	.columns = columns,
	.n_columns = ARRAY_SIZE(columns),
};

static struct json_object *json_severity(enum severity severity)
{
	return severity == SEVERITY_UNKNOWN ?
		       NULL :
		       json_object_new_string(severity_name(severity));
}

static int add_summary(const struct db_summary *row, void *arg)
{
	struct json_object *o = json_object_new_object();
	struct value type = value_text(row->type);

	json_object_object_add(o, "type", value_to_json(FIELD_TEXT, &type));
	json_object_object_add(o, "severity", json_severity(row->severity));
	json_object_object_add(o, "rows", json_object_new_uint64(row->rows));
	json_object_object_add(o, "count", json_object_new_uint64(row->count));
	json_object_object_add(o, "first", json_utc(row->first_ns));
	json_object_object_add(o, "last", json_utc(row->last_ns));
	output_row(arg, o);
	return 0;
}

/* --- by one thing ------------------------------------------------------------------- */

/* 0 is the usual: only what is not shall strike the eye. */
static void format_count(struct json_object *row, const struct column *column,
			 const struct output *out, struct text *text)
{
	struct json_object *count = json_object_object_get(row, column->key);

	(void)out;
	text_add(text, "%s",
		 json_object_get_uint64(count) ? json_object_get_string(count) : "-");
}

#define COUNT_COLUMN(key_, title_)                                             \
	{                                                                      \
		.key = (key_), .title = (title_),                              \
		.flags = COLUMN_RIGHT | COLUMN_PRESENT, .format = format_count \
	}

static const struct column by_columns[] = {
	{ .key = "key" }, /* its place: see by_view() */
	{ .key = "rows", .title = "EVENTS", .flags = COLUMN_RIGHT },
	{ .key = "count", .title = "ERRORS", .flags = COLUMN_RIGHT | COLUMN_WIDE },
	COUNT_COLUMN("corrected", "CE"),
	COUNT_COLUMN("deferred", "DEFERRED"),
	COUNT_COLUMN("uncorrected", "UE"),
	COUNT_COLUMN("fatal", "FATAL"),
	{ .key = "first", .title = "FIRST", .flags = COLUMN_WIDE, .format = format_time },
	{ .key = "last", .title = "LAST", .format = format_time },
};

struct grouping {
	enum db_by by;
	struct output *out;
};

static struct json_object *json_day(int64_t day)
{
	char text[UTC_TEXT_BYTES];

	utc_to_text(day * 86400 * NS_PER_SEC, text);
	return json_object_new_string_len(text, 10);
}

static struct json_object *json_key(enum db_by by, const struct db_group *row)
{
	struct value text = value_text(row->text);

	if (!row->is_known)
		return NULL;
	switch (by) {
	case DB_BY_SEVERITY:
		return json_object_new_string(severity_name((enum severity)row->number));
	case DB_BY_COMPONENT:
		return json_object_new_string(
			component_name((enum component)row->number));
	case DB_BY_PAGE:
		return json_address((uint64_t)row->number);
	case DB_BY_CPU:
		return json_object_new_int64(row->number);
	case DB_BY_DAY:
		return json_day(row->number);
	case DB_BY_TYPE:
	case DB_BY_UNIT:
	case DB_BY_DIMM:
	case DB_BY_DEVICE:
	case DB_BY_BOOT:
	case DB_BY_MAX:
		break;
	}
	return value_to_json(FIELD_TEXT, &text);
}

static int add_group(const struct db_group *row, void *arg)
{
	const struct grouping *grouping = arg;
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, by_words[grouping->by], json_key(grouping->by, row));
	json_object_object_add(o, "rows", json_object_new_uint64(row->rows));
	json_object_object_add(o, "count", json_object_new_uint64(row->count));
	for (unsigned int i = 0; i < SEVERITY_MAX; i++)
		json_object_object_add(o, severity_name(i),
				       json_object_new_uint64(row->counts[i]));
	json_object_object_add(o, "first", json_utc(row->first_ns));
	json_object_object_add(o, "last", json_utc(row->last_ns));
	output_row(grouping->out, o);
	return 0;
}

static int print_groups(struct db_reader *reader, enum db_by by, struct output *out)
{
	struct column shown[ARRAY_SIZE(by_columns)];
	const struct view by_view = { .name = "summary",
				      .empty = "No events.",
				      .columns = shown,
				      .n_columns = ARRAY_SIZE(shown) };
	struct grouping grouping = { .by = by, .out = out };
	int r;

	memcpy(shown, by_columns, sizeof(shown));
	shown[0].key = shown[0].title = by_words[by];
	if (by == DB_BY_SEVERITY)
		shown[0].flags = COLUMN_SEVERITY;
	output_begin(out, &by_view);
	r = db_read_groups(reader, by, add_group, &grouping);
	out->failed = r < 0;
	output_end(out);
	return r;
}

/* --- the verb ----------------------------------------------------------------------- */

static int add_loss(const struct db_loss *loss, void *arg)
{
	output_row(arg, loss_to_json(loss));
	return 0;
}

static int print_all(struct db_reader *reader, struct output *out)
{
	int r;

	output_begin(out, &view);
	r = db_read_summary(reader, add_summary, out);
	out->failed = r < 0;
	output_end(out);
	output_begin(out, &losses_view);
	r = r < 0 ? r : db_read_losses(reader, add_loss, out);
	out->failed = r < 0;
	output_end(out);
	return r;
}

static int run(const struct options *options, char **arguments)
{
	_cleanup_(database_close) struct db_reader *reader = NULL;
	struct output out;
	int r = database_open(options, &reader);

	(void)arguments;
	if (r != CTL_OK)
		return r;
	output_open(&out, options->format, stdout);
	r = options->by_given ? print_groups(reader, options->by, &out) :
				print_all(reader, &out);
	output_close(&out);
	return r < 0 ? database_failed(options, reader, r) : CTL_OK;
}

const struct verb verb_summary = {
	.name = "summary",
	.arguments = "",
	.summary = "how many events of which type and severity",
	.description =
		"Counts events by type and severity. An event stands for several errors "
		"where\nthey were summed up. Below: what was lost, if anything was. With --by: "
		"by type,\nseverity, component, unit, dimm, device, page, cpu, boot or day "
		"(UTC).",
	.options = "B",
	.is_paged = true,
	.run = run,
};
