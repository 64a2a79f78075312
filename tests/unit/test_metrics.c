// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Counting, and the text that comes of it. The golden texts are what tests/prometheus
 * shows to promtool; RASD_WRITE_GOLDEN=1 writes them anew.
 */

#include "unit/check.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "rasd/metrics.h"
#include "unit/fixtures.h"
#include "util/clock.h"

#define N_STAGES 7 /* there from the start, beside "other" */

static struct here {
	struct tally tally;
	struct metrics_view view;
	char out[METRICS_BYTES_MAX];
} here;

static int set_up(void **state)
{
	(void)state;
	memset(&here.tally, 0xa5, sizeof(here.tally));
	assert_false(tally_begin(&here.tally));
	here.view = (struct metrics_view){
		.tally = &here.tally,
		.types = { "mc", NULL, "memory-failure" },
		.version = "0.1.0",
		.kernel = "6.12.1-arm64",
		.up = true,
		.started_ns = 1795167000 * NS_PER_SEC + 5 * NS_PER_MSEC,
	};
	return 0;
}

static const char *render(void)
{
	struct text out = TEXT_IN(here.out);

	here.out[0] = '\0';
	assert_int_equal(metrics_render(&here.view, &out), 0);
	return here.out;
}

/* The text has this line, once. */
static void expect_line(const char *line)
{
	const char *text = render();
	size_t len = strlen(line), n = 0;

	for (const char *at = text; (at = strstr(at, line)); at += len)
		if ((at == text || at[-1] == '\n') && at[len] == '\n')
			n++;
	if (n != 1)
		print_error("# %zu lines are: %s\n", n, line);
	assert_int_equal(n, 1);
}

