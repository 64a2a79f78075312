// SPDX-License-Identifier: LGPL-2.1-or-later

#include "rasctl/ctl.h"

#include <inttypes.h>

#include "event/json.h"
#include "rasctl/database.h"
#include "rasctl/event_view.h"

static int run(const struct options *options, char **arguments)
{
	_cleanup_(database_close) struct db_reader *reader = NULL;
	struct db_filter filter = { 0 };
	struct output out;
	struct event event;
	int r;

	if (parse_uint64(arguments[0], &filter.id) < 0 || !filter.id)
		return complain(CTL_USAGE,
				"\"%s\" is no event id: a number, see rasctl events",
				arguments[0]);
	r = database_open(options, &reader);
	if (r != CTL_OK)
		return r;
	r = db_find_events(reader, &filter);
	r = r < 0 ? r : db_next_event(reader, &event);
	if (r < 0)
		return database_failed(options, reader, r);
	if (r == 0)
		return complain(CTL_NO_EVENT, "there is no event %" PRIu64 " in %s",
				filter.id, options->db);
	output_open(&out, options->format, stdout);
	output_record(&out, &event_record_view, event_to_json(&event));
	output_close(&out);
	return CTL_OK;
}

const struct verb verb_show = {
	.name = "show",
	.arguments = "ID",
	.summary = "everything about one event",
	.description = "Shows everything that was recorded of the event with this id.",
	.options = "",
	.min_arguments = 1,
	.max_arguments = 1,
	.run = run,
};
