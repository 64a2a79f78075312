// SPDX-License-Identifier: LGPL-2.1-or-later

/* What others do to a database's files while a writer has them open. */

#include "unit/check.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "db/care.h"
#include "db/guard.h"
#include "db/writer_private.h"
#include "unit/db_fixture.h"

static struct db_writer *open_written(struct fixture *f)
{
	struct event event;
	struct db_writer *w = begin_batch(f);

	sample_event(f, "mc", &event);
	store_event(w, &event, 100);
	assert_int_equal(db_commit(w, 1), 0);
	return w;
}

/* A process of another name that locks one byte, and lives until it is killed. */
static pid_t lock_elsewhere(const char *path, short type, off_t at)
{
	struct flock lock = { .l_type = type, .l_start = at, .l_len = 1 };
	int ready[2];
	char byte;
	pid_t pid;

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		int fd = open(path, O_RDWR);

		prctl(PR_SET_NAME, "a locker\n");
		if (fd < 0 || fcntl(fd, F_SETLK, &lock) < 0 ||
		    write(ready[1], "x", 1) < 0)
			_exit(1);
		pause();
		_exit(0);
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	return pid;
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void whoever_has_a_lock_is_named(void **state)
{
	static const struct {
		const char *suffix;
		short type;
		off_t at;
	} locks[] = { { "-shm", F_WRLCK, 120 },
		      { "-shm", F_RDLCK, 120 },
		      { "-shm", F_WRLCK, 122 },
		      { "", F_WRLCK, 0x40000000 },
		      { "", F_WRLCK, 0x40000002 + 509 } };
	struct fixture *f = *state;
	struct db_writer *w = open_written(f);
	struct db_holder holder;

	assert_int_equal(db_find_lock(w, &holder), 0);
	for (size_t i = 0; i < ARRAY_SIZE(locks); i++) {
		char path[160];
		pid_t pid;

		snprintf(path, sizeof(path), "%s%s", f->db, locks[i].suffix);
		if (!locks[i].suffix[0]) /* ours would be in its way */
			w = db_writer_close(w);
		pid = lock_elsewhere(path, locks[i].type, locks[i].at);
		if (w)
			assert_int_equal(db_find_lock(w, &holder), 1);
		else
			assert_int_equal(db_find_blocker(f->db, &holder), 1);
		assert_int_equal(holder.pid, pid);
		assert_string_equal(holder.comm, "a locker");
		end(pid);
		assert_int_equal(db_find_blocker(f->db, &holder), 0);
	}
	db_writer_close(w);
}

/* Of two that read, the one that sees less of the log. */
static void the_oldest_reader_is_named(void **state)
{
	struct fixture *f = *state;
	struct db_writer *w = open_written(f);
	struct db_holder holder;
	uint32_t marks[5] = { 0, 300, 200, 100, UINT32_MAX };
	char shm[160];
	pid_t later, older;
	int fd;

	snprintf(shm, sizeof(shm), "%s-shm", f->db);
	fd = open(shm, O_RDWR);
	assert_int_equal(pwrite(fd, marks, sizeof(marks), 100), sizeof(marks));
	assert_int_equal(db_find_reader(w, &holder), 0);
	later = lock_elsewhere(shm, F_RDLCK, 123 + 1);
	older = lock_elsewhere(shm, F_RDLCK, 123 + 2);
	assert_int_equal(db_find_reader(w, &holder), 1);
	assert_int_equal(holder.pid, older);
	end(older);
	assert_int_equal(db_find_reader(w, &holder), 1);
	assert_int_equal(holder.pid, later);
	end(later);
	close(fd);
	db_writer_close(w);
}

static void what_was_moved_is_noticed(void **state)
{
	static const char *const suffixes[] = { "", "-wal", "-shm" };
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		struct db_writer *w = open_written(f);
		char path[160], away[170];

		assert_int_equal(db_begin(w), 0);
		db_rollback(w);
		snprintf(path, sizeof(path), "%s%s", f->db, suffixes[i]);
		snprintf(away, sizeof(away), "%s.away", path);
		assert_int_equal(rename(path, away), 0);
		assert_int_equal(db_begin(w), -ESTALE);
		assert_non_null(strstr(db_error(w), path));
		assert_int_equal(rename(away, path), 0);
		assert_int_equal(db_begin(w), 0);
		db_rollback(w);
		db_writer_close(w);
		fixture_teardown(state);
		fixture_setup(state);
		f = *state;
	}
}

