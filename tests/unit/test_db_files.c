// SPDX-License-Identifier: LGPL-2.1-or-later

/* Files that are not ours, not whole, or of another version than this program. */

#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "db/schema.h"
#include "db_fixture.h"
#include "event/json.h"
#include "handlers/table.h"

static void write_file(const char *path, const void *bytes, size_t len)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	fclose(file);
}

static char *read_file(const char *path, size_t *ret_len)
{
	FILE *file = fopen(path, "re");
	char *bytes = calloc(1, 4 << 20);

	assert_non_null(file);
	*ret_len = fread(bytes, 1, 4 << 20, file);
	fclose(file);
	return bytes;
}

static size_t count_files(struct fixture *f, const char *pattern)
{
	char path[160];
	glob_t found;
	size_t n;

	snprintf(path, sizeof(path), "%s/%s", f->dir, pattern);
	n = glob(path, 0, NULL, &found) == 0 ? found.gl_pathc : 0;
	if (n)
		globfree(&found);
	return n;
}

static int try_writer(const char *path, char *buf, size_t size)
{
	struct text note = { .at = buf, .size = size };
	struct db_writer *w = NULL;
	int r;

	*buf = '\0';
	r = db_writer_open(path, &handlers_table, &w, &note);
	db_writer_close(w);
	return r;
}

static int try_reader(const char *path, char *buf, size_t size)
{
	struct text note = { .at = buf, .size = size };
	struct db_reader *reader = NULL;
	int r;

	*buf = '\0';
	r = db_reader_open(path, &handlers_table, &reader, &note);
	db_reader_close(reader);
	return r;
}

/* Neither side may open it, both say why, and not a byte or a file changes. */
static void assert_left_alone(struct fixture *f, int writer, int reader, const char *word)
{
	char note[1024];
	size_t before_len, after_len, files = count_files(f, "*");
	char *before = read_file(f->db, &before_len), *after;

	assert_int_equal(try_reader(f->db, note, sizeof(note)), reader);
	assert_non_null(strstr(note, word));
	assert_int_equal(try_writer(f->db, note, sizeof(note)), writer);
	assert_non_null(strstr(note, word));
	after = read_file(f->db, &after_len);
	assert_int_equal(before_len, after_len);
	assert_memory_equal(before, after, before_len);
	assert_int_equal(count_files(f, "*"), files);
	free(before);
	free(after);
}

static void what_is_no_database_is_left_alone(void **state)
{
	struct fixture *f = *state;
	char note[1024];

	write_file(f->db, "dear diary,\n", 12);
	assert_left_alone(f, DB_NOT_OURS, DB_NOT_OURS, "is not a database");
	unlink(f->db);
	ask_nothing(f->db, "CREATE TABLE mine (x); PRAGMA journal_mode = WAL");
	assert_left_alone(f, DB_NOT_OURS, DB_NOT_OURS, "another program");
	assert_int_equal(try_writer(f->dir, note, sizeof(note)), DB_NOT_OURS);
	assert_non_null(strstr(note, "is a directory"));
}

static void what_is_not_there_is_made_or_said(void **state)
{
	struct fixture *f = *state;
	char note[1024], path[160];

	assert_int_equal(try_reader(f->db, note, sizeof(note)), DB_ABSENT);
	assert_non_null(strstr(note, "there is no database"));
	assert_int_equal(count_files(f, "*"), 0);
	snprintf(path, sizeof(path), "%s/nowhere/rasd.db", f->dir);
	assert_int_equal(try_writer(path, note, sizeof(note)), -ENOENT);
	assert_non_null(strstr(note, "directory does not exist"));
	write_file(f->db, "", 0);
	assert_int_equal(try_writer(f->db, note, sizeof(note)), 0);
	assert_string_equal(note, "");
	assert_int_equal(try_reader(f->db, note, sizeof(note)), 0);
}

static void a_wal_without_its_database_is_set_aside(void **state)
{
	struct fixture *f = *state;
	char wal[128];

	snprintf(wal, sizeof(wal), "%s-wal", f->db);
	write_file(wal, "of another one", 14);
	store_samples(f);
	assert_int_equal(count_files(f, "rasd.db.orphan-*-wal"), 1);
	assert_int_equal(ask_number(f->db, "SELECT count(*) FROM event"), 7);
}

static void overwrite(const char *path, long at, size_t len)
{
	FILE *file = fopen(path, "r+e");

	assert_non_null(file);
	fseek(file, at, SEEK_SET);
	while (len--)
		fputc(0xa5, file);
	fclose(file);
}

static void assert_set_aside(struct fixture *f)
{
	char note[1024];

	assert_int_equal(try_reader(f->db, note, sizeof(note)), DB_CORRUPT);
	assert_non_null(strstr(note, "is damaged"));
	assert_int_equal(try_writer(f->db, note, sizeof(note)), 0);
	assert_non_null(strstr(note, "is damaged"));
	assert_non_null(strstr(note, ".corrupt-"));
	assert_int_equal(count_files(f, "rasd.db.corrupt-*Z"), 1);
	assert_int_equal(ask_number(f->db, "SELECT count(*) FROM event"), 0);
}

