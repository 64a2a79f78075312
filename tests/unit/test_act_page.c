// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Pages, on fake files of sysfs and proc. What a plain file, a FIFO or another can give
 * as an errno is here; what only the kernel gives (EBUSY, EIO, EOPNOTSUPP of
 * memory_failure) is passed on like these, and what follows from it is in the policy's
 * tests.
 */

#include "unit/check.h"

#include "unit/act_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ADDRESS	     0x3000ULL
#define HWPOISON     (1ULL << 19)
#define SOFT_OFFLINE "sys/devices/system/memory/soft_offline_page"

struct page_test {
	struct fake_tree tree;
	struct actuator actuator;
	struct act_effect effect;
	char file[256];
};

static struct page_test test;

static int set_up(void **state)
{
	memset(&test, 0, sizeof(test));
	fake_tree_make(&test.tree);
	test.actuator = (struct actuator){ .sysfs = test.tree.sysfs,
					   .proc = test.tree.proc,
					   .page_size = FAKE_PAGE };
	snprintf(test.file, sizeof(test.file), "%s/" SOFT_OFFLINE, test.tree.root);
	*state = &test;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	fake_tree_remove(&test.tree);
	return 0;
}

static void offline(const struct actuator_ops *ops, uint64_t address)
{
	memset(&test.effect, 0xa5, sizeof(test.effect));
	ops->soft_offline(&test.actuator, address, &test.effect);
	assert_non_null(memchr(test.effect.note, '\0', sizeof(test.effect.note)));
	assert_true(test.effect.note[0]);
}

static void expect(enum act_outcome outcome, int error, bool verified, bool untried)
{
	assert_int_equal(test.effect.outcome, outcome);
	assert_int_equal(test.effect.error, error);
	assert_int_equal(test.effect.verified, verified);
	assert_int_equal(test.effect.untried, untried);
}

static void expect_written(const char *expected)
{
	char written[64];

	fake_read(&test.tree, SOFT_OFFLINE, written, sizeof(written));
	assert_string_equal(written, expected);
}

static void the_flag_of_this_page_counts(void **state)
{
	(void)state;
	fake_kpageflags(&test.tree, ADDRESS, HWPOISON);
	assert_int_equal(page_is_poisoned(&test.actuator, ADDRESS), 1);
	assert_int_equal(page_is_poisoned(&test.actuator, ADDRESS + FAKE_PAGE - 1), 1);
	assert_int_equal(page_is_poisoned(&test.actuator, ADDRESS - 1), 0);
	assert_int_equal(page_is_poisoned(&test.actuator, ADDRESS + FAKE_PAGE), 0);
	fake_kpageflags(&test.tree, ADDRESS, ~HWPOISON);
	assert_int_equal(page_is_poisoned(&test.actuator, ADDRESS), 0);
}

static void a_page_that_cannot_be_seen_is_said(void **state)
{
	(void)state;
	assert_int_equal(page_is_poisoned(&test.actuator, ADDRESS), -ENOENT);
	fake_kpageflags(&test.tree, ADDRESS, 0);
	assert_int_equal(page_is_poisoned(&test.actuator, 1 << 20), -ENXIO);
	assert_int_equal(page_is_poisoned(&test.actuator, UINT64_MAX), -ENXIO);
	fake_text(&test.tree, "proc2/kpageflags", "half");
	test.actuator.proc = strcat(test.tree.proc, "2");
	assert_int_equal(page_is_poisoned(&test.actuator, 0), -EIO);
	test.actuator.page_size = 1; /* an offset that no file has */
	assert_int_equal(page_is_poisoned(&test.actuator, UINT64_MAX), -ENXIO);
	test.actuator.page_size = 0;
	assert_int_equal(page_is_poisoned(&test.actuator, 0), -EINVAL);
}

static void a_page_goes_and_is_seen_to_have_gone(void **state)
{
	(void)state;
	fake_marking_soft_offline(&test.tree);
	offline(&actuator_real, FAKE_MARKING_ADDRESS);
	expect(OUTCOME_DONE, 0, true, false);
	offline(&actuator_real, FAKE_MARKING_ADDRESS);
	expect(OUTCOME_ALREADY, 0, true, false);
}

static void the_address_is_written_in_bytes(void **state)
{
	(void)state;
	fake_soft_offline(&test.tree);
	fake_kpageflags(&test.tree, ADDRESS, 0);
	offline(&actuator_real, 0x87654321000ULL);
	expect_written("0x87654321000\n");
}

static void a_yes_without_a_mark_is_no_success(void **state)
{
	(void)state;
	fake_soft_offline(&test.tree);
	fake_kpageflags(&test.tree, ADDRESS, 0);
	offline(&actuator_real, ADDRESS);
	expect(OUTCOME_FAILED, 0, false, false);
	assert_non_null(strstr(test.effect.note, "not marked"));
}

