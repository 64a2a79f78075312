// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * cxl_poison: an entry of a CXL device's list of poison was read, or poison was injected
 * or cleared (drivers/cxl/core/trace.h; CXL 3.1, 8.2.9.9.4.1). Whoever asks for the list
 * is told of old poison again.
 */

#include "handlers/cxl.h"

#include <inttypes.h>

#include "util/macro.h"

#define ACT_LIST 0
#define ACT_MAX	 3

enum {
	MEMDEV,
	HOST,
	SERIAL,
	ACT,
	ACT_TEXT,
	REGION,
	REGION_UUID,
	OVERFLOW_TIME,
	HPA,
	HPA_ALIAS,
	DPA,
	LENGTH,
	SOURCE,
	SOURCE_TEXT,
	FLAGS,
	FLAGS_TEXT,
	UUID_RAW,
	FIELDS
};

static const struct field fields[FIELDS] = {
	[MEMDEV] = { .kernel = "memdev", .kind = FIELD_TEXT },
	[HOST] = { .name = "host", .kernel = "host", .kind = FIELD_TEXT },
	[SERIAL] = { .name = "serial", .kernel = "serial", .kind = FIELD_HEX },
	[ACT] = { .name = "trace_type", .kernel = "trace_type", .kind = FIELD_UINT },
	[ACT_TEXT] = { .name = "trace_type_text", .kind = FIELD_TEXT },
	[REGION] = { .name = "region", .kernel = "region", .kind = FIELD_TEXT },
	[REGION_UUID] = { .name = "region_uuid", .kind = FIELD_TEXT },
	[OVERFLOW_TIME] = { .name = "overflow_time_ns",
			    .kernel = "overflow_ts",
			    .kind = FIELD_UINT },
	[HPA] = { .name = "hpa", .kernel = "hpa", .kind = FIELD_HEX, .optional = true },
	[HPA_ALIAS] = { .name = "hpa_alias0",
			.kernel = "hpa_alias0",
			.kind = FIELD_HEX,
			.optional = true },
	[DPA] = { .name = "dpa", .kernel = "dpa", .kind = FIELD_HEX },
	[LENGTH] = { .name = "dpa_length", .kernel = "dpa_length", .kind = FIELD_UINT },
	[SOURCE] = { .name = "poison_source", .kernel = "source", .kind = FIELD_UINT },
	[SOURCE_TEXT] = { .name = "poison_source_text", .kind = FIELD_TEXT },
	[FLAGS] = { .name = "list_flags", .kernel = "flags", .kind = FIELD_HEX },
	[FLAGS_TEXT] = { .name = "list_flags_text", .kind = FIELD_TEXT },
	[UUID_RAW] = { .kernel = "uuid", .kind = FIELD_BYTES },
};

static const struct cxl_words words[] = {
	{ ACT, ACT_TEXT, 0, 0, &cxl_poison_act_words },
	{ SOURCE, SOURCE_TEXT, 0, 0, &cxl_poison_source_words },
	{ FLAGS, FLAGS_TEXT, 0, 0, &cxl_poison_flag_words },
};

/* Poison on the list is an error that nobody may have met yet. */
static enum severity severity_of(uint64_t act)
{
	if (act >= ACT_MAX)
		return SEVERITY_UNKNOWN;
	return act == ACT_LIST ? SEVERITY_DEFERRED : SEVERITY_INFO;
}

static int decode(const struct record *record, struct event *event)
{
	struct value *detail = event->detail;
	int r = cxl_uuid_text(&detail[UUID_RAW], record->arena, &detail[REGION_UUID]);

	if (r < 0)
		return r;
	cxl_drop_number(&detail[OVERFLOW_TIME], 0);
	cxl_drop_number(&detail[HPA], CXL_HPA_NONE);
	cxl_drop_number(&detail[HPA_ALIAS], CXL_HPA_NONE);
	if (!detail[REGION].len)
		detail[REGION].kind = VALUE_NONE;
	event->component = COMPONENT_CXL;
	event->severity = severity_of(value_as_uint(&detail[ACT]));
	event->device = detail[MEMDEV];
	cxl_set_address(event, &detail[HPA], &detail[DPA],
			value_as_uint(&detail[LENGTH]));
	r = cxl_words_fill(event, words, ARRAY_SIZE(words), record->symbols,
			   record->arena);
	return r < 0 ? r : 1;
}

static void describe(const struct event *event, struct text *out)
{
	static const char *const acts[ACT_MAX] = { "poison", "poison injected",
						   "poison cleared" };
	const struct value *detail = event->detail;
	uint64_t act = value_as_uint(&detail[ACT]);

	text_add(out, "%s", act < ACT_MAX ? acts[act] : "poison event");
	cxl_describe_text(" on ", &event->device, out);
	text_add(out, ", %" PRIu64 " bytes at %s address %#" PRIx64,
		 value_as_uint(&detail[LENGTH]), address_kind_name(event->address_kind),
		 event->address);
	cxl_describe_text(", source ", &detail[SOURCE_TEXT], out);
}

static const struct event_type type = {
	.name = "cxl-poison",
	.table = "cxl_poison",
	.fields = fields,
	.n_fields = FIELDS,
	.describe = describe,
};

const struct handler handler_cxl_poison = {
	.type = &type,
	.tracepoints = { { "cxl:cxl_poison" } },
	.ring = RING_HARDWARE,
	.decode = decode,
};
