// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * samples FILE: a new database with one event of every type, for tests that are no
 * programs of ours (tests/host), and for fixtures of its schema (tests/golden/db).
 */

#include "db_fixture.h"

#include <stdio.h>

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
	r = rename(f->db, argv[1]);
	if (r < 0)
		perror(argv[1]);
	fixture_teardown(&state);
	return r < 0;
}
