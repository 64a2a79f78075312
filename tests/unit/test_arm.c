// SPDX-License-Identifier: LGPL-2.1-or-later

#include "unit/check.h"

#include <stdlib.h>
#include <string.h>

#include "cper/arm.h"
#include "unit/fixtures.h"

/* A section's body under construction: what follows its 40-byte header. */
struct body {
	uint8_t bytes[2048];
	size_t len;
	size_t errors_len;
};

static void append(struct body *body, const void *bytes, size_t len)
{
	memcpy(body->bytes + body->len, bytes, len);
	body->len += len;
}

static void add_errors(struct body *body, size_t n)
{
	uint8_t error[ARM_ERROR_INFO_BYTES] = { 0, 32, 0, 0, ARM_ERROR_CACHE };

	while (n--)
		append(body, error, sizeof(error));
	body->errors_len = body->len;
}

/* A context whose registers are 1, 2, 3… seen as `width`-byte numbers. */
static void add_context(struct body *body, uint16_t type, uint32_t size, size_t align)
{
	uint8_t context[512] = { 0,
				 0,
				 (uint8_t)type,
				 (uint8_t)(type >> 8),
				 (uint8_t)size,
				 (uint8_t)(size >> 8),
				 (uint8_t)(size >> 16),
				 (uint8_t)(size >> 24) };

	for (size_t i = 0; i < size && size < sizeof(context); i++)
		context[8 + i] = (uint8_t)(type + i);
	append(body, context, ALIGN_UP(8 + (size_t)size, align));
}

/* From an allocation of exactly its size, so that a sanitizer sees what lies outside. */
static uint8_t *parse(const struct body *body, size_t errors_len, size_t contexts_len,
		      struct arm_body *ret)
{
	uint8_t *copy = malloc(body->len ? body->len : 1);

	memcpy(copy, body->bytes, body->len);
	arm_body_parse(copy, body->len, errors_len, contexts_len, ret);
	return copy;
}

/* All that a layout points to lies inside of it. */
static void assert_inside(const struct arm_body *body)
{
	size_t at = body->contexts_at;

	assert_true(body->n_errors * ARM_ERROR_INFO_BYTES <= body->contexts_at);
	assert_true(body->contexts_at <= body->vendor_at);
	assert_true(body->vendor_at <= body->len);
	for (size_t i = 0; i < body->n_errors; i++) {
		struct arm_error_info error;

		arm_body_error(body, i, &error);
	}
	for (size_t i = 0; i < body->n_contexts; i++) {
		struct arm_context context;
		char buf[ARM_REGISTER_NAME_BYTES];
		const char *name = "";

		assert_true(at + ARM_CONTEXT_HEADER_BYTES <= body->len);
		at = arm_body_context(body, at, &context);
		assert_true(context.registers + context.size <= body->bytes + body->len);
		for (size_t r = 0; r < arm_context_n_registers(&context); r++) {
			arm_context_register(&context, r, buf, &name);
			assert_true(strlen(name) > 0);
		}
	}
}

struct context_shape {
	uint16_t type;
	uint32_t size;
};

