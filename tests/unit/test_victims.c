// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Who had a poisoned page: on a FAKE proc tree, whose pagemap is a plain file, and, where
 * we may, on this kernel's, for a page of our own that nobody poisons.
 */

#include "unit/check.h"

#include "unit/act_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "locate/victims.h"
#include "util/clock.h"
#include "util/text.h"

#define PFN		0x123456ULL
#define PRESENT		(1ULL << 63)
#define SWAPPED		(1ULL << 62)
#define FILE_OR_SHARED	(1ULL << 61)
#define ENTRIES_AT_ONCE 8192 /* as locate/victims.c */

struct victims_test {
	struct fake_tree tree;
	uint64_t page;
	int proc_fd;
	struct victim seen[64];
	size_t n;
	int stop_after; /* 0: never */
	int32_t only;	/* this process; 0: all */
};

static struct victims_test test;

static int set_up(void **state)
{
	memset(&test, 0, sizeof(test));
	fake_tree_make(&test.tree);
	test.page = (uint64_t)sysconf(_SC_PAGESIZE);
	test.proc_fd = open(test.tree.proc, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	*state = &test;
	return test.proc_fd >= 0 ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	close(test.proc_fd);
	fake_tree_remove(&test.tree);
	return 0;
}

static int see(const struct victim *victim, void *arg)
{
	struct victims_test *t = arg;

	if (t->only && victim->tgid != t->only)
		return 0;
	assert_true(t->n < ARRAY_SIZE(t->seen));
	t->seen[t->n++] = *victim;
	return t->stop_after && t->n == (size_t)t->stop_after ? 42 : 0;
}

static int find_all(const uint64_t *pfns, size_t n)
{
	test.n = 0;
	return victims_find(test.proc_fd, pfns, n, see, &test);
}

static int find(void)
{
	uint64_t pfn = PFN;

	return find_all(&pfn, 1);
}

static void put(int32_t tgid, const char *file, const char *text)
{
	char path[64];

	snprintf(path, sizeof(path), "proc/%d/%s", tgid, file);
	fake_text(&test.tree, path, text);
}

static void put_stat(int32_t tgid, const char *comm, const char *start)
{
	char stat[256];

	snprintf(stat, sizeof(stat),
		 "%d (%s) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 %s 0 0\n", tgid, comm,
		 start);
	put(tgid, "stat", stat);
}

static void put_entry(int32_t tgid, uint64_t page, uint64_t entry)
{
	char path[64];

	snprintf(path, sizeof(path), "proc/%d/pagemap", tgid);
	fake_file(&test.tree, path, (off_t)(page * 8), &entry, sizeof(entry));
}

static void map_line(struct text *maps, uint64_t page, uint64_t end_page,
		     const char *name)
{
	text_add(maps, "%08" PRIx64 "-%08" PRIx64 " rw-p 00000000 00:00 0    %s\n",
		 page * test.page, end_page * test.page, name);
}

/* With pages 16 to 64, none of them there. */
static void put_process(int32_t tgid)
{
	char line[256] = "";
	struct text maps = TEXT_IN(line);

	put_stat(tgid, "victim", "500");
	map_line(&maps, 16, 64, "/usr/bin/victim");
	put(tgid, "maps", line);
	put_entry(tgid, 63, 0);
}

static uint64_t mark(unsigned int type, uint64_t pfn)
{
	return SWAPPED | pfn << 5 | type;
}

static void only_a_poisoned_pages_mark_counts(void **state)
{
	const struct {
		uint64_t entry;
		bool counts;
	} cases[] = {
		{ 0, false },
		{ mark(19, PFN), false }, /* real swap */
		{ mark(0, PFN), false },
		{ mark(20, PFN), true },
		{ mark(23, PFN), true },
		{ mark(27, PFN), true },
		{ mark(31, PFN), true },
		{ mark(27, PFN) | FILE_OR_SHARED, true },
		{ mark(27, PFN + 1), false },
		{ mark(27, PFN - 1), false },
		{ mark(27, PFN) & ~SWAPPED, false },
		{ mark(27, PFN) | PRESENT, false }, /* the number is another then */
		{ PRESENT | PFN, true },
		{ PRESENT | FILE_OR_SHARED | 1ULL << 55 | 1ULL << 56 | PFN, true },
		{ PRESENT | (PFN + 1), false },
		{ PRESENT, false },
		{ PFN, false },
	};

	(void)state;
	put_process(7);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		put_entry(7, 20, cases[i].entry);
		assert_int_equal(find(), 0);
		if (test.n != cases[i].counts)
			print_error("entry %#" PRIx64 "\n", cases[i].entry);
		assert_int_equal(test.n, cases[i].counts);
	}
}

