// SPDX-License-Identifier: LGPL-2.1-or-later

/* Blocks and records, whole, cut and lying; made here, with the payloads of tests/golden
 * in them. */

#include "unit/check.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "cper/walk.h"
#include "unit/cper_fixture.h"
#include "unit/fixtures.h"
#include "util/bytes.h"
#include "util/clock.h"

#define MEMORY \
	GUID(0xa5bc1114, 0x6f64, 0x4ede, 0xb8, 0x63, 0x3e, 0x83, 0xed, 0x7c, 0x83, 0xb1)
#define OTHER GUID(0x01234567, 0x89ab, 0xcdef, 1, 2, 3, 4, 5, 6, 7, 8)
#define FRU \
	GUID(0x11111111, 0x2222, 0x3333, 0x44, 0x44, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55)

#define SECONDS_2025_12_31_12_34_56 1767184496

static struct built built;

static const struct built_section first = { .type = MEMORY,
					    .severity = CPER_CORRECTED,
					    .revision = 0x0300,
					    .valid = 7,
					    .flags = CPER_PRIMARY | CPER_OVERFLOW,
					    .fru_id = FRU,
					    .fru_text = "DIMM A1",
					    .time = "\x56\x34\x12\x01\x31\x12\x25\x20",
					    .body = "0123456789",
					    .len = 10 };
static const struct built_section second = { .type = OTHER,
					     .severity = CPER_FATAL,
					     .revision = 0x0201,
					     .fru_text = "not valid",
					     .body = "abcdef",
					     .len = 6 };

static void begin(void)
{
	memset(&built, 0, sizeof(built));
}

static void assert_first(const struct cper_section *section)
{
	static const struct guid type = MEMORY, fru = FRU;

	assert_memory_equal(&section->type, &type, GUID_BYTES);
	assert_int_equal(section->severity, SEVERITY_CORRECTED);
	assert_int_equal(section->revision, 0x0300);
	assert_true(section->has_flags);
	assert_int_equal(section->flags, CPER_PRIMARY | CPER_OVERFLOW);
	assert_non_null(section->fru_id);
	assert_memory_equal(section->fru_id, &fru, GUID_BYTES);
	assert_int_equal(section->fru_text_len, 20);
	assert_string_equal(section->fru_text, "DIMM A1");
	assert_int_equal(section->time_ns, SECONDS_2025_12_31_12_34_56 * NS_PER_SEC);
	assert_int_equal(section->len, 10);
	assert_memory_equal(section->body, "0123456789", 10);
	assert_false(section->incomplete);
}

static void assert_second(const struct cper_section *section)
{
	static const struct guid type = OTHER;

	assert_memory_equal(&section->type, &type, GUID_BYTES);
	assert_int_equal(section->severity, SEVERITY_FATAL);
	assert_int_equal(section->revision, 0x0201);
	assert_true(section->has_flags);
	assert_int_equal(section->flags, 0);
	assert_null(section->fru_id);
	assert_null(section->fru_text);
	assert_int_equal(section->len, 6);
	assert_memory_equal(section->body, "abcdef", 6);
	assert_false(section->incomplete);
}

static void assert_place(const struct cper_section *section, uint64_t record,
			 uint64_t index)
{
	assert_true(section->has_place);
	assert_int_equal(section->record, record);
	assert_int_equal(section->index, index);
}

static void assert_end(struct cper_walk *walk, int r)
{
	struct cper_section section;

	for (size_t i = 0; i < 3; i++)
		assert_int_equal(cper_walk_next(walk, &section), r);
}

/* Two blocks, the first with entries of both revisions; status as firmware sets it, and
 * cleared, as it is in BERT's memory. */
