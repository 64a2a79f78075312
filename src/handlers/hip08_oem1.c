// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * HiSilicon HIP08 OEM section of type 1: errors of modules that have five registers of
 * their own and an address (struct hisi_oem_type1_err_sec of HiSilicon's kernels). What
 * the address is of, only the module knows: it is a register here.
 */

#include "event/handler.h"

#include "cper/hip08.h"

static const struct field fields[HIP08_COLUMNS] = { HIP08_COLUMN_FIELDS };

static const struct list_type lists[] = { LAYOUT_REGISTERS("hip08_oem1_register") };

static const struct layout_register registers[] = {
	{ "ERR_MISC0", .at = 12, .width = 4, .valid = 1 << 6 },
	{ "ERR_MISC1", .at = 16, .width = 4, .valid = 1 << 7 },
	{ "ERR_MISC2", .at = 20, .width = 4, .valid = 1 << 8 },
	{ "ERR_MISC3", .at = 24, .width = 4, .valid = 1 << 9 },
	{ "ERR_MISC4", .at = 28, .width = 4, .valid = 1 << 10 },
	{ "ERR_ADDR", .at = 32, .width = 8, .valid = 1 << 11 },
};

/* Module 9 has no name here: two sources of HiSilicon's disagree (LPC, TDH). */
static const struct hip08_module modules[] = {
	{ 0, "MN" },
	{ 1, "PLL", .groups = { { "TB_PLL", 4 }, { "TA_PLL", 4 }, { "NIMBUS_PLL", 5 } } },
	{ 2, "SLLC",
	  .groups = { { "TB_SLLC", 3 }, { "TA_SLLC", 3 }, { "NIMBUS_SLLC", 2 } } },
	{ 3, "AA" },
	{ 4, "SIOE",
	  .groups = { { "TB_SIOE", 4 }, { "TA_SIOE", 4 }, { "NIMBUS_SIOE", 2 } } },
	{ 5, "POE", .groups = { { "TB_POE", 0 }, { "TA_POE", 0 } } },
	{ 8, "DISP",
	  .groups = { { "TB_PERI_DISP", 0 },
		      { "TB_POE_DISP", 0 },
		      { "TB_GIC_DISP", 0 },
		      { "TA_PERI_DISP", 0 },
		      { "TA_POE_DISP", 0 },
		      { "TA_GIC_DISP", 0 },
		      { "HAC_DISP", 0 },
		      { "PCIE_DISP", 0 },
		      { "IO_MGMT_DISP", 0 },
		      { "NETWORK_DISP", 0 } } },
	{ 13, "GIC" },
	{ 14, "RDE" },
	{ 15, "SAS", .groups = { { "SAS", 2 } } },
	{ 16, "SATA" },
	{ 17, "USB", .groups = { { "USB", 3 } } },
};

static const struct hip08_oem oem = {
	.layout = { .size = 40,
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
	.name = "hip08-oem1",
	.table = "hip08_oem1",
	.fields = fields,
	.n_fields = HIP08_COLUMNS,
	.lists = lists,
	.n_lists = ARRAY_SIZE(lists),
	.describe = hip08_describe,
};

const struct handler handler_hip08_oem1 = {
	.type = &type,
	.ring = RING_HARDWARE,
	.sections = { GUID(0x1f8161e1, 0x55d6, 0x41e6, 0xbd, 0x10, 0x7a, 0xfd, 0x1d, 0xc5,
			   0xf7, 0xc5) },
	.decode_section = decode_section,
};
