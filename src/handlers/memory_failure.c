// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * memory_failure_event: the kernel took a page out of use, or could not
 * (include/trace/events/memory-failure.h, before 6.19 include/ras/ras_event.h).
 * Kernels 6.19 to 7.1 as first released have it in a system of its own. The numbers of
 * the page types differ between kernels, so their texts are the running kernel's.
 */

#include "event/handler.h"

#include <inttypes.h>
#include <string.h>

#include "util/scan.h"

enum { PFN, TYPE, RESULT, PAGE_TYPE_TEXT, RESULT_TEXT, FIELDS };

static const struct field fields[FIELDS] = {
	[PFN] = { .name = "pfn", .kernel = "pfn", .kind = FIELD_HEX },
	[TYPE] = { .name = "page_type", .kernel = "type", .kind = FIELD_INT },
	[RESULT] = { .name = "result", .kernel = "result", .kind = FIELD_INT },
	[PAGE_TYPE_TEXT] = { .name = "page_type_text", .kind = FIELD_TEXT },
	[RESULT_TEXT] = { .name = "result_text", .kind = FIELD_TEXT },
};

static void set_page(struct event *event, uint64_t page_size)
{
	event->severity = SEVERITY_UNCORRECTED;
	event->component = COMPONENT_MEMORY;
	event_set_address(event, ADDRESS_PHYSICAL,
			  value_as_uint(&event->detail[PFN]) * page_size);
	event->address_mask = ~(page_size - 1);
}

static int decode(const struct record *record, struct event *event)
{
	struct value *detail = event->detail;

	detail[PAGE_TYPE_TEXT] =
		value_text(symbol_text(&record->symbols[TYPE], detail[TYPE].i));
	detail[RESULT_TEXT] =
		value_text(symbol_text(&record->symbols[RESULT], detail[RESULT].i));
	set_page(event, record->page_size);
	return 1;
}

/*
 * "Memory failure: 0x1a2b: recovery action for dirty LRU page: Recovered", from
 * action_result() of mm/memory-failure.c.
 */
static int decode_line(const struct record *record, const char *line, size_t len,
		       struct event *event)
{
	static const char head[] = "Memory failure: ",
			  middle[] = ": recovery action for ";
	struct value *detail = event->detail;
	struct scan scan = scan_of(line, len);
	const char *page_type;
	uint64_t pfn;

	if (!scan_word(&scan, head) || !scan_uint64(&scan, &pfn) ||
	    !scan_word(&scan, middle))
		return 0;
	page_type = scan.at;
	if (!scan_to_last(&scan, ": "))
		return 0;
	detail[PFN] = value_uint(pfn);
	detail[PAGE_TYPE_TEXT] =
		value_text_of(page_type, (size_t)(scan.at - page_type) - 2);
	detail[RESULT_TEXT] = value_text_of(scan.at, (size_t)(scan.end - scan.at));
	set_page(event, record->page_size);
	return 1;
}

static uint64_t identity(const struct event *event)
{
	uint64_t pfn = value_as_uint(&event->detail[PFN]);

	return event_identity("memory-failure", &pfn, 1);
}

static void add_symbol(struct text *out, const struct value *text,
		       const struct value *number)
{
	if (text->kind == VALUE_TEXT)
		text_add_escaped(out, text->text, text->len);
	else
		text_add(out, "%#" PRIx64, value_as_uint(number));
}

/* The kernel's own sentence. */
static void describe(const struct event *event, struct text *out)
{
	const struct value *detail = event->detail;

	text_add(out, "pfn %#" PRIx64 ": recovery action for ",
		 value_as_uint(&detail[PFN]));
	add_symbol(out, &detail[PAGE_TYPE_TEXT], &detail[TYPE]);
	text_add(out, ": ");
	add_symbol(out, &detail[RESULT_TEXT], &detail[RESULT]);
}

static const struct event_type type = {
	.name = "memory-failure",
	.table = "memory_failure",
	.role = ROLE_MEMORY_FAILURE,
	.fields = fields,
	.n_fields = FIELDS,
	.describe = describe,
	.identity = identity,
};

const struct handler handler_memory_failure = {
	.type = &type,
	.tracepoints = { { "ras:memory_failure_event" },
			 { "memory_failure:memory_failure_event" } },
	.ring = RING_HARDWARE,
	.decode = decode,
	.decode_line = decode_line,
};
