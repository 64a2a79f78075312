// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * The act process: a forked child that runs act_run() on fake files and a fake systemd
 * (unit/act_fixture.h); the test is capture.
 */

#include "unit/check.h"

#include "unit/act_fixture.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rasd/act.h"
#include "rasd/act_child.h"
#include "util/log.h"

#define ID	     "00112233445566778899aabbccddeeff"
#define UNIT	     "web.service"
#define PID	     4242
#define SOFT_OFFLINE "sys/devices/system/memory/soft_offline_page"

struct run_test {
	struct fake_tree tree;
	struct fake_systemd *systemd;
	struct fake_unit *unit;
	struct act_order order;
	struct act_report report;
	char address[128];
	pid_t systemd_pid, pid;
	int fd;
};

static struct run_test test;

static void run(int fd)
{
	struct act_options options = { .sysfs = test.tree.sysfs,
				       .proc = test.tree.proc,
				       .no_act = test.tree.no_act,
				       .page_size = FAKE_PAGE,
				       .socket_fd = fd,
				       .systemd_address = test.address };

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	log_open("act", LOG_CRIT); /* what it would complain about is asked for */
	exit(act_run(&options));
}

static int set_up(void **state)
{
	int fds[2];

	memset(&test, 0, sizeof(test));
	fake_tree_make(&test.tree);
	fake_no_bus(&test.tree);
	test.systemd = fake_systemd_new();
	test.unit = fake_unit_add(test.systemd, UNIT, PID, ID);
	test.systemd_pid = fake_systemd_run(test.systemd, &test.tree, "systemd",
					    test.address, sizeof(test.address));
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), 0);
	test.pid = fork();
	assert_true(test.pid >= 0);
	if (test.pid == 0) {
		close(fds[0]);
		run(fds[1]);
	}
	close(fds[1]);
	test.fd = fds[0];
	*state = &test;
	return 0;
}

