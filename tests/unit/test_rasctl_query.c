// SPDX-License-Identifier: LGPL-2.1-or-later

/* What rasctl is asked: searches, summaries, exports, following, and the check. */

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "event/acts.h"
#include "says.h"
#include "util/clock.h"

#define MACHINE "0123456789abcdef" /* of sample_run() */

/* The ids of what was printed as ndjson. */
static const char *ids(void)
{
	static char found[256];
	struct text text = TEXT_IN(found);
	char *copy = strdup(said.out), *rest = copy, *line;

	*found = '\0';
	while ((line = strsep(&rest, "\n")) && *line) {
		struct json_object *o = parse(line);

		text_add(&text, "%s%s", text.len ? " " : "",
			 json_object_get_string(get(o, "id")));
		json_object_put(o);
	}
	free(copy);
	return found;
}

#define ASSERT_EVENTS(f, expected, ...)                                            \
	do {                                                                       \
		assert_int_equal(RASCTL(f, "events", "-o", "ndjson", __VA_ARGS__), \
				 CTL_OK);                                          \
		assert_string_equal(ids(), expected);                              \
	} while (0)

/* A second boot, an hour after the samples: ids 11 (mc) and 12 (sigbus of nginx). */
static void store_later(struct fixture *f)
{
	struct db_writer *w = begin_batch(f);
	struct db_run run;
	struct event event;

	sample_run(&run);
	strcpy(run.boot_id, "22222222-2222-3333-4444-555555555555");
	assert_int_equal(db_add_run(w, &run), 0);
	sample_event(f, "mc", &event);
	event.time_ns = event.time_last_ns = SAMPLE_TIME_NS + 3600 * NS_PER_SEC;
	store_event(w, &event, 11);
	sample_event(f, "sigbus", &event);
	event.time_ns = event.time_last_ns = SAMPLE_TIME_NS + 3601 * NS_PER_SEC;
	event.unit = value_text("nginx.service");
	event.device = value_text("sda");
	store_event(w, &event, 12);
	commit_and_close(w);
}

static void filters_choose_events(void **state)
{
	struct fixture *f = *state;

	store_samples(f);
	store_later(f);
	ASSERT_EVENTS(f, "11 12", "--since", "2027-01-15 08:30 UTC");
	ASSERT_EVENTS(f, "1 2 3 4 5 6 7", "--until", "2027-01-15 08:00:01");
	ASSERT_EVENTS(f, "11", "--since", "@1800000001", "--until",
		      "2027-01-15T09:00:00.123456789Z");
	ASSERT_EVENTS(f, "11 12", "-b");
	ASSERT_EVENTS(f, "11 12", "--boot=0");
	ASSERT_EVENTS(f, "1 2 3 4 5 6 7", "-b", "-1");
	ASSERT_EVENTS(f, "1 2 3 4 5 6 7", "--boot", "1");
	ASSERT_EVENTS(f, "1 2 3 4 5 6 7", "-b", "11111111222233334444555555555555");
	ASSERT_EVENTS(f, "3 7 11", "-t", "mc", "--type", "test");
	ASSERT_EVENTS(f, "3 4 11", "-s", "corrected..deferred");
	ASSERT_EVENTS(f, "7", "-s", "info..info");
	ASSERT_EVENTS(f, "5 12", "--component", "process");
	ASSERT_EVENTS(f, "3 6 11", "--component", "disk", "--component", "memory", "-t",
		      "mc", "-t", "block-error");
	ASSERT_EVENTS(f, "12", "-u", "nginx.service");
	ASSERT_EVENTS(f, "2", "--cpu", "3");
	ASSERT_EVENTS(f, "3 11", "--dimm", "DIMM_A1");
	ASSERT_EVENTS(f, "12", "--device", "sda");
	ASSERT_EVENTS(f, "3 11", "--page", "0x1234567890");
	ASSERT_EVENTS(f, "", "--page", "0x1234568000");
	ASSERT_EVENTS(f, "11", "--page", "0x1234567890", "-n", "1");
}

/* As an old kernel tells of a processor: shortly by its event, and all of it in its log.
 */
