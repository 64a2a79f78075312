// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Vendors' sections under rasdaemon's names, see db/views_rasdaemon.c: what its
 * ras-mc-ctl asks for with --vendor-errors and --vendor-errors-summary.
 */

#include "db/views_rasdaemon.h"
#include "util/macro.h"

/* A part's name, or its number where it has none. */
#define PART(column, name) " ifnull(d." column ", d." column "_id) AS " name ","

/* UEFI 2.10, table N.2.2 */
#define SEVERITY                                                               \
	" CASE d.error_severity WHEN 0 THEN 'recoverable' WHEN 1 THEN 'fatal'" \
	" WHEN 2 THEN 'corrected' WHEN 3 THEN 'none' END AS err_severity,"

#define REGISTERS(table)                                                            \
	" (SELECT group_concat(r.name || '=' || printf('0x%x', r.value), ' ') FROM" \
	" (SELECT * FROM " table " WHERE event = d.event ORDER BY n) r) AS regs_dump"

#define HIP08(table)                                                               \
	ID_AND_TIME " d.version, d.soc_id, d.socket_id, d.nimbus_id," PART(        \
		"module", "module_id") PART("submodule", "sub_module_id") SEVERITY \
	REGISTERS(table "_register") OF(table)

static const struct fixed_view views[] = {
	{ "hip08_oem_type1_event_v2", HIP08("hip08_oem1") },
	{ "hip08_oem_type2_event_v2", HIP08("hip08_oem2") },
	{ "hip08_pcie_local_event_v2",
	  ID_AND_TIME " d.version, d.soc_id, d.socket_id, d.nimbus_id," PART(
		  "submodule", "sub_module_id") " d.core_id, d.port_id," SEVERITY
						" d.error_type AS err_type," REGISTERS(
							"hip08_pcie_local_register")
							OF("hip08_pcie_local") },
	{ "hisi_common_section_v2", ID_AND_TIME
	  " d.version, d.soc_id, d.socket_id, d.totem_id, d.nimbus_id,"
	  " d.subsystem_id AS sub_system_id," PART(
		  "module",
		  "module_id") " d.submodule_id AS sub_module_id, d.core_id, d.port_id,"
			       " d.error_type AS err_type, printf('%04x:%02x:%02x.%x', d.pcie_segment,"
			       " d.pcie_bus, d.pcie_device, d.pcie_function) AS pcie_info," SEVERITY
				       REGISTERS("hisi_common_register")
					       OF("hisi_common") },
	{ "yitian_ddr_reg_dump_event",
	  ID_AND_TIME " ifnull(e.address, 0) AS address," REGISTERS("yitian_ddr_register")
		  OF("yitian_ddr") },
	{ "jm_payload0_event", ID_AND_TIME
	  " d.version, d.soc_id," PART("subsystem", "subsystem") " d.module, d.module_id," PART(
		  "submodule",
		  "sub_module") " d.submodule_id, d.device_id AS dev, d.device_id"
				" AS dev_id, d.error_type AS err_type," SEVERITY
					REGISTERS("jaguarmicro_register")
						OF("jaguarmicro") },
};

const struct fixed_views rasdaemon_vendor_views = { views, ARRAY_SIZE(views) };
