// SPDX-License-Identifier: LGPL-2.1-or-later

/* Units that poison hit, on virtual time. */

#include "unit/policy_fixture.h"

/* --- names --- */

static void patterns_match_whole_names(void **state)
{
	static const struct service_rule rule = {
		.patterns = { "nginx.service", "app-*.service", "a\\x2db.service",
			      "[xy].service" },
		.n_patterns = 4
	};
	(void)state;

	assert_true(policy_matches(&rule, "nginx.service"));
	assert_true(policy_matches(&rule, "app-1.service"));
	assert_true(policy_matches(&rule, "a\\x2db.service")); /* as systemd writes it */
	assert_true(policy_matches(&rule, "y.service"));
	assert_false(policy_matches(&rule, "nginx.service.service"));
	assert_false(policy_matches(&rule, "xnginx.service"));
	assert_false(policy_matches(&rule, "nginx_service"));
	assert_false(policy_matches(&rule, "a-b.service"));
	assert_false(policy_matches(&rule, ""));
	assert_false(policy_matches(&(struct service_rule){ .n_patterns = 0 },
				    "nginx.service"));
}

static void some_units_nobody_restarts(void **state)
{
	static const char *const denied[] = { "init.scope",
					      "dbus.service",
					      "dbus-broker.service",
					      "systemd-journald.service",
					      "systemd-logind.service",
					      "systemd-fsck@dev-sda1.service",
					      "rasd.service",
					      "rasdaemon.service",
					      "user@0.service",
					      "user-runtime-dir@1000.service",
					      "getty@tty1.service",
					      "serial-getty@ttyAMA0.service",
					      "console-getty.service",
					      "emergency.service",
					      "rescue.service",
					      "initrd-cleanup.service",
					      "plymouth-start.service",
					      "session-3.scope",
					      "system.slice",
					      "docker.socket",
					      "nginx",
					      ".service",
					      "" };
	static const char *const allowed[] = { "nginx.service",	  "rasd-test.service",
					       "getty.service",	  "user.service",
					       "my-dbus.service", "a.scope.service" };
	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(denied); i++)
		if (!policy_denies(denied[i]) || !*policy_denies(denied[i]))
			fail_msg("%s is not denied", denied[i]);
	for (size_t i = 0; i < ARRAY_SIZE(allowed); i++)
		if (policy_denies(allowed[i]))
			fail_msg("%s is denied", allowed[i]);
}

static void a_pattern_that_names_one_of_them_is_found_out(void **state)
{
	static const char *const bad[] = { "*",
					   "*.service",
					   "d*",
					   "*.scope",
					   "systemd-*",
					   "rasd*",
					   "user@1234.service",
					   "getty@tty9.service",
					   "my.socket",
					   "nginx",
					   "?asd.service",
					   "*.timer" };
	static const char *const good[] = { "nginx.service", "app-*.service", "nginx.*",
					    "[xy]*.service", "postgresql@*.service" };
	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		const char *example = policy_denied_example(bad[i]);

		if (!example)
			fail_msg("%s matches nothing that is denied", bad[i]);
		assert_non_null(policy_denies(example));
		assert_true(policy_matches(
			&(struct service_rule){ .patterns = { bad[i] }, .n_patterns = 1 },
			example));
	}
	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		if (policy_denied_example(good[i]))
			fail_msg("%s matches %s", good[i],
				 policy_denied_example(good[i]));
}

/* --- hits --- */

static void a_confirmed_hit_queues_a_look(void **state)
{
	struct scene *scene = *state;
	struct policy_act *act;

	for (int evidence = EVIDENCE_NONE; evidence < EVIDENCE_MAX; evidence++) {
		struct unit_hit unit_hit = nginx_hit(scene, MAIN);

		policy_init(scene->state);
		unit_hit.evidence = (enum evidence)evidence;
		assert_int_equal(hit(scene, unit_hit),
				 evidence == EVIDENCE_NONE ? -1 : OUTCOME_PENDING);
	}
	assert_string_equal(scene->last.unit, "nginx.service");
	assert_string_equal(scene->last.invocation, INVOCATION);
	assert_int_equal(scene->last.rule, RULE_SERVICE);
	assert_int_equal(scene->last.kind, ACT_RESTART);
	assert_int_equal(scene->last.event, 7);
	assert_int_equal(scene->last.asked_ns, scene->now);
	act = policy_next(scene->state, scene->now);
	assert_int_equal(act->id, scene->last.id);
	assert_string_equal(act->unit, "nginx.service");
	assert_string_equal(act->invocation, INVOCATION);
	assert_int_equal(act->n_tgids, 1);
	assert_int_equal(act->tgids[0], MAIN);
	assert_int_equal(act->until_ns, scene->now + 30 * SEC);
	assert_false(act->dry_run);
}

