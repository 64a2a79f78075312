// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Databases of rasdaemon become events: tables as its versions make them
 * (tests/golden/rasdaemon), what is added when a file comes again, and what a file may
 * have that rasdaemon would not write.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db/import.h"
#include "db/import_values.h"
#include "db_fixture.h"
#include "handlers/table.h"
#include "util/clock.h"
#include "util/macro.h"

#define NAME_BYTES 128

struct told {
	uint64_t rows, added, known, bad, tables, left_alone;
	char complaints[4096], left_out[512];
};

static void on_report(const struct import_report *report, void *userdata)
{
	struct told *told = userdata;

	told->tables++;
	if (!report->type) {
		told->left_alone += report->rows;
		return;
	}
	told->rows += report->rows;
	told->added += report->added;
	told->known += report->known;
	told->bad += report->bad;
	if (*report->left_out)
		snprintf(told->left_out, sizeof(told->left_out), "%s: %s", report->table,
			 report->left_out);
}

static void on_complaint(const char *what, void *userdata)
{
	struct told *told = userdata;
	size_t len = strlen(told->complaints);

	snprintf(told->complaints + len, sizeof(told->complaints) - len, "%s\n", what);
}

/* As rasd does it, with a ring of its own for each. */
static int import_with_note(struct fixture *f, const char *file, struct told *ret,
			    struct text *note)
{
	static unsigned int n;
	const struct import_calls calls = { on_report, on_complaint, ret };
	struct db_writer *w = open_writer(f->db);
	uint64_t position, next_id = 1;
	char ring[32];
	int r;

	*ret = (struct told){ 0 };
	snprintf(ring, sizeof(ring), "import %u", n++);
	assert_int_equal(db_attach_ring(w, ring, &position), 0);
	r = db_import(w, file, &next_id, &calls, note);
	db_writer_close(w);
	return r;
}

static int import(struct fixture *f, const char *file, struct told *ret)
{
	char buf[512] = "";
	struct text note = TEXT_IN(buf);
	int r = import_with_note(f, file, ret, &note);

	assert_int_equal(r<0, note.len> 0);
	return r;
}

static void file_name(struct fixture *f, const char *name, char ret[static NAME_BYTES])
{
	snprintf(ret, NAME_BYTES, "%s/%s", f->dir, name);
}

static void change(const char *file, const char *sql)
{
	char *error = NULL;
	sqlite3 *db;

	assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, &error) != SQLITE_OK)
		fail_msg("%s: %s", sql, error);
	sqlite3_close(db);
}

/* A database as that version makes it, with its row in every table. */
static void make(struct fixture *f, const char *version, char ret[static NAME_BYTES])
{
	const char *top = getenv("top_srcdir");
	char path[512], sql[32768];
	size_t len;
	FILE *file;

	snprintf(path, sizeof(path), "%s/tests/golden/rasdaemon/%s.sql", top ? top : ".",
		 version);
	file = fopen(path, "re");
	if (!file)
		fail_msg("%s: %s", path, strerror(errno));
	len = fread(sql, 1, sizeof(sql) - 1, file);
	sql[len] = '\0';
	assert_true(len < sizeof(sql) - 1);
	fclose(file);
	file_name(f, version, ret);
	unlink(ret);
	change(ret, sql);
}

/* --- what its versions have ------------------------------------------------------ */

static void every_version_has_its_tables(void **state)
{
	static const struct {
		const char *version;
		uint64_t rows, left_alone;
	} versions[] = { { "0.6.8", 4, 0 }, { "0.8.1", 18, 1 }, { "0.8.3", 19, 1 } };
	struct fixture *f = *state;
	char file[NAME_BYTES];
	struct told told;

	for (size_t i = 0; i < ARRAY_SIZE(versions); i++) {
		unlink(f->db);
		make(f, versions[i].version, file);
		assert_int_equal(import(f, file, &told), 0);
		assert_string_equal(told.complaints, "");
		assert_int_equal(told.rows, versions[i].rows);
		assert_int_equal(told.added, versions[i].rows);
		assert_int_equal(told.left_alone, versions[i].left_alone);
		assert_int_equal(told.known + told.bad, 0);
		assert_int_equal(ask_number(f->db, "SELECT count(*) FROM event"),
				 (int64_t)versions[i].rows);
	}
}

