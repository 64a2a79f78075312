// SPDX-License-Identifier: LGPL-2.1-or-later

#include "unit/check.h"

#include <string.h>

#include "unit/fixtures.h"

/* --- through the whole way: format, record, event --- */

struct way {
	struct tracepoint *tp;
	struct raw raw;
	struct decoded decoded;
	const struct event *event;
};

static void begin(struct way *way, const struct format *format)
{
	way->tp = resolve(format);
	way->decoded = (struct decoded){ 0 };
	raw_example(format, &way->raw);
}

static int decode_as(struct way *way, uint64_t page_size)
{
	decoded_free(&way->decoded);
	way->event = &way->decoded.event;
	return decode_bytes(way->tp, way->raw.bytes, way->raw.len, page_size,
			    &way->decoded);
}

static void end(struct way *way)
{
	decoded_free(&way->decoded);
	tracepoint_free(way->tp);
}

static void memory_failure_speaks_the_kernels_words(void **state)
{
	static const struct {
		const struct format *format;
		int64_t type;
		const char *type_text;
	} cases[] = {
		{ &format_memory_failure_6_1, 2, "kernel slab page" },
		{ &format_memory_failure_6_1, 3,
		  "different compound page after locking" },
		{ &format_memory_failure_6_1, 13, "dirty LRU page" },
		{ &format_memory_failure_6_1, 19, "unknown page" },
		{ &format_memory_failure_6_1, 20, NULL },
		{ &format_memory_failure_6_12, 2, NULL },
		{ &format_memory_failure_6_12, 3, "huge page" },
		{ &format_memory_failure_6_12, 19, "already poisoned" },
		{ &format_memory_failure_6_12, 20, "unknown page" },
		{ &format_memory_failure_6_19, 20, "non struct page pfn" },
		{ &format_memory_failure_7_2, 2, NULL },
		{ &format_memory_failure_7_2, 20, "non struct page pfn" },
		{ &format_memory_failure_7_2, 21, "unknown page" },
		{ &format_memory_failure_7_2, -1, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char words[128], number[24];
		struct way way;

		begin(&way, cases[i].format);
		raw_put(&way.raw, 16, (uint64_t)cases[i].type, 4);
		assert_int_equal(decode_as(&way, 4096), 1);
		assert_number(detail_of(way.event, "page_type"), cases[i].type);
		if (cases[i].type_text)
			assert_text(detail_of(way.event, "page_type_text"),
				    cases[i].type_text);
		else
			assert_absent(detail_of(way.event, "page_type_text"));
		snprintf(number, sizeof(number), "%#llx",
			 (unsigned long long)cases[i].type);
		snprintf(words, sizeof(words),
			 "pfn 0x4381a: recovery action for %s: Recovered",
			 cases[i].type_text ? cases[i].type_text : number);
		assert_string_equal(words_of(way.event), words);
		end(&way);
	}
}

static void memory_failure_addresses_depend_on_the_page_size(void **state)
{
	static const uint64_t sizes[] = { 4096, 16384, 65536 };
	static const char *const results[] = { "Ignored", "Failed", "Delayed",
					       "Recovered" };
	struct way way;

	(void)state;
	begin(&way, &format_memory_failure_6_1);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		assert_int_equal(decode_as(&way, sizes[i]), 1);
		assert_int_equal(way.event->address_kind, ADDRESS_PHYSICAL);
		assert_int_equal(way.event->address, 0x4381a * sizes[i]);
		assert_int_equal(way.event->address_mask, ~(sizes[i] - 1));
		assert_number(detail_of(way.event, "pfn"), 0x4381a);
	}
	for (size_t i = 0; i < ARRAY_SIZE(results); i++) {
		raw_put(&way.raw, 20, i, 4);
		assert_int_equal(decode_as(&way, 4096), 1);
		assert_text(detail_of(way.event, "result_text"), results[i]);
	}
	raw_put(&way.raw, 20, 4, 4);
	assert_int_equal(decode_as(&way, 4096), 1);
	assert_absent(detail_of(way.event, "result_text"));
	assert_int_equal(way.event->severity, SEVERITY_UNCORRECTED);
	assert_int_equal(way.event->component, COMPONENT_MEMORY);
	end(&way);
}

