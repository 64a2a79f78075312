// SPDX-License-Identifier: LGPL-2.1-or-later

/* What systemd may say of a unit that was hit, and whether it is started again then. */

#include "unit/policy_fixture.h"

static struct policy_act act_for(int32_t tgid)
{
	return (struct policy_act){ .id = 1,
				    .kind = ACT_RESTART,
				    .n_tgids = 1,
				    .tgids = { tgid },
				    .unit = "nginx.service",
				    .invocation = INVOCATION };
}

#define TEXT_FIELD(name_) offsetof(struct unit_look, name_), true
#define INT_FIELD(name_)  offsetof(struct unit_look, name_), false

/* Each field wrong in turn. */
static const struct wrong {
	size_t offset;
	bool is_text;
	const char *text;
	int32_t number;
	enum service_verdict verdict;
	const char *why;
} wrongs[] = {
	{ TEXT_FIELD(load_state), "masked", 0, SERVICE_LEAVE, "masked" },
	{ TEXT_FIELD(load_state), "not-found", 0, SERVICE_LEAVE, "does not know it" },
	{ TEXT_FIELD(load_state), "bad-setting", 0, SERVICE_LEAVE, "could not load" },
	{ TEXT_FIELD(load_state), "", 0, SERVICE_LEAVE, "could not load" },
	{ TEXT_FIELD(invocation), ANOTHER, 0, SERVICE_LEAVE, "started again" },
	{ TEXT_FIELD(invocation), "", 0, SERVICE_LEAVE, "forgotten" },
	{ INT_FIELD(main_pid), NULL, MAIN, SERVICE_WAIT, "its main process lives" },
	{ INT_FIELD(main_pid), NULL, 77, SERVICE_LEAVE, "a worker" },
	{ INT_FIELD(exec_main_pid), NULL, 77, SERVICE_LEAVE, "not its main process" },
	{ INT_FIELD(exec_main_pid), NULL, 0, SERVICE_LEAVE, "not its main process" },
	{ TEXT_FIELD(sub_state), "auto-restart", 0, SERVICE_LEAVE, "restarts it" },
	{ TEXT_FIELD(sub_state), "auto-restart-queued", 0, SERVICE_LEAVE, "restarts it" },
	{ TEXT_FIELD(sub_state), "dead-before-auto-restart", 0, SERVICE_LEAVE,
	  "restarts it" },
	{ TEXT_FIELD(sub_state), "failed-before-auto-restart", 0, SERVICE_LEAVE,
	  "restarts it" },
	{ INT_FIELD(job), NULL, 12, SERVICE_LEAVE, "job" },
	{ TEXT_FIELD(active_state), "active", 0, SERVICE_WAIT, "not missed" },
	{ TEXT_FIELD(active_state), "reloading", 0, SERVICE_WAIT, "not missed" },
	{ TEXT_FIELD(active_state), "activating", 0, SERVICE_WAIT, "being started" },
	{ TEXT_FIELD(active_state), "deactivating", 0, SERVICE_WAIT, "long to stop" },
	{ TEXT_FIELD(active_state), "sleeping", 0, SERVICE_LEAVE, "does not know" },
	{ INT_FIELD(exec_main_code), NULL, CLD_EXITED, SERVICE_LEAVE, "by itself" },
	{ INT_FIELD(exec_main_code), NULL, 0, SERVICE_LEAVE, "by itself" },
	{ INT_FIELD(exec_main_status), NULL, SIGSEGV, SERVICE_LEAVE, "another signal" },
	{ INT_FIELD(exec_main_status), NULL, SIGTERM, SERVICE_LEAVE, "another signal" },
	{ TEXT_FIELD(result), "success", 0, SERVICE_LEAVE, "stopped" },
	{ TEXT_FIELD(result), "start-limit-hit", 0, SERVICE_LEAVE, "too often" },
	{ TEXT_FIELD(result), "oom-kill", 0, SERVICE_LEAVE, "want of memory" },
	{ TEXT_FIELD(result), "timeout", 0, SERVICE_LEAVE, "too long" },
	{ TEXT_FIELD(result), "watchdog", 0, SERVICE_LEAVE, "watchdog" },
	{ TEXT_FIELD(result), "exit-code", 0, SERVICE_LEAVE, "by itself" },
	{ TEXT_FIELD(result), "resources", 0, SERVICE_LEAVE, "something else" },
	{ INT_FIELD(active_exit_usec), NULL, 4999, SERVICE_LEAVE, "was stopping it" },
	/* these are as good */
	{ TEXT_FIELD(active_state), "inactive", 0, SERVICE_START, "died of it" },
	{ INT_FIELD(exec_main_code), NULL, CLD_DUMPED, SERVICE_START, "died of it" },
	{ INT_FIELD(exec_main_status), NULL, SIGKILL, SERVICE_START, "died of it" },
	{ TEXT_FIELD(result), "core-dump", 0, SERVICE_START, "died of it" },
	{ INT_FIELD(active_exit_usec), NULL, 9999, SERVICE_START, "died of it" },
	{ INT_FIELD(active_exit_usec), NULL, 0, SERVICE_START, "died of it" },
	{ INT_FIELD(main_exit_usec), NULL, 0, SERVICE_START, "died of it" },
};