static void damage_is_set_aside(void **state)
{
	struct fixture *f = *state;

	store_samples(f);
	overwrite(f->db, 20, 40); /* of the header, but not whose it is */
	assert_set_aside(f);
}

static void a_torn_schema_is_set_aside(void **state)
{
	struct fixture *f = *state;

	store_samples(f);
	overwrite(f->db, 100, 3000); /* the rest of page 1 */
	assert_set_aside(f);
}

static void a_cut_file_is_set_aside(void **state)
{
	struct fixture *f = *state;

	store_samples(f);
	assert_int_equal(truncate(f->db, 20000), 0);
	assert_set_aside(f);
}

/* Damage that an open does not see is met in a batch; the next open acts on it. */
static void damage_found_later_is_set_aside(void **state)
{
	struct fixture *f = *state;
	long page;
	struct db_writer *w;
	struct event event;

	store_samples(f);
	page = ask_number(
		f->db, "SELECT rootpage FROM sqlite_master WHERE name = 'block_error'");
	overwrite(f->db, (page - 1) * 4096, 4096);
	w = begin_batch(f);
	sample_event(f, "block-error", &event);
	event.id = 100;
	assert_int_equal(db_add_event(w, &event, NULL), 0);
	assert_int_equal(db_commit(w, 1), -EUCLEAN);
	db_writer_close(w);
	assert_set_aside(f);
	assert_int_equal(count_files(f, "*.damaged"), 0);
}

/* --- other versions ----------------------------------------------------------------- */

static void a_newer_minor_goes_on(void **state)
{
	struct fixture *f = *state;
	struct db_writer *w;
	struct event event;

	store_samples(f);
	ask_nothing(f->db, "PRAGMA user_version = 1999;"
			   "ALTER TABLE event ADD COLUMN weight INTEGER;"
			   "CREATE TABLE module (id INTEGER PRIMARY KEY)");
	w = begin_batch(f);
	sample_event(f, "mc", &event);
	store_event(w, &event, 100);
	commit_and_close(w);
	assert_int_equal(ask_number(f->db, "PRAGMA user_version"), 1999);
	assert_int_equal(ask_number(f->db, "SELECT count(*) FROM event"), 8);
}

static void a_newer_major_is_left_alone(void **state)
{
	struct fixture *f = *state;
	char note[1024], beside[128], word[160];

	store_samples(f);
	ask_nothing(f->db,
		    "PRAGMA user_version = 2000; ALTER TABLE event RENAME TO happening;"
		    "PRAGMA journal_mode = DELETE");
	assert_int_equal(try_reader(f->db, note, sizeof(note)), DB_TOO_NEW);
	assert_non_null(strstr(note, "made by a newer rasd"));
	assert_int_equal(try_writer(f->db, note, sizeof(note)), 0);
	snprintf(beside, sizeof(beside), "%s/rasd.schema1.db", f->dir);
	snprintf(word, sizeof(word), "this one writes to %s", beside);
	assert_non_null(strstr(note, word));
	assert_int_equal(ask_number(f->db, "PRAGMA user_version"), 2000);
	assert_int_equal(ask_number(f->db, "SELECT count(*) FROM happening"), 7);
	assert_int_equal(ask_number(beside, "PRAGMA user_version"), DB_SCHEMA_VERSION);
	assert_int_equal(try_reader(f->db, note, sizeof(note)), DB_TOO_NEW);
	assert_non_null(strstr(note, beside));
}

/* One event type in the two shapes that two versions have it in. */
static const struct field new_fields[] = {
	{ .name = "order", .kind = FIELD_UINT }, /* a word of SQL */
	{ .kernel = "hidden", .kind = FIELD_UINT },
	{ .name = "learned", .kind = FIELD_TEXT },
};
static const struct field element_fields[] = {
	{ .name = "a", .kind = FIELD_UINT },
	{ .name = "b", .kind = FIELD_BYTES },
};
static const struct list_type old_lists[] = {
	{ .name = "parts",
	  .table = "thing_part",
	  .fields = element_fields,
	  .n_fields = 1 },
};
static const struct list_type new_lists[] = {
	{ .name = "parts",
	  .table = "thing_part",
	  .fields = element_fields,
	  .n_fields = 2 },
};
static const struct event_type old_type = {
	.name = "thing",
	.table = "thing",
	.fields = new_fields,
	.n_fields = 1,
	.lists = old_lists,
	.n_lists = 1,
};
static const struct event_type new_type = {
	.name = "thing",
	.table = "thing",
	.fields = new_fields,
	.n_fields = 3,
	.lists = new_lists,
	.n_lists = 1,
};
static const struct handler old_handler = { .type = &old_type };
static const struct handler new_handler = { .type = &new_type };
static const struct handler *const old_handlers[] = { &old_handler };
static const struct handler *const new_handlers[] = { &new_handler };
static const struct handler_table old_table = { old_handlers, 1 };
static const struct handler_table new_table = { new_handlers, 1 };
static const struct handler_table no_table = { NULL, 0 };

