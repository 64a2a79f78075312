// SPDX-License-Identifier: LGPL-2.1-or-later

#include "cper/x86.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "event/guid.h"
#include "util/bytes.h"
#include "util/macro.h"

#define ERROR_BYTES	    64
#define CONTEXT_HEAD_BYTES  16
#define REGISTER_NAME_BYTES 24

enum {
	ERROR_TYPE,
	ERROR_TYPE_GUID,
	ERROR_VALID,
	ERROR_CHECK,
	ERROR_TRANSACTION,
	ERROR_OPERATION,
	ERROR_LEVEL,
	ERROR_CONTEXT_CORRUPT,
	ERROR_UNCORRECTED,
	ERROR_PRECISE_IP,
	ERROR_RESTARTABLE_IP,
	ERROR_OVERFLOW,
	ERROR_PARTICIPATION,
	ERROR_TIMEOUT,
	ERROR_ADDRESS_SPACE,
	ERROR_MS_TYPE,
	ERROR_TARGET_ID,
	ERROR_REQUESTOR_ID,
	ERROR_RESPONDER_ID,
	ERROR_IP,
	ERROR_FIELDS
};

static const struct field error_fields[ERROR_FIELDS] = {
	[ERROR_TYPE] = { .name = "type", .kind = FIELD_TEXT },
	[ERROR_TYPE_GUID] = { .name = "type_guid", .kind = FIELD_TEXT },
	[ERROR_VALID] = { .name = "validation", .kind = FIELD_HEX },
	[ERROR_CHECK] = { .name = "check_info", .kind = FIELD_HEX },
	[ERROR_TRANSACTION] = { .name = "transaction_type", .kind = FIELD_TEXT },
	[ERROR_OPERATION] = { .name = "operation", .kind = FIELD_TEXT },
	[ERROR_LEVEL] = { .name = "level", .kind = FIELD_UINT },
	[ERROR_CONTEXT_CORRUPT] = { .name = "context_corrupt", .kind = FIELD_FLAG },
	[ERROR_UNCORRECTED] = { .name = "uncorrected", .kind = FIELD_FLAG },
	[ERROR_PRECISE_IP] = { .name = "precise_ip", .kind = FIELD_FLAG },
	[ERROR_RESTARTABLE_IP] = { .name = "restartable_ip", .kind = FIELD_FLAG },
	[ERROR_OVERFLOW] = { .name = "overflow", .kind = FIELD_FLAG },
	[ERROR_PARTICIPATION] = { .name = "participation", .kind = FIELD_TEXT },
	[ERROR_TIMEOUT] = { .name = "timeout", .kind = FIELD_FLAG },
	[ERROR_ADDRESS_SPACE] = { .name = "address_space", .kind = FIELD_TEXT },
	[ERROR_MS_TYPE] = { .name = "ms_error_type", .kind = FIELD_TEXT },
	[ERROR_TARGET_ID] = { .name = "target_id", .kind = FIELD_HEX },
	[ERROR_REQUESTOR_ID] = { .name = "requestor_id", .kind = FIELD_HEX },
	[ERROR_RESPONDER_ID] = { .name = "responder_id", .kind = FIELD_HEX },
	[ERROR_IP] = { .name = "ip", .kind = FIELD_HEX },
};

enum {
	CONTEXT_TYPE,
	CONTEXT_SET,
	CONTEXT_SIZE,
	CONTEXT_MSR,
	CONTEXT_MM_ADDRESS,
	CONTEXT_UNKNOWN,
	CONTEXT_FIELDS
};

static const struct field context_fields[CONTEXT_FIELDS] = {
	[CONTEXT_TYPE] = { .name = "type", .kind = FIELD_UINT },
	[CONTEXT_SET] = { .name = "register_set", .kind = FIELD_TEXT },
	[CONTEXT_SIZE] = { .name = "size", .kind = FIELD_UINT },
	[CONTEXT_MSR] = { .name = "msr_address", .kind = FIELD_HEX },
	[CONTEXT_MM_ADDRESS] = { .name = "mm_register_address", .kind = FIELD_HEX },
	[CONTEXT_UNKNOWN] = { .name = "unknown_registers", .kind = FIELD_BYTES },
};

enum { REGISTER_CONTEXT, REGISTER_NAME, REGISTER_VALUE, REGISTER_FIELDS };

