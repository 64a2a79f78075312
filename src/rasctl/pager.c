// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * As systemctl and journalctl do it: $RASD_PAGER, $SYSTEMD_PAGER or $PAGER, else less,
 * which ends by itself when all fits on the screen. "cat" and "" are none.
 */

#include "rasctl/pager.h"

#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rasctl/output.h"
#include "util/macro.h"

static pid_t pager_pid; /* 0: there is none */

static const char *find_pager(void)
{
	static const char *const names[] = { "RASD_PAGER", "SYSTEMD_PAGER", "PAGER" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (getenv(names[i]))
			return getenv(names[i]);
	return "less";
}

static bool is_program(const char *directory, size_t directory_len, const char *name,
		       size_t len)
{
	char path[PATH_MAX];

	return snprintf(path, sizeof(path), "%.*s/%.*s", (int)directory_len, directory,
			(int)len, name) < (int)sizeof(path) &&
	       access(path, X_OK) == 0;
}

/* Whether its first word is a program; else what is to be read would go nowhere. */
static bool can_be_run(const char *pager)
{
	const char *path = getenv("PATH");
	size_t len = strcspn(pager, " \t");

	if (memchr(pager, '/', len))
		return is_program("/", 1, pager, len) || is_program(".", 1, pager, len);
	for (; path && *path; path += strcspn(path, ":"), path += *path == ':')
		if (is_program(path, strcspn(path, ":"), pager, len))
			return true;
	return false;
}

static void __attribute__((noreturn)) become_pager(const char *pager, int in, int out)
{
	dup2(in, STDIN_FILENO);
	close(in);
	close(out);
	signal(SIGINT, SIG_DFL);
	setenv("LESS", "FRSXMK", 0); /* journalctl's: colours, end if it fits */
	execl("/bin/sh", "sh", "-c", pager, NULL);
	_exit(127);
}

/* Without a pager, or where it cannot be started, the output goes where it went. */
void pager_open(void)
{
	const char *pager = find_pager();
	int fds[2];

	if (!isatty(STDOUT_FILENO) || !*pager || !strcmp(pager, "cat") ||
	    !can_be_run(pager) || pipe(fds) < 0)
		return;
	output_remember_terminal(stdout);
	fflush(stdout);
	pager_pid = fork();
	if (pager_pid == 0)
		become_pager(pager, fds[0], fds[1]);
	close(fds[0]);
	if (pager_pid > 0)
		dup2(fds[1], STDOUT_FILENO);
	else
		pager_pid = 0;
	close(fds[1]);
}

/* Waits until it has been read. */
void pager_close(void)
{
	if (!pager_pid)
		return;
	signal(SIGINT, SIG_IGN); /* is for the pager */
	fclose(stdout);
	while (waitpid(pager_pid, NULL, 0) < 0)
		;
	pager_pid = 0;
}