static void rows_are_what_a_handler_makes(void **state)
{
	static const struct {
		const char *what;
		int64_t is;
	} questions[] = {
		{ "SELECT count(*) FROM event WHERE source = 7 AND boot IS NULL"
		  " AND run IS NULL AND boottime IS NULL",
		  19 },
		{ "SELECT count(*) FROM mc JOIN event ON id = event WHERE severity = 1"
		  " AND component = 1 AND count = 3 AND dimm = 'DIMM_A1' AND address ="
		  " 0x123456000 AND time = 1788249617000000000 AND grain_bits = 12",
		  1 },
		{ "SELECT count(*) FROM aer JOIN event ON id = event WHERE severity = 4"
		  " AND status_text = 'Completion Timeout' AND status IS NULL"
		  " AND device = '0000:01:00.0'",
		  1 },
		{ "SELECT count(*) FROM block_error JOIN event ON id = event WHERE"
		  " major = 8 AND minor = 0 AND device = '8:0' AND error IS NULL"
		  " AND error_text = 'critical medium error' AND sector = 12345",
		  1 },
		{ "SELECT count(*) FROM memory_failure JOIN event ON id = event WHERE"
		  " pfn = 0x1a2b AND result_text = 'Recovered' AND address > 0x1a2b",
		  1 },
		{ "SELECT count(*) FROM devlink_health WHERE reporter = 'fw'", 1 },
		{ "SELECT count(*) FROM net_timeout WHERE queue = 3"
		  " AND interface = 'eth0'",
		  1 },
		{ "SELECT count(*) FROM event JOIN arm ON arm.event = id JOIN arm_error a"
		  " ON a.event = id WHERE address = 0x12345000 AND component = 3"
		  " AND arm.affinity_level IS NULL AND arm.psci_state IS NULL"
		  " AND a.virtual_address = 0xffff0000",
		  1 },
		{ "SELECT count(*) FROM non_standard JOIN event ON id = event WHERE"
		  " section_type = 'd4c3b2a1-f6e5-1807-293a-4b5c6d7e8f90'"
		  " AND severity = 4 AND length = 11",
		  1 },
		{ "SELECT count(*) FROM extlog_mem JOIN event ON id = event WHERE"
		  " address_mask IS NULL AND severity = 1",
		  1 },
		{ "SELECT count(*) FROM mce JOIN event ON id = event WHERE bank = 7"
		  " AND cpu = 3 AND severity = 1",
		  1 },
		{ "SELECT count(*) FROM sigbus JOIN event ON id = event WHERE"
		  " severity = 0 AND flags & 2 AND sender_pid IS NULL AND pid = 4711",
		  1 },
		{ "SELECT count(*) FROM cxl_poison JOIN event ON id = event WHERE"
		  " severity = 2 AND poison_source = 3 AND address = 0x1000"
		  " AND overflow_time_ns IS NULL AND region_uuid IS NULL",
		  1 },
		{ "SELECT count(*) FROM cxl_dram JOIN event ON id = event WHERE"
		  " severity = 3 AND device = 'mem0' AND channel = 1 AND row = 77"
		  " AND uuid = '601dcbb3-9c06-4eab-b8af-4e9bfb5c9624'"
		  " AND device_time_ns = 1788249605000000000",
		  1 },
		{ "SELECT count(*) FROM cxl_overflow WHERE first_time_ns IS NULL"
		  " AND last_time_ns = 1788249599000000000 AND records_lost = 5",
		  1 },
	};
	struct fixture *f = *state;
	struct db_writer *w = begin_batch(f);
	char file[NAME_BYTES];
	struct db_run run;
	struct told told;

	sample_run(&run); /* which these are not of */
	assert_int_equal(db_add_run(w, &run), 0);
	commit_and_close(w);
	make(f, "0.8.3", file);
	assert_int_equal(import(f, file, &told), 0);
	assert_non_null(strstr(told.left_out, "mce_record: bank_name, error_msg"));
	for (size_t i = 0; i < ARRAY_SIZE(questions); i++)
		if (ask_number(f->db, questions[i].what) != questions[i].is)
			fail_msg("not %d: %s", (int)questions[i].is, questions[i].what);
}