static const struct field register_fields[REGISTER_FIELDS] = {
	[REGISTER_CONTEXT] = { .name = "context", .kind = FIELD_UINT },
	[REGISTER_NAME] = { .name = "name", .kind = FIELD_TEXT },
	[REGISTER_VALUE] = { .name = "value", .kind = FIELD_HEX },
};

const struct list_type x86_lists[X86_LIST_MAX] = {
	[X86_LIST_ERRORS] = { .name = "errors",
			      .table = "x86_error",
			      .fields = error_fields,
			      .n_fields = ERROR_FIELDS },
	[X86_LIST_CONTEXTS] = { .name = "contexts",
				.table = "x86_context",
				.fields = context_fields,
				.n_fields = CONTEXT_FIELDS },
	[X86_LIST_REGISTERS] = { .name = "registers",
				 .table = "x86_register",
				 .fields = register_fields,
				 .n_fields = REGISTER_FIELDS },
};

/* --- errors --- */

enum kind { KIND_CACHE, KIND_TLB, KIND_BUS, KIND_MS, KIND_UNKNOWN };

static enum kind kind_of(const uint8_t *guid)
{
	static const struct guid kinds[] = {
		[KIND_CACHE] = GUID(0xa55701f5, 0xe3ef, 0x43de, 0xac, 0x72, 0x24, 0x9b,
				    0x57, 0x3f, 0xad, 0x2c),
		[KIND_TLB] = GUID(0xfc06b535, 0x5e1f, 0x4562, 0x9f, 0x25, 0x0a, 0x3b,
				  0x9a, 0xdb, 0x63, 0xc3),
		[KIND_BUS] = GUID(0x1cf3f8b3, 0xc5b1, 0x49a2, 0xaa, 0x59, 0x5e, 0xef,
				  0x92, 0xff, 0xa6, 0x3c),
		[KIND_MS] = GUID(0x48ab7f57, 0xdc34, 0x4f6c, 0xa7, 0xd3, 0xb0, 0xb5, 0xb0,
				 0xa7, 0x43, 0x14),
	};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!memcmp(guid, &kinds[i], GUID_BYTES))
			return (enum kind)i;
	return KIND_UNKNOWN;
}

#define WORDS_MAX 9

/* A part of check information (UEFI tables N.7 to N.10): its validation bit, where it
 * is; words for its numbers, or none. */
struct part {
	uint8_t column, valid, low, high;
	const char *const words[WORDS_MAX];
};

#define OPERATIONS                                                                   \
	"generic error", "generic read", "generic write", "data read", "data write", \
		"instruction fetch", "prefetch"

static const struct part common_parts[] = {
	{ ERROR_TRANSACTION, 0, 16, 17, { "instruction", "data", "generic" } },
	{ ERROR_LEVEL, 2, 22, 24, { NULL } },
	{ ERROR_CONTEXT_CORRUPT, 3, 25, 25, { NULL } },
	{ ERROR_UNCORRECTED, 4, 26, 26, { NULL } },
	{ ERROR_PRECISE_IP, 5, 27, 27, { NULL } },
	{ ERROR_RESTARTABLE_IP, 6, 28, 28, { NULL } },
	{ ERROR_OVERFLOW, 7, 29, 29, { NULL } },
};
static const struct part cache_parts[] = {
	{ ERROR_OPERATION, 1, 18, 21, { OPERATIONS, "eviction", "snoop" } },
};
static const struct part tlb_parts[] = {
	{ ERROR_OPERATION, 1, 18, 21, { OPERATIONS } },
};
static const struct part bus_parts[] = {
	{ ERROR_OPERATION, 1, 18, 21, { OPERATIONS } },
	{ ERROR_PARTICIPATION,
	  8,
	  30,
	  31,
	  { "local originated", "local responded", "local observed", "generic" } },
	{ ERROR_TIMEOUT, 9, 32, 32, { NULL } },
	{ ERROR_ADDRESS_SPACE, 10, 33, 34, { "memory", "reserved", "I/O", "other" } },
};
static const struct part ms_parts[] = {
	{ ERROR_MS_TYPE,
	  0,
	  16,
	  18,
	  { "no error", "unclassified", "microcode ROM parity error", "external error",
	    "FRC error", "internal unclassified" } },
	{ ERROR_CONTEXT_CORRUPT, 1, 19, 19, { NULL } },
	{ ERROR_UNCORRECTED, 2, 20, 20, { NULL } },
	{ ERROR_PRECISE_IP, 3, 21, 21, { NULL } },
	{ ERROR_RESTARTABLE_IP, 4, 22, 22, { NULL } },
	{ ERROR_OVERFLOW, 5, 23, 23, { NULL } },
};

