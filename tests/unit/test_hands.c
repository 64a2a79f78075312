// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * What capture makes of reports of the act process, and of its death. Victims are
 * children of the test's; hits are caught on their way into the ring.
 */

#include "unit/check.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "handlers/table.h"
#include "rasd/hands.h"
#include "util/clock.h"
#include "util/log.h"
#include "util/text.h"

#define PFN   0x77
#define EVENT 8
#define ACT   5

struct hands_test {
	struct ring ring;
	struct pipeline pipeline;
	struct hands hands;
	struct act_report report;
	struct db_hit hits[4];
	size_t n_hits;
	pid_t victim;
	int fd; /* the act process's end */
};

static struct hands_test test;

void __wrap_pipeline_tell_or_count(struct pipeline *pipeline, uint16_t kind,
				   const void *message, size_t len);

void __wrap_pipeline_tell_or_count(_unused_ struct pipeline *pipeline, uint16_t kind,
				   const void *message, size_t len)
{
	if (kind != MESSAGE_HIT)
		return;
	assert_int_equal(len, sizeof(test.hits[0]));
	assert_true(test.n_hits < ARRAY_SIZE(test.hits));
	memcpy(&test.hits[test.n_hits++], message, len);
}

static int set_up(void **state)
{
	memset(&test, 0, sizeof(test));
	log_open("hands", LOG_CRIT); /* what it complains about is asked for */
	test.fd = -1;
	test.pipeline = (struct pipeline){ .handlers = &handlers_table,
					   .ring = &test.ring,
					   .proc_fd = open("/proc", O_RDONLY | O_CLOEXEC),
					   .next_id = 100 };
	test.hands.pipeline = &test.pipeline;
	test.hands.state = calloc(1, sizeof(*test.hands.state));
	test.hands.tally = calloc(1, sizeof(*test.hands.tally));
	test.hands.rules.policy.page_size = 4096;
	test.hands.correlator = correlator_new();
	act_child_init(&test.hands.child, "");
	*state = &test;
	return 0;
}

static void end_victim(void)
{
	if (!test.victim)
		return;
	assert_int_equal(kill(test.victim, SIGKILL), 0);
	assert_int_equal(waitpid(test.victim, NULL, 0), test.victim);
	test.victim = 0;
}

static int tear_down(void **state)
{
	(void)state;
	end_victim();
	close_fd(test.fd);
	hands_deinit(&test.hands);
	close_fd(test.pipeline.proc_fd);
	free(test.hands.state);
	free(test.hands.tally);
	return 0;
}

/* --- victims --- */

