// SPDX-License-Identifier: LGPL-2.1-or-later

/* How rasctl pauses acting, and who may. */

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "says.h"
#include "util/file.h"

/* It says where the ring was, and so where the file is to be. */
static void store_run(struct fixture *f)
{
	struct db_writer *w = begin_batch(f);
	struct db_run run;

	sample_run(&run);
	snprintf(run.ring, sizeof(run.ring), "%s/rasd.ring", f->dir);
	assert_int_equal(db_add_run(w, &run), 0);
	commit_and_close(w);
}

static void path_of(struct fixture *f, char *path, size_t size)
{
	snprintf(path, size, "%s/no-act", f->dir);
}

static void acting_is_paused_and_resumed(void **state)
{
	struct fixture *f = *state;
	char path[128], line[512];
	struct stat st;

	store_run(f);
	path_of(f, path, sizeof(path));
	setenv("COLUMNS", "200", 1);
	unsetenv("SUDO_USER");
	assert_int_equal(RASCTL(f, "policy"), CTL_OK);
	assert_says("Acting:   not paused\n");
	assert_says(path);
	umask(077);
	assert_int_equal(RASCTL(f, "policy", "pause", "new", "DIMM\033[2J\nin", "A1"),
			 CTL_OK);
	umask(022);
	assert_says("Acting:   paused since ");
	assert_int_equal(lstat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	assert_true(file_read(AT_FDCWD, path, line, sizeof(line)) > 0);
	assert_int_equal(count_lines(line), 1);
	assert_non_null(strstr(line, "Z "));
	assert_non_null(strstr(line, ": new DIMM?[2J?in A1\n"));
	assert_int_equal(RASCTL(f, "policy", "pause", "another"), CTL_OK);
	assert_says("Acting:   already paused since ");
	assert_says(": new DIMM?[2J?in A1)\n");
	assert_int_equal(RASCTL(f, "policy", "show"), CTL_OK);
	assert_says("Acting:   paused since ");
	assert_int_equal(RASCTL(f, "status"), CTL_OK);
	assert_says("Acting:        paused since ");
	assert_int_equal(RASCTL(f, "policy", "resume"), CTL_OK);
	assert_says("Acting:   resumed, not paused\n");
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(RASCTL(f, "policy", "resume"), CTL_OK);
	assert_says("Acting:   not paused\n");
	assert_int_equal(RASCTL(f, "status"), CTL_OK);
	assert_null(strstr(said.out, "Acting:"));
}

static void pausing_speaks_json(void **state)
{
	struct fixture *f = *state;
	struct json_object *o;

	store_run(f);
	assert_int_equal(RASCTL(f, "policy", "pause", "-o", "json"), CTL_OK);
	o = parse(said.out);
	assert_true(json_object_get_boolean(get(o, "paused")));
	assert_string_equal(json_object_get_string(get(o, "outcome")), "paused");
	assert_non_null(get(o, "since"));
	assert_int_equal(json_object_get_int(get(o, "pending")), 0);
	json_object_put(o);
	assert_int_equal(RASCTL(f, "policy", "pause", "-o", "json"), CTL_OK);
	assert_says("\"outcome\":\"already-paused\"");
	assert_int_equal(RASCTL(f, "status", "-o", "json"), CTL_OK);
	o = parse(said.out);
	assert_true(json_object_get_boolean(get(get(o, "acting"), "paused")));
	json_object_put(o);
	assert_int_equal(RASCTL(f, "policy", "resume", "-o", "json"), CTL_OK);
	assert_says("\"outcome\":\"resumed\"");
	assert_int_equal(RASCTL(f, "policy", "resume", "-o", "json"), CTL_OK);
	assert_says("\"outcome\":\"not-paused\"");
}

/* However it came there, and whatever it is: it is there. */
static void what_was_made_by_hand_pauses_too(void **state)
{
	struct fixture *f = *state;
	char path[128];
	FILE *file;

	store_run(f);
	path_of(f, path, sizeof(path));
	setenv("COLUMNS", "200", 1);
	file = fopen(path, "we");
	fprintf(file, "by \033[2J hand\nsecond line\n");
	fclose(file);
	assert_int_equal(RASCTL(f, "policy"), CTL_OK);
	assert_says(" (by \\x1b[2J hand)\n");
	assert_plain(said.out);
	unlink(path);
	assert_int_equal(symlink("/nowhere", path), 0);
	assert_int_equal(RASCTL(f, "policy"), CTL_OK);
	assert_says("Acting:   paused since ");
	assert_int_equal(RASCTL(f, "policy", "pause"), CTL_OK);
	assert_says("already paused since ");
	assert_int_equal(access("/nowhere", F_OK), -1);
	assert_int_equal(RASCTL(f, "policy", "resume"), CTL_OK);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(RASCTL(f, "policy"), CTL_OK);
	assert_says("Acting:   paused since ");
	assert_int_equal(RASCTL(f, "policy", "resume"), CTL_FAILED);
	assert_one_sentence("cannot resume acting: ");
}

static void pausing_needs_no_database(void **state)
{
	struct fixture *f = *state;
	char path[128];

	path_of(f, path, sizeof(path));
	assert_int_equal(RASCTL(f, "policy", "pause", "--runtime-directory", f->dir),
			 CTL_OK);
	assert_int_equal(access(path, F_OK), 0);
	assert_int_equal(RASCTL(f, "policy", "-o", "json", "--runtime-directory", f->dir),
			 CTL_OK);
	assert_says("\"paused\":true");
	assert_says("\"pending\":null");
	assert_int_equal(RASCTL(f, "policy", "resume", "--runtime-directory", f->dir),
			 CTL_OK);
	assert_int_equal(access(path, F_OK), -1);
}

static void wrong_calls_are_usage(void **state)
{
	struct fixture *f = *state;
	char nowhere[128], link[128], reason[300];

	assert_int_equal(RASCTL(f, "policy", "stop"), CTL_USAGE);
	assert_one_sentence("\"policy\" has show, pause and resume, not \"stop\"");
	assert_int_equal(RASCTL(f, "policy", "resume", "now"), CTL_USAGE);
	assert_one_sentence("\"policy resume\" does not take \"now\"");
	assert_int_equal(RASCTL(f, "actions", "5"), CTL_USAGE);
	assert_one_sentence("\"actions\" does not take \"5\"");
	memset(reason, 'x', sizeof(reason) - 1);
	reason[sizeof(reason) - 1] = '\0';
	assert_int_equal(
		RASCTL(f, "policy", "pause", reason, "--runtime-directory", f->dir),
		CTL_USAGE);
	assert_one_sentence("the reason is longer than 255 bytes");
	snprintf(nowhere, sizeof(nowhere), "%s/nowhere", f->dir);
	assert_int_equal(RASCTL(f, "policy", "pause", "--runtime-directory", nowhere),
			 CTL_FAILED);
	assert_one_sentence("cannot pause acting: there is no directory ");
	assert_int_equal(access(nowhere, F_OK), -1);
	snprintf(link, sizeof(link), "%s/link", f->dir);
	assert_int_equal(symlink(f->dir, link), 0);
	assert_int_equal(RASCTL(f, "policy", "pause", "--runtime-directory", link),
			 CTL_FAILED);
	assert_one_sentence("cannot pause acting: ");
}

static int pause_as_nobody(struct fixture *f)
{
	char closed[128];

	if (geteuid() == 0 &&
	    (setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534)))
		return 77;
	snprintf(closed, sizeof(closed), "%s/closed", f->dir);
	if (RASCTL(f, "policy", "--runtime-directory", closed) != CTL_FAILED ||
	    !strstr(said.out, "cannot be told"))
		return 2;
	if (RASCTL(f, "policy", "pause", "--runtime-directory", f->dir) != CTL_FAILED ||
	    !strstr(said.err, "no rights to write to ") || !strstr(said.err, "use root"))
		return 1;
	return 0;
}

