// SPDX-License-Identifier: LGPL-2.1-or-later

/* rasctl beside a daemon, which is played here. */

#include <fcntl.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ipc/ring.h"
#include "rasctl_fixture.h"

/* Stores a run whose ring is in the fixture's directory, and makes that ring. */
static void make_ring(struct fixture *f, struct ring *ring)
{
	const struct ring_layout layout = { .schema = 1,
					    .scratch_bytes = 65536,
					    .data_bytes = 65536 };
	struct text note = TEXT_IN((char[512]){ 0 });
	struct db_writer *w;
	struct db_run run;

	sample_run(&run);
	snprintf(run.ring, sizeof(run.ring), "%s/rasd.ring", f->dir);
	w = begin_batch(f);
	assert_int_equal(db_add_run(w, &run), 0);
	commit_and_close(w);
	assert_int_equal(ring_open(run.ring, &layout, ring, &note), 0);
}

static void status_tells_of_a_live_daemon(void **state)
{
	struct fixture *f = *state;
	struct ring ring = { .fd = -1 };
	struct json_object *o;

	make_ring(f, &ring);
	prctl(PR_SET_NAME, "rasd");
	ring.status->pid = getpid();
	ring.status->store_pid = 4321;
	ring.status->started_ns = SAMPLE_TIME_NS;
	ring.status->sources[0] =
		(struct status_source){ .name = "ras:mc_event", .state = SOURCE_READY };
	ring.status->types[0] = (struct status_type){ .name = "mc", .events = 5 };
	strcpy(ring.status->version, "0.1.0");
	assert_int_equal(ring_put(&ring, 1, "12345678", 8), 0);
	ring_publish(&ring);
	assert_int_equal(RASCTL(f, "status"), CTL_OK);
	assert_non_null(strstr(said.out, "Daemon:        running, pid "));
	assert_non_null(strstr(said.out, "To be written: 24 bytes in memory\n"));
	assert_non_null(strstr(said.out, "ras:mc_event ready\n"));
	assert_int_equal(RASCTL(f, "status", "-o", "json"), CTL_OK);
	o = parse(said.out);
	assert_true(json_object_get_boolean(get(get(o, "daemon"), "running")));
	assert_int_equal(json_object_get_int(get(get(o, "daemon"), "store_pid")), 4321);
	assert_int_equal(json_object_get_int(get(get(o, "daemon"), "not_durable_bytes")),
			 24);
	json_object_put(o);
	ring.status->pid = 0;
	assert_int_equal(RASCTL(f, "status"), CTL_OK);
	assert_non_null(strstr(said.out, "Daemon:        not running\n"));
	ring_close(&ring);
}

/* A trace directory as far as rasctl looks at it. */
static void make_tracefs(struct fixture *f, const char *instance, char *path, size_t size)
{
	char dir[160];

	snprintf(dir, sizeof(dir), "%s/instances", f->dir);
	mkdir(dir, 0700);
	snprintf(dir, sizeof(dir), "%s/instances/%s", f->dir, instance);
	mkdir(dir, 0700);
	snprintf(path, size, "%s/trace_marker", dir);
	close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
}

/* In a child: the daemon, as far as rasctl sees it. Stores what appears in the marker. */
static void play_daemon(struct fixture *f, const char *marker)
{
	char line[512] = "";
	struct db_writer *w = begin_batch(f);
	struct event event;

	while (!strstr(line, "test-event")) {
		FILE *file = fopen(marker, "re");

		if (!fgets(line, sizeof(line), file))
			usleep(1000);
		fclose(file);
	}
	sample_event(f, "test", &event); /* somebody else's, as long as the one to come */
	event.detail[1] = value_text("0000000000000000 hello");
	store_event(w, &event, 49);
	event.detail[1] = value_text(line + strlen("rasd test-event "));
	store_event(w, &event, 50);
	commit_and_close(w);
	_exit(0);
}

static void a_test_event_comes_back(void **state)
{
	struct fixture *f = *state;
	struct json_object *o;
	char marker[192];
	int status;
	pid_t pid;

	store_samples(f);
	make_tracefs(f, "other", marker, sizeof(marker));
	pid = fork();
	if (pid == 0)
		play_daemon(f, marker);
	assert_int_equal(RASCTL(f, "test-event", "hello", "--tracefs", f->dir,
				"--instance", "other", "-o", "json"),
			 CTL_OK);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	o = parse(said.out);
	assert_int_equal(json_object_get_int(get(o, "id")), 50);
	assert_true(json_object_get_boolean(get(o, "synthetic")));
	assert_non_null(strstr(json_object_get_string(get(o, "message")), " hello"));
	assert_true(json_object_get_int64(get(o, "took_ns")) > 0);
	json_object_put(o);
}

static void a_test_event_that_fails_is_said(void **state)
{
	struct fixture *f = *state;
	char marker[192], nowhere[128];

	store_samples(f);
	snprintf(nowhere, sizeof(nowhere), "%s/nowhere", f->dir);
	assert_int_equal(RASCTL(f, "test-event", "--tracefs", nowhere), CTL_FAILED);
	assert_one_sentence("is no tracefs");
	make_tracefs(f, "rasd", marker, sizeof(marker));
	assert_int_equal(
		RASCTL(f, "test-event", "--tracefs", f->dir, "--instance", "else"),
		CTL_FAILED);
	assert_one_sentence("there is no trace instance \"else\"");
	assert_int_equal(RASCTL(f, "test-event", "--tracefs", f->dir, "--timeout", "0"),
			 CTL_TIMED_OUT);
	assert_one_sentence("is not in");
	assert_int_equal(RASCTL(f, "test-event", "two\nlines"), CTL_USAGE);
	assert_one_sentence("printable ASCII");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(status_tells_of_a_live_daemon),
		TEST(a_test_event_comes_back),
		TEST(a_test_event_that_fails_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