/* What rasdaemon kept as bytes is read by whose section it is. */
static void sections_of_vendors_are_decoded(void **state)
{
	struct fixture *f = *state;
	char file[NAME_BYTES];
	struct told told;

	make(f, "0.8.1", file);
	change(file, "UPDATE non_standard_event SET error = zeroblob(200), sec_type ="
		     " x'e161811fd655e641bd107afd1dc5f7c5'");
	assert_int_equal(import(f, file, &told), 0);
	assert_int_equal(ask_number(f->db, "SELECT count(*) FROM hip08_oem1 JOIN event"
					   " ON id = event WHERE source = 7"
					   " AND severity = 4"),
			 1);
	assert_int_equal(ask_number(f->db, "SELECT count(*) FROM non_standard"), 0);
	assert_int_equal(import(f, file, &told), 0);
	assert_int_equal(told.added, 0);
}

/* --- again ----------------------------------------------------------------------- */

static void what_comes_again_is_known(void **state)
{
	struct fixture *f = *state;
	char file[NAME_BYTES];
	struct told told;

	make(f, "0.8.1", file);
	assert_int_equal(import(f, file, &told), 0);
	assert_int_equal(import(f, file, &told), 0);
	assert_int_equal(told.known, 18);
	assert_int_equal(told.added, 0);
	/* a later copy of it, of a version that has more columns */
	change(file, "ALTER TABLE mc_event ADD COLUMN more TEXT;"
		     "INSERT INTO mc_event (timestamp, err_count, err_type, address)"
		     " VALUES ('2026-09-02 10:00:00 +0200', 1, 'Corrected', 1)");
	assert_int_equal(import(f, file, &told), 0);
	assert_int_equal(told.known, 18);
	assert_int_equal(told.added, 1);
	/* of another machine: the same number, another row */
	change(file, "UPDATE mc_event SET label = 'DIMM_B2' WHERE id = 1");
	assert_int_equal(import(f, file, &told), 0);
	assert_int_equal(told.added, 1);
	assert_int_equal(ask_number(f->db, "SELECT count(*) FROM event"), 20);
	assert_int_equal(ask_number(f->db, "SELECT max(id) FROM event"), 20);
	assert_int_equal(ask_number(f->db, "SELECT sum(rows) FROM tally"), 20);
}

static int count_found(struct db_reader *r, const struct db_filter *filter)
{
	struct event event;
	int n = 0, found;

	assert_int_equal(db_find_events(r, filter), 0);
	while ((found = db_next_event(r, &event)) == 1)
		n++;
	assert_int_equal(found, 0);
	return n;
}

/* The later an event was imported, the higher its id; whatever its time. */
static void times_need_not_rise_with_ids(void **state)
{
	struct fixture *f = *state;
	struct db_writer *w = begin_batch(f);
	struct db_filter filter = { .until_ns = SAMPLE_TIME_NS - 1 };
	char file[NAME_BYTES];
	struct db_reader *r;
	struct event event;
	struct told told;

	sample_event(f, "mc", &event);
	for (uint64_t id = 1; id <= 5; id++)
		store_event(w, &event, id);
	commit_and_close(w);
	make(f, "0.8.1", file);
	change(file, "UPDATE mc_event SET timestamp = '2020-01-01 00:00:00 +0000'");
	assert_int_equal(import(f, file, &told), 0);
	assert_int_equal(ask_number(f->db, "SELECT min(id) FROM event WHERE source = 7"),
			 6);
	assert_int_equal(ask_number(f->db, "SELECT count(*) FROM event a, event b"
					   " WHERE a.source = 7 AND b.source = 7"
					   " AND a.id < b.id AND a.time > b.time"),
			 0);
	r = open_reader(f->db);
	assert_int_equal(count_found(r, &filter), 18);
	filter = (struct db_filter){ .since_ns = SAMPLE_TIME_NS, .newest = 20 };
	assert_int_equal(count_found(r, &filter), 5);
	filter = (struct db_filter){ .until_ns = SAMPLE_TIME_NS - 1,
				     .types = { "mc" },
				     .newest = 3 };
	assert_int_equal(count_found(r, &filter), 1);
	db_reader_close(r);
}

/* --- what is no good ------------------------------------------------------------- */

