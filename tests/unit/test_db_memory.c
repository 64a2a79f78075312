// SPDX-License-Identifier: LGPL-2.1-or-later

/* What the policy remembers from the database, and what questions cost. */

#include <stdlib.h>
#include <string.h>

#include "acts_fixture.h"
#include "db/schema.h"
#include "util/clock.h"
#include "util/macro.h"

#define NOW    (SAMPLE_TIME_NS + 3600 * NS_PER_SEC)
#define BOOT_1 "11111111-2222-3333-4444-555555555555" /* that of sample_run() */

static void add_act(struct db_writer *w, uint64_t id, enum act_outcome outcome,
		    int64_t ago_sec)
{
	struct db_action action = sample_action(id, outcome);

	action.asked_ns = NOW - ago_sec * NS_PER_SEC;
	action.tries = outcome == OUTCOME_DONE || outcome == OUTCOME_FAILED ||
		       outcome == OUTCOME_UNKNOWN;
	snprintf(action.unit, sizeof(action.unit), "%d", (int)id);
	assert_int_equal(db_add_action(w, &action), 0);
}

static void what_was_tried_is_remembered(void **state)
{
	struct fixture *f = *state;
	struct db_writer *w = begin_acts(f);
	struct db_memory *memory = calloc(1, sizeof(*memory));
	struct text found = TEXT_IN((char[256]){ 0 });
	struct db_action action = sample_action(100, OUTCOME_FAILED);

	action.asked_ns = NOW - 1; /* failed before anything was tried */
	assert_int_equal(db_add_action(w, &action), 0);
	action = sample_action(101, OUTCOME_LEFT_ALONE);
	action.asked_ns = NOW - 40 * NS_PER_SEC; /* an earlier try was not heard of */
	action.tries = 1;
	strcpy(action.unit, "101");
	assert_int_equal(db_add_action(w, &action), 0);
	for (int i = 0; i < ACT_OUTCOME_MAX; i++)
		add_act(w, 1 + i, i, 50 - i);
	add_act(w, 50, OUTCOME_DONE, 3601);
	add_act(w, 51, OUTCOME_DONE, -500); /* the clock was set back since */
	assert_int_equal(db_commit(w, 1), 0);
	assert_int_equal(db_read_memory(w, BOOT_1, NOW, memory), 0);
	for (uint32_t i = 0; i < memory->n_acts; i++)
		text_add(&found, "%s@%d ", memory->acts[i].unit,
			 (int)((memory->acts[i].asked_ns - NOW) / NS_PER_SEC));
	assert_string_equal(found.at, "1@-50 2@-49 4@-47 10@-41 101@-40 51@0 ");
	assert_int_equal(memory->acts[0].kind, ACT_RESTART);
	free(memory);
	db_writer_close(w);
}

static void add_page_act(struct db_writer *w, uint64_t id, uint64_t address,
			 enum act_outcome outcome, int tries)
{
	struct db_action action = { .id = id,
				    .asked_ns = SAMPLE_TIME_NS,
				    .rule = RULE_PAGE,
				    .kind = ACT_SOFT_OFFLINE,
				    .outcome = outcome,
				    .tries = tries,
				    .address = address };

	assert_int_equal(db_add_action(w, &action), 0);
}

static void add_offlined(struct db_writer *w, uint64_t id, uint64_t address)
{
	add_page_act(w, id, address, OUTCOME_DONE, 1);
}

static void pages_of_this_boot_are_counted(void **state)
{
	struct fixture *f = *state;
	struct db_writer *w = begin_acts(f);
	struct db_memory *memory = calloc(1, sizeof(*memory));
	struct db_page page = { .address = 0x1000, .last_ns = 5, .state = PAGE_OFFLINED };
	struct db_run run;

	add_offlined(w, 1, 0x1000);
	assert_int_equal(db_add_page(w, &page), 0);
	sample_run(&run);
	strcpy(run.boot_id, "another boot");
	assert_int_equal(db_add_run(w, &run), 0);
	add_offlined(w, 2, 0x2000);
	add_offlined(w, 3, 0x3000);
	add_offlined(w, 4, 0x3000);
	add_page_act(w, 5, 0x4000, OUTCOME_ALREADY, 0);
	add_page_act(w, 6, 0x5000, OUTCOME_ALREADY, 1); /* perhaps by us */
	add_page_act(w, 7, 0x6000, OUTCOME_FAILED, 1);
	page.address = 0x3000;
	page.last_ns = 4;
	assert_int_equal(db_add_page(w, &page), 0);
	assert_int_equal(db_commit(w, 1), 0);
	assert_int_equal(db_read_memory(w, "another boot", NOW, memory), 0);
	assert_int_equal(memory->offlined_this_boot, 3);
	assert_int_equal(memory->n_pages, 2);
	assert_int_equal(memory->pages[0].address, 0x1000);
	assert_int_equal(memory->pages[0].state, PAGE_WATCHED); /* it is back in use */
	assert_int_equal(memory->pages[1].state, PAGE_OFFLINED);
	assert_int_equal(db_read_memory(w, BOOT_1, NOW, memory), 0);
	assert_int_equal(memory->offlined_this_boot, 1);
	assert_int_equal(db_read_memory(w, "never seen", NOW, memory), 0);
	assert_int_equal(memory->offlined_this_boot, 0);
	assert_int_equal(memory->pages[1].state, PAGE_WATCHED);
	free(memory);
	db_writer_close(w);
}

