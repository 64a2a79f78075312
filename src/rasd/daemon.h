/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The composition root: creates everything, hands it down, runs the loop. */

#include "poison/poison.h"
#include "rasd/config.h"

/* Exit statuses, rasd(8). systemd knows 2, 3, 5 and 7: trying again would not help. */
enum rasd_exit {
	RASD_EXIT_OK = 0,
	RASD_EXIT_FAILURE = 1,
	RASD_EXIT_USAGE = 2,
	RASD_EXIT_CONFIG = 3,
	RASD_EXIT_TRACEFS = 4,
	RASD_EXIT_RUNNING = 5,
	RASD_EXIT_DATABASE = 6,
	RASD_EXIT_POISON = 7,
};

#define DATABASE_PATH_BYTES 256

struct daemon_options {
	const char *config_path;
	const char *database; /* NULL: what the configuration says */
	const char *tracefs;  /* NULL: where it is mounted */
	const char *sysfs;
	const char *instance;
	bool dry_run;
	struct poison_start poison;
};

enum rasd_exit daemon_run(const struct daemon_options *options,
			  const struct config *config);
void complain_about_config(const char *where, const char *what);
