// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * A processor error that firmware reported: the section of UEFI N.2.4.4, from arm_event
 * (include/ras/ras_event.h), as bytes, and in the kernel's log. Older kernels' event has
 * the section's header only, and the log is where its errors are; newer ones give all of
 * it, cut in three pieces whose lengths are not to be trusted (see cper/arm.c). Which one
 * it is shows in the fields.
 */

#include "event/handler.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "cper/arm_lists.h"
#include "cper/arm_log.h"
#include "cper/fields.h"
#include "cper/log_event.h"
#include "util/bytes.h"

enum {
	MPIDR = CPER_COLUMNS,
	MIDR,
	RUNNING_STATE,
	PSCI_STATE,
	AFFINITY,
	SEV,
	CPU,
	PEI_BUF,
	CTX_BUF,
	OEM_BUF,
	VENDOR,
	TORN,
	FIELDS
};

static const struct field fields[FIELDS] = {
	CPER_COLUMN_FIELDS,
	[MPIDR] = { .name = "mpidr", .kernel = "mpidr", .kind = FIELD_HEX },
	[MIDR] = { .name = "midr", .kernel = "midr", .kind = FIELD_HEX },
	[RUNNING_STATE] = { .name = "running_state",
			    .kernel = "running_state",
			    .kind = FIELD_HEX },
	[PSCI_STATE] = { .name = "psci_state",
			 .kernel = "psci_state",
			 .kind = FIELD_HEX },
	[AFFINITY] = { .name = "affinity_level",
		       .kernel = "affinity",
		       .kind = FIELD_UINT },
	[SEV] = { .name = "ghes_severity",
		  .kernel = "sev",
		  .kind = FIELD_UINT,
		  .optional = true },
	[CPU] = { .name = "cpu", .kernel = "cpu", .kind = FIELD_INT, .optional = true },
	[PEI_BUF] = { .kernel = "pei_buf", .kind = FIELD_BYTES, .optional = true },
	[CTX_BUF] = { .kernel = "ctx_buf", .kind = FIELD_BYTES, .optional = true },
	[OEM_BUF] = { .kernel = "oem_buf", .kind = FIELD_BYTES, .optional = true },
	[VENDOR] = { .name = "vendor_bytes", .kind = FIELD_BYTES },
	[TORN] = { .name = "lengths_lie", .kind = FIELD_FLAG },
};

/* What the kernel writes for a field that the record marks as not valid. */
static void drop_invalid(struct value *value, uint64_t invalid)
{
	if (value->kind == VALUE_INT && (uint64_t)value->i == invalid)
		value->kind = VALUE_NONE;
}

static size_t append(uint8_t *to, size_t at, const struct value *piece)
{
	if (piece->kind == VALUE_BYTES) {
		memcpy(to + at, piece->bytes, piece->len);
		at += piece->len;
	}
	return at;
}

static enum component component_of(unsigned int types)
{
	if (types & ARM_ERROR_CACHE)
		return COMPONENT_CACHE;
	if (types & ARM_ERROR_TLB)
		return COMPONENT_TLB;
	if (types & ARM_ERROR_BUS)
		return COMPONENT_BUS;
	return COMPONENT_CPU;
}

/* What the event is about: the first error's component, the first address any of them
 * has. */
static void sum_up(struct event *event, const struct arm_body *body)
{
	for (size_t i = 0; i < body->n_errors; i++) {
		struct arm_error_info error;

		arm_body_error(body, i, &error);
		if (i == 0)
			event->component = component_of(error.type);
		if (error.valid & ARM_VALID_PHYSICAL_ADDRESS) {
			event_set_address(event, ADDRESS_PHYSICAL,
					  error.physical_address);
			return;
		}
		if (error.valid & ARM_VALID_VIRTUAL_ADDRESS && !event->address_kind)
			event_set_address(event, ADDRESS_VIRTUAL, error.virtual_address);
	}
}

