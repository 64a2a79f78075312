// SPDX-License-Identifier: LGPL-2.1-or-later

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "rasd/config.h"
#include "rasd/daemon.h"
#include "rasd/offline.h"
#include "rasd/replay.h"
#include "util/clock.h"
#include "util/log.h"
#include "util/text.h"

#define DAY_NS	      (86400 * NS_PER_SEC)
#define KEEP_DAYS_MAX 36500 /* as the configuration has them */
#define KEEP_SIZE_MIN (16 << 20)

enum {
	OPTION_CHECK_CONFIG = 256,
	OPTION_PRINT_KEYS,
	OPTION_TRACEFS,
	OPTION_SYSFS,
	OPTION_INSTANCE,
	OPTION_DB,
	OPTION_DRY_RUN,
	OPTION_REPLAY,
	OPTION_IMPORT,
	OPTION_PRUNE,
	OPTION_KEEP_DAYS,
	OPTION_KEEP_EVENTS,
	OPTION_KEEP_SIZE,
	OPTION_VERSION,
};

static const struct option options[] = {
	{ "config", required_argument, NULL, 'c' },
	{ "db", required_argument, NULL, OPTION_DB },
	{ "dry-run", no_argument, NULL, OPTION_DRY_RUN },
	{ "replay", required_argument, NULL, OPTION_REPLAY },
	{ "import", required_argument, NULL, OPTION_IMPORT },
	{ "prune", no_argument, NULL, OPTION_PRUNE },
	{ "keep-days", required_argument, NULL, OPTION_KEEP_DAYS },
	{ "keep-events", required_argument, NULL, OPTION_KEEP_EVENTS },
	{ "keep-size", required_argument, NULL, OPTION_KEEP_SIZE },
	{ "check-config", no_argument, NULL, OPTION_CHECK_CONFIG },
	{ "print-config-keys", no_argument, NULL, OPTION_PRINT_KEYS },
	{ "tracefs", required_argument, NULL, OPTION_TRACEFS },
	{ "sysfs", required_argument, NULL, OPTION_SYSFS },
	{ "instance", required_argument, NULL, OPTION_INSTANCE },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, OPTION_VERSION },
	{ 0 }
};

static void print_help(void)
{
	printf("Usage: rasd [OPTION]...\n"
	       "Records the hardware errors that this machine's kernel reports, and acts on them\n"
	       "as it is told to. Runs in the foreground until SIGTERM; rasctl asks for what it\n"
	       "recorded.\n"
	       "\n"
	       "  -c, --config FILE        read FILE and FILE.d/*.conf (%s)\n"
	       "      --db FILE            record to FILE, whatever the configuration says\n"
	       "      --dry-run            record what would be done, and do nothing\n"
	       "      --replay DIR         take a capture (see rasctl capture) instead of this\n"
	       "                           machine, write --db (rasd-replay.db) and exit\n"
	       "      --import FILE        add the events of a database of rasdaemon, and exit;\n"
	       "                           see rasctl db import\n"
	       "      --prune              remove what is not to be kept, and exit; see\n"
	       "                           rasctl db prune\n"
	       "      --keep-days N, --keep-events N, --keep-size SIZE\n"
	       "                           to keep, with --prune (what the configuration says)\n"
	       "      --check-config       say what is wrong with the configuration and exit\n"
	       "      --print-config-keys  list every key with its default and exit\n"
	       "      --tracefs DIR        use this tracefs, not the one that is mounted\n"
	       "      --sysfs DIR          use this sysfs (/sys)\n"
	       "      --instance NAME      use trace instances NAME and NAME-signal (rasd)\n"
	       "  -h, --help               show this and exit\n"
	       "      --version            show the version and exit\n"
	       "\n"
	       "See rasd(8), rasd.conf(5), rasctl(1).\n",
	       RASD_CONFIG_PATH);
}

struct command_line {
	struct daemon_options daemon;
	bool check_config;
	bool config_given;
	const char *replay; /* NULL: run on this machine's kernel */
	const char *import; /* NULL: nothing is to be imported */
	bool prune;
	struct db_keep keep; /* with `prune` */
	bool keep_given;
};

/* A trace instance is a directory of that name. */
static bool is_instance_name(const char *name)
{
	return name[0] && name[0] != '.' && !strchr(name, '/') && strlen(name) < 20;
}

static int parse_keep(int option, const char *value, struct command_line *line)
{
	uint64_t number;
	int r = option == OPTION_KEEP_SIZE ? parse_size(value, &number) :
					     parse_uint64(value, &number);

	if (r >= 0 && option == OPTION_KEEP_DAYS && number > KEEP_DAYS_MAX)
		r = -ERANGE;
	if (r >= 0 && option == OPTION_KEEP_SIZE && number && number < KEEP_SIZE_MIN)
		r = -ERANGE;
	if (r < 0) {
		fprintf(stderr, "rasd: nothing can be kept by \"%s\"\n", value);
		return r;
	}
	if (option == OPTION_KEEP_DAYS)
		line->keep.age_ns = (int64_t)number * DAY_NS;
	else if (option == OPTION_KEEP_EVENTS)
		line->keep.events = number;
	else
		line->keep.bytes = number;
	line->keep_given = true;
	return 0;
}

