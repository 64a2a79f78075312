// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * The children that write the metrics file. One that hangs waits for a FIFO's other end,
 * as it would for a frozen file system; what is in the log is read from a file in the
 * place of standard error.
 */

#include "unit/check.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "rasd/metrics_writer.h"
#include "unit/fixtures.h"
#include "util/log.h"
#include "util/publish.h"

static struct here {
	char *directory;
	char path[PATH_MAX], fifo[PATH_MAX], log[PATH_MAX];
	struct metrics_writer writer;
	int stderr_fd; /* the real one */
} here;

/* As the real one, but from a directory that the real way to would be refused. */
static int publish_here(const struct metrics_writer *writer, const void *bytes,
			size_t len, struct text *why)
{
	int fd = open(writer->directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int r = publish_file(fd, writer->name, bytes, len, 0644);

	if (r < 0)
		text_add(why, "no way: %s", strerror(-r));
	return r;
}

static int hang(const struct metrics_writer *writer, const void *bytes, size_t len,
		struct text *why)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL); /* should the test fail */
	close(open(here.fifo, O_RDONLY));
	return publish_here(writer, bytes, len, why);
}

static int die(const struct metrics_writer *writer, const void *bytes, size_t len,
	       struct text *why)
{
	(void)writer;
	(void)bytes;
	(void)len;
	(void)why;
	raise(SIGKILL);
	return 0;
}

/* Reports how many descriptors it has, and whether SIGBUS is caught. */
static int look_around(const struct metrics_writer *writer, const void *bytes, size_t len,
		       struct text *why)
{
	struct sigaction bus;
	int n = 0;

