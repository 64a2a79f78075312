// SPDX-License-Identifier: LGPL-2.1-or-later

#include "unit/check.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "sources/reader.h"
#include "unit/fixtures.h"
#include "util/clock.h"

#define SUB_BUFFER  4096
#define AREA_BYTES  (16 * SUB_BUFFER)
#define N_CPUS	    3
#define RECORDS_MAX 1000

/* Two signal_generate records, as Linux 6.18 gave them: 2 x (4 + 48) bytes committed. */
static const uint8_t real_page[] = {
	0x96, 0x9e, 0xd5, 0xcc, 0xd3, 0x00, 0x00, 0x00, 0x68, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x0c, 0x00, 0x00, 0x00, 0x05, 0x01, 0x01, 0x01,
	0x36, 0x52, 0x00, 0x00, 0x07, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x02, 0x00, 0x00, 0x00, 0x70, 0x79, 0x74, 0x68, 0x6f, 0x6e, 0x33, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x36, 0x52, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xec, 0x7c, 0xef, 0x06,
	0x05, 0x01, 0x01, 0x01, 0x68, 0x52, 0x00, 0x00, 0x07, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x73, 0x68, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x6a, 0x52, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
};
_Static_assert(sizeof(real_page) == 16 + 0x68, "header and what it says was committed");

/* --- sub-buffers made by hand: include/linux/ring_buffer.h, kernel/trace/ring_buffer.c
 * --- */

struct page {
	uint64_t bytes[SUB_BUFFER / 8];
	size_t len; /* of data behind the 16 bytes of header */
};

#define PADDING	    29
#define TIME_EXTEND 30
#define TIME_STAMP  31

static uint8_t *data_of(struct page *page)
{
	return (uint8_t *)page->bytes + 16;
}

static void begin_page(struct page *page, uint64_t time_ns)
{
	memset(page, 0, sizeof(*page));
	page->bytes[0] = time_ns;
}

static void put_word(struct page *page, uint32_t word)
{
	memcpy(data_of(page) + page->len, &word, sizeof(word));
	page->len += sizeof(word);
	page->bytes[1] = page->len;
}

/* A record of n words, the first of which is `mark`; `delta` ns after what was before it.
 */
static void put_record(struct page *page, uint32_t delta, uint32_t mark, uint32_t n)
{
	if (n <= 28) {
		put_word(page, n | delta << 5);
	} else {
		put_word(page, delta << 5);
		put_word(page, 4 * n + 4);
	}
	put_word(page, mark);
	for (uint32_t i = 1; i < n; i++)
		put_word(page, 0xffffffff);
}

/* --- a reader on rings that are FIFOs --- */

struct here {
	char *directory;
	uint64_t landing[(LANDING_HEADS_BYTES + AREA_BYTES) / 8];
	struct trace_instance instances[TRACE_RING_MAX];
	struct trace_reader *reader;
	int rings[TRACE_RING_MAX][N_CPUS];
	/* what the last walk gave */
	size_t n;
	struct {
		enum trace_ring ring;
		unsigned int cpu;
		int64_t time;
		uint32_t mark;
		size_t len;
	} records[RECORDS_MAX];
};

static const char *const names[] = { [RING_HARDWARE] = "x", [RING_SIGNAL] = "x-signal" };
static const unsigned int cpus[N_CPUS] = { 0, 1, 2 };

static struct landing *landing_of(struct here *here)
{
	return (struct landing *)here->landing;
}

static uint8_t *area_of(struct here *here)
{
	return (uint8_t *)here->landing + LANDING_HEADS_BYTES;
}

static void make_reader(struct here *here)
{
	int error;

	here->reader = trace_reader_new(here->landing, sizeof(here->landing), &error);
	assert_non_null(here->reader);
	for (int ring = 0; ring < TRACE_RING_MAX; ring++)
		assert_int_equal(trace_reader_add(here->reader, &here->instances[ring],
						  cpus, N_CPUS),
				 0);
}

