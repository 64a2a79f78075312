// SPDX-License-Identifier: LGPL-2.1-or-later

#include "acts_fixture.h"

/* A batch from a ring whose ids begin at BASE, in a run. */
struct db_writer *begin_acts(struct fixture *f)
{
	struct db_writer *w;
	struct db_run run;
	uint64_t position;

	db_writer_close(open_writer(f->db)); /* makes the tables */
	if (ask_number(f->db, "SELECT count(*) FROM ring") == 0)
		ask_nothing(f->db,
			    "INSERT INTO ring VALUES ('" SAMPLE_RING "', 0, 1000, 1000)");
	w = open_writer(f->db);
	assert_int_equal(db_attach_ring(w, SAMPLE_RING, &position), 0);
	assert_int_equal(db_ring_id_base(w), BASE);
	assert_int_equal(db_begin(w), 0);
	sample_run(&run);
	if (ask_number(f->db, "SELECT count(*) FROM run") == 0)
		assert_int_equal(db_add_run(w, &run), 0);
	return w;
}

struct db_hit sample_hit(uint64_t event)
{
	return (struct db_hit){ .event = event,
				.time_ns = SAMPLE_TIME_NS,
				.address = 0xffff000012345000,
				.start_ns = 77,
				.uid = 4294967294,
				.pid = 4712,
				.tgid = 4711,
				.evidence = EVIDENCE_LOG,
				.is_unit = 1,
				.comm = "evil\033[2J\n\"",
				.unit = "victim.service",
				.user_unit = "inner.service",
				.invocation = "00112233445566778899aabbccddeeff",
				.cgroup = "/system.slice/victim.service" };
}

struct db_action sample_action(uint64_t id, enum act_outcome outcome)
{
	return (struct db_action){ .id = id,
				   .event = 2,
				   .asked_ns = SAMPLE_TIME_NS,
				   .rule = RULE_SERVICE,
				   .kind = ACT_RESTART,
				   .outcome = outcome,
				   .unit = "victim.service",
				   .invocation = "00112233445566778899aabbccddeeff",
				   .note = "its main process died of it" };
}
