// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * The log has the numbers of a section nearly as they were: each error's type byte, its
 * flags, error_info whole (the words below it say no more) and addresses; the registers
 * of each context and the vendor's bytes as hex dumps. So the body is written anew from
 * them, and read by what reads any other.
 */

#include "cper/arm_log.h"

#include <errno.h>
#include <string.h>

#include "cper/log_event.h"
#include "util/macro.h"

/* Of an error information structure, UEFI table N.17. */
enum {
	VALID_AT = 2,
	TYPE_AT = 4,
	MULTIPLE_AT = 5,
	FLAGS_AT = 7,
	INFO_AT = 8,
	VIRTUAL_AT = 16,
	PHYSICAL_AT = 24
};

/* What the next lines are about. */
enum part { IN_HEAD, IN_ERROR, IN_CONTEXT, IN_VENDOR };

struct builder {
	uint8_t *bytes;
	size_t len;
	size_t start;  /* of the present structure */
	size_t dumped; /* bytes of it from hex dumps */
	enum part part;
	struct arm_body *body;
};

static void put(uint8_t *to, uint64_t number, size_t width)
{
	for (size_t i = 0; i < width; i++)
		to[i] = (uint8_t)(number >> (8 * i));
}

static bool starts(const char *line, const char *words)
{
	return !strncmp(line, words, strlen(words));
}

static void begin_part(struct builder *builder, enum part part, size_t head_bytes)
{
	builder->part = part;
	builder->start = builder->len;
	builder->dumped = 0;
	memset(builder->bytes + builder->len, 0, head_bytes);
	builder->len += head_bytes;
}

/* Each of the three begins with a line of its own; errors come first, then contexts. */
static bool take_beginning(struct builder *builder, const char *line)
{
	struct arm_body *body = builder->body;

	if (starts(line, "Error info structure ") && builder->part <= IN_ERROR) {
		begin_part(builder, IN_ERROR, ARM_ERROR_INFO_BYTES);
		builder->bytes[builder->start + 1] = ARM_ERROR_INFO_BYTES;
		body->n_errors++;
		body->contexts_at = body->vendor_at = builder->len;
	} else if (starts(line, "Context info structure ") &&
		   builder->part <= IN_CONTEXT) {
		begin_part(builder, IN_CONTEXT, ARM_CONTEXT_HEADER_BYTES);
		put(builder->bytes + builder->start + 2, ARM_CONTEXT_NOT_TOLD, 2);
		body->n_contexts++;
		body->vendor_at = builder->len;
	} else if (starts(line, "Vendor specific error info has ")) {
		begin_part(builder, IN_VENDOR, 0);
	} else {
		return false;
	}
	return true;
}

/* --- an error's lines --- */

static void set_valid(uint8_t *error, uint16_t bits)
{
	error[VALID_AT] |= (uint8_t)bits;
}

static bool take_flag(uint8_t *error, const char *line)
{
	static const char *const flags[] = { "first error captured",
					     "last error captured",
					     "propagated error captured",
					     "overflow occurred" };

	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		if (starts(line, flags[i])) {
			error[FLAGS_AT] |= (uint8_t)(1 << i);
			set_valid(error, ARM_VALID_FLAGS);
			return true;
		}
	return false;
}

/*
 * "0x02: cache error", or "0, cache error" of older kernels. The kernel says one error
 * more than the record, and says so whether that number is valid or not: only where there
 * were several it is known to be.
 */
