// SPDX-License-Identifier: LGPL-2.1-or-later

#include "sources/pstore.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "util/clock.h"
#include "util/macro.h"

#define DEPTH_MAX 3 /* DIRECTORY/ID/NUMBER/file */

struct file {
	char *path; /* below the directory */
	int64_t time_ns;
};

struct files {
	struct file *at;
	size_t n, room;
};

static void free_files_at(struct files *files)
{
	for (size_t i = 0; i < files->n; i++)
		free(files->at[i].path);
	free(files->at);
}

static bool ends_with(const char *name, const char *end)
{
	size_t len = strlen(name), end_len = strlen(end);

	return len >= end_len && !strcmp(name + len - end_len, end);
}

static bool is_packed(const char *name)
{
	return ends_with(name, ".z") || ends_with(name, ".enc");
}

/*
 * Dumps of the log, and records of machine checks. The console's log is left alone: in
 * what it has, lines of users look like those of the kernel.
 */
static bool is_wanted(const char *name)
{
	return !strncmp(name, "dmesg-", 6) || !strncmp(name, "mce-", 4);
}

static int add_file(struct files *files, const char *path, const struct stat *st)
{
	char *copy;

	if (files->n == files->room) {
		size_t room = files->room ? 2 * files->room : 64;
		struct file *at = reallocarray(files->at, room, sizeof(*at));

		if (!at)
			return -ENOMEM;
		files->at = at;
		files->room = room;
	}
	copy = strdup(path);
	if (!copy)
		return -ENOMEM;
	files->at[files->n++] = (struct file){
		.path = copy,
		.time_ns = st->st_mtim.tv_sec * NS_PER_SEC + st->st_mtim.tv_nsec,
	};
	return 0;
}

static int list(int top, const char *below, int depth, struct files *files);

static int list_one(int top, const char *path, const char *name, int depth,
		    struct files *files)
{
	struct stat st;

	if (fstatat(top, path, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return 0; /* moved away meanwhile */
	if (S_ISDIR(st.st_mode) && depth < DEPTH_MAX)
		return list(top, path, depth + 1, files);
	return S_ISREG(st.st_mode) && is_wanted(name) ? add_file(files, path, &st) : 0;
}

static int list(int top, const char *below, int depth, struct files *files)
{
	int fd = openat(top, *below ? below : ".",
			O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	int r = 0;

	if (!dir) {
		r = -errno;
		close_fd(fd);
		return depth && r == -ENOENT ? 0 : r;
	}
	for (struct dirent *entry; r >= 0 && (entry = readdir(dir));) {
		char path[PATH_MAX];

		if (entry->d_name[0] == '.')
			continue;
		if (snprintf(path, sizeof(path), "%s%s%s", below, *below ? "/" : "",
			     entry->d_name) < (int)sizeof(path))
			r = list_one(top, path, entry->d_name, depth, files);
	}
	closedir(dir);
	return r;
}

/* The newest first. */
static int compare(const void *a, const void *b)
{
	const struct file *x = a, *y = b;

	if (x->time_ns != y->time_ns)
		return x->time_ns < y->time_ns ? 1 : -1;
	return strcmp(x->path, y->path);
}

/* Up to KEPT_BYTES_MAX; the length, or a negative errno. */
static ssize_t read_whole(int top, const char *path, uint8_t *bytes, bool *ret_cut)
{
	_cleanup_(close_fd) int fd =
		openat(top, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	size_t len = 0;

	if (fd < 0)
		return -errno;
	while (len < KEPT_BYTES_MAX) {
		ssize_t n = read(fd, bytes + len, KEPT_BYTES_MAX - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		len += (size_t)n;
	}
	*ret_cut = len == KEPT_BYTES_MAX;
	return (ssize_t)len;
}

static int give(const char *directory, int top, const struct file *file, uint8_t *bytes,
		kept_fn fn, void *userdata)
{
	char path[2 * PATH_MAX];
	struct kept kept = { .path = path, .time_ns = file->time_ns, .bytes = bytes };
	ssize_t n = read_whole(top, file->path, bytes, &kept.cut);

	if (n < 0)
		return 1;
	snprintf(path, sizeof(path), "%s/%s", directory, file->path);
	kept.len = (size_t)n;
	return fn(userdata, &kept);
}

/*
 * Gives each dump below the directory, the newest file first. Returns 0, or a negative
 * errno (-ENOENT: no such directory); what was passed over is counted.
 */
int pstore_read(const char *directory, kept_fn fn, void *userdata,
		struct pstore_counts *counts)
{
	_cleanup_(close_fd) int top = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_(free_files) struct files files = { 0 };
	_cleanup_(free_ptr) uint8_t *bytes = malloc(KEPT_BYTES_MAX);
	int r;

	if (top < 0 || !bytes)
		return top < 0 ? -errno : -ENOMEM;
	r = list(top, "", 0, &files);
	if (r < 0)
		return r;
	if (files.n)
		qsort(files.at, files.n, sizeof(files.at[0]), compare);
	for (size_t i = 0; i < files.n; i++) {
		if (is_packed(files.at[i].path)) {
			counts->packed++;
			continue;
		}
		if (counts->read >= PSTORE_FILES_MAX) {
			counts->too_many++;
			continue;
		}
		r = give(directory, top, &files.at[i], bytes, fn, userdata);
		if (r < 0)
			return r;
		counts->read += r == 0;
		counts->failed += r > 0;
	}
	return 0;
}