static void a_yes_that_cannot_be_checked_is_not_verified(void **state)
{
	(void)state;
	fake_soft_offline(&test.tree);
	offline(&actuator_real, ADDRESS);
	expect(OUTCOME_DONE, ENOENT, false, false);
	expect_written("0x3000\n");
}

static void a_poisoned_page_is_left(void **state)
{
	(void)state;
	fake_soft_offline(&test.tree);
	fake_kpageflags(&test.tree, ADDRESS, HWPOISON);
	offline(&actuator_real, ADDRESS);
	expect(OUTCOME_ALREADY, 0, true, false);
	expect_written("");
}

static void what_cannot_be_opened_has_not_been_tried(void **state)
{
	(void)state;
	fake_kpageflags(&test.tree, ADDRESS, 0);
	offline(&actuator_real, ADDRESS);
	expect(OUTCOME_FAILED, ENOENT, false, true);
	fake_soft_offline(&test.tree);
	assert_int_equal(unlink(test.file), 0);
	assert_int_equal(mkdir(test.file, 0700), 0);
	offline(&actuator_real, ADDRESS);
	expect(OUTCOME_FAILED, EISDIR, false, true);
	assert_int_equal(rmdir(test.file), 0);
	/* nobody reads: to wait for somebody would be to wait forever */
	assert_int_equal(mkfifo(test.file, 0600), 0);
	offline(&actuator_real, ADDRESS);
	expect(OUTCOME_FAILED, ENXIO, false, true);
	test.actuator.sysfs = memset(malloc(5000), 'x', 5000);
	((char *)test.actuator.sysfs)[4999] = '\0';
	offline(&actuator_real, ADDRESS);
	expect(OUTCOME_FAILED, ENAMETOOLONG, false, true);
	free((char *)test.actuator.sysfs);
}

static void no_rights_are_said(void **state)
{
	int fd;

	(void)state;
	fake_kpageflags(&test.tree, ADDRESS, 0);
	fake_soft_offline(&test.tree);
	assert_int_equal(chmod(test.file, 0), 0);
	fd = open(test.file, O_WRONLY);
	if (fd >= 0) {
		close(fd);
		print_message("# SKIP: root may write any file\n");
		skip();
	}
	offline(&actuator_real, ADDRESS);
	expect(OUTCOME_FAILED, EACCES, false, true);
}

static void what_the_kernel_refuses_has_its_errno(void **state)
{
	static const struct {
		const char *file; /* written to instead */
		int error;
	} cases[] = {
		{ "/dev/full", ENOSPC },
		/* takes numbers up to 1000, and 0x3000 is more */
		{ "/proc/self/oom_score_adj", EINVAL },
	};

	(void)state;
	fake_kpageflags(&test.tree, ADDRESS, 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		fake_soft_offline(&test.tree);
		assert_int_equal(unlink(test.file), 0);
		assert_int_equal(symlink(cases[i].file, test.file), 0);
		offline(&actuator_real, ADDRESS);
		expect(OUTCOME_FAILED, cases[i].error, false, false);
		assert_non_null(strstr(test.effect.note, strerror(cases[i].error)));
		assert_int_equal(unlink(test.file), 0);
	}
}

static void a_dry_run_looks_and_writes_nothing(void **state)
{
	(void)state;
	fake_soft_offline(&test.tree);
	offline(&actuator_null, ADDRESS);
	expect(OUTCOME_DRY_RUN, ENOENT, false, false);
	fake_kpageflags(&test.tree, ADDRESS, 0);
	offline(&actuator_null, ADDRESS);
	expect(OUTCOME_DRY_RUN, 0, false, false);
	offline(&actuator_null, 1ULL << 40);
	expect(OUTCOME_DRY_RUN, ENXIO, false, false);
	fake_kpageflags(&test.tree, ADDRESS, HWPOISON);
	offline(&actuator_null, ADDRESS);
	expect(OUTCOME_ALREADY, 0, true, false);
	expect_written("");
}

#define A_TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		A_TEST(the_flag_of_this_page_counts),
		A_TEST(a_page_that_cannot_be_seen_is_said),
		A_TEST(a_page_goes_and_is_seen_to_have_gone),
		A_TEST(the_address_is_written_in_bytes),
		A_TEST(a_yes_without_a_mark_is_no_success),
		A_TEST(a_yes_that_cannot_be_checked_is_not_verified),
		A_TEST(a_poisoned_page_is_left),
		A_TEST(what_cannot_be_opened_has_not_been_tried),
		A_TEST(no_rights_are_said),
		A_TEST(what_the_kernel_refuses_has_its_errno),
		A_TEST(a_dry_run_looks_and_writes_nothing),
	};

	return cmocka_run_group_tests_name("act_page", tests, NULL, NULL);
}
