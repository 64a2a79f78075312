// SPDX-License-Identifier: LGPL-2.1-or-later

/* Format files word for word, as kernels of several versions show them. */

#include "unit/fixtures.h"

#include "unit/format_text.h"
#include "unit/formats_trace.h"
#include "util/macro.h"

/* clang-format off */

const struct format format_arm_short = {
	"6.1", "ras:arm_event", HEAD("arm_event", "1093")
	FIELD("u64 mpidr", "8", "8", "0")
	FIELD("u64 midr", "16", "8", "0")
	FIELD("u32 running_state", "24", "4", "0")
	FIELD("u32 psci_state", "28", "4", "0")
	FIELD("u8 affinity", "32", "1", "0")
	"\n"
	"print fmt: \"affinity level: %d; MPIDR: %016llx; MIDR: %016llx; running "
	"state: %d; PSCI state: %d\", REC->affinity, REC->mpidr, REC->midr, "
	"REC->running_state, REC->psci_state\n"
};

const struct format format_arm = {
	"6.18", "ras:arm_event", HEAD("arm_event", "2205")
	FIELD("u64 mpidr", "8", "8", "0")
	FIELD("u64 midr", "16", "8", "0")
	FIELD("u32 running_state", "24", "4", "0")
	FIELD("u32 psci_state", "28", "4", "0")
	FIELD("u8 affinity", "32", "1", "0")
	FIELD("u32 pei_len", "36", "4", "0")
	FIELD("__data_loc u8[] pei_buf", "40", "4", "0")
	FIELD("u32 ctx_len", "44", "4", "0")
	FIELD("__data_loc u8[] ctx_buf", "48", "4", "0")
	FIELD("u32 oem_len", "52", "4", "0")
	FIELD("__data_loc u8[] oem_buf", "56", "4", "0")
	FIELD("u8 sev", "60", "1", "0")
	FIELD("int cpu", "64", "4", "1")
	"\n"
	"print fmt: \"cpu: %d; error: %d; affinity level: %d; MPIDR: %016llx; "
	"MIDR: %016llx; running state: %d; PSCI state: %d; %s: %d; %s: %s; %s: %d; "
	"%s: %s; %s: %d; %s: %s\", REC->cpu, REC->sev, REC->affinity, REC->mpidr, "
	"REC->midr, REC->running_state, REC->psci_state, \"ARM Processor Err Info "
	"data len\", REC->pei_len, \"ARM Processor Err Info raw data\", "
	"__print_hex(__get_dynamic_array(pei_buf), REC->pei_len), \"ARM Processor "
	"Err Context Info data len\", REC->ctx_len, \"ARM Processor Err Context "
	"Info raw data\", __print_hex(__get_dynamic_array(ctx_buf), REC->ctx_len), "
	"\"Vendor Specific Err Info data len\", REC->oem_len, \"Vendor Specific "
	"Err Info raw data\", __print_hex(__get_dynamic_array(oem_buf), "
	"REC->oem_len)\n"
};

const struct format format_mc = {
	"6.18", "ras:mc_event", HEAD("mc_event", "2206")
	FIELD("unsigned int error_type", "8", "4", "0")
	FIELD("__data_loc char[] msg", "12", "4", "0")
	FIELD("__data_loc char[] label", "16", "4", "0")
	FIELD("u16 error_count", "20", "2", "0")
	FIELD("u8 mc_index", "22", "1", "0")
	FIELD("s8 top_layer", "23", "1", "1")
	FIELD("s8 middle_layer", "24", "1", "1")
	FIELD("s8 lower_layer", "25", "1", "1")
	FIELD("long address", "32", "8", "1")
	FIELD("u8 grain_bits", "40", "1", "0")
	FIELD("long syndrome", "48", "8", "1")
	FIELD("__data_loc char[] driver_detail", "56", "4", "0")
	"\n"
	"print fmt: \"%d %s error%s:%s%s on %s (mc:%d location:%d:%d:%d "
	"address:0x%08lx grain:%d syndrome:0x%08lx%s%s)\", REC->error_count, "
	"mc_event_error_type(REC->error_type), REC->error_count > 1 ? \"s\" : "
	"\"\", __get_str(msg)[0] ? \" \" : \"\", __get_str(msg), __get_str(label), "
	"REC->mc_index, REC->top_layer, REC->middle_layer, REC->lower_layer, "
	"REC->address, 1 << REC->grain_bits, REC->syndrome, "
	"__get_str(driver_detail)[0] ? \" \" : \"\", __get_str(driver_detail)\n"
};

