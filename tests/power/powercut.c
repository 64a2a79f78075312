// SPDX-License-Identifier: LGPL-2.1-or-later

#undef _FORTIFY_SOURCE /* it would have open() made of others */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <dlfcn.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "power/powercut_private.h"
#include "util/macro.h"
#include "util/text.h"

static struct disk disk;
static bool is_on;

/* The C library's own. */
#define REAL(name)                                                  \
	({                                                          \
		static __typeof__(&(name)) real_;                   \
		if (!real_)                                         \
			*(void **)&real_ = dlsym(RTLD_NEXT, #name); \
		real_;                                              \
	})

static void *must(void *p)
{
	if (!p)
		abort();
	return p;
}

/* --- what is noted --- */

static struct node *node_add(ino_t inode)
{
	struct node *node;

	for (node = disk.nodes; node; node = node->next)
		if (node->inode == inode)
			node->inode = 0;
	node = must(calloc(1, sizeof(*node)));
	node->inode = inode;
	node->last = &node->changes;
	node->next = disk.nodes;
	disk.nodes = node;
	return node;
}

static struct node *node_of(ino_t inode)
{
	struct node *node = disk.nodes;

	while (node && node->inode != inode)
		node = node->next;
	return node;
}

static struct node *node_of_fd(int fd)
{
	struct stat st;

	return is_on && fstat(fd, &st) == 0 && st.st_dev == disk.device &&
			       S_ISREG(st.st_mode) ?
		       node_of(st.st_ino) :
		       NULL;
}

/* The name of a file in the directory; NULL if it is elsewhere, or memory. */
static const char *name_in_dir(const char *path)
{
	size_t len = is_on ? strlen(disk.power.dir) : 0;
	const char *name = path + len + 1;

	if (!is_on || strncmp(path, disk.power.dir, len) || path[len] != '/' ||
	    strchr(name, '/') || strlen(name) >= NAME_BYTES)
		return NULL;
	len = strlen(name);
	return len > 4 && !strcmp(name + len - 4, "-shm") ? NULL : name;
}

static struct node *node_of_path(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 ? node_of(st.st_ino) : NULL;
}

/* What has been noted last may still happen, or not. */
static void step(void)
{
	if (++disk.steps == disk.power.cut_at)
		power_cut();
}

static void note_change(struct node *node, bool is_truncate, const void *bytes,
			size_t len, int64_t at)
{
	struct change *change = must(malloc(sizeof(*change) + len));

	*change = (struct change){ .is_truncate = is_truncate, .at = at, .len = len };
	if (len)
		memcpy(change->bytes, bytes, len);
	*node->last = change;
	node->last = &change->next;
	node->n_changes++;
	step();
}

static void note_name(const char *from, const char *to, struct node *node)
{
	struct name_change *change;

	if (!node || disk.n_name_changes == NAME_CHANGES_MAX)
		abort();
	change = &disk.name_changes[disk.n_name_changes++];
	strcpy(change->from, from ? from : "");
	strcpy(change->to, to ? to : "");
	change->node = node;
	step();
}

/* --- what is flushed --- */

static void make_room(struct node *node, size_t len)
{
	if (len > node->room) {
		node->room = MAX(len, 2 * node->room);
		node->disk = must(realloc(node->disk, node->room));
	}
	if (len > node->len) {
		memset(node->disk + node->len, 0, len - node->len);
		node->len = len;
	}
}

void disk_apply(struct node *node, const struct change *change)
{
	make_room(node, (size_t)change->at + change->len);
	if (change->is_truncate)
		node->len = (size_t)change->at;
	else
		memcpy(node->disk + change->at, change->bytes, change->len);
}

static struct name *name_find(struct disk *of, const char *name)
{
	for (size_t i = 0; i < NAMES_MAX; i++)
		if (of->names[i].node && !strcmp(of->names[i].name, name))
			return &of->names[i];
	return NULL;
}

/* As far as it still can be: what was not made cannot be removed. */
void disk_rename(struct disk *of, const struct name_change *change)
{
	struct name *from = name_find(of, change->from);
	struct name *to = name_find(of, change->to);

	if (from && from->node == change->node)
		from->node = NULL;
	if (!change->to[0])
		return;
	for (size_t i = 0; !to && i < NAMES_MAX; i++)
		if (!of->names[i].node)
			to = &of->names[i];
	if (!to)
		abort();
	strcpy(to->name, change->to);
	to->node = change->node;
}

static void flush_file(struct node *node)
{
	struct change *change;

	step();
	if (disk.power.lies)
		return;
	while ((change = node->changes)) {
		disk_apply(node, change);
		node->changes = change->next;
		free(change);
	}
	node->last = &node->changes;
	node->n_changes = 0;
}

static void flush_names(void)
{
	step();
	if (disk.power.lies)
		return;
	for (size_t i = 0; i < disk.n_name_changes; i++)
		disk_rename(&disk, &disk.name_changes[i]);
	disk.n_name_changes = 0;
}

static void flush(int fd)
{
	struct stat st;
	struct node *node = node_of_fd(fd);

	if (node)
		flush_file(node);
	else if (is_on && fstat(fd, &st) == 0 && st.st_dev == disk.device &&
		 st.st_ino == disk.inode)
		flush_names();
}

/* --- the power --- */

/* What is there already is on disk. */
static void read_file(const char *name)
{
	struct name_change change = { .from = "" };
	char path[512];
	struct stat st;
	struct node *node;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", disk.power.dir, name);
	fd = REAL(open)(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		abort();
	node = node_add(st.st_ino);
	make_room(node, (size_t)st.st_size);
	if (read(fd, node->disk, node->len) != (ssize_t)node->len)
		abort();
	close(fd);
	change.node = node;
	copy_text(change.to, sizeof(change.to), name);
	disk_rename(&disk, &change);
}

void power_on(const struct power *power)
{
	struct stat st;
	struct dirent *entry;
	DIR *dir = opendir(power->dir);

	if (!dir || stat(power->dir, &st) < 0)
		abort();
	disk = (struct disk){ .power = *power,
			      .device = st.st_dev,
			      .inode = st.st_ino,
			      .random = power->seed };
	is_on = true;
	while ((entry = readdir(dir)))
		if (entry->d_type == DT_REG) {
			char path[512];

			snprintf(path, sizeof(path), "%s/%s", power->dir, entry->d_name);
			if (name_in_dir(path))
				read_file(entry->d_name);
		}
	closedir(dir);
}

uint64_t power_steps(void)
{
	return disk.steps;
}

_Noreturn void power_cut(void)
{
	is_on = false;
	disk_write_image(&disk);
	_exit(POWER_CUT_STATUS);
}

/* --- in place of the C library's: SQLite's shared library finds ours first --- */

#pragma GCC visibility push(default)

static int note_open(const char *name, int fd, int flags, bool was_there)
{
	struct stat st;
	struct node *node;

	if (fd < 0 || fstat(fd, &st) < 0)
		return fd;
	node = node_of(st.st_ino);
	if (!was_there)
		note_name(NULL, name, node_add(st.st_ino));
	else if (node && flags & O_TRUNC)
		note_change(node, true, NULL, 0, 0);
	return fd;
}

#define OPEN(name_)                                                       \
	int name_(const char *path, int flags, ...)                       \
	{                                                                 \
		const char *name = name_in_dir(path);                     \
		bool was_there = !name || access(path, F_OK) == 0;        \
		mode_t mode = 0;                                          \
		va_list args;                                             \
		int fd;                                                   \
                                                                          \
		if (flags & O_CREAT) {                                    \
			va_start(args, flags);                            \
			mode = va_arg(args, mode_t);                      \
			va_end(args);                                     \
		}                                                         \
		fd = REAL(name_)(path, flags, mode);                      \
		return name ? note_open(name, fd, flags, was_there) : fd; \
	}

#define WRITE_AT(name_, offset_)                                           \
	ssize_t name_(int fd, const void *bytes, size_t len, offset_ at)   \
	{                                                                  \
		struct node *node = node_of_fd(fd);                        \
                                                                           \
		if (node)                                                  \
			note_change(node, false, bytes, len, (int64_t)at); \
		return REAL(name_)(fd, bytes, len, at);                    \
	}

#define TRUNCATE(name_, offset_)                                        \
	int name_(int fd, offset_ len)                                  \
	{                                                               \
		struct node *node = node_of_fd(fd);                     \
                                                                        \
		if (node)                                               \
			note_change(node, true, NULL, 0, (int64_t)len); \
		return REAL(name_)(fd, len);                            \
	}

#define FLUSH(name_)                    \
	int name_(int fd)               \
	{                               \
		flush(fd);              \
		return REAL(name_)(fd); \
	}

OPEN(open)
OPEN(open64)
WRITE_AT(pwrite, off_t)
WRITE_AT(pwrite64, off64_t)
TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)
FLUSH(fsync)
FLUSH(fdatasync)

ssize_t write(int fd, const void *bytes, size_t len)
{
	struct node *node = node_of_fd(fd);

	if (node)
		note_change(node, false, bytes, len, lseek(fd, 0, SEEK_CUR));
	return REAL(write)(fd, bytes, len);
}

int unlink(const char *path)
{
	const char *name = name_in_dir(path);
	struct node *node = name ? node_of_path(path) : NULL;

	if (node)
		note_name(name, NULL, node);
	return REAL(unlink)(path);
}

int rename(const char *from, const char *to)
{
	const char *name = name_in_dir(from);
	struct node *node = name ? node_of_path(from) : NULL;

	if (node && name_in_dir(to))
		note_name(name, name_in_dir(to), node);
	return REAL(rename)(from, to);
}

/* Only as src/db uses it: to a name that nothing has. */
int renameat2(int from_dir, const char *from, int to_dir, const char *to,
	      unsigned int flags)
{
	const char *name = name_in_dir(from);
	struct node *node = name ? node_of_path(from) : NULL;

	if (from_dir != AT_FDCWD || to_dir != AT_FDCWD || flags != RENAME_NOREPLACE)
		abort();
	if (node && name_in_dir(to) && access(to, F_OK) < 0)
		note_name(name, name_in_dir(to), node);
	return REAL(renameat2)(from_dir, from, to_dir, to, flags);
}

#pragma GCC visibility pop
