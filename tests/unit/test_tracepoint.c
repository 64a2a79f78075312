// SPDX-License-Identifier: LGPL-2.1-or-later

/* Formats that differ from those we know, and records that are not what they seem. */

#include "unit/check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "event/json.h"
#include "handlers/table.h"
#include "unit/fixtures.h"
#include "unit/formats_trace.h"

/* --- formats --- */

/* A copy of `text` with the first `from` replaced. */
static char *replace(const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);
	char *copy = NULL;

	assert_non_null(at);
	assert_true(asprintf(&copy, "%.*s%s%s", (int)(at - text), text, to,
			     at + strlen(from)) > 0);
	return copy;
}

/*
 * What tracepoint_new() says when the fields differ. Without their print format:
 * libtraceevent 1.7 dereferences NULL where that names a field that is not there.
 */
static int error_of(const struct format *format, const char *from, const char *to)
{
	char *text = replace(format->text, from, to);
	struct tracepoint *tp;
	int error = 0;

	strcpy(strstr(text, "print fmt:"), "print fmt: \"-\"\n");
	tp = resolve_text(handler_for(format->tracepoint), format->tracepoint, text,
			  &error);

	error = tp ? 0 : error;
	tracepoint_free(tp);
	free(text);
	return error;
}

static void every_format_gives_its_id(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_formats; i++) {
		struct tracepoint *tp = resolve(formats[i]);
		unsigned int id = 0;

		assert_int_equal(sscanf(strstr(formats[i]->text, "ID: "), "ID: %u", &id),
				 1);
		assert_int_equal(tp->id, id);
		assert_string_equal(tp->name, formats[i]->tracepoint);
		tracepoint_free(tp);
	}
}

static void a_mandatory_field_must_be_there(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_formats; i++) {
		const struct handler *handler = handler_for(formats[i]->tracepoint);

		for (size_t f = 0; f < handler->type->n_fields; f++) {
			const struct field *field = &handler->type->fields[f];
			char from[64], other[64];
			const char *end_of_name[] = { ";\toffset", "[" };

			for (size_t e = 0; field->kernel && e < 2; e++) {
				snprintf(from, sizeof(from), " %s%s", field->kernel,
					 end_of_name[e]);
				snprintf(other, sizeof(other), " other%s",
					 end_of_name[e]);
				if (strstr(formats[i]->text, from))
					assert_int_equal(
						error_of(formats[i], from, other),
						field->optional ? 0 : -ENOENT);
			}
		}
	}
}

