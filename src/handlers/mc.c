// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * mc_event: a memory controller driver (EDAC) counted an error (include/ras/ras_event.h,
 * drivers/edac/edac_mc.c). An address of 0 means that the driver did not know it.
 */

#include "event/handler.h"

#include <inttypes.h>

enum {
	ERROR_TYPE,
	MSG,
	LABEL,
	ERROR_COUNT,
	MC_INDEX,
	TOP_LAYER,
	MIDDLE_LAYER,
	LOWER_LAYER,
	ADDRESS,
	GRAIN_BITS,
	SYNDROME,
	DRIVER_DETAIL,
	FIELDS
};

static const struct field fields[FIELDS] = {
	[ERROR_TYPE] = { .name = "error_type",
			 .kernel = "error_type",
			 .kind = FIELD_UINT },
	[MSG] = { .name = "msg", .kernel = "msg", .kind = FIELD_TEXT },
	[LABEL] = { .name = "label", .kernel = "label", .kind = FIELD_TEXT },
	[ERROR_COUNT] = { .name = "error_count",
			  .kernel = "error_count",
			  .kind = FIELD_UINT },
	[MC_INDEX] = { .name = "mc_index", .kernel = "mc_index", .kind = FIELD_UINT },
	[TOP_LAYER] = { .name = "top_layer", .kernel = "top_layer", .kind = FIELD_INT },
	[MIDDLE_LAYER] = { .name = "middle_layer",
			   .kernel = "middle_layer",
			   .kind = FIELD_INT },
	[LOWER_LAYER] = { .name = "lower_layer",
			  .kernel = "lower_layer",
			  .kind = FIELD_INT },
	[ADDRESS] = { .name = "mc_address", .kernel = "address", .kind = FIELD_HEX },
	[GRAIN_BITS] = { .name = "grain_bits",
			 .kernel = "grain_bits",
			 .kind = FIELD_UINT },
	[SYNDROME] = { .name = "syndrome", .kernel = "syndrome", .kind = FIELD_HEX },
	[DRIVER_DETAIL] = { .name = "driver_detail",
			    .kernel = "driver_detail",
			    .kind = FIELD_TEXT },
};

/* enum hw_event_mc_err_type, include/linux/edac.h: EDAC's own numbering. */
static enum severity severity_from_edac(int64_t type)
{
	static const enum severity map[] = { SEVERITY_CORRECTED, SEVERITY_UNCORRECTED,
					     SEVERITY_DEFERRED, SEVERITY_FATAL,
					     SEVERITY_INFO };

	return type >= 0 && type < (int64_t)ARRAY_SIZE(map) ? map[type] :
							      SEVERITY_UNKNOWN;
}

static int decode(const struct record *record, struct event *event)
{
	struct value *detail = event->detail;
	uint64_t address = value_as_uint(&detail[ADDRESS]);
	uint64_t grain_bits = value_as_uint(&detail[GRAIN_BITS]);

	(void)record;
	event->severity = severity_from_edac(detail[ERROR_TYPE].i);
	event->component = COMPONENT_MEMORY;
	event->count = detail[ERROR_COUNT].i > 1 ? (uint32_t)detail[ERROR_COUNT].i : 1;
	if (detail[LABEL].len)
		event->dimm = detail[LABEL];
	if (address) {
		event_set_address(event, ADDRESS_PHYSICAL, address);
		event->address_mask = grain_bits < 64 ? ~0ULL << grain_bits : 0;
	}
	return 1;
}

static void describe(const struct event *event, struct text *out)
{
	const struct value *detail = event->detail;

	text_add(out, "%" PRIu32 " %s error%s", event->count,
		 severity_name(event->severity), event->count > 1 ? "s" : "");
	if (detail[MSG].len) {
		text_add(out, ": ");
		text_add_escaped(out, detail[MSG].text, detail[MSG].len);
	}
	text_add(out, " on ");
	text_add_escaped(out, detail[LABEL].text, detail[LABEL].len);
	if (event->address_kind)
		text_add(out, " at %#" PRIx64, event->address);
}

static uint64_t identity(const struct event *event)
{
	return event_identity("memory", &event->address, 1);
}

static const struct event_type type = {
	.name = "mc",
	.table = "mc",
	.fields = fields,
	.n_fields = FIELDS,
	.describe = describe,
	.identity = identity,
};

const struct handler handler_mc = {
	.type = &type,
	.tracepoints = { { "ras:mc_event" } },
	.ring = RING_HARDWARE,
	.decode = decode,
};
