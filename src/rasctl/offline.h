/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What only rasd may do to a database: it is started for that, and what it prints is
 * read.
 */

#include "rasctl/ctl.h"

#define OFFLINE_WORDS_MAX 16

/* Words of a line of rasd's; those that it has not are "". */
typedef void (*offline_line_fn)(char *const words[OFFLINE_WORDS_MAX], void *userdata);

/*
 * rasd --db DATABASE and these arguments (NULL ends them). Returns an exit_code, or
 * -EBUSY when a daemon writes to the database; rasd has complained itself.
 */
int offline_run(const struct options *options, const char *const *arguments,
		offline_line_fn take, void *userdata);

int db_import_files(const struct options *options, char **files);
int db_prune_file(const struct options *options);
