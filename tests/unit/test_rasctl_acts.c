// SPDX-License-Identifier: LGPL-2.1-or-later

/* What rasctl says of hits, links and actions. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "event/acts.h"
#include "says.h"
#include "schema_1000.h"
#include "util/macro.h"

#define HOSTILE	      "evil\033[2J\n\"';--"
#define HOSTILE_SHOWN "evil\\x1b[2J\\x0a\"';--"

/*
 * The ids of the story: a firmware record led to a memory failure, which sent two
 * signals; one hit the main process of a service that was started again, the other one a
 * process in a container. A page that had corrected errors stands apart.
 */
enum { REPORT = 1, SIGNAL, FAILURE, OTHER_SIGNAL, RESTART, CORRECTED, OFFLINE };

static void add_event(struct fixture *f, struct db_writer *w, const char *type,
		      uint64_t id)
{
	struct event event;

	sample_event(f, type, &event);
	store_event(w, &event, id);
}

static void add_link(struct db_writer *w, uint64_t from, uint64_t to, enum link_kind kind)
{
	const struct db_link link = {
		.from = from, .to = to, .kind = kind, .evidence = EVIDENCE_LOG
	};

	assert_int_equal(db_add_link(w, &link), 0);
}

static void add_hits(struct db_writer *w, const char *unit)
{
	struct db_hit hit = { .event = SIGNAL,
			      .time_ns = SAMPLE_TIME_NS,
			      .address = 0x12345000,
			      .start_ns = 77,
			      .uid = 0,
			      .pid = 4712,
			      .tgid = 4711,
			      .evidence = EVIDENCE_LOG,
			      .is_unit = 1,
			      .comm = HOSTILE,
			      .invocation = "00112233445566778899aabbccddeeff",
			      .cgroup = "/system.slice/victim.service" };

	snprintf(hit.unit, sizeof(hit.unit), "%s", unit);
	assert_int_equal(db_add_hit(w, &hit), 0);
	hit.event = OTHER_SIGNAL;
	hit.time_ns++;
	hit.evidence = EVIDENCE_SENDER;
	hit.is_unit = 0;
	strcpy(hit.comm, "inmate");
	strcpy(hit.unit, "box.service");
	strcpy(hit.cgroup, "/system.slice/box.service/payload/nginx.service");
	assert_int_equal(db_add_hit(w, &hit), 0);
}

static void add_actions(struct db_writer *w, const char *unit)
{
	struct db_action action = { .id = RESTART,
				    .event = SIGNAL,
				    .asked_ns = SAMPLE_TIME_NS,
				    .done_ns = SAMPLE_TIME_NS + 1,
				    .rule = RULE_SERVICE,
				    .kind = ACT_RESTART,
				    .outcome = OUTCOME_DONE,
				    .tries = 1,
				    .verified = 1,
				    .before_record = 1,
				    .note = "its main process died of it" };

	snprintf(action.unit, sizeof(action.unit), "%s", unit);
	assert_int_equal(db_add_action(w, &action), 0);
	action = (struct db_action){ .id = OFFLINE,
				     .event = CORRECTED,
				     .asked_ns = SAMPLE_TIME_NS,
				     .rule = RULE_PAGE,
				     .kind = ACT_SOFT_OFFLINE,
				     .outcome = OUTCOME_FAILED,
				     .error = EBUSY,
				     .tries = 4,
				     .address = 0xffff001234567000,
				     .note = "the page is in use\033[2J" };
	assert_int_equal(db_add_action(w, &action), 0);
}

static void store_story_of(struct fixture *f, const char *unit)
{
	struct db_writer *w = begin_batch(f);
	struct db_run run;

	sample_run(&run);
	snprintf(run.ring, sizeof(run.ring), "%s/rasd.ring", f->dir);
	assert_int_equal(db_add_run(w, &run), 0);
	add_event(f, w, "arm", REPORT);
	add_event(f, w, "sigbus", SIGNAL);
	add_event(f, w, "memory-failure", FAILURE);
	add_event(f, w, "sigbus", OTHER_SIGNAL);
	add_event(f, w, "mc", CORRECTED);
	add_link(w, REPORT, FAILURE, LINK_REPORT);
	add_link(w, FAILURE, SIGNAL, LINK_SIGNAL);
	add_link(w, FAILURE, OTHER_SIGNAL, LINK_SIGNAL);
	add_hits(w, unit);
	add_actions(w, unit);
	commit_and_close(w);
}

