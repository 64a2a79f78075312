// SPDX-License-Identifier: LGPL-2.1-or-later

/* Units, as a fake systemd has them (unit/act_fixture.h), and all the ways it can fail.
 */

#include "unit/check.h"

#include "unit/act_fixture.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "util/clock.h"

#define ID   "00112233445566778899aabbccddeeff"
#define UNIT "web.service"
#define PID  4242

struct unit_test {
	struct fake_tree tree;
	struct fake_systemd *systemd;
	struct fake_unit *unit;
	struct actuator actuator;
	struct act_effect effect;
	char address[128];
	pid_t pid;
};

static struct unit_test test;

/* Times are for what must not come; what does come is not measured. */
static int set_up(void **state)
{
	memset(&test, 0, sizeof(test));
	fake_tree_make(&test.tree);
	fake_no_bus(&test.tree);
	test.systemd = fake_systemd_new();
	test.unit = fake_unit_add(test.systemd, UNIT, PID, ID);
	test.pid = fake_systemd_run(test.systemd, &test.tree, "systemd", test.address,
				    sizeof(test.address));
	test.actuator = (struct actuator){ .systemd_address = test.address,
					   .start_usec = 300000 };
	*state = &test;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	actuator_close(&test.actuator);
	if (test.pid)
		fake_systemd_end(test.pid);
	fake_systemd_free(test.systemd);
	fake_tree_remove(&test.tree);
	return 0;
}

static int look(struct unit_look *ret)
{
	return unit_look(&test.actuator, UNIT, ret);
}

static void start(void)
{
	memset(&test.effect, 0xa5, sizeof(test.effect));
	actuator_real.start(&test.actuator, UNIT, &test.effect);
	assert_non_null(memchr(test.effect.note, '\0', sizeof(test.effect.note)));
}

static void expect(enum act_outcome outcome, int error, bool verified, const char *note)
{
	assert_int_equal(test.effect.outcome, outcome);
	assert_int_equal(test.effect.error, error);
	assert_int_equal(test.effect.verified, verified);
	if (!strstr(test.effect.note, note))
		assert_string_equal(test.effect.note, note);
}

/* --- looking --- */

static void all_that_is_asked_comes(void **state)
{
	struct unit_look *is = &test.unit->look, seen;

	(void)state;
	is->main_pid = 5;
	is->job = 9;
	assert_int_equal(look(&seen), 0);
	assert_memory_equal(&seen, is, sizeof(seen));
	assert_int_equal(test.systemd->gets, 1);
	assert_int_equal(test.systemd->loads, 0);
}

static void a_state_that_is_too_long_is_cut(void **state)
{
	struct unit_look seen;
	const char *word = "failed-in-a-way-that-nobody-foresaw";

	(void)state;
	memcpy(test.unit->look.active_state, word, 23);
	assert_int_equal(look(&seen), 0);
	assert_memory_equal(seen.active_state, word, 23);
	assert_int_equal(seen.active_state[23], 0);
}

static void a_unit_that_is_not_in_memory_is_loaded(void **state)
{
	struct unit_look seen;

	(void)state;
	test.unit->unloaded = true;
	assert_int_equal(look(&seen), 0);
	assert_string_equal(seen.load_state, "loaded");
	assert_int_equal(test.systemd->loads, 1);
	assert_int_equal(unit_look(&test.actuator, "no.service", &seen), 0);
	assert_string_equal(seen.load_state, "not-found");
	assert_string_equal(seen.invocation, "");
	assert_int_equal(test.systemd->connections, 1);
}

static void a_unit_that_never_ran_has_no_invocation(void **state)
{
	struct unit_look seen;

	(void)state;
	strcpy(test.unit->look.invocation, "00000000000000000000000000000000");
	assert_int_equal(look(&seen), 0);
	assert_string_equal(seen.invocation, "");
}

static void names_that_are_none_are_said(void **state)
{
	struct unit_look seen;

	(void)state;
	assert_int_equal(unit_look(&test.actuator, "", &seen), -EINVAL);
	assert_int_equal(unit_look(&test.actuator, "nonsense", &seen), -EINVAL);
	assert_int_equal(unit_look(&test.actuator, "\xff\xfe.service", &seen), -EINVAL);
	assert_int_equal(look(&seen), 0);
}

