// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * HiSilicon's common section, which later chips use for all their modules: a head of 32
 * bytes, then registers, whose length is in bytes. No kernel has it; the layout and the
 * names are those of HiSilicon's decoder in rasdaemon.
 */

#include "event/handler.h"

#include <inttypes.h>

#include "cper/layout.h"

#define HEAD_BYTES 32
#define VALID(bit) (1ULL << (bit))

enum {
	TABLE_VERSION = CPER_COLUMNS,
	SOC,
	SOC_TEXT,
	SOCKET,
	TOTEM,
	NIMBUS,
	SUBSYSTEM,
	MODULE,
	MODULE_TEXT,
	SUBMODULE,
	CORE,
	PORT,
	ERROR_TYPE,
	PCIE_FUNCTION,
	PCIE_DEVICE,
	PCIE_SEGMENT,
	PCIE_BUS,
	HISI_SEVERITY,
	HISI_SEVERITY_TEXT,
	REGISTER_BYTES,
	UNDECODED,
	FIELDS
};

static const struct field fields[FIELDS] = {
	CPER_COLUMN_FIELDS,
	[TABLE_VERSION] = { .name = "version", .kind = FIELD_UINT },
	[SOC] = { .name = "soc_id", .kind = FIELD_UINT },
	[SOC_TEXT] = { .name = "soc", .kind = FIELD_TEXT },
	[SOCKET] = { .name = "socket_id", .kind = FIELD_UINT },
	[TOTEM] = { .name = "totem_id", .kind = FIELD_UINT },
	[NIMBUS] = { .name = "nimbus_id", .kind = FIELD_UINT },
	[SUBSYSTEM] = { .name = "subsystem_id", .kind = FIELD_UINT },
	[MODULE] = { .name = "module_id", .kind = FIELD_UINT },
	[MODULE_TEXT] = { .name = "module", .kind = FIELD_TEXT },
	[SUBMODULE] = { .name = "submodule_id", .kind = FIELD_UINT },
	[CORE] = { .name = "core_id", .kind = FIELD_UINT },
	[PORT] = { .name = "port_id", .kind = FIELD_UINT },
	[ERROR_TYPE] = { .name = "error_type", .kind = FIELD_HEX },
	[PCIE_FUNCTION] = { .name = "pcie_function", .kind = FIELD_UINT },
	[PCIE_DEVICE] = { .name = "pcie_device", .kind = FIELD_UINT },
	[PCIE_SEGMENT] = { .name = "pcie_segment", .kind = FIELD_UINT },
	[PCIE_BUS] = { .name = "pcie_bus", .kind = FIELD_UINT },
	[HISI_SEVERITY] = { .name = "error_severity", .kind = FIELD_UINT },
	[HISI_SEVERITY_TEXT] = { .name = "error_severity_text", .kind = FIELD_TEXT },
	[REGISTER_BYTES] = { .name = "register_bytes", .kind = FIELD_UINT },
	[UNDECODED] = { .name = "undecoded", .kind = FIELD_BYTES },
};

static const struct list_type lists[] = { LAYOUT_REGISTERS("hisi_common_register") };

static const char *const socs[] = { "Kunpeng916", "Kunpeng920", "Kunpeng930" };
static const struct layout_words soc_words = LAYOUT_WORDS(socs);

/* By module number; what the name does not tell is of the platform. */
static const struct {
	const char *name;
	enum component component;
} modules[] = {
	[0] = { "MN" },
	[1] = { "PLL" },
	[2] = { "SLLC" },
	[3] = { "AA" },
	[4] = { "SIOE" },
	[5] = { "POE" },
	[6] = { "CPA" },
	[7] = { "DISP" },
	[8] = { "GIC" },
	[9] = { "ITS" },
	[10] = { "AVSBUS" },
	[11] = { "CS" },
	[12] = { "PPU" },
	[13] = { "SMMU" },
	[14] = { "PA" },
	[15] = { "HLLC" },
	[16] = { "DDRC", COMPONENT_MEMORY },
	[17] = { "L3TAG", COMPONENT_CACHE },
	[18] = { "L3DATA", COMPONENT_CACHE },
	[19] = { "PCS" },
	[20] = { "HHA" },
	[21] = { "PCIe local", COMPONENT_PCIE },
	[22] = { "SAS" },
	[23] = { "SATA" },
	[24] = { "NIC", COMPONENT_NETWORK },
	[25] = { "RoCE", COMPONENT_NETWORK },
	[26] = { "USB" },
	[27] = { "ZIP" },
	[28] = { "HPRE" },
	[29] = { "SEC" },
	[30] = { "RDE" },
	[31] = { "MEE" },
	[32] = { "L4D", COMPONENT_CACHE },
	[33] = { "Tsensor" },
	[34] = { "ROH" },
	[35] = { "BTC" },
	[36] = { "HILINK" },
	[37] = { "STARS" },
	[38] = { "SDMA" },
	[39] = { "UC" },
	[40] = { "HBMC", COMPONENT_MEMORY },
	[41] = { "PMC" },
	[42] = { "SCHE" },
	[43] = { "ASMB_DFS" },
	[44] = { "ASMB_NTU" },
	[45] = { "UB" },
	[46] = { "UMMU" },
	[47] = { "PCU" },
	[48] = { "UCMI" },
	[49] = { "DJTAGM" },
	[50] = { "CFGBUS" },
	[51] = { "MPU" },
	[52] = { "CRG" },
	[53] = { "ACG3" },
	[54] = { "DCIP" },
	[55] = { "UMAU" },
	[56] = { "UPA" },
	[57] = { "AXI_MSTR_OOO" },
	[58] = { "RBIST" },
	[59] = { "LC300" },
};

