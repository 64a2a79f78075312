// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Format files and a good record of each. Those of kernel "6.18" with net:, oom:,
 * migrate: and block: are word for word a running kernel's. The others are written from
 * the kernel's own trace headers, with the offsets that its structures have: no machine
 * here has such devices. Where nothing reads a print format, it is left out.
 */

#include "unit/formats_trace.h"

#include <string.h>

#include "unit/format_text.h"

#define NO_PRINT "\nprint fmt: \"-\"\n"

/* clang-format off */

/* --- block --- */

static void example_block_complete(struct raw *raw)
{
	raw_begin(raw, 2107, 77, 48);
	raw_put(raw, 8, 8u << 20 | 17, 4);
	raw_put(raw, 16, 123456789, 8);
	raw_put(raw, 24, 16, 4);
	raw_put(raw, 28, (uint32_t)-5, 4);
	raw_put_text(raw, 34, "WS");
	raw_put_data(raw, 44, "", 1);
}

const struct format format_block_complete = {
	"6.18", "block:block_rq_complete", HEAD("block_rq_complete", "2107")
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
	"1)), ((REC->ioprio) & ((1 << 3) - 1)), REC->error\n",
	example_block_complete
};

/* --- devlink --- */

static void begin_devlink(struct raw *raw, uint16_t id, size_t fixed_bytes)
{
	raw_begin(raw, id, 0, fixed_bytes);
	raw_put_data(raw, 8, "pci", 4);
	raw_put_data(raw, 12, "0000:03:00.0", 13);
	raw_put_data(raw, 16, "mlx5_core", 10);
}

#define DEVLINK_HEAD                                          \
	FIELD("__data_loc char[] bus_name", "8", "4", "0")    \
	FIELD("__data_loc char[] dev_name", "12", "4", "0")   \
	FIELD("__data_loc char[] driver_name", "16", "4", "0")

static void example_devlink_health(struct raw *raw)
{
	begin_devlink(raw, 1701, 28);
	raw_put_data(raw, 20, "fw_fatal", 9);
	raw_put_data(raw, 24, "FW fatal error reported", 24);
}

const struct format format_devlink_health = {
	"6.12", "devlink:devlink_health_report", HEAD("devlink_health_report", "1701")
	DEVLINK_HEAD
	FIELD("__data_loc char[] reporter_name", "20", "4", "0")
	FIELD("__data_loc char[] msg", "24", "4", "0")
	"\n"
	"print fmt: \"bus_name=%s dev_name=%s driver_name=%s reporter_name=%s: %s\", "
	"__get_str(bus_name), __get_str(dev_name), __get_str(driver_name), "
	"__get_str(reporter_name), __get_str(msg)\n",
	example_devlink_health
};

static void example_devlink_aborted(struct raw *raw)
{
	begin_devlink(raw, 1702, 40);
	raw_put_data(raw, 20, "tx", 3);
	raw_put(raw, 24, 1, 1);
	raw_put(raw, 32, 125000, 8);
}

const struct format format_devlink_aborted = {
	"6.12", "devlink:devlink_health_recover_aborted",
	HEAD("devlink_health_recover_aborted", "1702")
	DEVLINK_HEAD
	FIELD("__data_loc char[] reporter_name", "20", "4", "0")
	FIELD("bool health_state", "24", "1", "0")
	FIELD("u64 time_since_last_recover", "32", "8", "0")
	NO_PRINT, example_devlink_aborted
};

static void example_devlink_state(struct raw *raw)
{
	begin_devlink(raw, 1703, 28);
	raw_put_data(raw, 20, "rx", 3);
	raw_put(raw, 24, 1, 1);
}

const struct format format_devlink_state = {
	"6.12", "devlink:devlink_health_reporter_state_update",
	HEAD("devlink_health_reporter_state_update", "1703")
	DEVLINK_HEAD
	FIELD("__data_loc char[] reporter_name", "20", "4", "0")
	FIELD("u8 new_state", "24", "1", "0")
	NO_PRINT, example_devlink_state
};

static void example_devlink_hwerr(struct raw *raw)
{
	begin_devlink(raw, 1704, 28);
	raw_put(raw, 20, (uint32_t)-5, 4);
	raw_put_data(raw, 24, "(query) failed", 15);
}

const struct format format_devlink_hwerr = {
	"6.12", "devlink:devlink_hwerr", HEAD("devlink_hwerr", "1704")
	DEVLINK_HEAD
	FIELD("int err", "20", "4", "1")
	FIELD("__data_loc char[] msg", "24", "4", "0")
	NO_PRINT, example_devlink_hwerr
};

