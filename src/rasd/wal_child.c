// SPDX-License-Identifier: LGPL-2.1-or-later

#include "rasd/wal_child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

#include "db/care.h"
#include "db/guard.h"
#include "util/log.h"
#include "util/macro.h"
#include "util/process.h"

static bool is_at_work(struct wal_child *child)
{
	struct pollfd fd = { .fd = child->end_fd };

	if (child->end_fd < 0)
		return false;
	if (poll(&fd, 1, 0) == 0)
		return true;
	close_fd(TAKE_FD(child->end_fd)); /* SIGCHLD is ignored: the kernel collects */
	return false;
}

/* What fails here is tried again at the next tick: nothing depends on it. */
static _Noreturn void live_as_child(const char *database, int end_fd)
{
	prctl(PR_SET_NAME, "rasd-wal");
	signal(SIGBUS, SIG_DFL);
	signal(SIGSEGV, SIG_DFL);
	signal(SIGPIPE, SIG_IGN);
	close_all_except(&end_fd, 1);
	_exit(db_care_checkpoint(database) < 0);
}

static void start(struct wal_child *child, const char *database)
{
	int fds[2];
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return;
	pid = fork();
	if (pid == 0)
		live_as_child(database, fds[1]);
	close(fds[1]);
	if (pid > 0)
		child->end_fd = fds[0];
	else
		close(fds[0]);
}

/* Starts one if store has said that there is much to do, and that it can be done. */
void wal_child_tick(struct wal_child *child, const struct ring_status *status)
{
	if (is_at_work(child) || !status->wal_is_much || !status->store_pid ||
	    strlen(status->database) + 1 >= sizeof(status->database))
		return;
	start(child, status->database);
}
