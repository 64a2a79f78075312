// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * The tables of rasdaemon 0.6 to 0.8 that have events which we have a type for. Columns
 * that a version did not have yet are NULL; what it writes into them is what its files
 * show. Tables of vendors are not here: what is in them stands in non_standard_event as
 * well, in bytes, and our own decoders read those.
 */

#include "db/import_tables.h"

#include <string.h>

#include "util/macro.h"

#define NUMBER(theirs_, ours_)                     \
	{                                          \
		.theirs = (theirs_), .ours = ours_ \
	}
#define AS(theirs_, ours_, as_)                               \
	{                                                     \
		.theirs = (theirs_), .ours = ours_, .as = as_ \
	}
#define REQUIRED(theirs_, ours_, as_)                                              \
	{                                                                          \
		.theirs = (theirs_), .ours = ours_, .as = as_, .is_required = true \
	}
#define AFTER(theirs_, ours_, as_)                                              \
	{                                                                       \
		.theirs = (theirs_), .ours = ours_, .as = as_, .is_after = true \
	}
#define WORD(theirs_, ours_, words_)                                                   \
	{                                                                              \
		.theirs = (theirs_), .ours = ours_, .as = IMPORT_WORD, .words = words_ \
	}
#define OR_ELSE(theirs_, ours_, words_)                             \
	{                                                           \
		.theirs = (theirs_), .ours = ours_, .words = words_ \
	}
#define MADE_ANEW(theirs_) AS(theirs_, NULL, IMPORT_NOTHING)
#define END       \
	{         \
		0 \
	}

#define UNTOLD 255 /* a severity that no scale has: ours is unknown then */

/* enum hw_event_mc_err_type, include/linux/edac.h */
static const struct import_word mc_types[] = {
	{ "Corrected", 0 }, { "Uncorrected", 1 }, { "Deferred", 2 },
	{ "Fatal", 3 },	    { "Info", 4 },	  { NULL, UNTOLD },
};

static const struct import_column mc_columns[] = {
	AS("err_count", "error_count", IMPORT_SMALL),
	WORD("err_type", "error_type", mc_types),
	AS("err_msg", "msg", IMPORT_TEXT),
	AS("label", "label", IMPORT_TEXT),
	NUMBER("mc", "mc_index"),
	NUMBER("top_layer", "top_layer"),
	NUMBER("middle_layer", "middle_layer"),
	NUMBER("lower_layer", "lower_layer"),
	NUMBER("address", "address"),
	NUMBER("grain", "grain_bits"),
	NUMBER("syndrome", "syndrome"),
	AS("driver_detail", "driver_detail", IMPORT_TEXT),
	END,
};

/* include/linux/aer.h */
static const struct import_word aer_types[] = {
	{ "Uncorrected (Non-Fatal)", 0 },
	{ "Uncorrected (Fatal)", 1 },
	{ "Corrected", 2 },
	{ NULL, UNTOLD },
};

static const struct import_column aer_columns[] = {
	AS("dev_name", "dev_name", IMPORT_TEXT),
	WORD("err_type", "severity", aer_types),
	AFTER("err_msg", "status_text", IMPORT_TEXT),
	END,
};

static const struct import_word no_address[] = { { NULL, -1 } };
static const struct import_word no_mask[] = { { NULL, 64 } };
static const struct import_word no_severity[] = { { NULL, UNTOLD } };

static const struct import_column extlog_columns[] = {
	OR_ELSE("etype", "etype", no_severity),
	NUMBER("error_count", "err_seq"),
	OR_ELSE("severity", "sev", no_severity),
	OR_ELSE("address", "pa", no_address),
	OR_ELSE(NULL, "pa_mask_lsb", no_mask),
	AS("fru_id", "fru_id", IMPORT_GUID),
	AS("fru_text", "fru_text", IMPORT_TEXT),
	AS("cper_data", "data", IMPORT_BYTES),
	END,
};

