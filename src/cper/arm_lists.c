// SPDX-License-Identifier: LGPL-2.1-or-later

#include "cper/arm_lists.h"

#include <errno.h>
#include <string.h>

#include "cper/ampere.h"
#include "util/bytes.h"

enum {
	ERROR_TYPE,
	ERROR_TYPE_RAW,
	ERROR_VERSION,
	ERROR_LENGTH,
	ERROR_VALID,
	ERROR_MULTIPLE,
	ERROR_FIRST,
	ERROR_LAST,
	ERROR_PROPAGATED,
	ERROR_OVERFLOW,
	ERROR_INFO,
	ERROR_VIRTUAL_ADDRESS,
	ERROR_PHYSICAL_ADDRESS,
	ERROR_TRANSACTION,
	ERROR_OPERATION,
	ERROR_LEVEL,
	ERROR_CONTEXT_CORRUPT,
	ERROR_CORRECTED,
	ERROR_PRECISE_PC,
	ERROR_RESTARTABLE_PC,
	ERROR_PARTICIPATION,
	ERROR_TIMEOUT,
	ERROR_ADDRESS_SPACE,
	ERROR_MEMORY_ATTRIBUTES,
	ERROR_ACCESS_MODE,
	ERROR_FIELDS
};

static const struct field error_fields[ERROR_FIELDS] = {
	[ERROR_TYPE] = { .name = "type", .kind = FIELD_TEXT },
	[ERROR_TYPE_RAW] = { .name = "type_raw", .kind = FIELD_UINT },
	[ERROR_VERSION] = { .name = "version", .kind = FIELD_UINT },
	[ERROR_LENGTH] = { .name = "length", .kind = FIELD_UINT },
	[ERROR_VALID] = { .name = "validation", .kind = FIELD_HEX },
	[ERROR_MULTIPLE] = { .name = "multiple_error", .kind = FIELD_UINT },
	[ERROR_FIRST] = { .name = "first_error", .kind = FIELD_FLAG },
	[ERROR_LAST] = { .name = "last_error", .kind = FIELD_FLAG },
	[ERROR_PROPAGATED] = { .name = "propagated", .kind = FIELD_FLAG },
	[ERROR_OVERFLOW] = { .name = "overflow", .kind = FIELD_FLAG },
	[ERROR_INFO] = { .name = "error_info", .kind = FIELD_HEX },
	[ERROR_VIRTUAL_ADDRESS] = { .name = "virtual_address", .kind = FIELD_HEX },
	[ERROR_PHYSICAL_ADDRESS] = { .name = "physical_address", .kind = FIELD_HEX },
	[ERROR_TRANSACTION] = { .name = "transaction_type", .kind = FIELD_TEXT },
	[ERROR_OPERATION] = { .name = "operation", .kind = FIELD_TEXT },
	[ERROR_LEVEL] = { .name = "level", .kind = FIELD_UINT },
	[ERROR_CONTEXT_CORRUPT] = { .name = "context_corrupt", .kind = FIELD_FLAG },
	[ERROR_CORRECTED] = { .name = "corrected", .kind = FIELD_FLAG },
	[ERROR_PRECISE_PC] = { .name = "precise_pc", .kind = FIELD_FLAG },
	[ERROR_RESTARTABLE_PC] = { .name = "restartable_pc", .kind = FIELD_FLAG },
	[ERROR_PARTICIPATION] = { .name = "participation", .kind = FIELD_TEXT },
	[ERROR_TIMEOUT] = { .name = "timeout", .kind = FIELD_FLAG },
	[ERROR_ADDRESS_SPACE] = { .name = "address_space", .kind = FIELD_TEXT },
	[ERROR_MEMORY_ATTRIBUTES] = { .name = "memory_attributes", .kind = FIELD_HEX },
	[ERROR_ACCESS_MODE] = { .name = "access_mode", .kind = FIELD_TEXT },
};

enum {
	CONTEXT_TYPE,
	CONTEXT_SET,
	CONTEXT_VERSION,
	CONTEXT_SIZE,
	CONTEXT_UNKNOWN,
	CONTEXT_FIELDS
};

static const struct field context_fields[CONTEXT_FIELDS] = {
	[CONTEXT_TYPE] = { .name = "type", .kind = FIELD_UINT },
	[CONTEXT_SET] = { .name = "register_set", .kind = FIELD_TEXT },
	[CONTEXT_VERSION] = { .name = "version", .kind = FIELD_UINT },
	[CONTEXT_SIZE] = { .name = "size", .kind = FIELD_UINT },
	[CONTEXT_UNKNOWN] = { .name = "unknown_registers", .kind = FIELD_BYTES },
};

enum { REGISTER_CONTEXT, REGISTER_NAME, REGISTER_VALUE, REGISTER_FIELDS };

