// SPDX-License-Identifier: LGPL-2.1-or-later

#include "handlers/cxl.h"

#include <errno.h>
#include <inttypes.h>

#include "util/macro.h"

#define DPA_FLAGS_MASK	 0x3full   /* what of an address' 64 bytes is not the address */
#define UNCORRECTABLE	 (1u << 0) /* of the descriptor */
#define THRESHOLD_EVENT	 (1u << 1)
#define LINE_BYTES	 64	/* that media records are about */
#define INTERLEAVE_BYTES 256ull /* the finest */

static const struct value absent = { .kind = VALUE_NONE };

static const struct cxl_words record_words[] = {
	{ CXL_LOG, CXL_LOG_TEXT, 0, 0, &cxl_log_words },
	{ CXL_FLAGS, CXL_FLAGS_TEXT, 2, 23, &cxl_record_flag_words },
};

/* --- what all records have --- */

/* The subclass' word has its class in it; where there is none, the class' own. */
static struct value maintenance_text(const struct value *detail)
{
	uint64_t class = value_as_uint(&detail[CXL_MAINTENANCE_CLASS]);
	const struct value *subclass = &detail[CXL_MAINTENANCE_SUBCLASS];
	const char *word = NULL;

	if (detail[CXL_MAINTENANCE_CLASS].kind != VALUE_INT)
		return absent;
	if (subclass->kind == VALUE_INT)
		word = symbol_text(&cxl_maintenance_words.table,
				   (int64_t)(class << 8) + subclass->i);
	if (!word)
		word = symbol_text(&cxl_maintenance_class_words.table, (int64_t) class);
	return value_text(word);
}

/* Makes absent a number that says there is none. */
void cxl_drop_number(struct value *value, uint64_t none)
{
	if (value->kind == VALUE_INT && value_as_uint(value) == none)
		*value = absent;
}

static void drop_if(struct value *value, bool drop)
{
	if (drop)
		*value = absent;
}

/* What the record's head says is not there. */
static void finish_head(struct event *event)
{
	struct value *detail = event->detail;
	uint64_t flags = value_as_uint(&detail[CXL_FLAGS]);

	drop_if(&detail[CXL_MAINTENANCE_SUBCLASS], !(flags & CXL_RECORD_SUBCLASS_VALID));
	drop_if(&detail[CXL_LD_ID], !(flags & CXL_RECORD_LD_ID_VALID));
	drop_if(&detail[CXL_HEAD_ID], !(flags & CXL_RECORD_HEAD_ID_VALID));
	cxl_drop_number(&detail[CXL_TIMESTAMP], 0);
	cxl_drop_number(&detail[CXL_RELATED_HANDLE], 0);
	detail[CXL_MAINTENANCE_TEXT] = maintenance_text(detail);
}

/* Bit 0 and 1 of the first byte: bytes 1 to 6 and 7 to 10 are there. */
static void split_component_id(struct event *event, const struct cxl_record *type)
{
	const struct value *id = &event->detail[type->component_id];

	if (!(value_as_uint(&event->detail[type->flags]) & type->pldm) || id->len < 11)
		return;
	if (id->bytes[0] & 1)
		event->detail[type->component_id + 1] = value_bytes(id->bytes + 1, 6);
	if (id->bytes[0] & 2)
		event->detail[type->component_id + 2] = value_bytes(id->bytes + 7, 4);
}

static int finish(const struct cxl_record *type, const struct symbol_table *symbols,
		  struct arena *arena, struct event *event)
{
	int r;

	event->component = COMPONENT_CXL;
	event->severity =
		cxl_worse(event->severity, cxl_severity_of_log(&event->detail[CXL_LOG]));
	finish_head(event);
	if (type->flags)
		cxl_drop_invalid(event, type->flags, type->validity, type->n_validity);
	if (type->component_id)
		split_component_id(event, type);
	if (type->finish)
		type->finish(event);
	r = cxl_words_fill(event, record_words, ARRAY_SIZE(record_words), symbols, arena);
	if (r < 0)
		return r;
	r = cxl_words_fill(event, type->words, type->n_words, symbols, arena);
	return r < 0 ? r : 1;
}

/* As a handler's decode(). */
int cxl_record_decode(const struct cxl_record *type, const struct record *record,
		      struct event *event)
{
	struct value *detail = event->detail;
	int r = cxl_uuid_text(&detail[CXL_HEADER_UUID], record->arena, &detail[CXL_UUID]);

	if (r < 0)
		return r;
	event->device = detail[CXL_MEMDEV];
	return finish(type, record->symbols, record->arena, event);
}