static const struct {
	const char *name;
	const struct part *parts;
	size_t n_parts;
	bool common; /* it has the common ones, too */
} kinds[] = {
	[KIND_CACHE] = { "cache", cache_parts, ARRAY_SIZE(cache_parts), true },
	[KIND_TLB] = { "tlb", tlb_parts, ARRAY_SIZE(tlb_parts), true },
	[KIND_BUS] = { "bus", bus_parts, ARRAY_SIZE(bus_parts), true },
	[KIND_MS] = { "micro-architectural", ms_parts, ARRAY_SIZE(ms_parts), false },
};

static void fill_parts(const struct part *parts, size_t n, uint64_t check,
		       struct value *row)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t number = bits(check, parts[i].low, parts[i].high);

		if (!(check >> parts[i].valid & 1))
			continue;
		if (!parts[i].words[0])
			row[parts[i].column] = value_uint(number);
		else if (number < WORDS_MAX)
			row[parts[i].column] = value_text(parts[i].words[number]);
	}
}

/* An error information structure, UEFI table N.6. */
static int fill_error(const uint8_t *p, struct value *row, struct arena *arena)
{
	static const struct {
		uint8_t column, valid, offset;
	} numbers[] = { { ERROR_CHECK, 0, 24 },
			{ ERROR_TARGET_ID, 1, 32 },
			{ ERROR_REQUESTOR_ID, 2, 40 },
			{ ERROR_RESPONDER_ID, 3, 48 },
			{ ERROR_IP, 4, 56 } };
	uint64_t valid = load_le64(p + 16), check = load_le64(p + 24);
	enum kind kind = kind_of(p);

	row[ERROR_VALID] = value_uint(valid);
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		if (valid >> numbers[i].valid & 1)
			row[numbers[i].column] =
				value_uint(load_le64(p + numbers[i].offset));
	if (kind == KIND_UNKNOWN) {
		char *text = arena_take(arena, GUID_TEXT_BYTES);

		if (!text)
			return -ENOBUFS;
		row[ERROR_TYPE_GUID] = value_text(guid_to_text(p, text));
		return 0;
	}
	row[ERROR_TYPE] = value_text(kinds[kind].name);
	if (!(valid & 1))
		return 0;
	fill_parts(kinds[kind].parts, kinds[kind].n_parts, check, row);
	if (kinds[kind].common)
		fill_parts(common_parts, ARRAY_SIZE(common_parts), check, row);
	return 0;
}

/* --- contexts --- */

struct x86_register {
	const char *name; /* NULL: bytes that mean nothing */
	uint8_t width;
};

#define R2(name)        \
	{               \
		name, 2 \
	}
#define R4(name)        \
	{               \
		name, 4 \
	}
#define R8(name)        \
	{               \
		name, 8 \
	}
#define SEGMENTS R2("CS"), R2("DS"), R2("SS"), R2("ES"), R2("FS"), R2("GS")
#define TABLES	 R2("LDTR"), R2("TR")

static const struct x86_register ia32[] = {
	R4("EAX"),    R4("EBX"),    R4("ECX"), R4("EDX"),    R4("ESI"),	   R4("EDI"),
	R4("EBP"),    R4("ESP"),    SEGMENTS,  R4("EFLAGS"), R4("EIP"),	   R4("CR0"),
	R4("CR1"),    R4("CR2"),    R4("CR3"), R4("CR4"),    R4("GDTR_0"), R4("GDTR_1"),
	R4("IDTR_0"), R4("IDTR_1"), TABLES,
};

#define X64_GENERAL                                                                  \
	R8("RAX"), R8("RBX"), R8("RCX"), R8("RDX"), R8("RSI"), R8("RDI"), R8("RBP"), \
		R8("RSP"), R8("R8"), R8("R9"), R8("R10"), R8("R11"), R8("R12"),      \
		R8("R13"), R8("R14"), R8("R15"), SEGMENTS, R4(NULL), R8("RFLAGS"),   \
		R8("RIP"), R8("CR0"), R8("CR1"), R8("CR2"), R8("CR3"), R8("CR4")
