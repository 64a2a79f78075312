// SPDX-License-Identifier: LGPL-2.1-or-later

#include "unit/cxl_fixture.h"

#include <stdlib.h>
#include <string.h>

#include "cper/section.h"
#include "handlers/table.h"
#include "unit/fixtures.h"
#include "util/macro.h"

/* --- trace records: every field of a format that has a number here gets it --- */

static const struct {
	const char *field;
	uint64_t value;
} numbers[] = {
	{ "log", 2 },
	{ "serial", 0x8877665544332211 },
	{ "hdr_flags", 0x1fe },
	{ "hdr_handle", 0x1a },
	{ "hdr_related_handle", 0x19 },
	{ "hdr_timestamp", 1700000000123456789 },
	{ "hdr_length", 128 },
	{ "hdr_maint_op_class", 2 },
	{ "hdr_maint_op_sub_class", 1 },
	{ "hdr_ld_id", 0x1234 },
	{ "hdr_head_id", 3 },
	{ "dpa", 0x8000012340 },
	{ "dpa_flags", 3 },
	{ "descriptor", 7 },
	{ "type", 3 },
	{ "transaction_type", 5 },
	{ "channel", 1 },
	{ "device", 0xabcdef },
	{ "hpa", 0x4880012340 },
	{ "hpa_alias0", 0x5880012340 },
	{ "validity_flags", 0xffff },
	{ "rank", 2 },
	{ "cme_count", 0x40506 },
	{ "cvme_count", 0x40506 },
	{ "sub_type", 5 },
	{ "cme_threshold_ev_flags", 3 },
	{ "column", 0x3456 },
	{ "nibble_mask", 0x820804 },
	{ "row", 0x92345 },
	{ "bank_group", 6 },
	{ "bank", 4 },
	{ "sub_channel", 9 },
	{ "event_type", 7 },
	{ "health_status", 0xf },
	{ "media_status", 9 },
	{ "life_used", 42 },
	{ "dirty_shutdown_cnt", 0x90000001 },
	{ "cor_vol_err_cnt", 0x90000002 },
	{ "cor_per_err_cnt", 0x90000003 },
	{ "device_temp", (uint16_t)-7 },
	{ "add_status", 0x36 },
	{ "event_sub_type", 2 },
	{ "flags", 7 },
	{ "result", 0 },
	{ "res_avail", 2 },
	{ "trace_type", 0 },
	{ "overflow_ts", 99 },
	{ "dpa_length", 64 },
	{ "source", 3 },
	{ "status", 0x8041 },
	{ "first_error", 0x40 },
	{ "first_ts", 11 },
	{ "last_ts", 22 },
	{ "count", 17 },
};

static const struct {
	const char *field, *text;
} texts[] = {
	{ "memdev", "mem0" },	      { "host", "0000:3f:00.1" }, { "device", "port2" },
	{ "region_name", "region4" }, { "region", "region4" },
};

/* A line of the format file: " DECLARATION;\toffset:AT;\tsize:BYTES;". */
struct line {
	char declaration[64], name[64];
	unsigned int at, bytes;
};

static bool read_line(const char *line, struct line *ret)
{
	char *space;

	if (sscanf(line, "field:%63[^;];\toffset:%u;\tsize:%u;", ret->declaration,
		   &ret->at, &ret->bytes) != 3)
		return false;
	strcpy(ret->name, ret->declaration);
	ret->name[strcspn(ret->name, "[")] = '\0';
	if (!strncmp(ret->declaration, "__data_loc", 10))
		strcpy(ret->name, strrchr(ret->declaration, ' ') + 1);
	space = strrchr(ret->name, ' ');
	if (space)
		memmove(ret->name, space + 1, strlen(space));
	return true;
}

static void put_text(const struct line *line, struct raw *raw)
{
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (!strcmp(texts[i].field, line->name))
			raw_put_data(raw, line->at, texts[i].text,
				     strlen(texts[i].text) + 1);
}

