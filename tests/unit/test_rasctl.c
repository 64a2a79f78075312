// SPDX-License-Identifier: LGPL-2.1-or-later

/* rasctl, as it is called: what it prints, and how it ends. */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rasctl_fixture.h"
#include "util/macro.h"

static size_t longest_line(const char *text)
{
	size_t longest = 0;

	while (*text) {
		size_t len = strcspn(text, "\n");

		longest = MAX(longest, len);
		text += len + (text[len] == '\n');
	}
	return longest;
}

/* Nothing but printable ASCII and line ends: no byte that a terminal acts upon. */
static void assert_plain(const char *text)
{
	for (; *text; text++)
		if (*text != '\n' && (*text < 0x20 || *text > 0x7e))
			fail_msg("byte %#x in the output", (unsigned char)*text);
}

/* --- tables ------------------------------------------------------------------------- */

static void events_fit_80_columns(void **state)
{
	struct fixture *f = *state;

	store_samples(f);
	assert_int_equal(RASCTL(f, "events"), CTL_OK);
	assert_string_equal(
		said.out,
		"ID TIME            SEVERITY    TYPE           COUNT MESSAGE\n"
		" 1 Jan 15 08:00:00 uncorrected memory-failure     1 pfn 0x12345: recovery action\n"
		"                                                    for 0x9: 0x3\n"
		" 2 Jan 15 08:00:00 uncorrected arm                1 cache + tlb errors on CPU 3,\n"
		"                                                    MPIDR 0x80000000, MIDR\n"
		"                                                    0x413fd0c1, running,\n"
		"                                                    physical address\n"
		"                                                    0x8000123450\n"
		" 3 Jan 15 08:00:00 corrected   mc                 7 7 corrected errors: memory\n"
		"                                                    read error on DIMM_A1 at\n"
		"                                                    0x1234567000\n"
		" 4 Jan 15 08:00:00 corrected   non-standard       1 section\n"
		"                                                    a3a2a1a0-a5a4-a7a6-a8a9-aaab\n"
		"                                                    acadaeaf, 48 bytes, FRU slot\n"
		"                                                    7\n"
		" 5 Jan 15 08:00:00 uncorrected sigbus             1 SIGBUS BUS_MCEERR_AR to\n"
		"                                                    evil\\x1b[2J\\x0a[4711]\n"
		" 6 Jan 15 08:00:00 uncorrected block-error        1 critical medium error\n"
		"                                                    reading 8 sectors at\n"
		"                                                    12345678 of device 7:3\n"
		" 7 Jan 15 08:00:00 info        test               1 synthetic event 00aa sample\n");
}

static void a_count_that_is_always_1_gives_its_room(void **state)
{
	struct fixture *f = *state;

	store_samples(f);
	assert_int_equal(RASCTL(f, "events", "-n", "1"), CTL_OK);
	assert_string_equal(
		said.out,
		"ID TIME            SEVERITY TYPE MESSAGE\n"
		" 7 Jan 15 08:00:00 info     test synthetic event 00aa sample\n");
}

static void there_is_more_at_200_columns(void **state)
{
	struct fixture *f = *state;

	store_samples(f);
	setenv("COLUMNS", "200", 1);
	assert_int_equal(RASCTL(f, "events"), CTL_OK);
	assert_non_null(strstr(said.out, "2027-01-15 08:00:00.123"));
	assert_non_null(strstr(said.out, " PID "));
	assert_non_null(strstr(said.out, "physical address 0x8000123450\n"));
	assert_null(strstr(said.out, "..."));
	assert_true(longest_line(said.out) <= 200);
}

static void nothing_is_cut_where_there_is_no_terminal(void **state)
{
	struct fixture *f = *state;

	store_samples(f);
	unsetenv("COLUMNS");
	assert_int_equal(RASCTL(f, "events"), CTL_OK);
	assert_null(strstr(said.out, "..."));
	assert_null(strstr(said.out, "\033"));
}

static void every_view_keeps_to_its_width(void **state)
{
	static const char *const widths[] = { "60", "80", "120", "200" };
	static const char *const shown[] = { "1", "2", "3", "4", "5", "6", "7" };
	struct fixture *f = *state;

	store_samples(f);
	for (size_t i = 0; i < ARRAY_SIZE(widths); i++) {
		size_t width = strtoul(widths[i], NULL, 10);

		setenv("COLUMNS", widths[i], 1);
		for (size_t id = 0; id < ARRAY_SIZE(shown); id++) {
			assert_int_equal(RASCTL(f, "show", shown[id]), CTL_OK);
			assert_plain(said.out);
			assert_true(longest_line(said.out) <= width);
		}
		assert_int_equal(RASCTL(f, "events"), CTL_OK);
		assert_plain(said.out);
		assert_true(longest_line(said.out) <= MAX(width, (size_t)78));
		assert_int_equal(RASCTL(f, "summary"), CTL_OK);
		assert_true(longest_line(said.out) <= MAX(width, (size_t)80));
		assert_int_equal(RASCTL(f, "status"), CTL_OK);
		assert_true(longest_line(said.out) <= width);
	}
}

