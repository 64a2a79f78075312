// SPDX-License-Identifier: LGPL-2.1-or-later

/* Whether rasd may act. Stopping it must work without a daemon and without a database. */

#include "rasctl/ctl.h"

#include <errno.h>
#include <string.h>

#include "handlers/table.h"
#include "ipc/status.h"
#include "rasctl/database.h"
#include "rasctl/losses.h"
#include "rasctl/no_act.h"
#include "rasctl/output.h"

#define REASON_WORDS_MAX 64
#define REASON_BYTES	 256 /* so that it fits into the note */

/* What came of pausing and resuming, as JSON has it. */
#define OUTCOME_PAUSED_NOW    "paused"
#define OUTCOME_PAUSED_BEFORE "already-paused"
#define OUTCOME_RESUMED	      "resumed"
#define OUTCOME_NOT_PAUSED    "not-paused"

struct policy {
	const struct options *options;
	struct db_reader *reader; /* NULL: cannot be read, which is no hindrance */
	char directory[DB_PATH_BYTES];
	bool is_usual; /* the directory: the one that systemd makes for rasd */
	char config[DB_PATH_BYTES]; /* of a daemon that runs */
	const char *outcome;	    /* one of the above; NULL: only looked */
};

static void format_outcome(struct json_object *row, const struct column *column,
			   const struct output *out, struct text *text)
{
	const char *outcome = json_text(row, "outcome");
	struct json_object *paused = json_object_object_get(row, "paused");

	(void)column;
	if (outcome && !strcmp(outcome, OUTCOME_PAUSED_BEFORE))
		text_add(text, "already ");
	if (outcome && !strcmp(outcome, OUTCOME_RESUMED))
		text_add(text, "resumed, ");
	if (paused && !json_object_get_boolean(paused))
		text_add(text, "not paused");
	format_acting(row, out, text);
}

static const struct column columns[] = {
	{ .key = "acting", .title = "Acting", .format = format_outcome },
	{ .key = "file", .title = "File" },
	{ .key = "config", .title = "Rules in" },
};

static const struct view view = {
	.name = "policy",
	.columns = columns,
	.n_columns = ARRAY_SIZE(columns),
};

static int show(struct policy *policy)
{
	struct json_object *o = acting_to_json(policy->reader, policy->directory);
	bool is_told = json_object_object_get(o, "paused") != NULL;
	struct output out;

	json_object_object_add(o, "outcome",
			       policy->outcome ? json_object_new_string(policy->outcome) :
						 NULL);
	json_object_object_add(o, "config", json_word(policy->config));
	output_open(&out, policy->options->format, stdout);
	output_record(&out, &view, o);
	output_close(&out);
	return is_told ? CTL_OK : CTL_FAILED;
}

static int say_why_not(const struct policy *policy, const char *what, int error)
{
	if (error == -EACCES || error == -EPERM || error == -EROFS)
		return complain(CTL_FAILED,
				"cannot %s acting: no rights to write to %s: use root",
				what, policy->directory);
	if (error == -ENOENT)
		return complain(CTL_FAILED, "cannot %s acting: there is no directory %s",
				what, policy->directory);
	return complain(CTL_FAILED, "cannot %s acting: %s/" NO_ACT ": %s", what,
			policy->directory, strerror(-error));
}

static int join(char **words, struct text *reason)
{
	for (size_t i = 0; words[i]; i++)
		text_add(reason, "%s%s", i ? " " : "", words[i]);
	return reason->cut ? complain(CTL_USAGE, "the reason is longer than %d bytes",
				      REASON_BYTES - 1) :
			     CTL_OK;
}

static int pause_acting(struct policy *policy, char **words)
{
	char buf[REASON_BYTES] = "";
	struct text reason = TEXT_IN(buf);
	int r = join(words, &reason);

	if (r != CTL_OK)
		return r;
	r = no_act_make(policy->directory, policy->is_usual, buf);
	if (r < 0 && r != -EEXIST)
		return say_why_not(policy, "pause", r);
	if (r == 1)
		complain(CTL_OK, "who and why could not be written to %s/" NO_ACT,
			 policy->directory);
	policy->outcome = r == -EEXIST ? OUTCOME_PAUSED_BEFORE : OUTCOME_PAUSED_NOW;
	return show(policy);
}

static int resume_acting(struct policy *policy, char **words)
{
	int r = no_act_remove(policy->directory);

	(void)words;
	if (r < 0 && r != -ENOENT)
		return say_why_not(policy, "resume", r);
	policy->outcome = r < 0 ? OUTCOME_NOT_PAUSED : OUTCOME_RESUMED;
	return show(policy);
}

static int show_acting(struct policy *policy, char **words)
{
	(void)words;
	return show(policy);
}

static const struct subverb {
	const char *name;
	int max_words;
	int (*run)(struct policy *policy, char **words);
} subverbs[] = {
	{ "show", 0, show_acting },
	{ "pause", REASON_WORDS_MAX, pause_acting },
	{ "resume", 0, resume_acting },
};

static const struct subverb *find_subverb(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(subverbs); i++)
		if (!name || !strcmp(subverbs[i].name, name))
			return &subverbs[i];
	return NULL;
}

/* As for rasctl status: where the ring of the last run is. */
static void find_daemon(struct policy *policy)
{
	struct text note = TEXT_IN((char[1024]){ 0 });
	struct db_last_run last = { .run.ring = RASD_RUNTIME_DIRECTORY "/rasd.ring" };
	struct status_snapshot snapshot;
	const struct options *options = policy->options;

	if (db_reader_open(options->db, &handlers_table, &policy->reader, &note) == 0)
		db_read_last_run(policy->reader, &last);
	runtime_directory(last.run.ring, policy->directory);
	if (options->runtime)
		snprintf(policy->directory, sizeof(policy->directory), "%s",
			 options->runtime);
	policy->is_usual = !strcmp(policy->directory, RASD_RUNTIME_DIRECTORY);
	if (ring_status_read(last.run.ring, &snapshot) == 0 && snapshot.alive)
		snprintf(policy->config, sizeof(policy->config), "%s",
			 snapshot.status.config);
}

static int run(const struct options *options, char **arguments)
{
	const struct subverb *subverb = find_subverb(arguments[0]);
	struct policy policy = { .options = options };
	int n = 0, r;

	if (!subverb)
		return complain(CTL_USAGE,
				"\"policy\" has show, pause and resume, not \"%s\"",
				arguments[0]);
	while (arguments[0] && arguments[1 + n])
		n++;
	if (n > subverb->max_words)
		return complain(CTL_USAGE, "\"policy %s\" does not take \"%s\"",
				subverb->name, arguments[1 + subverb->max_words]);
	if (options->runtime && strlen(options->runtime) >= sizeof(policy.directory))
		return complain(CTL_USAGE, "--runtime-directory: the path is too long");
	find_daemon(&policy);
	r = subverb->run(&policy, arguments[0] ? arguments + 1 : arguments);
	db_reader_close(policy.reader);
	return r;
}

const struct verb verb_policy = {
	.name = "policy",
	.arguments = "[WHAT]",
	.summary = "whether rasd may act; pause it, resume it",
	.description =
		"Says whether acting is paused (\"show\", or nothing), pauses it "
		"(\"pause\", with a\nreason if you like) or lets it go on (\"resume\"). "
		"While it is paused, nothing is\ndone to pages or services, and what "
		"would have been is recorded. It stays so\nuntil \"resume\" or the next "
		"boot. Pausing and resuming need root.",
	.options = "R",
	.max_arguments = 1 + REASON_WORDS_MAX,
	.run = run,
};