static int set_up(void **state)
{
	struct here *here = calloc(1, sizeof(*here));
	const char *used;

	*state = here;
	here->directory = make_temp_directory();
	fake_tracefs(here->directory);
	assert_int_equal(trace_directory_use(here->directory, &used), 0);
	assert_string_equal(used, here->directory);
	for (int ring = 0; ring < TRACE_RING_MAX; ring++) {
		fake_instance(here->directory, names[ring], N_CPUS);
		assert_int_equal(
			trace_instance_open(names[ring], ring, &here->instances[ring]),
			0);
	}
	make_reader(here);
	for (int ring = 0; ring < TRACE_RING_MAX; ring++)
		for (unsigned int cpu = 0; cpu < N_CPUS; cpu++)
			here->rings[ring][cpu] =
				fake_ring_open(here->directory, names[ring], cpu);
	return 0;
}

static int tear_down(void **state)
{
	struct here *here = *state;

	trace_reader_free(here->reader);
	for (int ring = 0; ring < TRACE_RING_MAX; ring++) {
		trace_instance_close(&here->instances[ring]);
		for (unsigned int cpu = 0; cpu < N_CPUS; cpu++)
			close_fd(here->rings[ring][cpu]);
	}
	remove_tree(here->directory);
	free(here);
	return 0;
}

static void feed(struct here *here, enum trace_ring ring, unsigned int cpu,
		 const struct page *page)
{
	assert_int_equal(write(here->rings[ring][cpu], page->bytes, SUB_BUFFER),
			 SUB_BUFFER);
}

static void take(void *userdata, const struct trace_record *record)
{
	struct here *here = userdata;

	assert_true(here->n < RECORDS_MAX);
	here->records[here->n].ring = record->ring;
	here->records[here->n].cpu = record->cpu;
	here->records[here->n].time = record->boottime_ns;
	here->records[here->n].len = record->len;
	if (record->len >= 4)
		memcpy(&here->records[here->n].mark, record->bytes, 4);
	here->n++;
}

static size_t walk(struct here *here)
{
	here->n = 0;
	trace_reader_walk(here->reader, take, here);
	return here->n;
}

static void put_real_page(void *at)
{
	memset(at, 0, SUB_BUFFER);
	memcpy(at, real_page, sizeof(real_page));
}

static void a_real_page(void **state)
{
	struct here *here = *state;
	struct page page;

	put_real_page(page.bytes);
	feed(here, RING_SIGNAL, 1, &page);
	assert_int_equal(trace_reader_fill(here->reader), 1);
	assert_int_equal(walk(here), 2);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(here->records[i].ring, RING_SIGNAL);
		assert_int_equal(here->records[i].cpu, 1);
		assert_int_equal(here->records[i].len, 48);
		assert_int_equal(here->records[i].mark, 0x01010105);
	}
	assert_int_equal(here->records[0].time, 0xd3ccd59e96);
	assert_int_equal(here->records[1].time, 0xd3ccd59e96 + 0x377be7);
}

static void walked_in_the_order_of_time(void **state)
{
	struct here *here = *state;
	struct page page;

	/* on each of six rings two sub-buffers of ten records, in steps of 7, 11, … ns */
	for (int ring = 0; ring < TRACE_RING_MAX; ring++)
		for (unsigned int cpu = 0; cpu < N_CPUS; cpu++)
			for (uint32_t half = 0; half < 2; half++) {
				uint32_t step = 7 + 4 * (cpu + 3 * (uint32_t)ring);

				begin_page(&page, 1000 + cpu + half * 10 * step);
				for (uint32_t i = 0; i < 10; i++)
					put_record(&page, i ? step : 0, 10 * half + i,
						   1 + cpu);
				feed(here, ring, cpu, &page);
			}
	assert_int_equal(trace_reader_fill(here->reader), 12);
	assert_int_equal(walk(here), 120);
	for (size_t i = 1; i < here->n; i++)
		assert_true(here->records[i - 1].time <= here->records[i].time);
	for (int ring = 0; ring < TRACE_RING_MAX; ring++)
		for (unsigned int cpu = 0; cpu < N_CPUS; cpu++) {
			uint32_t step = 7 + 4 * (cpu + 3 * (uint32_t)ring), next = 0;

			for (size_t i = 0; i < here->n; i++) {
				if ((int)here->records[i].ring != ring ||
				    here->records[i].cpu != cpu)
					continue;
				assert_int_equal(here->records[i].mark, next);
				assert_int_equal(here->records[i].time,
						 1000 + cpu + next * step);
				assert_int_equal(here->records[i].len, 4 * (1 + cpu));
				next++;
			}
			assert_int_equal(next, 20);
		}
	trace_reader_done(here->reader);
	assert_int_equal(walk(here), 0);
	assert_int_equal(trace_reader_fill(here->reader), 0);
}

