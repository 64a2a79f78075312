// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * A process does one thing with a state in shared memory, and is looked at after each of
 * its instructions: what the next process would find there has to be sound, and when the
 * same is told to it once more nothing may be lost or done twice.
 */

#include "unit/policy_fixture.h"

#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

struct killed {
	const char *name;
	void (*before)(struct scene *scene);
	void (*step)(struct scene *scene);
	void (*after)(struct scene *scene); /* what the next process does and finds */
};

static void nine_errors(struct scene *scene)
{
	corrected(scene, nth_page(0), 9);
}

static void a_tenth(struct scene *scene)
{
	corrected(scene, nth_page(0), 1);
}

static void it_is_asked_for_once(struct scene *scene)
{
	/* whatever came of the tenth, with the eleventh there is one act, and an end */
	corrected(scene, nth_page(0), 2);
	assert_int_equal(count_acts(scene), 1);
	assert_int_equal(end_next(scene, OUTCOME_DONE, 0), OUTCOME_DONE);
	assert_int_equal(corrected(scene, nth_page(0), 10), -1);
	assert_int_equal(page_state(scene, nth_page(0)), PAGE_OFFLINED);
	assert_int_equal(scene->state->offlined, 1);
}

static void a_page_under_way(struct scene *scene)
{
	corrected(scene, nth_page(0), 10);
	give(scene);
}

static void it_is_done(struct scene *scene)
{
	report(scene, (struct act_result){ .id = 100, .outcome = OUTCOME_DONE });
}

static void it_is_busy(struct scene *scene)
{
	report(scene, (struct act_result){
			      .id = 100, .outcome = OUTCOME_FAILED, .error = EBUSY });
}

static void it_is_out_of_use(struct scene *scene)
{
	it_is_done(scene); /* as looking told, if it was still under way */
	assert_int_equal(count_acts(scene), 0);
	assert_int_equal(page_state(scene, nth_page(0)), PAGE_OFFLINED);
	/* one too many is said rather than one too few */
	assert_in_range(scene->state->offlined, 1, 2);
}

static void it_is_tried_again(struct scene *scene)
{
	struct policy_act *act = &scene->state->acts[0];

	if (act->given_ns)
		it_is_busy(scene);
	assert_int_equal(count_acts(scene), 1);
	assert_int_equal(page_state(scene, nth_page(0)), PAGE_ASKED);
	assert_in_range(act->tries, 1, 2);
	assert_true(policy_next_due(scene->state, scene->now) >= scene->now + MINUTE);
}

static void nothing(struct scene *scene)
{
	(void)scene;
}

static void a_main_process_is_hit(struct scene *scene)
{
	hit(scene, nginx_hit(scene, 1000));
}

static void a_worker_is_hit(struct scene *scene)
{
	hit(scene, nginx_hit(scene, 1001));
}

static void both_are_looked_for_once(struct scene *scene)
{
	a_main_process_is_hit(scene); /* told once more */
	a_worker_is_hit(scene);
	assert_int_equal(count_acts(scene), 1);
	assert_int_equal(give(scene)->n_tgids, 2);
	it_is_done(scene);
	/* the id of what was told once more may be another */
	report(scene, (struct act_result){ .id = 101, .outcome = OUTCOME_DONE });
	assert_int_equal(count_acts(scene), 0);
	assert_int_equal(hit(scene, nginx_hit(scene, 1002)), -1);
}

static void a_unit_under_way(struct scene *scene)
{
	a_main_process_is_hit(scene);
	give(scene);
}

static void it_is_started_once(struct scene *scene)
{
	it_is_done(scene);
	assert_int_equal(count_acts(scene), 0);
	assert_int_equal(hit(scene, nginx_hit(scene, 1002)), -1);
}

static void a_full_table(struct scene *scene)
{
	for (uint64_t i = 1; i <= POLICY_PAGES_MAX; i++)
		corrected(scene, nth_page(i), 2);
	nine_errors(scene); /* another gives way */
}