static void store_thing(struct fixture *f, const struct handler_table *table, uint64_t id)
{
	struct text note = TEXT_IN((char[1024]){ 0 });
	struct value row[2] = { value_uint(5), value_bytes("bb", 2) };
	struct db_writer *w = NULL;
	struct event event;
	uint64_t position;

	assert_int_equal(db_writer_open(f->db, table, &w, &note), 0);
	assert_int_equal(db_attach_ring(w, SAMPLE_RING, &position), 0);
	event_init(&event, table->handlers[0]->type);
	event.detail[0] = value_uint(id * 10);
	if (event.type->n_fields > 1)
		event.detail[2] = value_text("something");
	event.lists[0] = (struct list){ .n_rows = 1, .values = row };
	assert_int_equal(db_begin(w), 0);
	store_event(w, &event, id);
	commit_and_close(w);
}

static struct db_reader *find_things(struct fixture *f, const struct handler_table *table)
{
	struct text note = TEXT_IN((char[1024]){ 0 });
	struct db_reader *r = NULL;

	assert_int_equal(db_reader_open(f->db, table, &r, &note), 0);
	assert_int_equal(db_find_events(r, &(struct db_filter){ .types = { "thing" } }),
			 0);
	return r;
}

static void a_missing_column_reads_as_absent(void **state)
{
	struct fixture *f = *state;
	struct db_reader *r;
	struct event event;

	store_thing(f, &old_table, 1);
	r = find_things(f, &new_table);
	assert_int_equal(db_next_event(r, &event), 1);
	assert_int_equal(event.detail[0].i, 10);
	assert_int_equal(event.detail[2].kind, VALUE_NONE);
	assert_int_equal(event.lists[0].n_rows, 1);
	assert_int_equal(event.lists[0].values[0].i, 5);
	assert_int_equal(event.lists[0].values[1].kind, VALUE_NONE);
	db_reader_close(r);
}

static void a_learned_field_becomes_a_column(void **state)
{
	struct fixture *f = *state;
	struct db_reader *r;
	struct event event;

	store_thing(f, &old_table, 1);
	store_thing(f, &new_table, 2);
	store_thing(f, &old_table, 3); /* and back to the older program */
	r = find_things(f, &new_table);
	for (int64_t id = 1; id <= 3; id++) {
		assert_int_equal(db_next_event(r, &event), 1);
		assert_int_equal(event.detail[0].i, 10 * id);
		assert_int_equal(event.detail[2].kind, id == 2 ? VALUE_TEXT : VALUE_NONE);
		assert_int_equal(event.lists[0].values[1].kind,
				 id == 2 ? VALUE_BYTES : VALUE_NONE);
	}
	db_reader_close(r);
}

static void a_type_of_others_is_described_by_its_table(void **state)
{
	struct fixture *f = *state;
	struct db_reader *r;
	struct json_object *o;
	struct event event;

	store_thing(f, &new_table, 1);
	r = find_things(f, &no_table);
	assert_int_equal(db_next_event(r, &event), 1);
	o = event_to_json(&event);
	assert_string_equal(json_object_get_string(json_object_object_get(o, "type")),
			    "thing");
	assert_string_equal(
		json_object_to_json_string_ext(json_object_object_get(o, "detail"),
					       JSON_C_TO_STRING_PLAIN),
		"{\"order\":10,\"learned\":\"something\"}");
	json_object_put(o);
	db_reader_close(r);
}

/* Whoever set the damaged one aside was killed, or lost power, before the mark was gone.
 */
static void a_mark_does_not_outlive_what_it_meant(void **state)
{
	struct fixture *f = *state;
	char mark[128];

	db_mark_damaged(f->db);
	snprintf(mark, sizeof(mark), "%s.damaged", f->db);
	assert_int_equal(access(mark, F_OK), 0);
	db_writer_close(open_writer(f->db));
	assert_int_not_equal(access(mark, F_OK), 0);
}

static void a_missing_table_reads_as_absent(void **state)
{
	struct fixture *f = *state;
	struct db_reader *r;
	struct event event;

	store_thing(f, &new_table, 1);
	ask_nothing(f->db, "DROP TABLE thing; DROP TABLE thing_part");
	r = find_things(f, &new_table);
	assert_int_equal(db_next_event(r, &event), 1);
	assert_int_equal(event.detail[0].kind, VALUE_NONE);
	assert_int_equal(event.lists[0].n_rows, 0);
	db_reader_close(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_no_database_is_left_alone),
		TEST(what_is_not_there_is_made_or_said),
		TEST(a_wal_without_its_database_is_set_aside),
		TEST(damage_is_set_aside),
		TEST(a_torn_schema_is_set_aside),
		TEST(a_cut_file_is_set_aside),
		TEST(damage_found_later_is_set_aside),
		TEST(a_mark_does_not_outlive_what_it_meant),
		TEST(a_newer_minor_goes_on),
		TEST(a_newer_major_is_left_alone),
		TEST(a_missing_column_reads_as_absent),
		TEST(a_learned_field_becomes_a_column),
		TEST(a_type_of_others_is_described_by_its_table),
		TEST(a_missing_table_reads_as_absent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