static size_t lines_with(const char *begin)
{
	const char *text = render();
	size_t n = 0;

	for (; text && *text; text = strchr(text, '\n'), text += text != NULL)
		n += !strncmp(text, begin, strlen(begin));
	return n;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* One series twice, and node_exporter takes nothing of the file. */
static void expect_no_series_twice(void)
{
	static char *series[16384];
	size_t n = 0;

	render();
	for (char *line = strtok(here.out, "\n"); line; line = strtok(NULL, "\n")) {
		char *value = strrchr(line, ' ');

		if (line[0] == '#')
			continue;
		assert_non_null(value);
		*value = '\0';
		assert_true(n < ARRAY_SIZE(series));
		series[n++] = line;
	}
	qsort(series, n, sizeof(series[0]), by_text);
	for (size_t i = 1; i < n; i++)
		assert_string_not_equal(series[i - 1], series[i]);
	assert_true(n > 50);
}

static void expect_golden(const char *name)
{
	const char *top = getenv("top_srcdir");
	char path[PATH_MAX];
	char *expected;
	size_t len;

	snprintf(path, sizeof(path), "%s/tests/golden/metrics/%s.prom", top ? top : ".",
		 name);
	render();
	if (getenv("RASD_WRITE_GOLDEN"))
		write_file("", path, here.out);
	expected = (char *)read_whole(path, &len);
	assert_non_null(expected);
	assert_string_equal(here.out, expected);
	free(expected);
}

/* --- texts --- */

static void nothing_has_happened_yet(void **state)
{
	(void)state;
	expect_golden("fresh");
	expect_no_series_twice();
}

static void fill_in(void)
{
	struct tally *tally = &here.tally;

	tally_event(tally, 0, SEVERITY_CORRECTED, 10);
	tally_event(tally, 0, SEVERITY_CORRECTED, 2);
	tally_event(tally, 2, SEVERITY_UNCORRECTED, 1);
	tally_event(tally, 2, SEVERITY_UNKNOWN, 1);
	tally_event(tally, (size_t)-1, SEVERITY_UNKNOWN, 7);
	tally_lost(tally, "event-ring", 3);
	tally_lost(tally, "kernel-log", 4);
	tally_lost(tally, "crystal-ball", 1);
	tally_hit(tally, "nginx.service", EVIDENCE_SENDER);
	tally_hit(tally, "nginx.service", EVIDENCE_PAGEMAP);
	tally_hit(tally, "nginx.service", EVIDENCE_PAGEMAP);
	tally_hit(tally, NULL, EVIDENCE_LOG);
	tally_action(tally, RULE_PAGE, ACT_SOFT_OFFLINE, OUTCOME_DONE);
	tally_action(tally, RULE_PAGE, ACT_SOFT_OFFLINE, OUTCOME_REFUSED);
	tally_action(tally, RULE_SERVICE, ACT_RESTART, OUTCOME_LEFT_ALONE);
	tally_poison(tally, POISON_CAPTURE, BUS_MCEERR_AO);
	tally_poison(tally, POISON_STORE, SI_KERNEL);
	tally_log_dropped(tally, 5);
	here.view.pages[PAGE_WATCHED] = 12;
	here.view.pages[PAGE_OFFLINED] = 1;
	here.view.actions_pending = 2;
	here.view.acting_paused = true;
	here.view.lag_bytes = 4096;
	here.view.lag_ns = 1500 * NS_PER_MSEC;
}

static void much_has_happened(void **state)
{
	(void)state;
	fill_in();
	expect_golden("busy");
	expect_no_series_twice();
}

static void stopped_says_so(void **state)
{
	(void)state;
	here.view.up = false;
	expect_line("rasd_up 0");
}

static void a_lag_is_never_negative(void **state)
{
	(void)state;
	here.view.lag_ns = -5;
	expect_line("rasd_durable_lag_seconds 0.000000000");
	here.view.lag_ns = INT64_MAX;
	expect_line("rasd_durable_lag_seconds 9223372036.854775807");
}

static void an_action_of_another_kind_appears_when_it_is_done(void **state)
{
	(void)state;
	assert_int_equal(lines_with("rasd_actions_total{rule=\"service\",kind=\"soft-"),
			 0);
	tally_action(&here.tally, RULE_SERVICE, ACT_SOFT_OFFLINE, OUTCOME_FAILED);
	expect_line("rasd_actions_total{rule=\"service\",kind=\"soft-offline\","
		    "outcome=\"failed\"} 1");
	expect_line("rasd_actions_total{rule=\"service\",kind=\"soft-offline\","
		    "outcome=\"done\"} 0");
	expect_no_series_twice();
}

/* --- names that others chose --- */

static const char *const hostile[] = {
	"a\"b.service",
	"a\\b.service",
	"dev-disk-by\\x2did.mount",
	"a\nrasd_up 0\n.service",
	"a\"} 1\nrasd_up 0\n#.service",
	"\\",
	"\"",
	"\n",
	" ",
	"a\tb\x1b[31m.service",
	"caf\xc3\xa9.service",
	"\xff\xfe.service",
	"{unit=\"x\",evidence=\"log\"}",
	"other",
	"unknown",
};

static void hostile_names_stay_within_their_quotes(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(hostile); i++)
		tally_hit(&here.tally, hostile[i], EVIDENCE_LOG);
	here.view.version = "1\"2\\3\n4";
	expect_golden("hostile");
	expect_line(
		"rasd_unit_hits_total{unit=\"a\\\"b.service\",evidence=\"kernel-log\"} 1");
	expect_line("rasd_unit_hits_total{unit=\"a\\nrasd_up 0\\n.service\","
		    "evidence=\"kernel-log\"} 1");
	expect_line("rasd_unit_hits_total{unit=\"dev-disk-by\\\\x2did.mount\","
		    "evidence=\"kernel-log\"} 1");
	expect_line("rasd_up 1");
	expect_line("rasd_unit_hits_total{unit=\"other\",evidence=\"kernel-log\"} 1");
	expect_line("rasd_unit_hits_total{unit=\"unknown\",evidence=\"kernel-log\"} 1");
	expect_no_series_twice();
}

static void names_that_look_alike_are_one(void **state)
{
	char longer[DB_UNIT_BYTES + 10], longest[DB_UNIT_BYTES + 10];

	(void)state;
	tally_hit(&here.tally, "\xc3\xa9.service", EVIDENCE_LOG);
	tally_hit(&here.tally, "??.service", EVIDENCE_LOG);
	tally_hit(&here.tally, "\x01\x7f.service", EVIDENCE_LOG);
	expect_line(
		"rasd_unit_hits_total{unit=\"\?\?.service\",evidence=\"kernel-log\"} 3");
	memset(longer, 'x', sizeof(longer));
	memset(longest, 'x', sizeof(longest));
	longer[DB_UNIT_BYTES] = '\0';
	longest[DB_UNIT_BYTES + 5] = '\0';
	tally_hit(&here.tally, longer, EVIDENCE_LOG);
	tally_hit(&here.tally, longest, EVIDENCE_LOG);
	assert_int_equal(here.tally.units[1].hits[EVIDENCE_LOG], 2);
	expect_no_series_twice();
}