static void evidence_that_nobody_knows_is_none(void **state)
{
	struct scene *scene = *state;
	struct unit_hit unit_hit = nginx_hit(scene, MAIN);

	unit_hit.evidence = EVIDENCE_MAX;
	assert_int_equal(hit(scene, unit_hit), -1);
}

/* A hit that differs from a good one in one thing. */
static void leave(struct scene *scene, struct unit_hit unit_hit, const char *note)
{
	policy_init(scene->state);
	assert_int_equal(hit(scene, unit_hit), note ? OUTCOME_LEFT_ALONE : -1);
	if (note) {
		/* of a user's unit the row has what the system calls it, if anything */
		assert_memory_equal(scene->last.unit,
				    unit_hit.unit ? unit_hit.unit : unit_hit.user_unit,
				    10);
		assert_note(scene, note);
	}
	assert_null(policy_next(scene->state, INT64_MAX));
	/* nor is it said twice */
	assert_int_equal(hit(scene, unit_hit), -1);
}

static void what_is_none_of_ours_is_left_alone(void **state)
{
	struct scene *scene = *state;
	struct unit_hit good = nginx_hit(scene, MAIN), h;
	char name[400];

	h = good, h.unit = "apache.service";
	leave(scene, h, NULL);
	h = good, h.unit = NULL;
	leave(scene, h, NULL);
	h = good, h.unit = "user@1000.service", h.user_unit = "nginx.service";
	leave(scene, h, "nginx.service: a user's unit");
	h = good, h.unit = NULL, h.user_unit = "nginx.service";
	leave(scene, h, "a user's unit");
	h = good, h.user_unit = "evil\n\033[2J.service";
	leave(scene, h, "evil\\x0a\\x1b[2J.service: a user's unit");
	h = good, h.unit = "user@1000.service", h.user_unit = "other.service";
	leave(scene, h, NULL);
	h = good, h.is_unit = false;
	leave(scene, h, "below the unit, in a group of its own");
	h = good, h.invocation = NULL;
	leave(scene, h, "invocation is not known");
	h = good, h.invocation = "0123";
	leave(scene, h, "invocation is not known");
	h = good, h.invocation = INVOCATION "0";
	leave(scene, h, "invocation is not known");
	h = good, h.invocation = "0123456789abcdef0123456789abcdeg";
	leave(scene, h, "invocation is not known");
	h = good, h.tgid = 0;
	leave(scene, h, "the process is not known");
	h = good, h.time_ns = scene->now - 61 * SEC;
	leave(scene, h, "it was hit 61 s ago, before rasd looked");
	memset(name, 'x', sizeof(name));
	memcpy(name, "app-", 4);
	strcpy(name + 300, ".service");
	h = good, h.unit = name;
	leave(scene, h, "longer than");
	h = good, h.time_ns = scene->now - 60 * SEC;
	assert_int_equal(hit(scene, h), OUTCOME_PENDING);
}

static void denied_units_are_left_alone_whatever_the_patterns(void **state)
{
	struct scene *scene = *state;
	struct unit_hit unit_hit = nginx_hit(scene, MAIN);

	scene->rules.service.patterns[0] = "*";
	unit_hit.unit = "dbus.service";
	leave(scene, unit_hit, "bus");
	unit_hit.unit = "rasd.service";
	leave(scene, unit_hit, "rasd itself");
	unit_hit.unit = "session-1.scope";
	leave(scene, unit_hit, "no service");
}

static void accounting_is_said_once_of_an_invocation(void **state)
{
	struct scene *scene = *state;
	struct unit_hit again;

	scene->rules.service.mode = MODE_ACCOUNT;
	scene->rules.service.per_unit_hour = 0;
	assert_int_equal(hit(scene, nginx_hit(scene, WORKER)), OUTCOME_ACCOUNTED);
	assert_note(scene, "would be started again");
	assert_note(scene, "0 restarts of this unit an hour are used up");
	assert_int_equal(hit(scene, nginx_hit(scene, MAIN)), -1);
	scene->now += HOUR - 1;
	assert_int_equal(hit(scene, nginx_hit(scene, MAIN)), -1);
	again = nginx_hit(scene, MAIN);
	again.invocation = ANOTHER;
	assert_int_equal(hit(scene, again), OUTCOME_ACCOUNTED);
	scene->now++;
	assert_int_equal(hit(scene, nginx_hit(scene, MAIN)), OUTCOME_ACCOUNTED);
	assert_null(policy_next(scene->state, INT64_MAX));
}

