// SPDX-License-Identifier: LGPL-2.1-or-later

/* Error records as they are: what they are shows in their first bytes. */

#include "rasctl/decoder.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "cper/walk.h"
#include "util/bytes.h"
#include "util/text.h"

#define ACPI_HEADER_BYTES 36
#define BLOCK_BYTES_MAX	  (64u << 20) /* more is no length of a status block */
#define SEVERITY_LAST	  3
#define ENTRY_REVISION_AT 20
#define ENTRY_LENGTH_AT	  24

/* A handler that cannot read a section leaves it to the one that keeps any. */
void decoder_section(struct decoder *decoder, const struct cper_section *section,
		     const char *where)
{
	struct event event;
	char guid[GUID_TEXT_BYTES];
	int r;

	arena_reset(&decoder->arena);
	decoder->found = true;
	r = cper_section_decode(decoder->handlers, section, &decoder->arena, &event);
	if (r < 0) {
		decoder_complain(decoder,
				 "%s: a section of type %s cannot be decoded: %s", where,
				 guid_to_text(section->type.bytes, guid), strerror(-r));
		return;
	}
	event.time_ns = event.time_last_ns = section->time_ns;
	decoder_show(decoder, &event, where, NULL);
}

void decoder_take_section(struct decoder *decoder, const struct guid *type,
			  const uint8_t *bytes, size_t len, const char *where)
{
	const struct cper_section section = {
		.type = *type, .severity = SEVERITY_UNKNOWN, .body = bytes, .len = len
	};

	decoder_section(decoder, &section, where);
}

static void say_place(const struct cper_walk *walk, const struct cper_section *section,
		      const char *where, char *ret, size_t size)
{
	snprintf(ret, size, "%s%s%s %" PRIu64 ", section %" PRIu64 ", byte %zu", where,
		 *where ? ": " : "", walk->form == CPER_BLOCKS ? "block" : "record",
		 section->record, section->index, (size_t)(section->body - walk->bytes));
}

/* A record has the time for all of its sections. */
static void walk_all(struct decoder *decoder, struct cper_walk *walk, const char *where)
{
	struct cper_section section;
	char place[DECODER_TOLD_BYTES];
	int r;

	decoder->found = true;
	while ((r = cper_walk_next(walk, &section)) > 0) {
		if (!section.time_ns)
			section.time_ns = walk->head.time_ns;
		say_place(walk, &section, where, place, sizeof(place));
		decoder_section(decoder, &section, place);
	}
	if (r < 0)
		decoder_complain(decoder,
				 "%s%sbyte %zu of %zu: the lengths there cannot be true, "
				 "the rest cannot be read",
				 where, *where ? ": " : "", walk->at, walk->len);
}

static bool is_zeros(const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (bytes[i])
			return false;
	return true;
}

/* ACPI 6.5, 18.3.2.7.1: nothing marks a status block but that its numbers make sense. */
static bool looks_like_block(const uint8_t *bytes, size_t len)
{
	const uint8_t *entry = bytes + CPER_BLOCK_HEADER_BYTES;
	uint32_t data_length;

	if (len < CPER_BLOCK_HEADER_BYTES + CPER_ENTRY_BYTES)
		return false;
	data_length = load_le32(bytes + 12);
	return load_le32(bytes + 16) <= SEVERITY_LAST &&
	       data_length >= CPER_ENTRY_BYTES && data_length <= BLOCK_BYTES_MAX &&
	       load_le32(bytes + 8) <= BLOCK_BYTES_MAX && !is_zeros(entry, GUID_BYTES) &&
	       load_le32(entry + GUID_BYTES) <= SEVERITY_LAST &&
	       load_le16(entry + ENTRY_REVISION_AT) >> 8 <= 4 &&
	       load_le32(entry + ENTRY_LENGTH_AT) <= BLOCK_BYTES_MAX;
}

/* A table of ACPI, by the signatures of those that are about errors (ACPI 6.5, 18.3). */
static bool is_acpi_table(const uint8_t *bytes, size_t len)
{
	static const char *const signatures[] = { "BERT", "HEST", "ERST", "EINJ" };

	for (size_t i = 0; i < ARRAY_SIZE(signatures); i++)
		if (len >= ACPI_HEADER_BYTES && !memcmp(bytes, signatures[i], 4))
			return true;
	return false;
}

static void tell_of_table(struct decoder *decoder, const uint8_t *bytes, size_t len,
			  const char *where)
{
	const char *colon = *where ? ": " : "";

	if (!memcmp(bytes, "BERT", 4) && len >= ACPI_HEADER_BYTES + 12)
		decoder_complain(
			decoder,
			"%s%sthis is the ACPI table BERT, which only says where the records "
			"are: %u bytes at %#" PRIx64
			" of that machine's memory; decode a copy "
			"of its /sys/firmware/acpi/tables/data/BERT",
			where, colon, load_le32(bytes + ACPI_HEADER_BYTES),
			load_le64(bytes + ACPI_HEADER_BYTES + 4));
	else
		decoder_complain(
			decoder,
			"%s%sthis is the ACPI table %.4s: it has no error records", where,
			colon, (const char *)bytes);
	decoder->found = true;
}

static bool wants(const struct decoder *decoder, const char *kind)
{
	return !decoder->options->kind || !strcmp(decoder->options->kind, kind);
}

bool decoder_take_bytes(struct decoder *decoder, const uint8_t *bytes, size_t len,
			const char *where)
{
	const char *kind = decoder->options->kind;
	struct cper_walk walk;

	if (len >= 4 && !memcmp(bytes, "CPER", 4) && wants(decoder, "cper")) {
		cper_walk_records(&walk, bytes, len);
		walk_all(decoder, &walk, where);
	} else if (!kind && is_acpi_table(bytes, len)) {
		tell_of_table(decoder, bytes, len, where);
	} else if (kind && !strcmp(kind, "block") ?
			   len > 0 :
			   wants(decoder, "block") && looks_like_block(bytes, len)) {
		cper_walk_blocks(&walk, bytes, len);
		walk_all(decoder, &walk, where);
	} else if (wants(decoder, "block") && len && is_zeros(bytes, len)) {
		decoder->found = true; /* firmware has recorded nothing there */
	}
	return decoder->found;
}
