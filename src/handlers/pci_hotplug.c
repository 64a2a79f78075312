// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * pci_hp_event: a hotplug slot's link or card came or went (include/trace/events/pci.h).
 * Whether somebody wanted that, the kernel does not say.
 */

#include "event/handler.h"

#include <inttypes.h>
#include <string.h>

enum { PORT, SLOT, EVENT, EVENT_TEXT, FIELDS };

static const struct field fields[FIELDS] = {
	[PORT] = { .name = "port", .kernel = "port_name", .kind = FIELD_TEXT },
	[SLOT] = { .name = "slot", .kernel = "slot", .kind = FIELD_TEXT },
	[EVENT] = { .name = "hotplug_event", .kernel = "event", .kind = FIELD_INT },
	[EVENT_TEXT] = { .name = "hotplug_event_text", .kind = FIELD_TEXT },
};

/* The kernel's words for what is as it should be. */
static bool is_good(const char *word)
{
	return word && (!strcmp(word, "LINK_UP") || !strcmp(word, "CARD_PRESENT"));
}

static int decode(const struct record *record, struct event *event)
{
	struct value *detail = event->detail;
	const char *word = symbol_text(&record->symbols[EVENT], detail[EVENT].i);

	detail[EVENT_TEXT] = value_text(word);
	event->severity = is_good(word) ? SEVERITY_INFO : SEVERITY_UNKNOWN;
	event->component = COMPONENT_PCIE;
	event->device = detail[PORT];
	return 1;
}

static void describe(const struct event *event, struct text *out)
{
	const struct value *detail = event->detail;

	text_add_value(out, &detail[PORT]);
	text_add(out, " slot ");
	text_add_value(out, &detail[SLOT]);
	text_add(out, ": ");
	if (detail[EVENT_TEXT].kind == VALUE_TEXT)
		text_add_value(out, &detail[EVENT_TEXT]);
	else
		text_add(out, "event %" PRId64, detail[EVENT].i);
}

static const struct event_type type = {
	.name = "pci-hotplug",
	.table = "pci_hotplug",
	.fields = fields,
	.n_fields = FIELDS,
	.describe = describe,
};

const struct handler handler_pci_hotplug = {
	.type = &type,
	.tracepoints = { { "pci:pci_hp_event" } },
	.ring = RING_HARDWARE,
	.decode = decode,
};