static void a_dry_run_looks_and_uses_up_nothing(void **state)
{
	struct scene *scene = *state;

	scene->rules.service.mode = MODE_DRY_RUN;
	scene->rules.service.per_hour = 1;
	assert_int_equal(hit(scene, nginx_hit(scene, MAIN)), OUTCOME_PENDING);
	assert_true(policy_next(scene->state, scene->now)->dry_run);
	assert_int_equal(report(scene, (struct act_result){ .id = give(scene)->id,
							    .outcome = OUTCOME_DRY_RUN,
							    .note = "started again" }),
			 OUTCOME_DRY_RUN);
	assert_string_equal(scene->last.note, "started again");
	assert_int_equal(hit(scene, nginx_hit(scene, WORKER)), -1);
	/* where a budget is used up it says so */
	policy_remember_act(scene->state, ACT_RESTART, "other.service", scene->now);
	scene->now += 2 * MINUTE;
	struct unit_hit another = nginx_hit(scene, MAIN);
	another.invocation = ANOTHER;
	assert_int_equal(hit(scene, another), OUTCOME_PENDING);
	assert_int_equal(end_next(scene, OUTCOME_DRY_RUN, 0), OUTCOME_DRY_RUN);
	assert_note(scene,
		    "a budget would have refused it: 1 restart an hour is used up");
}

/* --- once an invocation --- */

static void an_invocation_is_started_again_once(void **state)
{
	static const struct act_result ends[] = { { .outcome = OUTCOME_DONE },
						  { .outcome = OUTCOME_UNKNOWN },
						  { .outcome = OUTCOME_FAILED } };
	struct scene *scene = *state;

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		struct act_result end = ends[i];
		struct unit_hit another;

		policy_init(scene->state);
		assert_int_equal(hit(scene, nginx_hit(scene, MAIN)), OUTCOME_PENDING);
		assert_int_equal(hit(scene, nginx_hit(scene, MAIN)), -1);
		end.id = give(scene)->id;
		assert_int_equal(hit(scene, nginx_hit(scene, MAIN)), -1);
		assert_int_equal(report(scene, end), end.outcome);
		assert_int_equal(report(scene, end), -1); /* told twice */
		assert_int_equal(hit(scene, nginx_hit(scene, MAIN)), -1);
		assert_int_equal(hit(scene, nginx_hit(scene, WORKER)), -1);
		another = nginx_hit(scene, 2000);
		another.invocation = ANOTHER;
		assert_int_equal(hit(scene, another), OUTCOME_PENDING);
	}
}

static void main_process_and_worker_in_either_order(void **state)
{
	struct scene *scene = *state;

	for (int first = 0; first < 2; first++) {
		struct unit_look look = dead_look();
		struct policy_act *act;
		const char *why;

		policy_init(scene->state);
		assert_int_equal(hit(scene, nginx_hit(scene, first ? MAIN : WORKER)),
				 OUTCOME_PENDING);
		scene->now += 10 * SEC;
		assert_int_equal(hit(scene, nginx_hit(scene, first ? WORKER : MAIN)), -1);
		act = policy_next(scene->state, scene->now);
		assert_int_equal(act->n_tgids, 2);
		assert_int_equal(policy_judge(&look, act, &why), SERVICE_START);
		assert_int_equal(act->until_ns, scene->now + 30 * SEC);
	}
}

static void a_worker_judged_before_its_main_process_is_hit(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(hit(scene, nginx_hit(scene, WORKER)), OUTCOME_PENDING);
	assert_int_equal(end_next(scene, OUTCOME_LEFT_ALONE, 0), OUTCOME_LEFT_ALONE);
	assert_int_equal(hit(scene, nginx_hit(scene, WORKER)), -1);
	assert_int_equal(hit(scene, nginx_hit(scene, MAIN)), OUTCOME_PENDING);
	assert_int_equal(end_next(scene, OUTCOME_DONE, 0), OUTCOME_DONE);
}