static void arm_without_a_body(void **state)
{
	struct way way;

	(void)state;
	begin(&way, &format_arm_short);
	assert_int_equal(decode_as(&way, 4096), 1);
	assert_number(detail_of(way.event, "mpidr"), 0x80000100);
	assert_number(detail_of(way.event, "midr"), 0x413fd0c1);
	assert_number(detail_of(way.event, "affinity_level"), 1);
	assert_number(detail_of(way.event, "running_state"), 1);
	assert_number(detail_of(way.event, "psci_state"), 0);
	assert_absent(detail_of(way.event, "ghes_severity"));
	assert_absent(detail_of(way.event, "lengths_lie"));
	assert_int_equal(way.event->severity, SEVERITY_UNKNOWN);
	assert_int_equal(way.event->component, COMPONENT_CPU);
	assert_int_equal(way.event->cpu, -1);
	assert_int_equal(rows_of(way.event, "errors"), 0);
	assert_string_equal(
		words_of(way.event),
		"processor error, MPIDR 0x80000100, MIDR 0x413fd0c1, running");
	raw_put(&way.raw, 8, 0, 8);
	raw_put(&way.raw, 24, ~0ULL, 8);
	raw_put(&way.raw, 32, 0xff, 1);
	assert_int_equal(decode_as(&way, 4096), 1);
	assert_absent(detail_of(way.event, "mpidr"));
	assert_absent(detail_of(way.event, "affinity_level"));
	assert_absent(detail_of(way.event, "running_state"));
	assert_absent(detail_of(way.event, "psci_state"));
	assert_string_equal(words_of(way.event), "processor error, MIDR 0x413fd0c1");
	end(&way);
}

/* The example's first error information structure begins at 68: version, length,
 * validation
 * @70, type @72, multiple @73, flags @75, info @76, virtual @84, physical address @92. */
#define ERROR_AT 68

static void arm_with_a_body(void **state)
{
	struct way way;

	(void)state;
	begin(&way, &format_arm);
	raw_put(&way.raw, ERROR_AT + 24, 0x8812345678, 8);
	assert_int_equal(decode_as(&way, 4096), 1);
	assert_number(detail_of(way.event, "ghes_severity"), 2);
	assert_int_equal(way.event->severity, SEVERITY_UNCORRECTED);
	assert_int_equal(way.event->component, COMPONENT_CACHE);
	assert_int_equal(way.event->cpu, 3);
	assert_number(detail_of(way.event, "cpu"), 3);
	assert_int_equal(rows_of(way.event, "errors"), 2);
	assert_int_equal(rows_of(way.event, "contexts"), 1);
	assert_int_equal(rows_of(way.event, "registers"), 2);
	assert_text(cell_of(way.event, "contexts", 0, "register_set"), "AArch32 secure");
	assert_absent(cell_of(way.event, "contexts", 0, "unknown_registers"));
	assert_number(detail_of(way.event, "lengths_lie"), 0);
	assert_int_equal(detail_of(way.event, "vendor_bytes")->len, 24);
	assert_int_equal(way.event->address_kind, ADDRESS_PHYSICAL);
	assert_int_equal(way.event->address, 0x8812345678);
	assert_string_equal(
		words_of(way.event),
		"cache + tlb errors on CPU 3, MPIDR 0x80000100, MIDR 0x413fd0c1, "
		"running, physical address 0x8812345678");
	raw_put(&way.raw, 64, ~0ULL, 4);	  /* a CPU that Linux does not know */
	raw_put(&way.raw, ERROR_AT + 2, 0, 2);	  /* nothing valid */
	raw_put(&way.raw, ERROR_AT + 4, 0x20, 1); /* of no type */
	raw_put(&way.raw, 24, 0, 4);
	assert_int_equal(decode_as(&way, 4096), 1);
	assert_int_equal(way.event->cpu, -1);
	assert_absent(detail_of(way.event, "cpu"));
	assert_int_equal(way.event->address_kind, ADDRESS_NONE);
	assert_absent(cell_of(way.event, "errors", 0, "type"));
	assert_number(cell_of(way.event, "errors", 0, "type_raw"), 0x20);
	assert_string_equal(
		words_of(way.event),
		"unknown + tlb errors, MPIDR 0x80000100, MIDR 0x413fd0c1, not running");
	end(&way);
}