#define X64_TABLES R8("GDTR_0"), R8("GDTR_1"), R8("IDTR_0"), R8("IDTR_1"), TABLES

/* UEFI's table has CR8; structures that firmware is built with have not. */
static const struct x86_register x64[] = { X64_GENERAL, R8("CR8"), X64_TABLES };
static const struct x86_register x64_short[] = { X64_GENERAL, X64_TABLES };
static const struct x86_register debug32[] = {
	R4("DR0"), R4("DR1"), R4("DR2"), R4("DR3"),
	R4("DR4"), R4("DR5"), R4("DR6"), R4("DR7")
};
static const struct x86_register debug64[] = {
	R8("DR0"), R8("DR1"), R8("DR2"), R8("DR3"),
	R8("DR4"), R8("DR5"), R8("DR6"), R8("DR7")
};

enum { CONTEXT_IS_MSR = 1, CONTEXT_IS_MM = 7 };

/* Which of them a context has, its type and its size say. */
static const struct {
	uint16_t type, size;
	const struct x86_register *registers;
	size_t n;
} layouts[] = {
	{ 2, 92, ia32, ARRAY_SIZE(ia32) },
	{ 3, 244, x64, ARRAY_SIZE(x64) },
	{ 3, 236, x64_short, ARRAY_SIZE(x64_short) },
	{ 5, 32, debug32, ARRAY_SIZE(debug32) },
	{ 6, 64, debug64, ARRAY_SIZE(debug64) },
};

static const char *const sets[] = {
	"unclassified",		 "MSR",		 "32-bit mode execution",
	"64-bit mode execution", "FXSAVE",	 "32-bit mode debug",
	"64-bit mode debug",	 "memory mapped"
};

struct context {
	uint16_t type, size;
	uint32_t msr;
	uint64_t mm_address;
	const uint8_t *bytes;
};

static void load_context(const uint8_t *p, struct context *ret)
{
	*ret = (struct context){ .type = load_le16(p),
				 .size = load_le16(p + 2),
				 .msr = load_le32(p + 4),
				 .mm_address = load_le64(p + 8),
				 .bytes = p + CONTEXT_HEAD_BYTES };
}

static size_t layout_of(const struct context *context)
{
	size_t i = 0;

	while (i < ARRAY_SIZE(layouts) &&
	       (layouts[i].type != context->type || layouts[i].size != context->size))
		i++;
	return i;
}

static size_t count_registers(const struct context *context)
{
	size_t layout = layout_of(context);

	if (context->type == CONTEXT_IS_MSR && context->size % 8 == 0)
		return context->size / 8;
	return layout < ARRAY_SIZE(layouts) ? layouts[layout].n : 0;
}

static uint64_t load(const uint8_t *p, size_t width)
{
	return width == 2 ? load_le16(p) : width == 4 ? load_le32(p) : load_le64(p);
}

/* Registers of a kind, numbered from the context's first; the row behind the last. */
static struct value *fill_msrs(const struct context *context, size_t number,
			       struct value *row, struct arena *arena)
{
	for (size_t i = 0; i < context->size / 8u; i++, row += REGISTER_FIELDS) {
		char *name = arena_take(arena, REGISTER_NAME_BYTES);

		if (!name)
			return NULL;
		snprintf(name, REGISTER_NAME_BYTES, "MSR_%x",
			 (unsigned int)(context->msr + i));
		row[REGISTER_CONTEXT] = value_uint(number);
		row[REGISTER_NAME] = value_text(name);
		row[REGISTER_VALUE] = value_uint(load_le64(context->bytes + 8 * i));
	}
	return row;
}

static struct value *fill_registers(const struct context *context, size_t number,
				    struct value *row, struct arena *arena)
{
	size_t layout = layout_of(context), at = 0;