static void every_kind_of_ring_entry(void **state)
{
	struct here *here = *state;
	struct page page;

	begin_page(&page, 1000);
	put_record(&page, 5, 1, 28);
	put_record(&page, 5, 2, 29); /* the length in a word of its own */
	put_record(&page, 0, 3, 500);
	put_word(&page, TIME_EXTEND | 1 << 5); /* 1 + 2 * 2^27 ns later */
	put_word(&page, 2);
	put_record(&page, 1, 4, 1);
	put_word(&page, PADDING | 3 << 5); /* a record that was discarded */
	put_word(&page, 8);
	put_word(&page, 0xdead);
	put_record(&page, 1, 5, 1);
	put_word(&page, TIME_STAMP | 77 << 5); /* 77 + 9 * 2^27 from now on */
	put_word(&page, 9);
	put_record(&page, 2, 6, 1);
	put_word(&page, 0); /* five bytes, in the room of eight */
	put_word(&page, 4 + 5);
	put_word(&page, 7);
	put_word(&page, 0xff);
	put_record(&page, 1, 8, 1);
	put_word(&page, PADDING); /* nothing more in this sub-buffer */
	put_word(&page, 4);
	put_record(&page, 0, 0xdead, 1);
	feed(here, RING_HARDWARE, 0, &page);
	begin_page(&page, 5000000000);
	put_record(&page, 0, 9, 1);
	feed(here, RING_HARDWARE, 0, &page);
	assert_int_equal(trace_reader_fill(here->reader), 2);
	assert_int_equal(walk(here), 9);
	for (uint32_t i = 0; i < 9; i++)
		assert_int_equal(here->records[i].mark, i + 1);
	assert_int_equal(here->records[0].len, 28 * 4);
	assert_int_equal(here->records[1].len, 29 * 4);
	assert_int_equal(here->records[2].len, 500 * 4);
	assert_int_equal(here->records[0].time, 1005);
	assert_int_equal(here->records[2].time, 1010);
	assert_int_equal(here->records[3].time, 1010 + 1 + (2LL << 27) + 1);
	assert_int_equal(here->records[4].time, 1010 + 1 + (2LL << 27) + 1 + 3 + 1);
	assert_int_equal(here->records[5].time, 77 + (9LL << 27) + 2);
	assert_int_equal(here->records[6].len, 5);
	assert_int_equal(here->records[8].time, 5000000000);
}

/* An absolute time has 59 bits; the five above them come from the time before. */
static void absolute_times_are_made_whole(void **state)
{
	static const struct {
		uint64_t before;
		uint32_t low, word; /* of the time stamp */
		uint64_t time;
	} cases[] = {
		{ 1000, 77, 9, 77 + (9ULL << 27) },
		{ 5000, 0, 0, 0 }, /* backwards; nothing is above */
		{ 3ULL << 59 | 5, 77, 9, 3ULL << 59 | (77 + (9ULL << 27)) },
		{ 3ULL << 59 | 5, 4, 0, 4ULL << 59 | 4 }, /* it has wrapped since */
		{ 3ULL << 59 | 5, 5, 0, 3ULL << 59 | 5 },
		{ 5, 0x7ffffff, 0xffffffff, (1ULL << 59) - 1 },
	};
	struct here *here = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct page page;

		begin_page(&page, cases[i].before);
		put_word(&page, TIME_STAMP | cases[i].low << 5);
		put_word(&page, cases[i].word);
		put_record(&page, 0, 1, 1);
		feed(here, RING_HARDWARE, 0, &page);
		assert_int_equal(trace_reader_fill(here->reader), 1);
		assert_int_equal(walk(here), 1);
		assert_int_equal((uint64_t)here->records[0].time, cases[i].time);
	}
}