static void store_story(struct fixture *f)
{
	store_story_of(f, "victim.service");
}

/* --- lists for people --------------------------------------------------------------- */

static void actions_fit_80_columns(void **state)
{
	struct fixture *f = *state;

	store_story(f);
	assert_int_equal(RASCTL(f, "actions"), CTL_OK);
	assert_string_equal(
		said.out,
		"ID TIME            ACT          OUTCOME TARGET: NOTE\n"
		" 5 Jan 15 08:00:00 restart      done    victim.service: its main process died of\n"
		"                                        it\n"
		" 7 Jan 15 08:00:00 soft-offline failed  page 0xffff001234567000: the page is in\n"
		"                                        use\\x1b[2J\n");
	assert_int_equal(RASCTL(f, "units"), CTL_OK);
	assert_string_equal(
		said.out,
		"HITS LAST            KNOWN BY   LAST ACT OUTCOME UNIT\n"
		"   1 Jan 15 08:00:00 sender     -        -       box.service\n"
		"   1 Jan 15 08:00:00 kernel-log restart  done    victim.service\n");
}

static void there_is_more_at_200_columns(void **state)
{
	struct fixture *f = *state;

	store_story(f);
	setenv("COLUMNS", "200", 1);
	assert_int_equal(RASCTL(f, "actions"), CTL_OK);
	assert_says(
		"ID TIME                    RULE    ACT          OUTCOME TARGET: NOTE\n"
		" 5 2027-01-15 08:00:00.123 service restart      done    victim.service:"
		" its main process died of it\n");
	assert_int_equal(RASCTL(f, "show", "3"), CTL_OK);
	assert_says("EVENT TIME                     PID KNOWN BY   PAGE       WHO\n");
}

static void options_choose_actions(void **state)
{
	struct fixture *f = *state;
	struct db_writer *w;

	store_story(f);
	assert_int_equal(RASCTL(f, "actions", "-u", "victim.service", "-o", "ndjson"),
			 CTL_OK);
	assert_int_equal(count_lines(said.out), 1);
	assert_says("{\"id\":5,");
	assert_int_equal(RASCTL(f, "actions", "-n1", "-o", "ndjson"), CTL_OK);
	assert_says("{\"id\":7,");
	assert_int_equal(RASCTL(f, "actions", "-r", "-o", "ndjson"), CTL_OK);
	assert_int_equal(count_lines(said.out), 2);
	assert_int_equal(strncmp(said.out, "{\"id\":7,", 8), 0);
	assert_int_equal(RASCTL(f, "actions", "--unit", "nobody.service"), CTL_OK);
	assert_string_equal(said.out, "No actions.\n");
	assert_int_equal(RASCTL(f, "actions", "--unit", ""), CTL_USAGE);
	assert_one_sentence("--unit wants a unit's name");
	assert_int_equal(RASCTL(f, "summary", "--unit", "x"), CTL_USAGE);
	assert_one_sentence("\"summary\" has no option --unit");
	w = begin_batch(f);
	for (uint64_t id = 10; id < 40; id++) {
		struct db_action action = { .id = id, .asked_ns = SAMPLE_TIME_NS };

		assert_int_equal(db_add_action(w, &action), 0);
	}
	commit_and_close(w);
	assert_int_equal(RASCTL(f, "actions"), CTL_OK);
	assert_int_equal(count_lines(said.out), 1 + 25);
	assert_int_equal(RASCTL(f, "actions", "-n", "all"), CTL_OK);
	assert_int_equal(count_lines(said.out), 1 + 32 + 2);
	assert_int_equal(RASCTL(f, "actions", "-o", "ndjson"), CTL_OK);
	assert_int_equal(count_lines(said.out), 32);
}

