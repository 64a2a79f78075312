// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * HiSilicon HIP08 OEM section of type 2: errors of modules with the error record
 * registers of Arm's RAS architecture, each as two halves, the lower one first (struct
 * hisi_oem_type2_err_sec of HiSilicon's kernels).
 */

#include "event/handler.h"

#include "cper/hip08.h"

static const struct field fields[HIP08_COLUMNS] = { HIP08_COLUMN_FIELDS };

static const struct list_type lists[] = { LAYOUT_REGISTERS("hip08_oem2_register") };

static const struct layout_register registers[] = {
	{ "ERR_FR", .at = 12, .width = 8, .valid = 1 << 6 },
	{ "ERR_CTRL", .at = 20, .width = 8, .valid = 1 << 7 },
	{ "ERR_STATUS", .at = 28, .width = 8, .valid = 1 << 8 },
	{ "ERR_ADDR", .at = 36, .width = 8, .valid = 1 << 9 },
	{ "ERR_MISC0", .at = 44, .width = 8, .valid = 1 << 10 },
	{ "ERR_MISC1", .at = 52, .width = 8, .valid = 1 << 11 },
};

static const struct hip08_module modules[] = {
	{ 0, "SMMU",
	  .groups = { { "HAC_SMMU", 0 },
		      { "PCIE_SMMU", 0 },
		      { "MGMT_SMMU", 0 },
		      { "NIC_SMMU", 0 } } },
	{ 1, "HHA", .groups = { { "TB_HHA", 2 }, { "TA_HHA", 2 } } },
	{ 2, "PA" },
	{ 3, "HLLC", .groups = { { "HLLC", 3 } } },
	{ 4, "DDRC", COMPONENT_MEMORY, .groups = { { "TB_DDRC", 4 }, { "TA_DDRC", 4 } } },
	{ 5, "L3TAG", COMPONENT_CACHE,
	  .groups = { { "TB_PARTITION", 8 }, { "TA_PARTITION", 8 } } },
	{ 6, "L3DATA", COMPONENT_CACHE,
	  .groups = { { "TB_BANK", 4 }, { "TA_BANK", 4 } } },
};

static const struct hip08_oem oem = {
	.layout = { .size = 60,
		    .least = HIP08_HEAD_BYTES,
		    .valid_width = 4,
		    .severity = HIP08_SEVERITY,
		    .fields = hip08_head,
		    .n_fields = HIP08_HEAD_FIELDS,
		    .registers = registers,
		    .n_registers = ARRAY_SIZE(registers) },
	.modules = modules,
	.n_modules = ARRAY_SIZE(modules),
};

static int decode_section(const struct cper_section *section, struct arena *arena,
			  struct event *event)
{
	return hip08_decode(&oem, section, arena, event);
}

static const struct event_type type = {
	.name = "hip08-oem2",
	.table = "hip08_oem2",
	.fields = fields,
	.n_fields = HIP08_COLUMNS,
	.lists = lists,
	.n_lists = ARRAY_SIZE(lists),
	.describe = hip08_describe,
};

const struct handler handler_hip08_oem2 = {
	.type = &type,
	.ring = RING_HARDWARE,
	.sections = { GUID(0x45534ea6, 0xce23, 0x4115, 0x85, 0x35, 0xe0, 0x7a, 0xb3, 0xae,
			   0xf9, 0x1d) },
	.decode_section = decode_section,
};