static void store_twins(struct fixture *f)
{
	const struct db_link link = { .from = 21, .to = 22, .kind = LINK_RETOLD };
	struct db_writer *w = begin_batch(f);
	struct event event;

	sample_event(f, "arm", &event);
	event.severity = SEVERITY_UNKNOWN;
	for (size_t i = 0; i < EVENT_LISTS_MAX; i++)
		event.lists[i] = (struct list){ 0 };
	store_event(w, &event, 21);
	sample_event(f, "arm", &event);
	event.source = SOURCE_LOG;
	event.flags |= EVENT_RETOLD;
	store_event(w, &event, 22);
	assert_int_equal(db_add_link(w, &link), 0);
	commit_and_close(w);
}

static void what_was_told_twice_is_listed_once(void **state)
{
	struct fixture *f = *state;

	store_samples(f);
	store_twins(f);
	ASSERT_EVENTS(f, "2 21", "-t", "arm");
	ASSERT_EVENTS(f, "2 21 22", "-t", "arm", "--all");
	ASSERT_EVENTS(f, "21", "-n", "1");
	assert_int_equal(RASCTL(f, "export", "-t", "arm"), CTL_OK);
	assert_string_equal(ids(), "2 21 22");
	assert_int_equal(RASCTL(f, "summary", "--by", "type", "-o", "ndjson"), CTL_OK);
	assert_says("{\"type\":\"arm\",\"rows\":2,");
}

/* In one place: what the event itself has, and what only its twin has. */
static void show_has_what_the_other_source_told(void **state)
{
	struct fixture *f = *state;
	struct json_object *o, *twin;

	store_samples(f);
	store_twins(f);
	assert_int_equal(RASCTL(f, "show", "21"), CTL_OK);
	assert_says("\nAlso told\n  id:      22\n");
	assert_says("\n  source:  kernel-log\n");
	assert_says("\nErrors\n  1 of 2\n");
	assert_says("\nRegisters\n");
	assert_says("X0  0x1000");
	assert_true(longest_line(said.out) <= 80);
	assert_int_equal(RASCTL(f, "show", "21", "-o", "json"), CTL_OK);
	o = parse(said.out);
	assert_int_equal(json_object_array_length(get(o, "also_told")), 1);
	twin = json_object_array_get_idx(get(o, "also_told"), 0);
	assert_int_equal(json_object_array_length(get(get(twin, "more"), "errors")), 2);
	/* what both have is there once */
	assert_null(json_object_object_get(get(twin, "more"), "mpidr"));
	json_object_put(o);
	assert_int_equal(RASCTL(f, "show", "2"), CTL_OK);
	assert_null(strstr(said.out, "Also told"));
}

/* The log of a newer kernel has less than its event: then it is only said that it is. */
static void what_both_sources_told_is_shown_once(void **state)
{
	const struct db_link link = { .from = 2, .to = 22, .kind = LINK_RETOLD };
	struct fixture *f = *state;
	struct db_writer *w;
	struct json_object *o, *twin;

	store_samples(f);
	store_twins(f);
	w = begin_batch(f);
	assert_int_equal(db_add_link(w, &link), 0);
	commit_and_close(w);
	ask_nothing(f->db, "UPDATE arm_error SET length = NULL WHERE event = 22");
	assert_int_equal(RASCTL(f, "show", "2", "-o", "json"), CTL_OK);
	o = parse(said.out);
	twin = json_object_array_get_idx(get(o, "also_told"), 0);
	assert_int_equal(json_object_object_length(get(twin, "more")), 0);
	json_object_put(o);
	assert_int_equal(RASCTL(f, "show", "2"), CTL_OK);
	assert_says("\nAlso told\n  id:      22\n");
	assert_null(strstr(strstr(said.out, "\nAlso told\n"), "\nErrors\n"));
	ask_nothing(f->db, "UPDATE arm_error SET length = 31 WHERE event = 22");
	assert_int_equal(RASCTL(f, "show", "2"), CTL_OK);
	/* they contradict each other */
	assert_non_null(strstr(strstr(said.out, "\nAlso told\n"), "\nErrors\n"));
}

