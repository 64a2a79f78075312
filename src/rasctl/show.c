// SPDX-License-Identifier: LGPL-2.1-or-later

#include "rasctl/ctl.h"

#include <inttypes.h>

#include "event/json.h"
#include "rasctl/acts_view.h"
#include "rasctl/also_told.h"
#include "rasctl/chain.h"
#include "rasctl/database.h"
#include "rasctl/event_view.h"

/* What an id stands for: events and actions have theirs from the same numbers. */
struct found {
	const struct view *view;
	struct json_object *record; /* NULL: nothing */
	uint64_t event;		    /* the action's cause */
};

static int find_event(struct db_reader *reader, uint64_t id, struct found *ret)
{
	const struct db_filter filter = { .id = id };
	struct event event;
	int r = db_find_events(reader, &filter);

	r = r < 0 ? r : db_next_event(reader, &event);
	if (r != 1)
		return r;
	ret->view = &event_record_view;
	ret->record = event_to_json(&event);
	r = also_told_add(reader, id, ret->record);
	return r < 0 ? r : chain_add(reader, id, ret->record);
}

static int keep_action(const struct db_action *action, int64_t run, void *arg)
{
	struct found *found = arg;

	found->view = &action_record_view;
	found->record = action_to_json(action, run);
	found->event = action->event;
	return 0;
}

static int find_action(struct db_reader *reader, uint64_t id, struct found *ret)
{
	const struct db_acts_filter filter = { .id = id };
	int r = db_read_actions(reader, &filter, keep_action, ret);

	return r < 0 || !ret->record ? r :
				       chain_add_cause(reader, ret->event, ret->record);
}

static int run(const struct options *options, char **arguments)
{
	_cleanup_(database_close) struct db_reader *reader = NULL;
	struct found found = { 0 };
	struct output out;
	uint64_t id;
	int r;

	if (parse_uint64(arguments[0], &id) < 0 || !id)
		return complain(CTL_USAGE,
				"\"%s\" is no event id: a number, see rasctl events",
				arguments[0]);
	r = database_open(options, &reader);
	if (r != CTL_OK)
		return r;
	r = find_event(reader, id, &found);
	if (r >= 0 && !found.record)
		r = find_action(reader, id, &found);
	if (r < 0) {
		json_object_put(found.record);
		return database_failed(options, reader, r);
	}
	if (!found.record)
		return complain(CTL_NO_EVENT,
				"there is no event %" PRIu64 " in %s, and no such action",
				id, options->db);
	output_open(&out, options->format, stdout);
	output_record(&out, found.view, found.record);
	output_close(&out);
	return CTL_OK;
}

const struct verb verb_show = {
	.name = "show",
	.arguments = "ID",
	.summary = "everything about one event or action",
	.description =
		"Shows everything that was recorded of the event or action with this id, "
		"and\nwhat belongs to it: the events that explain it and those it "
		"explains, the\nprocesses that were hit, what was done.",
	.options = "",
	.min_arguments = 1,
	.max_arguments = 1,
	.is_paged = true,
	.run = run,
};