/* What is the same wherever the body comes from. */
static int use_body(struct event *event, const struct arm_body *body, struct arena *arena)
{
	if (body->vendor_at < body->len)
		event->detail[VENDOR] = value_bytes(body->bytes + body->vendor_at,
						    body->len - body->vendor_at);
	/* the log only shows that something is missing */
	if (!body->told)
		event->detail[TORN] = value_int(body->torn);
	else if (body->torn)
		event->detail[CPER_INCOMPLETE] = value_int(1);
	sum_up(event, body);
	return arm_lists_fill(event, body, value_as_uint(&event->detail[MIDR]), arena);
}

static int decode_body(const struct record *record, struct event *event)
{
	const struct value *detail = event->detail;
	size_t len =
		(size_t)detail[PEI_BUF].len + detail[CTX_BUF].len + detail[OEM_BUF].len;
	uint8_t *bytes = arena_take(record->arena, len);
	struct arm_body body;
	size_t at;

	if (!bytes)
		return -ENOBUFS;
	at = append(bytes, 0, &detail[PEI_BUF]);
	at = append(bytes, at, &detail[CTX_BUF]);
	at = append(bytes, at, &detail[OEM_BUF]);
	arm_body_parse(bytes, at, detail[PEI_BUF].len, detail[CTX_BUF].len, &body);
	return use_body(event, &body, record->arena);
}

static int decode(const struct record *record, struct event *event)
{
	struct value *detail = event->detail;

	drop_invalid(&detail[MPIDR], 0);
	drop_invalid(&detail[AFFINITY], 0xff);
	drop_invalid(&detail[RUNNING_STATE], 0xffffffff);
	drop_invalid(&detail[PSCI_STATE], 0xffffffff);
	drop_invalid(&detail[CPU], (uint64_t)-1);
	event->component = COMPONENT_CPU;
	if (detail[CPU].kind == VALUE_INT)
		event->cpu = (int32_t)detail[CPU].i;
	if (detail[SEV].kind == VALUE_INT)
		event->severity = severity_from_ghes((unsigned int)detail[SEV].i);
	if (detail[PEI_BUF].kind == VALUE_BYTES) {
		int r = decode_body(record, event);

		if (r < 0)
			return r;
	}
	return 1;
}

/* --- the section --- */

/* Validation bits by number, UEFI table N.16; all else always means something. */
static const struct cper_field header[] = {
	{ AFFINITY, 1, 1, 12 },	      { MPIDR, 0, 8, 16 },
	{ MIDR, CPER_ALWAYS, 8, 24 }, { RUNNING_STATE, 2, 4, 32 },
	{ PSCI_STATE, 2, 4, 36 },
};

/*
 * Where the section says that it ends, or the bytes do. A length that leaves no room for
 * the errors, or leaves out bytes that are not padding, is not believed.
 */
static size_t find_end(const struct cper_section *section, struct event *event)
{
	size_t len = load_le32(section->body + 8);
	size_t errors_end = ARM_HEADER_BYTES +
			    (size_t)load_le16(section->body + 4) * ARM_ERROR_INFO_BYTES;

	if (len > section->len) {
		event->detail[CPER_INCOMPLETE] = value_int(1);
		return section->len;
	}
	for (size_t i = len; i < section->len; i++)
		if (section->body[i] || len < errors_end) {
			event->detail[TORN] = value_int(1);
			return section->len;
		}
	return len;
}

static int decode_section(const struct cper_section *section, struct arena *arena,
			  struct event *event)
{
	const uint8_t *bytes = section->body;
	struct arm_body body;
	size_t end;
	int r;

	if (section->len < ARM_HEADER_BYTES)
		return -EBADMSG;
	r = cper_columns_fill(section, arena, event);
	if (r < 0)
		return r;
	event->component = COMPONENT_CPU;
	cper_fields_fill(header, ARRAY_SIZE(header), section, load_le32(bytes), event);
	end = find_end(section, event);
	arm_body_parse_counted(bytes + ARM_HEADER_BYTES, end - ARM_HEADER_BYTES,
			       load_le16(bytes + 4), load_le16(bytes + 6), &body);
	body.torn |= event->detail[TORN].kind == VALUE_INT;
	r = use_body(event, &body, arena);
	return r < 0 ? r : 1;
}

