// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * What is read of what was kept: BERT and pstore from directories of the test's, ERST
 * from a device that is played here. No machine of ours has one: read() and ioctl()
 * answer as drivers/acpi/apei/erst-dbg.c does.
 */

#include "unit/check.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sources/bert.h"
#include "sources/erst.h"
#include "sources/pstore.h"
#include "util/clock.h"
#include "util/macro.h"

#define KEPT_MAX    16
#define RECORDS_MAX 4

struct seen {
	char path[256];
	uint64_t id;
	int64_t time_ns;
	bool cut;
	size_t len;
	uint8_t head[128];
};

static struct here {
	char dir[64];
	struct seen seen[KEPT_MAX];
	size_t n;
	int fail_at; /* which of them fn() fails for, from 1; 0: none */
	/* the played device */
	size_t lengths[RECORDS_MAX];
	size_t n_records, next;
	int errors[RECORDS_MAX]; /* what read() fails with first */
	uint64_t cleared;
	unsigned long request;
	int clear_error;
} here;

ssize_t __real_read(int fd, void *buf, size_t size);
ssize_t __wrap_read(int fd, void *buf, size_t size);
int __real_ioctl(int fd, unsigned long request, void *arg);
int __wrap_ioctl(int fd, unsigned long request, void *arg);

/* A device of the test's is a file of this name. */
static bool is_device(int fd)
{
	char link[64], path[256] = "";

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	return readlink(link, path, sizeof(path) - 1) > 0 && strstr(path, "/erst_dbg");
}

ssize_t __wrap_read(int fd, void *buf, size_t size)
{
	size_t len;

	if (!is_device(fd))
		return __real_read(fd, buf, size);
	if (here.next == here.n_records)
		return 0;
	if (here.errors[here.next]) {
		errno = here.errors[here.next];
		if (errno != EIO)
			here.errors[here.next] = 0;
		return -1;
	}
	len = here.lengths[here.next];
	if (len > size || lseek(fd, 0, SEEK_CUR) != 0) {
		errno = EINVAL;
		return -1;
	}
	memset(buf, 0, len);
	if (len >= 104)
		((uint8_t *)buf)[96] = (uint8_t)(0x40 + here.next);
	here.next++;
	return (ssize_t)len;
}

int __wrap_ioctl(int fd, unsigned long request, void *arg)
{
	if (!is_device(fd))
		return __real_ioctl(fd, request, arg);
	here.request = request;
	here.cleared = *(uint64_t *)arg;
	errno = here.clear_error;
	return here.clear_error ? -1 : 0;
}

static int see(void *userdata, const struct kept *kept)
{
	struct seen *seen = &here.seen[here.n];

	assert_ptr_equal(userdata, &here);
	if (here.fail_at == (int)++here.n)
		return -ENOSPC;
	assert_true(here.n <= KEPT_MAX);
	snprintf(seen->path, sizeof(seen->path), "%s", kept->path);
	seen->id = kept->id;
	seen->time_ns = kept->time_ns;
	seen->cut = kept->cut;
	seen->len = kept->len;
	memcpy(seen->head, kept->bytes, MIN(kept->len, sizeof(seen->head)));
	return 0;
}