static const struct layout {
	const char *name;
	struct context_shape contexts[3];
	size_t n_contexts;
	size_t align; /* 1, or 16 with padding between contexts */
	size_t vendor_len;
	bool correct_len; /* contexts_len is what it should be; else 8 bytes a context */
	size_t bare;	  /* bytes of padding that the last context lacks */
} layouts[] = {
	{ "nothing", { { 0 } }, 0, 1, 0, false },
	{ "vendor's bytes only", { { 0 } }, 0, 1, 24, false },
	{ "GPR, EL1", { { 4, 256 }, { 5, 136 } }, 2, 1, 24, false },
	{ "GPR, EL1", { { 4, 256 }, { 5, 136 } }, 2, 1, 24, true },
	{ "EL2, misc", { { 6, 120 }, { 8, 10 } }, 2, 1, 24, false },
	{ "EL2, misc", { { 6, 120 }, { 8, 10 } }, 2, 1, 24, true },
	{ "misc first", { { 8, 10 }, { 8, 10 }, { 6, 120 } }, 3, 1, 0, false },
	{ "padded", { { 8, 10 }, { 4, 256 }, { 8, 10 } }, 3, 16, 24, false },
	{ "padded", { { 8, 10 }, { 4, 256 }, { 8, 10 } }, 3, 16, 24, true },
	{ "last bare", { { 8, 10 }, { 4, 256 }, { 8, 10 } }, 3, 16, 24, false, 14 },
	{ "AArch32", { { 0, 64 }, { 1, 96 }, { 2, 64 } }, 3, 1, 3, false },
	{ "unknown", { { 99, 20 } }, 1, 1, 24, false },
	{ "unknown", { { 99, 20 } }, 1, 1, 24, true },
	{ "unknown first", { { 99, 20 }, { 4, 256 } }, 2, 1, 24, true },
	{ "unknown between", { { 4, 256 }, { 99, 20 }, { 7, 80 } }, 3, 1, 24, false },
	{ "unknown, padded", { { 4, 256 }, { 99, 20 }, { 7, 80 } }, 3, 16, 24, false },
	{ "unknown, padded", { { 4, 256 }, { 99, 20 }, { 7, 80 } }, 3, 16, 24, true },
	{ "of another size", { { 4, 248 }, { 5, 136 } }, 2, 1, 24, false },
	{ "no registers", { { 99, 0 }, { 3, 8 } }, 2, 1, 0, false },
};

static void contexts_are_found_however_they_are_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(layouts); i++) {
		const struct layout *layout = &layouts[i];
		uint8_t vendor[32];
		struct body body = { .len = 0 };
		struct arm_body parsed;
		size_t contexts_end, at;
		uint8_t *copy;

		print_message("# %s%s\n", layout->name,
			      layout->correct_len ? ", cut right" : "");
		memset(vendor, 0xee, sizeof(vendor));
		add_errors(&body, 2);
		for (size_t c = 0; c < layout->n_contexts; c++)
			add_context(&body, layout->contexts[c].type,
				    layout->contexts[c].size, layout->align);
		body.len -= layout->bare;
		contexts_end = body.len;
		append(&body, vendor, layout->vendor_len);
		copy = parse(&body, body.errors_len,
			     layout->correct_len ? contexts_end - body.errors_len :
						   8 * layout->n_contexts,
			     &parsed);
		assert_int_equal(parsed.n_errors, 2);
		assert_int_equal(parsed.n_contexts, layout->n_contexts);
		assert_int_equal(parsed.vendor_at, contexts_end);
		assert_false(parsed.torn);
		at = parsed.contexts_at;
		for (size_t c = 0; c < layout->n_contexts; c++) {
			struct arm_context context;

			at = arm_body_context(&parsed, at, &context);
			assert_int_equal(context.type, layout->contexts[c].type);
			assert_int_equal(context.size, layout->contexts[c].size);
			if (context.size)
				assert_int_equal(context.registers[0],
						 (uint8_t)context.type);
		}
		assert_inside(&parsed);
		free(copy);
	}
}

