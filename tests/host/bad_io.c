// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * A fake, for LD_PRELOAD: a disk that fails, on a machine without device-mapper. While
 * $BAD_IO is a file that says "write", "sync" or "read", that fails with EIO for files
 * whose path has "rasd.db" in it. Other programs' files, and memory maps, it cannot
 * touch.
 */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int fails(int fd, const char *what)
{
	char link[64], path[512], said[16] = "";
	const char *switch_path = getenv("BAD_IO");
	ssize_t n;
	int file = switch_path ? open(switch_path, O_RDONLY | O_CLOEXEC) : -1;

	if (file < 0)
		return 0;
	n = read(file, said, sizeof(said) - 1);
	close(file);
	if (n <= 0 || strncmp(said, what, strlen(what)))
		return 0;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof(path) - 1);
	path[n < 0 ? 0 : n] = '\0';
	if (!strstr(path, "rasd.db"))
		return 0;
	errno = EIO;
	return 1;
}

#define FAKE(type_, name_, what_, takes_, gives_)                   \
	type_ name_ takes_;                                         \
	type_ name_ takes_                                          \
	{                                                           \
		static type_(*real) takes_;                         \
                                                                    \
		if (!real)                                          \
			*(void **)&real = dlsym(RTLD_NEXT, #name_); \
		return fails(fd, what_) ? (type_)-1 : real gives_;  \
	}

FAKE(ssize_t, pwrite64, "write", (int fd, const void *p, size_t n, off64_t at),
     (fd, p, n, at))
FAKE(ssize_t, pwrite, "write", (int fd, const void *p, size_t n, off_t at),
     (fd, p, n, at))
FAKE(ssize_t, pread64, "read", (int fd, void *p, size_t n, off64_t at), (fd, p, n, at))
FAKE(ssize_t, pread, "read", (int fd, void *p, size_t n, off_t at), (fd, p, n, at))
FAKE(int, fsync, "sync", (int fd), (fd))
FAKE(int, fdatasync, "sync", (int fd), (fd))