/* --- network --- */

static void example_net_timeout(struct raw *raw)
{
	raw_begin(raw, 2305, 0, 20);
	raw_put_data(raw, 8, "eth0", 5);
	raw_put_data(raw, 12, "virtio_net", 11);
	raw_put(raw, 16, 3, 4);
}

const struct format format_net_timeout = {
	"6.18", "net:net_dev_xmit_timeout", HEAD("net_dev_xmit_timeout", "2305")
	FIELD("__data_loc char[] name", "8", "4", "0")
	FIELD("__data_loc char[] driver", "12", "4", "0")
	FIELD("int queue_index", "16", "4", "1")
	"\n"
	"print fmt: \"dev=%s driver=%s queue=%d\", __get_str(name), "
	"__get_str(driver), REC->queue_index\n",
	example_net_timeout
};

static void example_net_timeout_7(struct raw *raw)
{
	raw_begin(raw, 2405, 0, 32);
	raw_put_data(raw, 8, "eth0", 5);
	raw_put_data(raw, 12, "virtio_net", 11);
	raw_put(raw, 16, 3, 4);
	raw_put(raw, 24, 4096, 8);
}

const struct format format_net_timeout_7 = {
	"7.2", "net:net_dev_xmit_timeout", HEAD("net_dev_xmit_timeout", "2405")
	FIELD("__data_loc char[] name", "8", "4", "0")
	FIELD("__data_loc char[] driver", "12", "4", "0")
	FIELD("int queue_index", "16", "4", "1")
	FIELD("u64 net_cookie", "24", "8", "0")
	NO_PRINT, example_net_timeout_7
};

/* --- memory management --- */

static void example_oom_victim(struct raw *raw)
{
	raw_begin(raw, 609, 1, 68);
	raw_put(raw, 8, 4711, 4);
	raw_put_data(raw, 12, "greedy", 7);
	raw_put(raw, 16, 8000000, 8);
	raw_put(raw, 24, 4000000, 8);
	raw_put(raw, 32, 12, 8);
	raw_put(raw, 40, 34, 8);
	raw_put(raw, 48, 1000, 4);
	raw_put(raw, 56, 9000, 8);
	raw_put(raw, 64, (uint16_t)-500, 2);
}

const struct format format_oom_victim = {
	"6.18", "oom:mark_victim", HEAD("mark_victim", "609")
	FIELD("int pid", "8", "4", "1")
	FIELD("__data_loc char[] comm", "12", "4", "0")
	FIELD("unsigned long total_vm", "16", "8", "0")
	FIELD("unsigned long anon_rss", "24", "8", "0")
	FIELD("unsigned long file_rss", "32", "8", "0")
	FIELD("unsigned long shmem_rss", "40", "8", "0")
	FIELD("uid_t uid", "48", "4", "0")
	FIELD("unsigned long pgtables", "56", "8", "0")
	FIELD("short oom_score_adj", "64", "2", "1")
	"\n"
	"print fmt: \"pid=%d comm=%s total-vm=%lukB anon-rss=%lukB file-rss:%lukB "
	"shmem-rss:%lukB uid=%u pgtables=%lukB oom_score_adj=%hd\", REC->pid, "
	"__get_str(comm), REC->total_vm, REC->anon_rss, REC->file_rss, "
	"REC->shmem_rss, REC->uid, REC->pgtables, REC->oom_score_adj\n",
	example_oom_victim
};

static void example_oom_victim_6_1(struct raw *raw)
{
	raw_begin(raw, 500, 1, 12);
	raw_put(raw, 8, 4711, 4);
}

const struct format format_oom_victim_6_1 = {
	"6.1", "oom:mark_victim", HEAD("mark_victim", "500")
	FIELD("int pid", "8", "4", "1")
	"\n"
	"print fmt: \"pid=%d\", REC->pid\n",
	example_oom_victim_6_1
};

#define MIGRATE_SYMBOLS                                                           \
	"__print_symbolic(REC->mode, {0, \"MIGRATE_ASYNC\"}, {1, "                \
	"\"MIGRATE_SYNC_LIGHT\"}, {2, \"MIGRATE_SYNC\"}), __print_symbolic("       \
	"REC->reason, {0, \"compaction\"}, {1, \"memory_failure\"}, {2, "          \
	"\"memory_hotplug\"}, {3, \"syscall_or_cpuset\"}, {4, \"mempolicy_mbind\"}, " \
	"{5, \"numa_misplaced\"}, {6, \"contig_range\"}, {7, \"longterm_pin\"}, "  \
	"{8, \"demotion\"}"

