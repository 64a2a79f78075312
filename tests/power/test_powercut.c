// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * The writer loses power, again and again, at any operation of the disk: what it had been
 * told to be on disk is there, once, and a batch that it was at is there or not.
 * RASD_CUTS says how many, RASD_CUT_SEED where to begin: a failure says both, to have it
 * again.
 */

#include "power/cuts.h"

#include <ftw.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "unit/schema_1000.h"
#include "util/clock.h"
#include "util/macro.h"

#define CUTS_SHORT  60
#define CHAIN	    5 /* cuts after another of one database, the last at rest */
#define ARENA_BYTES 65536

/* --- directories --- */

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void remove_all(const char *path)
{
	nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void make_empty(const char *path)
{
	remove_all(path);
	assert_int_equal(mkdir(path, 0700), 0);
}

static void copy_all(const char *from, const char *to)
{
	char command[512];

	make_empty(to);
	snprintf(command, sizeof(command), "cp %s/* %s/ 2>/dev/null", from, to);
	if (system(command)) /* there may be nothing */
		return;
}

/* In memory, if this machine has room for files there. */
static void set_up(struct cut *cut)
{
	*cut = (struct cut){ .arena = { .base = malloc(ARENA_BYTES),
					.size = ARENA_BYTES } };
	strcpy(cut->top, "/dev/shm/rasd-power-XXXXXX");
	if (!mkdtemp(cut->top)) {
		strcpy(cut->top, "/tmp/rasd-power-XXXXXX");
		assert_non_null(mkdtemp(cut->top));
	}
	snprintf(cut->live, sizeof(cut->live), "%s/live", cut->top);
	snprintf(cut->disk, sizeof(cut->disk), "%s/disk", cut->top);
	snprintf(cut->copy, sizeof(cut->copy), "%s/copy", cut->top);
	cut->acknowledged = mmap(NULL, sizeof(*cut->acknowledged), PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(cut->acknowledged, MAP_FAILED);
}

static void tear_down(struct cut *cut)
{
	remove_all(cut->top);
	munmap(cut->acknowledged, sizeof(*cut->acknowledged));
	free(cut->arena.base);
}

/* --- what the first of a chain finds --- */

static void make_old(const char *path)
{
	ask_nothing(path, schema_1000_sql);
	ask_nothing(path,
		    "INSERT INTO event_type VALUES (1, 'block-error', 'block_error');"
		    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
		    " WHERE i < 300) INSERT INTO event (id, time, count, type,"
		    " severity, flags) SELECT i, i, 1, 1, 3, 0 FROM n;"
		    "INSERT INTO ring VALUES ('another', 9, 0, 300)");
}

/* With something in its log, as a writer that was killed leaves it. */
static void make_marked(struct cut *cut, const char *path)
{
	struct db_writer *w = open_writer(path);
	char mark[160];
	FILE *f;

	assert_int_equal(db_begin(w), 0);
	assert_int_equal(db_add_loss(w, "poison", 1, SAMPLE_TIME_NS), 0);
	assert_int_equal(db_commit(w, 1), 0);
	copy_all(cut->live, cut->copy);
	db_writer_close(w);
	copy_all(cut->copy, cut->live);
	snprintf(mark, sizeof(mark), "%s.damaged", path);
	f = fopen(mark, "w");
	assert_non_null(f);
	fclose(f);
}

/* Behind the header: the list of tables. */
static void make_damaged(const char *path)
{
	static const uint8_t junk[64] = { 0xde, 0xad };
	FILE *f;

	db_writer_close(open_writer(path));
	f = fopen(path, "r+");
	assert_non_null(f);
	assert_int_equal(fseek(f, 100, SEEK_SET), 0);
	assert_int_equal(fwrite(junk, sizeof(junk), 1, f), 1);
	fclose(f);
}

static void begin(struct cut *cut, uint64_t *random)
{
	char path[128];

	memset(cut->acknowledged, 0, sizeof(*cut->acknowledged));
	make_empty(cut->live);
	snprintf(path, sizeof(path), "%s/rasd.db", cut->live);
	cut->beginning = (enum beginning)random_below(random, BEGIN_MAX + 1);
	if (cut->beginning == BEGIN_MAX)
		cut->beginning = BEGIN_EMPTY;
	if (cut->beginning == BEGIN_OLD)
		make_old(path);
	else if (cut->beginning == BEGIN_DAMAGED)
		make_damaged(path);
	else if (cut->beginning == BEGIN_MARKED)
		make_marked(cut, path);
	cut->old_sum = sum_of_file(path);
	strcat(path, "-wal");
	cut->old_log_sum = sum_of_file(path);
}

/* --- cuts --- */

/* Often soon, while it opens the database, makes one or sets one aside; else anywhere. */
static uint64_t pick_moment(const struct cut *cut, uint64_t *random, unsigned int n)
{
	static const uint64_t within[] = { 10, 60, 600, 1200 };
	uint64_t which = random_below(random, ARRAY_SIZE(within));

	if (n == CHAIN - 1 && which)
		return 0;
	if (n == 0 && cut->beginning >= BEGIN_DAMAGED && which < 3)
		which = 0;
	return 1 + random_below(random, within[which]);
}

static void take_stock(struct cut *cut)
{
	const struct acknowledged *done = cut->acknowledged;

	cut->n++;
	cut->in_commit += done->in_flight != 0;
	cut->was_written += done->in_flight && done->position == done->in_flight;
	cut->in_prune += done->pruning != 0;
	cut->at_rest += done->steps != 0;
}

/* One of a chain. False: something was lost, doubled or damaged; the complaint says what.
 */
static bool cut_once(struct cut *cut, uint64_t *random, unsigned int n, bool lies,
		     struct text *complaint)
{
	const struct power power = { .dir = cut->live,
				     .image = cut->disk,
				     .seed = random_next(random),
				     .cut_at = pick_moment(cut, random, n),
				     .lies = lies };

	make_empty(cut->disk);
	if (random_below(random, 2)) {
		cut->acknowledged->ring++;
		cut->acknowledged->ring_base = cut->acknowledged->position;
	}
	cut->acknowledged->steps = 0;
	if (write_until_cut(cut, &power) < 0) {
		text_add(complaint, "the writer: %s", cut->acknowledged->complaint);
		return false;
	}
	copy_all(cut->disk, cut->copy);
	if (!check_disk(cut, cut->copy, complaint))
		return false;
	take_stock(cut);
	cut->acknowledged->in_flight = cut->acknowledged->pruning = 0;
	remove_all(cut->live);
	assert_int_equal(rename(cut->disk, cut->live), 0);
	return true;
}

/* Cuts until something is found; returns how many it took, or `n` without a finding. */
static unsigned int cut_often(struct cut *cut, unsigned int n, uint64_t seed, bool lies,
			      struct text *complaint)
{
	uint64_t random = 0;

	for (unsigned int i = 0; i < n; i++) {
		if (i % CHAIN == 0) {
			random = seed + i / CHAIN;
			begin(cut, &random);
		}
		if (!cut_once(cut, &random, i % CHAIN, lies, complaint))
			return i;
	}
	return n;
}

static void cut_and_compare(unsigned int n, uint64_t seed)
{
	struct cut cut;
	char said[1024] = "";
	struct text complaint = TEXT_IN(said);
	int64_t started = clock_now_ns(CLOCK_MONOTONIC);
	unsigned int found;

	set_up(&cut);
	found = cut_often(&cut, n, seed, false, &complaint);
	print_message("%u power cuts from seed %" PRIu64 ", %" PRIu64 " s: %u in a commit"
		      " (%u of those on disk), %u in removing, %u at rest\n",
		      cut.n, seed,
		      (uint64_t)((clock_now_ns(CLOCK_MONOTONIC) - started) / NS_PER_SEC),
		      cut.in_commit, cut.was_written, cut.in_prune, cut.at_rest);
	if (getenv("RASD_CUT_KEEP") && found < n)
		print_message("left: %s\n", cut.top);
	else
		tear_down(&cut);
	if (found < n)
		fail_msg("after cut %u (RASD_CUT_SEED=%" PRIu64 " RASD_CUTS=%u): %s",
			 found % CHAIN + 1, seed + found / CHAIN, found % CHAIN + 1,
			 said);
}

static unsigned int cuts_wanted(void)
{
	const char *wanted = getenv("RASD_CUTS");

	return wanted ? (unsigned int)strtoul(wanted, NULL, 10) : CUTS_SHORT;
}

static void nothing_is_lost_or_doubled(void **state)
{
	const char *seed = getenv("RASD_CUT_SEED");

	(void)state;
	cut_and_compare(cuts_wanted(), seed ? strtoull(seed, NULL, 10) : 1);
}

static void nor_from_a_seed_of_today(void **state)
{
	(void)state;
	cut_and_compare(CUTS_SHORT / 3, (uint64_t)time(NULL));
}

/* The harness itself: with a disk that does not flush, it has to find what is lost. */
static void a_disk_that_lies_is_noticed(void **state)
{
	struct cut cut;
	char said[1024] = "";
	struct text complaint = TEXT_IN(said);
	unsigned int found;

	(void)state;
	set_up(&cut);
	found = cut_often(&cut, CUTS_SHORT, 1, true, &complaint);
	tear_down(&cut);
	print_message("noticed at cut %u: %s\n", found + 1, said);
	assert_true(found < CUTS_SHORT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_lost_or_doubled),
		cmocka_unit_test(nor_from_a_seed_of_today),
		cmocka_unit_test(a_disk_that_lies_is_noticed),
	};

	return cmocka_run_group_tests_name("powercut", tests, NULL, NULL);
}