const struct format format_non_standard = {
	"6.18", "ras:non_standard_event", HEAD("non_standard_event", "2204")
	FIELD("char sec_type[16]", "8", "16", "0")
	FIELD("char fru_id[16]", "24", "16", "0")
	FIELD("__data_loc char[] fru_text", "40", "4", "0")
	FIELD("u8 sev", "44", "1", "0")
	FIELD("u32 len", "48", "4", "0")
	FIELD("__data_loc u8[] buf", "52", "4", "0")
	"\n"
	"print fmt: \"severity: %d; sec type:%pU; FRU: %pU %s; data len:%d; raw "
	"data:%s\", REC->sev, REC->sec_type, REC->fru_id, __get_str(fru_text), "
	"REC->len, __print_hex(__get_dynamic_array(buf), REC->len)\n"
};

const struct format format_sigbus = {
	"6.18", "signal:signal_generate", HEAD("signal_generate", "261")
	FIELD("int sig", "8", "4", "1")
	FIELD("int errno", "12", "4", "1")
	FIELD("int code", "16", "4", "1")
	FIELD("char comm[16]", "20", "16", "0")
	FIELD("pid_t pid", "36", "4", "1")
	FIELD("int group", "40", "4", "1")
	FIELD("int result", "44", "4", "1")
	"\n"
	"print fmt: \"sig=%d errno=%d code=%d comm=%s pid=%d grp=%d res=%d\", "
	"REC->sig, REC->errno, REC->code, REC->comm, REC->pid, REC->group, "
	"REC->result\n"
};

const struct format format_block = {
	"6.18", "block:block_rq_error", HEAD("block_rq_error", "2106")
	FIELD("dev_t dev", "8", "4", "0")
	FIELD("sector_t sector", "16", "8", "0")
	FIELD("unsigned int nr_sector", "24", "4", "0")
	FIELD("int error", "28", "4", "1")
	FIELD("unsigned short ioprio", "32", "2", "0")
	FIELD("char rwbs[10]", "34", "10", "0")
	FIELD("__data_loc char[] cmd", "44", "4", "0")
	"\n"
	"print fmt: \"%d,%d %s (%s) %llu + %u %s,%u,%u [%d]\", ((unsigned int) "
	"((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), "
	"REC->rwbs, __get_str(cmd), (unsigned long long)REC->sector, "
	"REC->nr_sector, __print_symbolic((((REC->ioprio) >> 13) & (8 - 1)), { "
	"IOPRIO_CLASS_NONE, \"none\" }, { IOPRIO_CLASS_RT, \"rt\" }, { "
	"IOPRIO_CLASS_BE, \"be\" }, { IOPRIO_CLASS_IDLE, \"idle\" }, { "
	"IOPRIO_CLASS_INVALID, \"invalid\"}), (((REC->ioprio) >> 3) & ((1 << 10) - "
	"1)), ((REC->ioprio) & ((1 << 3) - 1)), REC->error\n"
};

const struct format format_block_short = {
	"6.1", "block:block_rq_error", HEAD("block_rq_error", "910")
	FIELD("dev_t dev", "8", "4", "0")
	FIELD("sector_t sector", "16", "8", "0")
	FIELD("unsigned int nr_sector", "24", "4", "0")
	FIELD("int error", "28", "4", "1")
	FIELD("char rwbs[8]", "32", "8", "0")
	FIELD("__data_loc char[] cmd", "40", "4", "0")
	"\n"
	"print fmt: \"%d,%d %s (%s) %llu + %u [%d]\", ((unsigned int) ((REC->dev) "
	">> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), REC->rwbs, "
	"__get_str(cmd), (unsigned long long)REC->sector, REC->nr_sector, "
	"REC->error\n"
};

const struct format format_test = {
	"6.1", "ftrace:print", HEAD("print", "5")
	FIELD("unsigned long ip", "8", "8", "0")
	FIELD("char buf[]", "16", "0", "0")
	"\n"
	"print fmt: \"%ps: %s\", (void *)REC->ip, REC->buf\n"
};