static void one_thing_that_is_wrong_is_enough(void **state)
{
	struct policy_act act = act_for(MAIN);
	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(wrongs); i++) {
		const struct wrong *wrong = &wrongs[i];
		struct unit_look look = dead_look();
		char *field = (char *)&look + wrong->offset;
		const char *why = NULL;

		if (wrong->is_text)
			strcpy(field, wrong->text);
		else
			*(int32_t *)(void *)field = wrong->number;
		if (wrong->offset == offsetof(struct unit_look, main_pid))
			strcpy(look.active_state, "active");
		if (policy_judge(&look, &act, &why) != wrong->verdict ||
		    !strstr(why, wrong->why))
			fail_msg("row %zu: %s", i, why);
	}
}

static void a_dead_unit_is_judged_dead(void **state)
{
	struct policy_act act = act_for(MAIN);
	struct unit_look look = dead_look();
	const char *why;
	(void)state;

	assert_int_equal(policy_judge(&look, &act, &why), SERVICE_START);
	act = act_for(WORKER);
	assert_int_equal(policy_judge(&look, &act, &why), SERVICE_LEAVE);
	act.n_tgids = 2;
	act.tgids[1] = MAIN;
	assert_int_equal(policy_judge(&look, &act, &why), SERVICE_START);
	/* no process at all is none of those that were hit */
	act = act_for(0);
	look.exec_main_pid = 0;
	assert_int_equal(policy_judge(&look, &act, &why), SERVICE_LEAVE);
	act.n_tgids = 1000; /* nor is anything behind the array read */
	assert_int_equal(policy_judge(&look, &act, &why), SERVICE_LEAVE);
}

static void unterminated_words_are_no_known_ones(void **state)
{
	struct policy_act act = act_for(MAIN);
	struct unit_look look = dead_look();
	const char *why;
	(void)state;

	memset(look.sub_state, 'x', sizeof(look.sub_state));
	memset(look.result, 'x', sizeof(look.result));
	assert_int_equal(policy_judge(&look, &act, &why), SERVICE_LEAVE);
	memset(look.active_state, 'x', sizeof(look.active_state));
	assert_int_equal(policy_judge(&look, &act, &why), SERVICE_LEAVE);
	memset(look.invocation, '0', sizeof(look.invocation));
	assert_int_equal(policy_judge(&look, &act, &why), SERVICE_LEAVE);
	memset(look.load_state, 'x', sizeof(look.load_state));
	assert_int_equal(policy_judge(&look, &act, &why), SERVICE_LEAVE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_thing_that_is_wrong_is_enough),
		cmocka_unit_test(a_dead_unit_is_judged_dead),
		cmocka_unit_test(unterminated_words_are_no_known_ones),
	};

	return cmocka_run_group_tests_name("policy-judge", tests, NULL, NULL);
}