static void arm_prefers_a_physical_address(void **state)
{
	struct way way;

	(void)state;
	begin(&way, &format_arm);
	raw_put(&way.raw, ERROR_AT + 2, 1 << 3, 2);
	raw_put(&way.raw, ERROR_AT + 16, 0xffff800012345678, 8);
	assert_int_equal(decode_as(&way, 4096), 1);
	assert_int_equal(way.event->address_kind, ADDRESS_VIRTUAL);
	assert_int_equal(way.event->address, 0xffff800012345678);
	raw_put(&way.raw, ERROR_AT + 32 + 2, 1 << 4, 2);
	raw_put(&way.raw, ERROR_AT + 32 + 24, 0x1000, 8);
	assert_int_equal(decode_as(&way, 4096), 1);
	assert_int_equal(way.event->address_kind, ADDRESS_PHYSICAL);
	assert_int_equal(way.event->address, 0x1000);
	raw_put(&way.raw, ERROR_AT + 2, 1 << 4, 2); /* both have one: the first counts */
	raw_put(&way.raw, ERROR_AT + 24, 0x2000, 8);
	assert_int_equal(decode_as(&way, 4096), 1);
	assert_int_equal(way.event->address, 0x2000);
	end(&way);
}

/* Every bit of error_info set, and then every one of them not valid. */
static void arm_error_info_field_by_field(void **state)
{
	static const char *const common[] = {
		"transaction_type", "operation",  "level",	   "context_corrupt",
		"corrected",	    "precise_pc", "restartable_pc"
	};
	static const char *const bus[] = { "participation", "timeout", "address_space",
					   "memory_attributes", "access_mode" };
	static const uint8_t types[] = { 0, 4, 8, 16, 0x20 };
	struct way way;

	(void)state;
	begin(&way, &format_arm);
	for (size_t t = 0; t < ARRAY_SIZE(types); t++)
		for (int valid = 0; valid < 2; valid++) {
			bool is_bus = types[t] == 8, is_known = types[t] < 16;

			raw_put(&way.raw, ERROR_AT + 4, types[t], 1);
			/* transaction 1, operation 3, level 5, bits 25 to 28,
			 * participation 2, timeout, address space 3, attributes 0x1ab,
			 * access mode 1 */
			raw_put(&way.raw, ERROR_AT + 8,
				1ULL << 16 | 3ULL << 18 | 5ULL << 22 | 0xfULL << 25 |
					2ULL << 29 | 1ULL << 31 | 3ULL << 32 |
					0x1abULL << 34 | 1ULL << 43 | (valid ? 0xfff : 0),
				8);
			assert_int_equal(decode_as(&way, 4096), 1);
			for (size_t i = 0; i < ARRAY_SIZE(common); i++)
				assert_int_equal(
					cell_of(way.event, "errors", 0, common[i])
							->kind == VALUE_NONE,
					!valid || !is_known);
			for (size_t i = 0; i < ARRAY_SIZE(bus); i++)
				assert_int_equal(
					cell_of(way.event, "errors", 0, bus[i])->kind ==
						VALUE_NONE,
					!valid || !is_bus);
			if (!valid || !is_known)
				continue;
			assert_text(cell_of(way.event, "errors", 0, "transaction_type"),
				    "data");
			assert_text(cell_of(way.event, "errors", 0, "operation"),
				    "data read");
			assert_number(cell_of(way.event, "errors", 0, "level"), 5);
			for (size_t i = 3; i < ARRAY_SIZE(common); i++)
				assert_number(cell_of(way.event, "errors", 0, common[i]),
					      1);
			if (!is_bus)
				continue;
			assert_text(cell_of(way.event, "errors", 0, "participation"),
				    "local observed");
			assert_number(cell_of(way.event, "errors", 0, "timeout"), 1);
			assert_text(cell_of(way.event, "errors", 0, "address_space"),
				    "device memory");
			assert_number(
				cell_of(way.event, "errors", 0, "memory_attributes"),
				0x1ab);
			assert_text(cell_of(way.event, "errors", 0, "access_mode"),
				    "normal");
		}
	end(&way);
}