static void put_field(const struct line *line, struct raw *raw)
{
	if (!strncmp(line->declaration, "__data_loc", 10)) {
		put_text(line, raw);
		return;
	}
	if (line->bytes > 8) { /* an array or a UUID: 1, 2, 3, … */
		for (unsigned int i = 0; i < line->bytes; i++)
			raw->bytes[line->at + i] = (uint8_t)(i + 1);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		if (!strcmp(numbers[i].field, line->name))
			raw_put(raw, line->at, numbers[i].value, line->bytes);
}

static const char *next_field(const char *at)
{
	return strstr(at, "field:");
}

void cxl_raw_example(const struct format *format, struct raw *raw)
{
	unsigned int id = 0;
	size_t end = 0;
	struct line line;

	sscanf(strstr(format->text, "ID: "), "ID: %u", &id);
	for (const char *at = next_field(format->text); at; at = next_field(at + 1))
		if (read_line(at, &line))
			end = MAX(end, (size_t)line.at + line.bytes);
	raw_begin(raw, (uint16_t)id, 16, end);
	for (const char *at = next_field(format->text); at; at = next_field(at + 1))
		if (read_line(at, &line))
			put_field(&line, raw);
}

/* --- sections --- */

/* Offsets as CXL 3.1 has them in its tables, the UUID's 16 bytes counted. */
struct piece {
	uint8_t at, bytes;
	uint64_t value; /* of more than 8 bytes: 1, 2, 3, … */
};

static const struct piece head[] = {
	{ 0x10, 1, 128 },
	{ 0x11, 3, 0x1fe },
	{ 0x14, 2, 0x1a },
	{ 0x16, 2, 0x19 },
	{ 0x18, 8, 1700000000123456789 },
	{ 0x20, 1, 2 },
	{ 0x21, 1, 1 },
	{ 0x22, 2, 0x1234 },
	{ 0x24, 1, 3 },
};

static const struct piece general_media[] = {
	{ 0x30, 8, 0x8000012340 | 3 },
	{ 0x38, 1, 7 },
	{ 0x39, 1, 3 },
	{ 0x3a, 1, 5 },
	{ 0x3b, 2, 0xffff },
	{ 0x3d, 1, 1 },
	{ 0x3e, 1, 2 },
	{ 0x3f, 3, 0xabcdef },
	{ 0x42, 16, 0 },
	{ 0x52, 1, 3 },
	{ 0x53, 3, 0x40506 },
	{ 0x56, 1, 5 },
};

static const struct piece dram[] = {
	{ 0x30, 8, 0x8000012340 | 3 },
	{ 0x38, 1, 7 },
	{ 0x39, 1, 3 },
	{ 0x3a, 1, 5 },
	{ 0x3b, 2, 0xffff },
	{ 0x3d, 1, 1 },
	{ 0x3e, 1, 2 },
	{ 0x3f, 3, 0x820804 },
	{ 0x42, 1, 6 },
	{ 0x43, 1, 4 },
	{ 0x44, 3, 0x92345 },
	{ 0x47, 2, 0x3456 },
	{ 0x49, 32, 0 },
	{ 0x69, 16, 0 },
	{ 0x79, 1, 9 },
	{ 0x7a, 1, 3 },
	{ 0x7b, 3, 0x40506 },
	{ 0x7e, 1, 5 },
};

static const struct piece memory_module[] = {
	{ 0x30, 1, 7 },		 { 0x31, 1, 0xf },	  { 0x32, 1, 9 },
	{ 0x33, 1, 0x36 },	 { 0x34, 1, 42 },	  { 0x35, 2, (uint16_t)-7 },
	{ 0x37, 4, 0x90000001 }, { 0x3b, 4, 0x90000002 }, { 0x3f, 4, 0x90000003 },
	{ 0x43, 2, 0xffff },	 { 0x45, 16, 0 },	  { 0x55, 1, 2 },
};

static const struct piece memory_sparing[] = {
	{ 0x30, 1, 2 },	       { 0x31, 1, 1 },	{ 0x32, 1, 7 }, { 0x33, 1, 0 },
	{ 0x34, 2, 0xffff },   { 0x3c, 2, 2 },	{ 0x3e, 1, 1 }, { 0x3f, 1, 2 },
	{ 0x40, 3, 0x820804 }, { 0x43, 1, 6 },	{ 0x44, 1, 4 }, { 0x45, 3, 0x92345 },
	{ 0x48, 2, 0x3456 },   { 0x4a, 16, 0 }, { 0x5a, 1, 9 },
};

static const struct piece generic[] = {
	{ 0x30, 80, 0 },
};

#define RECORD(name, pieces_)                                                    \
	{                                                                        \
		.type = name, .pieces = pieces_, .n_pieces = ARRAY_SIZE(pieces_) \
	}

static const struct {
	const char *type;
	const struct piece *pieces;
	size_t n_pieces;
} records[] = {
	RECORD("cxl-general-media", general_media),
	RECORD("cxl-dram", dram),
	RECORD("cxl-memory-module", memory_module),
	RECORD("cxl-memory-sparing", memory_sparing),
	RECORD("cxl-generic", generic),
};

static void put_le(uint8_t *at, uint64_t value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		at[i] = (uint8_t)(bytes > 8 ? i + 1 : value >> 8 * i);
}

static void put_pieces(uint8_t *record, const struct piece *pieces, size_t n)
{
	for (size_t i = 0; i < n; i++)
		put_le(record + pieces[i].at - 16, pieces[i].value, pieces[i].bytes);
}

/* The head in front of a record, UEFI 2.10 table N.37. */
static void put_head(uint8_t *bytes)
{
	put_le(bytes, 144, 4);
	put_le(bytes + 4, 7, 8);
	put_le(bytes + 12, 0x8086, 2);
	put_le(bytes + 14, 0x0d93, 2);
	bytes[16] = 1;	  /* function */
	bytes[17] = 0;	  /* device */
	bytes[18] = 0x3f; /* bus */
	put_le(bytes + 19, 0, 2);
	put_le(bytes + 21, 5 << 3, 2); /* slot */
	put_le(bytes + 24, 0x8877665544332211, 8);
}

/* UEFI 2.10, N.2.13: two DVSECs, then the RAS capability and 4 bytes that it has not. */
static size_t put_protocol(uint8_t *bytes)
{
	static const uint32_t log[] = { 0x8041, 0x20000, 0x8000, 0x5, 0x40, 0x10006 };
	uint8_t *at = bytes + 116;

	put_le(bytes, 0x7f, 8);
	bytes[8] = 2;
	bytes[16] = 1;
	bytes[17] = 0x1f;
	bytes[18] = 0x3f;
	put_le(bytes + 19, 0x10, 2);
	put_le(bytes + 24, 0x8086, 2);
	put_le(bytes + 26, 0x0d93, 2);
	put_le(bytes + 28, 0x1028, 2);
	put_le(bytes + 30, 0x4321, 2);
	put_le(bytes + 32, 0x0502, 2);
	put_le(bytes + 34, 5 << 3, 2);
	put_le(bytes + 40, 0x8877665544332211, 8);
	put_le(bytes + 48, 0, 60);
	put_le(bytes + 108, 16 + 12, 2);
	put_le(bytes + 110, 92, 2);
	put_le(at, 0x10023, 4);
	put_le(at + 4, 0x1e98 | 1 << 16 | 16u << 20, 4);
	put_le(at + 8, 0, 2);
	put_le(at + 16, 0x10023, 4);
	put_le(at + 20, 0x8086 | 12u << 20, 4);
	put_le(at + 24, 7, 2);
	at += 28;
	for (size_t i = 0; i < ARRAY_SIZE(log); i++)
		put_le(at + 4 * i, log[i], 4);
	put_le(at + 24, 0, 68);
	return 116 + 28 + 92;
}

/* False: firmware has no sections of that type. */
bool cxl_section_example(const char *type, uint8_t bytes[static CXL_SECTION_BYTES],
			 struct cper_section *ret)
{
	memset(bytes, 0, CXL_SECTION_BYTES);
	*ret = (struct cper_section){ .type = handler_of(type)->sections[0],
				      .severity = SEVERITY_CORRECTED,
				      .body = bytes };
	if (!strcmp(type, "cxl-protocol")) {
		ret->len = put_protocol(bytes);
		return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(records); i++) {
		if (strcmp(records[i].type, type))
			continue;
		put_head(bytes);
		put_pieces(bytes + 32, head, ARRAY_SIZE(head));
		put_pieces(bytes + 32, records[i].pieces, records[i].n_pieces);
		ret->len = 144;
		return true;
	}
	return false;
}

/* --- an event of a type that event_init() got --- */

static void must(bool ok)
{
	if (!ok)
		abort();
}

static void sample_of_trace(const struct format *format, struct event *event,
			    struct arena *arena)
{
	static const struct symbol_table symbols[EVENT_FIELDS_MAX];
	const struct record record = { .symbols = symbols,
				       .page_size = 4096,
				       .arena = arena,
				       .handlers = &handlers_table };
	struct tracepoint *tp = resolve(format);
	struct raw *raw = arena_take(arena, sizeof(*raw));

	must(raw != NULL);
	cxl_raw_example(format, raw);
	must(tracepoint_extract(tp, raw->bytes, raw->len, event) == 0);
	must(tp->handler->decode(&record, event) == 1);
	tracepoint_free(tp);
}

/* From the newest format that there is, else from a section. */
void cxl_sample(struct event *event, struct arena *arena)
{
	struct cper_section section;
	uint8_t *bytes;

	for (size_t i = n_formats; i-- > 0;)
		if (handler_for(formats[i]->tracepoint)->type == event->type) {
			sample_of_trace(formats[i], event, arena);
			return;
		}
	bytes = arena_take(arena, CXL_SECTION_BYTES);
	must(bytes && cxl_section_example(event->type->name, bytes, &section));
	must(cper_section_decode(&handlers_table, &section, arena, event) == 1);
}
