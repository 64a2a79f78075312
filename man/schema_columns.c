// SPDX-License-Identifier: LGPL-2.1-or-later

/* What columns mean, and how that looks in the page. */

#include "make-schema.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/macro.h"

struct words words[WORDS_MAX];

size_t n_words;
unsigned int complaints;
sqlite3 *db;

void die(const char *what)
{
	fprintf(stderr, "make-schema: %s: %s\n", what, strerror(errno));
	exit(1);
}

void complain(const char *what, const char *key)
{
	fprintf(stderr, "make-schema: %s: %s\n", key, what);
	complaints++;
}

struct words *words_find(const char *table, const char *column)
{
	char key[96];

	snprintf(key, sizeof(key), "%s%s%s", table, column ? "." : "",
		 column ? column : "");
	for (size_t i = 0; i < n_words; i++)
		if (!strcmp(words[i].key, key)) {
			words[i].used = true;
			return &words[i];
		}
	return NULL;
}

void words_read(const char *path)
{
	char line[512];
	FILE *file = fopen(path, "re");

	if (!file)
		die(path);
	while (fgets(line, sizeof(line), file)) {
		struct words *w = &words[n_words];
		char *colon = strstr(line, ": ");

		line[strcspn(line, "\n")] = '\0';
		if (!*line || *line == '#')
			continue;
		if (!colon || n_words == WORDS_MAX)
			complain("what is this?", line);
		else if (snprintf(w->key, sizeof(w->key), "%.*s", (int)(colon - line),
				  line) < (int)sizeof(w->key) &&
			 snprintf(w->text, sizeof(w->text), "%s", colon + 2) <
				 (int)sizeof(w->text))
			n_words++;
		else
			complain("too long", line);
	}
	fclose(file);
}

/* --- roff -------------------------------------------------------------------------- */

void put_text(const char *text)
{
	if (*text == '.' || *text == '\'')
		fputs("\\&", stdout);
	for (; *text; text++)
		if (*text == '\\')
			fputs("\\e", stdout);
		else if (*text == '-')
			fputs("\\-", stdout);
		else
			putchar(*text);
}

static void put_item(const char *name, const char *text, const char *kind)
{
	printf(".TP 24\n.B ");
	put_text(name);
	printf("\n");
	put_text(text);
	printf("%s\n", kind);
}

/* --- columns ------------------------------------------------------------------------ */

/* What is kept as other than a number. */
static const char *kind_of(const char *declared)
{
	if (!strcmp(declared, "TEXT"))
		return " (text)";
	return !strcmp(declared, "BLOB") ? " (bytes)" : "";
}

/* X_text has no words of its own where X is a column. */
static bool is_text_of(const char *table, const char *column, char *ret, size_t size)
{
	size_t len = strlen(column);
	sqlite3_stmt *stmt = NULL;
	bool has;

	if (len < 6 || strcmp(column + len - 5, "_text"))
		return false;
	snprintf(ret, size, "%.*s", (int)len - 5, column);
	sqlite3_prepare_v2(db, "SELECT 1 FROM pragma_table_info(?1) WHERE name = ?2", -1,
			   &stmt, NULL);
	sqlite3_bind_text(stmt, 1, table, -1, SQLITE_STATIC);
	sqlite3_bind_text(stmt, 2, ret, -1, SQLITE_STATIC);
	has = sqlite3_step(stmt) == SQLITE_ROW;
	sqlite3_finalize(stmt);
	return has;
}

static void put_column(const char *table, const char *column, const char *declared,
		       bool detail)
{
	struct words *w = words_find(table, column);
	char other[96], text[160];

	if (!w && detail)
		w = words_find("*", column);
	if (!w && detail && is_text_of(table, column, other, sizeof(other))) {
		snprintf(text, sizeof(text), "%.64s in words", other);
		put_item(column, text, "");
		return;
	}
	if (!w) {
		snprintf(text, sizeof(text), "%.64s.%.64s", table, column);
		complain("has no words", text);
		return;
	}
	put_item(column, w->text, kind_of(declared));
}

static const char *const section_columns[] = { "record",	  "section",
					       "firmware_source", "section_flags",
					       "fru_id",	  "fru_text",
					       "incomplete",	  NULL };
static const char *const cxl_columns[] = { "section_length",
					   "validation_bits",
					   "vendor_id",
					   "device_id",
					   "slot",
					   "host",
					   "log",
					   "log_text",
					   "uuid",
					   "serial",
					   "record_flags",
					   "record_flags_text",
					   "handle",
					   "related_handle",
					   "device_time_ns",
					   "record_length",
					   "ld_id",
					   "maintenance_class",
					   "maintenance_subclass",
					   "maintenance_text",
					   "head_id",
					   NULL };

static const struct {
	const char *const *columns;
	const char *of;
} groups[] = { { section_columns, "sections" }, { cxl_columns, "CXL records" } };

static bool is_in(const char *const *columns, const char *column)
{
	for (; *columns; columns++)
		if (!strcmp(*columns, column))
			return true;
	return false;
}

static bool has_field(const struct event_type *type, const char *name)
{
	for (size_t i = 0; i < type->n_fields; i++)
		if (type->fields[i].name && !strcmp(type->fields[i].name, name))
			return true;
	return false;
}

static bool has_group(const struct event_type *type, const char *const *columns)
{
	for (; *columns; columns++)
		if (!has_field(type, *columns))
			return false;
	return true;
}

/* All columns of a table or a view but those of groups that `type` has, and the keys. */
void put_columns(const char *table, const struct event_type *type, bool detail)
{
	sqlite3_stmt *stmt = NULL;

	printf(".PD 0\n");
	sqlite3_prepare_v2(db, "SELECT name, type FROM pragma_table_info(?1)", -1, &stmt,
			   NULL);
	sqlite3_bind_text(stmt, 1, table, -1, SQLITE_STATIC);
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		const char *column = (const char *)sqlite3_column_text(stmt, 0);
		bool skip = detail && (!strcmp(column, "event") || !strcmp(column, "n"));

		for (size_t g = 0; type && g < ARRAY_SIZE(groups); g++)
			skip = skip || (has_group(type, groups[g].columns) &&
					is_in(groups[g].columns, column));
		if (!skip)
			put_column(table, column,
				   (const char *)sqlite3_column_text(stmt, 1), detail);
	}
	sqlite3_finalize(stmt);
	printf(".PD\n");
}

static void put_group(const char *const *columns)
{
	printf(".PP\n.PD 0\n");
	for (; *columns; columns++) {
		bool text = strstr(*columns, "_text") ||
			    is_in((const char *const[]){ "fru_id", "host", "uuid", NULL },
				  *columns);

		put_column("cxl_dram", *columns, text ? "TEXT" : "INTEGER", true);
	}
	printf(".PD\n");
}

void put_section_columns(void)
{
	put_group(section_columns);
}

void put_cxl_columns(void)
{
	put_group(cxl_columns);
}

/* Which of them the columns of `type` begin with. */
void put_groups_of(const struct event_type *type)
{
	for (size_t g = 0; g < ARRAY_SIZE(groups); g++)
		if (has_group(type, groups[g].columns))
			printf("With the columns of %s.\n", groups[g].of);
}