static const struct field register_fields[REGISTER_FIELDS] = {
	[REGISTER_CONTEXT] = { .name = "context", .kind = FIELD_UINT },
	[REGISTER_NAME] = { .name = "name", .kind = FIELD_TEXT },
	[REGISTER_VALUE] = { .name = "value", .kind = FIELD_HEX },
};

const struct list_type arm_lists[ARM_LIST_MAX] = {
	[ARM_LIST_ERRORS] = { .name = "errors",
			      .table = "arm_error",
			      .fields = error_fields,
			      .n_fields = ERROR_FIELDS },
	[ARM_LIST_CONTEXTS] = { .name = "contexts",
				.table = "arm_context",
				.fields = context_fields,
				.n_fields = CONTEXT_FIELDS },
	[ARM_LIST_REGISTERS] = { .name = "registers",
				 .table = "arm_register",
				 .fields = register_fields,
				 .n_fields = REGISTER_FIELDS },
	[ARM_LIST_VENDOR] = { .name = "vendor",
			      .table = "arm_vendor",
			      .fields = ampere_row_fields,
			      .n_fields = AMPERE_ROW_FIELDS },
};

static struct value type_text(unsigned int type, struct arena *arena)
{
	static const struct {
		unsigned int bit;
		const char *name;
	} names[] = { { ARM_ERROR_CACHE, "cache" },
		      { ARM_ERROR_TLB, "tlb" },
		      { ARM_ERROR_BUS, "bus" },
		      { ARM_ERROR_MICRO_ARCH, "micro-architectural" } };
	char joined[64] = "";
	struct text text = TEXT_IN(joined);

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (type & names[i].bit)
			text_add(&text, "%s%s", text.len ? "," : "", names[i].name);
	return value_text(text.len ? arena_copy_text(arena, joined, text.len) : NULL);
}

static struct value flag_if(bool valid, uint64_t error_info, unsigned int bit)
{
	return valid ? value_uint(bits(error_info, bit, bit)) :
		       (struct value){ .kind = VALUE_NONE };
}

static struct value text_if(bool valid, const char *text)
{
	return value_text(valid ? text : NULL);
}

/* The part that only bus errors have, bits 29 to 43. */
static void fill_bus_info(uint64_t info, struct value *row)
{
	row[ERROR_PARTICIPATION] =
		text_if(info & ARM_INFO_PARTICIPATION, arm_info_participation(info));
	row[ERROR_TIMEOUT] = flag_if(info & ARM_INFO_TIMEOUT, info, 31);
	row[ERROR_ADDRESS_SPACE] =
		text_if(info & ARM_INFO_ADDRESS_SPACE, arm_info_address_space(info));
	if (info & ARM_INFO_MEMORY_ATTRIBUTES)
		row[ERROR_MEMORY_ATTRIBUTES] = value_uint(bits(info, 34, 42));
	row[ERROR_ACCESS_MODE] = text_if(info & ARM_INFO_ACCESS_MODE,
					 bits(info, 43, 43) ? "normal" : "secure");
}

static void fill_error_info(const struct arm_error_info *error, struct value *row)
{
	uint64_t info = error->error_info;

	row[ERROR_INFO] = value_uint(info);
	if (!(error->type & (ARM_ERROR_CACHE | ARM_ERROR_TLB | ARM_ERROR_BUS)))
		return; /* all 64 bits are the vendor's */
	row[ERROR_TRANSACTION] =
		text_if(info & ARM_INFO_TRANSACTION, arm_info_transaction(info));
	row[ERROR_OPERATION] =
		text_if(info & ARM_INFO_OPERATION, arm_info_operation(error->type, info));
	if (info & ARM_INFO_LEVEL)
		row[ERROR_LEVEL] = value_uint(bits(info, 22, 24));
	row[ERROR_CONTEXT_CORRUPT] = flag_if(info & ARM_INFO_CONTEXT_CORRUPT, info, 25);
	row[ERROR_CORRECTED] = flag_if(info & ARM_INFO_CORRECTED, info, 26);
	row[ERROR_PRECISE_PC] = flag_if(info & ARM_INFO_PRECISE_PC, info, 27);
	row[ERROR_RESTARTABLE_PC] = flag_if(info & ARM_INFO_RESTARTABLE_PC, info, 28);
	if (error->type & ARM_ERROR_BUS)
		fill_bus_info(info, row);
}

static void fill_error(const struct arm_error_info *error, struct value *row,
		       struct arena *arena)
{
	bool has_flags = error->valid & ARM_VALID_FLAGS;