static void memory_has_an_end(void **state)
{
	struct fixture *f = *state;
	struct db_writer *w = begin_acts(f);
	struct db_memory *memory = calloc(1, sizeof(*memory));

	for (int i = 1; i <= DB_MEMORY_PAGES_MAX + 3; i++) {
		struct db_page page = { .address = (uint64_t)i << 12, .last_ns = i };

		assert_int_equal(db_add_page(w, &page), 0);
	}
	for (int i = 1; i <= DB_MEMORY_ACTS_MAX + 3; i++)
		add_act(w, (uint64_t)i, OUTCOME_DONE, 1000 - i);
	assert_int_equal(db_commit(w, 1), 0);
	assert_int_equal(db_read_memory(w, BOOT_1, NOW, memory), 0);
	assert_int_equal(memory->n_pages, DB_MEMORY_PAGES_MAX);
	assert_int_equal(memory->pages[0].last_ns, DB_MEMORY_PAGES_MAX + 3);
	assert_int_equal(memory->pages[DB_MEMORY_PAGES_MAX - 1].last_ns, 4);
	assert_int_equal(memory->n_acts, DB_MEMORY_ACTS_MAX);
	assert_string_equal(memory->acts[0].unit, "4");
	assert_string_equal(memory->acts[DB_MEMORY_ACTS_MAX - 1].unit, "259");
	free(memory);
	db_writer_close(w);
}

static void memory_of_nothing_is_empty(void **state)
{
	struct fixture *f = *state;
	struct db_writer *w = open_writer(f->db);
	struct db_memory *memory = malloc(sizeof(*memory));

	memset(memory, 0xff, sizeof(*memory));
	assert_int_equal(db_read_memory(w, "", NOW, memory), 0);
	assert_int_equal(memory->n_pages, 0);
	assert_int_equal(memory->n_acts, 0);
	assert_int_equal(memory->offlined_this_boot, 0);
	free(memory);
	db_writer_close(w);
}

/* The indexes are there for these questions; without them each would read all there is.
 */
static void questions_use_an_index(void **state)
{
	static const struct {
		const char *sql, *index;
	} questions[] = {
		{ "SELECT * FROM hit WHERE event = 1", "hit_event" },
		{ "SELECT unit FROM hit GROUP BY unit", "hit_unit" },
		{ "SELECT * FROM link WHERE \"to\" = 1", "link_to" },
		{ "SELECT * FROM action WHERE event = 1", "action_event" },
		{ "SELECT * FROM action WHERE asked > 1", "action_asked" },
		{ "SELECT id FROM action WHERE unit = 'x' ORDER BY asked DESC LIMIT 1",
		  "action_unit" },
		{ "SELECT count(*) FROM action WHERE " DB_PENDING " AND boot = 1",
		  "action_pending" },
	};
	struct fixture *f = *state;
	sqlite3 *db = NULL;

	db_writer_close(open_writer(f->db));
	assert_int_equal(sqlite3_open(f->db, &db), SQLITE_OK);
	for (size_t i = 0; i < ARRAY_SIZE(questions); i++) {
		char sql[256];
		sqlite3_stmt *stmt = NULL;

		snprintf(sql, sizeof(sql), "EXPLAIN QUERY PLAN %s", questions[i].sql);
		assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
		assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
		assert_non_null(strstr((const char *)sqlite3_column_text(stmt, 3),
				       questions[i].index));
		sqlite3_finalize(stmt);
	}
	sqlite3_close(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_was_tried_is_remembered),
		TEST(pages_of_this_boot_are_counted),
		TEST(memory_has_an_end),
		TEST(memory_of_nothing_is_empty),
		TEST(questions_use_an_index),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
