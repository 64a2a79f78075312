// SPDX-License-Identifier: LGPL-2.1-or-later

#include "rasctl/ctl.h"

#include "event/json.h"
#include "rasctl/database.h"
#include "rasctl/event_view.h"
#include "rasctl/follow.h"
#include "rasctl/query.h"

#define LINES_FOR_PEOPLE  50 /* programs get all, unless they say otherwise */
#define LINES_BEFORE_MORE 10 /* with --follow */

static uint64_t lines_of(const struct options *options)
{
	if (options->lines_given)
		return options->lines;
	if (options->follow && !options->after_cursor && !options->cursor_file)
		return LINES_BEFORE_MORE;
	return options->format == &output_table && !options->follow ? LINES_FOR_PEOPLE :
								      0;
}

/* What there is now. Returns 0 or a negative errno. */
static int print_events(struct db_reader *reader, struct query *query, struct output *out)
{
	struct event event;
	int r = db_find_events(reader, &query->filter);

	while (r >= 0 && (r = db_next_event(reader, &event)) == 1) {
		query->cursor.id = MAX(query->cursor.id, event.id);
		output_row(out, event_to_json(&event));
	}
	return r;
}

/* The file has another database now, which is new from its first event on. */
static int read_anew(const struct options *options, struct db_reader **reader,
		     struct query *query)
{
	struct options anew = *options;
	struct db_reader *fresh = NULL;
	int r = database_open(options, &fresh);

	if (r != CTL_OK)
		return r;
	db_reader_close(*reader);
	*reader = fresh;
	anew.after_cursor = anew.cursor_file = NULL;
	r = query_begin(&anew, fresh, query);
	query->filter.once = !options->all;
	return r;
}

/* All that is new, each time there is something, until somebody ends it. */
static int follow_events(const struct options *options, struct db_reader **reader,
			 struct query *query, struct output *out)
{
	_cleanup_(follow_end) struct follow *follow = NULL;
	int r = follow_begin(options->db, &follow);

	while (r >= 0) {
		query->filter.newest = query->filter.oldest = 0;
		query->filter.after = query->cursor.id;
		r = print_events(*reader, query, out);
		if (r < 0 || fflush(out->file) == EOF || !follow_wait(follow))
			break;
		if (!follow_was_replaced(follow))
			continue;
		follow_took(follow);
		r = read_anew(options, reader, query);
		if (r != CTL_OK)
			return r;
	}
	return r < 0 ? database_failed(options, *reader, r) : CTL_OK;
}

/* Behind a cursor all of them, or the first: else it would pass over some. */
static void limit(const struct options *options, struct db_filter *filter)
{
	if (!filter->after) {
		filter->newest = lines_of(options);
		return;
	}
	filter->newest = 0;
	if (options->lines_given && options->newest_first)
		filter->newest = options->lines;
	else if (options->lines_given)
		filter->oldest = options->lines;
}

static int run(const struct options *options, char **arguments)
{
	_cleanup_(database_close) struct db_reader *reader = NULL;
	bool streams = options->follow && options->format == &output_table;
	struct query query;
	struct output out;
	int r = database_open(options, &reader);

	(void)arguments;
	if (options->follow && (options->newest_first || options->format == &output_json))
		return complain(CTL_USAGE, "--follow has no end: not with --reverse, nor "
					   "as one json document; use ndjson");
	r = r == CTL_OK ? query_begin(options, reader, &query) : r;
	if (r != CTL_OK)
		return r;
	limit(options, &query.filter);
	query.filter.once = !options->all;
	output_open(&out, streams ? &output_lines : options->format, stdout);
	output_begin(&out, options->format == &output_csv ? &event_members_view :
							    &event_list_view);
	r = print_events(reader, &query, &out);
	r = r < 0 ? database_failed(options, reader, r) : CTL_OK;
	if (r == CTL_OK && options->follow)
		r = follow_events(options, &reader, &query, &out);
	out.failed = r != CTL_OK;
	output_end(&out);
	output_close(&out);
	return r == CTL_OK ? cursor_end(options, &query.cursor) : r;
}

const struct verb verb_events = {
	.name = "events",
	.arguments = "",
	.summary = "the recorded events, oldest first",
	.description =
		"Lists recorded events, oldest first. A table shows the newest 50 unless "
		"-n says\notherwise, json, ndjson and csv all of them. With --follow: the "
		"newest 10, then\nwhat is recorded, as soon as it is on disk. An error that "
		"two sources told of is\nlisted once; with --all, each time. After a cursor: "
		"all, or the oldest N.",
	.options = "nr4f" QUERY_OPTIONS,
	.is_paged = true,
	.run = run,
};
