// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * JaguarMicro Corsica: five sections with the same head of 16 bytes, the registers of the
 * kind of module that failed, and how many more 32-bit registers follow. The layouts are
 * those of JaguarMicro's decoder in rasdaemon, no other source is public.
 */

#include "event/handler.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "cper/layout.h"

#define HEAD_BYTES  16
#define VALID(bit)  (1ULL << (bit))
#define VALID_MORE  VALID(11) /* the registers behind the fixed ones */
#define MODULES_MAX 12

enum {
	PAYLOAD = CPER_COLUMNS,
	TABLE_VERSION,
	SOC,
	SOC_TEXT,
	SUBSYSTEM,
	SUBSYSTEM_TEXT,
	MODULE,
	MODULE_TEXT,
	SUBMODULE,
	SUBMODULE_TEXT,
	DEVICE,
	ERROR_TYPE,
	JM_SEVERITY,
	JM_SEVERITY_TEXT,
	MORE_REGISTERS,
	UNDECODED,
	FIELDS
};

static const struct field fields[FIELDS] = {
	CPER_COLUMN_FIELDS,
	[PAYLOAD] = { .name = "payload_type", .kind = FIELD_UINT },
	[TABLE_VERSION] = { .name = "version", .kind = FIELD_UINT },
	[SOC] = { .name = "soc_id", .kind = FIELD_UINT },
	[SOC_TEXT] = { .name = "soc", .kind = FIELD_TEXT },
	[SUBSYSTEM] = { .name = "subsystem_id", .kind = FIELD_UINT },
	[SUBSYSTEM_TEXT] = { .name = "subsystem", .kind = FIELD_TEXT },
	[MODULE] = { .name = "module_id", .kind = FIELD_UINT },
	[MODULE_TEXT] = { .name = "module", .kind = FIELD_TEXT },
	[SUBMODULE] = { .name = "submodule_id", .kind = FIELD_UINT },
	[SUBMODULE_TEXT] = { .name = "submodule", .kind = FIELD_TEXT },
	[DEVICE] = { .name = "device_id", .kind = FIELD_UINT },
	[ERROR_TYPE] = { .name = "error_type", .kind = FIELD_HEX },
	[JM_SEVERITY] = { .name = "error_severity", .kind = FIELD_UINT },
	[JM_SEVERITY_TEXT] = { .name = "error_severity_text", .kind = FIELD_TEXT },
	[MORE_REGISTERS] = { .name = "more_registers", .kind = FIELD_UINT },
	[UNDECODED] = { .name = "undecoded", .kind = FIELD_BYTES },
};

static const struct list_type lists[] = { LAYOUT_REGISTERS("jaguarmicro_register") };

/* --- names of the parts --- */

struct module {
	const char *name;
	const char *submodules[2];
};

struct subsystem {
	const char *name;
	enum component component; /* COMPONENT_UNKNOWN: the platform */
	const char *device;	  /* what its devices are */
	struct module modules[MODULES_MAX];
};