static void lengths_that_lie(void **state)
{
	static const struct {
		const char *name;
		size_t errors_len, contexts_len; /* in place of 64 and 16 */
		size_t n_errors, n_contexts, vendor_at;
	} cases[] = {
		{ "errors beyond the end", 1000, 0, 13, 0, 440 },
		{ "errors near 4 GiB", 0xfffffff0, 16, 13, 0, 440 },
		{ "errors of SIZE_MAX", SIZE_MAX, SIZE_MAX, 13, 0, 440 },
		{ "contexts near 4 GiB", 64, 0xfffffff8, 2, 0, 64 },
		{ "half an error", 80, 16, 2, 0, 64 },
		{ "half a context header", 64, 4, 2, 0, 64 },
		{ "one context too many", 64, 32, 2, 2, 416 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct body body = { .len = 0 };
		struct arm_body parsed;
		uint8_t *copy;

		print_message("# %s\n", cases[i].name);
		add_errors(&body, 2);
		add_context(&body, 4, 256, 1);
		add_context(&body, 7, 80, 1);
		append(&body, "\xff\xff\xff\xff\xff\xff\xff\xff vendor's bytes.", 24);
		assert_int_equal(body.len, 440);
		copy = parse(&body, cases[i].errors_len, cases[i].contexts_len, &parsed);
		assert_true(parsed.torn);
		assert_int_equal(parsed.n_errors, cases[i].n_errors);
		if (cases[i].n_contexts) {
			assert_int_equal(parsed.n_contexts, cases[i].n_contexts);
			assert_int_equal(parsed.vendor_at, cases[i].vendor_at);
		}
		assert_inside(&parsed);
		free(copy);
	}
}

/* Every length there is, set to everything that has ever gone wrong. */
static void no_length_leads_outside(void **state)
{
	static const uint32_t evil[] = { 0,	     1,		 7,	     8,
					 9,	     16,	 31,	     32,
					 33,	     255,	 256,	     257,
					 0x7fff,     0xffff,	 0x10000,    0x7fffffff,
					 0x80000000, 0xfffffff0, 0xfffffff7, 0xfffffff8,
					 0xffffffff };
	struct body body = { .len = 0 };
	size_t first, second;

	(void)state;
	add_errors(&body, 1);
	first = body.len + 4;
	add_context(&body, 3, 8, 1);
	second = body.len + 4;
	add_context(&body, 8, 10, 1);
	for (size_t a = 0; a < ARRAY_SIZE(evil); a++)
		for (size_t b = 0; b < ARRAY_SIZE(evil); b++)
			for (size_t c = 0; c < ARRAY_SIZE(evil); c++) {
				static const size_t errors_lens[] = { 32,	 0,  31,
								      33,	 66, 67,
								      0xffffffff };

				memcpy(body.bytes + first, &evil[a], 4);
				memcpy(body.bytes + second, &evil[b], 4);
				for (size_t e = 0; e < ARRAY_SIZE(errors_lens); e++) {
					struct arm_body parsed;
					uint8_t *copy = parse(&body, errors_lens[e],
							      evil[c], &parsed);

					assert_inside(&parsed);
					free(copy);
				}
			}
}

static void bodies_cut_anywhere(void **state)
{
	struct body body = { .len = 0 };
	size_t whole;

	(void)state;
	add_errors(&body, 2);
	add_context(&body, 4, 256, 1);
	add_context(&body, 8, 10, 1);
	for (whole = body.len; body.len; body.len--) {
		struct arm_body parsed;
		uint8_t *copy = parse(&body, 64, 16, &parsed);

		assert_int_equal(parsed.torn, body.len < whole);
		assert_inside(&parsed);
		free(copy);
	}
}

static void the_type_byte_in_both_meanings(void **state)
{
	static const struct {
		uint8_t raw;
		uint16_t valid;
		uint64_t info;
		unsigned int type;
	} cases[] = {
		{ 0, 0, 0, ARM_ERROR_CACHE },
		{ 1, 0, 0, ARM_ERROR_TLB },
		{ 2, 0, 0, ARM_ERROR_CACHE },
		{ 2, ARM_VALID_ERROR_INFO, 0x7f, ARM_ERROR_CACHE },
		{ 2, ARM_VALID_ERROR_INFO, ARM_INFO_PARTICIPATION, ARM_ERROR_BUS },
		{ 2, ARM_VALID_ERROR_INFO, ARM_INFO_TIMEOUT, ARM_ERROR_BUS },
		{ 2, ARM_VALID_ERROR_INFO, ARM_INFO_ADDRESS_SPACE, ARM_ERROR_BUS },
		{ 2, ARM_VALID_ERROR_INFO, ARM_INFO_MEMORY_ATTRIBUTES, ARM_ERROR_BUS },
		{ 2, ARM_VALID_ERROR_INFO, ARM_INFO_ACCESS_MODE, ARM_ERROR_BUS },
		{ 2, 0, ARM_INFO_ACCESS_MODE, ARM_ERROR_CACHE }, /* info is not valid */
		{ 3, 0, 0, ARM_ERROR_MICRO_ARCH },
		{ 4, 0, 0, ARM_ERROR_TLB },
		{ 8, 0, 0, ARM_ERROR_BUS },
		{ 16, 0, 0, ARM_ERROR_MICRO_ARCH },
		{ 2 | 8, 0, 0, ARM_ERROR_CACHE | ARM_ERROR_BUS },
		{ 0x1e, 0, 0, 0x1e },
		{ 0x20, 0, 0, 0 },
		{ 0xff, 0, 0, 0x1e },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint8_t bytes[ARM_ERROR_INFO_BYTES] = { 0, 32, (uint8_t)cases[i].valid, 0,
							cases[i].raw };
		struct arm_error_info error;
		struct arm_body body;

		memcpy(bytes + 8, &cases[i].info, 8);
		arm_body_parse(bytes, sizeof(bytes), sizeof(bytes), 0, &body);
		arm_body_error(&body, 0, &error);
		assert_int_equal(error.type_raw, cases[i].raw);
		assert_int_equal(error.type, cases[i].type);
	}
}

static void words_of_error_info(void **state)
{
	static const char *const operations[] = { "generic",	   "generic read",
						  "generic write", "data read",
						  "data write",	   "instruction fetch",
						  "prefetch" };
	static const char *const cache[] = { "eviction", "snooping", "snooped",
					     "management" };
	static const char *const tlb[] = { "local management", "external management" };

	(void)state;
	for (uint64_t op = 0; op < 16; op++) {
		const char *in_cache = op < 7  ? operations[op] :
				       op < 11 ? cache[op - 7] :
						 NULL;
		const char *in_tlb = op < 7 ? operations[op] :
				     op < 9 ? tlb[op - 7] :
					      NULL;
		const char *on_bus = op < 7 ? operations[op] : NULL;
		const struct {
			unsigned int type;
			const char *word;
		} cases[] = { { ARM_ERROR_CACHE, in_cache },
			      { ARM_ERROR_TLB, in_tlb },
			      { ARM_ERROR_BUS, on_bus } };

		for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
			const char *word = arm_info_operation(cases[i].type,
							      ~(0xfULL << 18) | op << 18);

			if (cases[i].word)
				assert_string_equal(word, cases[i].word);
			else
				assert_null(word);
		}
	}
	assert_string_equal(arm_info_transaction(0), "instruction");
	assert_string_equal(arm_info_transaction(1 << 16), "data");
	assert_string_equal(arm_info_transaction(2 << 16), "generic");
	assert_null(arm_info_transaction(3 << 16));
	assert_string_equal(arm_info_participation(0), "local originated");
	assert_string_equal(arm_info_participation(1ULL << 29), "local responded");
	assert_string_equal(arm_info_participation(2ULL << 29), "local observed");
	assert_string_equal(arm_info_participation(3ULL << 29), "generic");
	assert_string_equal(arm_info_address_space(0), "external memory");
	assert_string_equal(arm_info_address_space(1ULL << 32), "internal memory");
	assert_string_equal(arm_info_address_space(2ULL << 32), "unknown");
	assert_string_equal(arm_info_address_space(3ULL << 32), "device memory");
}