static void a_round_takes_what_the_area_holds(void **state)
{
	struct here *here = *state;
	struct page page;
	size_t seen = 0;
	uint64_t round = trace_reader_round(here->reader);

	/* one ring may fill the area alone; what is left stays in the ring for the next
	 * round */
	fcntl(here->rings[0][0], F_SETPIPE_SZ, 32 * SUB_BUFFER);
	for (uint32_t i = 0; i < 20; i++) {
		begin_page(&page, 1000 + i);
		put_record(&page, 0, i, 1);
		feed(here, RING_HARDWARE, 0, &page);
	}
	while (trace_reader_fill(here->reader) > 0) {
		assert_int_equal(trace_reader_round(here->reader), ++round);
		assert_true(landing_of(here)->n_slots <= AREA_BYTES / SUB_BUFFER);
		walk(here);
		for (size_t i = 0; i < here->n; i++)
			assert_int_equal(here->records[i].mark, seen++);
		trace_reader_done(here->reader);
	}
	assert_int_equal(seen, 20);
}

static void times_get_their_instances_delta(void **state)
{
	struct here *here = *state;
	struct page page;

	here->instances[RING_SIGNAL].clock_delta_ns = 500;
	begin_page(&page, 1000);
	put_record(&page, 0, 1, 1);
	feed(here, RING_SIGNAL, 0, &page);
	begin_page(&page, 1400);
	put_record(&page, 0, 2, 1);
	feed(here, RING_HARDWARE, 0, &page);
	assert_int_equal(trace_reader_fill(here->reader), 2);
	assert_int_equal(walk(here), 2);
	assert_int_equal(here->records[0].mark, 2);
	assert_int_equal(here->records[1].mark, 1);
	assert_int_equal(here->records[1].time, 1500);
}

static void leftovers_are_found_by_the_next_process(void **state)
{
	struct here *here = *state;
	struct page page;

	begin_page(&page, 1000);
	put_record(&page, 0, 42, 1);
	feed(here, RING_SIGNAL, 2, &page);
	assert_false(trace_reader_has_leftover(here->reader));
	assert_int_equal(trace_reader_fill(here->reader), 1);
	trace_reader_free(here->reader); /* and dies without trace_reader_done() */
	make_reader(here);
	assert_true(trace_reader_has_leftover(here->reader));
	assert_int_equal(trace_reader_round(here->reader), 1);
	assert_int_equal(walk(here), 1);
	assert_int_equal(here->records[0].mark, 42);
	assert_int_equal(here->records[0].cpu, 2);
	assert_int_equal(here->records[0].ring, RING_SIGNAL);
	trace_reader_done(here->reader);
	assert_false(trace_reader_has_leftover(here->reader));
	begin_page(&page, 2000);
	put_record(&page, 0, 43, 1);
	feed(here, RING_SIGNAL, 2, &page);
	assert_int_equal(trace_reader_fill(here->reader), 1);
	assert_int_equal(trace_reader_round(here->reader), 2);
	assert_int_equal(walk(here), 1);
	assert_int_equal(here->records[0].mark, 43);
}

/* Three sub-buffers of a round that was not finished: marks 1 to 50, 101 to 150, … */
static void leave_a_round(struct here *here)
{
	struct page page;

	for (uint32_t sub_buffer = 0; sub_buffer < 3; sub_buffer++) {
		begin_page(&page, 1000 * (sub_buffer + 1));
		for (uint32_t i = 1; i <= 50; i++)
			put_record(&page, 1, 100 * sub_buffer + i, 5);
		feed(here, RING_HARDWARE, 0, &page);
	}
	assert_int_equal(trace_reader_fill(here->reader), 3);
	here->reader = trace_reader_free(here->reader);
}