static void times_are_read_to_the_letter(void **state)
{
	static const struct {
		const char *text;
		int64_t sec; /* -1: it is none */
	} times[] = {
		{ "2026-09-01 10:00:00 +0200", 1788249600 },
		{ "2026-09-01 10:00:00 -0330", 1788269400 },
		{ "2026-03-29 02:30:00 +0100", 1774747800 },
		{ "1970-01-01 01:00:03 +0100", 3 },
		{ "2024-02-29 00:00:00 +0000", 1709164800 },
		{ "2023-02-29 00:00:00 +0000", -1 },
		{ "1970-01-01 00:00:00 +0100", -1 },
		{ "2026-09-01 10:00:00", -1 },
		{ "2026-09-01 10:00:00 +0200 ", -1 },
		{ "2026-09-01T10:00:00 +0200", -1 },
		{ "2026-9-01  10:00:00 +0200", -1 },
		{ "2026-13-01 10:00:00 +0200", -1 },
		{ "2026-00-01 10:00:00 +0200", -1 },
		{ "2026-09-31 10:00:00 +0200", -1 },
		{ "2026-09-01 24:00:00 +0200", -1 },
		{ "2026-09-01 10:60:00 +0200", -1 },
		{ "2026-09-01 10:00:61 +0200", -1 },
		{ "2026-09-01 10:00:00 +0260", -1 },
		{ "2026-09-01 10:00:00 +02:0", -1 },
		{ "2026-09-01 10:00:00 x0200", -1 },
		{ "9999-09-01 10:00:00 +0200", -1 },
		{ "", -1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
		int64_t ns = -NS_PER_SEC;
		int r = import_time(times[i].text, strlen(times[i].text), &ns);

		if (r != (times[i].sec < 0 ? -EINVAL : 0) ||
		    ns != times[i].sec * NS_PER_SEC)
			fail_msg("\"%s\" is %lld ns", times[i].text, (long long)ns);
	}
}

static void a_bad_row_is_named_and_passed_over(void **state)
{
	static const struct {
		const char *sql, *says;
	} bad[] = {
		{ "UPDATE mc_event SET timestamp = 'soon'",
		  "mc_event row 1: timestamp is no time like"
		  " \"2026-09-01 10:00:00 +0200\": \"soon\"\n" },
		{ "UPDATE mc_event SET timestamp = NULL", ": NULL\n" },
		{ "UPDATE mc_event SET err_count = 'three'",
		  "mc_event row 1: err_count is not a number from 0 to 2147483647:"
		  " \"three\"\n" },
		{ "UPDATE mc_event SET err_count = -1", "err_count is not" },
		{ "UPDATE mc_event SET address = 1.5", "address is not a number" },
		{ "UPDATE mc_event SET label = x'0102'", "label is not a text: 2 bytes" },
		{ "UPDATE mc_event SET label = 'a' || char(0) || 'b'", "label is not" },
		{ "UPDATE disk_errors SET dev = 'sda'",
		  "disk_errors row 1: dev is not a device like 8:16: \"sda\"\n" },
		{ "UPDATE disk_errors SET dev = '8:0:1'", "dev is not" },
		{ "UPDATE disk_errors SET dev = NULL", "dev is not" },
		{ "UPDATE memory_failure_event SET pfn = '1a2b'", "pfn is not" },
		{ "UPDATE memory_failure_event SET pfn = '0x12g'", "pfn is not" },
		{ "UPDATE memory_failure_event SET pfn = NULL", "pfn is not" },
		{ "UPDATE non_standard_event SET sec_type = x'0102'",
		  "sec_type is not 16 bytes: 2 bytes\n" },
		{ "UPDATE arm_event SET err_info = 'abc'", "err_info is not bytes" },
		{ "UPDATE arm_event SET err_info = zeroblob(100000)", "100000 bytes" },
		{ "UPDATE cxl_dram_event SET hdr_uuid = '601dcbb3'",
		  "hdr_uuid is not a UUID" },
		{ "UPDATE extlog_event SET fru_id = x'00'", "fru_id is not 16 bytes" },
	};
	struct fixture *f = *state;
	char file[NAME_BYTES];
	struct told told;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		unlink(f->db);
		make(f, "0.8.3", file);
		change(file, bad[i].sql);
		assert_int_equal(import(f, file, &told), 1);
		if (!strstr(told.complaints, bad[i].says))
			fail_msg("%s: \"%s\"", bad[i].sql, told.complaints);
		assert_int_equal(told.bad, 1);
		assert_int_equal(told.added, 18);
	}
}

/* So many are said, the rest is counted. */
static void complaints_have_an_end(void **state)
{
	struct fixture *f = *state;
	char file[NAME_BYTES];
	struct told told;
	int lines = 0;

	make(f, "0.6.8", file);
	change(file,
	       "WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n"
	       " WHERE i < 500) INSERT INTO mc_event (timestamp) SELECT 'x' FROM n");
	assert_int_equal(import(f, file, &told), 1);
	assert_int_equal(told.bad, 499);
	for (const char *c = told.complaints; *c; c++)
		lines += *c == '\n';
	assert_int_equal(lines, 21);
}

