/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What others do to a database's files while a writer has them open: moved, removed, cut,
 * locked. SQLite would not notice some of it until it is too late.
 */

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "util/text.h"

struct db_guard {
	int main_fd, shm_fd;
	dev_t dev;
	ino_t main_ino, wal_ino, shm_ino;
	uint64_t wal_bytes; /* at the last look */
};

/* A process that has a lock on the database. */
struct db_holder {
	pid_t pid; /* below 1: it cannot be told */
	char comm[32];
};

#define DB_GUARD_NONE ((struct db_guard){ .main_fd = -1, .shm_fd = -1 })

int db_guard_open(struct db_guard *guard, const char *path);
void db_guard_close(struct db_guard *guard);
int db_guard_look(struct db_guard *guard, const char *path, struct text *ret_why);
uint64_t db_guard_pending_bytes(const struct db_guard *guard);
int db_guard_find_blocker(const struct db_guard *guard, struct db_holder *ret);
int db_guard_find_reader(const struct db_guard *guard, struct db_holder *ret);
int db_find_blocker(const char *path, struct db_holder *ret);
bool db_has_bad_page(int fd);
bool db_is_unreadable(const char *path);
