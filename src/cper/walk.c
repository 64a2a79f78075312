// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Lengths are believed as far as there are bytes. Where the kernel's own checks would
 * throw a whole block away (cper_estatus_check(), drivers/firmware/efi/cper.c), the
 * sections in front of the lie still come out: what is read here may be all that is left
 * of a machine's last error.
 */

#include "cper/walk.h"

#include <errno.h>
#include <string.h>

#include "util/bytes.h"
#include "util/clock.h"
#include "util/macro.h"

#define SIGNATURE     "CPER"
#define SIGNATURE_LEN 4
#define FRU_TEXT_LEN  20
#define HAS_TIME_REV  3 /* major revision of data entries */

/* Validation bits: of a record (UEFI table N.1), of its descriptors and of data entries.
 */
enum {
	RECORD_PLATFORM = 1 << 0,
	RECORD_TIME = 1 << 1,
	VALID_FRU_ID = 1 << 0,
	VALID_FRU_TEXT = 1 << 1,
	VALID_TIME = 1 << 2
};

static void begin(struct cper_walk *walk, enum cper_form form, const uint8_t *bytes,
		  size_t len)
{
	*walk = (struct cper_walk){ .form = form, .bytes = bytes, .len = len };
}

void cper_walk_blocks(struct cper_walk *walk, const uint8_t *bytes, size_t len)
{
	begin(walk, CPER_BLOCKS, bytes, len);
}

void cper_walk_records(struct cper_walk *walk, const uint8_t *bytes, size_t len)
{
	begin(walk, CPER_RECORDS, bytes, len);
}

/* What a region is filled with behind its last record: zeros, or erased flash. */
static bool is_fill(const uint8_t *bytes, size_t len)
{
	if (len && bytes[0] != 0 && bytes[0] != 0xff)
		return false;
	for (size_t i = 1; i < len; i++)
		if (bytes[i] != bytes[0])
			return false;
	return true;
}

/* --- time --- */

/* The number of two BCD digits; -1: they are none. */
static int from_bcd(uint8_t byte)
{
	return byte >> 4 > 9 || (byte & 15) > 9 ? -1 : (byte >> 4) * 10 + (byte & 15);
}

/* Days since 1970-01-01 in the Gregorian calendar; the year begins in March. */
static int64_t days_since_epoch(int year, int month, int day)
{
	int64_t y = month > 2 ? year : year - 1;
	int64_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

	return y * 365 + y / 4 - y / 100 + y / 400 + of_year - 719468;
}

int64_t cper_time_ns(const uint8_t bcd[static 8])
{
	int second = from_bcd(bcd[0]), minute = from_bcd(bcd[1]), hour = from_bcd(bcd[2]);
	int day = from_bcd(bcd[4]), month = from_bcd(bcd[5]);
	int year = from_bcd(bcd[6]), century = from_bcd(bcd[7]);
	int64_t days;

	if (second < 0 || second > 60 || minute < 0 || minute > 59 || hour < 0 ||
	    hour > 23 || day < 1 || day > 31 || month < 1 || month > 12 || year < 0 ||
	    century < 0)
		return 0;
	year += 100 * century;
	if (year < 1970 || year > 2261) /* what 64 bits of nanoseconds hold */
		return 0;
	days = days_since_epoch(year, month, day);
	return (days * 86400 + hour * 3600 + minute * 60 + second) * NS_PER_SEC;
}

/* --- what entries and descriptors have alike --- */

static void take_fru(struct cper_walk *walk, uint8_t valid, const uint8_t *id,
		     const uint8_t *text, struct cper_section *ret)
{
	if (valid & VALID_FRU_ID) {
		memcpy(&walk->fru_id, id, GUID_BYTES);
		ret->fru_id = &walk->fru_id;
	}
	if (valid & VALID_FRU_TEXT) {
		ret->fru_text = (const char *)text;
		ret->fru_text_len = FRU_TEXT_LEN;
	}
}

static void take_place(struct cper_walk *walk, struct cper_section *ret)
{
	ret->has_place = true;
	ret->record = walk->head.number;
	ret->index = walk->next_index++;
}

/* `claimed` bytes from `from` on, as far as they lie in front of `end`. */
static void take_body(const struct cper_walk *walk, uint64_t from, uint64_t claimed,
		      struct cper_section *ret)
{
	uint64_t room = from < walk->end ? walk->end - from : 0;