static void example_migrate(struct raw *raw)
{
	raw_begin(raw, 713, 55, 64);
	raw_put(raw, 8, 1, 8);
	raw_put(raw, 16, 2, 8);
	raw_put(raw, 24, 3, 8);
	raw_put(raw, 32, 4, 8);
	raw_put(raw, 40, 5, 8);
	raw_put(raw, 48, 6, 8);
	raw_put(raw, 56, 2, 4);
	raw_put(raw, 60, 1, 4);
}

const struct format format_migrate = {
	"6.18", "migrate:mm_migrate_pages", HEAD("mm_migrate_pages", "713")
	FIELD("unsigned long succeeded", "8", "8", "0")
	FIELD("unsigned long failed", "16", "8", "0")
	FIELD("unsigned long thp_succeeded", "24", "8", "0")
	FIELD("unsigned long thp_failed", "32", "8", "0")
	FIELD("unsigned long thp_split", "40", "8", "0")
	FIELD("unsigned long large_folio_split", "48", "8", "0")
	FIELD("enum migrate_mode mode", "56", "4", "0")
	FIELD("int reason", "60", "4", "1")
	"\n"
	"print fmt: \"nr_succeeded=%lu nr_failed=%lu nr_thp_succeeded=%lu "
	"nr_thp_failed=%lu nr_thp_split=%lu nr_split=%lu mode=%s reason=%s\", "
	"REC->succeeded, REC->failed, REC->thp_succeeded, REC->thp_failed, "
	"REC->thp_split, REC->large_folio_split, " MIGRATE_SYMBOLS
	", {9, \"damon\"})\n",
	example_migrate
};

static void example_migrate_6_1(struct raw *raw)
{
	raw_begin(raw, 480, 55, 56);
	raw_put(raw, 8, 1, 8);
	raw_put(raw, 48, 0, 4);
	raw_put(raw, 52, 1, 4);
}

const struct format format_migrate_6_1 = {
	"6.1", "migrate:mm_migrate_pages", HEAD("mm_migrate_pages", "480")
	FIELD("unsigned long succeeded", "8", "8", "0")
	FIELD("unsigned long failed", "16", "8", "0")
	FIELD("unsigned long thp_succeeded", "24", "8", "0")
	FIELD("unsigned long thp_failed", "32", "8", "0")
	FIELD("unsigned long thp_split", "40", "8", "0")
	FIELD("enum migrate_mode mode", "48", "4", "0")
	FIELD("int reason", "52", "4", "1")
	"\n"
	"print fmt: \"nr_succeeded=%lu nr_failed=%lu nr_thp_succeeded=%lu "
	"nr_thp_failed=%lu nr_thp_split=%lu mode=%s reason=%s\", REC->succeeded, "
	"REC->failed, REC->thp_succeeded, REC->thp_failed, REC->thp_split, "
	MIGRATE_SYMBOLS ")\n",
	example_migrate_6_1
};

/* --- PCI --- */

static void example_pci_hotplug(struct raw *raw)
{
	raw_begin(raw, 1801, 0, 20);
	raw_put_data(raw, 8, "0000:00:1c.4", 13);
	raw_put_data(raw, 12, "Slot-12", 8);
	raw_put(raw, 16, 1, 4);
}

const struct format format_pci_hotplug = {
	"7.2", "pci:pci_hp_event", HEAD("pci_hp_event", "1801")
	FIELD("__data_loc char[] port_name", "8", "4", "0")
	FIELD("__data_loc char[] slot", "12", "4", "0")
	FIELD("int event", "16", "4", "1")
	"\n"
	"print fmt: \"%s slot:%s, event:%s\n\", __get_str(port_name), "
	"__get_str(slot), __print_symbolic(REC->event, {0, \"LINK_UP\"}, {1, "
	"\"LINK_DOWN\"}, {2, \"CARD_PRESENT\"}, {3, \"CARD_NOT_PRESENT\"})\n",
	example_pci_hotplug
};

static void example_pcie_link(struct raw *raw)
{
	raw_begin(raw, 1802, 0, 40);
	raw_put_data(raw, 8, "0000:00:1c.4", 13);
	raw_put(raw, 12, 4, 4);
	raw_put(raw, 16, 3, 4);
	raw_put(raw, 20, 0x14, 4);
	raw_put(raw, 24, 0x17, 4);
	raw_put(raw, 28, 8, 4);
	raw_put(raw, 32, 0, 4);
	raw_put(raw, 36, 0x6000, 4);
}

