// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * CXL's events under rasdaemon's names, see db/views_rasdaemon.c. Numbers mean to it what
 * CXL 3.1, 8.2.9, says, as to us; but these it has as words. A number that the record
 * says is not valid is NULL.
 */

#include "db/views_rasdaemon.h"
#include "util/macro.h"

#define DEVICE " e.device AS memdev, d.host, d.serial,"

/* An event log's number. */
#define LOG                                                                         \
	" CASE d.log WHEN 0 THEN 'Informational' WHEN 1 THEN 'Warning' WHEN 2 THEN" \
	" 'Failure' WHEN 3 THEN 'Fatal' ELSE 'Unknown' END AS log_type,"

/* A device's clock; 0 stands for one that has not been set. */
#define DEVICE_TIME(column, name) " " TIME_TEXT("ifnull(" column ", 0)") " AS " name

#define HEADER                                                                                 \
	ID_AND_TIME DEVICE LOG                                                                 \
		" d.uuid AS hdr_uuid, d.record_flags AS hdr_flags, d.handle AS"                \
		" hdr_handle, ifnull(d.related_handle, 0) AS hdr_related_handle," DEVICE_TIME( \
			"d.device_time_ns",                                                    \
			"hdr_ts") ", d.record_length AS hdr_length,"                           \
				  " d.maintenance_class AS hdr_maint_op_class,"                \
				  " d.maintenance_subclass AS hdr_maint_op_sub_class,"

#define COMPONENT                                       \
	" d.component_id AS comp_id, d.pldm_entity_id," \
	" d.pldm_resource_id AS pldm_resource_id,"

#define MEDIA                                                                          \
	" d.dpa, d.dpa_flags, d.descriptor, d.event_type AS type, d.transaction_type," \
	" d.channel, d.rank," COMPONENT " d.hpa, d.region, d.region_uuid,"             \
	" d.event_sub_type AS sub_type, d.threshold_flags AS cme_threshold_ev_flags,"

static const struct fixed_view views[] = {
	{ "cxl_poison_event", ID_AND_TIME DEVICE
	  " CASE d.trace_type WHEN 0 THEN 'List' WHEN 1 THEN 'Inject' WHEN 2 THEN 'Clear'"
	  " ELSE 'Invalid' END AS trace_type, d.region, d.region_uuid, d.hpa, d.dpa,"
	  " d.dpa_length, CASE d.poison_source WHEN 0 THEN 'Unknown' WHEN 1 THEN 'External'"
	  " WHEN 2 THEN 'Internal' WHEN 3 THEN 'Injected' WHEN 7 THEN 'Vendor'"
	  " ELSE 'Invalid' END AS source, d.list_flags AS flags," DEVICE_TIME(
		  "d.overflow_time_ns", "overflow_ts") OF("cxl_poison") },
	{ "cxl_aer_ue_event",
	  ID_AND_TIME DEVICE " d.status AS error_status, d.first_error, d.header_log" OF(
		  "cxl_aer_uncorrectable") },
	{ "cxl_aer_ce_event",
	  ID_AND_TIME DEVICE " d.status AS error_status" OF("cxl_aer_correctable") },
	{ "cxl_overflow_event",
	  ID_AND_TIME DEVICE LOG " ifnull(d.records_lost, 0) AS count," DEVICE_TIME(
		  "d.first_time_ns", "first_ts") "," DEVICE_TIME("d.last_time_ns",
								 "last_ts")
		  OF("cxl_overflow") },
	{ "cxl_generic_event", HEADER " d.data" OF("cxl_generic") },
	{ "cxl_general_media_event",
	  HEADER MEDIA " d.device_mask AS device, d.cme_count" OF("cxl_general_media") },
	{ "cxl_dram_event", HEADER MEDIA
	  " d.nibble_mask, d.bank_group, d.bank, d.row, d.column,"
	  " d.correction_mask AS cor_mask, d.sub_channel, d.cvme_count" OF("cxl_dram") },
	{ "cxl_memory_module_event", HEADER COMPONENT
	  " d.event_type, d.event_sub_type, d.health_status, d.media_status,"
	  " d.life_used_percent AS life_used, d.dirty_shutdowns AS dirty_shutdown_cnt,"
	  " d.corrected_volatile_errors AS cor_vol_err_cnt,"
	  " d.corrected_persistent_errors AS cor_per_err_cnt,"
	  " d.temperature_celsius AS device_temp,"
	  " d.additional_status AS add_status" OF("cxl_memory_module") },
};

const struct fixed_views rasdaemon_cxl_views = { views, ARRAY_SIZE(views) };