/* Returns its exit status, or -1 if it was killed. */
static int wait_for_end(void)
{
	int status;

	assert_int_equal(waitpid(test.pid, &status, 0), test.pid);
	test.pid = 0;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* systemd first: one that a test has begun has a copy of our end of the socket. */
static int tear_down(void **state)
{
	(void)state;
	fake_systemd_end(test.systemd_pid);
	close_fd(test.fd);
	if (test.pid)
		assert_int_equal(wait_for_end(), EXIT_SUCCESS);
	fake_systemd_free(test.systemd);
	fake_tree_remove(&test.tree);
	return 0;
}

static void give(void)
{
	test.order.token++;
	test.order.act.id += 3;
	assert_int_equal(send(test.fd, &test.order, sizeof(test.order), MSG_NOSIGNAL),
			 sizeof(test.order));
}

static void hear(void)
{
	memset(&test.report, 0xa5, sizeof(test.report));
	assert_int_equal(recv(test.fd, &test.report, sizeof(test.report), 0),
			 sizeof(test.report));
	assert_int_equal(test.report.kind, test.order.kind);
	assert_int_equal(test.report.token, test.order.token);
}

static void expect(enum act_outcome outcome, int error, bool verified, const char *note)
{
	give();
	hear();
	assert_int_equal(test.report.id, test.order.act.id);
	assert_int_equal(test.report.effect.outcome, outcome);
	assert_int_equal(test.report.effect.error, error);
	assert_int_equal(test.report.effect.verified, verified);
	assert_int_equal(test.report.more, 0);
	if (!strstr(test.report.effect.note, note))
		assert_string_equal(test.report.effect.note, note);
}

static void order_page(uint64_t address)
{
	test.order.kind = ORDER_ACT;
	test.order.act.kind = ACT_SOFT_OFFLINE;
	test.order.act.address = address;
}

static void order_restart(void)
{
	test.order.kind = ORDER_ACT;
	test.order.act.kind = ACT_RESTART;
	strcpy(test.order.act.unit, UNIT);
	strcpy(test.order.act.invocation, ID);
	test.order.act.n_tgids = 1;
	test.order.act.tgids[0] = PID;
}

static void pause_acts(bool pause)
{
	if (pause)
		fake_text(&test.tree, "run/no-act", "");
	else
		assert_int_equal(unlink(test.tree.no_act), 0);
}

static void a_page_is_taken_out_of_use(void **state)
{
	(void)state;
	fake_marking_soft_offline(&test.tree);
	order_page(FAKE_MARKING_ADDRESS);
	expect(OUTCOME_DONE, 0, true, "");
	expect(OUTCOME_ALREADY, 0, true, "");
}

static void a_failure_has_its_errno(void **state)
{
	(void)state;
	fake_kpageflags(&test.tree, 0, 0);
	order_page(0x3000);
	expect(OUTCOME_FAILED, ENOENT, false, "cannot open");
	assert_true(test.report.effect.untried);
}

static void a_pause_holds_a_page_back(void **state)
{
	char written[32], directory[128];

	(void)state;
	fake_soft_offline(&test.tree);
	fake_kpageflags(&test.tree, 0x3000, 0);
	order_page(0x3000);
	pause_acts(true);
	expect(OUTCOME_PAUSED, 0, false, "would have been taken out of use; paused by");
	/* a link that leads nowhere is there, too */
	pause_acts(false);
	assert_int_equal(symlink("/nonexistent", test.tree.no_act), 0);
	expect(OUTCOME_PAUSED, 0, false, "paused by");
	pause_acts(false);
	/* nor is anything done where nobody can tell: its directory is a link to itself
	 */
	snprintf(directory, sizeof(directory), "%s/run", test.tree.root);
	assert_int_equal(rmdir(directory), 0);
	assert_int_equal(symlink(directory, directory), 0);
	expect(OUTCOME_PAUSED, 0, false, "paused by");
	assert_int_equal(unlink(directory), 0);
	fake_read(&test.tree, SOFT_OFFLINE, written, sizeof(written));
	assert_string_equal(written, "");
	expect(OUTCOME_FAILED, 0, false, "not marked");
	fake_read(&test.tree, SOFT_OFFLINE, written, sizeof(written));
	assert_string_equal(written, "0x3000\n");
}

static void a_dry_run_touches_no_page(void **state)
{
	char written[32];

	(void)state;
	fake_soft_offline(&test.tree);
	fake_kpageflags(&test.tree, 0x3000, 0);
	order_page(0x3000);
	test.order.act.dry_run = 1;
	expect(OUTCOME_DRY_RUN, 0, false, "would have been");
	pause_acts(true);
	expect(OUTCOME_DRY_RUN, 0, false, "would have been");
	fake_read(&test.tree, SOFT_OFFLINE, written, sizeof(written));
	assert_string_equal(written, "");
}

static void a_dead_unit_is_started_once(void **state)
{
	(void)state;
	order_restart();
	expect(OUTCOME_DONE, 0, true, "it runs again");
	assert_int_equal(test.systemd->starts, 1);
	assert_string_equal(test.systemd->started, UNIT);
	/* that was another invocation */
	expect(OUTCOME_LEFT_ALONE, 0, false, "");
	assert_int_equal(test.systemd->starts, 1);
	/* each order has a connection of its own */
	assert_int_equal(test.systemd->connections, 2);
}

static void a_unit_that_lives_is_waited_for(void **state)
{
	(void)state;
	test.unit->look.main_pid = PID;
	order_restart();
	expect(OUTCOME_PENDING, 0, false, "");
	test.unit->look.main_pid = 0;
	expect(OUTCOME_DONE, 0, true, "");
	assert_int_equal(test.systemd->starts, 1);
}

static void a_unit_is_judged_before_it_is_paused_or_dry(void **state)
{
	(void)state;
	order_restart();
	pause_acts(true);
	expect(OUTCOME_PAUSED, 0, false, "would have been started again; paused by");
	pause_acts(false);
	test.order.act.dry_run = 1;
	expect(OUTCOME_DRY_RUN, 0, false, "would have been started again");
	test.order.act.invocation[0] = 'f';
	expect(OUTCOME_LEFT_ALONE, 0, false, "");
	pause_acts(true);
	test.order.act.dry_run = 0;
	expect(OUTCOME_LEFT_ALONE, 0, false, "");
	assert_int_equal(test.systemd->starts, 0);
}

static void no_systemd_is_a_failure(void **state)
{
	char address[128];

	(void)state;
	fake_systemd_end(test.systemd_pid);
	order_restart();
	expect(OUTCOME_FAILED, ECONNREFUSED, false, "cannot ask systemd");
	assert_true(test.report.effect.untried);
	/* and with a new one it goes on */
	test.systemd_pid = fake_systemd_run(test.systemd, &test.tree, "systemd", address,
					    sizeof(address));
	expect(OUTCOME_DONE, 0, true, "");
}

static void the_unit_of_a_process_is_told(void **state)
{
	(void)state;
	test.order.kind = ORDER_FIND_UNIT;
	test.order.tid = PID;
	give();
	hear();
	assert_int_equal(test.report.error, 0);
	assert_int_equal(test.report.tid, PID);
	assert_string_equal(test.report.unit, UNIT);
	assert_string_equal(test.report.invocation, ID);
	assert_int_equal(test.report.delegated, 0);
	test.unit->look.delegated = 1;
	give();
	hear();
	assert_int_equal(test.report.delegated, 1);
	test.order.event_boottime_ns = INT64_MAX / 2; /* its main one ended before */
	give();
	hear();
	assert_int_equal(test.report.error, -ENOENT);
	test.order.event_boottime_ns = 0;
	test.order.tid = PID + 1;
	give();
	hear();
	assert_int_equal(test.report.error, -ENOENT);
	assert_string_equal(test.report.unit, "");
}

/* A process with one page in its page tables, which is `pfn`. */
static void fake_process(int32_t tgid, uint64_t pfn)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	uint64_t entry = 1ULL << 62 | pfn << 5 | 25;
	char path[64], maps[128];

	snprintf(path, sizeof(path), "proc/%d/stat", tgid);
	fake_text(&test.tree, path,
		  "1 (x) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 500 0 0\n");
	snprintf(path, sizeof(path), "proc/%d/maps", tgid);
	snprintf(maps, sizeof(maps), "%llx-%llx rw-p 00000000 00:00 0\n",
		 (unsigned long long)page, (unsigned long long)page * 2);
	fake_text(&test.tree, path, maps);
	snprintf(path, sizeof(path), "proc/%d/pagemap", tgid);
	fake_file(&test.tree, path, 8, &entry, sizeof(entry));
}

