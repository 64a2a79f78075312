/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Looking after a database file: for people, beside a daemon that may be writing. Each
 * returns 0 or a negative errno with a note that says what went wrong.
 */

#include <stdint.h>

#include "util/text.h"

/* Says one thing that is damaged; `arg` is the caller's. */
typedef void (*db_damage_fn)(const char *what, void *arg);

int db_care_lock(const char *path, struct text *ret_note);
int db_care_check(const char *path, db_damage_fn tell, void *arg, struct text *ret_note);
int db_care_backup(const char *path, const char *to, struct text *ret_note);
int db_care_checkpoint(const char *path);
int db_care_vacuum(const char *path, uint64_t *ret_before, uint64_t *ret_after,
		   struct text *ret_note);
