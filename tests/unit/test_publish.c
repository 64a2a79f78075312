// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Directories that nobody else can write to, and files that are replaced whole. The walk
 * begins at a temporary directory: the real way there leads through one that everybody
 * can write to.
 */

#include "unit/check.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "unit/fixtures.h"
#include "util/publish.h"

#define SOMEBODY 12345 /* a user that is neither root nor us */

static struct here {
	char *path;
	int fd;
	char why[1024];
} here;

static int set_up(void **state)
{
	(void)state;
	here.path = make_temp_directory();
	here.fd = open(here.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(here.fd >= 0);
	assert_int_equal(mkdirat(here.fd, "a", 0755), 0);
	assert_int_equal(mkdirat(here.fd, "a/b", 0755), 0);
	assert_int_equal(mkdirat(here.fd, "a/b/c", 0755), 0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	close_fd(here.fd);
	remove_tree(here.path);
	return 0;
}

/* As the daemon would open it if the temporary directory were the root. */
static int open_as(const char *path, uid_t trusted)
{
	struct text why = TEXT_IN(here.why);

	here.why[0] = '\0';
	return publish_open_directory_below(here.fd, path, trusted, &why);
}

static void expect_good(const char *path, const char *same_as)
{
	int fd = open_as(path, geteuid());
	struct stat opened, expected;

	assert_string_equal(here.why, "");
	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &opened), 0);
	assert_int_equal(fstatat(here.fd, same_as, &expected, 0), 0);
	assert_int_equal(opened.st_ino, expected.st_ino);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	close(fd);
}

static void expect_bad(const char *path, int error, const char *why)
{
	assert_int_equal(open_as(path, geteuid()), error);
	assert_true(!strncmp(here.why, why, strlen(why)) ||
		    !fprintf(stderr, "# %s\n", here.why));
}

static int open_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int n = 0;

	assert_non_null(dir);
	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

static void good_directories_open(void **state)
{
	(void)state;
	expect_good("/", ".");
	expect_good("/a", "a");
	expect_good("/a/b/c", "a/b/c");
	expect_good("//a/./b//c/", "a/b/c");
	expect_good("/a/b/.", "a/b");
}

static void bad_paths_are_named(void **state)
{
	char longest[PATH_MAX + 8];

	(void)state;
	expect_bad("a/b", -EINVAL, "a/b is no absolute path");
	expect_bad("", -EINVAL, " is no absolute path");
	expect_bad("/a/../a", -EINVAL, "/a/.. goes back up");
	expect_bad("/a/x/c", -ENOENT, "/a/x: No such file");
	write_file(here.path, "a/file", "");
	expect_bad("/a/file", -ENOTDIR, "/a/file is no directory");
	expect_bad("/a/file/c", -ENOTDIR, "/a/file is no directory");
	memset(longest, 'x', sizeof(longest));
	longest[0] = '/';
	longest[sizeof(longest) - 1] = '\0';
	expect_bad(longest, -ENAMETOOLONG, "/xxx");
	longest[300] = '\0';
	expect_bad(longest, -ENAMETOOLONG, "/xxx");
}

static void links_are_not_followed(void **state)
{
	(void)state;
	assert_int_equal(symlinkat("a", here.fd, "to-a"), 0);
	assert_int_equal(symlinkat("c", here.fd, "a/b/to-c"), 0);
	assert_int_equal(symlinkat("/nowhere", here.fd, "a/to-nowhere"), 0);
	expect_bad("/to-a/b/c", -ELOOP, "/to-a is a link");
	expect_bad("/a/b/to-c", -ELOOP, "/a/b/to-c is a link");
	expect_bad("/a/b/to-c/", -ELOOP, "/a/b/to-c is a link");
	expect_bad("/a/to-nowhere", -ELOOP, "/a/to-nowhere is a link");
}

