// SPDX-License-Identifier: LGPL-2.1-or-later

#include "unit/check.h"

#include "unit/act_fixture.h"

#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/file.h"

#define SOFT_OFFLINE "sys/devices/system/memory/soft_offline_page"

void fake_tree_make(struct fake_tree *tree)
{
	strcpy(tree->root, "/tmp/rasd-act-XXXXXX");
	assert_non_null(mkdtemp(tree->root));
	snprintf(tree->sysfs, sizeof(tree->sysfs), "%s/sys", tree->root);
	snprintf(tree->proc, sizeof(tree->proc), "%s/proc", tree->root);
	snprintf(tree->no_act, sizeof(tree->no_act), "%s/run/no-act", tree->root);
	assert_int_equal(make_directory(tree->sysfs, 0700), 0);
	assert_int_equal(make_directory(tree->proc, 0700), 0);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st;
	(void)kind;
	(void)ftw;
	return remove(path);
}

void fake_tree_remove(struct fake_tree *tree)
{
	nftw(tree->root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

void fake_file(const struct fake_tree *tree, const char *path, off_t at,
	       const void *bytes, size_t size)
{
	char full[512];
	char *slash;
	int fd;

	assert_true(snprintf(full, sizeof(full), "%s/%s", tree->root, path) <
		    (int)sizeof(full));
	slash = strrchr(full, '/');
	*slash = '\0';
	assert_int_equal(make_directory(full, 0700), 0);
	*slash = '/';
	fd = open(full, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, bytes, size, at), size);
	close(fd);
}

void fake_text(const struct fake_tree *tree, const char *path, const char *text)
{
	fake_file(tree, path, 0, text, strlen(text));
}

void fake_kpageflags(const struct fake_tree *tree, uint64_t address, uint64_t flags)
{
	uint64_t none = 0;

	fake_file(tree, "proc/kpageflags", (off_t)((1 << 20) / FAKE_PAGE - 1) * 8, &none,
		  sizeof(none));
	fake_file(tree, "proc/kpageflags", (off_t)(address / FAKE_PAGE) * 8, &flags,
		  sizeof(flags));
}

void fake_soft_offline(const struct fake_tree *tree)
{
	fake_text(tree, SOFT_OFFLINE, "");
}

void fake_marking_soft_offline(const struct fake_tree *tree)
{
	char from[512], to[512];

	fake_kpageflags(tree, FAKE_MARKING_ADDRESS, 0);
	fake_soft_offline(tree);
	snprintf(from, sizeof(from), "%s/proc/kpageflags", tree->root);
	snprintf(to, sizeof(to), "%s/" SOFT_OFFLINE, tree->root);
	assert_int_equal(unlink(to), 0);
	assert_int_equal(link(from, to), 0);
}

void fake_read(const struct fake_tree *tree, const char *path, char *buf, size_t size)
{
	char full[512];

	snprintf(full, sizeof(full), "%s/%s", tree->root, path);
	assert_true(file_read(AT_FDCWD, full, buf, size) >= 0);
}
