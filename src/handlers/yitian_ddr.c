// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Alibaba Yitian 710: the ECC registers of a DDR controller, 32 bits each. The layout is
 * that of Alibaba's decoder in rasdaemon; the registers' names are the controller's
 * (DesignWare uMCTL2). Which row and bank their addresses mean is not told anywhere for
 * this chip, so they stay registers. A section of another kind of error is kept raw.
 */

#include "event/handler.h"

#include <errno.h>
#include <inttypes.h>

#include "cper/layout.h"

#define TYPE_DDR 0x50

enum { ERROR_TYPE = CPER_COLUMNS, SUBTYPE, INSTANCE, UNDECODED, FIELDS };

static const struct field fields[FIELDS] = {
	CPER_COLUMN_FIELDS,
	[ERROR_TYPE] = { .name = "error_type", .kind = FIELD_HEX },
	[SUBTYPE] = { .name = "error_subtype", .kind = FIELD_UINT },
	[INSTANCE] = { .name = "error_instance", .kind = FIELD_UINT },
	[UNDECODED] = { .name = "undecoded", .kind = FIELD_BYTES },
};

static const struct list_type lists[] = { LAYOUT_REGISTERS("yitian_ddr_register") };

static const struct layout_field places[] = {
	{ ERROR_TYPE, .at = 0, .width = 1 },
	{ SUBTYPE, .at = 1, .width = 1 },
	{ INSTANCE, .at = 2, .width = 2 },
};

#define REGISTER(i, name_)                           \
	{                                            \
		name_, .at = 4 + 4 * (i), .width = 4 \
	}

static const struct layout_register registers[] = {
	REGISTER(0, "ECCCFG0"),	      REGISTER(1, "ECCCFG1"),
	REGISTER(2, "ECCSTAT"),	      REGISTER(3, "ECCERRCNT"),
	REGISTER(4, "ECCCADDR0"),     REGISTER(5, "ECCCADDR1"),
	REGISTER(6, "ECCCSYN0"),      REGISTER(7, "ECCCSYN1"),
	REGISTER(8, "ECCCSYN2"),      REGISTER(9, "ECCUADDR0"),
	REGISTER(10, "ECCUADDR1"),    REGISTER(11, "ECCUSYN0"),
	REGISTER(12, "ECCUSYN1"),     REGISTER(13, "ECCUSYN2"),
	REGISTER(14, "ECCBITMASK0"),  REGISTER(15, "ECCBITMASK1"),
	REGISTER(16, "ECCBITMASK2"),  REGISTER(17, "ADVECCSTAT"),
	REGISTER(18, "ECCAPSTAT"),    REGISTER(19, "ECCCDATA0"),
	REGISTER(20, "ECCCDATA1"),    REGISTER(21, "ECCUDATA0"),
	REGISTER(22, "ECCUDATA1"),    REGISTER(23, "ECCSYMBOL"),
	REGISTER(24, "ECCERRCNTCTL"), REGISTER(25, "ECCERRCNTSTAT"),
	REGISTER(26, "ECCERRCNT0"),   REGISTER(27, "ECCERRCNT1"),
	REGISTER(28, "RESERVED0"),    REGISTER(29, "RESERVED1"),
	REGISTER(30, "RESERVED2"),
};

static const struct layout layout = {
	.size = 128,
	.least = 4,
	.fields = places,
	.n_fields = ARRAY_SIZE(places),
	.registers = registers,
	.n_registers = ARRAY_SIZE(registers),
};

static int decode_section(const struct cper_section *section, struct arena *arena,
			  struct event *event)
{
	char buf[32] = "";
	struct text device = TEXT_IN(buf);
	struct layout_body body;
	int r = layout_begin(&layout, section, arena, event, &body);

	if (r < 0)
		return r;
	if (value_as_uint(&event->detail[ERROR_TYPE]) != TYPE_DDR)
		return -EBADMSG;
	event->component = COMPONENT_MEMORY;
	text_add(&device, "DDR controller %" PRIu64,
		 value_as_uint(&event->detail[INSTANCE]));
	layout_set_text(&event->device, &device, arena);
	r = layout_registers_fill(&layout, NULL, &body, 0, arena, event);
	if (r < 0)
		return r;
	layout_end(&body, UNDECODED, event);
	return 1;
}

static void describe(const struct event *event, struct text *out)
{
	text_add(out, "%s error of DDR controller %" PRIu64 ", subtype %" PRIu64,
		 severity_name(event->severity), value_as_uint(&event->detail[INSTANCE]),
		 value_as_uint(&event->detail[SUBTYPE]));
	text_add(out, ", %zu registers", event->lists[0].n_rows);
}

static const struct event_type type = {
	.name = "yitian-ddr",
	.table = "yitian_ddr",
	.fields = fields,
	.n_fields = FIELDS,
	.lists = lists,
	.n_lists = ARRAY_SIZE(lists),
	.describe = describe,
};

const struct handler handler_yitian_ddr = {
	.type = &type,
	.ring = RING_HARDWARE,
	.sections = { GUID(0xa6980811, 0x16ea, 0x4e4d, 0xb9, 0x36, 0xfb, 0x00, 0xa2, 0x3f,
			   0xf2, 0x9c) },
	.decode_section = decode_section,
};