static void show_has_every_register(void **state)
{
	struct fixture *f = *state;

	store_samples(f);
	assert_int_equal(RASCTL(f, "show", "2"), CTL_OK);
	assert_non_null(strstr(said.out, "Severity:  uncorrected\n"));
	assert_non_null(strstr(said.out, "Address:   0x8000123450, physical\n"));
	assert_non_null(strstr(said.out, "    error_info: 0x88d0077 "));
	assert_non_null(strstr(said.out, "vendor_bytes:   76656e646f720001ff2e2e\n"));
	assert_non_null(strstr(
		said.out,
		"    X0  0x1000              X1  0x1001              X2  0x1002\n"));
	assert_non_null(strstr(said.out, "SP  0xffffffffffffffff\n"));
	assert_non_null(strstr(said.out, "TTBR0_EL3"));
}

static void a_hostile_name_is_only_text(void **state)
{
	struct fixture *f = *state;

	store_samples(f);
	setenv("COLUMNS", "200", 1);
	assert_int_equal(RASCTL(f, "events", "--type", "sigbus"), CTL_OK);
	assert_non_null(strstr(said.out, "to evil\\x1b[2J\\x0a[4711]"));
	assert_plain(said.out);
	assert_int_equal(RASCTL(f, "show", "\033[2J"), CTL_USAGE);
	assert_one_sentence("\"\\x1b[2J\" is no event id");
}

/* --- JSON --------------------------------------------------------------------------- */

static void json_has_every_member(void **state)
{
	static const char *const keys[] = { "id",	 "time",  "type",    "severity",
					    "component", "count", "address", "cpu",
					    "pid",	 "comm",  "unit",    "dimm",
					    "message",	 "detail" };
	struct fixture *f = *state;
	struct json_object *document, *events, *event;

	store_samples(f);
	assert_int_equal(RASCTL(f, "events", "-o", "json"), CTL_OK);
	document = parse(said.out);
	assert_int_equal(json_object_get_int(get(document, "version")), 1);
	events = get(document, "events");
	assert_int_equal(json_object_array_length(events), 7);
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		get(json_object_array_get_idx(events, 0), keys[i]);
	event = json_object_array_get_idx(events, 2);
	assert_int_equal(json_object_get_type(get(event, "count")), json_type_int);
	assert_string_equal(json_object_get_string(get(event, "address")),
			    "0x1234567000");
	assert_string_equal(json_object_get_string(get(get(event, "detail"), "syndrome")),
			    "0xfedcba9876543210");
	assert_null(get(event, "pid"));
	json_object_put(document);
}

static void ndjson_is_an_object_a_line(void **state)
{
	struct fixture *f = *state;
	char *line, *rest = said.out;
	int64_t id = 0;

	store_samples(f);
	assert_int_equal(RASCTL(f, "events", "-o", "ndjson"), CTL_OK);
	while ((line = strsep(&rest, "\n")) && *line) {
		struct json_object *event = parse(line);

		assert_int_equal(json_object_get_int64(get(event, "id")), ++id);
		json_object_put(event);
	}
	assert_int_equal(id, 7);
}

static void show_as_json_is_the_object(void **state)
{
	struct fixture *f = *state;
	struct json_object *o, *registers, *first;

	store_samples(f);
	assert_int_equal(RASCTL(f, "show", "2", "-o", "json"), CTL_OK);
	o = parse(said.out);
	assert_int_equal(json_object_get_int(get(o, "version")), 1);
	assert_int_equal(json_object_get_int(get(o, "id")), 2);
	registers = get(get(o, "detail"), "registers");
	assert_int_equal(json_object_array_length(registers), 42);
	first = json_object_array_get_idx(registers, 0);
	assert_string_equal(json_object_get_string(get(first, "name")), "X0");
	assert_string_equal(json_object_get_string(get(first, "value")), "0x1000");
	json_object_put(o);
	assert_int_equal(RASCTL(f, "show", "2", "-o", "ndjson"), CTL_OK);
	assert_int_equal(count_lines(said.out), 1);
}