/* --- the log --- */

static int decode_log(const struct cper_log_section *section, struct arena *arena,
		      struct event *event)
{
	static const struct {
		size_t column;
		const char *name;
	} names[] = {
		{ MIDR, "MIDR" },
		{ MPIDR, "Multiprocessor Affinity Register (MPIDR)" },
		{ AFFINITY, "error affinity level" },
		{ RUNNING_STATE, "running state" },
		{ PSCI_STATE, "Power State Coordination Interface state" },
	};
	struct arm_body body;

	if (strcmp(section->type, "ARM processor error"))
		return 0;
	cper_log_columns_fill(section, arena, event);
	event->component = COMPONENT_CPU;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		event->detail[names[i].column] = cper_log_number(section, names[i].name);
	if (arm_log_body(section, arena, &body) < 0 || use_body(event, &body, arena) < 0)
		event->detail[CPER_INCOMPLETE] = value_int(1);
	return 1;
}

/* --- for people --- */

static void add_errors(const struct event *event, struct text *out)
{
	const struct list *errors = &event->lists[ARM_LIST_ERRORS];
	size_t n_fields = arm_lists[ARM_LIST_ERRORS].n_fields;

	for (size_t i = 0; i < errors->n_rows; i++) {
		const struct value *type = &errors->values[i * n_fields];

		text_add(out, "%s", i ? " + " : "");
		if (type->kind == VALUE_TEXT)
			text_add_escaped(out, type->text, type->len);
		else
			text_add(out, "unknown");
	}
	text_add(out, " error%s", errors->n_rows > 1 ? "s" : "");
}

static void describe(const struct event *event, struct text *out)
{
	const struct value *detail = event->detail;

	if (event->lists[ARM_LIST_ERRORS].n_rows)
		add_errors(event, out);
	else
		text_add(out, "processor error");
	if (event->cpu >= 0)
		text_add(out, " on CPU %d", event->cpu);
	if (detail[MPIDR].kind == VALUE_INT)
		text_add(out, ", MPIDR %#" PRIx64, value_as_uint(&detail[MPIDR]));
	if (detail[MIDR].kind == VALUE_INT)
		text_add(out, ", MIDR %#" PRIx64, value_as_uint(&detail[MIDR]));
	if (detail[RUNNING_STATE].kind == VALUE_INT)
		text_add(out, ", %s",
			 detail[RUNNING_STATE].i & 1 ? "running" : "not running");
	if (event->address_kind)
		text_add(out, ", %s address %#" PRIx64,
			 address_kind_name(event->address_kind), event->address);
}

static uint64_t identity(const struct event *event)
{
	const struct value *detail = event->detail;
	const uint64_t numbers[] = { value_as_uint(&detail[MPIDR]),
				     value_as_uint(&detail[MIDR]) };

	return event_identity("arm", numbers, ARRAY_SIZE(numbers));
}

static const struct event_type type = {
	.name = "arm",
	.table = "arm",
	.fields = fields,
	.n_fields = FIELDS,
	.lists = arm_lists,
	.n_lists = ARM_LIST_MAX,
	.describe = describe,
	.identity = identity,
};

const struct handler handler_arm = {
	.type = &type,
	.tracepoints = { { "ras:arm_event" } },
	.ring = RING_HARDWARE,
	.decode = decode,
	.sections = { GUID(0xe19e3d16, 0xbc11, 0x11e4, 0x9c, 0xaa, 0xc2, 0x05, 0x1d, 0x5d,
			   0x46, 0xb0) },
	.decode_section = decode_section,
	.decode_log = decode_log,
};
