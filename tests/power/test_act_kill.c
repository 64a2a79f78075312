// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * kill -9 of the act process under load, and of store in between: what was decided has a
 * row each, with an end. Capture's part (pipeline, policy, orders), the ring, store and
 * the act process are the daemon's own. The events are made here; acts are paused, so it
 * is the null actuator that gets the orders, and the pages are none that a machine has.
 * RASD_KILLS says how many.
 */

#include "unit/check.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "event/acts.h"
#include "handlers/table.h"
#include "power/powercut.h"
#include "rasd/act.h"
#include "rasd/child.h"
#include "rasd/config.h"
#include "rasd/hands.h"
#include "rasd/scratch.h"
#include "unit/db_fixture.h"
#include "util/clock.h"
#include "util/log.h"
#include "util/text.h"

#define KILLS_SHORT 40
#define EPISODE	    20 /* kills of one database: small ones are checked in no time */
#define PAGES	    8  /* to be taken out of use, for each kill */
#define ACTS_MAX    48 /* what is more is refused, see policy/page.c */
#define NO_PAGE	    (1ULL << 51)
#define LIMIT_USEC  20000000

static const struct ring_layout layout = { .schema = 1,
					   .scratch_bytes = SCRATCH_BYTES,
					   .data_bytes = 4u << 20 };

struct scene {
	struct fixture *f;
	struct ring ring;
	struct trace_reader *reader;
	struct pipeline pipeline;
	struct config config;
	struct hands hands;
	struct child store;
	sd_event *loop;
	uint64_t random, pages, events;
	pid_t killed;
	unsigned int act_deaths, at_work, store_deaths;
};

/* --- one rasd without a kernel --- */

static void start_store(struct scene *scene)
{
	struct store_hello hello = { .result = -EPIPE };

	assert_int_equal(
		child_start(&scene->store, scene->f->db, &handlers_table, &scene->ring),
		0);
	assert_int_equal(child_hear(&scene->store, 10000, &hello), 1);
	assert_int_equal(hello.result, 0);
}

static void wake_store(void *userdata)
{
	struct scene *scene = userdata;

	child_wake(&scene->store);
}