/* One valid bit at a time makes one field, and no other. */
static void arm_validity_is_per_field(void **state)
{
	static const struct {
		unsigned int bit; /* of error_info */
		const char *field;
	} cases[] = {
		{ 0, "transaction_type" },
		{ 1, "operation" },
		{ 2, "level" },
		{ 3, "context_corrupt" },
		{ 4, "corrected" },
		{ 5, "precise_pc" },
		{ 6, "restartable_pc" },
		{ 7, "participation" },
		{ 8, "timeout" },
		{ 9, "address_space" },
		{ 10, "memory_attributes" },
		{ 11, "access_mode" },
	};
	static const struct {
		unsigned int bit; /* of the structure */
		const char *field;
	} outer[] = {
		{ 0, "multiple_error" },  { 1, "first_error" },	     { 1, "last_error" },
		{ 1, "propagated" },	  { 1, "overflow" },	     { 2, "error_info" },
		{ 3, "virtual_address" }, { 4, "physical_address" },
	};
	struct way way;

	(void)state;
	begin(&way, &format_arm);
	raw_put(&way.raw, ERROR_AT + 4, 8, 1);
	for (unsigned int bit = 0; bit < 12; bit++) {
		raw_put(&way.raw, ERROR_AT + 8, 1ULL << bit, 8);
		assert_int_equal(decode_as(&way, 4096), 1);
		for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
			assert_int_equal(
				cell_of(way.event, "errors", 0, cases[i].field)->kind !=
					VALUE_NONE,
				cases[i].bit == bit);
	}
	for (unsigned int bit = 0; bit < 6; bit++) {
		raw_put(&way.raw, ERROR_AT + 2, 1ULL << bit, 2);
		assert_int_equal(decode_as(&way, 4096), 1);
		for (size_t i = 0; i < ARRAY_SIZE(outer); i++)
			assert_int_equal(
				cell_of(way.event, "errors", 0, outer[i].field)->kind !=
					VALUE_NONE,
				outer[i].bit == bit);
	}
	raw_put(&way.raw, ERROR_AT + 2, 3, 2);
	raw_put(&way.raw, ERROR_AT + 5, 0xfffe, 2);
	for (unsigned int bit = 0; bit < 4; bit++) {
		raw_put(&way.raw, ERROR_AT + 7, 1ULL << bit, 1);
		assert_int_equal(decode_as(&way, 4096), 1);
		assert_number(cell_of(way.event, "errors", 0, "multiple_error"), 0xfffe);
		for (unsigned int f = 0; f < 4; f++)
			assert_number(cell_of(way.event, "errors", 0, outer[1 + f].field),
				      f == bit);
	}
	end(&way);
}

static void arm_shows_lengths_that_lie(void **state)
{
	struct way way;

	(void)state;
	begin(&way, &format_arm);
	raw_put(&way.raw, 48, way.raw.len, 4); /* ctx_buf: nothing, at the end */
	raw_put(&way.raw, 48, 132 | 5 << 16, 4);
	assert_int_equal(decode_as(&way, 4096), 1);
	assert_number(detail_of(way.event, "lengths_lie"), 1);
	assert_int_equal(rows_of(way.event, "contexts"), 0);
	assert_int_equal(detail_of(way.event, "vendor_bytes")->len, 5 + 32);
	end(&way);
}