/* A process whose page it was. */
static void begin_victim(struct victim *ret)
{
	struct process process;

	test.victim = fork();
	assert_true(test.victim >= 0);
	if (test.victim == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	assert_int_equal(process_find(test.pipeline.proc_fd, NULL, test.victim,
				      clock_now_ns(CLOCK_BOOTTIME), &process),
			 0);
	*ret = (struct victim){ .tgid = test.victim,
				.pfn = PFN,
				.start_ns = process.start_ns };
}

static void tell_victim(const struct victim *victim)
{
	test.report = (struct act_report){ .kind = ORDER_FIND_VICTIMS,
					   .look_ns = clock_now_ns(CLOCK_BOOTTIME),
					   .n_victims = 1,
					   .victims = { *victim } };
	hands_take_report(&test.hands, &test.report);
}

/* To a thread that nobody could look up any more; whoever sent it. */
static void get_signal(int32_t tid)
{
	struct seen_signal signal = { .event = EVENT,
				      .boottime_ns = clock_now_ns(CLOCK_BOOTTIME),
				      .tid = tid,
				      .sender = tid,
				      .is_memory = true };

	correlate_signal(test.hands.correlator, &signal);
}

static void a_victim_that_dies_of_it_is_known(void **state)
{
	struct victim victim;

	(void)state;
	begin_victim(&victim);
	tell_victim(&victim);
	get_signal(victim.tgid);
	end_victim();
	hands_settle(&test.hands);
	assert_int_equal(test.n_hits, 1);
	assert_int_equal(test.hits[0].event, EVENT);
	assert_int_equal(test.hits[0].evidence, EVIDENCE_PAGEMAP);
	assert_int_equal(test.hits[0].tgid, victim.tgid);
	assert_int_equal(test.hits[0].start_ns, victim.start_ns);
	assert_int_equal(test.hits[0].uid, getuid());
}

static void whoever_has_its_number_later_is_somebody_else(void **state)
{
	struct victim victim;

	(void)state;
	begin_victim(&victim);
	tell_victim(&victim);
	end_victim();
	hands_settle(&test.hands);
	get_signal(victim.tgid);
	hands_settle(&test.hands);
	assert_int_equal(test.n_hits, 0);
}

static void a_victim_that_began_at_another_time_is_none(void **state)
{
	struct victim victim;

	(void)state;
	begin_victim(&victim);
	victim.start_ns -= NS_PER_SEC;
	tell_victim(&victim);
	get_signal(victim.tgid);
	hands_settle(&test.hands);
	assert_int_equal(test.n_hits, 0);
}

/* Its signal may come to us after the report that it had the page. */
static void a_victim_that_is_gone_already_is_one_for_what_was(void **state)
{
	struct victim victim;

	(void)state;
	begin_victim(&victim);
	end_victim();
	tell_victim(&victim);
	get_signal(victim.tgid); /* after it was found to be gone */
	hands_settle(&test.hands);
	assert_int_equal(test.n_hits, 0);
	begin_victim(&victim);
	get_signal(victim.tgid);
	end_victim();
	tell_victim(&victim);
	assert_int_equal(test.hands.pending[0].used, 1);
	assert_int_equal(test.hands.pending[0].hit.evidence, EVIDENCE_PAGEMAP);
}

static size_t n_watched(void)
{
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(test.hands.victims); i++)
		n += test.hands.victims[i].lives;
	return n;
}

static void a_process_with_many_pages_is_watched_once(void **state)
{
	struct victim victim;

	(void)state;
	begin_victim(&victim);
	for (int i = 0; i < 2 * HANDS_VICTIMS_MAX; i++) {
		victim.pfn++;
		tell_victim(&victim);
	}
	assert_int_equal(n_watched(), 1);
	end_victim();
	hands_settle(&test.hands);
	assert_int_equal(n_watched(), 0);
}

/* --- units --- */

static const struct db_hit unknown = { .event = EVENT, .pid = 501, .tgid = 500 };

static uint64_t ask(const struct db_hit *hit)
{
	struct act_order order = { 0 };

	hands_want_unit(&test.hands, hit, 1234);
	assert_true(hands_next_unit(&test.hands, &order, clock_now_ns(CLOCK_BOOTTIME)));
	assert_false(hands_next_unit(&test.hands, &order, 0));
	assert_int_equal(order.kind, ORDER_FIND_UNIT);
	assert_int_equal(order.event_boottime_ns, 1234);
	assert_int_equal(order.tid, hit->tgid ? hit->tgid : hit->pid);
	return order.token;
}

static void answer(uint64_t token, int32_t tid, int error, const char *unit,
		   int delegated)
{
	test.n_hits = 0;
	test.report = (struct act_report){ .kind = ORDER_FIND_UNIT,
					   .token = token,
					   .tid = tid,
					   .error = error,
					   .delegated = delegated };
	copy_text(test.report.unit, sizeof(test.report.unit), unit);
	hands_take_report(&test.hands, &test.report);
	assert_int_equal(test.n_hits, 1);
	assert_string_equal(test.hits[0].unit, unit);
}

