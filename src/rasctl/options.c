// SPDX-License-Identifier: LGPL-2.1-or-later

#include "rasctl/options.h"

#include <errno.h>
#include <getopt.h>
#include <string.h>

#include "rasctl/option_values.h"
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

static const struct option_row rows[] = {
	{ 'n', false, "lines", "N", "the newest N, or all; after a cursor the first",
	  "a number from 1, or \"all\"", set_lines },
	{ 'r', false, "reverse", NULL, "newest first", NULL, set_reverse },
	{ '4', false, "all", NULL, "also what another source had told of already", NULL,
	  set_all },
	{ 'f', false, "follow", NULL, "go on with what is recorded from now on", NULL,
	  set_follow },
	{ 'S', false, "since", "TIME", "not older: \"2026-11-20 13:00\", yesterday, -1h",
	  "a time like \"2026-11-20 13:00:05\", \"13:00 UTC\", yesterday, -1h, "
	  "\"2 days ago\" or @1800000000",
	  set_since },
	{ 'U', false, "until", "TIME", "not newer",
	  "a time like \"2026-11-20 13:00:05\", \"13:00 UTC\", yesterday, -1h, "
	  "\"2 days ago\" or @1800000000",
	  set_until },
	{ 'b', false, "boot", "[BOOT]", "of this boot; --boot=-1: the one before it",
	  "a boot: 0 (the last), -1 (the one before), 1 (the first) or its id",
	  set_boot },
	{ 't', false, "type", "TYPE", "only of this type: mc, arm, ...; may be repeated",
	  "a type's name, up to 15 times", set_type },
	{ 's', false, "severity", "LEVEL", "at least this; or a range, info..corrected",
	  "info, corrected, deferred, uncorrected or fatal, or two of them as in "
	  "info..corrected",
	  set_severity },
	{ 'C', false, "component", "NAME", "only of this one; may be repeated",
	  "a component: memory, cpu, cache, tlb, bus, disk, process, platform, rasd, "
	  "pcie, cxl, network or unknown",
	  set_component },
	{ 'u', false, "unit", "UNIT", "only about this systemd unit", "a unit's name",
	  set_unit },
	{ 'L', false, "page", "ADDR", "only in the page of this physical address",
	  "an address, as 0x12345000", set_page },
	{ 'H', false, "cpu", "N", "only about this CPU", "a CPU's number", set_cpu },
	{ 'M', false, "dimm", "LABEL", "only of this memory module", "a label",
	  set_dimm },
	{ 'E', false, "device", "NAME", "only of this device: 0000:01:00.0, sda, ...",
	  "a device's name", set_device },
	{ 'A', false, "after-cursor", "CURSOR", "only what was recorded after it",
	  "a cursor, as --show-cursor gives it", set_after_cursor },
	{ 'Q', false, "show-cursor", NULL, "say at the end where that is", NULL,
	  set_show_cursor },
	{ 'X', false, "cursor-file", "FILE", "go on behind what is kept there, keep anew",
	  "a file's path", set_cursor_file },
	{ 'B', false, "by", "WHAT", "type, severity, component, unit, dimm, page, ...",
	  "type, severity, component, unit, dimm, device, page, cpu, boot or day",
	  set_by },
	{ 'F', false, "for", "WHOM", "nagios (default) or npd: their exit codes",
	  "nagios or npd", set_for },
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
	{ '1', false, "seconds", "N", "record for so long (default: 10)",
	  "a number of seconds, 1 to 86400", set_seconds },
	{ '2', false, "mask", NULL, "hide processes' names and physical addresses", NULL,
	  set_mask },
	{ '3', false, "all-log", NULL, "all of the kernel's log, not only errors", NULL,
	  set_all_log },
	{ '5', false, "keep-days", "N", "with prune: nothing older; 0: no limit",
	  "a number of days, up to 36500", set_keep_days },
	{ '6', false, "keep-events", "N", "with prune: not more; 0: no limit", "a number",
	  set_keep_events },
	{ '7', false, "keep-size", "SIZE", "with prune: not more, as 500M; 0: no limit",
	  "a size as 500M or 2G, at least 16M", set_keep_size },
	{ '8', false, "dry-run", NULL, "with prune: only say what would be removed", NULL,
	  set_dry_run },
	{ 'o', true, "output", "FORMAT", "table (default), json, ndjson or csv",
	  "table, json, ndjson or csv", set_output },
	{ 'D', true, "db", "FILE", "the database (default: " RASD_DB_PATH ")",
	  "a file's path", set_db },
	{ 'Z', true, "no-pager", NULL, "long tables go to the terminal, not to a pager",
	  NULL, set_no_pager },
	{ 'h', true, "help", NULL, "this help; after a verb, the verb's", NULL, NULL },
	{ 'V', true, "version", NULL, "the version of rasctl", NULL, NULL },
};

#define N_ROWS ARRAY_SIZE(rows)

static bool is_short(const struct option_row *row)
{
	return row->letter >= 'a' && row->letter <= 'z';
}

/* "[BOOT]": may be left out. */
static bool is_optional(const struct option_row *row)
{
	return row->argument && *row->argument == '[';
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
	printf("  %-27s %s\n", line, row->help);
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
	char letters[3 * N_ROWS + 2];
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
			.has_arg = is_optional(&rows[i]) ? optional_argument :
				   rows[i].argument	 ? required_argument :
							   no_argument,
			.val = 256 + (int)i,
		};
		if (is_short(&rows[i]))
			text_add(&letters, "%c%s", rows[i].letter,
				 is_optional(&rows[i]) ? "::" :
				 rows[i].argument      ? ":" :
							 "");
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
		/* "-b -1", as people write it: getopt takes only "-b-1" */
		if (is_optional(&rows[i]) && !optarg && is_boot_word(argv[optind]))
			optarg = argv[optind++];
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
