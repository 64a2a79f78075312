// SPDX-License-Identifier: LGPL-2.1-or-later

/* Tables, views, and the numbers in them. */

#include "make-schema.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "db/schema.h"
#include "db/views.h"
#include "event/acts.h"
#include "handlers/table.h"
#include "util/macro.h"

/* --- tables ------------------------------------------------------------------------- */

static void put_table(const char *table)
{
	struct words *w = words_find(table, NULL);

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

void check_all(void)
{
	sqlite3_stmt *stmt = NULL;

	sqlite3_prepare_v2(
		db, "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')", -1,
		&stmt, NULL);
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		const char *name = (const char *)sqlite3_column_text(stmt, 0);

		if (!is_theirs(name) && !words_find(name, NULL))
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

void put_views(void)
{
	put_all("view");
}

void put_tables(void)
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
		struct words *w = words_find(table, NULL);

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
	put_groups_of(type);
	put_gap();
	put_columns(type->table, type, true);
	put_lists(type);
}

void put_details(void)
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

void put_numbers(void)
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

void put_theirs(void)
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
