// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * CXL errors from the kernel's tracepoints: what all records share, and what is no record.
 * No machine here has a CXL device: they are built from the layouts (unit/cxl_fixture.c).
 */

#include "unit/cxl_check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "handlers/table.h"
#include "unit/cxl_way.h"

/* --- the head of records --- */

static void heads_tell_what_is_valid(void **state)
{
	static const struct {
		unsigned int bit;
		const char *field;
	} cases[] = { { 6, "maintenance_subclass" }, { 7, "ld_id" }, { 8, "head_id" } };
	struct way way;

	(void)state;
	begin(&way, &format_cxl_generic_7_3);
	for (unsigned int bit = 0; bit < 24; bit++) {
		put(&way, "hdr_flags", 1u << bit);
		decode(&way);
		for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
			assert_int_equal(detail_of(way.event, cases[i].field)->kind,
					 bit == cases[i].bit ? VALUE_INT : VALUE_NONE);
	}
	assert_text(detail_of(way.event, "record_flags_text"), "bit 23");
	put(&way, "hdr_flags", 0);
	put(&way, "hdr_timestamp", 0);
	put(&way, "hdr_related_handle", 0);
	put(&way, "hdr_maint_op_class", 77);
	memset(way.raw.bytes + place_of(&way, "hdr_uuid")->offset, 0, 16);
	decode(&way);
	assert_absent(detail_of(way.event, "record_flags_text"));
	assert_number(detail_of(way.event, "record_flags"), 0);
	assert_absent(detail_of(way.event, "device_time_ns"));
	assert_absent(detail_of(way.event, "related_handle"));
	assert_absent(detail_of(way.event, "maintenance_text"));
	assert_number(detail_of(way.event, "maintenance_class"), 77);
	assert_absent(detail_of(way.event, "uuid"));
	end(&way);
}

static void maintenance_has_words(void **state)
{
	static const struct {
		unsigned int class, subclass;
		const char *words;
	} cases[] = {
		{ 0, 0, "none" },
		{ 1, 0, "soft PPR" },
		{ 1, 1, "hard PPR" },
		{ 1, 2, "PPR" },
		{ 2, 0, "cacheline sparing" },
		{ 2, 1, "row sparing" },
		{ 2, 2, "bank sparing" },
		{ 2, 3, "rank sparing" },
		{ 3, 0, "built-in test" },
	};
	struct way way;

	(void)state;
	begin(&way, &format_cxl_generic_7_3);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		put(&way, "hdr_maint_op_class", cases[i].class);
		put(&way, "hdr_maint_op_sub_class", cases[i].subclass);
		decode(&way);
		assert_text(detail_of(way.event, "maintenance_text"), cases[i].words);
	}
	end(&way);
}

/* The log a record lies in is its severity; media have a bit of their own. */
static void severities(void **state)
{
	static const struct {
		int log;
		unsigned int descriptor;
		enum severity generic, media;
	} cases[] = {
		{ 0, 0, SEVERITY_INFO, SEVERITY_CORRECTED },
		{ 0, 1, SEVERITY_INFO, SEVERITY_UNCORRECTED },
		{ 1, 0, SEVERITY_CORRECTED, SEVERITY_CORRECTED },
		{ 1, 1, SEVERITY_CORRECTED, SEVERITY_UNCORRECTED },
		{ 2, 0, SEVERITY_UNCORRECTED, SEVERITY_UNCORRECTED },
		{ 3, 0, SEVERITY_FATAL, SEVERITY_FATAL },
		{ 3, 1, SEVERITY_FATAL, SEVERITY_FATAL },
		{ 4, 0, SEVERITY_INFO, SEVERITY_CORRECTED },
		{ 5, 0, SEVERITY_UNKNOWN, SEVERITY_CORRECTED },
		{ -1, 1, SEVERITY_UNKNOWN, SEVERITY_UNCORRECTED },
	};
	static const char *const logs[] = { "informational", "warning", "failure",
					    "fatal", "dynamic capacity" };
	struct way generic, media;

	(void)state;
	begin(&generic, &format_cxl_generic_6_12);
	begin(&media, &format_cxl_general_media_6_12);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		put(&generic, "log", (uint64_t)cases[i].log);
		put(&media, "log", (uint64_t)cases[i].log);
		put(&media, "descriptor", cases[i].descriptor);
		decode(&generic);
		decode(&media);
		assert_int_equal(generic.event->severity, cases[i].generic);
		assert_int_equal(media.event->severity, cases[i].media);
		assert_number(detail_of(media.event, "log"), (int64_t)cases[i].log);
		if (cases[i].log >= 0 && cases[i].log < 5)
			assert_text(detail_of(media.event, "log_text"),
				    logs[cases[i].log]);
		else
			assert_absent(detail_of(media.event, "log_text"));
	}
	end(&media);
	end(&generic);
}