static void mc_fields(void **state)
{
	static const enum severity severities[] = {
		SEVERITY_CORRECTED, SEVERITY_UNCORRECTED, SEVERITY_DEFERRED,
		SEVERITY_FATAL,	    SEVERITY_INFO,	  SEVERITY_UNKNOWN
	};
	struct way way;

	(void)state;
	begin(&way, &format_mc);
	for (size_t i = 0; i < ARRAY_SIZE(severities); i++) {
		raw_put(&way.raw, 8, i, 4);
		assert_int_equal(decode_as(&way, 4096), 1);
		assert_int_equal(way.event->severity, severities[i]);
	}
	raw_put(&way.raw, 8, 0, 4);
	assert_int_equal(decode_as(&way, 4096), 1);
	assert_int_equal(way.event->count, 3);
	assert_int_equal(way.event->address, 0x8812345000);
	assert_int_equal(way.event->address_mask, ~0xfffULL);
	assert_text(&way.event->dimm, "DIMM_A1");
	assert_text(detail_of(way.event, "msg"), "Single-bit ECC");
	assert_text(detail_of(way.event, "driver_detail"), "APEI location: node:0");
	assert_number(detail_of(way.event, "top_layer"), 0);
	assert_number(detail_of(way.event, "middle_layer"), -1);
	assert_number(detail_of(way.event, "lower_layer"), -1);
	assert_string_equal(
		words_of(way.event),
		"3 corrected errors: Single-bit ECC on DIMM_A1 at 0x8812345000");
	raw_put(&way.raw, 20, 0, 2);
	raw_put(&way.raw, 32, 0, 8);
	raw_put_data(&way.raw, 12, "", 1);
	assert_int_equal(decode_as(&way, 4096), 1);
	assert_int_equal(way.event->count, 1);
	assert_int_equal(way.event->address_kind, ADDRESS_NONE);
	assert_number(detail_of(way.event, "mc_address"), 0);
	assert_string_equal(words_of(way.event), "1 corrected error on DIMM_A1");
	raw_put(&way.raw, 32, 0x8000000000000000, 8);
	raw_put(&way.raw, 40, 64, 1); /* a grain of everything: no bit is known */
	assert_int_equal(decode_as(&way, 4096), 1);
	assert_int_equal(way.event->address, 0x8000000000000000);
	assert_int_equal(way.event->address_mask, 0);
	end(&way);
}

static void non_standard_guids(void **state)
{
	struct way way;

	(void)state;
	begin(&way, &format_non_standard);
	assert_int_equal(decode_as(&way, 4096), 1);
	assert_text(detail_of(way.event, "section_type"),
		    "03020100-0504-0706-0809-0a0b0c0d0e0f");
	assert_text(detail_of(way.event, "fru_id"),
		    "13121110-1514-1716-1819-1a1b1c1d1e1f");
	assert_text(detail_of(way.event, "fru_text"), "DIMM A1");
	assert_bytes(detail_of(way.event, "data"), "\1\2\3\4\5", 5);
	assert_number(detail_of(way.event, "length"), 5);
	assert_int_equal(way.event->severity, SEVERITY_UNCORRECTED);
	assert_int_equal(way.event->component, COMPONENT_PLATFORM);
	assert_string_equal(words_of(way.event),
			    "section 03020100-0504-0706-0809-0a0b0c0d0e0f, 5 bytes, "
			    "FRU DIMM A1");
	raw_put(&way.raw, 44, 9, 1);
	raw_put_data(&way.raw, 40, "", 1);
	assert_int_equal(decode_as(&way, 4096), 1);
	assert_int_equal(way.event->severity, SEVERITY_UNKNOWN);
	assert_string_equal(words_of(way.event),
			    "section 03020100-0504-0706-0809-0a0b0c0d0e0f, 5 bytes");
	end(&way);
}