	if (context->type == CONTEXT_IS_MSR)
		return context->size % 8 ? row : fill_msrs(context, number, row, arena);
	if (layout == ARRAY_SIZE(layouts))
		return row;
	for (size_t i = 0; i < layouts[layout].n; i++) {
		const struct x86_register *reg = &layouts[layout].registers[i];

		if (reg->name) {
			row[REGISTER_CONTEXT] = value_uint(number);
			row[REGISTER_NAME] = value_text(reg->name);
			row[REGISTER_VALUE] =
				value_uint(load(context->bytes + at, reg->width));
			row += REGISTER_FIELDS;
		}
		at += reg->width;
	}
	return row;
}

static void fill_context(const struct context *context, struct value *row)
{
	row[CONTEXT_TYPE] = value_uint(context->type);
	if (context->type < ARRAY_SIZE(sets))
		row[CONTEXT_SET] = value_text(sets[context->type]);
	row[CONTEXT_SIZE] = value_uint(context->size);
	if (context->type == CONTEXT_IS_MSR)
		row[CONTEXT_MSR] = value_uint(context->msr);
	if (context->type == CONTEXT_IS_MM)
		row[CONTEXT_MM_ADDRESS] = value_uint(context->mm_address);
	if (!count_registers(context) && context->size)
		row[CONTEXT_UNKNOWN] = value_bytes(context->bytes, context->size);
}

/* Whole contexts from `at` on, at most n; where they end. */
static size_t walk_contexts(const struct cper_section *section, size_t at, size_t n,
			    size_t *ret_n, size_t *ret_n_registers)
{
	struct context context;

	*ret_n = *ret_n_registers = 0;
	while (*ret_n < n && section->len - at >= CONTEXT_HEAD_BYTES) {
		load_context(section->body + at, &context);
		if (context.size > section->len - at - CONTEXT_HEAD_BYTES)
			break;
		*ret_n_registers += count_registers(&context);
		at += CONTEXT_HEAD_BYTES + (size_t)context.size;
		++*ret_n;
	}
	return at;
}

static int fill_contexts(const struct cper_section *section, size_t at, size_t n,
			 size_t n_registers, struct arena *arena, struct event *event)
{
	struct value *row = event_rows_take(event, X86_LIST_CONTEXTS, n, arena);
	struct value *reg =
		event_rows_take(event, X86_LIST_REGISTERS, n_registers, arena);
	const struct value *first = reg;

	if (!row || !reg)
		return -ENOBUFS;
	for (size_t i = 0; i < n; i++, row += CONTEXT_FIELDS) {
		struct context context;

		load_context(section->body + at, &context);
		fill_context(&context, row);
		reg = fill_registers(&context, i, reg, arena);
		if (!reg)
			return -ENOBUFS;
		at += CONTEXT_HEAD_BYTES + (size_t)context.size;
	}
	/* bytes between registers were counted, and are none */
	event->lists[X86_LIST_REGISTERS].n_rows = (size_t)(reg - first) / REGISTER_FIELDS;
	return 0;
}

/*
 * Fills the three lists of `event`, whose type has x86_lists, from a section of at least
 * X86_HEADER_BYTES; rows borrow from it. What it claims and does not have is told by
 * CPER_INCOMPLETE. Where the last whole structure ends is returned; -ENOBUFS.
 */
int x86_lists_fill(const struct cper_section *section, struct arena *arena,
		   struct event *event)
{
	uint64_t valid = load_le64(section->body);
	size_t claimed = bits(valid, 2, 7), claimed_contexts = bits(valid, 8, 13);
	size_t room = (section->len - X86_HEADER_BYTES) / ERROR_BYTES;
	size_t n = MIN(claimed, room), at = X86_HEADER_BYTES + n * ERROR_BYTES;
	struct value *row = event_rows_take(event, X86_LIST_ERRORS, n, arena);
	size_t n_contexts, n_registers, end;
	int r;

	if (!row)
		return -ENOBUFS;
	for (size_t i = 0; i < n; i++, row += ERROR_FIELDS) {
		r = fill_error(section->body + X86_HEADER_BYTES + i * ERROR_BYTES, row,
			       arena);
		if (r < 0)
			return r;
	}
	end = walk_contexts(section, at, claimed_contexts, &n_contexts, &n_registers);
	if (n < claimed || n_contexts < claimed_contexts)
		event->detail[CPER_INCOMPLETE] = value_int(1);
	r = fill_contexts(section, at, n_contexts, n_registers, arena, event);
	return r < 0 ? r : (int)end;
}