/* --- records without a tracepoint of their own --- */

static void generic_records_stay_raw(void **state)
{
	static const struct expect own[] = { { "data", NULL, 1, 80 } };
	static const uint8_t switches[] = { 0x77, 0xcf, 0x92, 0x71, 0x9c, 0x02,
					    0x47, 0x0b, 0x9f, 0xe4, 0xbc, 0x7b,
					    0x75, 0xf2, 0xda, 0x97 };
	struct way way;

	(void)state;
	begin(&way, &format_cxl_generic_6_12);
	decode(&way);
	ASSERT_ALL(way.event, own, common_6_12);
	end(&way);
	begin(&way, &format_cxl_generic_7_3);
	decode(&way);
	ASSERT_ALL(way.event, own, common_7_3);
	assert_text(&way.event->device, "mem0");
	assert_int_equal(way.event->component, COMPONENT_CXL);
	assert_int_equal(way.event->address_kind, ADDRESS_NONE);
	assert_string_equal(words_of(way.event),
			    "CXL failure event record "
			    "01020304-0506-0708-090a-0b0c0d0e0f10 of mem0");
	memcpy(way.raw.bytes + place_of(&way, "hdr_uuid")->offset, switches, 16);
	decode(&way);
	assert_text(detail_of(way.event, "uuid"), "77cf9271-9c02-470b-9fe4-bc7b75f2da97");
	assert_text(detail_of(way.event, "record_type"), "physical switch");
	end(&way);
}

/* A kernel whose UUID has another size is not misread. */
static void uuids_have_sixteen_bytes(void **state)
{
	char *text = strdup(format_cxl_generic_6_12.text);
	char *size = strstr(strstr(text, "uuid_t hdr_uuid"), "size:16");
	struct decoded decoded;
	struct way way;
	int error = 0;

	(void)state;
	memcpy(size, "size:15", 7);
	begin(&way, &format_cxl_generic_6_12);
	tracepoint_free(way.tp);
	way.tp = resolve_text(handler_of("cxl-generic"), "cxl:cxl_generic_event", text,
			      &error);
	assert_non_null(way.tp);
	assert_int_equal(decode_bytes(way.tp, way.raw.bytes, way.raw.len, PAGE, &decoded),
			 -EBADMSG);
	end(&way);
	free(text);
}

/* --- what is no record --- */

static void overflow_whole(void **state)
{
	static const struct expect own[] = {
		{ "host", "0000:3f:00.1", 0, 0 },
		{ "serial", NULL, 0x8877665544332211, 0 },
		{ "log", NULL, 2, 0 },
		{ "log_text", "failure", 0, 0 },
		{ "records_lost", NULL, 17, 0 },
		{ "first_time_ns", NULL, 11, 0 },
		{ "last_time_ns", NULL, 22, 0 },
	};
	struct way way;

	(void)state;
	begin(&way, &format_cxl_overflow);
	decode(&way);
	assert_all(way.event, own, ARRAY_SIZE(own), NULL, 0);
	assert_int_equal(way.event->severity, SEVERITY_UNCORRECTED);
	assert_int_equal(way.event->component, COMPONENT_CXL);
	assert_text(&way.event->device, "mem0");
	assert_int_equal(way.event->count, 1);
	assert_string_equal(words_of(way.event),
			    "the failure event log of mem0 lost 17 records");
	put(&way, "count", 0);
	put(&way, "first_ts", 0);
	put(&way, "last_ts", 0);
	decode(&way);
	assert_absent(detail_of(way.event, "records_lost"));
	assert_absent(detail_of(way.event, "first_time_ns"));
	assert_absent(detail_of(way.event, "last_time_ns"));
	assert_string_equal(words_of(way.event),
			    "the failure event log of mem0 lost records");
	end(&way);
}

