// SPDX-License-Identifier: LGPL-2.1-or-later

#include "rasctl/ctl.h"

#include "event/json.h"
#include "rasctl/database.h"
#include "rasctl/losses.h"
#include "rasctl/output.h"

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

static int add_loss(const struct db_loss *loss, void *arg)
{
	output_row(arg, loss_to_json(loss));
	return 0;
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
	output_begin(&out, &view);
	r = db_read_summary(reader, add_summary, &out);
	output_end(&out);
	output_begin(&out, &losses_view);
	r = r < 0 ? r : db_read_losses(reader, add_loss, &out);
	output_end(&out);
	output_close(&out);
	return r < 0 ? database_failed(options, reader, r) : CTL_OK;
}

const struct verb verb_summary = {
	.name = "summary",
	.arguments = "",
	.summary = "how many events of which type and severity",
	.description =
		"Counts events by type and severity. An event stands for several errors "
		"where\nthey were summed up. Below: what was lost, if anything was.",
	.options = "",
	.run = run,
};