/* Of each group one at most: something would be left out in silence. */
static int check_combinations(const struct command_line *line)
{
	if (!!line->import + line->prune + !!line->replay > 1) {
		fprintf(stderr, "rasd: only one of --import, --prune and --replay\n");
		return RASD_EXIT_USAGE;
	}
	if (line->import && line->daemon.dry_run) {
		fprintf(stderr, "rasd: --import cannot be tried with --dry-run\n");
		return RASD_EXIT_USAGE;
	}
	if (line->keep_given && !line->prune) {
		fprintf(stderr, "rasd: what to keep is for --prune\n");
		return RASD_EXIT_USAGE;
	}
	return -1;
}

/* Returns -1 to go on, or the exit status if that was all. */
static int parse_options(int argc, char **argv, struct command_line *line)
{
	int c;

	while ((c = getopt_long(argc, argv, "c:h", options, NULL)) >= 0)
		switch (c) {
		case 'c':
			line->daemon.config_path = optarg;
			line->config_given = true;
			break;
		case OPTION_DB:
			line->daemon.database = optarg;
			if (*optarg && strlen(optarg) < DATABASE_PATH_BYTES)
				break;
			fprintf(stderr, "rasd: --db wants a path of at most %d bytes\n",
				DATABASE_PATH_BYTES - 1);
			return RASD_EXIT_USAGE;
		case OPTION_DRY_RUN:
			line->daemon.dry_run = true;
			break;
		case OPTION_REPLAY:
			line->replay = optarg;
			break;
		case OPTION_IMPORT:
			line->import = optarg;
			break;
		case OPTION_PRUNE:
			line->prune = true;
			break;
		case OPTION_KEEP_DAYS:
		case OPTION_KEEP_EVENTS:
		case OPTION_KEEP_SIZE:
			if (parse_keep(c, optarg, line) < 0)
				return RASD_EXIT_USAGE;
			break;
		case OPTION_CHECK_CONFIG:
			line->check_config = true;
			break;
		case OPTION_PRINT_KEYS:
			config_print_keys();
			return RASD_EXIT_OK;
		case OPTION_TRACEFS:
			line->daemon.tracefs = optarg;
			break;
		case OPTION_SYSFS:
			line->daemon.sysfs = optarg;
			break;
		case OPTION_INSTANCE:
			line->daemon.instance = optarg;
			break;
		case 'h':
			print_help();
			return RASD_EXIT_OK;
		case OPTION_VERSION:
			printf("rasd %s\n", PACKAGE_VERSION);
			return RASD_EXIT_OK;
		default:
			fprintf(stderr, "Try 'rasd --help'.\n");
			return RASD_EXIT_USAGE;
		}
	if (optind < argc) {
		fprintf(stderr, "rasd: it takes no argument, but \"%s\" was given\n",
			argv[optind]);
		return RASD_EXIT_USAGE;
	}
	if (!is_instance_name(line->daemon.instance)) {
		fprintf(stderr,
			"rasd: --instance wants a name of at most 19 characters without "
			"'/', not \"%s\"\n",
			line->daemon.instance);
		return RASD_EXIT_USAGE;
	}
	return check_combinations(line);
}

static int report_check(const char *path, int r, const struct config *config)
{
	if (r == -ENOENT && !config->n_files)
		printf("%s: no such file; every key has its default\n", path);
	else
		printf("%s: %u file%s read, %u error%s\n", path, config->n_files,
		       config->n_files == 1 ? "" : "s", config->n_errors,
		       config->n_errors == 1 ? "" : "s");
	return config->n_errors ? RASD_EXIT_CONFIG : RASD_EXIT_OK;
}

static enum rasd_exit run_offline(const struct command_line *line,
				  const struct config *config)
{
	const struct db_keep configured = { .age_ns = (int64_t)config->keep_days * DAY_NS,
					    .events = config->keep_events,
					    .bytes = config->keep_bytes };
	const char *database =
		line->daemon.database ? line->daemon.database : config->database;

	if (line->import)
		return offline_import(database, line->import);
	return offline_prune(database, line->keep_given ? &line->keep : &configured,
			     line->daemon.dry_run);
}

int main(int argc, char **argv, char **envp)
{
	struct command_line line = { .daemon = { .config_path = RASD_CONFIG_PATH,
						 .sysfs = "/sys",
						 .instance = "rasd" } };
	struct config config;
	int r = parse_options(argc, argv, &line);

	if (r >= 0)
		return r;
	r = poison_begin(argv, envp, &line.daemon.poison);
	if (r < 0)
		log_warning("not prepared for poison in memory of ours: %s",
			    strerror(-r));
	umask(0027); /* the database and the ring are for root and the group */
	log_open(NULL, LOG_INFO);
	r = config_load(line.daemon.config_path, complain_about_config, &config);
	if (r == -ENOENT && line.config_given) {
		log_error("%s: no such file", line.daemon.config_path);
		return RASD_EXIT_CONFIG;
	}
	if (line.check_config)
		return report_check(line.daemon.config_path, r, &config);
	log_set_level(config.log_level);
	if (line.import || line.prune)
		return run_offline(&line, &config);
	if (line.replay)
		return replay_run(&line.daemon, &config, line.replay);
	return daemon_run(&line.daemon, &config);
}