static void what_others_can_write_is_refused(void **state)
{
	static const mode_t modes[] = { 0777, 01777, 0775, 0757, 0720, 0702 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		char mode[32];

		assert_int_equal(fchmodat(here.fd, "a/b", modes[i], 0), 0);
		expect_bad("/a/b", -EPERM, "/a/b is writable by others than ");
		snprintf(mode, sizeof(mode), "mode %04o", (unsigned int)modes[i]);
		assert_non_null(strstr(here.why, mode));
		expect_bad("/a/b/c", -EPERM, "/a/b is writable by others than ");
		expect_good("/a", "a");
	}
	assert_int_equal(fchmodat(here.fd, "a/b", 0750, 0), 0);
	expect_good("/a/b/c", "a/b/c");
	/* the beginning counts as well */
	assert_int_equal(fchmod(here.fd, 01777), 0);
	expect_bad("/a/b/c", -EPERM, "/ is writable by others than ");
}

static void what_others_own_is_refused(void **state)
{
	(void)state;
	if (geteuid() != 0) {
		print_message("# SKIP giving directories to another user takes root\n");
		skip();
	}
	assert_int_equal(fchownat(here.fd, "a/b", SOMEBODY, SOMEBODY, 0), 0);
	expect_bad("/a/b", -EPERM, "/a/b belongs to user 12345");
	expect_bad("/a/b/c", -EPERM, "/a/b belongs to user 12345");
	expect_good("/a", "a");
	/* for that user's own program it is good, and so are root's directories */
	close(open_as("/a/b/c", SOMEBODY));
	assert_string_equal(here.why, "");
	/* a group alone can do nothing */
	assert_int_equal(fchownat(here.fd, "a/b", 0, SOMEBODY, 0), 0);
	expect_good("/a/b/c", "a/b/c");
}

/* The real root, and the directory that everybody knows. */
static void tmp_is_refused(void **state)
{
	struct text why = TEXT_IN(here.why);
	struct stat root, tmp;
	int fd;

	(void)state;
	if (stat("/", &root) < 0 || root.st_uid != 0 || root.st_mode & 022 ||
	    lstat("/tmp", &tmp) < 0 || !S_ISDIR(tmp.st_mode) || tmp.st_uid != 0 ||
	    !(tmp.st_mode & S_IWOTH)) {
		print_message("# SKIP / or /tmp is not as elsewhere\n");
		skip();
	}
	fd = publish_open_directory("/", &why);
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(publish_open_directory("/tmp", &why), -EPERM);
	assert_true(!strncmp(here.why, "/tmp is writable by others than root: ", 38));
}

static void nothing_stays_open(void **state)
{
	int before = open_descriptors();

	(void)state;
	assert_int_equal(symlinkat("a", here.fd, "to-a"), 0);
	expect_good("/a/b/c", "a/b/c");
	expect_bad("/to-a/b", -ELOOP, "/to-a");
	expect_bad("/a/b/c/d", -ENOENT, "/a/b/c/d");
	expect_bad("/a/../b", -EINVAL, "/a/..");
	assert_int_equal(open_descriptors(), before);
}

/* --- files --- */

static void expect_content(const char *name, const char *expected)
{
	char path[PATH_MAX];
	uint8_t *bytes;
	size_t len;

	snprintf(path, sizeof(path), "%s/a/%s", here.path, name);
	bytes = read_whole(path, &len);
	assert_non_null(bytes);
	assert_string_equal((char *)bytes, expected);
	free(bytes);
}

/* In the directory "a". */
static int publish_text(const char *name, const char *content)
{
	int fd = open_as("/a/", geteuid());
	int r;

	assert_true(fd >= 0);
	r = publish_file(fd, name, content, strlen(content), 0644);
	close(fd);
	return r;
}

