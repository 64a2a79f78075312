// SPDX-License-Identifier: LGPL-2.1-or-later

#include "rasd/act_child.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "poison/poison.h"
#include "util/log.h"
#include "util/process.h"

void act_child_init(struct act_child *child, const char *no_act)
{
	*child = (struct act_child){ .no_act = no_act, .fd = -1 };
}

/* The process ends with its socket, when it is done with what it is at. */
void act_child_deinit(struct act_child *child)
{
	close_fd(child->fd);
	child->fd = -1;
	child->pid = 0;
	child->busy = false; /* nobody will report what it was at */
}

static int live_as_act(const char *no_act, int fd)
{
	struct act_options options = { .sysfs = "/sys",
				       .proc = "/proc",
				       .no_act = no_act,
				       .page_size = (uint64_t)sysconf(_SC_PAGESIZE),
				       .socket_fd = fd };
	static const int ignored[] = { SIGTERM, SIGINT, SIGHUP, SIGPIPE };
	int keep[] = { fd, poison_fd() };

	poison_set_role(POISON_ACT);
	for (size_t i = 0; i < ARRAY_SIZE(ignored); i++)
		signal(ignored[i], SIG_IGN);
	close_all_except(keep, ARRAY_SIZE(keep));
	prctl(PR_SET_NAME, "rasd-act");
	log_open("act", log_level());
	return act_run(&options);
}

/* Forks the act process. Returns 0 or a negative errno. */
int act_child_start(struct act_child *child)
{
	int fds[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0)
		return -errno;
	pid = fork();
	if (pid == 0)
		_exit(live_as_act(child->no_act, fds[1]));
	close(fds[1]);
	if (pid < 0) {
		int r = -errno;

		close(fds[0]);
		return r;
	}
	act_child_deinit(child);
	child->fd = fds[0];
	child->pid = pid;
	child->busy = false;
	return 0;
}

/* Hands it an order; it must not be busy. */
int act_child_give(struct act_child *child, const struct act_order *order, int64_t now_ns)
{
	ssize_t n = send(child->fd, order, sizeof(*order), MSG_DONTWAIT | MSG_NOSIGNAL);

	if (n < 0)
		return -errno;
	child->order = *order;
	child->busy = true;
	child->busy_since_ns = now_ns;
	return 0;
}

int act_child_hear(struct act_child *child, struct act_report *ret)
{
	ssize_t n = recv(child->fd, ret, sizeof(*ret), MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n != (ssize_t)sizeof(*ret)) {
		act_child_deinit(child);
		return -EPIPE;
	}
	if (!ret->more)
		child->busy = false;
	return 1;
}
