// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * NVIDIA Vera and later: a head of 32 bytes, what kind of device it was (of a CPU:
 * which), and contexts, each with registers in one of a few formats. Layout: struct
 * cper_sec_nvidia_vera_event and its neighbours in the ghes-nvidia.c that NVIDIA proposed
 * for Linux, and what OpenBMC's libcper says of paddings and of the kinds of devices.
 */

#include "event/handler.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "cper/layout.h"

#define HEAD_BYTES	   32
#define INFO_LEAST_BYTES   3 /* its version and its size */
#define CPU_INFO_BYTES	   32
#define CONTEXT_HEAD_BYTES 16
#define SIGNATURE_AT	   16
#define SIGNATURE_BYTES	   16
#define SERIAL_AT	   (HEAD_BYTES + 8)
#define SERIAL_BYTES	   16

#define KNOWN_VERSION  1
#define DEVICE_CPU     0
#define CPU_INFO_MAJOR 0 /* of the CPU's info that is known */

enum {
	TABLE_VERSION = CPER_COLUMNS,
	CONTEXT_COUNT,
	DEVICE,
	DEVICE_TEXT,
	EVENT_TYPE,
	EVENT_SUBTYPE,
	LINK_ID,
	SIGNATURE,
	INFO_VERSION,
	INFO_SIZE,
	SOCKET,
	ARCHITECTURE,
	SERIAL,
	INSTANCE_BASE,
	DEVICE_INFO,
	UNDECODED,
	FIELDS
};

static const struct field fields[FIELDS] = {
	CPER_COLUMN_FIELDS,
	[TABLE_VERSION] = { .name = "version", .kind = FIELD_UINT },
	[CONTEXT_COUNT] = { .name = "context_count", .kind = FIELD_UINT },
	[DEVICE] = { .name = "device_type", .kind = FIELD_UINT },
	[DEVICE_TEXT] = { .name = "device_type_text", .kind = FIELD_TEXT },
	[EVENT_TYPE] = { .name = "event_type", .kind = FIELD_UINT },
	[EVENT_SUBTYPE] = { .name = "event_subtype", .kind = FIELD_UINT },
	[LINK_ID] = { .name = "link_id", .kind = FIELD_HEX },
	[SIGNATURE] = { .name = "signature", .kind = FIELD_TEXT },
	[INFO_VERSION] = { .name = "info_version", .kind = FIELD_HEX },
	[INFO_SIZE] = { .name = "info_size", .kind = FIELD_UINT },
	[SOCKET] = { .name = "socket", .kind = FIELD_UINT },
	[ARCHITECTURE] = { .name = "architecture", .kind = FIELD_HEX },
	[SERIAL] = { .name = "chip_serial_number", .kind = FIELD_BYTES },
	[INSTANCE_BASE] = { .name = "instance_base", .kind = FIELD_HEX },
	[DEVICE_INFO] = { .name = "device_info", .kind = FIELD_BYTES },
	[UNDECODED] = { .name = "undecoded", .kind = FIELD_BYTES },
};

enum {
	CONTEXT_SIZE,
	CONTEXT_VERSION,
	CONTEXT_FORMAT,
	CONTEXT_FORMAT_VERSION,
	CONTEXT_DATA_SIZE,
	CONTEXT_OPAQUE,
	CONTEXT_FIELDS
};

static const struct field context_fields[CONTEXT_FIELDS] = {
	[CONTEXT_SIZE] = { .name = "size", .kind = FIELD_UINT },
	[CONTEXT_VERSION] = { .name = "version", .kind = FIELD_UINT },
	[CONTEXT_FORMAT] = { .name = "format", .kind = FIELD_UINT },
	[CONTEXT_FORMAT_VERSION] = { .name = "format_version", .kind = FIELD_UINT },
	[CONTEXT_DATA_SIZE] = { .name = "data_size", .kind = FIELD_UINT },
	[CONTEXT_OPAQUE] = { .name = "opaque", .kind = FIELD_BYTES },
};

