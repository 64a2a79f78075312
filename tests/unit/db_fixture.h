/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A directory, a database in it, and one event of every type to put there. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "db/reader.h"
#include "db/writer.h"
#include "event/event.h"
#include "event/handler.h"

#define SAMPLE_TIME_NS 1800000000123456789LL /* 2027-01-15T08:00:00.123456789Z */
#define SAMPLE_RING    "00112233445566778899aabbccddeeff"

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

struct fixture {
	char dir[64];
	char db[96]; /* DIR/rasd.db */
	struct arena arena;
};

int fixture_setup(void **state);
int fixture_teardown(void **state);

const struct handler *sample_handler(const char *type);
void sample_event(struct fixture *f, const char *type, struct event *ret);
void sample_run(struct db_run *ret);

struct db_writer *open_writer(const char *path);
struct db_reader *open_reader(const char *path);
struct db_writer *begin_batch(struct fixture *f);
void commit_and_close(struct db_writer *w);
void store_event(struct db_writer *w, struct event *event, uint64_t id);
void tell_loss(struct db_writer *w, uint64_t total, int64_t sec, int fresh);
void store_samples(struct fixture *f);
void store_untraced_samples(struct fixture *f);

int64_t ask_number(const char *path, const char *sql);
void ask_nothing(const char *path, const char *sql);
