// SPDX-License-Identifier: LGPL-2.1-or-later

#include "rasctl/acts_view.h"

#include <string.h>

#include "event/acts.h"
#include "event/json.h"
#include "rasctl/losses.h"
#include "util/macro.h"

static struct json_object *json_number_or_null(int64_t number, int64_t absent)
{
	return number == absent ? NULL : json_object_new_int64(number);
}

static struct json_object *json_time_or_null(int64_t time_ns)
{
	return time_ns ? json_utc(time_ns) : NULL;
}

/* "0x…"; NULL for 0, which stands for none. */
struct json_object *json_address(uint64_t address)
{
	struct value value = value_uint(address);

	return address ? value_to_json(FIELD_HEX, &value) : NULL;
}

/* --- JSON --------------------------------------------------------------------------- */

struct json_object *hit_to_json(const struct db_hit *hit)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "event", json_number_or_null((int64_t)hit->event, 0));
	json_object_object_add(o, "time", json_utc(hit->time_ns));
	json_object_object_add(
		o, "evidence",
		json_object_new_string(evidence_name((enum evidence)hit->evidence)));
	json_object_object_add(o, "address", json_address(hit->address));
	json_object_object_add(o, "pid", json_number_or_null(hit->pid, 0));
	json_object_object_add(o, "tgid", json_number_or_null(hit->tgid, 0));
	json_object_object_add(o, "uid", json_number_or_null(hit->uid, -1));
	json_object_object_add(o, "start_ns", json_number_or_null(hit->start_ns, 0));
	json_object_object_add(o, "comm", json_word(hit->comm));
	json_object_object_add(o, "unit", json_word(hit->unit));
	json_object_object_add(o, "user_unit", json_word(hit->user_unit));
	json_object_object_add(o, "invocation", json_word(hit->invocation));
	json_object_object_add(o, "cgroup", json_word(hit->cgroup));
	json_object_object_add(o, "is_unit", json_object_new_boolean(hit->is_unit));
	json_object_object_add(o, "why", json_word(hit->why));
	return o;
}

static void add_words(struct json_object *o, const struct db_action *action)
{
	json_object_object_add(
		o, "rule",
		json_object_new_string(act_rule_name((enum act_rule)action->rule)));
	json_object_object_add(
		o, "act",
		json_object_new_string(act_kind_name((enum act_kind)action->kind)));
	json_object_object_add(o, "outcome",
			       json_object_new_string(act_outcome_name(
				       (enum act_outcome)action->outcome)));
}

/* `run` is 0 where it is not known. */
struct json_object *action_to_json(const struct db_action *action, int64_t run)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "id", json_object_new_uint64(action->id));
	json_object_object_add(o, "event",
			       json_number_or_null((int64_t)action->event, 0));
	json_object_object_add(o, "asked", json_utc(action->asked_ns));
	json_object_object_add(o, "done", json_time_or_null(action->done_ns));
	add_words(o, action);
	json_object_object_add(o, "error", json_number_or_null(action->error, 0));
	json_object_object_add(o, "tries", json_object_new_int(action->tries));
	json_object_object_add(o, "verified", json_object_new_boolean(action->verified));
	json_object_object_add(o, "before_record",
			       json_object_new_boolean(action->before_record));
	json_object_object_add(o, "address", json_address(action->address));
	json_object_object_add(o, "unit", json_word(action->unit));
	json_object_object_add(o, "invocation", json_word(action->invocation));
	json_object_object_add(o, "note", json_word(action->note));
	json_object_object_add(o, "run", json_number_or_null(run, 0));
	return o;
}

/* --- hits --------------------------------------------------------------------------- */

/*
 * Process and unit in one, since either may be as long as a line. What is not the unit's
 * own is said, because nothing is done about it.
 */
static void format_who(struct json_object *row, const struct column *column,
		       const struct output *out, struct text *text)
{
	const char *comm = json_text(row, "comm"), *unit = json_text(row, "unit");
	const char *user_unit = json_text(row, "user_unit");
	const char *cgroup = json_text(row, "cgroup"), *why = json_text(row, "why");
	bool is_unit = json_object_get_boolean(json_object_object_get(row, "is_unit"));

	(void)column;
	(void)out;
	text_add(text, "%s in ", comm ? comm : "?");
	if (user_unit)
		text_add(text, "%s of ", user_unit);
	text_add(text, "%s", unit ? unit : "no unit that is known");
	if (unit && !user_unit && !is_unit)
		text_add(text, ", below it in %s",
			 cgroup ? cgroup : "a group of its own");
	if (why)
		text_add(text, ": %s", why);
}

