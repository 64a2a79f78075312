// SPDX-License-Identifier: LGPL-2.1-or-later

#include "util/publish.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

/*
 * Whoever can write to a directory can put a link in the place of what is in it, so each
 * one on the way counts. An access list that lets somebody write shows in the group's
 * bits.
 */
static int check_component(int fd, const char *path, uid_t trusted, struct text *why)
{
	struct stat st;

	if (fstat(fd, &st) < 0) {
		int r = -errno;

		text_add(why, "%s: %s", path, strerror(-r));
		return r;
	}
	if (st.st_uid != 0 && st.st_uid != trusted) {
		text_add(why, "%s belongs to user %u, who could put links there", path,
			 (unsigned int)st.st_uid);
		return -EPERM;
	}
	if (st.st_mode & (S_IWGRP | S_IWOTH)) {
		text_add(
			why,
			"%s is writable by others than %s: mode %04o, and they could put "
			"links there",
			path, st.st_uid ? "its owner" : "root",
			(unsigned int)(st.st_mode & 07777));
		return -EPERM;
	}
	return 0;
}

/* The kernel says ENOTDIR of a link, too, when links are not to be followed. */
static int explain(int dir_fd, const char *name, const char *path, int r,
		   struct text *why)
{
	struct stat st;

	if (r == -ENOTDIR && fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISLNK(st.st_mode)) {
		text_add(why, "%s is a link, and links are not followed here", path);
		return -ELOOP;
	}
	if (r == -ENOTDIR)
		text_add(why, "%s is no directory", path);
	else
		text_add(why, "%s: %s", path, strerror(-r));
	return r;
}

static int open_component(int dir_fd, const char *name, const char *path, uid_t trusted,
			  struct text *why)
{
	_cleanup_(close_fd) int fd =
		openat(dir_fd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int r;

	if (fd < 0)
		return explain(dir_fd, name, path, -errno, why);
	r = check_component(fd, path, trusted, why);
	return r < 0 ? r : TAKE_FD(fd);
}

/* `fd` is closed. `path` begins with its slash, and is the same again on return. */
static int walk(int fd, char *path, uid_t trusted, struct text *why)
{
	char *name = path + 1;

	while (fd >= 0 && *name) {
		char *end = name + strcspn(name, "/"), separator = *end;
		int next = -1;

		*end = '\0';
		if (!strcmp(name, "..")) {
			text_add(why, "%s goes back up: .. has no place here", path);
			next = -EINVAL;
		} else if (*name && strcmp(name, ".")) {
			next = open_component(fd, name, path, trusted, why);
		} else {
			next = TAKE_FD(fd);
		}
		close_fd(fd);
		fd = next;
		*end = separator;
		name = end + (separator ? 1 : 0);
	}
	return fd;
}

/*
 * As publish_open_directory(), for a `path` that begins at `root_fd` instead of the root
 * directory, and with directories that may belong to `trusted` beside root.
 */
int publish_open_directory_below(int root_fd, const char *path, uid_t trusted,
				 struct text *ret_why)
{
	char copy[PATH_MAX];
	int r;

	if (path[0] != '/') {
		text_add(ret_why, "%s is no absolute path", path);
		return -EINVAL;
	}
	if (strlen(path) >= sizeof(copy)) {
		text_add(ret_why, "%.40s…: %s", path, strerror(ENAMETOOLONG));
		return -ENAMETOOLONG;
	}
	strcpy(copy, path);
	r = open_component(root_fd, ".", "/", trusted, ret_why);
	return r < 0 ? r : walk(r, copy, trusted, ret_why);
}

/*
 * Opens a directory, component by component from the root: none may be a link, belong to
 * anybody but root or us, or be writable by its group or others, however sticky. Returns
 * a descriptor for the *at() functions, owned by the caller, or a negative errno and one
 * sentence that names the component: -EINVAL (not absolute, or with ..), -ELOOP (a link),
 * -ENOTDIR, -EPERM (somebody else can write to it), or what openat(2) has.
 */
int publish_open_directory(const char *path, struct text *ret_why)
{
	_cleanup_(close_fd) int root_fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (root_fd < 0) {
		int r = -errno;

		text_add(ret_why, "/: %s", strerror(-r));
		return r;
	}
	return publish_open_directory_below(root_fd, path, geteuid(), ret_why);
}

/* One that a process of the same number left behind when it was killed is in the way. */
static int create_temp(int dir_fd, const char *temp)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	int fd = openat(dir_fd, temp, flags, 0600);

	if (fd < 0 && errno == EEXIST && unlinkat(dir_fd, temp, 0) == 0)
		fd = openat(dir_fd, temp, flags, 0600);
	return fd < 0 ? -errno : fd;
}

static int write_all(int fd, const uint8_t *bytes, size_t len)
{
	while (len) {
		ssize_t n = write(fd, bytes, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		bytes += n;
		len -= (size_t)n;
	}
	return 0;
}

/* Takes `fd`. What was written may fail as late as close(2). */
static int fill(int fd, const void *bytes, size_t len, mode_t mode)
{
	int r = write_all(fd, bytes, len);

	/* whatever our umask is: who is to read it is said here */
	if (r >= 0 && fchmod(fd, mode) < 0)
		r = -errno;
	if (close(fd) < 0 && r >= 0)
		r = -errno;
	return r;
}

/*
 * Replaces `name` in a directory whole: a link of that name goes, and what it points to
 * is left alone. It is written under another name first, which does not end as `name`
 * does, so that nobody who looks for files with that ending meets a half. Not flushed to
 * the disk. -EINVAL: `name` has a slash or is none; else a negative errno of openat(2),
 * write(2) or rename(2), and what was there before stays.
 */
int publish_file(int dir_fd, const char *name, const void *bytes, size_t len, mode_t mode)
{
	char temp[NAME_MAX + 1];
	int r;

	if (!*name || strchr(name, '/') || !strcmp(name, ".") || !strcmp(name, ".."))
		return -EINVAL;
	if (snprintf(temp, sizeof(temp), ".%s.%d.tmp", name, (int)getpid()) >=
	    (int)sizeof(temp))
		return -ENAMETOOLONG;
	r = create_temp(dir_fd, temp);
	if (r < 0)
		return r;
	r = fill(r, bytes, len, mode);
	if (r >= 0 && renameat(dir_fd, temp, dir_fd, name) < 0)
		r = -errno;
	if (r < 0)
		unlinkat(dir_fd, temp, 0);
	return r;
}