/* Vendors' sections have lists with bytes that no line has room for. */
static void long_values_of_lists_are_whole_and_wrapped(void **state)
{
	struct fixture *f = *state;

	store_samples(f);
	ask_nothing(f->db, "UPDATE arm_error SET operation = printf('%.*c', 300, 'x')"
			   " || ' the end' WHERE event = 2");
	assert_int_equal(RASCTL(f, "show", "2"), CTL_OK);
	assert_says("    operation: xxxx");
	assert_says("the end\n");
	assert_true(longest_line(said.out) <= 80);
}

/* A program that reads pieces takes the same columns from each. */
static void csv_has_the_same_header_with_and_without_rows(void **state)
{
	static const char *const both[] = { "events", "export" };
	struct fixture *f = *state;

	store_samples(f);
	for (size_t i = 0; i < ARRAY_SIZE(both); i++) {
		char *with;

		assert_int_equal(RASCTL(f, both[i], "-o", "csv"), CTL_OK);
		with = strndup(said.out, strcspn(said.out, "\n") + 1);
		assert_int_equal(RASCTL(f, both[i], "-o", "csv", "--cpu", "77"), CTL_OK);
		assert_string_equal(said.out, with);
		free(with);
	}
}

static void what_cannot_be_meant_is_said(void **state)
{
	static const struct {
		const char *option, *value, *says;
	} wrong[] = {
		{ "--since", "soon",
		  "--since wants a time like \"2026-11-20 13:00:05\"" },
		{ "--until", "2026-02-30", "--until wants a time like" },
		{ "--boot", "-7", "knows no boot -7; see rasctl summary --by boot" },
		{ "--boot=yes", "-r", "--boot wants a boot: 0 (the last)" },
		{ "--severity", "fatal..info", "or two of them as in info..corrected" },
		{ "--component", "dimm", "--component wants a component: memory, cpu" },
		{ "--page", "0xg", "--page wants an address" },
		{ "--cpu", "-1", "--cpu wants a CPU's number" },
		{ "--after-cursor", "12", "\"12\" is no cursor" },
		{ "--after-cursor", "a:b:3", "this cursor is of another database, b" },
		{ "-f", "-r", "--follow has no end" },
	};
	struct fixture *f = *state;

	store_samples(f);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		assert_int_equal(RASCTL(f, "events", wrong[i].option, wrong[i].value),
				 CTL_USAGE);
		assert_one_sentence(wrong[i].says);
	}
}

/* --- summaries and pages ------------------------------------------------------------ */

static void summaries_are_by_anything(void **state)
{
	struct fixture *f = *state;

	store_samples(f);
	store_later(f);
	assert_int_equal(RASCTL(f, "summary", "--by", "boot"), CTL_OK);
	assert_string_equal(
		said.out,
		"BOOT                                 EVENTS CE UE LAST\n"
		"11111111-2222-3333-4444-555555555555      7  8  4 Jan 15 08:00:00\n"
		"22222222-2222-3333-4444-555555555555      2  7  1 Jan 15 09:00:01\n");
	assert_int_equal(RASCTL(f, "summary", "--by", "day", "-o", "csv"), CTL_OK);
	assert_string_equal(said.out,
			    "day,rows,count,info,corrected,deferred,uncorrected,fatal,"
			    "unknown,first,last\n"
			    "2027-01-15,9,21,1,15,0,5,0,0,2027-01-15T08:00:00.123456789Z,"
			    "2027-01-15T09:00:01.123456789Z\n");
	assert_int_equal(RASCTL(f, "summary", "--by", "unit", "-o", "ndjson"), CTL_OK);
	assert_says("{\"unit\":\"nginx.service\",\"rows\":1,\"count\":1,");
	assert_int_equal(RASCTL(f, "summary", "--by", "page", "-o", "ndjson"), CTL_OK);
	assert_says("{\"page\":\"0x1234567000\",\"rows\":2,\"count\":14,");
	assert_int_equal(RASCTL(f, "summary", "--by", "dimm", "-o", "ndjson"), CTL_OK);
	assert_says("{\"dimm\":\"DIMM_A1\",\"rows\":2,");
	assert_says("{\"dimm\":null,");
	for (size_t i = 0; i < 10; i++) {
		static const char *const by[] = { "type", "severity", "component", "unit",
						  "dimm", "device",   "page",	   "cpu",
						  "boot", "day" };

		assert_int_equal(RASCTL(f, "summary", "--by", by[i]), CTL_OK);
		assert_plain(said.out);
		assert_true(longest_line(said.out) <= 80);
		assert_true(count_lines(said.out) >= 2);
	}
	assert_int_equal(RASCTL(f, "summary", "--by", "colour"), CTL_USAGE);
	assert_one_sentence("--by wants type, severity");
}