	ret->body = walk->bytes + MIN(from, (uint64_t)walk->end);
	ret->len = (size_t)MIN(claimed, room);
	ret->incomplete = claimed > room;
}

/* --- Generic Error Status Blocks --- */

/*
 * Opens the block at walk->at. Its status is not looked at: the kernel clears it in
 * BERT's memory once it has printed the block.
 */
static int open_block(struct cper_walk *walk)
{
	const uint8_t *p = walk->bytes + walk->at;
	size_t room = walk->len - walk->at;
	uint64_t raw_at, raw_len, data_end, end;

	if (is_fill(p, MIN(room, (size_t)CPER_BLOCK_HEADER_BYTES)))
		return 0;
	if (room < CPER_BLOCK_HEADER_BYTES)
		return -EBADMSG;
	raw_at = load_le32(p + 4);
	raw_len = load_le32(p + 8);
	data_end = (uint64_t)CPER_BLOCK_HEADER_BYTES + load_le32(p + 12);
	if (!raw_len && data_end == CPER_BLOCK_HEADER_BYTES)
		return 0;
	if (raw_len && raw_at < data_end)
		return -EBADMSG;
	end = raw_len ? raw_at + raw_len : data_end;
	walk->head = (struct cper_head){
		.number = walk->end ? walk->head.number + 1 : 0,
		.block_status = load_le32(p),
		.severity = severity_from_cper(load_le32(p + 16)),
		.n_sections = bits(load_le32(p), 4, 13),
	};
	if (raw_len && raw_at < room) {
		walk->head.raw = p + raw_at;
		walk->head.raw_len = (size_t)MIN(raw_len, room - raw_at);
	}
	walk->next_index = 0;
	walk->cut = end > room;
	walk->next = walk->at + (size_t)MIN(end, (uint64_t)room);
	walk->end = walk->at + (size_t)MIN(data_end, (uint64_t)room);
	walk->at += CPER_BLOCK_HEADER_BYTES;
	return 1;
}

/* A Generic Error Data Entry, ACPI 6.5 table 18.12; there are its 64 bytes at least. */
static void take_entry(struct cper_walk *walk, struct cper_section *ret)
{
	const uint8_t *p = walk->bytes + walk->at;
	uint16_t revision = load_le16(p + 20);
	bool timed = revision >> 8 >= HAS_TIME_REV;
	size_t room = walk->end - walk->at;
	size_t head = timed ? CPER_ENTRY_3_BYTES : CPER_ENTRY_BYTES;

	*ret = (struct cper_section){
		.severity = severity_from_cper(load_le32(p + 16)),
		.revision = revision,
		.has_flags = true,
		.flags = p[23],
	};
	memcpy(&ret->type, p, GUID_BYTES);
	take_fru(walk, p[22], p + 28, p + 44, ret);
	take_place(walk, ret);
	if (timed && room >= CPER_ENTRY_3_BYTES && p[22] & VALID_TIME)
		ret->time_ns = cper_time_ns(p + CPER_ENTRY_BYTES);
	take_body(walk, walk->at + head, load_le32(p + 24), ret);
	if (head > room)
		ret->incomplete = true;
	walk->at = ret->incomplete ? walk->end : walk->at + head + ret->len;
	if (ret->incomplete && walk->end == walk->len)
		walk->cut = false; /* that is told now */
}

/* The block's raw data, whose meaning only its vendor knows, as a section of no type. */
static void take_raw(struct cper_walk *walk, struct cper_section *ret)
{
	*ret = (struct cper_section){
		.severity = walk->head.severity,
		.body = walk->head.raw,
		.len = walk->head.raw_len,
		.incomplete = walk->cut,
	};
	take_place(walk, ret);
	walk->at = walk->end = walk->next;
	walk->cut = false;
}

static bool has_raw_ahead(const struct cper_walk *walk)
{
	return walk->head.raw_len && walk->at <= (size_t)(walk->head.raw - walk->bytes);
}

/* The next section of the present block: 1. 0: it has no more, and is left. */
static int next_of_block(struct cper_walk *walk, struct cper_section *ret)
{
	size_t room = walk->end - walk->at;

	if (room >= CPER_ENTRY_BYTES) {
		take_entry(walk, ret);
		return 1;
	}
	if (!is_fill(walk->bytes + walk->at, room))
		return -EBADMSG;
	if (has_raw_ahead(walk)) {
		take_raw(walk, ret);
		return 1;
	}
	if (walk->cut)
		return -EBADMSG;
	walk->at = walk->end = walk->next;
	return 0;
}