static void a_log_that_was_cut_is_damage(void **state)
{
	struct fixture *f = *state;
	struct db_writer *w = open_written(f);
	char wal[160];

	assert_true(db_wal_bytes(w) > 32);
	snprintf(wal, sizeof(wal), "%s-wal", f->db);
	assert_int_equal(truncate(wal, 40), 0);
	assert_int_equal(db_begin(w), -EUCLEAN);
	assert_non_null(strstr(db_error(w), "-wal was cut short"));
	db_writer_close(w);
}

/* In two transactions, with somebody who reads from between them. */
static void another_process_puts_the_log_into_the_file(void **state)
{
	struct fixture *f = *state;
	struct db_writer *w = open_written(f);
	uint64_t all = db_guard_pending_bytes(&w->guard), first;
	struct event event;
	char shm[160];
	uint32_t frames;
	int status, fd;
	pid_t pid;

	assert_true(all > 0 && all < db_wal_bytes(w) + 4096 * 100);
	snprintf(shm, sizeof(shm), "%s-shm", f->db);
	fd = open(shm, O_RDWR);
	assert_int_equal(pread(fd, &frames, sizeof(frames), 16), sizeof(frames));
	assert_int_equal(pwrite(fd, &frames, sizeof(frames), 100 + 4 * 2), 4);
	pid = lock_elsewhere(shm, F_RDLCK, 123 + 2);
	first = db_guard_pending_bytes(&w->guard);
	assert_int_equal(db_begin(w), 0);
	sample_event(f, "mc", &event);
	store_event(w, &event, 101);
	assert_int_equal(db_commit(w, 2), 0);
	assert_int_equal(db_guard_pending_bytes(&w->guard), first);
	end(pid);
	assert_true(db_guard_pending_bytes(&w->guard) > first);
	pid = fork();
	if (pid == 0) { /* as capture's child: what was inherited is not used */
		execl("/proc/self/exe", "test_guard", "checkpoint", f->db, (char *)NULL);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	assert_int_equal(status, 0);
	assert_int_equal(db_guard_pending_bytes(&w->guard), 0);
	assert_true(db_begin(w) == 0); /* and the writer goes on */
	sample_event(f, "mc", &event);
	store_event(w, &event, 102);
	assert_int_equal(db_commit(w, 3), 0);
	close(fd);
	db_writer_close(w);
	assert_int_equal(ask_number(f->db, "SELECT count(*) FROM event"), 3);
}

/* As somebody's checkpoint leaves it. */
static void a_log_that_was_emptied_is_none(void **state)
{
	struct fixture *f = *state;
	struct db_writer *w = open_written(f);
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		ask_nothing(f->db, "PRAGMA wal_checkpoint(TRUNCATE)");
		_exit(0);
	}
	waitpid(pid, &status, 0);
	assert_int_equal(status, 0);
	assert_int_equal(db_begin(w), 0);
	db_rollback(w);
	assert_int_equal(db_wal_bytes(w), 0);
	db_writer_close(w);
}

static void a_newer_schema_is_noticed(void **state)
{
	struct fixture *f = *state;
	struct db_writer *w = open_written(f);
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		ask_nothing(f->db, "PRAGMA user_version = 2000");
		_exit(0);
	}
	waitpid(pid, &status, 0);
	assert_int_equal(db_begin(w), -ESTALE);
	assert_non_null(strstr(db_error(w), "schema 2"));
	db_writer_close(w);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(another_process_puts_the_log_into_the_file),
		TEST(whoever_has_a_lock_is_named),
		TEST(the_oldest_reader_is_named),
		TEST(what_was_moved_is_noticed),
		TEST(a_log_that_was_cut_is_damage),
		TEST(a_log_that_was_emptied_is_none),
		TEST(a_newer_schema_is_noticed),
	};

	if (argc == 3 && !strcmp(argv[1], "checkpoint"))
		return db_care_checkpoint(argv[2]) < 0;
	return cmocka_run_group_tests_name("guard", tests, NULL, NULL);
}
