// SPDX-License-Identifier: LGPL-2.1-or-later

#include "rasctl_fixture.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ARGUMENTS_MAX 16

struct said said;

static void slurp(int fd, char *buf, size_t size)
{
	ssize_t n = pread(fd, buf, size - 1, 0);

	assert_true(n >= 0);
	buf[n] = '\0';
	close(fd);
}

static int open_scratch(struct fixture *f, const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", f->dir, name);
	return open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
}

static int call(char **argv, int argc)
{
	struct command command;
	int code = command_parse(argc, argv, &command);

	if (code == CTL_OK && command.verb)
		code = command.verb->run(&command.options, command.arguments);
	fflush(stdout);
	return code;
}

/* Runs "rasctl WORDS…" on the fixture's database; the words end with NULL. */
int rasctl(struct fixture *f, const char *const *words)
{
	char *argv[ARGUMENTS_MAX + 4] = { (char *)"rasctl", (char *)"--db", f->db };
	int out = open_scratch(f, "out"), err = open_scratch(f, "err");
	int stdout_fd = dup(STDOUT_FILENO), stderr_fd = dup(STDERR_FILENO);
	int argc = 3, code;

	while (*words && argc < ARGUMENTS_MAX)
		argv[argc++] = (char *)*words++;
	fflush(stdout);
	dup2(out, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	code = call(argv, argc);
	dup2(stdout_fd, STDOUT_FILENO);
	dup2(stderr_fd, STDERR_FILENO);
	close(stdout_fd);
	close(stderr_fd);
	slurp(out, said.out, sizeof(said.out));
	slurp(err, said.err, sizeof(said.err));
	return code;
}

int rasctl_setup(void **state)
{
	setenv("TZ", "UTC", 1);
	setenv("COLUMNS", "80", 1);
	return fixture_setup(state);
}

size_t count_lines(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

/* On standard error alone, and with `word` in it. */
void assert_one_sentence(const char *word)
{
	assert_string_equal(said.out, "");
	assert_int_equal(count_lines(said.err), 1);
	assert_int_equal(strncmp(said.err, "rasctl: ", 8), 0);
	if (!strstr(said.err, word))
		fail_msg("\"%s\" is not in: %s", word, said.err);
}

struct json_object *parse(const char *text)
{
	struct json_object *o = json_tokener_parse(text);

	assert_non_null(o);
	return o;
}

struct json_object *get(struct json_object *o, const char *key)
{
	struct json_object *value = NULL;

	if (!json_object_object_get_ex(o, key, &value))
		fail_msg("no member \"%s\"", key);
	return value;
}
