// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * A fake, for LD_PRELOAD: a disk that fails, on a machine without device-mapper. While
 * $BAD_IO is a file that says "write", "sync" or "read", that fails with EIO for files
 * whose path has "rasd.db" in it; with "page OFFSET INODE", reading that byte of that
 * file; with "kill", whoever writes to a -wal dies of it. Other programs' files, and
 * memory maps, it cannot touch.
 */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int is_bad_page(const char *said, int fd, off64_t at, size_t n)
{
	unsigned long ino;
	off64_t bad;
	struct stat st;

	return sscanf(said, "page %ld %lu", &bad, &ino) == 2 && at <= bad &&
	       bad < at + (off64_t)n && fstat(fd, &st) == 0 && st.st_ino == ino;
}

static int fails(int fd, const char *what, off64_t at, size_t n)
{
	char link[64], path[512], said[64] = "";
	const char *switch_path = getenv("BAD_IO");
	int file = switch_path ? open(switch_path, O_RDONLY | O_CLOEXEC) : -1;
	ssize_t len;

	if (file < 0)
		return 0;
	len = read(file, said, sizeof(said) - 1);
	close(file);
	if (len <= 0)
		return 0;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = readlink(link, path, sizeof(path) - 1);
	path[len < 0 ? 0 : len] = '\0';
	if (!strcmp(what, "write") && !strcmp(said, "kill") &&
	    strstr(path, "rasd.db-wal"))
		raise(SIGKILL);
	if (!(strstr(path, "rasd.db") && !strncmp(said, what, strlen(what))) &&
	    !(!strcmp(what, "read") && is_bad_page(said, fd, at, n)))
		return 0;
	errno = EIO;
	return 1;
}

#define FAKE(type_, name_, what_, takes_, gives_, at_, n_)                  \
	type_ name_ takes_;                                                 \
	type_ name_ takes_                                                  \
	{                                                                   \
		static type_(*real) takes_;                                 \
                                                                            \
		if (!real)                                                  \
			*(void **)&real = dlsym(RTLD_NEXT, #name_);         \
		return fails(fd, what_, at_, n_) ? (type_)-1 : real gives_; \
	}

FAKE(ssize_t, pwrite64, "write", (int fd, const void *p, size_t n, off64_t at),
     (fd, p, n, at), at, n)
FAKE(ssize_t, pwrite, "write", (int fd, const void *p, size_t n, off_t at),
     (fd, p, n, at), at, n)
FAKE(ssize_t, pread64, "read", (int fd, void *p, size_t n, off64_t at), (fd, p, n, at),
     at, n)
FAKE(ssize_t, pread, "read", (int fd, void *p, size_t n, off_t at), (fd, p, n, at), at, n)
FAKE(int, fsync, "sync", (int fd), (fd), 0, 0)
FAKE(int, fdatasync, "sync", (int fd), (fd), 0, 0)
