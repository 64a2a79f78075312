// SPDX-License-Identifier: LGPL-2.1-or-later

#include "cper/cxl_event.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "util/bytes.h"
#include "util/macro.h"

/* The section's head, UEFI 2.10 table N.37. */
#define HEAD_VALIDATION 4
#define HEAD_VENDOR	12
#define HEAD_DEVICE	14
#define HEAD_ADDRESS	16 /* function, device, bus, segment */
#define HEAD_SLOT	21
#define HEAD_SERIAL	24

#define SLOT_SHIFT 3

#define VALID_DEVICE (1u << 0)
#define VALID_SERIAL (1u << 1)
#define VALID_RECORD (1u << 2)

/* The record's own head, CXL 3.1 table 8-43 without its first 16 bytes; LD-ID and head ID
 * as drivers/cxl has them (include/cxl/event.h). */
static const struct cxl_place header_places[] = {
	{ CXL_LENGTH, 0, 1, CXL_UNSIGNED },
	{ CXL_FLAGS, 1, 3, CXL_UNSIGNED },
	{ CXL_HANDLE, 4, 2, CXL_UNSIGNED },
	{ CXL_RELATED_HANDLE, 6, 2, CXL_UNSIGNED },
	{ CXL_TIMESTAMP, 8, 8, CXL_UNSIGNED },
	{ CXL_MAINTENANCE_CLASS, 16, 1, CXL_UNSIGNED },
	{ CXL_MAINTENANCE_SUBCLASS, 17, 1, CXL_UNSIGNED },
	{ CXL_LD_ID, 18, 2, CXL_UNSIGNED },
	{ CXL_HEAD_ID, 20, 1, CXL_UNSIGNED },
};

static uint64_t load_le(const uint8_t *bytes, size_t n)
{
	uint64_t value = 0;

	for (size_t i = n; i-- > 0;)
		value = value << 8 | bytes[i];
	return value;
}

static struct value load_place(const struct cxl_place *place, const uint8_t *record)
{
	const uint8_t *bytes = record + place->at;
	uint64_t value;
	unsigned int unused = 64 - 8u * place->bytes;

	if (place->shape == CXL_BYTES)
		return value_bytes(bytes, place->bytes);
	value = load_le(bytes, place->bytes);
	if (place->shape == CXL_SIGNED)
		return value_int((int64_t)(value << unused) >> unused);
	return value_uint(value);
}

/* Columns that do not lie within the `len` bytes stay absent, and it is told. */
void cxl_read_places(const uint8_t *record, size_t len, const struct cxl_place *places,
		     size_t n, struct event *event)
{
	for (size_t i = 0; i < n; i++) {
		if ((size_t)places[i].at + places[i].bytes <= len)
			event->detail[places[i].column] = load_place(&places[i], record);
		else
			event->detail[CPER_INCOMPLETE] = value_int(1);
	}
}

/* "0000:3f:00.1" of the bytes function, device, bus, segment (u16). NULL: no room. */
char *cxl_pci_address(const uint8_t *bytes, struct arena *arena)
{
	char text[sizeof("ffff:ff:ff.ff")];
	int len = snprintf(text, sizeof(text), "%04x:%02x:%02x.%x", load_le16(bytes + 3),
			   bytes[2], bytes[1], bytes[0]);

	return arena_copy_text(arena, text, (size_t)len);
}

/* Where the section was cut, nothing of what is cut is believed. */
static int read_device(const struct cper_section *section, uint64_t valid,
		       struct arena *arena, struct event *event)
{
	struct value *detail = event->detail;
	const uint8_t *body = section->body;

	if (valid & VALID_SERIAL && section->len >= CXL_EVENT_HEAD_BYTES)
		detail[CXL_SERIAL] = value_uint(load_le64(body + HEAD_SERIAL));
	if (valid & VALID_DEVICE && section->len >= HEAD_SERIAL) {
		char *address = cxl_pci_address(body + HEAD_ADDRESS, arena);

		if (!address)
			return -ENOBUFS;
		detail[CXL_HOST] = value_text(address);
		event->device = detail[CXL_HOST];
		detail[CXL_VENDOR_ID] = value_uint(load_le16(body + HEAD_VENDOR));
		detail[CXL_DEVICE_ID] = value_uint(load_le16(body + HEAD_DEVICE));
		detail[CXL_SLOT] = value_uint(load_le16(body + HEAD_SLOT) >> SLOT_SHIFT);
	}
	return 0;
}