static void a_victim_has_process_page_address_and_time(void **state)
{
	int64_t ticks = sysconf(_SC_CLK_TCK);

	(void)state;
	put_process(31337);
	put_entry(31337, 16, mark(27, PFN));
	assert_int_equal(find(), 0);
	assert_int_equal(test.n, 1);
	assert_int_equal(test.seen[0].tgid, 31337);
	assert_int_equal(test.seen[0].pfn, PFN);
	assert_int_equal(test.seen[0].address, 16 * test.page);
	assert_int_equal(test.seen[0].start_ns, 500 * (NS_PER_SEC / ticks));
}

static void each_page_of_a_process_counts_once(void **state)
{
	const uint64_t pfns[] = { 900, 100, 500, 100 };

	(void)state;
	put_process(7);
	put_entry(7, 20, mark(27, 900));
	put_entry(7, 21, mark(27, 100));
	put_entry(7, 22, mark(27, 900)); /* mapped twice */
	put_entry(7, 23, mark(27, 400));
	put_entry(7, 63, PRESENT | 500);
	put_process(8);
	put_entry(8, 63, mark(27, 500));
	assert_int_equal(find_all(pfns, ARRAY_SIZE(pfns)), 0);
	assert_int_equal(test.n, 4);
	test.only = 7;
	assert_int_equal(find_all(pfns, ARRAY_SIZE(pfns)), 0);
	assert_int_equal(test.n, 3);
	assert_int_equal(test.seen[0].pfn, 100);
	assert_int_equal(test.seen[0].address, 21 * test.page);
	assert_int_equal(test.seen[1].pfn, 500);
	assert_int_equal(test.seen[2].pfn, 900);
	assert_int_equal(test.seen[2].address, 20 * test.page);
}

static void only_what_is_mapped_is_read(void **state)
{
	(void)state;
	put_process(7);
	put_entry(7, 15, mark(27, PFN));
	put_entry(7, 64, mark(27, PFN));
	assert_int_equal(find(), 0);
	assert_int_equal(test.n, 0);
}

/* Wherever in what is read at once it lies. */
static void the_size_of_a_mapping_does_not_matter(void **state)
{
	static const uint64_t at[] = { 16, 16 + ENTRIES_AT_ONCE - 1, 16 + ENTRIES_AT_ONCE,
				       16 + 3 * ENTRIES_AT_ONCE + 4 };
	char line[256] = "";
	struct text maps = TEXT_IN(line);

	(void)state;
	map_line(&maps, 16, 16 + 3 * ENTRIES_AT_ONCE + 5, "");
	put_process(7);
	put(7, "maps", line);
	for (size_t i = 0; i < ARRAY_SIZE(at); i++) {
		put_entry(7, at[i], mark(27, PFN));
		assert_int_equal(find(), 0);
		assert_int_equal(test.n, 1);
		assert_int_equal(test.seen[0].address, at[i] * test.page);
		put_entry(7, at[i], 0);
	}
}