static const struct expect poison_7_3[] = {
	{ "host", "0000:3f:00.1", 0, 0 },
	{ "serial", NULL, 0x8877665544332211, 0 },
	{ "trace_type", NULL, 0, 0 },
	{ "trace_type_text", "list", 0, 0 },
	{ "region", "region4", 0, 0 },
	{ "region_uuid", "01020304-0506-0708-090a-0b0c0d0e0f10", 0, 0 },
	{ "overflow_time_ns", NULL, 99, 0 },
	{ "hpa", NULL, 0x4880012340, 0 },
	{ "dpa", NULL, 0x8000012340, 0 },
	{ "dpa_length", NULL, 64, 0 },
	{ "poison_source", NULL, 3, 0 },
	{ "poison_source_text", "injected", 0, 0 },
	{ "list_flags", NULL, 7, 0 },
	{ "list_flags_text", "more follow, list overflow, scan in progress", 0, 0 },
};

static void poison_whole(void **state)
{
	static const struct expect alias[] = { { "hpa_alias0", NULL, 0x5880012340, 0 } };
	struct way way;

	(void)state;
	begin(&way, &format_cxl_poison_6_12);
	decode(&way);
	assert_all(way.event, poison_7_3, ARRAY_SIZE(poison_7_3), NULL, 0);
	end(&way);
	begin(&way, &format_cxl_poison_7_3);
	decode(&way);
	ASSERT_ALL(way.event, poison_7_3, alias);
	assert_text(&way.event->device, "mem0");
	assert_int_equal(way.event->component, COMPONENT_CXL);
	assert_int_equal(way.event->address_kind, ADDRESS_PHYSICAL);
	assert_int_equal(way.event->address, 0x4880012340);
	assert_int_equal(way.event->address_mask, ~0x3fULL);
	assert_string_equal(words_of(way.event), "poison on mem0, 64 bytes at physical "
						 "address 0x4880012340, source injected");
	end(&way);
}

static void poison_is_listed_injected_and_cleared(void **state)
{
	static const struct {
		const char *text, *words;
		enum severity severity;
	} acts[] = {
		{ "list", "poison on mem0, 64 ", SEVERITY_DEFERRED },
		{ "inject", "poison injected on mem0, 64 ", SEVERITY_INFO },
		{ "clear", "poison cleared on mem0, 64 ", SEVERITY_INFO },
		{ NULL, "poison event on mem0, 64 ", SEVERITY_UNKNOWN },
	};
	static const char *const sources[] = {
		"unknown", "external", "internal",	  "injected", NULL,
		NULL,	   NULL,       "vendor specific", NULL
	};
	struct way way;

	(void)state;
	begin(&way, &format_cxl_poison_7_3);
	for (size_t i = 0; i < ARRAY_SIZE(acts); i++) {
		put(&way, "trace_type", i);
		decode(&way);
		assert_int_equal(way.event->severity, acts[i].severity);
		assert_int_equal(strncmp(words_of(way.event), acts[i].words,
					 strlen(acts[i].words)),
				 0);
		if (acts[i].text)
			assert_text(detail_of(way.event, "trace_type_text"),
				    acts[i].text);
		else
			assert_absent(detail_of(way.event, "trace_type_text"));
	}
	for (size_t i = 0; i < ARRAY_SIZE(sources); i++) {
		put(&way, "source", i);
		decode(&way);
		if (sources[i])
			assert_text(detail_of(way.event, "poison_source_text"),
				    sources[i]);
		else
			assert_absent(detail_of(way.event, "poison_source_text"));
	}
	end(&way);
}

