// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * The CXL Protocol Error section (UEFI 2.10, N.2.13): which agent, and copies of its PCIe
 * capability, its DVSECs and the RAS capability of CXL 3.1, 8.2.4.17. Kernels since 6.14
 * or so make cxl_aer_* of it, where there is a driver; before they pass it on raw.
 */

#include "handlers/cxl.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "cper/cxl_dvsec.h"
#include "util/bytes.h"
#include "util/macro.h"

enum {
	VALIDATION = CPER_COLUMNS,
	AGENT,
	AGENT_TEXT,
	ADDRESS,
	RCRB,
	VENDOR_ID,
	DEVICE_ID,
	SUBSYSTEM_VENDOR_ID,
	SUBSYSTEM_ID,
	CLASS_CODE,
	SLOT,
	SERIAL,
	CAPABILITY,
	DVSEC_LENGTH,
	LOG_LENGTH,
	DVSEC,
	UC_STATUS,
	UC_STATUS_TEXT,
	UC_MASK,
	UC_MASK_TEXT,
	UC_SEVERITY,
	UC_SEVERITY_TEXT,
	CE_STATUS,
	CE_STATUS_TEXT,
	CE_MASK,
	CE_MASK_TEXT,
	CONTROL,
	FIRST,
	FIRST_TEXT,
	HEADER_LOG,
	LOG_REST,
	FIELDS
};

static const struct field fields[FIELDS] = {
	CPER_COLUMN_FIELDS,
	[VALIDATION] = { .name = "validation_bits", .kind = FIELD_HEX },
	[AGENT] = { .name = "agent_type", .kind = FIELD_UINT },
	[AGENT_TEXT] = { .name = "agent_type_text", .kind = FIELD_TEXT },
	[ADDRESS] = { .name = "agent_address", .kind = FIELD_TEXT },
	[RCRB] = { .name = "rcrb_base_address", .kind = FIELD_HEX },
	[VENDOR_ID] = { .name = "vendor_id", .kind = FIELD_HEX },
	[DEVICE_ID] = { .name = "device_id", .kind = FIELD_HEX },
	[SUBSYSTEM_VENDOR_ID] = { .name = "subsystem_vendor_id", .kind = FIELD_HEX },
	[SUBSYSTEM_ID] = { .name = "subsystem_id", .kind = FIELD_HEX },
	[CLASS_CODE] = { .name = "class_code", .kind = FIELD_HEX },
	[SLOT] = { .name = "slot", .kind = FIELD_UINT },
	[SERIAL] = { .name = "serial", .kind = FIELD_HEX },
	[CAPABILITY] = { .name = "pcie_capability", .kind = FIELD_BYTES },
	[DVSEC_LENGTH] = { .name = "dvsec_length", .kind = FIELD_UINT },
	[LOG_LENGTH] = { .name = "error_log_length", .kind = FIELD_UINT },
	[DVSEC] = { .name = "dvsec", .kind = FIELD_BYTES },
	[UC_STATUS] = { .name = "uncorrectable_status", .kind = FIELD_HEX },
	[UC_STATUS_TEXT] = { .name = "uncorrectable_status_text", .kind = FIELD_TEXT },
	[UC_MASK] = { .name = "uncorrectable_mask", .kind = FIELD_HEX },
	[UC_MASK_TEXT] = { .name = "uncorrectable_mask_text", .kind = FIELD_TEXT },
	[UC_SEVERITY] = { .name = "uncorrectable_severity", .kind = FIELD_HEX },
	[UC_SEVERITY_TEXT] = { .name = "fatal_if_text", .kind = FIELD_TEXT },
	[CE_STATUS] = { .name = "correctable_status", .kind = FIELD_HEX },
	[CE_STATUS_TEXT] = { .name = "correctable_status_text", .kind = FIELD_TEXT },
	[CE_MASK] = { .name = "correctable_mask", .kind = FIELD_HEX },
	[CE_MASK_TEXT] = { .name = "correctable_mask_text", .kind = FIELD_TEXT },
	[CONTROL] = { .name = "capability_control", .kind = FIELD_HEX },
	[FIRST] = { .name = "first_error", .kind = FIELD_UINT },
	[FIRST_TEXT] = { .name = "first_error_text", .kind = FIELD_TEXT },
	[HEADER_LOG] = { .name = "header_log", .kind = FIELD_BYTES },
	[LOG_REST] = { .name = "error_log_rest", .kind = FIELD_BYTES },
};

#define VALID_ADDRESS (1u << 1)
#define VALID_DVSEC   (1u << 5)
#define VALID_LOG     (1u << 6)