static void configure(struct scene *scene)
{
	char no_act[128];

	config_defaults(&scene->config);
	scene->config.page_mode = MODE_ACT;
	scene->config.page_corrected = (struct config_rate){ 10, 3600 * NS_PER_SEC };
	scene->config.page_per_hour = scene->config.page_per_boot = 1000000;
	scene->config.page_share_ppm = 1000000;
	snprintf(scene->config.runtime_directory, sizeof(scene->config.runtime_directory),
		 "%s", scene->f->dir);
	snprintf(no_act, sizeof(no_act), "%s/no-act", scene->f->dir);
	close_fd(open(no_act, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	assert_true(act_is_paused(no_act));
}

static void begin(struct scene *scene)
{
	struct text note = TEXT_IN((char[1024]){ 0 });
	char path[128];
	int r = 0;

	snprintf(path, sizeof(path), "%s/ring", scene->f->dir);
	scene->ring = (struct ring){ .fd = -1 };
	assert_int_equal(ring_open(path, &layout, &scene->ring, &note), 0);
	policy_init((void *)(scene->ring.scratch + SCRATCH_POLICY_AT));
	assert_int_equal(child_init(&scene->store), 0);
	start_store(scene);
	scene->reader = trace_reader_new(scene->ring.scratch + SCRATCH_LANDING_AT,
					 LANDING_BYTES, &r);
	assert_non_null(scene->reader);
	assert_int_equal(pipeline_init(&scene->pipeline, &handlers_table, &scene->ring,
				       scene->reader, "test", 8),
			 0);
	configure(scene);
	assert_int_equal(hands_init(&scene->hands, &scene->pipeline, &scene->config), 0);
	scene->hands.state->ready = 1;
	scene->hands.wake = wake_store;
	scene->hands.wake_data = scene;
	assert_int_equal(sd_event_new(&scene->loop), 0);
	assert_true(hands_attach(&scene->hands, scene->loop, &scene->config) >= 0);
	scene->pages = scene->events = 0;
}

static void end(struct scene *scene)
{
	pid_t act = scene->hands.child.pid, store = scene->store.pid;

	hands_deinit(&scene->hands);
	memset(&scene->hands, 0, sizeof(scene->hands));
	if (act)
		waitpid(act, NULL, 0);
	child_deinit(&scene->store);
	if (store) {
		kill(store, SIGKILL);
		waitpid(store, NULL, 0);
	}
	pipeline_deinit(&scene->pipeline);
	trace_reader_free(scene->reader);
	ring_close(&scene->ring);
	scene->loop = sd_event_unref(scene->loop);
}

/* --- load --- */

/* Ten corrected errors at once on a page of its own: more than it may have. */
static void hit_page(struct scene *scene)
{
	struct event event;

	sample_event(scene->f, "mc", &event);
	event.severity = SEVERITY_CORRECTED;
	event.component = COMPONENT_MEMORY;
	event.count = 10;
	event.boottime_ns = clock_now_ns(CLOCK_BOOTTIME);
	event_set_address(&event, ADDRESS_PHYSICAL, NO_PAGE + ++scene->pages * 0x100000);
	assert_true(pipeline_add(&scene->pipeline, &event));
	scene->events++;
}

/* Acts that have no end yet. */
static size_t waiting(const struct scene *scene)
{
	size_t n = 0;

	for (size_t i = 0; i < POLICY_ACTS_MAX; i++)
		n += scene->hands.state->acts[i].id != 0;
	return n;
}

static void run_loop(struct scene *scene, uint64_t usec)
{
	assert_true(sd_event_run(scene->loop, usec) >= 0);
}

static bool is_done(const struct scene *scene)
{
	return !waiting(scene) &&
	       ring_durable(&scene->ring) == ring_written(&scene->ring);
}

static void finish(struct scene *scene)
{
	int64_t until = clock_now_ns(CLOCK_MONOTONIC) + LIMIT_USEC * 1000LL;

	while (!is_done(scene)) {
		if (clock_now_ns(CLOCK_MONOTONIC) > until)
			fail_msg("it does not come to an end");
		scene->hands.child_started_ns = 0;
		hands_work(&scene->hands);
		run_loop(scene, 1000);
	}
}

static void put_load(struct scene *scene)
{
	if (waiting(scene) + PAGES > ACTS_MAX)
		finish(scene);
	for (unsigned int i = 0; i < PAGES; i++)
		hit_page(scene);
	pipeline_publish(&scene->pipeline);
	child_wake(&scene->store);
	hands_work(&scene->hands);
}

static void kill_store(struct scene *scene)
{
	pid_t pid = scene->store.pid;

	assert_int_equal(kill(pid, SIGKILL), 0);
	while (!child_wait(&scene->store, 0))
		usleep(100);
	scene->store_deaths++;
	start_store(scene);
}

static void wait_usec(uint64_t usec)
{
	int64_t until = clock_now_ns(CLOCK_MONOTONIC) + (int64_t)usec * 1000;

	while (clock_now_ns(CLOCK_MONOTONIC) < until)
		;
}

/*
 * At any moment, or at one of those that it is at an order, which takes it 100 us or so.
 * The half second that capture leaves between two of them is for those that die at once.
 */
static void kill_act(struct scene *scene)
{
	bool at_work = random_below(&scene->random, 2);
	uint64_t turns = 1 + random_below(&scene->random, 20);
	pid_t pid;

	while (turns && !(at_work && scene->hands.child.busy && turns == 1)) {
		scene->hands.child_started_ns = 0;
		run_loop(scene, 100);
		if (turns > 1 || !at_work)
			turns--;
		if (at_work && !waiting(scene))
			break;
	}
	while (!scene->hands.child.pid || scene->hands.child.pid == scene->killed) {
		scene->hands.child_started_ns = 0; /* and capture has heard of the last */
		run_loop(scene, 100);
		hands_work(&scene->hands);
	}
	wait_usec(random_below(&scene->random, 150));
	pid = scene->hands.child.pid;
	scene->at_work += scene->hands.child.busy;
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	scene->killed = pid;
	scene->act_deaths++;
}

/* --- what there is --- */

static int64_t count(const struct scene *scene, const char *what)
{
	char sql[256];

	snprintf(sql, sizeof(sql), "SELECT count(*) FROM %s", what);
	return ask_number(scene->f->db, sql);
}

static void check_now(const struct scene *scene)
{
	assert_int_equal(ask_number(scene->f->db, "SELECT count(*) FROM"
						  " pragma_integrity_check"
						  " WHERE integrity_check = 'ok'"),
			 1);
}

/* An act that two of them died over has an end, too: nobody knows. */
static void check_all(const struct scene *scene)
{
	check_now(scene);
	assert_int_equal(count(scene, "event"), scene->events);
	assert_int_equal(count(scene, "mc"), scene->events);
	assert_int_equal(count(scene, "action"), scene->pages);
	assert_int_equal(
		ask_number(scene->f->db, "SELECT count(DISTINCT address) FROM action"),
		scene->pages);
	assert_int_equal(count(scene, "action a JOIN event e ON e.id = a.event"
				      " AND e.address = a.address"),
			 scene->pages);
	assert_int_equal(count(scene, "actions WHERE outcome NOT IN"
				      " ('paused', 'unknown')"),
			 0);
	assert_int_equal(count(scene, "actions WHERE done IS NULL"), 0);
	assert_int_equal(count(scene, "loss"), 0);
}

static unsigned int kills_wanted(void)
{
	const char *wanted = getenv("RASD_KILLS");

	return wanted ? (unsigned int)strtoul(wanted, NULL, 10) : KILLS_SHORT;
}

static void every_act_has_one_end(void **state)
{
	unsigned int kills = kills_wanted();
	struct scene scene = { .random = (uint64_t)time(NULL) };
	int64_t acts = 0, unknown = 0;

	log_open("act-kill", LOG_CRIT);
	for (unsigned int i = 0; i < kills; i++) {
		scene.f = *state;
		if (i % EPISODE == 0)
			begin(&scene);
		put_load(&scene);
		kill_act(&scene);
		if (random_below(&scene.random, 4) == 0)
			kill_store(&scene);
		check_now(&scene);
		if (i % EPISODE != EPISODE - 1 && i != kills - 1)
			continue;
		finish(&scene);
		check_all(&scene);
		acts += count(&scene, "action");
		unknown += count(&scene, "actions WHERE outcome = 'unknown'");
		end(&scene);
		fixture_teardown(state);
		fixture_setup(state);
	}
	print_message("%u kills of act (%u at an order), %u of store; %d acts, the end of"
		      " %d unknown\n",
		      scene.act_deaths, scene.at_work, scene.store_deaths, (int)acts,
		      (int)unknown);
}

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(every_act_has_one_end) };

	return cmocka_run_group_tests_name("act-kill", tests, NULL, NULL);
}
