// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * The body of an ARM Processor Error Section. Two things make it harder than its layout:
 *
 * The type byte changed its meaning. Up to UEFI 2.8 it was a value (0 cache, 1 TLB, 2
 * bus, 3 micro-architectural), since 2.9A it is a bit mask (2, 4, 8, 16). Both are met.
 *
 * Kernels since 6.19 (and stable ones with the change) cut the body in three pieces, and
 * cut it wrong: drivers/ras/ras.c counts a context's registers only when its header lies
 * beyond the section's end. So contexts_len is 8 bytes per context, whatever their
 * registers take. The pieces laid side by side are the body again, and the contexts tell
 * their own sizes.
 */

#include "cper/arm.h"

#include <stdio.h>
#include <string.h>

#include "util/bytes.h"
#include "util/macro.h"

#define ANY_NUMBER SIZE_MAX

struct register_set {
	const char *name;
	unsigned int width; /* bytes of a register */
	size_t n;
	const char *const *registers;
};

/* Orders and sizes: UEFI 2.10 tables N.21 to N.29. */
static const char *const aarch32_gpr[] = { "R0",  "R1",	 "R2",	"R3", "R4",  "R5",
					   "R6",  "R7",	 "R8",	"R9", "R10", "R11",
					   "R12", "R13", "R14", "R15" };
static const char *const aarch32_el1[] = { "DFAR",     "DFSR",	   "IFAR",     "ISR",
					   "MAIR0",    "MAIR1",	   "MIDR",     "MPIDR",
					   "NMRR",     "PRRR",	   "SCTLR_NS", "SPSR",
					   "SPSR_abt", "SPSR_fiq", "SPSR_irq", "SPSR_svc",
					   "SPSR_und", "TPIDRPRW", "TPIDRURO", "TPIDRURW",
					   "TTBCR",    "TTBR0",	   "TTBR1",    "DACR" };
static const char *const aarch32_el2[] = {
	"ELR_hyp",  "HAMAIR0", "HAMAIR1", "HCR",       "HCR2",	 "HDFAR",
	"HIFAR",    "HPFAR",   "HSR",	  "HTCR",      "HTPIDR", "HTTBR",
	"SPSR_hyp", "VTCR",    "VTTBR",	  "DACR32_EL2"
};
static const char *const aarch32_secure[] = { "SCTLR_S", "SPSR_mon" };
static const char *const aarch64_gpr[] = {
	"X0",  "X1",  "X2",  "X3",  "X4",  "X5",  "X6",	 "X7",	"X8",  "X9",  "X10",
	"X11", "X12", "X13", "X14", "X15", "X16", "X17", "X18", "X19", "X20", "X21",
	"X22", "X23", "X24", "X25", "X26", "X27", "X28", "X29", "X30", "SP"
};
static const char *const aarch64_el1[] = {
	"ELR_EL1",   "ESR_EL1",	  "FAR_EL1",	 "ISR_EL1",   "MAIR_EL1", "MIDR_EL1",
	"MPIDR_EL1", "SCTLR_EL1", "SP_EL0",	 "SP_EL1",    "SPSR_EL1", "TCR_EL1",
	"TPIDR_EL0", "TPIDR_EL1", "TPIDRRO_EL0", "TTBR0_EL1", "TTBR1_EL1"
};
static const char *const aarch64_el2[] = { "ELR_EL2",	"ESR_EL2",   "FAR_EL2",
					   "HACR_EL2",	"HCR_EL2",   "HPFAR_EL2",
					   "MAIR_EL2",	"SCTLR_EL2", "SP_EL2",
					   "SPSR_EL2",	"TCR_EL2",   "TPIDR_EL2",
					   "TTBR0_EL2", "VTCR_EL2",  "VTTBR_EL2" };
static const char *const aarch64_el3[] = { "ELR_EL3",  "ESR_EL3",   "FAR_EL3",
					   "MAIR_EL3", "SCTLR_EL3", "SP_EL3",
					   "SPSR_EL3", "TCR_EL3",   "TPIDR_EL3",
					   "TTBR0_EL3" };

