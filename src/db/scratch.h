/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * A place for a copy of a database: a directory that nobody else can enter, below TMPDIR
 * or /var/tmp. It is gone also when SIGINT, SIGTERM or SIGHUP ends us. One at a time.
 */

#include "db/open.h"

/* Makes it. Returns 0 with the path for the copy, or a negative errno. */
int db_scratch_make(const char *name, char ret_file[static DB_PATH_BYTES]);

/* Removes the copy, what SQLite or we put beside it, and the directory. */
void db_scratch_remove(void);
