// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * mm_migrate_pages for the reason "memory_failure": pages were moved out of memory that
 * is to be used no more (include/trace/events/migrate.h). Soft offlining has no other
 * tracepoint, and this one does not tell the page. The numbers of reasons differ between
 * kernels; the kernel drops the others. What was moved is counted in folios.
 */

#include "event/handler.h"

#include <inttypes.h>

enum {
	SUCCEEDED,
	FAILED,
	THP_SUCCEEDED,
	THP_FAILED,
	THP_SPLIT,
	LARGE_FOLIO_SPLIT,
	MODE,
	MODE_TEXT,
	REASON,
	FIELDS
};

static const struct field fields[FIELDS] = {
	[SUCCEEDED] = { .name = "succeeded", .kernel = "succeeded", .kind = FIELD_UINT },
	[FAILED] = { .name = "failed", .kernel = "failed", .kind = FIELD_UINT },
	[THP_SUCCEEDED] = { .name = "thp_succeeded",
			    .kernel = "thp_succeeded",
			    .kind = FIELD_UINT,
			    .optional = true },
	[THP_FAILED] = { .name = "thp_failed",
			 .kernel = "thp_failed",
			 .kind = FIELD_UINT,
			 .optional = true },
	[THP_SPLIT] = { .name = "thp_split",
			.kernel = "thp_split",
			.kind = FIELD_UINT,
			.optional = true },
	[LARGE_FOLIO_SPLIT] = { .name = "large_folio_split",
				.kernel = "large_folio_split",
				.kind = FIELD_UINT,
				.optional = true },
	[MODE] = { .name = "mode", .kernel = "mode", .kind = FIELD_UINT },
	[MODE_TEXT] = { .name = "mode_text", .kind = FIELD_TEXT },
	[REASON] = { .kernel = "reason", .kind = FIELD_INT },
};

static int decode(const struct record *record, struct event *event)
{
	struct value *detail = event->detail;

	detail[MODE_TEXT] =
		value_text(symbol_text(&record->symbols[MODE], detail[MODE].i));
	event->severity = SEVERITY_INFO;
	event->component = COMPONENT_MEMORY;
	return 1;
}

static void describe(const struct event *event, struct text *out)
{
	const struct value *detail = event->detail;

	text_add(out, "memory that fails was vacated: %" PRIu64 " moved, %" PRIu64 " not",
		 value_as_uint(&detail[SUCCEEDED]), value_as_uint(&detail[FAILED]));
}

static const struct event_type type = {
	.name = "migrate",
	.table = "migrate",
	.fields = fields,
	.n_fields = FIELDS,
	.describe = describe,
};

const struct handler handler_migrate = {
	.type = &type,
	.tracepoints = { { "migrate:mm_migrate_pages",
			   .only = { "reason", "memory_failure" } } },
	.ring = RING_HARDWARE,
	.decode = decode,
};