const struct format format_pcie_link = {
	"7.2", "pci:pcie_link_event", HEAD("pcie_link_event", "1802")
	FIELD("__data_loc char[] port_name", "8", "4", "0")
	FIELD("unsigned int type", "12", "4", "0")
	FIELD("unsigned int reason", "16", "4", "0")
	FIELD("unsigned int cur_bus_speed", "20", "4", "0")
	FIELD("unsigned int max_bus_speed", "24", "4", "0")
	FIELD("unsigned int width", "28", "4", "0")
	FIELD("unsigned int flit_mode", "32", "4", "0")
	FIELD("unsigned int link_status", "36", "4", "0")
	NO_PRINT, example_pcie_link
};

/* --- disks --- */

static void example_nvme(struct raw *raw)
{
	raw_begin(raw, 1540, 0, 68);
	raw_put_text(raw, 8, "nvme0n1");
	raw_put(raw, 40, 0, 4);
	raw_put(raw, 44, 5, 4);
	raw_put(raw, 48, 193, 4);
	raw_put(raw, 56, 0xfedcba9876543210, 8);
	raw_put(raw, 64, 2, 1);
	raw_put(raw, 65, 1, 1);
	raw_put(raw, 66, 0x6281, 2);
}

const struct format format_nvme = {
	"6.12", "nvme:nvme_complete_rq", HEAD("nvme_complete_rq", "1540")
	FIELD("char disk[32]", "8", "32", "0")
	FIELD("int ctrl_id", "40", "4", "1")
	FIELD("int qid", "44", "4", "1")
	FIELD("int cid", "48", "4", "1")
	FIELD("u64 result", "56", "8", "0")
	FIELD("u8 retries", "64", "1", "0")
	FIELD("u8 flags", "65", "1", "0")
	FIELD("u16 status", "66", "2", "0")
	"\n"
	"print fmt: \"nvme%d: %sqid=%d, cmdid=%u, res=%#llx, retries=%u, flags=0x%x, "
	"status=%#x\", REC->ctrl_id, nvme_trace_disk_name(p, REC->disk), REC->qid, "
	"REC->cid, REC->result, REC->retries, REC->flags, REC->status\n",
	example_nvme
};

static void example_nvme_async(struct raw *raw)
{
	raw_begin(raw, 1541, 0, 16);
	raw_put(raw, 8, 3, 4);
	raw_put(raw, 12, 0x020201, 4);
}

const struct format format_nvme_async = {
	"6.12", "nvme:nvme_async_event", HEAD("nvme_async_event", "1541")
	FIELD("int ctrl_id", "8", "4", "1")
	FIELD("u32 result", "12", "4", "0")
	NO_PRINT, example_nvme_async
};

#define SCSI_HEAD                                       \
	FIELD("unsigned int host_no", "8", "4", "0")    \
	FIELD("unsigned int channel", "12", "4", "0")   \
	FIELD("unsigned int id", "16", "4", "0")        \
	FIELD("unsigned int lun", "20", "4", "0")       \
	FIELD("int result", "24", "4", "1")             \
	FIELD("unsigned int opcode", "28", "4", "0")    \
	FIELD("unsigned int cmd_len", "32", "4", "0")   \
	FIELD("int driver_tag", "36", "4", "1")         \
	FIELD("int scheduler_tag", "40", "4", "1")      \
	FIELD("unsigned int data_sglen", "44", "4", "0") \
	FIELD("unsigned int prot_sglen", "48", "4", "0") \
	FIELD("unsigned char prot_op", "52", "1", "0")  \
	FIELD("__data_loc unsigned char[] cmnd", "56", "4", "0")
#define SCSI_SENSE                               \
	FIELD("u8 sense_key", "60", "1", "0")    \
	FIELD("u8 asc", "61", "1", "0")          \
	FIELD("u8 ascq", "62", "1", "0")