static const struct layout_field places[] = {
	{ TABLE_VERSION, .at = 4, .width = 1 },
	{ SOC, .at = 5, .width = 1, .valid = VALID(0), .text = SOC_TEXT,
	  .words = &soc_words },
	{ SOCKET, .at = 6, .width = 1, .valid = VALID(1) },
	{ TOTEM, .at = 7, .width = 1, .valid = VALID(2) },
	{ NIMBUS, .at = 8, .width = 1, .valid = VALID(3) },
	{ SUBSYSTEM, .at = 9, .width = 1, .valid = VALID(4) },
	{ MODULE, .at = 10, .width = 1, .valid = VALID(5) },
	{ SUBMODULE, .at = 11, .width = 1, .valid = VALID(6) },
	{ CORE, .at = 12, .width = 1, .valid = VALID(7) },
	{ PORT, .at = 13, .width = 1, .valid = VALID(8) },
	{ ERROR_TYPE, .at = 14, .width = 2, .valid = VALID(9) },
	{ PCIE_FUNCTION, .at = 16, .width = 1, .valid = VALID(10) },
	{ PCIE_DEVICE, .at = 17, .width = 1, .valid = VALID(10) },
	{ PCIE_SEGMENT, .at = 18, .width = 2, .valid = VALID(10) },
	{ PCIE_BUS, .at = 20, .width = 1, .valid = VALID(10) },
	{ HISI_SEVERITY, .at = 24, .width = 1, .valid = VALID(11),
	  .text = HISI_SEVERITY_TEXT, .words = &layout_severities },
	{ REGISTER_BYTES, .at = 28, .width = 4, .valid = VALID(12) },
};

static const struct layout layout = {
	.size = HEAD_BYTES,
	.least = 16,
	.valid_width = 4,
	.severity = HISI_SEVERITY,
	.fields = places,
	.n_fields = ARRAY_SIZE(places),
};

static void set_module(struct event *event)
{
	const struct value *module = &event->detail[MODULE];
	uint64_t id = value_as_uint(module);

	if (module->kind != VALUE_INT || id >= ARRAY_SIZE(modules))
		return;
	event->detail[MODULE_TEXT] = value_text(modules[id].name);
	if (modules[id].component != COMPONENT_UNKNOWN)
		event->component = modules[id].component;
}

/* The PCI device as the kernel names it; without one, "socket1 DDRC". */
static void set_device(struct event *event, struct arena *arena)
{
	const struct value *detail = event->detail;
	char buf[96] = "";
	struct text device = TEXT_IN(buf);

	if (detail[PCIE_BUS].kind == VALUE_INT) {
		text_add(&device, "%04x:%02x:%02x.%x",
			 (unsigned int)detail[PCIE_SEGMENT].i,
			 (unsigned int)detail[PCIE_BUS].i,
			 (unsigned int)detail[PCIE_DEVICE].i,
			 (unsigned int)detail[PCIE_FUNCTION].i);
	} else {
		if (detail[SOCKET].kind == VALUE_INT)
			text_add(&device, "socket%" PRIu64,
				 value_as_uint(&detail[SOCKET]));
		if (detail[MODULE_TEXT].kind == VALUE_TEXT)
			text_add(&device, "%s%s", device.len ? " " : "",
				 detail[MODULE_TEXT].text);
	}
	if (device.len)
		layout_set_text(&event->device, &device, arena);
}

static int decode_section(const struct cper_section *section, struct arena *arena,
			  struct event *event)
{
	struct layout_dump dump = { .at = HEAD_BYTES, .width = 4 };
	struct layout_body body;
	int r = layout_begin(&layout, section, arena, event, &body);

	if (r < 0)
		return r;
	set_module(event);
	set_device(event, arena);
	dump.n = value_as_uint(&event->detail[REGISTER_BYTES]) / dump.width;
	r = layout_registers_fill(&layout, &dump, &body, 0, arena, event);
	if (r < 0)
		return r;
	layout_end(&body, UNDECODED, event);
	return 1;
}

static void describe(const struct event *event, struct text *out)
{
	const struct value *detail = event->detail;

	text_add(out, "%s error of ", severity_name(event->severity));
	if (detail[MODULE_TEXT].kind == VALUE_TEXT)
		text_add_escaped(out, detail[MODULE_TEXT].text, detail[MODULE_TEXT].len);
	else if (detail[MODULE].kind == VALUE_INT)
		text_add(out, "module %" PRIu64, value_as_uint(&detail[MODULE]));
	else
		text_add(out, "a HiSilicon chip");
	if (detail[SOCKET].kind == VALUE_INT)
		text_add(out, " on socket %" PRIu64, value_as_uint(&detail[SOCKET]));
	if (detail[PCIE_BUS].kind == VALUE_INT) {
		text_add(out, ", PCI device ");
		text_add_escaped(out, event->device.text, event->device.len);
	}
	if (detail[ERROR_TYPE].kind == VALUE_INT)
		text_add(out, ", error type %#" PRIx64,
			 value_as_uint(&detail[ERROR_TYPE]));
	text_add(out, ", %zu registers", event->lists[0].n_rows);
}

static const struct event_type type = {
	.name = "hisi-common",
	.table = "hisi_common",
	.fields = fields,
	.n_fields = FIELDS,
	.lists = lists,
	.n_lists = ARRAY_SIZE(lists),
	.describe = describe,
};

const struct handler handler_hisi_common = {
	.type = &type,
	.ring = RING_HARDWARE,
	.sections = { GUID(0xc8b328a8, 0x9917, 0x4af6, 0x9a, 0x13, 0x2e, 0x08, 0xab, 0x2e,
			   0x75, 0x86) },
	.decode_section = decode_section,
};