#define SET(n_, width_, registers_)                                       \
	{                                                                 \
		.name = n_, .width = width_, .n = ARRAY_SIZE(registers_), \
		.registers = registers_                                   \
	}

#define CONTEXT_MISC	   8 /* one register, named by its MRS encoding */
#define CONTEXT_MISC_BYTES 10

static const struct register_set register_sets[] = {
	SET("AArch32 general purpose", 4, aarch32_gpr),
	SET("AArch32 EL1", 4, aarch32_el1),
	SET("AArch32 EL2", 4, aarch32_el2),
	SET("AArch32 secure", 4, aarch32_secure),
	SET("AArch64 general purpose", 8, aarch64_gpr),
	SET("AArch64 EL1", 8, aarch64_el1),
	SET("AArch64 EL2", 8, aarch64_el2),
	SET("AArch64 EL3", 8, aarch64_el3),
	[CONTEXT_MISC] = { .name = "miscellaneous system register" },
};

static bool size_fits_type(uint16_t type, uint32_t size)
{
	if (type == CONTEXT_MISC)
		return size == CONTEXT_MISC_BYTES;
	return type < CONTEXT_MISC &&
	       size == register_sets[type].n * register_sets[type].width;
}

static bool is_zero(const uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (bytes[i])
			return false;
	return true;
}

/*
 * Walks n contexts (or as many as fill it exactly) from contexts_at up to `end`. Strict
 * takes only contexts that UEFI defines; the others must at least have zeroes for
 * padding. Returns whether that works out, and then their number and the end of the last;
 * otherwise how far it came.
 */
static bool walk_contexts(const struct arm_body *body, size_t end, size_t n, size_t align,
			  bool strict, size_t *ret_n, size_t *ret_end)
{
	size_t at = body->contexts_at, done = 0;

	*ret_n = 0;
	*ret_end = at;
	while (done < n && at < end) {
		size_t exact;
		uint32_t size;

		if (end - at < ARM_CONTEXT_HEADER_BYTES)
			return false;
		size = load_le32(body->bytes + at + 4);
		if (size > end - at - ARM_CONTEXT_HEADER_BYTES)
			return false;
		if (strict && !size_fits_type(load_le16(body->bytes + at + 2), size))
			return false;
		exact = at + ARM_CONTEXT_HEADER_BYTES + size;
		/* the last one's padding may be left out, and then the vendor's bytes
		 * follow */
		at = MIN(at + ALIGN_UP(ARM_CONTEXT_HEADER_BYTES + (size_t)size, align),
			 end);
		if (!is_zero(body->bytes + exact, at - exact)) {
			if (done + 1 == n)
				at = exact;
			else if (!strict)
				return false;
		}
		*ret_n = ++done;
		*ret_end = at;
	}
	return n == ANY_NUMBER ? at == end : done == n;
}

/* One way to read contexts: how far, how many, padded to what. */
struct reading {
	size_t end, n, align;
	bool strict;
};

/* The first that works out stands; if none does, what the last one found. */
static void find_contexts(struct arm_body *body, const struct reading *readings, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		body->context_align = readings[i].align;
		if (walk_contexts(body, readings[i].end, readings[i].n, readings[i].align,
				  readings[i].strict, &body->n_contexts,
				  &body->vendor_at))
			return;
	}
	body->torn = true;
}

static void find_cut_contexts(struct arm_body *body, size_t contexts_len)
{
	size_t counted = contexts_len / ARM_CONTEXT_HEADER_BYTES;
	size_t cut_end = body->contexts_at + contexts_len;
	const struct reading readings[] = {
		/* 8 bytes a context, as the kernel cuts it; then cut as it should be */
		{ body->len, counted, 1, true },   { body->len, counted, 16, true },
		{ cut_end, ANY_NUMBER, 1, true },  { cut_end, ANY_NUMBER, 16, true },
		{ cut_end, ANY_NUMBER, 1, false }, { cut_end, ANY_NUMBER, 16, false },
		{ body->len, counted, 16, false }, { body->len, counted, 1, false },
	};

	find_contexts(body, readings, ARRAY_SIZE(readings));
}