/* By number, all three. */
static const struct subsystem subsystems[] = {
	{ "AP", COMPONENT_CPU, "core", { { "CORE" } } },
	{ "CMN",
	  COMPONENT_UNKNOWN,
	  "node",
	  { { "MXP" }, { "HNI" }, { "HNF" }, { "SBSX" }, { "CCG" }, { "HND" } } },
	{ "DDRH",
	  COMPONENT_MEMORY,
	  "channel",
	  { { "DDRCtrl" }, { "DDRPHY" }, { "SRAM" } } },
	{ "DDRV",
	  COMPONENT_MEMORY,
	  "channel",
	  { { "DDRCtrl" }, { "DDRPHY" }, { "SRAM" } } },
	{ "GIC", .modules = { { "GICIP" }, { "GICSRAM" } } },
	{ "IOSUB", .modules = { { "SMMU", { "TBU", "TCU" } },
				{ "NIC450" },
				{ "OTHER", { "RAM" } } } },
	{ "SCP", .modules = { { "SRAM" }, { "WDT" }, { "PLL" } } },
	{ "MCP", .modules = { { "SRAM" }, { "WDT" } } },
	{ "IMU0", .modules = { { "SRAM" }, { "WDT" } } },
	{ "DPE", .modules = { { "EPG" },
			      { "PIPE" },
			      { "EMEP" },
			      { "IMEP" },
			      { "EPAE" },
			      { "IPAE" },
			      { "ETH" },
			      { "TPG" },
			      { "MIG" },
			      { "HIG" },
			      { "DPETOP" },
			      { "SMMU", { "TCU", "TBU" } } } },
	{ "RPE", .modules = { { "TOP" }, { "TXP_RXP" }, { "SMMU", { "TCU", "TBU" } } } },
	{ "PSUB", .modules = { { "PCIE0", { "RAS0", "RAS1" } },
			       { "UP_MIX" },
			       { "PCIE1" },
			       { "PTOP" },
			       { "N2IF" },
			       { "VPE0_RAS" },
			       { "VPE1_RAS" },
			       { "X2RC_SMMU", { "TCU", "TBU" } },
			       { "X16RC_SMMU", { "TCU", "TBU" } },
			       { "SDMA_SMMU", { "TCU", "TBU" } } } },
	{ "HAC", .modules = { { "SRAM" }, { "SMMU" } } },
	{ "TCM", .modules = { { "SRAM" }, { "SMMU", { "TCU", "TBU" } }, { "IP" } } },
	{ "IMU1", .modules = { { "SRAM" }, { "WDT" } } },
};

static const char *const socs[] = { "Corsica1.0" };
static const struct layout_words soc_words = LAYOUT_WORDS(socs);

static const struct subsystem *subsystem_of(const struct event *event)
{
	const struct value *id = &event->detail[SUBSYSTEM];

	return id->kind == VALUE_INT && value_as_uint(id) < ARRAY_SIZE(subsystems) ?
		       &subsystems[id->i] :
		       NULL;
}

static void set_names(struct event *event)
{
	struct value *detail = event->detail;
	const struct subsystem *subsystem = subsystem_of(event);
	const struct module *module;

	if (!subsystem)
		return;
	detail[SUBSYSTEM_TEXT] = value_text(subsystem->name);
	if (subsystem->component != COMPONENT_UNKNOWN)
		event->component = subsystem->component;
	if (detail[MODULE].kind != VALUE_INT ||
	    value_as_uint(&detail[MODULE]) >= MODULES_MAX)
		return;
	module = &subsystem->modules[detail[MODULE].i];
	detail[MODULE_TEXT] = value_text(module->name);
	if (detail[SUBMODULE].kind == VALUE_INT &&
	    value_as_uint(&detail[SUBMODULE]) < ARRAY_SIZE(module->submodules))
		detail[SUBMODULE_TEXT] =
			value_text(module->submodules[detail[SUBMODULE].i]);
}

/* "DDRH channel 3" */
static void set_device(struct event *event, struct arena *arena)
{
	const struct subsystem *subsystem = subsystem_of(event);
	char buf[64] = "";
	struct text device = TEXT_IN(buf);

	if (!subsystem)
		return;
	text_add(&device, "%s", subsystem->name);
	if (event->detail[DEVICE].kind == VALUE_INT)
		text_add(&device, " %s %" PRIu64,
			 subsystem->device ? subsystem->device : "device",
			 value_as_uint(&event->detail[DEVICE]));
	layout_set_text(&event->device, &device, arena);
}

/* --- layouts --- */

static const struct layout_field head[] = {
	{ TABLE_VERSION, .at = 4, .width = 1, .valid = VALID(0) },
	{ SOC, .at = 5, .width = 1, .valid = VALID(1), .text = SOC_TEXT,
	  .words = &soc_words },
	{ SUBSYSTEM, .at = 6, .width = 1, .valid = VALID(2) },
	{ MODULE, .at = 7, .width = 1, .valid = VALID(3) },
	{ SUBMODULE, .at = 8, .width = 1, .valid = VALID(4) },
	{ DEVICE, .at = 9, .width = 1, .valid = VALID(5) },
	{ ERROR_TYPE, .at = 10, .width = 2, .valid = VALID(6) },
	{ JM_SEVERITY, .at = 12, .width = 1, .valid = VALID(7), .text = JM_SEVERITY_TEXT,
	  .words = &layout_severities },
};

#define REGISTER(width_, i, name_)                                          \
	{                                                                   \
		name_, .at = HEAD_BYTES + (width_) * (i), .width = (width_) \
	}