const struct format format_memory_failure_6_1 = {
	"6.1", "ras:memory_failure_event", HEAD("memory_failure_event", "1090")
	FIELD("unsigned long pfn", "8", "8", "0")
	FIELD("int type", "16", "4", "1")
	FIELD("int result", "20", "4", "1")
	"\n"
	"print fmt: \"pfn %#lx: recovery action for %s: %s\", REC->pfn, "
	"__print_symbolic(REC->type, { 0, \"reserved kernel page\" }, { 1, "
	"\"high-order kernel page\" }, { 2, \"kernel slab page\" }, { 3, "
	"\"different compound page after locking\" }, { 4, \"huge page\" }, { 5, "
	"\"free huge page\" }, { 6, \"unmapping failed page\" }, { 7, \"dirty "
	"swapcache page\" }, { 8, \"clean swapcache page\" }, { 9, \"dirty mlocked "
	"LRU page\" }, { 10, \"clean mlocked LRU page\" }, { 11, \"dirty "
	"unevictable LRU page\" }, { 12, \"clean unevictable LRU page\" }, { 13, "
	"\"dirty LRU page\" }, { 14, \"clean LRU page\" }, { 15, \"already "
	"truncated LRU page\" }, { 16, \"free buddy page\" }, { 17, \"dax page\" "
	"}, { 18, \"unsplit thp\" }, { 19, \"unknown page\" }), "
	"__print_symbolic(REC->result, { 0, \"Ignored\" }, { 1, \"Failed\" }, { 2, "
	"\"Delayed\" }, { 3, \"Recovered\" })\n"
};

const struct format format_memory_failure_6_12 = {
	"6.12", "ras:memory_failure_event", HEAD("memory_failure_event", "1232")
	FIELD("unsigned long pfn", "8", "8", "0")
	FIELD("int type", "16", "4", "1")
	FIELD("int result", "20", "4", "1")
	"\n"
	"print fmt: \"pfn %#lx: recovery action for %s: %s\", REC->pfn, "
	"__print_symbolic(REC->type, { 0, \"reserved kernel page\" }, { 1, "
	"\"high-order kernel page\" }, { 3, \"huge page\" }, { 4, \"free huge "
	"page\" }, { 5, \"get hwpoison page\" }, { 6, \"unmapping failed page\" }, "
	"{ 7, \"dirty swapcache page\" }, { 8, \"clean swapcache page\" }, { 9, "
	"\"dirty mlocked LRU page\" }, { 10, \"clean mlocked LRU page\" }, { 11, "
	"\"dirty unevictable LRU page\" }, { 12, \"clean unevictable LRU page\" }, "
	"{ 13, \"dirty LRU page\" }, { 14, \"clean LRU page\" }, { 15, \"already "
	"truncated LRU page\" }, { 16, \"free buddy page\" }, { 17, \"dax page\" "
	"}, { 18, \"unsplit thp\" }, { 19, \"already poisoned\" }, { 20, \"unknown "
	"page\" }), __print_symbolic(REC->result, { 0, \"Ignored\" }, { 1, "
	"\"Failed\" }, { 2, \"Delayed\" }, { 3, \"Recovered\" })\n"
};

/* In a system of its own, from 6.19 to 7.1 as first released. */
const struct format format_memory_failure_6_19 = {
	"6.19", "memory_failure:memory_failure_event", HEAD("memory_failure_event", "977")
	FIELD("unsigned long pfn", "8", "8", "0")
	FIELD("int type", "16", "4", "1")
	FIELD("int result", "20", "4", "1")
	"\n"
	"print fmt: \"pfn %#lx: recovery action for %s: %s\", REC->pfn, "
	"__print_symbolic(REC->type, { 0, \"reserved kernel page\" }, { 1, "
	"\"high-order kernel page\" }, { 3, \"huge page\" }, { 4, \"free huge "
	"page\" }, { 5, \"get hwpoison page\" }, { 6, \"unmapping failed page\" }, "
	"{ 7, \"dirty swapcache page\" }, { 8, \"clean swapcache page\" }, { 9, "
	"\"dirty mlocked LRU page\" }, { 10, \"clean mlocked LRU page\" }, { 11, "
	"\"dirty unevictable LRU page\" }, { 12, \"clean unevictable LRU page\" }, "
	"{ 13, \"dirty LRU page\" }, { 14, \"clean LRU page\" }, { 15, \"already "
	"truncated LRU page\" }, { 16, \"free buddy page\" }, { 17, \"dax page\" "
	"}, { 18, \"unsplit thp\" }, { 19, \"already poisoned\" }, { 20, \"non "
	"struct page pfn\" }, { 21, \"unknown page\" }), "
	"__print_symbolic(REC->result, { 0, \"Ignored\" }, { 1, \"Failed\" }, { 2, "
	"\"Delayed\" }, { 3, \"Recovered\" })\n"
};