/* Lays out the errors; false if there is nothing to be read behind them. */
static bool begin_body(const uint8_t *bytes, size_t len, size_t errors_len,
		       struct arm_body *ret)
{
	*ret = (struct arm_body){ .bytes = bytes, .len = len, .context_align = 1 };
	if (errors_len > len) {
		errors_len = len;
		ret->torn = true;
	}
	ret->n_errors = errors_len / ARM_ERROR_INFO_BYTES;
	ret->contexts_at = ret->n_errors * ARM_ERROR_INFO_BYTES;
	ret->vendor_at = ret->contexts_at;
	if (errors_len == ret->contexts_at)
		return true;
	ret->torn = true;
	return false;
}

/*
 * Lays out a body of `len` bytes, of which the kernel calls the first errors_len error
 * information and the next contexts_len contexts. Both may lie; nothing that comes back
 * reaches beyond `len`.
 */
void arm_body_parse(const uint8_t *bytes, size_t len, size_t errors_len,
		    size_t contexts_len, struct arm_body *ret)
{
	if (!begin_body(bytes, len, errors_len, ret))
		return;
	errors_len = ret->contexts_at;
	if (contexts_len > len - errors_len) {
		contexts_len = len - errors_len;
		ret->torn = true;
	}
	if (contexts_len >= ARM_CONTEXT_HEADER_BYTES)
		find_cut_contexts(ret, contexts_len);
	else if (contexts_len)
		ret->torn = true;
}

/* The same for a whole section's body, whose header has the numbers of both. */
void arm_body_parse_counted(const uint8_t *bytes, size_t len, size_t n_errors,
			    size_t n_contexts, struct arm_body *ret)
{
	const struct reading readings[] = {
		{ len, n_contexts, 1, true },
		{ len, n_contexts, 16, true },
		{ len, n_contexts, 16, false },
		{ len, n_contexts, 1, false },
	};

	if (begin_body(bytes, len, n_errors * ARM_ERROR_INFO_BYTES, ret) && n_contexts)
		find_contexts(ret, readings, ARRAY_SIZE(readings));
}

/*
 * Old values are told from the mask where they can be: odd ones have the mask's reserved
 * bit, 0 would be no type at all. 2 is old "bus" or new "cache": what only a bus error
 * may have decides, and where nothing does, the current standard.
 */
static unsigned int error_type(const struct arm_error_info *info)
{
	uint64_t bus_only = info->valid & ARM_VALID_ERROR_INFO ?
				    info->error_info & ARM_INFO_BUS_ONLY :
				    0;

	switch (info->type_raw) {
	case 0:
		return ARM_ERROR_CACHE;
	case 1:
		return ARM_ERROR_TLB;
	case 2:
		return bus_only ? ARM_ERROR_BUS : ARM_ERROR_CACHE;
	case 3:
		return ARM_ERROR_MICRO_ARCH;
	}
	return info->type_raw &
	       (ARM_ERROR_CACHE | ARM_ERROR_TLB | ARM_ERROR_BUS | ARM_ERROR_MICRO_ARCH);
}

/* The i-th error information structure (i < n_errors), table N.17. */
void arm_body_error(const struct arm_body *body, size_t i, struct arm_error_info *ret)
{
	const uint8_t *p = body->bytes + i * ARM_ERROR_INFO_BYTES;

	*ret = (struct arm_error_info){
		.version = p[0],
		.length = p[1],
		.valid = load_le16(p + 2),
		.type_raw = p[4],
		.multiple_error = load_le16(p + 5),
		.flags = p[7],
		.error_info = load_le64(p + 8),
		.virtual_address = load_le64(p + 16),
		.physical_address = load_le64(p + 24),
	};
	ret->type = error_type(ret);
}

