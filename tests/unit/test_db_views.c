// SPDX-License-Identifier: LGPL-2.1-or-later

/* rasdaemon's names on our database: the questions that its ras-mc-ctl asks. */

#include "db_fixture.h"

#include "util/macro.h"

/* One of ours, and the view of it that has as many rows. */
static const struct same {
	const char *type, *view;
} views[] = {
	{ "mc", "mc_event" },
	{ "aer", "aer_event" },
	{ "arm", "arm_event" },
	{ "extlog-mem", "extlog_event" },
	{ "mce", "mce_record" },
	{ "memory-failure", "memory_failure_event" },
	{ "non-standard", "non_standard_event" },
	{ "sigbus", "signal_event" },
	{ "block-error", "disk_errors" },
};

static void test_a_row_an_event(void **state)
{
	struct fixture *f = *state;
	char sql[256];

	store_samples(f);
	store_untraced_samples(f);
	for (size_t i = 0; i < ARRAY_SIZE(views); i++) {
		snprintf(
			sql, sizeof(sql),
			"SELECT (SELECT count(*) FROM %s) = (SELECT count(*) FROM event e"
			" JOIN event_type t ON t.id = e.type WHERE t.name = '%s')"
			" AND (SELECT count(*) FROM %s) > 0",
			views[i].view, views[i].type, views[i].view);
		if (ask_number(f->db, sql) != 1)
			fail_msg("%s: %s", views[i].view, sql);
	}
	assert_int_equal(ask_number(f->db, "SELECT count(*) FROM devlink_event"),
			 ask_number(f->db, "SELECT (SELECT count(*) FROM devlink_health)"
					   " + (SELECT count(*) FROM net_timeout)"));
}

static void test_values_are_rasdaemons(void **state)
{
	struct fixture *f = *state;

	store_samples(f);
	store_untraced_samples(f);
	assert_int_equal(
		ask_number(
			f->db,
			"SELECT count(*) FROM mc_event WHERE err_count = 7"
			" AND err_type = 'Corrected' AND err_msg = 'memory read error'"
			" AND label = 'DIMM_A1' AND mc = 0 AND top_layer = -1"
			" AND lower_layer = 2 AND address = 0x1234567000 AND grain = 12"
			" AND timestamp = '2027-01-15 08:00:00 +0000'"),
		1);
	assert_int_equal(ask_number(f->db,
				    "SELECT count(*) FROM arm_event WHERE error_count = 2"
				    " AND mpidr = 0x80000000 AND affinity = 1"
				    " AND running_state = 1 AND psci_state = 0"),
			 1);
	assert_int_equal(ask_number(f->db, "SELECT count(*) FROM memory_failure_event"
					   " WHERE pfn = '0x12345'"),
			 1);
}

/* As ras-mc-ctl's --summary and --errors have them; one that fails is -1, or fails. */
static void test_questions_of_ras_mc_ctl(void **state)
{
	struct fixture *f = *state;
	static const char *const questions[] = {
		"select count(*) from mc_event group by err_type, label, mc, top_layer,"
		" middle_layer, lower_layer",
		"select count(*) from aer_event group by err_type, err_msg",
		"select count(*) from arm_event group by mpidr",
		"select count(*) from extlog_event group by etype, severity",
		"select count(*) from devlink_event group by dev_name",
		"select count(*) from disk_errors group by dev",
		"select count(*) from memory_failure_event group by action_result",
		"select count(*) from mce_record group by error_msg",
		"select id, timestamp, etype, severity, address, fru_id, fru_text, cper_data"
		" from extlog_event order by id",
		"select id, timestamp, bus_name, dev_name, driver_name, reporter_name, msg"
		" from devlink_event order by id",
		"select id, timestamp, dev, sector, nr_sector, error, rwbs, cmd"
		" from disk_errors order by id",
		"select id, timestamp, mcgcap, mcgstatus, status, addr, misc, ip, tsc,"
		" walltime, cpu, cpuid, apicid, socketid, cs, bank, cpuvendor, bank_name,"
		" error_msg, mcgstatus_msg, mcistatus_msg, user_action, mc_location"
		" from mce_record order by id",
	};

	store_samples(f);
	store_untraced_samples(f);
	for (size_t i = 0; i < ARRAY_SIZE(questions); i++)
		if (ask_number(f->db, questions[i]) <= 0)
			fail_msg("no answer: %s", questions[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_row_an_event),
		TEST(test_values_are_rasdaemons),
		TEST(test_questions_of_ras_mc_ctl),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
