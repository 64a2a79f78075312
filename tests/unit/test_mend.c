// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Pages of the ring's file that fail. Here they are punched out of a file whose memory is
 * sound, which is all that is left of one that was poisoned.
 */

#include "unit/check.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ipc/ring.h"
#include "ipc/ring_file.h"
#include "unit/fixtures.h"

#define AREA	     65536
#define MESSAGES_MAX 4096
#define DATA_AT	     (RING_SCRATCH_AT + AREA)
#define FILE_BYTES   (DATA_AT + AREA)

static const struct ring_layout layout = { .schema = 7,
					   .scratch_bytes = AREA,
					   .data_bytes = AREA };

struct here {
	char *directory;
	char path[PATH_MAX];
	struct ring ring;
	char note[1024];
	unsigned int n;		     /* messages put since the ring began */
	uint64_t ends[MESSAGES_MAX]; /* positions behind each */
	uint8_t before[AREA];	     /* the data area before a page was lost */
	char id[RING_ID_BYTES];
};

static int reopen(struct here *here)
{
	struct text note = TEXT_IN(here->note);

	ring_close(&here->ring);
	here->note[0] = '\0';
	return ring_open(here->path, &layout, &here->ring, &note);
}

static int set_up(void **state)
{
	struct here *here = calloc(1, sizeof(*here));

	here->directory = make_temp_directory();
	here->ring.fd = -1;
	snprintf(here->path, sizeof(here->path), "%s/ring", here->directory);
	*state = here;
	return reopen(here);
}

static int tear_down(void **state)
{
	struct here *here = *state;

	ring_close(&here->ring);
	remove_tree(here->directory);
	free(here);
	return 0;
}