static void blocks(void **state)
{
	static const uint32_t statuses[] = { 0x21 | 2 << 4, 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(statuses); i++) {
		struct cper_section section;
		struct cper_walk walk;

		begin();
		built_block(&built, statuses[i], CPER_FATAL);
		built_entry(&built, &first);
		built_entry(&built, &second);
		built_block(&built, statuses[i], CPER_CORRECTED);
		built_entry(&built, &second);
		cper_walk_blocks(&walk, built.bytes, built.len + 100);
		assert_int_equal(cper_walk_next(&walk, &section), 1);
		assert_first(&section);
		assert_place(&section, 0, 0);
		assert_int_equal(walk.head.severity, SEVERITY_FATAL);
		assert_int_equal(walk.head.block_status, statuses[i]);
		assert_int_equal(walk.head.n_sections, statuses[i] >> 4);
		assert_int_equal(cper_walk_next(&walk, &section), 1);
		assert_second(&section);
		assert_int_equal(section.time_ns, 0);
		assert_place(&section, 0, 1);
		assert_int_equal(cper_walk_next(&walk, &section), 1);
		assert_second(&section);
		assert_place(&section, 1, 0);
		assert_int_equal(walk.head.number, 1);
		assert_int_equal(walk.head.severity, SEVERITY_CORRECTED);
		assert_end(&walk, 0);
	}
}

/* Raw data are a section of no type; the next block begins behind them. */
static void raw_data(void **state)
{
	static const struct guid none;
	struct cper_section section;
	struct cper_walk walk;

	(void)state;
	begin();
	built_block(&built, 0, CPER_FATAL);
	built_entry(&built, &second);
	built_raw(&built, 4, "raw data", 8);
	built_block(&built, 0, CPER_INFO);
	built_raw(&built, 0, "alone", 5);
	built_block(&built, 0, CPER_INFO);
	built_entry(&built, &first);
	cper_walk_blocks(&walk, built.bytes, built.len);
	assert_int_equal(cper_walk_next(&walk, &section), 1);
	assert_second(&section);
	assert_int_equal(walk.head.raw_len, 8);
	assert_int_equal(cper_walk_next(&walk, &section), 1);
	assert_memory_equal(&section.type, &none, GUID_BYTES);
	assert_int_equal(section.severity, SEVERITY_FATAL);
	assert_int_equal(section.len, 8);
	assert_memory_equal(section.body, "raw data", 8);
	assert_place(&section, 0, 1);
	assert_false(section.has_flags);
	assert_int_equal(cper_walk_next(&walk, &section), 1);
	assert_int_equal(section.len, 5);
	assert_memory_equal(section.body, "alone", 5);
	assert_place(&section, 1, 0);
	assert_int_equal(cper_walk_next(&walk, &section), 1);
	assert_first(&section);
	assert_place(&section, 2, 0);
	assert_end(&walk, 0);
}

static void nothing_there(void **state)
{
	static const uint8_t zeros[200], ones[19] = "";
	uint8_t erased[200];
	struct cper_walk walk;

	(void)state;
	memset(erased, 0xff, sizeof(erased));
	cper_walk_blocks(&walk, zeros, 0);
	assert_end(&walk, 0);
	cper_walk_blocks(&walk, zeros, sizeof(zeros));
	assert_end(&walk, 0);
	cper_walk_blocks(&walk, erased, sizeof(erased));
	assert_end(&walk, 0);
	cper_walk_blocks(&walk, ones, sizeof(ones));
	assert_end(&walk, 0);
	cper_walk_records(&walk, zeros, 0);
	assert_end(&walk, 0);
	cper_walk_records(&walk, zeros, sizeof(zeros));
	assert_end(&walk, 0);
	cper_walk_records(&walk, erased, sizeof(erased));
	assert_end(&walk, 0);
	/* a block with a status and nothing in it */
	begin();
	built_block(&built, 1, CPER_FATAL);
	cper_walk_blocks(&walk, built.bytes, built.len);
	assert_end(&walk, 0);
}

