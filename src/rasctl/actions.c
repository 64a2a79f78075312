// SPDX-License-Identifier: LGPL-2.1-or-later

#include "rasctl/ctl.h"

#include "rasctl/acts_view.h"
#include "rasctl/database.h"

#define LINES_FOR_PEOPLE 25 /* programs get all, unless they say otherwise */

static int print_action(const struct db_action *action, int64_t run, void *arg)
{
	output_row(arg, action_to_json(action, run));
	return 0;
}

static int run(const struct options *options, char **arguments)
{
	_cleanup_(database_close) struct db_reader *reader = NULL;
	bool for_people = options->format == &output_table;
	const struct db_acts_filter filter = {
		.unit = options->unit,
		.newest = options->lines_given ? options->lines :
			  for_people	       ? LINES_FOR_PEOPLE :
						 0,
		.newest_first = options->newest_first,
	};
	struct output out;
	int r = database_open(options, &reader);

	(void)arguments;
	if (r != CTL_OK)
		return r;
	output_open(&out, options->format, stdout);
	output_begin(&out, &actions_view);
	r = db_read_actions(reader, &filter, print_action, &out);
	out.failed = r < 0;
	output_end(&out);
	output_close(&out);
	return r < 0 ? database_failed(options, reader, r) : CTL_OK;
}

const struct verb verb_actions = {
	.name = "actions",
	.arguments = "",
	.summary = "what was done, or would have been, oldest first",
	.description =
		"Lists what rasd did about errors, what it would have done, and why it "
		"did not;\noldest first. A table shows the newest 25 unless -n says "
		"otherwise, json and\nndjson all of them.",
	.options = "nru",
	.is_paged = true,
	.run = run,
};
