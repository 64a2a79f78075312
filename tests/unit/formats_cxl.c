// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Format files of CXL's tracepoints, whose events no machine here fires. The fields of 7.3
 * are those that a running kernel shows (tests/golden/7.3/format), those of 6.12 were laid
 * out from its trace header (drivers/cxl/core/trace.h). Of their print formats only what
 * handlers take is here, and ids are made up.
 */

#include "unit/fixtures.h"

#define FIELD(decl, at, bytes, is_signed) \
	"\tfield:" decl ";\toffset:" at ";\tsize:" bytes ";\tsigned:" is_signed ";\n"

#define HEAD(name, id)                                                             \
	"name: " name "\nID: " id                                                  \
	"\nformat:\n" FIELD("unsigned short common_type", "0", "2", "0")           \
		FIELD("unsigned char common_flags", "2", "1", "0")                 \
			FIELD("unsigned char common_preempt_count", "3", "1", "0") \
				FIELD("int common_pid", "4", "4", "1") "\n"

/* clang-format off */

const struct format format_cxl_aer_uncorrectable = {
	"6.12", "cxl:cxl_aer_uncorrectable_error", HEAD("cxl_aer_uncorrectable_error", "1500")
	FIELD("__data_loc char[] memdev", "8", "4", "0")
	FIELD("__data_loc char[] host", "12", "4", "0")
	FIELD("u64 serial", "16", "8", "0")
	FIELD("u32 status", "24", "4", "0")
	FIELD("u32 first_error", "28", "4", "0")
	FIELD("u32 header_log[128]", "32", "512", "0")
	"\n"
	"print fmt: \"memdev=%s\", __get_str(memdev)\n"
};

const struct format format_cxl_aer_correctable = {
	"6.12", "cxl:cxl_aer_correctable_error", HEAD("cxl_aer_correctable_error", "1501")
	FIELD("__data_loc char[] memdev", "8", "4", "0")
	FIELD("__data_loc char[] host", "12", "4", "0")
	FIELD("u64 serial", "16", "8", "0")
	FIELD("u32 status", "24", "4", "0")
	"\n"
	"print fmt: \"memdev=%s\", __get_str(memdev)\n"
};

const struct format format_cxl_port_aer_uncorrectable = {
	"7.3", "cxl:cxl_port_aer_uncorrectable_error",
	HEAD("cxl_port_aer_uncorrectable_error", "1502")
	FIELD("__data_loc char[] device", "8", "4", "0")
	FIELD("__data_loc char[] host", "12", "4", "0")
	FIELD("u32 status", "16", "4", "0")
	FIELD("u32 first_error", "20", "4", "0")
	FIELD("u32 header_log[128]", "24", "512", "0")
	"\n"
	"print fmt: \"memdev=%s\", __get_str(device)\n"
};

const struct format format_cxl_port_aer_correctable = {
	"7.3", "cxl:cxl_port_aer_correctable_error",
	HEAD("cxl_port_aer_correctable_error", "1503")
	FIELD("__data_loc char[] device", "8", "4", "0")
	FIELD("__data_loc char[] host", "12", "4", "0")
	FIELD("u32 status", "16", "4", "0")
	"\n"
	"print fmt: \"memdev=%s\", __get_str(device)\n"
};

const struct format format_cxl_overflow = {
	"6.12", "cxl:cxl_overflow", HEAD("cxl_overflow", "1504")
	FIELD("__data_loc char[] memdev", "8", "4", "0")
	FIELD("__data_loc char[] host", "12", "4", "0")
	FIELD("int log", "16", "4", "1")
	FIELD("u64 serial", "24", "8", "0")
	FIELD("u64 first_ts", "32", "8", "0")
	FIELD("u64 last_ts", "40", "8", "0")
	FIELD("u16 count", "48", "2", "0")
	"\n"
	"print fmt: \"memdev=%s\", __get_str(memdev)\n"
};

const struct format format_cxl_generic_6_12 = {
	"6.12", "cxl:cxl_generic_event", HEAD("cxl_generic_event", "1505")
	FIELD("__data_loc char[] memdev", "8", "4", "0")
	FIELD("__data_loc char[] host", "12", "4", "0")
	FIELD("int log", "16", "4", "1")
	FIELD("uuid_t hdr_uuid", "20", "16", "0")
	FIELD("u64 serial", "40", "8", "0")
	FIELD("u32 hdr_flags", "48", "4", "0")
	FIELD("u16 hdr_handle", "52", "2", "0")
	FIELD("u16 hdr_related_handle", "54", "2", "0")
	FIELD("u64 hdr_timestamp", "56", "8", "0")
	FIELD("u8 hdr_length", "64", "1", "0")
	FIELD("u8 hdr_maint_op_class", "65", "1", "0")
	FIELD("u8 data[80]", "66", "80", "0")
	"\n"
	"print fmt: \"memdev=%s\", __get_str(memdev)\n"
};