/* How much of an address is known goes by the length, as far as the host sees it so. */
static void poison_has_an_extent(void **state)
{
	static const struct {
		uint64_t hpa, dpa, length, mask;
		enum address_kind kind;
	} cases[] = {
		{ UINT64_MAX, 0x10000, 64, ~0x3fULL, ADDRESS_DEVICE_PHYSICAL },
		{ UINT64_MAX, 0x10000, 4096, ~0xfffULL, ADDRESS_DEVICE_PHYSICAL },
		{ UINT64_MAX, 0x10040, 4096, 0, ADDRESS_DEVICE_PHYSICAL },
		{ UINT64_MAX, 0x10000, 192, 0, ADDRESS_DEVICE_PHYSICAL },
		{ UINT64_MAX, 0x10000, 0, 0, ADDRESS_DEVICE_PHYSICAL },
		{ 0x7000000, 0x10000, 4096, ~0xffULL, ADDRESS_PHYSICAL },
		{ 0x7000000, 0x10000, 64, ~0x3fULL, ADDRESS_PHYSICAL },
	};
	struct way way;

	(void)state;
	begin(&way, &format_cxl_poison_6_12);
	put(&way, "overflow_ts", 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		put(&way, "hpa", cases[i].hpa);
		put(&way, "dpa", cases[i].dpa);
		put(&way, "dpa_length", cases[i].length);
		decode(&way);
		assert_int_equal(way.event->address_kind, cases[i].kind);
		assert_int_equal(way.event->address_mask, cases[i].mask);
		assert_absent(detail_of(way.event, "overflow_time_ns"));
		assert_number(detail_of(way.event, "dpa_length"), cases[i].length);
	}
	end(&way);
}

/* --- the RAS capability --- */

static void aer_of_devices_and_ports(void **state)
{
	static const struct expect uncorrectable[] = {
		{ "host", "0000:3f:00.1", 0, 0 },
		{ "status", NULL, 0x8041, 0 },
		{ "status_text",
		  "cache data parity, memory byte enable parity, IDE transmit error", 0,
		  0 },
		{ "first_error", NULL, 0x40, 0 },
		{ "first_error_text", "memory byte enable parity", 0, 0 },
		{ "header_log", NULL, 1, 64 },
	};
	static const struct expect correctable[] = {
		{ "host", "0000:3f:00.1", 0, 0 },
		{ "status", NULL, 0x8041, 0 },
		{ "status_text", "cache data ECC, physical layer error, bit 15", 0, 0 },
	};
	static const struct expect serial[] = { { "serial", NULL, 0x8877665544332211,
						  0 } };
	struct way way;

	(void)state;
	begin(&way, &format_cxl_aer_uncorrectable);
	decode(&way);
	ASSERT_ALL(way.event, uncorrectable, serial);
	assert_text(&way.event->device, "mem0");
	assert_int_equal(way.event->severity, SEVERITY_UNCORRECTED);
	assert_int_equal(way.event->component, COMPONENT_CXL);
	assert_string_equal(words_of(way.event),
			    "uncorrectable CXL protocol error on mem0 of 0000:3f:00.1: "
			    "cache data parity, memory byte enable parity, IDE transmit "
			    "error, first memory byte enable parity");
	end(&way);
	begin(&way, &format_cxl_port_aer_uncorrectable);
	decode(&way);
	assert_all(way.event, uncorrectable, ARRAY_SIZE(uncorrectable), NULL, 0);
	assert_text(&way.event->device, "port2");
	end(&way);
	begin(&way, &format_cxl_aer_correctable);
	decode(&way);
	ASSERT_ALL(way.event, correctable, serial);
	assert_int_equal(way.event->severity, SEVERITY_CORRECTED);
	assert_string_equal(
		words_of(way.event),
		"correctable CXL protocol error on mem0 of 0000:3f:00.1: cache "
		"data ECC, physical layer error, bit 15");
	end(&way);
	begin(&way, &format_cxl_port_aer_correctable);
	decode(&way);
	assert_all(way.event, correctable, ARRAY_SIZE(correctable), NULL, 0);
	assert_text(&way.event->device, "port2");
	assert_int_equal(way.event->component, COMPONENT_CXL);
	end(&way);
}