static void assert_marks(struct here *here, uint32_t sub_buffer, size_t at, size_t n)
{
	for (uint32_t i = 0; i < n; i++)
		assert_int_equal(here->records[at + i].mark, 100 * sub_buffer + i + 1);
}

static void a_lost_head_comes_back(void **state)
{
	struct here *here = *state;
	uint8_t *landing = (uint8_t *)here->landing;

	for (int head = 0; head < 2; head++) {
		uint64_t round = trace_reader_round(here->reader);

		leave_a_round(here);
		memset(landing + head * LANDING_HEAD_BYTES, 0, LANDING_HEAD_BYTES);
		make_reader(here);
		assert_int_equal(trace_reader_lost(here->reader,
						   (size_t)head * LANDING_HEAD_BYTES,
						   LANDING_HEAD_BYTES),
				 0);
		assert_true(trace_reader_has_leftover(here->reader));
		assert_int_equal(trace_reader_round(here->reader), round + 1);
		assert_int_equal(walk(here), 150);
		for (uint32_t i = 0; i < 3; i++)
			assert_marks(here, i, 50 * i, 50);
		trace_reader_done(here->reader);
	}
	memset(landing, 0, LANDING_HEADS_BYTES); /* both: what was recorded is known */
	here->reader = trace_reader_free(here->reader);
	make_reader(here);
	assert_int_equal(trace_reader_round(here->reader), 0);
	trace_reader_resume(here->reader, 2);
	assert_int_equal(trace_reader_round(here->reader), 2);
	trace_reader_resume(here->reader, 1);
	assert_int_equal(trace_reader_round(here->reader), 2);
}

/* From any byte on, which is more than can happen: no record with a hole in it. */
static void a_sub_buffer_ends_where_it_is_lost(void **state)
{
	const size_t record = 4 + 20, used = 16 + 50 * record;
	struct here *here = *state;

	for (size_t at = 0; at < SUB_BUFFER; at += at < used ? 1 : 97) {
		size_t whole = at < 16 ? 0 : MIN((at - 16) / record, (size_t)50);
		size_t bytes = MIN((size_t)SUB_BUFFER - at, (size_t)512);

		leave_a_round(here);
		memset(area_of(here) + SUB_BUFFER + at, 0, bytes);
		make_reader(here);
		assert_int_equal(trace_reader_lost(here->reader,
						   LANDING_HEADS_BYTES + SUB_BUFFER + at,
						   bytes),
				 at < used);
		assert_int_equal(walk(here), 100 + whole);
		assert_marks(here, 0, 0, 50);
		assert_marks(here, 1, 50, whole);
		assert_marks(here, 2, 50 + whole, 50);
		trace_reader_done(here->reader);
	}
	/* a page that is larger than they are takes all of them */
	leave_a_round(here);
	memset(area_of(here), 0, 3 * SUB_BUFFER);
	make_reader(here);
	assert_int_equal(trace_reader_lost(here->reader, LANDING_HEADS_BYTES, AREA_BYTES),
			 3);
	assert_int_equal(walk(here), 0);
	/* nothing of a round that is recorded is lost */
	trace_reader_done(here->reader);
	assert_int_equal(trace_reader_lost(here->reader, 0, SIZE_MAX / 2), 0);
}

