// SPDX-License-Identifier: LGPL-2.1-or-later

/* The kernel's log: single records as /dev/kmsg gives them, a reader that the log
 * overtakes, and the machine's own log where it may be read. */

#include "unit/check.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "sources/kmsg.h"
#include "unit/fixtures.h"
#include "util/clock.h"
#include "util/file.h"

/* --- one record --- */

/* From an allocation of exactly its size. */
static int parse(const char *bytes, size_t len, int64_t offset, struct kmsg_record *ret)
{
	char *copy = malloc(len ? len : 1);
	int r;

	assert_non_null(copy);
	memcpy(copy, bytes, len);
	r = kmsg_parse(copy, len, offset, ret);
	free(copy);
	return r;
}

static void records_of_all_kinds(void **state)
{
	static const struct {
		const char *bytes;
		uint64_t seq;
		int64_t boottime_ns;
		unsigned int facility, level;
		const char *text;
	} cases[] = {
		{ "6,339,5140900,-;NET: Registered\n", 339, 5140900000, 0, 6,
		  "NET: Registered" },
		{ "6,339,5140900,-;no newline", 339, 5140900000, 0, 6, "no newline" },
		{ "30,340,5690716,-;udevd[80]: starting\n", 340, 5690716000, 3, 6,
		  "udevd[80]: starting" },
		{ "8,1,0,-;\n", 1, 0, 1, 0, "" },
		{ "8,1,0,-;", 1, 0, 1, 0, "" },
		{ "4,1,7,c;a fragment\n", 1, 7000, 0, 4, "a fragment" },
		{ "4,1,7,-,caller=T123;with a caller\n", 1, 7000, 0, 4, "with a caller" },
		{ "4,1,7,-,caller=C0,new=1,2;and more\n", 1, 7000, 0, 4, "and more" },
		{ "7,160,424069,-;pci_root PNP0A03:00\n SUBSYSTEM=acpi\n DEVICE=+acpi:P\n",
		  160, 424069000, 0, 7, "pci_root PNP0A03:00" },
		{ "6,1,1,-;semicolons; in; it\n", 1, 1000, 0, 6, "semicolons; in; it" },
		{ "6,1,1,-;a\\x0ab\\x5cc\\x1b[m\\x7f\\xff\n", 1, 1000, 0, 6,
		  "a\nb\\c\x1b[m\x7f\xff" },
		{ "6,1,1,-;\\x4\n", 1, 1000, 0, 6, "\\x4" },
		{ "6,1,1,-;\\x\\xg0\\x0g\\\n", 1, 1000, 0, 6, "\\x\\xg0\\x0g\\" },
		{ "6,1,1,-;\\x5cx0a\n", 1, 1000, 0, 6, "\\x0a" },
		{ "6,18446744073709551615,1,-;last\n", UINT64_MAX, 1000, 0, 6, "last" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct kmsg_record record;

		memset(&record, 0xff, sizeof(record));
		assert_int_equal(
			parse(cases[i].bytes, strlen(cases[i].bytes), 0, &record), 0);
		assert_int_equal(record.seq, cases[i].seq);
		assert_int_equal(record.boottime_ns, cases[i].boottime_ns);
		assert_int_equal(record.facility, cases[i].facility);
		assert_int_equal(record.level, cases[i].level);
		assert_int_equal(record.len, strlen(cases[i].text));
		assert_memory_equal(record.text, cases[i].text, record.len + 1);
	}
}

static void nul_bytes_are_text(void **state)
{
	static const char bytes[] = "6,1,1,-;a\\x00b\n";
	struct kmsg_record record;

	(void)state;
	assert_int_equal(parse(bytes, strlen(bytes), 0, &record), 0);
	assert_int_equal(record.len, 3);
	assert_memory_equal(record.text, "a\0b", 4);
}

static void no_records(void **state)
{
	static const char *const cases[] = {
		"",
		"6",
		"6,",
		"6,1",
		"6,1,1",
		"6,1,1,",
		"6,1,1,-",
		"6,1,1;text\n",
		"6,1;1,-;text\n",
		"-6,1,1,-;text\n",
		"6,-1,1,-;text\n",
		"6,1,-1,-;text\n",
		"+6,1,1,-;text\n",
		" 6,1,1,-;text\n",
		"0x6,1,1,-;text\n",
		",1,1,-;text\n",
		"6,,1,-;text\n",
		"6,1,,-;text\n",
		"a text\n",
		"6,1,1,-\n;text\n",
		"4294967296,1,1,-;text\n",
		"6,18446744073709551616,1,-;text\n",
		"6,1,18446744073709551615,-;text\n",
		"6,1,9223372036854776,-;text\n",
		" SUBSYSTEM=acpi\n",
	};
	struct kmsg_record record, before;

	(void)state;
	memset(&record, 0x5a, sizeof(record));
	before = record;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(parse(cases[i], strlen(cases[i]), 0, &record), -EBADMSG);
		assert_memory_equal(&record, &before, sizeof(record));
	}
	assert_int_equal(parse("6,1,1,-\0;x", 10, 0, &record), 0); /* one of its bytes */
}

