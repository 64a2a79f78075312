// SPDX-License-Identifier: LGPL-2.1-or-later

/* rasctl db: what is done to the file, not asked of it. */

#include "rasctl/ctl.h"

#include <inttypes.h>
#include <string.h>

#include "db/care.h"
#include "util/text.h"

static void tell_damage(const char *what, void *arg)
{
	(void)arg;
	complain(CTL_FAILED, "%s", what);
}

static int check(const struct options *options, char **arguments, struct text *note)
{
	int r = db_care_check(options->db, tell_damage, NULL, note);

	(void)arguments;
	if (r == 1)
		return complain(CTL_FAILED, "%s is damaged", options->db);
	if (r == 0)
		printf("ok\n");
	return r;
}

static int backup(const struct options *options, char **arguments, struct text *note)
{
	return db_care_backup(options->db, arguments[0], note);
}

static int vacuum(const struct options *options, char **arguments, struct text *note)
{
	uint64_t before, after;
	int r = db_care_vacuum(options->db, &before, &after, note);

	(void)arguments;
	if (r == 0)
		printf("%" PRIu64 " bytes were %" PRIu64 "\n", after, before);
	return r;
}

static const struct action {
	const char *name;
	int n_arguments;
	/* an exit_code, or a negative errno with a note */
	int (*run)(const struct options *options, char **arguments, struct text *note);
} actions[] = {
	{ "check", 0, check },
	{ "backup", 1, backup },
	{ "vacuum", 0, vacuum },
};

static int run(const struct options *options, char **arguments)
{
	char said[1024] = "";
	struct text note = TEXT_IN(said);
	int n = 0, r;

	while (arguments[n])
		n++;
	for (size_t i = 0; i < ARRAY_SIZE(actions); i++) {
		if (strcmp(actions[i].name, arguments[0]) ||
		    n != actions[i].n_arguments + 1)
			continue;
		r = actions[i].run(options, arguments + 1, &note);
		return r < 0 ? complain(CTL_FAILED, "%s", said) : r;
	}
	return complain(CTL_USAGE, "db wants one of: check, backup FILE, vacuum");
}

const struct verb verb_db = {
	.name = "db",
	.arguments = "COMMAND [FILE]",
	.summary = "look after its file: check, backup FILE or vacuum",
	.description =
		"check reads all of it and says what is damaged; backup FILE copies one"
		"\nmoment of it to a new file; both work while rasd writes. vacuum writes"
		"\nit anew without free pages, and refuses while rasd writes.",
	.options = "",
	.min_arguments = 1,
	.max_arguments = 2,
	.run = run,
};