static void unsound_slots_are_skipped(void **state)
{
	static const struct {
		const char *name;
		uint32_t ring, cpu, at, size;
		uint64_t commit;
		bool sound;
	} cases[] = {
		{ "a good one", 0, 0, 0, SUB_BUFFER, 0x68, true },
		{ "flags above the length", 0, 0, 0, SUB_BUFFER, 0x68 | 1U << 31, true },
		{ "at the area's end", 0, 0, AREA_BYTES - SUB_BUFFER, SUB_BUFFER, 0x68,
		  true },
		{ "nothing committed", 0, 0, 0, SUB_BUFFER, 0, false },
		{ "only flags", 0, 0, 0, SUB_BUFFER, 1U << 31, false },
		{ "more committed than there is", 0, 0, 0, SUB_BUFFER, SUB_BUFFER - 15,
		  false },
		{ "all bits set", 0, 0, 0, SUB_BUFFER, ~0ULL, false },
		{ "size of the header", 0, 0, 0, 16, 0x68, false },
		{ "size 0", 0, 0, 0, 0, 0x68, false },
		{ "size beyond the area", 0, 0, 0, AREA_BYTES + 1, 0x68, false },
		{ "size of 4 GiB", 0, 0, 0, UINT32_MAX, 0x68, false },
		{ "one byte beyond the area", 0, 0, AREA_BYTES - SUB_BUFFER + 1,
		  SUB_BUFFER, 0x68, false },
		{ "offset of 4 GiB", 0, 0, UINT32_MAX, SUB_BUFFER, 0x68, false },
		{ "offset and size that wrap", 0, 0, UINT32_MAX - 99, 200, 0x68, false },
		{ "a CPU that is not", 0, 99, 0, SUB_BUFFER, 0x68, false },
		{ "a ring that is not", 99, 0, 0, SUB_BUFFER, 0x68, false },
	};
	struct here *here = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct landing *landing = landing_of(here);
		uint32_t good = 4 * SUB_BUFFER;

		print_message("# %s\n", cases[i].name);
		memset(area_of(here), 0, AREA_BYTES);
		if (cases[i].at <= AREA_BYTES - SUB_BUFFER) {
			put_real_page(area_of(here) + cases[i].at);
			memcpy(area_of(here) + cases[i].at + 8, &cases[i].commit, 8);
		}
		put_real_page(area_of(here) + good);
		landing->n_slots = 2;
		landing->slots[0] = (struct landing_slot){ .ring = cases[i].ring,
							   .cpu = cases[i].cpu,
							   .at = cases[i].at,
							   .size = cases[i].size };
		/* and what comes behind is found all the same */
		landing->slots[1] =
			(struct landing_slot){ .at = good, .size = SUB_BUFFER };
		assert_int_equal(walk(here), cases[i].sound ? 4 : 2);
	}
}

static void a_slot_count_beyond_the_table(void **state)
{
	struct here *here = *state;

	put_real_page(area_of(here));
	landing_of(here)->slots[0] = (struct landing_slot){ .size = SUB_BUFFER };
	landing_of(here)->n_slots = UINT32_MAX;
	assert_int_equal(walk(here), 2);
}

/* Lengths inside of a sub-buffer that lead out of it. */
static void entries_never_reach_outside(void **state)
{
	static const uint32_t words[] = {
		0,	 1,	      4,	  28,
		PADDING, TIME_EXTEND, TIME_STAMP, PADDING | 1 << 5,
		~0u,	 0x7fffffff,  0xfffffffc
	};
	struct here *here = *state;

	for (size_t a = 0; a < ARRAY_SIZE(words); a++)
		for (size_t b = 0; b < ARRAY_SIZE(words); b++)
			for (uint32_t commit = 1; commit <= 24; commit++) {
				uint8_t *last = area_of(here) + AREA_BYTES - 64;
				uint64_t head[2] = { 1000, commit };

				memset(last, 0, 64);
				memcpy(last, head, sizeof(head));
				memcpy(last + 16, &words[a], 4);
				memcpy(last + 20, &words[b], 4);
				landing_of(here)->n_slots = 1;
				landing_of(here)->slots[0] =
					(struct landing_slot){ .at = AREA_BYTES - 64,
							       .size = 64 };
				walk(here);
				for (size_t i = 0; i < here->n; i++)
					assert_true(here->records[i].len <= commit);
			}
}