static void times_are_of_the_boot_clock(void **state)
{
	static const char bytes[] = "6,1,5140900,-;x\n";
	struct kmsg_record record;

	(void)state;
	assert_int_equal(parse(bytes, strlen(bytes), 86400 * NS_PER_SEC, &record), 0);
	assert_int_equal(record.boottime_ns, 86400 * NS_PER_SEC + 5140900000);
	assert_int_equal(parse(bytes, strlen(bytes), INT64_MAX, &record), -EBADMSG);
}

/* What is too long is cut, escapes or not, and never more than there is room for. */
static void long_texts(void **state)
{
	static const struct {
		const char *piece;
		char as;
	} pieces[] = { { "x", 'x' }, { "\\x41", 'A' } };

	(void)state;
	for (size_t p = 0; p < ARRAY_SIZE(pieces); p++)
		for (size_t n = KMSG_TEXT_BYTES - 2; n <= KMSG_TEXT_BYTES + 2; n++) {
			char bytes[8192] = "6,1,1,-;";
			struct text text = TEXT_IN(bytes);
			struct kmsg_record record;

			text.len = strlen(bytes);
			for (size_t i = 0; i < n; i++)
				text_add(&text, "%s", pieces[p].piece);
			text_add(&text, "\n");
			assert_int_equal(parse(bytes, text.len, 0, &record), 0);
			assert_int_equal(record.len, MIN(n, KMSG_TEXT_BYTES - 1ul));
			assert_int_equal(record.text[record.len], '\0');
			assert_int_equal(record.text[record.len - 1], pieces[p].as);
		}
}

/* --- a log that is played --- */

/* What read() gives, one after the other; beyond: EAGAIN for ever. */
struct scene {
	const char *bytes; /* NULL: fails */
	int error;
};

static const struct scene *scenes;
static size_t n_scenes;
static const int played_fd = 1000000; /* nobody's */

ssize_t __real_read(int fd, void *buf, size_t size);
ssize_t __wrap_read(int fd, void *buf, size_t size);

ssize_t __wrap_read(int fd, void *buf, size_t size)
{
	const struct scene *scene = scenes;

	if (fd != played_fd)
		return __real_read(fd, buf, size);
	if (!n_scenes) {
		errno = EAGAIN;
		return -1;
	}
	scenes++;
	n_scenes--;
	if (!scene->bytes) {
		errno = scene->error;
		return -1;
	}
	assert_true(strlen(scene->bytes) < size);
	memcpy(buf, scene->bytes, strlen(scene->bytes));
	return (ssize_t)strlen(scene->bytes);
}

#define PLAY(array) (scenes = (array), n_scenes = ARRAY_SIZE(array))

static void assert_read(struct kmsg *kmsg, uint64_t seq)
{
	struct kmsg_record record;

	assert_int_equal(kmsg_read(kmsg, &record), 1);
	assert_int_equal(record.seq, seq);
	assert_int_equal(kmsg->next_seq, seq + 1);
}

