// SPDX-License-Identifier: LGPL-2.1-or-later

/* "rasctl decode": files of every kind that somebody may send. */

#include <stdlib.h>
#include <string.h>

#include "rasctl_fixture.h"
#include "unit/fixtures.h"
#include "util/macro.h"

#define UNKNOWN_TEXT "01234567-89ab-cdef-0123-456789abcdef"

static const uint8_t unknown[16] = { 0x67, 0x45, 0x23, 0x01, 0xab, 0x89, 0xef, 0xcd,
				     0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef };

/* Bytes under construction. */
struct bytes {
	uint8_t at[2048];
	size_t len;
};

static void put(struct bytes *bytes, size_t at, uint64_t number, size_t width)
{
	memcpy(bytes->at + at, &number,
	       width); /* as all that run this are: low byte first */
	bytes->len = MAX(bytes->len, at + width);
}

/* A status block with one section of 48 bytes, 0 to 47 (ACPI 6.5, 18.3.2.7.1). */
static void make_block(struct bytes *block)
{
	*block = (struct bytes){ 0 };
	put(block, 0, 0x10, 4);
	put(block, 12, 64 + 48, 4);
	put(block, 16, 2, 4);
	memcpy(block->at + 20, unknown, 16);
	put(block, 36, 2, 4);
	put(block, 40, 0x0201, 2);
	put(block, 44, 48, 4);
	for (size_t i = 0; i < 48; i++)
		put(block, 84 + i, i, 1);
}

/* A record with the same (UEFI 2.10, N.2). */
static void make_record(struct bytes *record)
{
	*record = (struct bytes){ 0 };
	memcpy(record->at, "CPER", 4);
	put(record, 4, 0x100, 2);
	put(record, 6, 0xffffffff, 4);
	put(record, 10, 1, 2);
	put(record, 12, 2, 4);
	put(record, 16, 2, 4);
	put(record, 20, 248, 4);
	put(record, 24, 0x2026112100200400, 8);
	put(record, 128, 200, 4);
	put(record, 132, 48, 4);
	put(record, 136, 0x300, 2);
	memcpy(record->at + 144, unknown, 16);
	put(record, 176, 2, 4);
	for (size_t i = 0; i < 48; i++)
		put(record, 200 + i, i, 1);
}

static const char *path_in(struct fixture *f, const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", f->dir, name);
	return path;
}

static const char *give(struct fixture *f, const void *bytes, size_t len)
{
	const char *path = path_in(f, "given");
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
	return path;
}

static const char *give_text(struct fixture *f, const char *text)
{
	return give(f, text, strlen(text));
}

/* Of what was decoded there is one event; a reference to it. */
static struct json_object *said_event(void)
{
	struct json_object *o, *events, *event;

	o = parse(said.out);
	events = get(o, "events");
	assert_int_equal(json_object_array_length(events), 1);
	event = json_object_get(json_object_array_get_idx(events, 0));
	json_object_put(o);
	return event;
}

static struct json_object *only_event(struct fixture *f, const char *path)
{
	assert_int_equal(RASCTL(f, "decode", "-o", "json", path), CTL_OK);
	assert_string_equal(said.err, "");
	return said_event();
}

static void assert_unknown_section(struct json_object *event)
{
	struct json_object *detail = get(event, "detail");

	assert_string_equal(json_object_get_string(get(event, "type")), "non-standard");
	assert_string_equal(json_object_get_string(get(event, "source")), "file");
	assert_string_equal(json_object_get_string(get(detail, "section_type")),
			    UNKNOWN_TEXT);
	assert_int_equal(json_object_get_int(get(detail, "length")), 48);
	assert_int_equal(strncmp(json_object_get_string(get(detail, "data")),
				 "000102030405060708090a0b", 24),
			 0);
}

static void bytes_as_they_are(void **state)
{
	struct fixture *f = *state;
	struct bytes bytes;
	struct json_object *event;

	make_block(&bytes);
	event = only_event(f, give(f, bytes.at, bytes.len));
	assert_unknown_section(event);
	assert_null(get(event, "time"));
	assert_string_equal(json_object_get_string(get(event, "where")),
			    "block 0, section 0, byte 84");
	json_object_put(event);
	make_record(&bytes);
	event = only_event(f, give(f, bytes.at, bytes.len));
	assert_unknown_section(event);
	assert_string_equal(json_object_get_string(get(event, "time")),
			    "2026-11-21T20:04:00.000000000Z");
	json_object_put(event);
}

