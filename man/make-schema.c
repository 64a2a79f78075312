// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * make-schema TEMPLATE WORDS: rasd-schema.7 on standard output. What there is, is asked
 * of a new database and of the handlers; what it means stands in WORDS (man/schema.txt);
 * the prose around it is TEMPLATE (man/rasd-schema.in), where a line @NAME@ stands for a
 * part that is made. Fails, and says which, if a column has no words or words no column.
 */

#include <ctype.h>
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "db/schema.h"
#include "db/views.h"
#include "db/writer.h"
#include "event/acts.h"
#include "handlers/table.h"
#include "util/macro.h"

#define WORDS_MAX 2048

static struct words {
	char key[96];
	char text[160];
	bool used;
} words[WORDS_MAX];

static size_t n_words;
static unsigned int complaints;
static sqlite3 *db;

static void die(const char *what)
{
	fprintf(stderr, "make-schema: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void complain(const char *what, const char *key)
{
	fprintf(stderr, "make-schema: %s: %s\n", key, what);
	complaints++;
}

static struct words *find(const char *table, const char *column)
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

static void read_words(const char *path)
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

static void put_text(const char *text)
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
	struct words *w = find(table, column);
	char other[96], text[160];

	if (!w && detail)
		w = find("*", column);
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
static void put_columns(const char *table, const struct event_type *type, bool detail)
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

static void put_section_columns(void)
{
	put_group(section_columns);
}

static void put_cxl_columns(void)
{
	put_group(cxl_columns);
}

/* --- tables ------------------------------------------------------------------------- */

static void put_table(const char *table)
{
	struct words *w = find(table, NULL);

	if (!w) {
		complain("has no words", table);
		return;
	}
	printf(".SS ");
	put_text(table);
	printf("\n%c", toupper((unsigned char)*w->text));
	put_text(w->text + 1);
	printf(".\n");
}

/* A gap between what was said of a table and its columns. */
static void put_gap(void)
{
	printf(".PP\n");
}

static const struct event_type *detail_type(const char *table)
{
	if (!strcmp(table, unknown_event_type.table))
		return &unknown_event_type;
	for (size_t i = 0; i < handlers_table.n_handlers; i++) {
		const struct event_type *type = handlers_table.handlers[i]->type;

		if (!strcmp(type->table, table))
			return type;
		for (size_t l = 0; l < type->n_lists; l++)
			if (!strcmp(type->lists[l].table, table))
				return type;
	}
	return NULL;
}

static const struct fixed_views *const theirs[] = { &rasdaemon_views,
						    &rasdaemon_cxl_views,
						    &rasdaemon_vendor_views };

static bool is_theirs(const char *view)
{
	for (size_t i = 0; i < ARRAY_SIZE(theirs); i++)
		for (size_t v = 0; v < theirs[i]->n; v++)
			if (!strcmp(theirs[i]->views[v].name, view))
				return true;
	return false;
}

static void check_all(void)
{
	sqlite3_stmt *stmt = NULL;

	sqlite3_prepare_v2(
		db, "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')", -1,
		&stmt, NULL);
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		const char *name = (const char *)sqlite3_column_text(stmt, 0);

		if (!is_theirs(name) && !find(name, NULL))
			complain("has no words", name);
	}
	sqlite3_finalize(stmt);
	for (size_t i = 0; i < n_words; i++)
		if (!words[i].used)
			complain("is not in the database", words[i].key);
}

/* In the order of the words, so that it is theirs to say what comes first. */
static void put_all(const char *type)
{
	sqlite3_stmt *stmt = NULL;

	sqlite3_prepare_v2(db,
			   "SELECT 1 FROM sqlite_master WHERE name = ?1 AND type = ?2",
			   -1, &stmt, NULL);
	for (size_t i = 0; i < n_words; i++) {
		const char *table = words[i].key;

		sqlite3_bind_text(stmt, 1, table, -1, SQLITE_STATIC);
		sqlite3_bind_text(stmt, 2, type, -1, SQLITE_STATIC);
		if (sqlite3_step(stmt) == SQLITE_ROW && !detail_type(table)) {
			put_table(table);
			put_gap();
			put_columns(table, NULL, false);
		}
		sqlite3_reset(stmt);
	}
	sqlite3_finalize(stmt);
}

static void put_views(void)
{
	put_all("view");
}

static void put_tables(void)
{
	put_all("table");
}

/* --- details ------------------------------------------------------------------------ */

/* "From ras:mc_event, sections, the kernel's log." */
static void put_sources(const struct handler *handler)
{
	const char *before = "From ";

	for (size_t i = 0; i < HANDLER_TRACEPOINTS_MAX; i++)
		if (handler->tracepoints[i].name) {
			printf("%s%s", before, handler->tracepoints[i].name);
			before = ", ";
		}
	if (handler->decode_section) {
		printf("%ssections of firmware's records", before);
		before = ", ";
	}
	if (handler->decode_log || handler->decode_line) {
		printf("%sthe kernel's log", before);
		before = ", ";
	}
	printf("%s.\n", *before == ',' ? "" : "From rasd itself");
}

static void put_lists(const struct event_type *type)
{
	for (size_t l = 0; l < type->n_lists; l++) {
		const char *table = type->lists[l].table;
		struct words *w = find(table, NULL);

		if (!w) {
			complain("has no words", table);
			continue;
		}
		printf(".PP\nIn\n.BR %s ,\n", table);
		put_text(w->text);
		printf(":\n");
		put_columns(table, NULL, true);
	}
}

static void put_type(const struct event_type *type, const struct handler *handler)
{
	put_table(type->table);
	printf("Type\n.BR ");
	put_text(type->name);
	printf(" .\n");
	if (handler)
		put_sources(handler);
	for (size_t g = 0; g < ARRAY_SIZE(groups); g++)
		if (has_group(type, groups[g].columns))
			printf("With the columns of %s.\n", groups[g].of);
	put_gap();
	put_columns(type->table, type, true);
	put_lists(type);
}

static void put_details(void)
{
	for (size_t i = 0; i < handlers_table.n_handlers; i++)
		put_type(handlers_table.handlers[i]->type, handlers_table.handlers[i]);
	put_type(&unknown_event_type, NULL);
}

/* --- numbers ------------------------------------------------------------------------ */

#define WORD(name_)                                     \
	static const char *name_##_word(unsigned int i) \
	{                                               \
		return name_##_name(i);                 \
	}

WORD(severity)
WORD(component)
WORD(address_kind)
WORD(event_source)
WORD(evidence)
WORD(link_kind)
WORD(act_rule)
WORD(act_kind)
WORD(act_outcome)
WORD(page_state)

static const struct {
	const char *of;
	unsigned int n;
	const char *(*word)(unsigned int i);
} numbers[] = {
	{ "severity", SEVERITY_UNKNOWN, severity_word },
	{ "component", COMPONENT_MAX, component_word },
	{ "address_kind", ADDRESS_KIND_MAX, address_kind_word },
	{ "source", EVENT_SOURCE_MAX, event_source_word },
	{ "evidence", EVIDENCE_MAX, evidence_word },
	{ "link.kind", LINK_KIND_MAX, link_kind_word },
	{ "action.rule", ACT_RULE_MAX, act_rule_word },
	{ "action.kind", ACT_KIND_MAX, act_kind_word },
	{ "action.outcome", ACT_OUTCOME_MAX, act_outcome_word },
	{ "page.state", PAGE_STATE_MAX, page_state_word },
};

static const struct {
	unsigned int bit;
	const char *meaning;
} flags[] = {
	{ EVENT_SYNTHETIC, "made by rasctl test-event" },
	{ EVENT_UNCONFIRMED, "any user could have caused it" },
	{ EVENT_AT_LEAST, "its source leaves some out: there may have been more" },
	{ EVENT_RETOLD, "told a second time, and counted nowhere" },
	{ EVENT_PREVIOUS_BOOT, "it happened in a boot before" },
};

static void put_numbers(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		printf("%s.TP 24\n.B %s\n", i ? "" : ".PP\n.PD 0\n", numbers[i].of);
		for (unsigned int n = 0; n < numbers[i].n; n++) {
			printf("%s%u ", n ? ", " : "", n);
			put_text(numbers[i].word(n));
		}
		printf("\n");
	}
	printf(".TP 24\n.B flags\n");
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		printf("%s%u ", i ? "; " : "Bits: ", flags[i].bit);
		put_text(flags[i].meaning);
	}
	printf("\n.PD\n");
}

static void put_theirs(void)
{
	const char *before = "";

	printf(".PP\n");
	for (size_t i = 0; i < ARRAY_SIZE(theirs); i++)
		for (size_t v = 0; v < theirs[i]->n; v++) {
			printf("%s%s", before, theirs[i]->views[v].name);
			before = ",\n";
		}
	printf(".\n");
}

/* --- the page ----------------------------------------------------------------------- */

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
	read_words(argv[2]);
	open_new();
	put_page(argv[1]);
	check_all();
	sqlite3_close(db);
	return complaints ? 1 : 0;
}
