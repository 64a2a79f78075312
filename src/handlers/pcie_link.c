// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * pcie_link_event: the kernel looked at a PCIe link, because it came up, was trained
 * again or changed its speed (include/trace/events/pci.h). Speeds are numbers of enum
 * pci_bus_speed; the bits of the link's status are those of PCIe's register. A link that
 * saves power is slower than it can be, too, so that alone is no error.
 */

#include "event/handler.h"

#include <inttypes.h>

#define LINK_TRAINING	     0x0800
#define LINK_ACTIVE	     0x2000
#define BANDWIDTH_MANAGED    0x4000
#define BANDWIDTH_AUTONOMOUS 0x8000

enum {
	PORT,
	PORT_TYPE,
	REASON,
	REASON_TEXT,
	SPEED,
	SPEED_TEXT,
	SPEED_MAX,
	SPEED_MAX_TEXT,
	WIDTH,
	FLIT,
	STATUS,
	FIELDS
};

static const struct field fields[FIELDS] = {
	[PORT] = { .name = "port", .kernel = "port_name", .kind = FIELD_TEXT },
	[PORT_TYPE] = { .name = "port_type", .kernel = "type", .kind = FIELD_UINT },
	[REASON] = { .name = "reason", .kernel = "reason", .kind = FIELD_UINT },
	[REASON_TEXT] = { .name = "reason_text", .kind = FIELD_TEXT },
	[SPEED] = { .name = "speed", .kernel = "cur_bus_speed", .kind = FIELD_HEX },
	[SPEED_TEXT] = { .name = "speed_text", .kind = FIELD_TEXT },
	[SPEED_MAX] = { .name = "speed_max",
			.kernel = "max_bus_speed",
			.kind = FIELD_HEX },
	[SPEED_MAX_TEXT] = { .name = "speed_max_text", .kind = FIELD_TEXT },
	[WIDTH] = { .name = "width", .kernel = "width", .kind = FIELD_UINT },
	[FLIT] = { .name = "flit_mode", .kernel = "flit_mode", .kind = FIELD_FLAG },
	[STATUS] = { .name = "link_status", .kernel = "link_status", .kind = FIELD_HEX },
};

/* enum pcie_link_change_reason, drivers/pci/pci.h. */
static const char *name_of_reason(uint64_t reason)
{
	static const char *const names[] = { "trained again", "new bus",
					     "bandwidth control enabled",
					     "bandwidth changed", "hotplug" };

	return reason < ARRAY_SIZE(names) ? names[reason] : NULL;
}

/* enum pci_bus_speed, include/linux/pci.h: those of PCIe begin at 0x14. */
static const char *name_of_speed(uint64_t speed)
{
	static const char *const names[] = { "2.5 GT/s", "5 GT/s",  "8 GT/s",
					     "16 GT/s",	 "32 GT/s", "64 GT/s" };

	return speed >= 0x14 && speed - 0x14 < ARRAY_SIZE(names) ? names[speed - 0x14] :
								   NULL;
}

static int decode(const struct record *record, struct event *event)
{
	struct value *detail = event->detail;

	(void)record;
	detail[REASON_TEXT] = value_text(name_of_reason(value_as_uint(&detail[REASON])));
	detail[SPEED_TEXT] = value_text(name_of_speed(value_as_uint(&detail[SPEED])));
	detail[SPEED_MAX_TEXT] =
		value_text(name_of_speed(value_as_uint(&detail[SPEED_MAX])));
	event->severity = SEVERITY_INFO;
	event->component = COMPONENT_PCIE;
	event->device = detail[PORT];
	return 1;
}

static void add_speed(struct text *out, const struct value *text,
		      const struct value *number)
{
	if (text->kind == VALUE_TEXT)
		text_add_value(out, text);
	else
		text_add(out, "speed %#" PRIx64, value_as_uint(number));
}

static void describe(const struct event *event, struct text *out)
{
	static const struct {
		unsigned int bit;
		const char *name;
	} bits[] = {
		{ LINK_TRAINING, "training" },
		{ LINK_ACTIVE, "active" },
		{ BANDWIDTH_MANAGED, "bandwidth managed" },
		{ BANDWIDTH_AUTONOMOUS, "bandwidth autonomous" },
	};
	const struct value *detail = event->detail;

	text_add_value(out, &detail[PORT]);
	text_add(out, ": link x%" PRIu64 " at ", value_as_uint(&detail[WIDTH]));
	add_speed(out, &detail[SPEED_TEXT], &detail[SPEED]);
	text_add(out, " of ");
	add_speed(out, &detail[SPEED_MAX_TEXT], &detail[SPEED_MAX]);
	for (size_t i = 0; i < ARRAY_SIZE(bits); i++)
		if (value_as_uint(&detail[STATUS]) & bits[i].bit)
			text_add(out, ", %s", bits[i].name);
	if (detail[REASON_TEXT].kind == VALUE_TEXT) {
		text_add(out, " (");
		text_add_value(out, &detail[REASON_TEXT]);
		text_add(out, ")");
	}
}

static const struct event_type type = {
	.name = "pcie-link",
	.table = "pcie_link",
	.fields = fields,
	.n_fields = FIELDS,
	.describe = describe,
};

const struct handler handler_pcie_link = {
	.type = &type,
	.tracepoints = { { "pci:pcie_link_event" } },
	.ring = RING_HARDWARE,
	.decode = decode,
};