static void a_field_of_another_nature_is_refused(void **state)
{
	static const struct {
		const struct format *format;
		const char *from, *to;
		int error;
	} cases[] = {
		/* a number that became an array, or the other way round */
		{ &format_memory_failure_6_1, "unsigned long pfn;\toffset:8;\tsize:8",
		  "char pfn[8];\toffset:8;\tsize:8", -EPROTO },
		{ &format_sigbus, "char comm[16];\toffset:20;\tsize:16",
		  "u64 comm;\toffset:20;\tsize:8", -EPROTO },
		{ &format_mc, "__data_loc char[] label", "u32 label", -EPROTO },
		{ &format_arm, "u8 affinity", "__data_loc u8[] affinity", -EPROTO },
		/* widths that no load has */
		{ &format_arm, "u64 mpidr;\toffset:8;\tsize:8",
		  "u64 mpidr;\toffset:8;\tsize:16", -EPROTO },
		{ &format_arm, "u64 mpidr;\toffset:8;\tsize:8",
		  "u64 mpidr;\toffset:8;\tsize:3", -EPROTO },
		{ &format_arm, "u64 mpidr;\toffset:8;\tsize:8",
		  "u64 mpidr;\toffset:8;\tsize:0", -EPROTO },
		{ &format_mc, "msg;\toffset:12;\tsize:4", "msg;\toffset:12;\tsize:1",
		  -EPROTO },
		{ &format_mc, "msg;\toffset:12;\tsize:4", "msg;\toffset:12;\tsize:8",
		  -EPROTO },
		/* places that no record has */
		{ &format_arm, "mpidr;\toffset:8", "mpidr;\toffset:65536", -EPROTO },
		{ &format_arm, "mpidr;\toffset:8", "mpidr;\toffset:-8", -ENOENT },
		{ &format_sigbus, "comm[16];\toffset:20;\tsize:16",
		  "comm[65536];\toffset:20;\tsize:65536", -EPROTO },
		/* other widths and places are the kernel's affair */
		{ &format_arm, "u8 affinity;\toffset:32;\tsize:1",
		  "u32 affinity;\toffset:32;\tsize:4", 0 },
		{ &format_sigbus, "char comm[16];\toffset:20;\tsize:16",
		  "char comm[32];\toffset:48;\tsize:32", 0 },
		{ &format_mc, "__data_loc char[] label", "__rel_loc char[] label", 0 },
		/* a struct is its bytes */
		{ &format_sigbus, "char comm[16];\toffset:20;\tsize:16",
		  "uuid_t comm;\toffset:20;\tsize:16", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		print_message("# %s\n", cases[i].to);
		assert_int_equal(error_of(cases[i].format, cases[i].from, cases[i].to),
				 cases[i].error);
	}
}

static void what_is_no_format_is_refused(void **state)
{
	static const char *const texts[] = {
		"",
		"\n",
		"garbage",
		"name: another_event\nID: 5\nformat:\n",
		"name: arm_event\n",
		"<html>name: arm_event</html>",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		int error = 0;

		print_message("# text %zu\n", i);
		assert_null(resolve_text(handler_of("arm"), "ras:arm_event", texts[i],
					 &error));
		assert_int_equal(error, -EBADMSG);
	}
}

/* Places are what the format says, not what our formats happen to have in common. */
static void fields_are_read_where_the_format_says(void **state)
{
	char *text = replace(format_sigbus.text, "int code;\toffset:16",
			     "int code;\toffset:48");
	struct tracepoint *tp;
	struct decoded decoded;
	struct raw raw;
	int error;

	(void)state;
	tp = resolve_text(handler_of("sigbus"), "signal:signal_generate", text, &error);
	assert_non_null(tp);
	raw_example(&format_sigbus, &raw);
	raw_put(&raw, 48, 4, 4);
	raw.len = 52;
	assert_int_equal(decode_bytes(tp, raw.bytes, raw.len, 4096, &decoded), 1);
	assert_text(detail_of(&decoded.event, "code_name"), "BUS_MCEERR_AR");
	decoded_free(&decoded);
	assert_int_equal(decode_bytes(tp, raw.bytes, 51, 4096, &decoded), -EBADMSG);
	tracepoint_free(tp);
	free(text);
}

static void relative_locations(void **state)
{
	struct tracepoint *tp = resolve(&format_mc_relative);
	struct decoded decoded;
	struct raw raw;

	(void)state;
	raw_example(&format_mc_relative, &raw);
	assert_int_equal(decode_bytes(tp, raw.bytes, raw.len, 4096, &decoded), 1);
	assert_text(detail_of(&decoded.event, "msg"), "Single-bit ECC");
	decoded_free(&decoded);
	raw_put(&raw, 12, (raw.len - 16) | 1 << 16, 4);
	assert_int_equal(decode_bytes(tp, raw.bytes, raw.len, 4096, &decoded), -EBADMSG);
	raw_put(&raw, 12, 0xffff | 0xffffu << 16, 4);
	assert_int_equal(decode_bytes(tp, raw.bytes, raw.len, 4096, &decoded), -EBADMSG);
	tracepoint_free(tp);
}

/* --- records that are not what they seem --- */

static void use(struct decoded *decoded)
{
	words_of(&decoded->event);
	json_object_put(event_to_json(&decoded->event));
}

static void records_cut_anywhere(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_formats; i++) {
		struct tracepoint *tp = resolve(formats[i]);
		struct raw raw;

		raw_example(formats[i], &raw);
		for (size_t len = 0; len < raw.len; len++) {
			struct decoded decoded;
			int r = decode_bytes(tp, raw.bytes, len, 4096, &decoded);

			if (len < tp->fixed_bytes)
				assert_int_equal(r, -EBADMSG);
			assert_true(r == -EBADMSG || r == 0 || r == 1);
			if (r < 0)
				continue;
			use(&decoded);
			decoded_free(&decoded);
		}
		tracepoint_free(tp);
	}
}