static size_t page_bytes(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

static size_t length_of(unsigned int i)
{
	static const size_t lengths[] = { 0, 1, 8, 100, 300, 17, 5000, 333, 40, 9 };

	return lengths[i % ARRAY_SIZE(lengths)];
}

static bool put(struct here *here)
{
	uint8_t bytes[5000];
	unsigned int i = here->n;

	for (size_t b = 0; b < length_of(i); b++)
		bytes[b] = (uint8_t)(1 + (i * 31 + b * 7) % 255);
	if (ring_put(&here->ring, (uint16_t)i, bytes, length_of(i)) < 0)
		return false;
	here->ends[here->n++] = here->ring.staged;
	return true;
}

/* `rounds` times around, then full of what was not read yet. Returns how many are not. */
static unsigned int fill(struct here *here, unsigned int rounds)
{
	unsigned int first;

	while (here->ring.staged < rounds * AREA + 1000) {
		assert_true(put(here));
		ring_publish(&here->ring);
		ring_set_durable(&here->ring, ring_written(&here->ring));
	}
	first = here->n;
	while (put(here))
		;
	ring_publish(&here->ring);
	memset(here->ring.scratch, 's', AREA);
	ring_vital_put(&here->ring, 1, "vital", 5);
	memcpy(here->before, here->ring.data, AREA);
	strcpy(here->id, ring_id(&here->ring));
	return first;
}

static struct ring_mending lose(struct here *here, size_t at)
{
	struct ring_mending mending;

	assert_int_equal(ring_mend(here->path, at + 5, 0, &mending), 0);
	assert_int_equal(mending.at, at);
	assert_int_equal(mending.bytes, page_bytes());
	return mending;
}

static bool survived(const struct here *here, unsigned int i)
{
	uint64_t start = i ? here->ends[i - 1] : 0;
	size_t bytes = sizeof(struct message_header) + length_of(i);

	for (uint64_t at = start; at < start + bytes; at++)
		if (here->ring.data[at % AREA] != here->before[at % AREA])
			return false;
	return true;
}

/* What was on other pages is all there, in order; the rest is said to be lost. Before the
 * ring is opened, for it then writes into the lost page. */
static unsigned int expect_survivors(const struct here *here, unsigned int first,
				     bool *ret)
{
	unsigned int n = 0;

	for (unsigned int i = first; i < here->n; i++)
		n += ret[i] = survived(here, i);
	return n;
}

static void assert_survivors(struct here *here, unsigned int first, const bool *there)
{
	uint64_t at = ring_durable(&here->ring), lost = 0;
	struct ring_message message;
	unsigned int i = first;

	for (; ring_peek(&here->ring, at, &message) > 0; at = message.next) {
		if (message.kind == RING_LOST) {
			assert_false(there[i]);
			lost += message.next - at;
			while (i < here->n && here->ends[i] <= message.next) {
				assert_false(there[i]);
				i++;
			}
			continue;
		}
		assert_true(i < here->n);
		assert_true(there[i]);
		assert_int_equal(message.kind, (uint16_t)i);
		assert_int_equal(message.len, length_of(i));
		assert_int_equal(message.next, here->ends[i]);
		for (size_t b = 0; b < message.len; b++)
			assert_int_equal(message.payload[b], 1 + (i * 31 + b * 7) % 255);
		i++;
	}
	assert_int_equal(i, here->n);
	assert_int_equal(at, ring_written(&here->ring));
	assert_true(here->ring.lost_bytes <= lost);
}

static void assert_same_ring(const struct here *here, uint64_t written, uint64_t durable)
{
	char vital[5] = "";

	assert_false(here->ring.fresh);
	assert_string_equal(ring_id(&here->ring), here->id);
	assert_int_equal(ring_written(&here->ring), written);
	assert_int_equal(ring_durable(&here->ring), durable);
	assert_true(ring_vital_get(&here->ring, 1, vital, sizeof(vital)));
	assert_memory_equal(vital, "vital", 5);
	assert_memory_equal(here->ring.header, here->ring.shadow,
			    sizeof(*here->ring.header));
}

static void assert_scratch(const struct here *here, const struct ring_mending *mending)
{
	size_t at = 0, bytes = 0;
	bool lost = ring_mending_of_scratch(&here->ring, mending, &at, &bytes);

	assert_int_equal(lost, mending->at >= RING_SCRATCH_AT && mending->at < DATA_AT);
	for (size_t i = 0; i < AREA; i++)
		assert_int_equal(here->ring.scratch[i],
				 i >= at && i < at + bytes ? 0 : 's');
}

static void any_page_may_be_lost_at_rest(void **state)
{
	struct here *here = *state;

	fill(here, 2);
	ring_set_durable(&here->ring, ring_written(&here->ring));
	for (size_t at = 0; at < FILE_BYTES; at += page_bytes()) {
		uint64_t position = ring_written(&here->ring);
		struct ring_mending mending = lose(here, at);

		assert_int_equal(reopen(here), 0);
		assert_same_ring(here, position, position);
		assert_string_equal(here->note, "");
		assert_int_equal(here->ring.lost_bytes, 0);
		assert_scratch(here, &mending);
		memset(here->ring.scratch, 's', AREA);
		assert_true(put(here));
		ring_publish(&here->ring);
		ring_set_durable(&here->ring, ring_written(&here->ring));
	}
}

static void any_page_may_be_lost_before_it_is_read(void **state)
{
	for (size_t at = 0; at < FILE_BYTES; at += page_bytes()) {
		static bool there[MESSAGES_MAX];
		struct here *here = *state;
		unsigned int first = fill(here, 2), n;
		uint64_t written = ring_written(&here->ring);
		uint64_t durable = ring_durable(&here->ring);
		struct ring_mending mending = lose(here, at);

		n = expect_survivors(here, first, there);
		assert_true(at < DATA_AT ? n == here->n - first : n < here->n - first);
		assert_true(page_bytes() > 4096 || n > 3 * (here->n - first) / 4);
		for (int again = 0; again < 2; again++) {
			assert_int_equal(reopen(here), 0);
			assert_same_ring(here, written, durable);
			assert_scratch(here, &mending);
			assert_survivors(here, first, there);
			assert_int_equal(here->ring.lost_bytes > 0,
					 at >= DATA_AT && !again);
			assert_int_equal(here->note[0] != '\0', at >= DATA_AT && !again);
		}
		tear_down(state);
		set_up(state);
	}
}

/* Also the two that are nothing without each other's neighbours. */
static void any_two_pages_may_be_lost(void **state)
{
	for (size_t a = RING_SHADOW_AT; a < FILE_BYTES;
	     a += a < DATA_AT ? AREA : page_bytes())
		for (size_t b = MAX(a, (size_t)DATA_AT); b < FILE_BYTES;
		     b += page_bytes()) {
			static bool there[MESSAGES_MAX];
			struct here *here = *state;
			unsigned int first = fill(here, 1);
			uint64_t written = ring_written(&here->ring);
			uint64_t durable = ring_durable(&here->ring);

			lose(here, a);
			lose(here, b);
			expect_survivors(here, first, there);
			assert_int_equal(reopen(here), 0);
			assert_same_ring(here, written, durable);
			assert_survivors(here, first, there);
			tear_down(state);
			set_up(state);
		}
}

/* A page of messages that is lost, and later one of those that stand for them. */
static void what_was_mended_may_be_lost_again(void **state)
{
	static bool there[MESSAGES_MAX];
	struct here *here = *state;
	unsigned int first = fill(here, 1);

	for (size_t at = DATA_AT; at < FILE_BYTES; at += page_bytes()) {
		lose(here, at);
		for (unsigned int i = first; at == DATA_AT && i < here->n; i++)
			there[i] = true;
		for (unsigned int i = first; i < here->n; i++)
			there[i] &= survived(here, i);
		assert_int_equal(reopen(here), 0);
		assert_survivors(here, first, there);
	}
	for (unsigned int i = first; i < here->n; i++)
		assert_false(there[i]);
}

static void a_producer_dies_between_shadow_and_header(void **state)
{
	struct here *here = *state;
	uint64_t before, after;

	fill(here, 1);
	ring_set_durable(&here->ring, ring_written(&here->ring));
	before = ring_written(&here->ring);
	put(here);
	after = here->ring.staged;
	here->ring.shadow->written = after;
	/* nobody has seen it: it never was */
	assert_int_equal(reopen(here), 0);
	assert_same_ring(here, before, before);
	/* the header fails at that very moment: it is whole, and so it is */
	ring_put(&here->ring, 3, "payload", 7);
	here->ring.shadow->written = here->ring.staged;
	after = here->ring.staged;
	lose(here, 0);
	assert_int_equal(reopen(here), 0);
	assert_same_ring(here, after, before);
}

static void both_headers_lost_is_said(void **state)
{
	struct here *here = *state;

	fill(here, 1);
	lose(here, 0);
	lose(here, RING_SHADOW_AT);
	assert_int_equal(reopen(here), 0);
	assert_true(here->ring.fresh);
	assert_string_not_equal(here->note, "");
}

static void what_is_damaged_and_not_lost_is_set_aside(void **state)
{
	struct here *here = *state;

	fill(here, 1);
	here->ring.data[(ring_durable(&here->ring) + sizeof(struct message_header)) %
			AREA] ^= 1;
	assert_int_equal(reopen(here), 0);
	/* the first unread message is of 1 byte or more */
	assert_true(here->ring.fresh);
	assert_string_not_equal(here->note, "");
}

static void vital_blocks_have_two_lives(void **state)
{
	struct here *here = *state;
	struct ring_vital *copies[2] = {
		(void *)((uint8_t *)here->ring.header + RING_VITAL_AT),
		(void *)((uint8_t *)here->ring.shadow + RING_VITAL_AT)
	};
	uint64_t is = 0;

	assert_false(ring_vital_get(&here->ring, 0, &is, sizeof(is)));
	for (uint64_t i = 1; i < 100; i++) {
		struct ring_vital old = *copies[i % 2];
		uint64_t other = ~i;

		ring_vital_put(&here->ring, 0, &i, sizeof(i));
		ring_vital_put(&here->ring, RING_VITALS_MAX - 1, &other, sizeof(other));
		/* a writer that was killed before it came to one of them, or in it */
		*copies[i % 2] = old;
		assert_true(ring_vital_get(&here->ring, 0, &is, sizeof(is)));
		assert_int_equal(is, i);
		copies[i % 2]->bytes[3] ^= 0x40;
		assert_true(ring_vital_get(&here->ring, 0, &is, sizeof(is)));
		assert_int_equal(is, i);
		assert_true(ring_vital_get(&here->ring, RING_VITALS_MAX - 1, &is,
					   sizeof(is)));
		assert_int_equal(is, other);
	}
	assert_false(ring_vital_get(&here->ring, 0, &is, 4));
	copies[0]->sum ^= 1;
	copies[1]->sum ^= 1;
	is = 5;
	assert_false(ring_vital_get(&here->ring, 0, &is, sizeof(is)));
	assert_int_equal(is, 5);
}

static void what_is_whole_is_not_lost(void **state)
{
	struct here *here = *state;
	uint64_t at = 7;
	char path[300];

	fill(here, 1);
	assert_int_equal(ring_find_lost(here->path, 0, &at), 0);
	assert_int_equal(ring_find_lost(here->path, 1 << 30, &at), 0);
	snprintf(path, sizeof(path), "%s/none", here->directory);
	assert_int_equal(ring_find_lost(path, 0, &at), -ENOENT);
	assert_int_equal(close(open(path, O_RDWR | O_CREAT, 0600)), 0);
	assert_int_equal(ring_find_lost(path, 0, &at), 0);
	assert_int_equal(at, 7);
}

static void what_cannot_be_mended(void **state)
{
	struct here *here = *state;
	struct ring_mending mending = { .at = 77 };
	char link[PATH_MAX + 8];
	struct stat st;

	snprintf(link, sizeof(link), "%s.link", here->path);
	assert_int_equal(symlink(here->path, link), 0);
	assert_int_equal(ring_mend(link, 0, 0, &mending), -ELOOP);
	assert_int_equal(ring_mend("/nowhere/ring", 0, 0, &mending), -ENOENT);
	assert_int_equal(ring_mend(here->path, FILE_BYTES, 1, &mending), -ERANGE);
	assert_int_equal(ring_mend(here->path, UINT64_MAX, 1, &mending), -ERANGE);
	assert_int_equal(mending.at, 77);
	/* a huge page around it: all there is, and not a byte more */
	assert_int_equal(ring_mend(here->path, 0, 2 << 20, &mending), 0);
	assert_int_equal(mending.bytes, FILE_BYTES);
	assert_int_equal(stat(here->path, &st), 0);
	assert_int_equal(st.st_size, FILE_BYTES);
}

#define mend_test(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		mend_test(any_page_may_be_lost_at_rest),
		mend_test(any_page_may_be_lost_before_it_is_read),
		mend_test(any_two_pages_may_be_lost),
		mend_test(what_was_mended_may_be_lost_again),
		mend_test(a_producer_dies_between_shadow_and_header),
		mend_test(both_headers_lost_is_said),
		mend_test(what_is_damaged_and_not_lost_is_set_aside),
		mend_test(vital_blocks_have_two_lives),
		mend_test(what_is_whole_is_not_lost),
		mend_test(what_cannot_be_mended),
	};

	return cmocka_run_group_tests_name("mend", tests, NULL, NULL);
}