/* The longest name that there is, and one that cannot be broken at a space. */
static void long_units_keep_to_the_width(void **state)
{
	static const char *const widths[] = { "80", "120", "200" };
	static const char *const ids[] = { "1", "2", "3", "4", "5", "6", "7" };
	static const char *const lists[] = { "actions", "units", "status" };
	struct fixture *f = *state;
	char unit[DB_UNIT_BYTES];

	memset(unit, 'u', sizeof(unit) - 1);
	strcpy(unit + sizeof(unit) - 9, ".service");
	store_story_of(f, unit);
	for (size_t i = 0; i < ARRAY_SIZE(widths); i++) {
		size_t width = strtoul(widths[i], NULL, 10);

		setenv("COLUMNS", widths[i], 1);
		for (size_t n = 0; n < ARRAY_SIZE(lists) + ARRAY_SIZE(ids); n++) {
			if (n < ARRAY_SIZE(lists))
				assert_int_equal(RASCTL(f, lists[n]), CTL_OK);
			else
				assert_int_equal(
					RASCTL(f, "show", ids[n - ARRAY_SIZE(lists)]),
					CTL_OK);
			assert_plain(said.out);
			if (longest_line(said.out) > width)
				fail_msg("more than %zu columns:\n%s", width, said.out);
		}
	}
}

static void nothing_to_list_is_said(void **state)
{
	struct fixture *f = *state;

	db_writer_close(open_writer(f->db));
	assert_int_equal(RASCTL(f, "actions"), CTL_OK);
	assert_string_equal(said.out, "No actions.\n");
	assert_int_equal(RASCTL(f, "units"), CTL_OK);
	assert_string_equal(said.out, "No unit was hit.\n");
	assert_int_equal(RASCTL(f, "actions", "-o", "json"), CTL_OK);
	assert_string_equal(said.out, "{\"version\":1,\"actions\":[]}\n");
	assert_int_equal(RASCTL(f, "units", "-o", "json"), CTL_OK);
	assert_string_equal(said.out, "{\"version\":1,\"units\":[]}\n");
}

static void an_older_database_has_none_of_it(void **state)
{
	struct fixture *f = *state;
	struct json_object *o;

	ask_nothing(f->db, schema_1000_sql);
	ask_nothing(
		f->db,
		"INSERT INTO event_type VALUES (1, 'mc', 'mc');"
		"INSERT INTO event (id, time, count, type, flags) VALUES (7, 5, 1, 1, 0)");
	assert_int_equal(RASCTL(f, "actions"), CTL_OK);
	assert_string_equal(said.out, "No actions.\n");
	assert_int_equal(RASCTL(f, "units"), CTL_OK);
	assert_string_equal(said.out, "No unit was hit.\n");
	assert_int_equal(RASCTL(f, "show", "7", "-o", "json"), CTL_OK);
	o = parse(said.out);
	assert_int_equal(json_object_array_length(get(o, "links")), 0);
	assert_int_equal(json_object_array_length(get(o, "actions")), 0);
	json_object_put(o);
	assert_int_equal(RASCTL(f, "show", "8"), CTL_NO_EVENT);
	assert_one_sentence("there is no event 8 in ");
	assert_int_equal(RASCTL(f, "status"), CTL_OK);
	assert_null(strstr(said.out, "Acting:"));
}

/* Before there were devices, and indexes of units. */
static void an_older_database_is_asked_as_any_other(void **state)
{
	struct fixture *f = *state;

	ask_nothing(f->db, schema_1000_sql);
	ask_nothing(f->db, "INSERT INTO event_type VALUES (1, 'mc', 'mc');"
			   "INSERT INTO event (id, time, count, type, flags, unit) VALUES"
			   " (7, 5, 1, 1, 0, 'a.service')");
	assert_int_equal(RASCTL(f, "events", "--device", "sda"), CTL_OK);
	assert_string_equal(said.out, "No events.\n");
	assert_int_equal(RASCTL(f, "events", "-u", "a.service", "-o", "ndjson"), CTL_OK);
	assert_non_null(strstr(said.out, "{\"id\":7,"));
	assert_int_equal(RASCTL(f, "summary", "--by", "unit", "-o", "ndjson"), CTL_OK);
	assert_non_null(strstr(said.out, "{\"unit\":\"a.service\",\"rows\":1,"));
}