static const struct import_column mce_columns[] = {
	NUMBER("mcgcap", "mcgcap"),
	NUMBER("mcgstatus", "mcgstatus"),
	REQUIRED("status", "status", IMPORT_NUMBER),
	NUMBER("addr", "addr"),
	NUMBER("misc", "misc"),
	NUMBER("ip", "ip"),
	NUMBER("tsc", "tsc"),
	NUMBER("walltime", "walltime"),
	NUMBER("ppin", "ppin"),
	AS("cpu", "cpu", IMPORT_SMALL),
	AS("cpuid", "cpuid", IMPORT_UINT32),
	AS("apicid", "apicid", IMPORT_UINT32),
	NUMBER("socketid", "socketid"),
	NUMBER("cs", "cs"),
	NUMBER("bank", "bank"),
	NUMBER("cpuvendor", "cpuvendor"),
	AS("microcode", "microcode", IMPORT_UINT32),
	END,
};

/* enum in include/acpi/ghes.h */
static const struct import_word ghes_severities[] = {
	{ "Informational", 0 }, { "Corrected", 1 }, { "Recoverable", 2 },
	{ "Fatal", 3 },		{ NULL, UNTOLD },
};

static const struct import_column non_standard_columns[] = {
	REQUIRED("sec_type", "sec_type", IMPORT_GUID),
	AS("fru_id", "fru_id", IMPORT_GUID),
	AS("fru_text", "fru_text", IMPORT_TEXT),
	WORD("severity", "sev", ghes_severities),
	AS("error", "buf", IMPORT_BYTES),
	END,
};

static const struct import_column arm_columns[] = {
	AS("affinity", "affinity", IMPORT_BYTE),
	NUMBER("mpidr", "mpidr"),
	AS("running_state", "running_state", IMPORT_UINT32),
	AS("psci_state", "psci_state", IMPORT_UINT32),
	AS("err_info", "pei_buf", IMPORT_BYTES),
	AS("context_info", "ctx_buf", IMPORT_BYTES),
	AS("vendor_info", "oem_buf", IMPORT_BYTES),
	MADE_ANEW("error_count"),
	MADE_ANEW("error_type"),
	MADE_ANEW("error_flags"),
	MADE_ANEW("error_info"),
	MADE_ANEW("virt_fault_addr"),
	MADE_ANEW("phy_fault_addr"),
	END,
};

static const struct import_column net_columns[] = {
	AS("dev_name", "name", IMPORT_TEXT),
	AS("driver_name", "driver", IMPORT_TEXT),
	AS("msg", "queue_index", IMPORT_LAST_NUMBER),
	END,
};

static const struct import_table net_table = {
	.name = "devlink_event",
	.type = "net-timeout",
	.columns = net_columns,
};

static const struct import_column devlink_columns[] = {
	AS("bus_name", "bus_name", IMPORT_TEXT),
	AS("dev_name", "dev_name", IMPORT_TEXT),
	AS("driver_name", "driver_name", IMPORT_TEXT),
	AS("reporter_name", "reporter_name", IMPORT_TEXT),
	AS("msg", "msg", IMPORT_TEXT),
	END,
};

static const struct import_column disk_columns[] = {
	REQUIRED("dev", "dev", IMPORT_DISK),
	NUMBER("sector", "sector"),
	NUMBER("nr_sector", "nr_sector"),
	AFTER("error", "error_text", IMPORT_TEXT),
	AS("rwbs", "rwbs", IMPORT_TEXT),
	AS("cmd", "cmd", IMPORT_TEXT),
	END,
};

static const struct import_column memory_failure_columns[] = {
	REQUIRED("pfn", "pfn", IMPORT_HEX),
	AFTER("page_type", "page_type_text", IMPORT_TEXT),
	AFTER("action_result", "result_text", IMPORT_TEXT),
	END,
};

