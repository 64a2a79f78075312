// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * make-schema TEMPLATE WORDS: rasd-schema.7 on standard output. What there is, is asked
 * of a new database and of the handlers; what it means stands in WORDS (man/schema.txt);
 * the prose around it is TEMPLATE (man/rasd-schema.in), where a line @NAME@ stands for a
 * part that is made. Fails, and says which, if a column has no words or words no column.
 */

#include "make-schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "db/writer.h"
#include "handlers/table.h"
#include "util/macro.h"

static const struct {
	const char *name;
	void (*put)(void);
} parts[] = {
	{ "@VIEWS@", put_views },
	{ "@TABLES@", put_tables },
	{ "@NUMBERS@", put_numbers },
	{ "@SECTION_COLUMNS@", put_section_columns },
	{ "@CXL_COLUMNS@", put_cxl_columns },
	{ "@DETAILS@", put_details },
	{ "@RASDAEMON@", put_theirs },
};

static void put_line(const char *line)
{
	char part[64];

	snprintf(part, sizeof(part), "%.*s", (int)strcspn(line, "\n"), line);
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (!strcmp(parts[i].name, part)) {
			parts[i].put();
			return;
		}
	fputs(line, stdout);
}

static void put_page(const char *template)
{
	char line[512];
	FILE *file = fopen(template, "re");

	if (!file)
		die(template);
	printf(".\\\" Made by make-schema of rasd-schema.in and schema.txt; see HACKING.md.\n");
	while (fgets(line, sizeof(line), file))
		put_line(line);
	fclose(file);
}

/* A new database, which is gone from the directory once it is open. */
static void open_new(void)
{
	char dir[] = "/tmp/make-schema-XXXXXX", path[64], other[80];
	char buf[512] = "";
	struct text note = TEXT_IN(buf);
	struct db_writer *w = NULL;

	if (!mkdtemp(dir))
		die(dir);
	snprintf(path, sizeof(path), "%s/rasd.db", dir);
	if (db_writer_open(path, &handlers_table, &w, &note) < 0 ||
	    sqlite3_open(path, &db) != SQLITE_OK)
		die(*buf ? buf : path);
	sqlite3_exec(db, "SELECT count(*) FROM event", NULL, NULL, NULL);
	db_writer_close(w);
	for (const char *const *s =
		     (const char *const[]){ "", "-wal", "-shm", ".lock", NULL };
	     *s; s++) {
		snprintf(other, sizeof(other), "%s%s", path, *s);
		unlink(other);
	}
	rmdir(dir);
}

int main(int argc, char *argv[])
{
	if (argc != 3) {
		fprintf(stderr, "Usage: make-schema TEMPLATE WORDS\n");
		return 2;
	}
	words_read(argv[2]);
	open_new();
	put_page(argv[1]);
	check_all();
	sqlite3_close(db);
	return complaints ? 1 : 0;
}
