// SPDX-License-Identifier: LGPL-2.1-or-later

#include "rasctl/offline.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ARGUMENTS_MAX 16

/* Exit statuses of rasd(8) that mean something else here. */
#define RASD_RUNNING  5
#define RASD_DATABASE 6

/* The one that lies beside us, as after a build; else the one that was installed. */
static const char *find_rasd(char *buf, size_t size)
{
	ssize_t n = readlink("/proc/self/exe", buf, size - sizeof("rasd"));
	char *slash;

	buf[n > 0 ? n : 0] = '\0';
	slash = strrchr(buf, '/');
	if (slash) {
		strcpy(slash + 1, "rasd");
		if (access(buf, X_OK) == 0)
			return buf;
	}
	return RASD_SBINDIR "/rasd";
}

static void take_line(char *line, offline_line_fn take, void *userdata)
{
	char *words[OFFLINE_WORDS_MAX];
	char *rest = line;

	line[strcspn(line, "\n")] = '\0';
	for (size_t i = 0; i < OFFLINE_WORDS_MAX; i++) {
		words[i] = strsep(&rest, "\t");
		if (!words[i])
			words[i] = line + strlen(line);
	}
	take(words, userdata);
}

static void take_lines(int fd, offline_line_fn take, void *userdata)
{
	FILE *file = fdopen(fd, "r");
	char *line = NULL;
	size_t size = 0;

	while (file && getline(&line, &size, file) > 0)
		take_line(line, take, userdata);
	free(line);
	if (file)
		fclose(file);
	else
		close(fd);
}

/* Returns 0 with the process and the end to read from, or a negative errno. */
static int start(const char *program, const char *const *arguments, pid_t *ret_pid,
		 int *ret_fd)
{
	posix_spawn_file_actions_t actions;
	int fds[2], r;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return -errno;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, fds[1], STDOUT_FILENO);
	r = posix_spawn(ret_pid, program, &actions, NULL, (char *const *)arguments,
			environ);
	posix_spawn_file_actions_destroy(&actions);
	close(fds[1]);
	if (r == 0)
		*ret_fd = fds[0];
	else
		close(fds[0]);
	return -r;
}

static int code_of(const char *program, int status)
{
	if (!WIFEXITED(status))
		return complain(CTL_FAILED, "%s was killed by signal %d", program,
				WTERMSIG(status));
	switch (WEXITSTATUS(status)) {
	case 0:
		return CTL_OK;
	case RASD_RUNNING:
		return -EBUSY;
	case RASD_DATABASE:
		return CTL_NO_DATABASE;
	default:
		return CTL_FAILED;
	}
}

int offline_run(const struct options *options, const char *const *arguments,
		offline_line_fn take, void *userdata)
{
	const char *argv[ARGUMENTS_MAX + 4] = { "rasd", "--db", options->db };
	char path[4096];
	const char *program = find_rasd(path, sizeof(path));
	int fd, status, r;
	pid_t pid;

	for (size_t i = 0; arguments[i] && i < ARGUMENTS_MAX; i++)
		argv[i + 3] = arguments[i];
	r = start(program, argv, &pid, &fd);
	if (r < 0)
		return complain(CTL_FAILED, "cannot run %s: %s", program, strerror(-r));
	take_lines(fd, take, userdata);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return complain(CTL_FAILED, "%s: %s", program, strerror(errno));
	return code_of(program, status);
}
