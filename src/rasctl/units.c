// SPDX-License-Identifier: LGPL-2.1-or-later

#include "rasctl/ctl.h"

#include "db/reader_acts.h"
#include "event/acts.h"
#include "rasctl/database.h"
#include "rasctl/losses.h"
#include "rasctl/output.h"

static void format_unit(struct json_object *row, const struct column *column,
			const struct output *out, struct text *text)
{
	const char *unit = json_text(row, "unit"),
		   *user_unit = json_text(row, "user_unit");

	(void)column;
	(void)out;
	text_add(text, "%s%s%s", user_unit ? user_unit : "", user_unit ? " of " : "",
		 unit ? unit : "none that is known");
}

static const struct column columns[] = {
	{ .key = "hits", .title = "HITS", .flags = COLUMN_RIGHT },
	{ .key = "last", .title = "LAST", .format = format_time },
	{ .key = "evidence", .title = "KNOWN BY" },
	{ .key = "act", .title = "LAST ACT", .flags = COLUMN_TELLING },
	{ .key = "outcome", .title = "OUTCOME", .flags = COLUMN_TELLING },
	{ .key = "unit",
	  .title = "UNIT",
	  .flags = COLUMN_ELASTIC,
	  .format = format_unit },
};

static const struct view view = {
	.name = "units",
	.empty = "No unit was hit.",
	.columns = columns,
	.n_columns = ARRAY_SIZE(columns),
};

static struct json_object *string_if(bool known, const char *word)
{
	return known ? json_object_new_string(word) : NULL;
}

static int print_unit(const struct db_unit *unit, void *arg)
{
	struct json_object *o = json_object_new_object();
	bool acted = unit->action != 0;

	json_object_object_add(o, "unit", json_word(unit->unit));
	json_object_object_add(o, "user_unit", json_word(unit->user_unit));
	json_object_object_add(o, "hits", json_object_new_uint64(unit->hits));
	json_object_object_add(o, "last", json_utc(unit->last_ns));
	json_object_object_add(
		o, "evidence",
		json_object_new_string(evidence_name((enum evidence)unit->evidence)));
	json_object_object_add(o, "action",
			       acted ? json_object_new_uint64(unit->action) : NULL);
	json_object_object_add(o, "asked", acted ? json_utc(unit->asked_ns) : NULL);
	json_object_object_add(
		o, "act", string_if(acted, act_kind_name((enum act_kind)unit->kind)));
	json_object_object_add(
		o, "outcome",
		string_if(acted, act_outcome_name((enum act_outcome)unit->outcome)));
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
	r = db_read_units(reader, print_unit, &out);
	out.failed = r < 0;
	output_end(&out);
	output_close(&out);
	return r < 0 ? database_failed(options, reader, r) : CTL_OK;
}

const struct verb verb_units = {
	.name = "units",
	.arguments = "",
	.summary = "the systemd units that poison hit",
	.description =
		"Lists the units whose processes were hit by poisoned memory, the one "
		"that was\nhit last first: how often, how that is known of the last "
		"time, and what was\nlast done about the unit.",
	.options = "",
	.is_paged = true,
	.run = run,
};
