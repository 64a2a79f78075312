/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The parts of make-schema: what things mean, columns, tables, the page around them. */

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>

#include "event/event.h"

#define WORDS_MAX 2048

/* A line of schema.txt. */
struct words {
	char key[96];
	char text[160];
	bool used;
};

extern struct words words[WORDS_MAX];
extern size_t n_words;
extern unsigned int complaints;
extern sqlite3 *db; /* a new database */

void die(const char *what) __attribute__((noreturn));
void complain(const char *what, const char *key);
struct words *words_find(const char *table, const char *column);
void words_read(const char *path);

void put_text(const char *text);
void put_columns(const char *table, const struct event_type *type, bool detail);
void put_groups_of(const struct event_type *type);

/* Parts of the page. */
void put_section_columns(void);
void put_cxl_columns(void);
void put_views(void);
void put_tables(void);
void put_details(void);
void put_numbers(void);
void put_theirs(void);

void check_all(void);