static int set_up(void **state)
{
	memset(&here, 0, sizeof(here));
	strcpy(here.dir, "/tmp/rasd-test-XXXXXX");
	*state = &here;
	return mkdtemp(here.dir) ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static int tear_down(void **state)
{
	(void)state;
	return nftw(here.dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static const char *path_of(const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", here.dir, name);
	return path;
}

/* Its directories, too; last changed so many seconds after the epoch. */
static void put(const char *name, const void *bytes, size_t len, time_t sec)
{
	struct timespec times[2] = { { .tv_sec = sec }, { .tv_sec = sec } };
	char path[256];
	int fd;

	strcpy(path, path_of(name));
	for (char *slash = path + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(path, 0700);
		*slash = '/';
	}
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), len);
	assert_int_equal(futimens(fd, times), 0);
	close(fd);
}

static void put_text(const char *name, const char *text, time_t sec)
{
	put(name, text, strlen(text), sec);
}

/* --- BERT --- */

static void put_table(uint32_t region)
{
	uint8_t table[48] = "BERT";

	memcpy(table + 36, &region, sizeof(region));
	put("BERT", table, sizeof(table), 1);
}

static void the_region_is_read(void **state)
{
	(void)state;
	put_table(8);
	put("data/BERT", "\0\1\2\3\4\5\6\7", 8, 1);
	assert_int_equal(bert_read(here.dir, see, &here), 1);
	assert_int_equal(here.n, 1);
	assert_int_equal(here.seen[0].len, 8);
	assert_memory_equal(here.seen[0].head, "\0\1\2\3\4\5\6\7", 8);
	assert_false(here.seen[0].cut);
	here.fail_at = 2;
	assert_int_equal(bert_read(here.dir, see, &here), -ENOSPC);
}

static void no_region_is_said(void **state)
{
	char *large = calloc(1, KEPT_BYTES_MAX + 5);

	(void)state;
	assert_int_equal(bert_read(path_of("nowhere"), see, &here), -ENOENT);
	assert_int_equal(bert_read(here.dir, see, &here), -ENOENT);
	put_table(64);
	assert_int_equal(bert_read(here.dir, see, &here), -ENODATA);
	assert_int_equal(here.n, 0);
	put("data/BERT", large, KEPT_BYTES_MAX + 5, 1);
	assert_int_equal(bert_read(here.dir, see, &here), 1);
	assert_int_equal(here.seen[0].len, KEPT_BYTES_MAX);
	assert_true(here.seen[0].cut);
	free(large);
}

/* --- ERST --- */

static const char *device(void)
{
	put_text("erst_dbg", "", 1);
	return path_of("erst_dbg");
}

static void records_are_read_to_the_end(void **state)
{
	(void)state;
	here.n_records = 3;
	here.lengths[0] = 200;
	here.lengths[1] = 65536;
	here.lengths[2] = 50;	 /* too short for an id */
	here.errors[1] = ENOENT; /* cleared by somebody else meanwhile */
	here.errors[2] = EINTR;
	assert_int_equal(erst_read(device(), see, &here), 3);
	assert_int_equal(here.n, 3);
	assert_int_equal(here.seen[0].id, 0x40);
	assert_int_equal(here.seen[0].len, 200);
	assert_int_equal(here.seen[1].id, 0x41);
	assert_int_equal(here.seen[1].len, 65536);
	assert_int_equal(here.seen[2].id, 0);
}

static void a_record_that_cannot_be_read_ends_it(void **state)
{
	(void)state;
	here.n_records = 2;
	here.lengths[0] = 200;
	here.errors[1] = EIO;
	assert_int_equal(erst_read(device(), see, &here), -EIO);
	assert_int_equal(here.n, 1);
	assert_int_equal(erst_read(path_of("nothing"), see, &here), -ENOENT);
	here.next = 0;
	here.fail_at = 2;
	assert_int_equal(erst_read(device(), see, &here), -ENOSPC);
}

static void records_are_cleared_by_their_id(void **state)
{
	(void)state;
	assert_int_equal(erst_clear(device(), 0x123456789abcdef0), 0);
	assert_true(here.cleared == 0x123456789abcdef0);
	assert_int_equal(here.request, _IOW('E', 1, uint64_t));
	here.clear_error = ENOTTY;
	assert_int_equal(erst_clear(device(), 1), -ENOTTY);
	assert_int_equal(erst_clear(path_of("nothing"), 1), -ENOENT);
}

/* --- pstore --- */

static void dumps_are_found_the_newest_first(void **state)
{
	struct pstore_counts counts = { 0 };

	(void)state;
	put_text("dmesg-ramoops-0", "first", 100);
	put_text("1700000000/000/dmesg-efi-2", "second", 300);
	put_text("mce-erst-1", "third", 200);
	put_text("console-ramoops-0", "any user's", 400);
	put_text("pmsg-ramoops-0", "any user's", 400);
	put_text("1700000000/000/dmesg.txt", "once more", 400);
	put_text("dmesg-efi-9.enc.z", "\1\2\3", 500);
	put_text("a/b/c/d/dmesg-deep-0", "too deep", 500);
	assert_int_equal(symlink("/etc/passwd", path_of("dmesg-link-0")), 0);
	assert_int_equal(pstore_read(here.dir, see, &here, &counts), 0);
	assert_int_equal(here.n, 3);
	assert_string_equal(here.seen[0].path, path_of("1700000000/000/dmesg-efi-2"));
	assert_string_equal(here.seen[1].path, path_of("mce-erst-1"));
	assert_string_equal(here.seen[2].path, path_of("dmesg-ramoops-0"));
	assert_int_equal(here.seen[2].time_ns, 100 * NS_PER_SEC);
	assert_int_equal(here.seen[2].len, 5);
	assert_memory_equal(here.seen[2].head, "first", 5);
	assert_int_equal(counts.read, 3);
	assert_int_equal(counts.packed, 1);
	assert_int_equal(counts.failed, 0);
}

static void what_is_long_is_cut(void **state)
{
	struct pstore_counts counts = { 0 };
	char *large = calloc(1, KEPT_BYTES_MAX + 1);

	(void)state;
	put("dmesg-large-0", large, KEPT_BYTES_MAX + 1, 1);
	assert_int_equal(pstore_read(here.dir, see, &here, &counts), 0);
	assert_int_equal(here.seen[0].len, KEPT_BYTES_MAX);
	assert_true(here.seen[0].cut);
	here.fail_at = 2;
	assert_int_equal(pstore_read(here.dir, see, &here, &counts), -ENOSPC);
	assert_int_equal(pstore_read(path_of("nowhere"), see, &here, &counts), -ENOENT);
	free(large);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_region_is_read),
		TEST(no_region_is_said),
		TEST(records_are_read_to_the_end),
		TEST(a_record_that_cannot_be_read_ends_it),
		TEST(records_are_cleared_by_their_id),
		TEST(dumps_are_found_the_newest_first),
		TEST(what_is_long_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
