/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* rasctl called as a function, and what it said. */

#include "db_fixture.h"

#include <json-c/json.h>

#include "rasctl/options.h"

#undef TEST
#define TEST(name) cmocka_unit_test_setup_teardown(name, rasctl_setup, fixture_teardown)

/* What one call printed. */
struct said {
	char out[1 << 20];
	char err[65536];
};

extern struct said said;

int rasctl_setup(void **state);
int rasctl(struct fixture *f, const char *const *words);

#define RASCTL(f, ...) rasctl(f, (const char *const[]){ __VA_ARGS__, NULL })

size_t count_lines(const char *text);
void assert_one_sentence(const char *word);
struct json_object *parse(const char *text);
struct json_object *get(struct json_object *o, const char *key);
