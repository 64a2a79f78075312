// SPDX-License-Identifier: LGPL-2.1-or-later

/* The x86 processor section, built from UEFI's layout: no machine here reports one. And
 * what holds for every section that any handler knows. */

#include "unit/check.h"

#include <stdlib.h>
#include <string.h>

#include "handlers/table.h"
#include "unit/cper_fixture.h"
#include "unit/section_fixture.h"
#include "util/bytes.h"

static const struct guid type = GUID_X86;

static const struct guid kinds[] = {
	GUID(0xa55701f5, 0xe3ef, 0x43de, 0xac, 0x72, 0x24, 0x9b, 0x57, 0x3f, 0xad, 0x2c),
	GUID(0xfc06b535, 0x5e1f, 0x4562, 0x9f, 0x25, 0x0a, 0x3b, 0x9a, 0xdb, 0x63, 0xc3),
	GUID(0x1cf3f8b3, 0xc5b1, 0x49a2, 0xaa, 0x59, 0x5e, 0xef, 0x92, 0xff, 0xa6, 0x3c),
	GUID(0x48ab7f57, 0xdc34, 0x4f6c, 0xa7, 0xd3, 0xb0, 0xb5, 0xb0, 0xa7, 0x43, 0x14),
	GUID(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
};

static struct built built;

static void add_error(const struct guid *kind, uint64_t valid, uint64_t check)
{
	size_t at = built.len;

	memcpy(built.bytes + at, kind, GUID_BYTES);
	built_put(&built, at + 16, valid, 8);
	built_put(&built, at + 24, check, 8);
	for (size_t i = 0; i < 4; i++)
		built_put(&built, at + 32 + 8 * i, 0x100 + i, 8);
	built.len += 64;
}

/* Its bytes count up, so that a number says where it came from. */
static void add_context(uint16_t kind, uint16_t size, uint32_t msr)
{
	size_t at = built.len;

	built_put(&built, at, kind, 2);
	built_put(&built, at + 2, size, 2);
	built_put(&built, at + 4, msr, 4);
	built_put(&built, at + 8, 0xfed00000, 8);
	for (size_t i = 0; i < size; i++)
		built.bytes[at + 16 + i] = (uint8_t)i;
	built.len += 16 + (size_t)size;
}

static void begin(uint64_t n_errors, uint64_t n_contexts)
{
	memset(&built, 0, sizeof(built));
	built_put(&built, 0, 3 | n_errors << 2 | n_contexts << 8, 8);
	built_put(&built, 8, 0x17, 8);
	memset(built.bytes + 16, 0xc1, 48);
	built.len = 64;
}

static void every_kind_of_error(void **state)
{
	struct event *event;

	(void)state;
	begin(5, 0);
	add_error(&kinds[0], 0x1f, 0xff | 1 << 16 | 8 << 18 | 3 << 22 | 0x15u << 25);
	add_error(&kinds[1], 1, 2 | 7 << 18);
	add_error(&kinds[2], 3, 0x702 | 6 << 18 | 1ULL << 30 | 1ULL << 32 | 2ULL << 33);
	add_error(&kinds[3], 1, 0x3f | 2 << 16 | 0x15 << 19);
	add_error(&kinds[4], 0, ~0ULL);
	event = decode_section(type, built.bytes, built.len);
	assert_string_equal(event->type->name, "cper-x86");
	assert_int_equal(event->component, COMPONENT_CACHE);
	assert_number(detail_of(event, "lapic_id"), 0x17);
	assert_bytes(detail_of(event, "cpuid"), built.bytes + 16, 48);
	assert_absent(detail_of(event, "data"));
	assert_absent(detail_of(event, "incomplete"));
	assert_int_equal(rows_of(event, "errors"), 5);
	assert_text(cell_of(event, "errors", 0, "type"), "cache");
	assert_text(cell_of(event, "errors", 0, "transaction_type"), "data");
	assert_text(cell_of(event, "errors", 0, "operation"), "snoop");
	assert_number(cell_of(event, "errors", 0, "level"), 3);
	assert_number(cell_of(event, "errors", 0, "context_corrupt"), 1);
	assert_number(cell_of(event, "errors", 0, "uncorrected"), 0);
	assert_number(cell_of(event, "errors", 0, "precise_ip"), 1);
	assert_number(cell_of(event, "errors", 0, "restartable_ip"), 0);
	assert_number(cell_of(event, "errors", 0, "overflow"), 1);
	assert_absent(cell_of(event, "errors", 0, "participation"));
	assert_number(cell_of(event, "errors", 0, "target_id"), 0x100);
	assert_number(cell_of(event, "errors", 0, "ip"), 0x103);
	assert_text(cell_of(event, "errors", 1, "type"), "tlb");
	assert_absent(cell_of(event, "errors", 1, "operation")); /* caches only */
	assert_absent(cell_of(event, "errors", 1, "target_id"));
	assert_text(cell_of(event, "errors", 2, "type"), "bus");
	assert_text(cell_of(event, "errors", 2, "operation"), "prefetch");
	assert_text(cell_of(event, "errors", 2, "participation"), "local responded");
	assert_number(cell_of(event, "errors", 2, "timeout"), 1);
	assert_text(cell_of(event, "errors", 2, "address_space"), "I/O");
	assert_text(cell_of(event, "errors", 3, "ms_error_type"),
		    "microcode ROM parity error");
	assert_absent(cell_of(event, "errors", 3, "transaction_type"));
	assert_number(cell_of(event, "errors", 3, "context_corrupt"), 1);
	assert_number(cell_of(event, "errors", 3, "uncorrected"), 0);
	assert_number(cell_of(event, "errors", 3, "overflow"), 1);
	assert_absent(cell_of(event, "errors", 4, "type"));
	assert_text(cell_of(event, "errors", 4, "type_guid"),
		    "00000001-0002-0003-0405-060708090a0b");
	assert_absent(cell_of(event, "errors", 4, "check_info"));
	assert_string_equal(words_of(event),
			    "corrected cache + tlb + bus + micro-architectural + unknown "
			    "errors, local APIC 0x17");
}

static void contexts(void **state)
{
	static const struct {
		const char *name;
		uint64_t value;
	} some[] = {
		/* MSRs, then 32-bit, 64-bit without CR8, with CR8 and debug registers */
		{ "MSR_401", 0x0706050403020100 },
		{ "MSR_402", 0x0f0e0d0c0b0a0908 },
		{ "EAX", 0x03020100 },
		{ "GS", 0x2b2a },
		{ "EFLAGS", 0x2f2e2d2c },
		{ "TR", 0x5b5a },
		{ "RAX", 0x0706050403020100 },
		{ "GS", 0x8b8a },
		{ "RFLAGS", 0x9796959493929190 },
		{ "GDTR_0", 0xcfcecdcccbcac9c8 },
		{ "TR", 0xebea },
		{ "CR8", 0xcfcecdcccbcac9c8 },
		{ "TR", 0xf3f2 },
		{ "DR7", 0x1f1e1d1c },
		{ "DR7", 0x3f3e3d3c3b3a3938 },
	};
	struct event *event;
	size_t found = 0, rows;

	(void)state;
	begin(0, 9);
	add_context(1, 16, 0x401);
	add_context(2, 92, 0);
	add_context(3, 236, 0);
	add_context(3, 244, 0);
	add_context(5, 32, 0);
	add_context(6, 64, 0);
	add_context(7, 12, 0);
	add_context(9, 3, 0);
	add_context(1, 9, 5);
	memcpy(built.bytes + built.len, "tail", 4);
	built.len += 4;
	event = decode_section(type, built.bytes, built.len);
	assert_int_equal(rows_of(event, "contexts"), 9);
	rows = rows_of(event, "registers");
	assert_int_equal(rows, 2 + 27 + 35 + 36 + 8 + 8);
	for (size_t i = 0; i < rows && found < ARRAY_SIZE(some); i++) {
		const struct value *name = cell_of(event, "registers", i, "name");

		if (strncmp(name->text, some[found].name, name->len) ||
		    strlen(some[found].name) != name->len)
			continue;
		assert_number(cell_of(event, "registers", i, "value"), some[found].value);
		found++;
	}
	assert_int_equal(found, ARRAY_SIZE(some));
	assert_number(cell_of(event, "contexts", 0, "msr_address"), 0x401);
	assert_absent(cell_of(event, "contexts", 1, "msr_address"));
	assert_text(cell_of(event, "contexts", 3, "register_set"),
		    "64-bit mode execution");
	assert_number(cell_of(event, "contexts", 6, "mm_register_address"), 0xfed00000);
	assert_int_equal(cell_of(event, "contexts", 6, "unknown_registers")->len, 12);
	assert_absent(cell_of(event, "contexts", 7, "register_set"));
	assert_int_equal(cell_of(event, "contexts", 7, "unknown_registers")->len, 3);
	assert_int_equal(cell_of(event, "contexts", 8, "unknown_registers")->len, 9);
	assert_bytes(detail_of(event, "data"), "tail", 4);
	assert_absent(detail_of(event, "incomplete"));
	assert_string_equal(words_of(event),
			    "corrected processor error, local APIC 0x17");
}

static void cut_and_lies(void **state)
{
	(void)state;
	begin(2, 2);
	add_error(&kinds[2], 1, ~0ULL);
	add_error(&kinds[1], 1, ~0ULL);
	add_context(5, 32, 0);
	add_context(1, 8, 0x179);
	assert_int_equal(decode_section(type, built.bytes, built.len)->component,
			 COMPONENT_BUS);
	for (size_t len = 0; len < built.len; len++) {
		struct event *event = decode_section(type, built.bytes, len);

		if (len < 64)
			assert_string_equal(event->type->name, "non-standard");
		else
			assert_number(detail_of(event, "incomplete"), 1);
	}
	built_put(&built, 0, 3 | 63 << 2 | 63 << 8, 8);
	assert_number(
		detail_of(decode_section(type, built.bytes, built.len), "incomplete"), 1);
	built_put(&built, 0, 3 | 2 << 2 | 2 << 8, 8);
	built_put(&built, 64 + 2 * 64 + 2, 0xffff, 2); /* the first context's size */
	assert_int_equal(
		rows_of(decode_section(type, built.bytes, built.len), "contexts"), 0);
}

/* --- every section that any handler knows --- */

static void fill(uint8_t *bytes, size_t len, unsigned int pattern)
{
	uint32_t random = 12345 + pattern;

	for (size_t i = 0; i < len; i++) {
		random = random * 1103515245 + 12345;
		bytes[i] = pattern == 0 ? 0 :
			   pattern == 1 ? 0xff :
					  (uint8_t)(random >> 16);
	}
}

/* An event of its own type, or of who takes anything: never nothing, and no byte beyond
 * the section is read (that is for the sanitizers to see). */
static void use(struct guid known, const char *name, const uint8_t *bytes, size_t len)
{
	struct event *event = decode_section(known, bytes, len);

	assert_non_null(event);
	if (strcmp(event->type->name, name))
		assert_string_equal(event->type->name, "non-standard");
	assert_true(strlen(words_of(event)) > 0);
}

static void any_section_at_every_length(void **state)
{
	uint8_t bytes[640];

	(void)state;
	for (size_t h = 0; h < handlers_table.n_handlers; h++) {
		const struct handler *handler = handlers_table.handlers[h];

		for (size_t s = 0; s < HANDLER_SECTIONS_MAX && handler->decode_section &&
				   !handler->any_section;
		     s++) {
			static const struct guid none;

			if (!memcmp(&handler->sections[s], &none, sizeof(none)))
				break;
			for (unsigned int pattern = 0; pattern < 6; pattern++) {
				fill(bytes, sizeof(bytes), pattern);
				for (size_t len = 0; len <= sizeof(bytes); len++)
					use(handler->sections[s], handler->type->name,
					    bytes, len);
			}
		}
	}
}

/* Whatever two bytes of a head hold, and lengths are among them. */
static void any_section_with_every_lie(void **state)
{
	static const uint16_t lies[] = { 0,    1,     0x1f,   0x20,   0x7f,   0x80,
					 0xff, 0x100, 0x7fff, 0x8000, 0xfffe, 0xffff };
	uint8_t bytes[400];

	(void)state;
	for (size_t h = 0; h < handlers_table.n_handlers; h++) {
		const struct handler *handler = handlers_table.handlers[h];

		if (!handler->decode_section || handler->any_section)
			continue;
		for (size_t at = 0; at + 2 <= sizeof(bytes); at++)
			for (size_t i = 0; i < ARRAY_SIZE(lies); i++) {
				fill(bytes, sizeof(bytes), 2 + i % 4);
				memcpy(bytes + at, &lies[i], 2);
				use(handler->sections[0], handler->type->name, bytes,
				    sizeof(bytes));
			}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_of_error),
		cmocka_unit_test(contexts),
		cmocka_unit_test(cut_and_lies),
		cmocka_unit_test(any_section_at_every_length),
		cmocka_unit_test(any_section_with_every_lie),
	};

	return cmocka_run_group_tests_name("section_x86", tests, NULL, NULL);
}