static void begin_scsi(struct raw *raw, uint16_t id, size_t fixed_bytes)
{
	static const uint8_t read_10[10] = { 0x28, 0, 0, 1, 2, 3, 0, 0, 8, 0 };

	raw_begin(raw, id, 0, fixed_bytes);
	raw_put(raw, 8, 6, 4);
	raw_put(raw, 12, 0, 4);
	raw_put(raw, 16, 2, 4);
	raw_put(raw, 20, 1, 4);
	raw_put(raw, 28, 0x28, 4);
	raw_put(raw, 32, sizeof(read_10), 4);
	raw_put(raw, 36, 17, 4);
	raw_put(raw, 40, (uint32_t)-1, 4);
	raw_put(raw, 44, 3, 4);
	raw_put(raw, 48, 1, 4);
	raw_put(raw, 52, 5, 1);
	raw_put_data(raw, 56, read_10, sizeof(read_10));
}

static void example_scsi(struct raw *raw)
{
	begin_scsi(raw, 1601, 64);
	raw_put(raw, 24, 2, 4);
	raw_put(raw, 60, 3, 1);
	raw_put(raw, 61, 0x11, 1);
	raw_put(raw, 62, 0x04, 1);
}

const struct format format_scsi = {
	"6.12", "scsi:scsi_dispatch_cmd_done", HEAD("scsi_dispatch_cmd_done", "1601")
	SCSI_HEAD SCSI_SENSE NO_PRINT, example_scsi
};

static void example_scsi_6_1(struct raw *raw)
{
	begin_scsi(raw, 1401, 60);
	raw_put(raw, 24, 0x070000, 4);
}

const struct format format_scsi_6_1 = {
	"6.1", "scsi:scsi_dispatch_cmd_done", HEAD("scsi_dispatch_cmd_done", "1401")
	SCSI_HEAD NO_PRINT, example_scsi_6_1
};

static void example_scsi_timeout(struct raw *raw)
{
	begin_scsi(raw, 1602, 64);
}

const struct format format_scsi_timeout = {
	"6.12", "scsi:scsi_dispatch_cmd_timeout", HEAD("scsi_dispatch_cmd_timeout", "1602")
	SCSI_HEAD SCSI_SENSE NO_PRINT, example_scsi_timeout
};

static void example_ata(struct raw *raw)
{
	raw_begin(raw, 1651, 0, 24);
	raw_put(raw, 8, 3, 4);
	raw_put(raw, 12, 1, 4);
	raw_put(raw, 16, 0x6, 4);
	raw_put(raw, 20, 0x80000409, 4);
}

const struct format format_ata = {
	"6.12", "libata:ata_eh_link_autopsy", HEAD("ata_eh_link_autopsy", "1651")
	FIELD("unsigned int ata_port", "8", "4", "0")
	FIELD("unsigned int ata_dev", "12", "4", "0")
	FIELD("unsigned int eh_action", "16", "4", "0")
	FIELD("unsigned int eh_err_mask", "20", "4", "0")
	NO_PRINT, example_ata
};

/* --- x86 --- */

static void example_extlog(struct raw *raw)
{
	static const uint8_t guid[16] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 };

	raw_begin(raw, 1091, 0, 103);
	raw_put(raw, 8, 77, 4);
	raw_put(raw, 12, 2, 1);
	raw_put(raw, 13, 2, 1);
	raw_put(raw, 16, 0x8812345678, 8);
	raw_put(raw, 24, 12, 1);
	memcpy(raw->bytes + 25, guid, sizeof(guid));
	raw_put_data(raw, 44, "DIMM_B2", 8);
	raw_put(raw, 48, 0x3fffff, 8);
	for (uint16_t i = 0; i < 8; i++)
		raw_put(raw, 56 + 2 * i, 0x101u + i, 2);
	raw_put(raw, 72, 0x1122334455667788, 8);
	raw_put(raw, 80, 0x2233445566778899, 8);
	raw_put(raw, 88, 0xfedcba9876543210, 8);
	raw_put(raw, 96, 3, 2);
	raw_put(raw, 98, 0x10, 2);
	raw_put(raw, 100, 0x11, 2);
	raw_put(raw, 102, 0xa2, 1);
}

const struct format format_extlog = {
	"6.12", "ras:extlog_mem_event", HEAD("extlog_mem_event", "1091")
	FIELD("u32 err_seq", "8", "4", "0")
	FIELD("u8 etype", "12", "1", "0")
	FIELD("u8 sev", "13", "1", "0")
	FIELD("u64 pa", "16", "8", "0")
	FIELD("u8 pa_mask_lsb", "24", "1", "0")
	FIELD("guid_t fru_id", "25", "16", "0")
	FIELD("__data_loc char[] fru_text", "44", "4", "0")
	FIELD("struct cper_mem_err_compact data", "48", "55", "0")
	NO_PRINT, example_extlog
};