static void signals_are_believed_when_nobody_can_forge_them(void **state)
{
	static const struct {
		int signal, code, sender, target;
		bool confirmed;
		const char *words;
	} cases[] = {
		{ 7, 5, 16, 341, true, "SIGBUS BUS_MCEERR_AO to victim[341]" },
		{ 7, 4, 16, 341, true, "SIGBUS BUS_MCEERR_AR to victim[341]" },
		{ 7, 4, 341, 341, false,
		  "SIGBUS BUS_MCEERR_AR to victim[341], unconfirmed" },
		{ 7, 5, 341, 341, false,
		  "SIGBUS BUS_MCEERR_AO to victim[341], unconfirmed" },
		{ 7, 3, 16, 341, false, "SIGBUS BUS_OBJERR to victim[341], unconfirmed" },
		{ 7, 128, 16, 341, false,
		  "SIGBUS SI_KERNEL to victim[341], unconfirmed" },
		{ 7, 128, 341, 341, false,
		  "SIGBUS SI_KERNEL to victim[341], unconfirmed" },
		{ 9, 128, 16, 341, false,
		  "SIGKILL SI_KERNEL to victim[341], unconfirmed" },
		{ 9, 128, 341, 341, false,
		  "SIGKILL SI_KERNEL to victim[341], unconfirmed" },
		{ 7, 77, 16, 341, false, "SIGBUS 77 to victim[341], unconfirmed" },
		{ 11, 3, 16, 341, false, "11 3 to victim[341], unconfirmed" },
		{ 7, 5, 16, 0, true, "SIGBUS BUS_MCEERR_AO to many" },
	};
	struct way way;

	(void)state;
	begin(&way, &format_sigbus);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		raw_put(&way.raw, 4, (uint64_t)cases[i].sender, 4);
		raw_put(&way.raw, 8, (uint64_t)cases[i].signal, 4);
		raw_put(&way.raw, 16, (uint64_t)cases[i].code, 4);
		raw_put(&way.raw, 36, (uint64_t)cases[i].target, 4);
		assert_int_equal(decode_as(&way, 4096), 1);
		assert_int_equal(way.event->flags,
				 cases[i].confirmed ? 0 : EVENT_UNCONFIRMED);
		assert_int_equal(way.event->severity, cases[i].confirmed ?
							      SEVERITY_UNCORRECTED :
							      SEVERITY_INFO);
		assert_int_equal(way.event->pid, cases[i].target);
		assert_number(detail_of(way.event, "sender_pid"), cases[i].sender);
		assert_text(&way.event->comm, "victim");
		assert_string_equal(words_of(way.event), cases[i].words);
	}
	end(&way);
}

/* Of several summed up, what became of the first says nothing of the others. */
static void signals_summed_up(void **state)
{
	struct way way;

	(void)state;
	begin(&way, &format_sigbus);
	raw_put(&way.raw, 8, 9, 4);
	raw_put(&way.raw, 16, 128, 4);
	raw_put(&way.raw, 44, 1, 4);
	assert_int_equal(decode_as(&way, 4096), 1);
	assert_string_equal(words_of(way.event),
			    "SIGKILL SI_KERNEL to victim[341], ignored "
			    "by it, unconfirmed");
	way.decoded.event.count = 2;
	assert_string_equal(words_of(way.event), "SIGKILL SI_KERNEL to victim[341] and "
						 "others, unconfirmed");
	end(&way);
}

static void signals_that_did_not_arrive(void **state)
{
	static const char *const names[] = { "delivered", "ignored by it",
					     "already pending", "overflow",
					     "information lost" };
	struct way way;

	(void)state;
	begin(&way, &format_sigbus);
	raw_put_text(&way.raw, 20,
		     "fifteen letters!"); /* a comm without its terminator */
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		raw_put(&way.raw, 44, i, 4);
		assert_int_equal(decode_as(&way, 4096), 1);
		assert_text(detail_of(way.event, "delivery_name"), names[i]);
	}
	assert_string_equal(words_of(way.event),
			    "SIGBUS BUS_MCEERR_AO to fifteen letters![341], "
			    "information lost");
	raw_put(&way.raw, 44, 5, 4);
	assert_int_equal(decode_as(&way, 4096), 1);
	assert_absent(detail_of(way.event, "delivery_name"));
	assert_non_null(strstr(words_of(way.event), ", 5"));
	end(&way);
}

static void block_errors_with_and_without_ioprio(void **state)
{
	static const struct format *const both[] = { &format_block, &format_block_short };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(both); i++) {
		struct way way;

		begin(&way, both[i]);
		assert_int_equal(decode_as(&way, 4096), 1);
		assert_number(detail_of(way.event, "major"), 252);
		assert_number(detail_of(way.event, "minor"), 1);
		assert_number(detail_of(way.event, "sector"), 4096);
		assert_number(detail_of(way.event, "sectors"), 8);
		assert_number(detail_of(way.event, "error"), -61);
		assert_text(detail_of(way.event, "rwbs"), "RS");
		assert_text(detail_of(way.event, "cmd"), "");
		assert_int_equal(way.event->severity, SEVERITY_UNCORRECTED);
		assert_int_equal(way.event->component, COMPONENT_DISK);
		assert_string_equal(words_of(way.event),
				    "critical medium error reading 8 sectors at 4096 of "
				    "device 252:1");
		raw_put(&way.raw, 28, (uint64_t)-5, 4);
		raw_put(&way.raw, 8, 0xffffffff, 4);
		assert_int_equal(decode_as(&way, 4096), 1);
		assert_text(detail_of(way.event, "error_text"), "I/O error");
		assert_number(detail_of(way.event, "minor"), 0xfffff);
		raw_put(&way.raw, 28, (uint64_t)-999, 4);
		assert_int_equal(decode_as(&way, 4096), 1);
		assert_absent(detail_of(way.event, "error_text"));
		assert_int_equal(strncmp(words_of(way.event), "error -999 read", 15), 0);
		end(&way);
	}
}

