/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Finding out what a database file is before anything is done to it. */

#include <sqlite3.h>
#include <sys/types.h>

#include "util/text.h"

#define DB_PATH_BYTES 4096

enum db_open_result {
	DB_OPEN_OK = 0,
	DB_NOT_OURS, /* a file that rasd did not make; it is never touched */
	DB_ABSENT,   /* no such file, or an empty one */
	DB_TOO_NEW,  /* made by a version whose schema this one cannot read */
	DB_CORRUPT,  /* ours, damaged */
};

int db_resolve(const char *path, char ret[static DB_PATH_BYTES]);
bool db_lacks_directory(const char *path);
bool db_has_lock(const char *path);
int db_examine(const char *path, struct text *ret_note);
int db_open_file(const char *path, int flags, sqlite3 **ret);
int db_open_immutable(const char *path, sqlite3 **ret);
int db_create_file(const char *path, ino_t *ret);
void db_remove_file(const char *path);
int db_set_aside(const char *path, const char *why, struct text *ret_note);
bool db_is_marked(const char *path);
void db_mark_damaged(const char *path);
int db_path_beside(const char *path, int major, char ret[static DB_PATH_BYTES]);