static void pages_have_their_state(void **state)
{
	struct fixture *f = *state;
	struct db_page page = { .address = 0x1234567000,
				.corrected = 24,
				.first_ns = SAMPLE_TIME_NS,
				.last_ns = SAMPLE_TIME_NS + NS_PER_SEC,
				.state = 2 };
	struct db_writer *w;

	store_samples(f);
	assert_int_equal(RASCTL(f, "pages"), CTL_OK);
	assert_string_equal(said.out, "No page is known for errors.\n");
	w = begin_batch(f);
	assert_int_equal(db_add_page(w, &page), 0);
	commit_and_close(w);
	assert_int_equal(RASCTL(f, "pages"), CTL_OK);
	assert_string_equal(
		said.out,
		"        PAGE STATE    CORRECTED FIRST           LAST\n"
		"0x1234567000 offlined        24 Jan 15 08:00:00 Jan 15 08:00:01\n");
	store_later(f); /* a boot later it is memory as any other */
	assert_int_equal(RASCTL(f, "pages", "-o", "ndjson"), CTL_OK);
	assert_says(
		"\"state\":\"watched\",\"state_before\":\"offlined\",\"corrected\":24,");
}

/* --- formats ------------------------------------------------------------------------ */

static void csv_has_a_header_and_quotes(void **state)
{
	struct fixture *f = *state;

	store_samples(f);
	assert_int_equal(RASCTL(f, "events", "-o", "csv", "-t", "test"), CTL_OK);
	assert_int_equal(count_lines(said.out), 2);
	assert_int_equal(strncmp(said.out, "id,time,time_last,type,severity,", 32), 0);
	assert_says("\n7,2027-01-15T08:00:00.123456789Z,2027-01-15T08:00:00.123456789Z,"
		    "test,info,rasd,1,,,");
	assert_says(",\"{\"\"token\"\":");
	assert_int_equal(RASCTL(f, "events", "-o", "csv", "--cpu", "77"), CTL_OK);
	assert_int_equal(count_lines(said.out), 1);
	assert_int_equal(RASCTL(f, "show", "2", "-o", "csv"), CTL_OK);
	assert_int_equal(strncmp(said.out, "name,value\nid,2\n", 16), 0);
	assert_says("\ndetail.registers.0.name,X0\n");
	assert_int_equal(RASCTL(f, "summary", "-o", "csv"), CTL_OK);
	assert_says("\n\nstage,instance,count,first,last\n");
	assert_plain(said.out);
}

/* --- cursors and exports ------------------------------------------------------------ */

static void a_cursor_goes_on_where_it_was(void **state)
{
	struct fixture *f = *state;
	char cursor[256], *line;

	store_samples(f);
	assert_int_equal(RASCTL(f, "events", "-n", "3", "--show-cursor"), CTL_OK);
	line = strstr(said.out, "-- cursor: " MACHINE ":");
	assert_non_null(line);
	snprintf(cursor, sizeof(cursor), "%s", line + 11);
	cursor[strcspn(cursor, "\n")] = '\0';
	assert_string_equal(strrchr(cursor, ':'), ":7");
	ASSERT_EVENTS(f, "", "--after-cursor", cursor);
	store_later(f);
	ASSERT_EVENTS(f, "11 12", "--after-cursor", cursor);
	ASSERT_EVENTS(f, "11", "-n", "1", "--after-cursor",
		      cursor); /* passes none over */
	assert_int_equal(
		RASCTL(f, "export", "--after-cursor", cursor, "-n1", "--show-cursor"),
		CTL_OK);
	assert_string_equal(ids(), "11");
	assert_non_null(strstr(said.err, ":11\n"));
	assert_says("{\"machine_id\":\"" MACHINE "\",\"db_id\":\"");
}