static void records(void **state)
{
	const struct built_section sections[] = { first, second };
	struct cper_section section;
	struct cper_walk walk;

	(void)state;
	begin();
	built_record(&built, sections, 2);
	built_record(&built, NULL, 0);
	built_record(&built, &second, 1);
	cper_walk_records(&walk, built.bytes, built.len + 300);
	assert_int_equal(cper_walk_next(&walk, &section), 1);
	assert_first(&section);
	assert_place(&section, 0, 0);
	assert_int_equal(walk.head.severity, SEVERITY_CORRECTED);
	assert_int_equal(walk.head.record_id, 0x1122334455667788);
	assert_int_equal(walk.head.flags, 2);
	assert_int_equal(walk.head.n_sections, 2);
	assert_int_equal(walk.head.time_ns, SECONDS_2025_12_31_12_34_56 * NS_PER_SEC);
	assert_int_equal(walk.head.platform.bytes[0], 0x11);
	assert_int_equal(walk.head.creator.bytes[0], 0x50);
	assert_int_equal(walk.head.notification.bytes[0], 0x60);
	assert_int_equal(cper_walk_next(&walk, &section), 1);
	assert_second(&section);
	assert_place(&section, 0, 1);
	assert_int_equal(section.time_ns, walk.head.time_ns);
	assert_int_equal(cper_walk_next(&walk, &section), 1);
	assert_second(&section);
	assert_place(&section, 2, 0);
	assert_end(&walk, 0);
}

static void record_without_time_and_platform(void **state)
{
	struct cper_section section;
	struct cper_walk walk;

	(void)state;
	begin();
	built_record(&built, &second, 1);
	built_put(&built, 16, 0, 4);
	cper_walk_records(&walk, built.bytes, built.len);
	assert_int_equal(cper_walk_next(&walk, &section), 1);
	assert_int_equal(section.time_ns, 0);
	assert_int_equal(walk.head.time_ns, 0);
	assert_int_equal(walk.head.platform.bytes[0], 0);
}