static void offline_cpus_sleep_until_they_have_a_ring(void **state)
{
	struct here *here = *state;
	struct page page;

	close(here->rings[0][1]); /* EPOLLHUP, as a CPU without a ring gives EPOLLERR */
	here->rings[0][1] = -1;
	trace_reader_fill(here->reader);
	here->rings[0][1] = fake_ring_open(here->directory, names[0], 1);
	begin_page(&page, 1000);
	put_record(&page, 0, 1, 1);
	feed(here, RING_HARDWARE, 1, &page);
	assert_int_equal(trace_reader_fill(here->reader), 0);
	assert_int_equal(trace_reader_wake_dormant(here->reader), 0);
	assert_int_equal(trace_reader_fill(here->reader), 1);
	assert_int_equal(walk(here), 1);
}

struct counted {
	size_t n;
	struct trace_counters last;
};

static void count(void *userdata, const struct trace_instance *instance, unsigned int cpu,
		  const struct trace_counters *counters)
{
	struct counted *counted = userdata;

	assert_true(cpu < N_CPUS);
	assert_non_null(instance);
	counted->last = *counters;
	counted->n++;
}

static void losses_are_asked_for_where_the_kernel_says_so(void **state)
{
	struct here *here = *state;
	struct counted counted = { 0 };
	struct page page;

	trace_reader_counters(here->reader, true, count, &counted);
	assert_int_equal(counted.n, TRACE_RING_MAX * N_CPUS);
	assert_int_equal(counted.last.overrun, 11);
	assert_int_equal(counted.last.commit_overrun, 13);
	assert_int_equal(counted.last.dropped, 19);

	counted.n = 0;
	trace_reader_counters(here->reader, false, count, &counted);
	assert_int_equal(counted.n, 0);
	begin_page(&page, 1000);
	put_record(&page, 0, 1, 1);
	page.bytes[1] |= 1ULL << 31; /* RB_MISSED_EVENTS */
	feed(here, RING_HARDWARE, 2, &page);
	assert_int_equal(trace_reader_fill(here->reader), 1);
	assert_int_equal(walk(here), 1);
	trace_reader_counters(here->reader, false, count, &counted);
	assert_int_equal(counted.n, 1);
	trace_reader_counters(here->reader, false, count, &counted);
	assert_int_equal(counted.n, 1);
}

/* The kernel stores how many it missed behind the last record, if there is room. */
static void the_number_of_missed_records_may_lie_behind_them(void **state)
{
	struct here *here = *state;
	struct counted counted = { 0 };
	struct page page;

	begin_page(&page, 1000);
	put_record(&page, 0, 1, 1);
	memcpy(data_of(&page) + page.len, &(uint64_t){ 5 }, 8);
	page.bytes[1] |= 3ULL << 30; /* RB_MISSED_EVENTS | RB_MISSED_STORED */
	feed(here, RING_HARDWARE, 2, &page);
	assert_int_equal(trace_reader_fill(here->reader), 1);
	assert_int_equal(walk(here), 1);
	trace_reader_counters(here->reader, false, count, &counted);
	assert_int_equal(counted.n, 1);
}

static void instances_are_locked(void **state)
{
	struct trace_instance second = { .lock_fd = -1 };
	char long_name[64];

	(void)state;
	assert_int_equal(trace_instance_open("x", RING_HARDWARE, &second), -EWOULDBLOCK);
	memset(long_name, 'n', sizeof(long_name) - 1);
	long_name[sizeof(long_name) - 1] = '\0';
	assert_int_equal(trace_instance_open(long_name, RING_HARDWARE, &second),
			 -ENAMETOOLONG);
	trace_instance_close(&second); /* one that was never opened */
}

static void file_is(struct here *here, const char *name, const char *content)
{
	char path[PATH_MAX];
	uint8_t *bytes;
	size_t len;

	snprintf(path, sizeof(path), "%s/instances/x/%s", here->directory, name);
	bytes = read_whole(path, &len);
	assert_non_null(bytes);
	assert_int_equal(strncmp((char *)bytes, content, strlen(content)), 0);
	free(bytes);
}