static void victims_come_in_batches(void **state)
{
	static const int counts[] = { 0, 1, REPORT_VICTIMS_MAX, REPORT_VICTIMS_MAX + 1,
				      2 * REPORT_VICTIMS_MAX + 5 };
	uint32_t n = 0;
	int made = 0;

	(void)state;
	test.order.kind = ORDER_FIND_VICTIMS;
	test.order.n_pfns = 1;
	test.order.pfns[0] = 0x777;
	fake_process(1, 0x778);
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++, n = 0) {
		for (; made < counts[i]; made++)
			fake_process(100 + made, 0x777);
		give();
		do {
			hear();
			assert_int_equal(test.report.error, 0);
			n += test.report.n_victims;
			for (uint32_t j = 0; j < test.report.n_victims; j++)
				assert_in_range(test.report.victims[j].tgid, 100,
						100 + made - 1);
		} while (test.report.more);
		assert_int_equal(n, counts[i]);
	}
}

static void orders_that_make_no_sense_are_answered(void **state)
{
	(void)state;
	order_restart();
	memset(test.order.act.unit, 'x', sizeof(test.order.act.unit));
	expect(OUTCOME_FAILED, EINVAL, false, "nobody understands");
	order_restart();
	memset(test.order.act.invocation, 'x', sizeof(test.order.act.invocation));
	expect(OUTCOME_FAILED, EINVAL, false, "nobody understands");
	test.order.act.kind = 77;
	expect(OUTCOME_FAILED, EINVAL, false, "nobody understands");
	test.order.kind = ORDER_FIND_VICTIMS;
	test.order.n_pfns = ORDER_PFNS_MAX + 1;
	give();
	hear();
	assert_int_equal(test.report.error, -EINVAL);
	for (int kind = -1; kind < 100; kind += 50) {
		test.order.kind = kind;
		give();
		hear();
	}
	assert_int_equal(test.systemd->starts, 0);
}

static void give_bytes(size_t size)
{
	static const char bytes[sizeof(struct act_order) + 8];

	assert_int_equal(send(test.fd, bytes, size, MSG_NOSIGNAL), size);
}

static void a_short_order_ends_it(void **state)
{
	(void)state;
	give_bytes(sizeof(struct act_order) - 1);
	assert_int_equal(wait_for_end(), EXIT_FAILURE);
}

static void a_long_order_ends_it(void **state)
{
	(void)state;
	give_bytes(sizeof(struct act_order) + 1);
	assert_int_equal(wait_for_end(), EXIT_FAILURE);
}

static void nobody_to_report_to_ends_it(void **state)
{
	(void)state;
	test.order.kind = ORDER_FIND_UNIT;
	give();
	close(test.fd);
	test.fd = -1;
	assert_int_equal(wait_for_end(), EXIT_SUCCESS);
}

static void nobody_to_take_orders_from_ends_it(void **state)
{
	(void)state;
	close(test.fd);
	test.fd = -1;
	assert_int_equal(wait_for_end(), EXIT_SUCCESS);
}

/* Whoever is gone is at nothing any more: the next one is started, and given orders. */
static void a_death_leaves_it_idle(void **state)
{
	struct act_child child;
	int fds[2];

	(void)state;
	act_child_init(&child, "");
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds), 0);
	child.fd = fds[0];
	child.pid = 1;
	assert_int_equal(act_child_give(&child, &test.order, 1), 0);
	assert_true(child.busy);
	assert_int_equal(act_child_hear(&child, &test.report), 0);
	close(fds[1]);
	assert_int_equal(act_child_hear(&child, &test.report), -EPIPE);
	assert_false(child.busy);
	assert_int_equal(child.pid, 0);
}

#define A_TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		A_TEST(a_page_is_taken_out_of_use),
		A_TEST(a_failure_has_its_errno),
		A_TEST(a_pause_holds_a_page_back),
		A_TEST(a_dry_run_touches_no_page),
		A_TEST(a_dead_unit_is_started_once),
		A_TEST(a_unit_that_lives_is_waited_for),
		A_TEST(a_unit_is_judged_before_it_is_paused_or_dry),
		A_TEST(no_systemd_is_a_failure),
		A_TEST(the_unit_of_a_process_is_told),
		A_TEST(victims_come_in_batches),
		A_TEST(orders_that_make_no_sense_are_answered),
		A_TEST(a_short_order_ends_it),
		A_TEST(a_long_order_ends_it),
		A_TEST(nobody_to_report_to_ends_it),
		A_TEST(nobody_to_take_orders_from_ends_it),
		A_TEST(a_death_leaves_it_idle),
	};

	return cmocka_run_group_tests_name("act_run", tests, NULL, NULL);
}