/* Derived from the kernel's source: the others were read from running kernels. */
const struct format format_memory_failure_7_2 = {
	"7.2", "ras:memory_failure_event", HEAD("memory_failure_event", "2207")
	FIELD("unsigned long pfn", "8", "8", "0")
	FIELD("int type", "16", "4", "1")
	FIELD("int result", "20", "4", "1")
	"\n"
	"print fmt: \"pfn %#lx: recovery action for %s: %s\", REC->pfn, "
	"__print_symbolic(REC->type, { 0, \"reserved kernel page\" }, { 1, "
	"\"high-order kernel page\" }, { 3, \"huge page\" }, { 4, \"free huge "
	"page\" }, { 5, \"get hwpoison page\" }, { 6, \"unmapping failed page\" }, "
	"{ 7, \"dirty swapcache page\" }, { 8, \"clean swapcache page\" }, { 9, "
	"\"dirty mlocked LRU page\" }, { 10, \"clean mlocked LRU page\" }, { 11, "
	"\"dirty unevictable LRU page\" }, { 12, \"clean unevictable LRU page\" }, "
	"{ 13, \"dirty LRU page\" }, { 14, \"clean LRU page\" }, { 15, \"already "
	"truncated LRU page\" }, { 16, \"free buddy page\" }, { 17, \"dax page\" "
	"}, { 18, \"unsplit thp\" }, { 19, \"already poisoned\" }, { 20, \"non "
	"struct page pfn\" }, { 21, \"unknown page\" }), "
	"__print_symbolic(REC->result, { 0, \"Ignored\" }, { 1, \"Failed\" }, { 2, "
	"\"Delayed\" }, { 3, \"Recovered\" })\n"
};

/* No kernel has it, but any may: a location counted from behind its field. */
const struct format format_mc_relative = {
	"none", "ras:mc_event", HEAD("mc_event", "2206")
	FIELD("unsigned int error_type", "8", "4", "0")
	FIELD("__rel_loc char[] msg", "12", "4", "0")
	FIELD("__data_loc char[] label", "16", "4", "0")
	FIELD("u16 error_count", "20", "2", "0")
	FIELD("u8 mc_index", "22", "1", "0")
	FIELD("s8 top_layer", "23", "1", "1")
	FIELD("s8 middle_layer", "24", "1", "1")
	FIELD("s8 lower_layer", "25", "1", "1")
	FIELD("long address", "32", "8", "1")
	FIELD("u8 grain_bits", "40", "1", "0")
	FIELD("long syndrome", "48", "8", "1")
	FIELD("__data_loc char[] driver_detail", "56", "4", "0")
	"\n"
	"print fmt: \"%d %s error%s:%s%s on %s (mc:%d location:%d:%d:%d "
	"address:0x%08lx grain:%d syndrome:0x%08lx%s%s)\", REC->error_count, "
	"mc_event_error_type(REC->error_type), REC->error_count > 1 ? \"s\" : "
	"\"\", __get_str(msg)[0] ? \" \" : \"\", __get_str(msg), __get_str(label), "
	"REC->mc_index, REC->top_layer, REC->middle_layer, REC->lower_layer, "
	"REC->address, 1 << REC->grain_bits, REC->syndrome, "
	"__get_str(driver_detail)[0] ? \" \" : \"\", __get_str(driver_detail)\n"
};

/* clang-format on */

const struct format *const formats[] = {
	&format_arm_short,
	&format_arm,
	&format_mc,
	&format_non_standard,
	&format_sigbus,
	&format_block,
	&format_block_short,
	&format_test,
	&format_memory_failure_6_1,
	&format_memory_failure_6_12,
	&format_memory_failure_6_19,
	&format_memory_failure_7_2,
	&format_mc_relative,
	&format_cxl_aer_uncorrectable,
	&format_cxl_aer_correctable,
	&format_cxl_port_aer_uncorrectable,
	&format_cxl_port_aer_correctable,
	&format_cxl_overflow,
	&format_cxl_generic_6_12,
	&format_cxl_generic_7_3,
	&format_cxl_general_media_6_12,
	&format_cxl_general_media_7_3,
	&format_cxl_dram_6_12,
	&format_cxl_dram_7_3,
	&format_cxl_memory_module_6_12,
	&format_cxl_memory_module_7_3,
	&format_cxl_poison_6_12,
	&format_cxl_poison_7_3,
	&format_cxl_memory_sparing,
	&format_block_complete,
	&format_devlink_health,
	&format_devlink_aborted,
	&format_devlink_state,
	&format_devlink_hwerr,
	&format_net_timeout,
	&format_net_timeout_7,
	&format_oom_victim,
	&format_oom_victim_6_1,
	&format_migrate,
	&format_migrate_6_1,
	&format_pci_hotplug,
	&format_pcie_link,
	&format_nvme,
	&format_nvme_async,
	&format_scsi,
	&format_scsi_6_1,
	&format_scsi_timeout,
	&format_ata,
	&format_extlog,
	&format_mce_6_1,
	&format_mce_6_12,
	&format_mce,
};
const size_t n_formats = ARRAY_SIZE(formats);
