// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * What the kernel's log says of a page that was to be taken out of use with its data kept
 * (soft_offline_page() of mm/memory-failure.c). It has no tracepoint, and success is
 * silent: these are the pages that did not go, and those that had gone already.
 *
 *	Soft offline: 0x1a2b: page migration failed -16, type …		since 6.12
 *	Memory failure: soft offline: 0x1a2b: …				since 5.19
 *	soft offline: 0x1a2b page already poisoned			before
 */

#include "event/handler.h"

#include <inttypes.h>

#include "util/scan.h"

enum { PFN, REASON, FIELDS };

static const struct field fields[FIELDS] = {
	[PFN] = { .name = "pfn", .kind = FIELD_HEX },
	[REASON] = { .name = "reason", .kind = FIELD_TEXT },
};

static bool skip_head(struct scan *scan)
{
	static const char *const heads[] = { "Soft offline: ", "soft offline: ",
					     "soft_offline: ", "soft_offline_page: " };

	scan_word(scan, "Memory failure: ");
	for (size_t i = 0; i < ARRAY_SIZE(heads); i++)
		if (scan_word(scan, heads[i]))
			return true;
	return false;
}

static int decode_line(const struct record *record, const char *line, size_t len,
		       struct event *event)
{
	struct scan scan = scan_of(line, len);
	uint64_t pfn;

	if (!skip_head(&scan) || !scan_word(&scan, "0x") || !scan_hex(&scan, &pfn))
		return 0;
	scan_word(&scan, ":");
	if (!scan_word(&scan, " ") || scan.at == scan.end)
		return 0;
	event->detail[PFN] = value_uint(pfn);
	event->detail[REASON] = value_text_of(scan.at, (size_t)(scan.end - scan.at));
	event->severity = SEVERITY_INFO;
	event->component = COMPONENT_MEMORY;
	event_set_address(event, ADDRESS_PHYSICAL, pfn * record->page_size);
	event->address_mask = ~(record->page_size - 1);
	return 1;
}

static void describe(const struct event *event, struct text *out)
{
	const struct value *reason = &event->detail[REASON];

	text_add(out, "pfn %#" PRIx64 " not taken out of use: ",
		 value_as_uint(&event->detail[PFN]));
	text_add_escaped(out, reason->text, reason->len);
}

static const struct event_type type = {
	.name = "soft-offline",
	.table = "soft_offline",
	.fields = fields,
	.n_fields = FIELDS,
	.describe = describe,
};

const struct handler handler_soft_offline = {
	.type = &type,
	.decode_line = decode_line,
};