static void what_lacks_something_is_no_look(void **state)
{
	struct unit_look seen, before;

	(void)state;
	memset(&before, 0x5a, sizeof(before));
	seen = before;
	for (int i = 0; i < FAKE_PROPERTIES; i++) {
		test.systemd->missing = i;
		assert_int_equal(look(&seen), -EBADMSG);
		test.systemd->missing = -1;
		test.systemd->mistyped = i;
		assert_int_equal(look(&seen), -EBADMSG);
		assert_null(test.actuator.bus);
		test.systemd->mistyped = -1;
	}
	test.systemd->id_bytes = 5;
	assert_int_equal(look(&seen), -EBADMSG);
	test.systemd->id_bytes = 32;
	assert_int_equal(look(&seen), -EBADMSG);
	test.systemd->id_bytes = 16;
	test.unit->look.main_pid = -1;
	assert_int_equal(look(&seen), -EBADMSG);
	assert_memory_equal(&seen, &before, sizeof(seen));
	test.unit->look.main_pid = 0;
	assert_int_equal(look(&seen), 0);
}

static void no_answer_is_not_waited_for(void **state)
{
	struct unit_look seen;

	(void)state;
	test.actuator.call_usec = 50000;
	test.systemd->manner = MANNER_SILENT;
	assert_int_equal(look(&seen), -ETIMEDOUT);
	assert_null(test.actuator.bus);
	test.actuator.call_usec = 0;
	test.systemd->manner = MANNER_PLAIN;
	assert_int_equal(look(&seen), 0);
	assert_int_equal(test.systemd->connections, 2);
}

static void a_connection_that_ends_is_opened_anew(void **state)
{
	struct unit_look seen;

	(void)state;
	test.systemd->manner = MANNER_HANGS_UP;
	assert_true(look(&seen) < 0);
	assert_null(test.actuator.bus);
	test.systemd->manner = MANNER_PLAIN;
	assert_int_equal(look(&seen), 0);
}

static void a_unit_that_vanishes_is_no_unit(void **state)
{
	struct unit_look seen;

	(void)state;
	test.systemd->manner = MANNER_VANISHED;
	assert_int_equal(look(&seen), -ENOENT);
	assert_non_null(test.actuator.bus); /* that was an answer */
}

static void no_systemd_is_said(void **state)
{
	struct unit_look seen;

	(void)state;
	fake_systemd_end(test.pid);
	test.pid = 0;
	assert_int_equal(look(&seen), -ECONNREFUSED);
	test.actuator.systemd_address = "unix:path=/nonexistent/systemd";
	assert_int_equal(look(&seen), -ENOENT);
	assert_null(test.actuator.bus);
	start();
	expect(OUTCOME_FAILED, ENOENT, false, "cannot ask systemd");
	assert_true(test.effect.untried);
}

static void a_bus_that_says_nothing_is_none(void **state)
{
	struct unit_look seen;
	int fd = fake_mute_bus(&test.tree);

	(void)state;
	test.actuator.call_usec = 1000000;
	assert_int_equal(look(&seen), 0);
	assert_string_equal(seen.invocation, ID);
	close(fd);
}

static void the_bus_is_asked_first(void **state)
{
	struct unit_look seen;

	(void)state;
	fake_bus(&test.tree, "systemd");
	test.actuator.systemd_address = "unix:path=/nonexistent/systemd";
	assert_int_equal(look(&seen), 0);
	assert_string_equal(seen.invocation, ID);
	assert_int_equal(test.systemd->connections, 1);
}

static void a_bus_without_systemd_is_none(void **state)
{
	struct fake_systemd *bus = fake_systemd_new();
	struct unit_look seen;
	char address[128];
	pid_t pid;

	(void)state;
	bus->manner = MANNER_LONELY_BUS;
	pid = fake_systemd_run(bus, &test.tree, "lonely", address, sizeof(address));
	fake_bus(&test.tree, "lonely");
	assert_int_equal(look(&seen), 0);
	assert_string_equal(seen.invocation, ID);
	assert_int_equal(bus->connections, 1);
	fake_systemd_end(pid);
	fake_systemd_free(bus);
}

/* --- starting --- */

