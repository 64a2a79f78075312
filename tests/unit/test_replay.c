// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * "rasd --replay", as it is called, by an ordinary user: what real kernels recorded
 * (tests/golden) gives the events that the kernels' own text tells of, as "rasctl decode"
 * reads it, and those of their logs.
 */

#include "unit/check.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <json-c/json.h>

#include "unit/fixtures.h"

#define NOBODY 65534

static char program_dir[PATH_MAX], golden[PATH_MAX];

/* Runs a command line in `directory`, never as root. Its exit status; `out` is its
 * output, errors included. */
static int run(const char *directory, char *out, size_t size, const char *command)
{
	size_t len = 0;
	ssize_t n;
	int fds[2], status;
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		dup2(fds[1], STDOUT_FILENO);
		dup2(fds[1], STDERR_FILENO);
		close(fds[0]);
		if (chdir(directory) < 0 ||
		    (geteuid() == 0 && (setgid(NOBODY) < 0 || setuid(NOBODY) < 0)))
			_exit(126);
		execl("/bin/sh", "sh", "-c", command, NULL);
		_exit(126);
	}
	close(fds[1]);
	while (len < size - 1 && (n = read(fds[0], out + len, size - 1 - len)) > 0)
		len += (size_t)n;
	out[len] = '\0';
	close(fds[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int setup(void **state)
{
	char *directory = make_temp_directory();

	*state = directory;
	return chmod(directory, 0777);
}

static int teardown(void **state)
{
	remove_tree(*state);
	return 0;
}

/* What can be called, and by whom: a build below a directory of root's cannot. */
static bool can_run(const char *directory)
{
	char command[3 * PATH_MAX], said[512];

	snprintf(command, sizeof(command), "test -x '%s/rasd' && test -r '%s/README'",
		 program_dir, golden);
	if (run(directory, said, sizeof(said), command) == 0)
		return true;
	print_message("# SKIP: an ordinary user cannot reach the build\n");
	return false;
}

static char out[4 << 20];

static int replay(const char *directory, const char *capture, const char *db)
{
	char command[4 * PATH_MAX];

	snprintf(command, sizeof(command), "umask 022; '%s/rasd' --replay '%s' %s%s",
		 program_dir, capture, db ? "--db " : "", db ? db : "");
	return run(directory, out, sizeof(out), command);
}

static struct json_object *events_of(const char *directory, const char *rest)
{
	char command[4 * PATH_MAX];
	struct json_object *o, *events;

	snprintf(command, sizeof(command), "'%s/rasctl' %s -o json", program_dir, rest);
	run(directory, out, sizeof(out), command);
	o = json_tokener_parse(out);
	if (!o)
		fail_msg("%s: %s", command, out);
	assert_true(json_object_object_get_ex(o, "events", &events));
	json_object_get(events);
	json_object_put(o);
	return events;
}

static const char *member(struct json_object *o, const char *key)
{
	struct json_object *value = json_object_object_get(o, key);

	return value ? json_object_get_string(value) : "";
}

/* How many events are of this type and say this. */
static size_t count(struct json_object *events, const char *type, const char *message)
{
	size_t n = 0;

	for (size_t i = 0; i < json_object_array_length(events); i++) {
		struct json_object *event = json_object_array_get_idx(events, i);

		/* of a signal without a time nobody can tell whether it is confirmed */
		n += !strcmp(member(event, "type"), type) &&
		     (!message ||
		      !strncmp(member(event, "message"), message, strlen(message)));
	}
	return n;
}

static size_t check_text(const char *directory, struct json_object *events,
			 const char *kernel, const char *name)
{
	char rest[2 * PATH_MAX];
	struct json_object *told;
	size_t n;

	snprintf(rest, sizeof(rest), "decode '%s/%s/%s.txt'", golden, kernel, name);
	told = events_of(directory, rest);
	n = json_object_array_length(told);
	for (size_t i = 0; i < n; i++) {
		struct json_object *event = json_object_array_get_idx(told, i);

		if (!count(events, member(event, "type"), member(event, "message")))
			fail_msg("%s/%s: no %s \"%s\"", kernel, name,
				 member(event, "type"), member(event, "message"));
	}
	json_object_put(told);
	return n;
}

/* A line of the kernel's own text is a record; all recordings of it. */
static unsigned int recorded(const char *kernel)
{
	char command[PATH_MAX + 64], text[32];

	snprintf(command, sizeof(command), "cat '%s/%s'/*.txt | wc -l", golden, kernel);
	assert_int_equal(run("/", text, sizeof(text), command), 0);
	return (unsigned int)strtoul(text, NULL, 10);
}

static void check_kernel(const char *directory, const char *kernel)
{
	static const char *const names[] = {
		"memory-failure", "sigbus-ar",	  "arm",
		"arm-el2-misc",	  "non-standard", "block-error"
	};
	char capture[PATH_MAX + 64], db[32], rest[64];
	struct json_object *events;
	size_t n = 0;

	snprintf(capture, sizeof(capture), "%s/%s", golden, kernel);
	snprintf(db, sizeof(db), "%s.db", kernel);
	assert_int_equal(replay(directory, capture, db), 0);
	snprintf(rest, sizeof(rest), "%u trace records", recorded(kernel));
	assert_non_null(strstr(out, rest));
	assert_non_null(strstr(out, "pages of 4 KiB"));
	snprintf(rest, sizeof(rest), "--db %s events", db);
	events = events_of(directory, rest);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		n += check_text(directory, events, kernel, names[i]);
	assert_true(n >= 7);
	assert_int_equal(count(events, "sigbus", NULL), 2);
	assert_int_equal(count(events, "arm", NULL) >= 2, 1);
	/* the log has the large one, too, and one page of each of its two victims */
	assert_true(count(events, "non-standard", NULL) >= 2);
	assert_true(count(events, "memory-failure", NULL) >= 3);
	assert_true(count(events, "cper-memory", NULL) >= 9);
	/* a forged line makes none */
	assert_int_equal(count(events, "memory-failure", "pfn 0x1234:"), 0);
	json_object_put(events);
}

static void golden_captures(void **state)
{
	if (!can_run(*state))
		skip();
	check_kernel(*state, "6.1");
	check_kernel(*state, "6.12");
}

/* Who was hit follows from a signal that the kernel sent, and from its log. */
static void correlates_and_decides(void **state)
{
	char capture[PATH_MAX + 64];
	struct json_object *o, *hits;

	if (!can_run(*state))
		skip();
	snprintf(capture, sizeof(capture), "%s/6.12", golden);
	assert_int_equal(replay(*state, capture, "a.db"), 0);
	snprintf(capture, sizeof(capture), "'%s/rasctl' --db a.db show 1 -o json",
		 program_dir);
	assert_int_equal(run(*state, out, sizeof(out), capture), 0);
	o = json_tokener_parse(out);
	hits = json_object_object_get(o, "hits");
	assert_int_equal(json_object_array_length(hits), 1);
	assert_string_equal(member(json_object_array_get_idx(hits, 0), "comm"), "victim");
	assert_string_equal(member(json_object_array_get_idx(hits, 0), "evidence"),
			    "sender");
	assert_int_equal(json_object_array_length(json_object_object_get(o, "links")) > 0,
			 1);
	json_object_put(o);
}

/* The same comes of the same. */
static void repeatable(void **state)
{
	char capture[PATH_MAX + 64];
	struct json_object *a, *b;

	if (!can_run(*state))
		skip();
	snprintf(capture, sizeof(capture), "%s/6.12", golden);
	assert_int_equal(replay(*state, capture, "a.db"), 0);
	assert_int_equal(replay(*state, capture, "b.db"), 0);
	a = events_of(*state, "--db a.db events");
	b = events_of(*state, "--db b.db events");
	assert_string_equal(json_object_to_json_string(a), json_object_to_json_string(b));
	json_object_put(a);
	json_object_put(b);
}

static void copy_file(const char *from, const char *directory, const char *name,
		      size_t without)
{
	char path[PATH_MAX + 64];
	size_t len;
	uint8_t *bytes;
	FILE *file;

	snprintf(path, sizeof(path), "%s/6.12/%s", golden, from);
	bytes = read_whole(path, &len);
	assert_non_null(bytes);
	snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len - without, file), len - without);
	fclose(file);
	free(bytes);
}

