// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * A commit writes to the database's -wal, which inotify tells. Whoever follows also wants
 * to know that the database was replaced, and when nobody reads the output any more.
 */

#include "rasctl/follow.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db/open.h"
#include "util/macro.h"

#define REST_MSEC   50	  /* after news: a flood is read in heaps */
#define LOOK_MSEC   10000 /* if nothing was told, which should not happen */
#define UNTOLD_MSEC 500	  /* where inotify does not work */

struct follow {
	char path[DB_PATH_BYTES];
	struct stat file; /* that is being read */
	int inotify_fd, signal_fd;
	sigset_t old_mask;
};

static int watch(struct follow *f)
{
	char dir[DB_PATH_BYTES];
	const char *slash = strrchr(f->path, '/');

	snprintf(dir, sizeof(dir), "%.*s", slash ? (int)(slash - f->path + 1) : 1,
		 slash ? f->path : ".");
	f->inotify_fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (f->inotify_fd >= 0 &&
	    inotify_add_watch(f->inotify_fd, dir, IN_MODIFY | IN_CREATE | IN_MOVED_TO) <
		    0)
		close_fd(TAKE_FD(f->inotify_fd));
	return f->inotify_fd;
}

/* SIGINT and SIGTERM are news, too: the end is as it is for every other output. */
static int catch_signals(struct follow *f)
{
	sigset_t mask;

	sigemptyset(&mask);
	sigaddset(&mask, SIGINT);
	sigaddset(&mask, SIGTERM);
	sigprocmask(SIG_BLOCK, &mask, &f->old_mask);
	f->signal_fd = signalfd(-1, &mask, SFD_CLOEXEC);
	return f->signal_fd < 0 ? -errno : 0;
}

/* 0 or a negative errno. */
int follow_begin(const char *db, struct follow **ret)
{
	struct follow *f = calloc(1, sizeof(*f));
	int r;

	if (!f)
		return -ENOMEM;
	snprintf(f->path, sizeof(f->path), "%s", db);
	watch(f);
	follow_took(f);
	r = catch_signals(f);
	*ret = f;
	return r;
}

static void read_news(const struct follow *f)
{
	char buf[4096];

	poll(NULL, 0, REST_MSEC);
	while (read(f->inotify_fd, buf, sizeof(buf)) > 0)
		;
}

/* It was heard: it is not to kill when signals come as before. */
static bool take_signal(const struct follow *f)
{
	struct signalfd_siginfo info;

	return read(f->signal_fd, &info, sizeof(info)) < 0;
}

/* True: there may be more. False: it was ended, or nobody reads our output. */
bool follow_wait(struct follow *f)
{
	struct pollfd fds[] = {
		{ .fd = f->signal_fd, .events = POLLIN },
		{ .fd = STDOUT_FILENO }, /* POLLERR, when a pipe has no reader */
		{ .fd = f->inotify_fd, .events = POLLIN },
	};
	int n = poll(fds, ARRAY_SIZE(fds), f->inotify_fd < 0 ? UNTOLD_MSEC : LOOK_MSEC);

	if (n < 0 && errno != EINTR)
		return false;
	if (n > 0 && fds[0].revents)
		return take_signal(f);
	if (n > 0 && fds[1].revents & (POLLERR | POLLNVAL))
		return false;
	if (n > 0 && fds[2].revents)
		read_news(f);
	return true;
}

/* Another file has the database's name than the one that is read. */
bool follow_was_replaced(const struct follow *f)
{
	struct stat now;

	return !stat(f->path, &now) &&
	       (now.st_ino != f->file.st_ino || now.st_dev != f->file.st_dev);
}

/* What has the name now is read from here on. */
void follow_took(struct follow *f)
{
	if (stat(f->path, &f->file) < 0)
		f->file = (struct stat){ 0 };
}

void follow_end_at(struct follow **follow)
{
	struct follow *f = *follow;

	if (!f)
		return;
	close_fd(f->inotify_fd);
	if (f->signal_fd > 0) {
		close(f->signal_fd);
		sigprocmask(SIG_SETMASK, &f->old_mask, NULL);
	}
	free(f);
}