#define AGENT_DOWNSTREAM_PORT 1 /* of a restricted CXL host: it has no PCI address */
#define AGENT_MAX	      8

#define ADDRESS_AT 16
#define SLOT_SHIFT 3
#define HEAD_BYTES 116 /* behind them the DVSECs, then the log */
#define LOG_BYTES  88

static const struct cxl_place head_places[] = {
	{ AGENT, 8, 1, CXL_UNSIGNED },
	{ VENDOR_ID, 24, 2, CXL_UNSIGNED },
	{ DEVICE_ID, 26, 2, CXL_UNSIGNED },
	{ SUBSYSTEM_VENDOR_ID, 28, 2, CXL_UNSIGNED },
	{ SUBSYSTEM_ID, 30, 2, CXL_UNSIGNED },
	{ CLASS_CODE, 32, 2, CXL_UNSIGNED },
	{ SLOT, 34, 2, CXL_UNSIGNED },
	{ SERIAL, 40, 8, CXL_UNSIGNED },
	{ CAPABILITY, 48, 60, CXL_BYTES },
	{ DVSEC_LENGTH, 108, 2, CXL_UNSIGNED },
	{ LOG_LENGTH, 110, 2, CXL_UNSIGNED },
};

static const struct cxl_validity head_validity[] = {
	{ AGENT, 0 },	     { VENDOR_ID, 2 },
	{ DEVICE_ID, 2 },    { SUBSYSTEM_VENDOR_ID, 2 },
	{ SUBSYSTEM_ID, 2 }, { CLASS_CODE, 2 },
	{ SLOT, 2 },	     { SERIAL, 3 },
	{ CAPABILITY, 4 },   { DVSEC_LENGTH, 5 },
	{ LOG_LENGTH, 6 },
};

/* The RAS capability's registers. */
static const struct cxl_place log_places[] = {
	{ UC_STATUS, 0, 4, CXL_UNSIGNED },   { UC_MASK, 4, 4, CXL_UNSIGNED },
	{ UC_SEVERITY, 8, 4, CXL_UNSIGNED }, { CE_STATUS, 12, 4, CXL_UNSIGNED },
	{ CE_MASK, 16, 4, CXL_UNSIGNED },    { CONTROL, 20, 4, CXL_UNSIGNED },
	{ HEADER_LOG, 24, 64, CXL_BYTES },
};

static const struct cxl_words words[] = {
	{ AGENT, AGENT_TEXT, 0, 0, &cxl_agent_words },
	{ UC_STATUS, UC_STATUS_TEXT, 0, 0, &cxl_uncorrectable_words },
	{ UC_MASK, UC_MASK_TEXT, 0, 0, &cxl_uncorrectable_words },
	{ UC_SEVERITY, UC_SEVERITY_TEXT, 0, 0, &cxl_uncorrectable_words },
	{ CE_STATUS, CE_STATUS_TEXT, 0, 0, &cxl_correctable_words },
	{ CE_MASK, CE_MASK_TEXT, 0, 0, &cxl_correctable_words },
};

/* What an agent's address is depends on its type: of one that nobody knows it is a
 * number. */
static int read_address(const struct cper_section *section, struct arena *arena,
			struct event *event)
{
	struct value *detail = event->detail;
	const uint8_t *bytes = section->body + ADDRESS_AT;
	uint64_t agent = section->body[8];
	char *text;

	if (agent == AGENT_DOWNSTREAM_PORT) {
		detail[RCRB] = value_uint(load_le64(bytes));
		return 0;
	}
	if (agent < AGENT_MAX) {
		text = cxl_pci_address(bytes, arena);
	} else {
		char number[sizeof("0x0123456789abcdef")];
		int n = snprintf(number, sizeof(number), "%#" PRIx64, load_le64(bytes));

		text = arena_copy_text(arena, number, (size_t)n);
	}
	if (!text)
		return -ENOBUFS;
	detail[ADDRESS] = value_text(text);
	if (agent < AGENT_MAX)
		event->device = detail[ADDRESS];
	return 0;
}

/* As many of the `told` bytes as there are. */
static size_t take(struct event *event, size_t told, size_t there)
{
	if (told > there)
		event->detail[CPER_INCOMPLETE] = value_int(1);
	return MIN(told, there);
}

