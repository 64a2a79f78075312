// SPDX-License-Identifier: LGPL-2.1-or-later

#include "rasctl/ctl.h"

#include <errno.h>
#include <inttypes.h>
#include <pwd.h>
#include <string.h>

#include "rasctl/ack_file.h"
#include "rasctl/database.h"
#include "rasctl/output.h"
#include "util/clock.h"

#define ARGUMENTS_MAX 64 /* words of the note */

static const struct column columns[] = {
	{ .key = "id", .title = "Up to event" },
	{ .key = "lost", .title = "Lost so far" },
	{ .key = "time", .title = "Time", .format = format_time_long },
	{ .key = "by", .title = "By" },
	{ .key = "note", .title = "Note" },
	{ .key = "db_id" },
};

static const struct view view = {
	.name = "ack",
	.columns = columns,
	.n_columns = ARRAY_SIZE(columns),
};

static void name_caller(char *ret, size_t size)
{
	const struct passwd *user = getpwuid(getuid());

	if (user)
		copy_text(ret, size, user->pw_name);
	else
		snprintf(ret, size, "uid %u", (unsigned int)getuid());
}

static void join_note(char **words, char *ret, size_t size)
{
	struct text text = { .at = ret, .size = size };

	*ret = '\0';
	for (; *words; words++)
		text_add(&text, "%s%s", text.len ? " " : "", *words);
}

/* What is meant as an id and is none must not be taken for a note: that acknowledges all.
 */
static bool looks_like_id(const char *word)
{
	return !*word || strchr("#-0123456789", *word);
}

/* Ids, and what is lost up to now; "up to here" are all that there are, unless told. */
static int fill(const struct options *options, struct db_reader *reader, char **arguments,
		struct ack *ret)
{
	struct db_health health;
	struct db_facts facts;
	int r = db_read_facts(reader, &facts);

	r = r < 0 ? r : db_read_health(reader, 0, &health);
	if (r < 0)
		return database_failed(options, reader, r);
	*ret = (struct ack){ .id = health.last_id,
			     .lost = health.lost,
			     .time_ns = clock_now_ns(CLOCK_REALTIME) };
	copy_text(ret->db_id, sizeof(ret->db_id), facts.db_id);
	if (*arguments && looks_like_id(*arguments)) {
		if (parse_uint64(*arguments, &ret->id) < 0)
			return complain(
				CTL_USAGE,
				"\"%s\" is no event's id; a note begins with no digit",
				*arguments);
		if (ret->id > health.last_id)
			return complain(CTL_USAGE,
					"there is no event %" PRIu64
					" yet: the last one is %" PRIu64,
					ret->id, health.last_id);
		arguments++;
	}
	join_note(arguments, ret->note, sizeof(ret->note));
	name_caller(ret->by, sizeof(ret->by));
	return CTL_OK;
}

static int run(const struct options *options, char **arguments)
{
	_cleanup_(database_close) struct db_reader *reader = NULL;
	struct output out;
	struct ack ack;
	int r = database_open(options, &reader);

	r = r == CTL_OK ? fill(options, reader, arguments, &ack) : r;
	if (r != CTL_OK)
		return r;
	r = ack_write(options->db, &ack);
	if (r < 0)
		return complain(CTL_FAILED, "cannot write %s.ack: %s%s", options->db,
				strerror(-r), r == -EACCES ? "; use root" : "");
	output_open(&out, options->format, stdout);
	output_record(&out, &view, ack_to_json(&ack));
	output_close(&out);
	return CTL_OK;
}

const struct verb verb_ack = {
	.name = "ack",
	.arguments = "[ID] [NOTE]",
	.summary = "what happened was dealt with: check is quiet",
	.description =
		"Says that what happened up to the event with this id, or up to now, was dealt"
		"\nwith: \"rasctl check\" goes on from there. The note is for whoever asks "
		"later.\n\"rasctl ack 0\" takes it back. Needs root.",
	.options = "",
	.max_arguments = ARGUMENTS_MAX,
	.run = run,
};
