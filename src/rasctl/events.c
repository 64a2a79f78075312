// SPDX-License-Identifier: LGPL-2.1-or-later

#include "rasctl/ctl.h"

#include "event/json.h"
#include "handlers/table.h"
#include "rasctl/database.h"
#include "rasctl/event_view.h"

#define LINES_FOR_PEOPLE 50 /* programs get all, unless they say otherwise */

static struct db_filter filter_of(const struct options *options)
{
	bool for_people = options->format == &output_table;

	return (struct db_filter){
		.newest = options->lines_given ? options->lines :
			  for_people	       ? LINES_FOR_PEOPLE :
						 0,
		.types = { options->type },
		.severities = db_severities_from(options->min_severity),
		.newest_first = options->newest_first,
	};
}

/* A type that nobody knows is a slip of the pen, not an empty list. */
static int check_type(struct db_reader *reader, const char *type)
{
	char known[512] = "";
	struct text text = TEXT_IN(known);

	if (!type || db_knows_type(reader, type) != 0)
		return CTL_OK;
	for (size_t i = 0; i < handlers_table.n_handlers; i++)
		text_add(&text, "%s%s", i ? ", " : "",
			 handlers_table.handlers[i]->type->name);
	return complain(CTL_USAGE, "there is no type \"%s\"; there are %s", type, known);
}

static int run(const struct options *options, char **arguments)
{
	_cleanup_(database_close) struct db_reader *reader = NULL;
	struct db_filter filter = filter_of(options);
	struct output out;
	struct event event;
	int r = database_open(options, &reader);

	(void)arguments;
	if (r != CTL_OK)
		return r;
	r = check_type(reader, options->type);
	if (r != CTL_OK)
		return r;
	r = db_find_events(reader, &filter);
	if (r < 0)
		return database_failed(options, reader, r);
	output_open(&out, options->format, stdout);
	output_begin(&out, &event_list_view);
	while ((r = db_next_event(reader, &event)) == 1)
		output_row(&out, event_to_json(&event));
	output_end(&out);
	output_close(&out);
	return r < 0 ? database_failed(options, reader, r) : CTL_OK;
}

const struct verb verb_events = {
	.name = "events",
	.arguments = "",
	.summary = "the recorded events, oldest first",
	.description =
		"Lists recorded events, oldest first. A table shows the newest 50 unless "
		"-n says\notherwise, json and ndjson all of them.",
	.options = "nrts",
	.run = run,
};
