// SPDX-License-Identifier: LGPL-2.1-or-later

#include "rasctl/options.h"

#include <errno.h>
#include <getopt.h>
#include <string.h>

#include "event/guid.h"
#include "rasctl/output.h"
#include "util/text.h"

/*
 * Every option there is, once: what it is called, which letter a verb names it by, and
 * how it is read. Small letters are short options, too.
 */
struct option_row {
	char letter;
	bool global;
	const char *name;
	const char *argument; /* NULL: takes none */
	const char *help;
	const char *wants; /* what a good value is */
	/* NULL: rasctl itself is asked, see answer() */
	int (*set)(struct options *options, const char *value);
};

static int set_output(struct options *options, const char *value)
{
	options->format = output_ops_find(value);
	return options->format ? 0 : -EINVAL;
}

static int set_db(struct options *options, const char *value)
{
	options->db = value;
	return *value ? 0 : -EINVAL;
}

static int set_lines(struct options *options, const char *value)
{
	options->lines_given = true;
	options->lines = 0;
	if (!strcmp(value, "all"))
		return 0;
	return parse_uint64(value, &options->lines) < 0 || !options->lines ? -EINVAL : 0;
}

static int set_reverse(struct options *options, const char *value)
{
	(void)value;
	options->newest_first = true;
	return 0;
}

static int set_type(struct options *options, const char *value)
{
	options->type = value;
	return *value ? 0 : -EINVAL;
}

static int set_severity(struct options *options, const char *value)
{
	for (unsigned int i = SEVERITY_INFO; i < SEVERITY_UNKNOWN; i++)
		if (!strcmp(severity_name(i), value)) {
			options->min_severity = i;
			return 0;
		}
	return -EINVAL;
}

static int set_unit(struct options *options, const char *value)
{
	options->unit = value;
	return *value ? 0 : -EINVAL;
}

static int set_runtime(struct options *options, const char *value)
{
	options->runtime = value;
	return *value ? 0 : -EINVAL;
}

/* One name of a directory, not a path out of the tracing directory. */
static int set_instance(struct options *options, const char *value)
{
	options->instance = value;
	return !*value || strchr(value, '/') || *value == '.' ? -EINVAL : 0;
}

static int set_tracefs(struct options *options, const char *value)
{
	options->tracefs = value;
	return *value ? 0 : -EINVAL;
}

static int set_timeout(struct options *options, const char *value)
{
	return parse_uint64(value, &options->timeout_sec) < 0 ||
			       options->timeout_sec > 86400 ?
		       -EINVAL :
		       0;
}

static int set_kind(struct options *options, const char *value)
{
	static const char *const kinds[] = { "cper", "block", "log" };

	options->kind = value;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(kinds[i], value))
			return 0;
	return -EINVAL;
}

static int set_section(struct options *options, const char *value)
{
	struct guid guid;

	options->section = value;
	return guid_from_text(value, &guid);
}

static int set_page_size(struct options *options, const char *value)
{
	int r = parse_size(value, &options->page_bytes);
	uint64_t size = options->page_bytes;

	return r < 0 || size < 4096 || size > 1 << 20 || (size & (size - 1)) ? -EINVAL :
									       0;
}

static int set_seconds(struct options *options, const char *value)
{
	return parse_uint64(value, &options->seconds) < 0 || !options->seconds ||
			       options->seconds > 86400 ?
		       -EINVAL :
		       0;
}

static int set_mask(struct options *options, const char *value)
{
	(void)value;
	options->mask = true;
	return 0;
}

static int set_all_log(struct options *options, const char *value)
{
	(void)value;
	options->all_log = true;
	return 0;
}

