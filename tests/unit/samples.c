// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * samples FILE: a new database with one event of every type and something of all that is
 * kept beside events, for tests that are no programs of ours (tests/host), and for what
 * tests/golden/db keeps of each version of the schema.
 */

#include "acts_fixture.h"

#include <stdio.h>

#define SIGNAL 5 /* the sigbus among store_samples() */
#define ACTION 1000

/* What rasd made of the signal. */
static void store_acts(struct db_writer *w)
{
	const struct db_hit hit = sample_hit(SIGNAL);
	const struct db_action action = sample_action(ACTION, OUTCOME_DONE);
	const struct db_link link = { .from = 1, .to = SIGNAL };
	const struct db_page page = { .address = 0x12345000,
				      .corrected = 3,
				      .first_ns = SAMPLE_TIME_NS,
				      .last_ns = SAMPLE_TIME_NS };

	assert_int_equal(db_add_hit(w, &hit), 0);
	assert_int_equal(db_add_link(w, &link), 0);
	assert_int_equal(db_add_action(w, &action), 0);
	assert_int_equal(db_add_page(w, &page), 0);
}

static void store_rest(struct fixture *f)
{
	const struct db_clock clock = { .boottime_ns = 1, .offset_ns = 2 };
	struct db_writer *w = begin_batch(f);

	store_acts(w);
	assert_int_equal(db_add_clock(w, &clock), 0);
	tell_loss(w, 17, SAMPLE_TIME_NS / 1000000000, 1);
	assert_int_equal(db_end_run(w, SAMPLE_TIME_NS), 0);
	commit_and_close(w);
}

/* Where it was made may be another file system. */
static int copy_to(const char *from, const char *to)
{
	static char bytes[1 << 16];
	FILE *in = fopen(from, "re"), *out = fopen(to, "we");
	size_t n;
	int r = in && out ? 0 : -1;

	while (r == 0 && (n = fread(bytes, 1, sizeof(bytes), in)) > 0)
		r = fwrite(bytes, 1, n, out) == n ? 0 : -1;
	if (in)
		fclose(in);
	if (out && fclose(out))
		r = -1;
	return r;
}

int main(int argc, char *argv[])
{
	void *state = NULL;
	struct fixture *f;
	int r;

	if (argc != 2) {
		fprintf(stderr, "Usage: samples FILE\n");
		return 2;
	}
	fixture_setup(&state);
	f = state;
	store_samples(f);
	store_untraced_samples(f);
	store_rest(f);
	r = copy_to(f->db, argv[1]);
	if (r < 0)
		perror(argv[1]);
	fixture_teardown(&state);
	return r < 0;
}
