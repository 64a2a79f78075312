// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * cxl_overflow: a CXL device's event log was full and it lost records
 * (drivers/cxl/core/trace.h; CXL 3.1, table 8-53). A count of 0 says that the device does
 * not know how many; times are of its own clock, 0 if it has none.
 */

#include "handlers/cxl.h"

#include <inttypes.h>

#include "util/macro.h"

enum { MEMDEV, HOST, SERIAL, LOG, LOG_TEXT, COUNT, FIRST, LAST, FIELDS };

static const struct field fields[FIELDS] = {
	[MEMDEV] = { .kernel = "memdev", .kind = FIELD_TEXT },
	[HOST] = { .name = "host", .kernel = "host", .kind = FIELD_TEXT },
	[SERIAL] = { .name = "serial", .kernel = "serial", .kind = FIELD_HEX },
	[LOG] = { .name = "log", .kernel = "log", .kind = FIELD_INT },
	[LOG_TEXT] = { .name = "log_text", .kind = FIELD_TEXT },
	[COUNT] = { .name = "records_lost", .kernel = "count", .kind = FIELD_UINT },
	[FIRST] = { .name = "first_time_ns", .kernel = "first_ts", .kind = FIELD_UINT },
	[LAST] = { .name = "last_time_ns", .kernel = "last_ts", .kind = FIELD_UINT },
};

static const struct cxl_words words[] = {
	{ LOG, LOG_TEXT, 0, 0, &cxl_log_words },
};

static int decode(const struct record *record, struct event *event)
{
	struct value *detail = event->detail;
	static const size_t zero_is_none[] = { COUNT, FIRST, LAST };
	int r;

	for (size_t i = 0; i < ARRAY_SIZE(zero_is_none); i++)
		cxl_drop_number(&detail[zero_is_none[i]], 0);
	event->component = COMPONENT_CXL;
	event->severity = cxl_severity_of_log(&detail[LOG]);
	event->device = detail[MEMDEV];
	r = cxl_words_fill(event, words, ARRAY_SIZE(words), record->symbols,
			   record->arena);
	return r < 0 ? r : 1;
}

static void describe(const struct event *event, struct text *out)
{
	const struct value *detail = event->detail;

	text_add(out, "the");
	cxl_describe_text(" ", &detail[LOG_TEXT], out);
	text_add(out, " event log");
	cxl_describe_text(" of ", &event->device, out);
	if (detail[COUNT].kind == VALUE_INT)
		text_add(out, " lost %" PRIu64 " records", value_as_uint(&detail[COUNT]));
	else
		text_add(out, " lost records");
}

static const struct event_type type = {
	.name = "cxl-overflow",
	.table = "cxl_overflow",
	.fields = fields,
	.n_fields = FIELDS,
	.describe = describe,
};

const struct handler handler_cxl_overflow = {
	.type = &type,
	.tracepoints = { { "cxl:cxl_overflow" } },
	.ring = RING_HARDWARE,
	.decode = decode,
};
