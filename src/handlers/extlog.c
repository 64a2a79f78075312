// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * extlog_mem_event: a memory error that an x86 firmware logged beside a machine check
 * (include/ras/ras_event.h, drivers/acpi/acpi_extlog.c). data is struct
 * cper_mem_err_compact of include/linux/cper.h: what a memory section (UEFI N.2.5) says
 * of the place, packed; validity bits are the section's. Severities are CPER's here. The
 * kernel records it only while somebody holds a file in debugfs open.
 */

#include "event/handler.h"

#include <errno.h>
#include <inttypes.h>

#include "cper/error_status.h"
#include "event/guid.h"
#include "util/bytes.h"

#define COMPACT_BYTES	   54 /* before the extended byte, which old kernels lack */
#define COMPACT_EXTENDED   54
#define VALID_EXTENDED_ROW 18
#define VALID_BANK_GROUP   19
#define VALID_BANK_ADDRESS 20
#define VALID_CHIP_ID	   21
#define NOT_KNOWN	   0xff

enum {
	ERR_SEQ,
	ETYPE,
	ETYPE_TEXT,
	SEV,
	PA,
	PA_MASK_LSB,
	FRU_ID,
	FRU_ID_TEXT,
	FRU_TEXT,
	DATA,
	INCOMPLETE,
	NODE,
	CARD,
	MODULE,
	RANK,
	BANK,
	BANK_GROUP,
	BANK_ADDRESS,
	DEVICE,
	ROW,
	COLUMN,
	BIT_POSITION,
	REQUESTOR_ID,
	RESPONDER_ID,
	TARGET_ID,
	CHIP_ID,
	ARRAY_HANDLE,
	DEVICE_HANDLE,
	FIELDS
};

static const struct field fields[FIELDS] = {
	[ERR_SEQ] = { .name = "sequence", .kernel = "err_seq", .kind = FIELD_UINT },
	[ETYPE] = { .name = "error_type", .kernel = "etype", .kind = FIELD_UINT },
	[ETYPE_TEXT] = { .name = "error_type_text", .kind = FIELD_TEXT },
	[SEV] = { .name = "cper_severity", .kernel = "sev", .kind = FIELD_UINT },
	[PA] = { .kernel = "pa", .kind = FIELD_HEX },
	[PA_MASK_LSB] = { .kernel = "pa_mask_lsb", .kind = FIELD_UINT },
	[FRU_ID] = { .kernel = "fru_id", .kind = FIELD_BYTES },
	[FRU_ID_TEXT] = { .name = "fru_id", .kind = FIELD_TEXT },
	[FRU_TEXT] = { .name = "fru_text", .kernel = "fru_text", .kind = FIELD_TEXT },
	[DATA] = { .kernel = "data", .kind = FIELD_BYTES },
	[INCOMPLETE] = { .name = "incomplete", .kind = FIELD_FLAG },
	[NODE] = { .name = "node", .kind = FIELD_UINT },
	[CARD] = { .name = "card", .kind = FIELD_UINT },
	[MODULE] = { .name = "module", .kind = FIELD_UINT },
	[RANK] = { .name = "rank", .kind = FIELD_UINT },
	[BANK] = { .name = "bank", .kind = FIELD_UINT },
	[BANK_GROUP] = { .name = "bank_group", .kind = FIELD_UINT },
	[BANK_ADDRESS] = { .name = "bank_address", .kind = FIELD_UINT },
	[DEVICE] = { .name = "device", .kind = FIELD_UINT },
	[ROW] = { .name = "row", .kind = FIELD_UINT },
	[COLUMN] = { .name = "column", .kind = FIELD_UINT },
	[BIT_POSITION] = { .name = "bit_position", .kind = FIELD_UINT },
	[REQUESTOR_ID] = { .name = "requestor_id", .kind = FIELD_HEX },
	[RESPONDER_ID] = { .name = "responder_id", .kind = FIELD_HEX },
	[TARGET_ID] = { .name = "target_id", .kind = FIELD_HEX },
	[CHIP_ID] = { .name = "chip_id", .kind = FIELD_UINT },
	[ARRAY_HANDLE] = { .name = "array_handle", .kind = FIELD_HEX },
	[DEVICE_HANDLE] = { .name = "device_handle", .kind = FIELD_HEX },
};

/* Where each place is in the compact form, and the bit that says it is valid. */
static const struct place {
	unsigned int field, valid_bit, at, bytes;
} places[] = {
	{ NODE, 3, 8, 2 },
	{ CARD, 4, 10, 2 },
	{ MODULE, 5, 12, 2 },
	{ BANK, 6, 14, 2 },
	{ DEVICE, 7, 16, 2 },
	{ ROW, 8, 18, 2 },
	{ COLUMN, 9, 20, 2 },
	{ BIT_POSITION, 10, 22, 2 },
	{ REQUESTOR_ID, 11, 24, 8 },
	{ RESPONDER_ID, 12, 32, 8 },
	{ TARGET_ID, 13, 40, 8 },
	{ RANK, 15, 48, 2 },
	{ ARRAY_HANDLE, 16, 50, 2 },
	{ DEVICE_HANDLE, 17, 52, 2 },
	{ BANK_GROUP, VALID_BANK_GROUP, 15, 1 },
	{ BANK_ADDRESS, VALID_BANK_ADDRESS, 14, 1 },
};