static void dump_as(struct fixture *f, const struct bytes *bytes, size_t width, bool swap,
		    bool with_offset)
{
	static char text[16384];
	struct text to = TEXT_IN(text);
	struct json_object *event;

	*text = '\0';
	for (size_t i = 0; i < bytes->len; i++) {
		size_t group = i / width * width;

		if (with_offset && i % 16 == 0)
			text_add(&to, "%s%08zx:", i ? "  ................\n" : "", i);
		if (i % width == 0)
			text_add(&to, " ");
		text_add(&to, "%02x",
			 bytes->at[swap ? group + width - 1 - i % width : i]);
		if (!with_offset && i % 16 == 15)
			text_add(&to, "\n");
	}
	event = only_event(f, give_text(f, text));
	assert_unknown_section(event);
	json_object_put(event);
}

/* Which of its bytes comes first in a group shows in what they are. */
static void bytes_as_text(void **state)
{
	static const size_t widths[] = { 1, 2, 4 };
	struct fixture *f = *state;
	struct bytes bytes;

	for (size_t i = 0; i < ARRAY_SIZE(widths); i++)
		for (int form = 0; form < 4; form++) {
			make_block(&bytes);
			dump_as(f, &bytes, widths[i], form & 1, form & 2);
			make_record(&bytes);
			dump_as(f, &bytes, widths[i], form & 1, form & 2);
		}
}

static void a_bare_section(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(RASCTL(f, "decode", "--section", UNKNOWN_TEXT,
				give_text(f, "00000000: 00 01 02  abc\n")),
			 CTL_OK);
	assert_non_null(strstr(said.out, UNKNOWN_TEXT));
	assert_non_null(strstr(said.out, "000102"));
	assert_int_equal(
		RASCTL(f, "decode", "--section", UNKNOWN_TEXT,
		       give_text(f, "[ 1.5] {3}[Hardware Error]:   00000000: 03020100 "
				    "07060504  ........\n")),
		CTL_OK);
	assert_non_null(strstr(said.out, "0001020304050607"));
	assert_int_equal(
		RASCTL(f, "decode", "--section", UNKNOWN_TEXT, give(f, "\0\1", 2)),
		CTL_OK);
	assert_non_null(strstr(said.out, "0001\n"));
	assert_int_equal(RASCTL(f, "decode", "--section", "0123", "-"), CTL_USAGE);
	assert_one_sentence("GUID");
}

#define UNKNOWN_LINES(prefix_)                                                      \
	prefix_ "{7}[Hardware Error]:   section type: unknown, " UNKNOWN_TEXT       \
		"\n" prefix_ "{7}[Hardware Error]:   section length: 0x8\n" prefix_ \
		"{7}[Hardware Error]:   00000000: 03020100 07060504  ........\n"

static void assert_from_log(struct fixture *f, const char *text)
{
	struct json_object *event = only_event(f, give_text(f, text)), *detail, *value;

	detail = get(event, "detail");
	assert_string_equal(json_object_get_string(get(event, "type")), "non-standard");
	assert_string_equal(json_object_get_string(get(detail, "data")),
			    "0001020304050607");
	assert_int_equal(json_object_get_int(get(detail, "record")), 7);
	value = get(detail, "incomplete");
	assert_null(value);
	json_object_put(event);
}

/* However the log was copied, and although it begins in the middle of a record. */
static void a_log_in_any_form(void **state)
{
	struct fixture *f = *state;

	assert_from_log(f, UNKNOWN_LINES(""));
	assert_from_log(f, UNKNOWN_LINES("[   12.345678] "));
	assert_from_log(f, UNKNOWN_LINES("<4>[   12.345678][  T123] "));
	assert_from_log(f, UNKNOWN_LINES("[Sat Nov 21 13:20:04 2026] "));
	assert_from_log(f, UNKNOWN_LINES("2026-11-21T13:20:04,123456+01:00 "));
	assert_from_log(f, UNKNOWN_LINES("Nov 21 13:20:04 host kernel: "));
	assert_from_log(f, UNKNOWN_LINES("Nov 21 13:20:04 host kernel: [   12.345678] "));
	assert_from_log(f, UNKNOWN_LINES("kern  :warn  : [   12.345678] "));
	assert_from_log(f, UNKNOWN_LINES("4,556,104386766,-;"));
	assert_from_log(f, UNKNOWN_LINES("4,556,104386766,-,caller=T12;"));
	assert_from_log(f, UNKNOWN_LINES("\t> [   12.345678] "));
}