static void an_export_is_made_in_pieces(void **state)
{
	struct fixture *f = *state;
	char file[128];

	store_samples(f);
	snprintf(file, sizeof(file), "%s/cursor", f->dir);
	assert_int_equal(RASCTL(f, "export", "-n", "4", "--cursor-file", file), CTL_OK);
	assert_string_equal(ids(), "1 2 3 4");
	assert_int_equal(RASCTL(f, "export", "-n", "4", "--cursor-file", file), CTL_OK);
	assert_string_equal(ids(), "5 6 7");
	assert_int_equal(RASCTL(f, "export", "-n", "4", "--cursor-file", file), CTL_OK);
	assert_string_equal(said.out, "");
	store_later(f);
	assert_int_equal(RASCTL(f, "export", "-o", "csv", "--cursor-file", file), CTL_OK);
	assert_int_equal(count_lines(said.out), 3);
	assert_int_equal(strncmp(said.out, "machine_id,db_id,id,time,", 25), 0);
	assert_int_equal(RASCTL(f, "export", "-o", "csv", "--cursor-file", file), CTL_OK);
	assert_int_equal(count_lines(said.out), 1);
	assert_int_equal(strncmp(said.out, "machine_id,db_id,id,time,", 25), 0);
	assert_int_equal(RASCTL(f, "export", "-o", "json"), CTL_USAGE);
	assert_one_sentence("export writes ndjson (by itself) or csv, not json");
}

/* One that was replaced is read from its beginning, and that is said. */
static void a_new_database_is_exported_from_its_beginning(void **state)
{
	struct fixture *f = *state;
	char file[128];

	store_samples(f);
	snprintf(file, sizeof(file), "%s/cursor", f->dir);
	assert_int_equal(RASCTL(f, "export", "--cursor-file", file), CTL_OK);
	unlink(f->db);
	store_samples(f);
	assert_int_equal(RASCTL(f, "export", "--cursor-file", file), CTL_OK);
	assert_string_equal(ids(), "1 2 3 4 5 6 7");
	assert_non_null(strstr(said.err, "the database is another one than"));
	ask_nothing(f->db, "DELETE FROM event");
	assert_int_equal(RASCTL(f, "export", "--cursor-file", f->dir), CTL_FAILED);
	assert_one_sentence("cannot read");
}

/* --- following ---------------------------------------------------------------------- */

static pid_t start_following(struct fixture *f, int *ret_out, const char *format)
{
	const char *const words[] = { "rasctl", "--db", f->db, "events", "-f",
				      "-o",	format, "-n",  "1",	 NULL };
	int fds[2];
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		struct command command;

		dup2(fds[1], STDOUT_FILENO);
		close(fds[0]);
		close(fds[1]);
		if (command_parse(9, (char **)words, &command) != CTL_OK)
			_exit(99);
		_exit(command.verb->run(&command.options, command.arguments));
	}
	close(fds[1]);
	*ret_out = fds[0];
	return pid;
}

/* The next line, whenever it comes. */
static void read_line(int fd, char *line, size_t size)
{
	size_t n = 0;

	while (n < size - 1 && read(fd, line + n, 1) == 1 && line[n] != '\n')
		n++;
	line[n] = '\0';
}