const struct format format_cxl_generic_7_3 = {
	"7.3", "cxl:cxl_generic_event", HEAD("cxl_generic_event", "1506")
	FIELD("__data_loc char[] memdev", "8", "4", "0")
	FIELD("__data_loc char[] host", "12", "4", "0")
	FIELD("int log", "16", "4", "1")
	FIELD("uuid_t hdr_uuid", "20", "16", "0")
	FIELD("u64 serial", "40", "8", "0")
	FIELD("u32 hdr_flags", "48", "4", "0")
	FIELD("u16 hdr_handle", "52", "2", "0")
	FIELD("u16 hdr_related_handle", "54", "2", "0")
	FIELD("u64 hdr_timestamp", "56", "8", "0")
	FIELD("u8 hdr_length", "64", "1", "0")
	FIELD("u8 hdr_maint_op_class", "65", "1", "0")
	FIELD("u8 hdr_maint_op_sub_class", "66", "1", "0")
	FIELD("u16 hdr_ld_id", "68", "2", "0")
	FIELD("u8 hdr_head_id", "70", "1", "0")
	FIELD("u8 data[80]", "71", "80", "0")
	"\n"
	"print fmt: \"memdev=%s\", __get_str(memdev)\n"
};

const struct format format_cxl_general_media_6_12 = {
	"6.12", "cxl:cxl_general_media", HEAD("cxl_general_media", "1507")
	FIELD("__data_loc char[] memdev", "8", "4", "0")
	FIELD("__data_loc char[] host", "12", "4", "0")
	FIELD("int log", "16", "4", "1")
	FIELD("uuid_t hdr_uuid", "20", "16", "0")
	FIELD("u64 serial", "40", "8", "0")
	FIELD("u32 hdr_flags", "48", "4", "0")
	FIELD("u16 hdr_handle", "52", "2", "0")
	FIELD("u16 hdr_related_handle", "54", "2", "0")
	FIELD("u64 hdr_timestamp", "56", "8", "0")
	FIELD("u8 hdr_length", "64", "1", "0")
	FIELD("u8 hdr_maint_op_class", "65", "1", "0")
	FIELD("u64 dpa", "72", "8", "0")
	FIELD("u8 descriptor", "80", "1", "0")
	FIELD("u8 type", "81", "1", "0")
	FIELD("u8 transaction_type", "82", "1", "0")
	FIELD("u8 channel", "83", "1", "0")
	FIELD("u32 device", "84", "4", "0")
	FIELD("u8 comp_id[16]", "88", "16", "0")
	FIELD("u64 hpa", "104", "8", "0")
	FIELD("uuid_t region_uuid", "112", "16", "0")
	FIELD("u16 validity_flags", "128", "2", "0")
	FIELD("u8 rank", "130", "1", "0")
	FIELD("u8 dpa_flags", "131", "1", "0")
	FIELD("__data_loc char[] region_name", "132", "4", "0")
	"\n"
	"print fmt: \"type='%s'\", __print_symbolic(REC->type, "
	"{ 0x00, \"ECC Error\" }, { 0x01, \"Invalid Address\" })\n"
};