static const struct column hit_columns[] = {
	{ .key = "event", .title = "EVENT", .flags = COLUMN_RIGHT },
	{ .key = "time", .title = "TIME", .flags = COLUMN_WIDE, .format = format_time },
	{ .key = "pid", .title = "PID", .flags = COLUMN_RIGHT },
	{ .key = "evidence", .title = "KNOWN BY" },
	{ .key = "address", .title = "PAGE", .flags = COLUMN_WIDE | COLUMN_TELLING },
	{ .key = "who", .title = "WHO", .flags = COLUMN_ELASTIC, .format = format_who },
};

const struct view hits_view = {
	.name = "hits",
	.columns = hit_columns,
	.n_columns = ARRAY_SIZE(hit_columns),
};

/* --- links -------------------------------------------------------------------------- */

static const struct column link_columns[] = {
	{ .key = "relation", .title = "RELATION" },
	{ .key = "id", .title = "ID", .flags = COLUMN_RIGHT },
	{ .key = "type", .title = "TYPE" },
	{ .key = "evidence", .title = "KNOWN BY", .flags = COLUMN_WIDE },
	{ .key = "message", .title = "MESSAGE", .flags = COLUMN_ELASTIC },
};

const struct view links_view = {
	.name = "links",
	.columns = link_columns,
	.n_columns = ARRAY_SIZE(link_columns),
};

/* --- actions ------------------------------------------------------------------------ */

static void format_error(struct json_object *row, const struct column *column,
			 const struct output *out, struct text *text)
{
	struct json_object *error = json_object_object_get(row, column->key);

	(void)out;
	if (error)
		text_add(text, "%s", strerror(json_object_get_int(error)));
}

static void format_cause(struct json_object *row, const struct column *column,
			 const struct output *out, struct text *text)
{
	struct json_object *cause = json_object_object_get(row, column->key);
	const char *type = json_text(cause, "type"),
		   *message = json_text(cause, "message");

	(void)out;
	if (!cause)
		return;
	text_add(text, "event %s, ", json_text(cause, "id"));
	text_add(text, "%s%s%s", type ? type : "which is not recorded here",
		 message ? ": " : "", message ? message : "");
}

/* Only where it is not what every action is. */
static void format_before(struct json_object *row, const struct column *column,
			  const struct output *out, struct text *text)
{
	(void)out;
	if (json_object_get_boolean(json_object_object_get(row, column->key)))
		text_add(text, "done before its cause was on disk");
}

/* What it was done to, and what there is to say: a unit's name may fill a line. */
static void format_target(struct json_object *row, const struct column *column,
			  const struct output *out, struct text *text)
{
	const char *unit = json_text(row, "unit"), *address = json_text(row, "address");
	const char *note = json_text(row, "note");

	(void)column;
	(void)out;
	if (unit)
		text_add(text, "%s", unit);
	else
		text_add(text, "page %s", address ? address : "?");
	if (note)
		text_add(text, ": %s", note);
}

static const struct column action_columns[] = {
	{ .key = "id", .title = "ID", .flags = COLUMN_RIGHT },
	{ .key = "asked", .title = "TIME", .format = format_time },
	{ .key = "rule", .title = "RULE", .flags = COLUMN_WIDE },
	{ .key = "act", .title = "ACT" },
	{ .key = "outcome", .title = "OUTCOME" },
	{ .key = "target",
	  .title = "TARGET: NOTE",
	  .flags = COLUMN_ELASTIC,
	  .format = format_target },
};

const struct view actions_view = {
	.name = "actions",
	.empty = "No actions.",
	.columns = action_columns,
	.n_columns = ARRAY_SIZE(action_columns),
};

static const struct column record_columns[] = {
	{ .key = "id", .title = "ID" },
	{ .key = "asked", .title = "Asked", .format = format_time_long },
	{ .key = "done", .title = "Done", .format = format_time_long },
	{ .key = "rule", .title = "Rule" },
	{ .key = "act", .title = "Act" },
	{ .key = "unit", .title = "Unit" },
	{ .key = "invocation", .title = "Invocation" },
	{ .key = "address", .title = "Page" },
	{ .key = "outcome", .title = "Outcome" },
	{ .key = "error", .title = "Error", .format = format_error },
	{ .key = "note", .title = "Note" },
	{ .key = "tries", .title = "Tries" },
	{ .key = "verified", .title = "Verified" },
	{ .key = "before_record", .title = "Mark", .format = format_before },
	{ .key = "cause", .title = "Cause", .format = format_cause },
	{ .key = "event" },
	{ .key = "run" },
};

static const struct view *const record_lists[] = { &links_view, &hits_view, NULL };

const struct view action_record_view = {
	.name = "action",
	.columns = record_columns,
	.n_columns = ARRAY_SIZE(record_columns),
	.lists = record_lists,
};