/* UEFI 2.10 tables N.21 to N.28, word for word. */
static const struct {
	uint16_t type;
	uint32_t size;
	unsigned int width;
	const char *set, *registers;
} sets[] = {
	{ 0, 64, 4, "AArch32 general purpose",
	  "R0 R1 R2 R3 R4 R5 R6 R7 R8 R9 R10 R11 R12 R13 R14 R15" },
	{ 1, 96, 4, "AArch32 EL1",
	  "DFAR DFSR IFAR ISR MAIR0 MAIR1 MIDR MPIDR NMRR PRRR SCTLR_NS SPSR SPSR_abt SPSR_fiq "
	  "SPSR_irq SPSR_svc SPSR_und TPIDRPRW TPIDRURO TPIDRURW TTBCR TTBR0 TTBR1 DACR" },
	{ 2, 64, 4, "AArch32 EL2",
	  "ELR_hyp HAMAIR0 HAMAIR1 HCR HCR2 HDFAR HIFAR HPFAR HSR HTCR HTPIDR HTTBR SPSR_hyp "
	  "VTCR VTTBR DACR32_EL2" },
	{ 3, 8, 4, "AArch32 secure", "SCTLR_S SPSR_mon" },
	{ 4, 256, 8, "AArch64 general purpose",
	  "X0 X1 X2 X3 X4 X5 X6 X7 X8 X9 X10 X11 X12 X13 X14 X15 X16 X17 X18 X19 X20 X21 X22 "
	  "X23 X24 X25 X26 X27 X28 X29 X30 SP" },
	{ 5, 136, 8, "AArch64 EL1",
	  "ELR_EL1 ESR_EL1 FAR_EL1 ISR_EL1 MAIR_EL1 MIDR_EL1 MPIDR_EL1 SCTLR_EL1 SP_EL0 SP_EL1 "
	  "SPSR_EL1 TCR_EL1 TPIDR_EL0 TPIDR_EL1 TPIDRRO_EL0 TTBR0_EL1 TTBR1_EL1" },
	{ 6, 120, 8, "AArch64 EL2",
	  "ELR_EL2 ESR_EL2 FAR_EL2 HACR_EL2 HCR_EL2 HPFAR_EL2 MAIR_EL2 SCTLR_EL2 SP_EL2 "
	  "SPSR_EL2 TCR_EL2 TPIDR_EL2 TTBR0_EL2 VTCR_EL2 VTTBR_EL2" },
	{ 7, 80, 8, "AArch64 EL3",
	  "ELR_EL3 ESR_EL3 FAR_EL3 MAIR_EL3 SCTLR_EL3 SP_EL3 SPSR_EL3 TCR_EL3 TPIDR_EL3 "
	  "TTBR0_EL3" },
};

