// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Decoders where the arena has no room for what they have to say: each of its sizes is
 * tried, so that every place that takes from it finds it empty once. A text that has no
 * room is absent; rows that have none are an error, told as -ENOBUFS and nothing else.
 */

#include "unit/check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cper/kernel_dump.h"
#include "handlers/table.h"
#include "unit/cper_fixture.h"
#include "unit/section_fixture.h"
#include "util/macro.h"

#define STEP	 8
#define ROOM_MAX (16 * 1024)

static uint8_t room[4 * 1024 * 1024];

typedef int decode_in(const struct handler *handler, const void *what,
		      struct arena *arena, struct event *event);

/* With ever more room it becomes an event, and then stays one, which can be told. */
static void try_each_size(decode_in *decode, const struct handler *handler,
			  const void *what)
{
	struct arena arena = { room, sizeof(room), 0 };
	struct event event;
	bool was_event = false;
	int whole;

	event_init(&event, handler->type);
	whole = decode(handler, what, &arena, &event);
	for (size_t size = 0; whole == 1 && size <= ROOM_MAX; size += STEP) {
		char line[EVENT_TEXT_BYTES] = "";
		struct text text = TEXT_IN(line);
		int r;

		arena = (struct arena){ room, size, 0 };
		event_init(&event, handler->type);
		r = decode(handler, what, &arena, &event);
		assert_true(arena.used <= size);
		if (r != 1) {
			assert_int_equal(r, -ENOBUFS);
			assert_false(was_event);
			continue;
		}
		was_event = true;
		event_describe(&event, &text);
		assert_true(text.len > 0 && text.len == strlen(line));
	}
	assert_true(was_event || whole != 1);
}

/* --- sections --- */

static int in_section(const struct handler *handler, const void *what,
		      struct arena *arena, struct event *event)
{
	return handler->decode_section(what, arena, event);
}

static void try_body(struct guid type, const void *bytes, size_t len)
{
	uint8_t *body = copy_of(bytes, len);
	struct cper_section section = { .type = type,
					.severity = SEVERITY_CORRECTED,
					.fru_text = "DIMM A1",
					.fru_text_len = 7,
					.fru_id = &type,
					.body = body,
					.len = len };
	const struct handler *handler = handler_of_section(&handlers_table, &type);

	assert_non_null(handler);
	try_each_size(in_section, handler, &section);
	free(body);
}

static void every_section(void **state)
{
	static const struct guid none;
	uint8_t bytes[600];

	(void)state;
	for (size_t h = 0; h < handlers_table.n_handlers; h++)
		for (size_t s = 0; s < HANDLER_SECTIONS_MAX; s++) {
			struct guid type = handlers_table.handlers[h]->sections[s];

			if (!memcmp(&type, &none, sizeof(none)))
				break;
			memset(bytes, 0xff, sizeof(bytes));
			try_body(type, bytes, sizeof(bytes));
			for (size_t i = 0; i < sizeof(bytes); i++)
				bytes[i] = (uint8_t)(i % 3 ? 0 : 1);
			try_body(type, bytes, sizeof(bytes));
		}
}

/* One error of a kind that nobody knows, and contexts: of MSRs and of other registers. */
static void x86_rows(void **state)
{
	static struct built built;

	(void)state;
	built_put(&built, 0, 3 | 1 << 2 | 3 << 8, 8);
	built.len = 64 + 64;
	for (uint16_t kind = 1; kind <= 3; kind++) {
		built_put(&built, built.len, kind, 2);
		built_put(&built, built.len + 2, 92, 2);
		built_put(&built, built.len + 4, 0x400, 4);
		built.len += 16 + 92;
	}
	try_body((struct guid)GUID_X86, built.bytes, built.len);
}

static void firmware_with_a_guid(void **state)
{
	uint8_t bytes[40] = { 2, 2 };

	(void)state;
	try_body((struct guid)GUID_FIRMWARE, bytes, sizeof(bytes));
}

/* --- the log's --- */

static int in_log(const struct handler *handler, const void *what, struct arena *arena,
		  struct event *event)
{
	return handler->decode_log(what, arena, event);
}

#define LINES 24