static void others_are_told_who_may(void **state)
{
	struct fixture *f = *state;
	char path[128];
	pid_t pid;
	int status;

	path_of(f, path, sizeof(path));
	/* where what is said goes, made before the rights are gone */
	assert_int_equal(RASCTL(f, "--version"), CTL_OK);
	snprintf(path, sizeof(path), "%s/out", f->dir);
	chmod(path, 0666);
	snprintf(path, sizeof(path), "%s/err", f->dir);
	chmod(path, 0666);
	snprintf(path, sizeof(path), "%s/closed", f->dir);
	assert_int_equal(mkdir(path, 0), 0);
	chmod(f->dir, 0555);
	pid = fork();
	if (pid == 0)
		_exit(pause_as_nobody(f));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	chmod(path, 0700);
	chmod(f->dir, 0700);
	assert_int_equal(status, 0);
	path_of(f, path, sizeof(path));
	assert_int_equal(access(path, F_OK), -1);
}

static void acts_under_way_are_counted(void **state)
{
	struct fixture *f = *state;
	struct db_action action = { .id = 20, .asked_ns = SAMPLE_TIME_NS };
	struct db_writer *w;

	store_run(f);
	w = begin_batch(f);
	assert_int_equal(db_add_action(w, &action), 0);
	commit_and_close(w);
	assert_int_equal(RASCTL(f, "status"), CTL_OK);
	assert_says("Acting:        1 under way\n");
	setenv("COLUMNS", "200", 1);
	assert_int_equal(RASCTL(f, "policy"), CTL_OK);
	assert_says("Acting:   not paused, 1 under way\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(acting_is_paused_and_resumed),
		TEST(pausing_speaks_json),
		TEST(what_was_made_by_hand_pauses_too),
		TEST(pausing_needs_no_database),
		TEST(wrong_calls_are_usage),
		TEST(others_are_told_who_may),
		TEST(acts_under_way_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