static void maps_may_have_lines_of_any_kind(void **state)
{
	static char file[70000];
	struct text maps = TEXT_IN(file);

	(void)state;
	put_process(7);
	put_entry(7, 40, mark(27, PFN));
	text_add(&maps, "\n-\n 1-2 \nnonsense\n10000 20000\n10000-\n-20000 rw-p\n"
			"123456789abcdef01-2 rw-p\nffffffffffffffff-0 rw-p\n"
			"20000-10000 rw-p\n");
	/* a path may hold what looks like another mapping, and a kernel's is escaped */
	map_line(&maps, 1, 2, "/tmp/a b 10000-90000 rw-p");
	map_line(&maps, 2, 3, "");
	maps.len--;
	for (int i = 0; i < 40000; i++)
		text_add(&maps, "x");
	text_add(&maps, "\n");
	text_add(&maps, "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0 "
			"[vsyscall]\n");
	put(7, "maps", file);
	assert_int_equal(find(), 0);
	assert_int_equal(test.n, 0);
	map_line(&maps, 40, 41, "[heap]");
	maps.at[--maps.len] = '\0'; /* without an end */
	assert_false(maps.cut);
	put(7, "maps", file);
	assert_int_equal(find(), 0);
	assert_int_equal(test.n, 1);
}

static void names_of_processes_deceive_nobody(void **state)
{
	(void)state;
	put_process(7);
	put_entry(7, 20, mark(27, PFN));
	put_stat(7, "x) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 9 (", "77");
	assert_int_equal(find(), 0);
	assert_int_equal(test.n, 1);
	assert_int_equal(test.seen[0].start_ns, 77 * (NS_PER_SEC / sysconf(_SC_CLK_TCK)));
}

static void what_is_no_process_is_skipped(void **state)
{
	(void)state;
	fake_text(&test.tree, "proc/version", "Linux");
	fake_text(&test.tree, "proc/12", "no directory");
	fake_text(&test.tree, "proc/99999999999999999999/stat", "");
	fake_text(&test.tree, "proc/7x/stat", "");
	put_process(7);
	put_entry(7, 20, mark(27, PFN));
	put_process(2);
	unlinkat(test.proc_fd, "2/maps", 0);
	put(2, "maps", ""); /* a thread of the kernel's */
	put_process(3);
	unlinkat(test.proc_fd, "3/pagemap", 0); /* has just gone */
	put_stat(4, "gone", "1");
	assert_int_equal(find(), -ENOTDIR); /* proc/12 */
	assert_int_equal(test.n, 1);
	unlinkat(test.proc_fd, "12", 0);
	assert_int_equal(find(), 0);
	assert_int_equal(test.n, 1);
}

static void what_cannot_be_looked_at_is_said(void **state)
{
	(void)state;
	put_process(7);
	put_entry(7, 20, mark(27, PFN));
	put_process(8);
	assert_int_equal(unlinkat(test.proc_fd, "8/pagemap", 0), 0);
	assert_int_equal(mkdirat(test.proc_fd, "8/pagemap", 0700), 0);
	assert_int_equal(find(), -EISDIR);
	assert_int_equal(test.n, 1);
	assert_int_equal(unlinkat(test.proc_fd, "8/pagemap", AT_REMOVEDIR), 0);
	put_entry(8, 63, 0);
	assert_int_equal(find(), 0);
	unlinkat(test.proc_fd, "8/stat", 0);
	put(8, "stat", "8 (cut");
	assert_int_equal(find(), -EBADMSG);
	assert_int_equal(test.n, 1);
}

/*
 * Address space beyond what the file has costs what it would if it were there, and no
 * time: so a process gets to its limit. What comes behind is not looked at.
 */
static void too_much_address_space_is_said(void **state)
{
	const uint64_t lines = (1ULL << 28) / ENTRIES_AT_ONCE;
	size_t size = (lines + 2) * 80;
	struct text maps = { .at = malloc(size), .size = size };

	(void)state;
	for (uint64_t i = 0; i < lines; i++)
		map_line(&maps, 1ULL << 30, (1ULL << 30) + ENTRIES_AT_ONCE, "");
	put_process(7);
	put(7, "maps", maps.at);
	assert_int_equal(find(), 0);
	map_line(&maps, 20, 21, "");
	put(7, "maps", maps.at);
	put_entry(7, 20, mark(27, PFN));
	put_process(8);
	put_entry(8, 20, mark(27, PFN));
	assert_int_equal(find(), -EOVERFLOW);
	assert_int_equal(test.n, 1);
	assert_int_equal(test.seen[0].tgid, 8);
	free(maps.at);
}