	(void)writer;
	(void)bytes;
	(void)len;
	for (int fd = 0; fd < 1024; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	sigaction(SIGBUS, NULL, &bus);
	text_add(why, "%d open, %s", n, bus.sa_handler == SIG_DFL ? "default" : "caught");
	return -EUCLEAN;
}

static int set_up(void **state)
{
	int fd;

	(void)state;
	here.directory = make_temp_directory();
	snprintf(here.path, sizeof(here.path), "%s/rasd.prom", here.directory);
	snprintf(here.fifo, sizeof(here.fifo), "%s/fifo", here.directory);
	snprintf(here.log, sizeof(here.log), "%s/log", here.directory);
	assert_int_equal(mkfifo(here.fifo, 0600), 0);
	assert_int_equal(metrics_writer_init(&here.writer, here.path), 0);
	here.writer.publish = publish_here;
	fflush(stderr);
	here.stderr_fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	fd = open(here.log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	dup2(fd, STDERR_FILENO);
	close(fd);
	log_open(NULL, LOG_INFO);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	dup2(here.stderr_fd, STDERR_FILENO);
	close(here.stderr_fd);
	metrics_writer_deinit(&here.writer);
	remove_tree(here.directory);
	return 0;
}

static int write_text(const char *text)
{
	return metrics_writer_write(&here.writer, text, strlen(text));
}

static char *content_of(const char *path)
{
	size_t len;

	return (char *)read_whole(path, &len);
}

static void expect_content(const char *expected)
{
	_cleanup_(free_ptr) char *content = content_of(here.path);

	assert_non_null(content);
	assert_string_equal(content, expected);
}

/* How many lines the log has with `words` in them. */
static size_t logged(const char *words)
{
	_cleanup_(free_ptr) char *content = content_of(here.log);
	size_t n = 0;

	for (char *line = strtok(content, "\n"); line; line = strtok(NULL, "\n"))
		n += strstr(line, words) != NULL;
	return n;
}

/* Lets the child that hangs go on. It opens its end sooner or later. */
static void release(void)
{
	int fd = open(here.fifo, O_WRONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	close(fd);
}

static void it_is_written(void **state)
{
	(void)state;
	assert_true(metrics_writer_wait(&here.writer, 0)); /* for nobody */
	for (int i = 0; i < 20; i++) {
		char text[32];

		snprintf(text, sizeof(text), "number %d\n", i);
		assert_int_equal(write_text(text), 0);
		assert_true(metrics_writer_wait(&here.writer, -1));
		expect_content(text);
	}
	assert_int_equal(logged(""), 0);
}

static void one_that_hangs_is_the_only_one(void **state)
{
	(void)state;
	assert_int_equal(write_text("first\n"), 0);
	assert_true(metrics_writer_wait(&here.writer, -1));
	here.writer.publish = hang;
	assert_int_equal(write_text("second\n"), 0);
	for (int i = 0; i < 5; i++)
		assert_int_equal(write_text("third\n"), -EBUSY);
	assert_false(metrics_writer_wait(&here.writer, 0));
	expect_content("first\n");
	assert_int_equal(logged("rasd.prom is not written until the process"), 1);
	assert_int_equal(logged(""), 1);
	release();
	assert_true(metrics_writer_wait(&here.writer, -1));
	expect_content("second\n");
	assert_int_equal(logged("rasd.prom is written again"), 1);
	here.writer.publish = publish_here;
	assert_int_equal(write_text("fourth\n"), 0);
	assert_true(metrics_writer_wait(&here.writer, -1));
	expect_content("fourth\n");
	assert_int_equal(logged(""), 2);
	/* and once more: it is said again */
	here.writer.publish = hang;
	assert_int_equal(write_text("fifth\n"), 0);
	assert_int_equal(write_text("sixth\n"), -EBUSY);
	assert_int_equal(logged("is not written until"), 2);
	release();
	assert_true(metrics_writer_wait(&here.writer, -1));
}

static void an_error_is_said_once(void **state)
{
	(void)state;
	assert_int_equal(mkdir(here.path, 0700), 0); /* in the file's place */
	for (int i = 0; i < 3; i++) {
		assert_int_equal(write_text("x"), 0);
		assert_true(metrics_writer_wait(&here.writer, -1));
	}
	assert_int_equal(logged("rasd.prom is not written: no way: Is a directory"), 1);
	assert_int_equal(logged(""), 1);
	assert_int_equal(rmdir(here.path), 0);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(write_text("x"), 0);
		assert_true(metrics_writer_wait(&here.writer, -1));
	}
	expect_content("x");
	assert_int_equal(logged("rasd.prom is written again"), 1);
	assert_int_equal(logged(""), 2);
}

/* The real step, and a directory that everybody can write to. */
static void a_bad_directory_is_refused_and_named(void **state)
{
	struct metrics_writer writer;

	(void)state;
	assert_int_equal(chmod(here.directory, 0777), 0);
	assert_int_equal(metrics_writer_init(&writer, here.path), 0);
	assert_int_equal(metrics_writer_write(&writer, "x", 1), 0);
	assert_true(metrics_writer_wait(&writer, -1));
	assert_int_equal(logged("is writable by others than"), 1);
	assert_int_equal(logged(""), 1);
	assert_int_equal(access(here.path, F_OK), -1);
	metrics_writer_deinit(&writer);
}

static void a_child_that_dies_is_noticed(void **state)
{
	(void)state;
	here.writer.publish = die;
	assert_int_equal(write_text("x"), 0);
	assert_true(metrics_writer_wait(&here.writer, -1));
	assert_int_equal(
		logged("rasd.prom is not written: the process that was at it died"), 1);
	here.writer.publish = publish_here;
	assert_int_equal(write_text("y"), 0);
	assert_true(metrics_writer_wait(&here.writer, -1));
	expect_content("y");
}

static void catch (int signal_number)
{
	(void)signal_number;
}

static void a_child_has_nothing_of_ours(void **state)
{
	void (*handler)(int) = signal(SIGBUS, catch);
	int fd = open("/", O_RDONLY | O_CLOEXEC);

	(void)state;
	here.writer.publish = look_around;
	assert_int_equal(write_text("x"), 0);
	assert_true(metrics_writer_wait(&here.writer, -1));
	signal(SIGBUS, handler);
	close(fd);
	assert_int_equal(logged("4 open, default"), 1);
}

static void paths_are_taken_apart(void **state)
{
	struct metrics_writer writer;
	char longest[METRICS_PATH_BYTES + NAME_MAX + 8];

	(void)state;
	assert_int_equal(metrics_writer_init(&writer, "/run/rasd/rasd.prom"), 0);
	assert_string_equal(writer.directory, "/run/rasd");
	assert_string_equal(writer.name, "rasd.prom");
	assert_int_equal(metrics_writer_init(&writer, "/rasd.prom"), 0);
	assert_string_equal(writer.directory, "/");
	assert_string_equal(writer.name, "rasd.prom");
	assert_int_equal(metrics_writer_init(&writer, "rasd.prom"), -EINVAL);
	assert_int_equal(metrics_writer_init(&writer, ""), -EINVAL);
	assert_int_equal(metrics_writer_init(&writer, "/"), -EINVAL);
	assert_int_equal(metrics_writer_init(&writer, "/run/rasd/"), -EINVAL);
	memset(longest, 'x', sizeof(longest));
	longest[0] = '/';
	longest[NAME_MAX + 2] = '\0';
	assert_int_equal(metrics_writer_init(&writer, longest), -ENAMETOOLONG);
	longest[NAME_MAX + 1] = '\0';
	assert_int_equal(metrics_writer_init(&writer, longest), 0);
	memset(longest + NAME_MAX, 'x', 8);
	longest[METRICS_PATH_BYTES] = '/';
	longest[METRICS_PATH_BYTES + 2] = '\0';
	assert_int_equal(metrics_writer_init(&writer, longest), -ENAMETOOLONG);
	metrics_writer_deinit(&writer);
}

static void one_that_goes_leaves_its_child_at_work(void **state)
{
	struct metrics_writer writer = here.writer;
	char report[4096];
	int report_fd;

	(void)state;
	writer.publish = hang;
	assert_int_equal(metrics_writer_write(&writer, "late\n", 5), 0);
	report_fd = fcntl(writer.report_fd, F_DUPFD_CLOEXEC, 3);
	metrics_writer_deinit(&writer);
	assert_int_equal(writer.report_fd, -1);
	release();
	while (read(report_fd, report, sizeof(report)) > 0)
		; /* until it has ended */
	close(report_fd);
	expect_content("late\n");
}

#define TEST(name_) cmocka_unit_test_setup_teardown(name_, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_is_written),
		TEST(one_that_hangs_is_the_only_one),
		TEST(an_error_is_said_once),
		TEST(a_bad_directory_is_refused_and_named),
		TEST(a_child_that_dies_is_noticed),
		TEST(a_child_has_nothing_of_ours),
		TEST(paths_are_taken_apart),
		TEST(one_that_goes_leaves_its_child_at_work),
	};

	signal(SIGCHLD, SIG_IGN); /* as in the daemon */
	return cmocka_run_group_tests_name("metrics_writer", tests, NULL, NULL);
}