static int next_of_blocks(struct cper_walk *walk, struct cper_section *ret)
{
	int r = walk->end ? next_of_block(walk, ret) : 0;

	while (r == 0) {
		r = open_block(walk);
		if (r <= 0)
			return r;
		r = next_of_block(walk, ret);
	}
	return r;
}

/* --- records with a header --- */

static int open_record(struct cper_walk *walk)
{
	const uint8_t *p = walk->bytes + walk->at;
	size_t room = walk->len - walk->at;
	uint32_t valid, length;

	if (is_fill(p, room))
		return 0;
	if (room < CPER_RECORD_HEADER_BYTES || memcmp(p, SIGNATURE, SIGNATURE_LEN))
		return -EBADMSG;
	valid = load_le32(p + 16);
	length = load_le32(p + 20);
	if (length < CPER_RECORD_HEADER_BYTES)
		return -EBADMSG;
	walk->head = (struct cper_head){
		.number = walk->end ? walk->head.number + 1 : 0,
		.severity = severity_from_cper(load_le32(p + 12)),
		.n_sections = load_le16(p + 10),
		.record_id = load_le64(p + 96),
		.flags = load_le32(p + 104),
		.time_ns = valid & RECORD_TIME ? cper_time_ns(p + 24) : 0,
	};
	if (valid & RECORD_PLATFORM)
		memcpy(&walk->head.platform, p + 32, GUID_BYTES);
	memcpy(&walk->head.creator, p + 64, GUID_BYTES);
	memcpy(&walk->head.notification, p + 80, GUID_BYTES);
	walk->next_index = 0;
	walk->cut = length > room;
	walk->left = MIN((size_t)length, room);
	walk->next = walk->end = walk->at + walk->left;
	walk->at += CPER_RECORD_HEADER_BYTES;
	return 1;
}

/*
 * A section descriptor, UEFI table N.2. A section that overlaps the record's own tables,
 * or lies outside of it, is one without bytes. All of them together have no more bytes
 * than the record: thousands of descriptors may name the same ones.
 */
static void take_descriptor(struct cper_walk *walk, struct cper_section *ret)
{
	const uint8_t *p = walk->bytes + walk->at;
	size_t tables = CPER_RECORD_HEADER_BYTES +
			(size_t)walk->head.n_sections * CPER_SECTION_DESCRIPTOR_BYTES;
	size_t start = walk->at - CPER_RECORD_HEADER_BYTES -
		       (size_t)walk->next_index * CPER_SECTION_DESCRIPTOR_BYTES;
	uint32_t offset = load_le32(p), length = load_le32(p + 4);

	*ret = (struct cper_section){
		.severity = severity_from_cper(load_le32(p + 48)),
		.revision = load_le16(p + 8),
		.has_flags = true,
		.flags = load_le32(p + 12),
		.time_ns = walk->head.time_ns,
	};
	memcpy(&ret->type, p + 16, GUID_BYTES);
	take_fru(walk, p[10], p + 32, p + 52, ret);
	take_place(walk, ret);
	if (offset >= tables) {
		take_body(walk, (uint64_t)start + offset, length, ret);
	} else {
		take_body(walk, walk->end, 0, ret);
		ret->incomplete = true;
	}
	if (ret->len > walk->left) {
		ret->len = walk->left;
		ret->incomplete = true;
	}
	walk->left -= ret->len;
	walk->at += CPER_SECTION_DESCRIPTOR_BYTES;
}

static int next_of_records(struct cper_walk *walk, struct cper_section *ret)
{
	while (!walk->end || walk->next_index == walk->head.n_sections) {
		int r;

		if (walk->end)
			walk->at = walk->next;
		r = open_record(walk);
		if (r <= 0)
			return r;
	}
	if (walk->end - walk->at < CPER_SECTION_DESCRIPTOR_BYTES)
		return -EBADMSG;
	take_descriptor(walk, ret);
	return 1;
}

int cper_walk_next(struct cper_walk *walk, struct cper_section *ret)
{
	return walk->form == CPER_BLOCKS ? next_of_blocks(walk, ret) :
					   next_of_records(walk, ret);
}