static const struct layout_register por_registers[] = {
	REGISTER(4, 0, "LOCK_CONTROL"),	     REGISTER(4, 1, "LOCK_FUNCTION"),
	REGISTER(4, 2, "CFG_RAM_ID"),	     REGISTER(4, 3, "ERR_FR_LOW32"),
	REGISTER(4, 4, "ERR_FR_HIGH32"),     REGISTER(4, 5, "ERR_CTLR_LOW32"),
	REGISTER(4, 6, "ECC_STATUS_LOW32"),  REGISTER(4, 7, "ECC_ADDR_LOW32"),
	REGISTER(4, 8, "ECC_ADDR_HIGH32"),   REGISTER(4, 9, "ECC_MISC0_LOW32"),
	REGISTER(4, 10, "ECC_MISC0_HIGH32"), REGISTER(4, 11, "ECC_MISC1_LOW32"),
	REGISTER(4, 12, "ECC_MISC1_HIGH32"), REGISTER(4, 13, "ECC_MISC2_LOW32"),
	REGISTER(4, 14, "ECC_MISC2_HIGH32"),
};

static const struct layout_register smmu_registers[] = {
	REGISTER(4, 0, "CSR_INT_STATUS"), REGISTER(4, 1, "ERR_FR"),
	REGISTER(4, 2, "ERR_CTLR"),	  REGISTER(4, 3, "ERR_STATUS"),
	REGISTER(4, 4, "ERR_GEN"),
};

static const struct layout_register sram_registers[] = {
	REGISTER(4, 0, "ECC_1BIT_INFO_LOW32"),
	REGISTER(4, 1, "ECC_1BIT_INFO_HIGH32"),
	REGISTER(4, 2, "ECC_2BIT_INFO_LOW32"),
	REGISTER(4, 3, "ECC_2BIT_INFO_HIGH32"),
};

static const struct layout_register cmn_registers[] = {
	REGISTER(8, 0, "CFGM_MXP_0"),	  REGISTER(8, 1, "CFGM_HNF_0"),
	REGISTER(8, 2, "CFGM_HNI_0"),	  REGISTER(8, 3, "CFGM_SBSX_0"),
	REGISTER(8, 4, "ERR_FR_NS"),	  REGISTER(8, 5, "ERR_CTLRR_NS"),
	REGISTER(8, 6, "ERR_STATUSR_NS"), REGISTER(8, 7, "ERR_ADDRR_NS"),
	REGISTER(8, 8, "ERR_MISCR_NS"),	  REGISTER(8, 9, "ERR_FR"),
	REGISTER(8, 10, "ERR_CTLR"),	  REGISTER(8, 11, "ERR_STATUS"),
	REGISTER(8, 12, "ERR_ADDR"),	  REGISTER(8, 13, "ERR_MISC"),
};

static const struct layout_register gic_registers[] = {
	REGISTER(8, 0, "RECORD_ID"),	  REGISTER(8, 1, "GICT_ERR_FR"),
	REGISTER(8, 2, "GICT_ERR_CTLR"),  REGISTER(8, 3, "GICT_ERR_STATUS"),
	REGISTER(8, 4, "GICT_ERR_ADDR"),  REGISTER(8, 5, "GICT_ERR_MISC0"),
	REGISTER(8, 6, "GICT_ERR_MISC1"), REGISTER(8, 7, "GICT_ERRGSR"),
};

#define GUID_POR \
	GUID(0x82d78ba3, 0xfa14, 0x407a, 0xba, 0x0e, 0xf3, 0xba, 0x81, 0x70, 0x01, 0x3c)
#define GUID_SMMU \
	GUID(0xf9723053, 0x2558, 0x49b1, 0xb5, 0x8a, 0x1c, 0x1a, 0x82, 0x49, 0x2a, 0x62)
#define GUID_SRAM \
	GUID(0x2d31de54, 0x3037, 0x4f24, 0xa2, 0x83, 0xf6, 0x9c, 0xa1, 0xec, 0x0b, 0x9a)
#define GUID_CMN \
	GUID(0xdac80d69, 0x0a72, 0x4eba, 0x81, 0x14, 0x14, 0x8e, 0xe3, 0x44, 0xaf, 0x06)