static void who_has_heard_enough_hears_no_more(void **state)
{
	(void)state;
	for (int32_t tgid = 1; tgid < 6; tgid++) {
		put_process(tgid);
		put_entry(tgid, 20, mark(27, PFN));
	}
	test.stop_after = 3;
	assert_int_equal(find(), 42);
	assert_int_equal(test.n, 3);
}

static void as_many_pages_as_there_may_be(void **state)
{
	uint64_t pfns[VICTIMS_PFNS_MAX + 1];

	(void)state;
	put_process(7);
	for (size_t i = 0; i < ARRAY_SIZE(pfns); i++)
		pfns[i] = 1000 + i * 3;
	put_entry(7, 20, mark(27, 1000 + (VICTIMS_PFNS_MAX - 1) * 3));
	put_entry(7, 21, mark(27, 1000));
	assert_int_equal(find_all(pfns, VICTIMS_PFNS_MAX), 0);
	assert_int_equal(test.n, 2);
	assert_int_equal(find_all(pfns, VICTIMS_PFNS_MAX + 1), -E2BIG);
	assert_int_equal(find_all(pfns, 0), 0);
	assert_int_equal(test.n, 0);
}

/* --- this kernel: a page that is in our page tables; none is poisoned --- */

static uint64_t own_pfn(const void *at)
{
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	uint64_t entry = 0;

	if (fd < 0 || pread(fd, &entry, 8, (off_t)((uintptr_t)at / test.page * 8)) != 8)
		entry = 0;
	close_fd(fd);
	return entry & PRESENT ? entry & ((1ULL << 55) - 1) : 0;
}

static void find_own(char *page)
{
	uint64_t pfn;

	test.only = getpid();
	*page = 1;
	/* the kernel may move it between our look and the search */
	for (int tries = 0; tries < 5; tries++) {
		pfn = own_pfn(page);
		if (!pfn) {
			print_message("# SKIP: this kernel shows us no page's number\n");
			skip();
		}
		find_all(&pfn, 1);
		if (test.n)
			break;
	}
	assert_int_equal(test.n, 1);
	assert_int_equal(test.seen[0].pfn, pfn);
	assert_int_equal(test.seen[0].address, (uintptr_t)page);
	assert_true(test.seen[0].start_ns > 0);
	assert_true(test.seen[0].start_ns <= clock_now_ns(CLOCK_BOOTTIME));
}

/* Of a small mapping, and in the middle of one with nothing around it. */
static void a_page_of_our_own_is_found(void **state)
{
	static const size_t sizes[] = { 1 << 20, 1ULL << 36 };

	(void)state;
	close(test.proc_fd);
	test.proc_fd = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		char *at = mmap(NULL, sizes[i], PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

		if (at == MAP_FAILED) {
			print_message("# SKIP: no address space to reserve\n");
			skip();
		}
		madvise(at, sizes[i], MADV_NOHUGEPAGE);
		find_own(at + sizes[i] / 2);
		munmap(at, sizes[i]);
	}
}

#define A_TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		A_TEST(only_a_poisoned_pages_mark_counts),
		A_TEST(a_victim_has_process_page_address_and_time),
		A_TEST(each_page_of_a_process_counts_once),
		A_TEST(only_what_is_mapped_is_read),
		A_TEST(the_size_of_a_mapping_does_not_matter),
		A_TEST(maps_may_have_lines_of_any_kind),
		A_TEST(names_of_processes_deceive_nobody),
		A_TEST(what_is_no_process_is_skipped),
		A_TEST(what_cannot_be_looked_at_is_said),
		A_TEST(too_much_address_space_is_said),
		A_TEST(who_has_heard_enough_hears_no_more),
		A_TEST(as_many_pages_as_there_may_be),
		A_TEST(a_page_of_our_own_is_found),
	};

	return cmocka_run_group_tests_name("victims", tests, NULL, NULL);
}