static void times_of_a_log(void **state)
{
	struct fixture *f = *state;
	struct json_object *event;

	event = only_event(
		f, give_text(f, UNKNOWN_LINES("2026-11-21T13:20:04,123456+0100 ")));
	assert_string_equal(json_object_get_string(get(event, "time")),
			    "2026-11-21T12:20:04.123456000Z");
	json_object_put(event);
	event = only_event(f, give_text(f, UNKNOWN_LINES("[Sat Nov 21 13:20:04 2026] ")));
	assert_string_equal(json_object_get_string(get(event, "time")),
			    "2026-11-21T13:20:04.000000000Z");
	json_object_put(event);
	event = only_event(f,
			   give_text(f, UNKNOWN_LINES("Nov 21 13:20:04 host kernel: ")));
	assert_null(get(event, "time"));
	json_object_put(event);
}

static void a_log_that_lacks_bytes_says_so(void **state)
{
	struct fixture *f = *state;
	struct json_object *event, *detail;

	assert_int_equal(
		RASCTL(f, "decode", "-o", "json",
		       give_text(
			       f,
			       "{7}[Hardware Error]:  Error 2, type: fatal\n"
			       "{7}[Hardware Error]:  fru_text: slot 9\n"
			       "{7}[Hardware Error]:   section type: unknown, " UNKNOWN_TEXT
			       "\n{7}[Hardware Error]:   section length: 0x30\n"
			       "{7}[Hardware Error]:   00000000: 03020100 07060504  ....\n")),
		CTL_FAILED);
	assert_non_null(strstr(said.err, "it says that it is longer"));
	event = said_event();
	detail = get(event, "detail");
	assert_true(json_object_get_boolean(get(detail, "incomplete")));
	assert_string_equal(json_object_get_string(get(detail, "fru_text")), "slot 9");
	assert_string_equal(json_object_get_string(get(event, "severity")), "fatal");
	assert_int_equal(json_object_get_int(get(detail, "section")), 2);
	json_object_put(event);
}

/* What BERT holds is printed at boot without a number. */
static void the_boot_before(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(
		RASCTL(f, "decode",
		       give_text(f,
				 "[ 1.2] BERT: Error records from previous boot:\n"
				 "[ 1.2] [Hardware Error]: event severity: fatal\n"
				 "[ 1.2] [Hardware Error]:  Error 0, type: fatal\n"
				 "[ 1.2] [Hardware Error]:   section_type: memory error\n"
				 "[ 1.2] [Hardware Error]:   physical_address: "
				 "0x0000001234567000\n")),
		CTL_OK);
	assert_non_null(strstr(said.out, "cper-memory"));
	assert_non_null(strstr(said.out, "0x1234567000, physical"));
	assert_non_null(strstr(said.out, "of an earlier boot"));
}

static void victims_go_with_their_page(void **state)
{
	struct fixture *f = *state;
	struct json_object *o, *event, *hits;

	assert_int_equal(
		RASCTL(f, "decode", "-o", "json", "--page-size", "64K",
		       give_text(f,
				 "[ 9.5] Memory failure: 0x12: Sending SIGBUS to a:b:77 "
				 "due to hardware memory corruption\n"
				 "[ 9.5] Memory failure: 0x12: recovery action for clean "
				 "LRU page: Recovered\n")),
		CTL_OK);
	o = parse(said.out);
	event = json_object_array_get_idx(get(o, "events"), 0);
	assert_string_equal(json_object_get_string(get(event, "address")), "0x120000");
	hits = get(event, "hits");
	assert_int_equal(json_object_array_length(hits), 1);
	assert_string_equal(
		json_object_get_string(get(json_object_array_get_idx(hits, 0), "comm")),
		"a:b");
	json_object_put(o);
	/* without the page's size its number is all that is known */
	assert_int_equal(
		RASCTL(f, "decode",
		       give_text(f, "Memory failure: 0x12: Sending SIGBUS to a:77 due to "
				    "hardware memory corruption\n")),
		CTL_OK);
	assert_non_null(strstr(said.out, "pfn 0x12"));
	assert_non_null(strstr(said.out, " a "));
	assert_null(strstr(said.out, "Address"));
}

static void what_programs_wrote_is_left_out(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(
		RASCTL(f, "decode",
		       give_text(f, UNKNOWN_LINES("Nov 21 13:20:04 host app[12]: "))),
		CTL_OK);
	assert_string_equal(said.out, "No events.\n");
	assert_non_null(strstr(said.err, "line 1 first"));
	assert_int_equal(
		RASCTL(f, "decode", give_text(f, UNKNOWN_LINES("12,556,104386766,-;"))),
		CTL_OK);
	assert_string_equal(said.out, "No events.\n");
}

