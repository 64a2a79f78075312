// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * A page of the wal-index that the kernel dropped, and that comes back as it was before:
 * here by writing the older bytes over it, with a reader connected, so that SQLite does
 * not make it anew by itself. Writers and the reader are processes of their own: within
 * one, connections share what they know of the index.
 */

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "db_fixture.h"
#include "handlers/table.h"

#define SHM_BYTES 32768

/* Stores events in a transaction each, and dies without closing the database. */
static void write_and_die(struct fixture *f, uint64_t first, uint64_t n)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		struct db_writer *w = begin_batch(f);

		for (uint64_t i = 0; i < n; i++) {
			struct event event;

			if (i && db_begin(w) < 0)
				_exit(1);
			sample_event(f, "test", &event);
			event.id = first + i;
			if (db_add_event(w, &event, NULL) < 0 || db_commit(w, i) < 0)
				_exit(1);
		}
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* A process that has read the database and stays connected. */
static pid_t start_reader(struct fixture *f)
{
	int ready[2];
	char byte;
	pid_t pid;

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		sqlite3 *db;

		if (sqlite3_open(f->db, &db) ||
		    sqlite3_exec(db, "SELECT count(*) FROM event", NULL, NULL, NULL) ||
		    write(ready[1], "", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	close(ready[1]);
	return pid;
}

static void copy_index(struct fixture *f, uint8_t *bytes, bool to_file)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s-shm", f->db);
	file = fopen(path, to_file ? "r+e" : "re");
	assert_non_null(file);
	assert_int_equal(to_file ? fwrite(bytes, 1, SHM_BYTES, file) :
				   fread(bytes, 1, SHM_BYTES, file),
			 SHM_BYTES);
	fclose(file);
}

static void index_that_came_back_older(void **state)
{
	struct fixture *f = *state;
	uint8_t older[SHM_BYTES];
	pid_t reader;

	write_and_die(f, 1, 5);
	reader = start_reader(f);
	copy_index(f, older, false);
	write_and_die(f, 6, 6);
	copy_index(f, older, true);
	write_and_die(f, 12, 1);
	kill(reader, SIGKILL);
	waitpid(reader, NULL, 0);
	assert_int_equal(ask_number(f->db, "SELECT count(*) FROM event"), 12);
	assert_int_equal(ask_number(f->db, "SELECT max(id) FROM event"), 12);
}

/* What the test above stands for: a plain SQLite writer does lose rows like that. */
static void plain_writer_loses_rows(void **state)
{
	struct fixture *f = *state;
	uint8_t older[SHM_BYTES];
	pid_t reader, writer;
	int status;

	write_and_die(f, 1, 5);
	reader = start_reader(f);
	copy_index(f, older, false);
	write_and_die(f, 6, 6);
	copy_index(f, older, true);
	writer = fork();
	if (writer == 0) {
		sqlite3 *db;

		_exit(sqlite3_open(f->db, &db) ||
		      sqlite3_exec(db, "CREATE TABLE x (y)", NULL, NULL, NULL));
	}
	assert_int_equal(waitpid(writer, &status, 0), writer);
	assert_int_equal(status, 0);
	kill(reader, SIGKILL);
	waitpid(reader, NULL, 0);
	assert_true(ask_number(f->db, "SELECT count(*) FROM event") < 11);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(index_that_came_back_older),
		TEST(plain_writer_loses_rows),
	};

	return cmocka_run_group_tests_name("wal_index", tests, NULL, NULL);
}