/* That nothing could be read is not that there is nothing. */
static void what_cannot_be_read_is_not_nothing(void **state)
{
	struct fixture *f = *state;

	ask_nothing(f->db, schema_1000_sql);
	ask_nothing(f->db, "DROP TABLE loss; DROP TABLE event");
	assert_int_equal(RASCTL(f, "summary"), CTL_NO_DATABASE);
	assert_one_sentence("cannot read all of ");
}

/* --- the chain ---------------------------------------------------------------------- */

/* "relation id" of all links, then the events of the hits and the ids of the actions. */
static const char *chain_of(struct fixture *f, const char *id)
{
	static char found[256];
	struct text text = TEXT_IN(found);
	struct json_object *o, *list, *actions;

	*found = '\0';
	assert_int_equal(RASCTL(f, "show", id, "-o", "json"), CTL_OK);
	o = parse(said.out);
	list = get(o, "links");
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *link = json_object_array_get_idx(list, i);

		text_add(&text, "%s %s, ", json_object_get_string(get(link, "relation")),
			 json_object_get_string(get(link, "id")));
		assert_non_null(get(link, "message"));
	}
	list = get(o, "hits");
	for (size_t i = 0; i < json_object_array_length(list); i++)
		text_add(&text, "hit %s, ",
			 json_object_get_string(
				 get(json_object_array_get_idx(list, i), "event")));
	if (json_object_object_get_ex(o, "actions", &actions))
		for (size_t i = 0; i < json_object_array_length(actions); i++)
			text_add(&text, "action %s, ",
				 json_object_get_string(get(
					 json_object_array_get_idx(actions, i), "id")));
	json_object_put(o);
	return found;
}

static void the_chain_is_told_from_each_of_its_parts(void **state)
{
	struct fixture *f = *state;

	store_story(f);
	assert_string_equal(chain_of(f, "1"), "explains 3, explains 2, explains 4, "
					      "hit 2, hit 4, action 5, ");
	assert_string_equal(chain_of(f, "3"), "explained by 1, explains 2, explains 4, "
					      "hit 2, hit 4, action 5, ");
	assert_string_equal(chain_of(f, "2"),
			    "explained by 3, explained by 1, hit 2, action 5, ");
	assert_string_equal(chain_of(f, "4"), "explained by 3, explained by 1, hit 4, ");
	assert_string_equal(chain_of(f, "5"), "explained by 3, explained by 1, hit 2, ");
	assert_string_equal(chain_of(f, "6"), "action 7, ");
	assert_string_equal(chain_of(f, "7"), "");
}

static void links_may_go_in_circles_and_to_nowhere(void **state)
{
	struct fixture *f = *state;
	struct db_writer *w;

	store_story(f);
	w = begin_batch(f);
	add_link(w, SIGNAL, REPORT, LINK_REPORT);
	add_link(w, SIGNAL, SIGNAL, LINK_SIGNAL);
	commit_and_close(w);
	assert_string_equal(chain_of(f, "6"), "action 7, ");
	assert_string_equal(chain_of(f, "2"),
			    "explained by 2, explained by 3, explained by 1, "
			    "explained by 2, explains 1, explains 2, explains 3, "
			    "explains 2, explains 4, hit 2, hit 4, action 5, ");
	w = begin_batch(f);
	add_link(w, CORRECTED, 77, LINK_REPORT); /* of which there is no row */
	commit_and_close(w);
	assert_int_equal(RASCTL(f, "show", "6", "-o", "json"), CTL_OK);
	assert_says("{\"relation\":\"explains\",\"id\":77,\"from\":6,\"to\":77,"
		    "\"kind\":\"report\",\"evidence\":\"kernel-log\",\"time\":null,"
		    "\"type\":null,");
	assert_int_equal(RASCTL(f, "show", "6"), CTL_OK);
	assert_says("explains 77 -    -\n");
}