/* Who sent it was not kept, and without that it proves nothing. */
static const struct import_column signal_columns[] = {
	NUMBER("sig", "sig"),
	NUMBER("code", "code"),
	AS("comm", "comm", IMPORT_TEXT),
	AS("pid", "pid", IMPORT_SMALL),
	NUMBER("grp", "group"),
	NUMBER("res", "result"),
	AFTER(NULL, "sender_pid", IMPORT_NOTHING),
	END,
};

/* --- CXL ------------------------------------------------------------------------- */

/* enum cxl_poison_trace_type, drivers/cxl/core/core.h */
static const struct import_word poison_acts[] = {
	{ "List", 0 },
	{ "Inject", 1 },
	{ "Clear", 2 },
	{ NULL, UNTOLD },
};

static const struct import_word poison_sources[] = {
	{ "Unknown", 0 },  { "External", 1 }, { "Internal", 2 },
	{ "Injected", 3 }, { "Vendor", 7 },   { NULL, UNTOLD },
};

static const struct import_word cxl_logs[] = {
	{ "Informational", 0 }, { "Warning", 1 }, { "Failure", 2 },
	{ "Fatal", 3 },		{ NULL, UNTOLD },
};

#define CXL_DEVICE                                                            \
	AS("memdev", "memdev", IMPORT_TEXT), AS("host", "host", IMPORT_TEXT), \
		NUMBER("serial", "serial")
#define CXL_HEAD                                                                      \
	CXL_DEVICE, WORD("log_type", "log", cxl_logs),                                \
		AS("hdr_uuid", "hdr_uuid", IMPORT_UUID),                              \
		NUMBER("hdr_flags", "hdr_flags"), NUMBER("hdr_handle", "hdr_handle"), \
		NUMBER("hdr_related_handle", "hdr_related_handle"),                   \
		AS("hdr_ts", "hdr_timestamp", IMPORT_TIME),                           \
		NUMBER("hdr_length", "hdr_length"),                                   \
		NUMBER("hdr_maint_op_class", "hdr_maint_op_class"),                   \
		NUMBER("hdr_maint_op_sub_class", "hdr_maint_op_sub_class")
#define CXL_PART                                                         \
	AS("comp_id", "comp_id", IMPORT_BYTES),                          \
		AFTER("pldm_entity_id", "pldm_entity_id", IMPORT_BYTES), \
		AFTER("pldm_resource_id", "pldm_resource_id", IMPORT_BYTES)
#define CXL_MEDIA                                                           \
	CXL_HEAD, NUMBER("dpa", "dpa"), NUMBER("dpa_flags", "dpa_flags"),   \
		NUMBER("descriptor", "descriptor"), NUMBER("type", "type"), \
		NUMBER("transaction_type", "transaction_type"),             \
		NUMBER("channel", "channel"), NUMBER("rank", "rank"),       \
		OR_ELSE("hpa", "hpa", no_address),                          \
		AS("region", "region_name", IMPORT_TEXT),                   \
		AS("region_uuid", "region_uuid", IMPORT_UUID),              \
		NUMBER("sub_type", "sub_type"),                             \
		NUMBER("cme_threshold_ev_flags", "cme_threshold_ev_flags"), CXL_PART

static const struct import_column cxl_poison_columns[] = {
	CXL_DEVICE,
	WORD("trace_type", "trace_type", poison_acts),
	AS("region", "region", IMPORT_TEXT),
	AS("region_uuid", "uuid", IMPORT_UUID),
	OR_ELSE("hpa", "hpa", no_address),
	OR_ELSE("hpa_alias0", "hpa_alias0", no_address),
	NUMBER("dpa", "dpa"),
	NUMBER("dpa_length", "dpa_length"),
	WORD("source", "source", poison_sources),
	NUMBER("flags", "flags"),
	AS("overflow_ts", "overflow_ts", IMPORT_TIME),
	END,
};

static const struct import_column cxl_uncorrectable_columns[] = {
	CXL_DEVICE,
	AS("error_status", "status", IMPORT_UINT32),
	AS("first_error", "first_error", IMPORT_UINT32),
	AS("header_log", "header_log", IMPORT_BYTES),
	END,
};

