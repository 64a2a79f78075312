// SPDX-License-Identifier: LGPL-2.1-or-later

#include "rasctl/ctl.h"

#include "event/json.h"
#include "rasctl/database.h"
#include "rasctl/event_view.h"
#include "rasctl/losses.h"
#include "rasctl/output.h"
#include "rasctl/query.h"

/* With what makes its id one of all machines. */
static struct json_object *exported(const struct event *event,
				    const struct cursor *cursor)
{
	struct json_object *o = json_object_new_object(), *all = event_to_json(event);

	json_object_object_add(o, "machine_id", json_word(cursor->machine_id));
	json_object_object_add(o, "db_id", json_word(cursor->db_id));
	json_object_object_foreach(all, key, value)
		json_object_object_add(o, key, json_object_get(value));
	json_object_put(all);
	return o;
}

static int print_events(struct db_reader *reader, struct query *query, struct output *out)
{
	struct event event;
	int r = db_find_events(reader, &query->filter);

	while (r >= 0 && (r = db_next_event(reader, &event)) == 1) {
		query->cursor.id = event.id;
		output_row(out, exported(&event, &query->cursor));
	}
	return r;
}

static int run(const struct options *options, char **arguments)
{
	_cleanup_(database_close) struct db_reader *reader = NULL;
	struct options ours = *options;
	struct query query;
	struct output out;
	int r;

	(void)arguments;
	if (!options->format_given)
		ours.format = &output_ndjson;
	if (ours.format != &output_ndjson && ours.format != &output_csv)
		return complain(CTL_USAGE,
				"export writes ndjson (by itself) or csv, not %s",
				ours.format->name);
	r = database_open(options, &reader);
	r = r == CTL_OK ? query_begin(options, reader, &query) : r;
	if (r != CTL_OK)
		return r;
	query.filter.newest = 0;
	query.filter.oldest = options->lines;
	output_open(&out, ours.format, stdout);
	output_begin(&out, &export_view);
	r = print_events(reader, &query, &out);
	output_end(&out);
	output_close(&out);
	return r < 0 ? database_failed(options, reader, r) :
		       cursor_end(&ours, &query.cursor);
}

const struct verb verb_export = {
	.name = "export",
	.arguments = "",
	.summary = "events for another database: ndjson or csv",
	.description =
		"Writes events, oldest first, each with the ids of this machine and of its"
		"\ndatabase, which make its own id one of a kind. With --cursor-file, each call"
		"\ngoes on where the one before it ended; -n: the oldest, so many at most.",
	.options = "n" QUERY_OPTIONS,
	.run = run,
};