static void reads_from_the_oldest(void **state)
{
	static const struct scene log[] = { { "6,7,1,-;a\n", 0 }, { "6,8,1,-;b\n", 0 } };
	struct kmsg kmsg = { .fd = played_fd };
	struct kmsg_record record;

	(void)state;
	PLAY(log);
	assert_read(&kmsg, 7);
	assert_read(&kmsg, 8);
	assert_int_equal(kmsg_read(&kmsg, &record), 0);
	assert_int_equal(kmsg_read(&kmsg, &record), 0);
	assert_int_equal(kmsg.lost, 0); /* what was before is not known to be missing */
}

static void reads_from_where_it_was_left(void **state)
{
	static const struct scene log[] = { { "6,0,1,-;a\n", 0 },
					    { "6,7,1,-;a\n", 0 },
					    { "6,8,1,-;b\n", 0 } };
	struct kmsg kmsg = { .fd = played_fd, .next_seq = 8 };
	struct kmsg_record record;

	(void)state;
	PLAY(log);
	assert_read(&kmsg, 8);
	assert_int_equal(kmsg_read(&kmsg, &record), 0);
	assert_int_equal(kmsg.lost, 0);
}

static void counts_what_is_gone(void **state)
{
	static const struct scene log[] = {
		{ "6,10,1,-;a\n", 0 }, { NULL, EPIPE },	      { "6,20,1,-;b\n", 0 },
		{ "6,21,1,-;c\n", 0 }, { "6,30,1,-;d\n", 0 },
	};
	struct kmsg kmsg = { .fd = played_fd, .next_seq = 4 };

	(void)state;
	PLAY(log);
	assert_read(&kmsg, 10); /* gone while nobody read */
	assert_int_equal(kmsg.lost, 6);
	assert_read(&kmsg, 20); /* overtaken, and told so */
	assert_int_equal(kmsg.lost, 6 + 9);
	assert_read(&kmsg, 21);
	assert_int_equal(kmsg.lost, 6 + 9);
	assert_read(&kmsg, 30);
	assert_int_equal(kmsg.lost, 6 + 9 + 8);
}

/* A log that is faster than we does not keep us. */
static void does_not_stay_for_ever(void **state)
{
	static struct scene log[100];
	struct kmsg kmsg = { .fd = played_fd };
	struct kmsg_record record;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(log); i++)
		log[i].error = i % 2 ? EPIPE : EINTR;
	PLAY(log);
	assert_int_equal(kmsg_read(&kmsg, &record), 0);
	assert_true(n_scenes > 50);
}

static void goes_on_behind_what_it_does_not_understand(void **state)
{
	static const struct scene log[] = { { "6,1,1,-;a\n", 0 }, { "junk\n", 0 },
					    { NULL, EINVAL },	  { "6,4,1,-;b\n", 0 },
					    { NULL, EIO },	  { "", 0 } };
	struct kmsg kmsg = { .fd = played_fd };
	struct kmsg_record record;

	(void)state;
	PLAY(log);
	assert_read(&kmsg, 1);
	assert_int_equal(kmsg_read(&kmsg, &record), -EBADMSG);
	assert_int_equal(kmsg_read(&kmsg, &record), -EINVAL); /* longer than any */
	assert_read(&kmsg, 4);
	assert_int_equal(kmsg.lost, 2);
	assert_int_equal(kmsg_read(&kmsg, &record), -EIO);
	assert_int_equal(kmsg_read(&kmsg, &record), 0); /* a file's end */
}

/* The log's clock is not exactly the machine's: nothing is from the future. */
static void nothing_is_later_than_now(void **state)
{
	static const struct scene log[] = { { "6,1,9000000000000000,-;a\n", 0 },
					    { "6,2,1,-;a\n", 0 } };
	struct kmsg kmsg = { .fd = played_fd };
	int64_t before = clock_now_ns(CLOCK_BOOTTIME);
	struct kmsg_record record;

	(void)state;
	PLAY(log);
	assert_int_equal(kmsg_read(&kmsg, &record), 1);
	assert_true(record.boottime_ns >= before);
	assert_true(record.boottime_ns <= clock_now_ns(CLOCK_BOOTTIME));
	assert_int_equal(kmsg_read(&kmsg, &record), 1);
	assert_true(record.boottime_ns < before);
}