static void block_requests_have_verbs(void **state)
{
	static const struct {
		const char *rwbs, *words;
	} cases[] = {
		{ "RA", "I/O error reading 8" },
		{ "WS", "I/O error writing 8" },
		{ "DS", "I/O error discarding 8" },
		{ "FF", "I/O error flushing 8" },
		{ "N", "I/O error a request for 8" },
		{ "", "I/O error a request for 8" },
		{ "NNNNNNNNNNR",
		  "I/O error a request for 8" }, /* ten are in the record */
	};
	struct way way;

	(void)state;
	begin(&way, &format_block);
	raw_put(&way.raw, 28, (uint64_t)-5, 4);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		memset(way.raw.bytes + 34, 0, 10);
		memcpy(way.raw.bytes + 34, cases[i].rwbs,
		       MIN(strlen(cases[i].rwbs), 10ul));
		assert_int_equal(decode_as(&way, 4096), 1);
		assert_int_equal(strncmp(words_of(way.event), cases[i].words,
					 strlen(cases[i].words)),
				 0);
	}
	end(&way);
}

static void only_our_own_marks_are_test_events(void **state)
{
	static const struct {
		const char *print;
		const char *token; /* NULL: nothing of ours */
	} cases[] = {
		{ "rasd test-event abc\n", "abc" },
		{ "rasd test-event abc", "abc" },
		{ "rasd test-event two words\n\n", "two words" },
		{ "rasd test-event \n", "" },
		{ "rasd test-event ", NULL },
		{ "rasd test-event", NULL },
		{ "rasd test-even", NULL },
		{ "Rasd test-event abc", NULL },
		{ " rasd test-event abc", NULL },
		{ "somebody else's marker\n", NULL },
		{ "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct way way;

		begin(&way, &format_test);
		memset(way.raw.bytes + 16, 0, 64);
		raw_put_text(&way.raw, 16, cases[i].print);
		way.raw.len = 16 + strlen(cases[i].print) + 1;
		assert_int_equal(decode_as(&way, 4096), cases[i].token != NULL);
		if (cases[i].token) {
			assert_text(detail_of(way.event, "token"), cases[i].token);
			assert_int_equal(way.event->flags, EVENT_SYNTHETIC);
			assert_int_equal(way.event->severity, SEVERITY_INFO);
		}
		way.raw.len--; /* and not terminated */
		assert_int_equal(decode_as(&way, 4096), cases[i].token != NULL);
		end(&way);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_failure_speaks_the_kernels_words),
		cmocka_unit_test(memory_failure_addresses_depend_on_the_page_size),
		cmocka_unit_test(arm_without_a_body),
		cmocka_unit_test(arm_with_a_body),
		cmocka_unit_test(arm_prefers_a_physical_address),
		cmocka_unit_test(arm_error_info_field_by_field),
		cmocka_unit_test(arm_validity_is_per_field),
		cmocka_unit_test(arm_shows_lengths_that_lie),
		cmocka_unit_test(mc_fields),
		cmocka_unit_test(non_standard_guids),
		cmocka_unit_test(signals_are_believed_when_nobody_can_forge_them),
		cmocka_unit_test(signals_summed_up),
		cmocka_unit_test(signals_that_did_not_arrive),
		cmocka_unit_test(block_errors_with_and_without_ioprio),
		cmocka_unit_test(block_requests_have_verbs),
		cmocka_unit_test(only_our_own_marks_are_test_events),
	};

	return cmocka_run_group_tests_name("handlers", tests, NULL, NULL);
}
