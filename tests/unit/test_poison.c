// SPDX-License-Identifier: LGPL-2.1-or-later

#include "unit/check.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "poison/poison.h"
#include "unit/poison_scenes.h"

extern char **environ;

static char said[65536];

/* Runs this program once more to play a scene. Returns its exit status, or -signal. */
static int run(const char *scene)
{
	size_t len = 0;
	ssize_t n;
	int pipe_fds[2], status;
	pid_t pid;

	assert_int_equal(pipe(pipe_fds), 0);
	pid = fork();
	if (pid == 0) {
		dup2(pipe_fds[1], STDOUT_FILENO);
		close(pipe_fds[0]);
		close(pipe_fds[1]);
		execl("/proc/self/exe", program_invocation_name, scene, NULL);
		_exit(127);
	}
	assert_true(pid > 0);
	close(pipe_fds[1]);
	while ((n = read(pipe_fds[0], said + len, sizeof(said) - 1 - len)) > 0)
		len += (size_t)n;
	said[len] = '\0';
	close(pipe_fds[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (said[0] == '#')
		print_message("%s", said);
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static void run_well(const char *scene)
{
	int status = run(scene);

	if (status == SCENE_SKIPPED)
		skip();
	assert_int_equal(status, 0);
}

#define SCENE(function_, name_)             \
	static void function_(void **state) \
	{                                   \
		(void)state;                \
		run_well(name_);            \
	}

SCENE(every_code_is_a_record, "codes")
SCENE(every_place_is_told, "places")
SCENE(a_region_tells_the_place_in_its_file, "regions")
SCENE(one_just_forked_does_not_become_a_second_capture, "forked")
SCENE(either_copy_may_be_lost, "copies")
SCENE(what_is_refused_stays, "refused")
SCENE(what_is_read_stays_until_it_is_forgotten, "read")
SCENE(what_is_added_while_it_is_read_is_not_lost, "added")
SCENE(what_is_no_record_is_said, "junk")
SCENE(what_is_no_memory_kills_as_ever, "no-memory")
SCENE(the_alternate_stack_itself_is_lost, "stack")
SCENE(a_copy_fails_when_the_handler_reads_it, "nested")
SCENE(capture_without_its_alternate_stack, "capture-stack")
SCENE(a_minute_later_it_counts_anew, "later")
/* The kernel tells once for each mapping: the second finds a process without a handler.
 */
SCENE(a_page_that_is_told_twice, "twice")

static void capture_goes_on_in_a_new_process(void **state)
{
	(void)state;
	setenv("KEPT", "as it was", 1);
	run_well("capture");
	assert_string_equal(said, "first\nsecond\n");
}

static void the_same_page_again_and_again_is_counted(void **state)
{
	(void)state;
	run_well("again");
	assert_string_equal(said, "0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n");
}

static void a_foreign_variable_is_not_believed(void **state)
{
	static const char *const values[] = { "",	"0:1:1", "0",	      "x",
					      "-1:1:1", "1:1:1", "99999:1:1", "0:1:1x" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		setenv("RASD_POISON", values[i], 1);
		assert_int_equal(run("variable"), 0);
	}
	unsetenv("RASD_POISON");
}

static void an_environment_too_long_is_refused(void **state)
{
	char *text = malloc(120001);

	(void)state;
	memset(text, 'x', 120000);
	text[120000] = '\0';
	setenv("LONG", text, 1);
	assert_int_equal(run("begin"), 0);
	setenv("LONGER", text, 1);
	setenv("LONGEST", text, 1);
	assert_int_equal(run("begin"), SCENE_SKIPPED);
	unsetenv("LONG");
	unsetenv("LONGER");
	unsetenv("LONGEST");
	free(text);
}

static void arguments_that_are_lost(void **state)
{
	char text[20000];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	setenv("LONG", text, 1); /* some of them are on pages of their own */
	run_well("arguments");
	unsetenv("LONG");
}

static void every_number_has_a_name(void **state)
{
	(void)state;
	for (int i = 0; i < POISON_ROLE_MAX; i++)
		assert_string_not_equal(poison_role_name(i), "unknown");
	assert_string_equal(poison_role_name(POISON_ROLE_MAX), "unknown");
	assert_string_equal(poison_role_name(-1), "unknown");
	for (int i = 1; i < PLACE_MAX; i++)
		assert_string_not_equal(poison_place_name(i), "unknown");
	assert_string_equal(poison_place_name(PLACE_MAX), "unknown");
	assert_string_equal(poison_place_name(-1), "unknown");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_is_a_record),
		cmocka_unit_test(every_place_is_told),
		cmocka_unit_test(a_region_tells_the_place_in_its_file),
		cmocka_unit_test(one_just_forked_does_not_become_a_second_capture),
		cmocka_unit_test(either_copy_may_be_lost),
		cmocka_unit_test(what_is_refused_stays),
		cmocka_unit_test(what_is_read_stays_until_it_is_forgotten),
		cmocka_unit_test(what_is_added_while_it_is_read_is_not_lost),
		cmocka_unit_test(what_is_no_record_is_said),
		cmocka_unit_test(what_is_no_memory_kills_as_ever),
		cmocka_unit_test(the_alternate_stack_itself_is_lost),
		cmocka_unit_test(a_copy_fails_when_the_handler_reads_it),
		cmocka_unit_test(capture_goes_on_in_a_new_process),
		cmocka_unit_test(capture_without_its_alternate_stack),
		cmocka_unit_test(the_same_page_again_and_again_is_counted),
		cmocka_unit_test(a_minute_later_it_counts_anew),
		cmocka_unit_test(arguments_that_are_lost),
		cmocka_unit_test(a_page_that_is_told_twice),
		cmocka_unit_test(a_foreign_variable_is_not_believed),
		cmocka_unit_test(an_environment_too_long_is_refused),
		cmocka_unit_test(every_number_has_a_name),
	};

	if (argc > 1)
		return play_scene(argv[1], argv, environ);
	return cmocka_run_group_tests_name("poison", tests, NULL, NULL);
}