static void no_events_is_still_a_document(void **state)
{
	struct fixture *f = *state;

	db_writer_close(open_writer(f->db));
	assert_int_equal(RASCTL(f, "events", "-o", "json"), CTL_OK);
	assert_string_equal(said.out, "{\"version\":1,\"events\":[]}\n");
	assert_int_equal(RASCTL(f, "events", "-o", "ndjson"), CTL_OK);
	assert_string_equal(said.out, "");
	assert_int_equal(RASCTL(f, "events"), CTL_OK);
	assert_string_equal(said.out, "No events.\n");
	assert_int_equal(RASCTL(f, "summary"), CTL_OK);
	assert_string_equal(said.out, "No events.\n\nNothing was lost.\n");
	assert_int_equal(RASCTL(f, "status"), CTL_OK);
	assert_non_null(strstr(said.out, "Events:        none\n"));
	assert_non_null(strstr(said.out, "Last run:      none\n"));
}

static void summary_counts_what_rows_stand_for(void **state)
{
	struct fixture *f = *state;
	const struct db_counter counter = {
		.stage = "event-ring", .cpu = -1, .total = 12, .time_ns = SAMPLE_TIME_NS
	};
	struct json_object *o, *row;
	struct db_writer *w;

	store_samples(f);
	w = begin_batch(f);
	assert_int_equal(db_add_counter(w, &counter), 0);
	commit_and_close(w);
	assert_int_equal(RASCTL(f, "summary", "-o", "json"), CTL_OK);
	o = parse(said.out);
	row = json_object_array_get_idx(get(o, "summary"), 2);
	assert_string_equal(json_object_get_string(get(row, "type")), "mc");
	assert_int_equal(json_object_get_int(get(row, "rows")), 1);
	assert_int_equal(json_object_get_int(get(row, "count")), 7);
	row = json_object_array_get_idx(get(o, "losses"), 0);
	assert_string_equal(json_object_get_string(get(row, "stage")), "event-ring");
	assert_int_equal(json_object_get_int(get(row, "count")), 12);
	json_object_put(o);
	assert_int_equal(RASCTL(f, "status"), CTL_OK);
	assert_non_null(strstr(said.out, "Lost:          12 in event-ring\n"));
}

/* --- which events ------------------------------------------------------------------- */

/* The ids of a list as ndjson, as digits. */
static const char *ids(void)
{
	static char found[64];
	struct text text = TEXT_IN(found);
	char *line, *rest = said.out;

	*found = '\0';
	while ((line = strsep(&rest, "\n")) && *line) {
		struct json_object *event = parse(line);

		text_add(&text, "%s", json_object_get_string(get(event, "id")));
		json_object_put(event);
	}
	return found;
}

static void options_choose_events(void **state)
{
	struct fixture *f = *state;

	store_samples(f);
	assert_int_equal(RASCTL(f, "-o", "ndjson", "events"), CTL_OK);
	assert_string_equal(ids(), "1234567");
	assert_int_equal(RASCTL(f, "events", "-ondjson", "-n2"), CTL_OK);
	assert_string_equal(ids(), "67");
	assert_int_equal(RASCTL(f, "-r", "--lines=3", "events", "-o", "ndjson"), CTL_OK);
	assert_string_equal(ids(), "765");
	assert_int_equal(RASCTL(f, "events", "--type", "arm", "-o", "ndjson"), CTL_OK);
	assert_string_equal(ids(), "2");
	assert_int_equal(RASCTL(f, "events", "-s", "uncorrected", "-o", "ndjson"),
			 CTL_OK);
	assert_string_equal(ids(), "1256");
	unsetenv("COLUMNS"); /* a line for each */
	assert_int_equal(RASCTL(f, "events", "-n", "all"), CTL_OK);
	assert_int_equal(count_lines(said.out), 8);
}

/* --- what goes wrong ---------------------------------------------------------------- */

