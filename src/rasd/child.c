// SPDX-License-Identifier: LGPL-2.1-or-later

#include "rasd/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>

#include "poison/poison.h"
#include "util/log.h"
#include "util/process.h"

int child_init(struct child *child)
{
	*child = (struct child){ .hello_fd = -1 };
	child->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return child->wake_fd < 0 ? -errno : 0;
}

void child_deinit(struct child *child)
{
	close_fd(child->hello_fd);
	close_fd(child->wake_fd);
}

static int open_pidfd(pid_t pid)
{
	return (int)syscall(SYS_pidfd_open, pid, 0);
}

/*
 * In the child. What capture has open is closed, its locks with it; signals that end
 * capture are not for us: store ends when the ring says so, or when capture is gone.
 */
static int live_as_store(struct store_options *options, int parent_fd)
{
	int keep[] = { options->wake_fd, options->hello_fd, parent_fd, options->ring->fd,
		       poison_fd() };
	static const int ignored[] = { SIGTERM, SIGINT, SIGHUP, SIGPIPE };

	poison_set_role(POISON_STORE);
	for (size_t i = 0; i < ARRAY_SIZE(ignored); i++)
		signal(ignored[i], SIG_IGN);
	options->parent_fd = parent_fd;
	close_all_except(keep, ARRAY_SIZE(keep));
	log_open("store", log_level());
	return store_run(options);
}

/* Forks the store process. It says how it stands through hello_fd, which ends when it
 * does. */
int child_start(struct child *child, const char *database,
		const struct handler_table *handlers, struct ring *ring)
{
	_cleanup_(close_fd) int parent_fd = open_pidfd(getpid());
	int pipe_fds[2];
	pid_t pid;

	if (parent_fd < 0 || pipe2(pipe_fds, O_CLOEXEC) < 0)
		return -errno;
	pid = fork();
	if (pid == 0) {
		struct store_options options = { .database = database,
						 .handlers = handlers,
						 .ring = ring,
						 .keep = child->keep,
						 .wake_fd = child->wake_fd,
						 .hello_fd = pipe_fds[1] };

		_exit(live_as_store(&options, parent_fd));
	}
	close(pipe_fds[1]);
	if (pid < 0) {
		int r = -errno;

		close(pipe_fds[0]);
		return r;
	}
	close_fd(child->hello_fd);
	child->hello_fd = pipe_fds[0];
	child->pid = pid;
	child->greeted = false;
	ring->status->store_pid = pid;
	return 0;
}

/*
 * What the store says. 1 with `ret`; 0 if nothing came in time; -EPIPE: it has ended (and
 * is collected).
 */
int child_hear(struct child *child, int timeout_msec, struct store_hello *ret)
{
	struct pollfd fd = { .fd = child->hello_fd, .events = POLLIN };
	ssize_t n;

	if (poll(&fd, 1, timeout_msec) <= 0)
		return 0;
	n = read(child->hello_fd, ret, sizeof(*ret));
	if (n == (ssize_t)sizeof(*ret)) {
		ret->note[sizeof(ret->note) - 1] = '\0';
		child->greeted = ret->result == 0;
		return 1;
	}
	child->pid = 0; /* SIGCHLD is ignored: the kernel collects it */
	return -EPIPE;
}

void child_wake(struct child *child)
{
	uint64_t one = 1;

	if (write(child->wake_fd, &one, sizeof(one)) < 0 && errno != EAGAIN)
		log_debug("eventfd: %s", strerror(errno));
}

/* Whether the store has ended within this time. It is not killed. */
bool child_wait(struct child *child, int timeout_msec)
{
	struct store_hello hello;

	while (child->pid && child_hear(child, timeout_msec, &hello) > 0)
		;
	return child->pid == 0;
}