/*
 * A length that is not even its head's says nothing, and what is there is taken. It stays
 * in its column either way.
 */
static size_t believed_length(const struct cper_section *section, struct event *event)
{
	uint64_t told = load_le32(section->body);

	event->detail[CXL_SECTION_LENGTH] = value_uint(told);
	if (told > section->len)
		event->detail[CPER_INCOMPLETE] = value_int(1);
	if (told < CXL_EVENT_HEAD_BYTES)
		return section->len;
	return MIN(section->len, (size_t)told);
}

/*
 * Fills in the shared columns, and those of `places`, from a component event section.
 * What it was cut by is absent and told as CPER_INCOMPLETE. Borrows from the section;
 * -EBADMSG if it is too short to say what is valid in it, -ENOBUFS if the arena is full.
 */
int cxl_section_read(const struct cper_section *section, const struct cxl_place *places,
		     size_t n_places, struct arena *arena, struct event *event)
{
	struct value *detail = event->detail;
	struct value type = value_bytes(section->type.bytes, GUID_BYTES);
	char *uuid = arena_take(arena, GUID_TEXT_BYTES);
	uint64_t valid;
	size_t len;
	int r;

	if (section->len < HEAD_VENDOR)
		return -EBADMSG;
	r = uuid ? cper_columns_fill(section, arena, event) : -ENOBUFS;
	if (r < 0)
		return r;
	detail[CXL_UUID] = value_text(guid_to_text(type.bytes, uuid));
	valid = load_le64(section->body + HEAD_VALIDATION);
	detail[CXL_VALIDATION] = value_uint(valid);
	len = believed_length(section, event);
	if (len < CXL_EVENT_HEAD_BYTES)
		detail[CPER_INCOMPLETE] = value_int(1);
	r = read_device(section, valid, arena, event);
	if (r < 0 || !(valid & VALID_RECORD) || len < CXL_EVENT_HEAD_BYTES)
		return r;
	len -= CXL_EVENT_HEAD_BYTES;
	cxl_read_places(section->body + CXL_EVENT_HEAD_BYTES, len, header_places,
			ARRAY_SIZE(header_places), event);
	cxl_read_places(section->body + CXL_EVENT_HEAD_BYTES, len, places, n_places,
			event);
	/* which log it lies in is its severity; so says the kernel, too */
	if (detail[CXL_FLAGS].kind == VALUE_INT)
		detail[CXL_LOG] = value_uint(bits((uint64_t)detail[CXL_FLAGS].i, 0, 1));
	return 0;
}

/* Makes absent what a record says is not valid. Without flags all of it stays. */
void cxl_drop_invalid(struct event *event, size_t flags_column,
		      const struct cxl_validity *validity, size_t n)
{
	const struct value *flags = &event->detail[flags_column];

	if (flags->kind != VALUE_INT)
		return;
	for (size_t i = 0; i < n; i++)
		if (!(flags->i >> validity[i].bit & 1))
			event->detail[validity[i].column] =
				(struct value){ .kind = VALUE_NONE };
}

/*
 * The text of 16 bytes; all zeros, or bytes that are not there, make no text. -EBADMSG
 * for another length, -ENOBUFS if the arena is full.
 */
int cxl_uuid_text(const struct value *uuid, struct arena *arena, struct value *ret)
{
	static const uint8_t none[GUID_BYTES];
	char *text;

	if (uuid->kind != VALUE_BYTES)
		return 0;
	if (uuid->len != GUID_BYTES)
		return -EBADMSG;
	if (!memcmp(uuid->bytes, none, GUID_BYTES))
		return 0;
	text = arena_take(arena, GUID_TEXT_BYTES);
	if (!text)
		return -ENOBUFS;
	*ret = value_text(uuid_to_text(uuid->bytes, text));
	return 0;
}

/* A warning is not about data that were lost. */
enum severity cxl_severity_of_log(const struct value *log)
{
	static const enum severity map[] = { SEVERITY_INFO, SEVERITY_CORRECTED,
					     SEVERITY_UNCORRECTED, SEVERITY_FATAL,
					     SEVERITY_INFO };
	uint64_t i = value_as_uint(log);

	return log->kind == VALUE_INT && i < ARRAY_SIZE(map) ? map[i] : SEVERITY_UNKNOWN;
}

enum severity cxl_worse(enum severity a, enum severity b)
{
	if (a == SEVERITY_UNKNOWN)
		return b;
	if (b == SEVERITY_UNKNOWN)
		return a;
	return MAX(a, b);
}
