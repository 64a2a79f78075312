// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * HiSilicon HIP08 PCIe local section: an error of a PCIe controller that is not on the
 * bus. Layout: struct hisi_pcie_error_data, drivers/pci/controller/pcie-hisi-error.c;
 * that driver resets the port when the section calls it recoverable.
 */

#include "event/handler.h"

#include <inttypes.h>

#include "cper/layout.h"

#define VALID(bit) (1ULL << (bit))

enum {
	TABLE_VERSION = CPER_COLUMNS,
	SOC,
	SOCKET,
	NIMBUS,
	SUBMODULE,
	SUBMODULE_TEXT,
	CORE,
	PORT,
	PCIE_SEVERITY,
	PCIE_SEVERITY_TEXT,
	ERROR_TYPE,
	UNDECODED,
	FIELDS
};

static const struct field fields[FIELDS] = {
	CPER_COLUMN_FIELDS,
	[TABLE_VERSION] = { .name = "version", .kind = FIELD_UINT },
	[SOC] = { .name = "soc_id", .kind = FIELD_UINT },
	[SOCKET] = { .name = "socket_id", .kind = FIELD_UINT },
	[NIMBUS] = { .name = "nimbus_id", .kind = FIELD_UINT },
	[SUBMODULE] = { .name = "submodule_id", .kind = FIELD_UINT },
	[SUBMODULE_TEXT] = { .name = "submodule", .kind = FIELD_TEXT },
	[CORE] = { .name = "core_id", .kind = FIELD_UINT },
	[PORT] = { .name = "port_id", .kind = FIELD_UINT },
	[PCIE_SEVERITY] = { .name = "error_severity", .kind = FIELD_UINT },
	[PCIE_SEVERITY_TEXT] = { .name = "error_severity_text", .kind = FIELD_TEXT },
	[ERROR_TYPE] = { .name = "error_type", .kind = FIELD_HEX },
	[UNDECODED] = { .name = "undecoded", .kind = FIELD_BYTES },
};

static const struct list_type lists[] = { LAYOUT_REGISTERS("hip08_pcie_local_register") };

static const char *const submodules[] = { "AP layer", "TL layer", "MAC layer", "DL layer",
					  "SDI layer" };
static const struct layout_words submodule_words = LAYOUT_WORDS(submodules);

static const struct layout_field places[] = {
	{ TABLE_VERSION, .at = 8, .width = 1, .valid = VALID(0) },
	{ SOC, .at = 9, .width = 1, .valid = VALID(1) },
	{ SOCKET, .at = 10, .width = 1, .valid = VALID(2) },
	{ NIMBUS, .at = 11, .width = 1, .valid = VALID(3) },
	{ SUBMODULE, .at = 12, .width = 1, .valid = VALID(4), .text = SUBMODULE_TEXT,
	  .words = &submodule_words },
	{ CORE, .at = 13, .width = 1, .valid = VALID(5) },
	{ PORT, .at = 14, .width = 1, .valid = VALID(6) },
	{ PCIE_SEVERITY, .at = 15, .width = 1, .valid = VALID(8),
	  .text = PCIE_SEVERITY_TEXT, .words = &layout_severities },
	{ ERROR_TYPE, .at = 16, .width = 2, .valid = VALID(7) },
};

#define MISC(i)                                                                         \
	{                                                                               \
		"ERR_MISC_" #i, .at = 20 + 4 * (i), .width = 4, .valid = VALID(9 + (i)) \
	}

static const struct layout_register registers[] = {
	MISC(0),  MISC(1),  MISC(2),  MISC(3),	MISC(4),  MISC(5),  MISC(6),
	MISC(7),  MISC(8),  MISC(9),  MISC(10), MISC(11), MISC(12), MISC(13),
	MISC(14), MISC(15), MISC(16), MISC(17), MISC(18), MISC(19), MISC(20),
	MISC(21), MISC(22), MISC(23), MISC(24), MISC(25), MISC(26), MISC(27),
	MISC(28), MISC(29), MISC(30), MISC(31), MISC(32),
};

static const struct layout layout = {
	.size = 152,
	.least = 16,
	.valid_width = 8,
	.severity = PCIE_SEVERITY,
	.fields = places,
	.n_fields = ARRAY_SIZE(places),
	.registers = registers,
	.n_registers = ARRAY_SIZE(registers),
};

/* "socket0 core2 port1": of the parts that are told. */
static void set_device(struct event *event, struct arena *arena)
{
	static const struct {
		const char *name;
		size_t column;
	} parts[] = { { "socket", SOCKET }, { "core", CORE }, { "port", PORT } };
	char buf[96] = "";
	struct text device = TEXT_IN(buf);

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (event->detail[parts[i].column].kind == VALUE_INT)
			text_add(&device, "%s%s%" PRIu64, device.len ? " " : "",
				 parts[i].name,
				 value_as_uint(&event->detail[parts[i].column]));
	if (device.len)
		layout_set_text(&event->device, &device, arena);
}

static int decode_section(const struct cper_section *section, struct arena *arena,
			  struct event *event)
{
	struct layout_body body;
	int r = layout_begin(&layout, section, arena, event, &body);

	if (r < 0)
		return r;
	event->component = COMPONENT_PCIE;
	set_device(event, arena);
	r = layout_registers_fill(&layout, NULL, &body, 0, arena, event);
	if (r < 0)
		return r;
	layout_end(&body, UNDECODED, event);
	return 1;
}

static void describe(const struct event *event, struct text *out)
{
	const struct value *detail = event->detail;

	text_add(out, "%s error of a PCIe controller", severity_name(event->severity));
	if (event->device.kind == VALUE_TEXT) {
		text_add(out, ", ");
		text_add_escaped(out, event->device.text, event->device.len);
	}
	if (detail[SUBMODULE_TEXT].kind == VALUE_TEXT) {
		text_add(out, ", ");
		text_add_escaped(out, detail[SUBMODULE_TEXT].text,
				 detail[SUBMODULE_TEXT].len);
	}
	if (detail[ERROR_TYPE].kind == VALUE_INT)
		text_add(out, ", error type %#" PRIx64,
			 value_as_uint(&detail[ERROR_TYPE]));
}

static const struct event_type type = {
	.name = "hip08-pcie-local",
	.table = "hip08_pcie_local",
	.fields = fields,
	.n_fields = FIELDS,
	.lists = lists,
	.n_lists = ARRAY_SIZE(lists),
	.describe = describe,
};

const struct handler handler_hip08_pcie_local = {
	.type = &type,
	.ring = RING_HARDWARE,
	.sections = { GUID(0xb2889fc9, 0xe7d7, 0x4f9d, 0xa8, 0x67, 0xaf, 0x42, 0xe9, 0x8b,
			   0xe7, 0x72) },
	.decode_section = decode_section,
};
