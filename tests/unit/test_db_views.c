// SPDX-License-Identifier: LGPL-2.1-or-later

/* rasdaemon's names on our database; what its ras-mc-ctl says of it: tests/host. */

#include "db_fixture.h"

#include <stdlib.h>

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
	{ "cxl-poison", "cxl_poison_event" },
	{ "cxl-aer-uncorrectable", "cxl_aer_ue_event" },
	{ "cxl-aer-correctable", "cxl_aer_ce_event" },
	{ "cxl-overflow", "cxl_overflow_event" },
	{ "cxl-generic", "cxl_generic_event" },
	{ "cxl-general-media", "cxl_general_media_event" },
	{ "cxl-dram", "cxl_dram_event" },
	{ "cxl-memory-module", "cxl_memory_module_event" },
	{ "hip08-oem1", "hip08_oem_type1_event_v2" },
	{ "hip08-oem2", "hip08_oem_type2_event_v2" },
	{ "hip08-pcie-local", "hip08_pcie_local_event_v2" },
	{ "hisi-common", "hisi_common_section_v2" },
	{ "yitian-ddr", "yitian_ddr_reg_dump_event" },
	{ "jaguarmicro", "jm_payload0_event" },
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

static void test_values_of_cxl(void **state)
{
	struct fixture *f = *state;

	store_samples(f);
	store_untraced_samples(f);
	assert_int_equal(ask_number(f->db,
				    "SELECT count(*) FROM cxl_poison_event"
				    " WHERE trace_type = 'List' AND dpa_length = 64"
				    " AND source = 'Injected' AND flags = 7 AND"
				    " overflow_ts = '1970-01-01 00:00:00 +0000'"),
			 1);
	assert_int_equal(ask_number(f->db,
				    "SELECT count(*) FROM cxl_dram_event WHERE"
				    " log_type = 'Failure' AND memdev = 'mem0' AND"
				    " hdr_ts = '2023-11-14 22:13:20 +0000' AND"
				    " hex(comp_id) LIKE '010203%' AND sub_channel = 9"),
			 1);
	assert_int_equal(
		ask_number(f->db,
			   "SELECT count(*) FROM hip08_oem_type1_event_v2 WHERE"
			   " module_id = 'PLL' AND err_severity = 'corrected' AND"
			   " regs_dump LIKE 'ERR_MISC0=0xac87623d ERR_MISC1=0xc%'"),
		1);
}

static void has_columns_of(sqlite3 *theirs, const char *table, const char *ours)
{
	char sql[128];
	sqlite3_stmt *stmt = NULL;

	snprintf(sql, sizeof(sql), "SELECT name FROM pragma_table_info('%s')", table);
	assert_int_equal(sqlite3_prepare_v2(theirs, sql, -1, &stmt, NULL), SQLITE_OK);
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		char ask[256];

		snprintf(ask, sizeof(ask),
			 "SELECT count(*) FROM pragma_table_info('%s') WHERE name = '%s'",
			 table, (const char *)sqlite3_column_text(stmt, 0));
		if (ask_number(ours, ask) != 1)
			fail_msg("no %s.%s", table, sqlite3_column_text(stmt, 0));
	}
	sqlite3_finalize(stmt);
}

/* The file of golden/rasdaemon, a database of that version in SQL, as one in memory. */
static sqlite3 *open_theirs(const char *version)
{
	static char text[16384];
	char path[512];
	sqlite3 *db = NULL;
	FILE *file;

	snprintf(path, sizeof(path), "%s/tests/golden/rasdaemon/%s.sql",
		 getenv("top_srcdir") ? getenv("top_srcdir") : ".", version);
	file = fopen(path, "r");
	if (!file)
		fail_msg("%s: %m", path);
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	fclose(file);
	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
	return db;
}

static void test_has_all_columns(void **state)
{
	static const char *const versions[] = { "0.6.8", "0.8.1", "0.8.3" };
	struct fixture *f = *state;
	int tables = 0;

	store_samples(f);
	for (size_t i = 0; i < ARRAY_SIZE(versions); i++) {
		sqlite3 *theirs = open_theirs(versions[i]);
		sqlite3_stmt *stmt = NULL;

		assert_int_equal(sqlite3_prepare_v2(theirs,
						    "SELECT name FROM sqlite_master", -1,
						    &stmt, NULL),
				 SQLITE_OK);
		for (; sqlite3_step(stmt) == SQLITE_ROW; tables++)
			has_columns_of(theirs, (const char *)sqlite3_column_text(stmt, 0),
				       f->db);
		sqlite3_finalize(stmt);
		sqlite3_close(theirs);
	}
	assert_int_equal(tables, 4 + 23 + 24);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_row_an_event),
		TEST(test_values_are_rasdaemons),
		TEST(test_values_of_cxl),
		TEST(test_has_all_columns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