static void what_is_not_said_is_not_made_up(void **state)
{
	struct fixture *f = *state;
	char file[NAME_BYTES];
	struct told told;

	make(f, "0.8.3", file);
	change(file, "UPDATE mc_event SET err_type = 'Dubious', address = NULL;"
		     "UPDATE aer_event SET err_type = NULL;"
		     "UPDATE extlog_event SET severity = NULL, address = NULL;"
		     "UPDATE non_standard_event SET severity = NULL;"
		     "UPDATE cxl_poison_event SET trace_type = NULL;");
	assert_int_equal(import(f, file, &told), 0);
	assert_int_equal(ask_number(f->db, "SELECT count(*) FROM event JOIN event_type t"
					   " ON t.id = type WHERE severity IS NULL AND"
					   " name IN ('mc', 'aer', 'extlog-mem',"
					   " 'non-standard', 'cxl-poison')"),
			 5);
	assert_int_equal(ask_number(f->db, "SELECT count(*) FROM event JOIN event_type t"
					   " ON t.id = type WHERE address IS NOT NULL AND"
					   " name IN ('mc', 'extlog-mem')"),
			 0);
}

static void complain_of(struct fixture *f, const char *file, const char *says)
{
	char buf[512] = "";
	struct text note = TEXT_IN(buf);
	struct told told;

	assert_true(import_with_note(f, file, &told, &note) < 0);
	if (!strstr(buf, says))
		fail_msg("%s: \"%s\"", file, buf);
	assert_int_equal(told.tables, 0);
	assert_int_equal(ask_number(f->db, "SELECT count(*) FROM event"), 0);
}

static void a_file_of_somebody_else_is_refused(void **state)
{
	struct fixture *f = *state;
	char file[NAME_BYTES];
	int fd;

	file_name(f, "none", file);
	complain_of(f, file, "No such file");
	complain_of(f, f->dir, "Is a directory");
	complain_of(f, f->db, "is a database of rasd");
	change(file, "CREATE TABLE people (name TEXT)");
	complain_of(f, file, "has no table of rasdaemon");
	change(file, "CREATE VIEW mc_event AS SELECT 1 AS id, 'x' AS timestamp");
	complain_of(f, file, "has no table of rasdaemon");
	unlink(file);
	fd = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(write(fd, "this is no database at all", 26), 26);
	close(fd);
	complain_of(f, file, "no SQLite database");
	assert_int_equal(truncate(file, 0), 0);
	complain_of(f, file, "has no table of rasdaemon");
}

static void poke(const char *file, off_t at, const void *bytes, size_t len)
{
	int fd = open(file, O_WRONLY | O_CLOEXEC);

	assert_int_equal(pwrite(fd, bytes, len, at), (ssize_t)len);
	close(fd);
}

/* Of a table that ends in garbage, what is before that is taken, and the others. */
static void damage_is_said(void **state)
{
	static const uint8_t garbage[4096] = { 0x55, 0xaa };
	struct fixture *f = *state;
	char file[NAME_BYTES];
	struct told told;
	int64_t root;

	make(f, "0.8.1", file);
	root = ask_number(file, "SELECT rootpage FROM sqlite_master"
				" WHERE name = 'mce_record'");
	poke(file, (root - 1) * 4096, garbage, sizeof(garbage));
	assert_int_equal(import(f, file, &told), 1);
	assert_non_null(strstr(told.complaints, "mce_record cannot be read"));
	assert_int_equal(told.added, 17);
}

static void copy_file(const char *from, const char *to)
{
	static char bytes[1 << 20];
	FILE *in = fopen(from, "re"), *out = fopen(to, "we");
	size_t n = fread(bytes, 1, sizeof(bytes), in);

	assert_true(n > 0 && n < sizeof(bytes));
	assert_int_equal(fwrite(bytes, 1, n, out), n);
	fclose(in);
	fclose(out);
}

