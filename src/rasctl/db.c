// SPDX-License-Identifier: LGPL-2.1-or-later

/* rasctl db: what is done to the file, not asked of it. */

#include "rasctl/ctl.h"

#include <inttypes.h>
#include <string.h>

#include "db/care.h"
#include "rasctl/losses.h"
#include "rasctl/offline.h"
#include "rasctl/output.h"
#include "util/text.h"

static const struct view check_view = { .name = "check" };
static const struct view vacuum_view = { .name = "vacuum" };

/* For programs; people read sentences. */
static bool is_for_people(const struct options *options)
{
	return options->format == &output_table;
}

static void print_record(const struct options *options, const struct view *view,
			 struct json_object *record)
{
	struct output out;

	output_open(&out, options->format, stdout);
	output_record(&out, view, record);
	output_close(&out);
}

struct damages {
	const struct options *options;
	struct json_object *list;
};

static void tell_damage(const char *what, void *arg)
{
	struct damages *damages = arg;

	if (is_for_people(damages->options))
		complain(CTL_FAILED, "%s", what);
	json_object_array_add(damages->list, json_word(what));
}

static void print_check(const struct options *options, struct json_object *damages,
			bool is_damaged)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "path", json_word(options->db));
	json_object_object_add(o, "ok", json_object_new_boolean(!is_damaged));
	json_object_object_add(o, "damages", json_object_get(damages));
	print_record(options, &check_view, o);
}

static int check(const struct options *options, char **arguments, struct text *note)
{
	struct damages damages = { options, json_object_new_array() };
	int r = db_care_check(options->db, tell_damage, &damages, note);

	(void)arguments;
	if (r >= 0 && !is_for_people(options))
		print_check(options, damages.list, r == 1);
	else if (r == 0)
		printf("ok\n");
	json_object_put(damages.list);
	return r == 1 ? complain(CTL_FAILED, "%s is damaged", options->db) : r;
}

static int backup(const struct options *options, char **arguments, struct text *note)
{
	return db_care_backup(options->db, arguments[0], note);
}

static int vacuum(const struct options *options, char **arguments, struct text *note)
{
	struct json_object *o;
	uint64_t before, after;
	int r = db_care_vacuum(options->db, &before, &after, note);

	(void)arguments;
	if (r < 0)
		return r;
	if (is_for_people(options)) {
		printf("%" PRIu64 " bytes were %" PRIu64 "\n", after, before);
		return r;
	}
	o = json_object_new_object();
	json_object_object_add(o, "bytes_before", json_object_new_uint64(before));
	json_object_object_add(o, "bytes", json_object_new_uint64(after));
	print_record(options, &vacuum_view, o);
	return r;
}

static int import(const struct options *options, char **arguments, struct text *note)
{
	(void)note;
	return db_import_files(options, arguments);
}

static int prune(const struct options *options, char **arguments, struct text *note)
{
	(void)arguments;
	(void)note;
	return db_prune_file(options);
}

#define FILES_MAX 63

static const struct action {
	const char *name;
	int min_arguments, max_arguments;
	bool is_prune; /* it has the options of it */
	/* an exit_code, or a negative errno with a note */
	int (*run)(const struct options *options, char **arguments, struct text *note);
} actions[] = {
	{ "check", 0, 0, false, check },   { "backup", 1, 1, false, backup },
	{ "vacuum", 0, 0, false, vacuum }, { "import", 1, FILES_MAX, false, import },
	{ "prune", 0, 0, true, prune },
};

static bool has_limits(const struct options *options)
{
	return options->keep_days || options->keep_events || options->keep_size ||
	       options->dry_run;
}

static int run(const struct options *options, char **arguments)
{
	char said[1024] = "";
	struct text note = TEXT_IN(said);
	int n = -1, r;

	while (arguments[n + 1])
		n++;
	for (size_t i = 0; i < ARRAY_SIZE(actions); i++) {
		const struct action *action = &actions[i];

		if (strcmp(action->name, arguments[0]) || n < action->min_arguments ||
		    n > action->max_arguments)
			continue;
		if (has_limits(options) && !action->is_prune)
			return complain(CTL_USAGE, "\"db %s\" keeps all", action->name);
		r = action->run(options, arguments + 1, &note);
		return r < 0 ? complain(CTL_FAILED, "%s", said) : r;
	}
	return complain(CTL_USAGE, "db wants one of: check, backup FILE, vacuum,"
				   " import FILE..., prune");
}

const struct verb verb_db = {
	.name = "db",
	.arguments = "COMMAND [FILE]",
	.summary = "look after its file: check, backup, import, prune or vacuum",
	.description =
		"check reads all of it and says what is damaged; backup FILE copies one"
		"\nmoment of it to a new file; both work while rasd writes. import FILE..."
		"\nadds the events of databases of rasdaemon 0.6 to 0.8: again, only what is"
		"\nnew. prune removes what is not to be kept: what the options say, or else"
		"\nrasd.conf. vacuum writes it anew without free pages. These three refuse"
		"\nwhile rasd writes: stop it first, nothing is lost meanwhile.",
	.options = "5678",
	.min_arguments = 1,
	.max_arguments = 1 + FILES_MAX,
	.run = run,
};