static void show_puts_it_below_the_record(void **state)
{
	struct fixture *f = *state;

	store_story(f);
	assert_int_equal(RASCTL(f, "show", "3"), CTL_OK);
	assert_says(
		"\nLinks\n"
		"RELATION     ID TYPE   MESSAGE\n"
		"explained by  1 arm    cache + tlb errors on CPU 3, MPIDR 0x80000000, MIDR\n"
		"                       0x413fd0c1, running, physical address 0x8000123450\n"
		"explains      2 sigbus SIGBUS BUS_MCEERR_AR to evil\\x1b[2J\\x0a[4711]\n"
		"explains      4 sigbus SIGBUS BUS_MCEERR_AR to evil\\x1b[2J\\x0a[4711]\n"
		"\nHits\n"
		"EVENT  PID KNOWN BY   WHO\n"
		"    2 4712 kernel-log " HOSTILE_SHOWN " in victim.service\n"
		"    4 4712 sender     inmate in box.service, below it in\n"
		"                      /system.slice/box.service/payload/nginx.service\n"
		"\nActions\n"
		"ID TIME            ACT     OUTCOME TARGET: NOTE\n"
		" 5 Jan 15 08:00:00 restart done    victim.service: its main process died of it\n");
	assert_int_equal(RASCTL(f, "show", "3", "-o", "ndjson"), CTL_OK);
	assert_int_equal(count_lines(said.out), 1);
}

/* A late touch comes in its thread's own context; the page tables know better. */
static void what_proves_an_unconfirmed_signal_is_pointed_at(void **state)
{
	static const char pointer[] = "any user could have caused it; but see Hits";
	struct fixture *f = *state;
	struct db_writer *w = begin_batch(f);
	struct db_hit hit = { .event = 1, .time_ns = SAMPLE_TIME_NS, .pid = 4711 };
	struct event event;

	for (uint64_t id = 1; id <= 2; id++) {
		sample_event(f, "sigbus", &event);
		event.flags |= EVENT_UNCONFIRMED;
		store_event(w, &event, id);
	}
	hit.evidence = EVIDENCE_PAGEMAP;
	assert_int_equal(db_add_hit(w, &hit), 0);
	hit.event = 2;
	hit.evidence = EVIDENCE_NONE;
	assert_int_equal(db_add_hit(w, &hit), 0);
	commit_and_close(w);
	assert_int_equal(RASCTL(f, "show", "1"), CTL_OK);
	assert_says(pointer);
	assert_int_equal(RASCTL(f, "show", "2"), CTL_OK);
	assert_says("any user could have caused it");
	assert_null(strstr(said.out, pointer));
}

static void show_knows_actions(void **state)
{
	struct fixture *f = *state;

	store_story(f);
	assert_int_equal(RASCTL(f, "show", "5"), CTL_OK);
	assert_says("ID:         5\n"
		    "Asked:      2027-01-15 08:00:00.123\n"
		    "Done:       2027-01-15 08:00:00.123\n"
		    "Rule:       service\n"
		    "Act:        restart\n"
		    "Unit:       victim.service\n"
		    "Outcome:    done\n"
		    "Note:       its main process died of it\n"
		    "Tries:      1\n"
		    "Verified:   yes\n"
		    "Mark:       done before its cause was on disk\n"
		    "Cause:      event 2, sigbus: SIGBUS BUS_MCEERR_AR to "
		    "evil\\x1b[2J\\x0a[4711]\n"
		    "\nLinks\n");
	assert_int_equal(RASCTL(f, "show", "7"), CTL_OK);
	assert_says("Error:      Device or resource busy\n"
		    "Note:       the page is in use\\x1b[2J\n");
	assert_null(strstr(said.out, "Mark:"));
	assert_int_equal(RASCTL(f, "show", "8"), CTL_NO_EVENT);
	assert_one_sentence("there is no event 8 in ");
}

