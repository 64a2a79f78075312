// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * A DVSEC begins with the header of an extended capability (u32, its id 0x23), then
 * vendor, revision and length (16, 4, 12 bits), then the vendor's id for what follows
 * (u16; PCIe 6.0, 7.9.6). CXL's ids: CXL 3.1, table 8-2. How many a section has, only
 * their lengths tell.
 */

#include "cper/cxl_dvsec.h"

#include <errno.h>

#include "event/handler.h"
#include "util/bytes.h"
#include "util/macro.h"

#define HEADER_BYTES 10
#define VENDOR_CXL   0x1e98

enum { VENDOR, ID, ID_TEXT, REVISION, LENGTH, DATA, FIELDS };

static const struct field fields[FIELDS] = {
	[VENDOR] = { .name = "vendor_id", .kind = FIELD_HEX },
	[ID] = { .name = "dvsec_id", .kind = FIELD_HEX },
	[ID_TEXT] = { .name = "dvsec_id_text", .kind = FIELD_TEXT },
	[REVISION] = { .name = "revision", .kind = FIELD_UINT },
	[LENGTH] = { .name = "length", .kind = FIELD_UINT },
	[DATA] = { .name = "data", .kind = FIELD_BYTES }, /* header and all */
};

const struct list_type cxl_dvsec_list = {
	.name = "dvsecs",
	.table = "cxl_protocol_dvsec",
	.fields = fields,
	.n_fields = FIELDS,
};

static const struct symbol id_symbols[] = {
	{ 0, "CXL device" },	      { 2, "non-CXL function map" },
	{ 3, "CXL extensions port" }, { 4, "GPF port" },
	{ 5, "GPF device" },	      { 7, "flex bus port" },
	{ 8, "register locator" },    { 9, "MLD" },
	{ 10, "test capability" },
};
static const struct symbol_table ids = { id_symbols, ARRAY_SIZE(id_symbols) };

static size_t length_at(const uint8_t *bytes)
{
	return load_le32(bytes + 4) >> 20;
}

/* The bytes of the one that begins here: with a length that lies, all that is left. */
static size_t extent(const uint8_t *bytes, size_t left)
{
	size_t len = left < HEADER_BYTES ? 0 : length_at(bytes);

	return len < HEADER_BYTES ? left : MIN(len, left);
}

static void fill_row(struct value *row, const uint8_t *bytes, size_t len)
{
	row[DATA] = value_bytes(bytes, len);
	if (len < HEADER_BYTES)
		return;
	row[VENDOR] = value_uint(load_le16(bytes + 4));
	row[REVISION] = value_uint(bits(load_le32(bytes + 4), 16, 19));
	row[LENGTH] = value_uint(length_at(bytes));
	row[ID] = value_uint(load_le16(bytes + 8));
	if (row[VENDOR].i == VENDOR_CXL)
		row[ID_TEXT] = value_text(symbol_text(&ids, row[ID].i));
}

/* Rows of `list` for the structures in these bytes, which they borrow; -ENOBUFS. */
int cxl_dvsecs_fill(struct event *event, size_t list, const uint8_t *bytes, size_t len,
		    struct arena *arena)
{
	struct value *row;
	size_t n = 0;

	for (size_t at = 0; at < len; at += extent(bytes + at, len - at))
		n++;
	if (n == 0)
		return 0;
	row = event_rows_take(event, list, n, arena);
	if (!row)
		return -ENOBUFS;
	for (size_t at = 0; at < len; at += extent(bytes + at, len - at), row += FIELDS)
		fill_row(row, bytes + at, extent(bytes + at, len - at));
	return 0;
}
