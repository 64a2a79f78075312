// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Our events under the names that rasdaemon gives its tables and columns, for programs
 * that read its database. What we do not keep (the raw bytes of a record that was
 * decoded) is NULL. Times are UTC and say so. An event that another source had told of is
 * not there a second time.
 */

#include "db/views_rasdaemon.h"
#include "event/kinds.h"
#include "util/macro.h"

/* The words below are chosen by these numbers. */
_Static_assert(SEVERITY_INFO == 0 && SEVERITY_CORRECTED == 1 && SEVERITY_DEFERRED == 2 &&
		       SEVERITY_UNCORRECTED == 3 && SEVERITY_FATAL == 4,
	       "as in the view non_standard_event");

#define OF_FIRST_ERROR " FROM arm_error a WHERE a.event = d.event AND a.n = 0)"

static const struct fixed_view views[] = {
	/* enum hw_event_mc_err_type, include/linux/edac.h */
	{ "mc_event", ID_AND_TIME
	  " d.error_count AS err_count, CASE d.error_type WHEN 0 THEN 'Corrected'"
	  " WHEN 1 THEN 'Uncorrected' WHEN 2 THEN 'Deferred' WHEN 3 THEN 'Fatal'"
	  " ELSE 'Info' END AS err_type, d.msg AS err_msg, d.label, d.mc_index AS mc,"
	  " d.top_layer, d.middle_layer, d.lower_layer, d.mc_address AS address,"
	  " d.grain_bits AS grain, d.syndrome, d.driver_detail" OF("mc") },
	/* include/linux/aer.h: AER_NONFATAL, AER_FATAL, AER_CORRECTABLE */
	{ "aer_event",
	  ID_AND_TIME " e.device AS dev_name, CASE d.aer_severity WHEN 2 THEN 'Corrected'"
		      " WHEN 1 THEN 'Uncorrected (Fatal)'"
		      " ELSE 'Uncorrected (Non-Fatal)' END AS err_type,"
		      " d.status_text AS err_msg" OF("aer") },
	{ "extlog_event",
	  ID_AND_TIME " d.error_type AS etype, e.count AS error_count,"
		      " d.cper_severity AS severity, e.address, zeroblob(16) AS fru_id,"
		      " d.fru_text, NULL AS cper_data" OF("extlog_mem") },
	{ "mce_record",
	  ID_AND_TIME " d.mcgcap, d.mcgstatus, d.status, d.addr, d.misc, d.ip, d.tsc,"
		      " d.walltime, d.ppin, d.mce_cpu AS cpu, d.cpuid, d.apicid,"
		      " d.socket AS socketid, d.cs, d.bank, d.vendor AS cpuvendor,"
		      " d.microcode, d.hardware_unit AS bank_name,"
		      " d.mca_code_text AS error_msg,"
		      " NULL AS mcgstatus_msg, NULL AS mcistatus_msg,"
		      " NULL AS mcastatus_msg, NULL AS user_action,"
		      " NULL AS mc_location" OF("mce") },
	{ "non_standard_event",
	  ID_AND_TIME " d.section_type AS sec_type, d.fru_id, d.fru_text,"
		      " CASE e.severity WHEN 0 THEN 'Informational'"
		      " WHEN 1 THEN 'Corrected' WHEN 4 THEN 'Fatal'"
		      " ELSE 'Recoverable' END AS severity,"
		      " d.data AS error" OF("non_standard") },
	/* what one record has of several errors is there for the first alone */
	{ "arm_event", ID_AND_TIME
	  " (SELECT count(*) FROM arm_error a WHERE a.event = d.event) AS error_count,"
	  " d.affinity_level AS affinity, d.mpidr, d.running_state, d.psci_state,"
	  " NULL AS err_info, NULL AS context_info, d.vendor_bytes AS vendor_info,"
	  " (SELECT group_concat(a.type, ', ') FROM arm_error a WHERE a.event = d.event)"
	  " AS error_type,"
	  " (SELECT trim(CASE WHEN a.first_error THEN 'first ' ELSE '' END ||"
	  " CASE WHEN a.last_error THEN 'last ' ELSE '' END ||"
	  " CASE WHEN a.propagated THEN 'propagated ' ELSE '' END ||"
	  " CASE WHEN a.overflow THEN 'overflow' ELSE '' END)" OF_FIRST_ERROR
	  " AS error_flags,"
	  " (SELECT a.error_info" OF_FIRST_ERROR " AS error_info,"
	  " (SELECT a.virtual_address" OF_FIRST_ERROR " AS virt_fault_addr,"
	  " (SELECT a.physical_address" OF_FIRST_ERROR " AS phy_fault_addr" OF("arm") },
	{ "devlink_event", ID_AND_TIME
	  " d.bus AS bus_name, d.device_name AS dev_name,"
	  " d.driver AS driver_name, d.reporter AS reporter_name,"
	  " d.msg" OF(
		  "devlink_health") " UNION ALL SELECT" ID_AND_TIME
				    " '', d.interface, d.driver, '',"
				    " 'transmit queue ' || d.queue || ' timed out'" OF(
					    "net_timeout") },
	{ "disk_errors",
	  ID_AND_TIME " d.major || ':' || d.minor AS dev, d.sector,"
		      " d.sectors AS nr_sector, d.error_text AS error, d.rwbs,"
		      " d.cmd" OF("block_error") },
	{ "memory_failure_event", ID_AND_TIME
	  " printf('0x%x', d.pfn) AS pfn, ifnull(d.page_type_text, d.page_type) AS page_type,"
	  " ifnull(d.result_text, d.result) AS action_result" OF("memory_failure") },
	{ "signal_event",
	  ID_AND_TIME " d.signal AS sig, NULL AS errorno, d.code, e.comm, e.pid,"
		      " d.to_process AS grp, d.delivery AS res" OF("sigbus") },
	/* RISC-V's, of which we have no events; its tools give up without the table */
	{ "reri_event",
	  " e.id, NULL AS timestamp, NULL AS err_src_id, NULL AS source_type,"
	  " NULL AS severity, NULL AS hart_id, NULL AS cluster_id, NULL AS"
	  " status, NULL AS addr_info, NULL AS info, NULL AS suppl_info,"
	  " NULL AS timestamp_val FROM event e WHERE 0" },
};

const struct fixed_views rasdaemon_views = { views, ARRAY_SIZE(views) };