	row[ERROR_TYPE] = type_text(error->type, arena);
	row[ERROR_TYPE_RAW] = value_uint(error->type_raw);
	row[ERROR_VERSION] = value_uint(error->version);
	row[ERROR_LENGTH] = value_uint(error->length);
	row[ERROR_VALID] = value_uint(error->valid);
	if (error->valid & ARM_VALID_MULTIPLE_ERROR)
		row[ERROR_MULTIPLE] = value_uint(error->multiple_error);
	row[ERROR_FIRST] = flag_if(has_flags, error->flags, 0);
	row[ERROR_LAST] = flag_if(has_flags, error->flags, 1);
	row[ERROR_PROPAGATED] = flag_if(has_flags, error->flags, 2);
	row[ERROR_OVERFLOW] = flag_if(has_flags, error->flags, 3);
	if (error->valid & ARM_VALID_ERROR_INFO)
		fill_error_info(error, row);
	if (error->valid & ARM_VALID_VIRTUAL_ADDRESS)
		row[ERROR_VIRTUAL_ADDRESS] = value_uint(error->virtual_address);
	if (error->valid & ARM_VALID_PHYSICAL_ADDRESS)
		row[ERROR_PHYSICAL_ADDRESS] = value_uint(error->physical_address);
}

/* Of an error that the log told of, these are not known. */
static void forget_layout(struct value *row)
{
	row[ERROR_VERSION].kind = VALUE_NONE;
	row[ERROR_LENGTH].kind = VALUE_NONE;
	row[ERROR_VALID].kind = VALUE_NONE;
}

static void fill_context(const struct arm_context *context, struct value *row)
{
	row[CONTEXT_TYPE] = value_uint(context->type);
	row[CONTEXT_SET] = value_text(arm_context_name(context->type));
	row[CONTEXT_VERSION] = value_uint(context->version);
	row[CONTEXT_SIZE] = value_uint(context->size);
	if (!arm_context_n_registers(context))
		row[CONTEXT_UNKNOWN] = value_bytes(context->registers, context->size);
}

/* Nor is a context's version; of one that the kernel did not print, nothing is. */
static void forget_context(const struct arm_context *context, struct value *row)
{
	row[CONTEXT_VERSION].kind = VALUE_NONE;
	if (context->type == ARM_CONTEXT_NOT_TOLD)
		row[CONTEXT_TYPE].kind = VALUE_NONE;
	if (context->size)
		return;
	row[CONTEXT_SIZE].kind = VALUE_NONE;
	row[CONTEXT_UNKNOWN].kind = VALUE_NONE;
}

/* Returns the row behind the last one written, or NULL if the arena is full. */
static struct value *fill_registers(const struct arm_context *context, size_t number,
				    struct value *row, struct arena *arena)
{
	size_t n = arm_context_n_registers(context);

	for (size_t i = 0; i < n; i++, row += REGISTER_FIELDS) {
		char buf[ARM_REGISTER_NAME_BYTES];
		const char *name;

		row[REGISTER_CONTEXT] = value_uint(number);
		row[REGISTER_VALUE] =
			value_uint(arm_context_register(context, i, buf, &name));
		if (name == buf)
			name = arena_copy_text(arena, buf, strlen(buf));
		if (!name)
			return NULL;
		row[REGISTER_NAME] = value_text(name);
	}
	return row;
}

static size_t count_registers(const struct arm_body *body)
{
	struct arm_context context;
	size_t at = body->contexts_at, n = 0;

	for (size_t i = 0; i < body->n_contexts; i++) {
		at = arm_body_context(body, at, &context);
		n += arm_context_n_registers(&context);
	}
	return n;
}

static int fill_contexts(struct event *event, const struct arm_body *body,
			 struct arena *arena)
{
	struct value *row =
		event_rows_take(event, ARM_LIST_CONTEXTS, body->n_contexts, arena);
	struct value *reg =
		event_rows_take(event, ARM_LIST_REGISTERS, count_registers(body), arena);
	size_t at = body->contexts_at;

	if (!row || !reg)
		return -ENOBUFS;
	for (size_t i = 0; i < body->n_contexts; i++, row += CONTEXT_FIELDS) {
		struct arm_context context;

		at = arm_body_context(body, at, &context);
		fill_context(&context, row);
		if (body->told)
			forget_context(&context, row);
		reg = fill_registers(&context, i, reg, arena);
		if (!reg)
			return -ENOBUFS;
	}
	return 0;
}

/*
 * Fills the lists of `event`, whose type has arm_lists; the rows borrow the body. Whose
 * the vendor's bytes are goes by MIDR (0: not told). -ENOBUFS: the arena is too small for
 * all of it.
 */
int arm_lists_fill(struct event *event, const struct arm_body *body, uint64_t midr,
		   struct arena *arena)
{
	struct value *row =
		event_rows_take(event, ARM_LIST_ERRORS, body->n_errors, arena);

	if (!row)
		return -ENOBUFS;
	for (size_t i = 0; i < body->n_errors; i++, row += ERROR_FIELDS) {
		struct arm_error_info error;

		arm_body_error(body, i, &error);
		fill_error(&error, row, arena);
		if (body->told)
			forget_layout(row);
	}
	if (fill_contexts(event, body, arena) < 0)
		return -ENOBUFS;
	return ampere_rows_fill(midr, body->bytes + body->vendor_at,
				body->len - body->vendor_at, ARM_LIST_VENDOR, arena,
				event);
}