/* The context at `at` (contexts_at for the first). Returns where the next one is. */
size_t arm_body_context(const struct arm_body *body, size_t at, struct arm_context *ret)
{
	const uint8_t *p = body->bytes + at;

	*ret = (struct arm_context){
		.version = load_le16(p),
		.type = load_le16(p + 2),
		.size = load_le32(p + 4),
		.registers = p + ARM_CONTEXT_HEADER_BYTES,
	};
	return at + ALIGN_UP(ARM_CONTEXT_HEADER_BYTES + (size_t)ret->size,
			     body->context_align);
}

/* NULL for a type that UEFI does not define. */
const char *arm_context_name(uint16_t type)
{
	return type < ARRAY_SIZE(register_sets) ? register_sets[type].name : NULL;
}

/*
 * 0 if the type is unknown or its size is not the one UEFI gives: then it is just bytes.
 */
size_t arm_context_n_registers(const struct arm_context *context)
{
	if (!size_fits_type(context->type, context->size))
		return 0;
	return context->type == CONTEXT_MISC ? 1 : register_sets[context->type].n;
}

/* MRS encoding (table N.29) to the name assemblers take for any system register. */
static void name_system_register(uint16_t mrs, char name[static ARM_REGISTER_NAME_BYTES])
{
	snprintf(name, ARM_REGISTER_NAME_BYTES, "S%u_%u_C%u_C%u_%u",
		 2 + (unsigned int)bits(mrs, 14, 14), (unsigned int)bits(mrs, 11, 13),
		 (unsigned int)bits(mrs, 7, 10), (unsigned int)bits(mrs, 3, 6),
		 (unsigned int)bits(mrs, 0, 2));
}

/*
 * The value and the name of register i, i < arm_context_n_registers(). The name is
 * static, or in `buf`.
 */
uint64_t arm_context_register(const struct arm_context *context, size_t i,
			      char buf[static ARM_REGISTER_NAME_BYTES],
			      const char **ret_name)
{
	const struct register_set *set = &register_sets[context->type];

	if (context->type == CONTEXT_MISC) {
		name_system_register(load_le16(context->registers), buf);
		*ret_name = buf;
		return load_le64(context->registers + 2);
	}
	*ret_name = set->registers[i];
	return set->width == 4 ? load_le32(context->registers + 4 * i) :
				 load_le64(context->registers + 8 * i);
}

static const char *word(const char *const *words, size_t n, uint64_t i)
{
	return i < n ? words[i] : NULL;
}

/* Each of these is NULL where UEFI gives the number no meaning. */

const char *arm_info_transaction(uint64_t error_info)
{
	static const char *const words[] = { "instruction", "data", "generic" };

	return word(words, ARRAY_SIZE(words), bits(error_info, 16, 17));
}

const char *arm_info_operation(unsigned int type, uint64_t error_info)
{
	static const char *const common[] = { "generic",       "generic read",
					      "generic write", "data read",
					      "data write",    "instruction fetch",
					      "prefetch" };
	static const char *const cache[] = { "eviction", "snooping", "snooped",
					     "management" };
	static const char *const tlb[] = { "local management", "external management" };
	uint64_t operation = bits(error_info, 18, 21);

	if (operation < ARRAY_SIZE(common))
		return common[operation];
	operation -= ARRAY_SIZE(common);
	if (type & ARM_ERROR_CACHE)
		return word(cache, ARRAY_SIZE(cache), operation);
	if (type & ARM_ERROR_TLB)
		return word(tlb, ARRAY_SIZE(tlb), operation);
	return NULL;
}

const char *arm_info_participation(uint64_t error_info)
{
	static const char *const words[] = { "local originated", "local responded",
					     "local observed", "generic" };

	return words[bits(error_info, 29, 30)];
}

const char *arm_info_address_space(uint64_t error_info)
{
	static const char *const words[] = { "external memory", "internal memory",
					     "unknown", "device memory" };

	return words[bits(error_info, 32, 33)];
}