static void units_are_bounded(void **state)
{
	char name[32];

	(void)state;
	for (int i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "unit-%d.service", i);
		tally_hit(&here.tally, name, EVIDENCE_SENDER);
	}
	/* three kinds of evidence, for 64 units, the others and none */
	assert_int_equal(lines_with("rasd_unit_hits_total{"), 66 * 3);
	expect_line(
		"rasd_unit_hits_total{unit=\"unit-63.service\",evidence=\"sender\"} 1");
	expect_line("rasd_unit_hits_total{unit=\"other\",evidence=\"sender\"} 936");
	/* who has a row keeps it */
	tally_hit(&here.tally, "unit-0.service", EVIDENCE_SENDER);
	tally_hit(&here.tally, "unit-999.service", EVIDENCE_SENDER);
	expect_line(
		"rasd_unit_hits_total{unit=\"unit-0.service\",evidence=\"sender\"} 2");
	expect_line("rasd_unit_hits_total{unit=\"other\",evidence=\"sender\"} 937");
	expect_no_series_twice();
}

static void the_longest_text_fits(void **state)
{
	char name[DB_UNIT_BYTES];

	(void)state;
	for (int i = 0; i < TALLY_UNITS_MAX; i++) {
		memset(name, '"', sizeof(name) - 1);
		name[sizeof(name) - 1] = '\0';
		name[i] = '\\';
		tally_hit(&here.tally, name, EVIDENCE_LOG);
	}
	for (int i = 0; i < TALLY_STAGES_MAX; i++) {
		snprintf(name, sizeof(name), "%d%s", i,
			 "\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"");
		tally_lost(&here.tally, name, UINT64_MAX / 2);
	}
	for (int i = 0; i < TALLY_TYPES_MAX; i++) {
		static char types[TALLY_TYPES_MAX][STATUS_NAME_BYTES];

		snprintf(types[i], sizeof(types[i]), "type-%040d", i);
		here.view.types[i] = types[i];
	}
	memset(here.tally.events, 0xff, sizeof(here.tally.events));
	memset(here.tally.actions, 0xff, sizeof(here.tally.actions));
	for (size_t i = 0; i < ARRAY_SIZE(here.tally.units); i++)
		memset(here.tally.units[i].hits, 0xff, sizeof(here.tally.units[i].hits));
	expect_no_series_twice(); /* and metrics_render() had room */
}

static void a_cut_text_is_an_error(void **state)
{
	char little[1000];
	struct text out = TEXT_IN(little);

	(void)state;
	assert_int_equal(metrics_render(&here.view, &out), -ENOSPC);
}

/* --- counting --- */

static void what_users_can_cause_is_no_hit(void **state)
{
	char name[32];

	(void)state;
	for (int i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "run-%d.scope", i);
		tally_hit(&here.tally, name, EVIDENCE_NONE);
		tally_hit(&here.tally, name, EVIDENCE_MAX);
		tally_hit(&here.tally, name, (enum evidence) - 1);
	}
	assert_int_equal(lines_with("rasd_unit_hits_total{"), 2 * 3);
	assert_int_equal(here.tally.units[TALLY_OTHER].hits[EVIDENCE_NONE], 0);
}

static void numbers_of_nobody_do_no_harm(void **state)
{
	struct tally before;

	(void)state;
	before = here.tally;
	tally_action(&here.tally, ACT_RULE_MAX, ACT_RESTART, OUTCOME_DONE);
	tally_action(&here.tally, RULE_PAGE, ACT_KIND_MAX, OUTCOME_DONE);
	tally_action(&here.tally, RULE_PAGE, ACT_SOFT_OFFLINE, ACT_OUTCOME_MAX);
	tally_action(&here.tally, (enum act_rule) - 1, ACT_RESTART, OUTCOME_DONE);
	tally_action(&here.tally, RULE_PAGE, ACT_SOFT_OFFLINE, OUTCOME_PENDING);
	tally_poison(&here.tally, POISON_ROLE_MAX, BUS_MCEERR_AR);
	tally_poison(&here.tally, (enum poison_role) - 1, BUS_MCEERR_AR);
	assert_memory_equal(&before, &here.tally, sizeof(before));
	tally_event(&here.tally, TALLY_TYPES_MAX, (enum severity)77, 1);
	tally_event(&here.tally, TALLY_TYPES_MAX - 1, (enum severity) - 1, 1);
	assert_int_equal(here.tally.events[TALLY_TYPES_MAX][SEVERITY_UNKNOWN], 1);
	assert_int_equal(here.tally.events[TALLY_TYPES_MAX - 1][SEVERITY_UNKNOWN], 1);
	tally_poison(&here.tally, POISON_ACT, 999);
	expect_line("rasd_own_poison_total{process=\"act\",code=\"other\"} 1");
}

static uint64_t lost(const char *stage)
{
	for (size_t i = 0; i < TALLY_STAGES_MAX; i++)
		if (!strcmp(here.tally.stages[i].name, stage))
			return here.tally.stages[i].lost;
	return UINT64_MAX;
}