static void read_log(const uint8_t *log, size_t len, struct event *event)
{
	struct value *detail = event->detail;

	cxl_read_places(log, len, log_places, ARRAY_SIZE(log_places), event);
	if (len > LOG_BYTES)
		detail[LOG_REST] = value_bytes(log + LOG_BYTES, len - LOG_BYTES);
	if (!value_as_uint(&detail[UC_STATUS]) || detail[CONTROL].kind != VALUE_INT)
		return;
	detail[FIRST] = value_uint(bits((uint64_t)detail[CONTROL].i, 0, 5));
	detail[FIRST_TEXT] =
		value_text(symbol_text(&cxl_uncorrectable_words.table, detail[FIRST].i));
}

/* What comes behind the head. Its lengths count where the bits say that it is there. */
static int read_rest(const struct cper_section *section, uint64_t valid,
		     struct arena *arena, struct event *event)
{
	const uint8_t *at = section->body + HEAD_BYTES;
	size_t left = section->len - HEAD_BYTES;

	if (valid & VALID_DVSEC) {
		size_t len = take(event, load_le16(section->body + 108), left);
		int r = cxl_dvsecs_fill(event, 0, at, len, arena);

		if (r < 0)
			return r;
		event->detail[DVSEC] = value_bytes(at, len);
		at += len;
		left -= len;
	}
	if (valid & VALID_LOG)
		read_log(at, take(event, load_le16(section->body + 110), left), event);
	return 0;
}

/* For a section whose severity nobody knows. */
static enum severity severity_of(const struct value *detail)
{
	uint64_t status = value_as_uint(&detail[UC_STATUS]);

	if (status)
		return status & value_as_uint(&detail[UC_SEVERITY]) ?
			       SEVERITY_FATAL :
			       SEVERITY_UNCORRECTED;
	return value_as_uint(&detail[CE_STATUS]) ? SEVERITY_CORRECTED : SEVERITY_UNKNOWN;
}

static int decode_section(const struct cper_section *section, struct arena *arena,
			  struct event *event)
{
	struct value *detail = event->detail;
	uint64_t valid;
	int r;

	if (section->len < sizeof(valid))
		return -EBADMSG;
	r = cper_columns_fill(section, arena, event);
	if (r < 0)
		return r;
	event->component = COMPONENT_CXL;
	valid = load_le64(section->body);
	detail[VALIDATION] = value_uint(valid);
	cxl_read_places(section->body, section->len, head_places, ARRAY_SIZE(head_places),
			event);
	cxl_drop_invalid(event, VALIDATION, head_validity, ARRAY_SIZE(head_validity));
	if (detail[SLOT].kind == VALUE_INT)
		detail[SLOT].i >>= SLOT_SHIFT;
	if (valid & VALID_ADDRESS && section->len >= ADDRESS_AT + sizeof(uint64_t))
		r = read_address(section, arena, event);
	if (section->len < HEAD_BYTES)
		detail[CPER_INCOMPLETE] = value_int(1);
	else if (r == 0)
		r = read_rest(section, valid, arena, event);
	if (r == 0)
		r = cxl_words_fill(event, words, ARRAY_SIZE(words), NULL, arena);
	if (event->severity == SEVERITY_UNKNOWN)
		event->severity = severity_of(detail);
	return r < 0 ? r : 1;
}

static void describe(const struct event *event, struct text *out)
{
	const struct value *detail = event->detail;

	if (event->severity != SEVERITY_UNKNOWN)
		text_add(out, "%s ", severity_name(event->severity));
	text_add(out, "CXL protocol error");
	cxl_describe_text(" of a ", &detail[AGENT_TEXT], out);
	cxl_describe_text(" at ", &detail[ADDRESS], out);
	if (detail[RCRB].kind == VALUE_INT)
		text_add(out, " with RCRB at %#" PRIx64, value_as_uint(&detail[RCRB]));
	cxl_describe_text(", uncorrectable: ", &detail[UC_STATUS_TEXT], out);
	cxl_describe_text(", correctable: ", &detail[CE_STATUS_TEXT], out);
}

/* The log has no more of it than that name. */
static uint64_t identity(const struct event *event)
{
	const struct value name = value_text("CXL Protocol Error");

	(void)event;
	return event_identity_of_text("section", &name);
}

static const struct event_type type = {
	.name = "cxl-protocol",
	.table = "cxl_protocol",
	.fields = fields,
	.n_fields = FIELDS,
	.lists = &cxl_dvsec_list,
	.n_lists = 1,
	.describe = describe,
	.identity = identity,
};

const struct handler handler_cxl_protocol = {
	.type = &type,
	.ring = RING_HARDWARE,
	.sections = { GUID(0x80b9efb4, 0x52b5, 0x4de3, 0xa7, 0x77, 0x68, 0x78, 0x4b, 0x77,
			   0x10, 0x48) },
	.decode_section = decode_section,
};