static void make_capture(const char *top, char *path, size_t size)
{
	char format[PATH_MAX + 32];

	snprintf(path, size, "%s/capture", top);
	snprintf(format, sizeof(format), "%s/format", path);
	assert_int_equal(mkdir(path, 0755), 0);
	assert_int_equal(mkdir(format, 0755), 0);
	copy_file("header_page", path, "header_page", 0);
	copy_file("release", path, "release", 0);
	copy_file("format/ras:memory_failure_event", path,
		  "format/ras:memory_failure_event", 0);
	copy_file("format/signal:signal_generate", path, "format/signal:signal_generate",
		  0);
}

static void times_and_pages_are_the_captures(void **state)
{
	char capture[PATH_MAX], path[PATH_MAX + 64], expected[64];
	struct json_object *events, *event;
	unsigned long long pfn;
	double sec;
	size_t len;
	char *text, *last;

	if (!can_run(*state))
		skip();
	snprintf(path, sizeof(path), "%s/6.12/memory-failure.txt", golden);
	text = (char *)read_whole(path, &len);
	assert_non_null(text);
	last = memmem(text, len, "[000]", 5);
	last = memmem(last + 1, len - (size_t)(last + 1 - text), "[000]", 5);
	assert_int_equal(
		sscanf(last, "[000] %*s %lf: memory_failure_event: pfn %llx", &sec, &pfn),
		2);
	free(text);
	make_capture(*state, capture, sizeof(capture));
	copy_file("memory-failure.raw", capture, "cpu3.raw", 0);
	write_file(
		capture, "clock",
		"utc_minus_boottime_ns 1700000000000000000\nboottime_minus_log_ns 0\n");
	write_file(capture, "page_size", "65536\n");
	assert_int_equal(replay(*state, capture, "a.db"), 0);
	assert_non_null(strstr(out, "pages of 64 KiB"));
	assert_null(strstr(out, "1970"));
	events = events_of(*state, "--db a.db events");
	assert_int_equal(json_object_array_length(events), 2);
	event = json_object_array_get_idx(events, 1);
	snprintf(expected, sizeof(expected), "0x%llx", pfn * 65536);
	assert_string_equal(member(event, "address"), expected);
	strftime(expected, sizeof(expected), "%Y-%m-%dT%H:%M:%S",
		 gmtime(&(time_t){ 1700000000 + (time_t)sec }));
	assert_int_equal(strncmp(member(event, "time"), expected, 19), 0);
	json_object_put(events);
}