static void what_cannot_be_understood(void **state)
{
	struct fixture *f = *state;
	struct bytes bytes;

	assert_int_equal(RASCTL(f, "decode", path_in(f, "nothing")), CTL_FAILED);
	assert_one_sentence("No such file");
	assert_int_equal(RASCTL(f, "decode", give_text(f, "")), CTL_FAILED);
	assert_non_null(strstr(said.err, "empty"));
	assert_int_equal(RASCTL(f, "decode", give_text(f, "Dear all,\nit broke.\n")),
			 CTL_FAILED);
	assert_non_null(strstr(said.err, "neither a dump"));
	assert_int_equal(RASCTL(f, "decode",
				give(f,
				     "\x7f"
				     "ELF\0\0\0",
				     7)),
			 CTL_FAILED);
	assert_non_null(strstr(said.err, "byte 0"));
	assert_int_equal(RASCTL(f, "decode", give_text(f, "00 01 02 03\n")), CTL_FAILED);
	assert_non_null(strstr(said.err, "line 1"));
	assert_non_null(strstr(said.err, "--section"));
	make_record(&bytes);
	assert_int_equal(
		RASCTL(f, "decode", "--kind", "block", give(f, bytes.at, bytes.len)),
		CTL_FAILED);
	assert_int_equal(RASCTL(f, "decode", "--kind", "exe", "-"), CTL_USAGE);
	assert_one_sentence("cper, block or log");
	assert_int_equal(RASCTL(f, "decode", "--page-size", "3K", "-"), CTL_USAGE);
}

/* First what there is, then why it is not all. */
static void what_is_cut_is_shown_as_far_as_it_goes(void **state)
{
	struct fixture *f = *state;
	struct bytes bytes;

	make_record(&bytes);
	memcpy(bytes.at + bytes.len, "CPER\xff\xff", 6);
	assert_int_equal(RASCTL(f, "decode", give(f, bytes.at, bytes.len + 6)),
			 CTL_FAILED);
	assert_non_null(strstr(said.out, UNKNOWN_TEXT));
	assert_non_null(strstr(said.err, "byte 248"));
	make_block(&bytes);
	assert_int_equal(RASCTL(f, "decode", give(f, bytes.at, 100)), CTL_FAILED);
	assert_non_null(strstr(said.out, "incomplete:"));
	assert_non_null(strstr(said.err,
			       "block 0, section 0, byte 84: it says that it is "
			       "longer"));
	assert_int_equal(
		RASCTL(f, "decode",
		       give_text(f, UNKNOWN_LINES("") "x: memory_failure_event: pfn\n")),
		CTL_FAILED);
	assert_non_null(strstr(said.out, UNKNOWN_TEXT));
	assert_non_null(strstr(said.err, "line 4"));
}

static void tables_of_acpi_are_named(void **state)
{
	struct fixture *f = *state;
	struct bytes table = { .at = "BERT", .len = 48 };

	put(&table, 36, 0x8000, 4);
	put(&table, 40, 0x12345000, 8);
	assert_int_equal(RASCTL(f, "decode", give(f, table.at, 48)), CTL_FAILED);
	assert_one_sentence("32768 bytes at 0x12345000");
	memcpy(table.at, "HEST", 4);
	assert_int_equal(RASCTL(f, "decode", give(f, table.at, 48)), CTL_FAILED);
	assert_one_sentence("HEST");
}

static void nothing_was_recorded(void **state)
{
	static const uint8_t zeros[4096];
	struct fixture *f = *state;

	assert_int_equal(RASCTL(f, "decode", give(f, zeros, sizeof(zeros))), CTL_OK);
	assert_string_equal(said.out, "No events.\n");
	assert_string_equal(said.err, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(bytes_as_they_are),
		TEST(bytes_as_text),
		TEST(a_bare_section),
		TEST(a_log_in_any_form),
		TEST(times_of_a_log),
		TEST(a_log_that_lacks_bytes_says_so),
		TEST(the_boot_before),
		TEST(victims_go_with_their_page),
		TEST(what_programs_wrote_is_left_out),
		TEST(what_cannot_be_understood),
		TEST(what_is_cut_is_shown_as_far_as_it_goes),
		TEST(tables_of_acpi_are_named),
		TEST(nothing_was_recorded),
	};

	return cmocka_run_group_tests_name("decode", tests, NULL, NULL);
}