#define MCE_HEAD                               \
	FIELD("u64 mcgcap", "8", "8", "0")     \
	FIELD("u64 mcgstatus", "16", "8", "0") \
	FIELD("u64 status", "24", "8", "0")    \
	FIELD("u64 addr", "32", "8", "0")      \
	FIELD("u64 misc", "40", "8", "0")      \
	FIELD("u64 synd", "48", "8", "0")      \
	FIELD("u64 ipid", "56", "8", "0")      \
	FIELD("u64 ip", "64", "8", "0")        \
	FIELD("u64 tsc", "72", "8", "0")
#define MCE_TAIL                               \
	FIELD("u64 ppin", "80", "8", "0")      \
	FIELD("u64 walltime", "88", "8", "0")  \
	FIELD("u32 cpu", "96", "4", "0")       \
	FIELD("u32 cpuid", "100", "4", "0")    \
	FIELD("u32 apicid", "104", "4", "0")   \
	FIELD("u32 socketid", "108", "4", "0") \
	FIELD("u8 cs", "112", "1", "0")        \
	FIELD("u8 bank", "113", "1", "0")      \
	FIELD("u8 cpuvendor", "114", "1", "0") \
	FIELD("u32 microcode", "116", "4", "0")

/* A corrected read error of an Intel memory controller. */
static void begin_mce(struct raw *raw, uint16_t id, size_t fixed_bytes)
{
	raw_begin(raw, id, 0, fixed_bytes);
	raw_put(raw, 8, 0xf000c14, 8);
	raw_put(raw, 24, 0x8c00010000010092, 8);
	raw_put(raw, 32, 0x1812345680, 8);
	raw_put(raw, 40, 0x86, 8);
	raw_put(raw, 64, 0xffffffff81000000, 8);
	raw_put(raw, 72, 0x1000000, 8);
}

static void end_mce(struct raw *raw, size_t at)
{
	raw_put(raw, at, 1700000000, 8);
	raw_put(raw, at + 8, 5, 4);
	raw_put(raw, at + 12, 0x606a6, 4);
	raw_put(raw, at + 16, 0x20, 4);
	raw_put(raw, at + 20, 1, 4);
	raw_put(raw, at + 24, 0x10, 1);
	raw_put(raw, at + 25, 13, 1);
	raw_put(raw, at + 26, 0, 1);
}

static void example_mce_6_1(struct raw *raw)
{
	begin_mce(raw, 113, 107);
	end_mce(raw, 80);
}

const struct format format_mce_6_1 = {
	"6.1", "mce:mce_record", HEAD("mce_record", "113")
	MCE_HEAD
	FIELD("u64 walltime", "80", "8", "0")
	FIELD("u32 cpu", "88", "4", "0")
	FIELD("u32 cpuid", "92", "4", "0")
	FIELD("u32 apicid", "96", "4", "0")
	FIELD("u32 socketid", "100", "4", "0")
	FIELD("u8 cs", "104", "1", "0")
	FIELD("u8 bank", "105", "1", "0")
	FIELD("u8 cpuvendor", "106", "1", "0")
	NO_PRINT, example_mce_6_1
};

static void example_mce_6_12(struct raw *raw)
{
	begin_mce(raw, 113, 120);
	raw_put(raw, 80, 0xabcdef, 8);
	end_mce(raw, 88);
	raw_put(raw, 116, 0xd0003a5, 4);
}

const struct format format_mce_6_12 = {
	"6.12", "mce:mce_record", HEAD("mce_record", "113")
	MCE_HEAD MCE_TAIL NO_PRINT, example_mce_6_12
};

/* A deferred error of an AMD memory controller. */
static void example_mce(struct raw *raw)
{
	static const uint8_t vendor_data[16] = { 1, 2, 3 };

	begin_mce(raw, 113, 124);
	raw_put(raw, 80, 0, 8);
	end_mce(raw, 88);
	raw_put(raw, 24, 0x9c2030010000011b, 8);
	raw_put(raw, 48, 0x5d, 8);
	raw_put(raw, 56, 0x9600150f00, 8);
	raw_put(raw, 114, 2, 1);
	raw_put(raw, 116, 0xa101148, 4);
	raw_put_data(raw, 120, vendor_data, sizeof(vendor_data));
}

const struct format format_mce = {
	"6.13", "mce:mce_record", HEAD("mce_record", "113")
	MCE_HEAD MCE_TAIL
	FIELD("__data_loc u8[] v_data", "120", "4", "0")
	NO_PRINT, example_mce
};