const struct format format_cxl_general_media_7_3 = {
	"7.3", "cxl:cxl_general_media", HEAD("cxl_general_media", "1508")
	FIELD("__data_loc char[] memdev", "8", "4", "0")
	FIELD("__data_loc char[] host", "12", "4", "0")
	FIELD("int log", "16", "4", "1")
	FIELD("uuid_t hdr_uuid", "20", "16", "0")
	FIELD("u64 serial", "40", "8", "0")
	FIELD("u32 hdr_flags", "48", "4", "0")
	FIELD("u16 hdr_handle", "52", "2", "0")
	FIELD("u16 hdr_related_handle", "54", "2", "0")
	FIELD("u64 hdr_timestamp", "56", "8", "0")
	FIELD("u8 hdr_length", "64", "1", "0")
	FIELD("u8 hdr_maint_op_class", "65", "1", "0")
	FIELD("u8 hdr_maint_op_sub_class", "66", "1", "0")
	FIELD("u16 hdr_ld_id", "68", "2", "0")
	FIELD("u8 hdr_head_id", "70", "1", "0")
	FIELD("u64 dpa", "72", "8", "0")
	FIELD("u8 descriptor", "80", "1", "0")
	FIELD("u8 type", "81", "1", "0")
	FIELD("u8 transaction_type", "82", "1", "0")
	FIELD("u8 channel", "83", "1", "0")
	FIELD("u32 device", "84", "4", "0")
	FIELD("u8 comp_id[16]", "88", "16", "0")
	FIELD("u64 hpa", "104", "8", "0")
	FIELD("u64 hpa_alias0", "112", "8", "0")
	FIELD("uuid_t region_uuid", "120", "16", "0")
	FIELD("u16 validity_flags", "136", "2", "0")
	FIELD("u8 rank", "138", "1", "0")
	FIELD("u8 dpa_flags", "139", "1", "0")
	FIELD("u32 cme_count", "140", "4", "0")
	FIELD("u8 sub_type", "144", "1", "0")
	FIELD("u8 cme_threshold_ev_flags", "145", "1", "0")
	FIELD("__data_loc char[] region_name", "148", "4", "0")
	"\n"
	"print fmt: \"type='%s'\", __print_symbolic(REC->type, "
	"{ 0x00, \"ECC Error\" }, { 0x01, \"Invalid Address\" })\n"
};

const struct format format_cxl_dram_6_12 = {
	"6.12", "cxl:cxl_dram", HEAD("cxl_dram", "1509")
	FIELD("__data_loc char[] memdev", "8", "4", "0")
	FIELD("__data_loc char[] host", "12", "4", "0")
	FIELD("int log", "16", "4", "1")
	FIELD("uuid_t hdr_uuid", "20", "16", "0")
	FIELD("u64 serial", "40", "8", "0")
	FIELD("u32 hdr_flags", "48", "4", "0")
	FIELD("u16 hdr_handle", "52", "2", "0")
	FIELD("u16 hdr_related_handle", "54", "2", "0")
	FIELD("u64 hdr_timestamp", "56", "8", "0")
	FIELD("u8 hdr_length", "64", "1", "0")
	FIELD("u8 hdr_maint_op_class", "65", "1", "0")
	FIELD("u64 dpa", "72", "8", "0")
	FIELD("u8 descriptor", "80", "1", "0")
	FIELD("u8 type", "81", "1", "0")
	FIELD("u8 transaction_type", "82", "1", "0")
	FIELD("u8 channel", "83", "1", "0")
	FIELD("u16 validity_flags", "84", "2", "0")
	FIELD("u16 column", "86", "2", "0")
	FIELD("u32 nibble_mask", "88", "4", "0")
	FIELD("u32 row", "92", "4", "0")
	FIELD("u8 cor_mask[32]", "96", "32", "0")
	FIELD("u64 hpa", "128", "8", "0")
	FIELD("uuid_t region_uuid", "136", "16", "0")
	FIELD("u8 rank", "152", "1", "0")
	FIELD("u8 bank_group", "153", "1", "0")
	FIELD("u8 bank", "154", "1", "0")
	FIELD("u8 dpa_flags", "155", "1", "0")
	FIELD("__data_loc char[] region_name", "156", "4", "0")
	"\n"
	"print fmt: \"type='%s'\", __print_symbolic(REC->type, "
	"{ 0x00, \"ECC Error\" }, { 0x01, \"Scrub Media ECC Error\" }, "
	"{ 0x02, \"Invalid Address\" })\n"
};

