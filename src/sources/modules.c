// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Not through sd-device: its monitor hears udev, in udev's network namespace; this hears
 * the kernel, in any network namespace of the initial user namespace (PrivateNetwork=),
 * also where no udev runs.
 */

#include "sources/modules.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/filter.h>
#include <linux/netlink.h>

#include "util/macro.h"

#define KERNEL_GROUP 1
#define PATH_MAX_LEN 48 /* so that the filter's jumps, of 8 bits, reach */
#define MESSAGES_MAX 256

/* One alternative: a message that begins with `text` is accepted. Returns its end. */
static struct sock_filter *accept_text(struct sock_filter *at, const char *text)
{
	size_t len = strlen(text);

	for (size_t i = 0; i < len; i++) {
		uint8_t to_next = (uint8_t)(2 * (len - i) - 1);

		*at++ = (struct sock_filter)BPF_STMT(BPF_LD | BPF_B | BPF_ABS,
						     (uint32_t)i);
		*at++ = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
						     (uint8_t)text[i], 0, to_next);
	}
	*at++ = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, UINT32_MAX);
	return at;
}

/* A message begins with "ACTION@DEVPATH". */
static int attach_filter(int fd, const char *devpath)
{
	static const char *const actions[] = { "add", "remove" };
	struct sock_filter code[ARRAY_SIZE(actions) * 2 * (PATH_MAX_LEN + 8) + 4];
	struct sock_filter *at = code;
	struct sock_fprog program = { .filter = code };

	for (size_t i = 0; i < ARRAY_SIZE(actions); i++) {
		char text[PATH_MAX_LEN + 8];

		if (snprintf(text, sizeof(text), "%s@%s", actions[i], devpath) >=
		    (int)sizeof(text))
			return -ENAMETOOLONG;
		at = accept_text(at, text);
	}
	*at++ = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, 0);
	program.len = (unsigned short)(at - code);
	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) < 0)
		return -errno;
	return 0;
}

/*
 * A descriptor that becomes readable when something below `devpath` (MODULES_DEVPATH) is
 * added or removed; the caller's to close. A negative errno: there are no such messages
 * here.
 */
int module_watch_open(const char *devpath)
{
	const struct sockaddr_nl address = { .nl_family = AF_NETLINK,
					     .nl_groups = KERNEL_GROUP };
	_cleanup_(close_fd) int fd =
		socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
		       NETLINK_KOBJECT_UEVENT);
	int r;

	if (fd < 0)
		return -errno;
	r = attach_filter(fd, devpath);
	if (r < 0)
		return r;
	if (bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return -errno;
	return TAKE_FD(fd);
}

/*
 * Takes the messages that have come. True: something did change, or so much that the
 * kernel could not keep it all.
 */
bool module_watch_read(int fd)
{
	bool changed = false;

	for (int i = 0; i < MESSAGES_MAX; i++) {
		char message[64];
		struct sockaddr_nl from = { 0 };
		socklen_t from_len = sizeof(from);
		ssize_t n = recvfrom(fd, message, sizeof(message), MSG_DONTWAIT,
				     (struct sockaddr *)&from, &from_len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno != ENOBUFS)
			break;
		changed |= n < 0 || from.nl_pid == 0; /* 0: the kernel */
	}
	return changed;
}