enum { REGISTER_CONTEXT, REGISTER_ADDRESS, REGISTER_VALUE, REGISTER_FIELDS };

static const struct field register_fields[REGISTER_FIELDS] = {
	[REGISTER_CONTEXT] = { .name = "context", .kind = FIELD_UINT },
	[REGISTER_ADDRESS] = { .name = "address", .kind = FIELD_HEX },
	[REGISTER_VALUE] = { .name = "value", .kind = FIELD_HEX },
};

enum { LIST_CONTEXTS, LIST_REGISTERS, LIST_MAX };

static const struct list_type lists[LIST_MAX] = {
	[LIST_CONTEXTS] = { .name = "contexts",
			    .table = "vera_context",
			    .fields = context_fields,
			    .n_fields = CONTEXT_FIELDS },
	[LIST_REGISTERS] = { .name = "registers",
			     .table = "vera_register",
			     .fields = register_fields,
			     .n_fields = REGISTER_FIELDS },
};

static const char *const devices[] = { "CPU", "GPU", "DPU", "NIC", "switch", "BMC" };
static const struct layout_words device_words = LAYOUT_WORDS(devices);

static const struct layout_field head_places[] = {
	{ TABLE_VERSION, .at = 0, .width = 1 },
	{ CONTEXT_COUNT, .at = 1, .width = 1 },
	{ DEVICE, .at = 2, .width = 1, .text = DEVICE_TEXT, .words = &device_words },
	{ EVENT_TYPE, .at = 4, .width = 2 },
	{ EVENT_SUBTYPE, .at = 6, .width = 2 },
	{ LINK_ID, .at = 8, .width = 8 },
	{ INFO_VERSION, .at = HEAD_BYTES, .width = 2 },
	{ INFO_SIZE, .at = HEAD_BYTES + 2, .width = 1 },
};

static const struct layout head = {
	.size = HEAD_BYTES + INFO_LEAST_BYTES,
	.least = HEAD_BYTES,
	.fields = head_places,
	.n_fields = ARRAY_SIZE(head_places),
};

static const struct {
	size_t column, at, width;
} cpu_places[] = {
	{ SOCKET, HEAD_BYTES + 3, 1 },
	{ ARCHITECTURE, HEAD_BYTES + 4, 4 },
	{ INSTANCE_BASE, HEAD_BYTES + 24, 8 },
};

/* --- contexts --- */

struct context {
	uint64_t size, version, format, format_version, data_size;
	const uint8_t *data;
	size_t data_len; /* what there is of it */
};

/* Bytes of a number's address (or key) and of the number, by format. */
static const struct {
	uint8_t address, value;
} formats[] = { [1] = { 8, 8 }, [2] = { 4, 4 }, [3] = { 0, 8 }, [4] = { 0, 4 } };

/* 0: the format has none, or nobody knows it. */
static size_t entry_bytes(const struct context *context)
{
	if (context->format >= ARRAY_SIZE(formats))
		return 0;
	return (size_t)formats[context->format].address + formats[context->format].value;
}

static size_t n_registers(const struct context *context)
{
	size_t bytes = entry_bytes(context);

	return bytes ? context->data_len / bytes : 0;
}

/*
 * The context at body->end, which moves behind it; false if there is none. A size covers
 * head, data and padding; older records give the head's alone.
 */