const struct format format_cxl_dram_7_3 = {
	"7.3", "cxl:cxl_dram", HEAD("cxl_dram", "1510")
	FIELD("__data_loc char[] memdev", "8", "4", "0")
	FIELD("__data_loc char[] host", "12", "4", "0")
	FIELD("int log", "16", "4", "1")
	FIELD("uuid_t hdr_uuid", "20", "16", "0")
	FIELD("u64 serial", "40", "8", "0")
	FIELD("u32 hdr_flags", "48", "4", "0")
	FIELD("u16 hdr_handle", "52", "2", "0")
	FIELD("u16 hdr_related_handle", "54", "2", "0")
	FIELD("u64 hdr_timestamp", "56", "8", "0")
	FIELD("u8 hdr_length", "64", "1", "0")
	FIELD("u8 hdr_maint_op_class", "65", "1", "0")
	FIELD("u8 hdr_maint_op_sub_class", "66", "1", "0")
	FIELD("u16 hdr_ld_id", "68", "2", "0")
	FIELD("u8 hdr_head_id", "70", "1", "0")
	FIELD("u64 dpa", "72", "8", "0")
	FIELD("u8 descriptor", "80", "1", "0")
	FIELD("u8 type", "81", "1", "0")
	FIELD("u8 transaction_type", "82", "1", "0")
	FIELD("u8 channel", "83", "1", "0")
	FIELD("u16 validity_flags", "84", "2", "0")
	FIELD("u16 column", "86", "2", "0")
	FIELD("u32 nibble_mask", "88", "4", "0")
	FIELD("u32 row", "92", "4", "0")
	FIELD("u8 cor_mask[32]", "96", "32", "0")
	FIELD("u64 hpa", "128", "8", "0")
	FIELD("u64 hpa_alias0", "136", "8", "0")
	FIELD("uuid_t region_uuid", "144", "16", "0")
	FIELD("u8 rank", "160", "1", "0")
	FIELD("u8 bank_group", "161", "1", "0")
	FIELD("u8 bank", "162", "1", "0")
	FIELD("u8 dpa_flags", "163", "1", "0")
	FIELD("u8 comp_id[16]", "164", "16", "0")
	FIELD("u32 cvme_count", "180", "4", "0")
	FIELD("u8 sub_type", "184", "1", "0")
	FIELD("u8 sub_channel", "185", "1", "0")
	FIELD("u8 cme_threshold_ev_flags", "186", "1", "0")
	FIELD("__data_loc char[] region_name", "188", "4", "0")
	"\n"
	"print fmt: \"type='%s'\", __print_symbolic(REC->type, "
	"{ 0x00, \"ECC Error\" }, { 0x01, \"Scrub Media ECC Error\" }, "
	"{ 0x02, \"Invalid Address\" })\n"
};

const struct format format_cxl_memory_module_6_12 = {
	"6.12", "cxl:cxl_memory_module", HEAD("cxl_memory_module", "1511")
	FIELD("__data_loc char[] memdev", "8", "4", "0")
	FIELD("__data_loc char[] host", "12", "4", "0")
	FIELD("int log", "16", "4", "1")
	FIELD("uuid_t hdr_uuid", "20", "16", "0")
	FIELD("u64 serial", "40", "8", "0")
	FIELD("u32 hdr_flags", "48", "4", "0")
	FIELD("u16 hdr_handle", "52", "2", "0")
	FIELD("u16 hdr_related_handle", "54", "2", "0")
	FIELD("u64 hdr_timestamp", "56", "8", "0")
	FIELD("u8 hdr_length", "64", "1", "0")
	FIELD("u8 hdr_maint_op_class", "65", "1", "0")
	FIELD("u8 event_type", "66", "1", "0")
	FIELD("u8 health_status", "67", "1", "0")
	FIELD("u8 media_status", "68", "1", "0")
	FIELD("u8 life_used", "69", "1", "0")
	FIELD("u32 dirty_shutdown_cnt", "72", "4", "0")
	FIELD("u32 cor_vol_err_cnt", "76", "4", "0")
	FIELD("u32 cor_per_err_cnt", "80", "4", "0")
	FIELD("s16 device_temp", "84", "2", "1")
	FIELD("u8 add_status", "86", "1", "0")
	"\n"
	"print fmt: \"memdev=%s\", __get_str(memdev)\n"
};

const struct format format_cxl_memory_module_7_3 = {
	"7.3", "cxl:cxl_memory_module", HEAD("cxl_memory_module", "1512")
	FIELD("__data_loc char[] memdev", "8", "4", "0")
	FIELD("__data_loc char[] host", "12", "4", "0")
	FIELD("int log", "16", "4", "1")
	FIELD("uuid_t hdr_uuid", "20", "16", "0")
	FIELD("u64 serial", "40", "8", "0")
	FIELD("u32 hdr_flags", "48", "4", "0")
	FIELD("u16 hdr_handle", "52", "2", "0")
	FIELD("u16 hdr_related_handle", "54", "2", "0")
	FIELD("u64 hdr_timestamp", "56", "8", "0")
	FIELD("u8 hdr_length", "64", "1", "0")
	FIELD("u8 hdr_maint_op_class", "65", "1", "0")
	FIELD("u8 hdr_maint_op_sub_class", "66", "1", "0")
	FIELD("u16 hdr_ld_id", "68", "2", "0")
	FIELD("u8 hdr_head_id", "70", "1", "0")
	FIELD("u8 event_type", "71", "1", "0")
	FIELD("u8 health_status", "72", "1", "0")
	FIELD("u8 media_status", "73", "1", "0")
	FIELD("u8 life_used", "74", "1", "0")
	FIELD("u32 dirty_shutdown_cnt", "76", "4", "0")
	FIELD("u32 cor_vol_err_cnt", "80", "4", "0")
	FIELD("u32 cor_per_err_cnt", "84", "4", "0")
	FIELD("s16 device_temp", "88", "2", "1")
	FIELD("u8 add_status", "90", "1", "0")
	FIELD("u8 event_sub_type", "91", "1", "0")
	FIELD("u8 comp_id[16]", "92", "16", "0")
	FIELD("u16 validity_flags", "108", "2", "0")
	"\n"
	"print fmt: \"memdev=%s\", __get_str(memdev)\n"
};