static void what_cannot_be_opened(void **state)
{
	struct kmsg kmsg;

	(void)state;
	assert_int_equal(kmsg_open(&kmsg, "/nowhere/kmsg", 5), -ENOENT);
	kmsg_close(&kmsg);
	kmsg_close(&kmsg);
}

/* --- this machine's log --- */

static void skip_because(const char *reason)
{
	print_message("# SKIP: %s\n", reason);
	skip();
}

/* What is written goes behind whatever else the log holds. */
static void find_ours(struct kmsg *kmsg, const char *token, struct kmsg_record *ret)
{
	int r;

	while ((r = kmsg_read(kmsg, ret)) == 1) {
		assert_true(ret->boottime_ns <= clock_now_ns(CLOCK_BOOTTIME));
		if (memmem(ret->text, ret->len, token, strlen(token)))
			return;
	}
	if (r == 0)
		skip_because("what is written to /dev/kmsg does not come back");
	fail_msg("kmsg_read: %d", r);
}

/* Whatever root says its facility is: nobody but the kernel writes as the kernel. */
static void what_root_writes_is_not_the_kernels(void **state)
{
	char token[64], line[160], policy[32] = "";
	struct kmsg_record record;
	struct kmsg kmsg;
	int r = kmsg_open(&kmsg, "/dev/kmsg", 0), fd;

	(void)state;
	if (r < 0)
		skip_because("/dev/kmsg cannot be read");
	file_read_line(AT_FDCWD, "/proc/sys/kernel/printk_devkmsg", policy,
		       sizeof(policy));
	fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
	if (fd < 0 || !strcmp(policy, "off")) {
		kmsg_close(&kmsg);
		close_fd(fd);
		skip_because("/dev/kmsg cannot be written");
	}
	snprintf(token, sizeof(token), "rasd's test %d-%lld", getpid(),
		 (long long)clock_now_ns(CLOCK_BOOTTIME));
	snprintf(line, sizeof(line), "<7>{1}[Hardware Error]: %s, \\ and \x1b\n", token);
	assert_int_equal(write(fd, line, strlen(line)), strlen(line));
	close(fd);
	find_ours(&kmsg, token, &record);
	assert_int_equal(record.facility, 1);
	assert_int_equal(record.level, 7);
	assert_int_equal(strncmp(record.text, "{1}[Hardware Error]: ", 21), 0);
	assert_string_equal(strrchr(record.text, ','), ", \\ and \x1b");
	kmsg_close(&kmsg);

	/* and a second reader goes on where the first one was */
	assert_int_equal(kmsg_open(&kmsg, "/dev/kmsg", record.seq), 0);
	assert_read(&kmsg, record.seq);
	assert_int_equal(kmsg.lost, 0);
	kmsg_close(&kmsg);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_of_all_kinds),
		cmocka_unit_test(nul_bytes_are_text),
		cmocka_unit_test(no_records),
		cmocka_unit_test(times_are_of_the_boot_clock),
		cmocka_unit_test(long_texts),
		cmocka_unit_test(reads_from_the_oldest),
		cmocka_unit_test(reads_from_where_it_was_left),
		cmocka_unit_test(counts_what_is_gone),
		cmocka_unit_test(does_not_stay_for_ever),
		cmocka_unit_test(goes_on_behind_what_it_does_not_understand),
		cmocka_unit_test(nothing_is_later_than_now),
		cmocka_unit_test(what_cannot_be_opened),
		cmocka_unit_test(what_root_writes_is_not_the_kernels),
	};

	return cmocka_run_group_tests_name("kmsg", tests, NULL, NULL);
}
