// SPDX-License-Identifier: LGPL-2.1-or-later

#include "unit/cper_fixture.h"

#include <stdlib.h>
#include <string.h>

#include "util/bytes.h"
#include "util/macro.h"

#define BLOCK_BYTES	 20
#define RECORD_BYTES	 128
#define DESCRIPTOR_BYTES 72

/* Little-endian. */
void built_put(struct built *built, size_t at, uint64_t number, size_t width)
{
	for (size_t i = 0; i < width; i++)
		built->bytes[at + i] = (uint8_t)(number >> (8 * i));
}

static void put_text(struct built *built, size_t at, const char *text)
{
	if (text)
		memcpy(built->bytes + at, text, MIN(strlen(text), (size_t)20));
}

void built_block(struct built *built, uint32_t status, uint32_t severity)
{
	built->start = built->len;
	memset(built->bytes + built->start, 0, BLOCK_BYTES);
	built_put(built, built->start, status, 4);
	built_put(built, built->start + 16, severity, 4);
	built->len += BLOCK_BYTES;
}

void built_entry(struct built *built, const struct built_section *section)
{
	size_t at = built->len, head = section->revision >> 8 >= 3 ? 72 : 64;

	memset(built->bytes + at, 0, head);
	memcpy(built->bytes + at, &section->type, GUID_BYTES);
	built_put(built, at + 16, section->severity, 4);
	built_put(built, at + 20, section->revision, 2);
	built_put(built, at + 22, section->valid, 1);
	built_put(built, at + 23, section->flags, 1);
	built_put(built, at + 24, section->len, 4);
	memcpy(built->bytes + at + 28, &section->fru_id, GUID_BYTES);
	put_text(built, at + 44, section->fru_text);
	if (section->time && head == 72)
		memcpy(built->bytes + at + 64, section->time, 8);
	if (section->len)
		memcpy(built->bytes + at + head, section->body, section->len);
	built->len += head + section->len;
	built_put(built, built->start + 12, built->len - built->start - BLOCK_BYTES, 4);
}

void built_raw(struct built *built, size_t gap, const void *bytes, size_t len)
{
	memset(built->bytes + built->len, 0, gap);
	built->len += gap;
	built_put(built, built->start + 4, built->len - built->start, 4);
	built_put(built, built->start + 8, len, 4);
	memcpy(built->bytes + built->len, bytes, len);
	built->len += len;
}

static void put_descriptor(struct built *built, size_t at,
			   const struct built_section *section)
{
	built_put(built, at, built->len - built->start, 4);
	built_put(built, at + 4, section->len, 4);
	built_put(built, at + 8, section->revision, 2);
	built_put(built, at + 10, section->valid, 1);
	built_put(built, at + 12, section->flags, 4);
	memcpy(built->bytes + at + 16, &section->type, GUID_BYTES);
	memcpy(built->bytes + at + 32, &section->fru_id, GUID_BYTES);
	built_put(built, at + 48, section->severity, 4);
	put_text(built, at + 52, section->fru_text);
}

void built_record(struct built *built, const struct built_section *sections, size_t n)
{
	size_t at = built->start = built->len;

	memset(built->bytes + at, 0, RECORD_BYTES + n * DESCRIPTOR_BYTES);
	memcpy(built->bytes + at, "CPER", 4);
	built_put(built, at + 4, 0x0101, 2);
	built_put(built, at + 6, 0xffffffff, 4);
	built_put(built, at + 10, n, 2);
	built_put(built, at + 12, CPER_CORRECTED, 4);
	built_put(built, at + 16, 3, 4);
	memcpy(built->bytes + at + 24, "\x56\x34\x12\x01\x31\x12\x25\x20", 8);
	for (size_t i = 0; i < 3 * GUID_BYTES; i++)
		built->bytes[at + 48 + i] = (uint8_t)(0x40 + i);
	memset(built->bytes + at + 32, 0x11, GUID_BYTES);
	built_put(built, at + 96, 0x1122334455667788, 8);
	built_put(built, at + 104, 2, 4);
	built->len += RECORD_BYTES + n * DESCRIPTOR_BYTES;
	for (size_t i = 0; i < n; i++) {
		put_descriptor(built, at + RECORD_BYTES + i * DESCRIPTOR_BYTES,
			       &sections[i]);
		if (sections[i].len)
			memcpy(built->bytes + built->len, sections[i].body,
			       sections[i].len);
		built->len += sections[i].len;
	}
	built_put(built, at + 20, built->len - at, 4);
}

uint8_t *copy_of(const void *bytes, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);

	memcpy(copy, bytes, len);
	return copy;
}