static void data_locations_outside_of_the_record(void **state)
{
	static const uint32_t evil[] = { 0xffffffff, 0x0001ffff, 0xffff0000, 0xffff0008,
					 0x00010fff, 0x10000044, 0x0fff0044 };
	static const struct {
		const struct format *format;
		size_t at;
	} places[] = { { &format_arm, 40 },	     { &format_arm, 48 },
		       { &format_arm, 56 },	     { &format_mc, 12 },
		       { &format_mc, 16 },	     { &format_mc, 56 },
		       { &format_non_standard, 40 }, { &format_non_standard, 52 },
		       { &format_block, 44 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		for (size_t e = 0; e < ARRAY_SIZE(evil); e++) {
			struct tracepoint *tp = resolve(places[i].format);
			struct decoded decoded;
			struct raw raw;

			raw_example(places[i].format, &raw);
			raw_put(&raw, places[i].at, evil[e], 4);
			assert_int_equal(
				decode_bytes(tp, raw.bytes, raw.len, 4096, &decoded),
				-EBADMSG);
			tracepoint_free(tp);
		}
}

static void flipped_bits_harm_nobody(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_formats; i++) {
		struct tracepoint *tp = resolve(formats[i]);
		struct raw raw;

		raw_example(formats[i], &raw);
		for (size_t bit = 0; bit < 8 * raw.len; bit++) {
			struct decoded decoded;

			raw.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
			if (decode_bytes(tp, raw.bytes, raw.len, 4096, &decoded) >= 0) {
				use(&decoded);
				decoded_free(&decoded);
			}
			raw.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
		tracepoint_free(tp);
	}
}

/* An arena too small for an event is an error of that event, at any size. */
static void arenas_may_be_too_small(void **state)
{
	struct tracepoint *tps[] = { resolve(&format_arm),
				     resolve(&format_non_standard) };
	const struct format *from[] = { &format_arm, &format_non_standard };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(tps); i++) {
		size_t size = 0;
		struct raw raw;
		int r;

		raw_example(from[i], &raw);
		do {
			uint8_t *room = malloc(size + 1);
			struct arena arena = { room, size, 0 };
			struct record record = { .symbols = tps[i]->symbols,
						 .page_size = 4096,
						 .arena = &arena,
						 .handlers = &handlers_table };
			struct event event;

			assert_int_equal(
				tracepoint_extract(tps[i], raw.bytes, raw.len, &event),
				0);
			r = tps[i]->handler->decode(&record, &event);
			assert_true(r == 1 || r == -ENOBUFS);
			free(room);
		} while (r != 1 && size++ < 8192);
		assert_int_equal(r, 1);
		assert_true(size > 40);
		tracepoint_free(tps[i]);
	}
}

/* --- filters --- */

static int filter_of(const struct format *format, const char *from, const char *to,
		     char *ret, size_t size)
{
	const struct handler *handler = handler_for(format->tracepoint);
	char *text = replace(format->text, from, to);
	struct text out = { .at = ret, .size = size };
	int r = 0;
	struct tracepoint *tp = resolve_text(handler, format->tracepoint, text, &r);

	assert_non_null(tp);
	*ret = '\0';
	r = tracepoint_filter(tp, &handler->tracepoints[0], &out);
	tracepoint_free(tp);
	free(text);
	return r;
}

/* The number of a reason is the running kernel's, not ours. */
static void a_filter_has_the_kernels_numbers(void **state)
{
	char filter[TRACE_FILTER_BYTES];

	(void)state;
	assert_int_equal(filter_of(&format_migrate, "{1, \"memory_failure\"}",
				   "{1, \"memory_failure\"}", filter, sizeof(filter)),
			 0);
	assert_string_equal(filter, "reason == 1");
	assert_int_equal(filter_of(&format_migrate, "{1, \"memory_failure\"}",
				   "{42, \"memory_failure\"}", filter, sizeof(filter)),
			 0);
	assert_string_equal(filter, "reason == 42");
	assert_int_equal(filter_of(&format_migrate, "{1, \"memory_failure\"}",
				   "{1, \"memory_hotunplug\"}", filter, sizeof(filter)),
			 -ENOENT);
	assert_int_equal(filter_of(&format_migrate, "reason", "reason", filter, 8),
			 -ENAMETOOLONG);
}

static void a_filter_joins_both_conditions(void **state)
{
	static const struct handler_tracepoint both = {
		.name = "migrate:mm_migrate_pages",
		.filter = "failed > 0 || succeeded > 5",
		.only = { "reason", "memory_failure" },
	};
	static const struct handler_tracepoint none = {
		.name = "migrate:mm_migrate_pages"
	};
	char buf[TRACE_FILTER_BYTES] = "";
	struct text out = TEXT_IN(buf);
	struct tracepoint *tp = resolve(&format_migrate);

	(void)state;
	assert_int_equal(tracepoint_filter(tp, &none, &out), 0);
	assert_int_equal(out.len, 0);
	assert_int_equal(tracepoint_filter(tp, &both, &out), 0);
	assert_string_equal(buf, "reason == 1 && (failed > 0 || succeeded > 5)");
	tracepoint_free(tp);
}

/* None is cut; `only` names a field that the type has. */
static void every_filter_fits(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_formats; i++) {
		const struct handler *handler = handler_for(formats[i]->tracepoint);
		struct tracepoint *tp = resolve(formats[i]);
		char buf[TRACE_FILTER_BYTES] = "";

		for (size_t t = 0;
		     t < HANDLER_TRACEPOINTS_MAX && handler->tracepoints[t].name; t++) {
			struct text out = TEXT_IN(buf);

			assert_int_equal(
				tracepoint_filter(tp, &handler->tracepoints[t], &out), 0);
		}
		tracepoint_free(tp);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_format_gives_its_id),
		cmocka_unit_test(a_mandatory_field_must_be_there),
		cmocka_unit_test(a_field_of_another_nature_is_refused),
		cmocka_unit_test(what_is_no_format_is_refused),
		cmocka_unit_test(fields_are_read_where_the_format_says),
		cmocka_unit_test(relative_locations),
		cmocka_unit_test(records_cut_anywhere),
		cmocka_unit_test(data_locations_outside_of_the_record),
		cmocka_unit_test(flipped_bits_harm_nobody),
		cmocka_unit_test(arenas_may_be_too_small),
		cmocka_unit_test(a_filter_has_the_kernels_numbers),
		cmocka_unit_test(a_filter_joins_both_conditions),
		cmocka_unit_test(every_filter_fits),
	};

	return cmocka_run_group_tests_name("tracepoint", tests, NULL, NULL);
}