/* How many files there are in "a", beside the directory "b". */
static int files_there(void)
{
	char path[PATH_MAX];
	DIR *dir;
	int n = -3; /* ., .., b */

	snprintf(path, sizeof(path), "%s/a", here.path);
	dir = opendir(path);
	assert_non_null(dir);
	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

static void a_file_is_replaced_whole(void **state)
{
	mode_t old = umask(0077);
	char before[16] = "";
	struct stat st;
	int fd;

	(void)state;
	assert_int_equal(publish_text("x.prom", "one\n"), 0);
	assert_int_equal(fstatat(here.fd, "a/x.prom", &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0644); /* whatever the umask is */
	expect_content("x.prom", "one\n");
	fd = openat(here.fd, "a/x.prom", O_RDONLY | O_CLOEXEC);
	assert_int_equal(publish_text("x.prom", "2\n"), 0);
	expect_content("x.prom", "2\n");
	/* who was reading reads the old one to its end */
	assert_int_equal(read(fd, before, sizeof(before)), 4);
	assert_string_equal(before, "one\n");
	close(fd);
	assert_int_equal(publish_text("x.prom", ""), 0);
	expect_content("x.prom", "");
	assert_int_equal(files_there(), 1);
	umask(old);
}

static void a_link_in_its_place_goes(void **state)
{
	char temp[64];

	(void)state;
	write_file(here.path, "a/precious", "precious\n");
	assert_int_equal(symlinkat("precious", here.fd, "a/x.prom"), 0);
	/* and one where the new one is written first */
	snprintf(temp, sizeof(temp), "a/.x.prom.%d.tmp", (int)getpid());
	assert_int_equal(symlinkat("precious", here.fd, temp), 0);
	assert_int_equal(publish_text("x.prom", "new\n"), 0);
	expect_content("precious", "precious\n");
	expect_content("x.prom", "new\n");
	assert_int_equal(files_there(), 2);
}

static void names_are_names(void **state)
{
	char name[NAME_MAX + 1];

	(void)state;
	assert_int_equal(publish_text("", "x"), -EINVAL);
	assert_int_equal(publish_text(".", "x"), -EINVAL);
	assert_int_equal(publish_text("..", "x"), -EINVAL);
	assert_int_equal(publish_text("b/x", "x"), -EINVAL);
	memset(name, 'x', sizeof(name));
	name[NAME_MAX] = '\0';
	assert_int_equal(publish_text(name, "x"), -ENAMETOOLONG);
	assert_int_equal(publish_text("b", "x"), -EISDIR);
	assert_int_equal(files_there(), 0);
}

static void what_does_not_fit_leaves_the_old_one(void **state)
{
	struct rlimit old, small = { .rlim_cur = 8 };
	void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
	int r;

	(void)state;
	assert_int_equal(publish_text("x.prom", "old\n"), 0);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small.rlim_max = old.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	r = publish_text("x.prom", "more than eight bytes\n");
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	signal(SIGXFSZ, handler);
	assert_int_equal(r, -EFBIG);
	expect_content("x.prom", "old\n");
	assert_int_equal(files_there(), 1);
}

/* A file system of its own, which goes with this process. */
static bool mount_tiny(void)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/a", here.path);
	if (unshare(CLONE_NEWNS) < 0 ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("tiny", path, "tmpfs", 0, "size=64k,mode=0755") < 0)
		return false;
	/* the way there in our new view of the mounts */
	close(here.fd);
	here.fd = open(here.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return here.fd >= 0;
}

static void a_full_file_system_leaves_the_old_one(void **state)
{
	static char many[256 * 1024];
	char path[PATH_MAX];
	int r;

	(void)state;
	if (!mount_tiny()) {
		print_message("# SKIP a file system of its own takes root\n");
		skip();
	}
	memset(many, 'x', sizeof(many) - 1);
	assert_int_equal(mkdirat(here.fd, "a/b", 0755), 0);
	assert_int_equal(publish_text("x.prom", "old\n"), 0);
	r = publish_text("x.prom", many);
	expect_content("x.prom", "old\n");
	assert_int_equal(files_there(), 1);
	snprintf(path, sizeof(path), "%s/a", here.path);
	assert_int_equal(umount2(path, MNT_DETACH), 0);
	assert_int_equal(r, -ENOSPC);
}

#define TEST(name_) cmocka_unit_test_setup_teardown(name_, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(good_directories_open),
		TEST(bad_paths_are_named),
		TEST(links_are_not_followed),
		TEST(what_others_can_write_is_refused),
		TEST(what_others_own_is_refused),
		TEST(tmp_is_refused),
		TEST(nothing_stays_open),
		TEST(a_file_is_replaced_whole),
		TEST(a_link_in_its_place_goes),
		TEST(names_are_names),
		TEST(what_does_not_fit_leaves_the_old_one),
		TEST(a_full_file_system_leaves_the_old_one),
	};

	return cmocka_run_group_tests_name("publish", tests, NULL, NULL);
}