static void others_counters_add_up(void **state)
{
	struct tally *tally = &here.tally;

	(void)state;
	tally_lost_total(tally, "kernel-ring", 0, 10, false);
	tally_lost_total(tally, "kernel-ring", 1, 5, false);
	tally_lost_total(tally, "kernel-ring", 0, 10, false);
	assert_int_equal(lost("kernel-ring"), 15);
	tally_lost_total(tally, "kernel-ring", 0, 12, false);
	assert_int_equal(lost("kernel-ring"), 17);
	/* one of them is set to 0: what it had counts on */
	tally_lost_total(tally, "kernel-ring", 0, 0, false);
	tally_lost_total(tally, "kernel-ring", 1, 6, false);
	assert_int_equal(lost("kernel-ring"), 18);
	tally_lost_total(tally, "kernel-ring", 0, 3, false);
	assert_int_equal(lost("kernel-ring"), 21);
	/* and has more than before by the time that it is looked at */
	tally_lost_total(tally, "kernel-ring", 0, 9, true);
	assert_int_equal(lost("kernel-ring"), 30);
	tally_lost_total(tally, "kernel-ring", 0, 9, false);
	assert_int_equal(lost("kernel-ring"), 30);
	assert_int_equal(lost("kernel-nested"), 0);
	tally_lost_total(tally, "kernel-ring", 1000, 1, false); /* the last of them */
	assert_int_equal(lost("kernel-ring"), 31);
}

static void stages_are_bounded(void **state)
{
	char name[64];
	uint64_t sum = 0;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "stage-%d", i);
		tally_lost(&here.tally, name, 1);
	}
	assert_int_equal(lines_with("rasd_lost_total{"), TALLY_STAGES_MAX);
	for (size_t i = 0; i < TALLY_STAGES_MAX; i++)
		sum += here.tally.stages[i].lost;
	assert_int_equal(sum, 1000);
	tally_lost(&here.tally, "other", 1);
	tally_lost(&here.tally, "", 1);
	assert_int_equal(lost("other"), 1000 - (TALLY_STAGES_MAX - 1 - N_STAGES) + 2);
	assert_int_equal(lost("unstorable"), 0);
	memset(name, 'y', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	tally_lost(&here.tally, name, 1);
	expect_no_series_twice();
}

static void a_new_process_counts_on(void **state)
{
	(void)state;
	fill_in();
	assert_true(tally_begin(&here.tally));
	expect_golden("busy");
	/* the new process has dropped none yet, then two */
	tally_log_dropped(&here.tally, 0);
	tally_log_dropped(&here.tally, 2);
	tally_log_dropped(&here.tally, 2);
	expect_line("rasd_log_lines_dropped_total 7");
}

/* Whatever lies there: it is taken as it is only if it can be shown. */
static void what_is_not_sound_begins_anew(void **state)
{
	struct tally empty = here.tally;

	(void)state;
	here.tally.layout++;
	assert_false(tally_begin(&here.tally));
	here.tally.magic++;
	assert_false(tally_begin(&here.tally));
	memset(here.tally.units[3].name, 'x', DB_UNIT_BYTES);
	assert_false(tally_begin(&here.tally));
	memset(here.tally.stages[3].name, 'x', sizeof(here.tally.stages[3].name));
	assert_false(tally_begin(&here.tally));
	strcpy(here.tally.units[0].name, "a");
	strcpy(here.tally.units[9].name, "a");
	assert_false(tally_begin(&here.tally));
	strcpy(here.tally.stages[9].name, "event-ring");
	assert_false(tally_begin(&here.tally));
	here.tally.units[TALLY_OTHER].name[0] = '\0';
	assert_false(tally_begin(&here.tally));
	memset(&here.tally, 0, sizeof(here.tally));
	assert_false(tally_begin(&here.tally));
	assert_memory_equal(&here.tally, &empty, sizeof(empty));
	assert_true(tally_begin(&here.tally));
}

#define TEST(name_) cmocka_unit_test_setup(name_, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_has_happened_yet),
		TEST(much_has_happened),
		TEST(stopped_says_so),
		TEST(a_lag_is_never_negative),
		TEST(an_action_of_another_kind_appears_when_it_is_done),
		TEST(hostile_names_stay_within_their_quotes),
		TEST(names_that_look_alike_are_one),
		TEST(units_are_bounded),
		TEST(the_longest_text_fits),
		TEST(a_cut_text_is_an_error),
		TEST(what_users_can_cause_is_no_hit),
		TEST(numbers_of_nobody_do_no_harm),
		TEST(others_counters_add_up),
		TEST(stages_are_bounded),
		TEST(a_new_process_counts_on),
		TEST(what_is_not_sound_begins_anew),
	};

	return cmocka_run_group_tests_name("metrics", tests, NULL, NULL);
}