static void a_page_gives_way(struct scene *scene)
{
	corrected(scene, nth_page(5000), 1);
}

static void the_others_are_there(struct scene *scene)
{
	size_t there = 0;

	for (uint64_t i = 0; i <= POLICY_PAGES_MAX; i++)
		there += policy_page(scene->state, &scene->rules, nth_page(i)) != NULL;
	assert_in_range(there, POLICY_PAGES_MAX - 1, POLICY_PAGES_MAX);
	it_is_asked_for_once(scene);
}

static const struct killed kills[] = {
	{ "asks for a page", nine_errors, a_tenth, it_is_asked_for_once },
	{ "a page is done", a_page_under_way, it_is_done, it_is_out_of_use },
	{ "a page is busy", a_page_under_way, it_is_busy, it_is_tried_again },
	{ "asks for a unit", nothing, a_main_process_is_hit, both_are_looked_for_once },
	{ "adds a process", a_main_process_is_hit, a_worker_is_hit,
	  both_are_looked_for_once },
	{ "a unit is done", a_unit_under_way, it_is_done, it_is_started_once },
	{ "a page gives way", a_full_table, a_page_gives_way, the_others_are_there },
};

/* The next process, with a copy of what is there. */
static void go_on(const struct killed *killed, const struct scene *scene,
		  struct policy_state *copy)
{
	struct scene next = *scene;

	*copy = *scene->state;
	next.state = copy;
	/* an id that was used and not published is used again by nobody */
	next.next_id += 1;
	if (!policy_is_sound(copy))
		fail_msg("%s: not sound", killed->name);
	killed->after(&next);
}

/* False: nobody may trace here. */
static bool start_traced(const struct killed *killed, struct scene *scene, pid_t *ret_pid)
{
	int status;

	*ret_pid = fork();
	assert_true(*ret_pid >= 0);
	if (*ret_pid == 0) {
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
			_exit(77);
		scene->unchecked = true; /* it takes most of the instructions */
		raise(SIGSTOP);
		killed->step(scene);
		_exit(0);
	}
	assert_int_equal(waitpid(*ret_pid, &status, 0), *ret_pid);
	return WIFSTOPPED(status);
}

/* How many different states there were; 0: nobody may trace here. */
static size_t kill_everywhere(const struct killed *killed, struct scene *scene)
{
	struct policy_state *seen = malloc(sizeof(*seen)), *copy = malloc(sizeof(*copy));
	size_t n = 0;
	int status = 0;
	pid_t pid;

	killed->before(scene);
	*seen = *scene->state;
	if (start_traced(killed, scene, &pid)) {
		while (ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL) == 0 &&
		       waitpid(pid, &status, 0) == pid && WIFSTOPPED(status)) {
			if (memcmp(seen, scene->state, sizeof(*seen)) == 0)
				continue;
			*seen = *scene->state;
			go_on(killed, scene, copy);
			n++;
		}
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
	free(seen);
	free(copy);
	return n;
}

static void killed_at_any_instruction(void **state)
{
	struct scene *scene = *state;
	struct policy_state *own = scene->state;

	for (size_t i = 0; i < ARRAY_SIZE(kills); i++) {
		size_t n;

		scene->state = mmap(NULL, sizeof(*scene->state), PROT_READ | PROT_WRITE,
				    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
		assert_true(scene->state != MAP_FAILED);
		policy_init(scene->state);
		scene->next_id = 100;
		n = kill_everywhere(&kills[i], scene);
		munmap(scene->state, sizeof(*scene->state));
		scene->state = own;
		if (n == 0 && i == 0) {
			print_message("nobody may trace a process here\n");
			skip();
		}
		print_message("%s: %zu states\n", kills[i].name, n);
		assert_true(n > 2);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE(killed_at_any_instruction),
	};

	return cmocka_run_group_tests_name("policy-killed", tests, NULL, NULL);
}