static int end_of(pid_t pid)
{
	int status = 0;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void following_shows_what_comes(void **state)
{
	struct fixture *f = *state;
	char line[8192];
	int out;
	pid_t pid;

	store_samples(f);
	pid = start_following(f, &out, "ndjson");
	read_line(out, line, sizeof(line));
	assert_int_equal(strncmp(line, "{\"id\":7,", 8), 0);
	store_later(f);
	read_line(out, line, sizeof(line));
	assert_int_equal(strncmp(line, "{\"id\":11,", 9), 0);
	read_line(out, line, sizeof(line));
	assert_int_equal(strncmp(line, "{\"id\":12,", 9), 0);
	kill(pid, SIGINT);
	assert_int_equal(end_of(pid), CTL_OK);
	close(out);
}

static void following_ends_with_its_reader(void **state)
{
	struct fixture *f = *state;
	char line[1024];
	int out;
	pid_t pid;

	store_samples(f);
	setenv("COLUMNS", "80", 1);
	pid = start_following(f, &out, "table");
	read_line(out, line, sizeof(line));
	assert_string_equal(line, "Jan 15 08:00:00 info        test           synthetic "
				  "event 00aa sample (7)");
	close(out);
	assert_int_equal(end_of(pid), CTL_OK);
}

static void following_goes_to_a_new_database(void **state)
{
	struct fixture *f = *state;
	char line[8192], aside[128];
	int out;
	pid_t pid;

	store_samples(f);
	pid = start_following(f, &out, "ndjson");
	read_line(out, line, sizeof(line));
	snprintf(aside, sizeof(aside), "%s.aside", f->db);
	assert_int_equal(rename(f->db, aside), 0);
	store_samples(f);
	read_line(out, line, sizeof(line));
	assert_int_equal(strncmp(line, "{\"id\":1,", 8), 0);
	kill(pid, SIGTERM);
	close(out);
	end_of(pid);
}

/* --- check and ack ------------------------------------------------------------------ */

static void make_event_of(struct fixture *f, uint64_t id, enum severity severity,
			  unsigned int flags)
{
	struct db_writer *w = begin_batch(f);
	struct event event;

	sample_event(f, "mc", &event);
	event.severity = severity;
	event.flags |= flags;
	store_event(w, &event, id);
	commit_and_close(w);
}

/* Whatever else there is to say: of this machine, which is not ours to know. */
static void without_a_database_a_check_is_still_a_line(void **state)
{
	struct fixture *f = *state;

	assert_true(RASCTL(f, "check") >= 2);
	assert_int_equal(count_lines(said.out), 1);
	assert_int_equal(strncmp(said.out, "RASD ", 5), 0);
	assert_says("there is no database at ");
	assert_string_equal(said.err, "");
}

/* The samples' run names a ring that is nowhere: no daemon. */
static void check_says_what_is_new(void **state)
{
	struct fixture *f = *state;
	char note[] = "DIMM A1 replaced";

	store_samples(f);
	assert_int_equal(RASCTL(f, "check"), 2);
	assert_int_equal(count_lines(said.out), 1);
	assert_says("RASD CRITICAL - 4 uncorrected errors; rasd is not running (rasctl "
		    "events -s deferred) | uncorrected=4 deferred=0 untold=0 "
		    "failed_acts=0 lost=0\n");
	assert_int_equal(RASCTL(f, "check", "--for", "npd"), 1);
	assert_null(strchr(said.out, '|'));
	assert_int_equal(RASCTL(f, "ack", note), CTL_OK);
	assert_says("Up to event: 7\n");
	assert_says("Note:        DIMM A1 replaced\n");
	assert_int_equal(RASCTL(f, "check", "-o", "json"), 2);
	assert_says("\"message\":\"rasd is not running\",\"uncorrected\":0,");
	assert_says("\"note\":\"DIMM A1 replaced\"");
	make_event_of(f, 21, SEVERITY_DEFERRED, 0);
	make_event_of(f, 22, SEVERITY_FATAL, EVENT_UNCONFIRMED);
	make_event_of(f, 23, SEVERITY_FATAL, EVENT_SYNTHETIC);
	make_event_of(f, 24, SEVERITY_FATAL, EVENT_RETOLD);
	assert_int_equal(RASCTL(f, "check"), 2);
	assert_says(" 1 deferred errors; rasd is not running");
	assert_says("uncorrected=0 deferred=1");
	assert_int_equal(RASCTL(f, "ack", "0"), CTL_OK);
	assert_int_equal(RASCTL(f, "check"), 2);
	assert_says("uncorrected=4 deferred=1");
}

/* How severe it was only the log told: that is no error of unknown severity. */
static void a_check_goes_by_what_the_other_source_told(void **state)
{
	struct fixture *f = *state;

	store_samples(f);
	assert_int_equal(RASCTL(f, "ack"), CTL_OK);
	make_event_of(f, 20, SEVERITY_UNKNOWN, 0);
	store_twins(f);
	RASCTL(f, "check");
	assert_says("uncorrected=1 deferred=0 untold=1");
	ask_nothing(f->db, "UPDATE event SET severity = 2 WHERE id = 22");
	RASCTL(f, "check");
	assert_says("uncorrected=0 deferred=1 untold=1");
	ask_nothing(f->db, "UPDATE event SET severity = 1 WHERE id = 22");
	RASCTL(f, "check");
	assert_says("uncorrected=0 deferred=0 untold=1");
	ask_nothing(f->db, "DROP TABLE link"); /* as an older version left it */
	RASCTL(f, "check");
	assert_says("uncorrected=0 deferred=0 untold=2");
}

static void losses_are_acknowledged(void **state)
{
	struct fixture *f = *state;
	struct db_writer *w;

	store_samples(f);
	w = begin_batch(f);
	tell_loss(w, 8, 3000, 0);
	commit_and_close(w);
	assert_int_equal(RASCTL(f, "check"), 2);
	assert_says("8 events lost");
	assert_int_equal(RASCTL(f, "ack"), CTL_OK);
	w = begin_batch(f);
	tell_loss(w, 10, 4000, 0);
	commit_and_close(w);
	assert_int_equal(RASCTL(f, "check"), 2);
	assert_says("2 events lost");
	/* what is meant as an id is no note: that would acknowledge all */
	assert_int_equal(RASCTL(f, "ack", "1O0"), CTL_USAGE);
	assert_int_equal(RASCTL(f, "ack", "#7"), CTL_USAGE);
	assert_int_equal(RASCTL(f, "ack", ""), CTL_USAGE);
	assert_int_equal(RASCTL(f, "ack", "99"), CTL_USAGE);
	assert_one_sentence("there is no event 99 yet: the last one is 7");
}

/* An ack is of one database; what is broken is not believed. */
static void an_ack_is_of_its_database(void **state)
{
	struct fixture *f = *state;
	char path[128];
	FILE *file;

	store_samples(f);
	assert_int_equal(RASCTL(f, "ack"), CTL_OK);
	unlink(f->db);
	store_samples(f);
	assert_int_equal(RASCTL(f, "check"), 2);
	assert_says("uncorrected=4");
	snprintf(path, sizeof(path), "%s.ack", f->db);
	file = fopen(path, "w");
	fputs("{\"id\":", file);
	fclose(file);
	assert_int_equal(RASCTL(f, "check"), 2);
	assert_says(".ack cannot be read: ");
	assert_says("uncorrected=4");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(filters_choose_events),
		TEST(what_was_told_twice_is_listed_once),
		TEST(show_has_what_the_other_source_told),
		TEST(what_both_sources_told_is_shown_once),
		TEST(long_values_of_lists_are_whole_and_wrapped),
		TEST(csv_has_the_same_header_with_and_without_rows),
		TEST(what_cannot_be_meant_is_said),
		TEST(summaries_are_by_anything),
		TEST(pages_have_their_state),
		TEST(csv_has_a_header_and_quotes),
		TEST(a_cursor_goes_on_where_it_was),
		TEST(an_export_is_made_in_pieces),
		TEST(a_new_database_is_exported_from_its_beginning),
		TEST(following_shows_what_comes),
		TEST(following_ends_with_its_reader),
		TEST(following_goes_to_a_new_database),
		TEST(without_a_database_a_check_is_still_a_line),
		TEST(check_says_what_is_new),
		TEST(a_check_goes_by_what_the_other_source_told),
		TEST(losses_are_acknowledged),
		TEST(an_ack_is_of_its_database),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
