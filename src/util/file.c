// SPDX-License-Identifier: LGPL-2.1-or-later

#include "util/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "util/macro.h"
#include "util/text.h"

/*
 * Reads at most size - 1 bytes and terminates them. Returns the length, or a negative
 * errno; -EFBIG if the file holds more: then `buf` has its beginning.
 */
ssize_t file_read(int dirfd, const char *path, char *buf, size_t size)
{
	_cleanup_(close_fd) int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC);
	size_t len = 0;

	if (fd < 0)
		return -errno;
	while (len < size) {
		ssize_t n = read(fd, buf + len, size - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		len += (size_t)n;
	}
	if (len == size) {
		buf[size - 1] = '\0';
		return -EFBIG;
	}
	buf[len] = '\0';
	return (ssize_t)len;
}

/* As file_read(), without the line end. Returns 0 or a negative errno. */
int file_read_line(int dirfd, const char *path, char *buf, size_t size)
{
	ssize_t n = file_read(dirfd, path, buf, size);

	if (n < 0)
		return (int)n;
	buf[strcspn(buf, "\n")] = '\0';
	return 0;
}

int file_read_uint64(int dirfd, const char *path, uint64_t *ret)
{
	char line[32];
	int r = file_read_line(dirfd, path, line, sizeof(line));

	return r < 0 ? r : parse_uint64(line, ret);
}

/* One write(2) of the whole value, as kernel files want it. */
int file_write(int dirfd, const char *path, const char *value)
{
	_cleanup_(close_fd) int fd = openat(dirfd, path, O_WRONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = write(fd, value, strlen(value));
	if (n < 0)
		return -errno;
	return (size_t)n == strlen(value) ? 0 : -EIO;
}

/* mkdir -p: parents get the same mode; a directory that is there already is fine. */
int make_directory(const char *path, mode_t mode)
{
	char part[PATH_MAX];
	struct stat st;

	if (strlen(path) >= sizeof(part))
		return -ENAMETOOLONG;
	strcpy(part, path);
	for (char *slash = part + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		if (mkdir(part, mode) < 0 && errno != EEXIST)
			return -errno;
		*slash = '/';
	}
	if (mkdir(part, mode) < 0 && errno != EEXIST)
		return -errno;
	if (stat(part, &st) < 0)
		return -errno;
	return S_ISDIR(st.st_mode) ? 0 : -ENOTDIR;
}