static uint64_t load(const uint8_t *at, unsigned int bytes)
{
	return bytes == 1 ? *at : bytes == 2 ? load_le16(at) : load_le64(at);
}

static void fill_extended(struct value *detail, uint64_t valid, uint8_t extended)
{
	if (valid & 1ULL << VALID_EXTENDED_ROW)
		detail[ROW] =
			value_uint(value_as_uint(&detail[ROW]) | (extended & 3U) << 16);
	if (valid & 1ULL << VALID_CHIP_ID)
		detail[CHIP_ID] = value_uint(extended >> 5);
}

/* A length that no kernel gives leaves the places unknown, and says so. */
static void fill_places(struct value *detail)
{
	const uint8_t *data = detail[DATA].bytes;
	uint64_t valid;

	if (detail[DATA].len < COMPACT_BYTES) {
		detail[INCOMPLETE] = value_int(1);
		return;
	}
	valid = load_le64(data);
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (valid & 1ULL << places[i].valid_bit)
			detail[places[i].field] =
				value_uint(load(data + places[i].at, places[i].bytes));
	if (detail[DATA].len > COMPACT_EXTENDED)
		fill_extended(detail, valid, data[COMPACT_EXTENDED]);
}

static int fill_fru_id(struct value *detail, struct arena *arena)
{
	uint8_t any = 0;
	char *text;

	if (detail[FRU_ID].len != GUID_BYTES)
		return -EBADMSG;
	for (size_t i = 0; i < GUID_BYTES; i++)
		any |= detail[FRU_ID].bytes[i];
	if (!any)
		return 0;
	text = arena_take(arena, GUID_TEXT_BYTES);
	if (text)
		detail[FRU_ID_TEXT] =
			value_text(guid_to_text(detail[FRU_ID].bytes, text));
	return 0;
}

static int decode(const struct record *record, struct event *event)
{
	struct value *detail = event->detail;
	uint64_t pa = value_as_uint(&detail[PA]),
		 lsb = value_as_uint(&detail[PA_MASK_LSB]);
	int r = fill_fru_id(detail, record->arena);

	if (r < 0)
		return r;
	fill_places(detail);
	detail[ETYPE_TEXT] =
		value_text(cper_memory_error_type(value_as_uint(&detail[ETYPE])));
	if (value_as_uint(&detail[ETYPE]) == NOT_KNOWN)
		detail[ETYPE] = (struct value){ .kind = VALUE_NONE };
	event->severity = severity_from_cper((uint32_t)value_as_uint(&detail[SEV]));
	event->component = COMPONENT_MEMORY;
	if (detail[FRU_TEXT].len)
		event->dimm = detail[FRU_TEXT];
	else
		detail[FRU_TEXT] = (struct value){ .kind = VALUE_NONE };
	if (pa != UINT64_MAX) {
		event_set_address(event, ADDRESS_PHYSICAL, pa);
		event->address_mask = lsb < 64 ? ~0ULL << lsb : 0;
	}
	return 1;
}

static void describe(const struct event *event, struct text *out)
{
	static const struct {
		unsigned int field;
		const char *name;
	} told[] = {
		{ NODE, "node" },     { CARD, "card" }, { MODULE, "module" },
		{ RANK, "rank" },     { BANK, "bank" }, { ROW, "row" },
		{ COLUMN, "column" },
	};
	const struct value *detail = event->detail;

	text_add(out, "memory error");
	if (detail[ETYPE_TEXT].kind == VALUE_TEXT) {
		text_add(out, ": ");
		text_add_value(out, &detail[ETYPE_TEXT]);
	}
	if (event->address_kind)
		text_add(out, " at %#" PRIx64, event->address);
	for (size_t i = 0; i < ARRAY_SIZE(told); i++)
		if (detail[told[i].field].kind == VALUE_INT)
			text_add(out, ", %s %" PRIu64, told[i].name,
				 value_as_uint(&detail[told[i].field]));
	if (event->dimm.kind == VALUE_TEXT) {
		text_add(out, ", ");
		text_add_value(out, &event->dimm);
	}
}

static const struct event_type type = {
	.name = "extlog-mem",
	.table = "extlog_mem",
	.fields = fields,
	.n_fields = FIELDS,
	.describe = describe,
};

const struct handler handler_extlog = {
	.type = &type,
	.tracepoints = { { "ras:extlog_mem_event", .consumer = "ras/daemon_active" } },
	.ring = RING_HARDWARE,
	.decode = decode,
};