static void registers_have_names_and_order(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sets); i++) {
		uint8_t bytes[256], *at = bytes;
		struct arm_context context = { .type = sets[i].type,
					       .size = sets[i].size,
					       .registers = bytes };
		char joined[1024] = "";
		struct text text = TEXT_IN(joined);
		size_t n = arm_context_n_registers(&context);

		for (size_t b = 0; b < sizeof(bytes); b++)
			bytes[b] = (uint8_t)b;
		assert_string_equal(arm_context_name(sets[i].type), sets[i].set);
		assert_int_equal(n * sets[i].width, sets[i].size);
		for (size_t r = 0; r < n; r++, at += sets[i].width) {
			char buf[ARM_REGISTER_NAME_BYTES];
			const char *name = "";
			uint64_t expected = 0;

			memcpy(&expected, at, sets[i].width);
			assert_int_equal(arm_context_register(&context, r, buf, &name),
					 expected);
			text_add(&text, "%s%s", r ? " " : "", name);
		}
		assert_string_equal(joined, sets[i].registers);
		context.size--;
		assert_int_equal(arm_context_n_registers(&context), 0);
	}
	assert_null(arm_context_name(9));
	assert_null(arm_context_name(0xffff));
	assert_int_equal(arm_context_n_registers(&(struct arm_context){ .type = 9 }), 0);
}

static void system_registers_are_named_by_their_encoding(void **state)
{
	static const struct {
		uint16_t mrs; /* op2 2:0, CRm 6:3, CRn 10:7, op1 13:11, o0 14 */
		const char *name;
	} cases[] = {
		{ 0x0000, "S2_0_C0_C0_0" },
		{ 1 << 14 | 3 << 11 | 13 << 7 | 2 << 3 | 1, "S3_3_C13_C2_1" },
		{ 0x42f8, "S3_0_C5_C15_0" },
		{ 0x7fff, "S3_7_C15_C15_7" },
		{ 0xffff, "S3_7_C15_C15_7" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint8_t bytes[10] = { (uint8_t)cases[i].mrs,
				      (uint8_t)(cases[i].mrs >> 8),
				      0x88,
				      0x77,
				      0x66,
				      0x55,
				      0x44,
				      0x33,
				      0x22,
				      0x11 };
		struct arm_context context = { .type = 8,
					       .size = 10,
					       .registers = bytes };
		char buf[ARM_REGISTER_NAME_BYTES];
		const char *name = "";

		assert_int_equal(arm_context_n_registers(&context), 1);
		assert_int_equal(arm_context_register(&context, 0, buf, &name),
				 0x1122334455667788);
		assert_string_equal(name, cases[i].name);
	}
	assert_string_equal(arm_context_name(8), "miscellaneous system register");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(contexts_are_found_however_they_are_cut),
		cmocka_unit_test(lengths_that_lie),
		cmocka_unit_test(no_length_leads_outside),
		cmocka_unit_test(bodies_cut_anywhere),
		cmocka_unit_test(the_type_byte_in_both_meanings),
		cmocka_unit_test(words_of_error_info),
		cmocka_unit_test(registers_have_names_and_order),
		cmocka_unit_test(system_registers_are_named_by_their_encoding),
	};

	return cmocka_run_group_tests_name("arm", tests, NULL, NULL);
}