#define GUID_GIC \
	GUID(0x746f06fe, 0x405e, 0x451f, 0x8d, 0x09, 0x02, 0xe8, 0x02, 0xed, 0x98, 0x4a)

/* The count of further registers lies behind the fixed ones. */
#define LAYOUT(width, registers_)                                                      \
	{                                                                              \
		.size = HEAD_BYTES + (width)*ARRAY_SIZE(registers_) + 4,               \
		.least = HEAD_BYTES, .valid_width = 4, .severity = JM_SEVERITY,        \
		.fields = head, .n_fields = ARRAY_SIZE(head), .registers = registers_, \
		.n_registers = ARRAY_SIZE(registers_)                                  \
	}

static const struct section {
	struct guid guid;
	unsigned int payload; /* JaguarMicro's number of it */
	struct layout layout;
} sections[] = {
	{ GUID_POR, 0, LAYOUT(4, por_registers) },
	{ GUID_SMMU, 1, LAYOUT(4, smmu_registers) },
	{ GUID_SRAM, 2, LAYOUT(4, sram_registers) },
	{ GUID_CMN, 5, LAYOUT(8, cmn_registers) },
	{ GUID_GIC, 6, LAYOUT(8, gic_registers) },
};

static const struct section *section_of(const struct guid *guid)
{
	for (size_t i = 0; i < ARRAY_SIZE(sections); i++)
		if (!memcmp(&sections[i].guid, guid, sizeof(*guid)))
			return &sections[i];
	return NULL;
}

static int fill_registers(const struct layout *layout, struct layout_body *body,
			  struct arena *arena, struct event *event)
{
	struct layout_dump dump = { .at = layout->size, .width = 4 };
	bool more = body->valid & VALID_MORE;

	if (more && layout_read(body, layout->size - 4, 4, &dump.n))
		event->detail[MORE_REGISTERS] = value_uint(dump.n);
	return layout_registers_fill(layout, &dump, body, 0, arena, event);
}

static int decode_section(const struct cper_section *section, struct arena *arena,
			  struct event *event)
{
	const struct section *of = section_of(&section->type);
	struct layout_body body;
	int r;

	if (!of)
		return -ENOENT;
	r = layout_begin(&of->layout, section, arena, event, &body);
	if (r < 0)
		return r;
	event->detail[PAYLOAD] = value_uint(of->payload);
	set_names(event);
	set_device(event, arena);
	r = fill_registers(&of->layout, &body, arena, event);
	if (r < 0)
		return r;
	layout_end(&body, UNDECODED, event);
	return 1;
}

/* --- for people --- */

static void add_part(struct text *out, const char *before, const struct value *name,
		     const struct value *number)
{
	if (number->kind != VALUE_INT)
		return;
	text_add(out, "%s", before);
	if (name->kind == VALUE_TEXT)
		text_add_escaped(out, name->text, name->len);
	else
		text_add(out, "%" PRIu64, value_as_uint(number));
}

static void describe(const struct event *event, struct text *out)
{
	const struct value *detail = event->detail;

	text_add(out, "%s error", severity_name(event->severity));
	add_part(out, " of ", &detail[SUBSYSTEM_TEXT], &detail[SUBSYSTEM]);
	add_part(out, ", module ", &detail[MODULE_TEXT], &detail[MODULE]);
	add_part(out, ", submodule ", &detail[SUBMODULE_TEXT], &detail[SUBMODULE]);
	if (detail[ERROR_TYPE].kind == VALUE_INT)
		text_add(out, ", error type %#" PRIx64,
			 value_as_uint(&detail[ERROR_TYPE]));
	text_add(out, ", %zu registers", event->lists[0].n_rows);
}

static const struct event_type type = {
	.name = "jaguarmicro",
	.table = "jaguarmicro",
	.fields = fields,
	.n_fields = FIELDS,
	.lists = lists,
	.n_lists = ARRAY_SIZE(lists),
	.describe = describe,
};

const struct handler handler_jaguarmicro = {
	.type = &type,
	.ring = RING_HARDWARE,
	.sections = { GUID_POR, GUID_SMMU, GUID_SRAM, GUID_CMN, GUID_GIC },
	.decode_section = decode_section,
};