static const struct option_row rows[] = {
	{ 'n', false, "lines", "N", "only the newest N, or \"all\"",
	  "a number from 1, or \"all\"", set_lines },
	{ 'r', false, "reverse", NULL, "newest first", NULL, set_reverse },
	{ 't', false, "type", "TYPE",
	  "only events of this type: memory-failure, arm, mc, ...", "a type's name",
	  set_type },
	{ 's', false, "severity", "LEVEL",
	  "at least: info, corrected, deferred, uncorrected, fatal",
	  "info, corrected, deferred, uncorrected or fatal", set_severity },
	{ 'u', false, "unit", "UNIT", "only about this systemd unit", "a unit's name",
	  set_unit },
	{ 'R', false, "runtime-directory", "DIR",
	  "of the daemon (default: that of its last run)", "a directory", set_runtime },
	{ 'I', false, "instance", "NAME", "the daemon's trace instance (default: rasd)",
	  "a name without \"/\"", set_instance },
	{ 'T', false, "tracefs", "DIR", "where tracefs is mounted", "a directory",
	  set_tracefs },
	{ 'W', false, "timeout", "SECONDS", "how long to wait (default: 5)",
	  "a number of seconds, up to 86400", set_timeout },
	{ 'K', false, "kind", "KIND", "what it is: cper, block, log (default: it shows)",
	  "cper, block or log", set_kind },
	{ 'G', false, "section", "GUID", "it is one bare section of this type",
	  "a GUID as UEFI writes it", set_section },
	{ 'P', false, "page-size", "SIZE", "of that machine: 4K, 16K, 64K",
	  "4K, 16K or 64K", set_page_size },
	{ 'S', false, "seconds", "N", "record for so long (default: 10)",
	  "a number of seconds, 1 to 86400", set_seconds },
	{ 'M', false, "mask", NULL, "hide processes' names and physical addresses", NULL,
	  set_mask },
	{ 'A', false, "all-log", NULL, "all of the kernel's log, not only errors", NULL,
	  set_all_log },
	{ 'o', true, "output", "FORMAT", "table (default), json or ndjson",
	  "table, json or ndjson", set_output },
	{ 'D', true, "db", "FILE", "the database (default: " RASD_DB_PATH ")",
	  "a file's path", set_db },
	{ 'h', true, "help", NULL, "this help; after a verb, the verb's", NULL, NULL },
	{ 'V', true, "version", NULL, "the version of rasctl", NULL, NULL },
};

#define N_ROWS ARRAY_SIZE(rows)

static bool is_short(const struct option_row *row)
{
	return row->letter >= 'a' && row->letter <= 'z';
}

static bool takes(const struct verb *verb, const struct option_row *row)
{
	return row->global || (verb && strchr(verb->options, row->letter));
}

static void print_option(const struct option_row *row)
{
	char line[80];
	struct text text = TEXT_IN(line);

	if (is_short(row))
		text_add(&text, "-%c, ", row->letter);
	else
		text_add(&text, "    ");
	text_add(&text, "--%s%s%s", row->name, row->argument ? " " : "",
		 row->argument ? row->argument : "");
	printf("  %-21s %s\n", line, row->help);
}

static void print_options(const struct verb *verb)
{
	printf("\nOptions:\n");
	for (size_t i = 0; i < N_ROWS; i++)
		if (takes(verb, &rows[i]))
			print_option(&rows[i]);
}

static void print_help(void)
{
	printf("Usage: rasctl VERB [OPTION...]\n\n"
	       "Asks what rasd recorded of this machine's hardware errors.\n\nVerbs:\n");
	for (const struct verb *const *verb = verbs; *verb; verb++) {
		char call[64];

		snprintf(call, sizeof(call), "%s%s%s", (*verb)->name,
			 *(*verb)->arguments ? " " : "", (*verb)->arguments);
		printf("  %-21s %s\n", call, (*verb)->summary);
	}
	print_options(NULL);
	printf("\n\"rasctl VERB --help\" says more. Exit codes: 0 ok, 1 failed,\n"
	       "2 usage, 3 no database or not readable, 4 no such event, 5 timed out.\n");
}

static void print_verb_help(const struct verb *verb)
{
	printf("Usage: rasctl %s%s%s [OPTION...]\n\n%s\n", verb->name,
	       *verb->arguments ? " " : "", verb->arguments, verb->description);
	print_options(verb);
}

static const struct verb *find_verb(const char *name)
{
	for (const struct verb *const *verb = verbs; *verb; verb++)
		if (!strcmp((*verb)->name, name))
			return *verb;
	return NULL;
}

/* What getopt_long() wants, out of our table; an option's value is its row + 256. */
struct getopt_tables {
	char letters[2 * N_ROWS + 2];
	struct option names[N_ROWS + 1];
};