static bool next_context(struct layout_body *body, struct context *ret)
{
	size_t at = body->end, room, size;

	if (!layout_read(body, at, 4, &ret->size) ||
	    !layout_read(body, at + 4, 2, &ret->version) ||
	    !layout_read(body, at + 8, 2, &ret->format) ||
	    !layout_read(body, at + 10, 2, &ret->format_version) ||
	    !layout_read(body, at + 12, 4, &ret->data_size))
		goto torn;
	size = CONTEXT_HEAD_BYTES + (size_t)ret->data_size;
	if (ret->size > CONTEXT_HEAD_BYTES) {
		if (ret->size < size)
			goto torn;
		size = (size_t)ret->size;
	} else if (ret->size < CONTEXT_HEAD_BYTES) {
		goto torn;
	}
	room = body->len - at - CONTEXT_HEAD_BYTES;
	ret->data = body->bytes + at + CONTEXT_HEAD_BYTES;
	ret->data_len = MIN((size_t)ret->data_size, room);
	body->cut |= size > body->len - at;
	body->end = at + MIN(size, body->len - at);
	return true;
torn:
	body->cut = true;
	body->end = at;
	return false;
}

static void fill_context(const struct context *context, struct value *row)
{
	row[CONTEXT_SIZE] = value_uint(context->size);
	row[CONTEXT_VERSION] = value_uint(context->version);
	row[CONTEXT_FORMAT] = value_uint(context->format);
	row[CONTEXT_FORMAT_VERSION] = value_uint(context->format_version);
	row[CONTEXT_DATA_SIZE] = value_uint(context->data_size);
}

/* Returns the row behind the last; what makes no whole number stays opaque. */
static struct value *fill_data(const struct context *context, uint64_t number,
			       struct value *context_row, struct value *row)
{
	size_t bytes = entry_bytes(context), n = n_registers(context), rest = n * bytes;
	struct layout_body data = { .bytes = context->data, .len = context->data_len };

	for (size_t i = 0; i < n; i++, row += REGISTER_FIELDS) {
		size_t address_width = formats[context->format].address;
		uint64_t address = 0, value = 0;

		layout_read(&data, i * bytes, address_width, &address);
		layout_read(&data, i * bytes + address_width, bytes - address_width,
			    &value);
		row[REGISTER_CONTEXT] = value_uint(number);
		if (address_width)
			row[REGISTER_ADDRESS] = value_uint(address);
		row[REGISTER_VALUE] = value_uint(value);
	}
	if (rest < context->data_len)
		context_row[CONTEXT_OPAQUE] =
			value_bytes(context->data + rest, context->data_len - rest);
	return row;
}

static int fill_contexts(struct layout_body *body, struct arena *arena,
			 struct event *event)
{
	uint64_t claimed = value_as_uint(&event->detail[CONTEXT_COUNT]);
	struct layout_body counting = *body;
	size_t n = 0, registers = 0;
	struct value *row, *register_row;
	struct context context;

	while (n < claimed && next_context(&counting, &context)) {
		registers += n_registers(&context);
		n++;
	}
	row = event_rows_take(event, LIST_CONTEXTS, n, arena);
	register_row = event_rows_take(event, LIST_REGISTERS, registers, arena);
	if (!row || !register_row)
		return -ENOBUFS;
	for (size_t i = 0; i < n; i++, row += CONTEXT_FIELDS) {
		next_context(body, &context);
		fill_context(&context, row);
		register_row = fill_data(&context, i, row, register_row);
	}
	body->cut |= counting.cut;
	return 0;
}

/* --- the section --- */

static void take_cpu(struct layout_body *body, struct event *event)
{
	struct value *detail = event->detail;

	for (size_t i = 0; i < ARRAY_SIZE(cpu_places); i++) {
		uint64_t number;

		if (layout_read(body, cpu_places[i].at, cpu_places[i].width, &number))
			detail[cpu_places[i].column] = value_uint(number);
	}
	detail[SERIAL] = value_bytes(body->bytes + SERIAL_AT, SERIAL_BYTES);
}