static void times(void **state)
{
	static const struct {
		uint8_t bcd[8];
		int64_t seconds;
	} cases[] = {
		{ { 0x56, 0x34, 0x12, 1, 0x31, 0x12, 0x25, 0x20 },
		  SECONDS_2025_12_31_12_34_56 },
		{ { 0, 0, 0, 0, 0x29, 0x02, 0x24, 0x20 }, 1709164800 },
		{ { 0x59, 0x59, 0x23, 0, 0x31, 0x12, 0x69, 0x19 }, 0 },
		{ { 0, 0, 0, 0, 1, 1, 0x00, 0x20 }, 946684800 },
		{ { 1, 0, 0, 0, 1, 1, 0x70, 0x19 }, 1 },
		{ { 0 }, 0 },
		{ { 0x5a, 0x34, 0x12, 1, 0x31, 0x12, 0x25, 0x20 }, 0 },
		{ { 0x56, 0x60, 0x12, 1, 0x31, 0x12, 0x25, 0x20 }, 0 },
		{ { 0x56, 0x34, 0x24, 1, 0x31, 0x12, 0x25, 0x20 }, 0 },
		{ { 0x56, 0x34, 0x12, 1, 0x32, 0x12, 0x25, 0x20 }, 0 },
		{ { 0x56, 0x34, 0x12, 1, 0, 0x12, 0x25, 0x20 }, 0 },
		{ { 0x56, 0x34, 0x12, 1, 0x31, 0x13, 0x25, 0x20 }, 0 },
		{ { 0x56, 0x34, 0x12, 1, 0x31, 0, 0x25, 0x20 }, 0 },
		{ { 0x56, 0x34, 0x12, 1, 0x31, 0x12, 0xa5, 0x20 }, 0 },
		{ { 0x56, 0x34, 0x12, 1, 0x31, 0x12, 0x25, 0xa0 }, 0 },
		{ { 0x56, 0x34, 0x12, 1, 0x31, 0x12, 0x25, 0x99 }, 0 },
		{ { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff }, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(cper_time_ns(cases[i].bcd),
				 cases[i].seconds * NS_PER_SEC);
}

/* --- lies --- */

/*
 * What comes of the first `len` bytes of what was built, which end where the memory ends:
 * whole sections and incomplete ones. Returns how the walk ended.
 */
static int walk_cut(enum cper_form form, size_t len, size_t *ret_whole, size_t *ret_torn)
{
	uint8_t *bytes = copy_of(built.bytes, len);
	struct cper_section section;
	struct cper_walk walk;
	size_t whole = 0, torn = 0;
	uint64_t sum = 0;
	int r;

	if (form == CPER_BLOCKS)
		cper_walk_blocks(&walk, bytes, len);
	else
		cper_walk_records(&walk, bytes, len);
	while ((r = cper_walk_next(&walk, &section)) == 1) {
		assert_true(section.body >= bytes && section.body <= bytes + len);
		assert_true(section.len <= (size_t)(bytes + len - section.body));
		for (size_t i = 0; i < section.len; i++)
			sum += section.body[i];
		whole += !section.incomplete;
		torn += section.incomplete;
		assert_true(whole + torn < 100000);
	}
	assert_true(r == 0 || r == -EBADMSG);
	assert_int_equal(cper_walk_next(&walk, &section), r);
	free(bytes);
	*ret_whole = whole;
	*ret_torn = torn + (sum > UINT64_MAX - 1); /* the bytes are read, not left out */
	return r;
}

static void build(enum cper_form form)
{
	const struct built_section sections[] = { first, second };

	begin();
	if (form == CPER_RECORDS) {
		built_record(&built, sections, 2);
		built_record(&built, &second, 1);
		return;
	}
	built_block(&built, 0, CPER_FATAL);
	built_entry(&built, &first);
	built_entry(&built, &second);
	built_raw(&built, 4, "raw data", 8);
	built_block(&built, 0, CPER_CORRECTED);
	built_entry(&built, &second);
}

static bool is_zero(const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (bytes[i])
			return false;
	return true;
}

/* Cut anywhere, sections are missing only where it is told. */
static void cut_at_every_length(void **state)
{
	(void)state;
	for (enum cper_form form = CPER_BLOCKS; form <= CPER_RECORDS; form++) {
		size_t n_all, whole, torn, boundary;

		build(form);
		boundary = built.start; /* there the first one ends */
		assert_int_equal(walk_cut(form, built.len, &n_all, &torn), 0);
		assert_int_equal(n_all, form == CPER_BLOCKS ? 4 : 3);
		assert_int_equal(torn, 0);
		for (size_t len = 1; len < built.len; len++) {
			int r = walk_cut(form, len, &whole, &torn);

			assert_true(whole < n_all);
			/* a region that ends behind a record, or in zeros */
			if (len < boundary ?
				    is_zero(built.bytes, len) :
				    is_zero(built.bytes + boundary, len - boundary))
				continue;
			assert_true(r < 0 || torn > 0);
		}
	}
}

/* Each byte of the heads at every value that lengths like to lie with. */
static void lies_in_every_byte(void **state)
{
	static const uint8_t lies[] = { 0,    1,    2,	  4,	0x13, 0x3f,
					0x40, 0x7f, 0x80, 0xfe, 0xff };
	size_t whole, torn;

	(void)state;
	for (enum cper_form form = CPER_BLOCKS; form <= CPER_RECORDS; form++) {
		build(form);
		for (size_t at = 0; at < built.len; at++) {
			uint8_t was = built.bytes[at];

			for (size_t i = 0; i < sizeof(lies); i++) {
				built.bytes[at] = lies[i];
				walk_cut(form, built.len, &whole, &torn);
			}
			memset(built.bytes + at, 0xff, 4);
			walk_cut(form, built.len, &whole, &torn);
			build(form);
			assert_int_equal(built.bytes[at], was);
		}
	}
}

static void lying_lengths(void **state)
{
	static const struct {
		enum cper_form form;
		size_t at;
		uint64_t number;
		size_t whole, torn;
		int r;
	} cases[] = {
		/* the first block's raw data would begin within its entries */
		{ CPER_BLOCKS, 4, 100, 0, 0, -EBADMSG },
		/* its entries would end within the second's head */
		{ CPER_BLOCKS, 12, 82 + 30, 1, 0, -EBADMSG },
		/* the first entry would be longer than the block */
		{ CPER_BLOCKS, 20 + 24, 0xffffffff, 2, 1, 0 },
		/* the record would be shorter than its head; then than its tables */
		{ CPER_RECORDS, 20, 127, 0, 0, -EBADMSG },
		{ CPER_RECORDS, 20, 128, 0, 0, -EBADMSG },
		{ CPER_RECORDS, 20, 128 + 72 + 71, 0, 1, -EBADMSG },
		/* a section within the tables; one behind the record */
		{ CPER_RECORDS, 128, 127, 2, 1, 0 },
		{ CPER_RECORDS, 128, 0xfffffff0, 2, 1, 0 },
		{ CPER_RECORDS, 128 + 4, 0xffffffff, 2, 1, 0 },
		/* more sections than there is room for descriptors */
		{ CPER_RECORDS, 10, 0xffff, 0, 2, -EBADMSG },
		/* no record */
		{ CPER_RECORDS, 0, 0x50455242, 0, 0, -EBADMSG },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		size_t whole, torn;
		int r;

		build(cases[i].form);
		built_put(&built, cases[i].at, cases[i].number,
			  cases[i].at == 10 ? 2 : 4);
		r = walk_cut(cases[i].form, built.len, &whole, &torn);
		assert_int_equal(r, cases[i].r);
		assert_int_equal(whole, cases[i].whole);
		assert_int_equal(torn, cases[i].torn);
	}
}

/* All descriptors name the record's whole body: what they give is no more than it has. */
static void overlapping_sections(void **state)
{
	enum { N = 100, BODY = 1000 };
	static uint8_t bytes[128 + N * 72 + BODY] = "CPER";
	struct cper_section section;
	struct cper_walk walk;
	size_t given = 0, n = 0, torn = 0;

	(void)state;
	bytes[10] = N;
	bytes[20] = sizeof(bytes) & 0xff;
	bytes[21] = sizeof(bytes) >> 8;
	for (size_t i = 0; i < N; i++) {
		uint8_t *descriptor = bytes + 128 + i * 72;

		descriptor[0] = (128 + N * 72) & 0xff;
		descriptor[1] = (128 + N * 72) >> 8;
		descriptor[4] = BODY & 0xff;
		descriptor[5] = BODY >> 8;
	}
	cper_walk_records(&walk, bytes, sizeof(bytes));
	for (; cper_walk_next(&walk, &section) > 0; n++) {
		given += section.len;
		torn += section.incomplete;
		if (n == 0)
			assert_int_equal(section.len, BODY);
	}
	assert_int_equal(n, N);
	assert_in_range(given, BODY, sizeof(bytes));
	assert_int_equal(torn, N - sizeof(bytes) / BODY);
}

/* --- what firmware of the virtual server reported --- */

static void golden_payloads(void **state)
{
	static const char *const names[] = { "aer",	     "arm",
					     "arm-el2-misc", "memory-failure",
					     "non-standard", "non-standard-large" };
	const char *top = getenv("top_srcdir");
	size_t lengths[ARRAY_SIZE(names)];
	uint8_t *payloads[ARRAY_SIZE(names)];
	struct cper_section section;
	struct cper_walk walk;

	(void)state;
	begin();
	built_block(&built, 0, CPER_RECOVERABLE);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct built_section entry = { .type = OTHER, .revision = 0x0300 };
		char path[PATH_MAX];

		snprintf(path, sizeof(path), "%s/tests/golden/6.12/%s.cper",
			 top ? top : ".", names[i]);
		payloads[i] = read_whole(path, &lengths[i]);
		assert_non_null(payloads[i]);
		entry.body = payloads[i];
		entry.len = lengths[i];
		built_entry(&built, &entry);
	}
	cper_walk_blocks(&walk, built.bytes, built.len);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		assert_int_equal(cper_walk_next(&walk, &section), 1);
		assert_int_equal(section.severity, SEVERITY_UNCORRECTED);
		assert_int_equal(section.len, lengths[i]);
		assert_memory_equal(section.body, payloads[i], lengths[i]);
		assert_place(&section, 0, i);
		free(payloads[i]);
	}
	assert_end(&walk, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks),
		cmocka_unit_test(raw_data),
		cmocka_unit_test(nothing_there),
		cmocka_unit_test(records),
		cmocka_unit_test(record_without_time_and_platform),
		cmocka_unit_test(times),
		cmocka_unit_test(cut_at_every_length),
		cmocka_unit_test(lies_in_every_byte),
		cmocka_unit_test(lying_lengths),
		cmocka_unit_test(overlapping_sections),
		cmocka_unit_test(golden_payloads),
	};

	return cmocka_run_group_tests_name("walk", tests, NULL, NULL);
}