/* As a handler's decode_section(). */
int cxl_record_decode_section(const struct cxl_record *type,
			      const struct cper_section *section, struct arena *arena,
			      struct event *event)
{
	int r = cxl_section_read(section, type->places, type->n_places, arena, event);

	return r < 0 ? r : finish(type, NULL, arena, event);
}

/* --- where it happened --- */

/*
 * The host's address is what can be acted upon; without it, the device's own. `bytes`
 * from there on are concerned: the mask tells of them if it can. What follows each other
 * in the device does so for the host only as far as no other device's memory comes
 * between.
 */
void cxl_set_address(struct event *event, const struct value *hpa,
		     const struct value *dpa, uint64_t bytes)
{
	if (hpa->kind == VALUE_INT) {
		event_set_address(event, ADDRESS_PHYSICAL, value_as_uint(hpa));
		bytes = MIN(bytes, INTERLEAVE_BYTES);
	} else if (dpa->kind == VALUE_INT) {
		event_set_address(event, ADDRESS_DEVICE_PHYSICAL, value_as_uint(dpa));
	} else {
		return;
	}
	if (bytes && !(bytes & (bytes - 1)) && !(event->address & (bytes - 1)))
		event->address_mask = ~(bytes - 1);
}

/* The kernel parts the address from its flags, a section has them in one. */
static void part_address(struct value *detail)
{
	uint64_t dpa = value_as_uint(&detail[CXL_DPA]);

	if (detail[CXL_DPA].kind != VALUE_INT || detail[CXL_DPA_FLAGS].kind == VALUE_INT)
		return;
	detail[CXL_DPA] = value_uint(dpa & ~DPA_FLAGS_MASK);
	detail[CXL_DPA_FLAGS] = value_uint(dpa & DPA_FLAGS_MASK);
}

/* As a handler's decode(), of a record about media. */
int cxl_media_decode(const struct cxl_record *type, const struct record *record,
		     struct event *event)
{
	struct value *detail = event->detail;
	int r = cxl_uuid_text(&detail[CXL_REGION_UUID_RAW], record->arena,
			      &detail[CXL_REGION_UUID]);

	return r < 0 ? r : cxl_record_decode(type, record, event);
}

void cxl_media_finish(struct event *event)
{
	struct value *detail = event->detail;
	uint64_t descriptor = value_as_uint(&detail[CXL_DESCRIPTOR]);

	part_address(detail);
	cxl_drop_number(&detail[CXL_HPA], CXL_HPA_NONE);
	cxl_drop_number(&detail[CXL_HPA_ALIAS], CXL_HPA_NONE);
	drop_if(&detail[CXL_REGION], detail[CXL_REGION].len == 0);
	drop_if(&detail[CXL_THRESHOLD], !(descriptor & THRESHOLD_EVENT));
	drop_if(&detail[CXL_COUNT], !(descriptor & THRESHOLD_EVENT));
	if (detail[CXL_DESCRIPTOR].kind == VALUE_INT)
		event->severity =
			cxl_worse(event->severity, descriptor & UNCORRECTABLE ?
							   SEVERITY_UNCORRECTED :
							   SEVERITY_CORRECTED);
	cxl_set_address(event, &detail[CXL_HPA], &detail[CXL_DPA], LINE_BYTES);
}

/* --- for people --- */

void cxl_describe_text(const char *before, const struct value *value, struct text *out)
{
	if (!value->len)
		return;
	text_add(out, "%s", before);
	text_add_escaped(out, value->text, value->len);
}

/* "corrected media ECC error on mem0 at device-physical address 0x…" */
void cxl_describe_head(const struct event *event, const struct value *what,
		       const char *otherwise, struct text *out)
{
	if (event->severity != SEVERITY_UNKNOWN)
		text_add(out, "%s ", severity_name(event->severity));
	if (what->len)
		text_add_escaped(out, what->text, what->len);
	else
		text_add(out, "%s", otherwise);
	cxl_describe_text(" on ", &event->device, out);
	if (event->address_kind)
		text_add(out, " at %s address %#" PRIx64,
			 address_kind_name(event->address_kind), event->address);
}

/* ", channel 1 rank 0": those of the columns that are there. */
void cxl_describe_numbers(const struct event *event, const uint8_t *columns, size_t n,
			  struct text *out)
{
	const char *before = ", ";

	for (size_t i = 0; i < n; i++) {
		const struct value *value = &event->detail[columns[i]];

		if (value->kind != VALUE_INT)
			continue;
		text_add(out, "%s%s %" PRIu64, before,
			 event->type->fields[columns[i]].name, value_as_uint(value));
		before = " ";
	}
}