static void wrong_calls_are_usage(void **state)
{
	struct fixture *f = *state;

	store_samples(f);
	assert_int_equal(RASCTL(f, "evnts"), CTL_USAGE);
	assert_one_sentence("there is no verb \"evnts\"");
	assert_int_equal(rasctl(f, (const char *const[]){ NULL }), CTL_USAGE);
	assert_one_sentence("see rasctl --help");
	assert_int_equal(RASCTL(f, "events", "--colour"), CTL_USAGE);
	assert_one_sentence("there is no option --colour");
	assert_int_equal(RASCTL(f, "events", "-x"), CTL_USAGE);
	assert_one_sentence("there is no option -x");
	assert_int_equal(RASCTL(f, "events", "-n"), CTL_USAGE);
	assert_one_sentence("-n needs a value");
	assert_int_equal(RASCTL(f, "events", "-n", "-3"), CTL_USAGE);
	assert_one_sentence("--lines wants a number from 1, or \"all\", not \"-3\"");
	assert_int_equal(RASCTL(f, "events", "--reverse=yes"), CTL_USAGE);
	assert_one_sentence("--reverse takes no value");
	assert_int_equal(RASCTL(f, "events", "-o", "xml"), CTL_USAGE);
	assert_one_sentence("--output wants table, json, ndjson or csv, not \"xml\"");
	assert_int_equal(RASCTL(f, "events", "-s", "bad"), CTL_USAGE);
	assert_one_sentence("as in info..corrected, not \"bad\"");
	assert_int_equal(RASCTL(f, "events", "-t", "mcc"), CTL_USAGE);
	assert_one_sentence("there is no type \"mcc\"; there are aer, ");
	assert_int_equal(RASCTL(f, "status", "-n", "3"), CTL_USAGE);
	assert_one_sentence("\"status\" has no option --lines");
	assert_int_equal(RASCTL(f, "show"), CTL_USAGE);
	assert_one_sentence("\"show\" needs ID");
	assert_int_equal(RASCTL(f, "show", "1", "2"), CTL_USAGE);
	assert_one_sentence("does not take \"2\"");
	assert_int_equal(RASCTL(f, "show", "first"), CTL_USAGE);
	assert_one_sentence("\"first\" is no event id");
	assert_int_equal(RASCTL(f, "test-event", "--instance", "../x"), CTL_USAGE);
	assert_one_sentence("--instance wants a name without \"/\", not \"../x\"");
}

static void help_is_there_and_fits(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(RASCTL(f, "--help"), CTL_OK);
	assert_plain(said.out);
	for (const struct verb *const *verb = verbs; *verb; verb++)
		assert_non_null(strstr(said.out, (*verb)->name));
	for (const struct verb *const *verb = verbs; *verb; verb++) {
		assert_int_equal(RASCTL(f, (*verb)->name, "--help"), CTL_OK);
		assert_plain(said.out);
		assert_non_null(strstr(said.out, "Usage: rasctl "));
		assert_non_null(strstr(said.out, "--output FORMAT"));
		assert_true(longest_line(said.out) <= 80);
	}
	assert_int_equal(RASCTL(f, "--version"), CTL_OK);
	assert_string_equal(said.out, "rasctl " PACKAGE_VERSION "\n");
}

static void a_database_that_cannot_be_read_is_said(void **state)
{
	static const char *const calls[] = { "events", "summary", "test-event" };
	struct fixture *f = *state;
	FILE *file;

	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		assert_int_equal(RASCTL(f, calls[i]), CTL_NO_DATABASE);
		assert_one_sentence("there is no database at");
	}
	assert_int_equal(RASCTL(f, "events", "--db", f->dir), CTL_NO_DATABASE);
	assert_one_sentence("is a directory, not a database file");
	file = fopen(f->db, "we");
	fputs("not a database at all, but long enough to be looked at as one\n", file);
	fclose(file);
	assert_int_equal(RASCTL(f, "show", "1"), CTL_NO_DATABASE);
	assert_one_sentence("is not a database");
	unlink(f->db);
	store_samples(f);
	ask_nothing(f->db, "PRAGMA user_version = 7000");
	assert_int_equal(RASCTL(f, "events"), CTL_NO_DATABASE);
	assert_one_sentence("made by a newer rasd (schema 7; this version reads 1)");
}

static void an_event_that_is_not_there_is_said(void **state)
{
	struct fixture *f = *state;

	store_samples(f);
	assert_int_equal(RASCTL(f, "show", "8"), CTL_NO_EVENT);
	assert_one_sentence("there is no event 8 in ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(events_fit_80_columns),
		TEST(a_count_that_is_always_1_gives_its_room),
		TEST(there_is_more_at_200_columns),
		TEST(nothing_is_cut_where_there_is_no_terminal),
		TEST(every_view_keeps_to_its_width),
		TEST(show_has_every_register),
		TEST(a_hostile_name_is_only_text),
		TEST(json_has_every_member),
		TEST(ndjson_is_an_object_a_line),
		TEST(show_as_json_is_the_object),
		TEST(no_events_is_still_a_document),
		TEST(summary_counts_what_rows_stand_for),
		TEST(options_choose_events),
		TEST(wrong_calls_are_usage),
		TEST(help_is_there_and_fits),
		TEST(a_database_that_cannot_be_read_is_said),
		TEST(an_event_that_is_not_there_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