static const struct {
	const char *type;
	const char *lines[LINES];
} logs[] = {
	{ "ARM processor error",
	  { "MIDR: 0x1", "error affinity level: 2",
	    "Error info structure 0:", "num errors: 4", "error_type: 2, bus error",
	    "error_info: 0x00000fffc0c60f87", "Context info structure 0:",
	    "register context type: Misc. system register structure",
	    "00000000: f8 42 88 77 66 55 44 33 22 11",
	    "Vendor specific error info has 20 bytes:",
	    "00000000: 03020100 07060504 0b0a0908 0f0e0d0c  ................" } },
	{ "PCIe error",
	  { "port_type: 4, root port", "version: 3.1", "command: 0x0106, status: 0x0010",
	    "device_id: 1234:a0:1f.7", "class_code: 060400",
	    "serial number: 0x55667788, 0x11223344",
	    "aer_cor_status: 0x00001040, aer_cor_mask: 0x00002000",
	    "aer_uncor_status: 0x04040000, aer_uncor_mask: 0x00400000",
	    "TLP Header: 4a000001 00000002 00000003 00000004" } },
	{ "general processor error",
	  { "processor_type: 2, ARM", "error_type: 0x05", "operation: 1, data read" } },
	{ "memory error",
	  { "error_status: Storage error in DRAM memory (0x0000000000000400)",
	    "physical_address: 0x0000000012345000", "error_type: 2, single-bit ECC",
	    "DIMM location: A1", "fru_text: B2" } },
	{ DUMP_CRASH, { "reason: Panic", "count: 1", "log: one", "log: two" } },
	{ "Firmware Error Record Reference",
	  { "Firmware Error Record Type: SOC Firmware Error Record Type2", "Revision: 2",
	    "Record Identifier: 8f87f311-c998-4d9e-a0c4-6065518c4f6d",
	    "00000000: 03020100 07060504 0b0a0908 0f0e0d0c  ................" } },
};

static void every_record_of_the_log(void **state)
{
	static struct cper_log_section section;
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(logs); i++) {
		memset(&section, 0, sizeof(section));
		strcpy(section.type, logs[i].type);
		for (size_t l = 0; l < LINES && logs[i].lines[l]; l++)
			strcpy(section.lines[section.n_lines++], logs[i].lines[l]);
		for (size_t h = 0; h < handlers_table.n_handlers; h++) {
			const struct handler *handler = handlers_table.handlers[h];
			struct arena arena = { room, sizeof(room), 0 };
			struct event event;

			/* by a name alone, one takes what the others leave */
			if (!handler->decode_log || handler->any_section)
				continue;
			event_init(&event, handler->type);
			n += handler->decode_log(&section, &arena, &event) == 1;
			try_each_size(in_log, handler, &section);
		}
	}
	assert_int_equal(n, ARRAY_SIZE(logs)); /* each of one handler */
}

/* --- records of tracepoints --- */

struct given {
	const struct tracepoint *tp;
	const uint8_t *bytes;
	size_t len;
};

static int in_record(const struct handler *handler, const void *what, struct arena *arena,
		     struct event *event)
{
	const struct given *given = what;
	struct record record = { .symbols = given->tp->symbols,
				 .page_size = 4096,
				 .arena = arena,
				 .handlers = &handlers_table };
	int r = tracepoint_extract(given->tp, given->bytes, given->len, event);

	return r < 0 ? r : handler->decode(&record, event);
}

/* Where it is no event of ours, that is so with any room. */
static void every_format(void **state)
{
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < n_formats; i++) {
		struct tracepoint *tp = resolve(formats[i]);
		struct decoded decoded;
		struct given given;
		struct raw raw;

		raw_example(formats[i], &raw);
		given = (struct given){ tp, copy_of(raw.bytes, raw.len), raw.len };
		if (decode_bytes(tp, raw.bytes, raw.len, 4096, &decoded) == 1) {
			n++;
			decoded_free(&decoded);
		}
		try_each_size(in_record, tp->handler, &given);
		/* numbers at their ends: every flag set, every enumeration unknown */
		memset((uint8_t *)given.bytes + 8, 0xff, 4);
		try_each_size(in_record, tp->handler, &given);
		free((void *)given.bytes);
		tracepoint_free(tp);
	}
	assert_int_equal(n, n_formats);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_section),
		cmocka_unit_test(x86_rows),
		cmocka_unit_test(firmware_with_a_guid),
		cmocka_unit_test(every_record_of_the_log),
		cmocka_unit_test(every_format),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