/* As after a rasdaemon that was killed while it wrote: the last row is half there. */
static void make_begun(struct fixture *f, char cut[static NAME_BYTES],
		       char cut_journal[static NAME_BYTES + 16])
{
	char file[NAME_BYTES], journal[NAME_BYTES + 16];
	sqlite3 *db;

	make(f, "0.8.1", file);
	file_name(f, "cut", cut);
	snprintf(journal, sizeof(journal), "%s-journal", file);
	snprintf(cut_journal, NAME_BYTES + 16, "%s-journal", cut);
	assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db,
				      "PRAGMA cache_size = 1; BEGIN; DELETE FROM"
				      " mc_event; DELETE FROM aer_event; DELETE FROM"
				      " arm_event; INSERT INTO disk_errors (error)"
				      " VALUES (zeroblob(100000))",
				      NULL, NULL, NULL),
			 SQLITE_OK);
	copy_file(file, cut);
	copy_file(journal, cut_journal);
	sqlite3_close(db);
}

static void what_was_begun_is_taken_back(void **state)
{
	struct fixture *f = *state;
	char cut[NAME_BYTES], journal[NAME_BYTES + 16], link[NAME_BYTES];
	struct told told;
	struct stat st;

	make_begun(f, cut, journal);
	assert_int_equal(import(f, cut, &told), 0);
	assert_int_equal(told.added, 18);
	assert_int_equal(stat(journal, &st), 0); /* in a copy */
	file_name(f, "link", link);
	assert_int_equal(symlink(cut, link), 0);
	assert_int_equal(import(f, link, &told), 0);
	assert_int_equal(told.known, 18);
}

static void no_place_is_said(void **state)
{
	struct fixture *f = *state;
	char cut[NAME_BYTES], journal[NAME_BYTES + 16];
	const char *before = getenv("TMPDIR");

	make_begun(f, cut, journal);
	setenv("TMPDIR", cut, 1);
	complain_of(f, cut, "no place for a copy: Not a directory");
	if (before)
		setenv("TMPDIR", before, 1);
	else
		unsetenv("TMPDIR");
}

/* As SQLite marks a transaction over several files; it removes the one that is named. */
static void add_super_journal(const char *journal, const char *name)
{
	static const uint8_t magic[] = { 0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7 };
	uint8_t numbers[8] = { 0 }, page[4] = { 0, 4, 0, 1 }; /* that of the lock */
	uint32_t sum = 0;
	FILE *file = fopen(journal, "ae");

	for (const char *c = name; *c; c++)
		sum += (uint32_t)*c;
	numbers[3] = (uint8_t)strlen(name);
	for (int i = 0; i < 4; i++)
		numbers[4 + i] = (uint8_t)(sum >> (24 - 8 * i));
	fwrite(page, 1, sizeof(page), file);
	fwrite(name, 1, strlen(name), file);
	fwrite(numbers, 1, sizeof(numbers), file);
	fwrite(magic, 1, sizeof(magic), file);
	assert_int_equal(fclose(file), 0);
}