/* What lies between head and contexts. False: its size cannot be. */
static bool take_info(struct layout_body *body, struct event *event)
{
	size_t size = (size_t)value_as_uint(&event->detail[INFO_SIZE]);
	bool is_cpu = value_as_uint(&event->detail[DEVICE]) == DEVICE_CPU &&
		      value_as_uint(&event->detail[INFO_VERSION]) >> 8 == CPU_INFO_MAJOR;
	size_t known = is_cpu ? CPU_INFO_BYTES : INFO_LEAST_BYTES;
	size_t room = body->len - HEAD_BYTES;

	if (size < known)
		return false;
	if (is_cpu && room >= CPU_INFO_BYTES)
		take_cpu(body, event);
	else
		known = INFO_LEAST_BYTES;
	body->cut |= size > room;
	size = MIN(size, room);
	if (size > known)
		event->detail[DEVICE_INFO] =
			value_bytes(body->bytes + HEAD_BYTES + known, size - known);
	body->end = HEAD_BYTES + size;
	return true;
}

/* "socket1 SOCHUB" */
static void set_device(struct event *event, struct arena *arena)
{
	const struct value *detail = event->detail;
	char buf[48] = "";
	struct text device = TEXT_IN(buf);

	if (detail[SOCKET].kind == VALUE_INT)
		text_add(&device, "socket%" PRIu64 " ", value_as_uint(&detail[SOCKET]));
	text_add(&device, "%.*s", (int)detail[SIGNATURE].len, detail[SIGNATURE].text);
	if (device.len)
		layout_set_text(&event->device, &device, arena);
}

static int decode_section(const struct cper_section *section, struct arena *arena,
			  struct event *event)
{
	struct layout_body body;
	const char *signature;
	int r = layout_begin(&head, section, arena, event, &body);

	if (r < 0)
		return r;
	if (value_as_uint(&event->detail[TABLE_VERSION]) != KNOWN_VERSION)
		return -EBADMSG;
	signature = (const char *)body.bytes + SIGNATURE_AT;
	event->detail[SIGNATURE] =
		(struct value){ .kind = VALUE_TEXT,
				.len = (uint32_t)strnlen(signature, SIGNATURE_BYTES),
				.text = signature };
	if (event->detail[INFO_SIZE].kind == VALUE_INT) {
		if (!take_info(&body, event))
			return -EBADMSG;
		r = fill_contexts(&body, arena, event);
		if (r < 0)
			return r;
	}
	set_device(event, arena);
	layout_end(&body, UNDECODED, event);
	return 1;
}

static void describe(const struct event *event, struct text *out)
{
	const struct value *detail = event->detail;

	text_add(out, "%s error", severity_name(event->severity));
	if (detail[DEVICE_TEXT].kind == VALUE_TEXT) {
		text_add(out, " of a ");
		text_add_escaped(out, detail[DEVICE_TEXT].text, detail[DEVICE_TEXT].len);
	}
	text_add(out, ": ");
	text_add_escaped(out, detail[SIGNATURE].text, detail[SIGNATURE].len);
	if (detail[SOCKET].kind == VALUE_INT)
		text_add(out, " on socket %" PRIu64, value_as_uint(&detail[SOCKET]));
	text_add(out, ", event %" PRIu64 ".%" PRIu64, value_as_uint(&detail[EVENT_TYPE]),
		 value_as_uint(&detail[EVENT_SUBTYPE]));
	text_add(out, ", %zu contexts, %zu registers", event->lists[LIST_CONTEXTS].n_rows,
		 event->lists[LIST_REGISTERS].n_rows);
}

static const struct event_type type = {
	.name = "vera",
	.table = "vera",
	.fields = fields,
	.n_fields = FIELDS,
	.lists = lists,
	.n_lists = LIST_MAX,
	.describe = describe,
};

const struct handler handler_vera = {
	.type = &type,
	.ring = RING_HARDWARE,
	.sections = { GUID(0x9068e568, 0x6ca0, 0x11f0, 0xae, 0xaf, 0x15, 0x93, 0x43, 0x59,
			   0x1e, 0xac) },
	.decode_section = decode_section,
};
