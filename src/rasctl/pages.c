// SPDX-License-Identifier: LGPL-2.1-or-later

#include "rasctl/ctl.h"

#include "db/reader_acts.h"
#include "event/acts.h"
#include "rasctl/acts_view.h"
#include "rasctl/database.h"
#include "rasctl/losses.h"

static const struct column columns[] = {
	{ .key = "address", .title = "PAGE", .flags = COLUMN_RIGHT },
	{ .key = "state", .title = "STATE" },
	{ .key = "corrected", .title = "CORRECTED", .flags = COLUMN_RIGHT },
	{ .key = "first", .title = "FIRST", .format = format_time },
	{ .key = "last", .title = "LAST", .format = format_time },
};

static const struct view view = {
	.name = "pages",
	.empty = "No page is known for errors.",
	.columns = columns,
	.n_columns = ARRAY_SIZE(columns),
};

/* What is out of use in one boot is memory like any other in the next. */
static struct json_object *state_to_json(const struct db_page *page, bool is_now)
{
	enum page_state state = is_now ? (enum page_state)page->state : PAGE_WATCHED;

	return json_object_new_string(page_state_name(state));
}

static int print_page(const struct db_page *page, bool is_now, void *arg)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "address", json_address(page->address));
	json_object_object_add(o, "state", state_to_json(page, is_now));
	json_object_object_add(o, "state_before",
			       is_now ? NULL :
					json_object_new_string(page_state_name(
						(enum page_state)page->state)));
	json_object_object_add(o, "corrected", json_object_new_uint64(page->corrected));
	json_object_object_add(o, "first",
			       page->first_ns ? json_utc(page->first_ns) : NULL);
	json_object_object_add(o, "last", page->last_ns ? json_utc(page->last_ns) : NULL);
	output_row(arg, o);
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
	r = db_read_pages(reader, print_page, &out);
	out.failed = r < 0;
	output_end(&out);
	output_close(&out);
	return r < 0 ? database_failed(options, reader, r) : CTL_OK;
}

const struct verb verb_pages = {
	.name = "pages",
	.arguments = "",
	.summary = "pages of memory that had errors",
	.description =
		"Lists the pages of memory that are known for errors, the latest "
		"first:\nhow many were corrected, and whether the page is watched, asked for, "
		"offlined,\npoisoned or stuck.",
	.options = "",
	.is_paged = true,
	.run = run,
};