static void a_journal_removes_nothing(void **state)
{
	struct fixture *f = *state;
	char cut[NAME_BYTES], journal[NAME_BYTES + 16], victim[NAME_BYTES];
	struct stat st;
	int fd;

	make_begun(f, cut, journal);
	file_name(f, "victim", victim);
	fd = open(victim, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(write(fd, "kept", 4), 4);
	close(fd);
	add_super_journal(journal, victim);
	complain_of(f, cut, "over several files");
	assert_int_equal(stat(victim, &st), 0);
}

/* Names in it are anybody's. */
static void errors_are_escaped(void **state)
{
	struct fixture *f = *state;
	char file[NAME_BYTES], buf[512] = "";
	struct text note = TEXT_IN(buf);
	struct told told;

	file_name(f, "theirs", file);
	change(file,
	       "PRAGMA writable_schema = ON; CREATE TABLE mc_event (id);"
	       "UPDATE sqlite_master SET name = char(27) || '[31m', sql = 'CREATE x'");
	assert_true(import_with_note(f, file, &told, &note) < 0);
	assert_null(strchr(buf, 27));
	assert_non_null(strstr(buf, "\\x1b[31m"));
}

/* --- anything at all ------------------------------------------------------------- */

/* Rows like the first, with each of these values in each of the columns. */
static void try_values(const char *file, const char *table)
{
	static const char *const values[] = {
		"NULL",
		"'text'",
		"x'00ff'",
		"9223372036854775807",
		"-9223372036854775807",
		"1e300",
		"zeroblob(70000)",
		"char(27) || '[31m' || char(9)",
		"''",
		"4294967295",
		"-1",
	};
	char names[64][64], sql[1024];
	sqlite3_stmt *columns;
	sqlite3 *db;
	size_t n = 0;

	assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
	snprintf(sql, sizeof(sql), "SELECT name FROM pragma_table_info('%s')", table);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &columns, NULL), SQLITE_OK);
	while (n < ARRAY_SIZE(names) && sqlite3_step(columns) == SQLITE_ROW)
		snprintf(names[n++], sizeof(names[0]), "%s",
			 (const char *)sqlite3_column_text(columns, 0));
	sqlite3_finalize(columns);
	sqlite3_exec(db, "BEGIN", NULL, NULL, NULL);
	for (size_t i = 1; i < n * ARRAY_SIZE(values); i++) { /* not the id */
		snprintf(sql, sizeof(sql),
			 "CREATE TEMP TABLE t AS SELECT * FROM %s LIMIT 1;"
			 "UPDATE t SET id = NULL; UPDATE t SET \"%s\" = %s;"
			 "INSERT INTO %s SELECT * FROM t; DROP TABLE t",
			 table, names[i / ARRAY_SIZE(values)],
			 values[i % ARRAY_SIZE(values)], table);
		if (i >= ARRAY_SIZE(values) &&
		    sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
			fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	}
	assert_int_equal(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void any_value_anywhere(void **state)
{
	static const char *const tables[] = {
		"mc_event",
		"aer_event",
		"extlog_event",
		"mce_record",
		"non_standard_event",
		"arm_event",
		"devlink_event",
		"disk_errors",
		"memory_failure_event",
		"signal_event",
		"cxl_poison_event",
		"cxl_aer_ue_event",
		"cxl_aer_ce_event",
		"cxl_overflow_event",
		"cxl_generic_event",
		"cxl_dram_event",
		"cxl_memory_module_event",
		"cxl_general_media_event",
	};
	struct fixture *f = *state;
	char file[NAME_BYTES];
	struct db_reader *r;
	struct told told;

	make(f, "0.8.3", file);
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		try_values(file, tables[i]);
	assert_int_equal(import(f, file, &told), 1);
	assert_int_equal(told.rows, told.added + told.bad);
	assert_true(told.added > 1000);
	assert_true(told.bad > 500);
	r = open_reader(f->db);
	assert_int_equal(count_found(r, &(struct db_filter){ 0 }), (int)told.added);
	db_reader_close(r);
}

/* Bytes of the file turned over, by a generator that is the same each time. */
static void any_byte_anywhere(void **state)
{
	struct fixture *f = *state;
	char good[NAME_BYTES], file[NAME_BYTES];
	static uint8_t bytes[256 * 1024];
	uint32_t random = 1;
	struct told told;
	size_t len;
	FILE *in;

	make(f, "0.8.3", good);
	file_name(f, "broken", file);
	in = fopen(good, "re");
	len = fread(bytes, 1, sizeof(bytes), in);
	fclose(in);
	for (int round = 0; round < 40; round++) {
		FILE *out = fopen(file, "we");

		fwrite(bytes, 1, len, out);
		fclose(out);
		for (int i = 0; i < 1 << (round % 8); i++) {
			uint8_t byte;

			random = random * 1664525u + 1013904223u;
			byte = (uint8_t)(random >> 8);
			poke(file, (off_t)((random >> 4) % len), &byte, 1);
		}
		import(f, file, &told);
		assert_int_equal(told.rows >= told.added, 1);
	}
	assert_int_equal(ask_number(f->db, "SELECT count(*) FROM pragma_integrity_check"
					   " WHERE integrity_check != 'ok'"),
			 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_version_has_its_tables),
		TEST(rows_are_what_a_handler_makes),
		TEST(sections_of_vendors_are_decoded),
		TEST(what_comes_again_is_known),
		TEST(times_need_not_rise_with_ids),
		TEST(times_are_read_to_the_letter),
		TEST(a_bad_row_is_named_and_passed_over),
		TEST(complaints_have_an_end),
		TEST(what_is_not_said_is_not_made_up),
		TEST(a_file_of_somebody_else_is_refused),
		TEST(damage_is_said),
		TEST(what_was_begun_is_taken_back),
		TEST(no_place_is_said),
		TEST(a_journal_removes_nothing),
		TEST(errors_are_escaped),
		TEST(any_value_anywhere),
		TEST(any_byte_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