const struct format format_cxl_poison_6_12 = {
	"6.12", "cxl:cxl_poison", HEAD("cxl_poison", "1513")
	FIELD("__data_loc char[] memdev", "8", "4", "0")
	FIELD("__data_loc char[] host", "12", "4", "0")
	FIELD("u64 serial", "16", "8", "0")
	FIELD("u8 trace_type", "24", "1", "0")
	FIELD("__data_loc char[] region", "28", "4", "0")
	FIELD("u64 overflow_ts", "32", "8", "0")
	FIELD("u64 hpa", "40", "8", "0")
	FIELD("u64 dpa", "48", "8", "0")
	FIELD("u32 dpa_length", "56", "4", "0")
	FIELD("char uuid[16]", "60", "16", "0")
	FIELD("u8 source", "76", "1", "0")
	FIELD("u8 flags", "77", "1", "0")
	"\n"
	"print fmt: \"memdev=%s\", __get_str(memdev)\n"
};

const struct format format_cxl_poison_7_3 = {
	"7.3", "cxl:cxl_poison", HEAD("cxl_poison", "1514")
	FIELD("__data_loc char[] memdev", "8", "4", "0")
	FIELD("__data_loc char[] host", "12", "4", "0")
	FIELD("u64 serial", "16", "8", "0")
	FIELD("u8 trace_type", "24", "1", "0")
	FIELD("__data_loc char[] region", "28", "4", "0")
	FIELD("u64 overflow_ts", "32", "8", "0")
	FIELD("u64 hpa", "40", "8", "0")
	FIELD("u64 hpa_alias0", "48", "8", "0")
	FIELD("u64 dpa", "56", "8", "0")
	FIELD("u32 dpa_length", "64", "4", "0")
	FIELD("char uuid[16]", "68", "16", "0")
	FIELD("u8 source", "84", "1", "0")
	FIELD("u8 flags", "85", "1", "0")
	"\n"
	"print fmt: \"memdev=%s\", __get_str(memdev)\n"
};

const struct format format_cxl_memory_sparing = {
	"7.3", "cxl:cxl_memory_sparing", HEAD("cxl_memory_sparing", "1515")
	FIELD("__data_loc char[] memdev", "8", "4", "0")
	FIELD("__data_loc char[] host", "12", "4", "0")
	FIELD("int log", "16", "4", "1")
	FIELD("uuid_t hdr_uuid", "20", "16", "0")
	FIELD("u64 serial", "40", "8", "0")
	FIELD("u32 hdr_flags", "48", "4", "0")
	FIELD("u16 hdr_handle", "52", "2", "0")
	FIELD("u16 hdr_related_handle", "54", "2", "0")
	FIELD("u64 hdr_timestamp", "56", "8", "0")
	FIELD("u8 hdr_length", "64", "1", "0")
	FIELD("u8 hdr_maint_op_class", "65", "1", "0")
	FIELD("u8 hdr_maint_op_sub_class", "66", "1", "0")
	FIELD("u16 hdr_ld_id", "68", "2", "0")
	FIELD("u8 hdr_head_id", "70", "1", "0")
	FIELD("u8 flags", "71", "1", "0")
	FIELD("u8 result", "72", "1", "0")
	FIELD("u16 validity_flags", "74", "2", "0")
	FIELD("u16 res_avail", "76", "2", "0")
	FIELD("u8 channel", "78", "1", "0")
	FIELD("u8 rank", "79", "1", "0")
	FIELD("u32 nibble_mask", "80", "4", "0")
	FIELD("u8 bank_group", "84", "1", "0")
	FIELD("u8 bank", "85", "1", "0")
	FIELD("u32 row", "88", "4", "0")
	FIELD("u16 column", "92", "2", "0")
	FIELD("u8 sub_channel", "94", "1", "0")
	FIELD("u8 comp_id[16]", "95", "16", "0")
	"\n"
	"print fmt: \"memdev=%s\", __get_str(memdev)\n"
};

/* clang-format on */