static const struct import_column cxl_correctable_columns[] = {
	CXL_DEVICE,
	AS("error_status", "status", IMPORT_UINT32),
	END,
};

static const struct import_column cxl_overflow_columns[] = {
	CXL_DEVICE,
	WORD("log_type", "log", cxl_logs),
	NUMBER("count", "count"),
	AS("first_ts", "first_ts", IMPORT_TIME),
	AS("last_ts", "last_ts", IMPORT_TIME),
	END,
};

static const struct import_column cxl_generic_columns[] = {
	CXL_HEAD,
	AS("data", "data", IMPORT_BYTES),
	END,
};

static const struct import_column cxl_general_media_columns[] = {
	CXL_MEDIA,
	NUMBER("device", "device"),
	NUMBER("cme_count", "cme_count"),
	END,
};

static const struct import_column cxl_dram_columns[] = {
	CXL_MEDIA,
	NUMBER("nibble_mask", "nibble_mask"),
	NUMBER("bank_group", "bank_group"),
	NUMBER("bank", "bank"),
	NUMBER("row", "row"),
	NUMBER("column", "column"),
	AS("cor_mask", "cor_mask", IMPORT_BYTES),
	NUMBER("sub_channel", "sub_channel"),
	NUMBER("cvme_count", "cvme_count"),
	END,
};

static const struct import_column cxl_module_columns[] = {
	CXL_HEAD,
	NUMBER("event_type", "event_type"),
	NUMBER("event_sub_type", "event_sub_type"),
	NUMBER("health_status", "health_status"),
	NUMBER("media_status", "media_status"),
	NUMBER("life_used", "life_used"),
	NUMBER("dirty_shutdown_cnt", "dirty_shutdown_cnt"),
	NUMBER("cor_vol_err_cnt", "cor_vol_err_cnt"),
	NUMBER("cor_per_err_cnt", "cor_per_err_cnt"),
	NUMBER("device_temp", "device_temp"),
	NUMBER("add_status", "add_status"),
	CXL_PART,
	END,
};

static const struct import_table tables[] = {
	{ "mc_event", "mc", mc_columns, NULL, NULL },
	{ "aer_event", "aer", aer_columns, NULL, NULL },
	{ "extlog_event", "extlog-mem", extlog_columns, NULL, NULL },
	{ "mce_record", "mce", mce_columns, NULL, NULL },
	{ "non_standard_event", "non-standard", non_standard_columns, NULL, NULL },
	{ "arm_event", "arm", arm_columns, NULL, NULL },
	{ "devlink_event", "devlink-health", devlink_columns, "reporter_name",
	  &net_table },
	{ "disk_errors", "block-error", disk_columns, NULL, NULL },
	{ "memory_failure_event", "memory-failure", memory_failure_columns, NULL, NULL },
	{ "signal_event", "sigbus", signal_columns, NULL, NULL },
	{ "cxl_poison_event", "cxl-poison", cxl_poison_columns, NULL, NULL },
	{ "cxl_aer_ue_event", "cxl-aer-uncorrectable", cxl_uncorrectable_columns, NULL,
	  NULL },
	{ "cxl_aer_ce_event", "cxl-aer-correctable", cxl_correctable_columns, NULL,
	  NULL },
	{ "cxl_overflow_event", "cxl-overflow", cxl_overflow_columns, NULL, NULL },
	{ "cxl_generic_event", "cxl-generic", cxl_generic_columns, NULL, NULL },
	{ "cxl_general_media_event", "cxl-general-media", cxl_general_media_columns, NULL,
	  NULL },
	{ "cxl_dram_event", "cxl-dram", cxl_dram_columns, NULL, NULL },
	{ "cxl_memory_module_event", "cxl-memory-module", cxl_module_columns, NULL,
	  NULL },
};

/* NULL: we have no type for its rows. */
const struct import_table *import_table_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		if (!strcmp(tables[i].name, name))
			return &tables[i];
	return NULL;
}