/* A user's unit, and a process that was gone before anybody could look. */
static void what_is_no_unit_of_the_system_is_said(void **state)
{
	struct fixture *f = *state;
	struct db_writer *w;
	struct db_hit hit = { .event = CORRECTED,
			      .uid = -1,
			      .unit = "user@1000.service",
			      .user_unit = "nginx.service",
			      .comm = "nginx" };

	store_story(f);
	w = begin_batch(f);
	assert_int_equal(db_add_hit(w, &hit), 0);
	hit = (struct db_hit){ .event = CORRECTED, .uid = -1, .why = "it was gone" };
	assert_int_equal(db_add_hit(w, &hit), 0);
	commit_and_close(w);
	assert_int_equal(RASCTL(f, "show", "6"), CTL_OK);
	assert_says("none     nginx in nginx.service of user@1000.service\n");
	assert_says("none     ? in no unit that is known: it was gone\n");
	assert_int_equal(RASCTL(f, "units"), CTL_OK);
	assert_says(" nginx.service of\n");
	assert_says(" none that is known\n");
}

/* --- JSON --------------------------------------------------------------------------- */

static void json_has_every_field(void **state)
{
	struct fixture *f = *state;

	store_story(f);
	assert_int_equal(RASCTL(f, "actions", "-o", "json"), CTL_OK);
	assert_string_equal(
		said.out,
		"{\"version\":1,\"actions\":[\n"
		"{\"id\":5,\"event\":2,\"asked\":\"2027-01-15T08:00:00.123456789Z\","
		"\"done\":\"2027-01-15T08:00:00.123456790Z\",\"rule\":\"service\","
		"\"act\":\"restart\",\"outcome\":\"done\",\"error\":null,\"tries\":1,"
		"\"verified\":true,\"before_record\":true,\"address\":null,"
		"\"unit\":\"victim.service\",\"invocation\":null,"
		"\"note\":\"its main process died of it\",\"run\":1},\n"
		"{\"id\":7,\"event\":6,\"asked\":\"2027-01-15T08:00:00.123456789Z\","
		"\"done\":null,\"rule\":\"page\",\"act\":\"soft-offline\","
		"\"outcome\":\"failed\",\"error\":16,\"tries\":4,\"verified\":false,"
		"\"before_record\":false,\"address\":\"0xffff001234567000\",\"unit\":null,"
		"\"invocation\":null,\"note\":\"the page is in use\\\\x1b[2J\",\"run\":1}\n"
		"]}\n");
	assert_int_equal(RASCTL(f, "units", "-o", "ndjson"), CTL_OK);
	assert_says("{\"unit\":\"victim.service\",\"user_unit\":null,\"hits\":1,"
		    "\"last\":\"2027-01-15T08:00:00.123456789Z\","
		    "\"evidence\":\"kernel-log\",\"action\":5,"
		    "\"asked\":\"2027-01-15T08:00:00.123456789Z\",\"act\":\"restart\","
		    "\"outcome\":\"done\"}\n");
}

static void a_hostile_name_is_only_text(void **state)
{
	struct fixture *f = *state;
	struct json_object *o, *hit;

	store_story(f);
	assert_int_equal(RASCTL(f, "show", "2", "-o", "json"), CTL_OK);
	assert_plain(said.out);
	o = parse(said.out);
	hit = json_object_array_get_idx(get(o, "hits"), 0);
	assert_string_equal(json_object_get_string(get(hit, "comm")), HOSTILE_SHOWN);
	assert_string_equal(json_object_get_string(get(hit, "address")), "0x12345000");
	assert_int_equal(json_object_get_type(get(hit, "pid")), json_type_int);
	assert_int_equal(json_object_get_int(get(hit, "uid")), 0);
	assert_true(json_object_get_boolean(get(hit, "is_unit")));
	json_object_put(o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(actions_fit_80_columns),
		TEST(there_is_more_at_200_columns),
		TEST(options_choose_actions),
		TEST(long_units_keep_to_the_width),
		TEST(nothing_to_list_is_said),
		TEST(an_older_database_has_none_of_it),
		TEST(an_older_database_is_asked_as_any_other),
		TEST(what_cannot_be_read_is_not_nothing),
		TEST(the_chain_is_told_from_each_of_its_parts),
		TEST(links_may_go_in_circles_and_to_nowhere),
		TEST(show_puts_it_below_the_record),
		TEST(what_proves_an_unconfirmed_signal_is_pointed_at),
		TEST(show_knows_actions),
		TEST(what_is_no_unit_of_the_system_is_said),
		TEST(json_has_every_field),
		TEST(a_hostile_name_is_only_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