static void what_a_start_comes_to(void **state)
{
	static const struct {
		enum fake_start start;
		enum act_outcome outcome;
		int error;
		bool verified;
		const char *note;
	} cases[] = {
		{ START_RUNS, OUTCOME_DONE, 0, true, "it runs again" },
		{ START_ENDS, OUTCOME_DONE, 0, true, "" },
		{ START_FAILS, OUTCOME_FAILED, 0, false, "failed (exit-code)" },
		{ START_NOTHING, OUTCOME_FAILED, 0, false, "as before" },
		{ START_IS_LONG, OUTCOME_DONE, 0, true, "still starting" },
		{ START_IS_STUCK, OUTCOME_DONE, 0, false, "has not finished it" },
		{ START_IS_REFUSED, OUTCOME_FAILED, EACCES, false, "forbidden." },
		{ START_UNANSWERED, OUTCOME_DONE, 0, true, "it runs again" },
		{ START_LOST, OUTCOME_FAILED, ETIMEDOUT, false, "no answer" },
	};
	struct unit_look dead = test.unit->look;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		bool answered = cases[i].start != START_UNANSWERED &&
				cases[i].start != START_LOST;

		actuator_close(&test.actuator); /* its time is the connection's */
		test.actuator.call_usec = answered ? 0 : 1000000;
		test.unit->look = dead;
		test.systemd->start = cases[i].start;
		start();
		expect(cases[i].outcome, cases[i].error, cases[i].verified,
		       cases[i].note);
		assert_false(test.effect.untried);
		assert_null(strchr(test.effect.note, '\n'));
		assert_int_equal(test.systemd->starts, i + 1);
	}
	assert_string_equal(test.systemd->started, UNIT);
	assert_string_equal(test.systemd->start_mode, "fail");
}

static void what_runs_is_not_started(void **state)
{
	static const char *const states[] = { "active", "activating", "reloading" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
		strcpy(test.unit->look.active_state, states[i]);
		start();
		expect(OUTCOME_ALREADY, 0, true, states[i]);
	}
	assert_int_equal(test.systemd->starts, 0);
}

static void a_dry_run_starts_nothing(void **state)
{
	(void)state;
	actuator_null.start(&test.actuator, UNIT, &test.effect);
	expect(OUTCOME_DRY_RUN, 0, false, "would have been started again");
	assert_int_equal(test.systemd->connections, 0);
}

/* --- whose main process --- */

static int find(int32_t pid, char unit[static POLICY_UNIT_BYTES],
		char invocation[static POLICY_INVOCATION_BYTES])
{
	bool delegated;

	return unit_of_main_pid(&test.actuator, pid, 0, unit, invocation, &delegated);
}

static void the_unit_of_a_main_process_is_found(void **state)
{
	char unit[POLICY_UNIT_BYTES] = "-", invocation[POLICY_INVOCATION_BYTES] = "-";

	(void)state;
	assert_int_equal(find(PID + 1, unit, invocation), -ENOENT);
	assert_int_equal(find(0, unit, invocation), -EINVAL);
	assert_string_equal(unit, "-");
	assert_string_equal(invocation, "-");
	assert_int_equal(find(PID, unit, invocation), 0);
	assert_string_equal(unit, UNIT);
	assert_string_equal(invocation, ID);
}

static void of_units_with_one_number_the_last_is_meant(void **state)
{
	char unit[POLICY_UNIT_BYTES], invocation[POLICY_INVOCATION_BYTES];
	static const char other[] = "ffeeddccbbaa99887766554433221100";

	(void)state;
	fake_unit_add(test.systemd, "later.service", PID, other)->look.main_exit_usec =
		9000000;
	fake_unit_add(test.systemd, "early.service", PID, ID)->look.main_exit_usec = 5;
	fake_unit_add(test.systemd, "some.socket", PID, ID)->look.main_exit_usec =
		10000000;
	assert_int_equal(find(PID, unit, invocation), 0);
	assert_string_equal(unit, "later.service");
	assert_string_equal(invocation, other);
}

