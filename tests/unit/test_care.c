// SPDX-License-Identifier: LGPL-2.1-or-later

/* Checking, copying and shrinking a database file. */

#include "db_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db/care.h"

static void count(const char *what, void *arg)
{
	(void)what;
	++*(int *)arg;
}

static void a_good_file_has_no_damage(void **state)
{
	struct fixture *f = *state;
	char said[256] = "";
	struct text note = TEXT_IN(said);
	int damages = 0;

	store_samples(f);
	assert_int_equal(db_care_check(f->db, count, &damages, &note), 0);
	assert_int_equal(damages, 0);
	assert_string_equal(said, "");
}

/* Pages of an index, or of a table, overwritten behind the header. */
static void damage_is_told(void **state)
{
	struct fixture *f = *state;
	char said[256] = "", junk[8192];
	struct text note = TEXT_IN(said);
	int damages = 0, fd;

	store_samples(f);
	fd = open(f->db, O_WRONLY);
	memset(junk, 0x5a, sizeof(junk));
	assert_int_equal(pwrite(fd, junk, sizeof(junk), 16L * 4096), sizeof(junk));
	close(fd);
	assert_int_equal(db_care_check(f->db, count, &damages, &note), 1);
	assert_true(damages > 0);
}

static void what_is_not_there_is_said(void **state)
{
	struct fixture *f = *state;
	char said[256] = "";
	struct text note = TEXT_IN(said);
	int damages = 0;

	assert_int_equal(db_care_check(f->db, count, &damages, &note), -ENOENT);
	assert_non_null(strstr(said, f->db));
	assert_int_equal(access(f->db, F_OK), -1);
}

static void a_backup_is_one_moment(void **state)
{
	struct fixture *f = *state;
	char said[256] = "", to[128];
	struct text note = TEXT_IN(said);
	struct db_writer *w;
	struct event event;
	int64_t rows;
	struct stat st;

	store_samples(f);
	rows = ask_number(f->db, "SELECT count(*) FROM event");
	snprintf(to, sizeof(to), "%s/copy.db", f->dir);
	w = begin_batch(f); /* not committed yet */
	sample_event(f, "mc", &event);
	store_event(w, &event, 900);
	assert_int_equal(db_care_backup(f->db, to, &note), 0);
	commit_and_close(w);
	assert_int_equal(ask_number(to, "SELECT count(*) FROM event"), rows);
	assert_int_equal(ask_number(f->db, "SELECT count(*) FROM event"), rows + 1);
	db_reader_close(open_reader(to));
	assert_int_equal(stat(to, &st), 0);
	assert_int_equal(st.st_mode & 077, 0);
	assert_int_equal(db_care_backup(f->db, to, &note), -EEXIST);
	assert_int_equal(ask_number(to, "SELECT count(*) FROM event"), rows);
}

static void vacuum_refuses_beside_a_writer(void **state)
{
	struct fixture *f = *state;
	char said[256] = "", lock[128];
	struct text note = TEXT_IN(said);
	uint64_t before, after;
	int fd;

	store_samples(f);
	snprintf(lock, sizeof(lock), "%s.lock", f->db);
	fd = open(lock, O_RDWR | O_CREAT, 0600);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	assert_int_equal(db_care_vacuum(f->db, &before, &after, &note), -EWOULDBLOCK);
	assert_non_null(strstr(said, "stop it first"));
	close(fd);
}

/* A file of an earlier version, that could not give pages back. */
static void vacuum_shrinks(void **state)
{
	struct fixture *f = *state;
	char said[256] = "";
	struct text note = TEXT_IN(said);
	uint64_t before = 0, after = 0;
	sqlite3 *db;

	store_samples(f);
	assert_int_equal(sqlite3_open(f->db, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db,
				      "PRAGMA auto_vacuum = NONE; VACUUM;"
				      "CREATE TABLE big AS SELECT zeroblob(4000000) AS b;"
				      "DROP TABLE big; PRAGMA wal_checkpoint(TRUNCATE)",
				      NULL, NULL, NULL),
			 SQLITE_OK);
	sqlite3_close(db);
	assert_int_equal(ask_number(f->db, "PRAGMA auto_vacuum"), 0);
	assert_int_equal(db_care_vacuum(f->db, &before, &after, &note), 0);
	assert_true(before > 4000000 && after < 1000000 && after > 0);
	assert_int_equal(ask_number(f->db, "PRAGMA auto_vacuum"), 2);
	assert_true(ask_number(f->db, "SELECT count(*) FROM event") > 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_good_file_has_no_damage),      TEST(damage_is_told),
		TEST(what_is_not_there_is_said),      TEST(a_backup_is_one_moment),
		TEST(vacuum_refuses_beside_a_writer), TEST(vacuum_shrinks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