static void take_error_line(uint8_t *error, const char *line)
{
	static const struct {
		const char *name;
		size_t at, width;
		uint16_t valid;
	} numbers[] = {
		{ "error_info: ", INFO_AT, 8, ARM_VALID_ERROR_INFO },
		{ "virtual fault address: ", VIRTUAL_AT, 8, ARM_VALID_VIRTUAL_ADDRESS },
		{ "physical fault address: ", PHYSICAL_AT, 8,
		  ARM_VALID_PHYSICAL_ADDRESS },
		{ "error_type: ", TYPE_AT, 1, 0 },
		{ "num errors: ", MULTIPLE_AT, 2, 0 },
	};

	if (take_flag(error, line))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		const char *at = line + strlen(numbers[i].name);
		struct value number;

		if (!starts(line, numbers[i].name))
			continue;
		number = cper_log_number_between(at, at + strcspn(at, ":,"));
		if (number.kind != VALUE_INT)
			return;
		if (numbers[i].at == MULTIPLE_AT) {
			if (number.i <= 1 || number.i > UINT16_MAX + 1)
				return;
			number.i--;
			set_valid(error, ARM_VALID_MULTIPLE_ERROR);
		}
		put(error + numbers[i].at, value_as_uint(&number), numbers[i].width);
		set_valid(error, numbers[i].valid);
		return;
	}
}

/* --- registers and the vendor's bytes --- */

static bool take_context_type(uint8_t *context, const char *line)
{
	static const char type_words[] = "register context type: ";
	static const char invalid_words[] = "Invalid context type: ";
	static const char *const types[] = {
		"AArch32 general", "AArch32 EL1",     "AArch32 EL2",
		"AArch32 secure",  "AArch64 general", "AArch64 EL1",
		"AArch64 EL2",	   "AArch64 EL3",     "Misc",
	};

	if (starts(line, invalid_words)) {
		const char *at = line + strlen(invalid_words);
		struct value type = cper_log_number_between(at, at + strcspn(at, " "));

		if (type.kind == VALUE_INT)
			put(context + 2, value_as_uint(&type), 2);
		return true;
	}
	if (!starts(line, type_words))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (starts(line + strlen(type_words), types[i]))
			put(context + 2, i, 2);
	return true;
}

/* A line that is missing ends the dump, or what follows would be taken for it. */
static bool take_dump(struct builder *builder, const char *line)
{
	uint8_t bytes[CPER_LOG_DUMP_BYTES];
	uint64_t offset;
	size_t n = cper_log_dump_line(line, &offset, bytes);

	if (!n)
		return false;
	if (offset != builder->dumped) {
		builder->body->torn = true;
		return true;
	}
	memcpy(builder->bytes + builder->len, bytes, n);
	builder->len += n;
	builder->dumped += n;
	if (builder->part != IN_CONTEXT)
		return true;
	put(builder->bytes + builder->start + 4, builder->dumped, 4);
	builder->body->vendor_at = builder->len;
	return true;
}

/*
 * The kernel's own words for a section whose lengths lie. Kernel 7.3 has them for right
 * ones, too: it wants a context padded to 16 bytes. Either way it printed no more.
 */
static bool is_complaint(const char *line)
{
	return starts(line, "section length") || starts(line, "firmware-generated") ||
	       starts(line, "Invalid context type");
}

static void take_line(struct builder *builder, const char *line)
{
	uint8_t *structure = builder->bytes + builder->start;

	if (is_complaint(line))
		builder->body->torn = true;
	if (take_beginning(builder, line) || builder->part == IN_HEAD)
		return;
	if (builder->part == IN_ERROR)
		take_error_line(structure, line);
	else if (builder->part != IN_CONTEXT || !take_context_type(structure, line))
		take_dump(builder, line);
}

/*
 * The body is in the arena. Its `torn` says that the log does not have all of it: lines
 * are missing, or the kernel stopped since it found lengths wrong. -ENOBUFS.
 */
int arm_log_body(const struct cper_log_section *section, struct arena *arena,
		 struct arm_body *ret)
{
	/* no line makes more bytes than an error information structure has */
	struct builder builder = {
		.bytes = arena_take(arena, section->n_lines * ARM_ERROR_INFO_BYTES),
		.body = ret
	};

	*ret = (struct arm_body){ .bytes = builder.bytes,
				  .context_align = 1,
				  .torn = section->n_lines_lost > 0,
				  .told = true };
	if (!builder.bytes)
		return -ENOBUFS;
	for (size_t i = 0; i < section->n_lines; i++)
		take_line(&builder, section->lines[i]);
	ret->len = builder.len;
	return 0;
}
