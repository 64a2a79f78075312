// SPDX-License-Identifier: LGPL-2.1-or-later

#include "unit/check.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "unit/fixtures.h"
#include "util/arena.h"
#include "util/bytes.h"
#include "util/clock.h"
#include "util/cpulist.h"
#include "util/file.h"
#include "util/log.h"
#include "util/process.h"
#include "util/text.h"

#define UNTOUCHED 0x5a5a5a5a5a5a5a5aULL

static void text_is_cut_and_stays_terminated(void **state)
{
	char buf[8];
	struct text text = TEXT_IN(buf);

	(void)state;
	text_add(&text, "abc%d", 42);
	assert_string_equal(buf, "abc42");
	assert_false(text.cut);
	text_add(&text, "ef");
	assert_string_equal(buf, "abc42ef");
	assert_int_equal(text.len, 7);
	assert_false(text.cut);
	text_add(&text, "g");
	assert_true(text.cut);
	assert_string_equal(buf, "abc42ef");
	text_add(&text, "more %s", "of it");
	assert_string_equal(buf, "abc42ef");
	assert_int_equal(text.len, 7);
}

static void hostile_bytes_are_escaped(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *escaped;
	} cases[] = {
		{ "plain text~ !", 13, "plain text~ !" },
		{ "\x1b[2J", 4, "\\x1b[2J" },
		{ "a\nb\tc\r", 6, "a\\x0ab\\x09c\\x0d" },
		{ "\0x\0", 3, "\\x00x\\x00" },
		{ "\xc3\xa9\xff\x7f", 4, "\\xc3\\xa9\\xff\\x7f" },
		{ "back\\slash", 10, "back\\x5cslash" },
		{ "quote\"'", 7, "quote\"'" },
		{ "", 0, "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char buf[64] = "";
		struct text text = TEXT_IN(buf);

		text_add_escaped(&text, cases[i].bytes, cases[i].len);
		assert_string_equal(buf, cases[i].escaped);
	}
}

static void hex_has_two_digits_a_byte(void **state)
{
	static const uint8_t bytes[] = { 0x00, 0x0f, 0xa0, 0xff };
	char buf[9] = "", small[6] = "";
	struct text text = TEXT_IN(buf), cut = TEXT_IN(small);

	(void)state;
	text_add_hex(&text, bytes, sizeof(bytes));
	assert_string_equal(buf, "000fa0ff");
	assert_false(text.cut);
	text_add_hex(&cut, bytes, sizeof(bytes));
	assert_true(cut.cut);
	assert_string_equal(small, "000fa");
}

static void copy_text_cuts(void **state)
{
	char to[5];

	(void)state;
	copy_text(to, sizeof(to), "abcdefgh");
	assert_string_equal(to, "abcd");
	copy_text(to, sizeof(to), "ab");
	assert_string_equal(to, "ab");
	copy_text(to, 1, "ab");
	assert_string_equal(to, "");
}