static void every_protocol_error_has_a_word(void **state)
{
	static const char *const uncorrectable[32] = { "cache data parity",
						       "cache address parity",
						       "cache byte enable parity",
						       "cache data ECC",
						       "memory data parity",
						       "memory address parity",
						       "memory byte enable parity",
						       "memory data ECC",
						       "reinit threshold",
						       "reserved encoding received",
						       "poison received",
						       "receiver overflow",
						       "bit 12",
						       "bit 13",
						       "internal error",
						       "IDE transmit error",
						       "IDE receive error",
						       "bit 17" };
	static const char *const correctable[32] = {
		"cache data ECC",	 "memory data ECC",
		"CRC threshold",	 "retry threshold",
		"cache poison received", "memory poison received",
		"physical layer error",	 "bit 7"
	};
	struct way un, co;

	(void)state;
	begin(&un, &format_cxl_aer_uncorrectable);
	begin(&co, &format_cxl_aer_correctable);
	for (unsigned int bit = 0; bit < 32; bit++) {
		put(&un, "status", 1u << bit);
		put(&co, "status", 1u << bit);
		decode(&un);
		decode(&co);
		if (uncorrectable[bit])
			assert_text(detail_of(un.event, "status_text"),
				    uncorrectable[bit]);
		if (correctable[bit])
			assert_text(detail_of(co.event, "status_text"), correctable[bit]);
	}
	put(&un, "status", 0xffffffff); /* all of them have room in one text */
	decode(&un);
	assert_non_null(strstr(detail_of(un.event, "status_text")->text, ", bit 31"));
	end(&co);
	end(&un);
}

/* --- all of them --- */

/* An arena too small for an event is an error of that event, at any size. */
static void arenas_may_be_too_small(void **state)
{
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < n_formats; i++) {
		struct tracepoint *tp = resolve(formats[i]);
		struct raw raw;
		size_t size = 0;
		int r;

		raw_example(formats[i], &raw);
		if (strncmp(tp->handler->type->name, "cxl-", 4)) {
			tracepoint_free(tp);
			continue;
		}
		n++;
		do {
			uint8_t *room = malloc(size + 1);
			struct arena arena = { room, size, 0 };
			struct record record = { .symbols = tp->symbols,
						 .arena = &arena,
						 .handlers = &handlers_table };
			struct event event;

			assert_int_equal(
				tracepoint_extract(tp, raw.bytes, raw.len, &event), 0);
			r = tp->handler->decode(&record, &event);
			assert_true(r == 1 || r == -ENOBUFS);
			free(room);
		} while (size++ < 1024 && r < 0);
		assert_int_equal(r, 1);
		tracepoint_free(tp);
	}
	assert_int_equal(n, 16);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(heads_tell_what_is_valid),
		cmocka_unit_test(maintenance_has_words),
		cmocka_unit_test(severities),
		cmocka_unit_test(generic_records_stay_raw),
		cmocka_unit_test(uuids_have_sixteen_bytes),
		cmocka_unit_test(overflow_whole),
		cmocka_unit_test(poison_whole),
		cmocka_unit_test(poison_is_listed_injected_and_cleared),
		cmocka_unit_test(poison_has_an_extent),
		cmocka_unit_test(aer_of_devices_and_ports),
		cmocka_unit_test(every_protocol_error_has_a_word),
		cmocka_unit_test(arenas_may_be_too_small),
	};

	return cmocka_run_group_tests_name("cxl", tests, NULL, NULL);
}