static void a_main_process_that_lived_may_be_hit_again(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(hit(scene, nginx_hit(scene, MAIN)), OUTCOME_PENDING);
	assert_int_equal(end_next(scene, OUTCOME_LEFT_ALONE, 0), OUTCOME_LEFT_ALONE);
	scene->now += 59 * SEC;
	assert_int_equal(hit(scene, nginx_hit(scene, MAIN)), -1);
	scene->now += SEC;
	assert_int_equal(hit(scene, nginx_hit(scene, MAIN)), OUTCOME_PENDING);
}

static void hit_once_more_while_the_act_process_looks(void **state)
{
	struct scene *scene = *state;
	struct policy_act *act;

	assert_int_equal(hit(scene, nginx_hit(scene, WORKER)), OUTCOME_PENDING);
	act = give(scene);
	assert_int_equal(hit(scene, nginx_hit(scene, MAIN)), -1);
	/* it looked for the worker only */
	assert_int_equal(report(scene, (struct act_result){ .id = act->id,
							    .outcome = OUTCOME_LEFT_ALONE,
							    .note = "a worker" }),
			 -1);
	act = give(scene);
	assert_non_null(act);
	assert_int_equal(act->n_tgids, 2);
	assert_int_equal(report(scene, (struct act_result){ .id = act->id,
							    .outcome = OUTCOME_LEFT_ALONE,
							    .note = "two workers" }),
			 OUTCOME_LEFT_ALONE);
	assert_string_equal(scene->last.note, "two workers");
}

static void of_many_processes_the_oldest_are_kept(void **state)
{
	struct scene *scene = *state;
	struct unit_look look = dead_look();
	const char *why;

	for (int32_t i = 0; i < 100; i++)
		hit(scene, nginx_hit(scene, MAIN + 100 - i));
	assert_int_equal(hit(scene, nginx_hit(scene, MAIN)), -1);
	for (int32_t i = 0; i < 100; i++)
		hit(scene, nginx_hit(scene, MAIN + 200 + i));
	assert_int_equal(policy_next(scene->state, scene->now)->n_tgids,
			 POLICY_TGIDS_MAX);
	assert_int_equal(policy_judge(&look, policy_next(scene->state, scene->now), &why),
			 SERVICE_START);
}

/* --- until it dies --- */

static void it_is_looked_at_until_it_dies(void **state)
{
	static const int64_t waits_ms[] = { 100, 200, 400, 800, 1600, 2000, 2000 };
	struct scene *scene = *state;
	struct policy_act *act;
	int64_t start = scene->now;
	uint64_t id;
	int looks = 0;

	assert_int_equal(hit(scene, nginx_hit(scene, MAIN)), OUTCOME_PENDING);
	id = scene->last.id;
	while ((act = give(scene))) {
		struct act_result result = { .id = id,
					     .outcome = OUTCOME_PENDING,
					     .note = "its main process lives" };
		int outcome = report(scene, result);

		if (outcome == OUTCOME_LEFT_ALONE)
			break;
		assert_int_equal(outcome, -1); /* no row each time */
		assert_null(policy_next(scene->state, scene->now));
		if ((size_t)looks < ARRAY_SIZE(waits_ms))
			assert_int_equal(policy_next_due(scene->state, scene->now),
					 scene->now + waits_ms[looks] * NS_PER_MSEC);
		scene->now = policy_next_due(scene->state, scene->now);
		looks++;
	}
	assert_non_null(act);
	assert_int_equal(scene->now, start + 30 * SEC);
	assert_string_equal(scene->last.note, "its main process lives");
	assert_int_equal(scene->last.tries, 0);
	assert_int_equal(policy_next_due(scene->state, scene->now), INT64_MAX);
}

static void waiting_without_a_reason_ends_with_one(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(hit(scene, nginx_hit(scene, MAIN)), OUTCOME_PENDING);
	assert_non_null(give(scene));
	scene->now += HOUR; /* the machine slept */
	assert_int_equal(report(scene, (struct act_result){ .id = scene->next_id - 1,
							    .outcome = OUTCOME_PENDING }),
			 OUTCOME_LEFT_ALONE);
	assert_true(strlen(scene->last.note) > 0);
}

/* --- budgets --- */

