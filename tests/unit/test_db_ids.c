// SPDX-License-Identifier: LGPL-2.1-or-later

/* A ring goes on above the ids that somebody else took while it rested. */

#include "db_fixture.h"

static struct db_writer *attach(struct fixture *f, const char *ring, uint64_t base)
{
	struct db_writer *w = open_writer(f->db);
	uint64_t position;

	assert_int_equal(db_attach_ring(w, ring, &position), 0);
	assert_int_equal(db_ring_id_base(w), base);
	assert_int_equal(db_begin(w), 0);
	return w;
}

static void store(struct fixture *f, const char *ring, uint64_t base, uint64_t first,
		  uint64_t last)
{
	struct db_writer *w = attach(f, ring, base);
	struct event event;

	sample_event(f, "mc", &event);
	for (uint64_t id = first; id <= last; id++)
		store_event(w, &event, id);
	commit_and_close(w);
}

static void a_ring_goes_on_above_others(void **state)
{
	struct fixture *f = *state;

	store(f, "a", 0, 1, 3);	 /* 1 to 3 */
	store(f, "b", 3, 1, 2);	 /* 4, 5 */
	store(f, "a", 2, 4, 5);	 /* 6, 7 */
	store(f, "a", 2, 6, 6);	 /* 8: nobody came between */
	store(f, "c", 8, 1, 10); /* 9 to 18 */
	store(f, "a", 12, 7, 7); /* 19 */
	store(f, "b", 17, 3, 3); /* 20 */
	assert_int_equal(ask_number(f->db, "SELECT count(*) FROM event"), 20);
	assert_int_equal(ask_number(f->db, "SELECT max(id) FROM event"), 20);
}

/* What it told before is spoken of by the ids that it had. */
static void what_came_before_keeps_its_id(void **state)
{
	struct fixture *f = *state;
	struct db_writer *w;

	store(f, "a", 0, 1, 3);
	store(f, "b", 3, 1, 2);
	store(f, "a", 2, 4, 4); /* 6 */
	store(f, "b", 4, 3, 3); /* 7 */
	w = attach(f, "a", 3);
	assert_int_equal(db_add_link(w, &(struct db_link){ .from = 2, .to = 4 }), 0);
	assert_int_equal(db_add_link(w, &(struct db_link){ .from = 5, .to = 1 }), 0);
	assert_int_equal(
		db_add_sum(w, &(struct db_sum){ .event = 3,
						.count = 5,
						.time_last_ns = SAMPLE_TIME_NS }),
		0);
	commit_and_close(w);
	assert_int_equal(ask_number(f->db, "SELECT count(*) FROM link"
					   " WHERE \"from\" = 2 AND \"to\" = 6"
					   " OR \"from\" = 8 AND \"to\" = 1"),
			 2);
	assert_int_equal(ask_number(f->db, "SELECT id FROM event"
					   " ORDER BY count DESC LIMIT 1"),
			 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_ring_goes_on_above_others),
		TEST(what_came_before_keeps_its_id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