static void numbers(void **state)
{
	static const struct {
		const char *s;
		int r;
		uint64_t value;
	} cases[] = {
		{ "0", 0, 0 },
		{ "007", 0, 7 },
		{ "18446744073709551615", 0, UINT64_MAX },
		{ "0xFFFFFFFFFFFFFFFF", 0, UINT64_MAX },
		{ "0Xff", 0, 255 },
		{ "18446744073709551616", -ERANGE, 0 },
		{ "0x10000000000000000", -ERANGE, 0 },
		{ "", -EINVAL, 0 },
		{ "-1", -EINVAL, 0 },
		{ "+1", -EINVAL, 0 },
		{ " 1", -EINVAL, 0 },
		{ "1 ", -EINVAL, 0 },
		{ "1\n", -EINVAL, 0 },
		{ "12a", -EINVAL, 0 },
		{ "0x", -EINVAL, 0 },
		{ "0xg", -EINVAL, 0 },
		{ "x1", -EINVAL, 0 },
		{ "1e3", -EINVAL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t value = UNTOUCHED;

		assert_int_equal(parse_uint64(cases[i].s, &value), cases[i].r);
		assert_int_equal(value, cases[i].r ? UNTOUCHED : cases[i].value);
	}
}

static void sizes(void **state)
{
	static const struct {
		const char *s;
		int r;
		uint64_t value;
	} cases[] = {
		{ "0", 0, 0 },
		{ "1", 0, 1 },
		{ "4k", 0, 4096 },
		{ "4K", 0, 4096 },
		{ "32M", 0, 32ULL << 20 },
		{ "3G", 0, 3ULL << 30 },
		{ "17179869183G", 0, 17179869183ULL << 30 },
		{ "17179869184G", -ERANGE, 0 },
		{ "18446744073709551615K", -ERANGE, 0 },
		{ "18446744073709551616", -ERANGE, 0 },
		{ "", -EINVAL, 0 },
		{ "K", -EINVAL, 0 },
		{ "-4K", -EINVAL, 0 },
		{ "4KB", -EINVAL, 0 },
		{ "4 K", -EINVAL, 0 },
		{ "4T", -EINVAL, 0 },
		{ "0x10", -EINVAL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t value = UNTOUCHED;

		assert_int_equal(parse_size(cases[i].s, &value), cases[i].r);
		assert_int_equal(value, cases[i].r ? UNTOUCHED : cases[i].value);
	}
}

static void booleans(void **state)
{
	static const char *const yes[] = { "yes", "true", "on", "1", "YES", "True" };
	static const char *const no[] = { "no", "false", "off", "0", "OFF" };
	static const char *const neither[] = { "",     "y",    "2",	 "yess",
					       " yes", "none", "enabled" };
	bool value = false;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(yes); i++, value = false) {
		assert_int_equal(parse_bool(yes[i], &value), 0);
		assert_true(value);
	}
	for (size_t i = 0; i < ARRAY_SIZE(no); i++) {
		value = true;
		assert_int_equal(parse_bool(no[i], &value), 0);
		assert_false(value);
	}
	for (size_t i = 0; i < ARRAY_SIZE(neither); i++)
		assert_int_equal(parse_bool(neither[i], &value), -EINVAL);
}

static void cpu_lists(void **state)
{
	static const struct {
		const char *list;
		int r;
		unsigned int cpus[6];
	} cases[] = {
		{ "0", 1, { 0 } },
		{ "0-3\n", 4, { 0, 1, 2, 3 } },
		{ "0-1,8,10-11\n", 5, { 0, 1, 8, 10, 11 } },
		{ "5-5", 1, { 5 } },
		{ "65535", 1, { 65535 } },
		{ "", 0, { 0 } },
		{ "\n", 0, { 0 } },
		{ "0-6", -ENOSPC, { 0 } },
		{ "0-5,6", -ENOSPC, { 0 } },
		{ "0-4294967295", -ERANGE, { 0 } },
		{ "65536", -ERANGE, { 0 } },
		{ "99999999999999999999", -ERANGE, { 0 } },
		{ "3-1", -EINVAL, { 0 } },
		{ "0-", -EINVAL, { 0 } },
		{ "-3", -EINVAL, { 0 } },
		{ "0,,1", -EINVAL, { 0 } },
		{ ",0", -EINVAL, { 0 } },
		{ "0;1", -EINVAL, { 0 } },
		{ "0 1", -EINVAL, { 0 } },
		{ "all", -EINVAL, { 0 } },
		{ "0x3", -EINVAL, { 0 } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		unsigned int cpus[6] = { 0 };
		int r = cpulist_parse(cases[i].list, cpus, ARRAY_SIZE(cpus));

		assert_int_equal(r, cases[i].r);
		if (r > 0)
			assert_memory_equal(cpus, cases[i].cpus,
					    (size_t)r * sizeof(cpus[0]));
	}
}

static void files_are_read_whole_or_not(void **state)
{
	char *directory = make_temp_directory();
	int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	uint64_t number = UNTOUCHED;
	char buf[8];

	(void)state;
	write_file(directory, "empty", "");
	write_file(directory, "seven", "1234567");
	write_file(directory, "eight", "12345678");
	write_file(directory, "line", "42\nand");
	write_file(directory, "junk", "42x\n");
	assert_int_equal(file_read(fd, "empty", buf, sizeof(buf)), 0);
	assert_string_equal(buf, "");
	assert_int_equal(file_read(fd, "seven", buf, sizeof(buf)), 7);
	assert_string_equal(buf, "1234567");
	assert_int_equal(file_read(fd, "eight", buf, sizeof(buf)), -EFBIG);
	assert_string_equal(buf, "1234567");
	assert_int_equal(file_read(fd, "none", buf, sizeof(buf)), -ENOENT);
	assert_int_equal(file_read(AT_FDCWD, directory, buf, sizeof(buf)), -EISDIR);
	assert_int_equal(file_read_line(fd, "line", buf, sizeof(buf)), 0);
	assert_string_equal(buf, "42");
	assert_int_equal(file_read_uint64(fd, "junk", &number), -EINVAL);
	assert_int_equal(file_read_uint64(fd, "none", &number), -ENOENT);
	assert_int_equal(number, UNTOUCHED);
	assert_int_equal(file_read_uint64(fd, "line", &number), 0);
	assert_int_equal(number, 42);
	close(fd);
	remove_tree(directory);
}

static void files_are_written_and_directories_made(void **state)
{
	char *directory = make_temp_directory();
	char path[PATH_MAX], buf[16];
	struct stat st;

	(void)state;
	snprintf(path, sizeof(path), "%s/a/b/c", directory);
	assert_int_equal(make_directory(path, 0750), 0);
	assert_int_equal(make_directory(path, 0750), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777 & ~umask(022), 0750 & ~umask(022));
	write_file(path, "value", "before, and longer");
	snprintf(path, sizeof(path), "%s/a/b/c/value", directory);
	assert_int_equal(make_directory(path, 0750), -ENOTDIR);
	assert_int_equal(truncate(path, 0), 0);
	assert_int_equal(file_write(AT_FDCWD, path, "after"), 0);
	assert_int_equal(file_read_line(AT_FDCWD, path, buf, sizeof(buf)), 0);
	assert_string_equal(buf, "after");
	snprintf(path, sizeof(path), "%s/none", directory);
	assert_int_equal(file_write(AT_FDCWD, path, "x"), -ENOENT);
	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(make_directory(path, 0750), -ENAMETOOLONG);
	remove_tree(directory);
}

static void times_as_text(void **state)
{
	static const struct {
		int64_t ns;
		const char *utc, *local;
	} cases[] = {
		{ 0, "1970-01-01T00:00:00.000000000Z", "1970-01-01 02:00:00.000" },
		{ 1, "1970-01-01T00:00:00.000000001Z", "1970-01-01 02:00:00.000" },
		{ -1, "1969-12-31T23:59:59.999999999Z", "1970-01-01 01:59:59.999" },
		{ -NS_PER_SEC, "1969-12-31T23:59:59.000000000Z",
		  "1970-01-01 01:59:59.000" },
		{ -NS_PER_SEC - 1, "1969-12-31T23:59:58.999999999Z",
		  "1970-01-01 01:59:58.999" },
		{ 1795180804123456789, "2026-11-20T13:20:04.123456789Z",
		  "2026-11-20 15:20:04.123" },
		{ INT64_MAX, "2262-04-11T23:47:16.854775807Z",
		  "2262-04-12 01:47:16.854" },
		{ INT64_MIN, "1677-09-21T00:12:43.145224192Z",
		  "1677-09-21 02:12:43.145" },
	};
	char buf[UTC_TEXT_BYTES];

	(void)state;
	setenv("TZ", "XYZ-2", 1);
	tzset();
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_string_equal(utc_to_text(cases[i].ns, buf), cases[i].utc);
		assert_string_equal(utc_to_local_text(cases[i].ns, buf), cases[i].local);
	}
}

static void the_boot_clock_leads_to_utc(void **state)
{
	int64_t offset = clock_realtime_offset_ns();
	int64_t there = clock_now_ns(CLOCK_BOOTTIME) + offset;
	int64_t now = clock_now_ns(CLOCK_REALTIME);

	(void)state;
	assert_true(llabs(now - there) < 100 * NS_PER_MSEC);
}

/* A child: cmocka's own descriptors must stay. */
static int in_child(int (*fn)(void))
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(fn());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

static int keep_some(void)
{
	int kept[] = { 60, 1, 50, 60, -1, 55 };

	for (int fd = 48; fd < 64; fd++)
		if (dup2(STDERR_FILENO, fd) < 0)
			return 10;
	close_all_except(kept, ARRAY_SIZE(kept));
	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		if (!is_open(fd))
			return 11;
	for (int fd = STDERR_FILENO + 1; fd < 100; fd++)
		if (is_open(fd) != (fd == 50 || fd == 55 || fd == 60))
			return fd;
	return 0;
}

static int keep_none(void)
{
	if (dup2(STDERR_FILENO, 77) < 0)
		return 10;
	close_all_except(NULL, 0);
	return is_open(77) || is_open(STDERR_FILENO + 1) || !is_open(STDERR_FILENO);
}

static void a_child_keeps_what_it_needs(void **state)
{
	(void)state;
	assert_int_equal(in_child(keep_some), 0);
	assert_int_equal(in_child(keep_none), 0);
}

/* Exit status: how many lines were dropped, at most 100. */
static int log_into_full_pipe(void)
{
	int ends[2];
	char page[4096] = "";

	if (pipe2(ends, O_NONBLOCK) < 0 || dup2(ends[1], STDERR_FILENO) < 0)
		return 120;
	while (write(ends[1], page, sizeof(page)) > 0)
		;
	fcntl(STDERR_FILENO, F_SETFL, 0); /* one that blocks, as systemd's is */
	log_open("store", LOG_INFO);
	for (int i = 0; i < 5; i++)
		log_info("line %d", i);
	log_debug("not even tried");
	return (int)log_dropped();
}

static void a_log_line_never_blocks(void **state)
{
	(void)state;
	assert_int_equal(in_child(log_into_full_pipe), 5);
}

static int log_a_long_line(void)
{
	char long_text[5000], got[6000];
	int ends[2];
	ssize_t n;

	memset(long_text, 'x', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = '\0';
	if (pipe(ends) < 0 || dup2(ends[1], STDERR_FILENO) < 0)
		return 1;
	setenv("JOURNAL_STREAM", "1:2", 1);
	log_open("store", LOG_INFO);
	log_warning("%s", long_text);
	n = read(ends[0], got, sizeof(got));
	if (n < 1000 || n > 2048 || got[n - 1] != '\n')
		return 2;
	return strncmp(got, "<4>store: xxx", 13) ? 3 : 0;
}

static void long_log_lines_are_cut(void **state)
{
	(void)state;
	assert_int_equal(in_child(log_a_long_line), 0);
}

static void arenas_end(void **state)
{
	uint64_t room[4];
	struct arena arena = { .base = (uint8_t *)room, .size = sizeof(room) };

	(void)state;
	assert_ptr_equal(arena_take(&arena, 3), room);
	assert_ptr_equal(arena_take(&arena, 8), room + 1); /* aligned */
	assert_null(arena_take(&arena, 17));
	assert_null(arena_take(&arena, SIZE_MAX));
	assert_null(arena_take(&arena, SIZE_MAX - 20));
	assert_string_equal(arena_copy_text(&arena, "fifteen letters", 15),
			    "fifteen letters");
	assert_null(arena_copy_text(&arena, "", 0));
	arena_reset(&arena);
	assert_ptr_equal(arena_take(&arena, sizeof(room)), room);
}

static void bit_ranges(void **state)
{
	(void)state;
	assert_int_equal(bits(0x123456789abcdef0, 0, 63), 0x123456789abcdef0);
	assert_int_equal(bits(0x123456789abcdef0, 4, 7), 0xf);
	assert_int_equal(bits(0x8000000000000000, 63, 63), 1);
	assert_int_equal(load_le32("\x78\x56\x34\x12"), 0x12345678);
	assert_int_equal(load_le16("\x01\x80"), 0x8001);
	assert_int_equal(load_le64("\x01\x02\x03\x04\x05\x06\x07\x88"),
			 0x8807060504030201);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_cut_and_stays_terminated),
		cmocka_unit_test(hostile_bytes_are_escaped),
		cmocka_unit_test(hex_has_two_digits_a_byte),
		cmocka_unit_test(copy_text_cuts),
		cmocka_unit_test(numbers),
		cmocka_unit_test(sizes),
		cmocka_unit_test(booleans),
		cmocka_unit_test(cpu_lists),
		cmocka_unit_test(files_are_read_whole_or_not),
		cmocka_unit_test(files_are_written_and_directories_made),
		cmocka_unit_test(times_as_text),
		cmocka_unit_test(the_boot_clock_leads_to_utc),
		cmocka_unit_test(a_child_keeps_what_it_needs),
		cmocka_unit_test(a_log_line_never_blocks),
		cmocka_unit_test(long_log_lines_are_cut),
		cmocka_unit_test(arenas_end),
		cmocka_unit_test(bit_ranges),
	};

	return cmocka_run_group_tests_name("util", tests, NULL, NULL);
}