static void an_hour_allows_so_many_restarts_of_a_unit(void **state)
{
	struct scene *scene = *state;

	for (unsigned int i = 0; i < 3; i++) {
		assert_int_equal(hit_number(scene, "nginx.service", i), OUTCOME_PENDING);
		assert_int_equal(end_next(scene, OUTCOME_DONE, 0), OUTCOME_DONE);
		scene->now += 10 * MINUTE;
	}
	assert_int_equal(hit_number(scene, "nginx.service", 3), OUTCOME_REFUSED);
	assert_note(scene, "3 restarts of this unit an hour are used up");
	assert_int_equal(hit_number(scene, "nginx.service", 3), -1);
	assert_int_equal(hit_number(scene, "app-1.service", 4), OUTCOME_PENDING);
	scene->now += 30 * MINUTE - 1;
	assert_int_equal(hit_number(scene, "nginx.service", 5), OUTCOME_REFUSED);
	scene->now++;
	assert_int_equal(hit_number(scene, "nginx.service", 6), OUTCOME_PENDING);
	assert_int_equal(hit_number(scene, "nginx.service", 7), OUTCOME_REFUSED);
}

static void an_hour_allows_so_many_restarts_of_a_machine(void **state)
{
	struct scene *scene = *state;
	char unit[40];

	for (unsigned int i = 0; i < 11; i++) {
		snprintf(unit, sizeof(unit), "app-%u.service", i);
		assert_int_equal(hit_number(scene, unit, i),
				 i < 10 ? OUTCOME_PENDING : OUTCOME_REFUSED);
	}
	assert_note(scene, "10 restarts an hour are used up");
	scene->now += HOUR;
	assert_int_equal(hit_number(scene, "app-10.service", 12), OUTCOME_PENDING);
}

static void what_came_to_nothing_uses_up_nothing(void **state)
{
	static const struct act_result ends[] = {
		{ .outcome = OUTCOME_LEFT_ALONE },
		{ .outcome = OUTCOME_PAUSED },
		{ .outcome = OUTCOME_ALREADY },
		{ .outcome = OUTCOME_FAILED, .error = ENOTCONN, .untried = true },
	};
	struct scene *scene = *state;

	scene->rules.service.per_unit_hour = 1;
	for (unsigned int i = 0; i < 20; i++) {
		struct act_result end = ends[i % ARRAY_SIZE(ends)];

		assert_int_equal(hit_number(scene, "nginx.service", i), OUTCOME_PENDING);
		end.id = give(scene)->id;
		assert_int_equal(report(scene, end), end.outcome);
		assert_int_equal(scene->last.error, end.error);
	}
	assert_int_equal(hit_number(scene, "nginx.service", 20), OUTCOME_PENDING);
	assert_int_equal(end_next(scene, OUTCOME_FAILED, ETIMEDOUT), OUTCOME_FAILED);
	assert_int_equal(hit_number(scene, "nginx.service", 21), OUTCOME_REFUSED);
}

static void restarts_of_before_this_boot_count(void **state)
{
	struct scene *scene = *state;

	scene->now = MINUTE;
	for (int i = 0; i < 3; i++)
		policy_remember_act(scene->state, ACT_RESTART, "nginx.service",
				    -10 * MINUTE);
	policy_remember_act(scene->state, ACT_SOFT_OFFLINE, "", -10 * MINUTE);
	assert_int_equal(hit_number(scene, "nginx.service", 0), OUTCOME_REFUSED);
	assert_int_equal(hit_number(scene, "app-1.service", 1), OUTCOME_PENDING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(patterns_match_whole_names),
		cmocka_unit_test(some_units_nobody_restarts),
		cmocka_unit_test(a_pattern_that_names_one_of_them_is_found_out),
		SCENE(a_confirmed_hit_queues_a_look),
		SCENE(evidence_that_nobody_knows_is_none),
		SCENE(what_is_none_of_ours_is_left_alone),
		SCENE(denied_units_are_left_alone_whatever_the_patterns),
		SCENE(accounting_is_said_once_of_an_invocation),
		SCENE(a_dry_run_looks_and_uses_up_nothing),
		SCENE(an_invocation_is_started_again_once),
		SCENE(main_process_and_worker_in_either_order),
		SCENE(a_worker_judged_before_its_main_process_is_hit),
		SCENE(a_main_process_that_lived_may_be_hit_again),
		SCENE(hit_once_more_while_the_act_process_looks),
		SCENE(of_many_processes_the_oldest_are_kept),
		SCENE(it_is_looked_at_until_it_dies),
		SCENE(waiting_without_a_reason_ends_with_one),
		SCENE(an_hour_allows_so_many_restarts_of_a_unit),
		SCENE(an_hour_allows_so_many_restarts_of_a_machine),
		SCENE(what_came_to_nothing_uses_up_nothing),
		SCENE(restarts_of_before_this_boot_count),
	};

	return cmocka_run_group_tests_name("policy-service", tests, NULL, NULL);
}