static void what_is_right_already_is_not_written_again(void **state)
{
	struct here *here = *state;
	struct trace_instance *x = &here->instances[RING_HARDWARE];

	assert_false(x->fresh);
	assert_int_equal(x->sub_buffer_bytes, 4096);
	assert_int_equal(x->clock_delta_ns, 0);
	assert_true(trace_instance_is_settled(x, 4096));
	assert_false(trace_instance_is_settled(x, 65536));
	file_is(here, "buffer_percent", "0");
	/* the kernel counts in whole sub-buffers: 1408 KiB may be what 1406 became */
	assert_int_equal(trace_instance_settle(x, 1406 * 1024, 4096), 0);
	file_is(here, "trace_clock", "local global [boot] mono");
	file_is(here, "buffer_size_kb", "1408");
	assert_int_equal(trace_instance_settle(x, 100 * 1024, 4096), 0);
	file_is(here, "buffer_size_kb", "100");
	assert_int_equal(trace_instance_settle(x, 1, 8192), 0);
	file_is(here, "buffer_subbuf_size_kb", "8");
	file_is(here, "buffer_size_kb", "24"); /* three sub-buffers at the least */
	assert_true(trace_instance_is_on(x));
	assert_int_equal(trace_instance_pause(x, true), 0);
	assert_false(trace_instance_is_on(x));
	file_is(here, "tracing_on", "0");
	assert_false(x->fresh); /* its counters go on from where they are */
}

static void another_clock_is_brought_to_the_boot_clock(void **state)
{
	struct here *here = *state;
	struct trace_instance *x = &here->instances[RING_HARDWARE];
	char path[PATH_MAX];
	int64_t now;

	trace_instance_close(x);
	snprintf(path, sizeof(path), "%s/instances/x", here->directory);
	write_file(path, "trace_clock", "[local] global boot\n");
	assert_int_equal(trace_instance_open("x", RING_HARDWARE, x), 0);
	now = clock_now_ns(CLOCK_BOOTTIME); /* and by "stats" it is 100 s in that clock */
	assert_true(llabs(x->clock_delta_ns - (now - 100 * NS_PER_SEC)) < NS_PER_SEC);
	assert_false(trace_instance_is_settled(x, 4096));
	assert_int_equal(trace_instance_settle(x, 1 << 20, 4096), 0);
	file_is(here, "trace_clock", "boot");
	assert_int_equal(x->clock_delta_ns, 0);
	assert_true(x->fresh);
}

static void what_is_no_tracefs(void **state)
{
	struct here *here = *state;
	const char *used;
	size_t len;
	int error;

	assert_int_equal(trace_directory_use("/nonexistent", &used), -ENOENT);
	assert_null(
		trace_format_read(&here->instances[0], "ras:arm_event", &len, &error));
	assert_int_equal(error, -ENOENT);
	assert_int_equal(
		trace_instance_enable(&here->instances[0], "ras:arm_event", NULL),
		-ENOENT);
	assert_int_equal(trace_instance_enable(&here->instances[0], "ftrace:print", NULL),
			 0);
}

#define reader_test(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		reader_test(a_real_page),
		reader_test(walked_in_the_order_of_time),
		reader_test(every_kind_of_ring_entry),
		reader_test(absolute_times_are_made_whole),
		reader_test(a_round_takes_what_the_area_holds),
		reader_test(times_get_their_instances_delta),
		reader_test(leftovers_are_found_by_the_next_process),
		reader_test(a_lost_head_comes_back),
		reader_test(a_sub_buffer_ends_where_it_is_lost),
		reader_test(unsound_slots_are_skipped),
		reader_test(a_slot_count_beyond_the_table),
		reader_test(entries_never_reach_outside),
		reader_test(offline_cpus_sleep_until_they_have_a_ring),
		reader_test(losses_are_asked_for_where_the_kernel_says_so),
		reader_test(the_number_of_missed_records_may_lie_behind_them),
		reader_test(instances_are_locked),
		reader_test(what_is_right_already_is_not_written_again),
		reader_test(another_clock_is_brought_to_the_boot_clock),
		reader_test(what_is_no_tracefs),
	};

	return cmocka_run_group_tests_name("reader", tests, NULL, NULL);
}