static void a_process_is_asked_for_and_kept(void **state)
{
	const struct db_hit thread = { .event = EVENT, .pid = 501 };

	(void)state;
	answer(ask(&unknown), 500, -ENOENT, "", 0);
	assert_int_equal(test.hits[0].tgid, 500);
	assert_int_equal(test.hits[0].is_unit, 0);
	answer(ask(&unknown), 7, 0, "web.service", 0);
	assert_int_equal(test.hits[0].tgid, 500);
	answer(ask(&thread), 501, 0, "web.service", 0);
	assert_int_equal(test.hits[0].tgid, 501);
	assert_int_equal(test.hits[0].is_unit, 1);
	assert_string_equal(test.hits[0].why, "");
	answer(ask(&thread), 501, -ENOENT, "", 0);
	assert_int_equal(test.hits[0].tgid, 0);
	answer(ask(&unknown), 500, 0, "web.service", 1);
	assert_int_equal(test.hits[0].is_unit, 0);
}

static void why_there_is_no_unit_is_said(void **state)
{
	(void)state;
	answer(ask(&unknown), 500, -ENOENT, "", 0);
	assert_non_null(strstr(test.hits[0].why, "no failed unit's main one"));
	answer(ask(&unknown), 500, -ETIMEDOUT, "", 0);
	assert_non_null(strstr(test.hits[0].why, "systemd could not be asked"));
}

/* Settles as if it had been queued and asked so long ago; seconds, -1: never. */
static const char *give_up(int64_t queued, int64_t asked)
{
	int64_t now = clock_now_ns(CLOCK_BOOTTIME);
	struct pending_hit *pending = &test.hands.pending[0];

	*pending = (struct pending_hit){ .used = true,
					 .asked = asked >= 0,
					 .queued_ns = now - queued * NS_PER_SEC,
					 .hit = unknown };
	if (asked >= 0)
		pending->asked_ns = now - asked * NS_PER_SEC;
	test.n_hits = 0;
	hands_settle(&test.hands);
	assert_int_equal(test.n_hits, pending->used ? 0 : 1);
	return test.n_hits ? test.hits[0].why : NULL;
}

/* The act process may be at a page that takes its time. */
static void looking_for_a_unit_has_its_time(void **state)
{
	(void)state;
	assert_null(give_up(0, -1));
	assert_null(give_up(20, -1));
	assert_non_null(strstr(give_up(61, -1), "systemd was not asked"));
	assert_null(give_up(1000, 0));
	assert_non_null(strstr(give_up(1000, 11), "systemd did not answer"));
	assert_non_null(strstr(give_up(11, 11), "systemd did not answer"));
}

/* --- the end of the act process --- */

static void give(const struct act_order *order)
{
	struct act_order taken;
	int fds[2];

	close_fd(test.fd);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), 0);
	test.hands.child.fd = fds[0];
	test.hands.child.pid = 1;
	test.fd = fds[1];
	assert_int_equal(act_child_give(&test.hands.child, order, 1), 0);
	assert_int_equal(recv(test.fd, &taken, sizeof(taken), 0), sizeof(taken));
}

/* What was sent before is heard in one go with the end. */
static void end_act_process(void)
{
	close(test.fd);
	test.fd = -1;
	assert_int_equal(hands_hear(&test.hands), -EPIPE);
}

static void send_report(int32_t kind, uint32_t more)
{
	test.report = (struct act_report){ .kind = kind,
					   .id = ACT,
					   .more = more,
					   .effect = { .outcome = OUTCOME_PENDING } };
	assert_int_equal(send(test.fd, &test.report, sizeof(test.report), 0),
			 sizeof(test.report));
}

static void what_was_reported_is_not_what_it_died_over(void **state)
{
	struct act_order order = { .kind = ORDER_ACT, .act = { .id = ACT } };
	struct policy_act *act = &test.hands.state->acts[0];

	(void)state;
	test.hands.rules.policy.service = (struct service_rule){
		.mode = MODE_ACT, .patterns = { "web.service" }, .n_patterns = 1
	};
	*act = (struct policy_act){ .id = ACT,
				    .given_ns = 1,
				    .until_ns = INT64_MAX,
				    .kind = ACT_RESTART,
				    .unit = "web.service" };
	give(&order);
	send_report(ORDER_ACT, 0);
	end_act_process();
	assert_int_equal(act->id, ACT); /* it waits for its unit's death */
	assert_int_equal(act->deaths, 0);
	act->given_ns = 1;
	give(&order);
	end_act_process();
	assert_int_equal(act->deaths, 1);
	assert_int_equal(act->given_ns, 0);
}