static void fill_tables(struct getopt_tables *tables)
{
	struct text letters = TEXT_IN(tables->letters);

	memset(tables->names, 0, sizeof(tables->names));
	text_add(&letters, ":");
	for (size_t i = 0; i < N_ROWS; i++) {
		tables->names[i] = (struct option){
			.name = rows[i].name,
			.has_arg = rows[i].argument ? required_argument : no_argument,
			.val = 256 + (int)i,
		};
		if (is_short(&rows[i]))
			text_add(&letters, "%c%s", rows[i].letter,
				 rows[i].argument ? ":" : "");
	}
}

static size_t row_of(int found)
{
	size_t i = 0;

	if (found >= 256)
		return (size_t)found - 256;
	while (i < N_ROWS && (!is_short(&rows[i]) || rows[i].letter != found))
		i++;
	return i;
}

static int complain_of_option(int found, char **argv)
{
	if (found == ':')
		return complain(CTL_USAGE, "option %s needs a value", argv[optind - 1]);
	if (optopt >= 256)
		return complain(CTL_USAGE, "option --%s takes no value",
				rows[optopt - 256].name);
	if (optopt)
		return complain(CTL_USAGE, "there is no option -%c; see rasctl --help",
				optopt);
	return complain(CTL_USAGE, "there is no option %s; see rasctl --help",
			argv[optind - 1]);
}

/* Reads all options, wherever they stand; given[] says which rows were there. */
static int read_options(int argc, char **argv, struct options *options, bool *given)
{
	struct getopt_tables tables;
	int found;

	fill_tables(&tables);
	opterr = 0;
	optind = 0; /* glibc: begin anew, the tests parse many times */
	while ((found = getopt_long(argc, argv, tables.letters, tables.names, NULL)) !=
	       -1) {
		size_t i = found == '?' || found == ':' ? N_ROWS : row_of(found);

		if (i == N_ROWS)
			return complain_of_option(found, argv);
		given[i] = true;
		if (rows[i].set && rows[i].set(options, optarg) < 0)
			return complain(CTL_USAGE, "--%s wants %s, not \"%s\"",
					rows[i].name, rows[i].wants, optarg);
	}
	return CTL_OK;
}

static int check_use(const struct verb *verb, const bool *given, char **arguments)
{
	int n = 0;

	for (size_t i = 0; i < N_ROWS; i++)
		if (given[i] && !takes(verb, &rows[i]))
			return complain(CTL_USAGE,
					"\"%s\" has no option --%s; see rasctl %s --help",
					verb->name, rows[i].name, verb->name);
	while (arguments[n])
		n++;
	if (n < verb->min_arguments)
		return complain(CTL_USAGE, "\"%s\" needs %s; see rasctl %s --help",
				verb->name, verb->arguments, verb->name);
	if (n > verb->max_arguments)
		return complain(CTL_USAGE,
				"\"%s\" does not take \"%s\"; see rasctl %s --help",
				verb->name, arguments[verb->max_arguments], verb->name);
	return CTL_OK;
}

/* True if the question was about rasctl itself, and is answered. */
static bool answer(const struct verb *verb, const bool *given)
{
	for (size_t i = 0; i < N_ROWS; i++) {
		if (!given[i] || rows[i].set)
			continue;
		if (rows[i].letter == 'V')
			printf("rasctl %s\n", PACKAGE_VERSION);
		else if (verb)
			print_verb_help(verb);
		else
			print_help();
		return true;
	}
	return false;
}

/* Returns an exit_code; other than CTL_OK, it was complained about. */
int command_parse(int argc, char **argv, struct command *ret)
{
	bool given[N_ROWS] = { false };
	const struct verb *verb = NULL;
	int r;

	*ret = (struct command){ .options = { .format = output_ops_find("table"),
					      .db = RASD_DB_PATH,
					      .instance = "rasd",
					      .timeout_sec = 5,
					      .seconds = 10 } };
	r = read_options(argc, argv, &ret->options, given);
	if (r != CTL_OK)
		return r;
	if (argv[optind]) {
		verb = find_verb(argv[optind]);
		if (!verb)
			return complain(CTL_USAGE,
					"there is no verb \"%s\"; see rasctl --help",
					argv[optind]);
	}
	if (answer(verb, given))
		return CTL_OK;
	if (!verb)
		return complain(CTL_USAGE, "what shall be shown? see rasctl --help");
	ret->arguments = argv + optind + 1;
	r = check_use(verb, given, ret->arguments);
	if (r == CTL_OK)
		ret->verb = verb;
	return r;
}