/* The fake's units ended at 7 s of monotonic time; whatever is below is of this boot. */
static void one_that_ended_before_is_somebody_elses(void **state)
{
	int64_t slept = clock_now_ns(CLOCK_BOOTTIME) - clock_now_ns(CLOCK_MONOTONIC);
	char unit[POLICY_UNIT_BYTES], invocation[POLICY_INVOCATION_BYTES];
	bool delegated = true;
	static const struct {
		int64_t event_ns; /* monotonic */
		int32_t main_pid;
		int expected;
	} cases[] = { { 6 * NS_PER_SEC, 0, 0 },	      { 7900 * NS_PER_MSEC, 0, 0 },
		      { 9 * NS_PER_SEC, 0, -ENOENT }, { 9 * NS_PER_SEC, PID, 0 },
		      { INT64_MAX / 2, 0, -ENOENT },  { INT64_MIN / 2, 0, 0 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		test.unit->look.main_pid = cases[i].main_pid;
		assert_int_equal(unit_of_main_pid(&test.actuator, PID,
						  cases[i].event_ns + slept, unit,
						  invocation, &delegated),
				 cases[i].expected);
	}
	test.unit->look.main_exit_usec = 0; /* it lives */
	assert_int_equal(unit_of_main_pid(&test.actuator, PID, INT64_MAX / 2, unit,
					  invocation, &delegated),
			 0);
	assert_false(delegated);
	test.unit->look.delegated = 1;
	assert_int_equal(find(PID, unit, invocation), 0);
	assert_int_equal(
		unit_of_main_pid(&test.actuator, PID, 0, unit, invocation, &delegated),
		0);
	assert_true(delegated);
}

static void more_units_than_anybody_looks_at_are_said(void **state)
{
	char unit[POLICY_UNIT_BYTES], invocation[POLICY_INVOCATION_BYTES];
	char name[64];

	(void)state;
	for (int i = 1; i < 256; i++) {
		snprintf(name, sizeof(name), "u%d.service", i);
		fake_unit_add(test.systemd, name, PID + i, ID);
	}
	assert_int_equal(find(1, unit, invocation), -ENOENT);
	assert_int_equal(find(PID + 255, unit, invocation), 0);
	fake_unit_add(test.systemd, "more.service", PID + 256, ID);
	assert_int_equal(find(PID + 256, unit, invocation), -E2BIG);
	assert_int_equal(find(PID + 255, unit, invocation), 0);
}

static void a_search_survives_a_systemd_in_trouble(void **state)
{
	char unit[POLICY_UNIT_BYTES], invocation[POLICY_INVOCATION_BYTES];

	(void)state;
	test.systemd->manner = MANNER_VANISHED;
	assert_int_equal(find(PID, unit, invocation), -ENOENT);
	test.systemd->manner = MANNER_ODD_LIST;
	assert_int_equal(find(PID, unit, invocation), -EBADMSG);
	test.systemd->manner = MANNER_HANGS_UP;
	assert_true(find(PID, unit, invocation) < 0);
	test.systemd->manner = MANNER_SILENT;
	actuator_close(&test.actuator);
	test.actuator.call_usec = 50000;
	assert_int_equal(find(PID, unit, invocation), -ETIMEDOUT);
	test.systemd->manner = MANNER_PLAIN;
	test.actuator.call_usec = 0;
	test.systemd->missing = 2;
	assert_int_equal(find(PID, unit, invocation), -EBADMSG);
	test.systemd->missing = -1;
	assert_int_equal(find(PID, unit, invocation), 0);
}

#define A_TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		A_TEST(all_that_is_asked_comes),
		A_TEST(a_state_that_is_too_long_is_cut),
		A_TEST(a_unit_that_is_not_in_memory_is_loaded),
		A_TEST(a_unit_that_never_ran_has_no_invocation),
		A_TEST(names_that_are_none_are_said),
		A_TEST(what_lacks_something_is_no_look),
		A_TEST(no_answer_is_not_waited_for),
		A_TEST(a_connection_that_ends_is_opened_anew),
		A_TEST(a_unit_that_vanishes_is_no_unit),
		A_TEST(no_systemd_is_said),
		A_TEST(a_bus_that_says_nothing_is_none),
		A_TEST(the_bus_is_asked_first),
		A_TEST(a_bus_without_systemd_is_none),
		A_TEST(what_a_start_comes_to),
		A_TEST(what_runs_is_not_started),
		A_TEST(a_dry_run_starts_nothing),
		A_TEST(the_unit_of_a_main_process_is_found),
		A_TEST(of_units_with_one_number_the_last_is_meant),
		A_TEST(one_that_ended_before_is_somebody_elses),
		A_TEST(more_units_than_anybody_looks_at_are_said),
		A_TEST(a_search_survives_a_systemd_in_trouble),
	};

	return cmocka_run_group_tests_name("act_unit", tests, NULL, NULL);
}