static void a_search_that_was_half_told_is_made_again(void **state)
{
	struct act_order order = { .kind = ORDER_FIND_VICTIMS,
				   .n_pfns = 1,
				   .pfns = { PFN } };

	(void)state;
	give(&order);
	send_report(ORDER_FIND_VICTIMS, 0);
	end_act_process();
	assert_int_equal(test.hands.n_victims_wanted, 0);
	give(&order);
	send_report(ORDER_FIND_VICTIMS, 1);
	end_act_process();
	assert_int_equal(test.hands.n_victims_wanted, 1);
	assert_int_equal(test.hands.victims_wanted[0], PFN);
}

static void a_unit_is_asked_for_again_once(void **state)
{
	struct act_order order = { 0 };

	(void)state;
	hands_want_unit(&test.hands, &unknown, 1234);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(test.n_hits, 0);
		assert_true(hands_next_unit(&test.hands, &order,
					    clock_now_ns(CLOCK_BOOTTIME)));
		give(&order);
		end_act_process();
	}
	assert_false(hands_next_unit(&test.hands, &order, 0));
	assert_int_equal(test.n_hits, 1);
	assert_non_null(strstr(test.hits[0].why, "systemd could not be asked"));
}

/* --- what was kept over a reboot --- */

static size_t pages_known(void)
{
	size_t n = 0;

	for (size_t i = 0; i < POLICY_PAGES_MAX; i++)
		n += test.hands.state->pages[i].used;
	return n;
}

static void see_corrected(enum event_source source, unsigned int flags)
{
	static const struct event_type type = { .name = "of no handler" };
	struct event event;

	event_init(&event, &type);
	event.id = EVENT;
	event.severity = SEVERITY_CORRECTED;
	event.component = COMPONENT_MEMORY;
	event.source = source;
	event.flags = flags;
	event_set_address(&event, ADDRESS_PHYSICAL, PFN * 4096);
	hands_see_event(&test.hands, &event, 0);
}

static void another_boots_errors_move_no_policy(void **state)
{
	(void)state;
	policy_init(test.hands.state);
	test.hands.rules.policy.page =
		(struct page_rule){ .corrected = 10, .window_ns = NS_PER_SEC };
	see_corrected(SOURCE_TRACE, EVENT_PREVIOUS_BOOT);
	see_corrected(SOURCE_BERT, 0);
	see_corrected(SOURCE_ERST, 0);
	see_corrected(SOURCE_PSTORE, 0);
	assert_int_equal(pages_known(), 0);
	see_corrected(SOURCE_TRACE, 0);
	assert_int_equal(pages_known(), 1);
	assert_int_equal(
		test.hands.tally->events[handlers_table.n_handlers][SEVERITY_CORRECTED],
		5);
}

#define A_TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		A_TEST(a_victim_that_dies_of_it_is_known),
		A_TEST(whoever_has_its_number_later_is_somebody_else),
		A_TEST(a_victim_that_began_at_another_time_is_none),
		A_TEST(a_victim_that_is_gone_already_is_one_for_what_was),
		A_TEST(a_process_with_many_pages_is_watched_once),
		A_TEST(a_process_is_asked_for_and_kept),
		A_TEST(why_there_is_no_unit_is_said),
		A_TEST(looking_for_a_unit_has_its_time),
		A_TEST(what_was_reported_is_not_what_it_died_over),
		A_TEST(a_search_that_was_half_told_is_made_again),
		A_TEST(a_unit_is_asked_for_again_once),
		A_TEST(another_boots_errors_move_no_policy),
	};

	return cmocka_run_group_tests_name("hands", tests, NULL, NULL);
}