/* A status block of one section of 4 bytes that nobody knows (ACPI 6.5, 18.3.2.7.1). */
static void firmwares_records_are_of_the_boot_before(void **state)
{
	static const uint8_t block[20 + 64 + 4] = {
		[0] = 0x10, [12] = 68, [16] = 1, [20] = 0x67,
		[36] = 1,   [41] = 2,  [44] = 4, [84] = 1
	};
	char capture[PATH_MAX], path[PATH_MAX + 64];
	struct json_object *events, *event;
	FILE *file;

	if (!can_run(*state))
		skip();
	make_capture(*state, capture, sizeof(capture));
	snprintf(path, sizeof(path), "%s/acpi", capture);
	assert_int_equal(mkdir(path, 0755), 0);
	snprintf(path, sizeof(path), "%s/acpi/data", capture);
	assert_int_equal(mkdir(path, 0755), 0);
	snprintf(path, sizeof(path), "%s/acpi/data/BERT", capture);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(block, 1, sizeof(block), file), sizeof(block));
	fclose(file);
	assert_int_equal(replay(*state, capture, "a.db"), 0);
	assert_non_null(strstr(out, "1 sections of BERT"));
	events = events_of(*state, "--db a.db events");
	assert_int_equal(json_object_array_length(events), 1);
	event = json_object_array_get_idx(events, 0);
	assert_string_equal(member(event, "severity"), "fatal");
	assert_string_equal(member(event, "source"), "bert");
	assert_string_equal(member(event, "previous_boot"), "true");
	json_object_put(events);
}

/* What a record is of whose format is not there is kept all the same. */
static void what_is_cut_or_missing_is_said(void **state)
{
	char capture[PATH_MAX];
	struct json_object *events;

	if (!can_run(*state))
		skip();
	make_capture(*state, capture, sizeof(capture));
	copy_file("arm.raw", capture, "cpu0.raw", 0);
	copy_file("memory-failure.raw", capture, "cpu1.raw", 1);
	assert_int_equal(replay(*state, capture, "a.db"), 1);
	assert_non_null(strstr(out, "cpu1.raw: from byte 0 on"));
	assert_non_null(strstr(out, "1 records could not be decoded"));
	events = events_of(*state, "--db a.db events");
	assert_int_equal(json_object_array_length(events), 1);
	assert_int_equal(count(events, "unknown", NULL), 1);
	json_object_put(events);
}

static void refuses(void **state)
{
	char capture[PATH_MAX];

	if (!can_run(*state))
		skip();
	assert_int_equal(replay(*state, "/nowhere", NULL), 1);
	assert_non_null(strstr(out, "No such file"));
	assert_int_equal(replay(*state, ".", NULL), 2);
	assert_non_null(strstr(out, "is no capture"));
	make_capture(*state, capture, sizeof(capture));
	assert_int_equal(replay(*state, capture, NULL), 0);
	assert_int_equal(replay(*state, capture, NULL), 6);
	assert_non_null(strstr(out, "rasd-replay.db is there already"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(golden_captures, setup, teardown),
		cmocka_unit_test_setup_teardown(correlates_and_decides, setup, teardown),
		cmocka_unit_test_setup_teardown(repeatable, setup, teardown),
		cmocka_unit_test_setup_teardown(times_and_pages_are_the_captures, setup,
						teardown),
		cmocka_unit_test_setup_teardown(firmwares_records_are_of_the_boot_before,
						setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_cut_or_missing_is_said, setup,
						teardown),
		cmocka_unit_test_setup_teardown(refuses, setup, teardown),
	};
	const char *build = getenv("top_builddir"), *source = getenv("top_srcdir");
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/tests/golden", source ? source : ".");
	if (!realpath(build ? build : ".", program_dir) || !realpath(path, golden))
		return 1;
	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests_name("replay", tests, NULL, NULL);
}
