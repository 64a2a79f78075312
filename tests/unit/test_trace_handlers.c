// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * The handlers of the tracepoints beside ARM, memory and signals, through the whole way:
 * format, record, event. Each case names every field of its type.
 */

#include "unit/check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "unit/formats_trace.h"

struct way {
	struct tracepoint *tp;
	struct raw raw;
	struct decoded decoded;
	const struct event *event;
};

static void begin(struct way *way, const struct format *format)
{
	way->tp = resolve(format);
	way->decoded = (struct decoded){ 0 };
	raw_example(format, &way->raw);
}

static int decode_way(struct way *way)
{
	decoded_free(&way->decoded);
	way->event = &way->decoded.event;
	return decode_bytes(way->tp, way->raw.bytes, way->raw.len, 4096, &way->decoded);
}

static void end(struct way *way)
{
	decoded_free(&way->decoded);
	tracepoint_free(way->tp);
}

/* --- every field of every format --- */

#define FIELDS_MAX 64

struct expectation {
	const char *name;
	const char *text; /* or, without: */
	uint64_t number;
	bool absent;
	const void *bytes;
	size_t len;
};

#define NUM(name, number)                                      \
	{                                                      \
		name, NULL, (uint64_t)(number), false, NULL, 0 \
	}
#define TEXT(name, text)                      \
	{                                     \
		name, text, 0, false, NULL, 0 \
	}
#define NONE(name)                           \
	{                                    \
		name, NULL, 0, true, NULL, 0 \
	}
#define BYTES(name, bytes, n)                  \
	{                                      \
		name, NULL, 0, false, bytes, n \
	}

static const struct good {
	const struct format *format;
	enum severity severity;
	enum component component;
	const char *device, *words;
	struct expectation fields[FIELDS_MAX];
} good[] = {
	{ &format_block_complete,
	  SEVERITY_UNCORRECTED,
	  COMPONENT_DISK,
	  "8:17",
	  "I/O error writing 16 sectors at 123456789 of device 8:17",
	  { NUM("sector", 123456789), NUM("sectors", 16), NUM("error", -5),
	    TEXT("rwbs", "WS"), TEXT("cmd", ""), NUM("major", 8), NUM("minor", 17),
	    TEXT("error_text", "I/O error") } },
	{ &format_devlink_health,
	  SEVERITY_UNKNOWN,
	  COMPONENT_NETWORK,
	  "0000:03:00.0",
	  "mlx5_core 0000:03:00.0: fw_fatal: FW fatal error reported",
	  { TEXT("bus", "pci"), TEXT("device_name", "0000:03:00.0"),
	    TEXT("driver", "mlx5_core"), TEXT("reporter", "fw_fatal"),
	    TEXT("msg", "FW fatal error reported") } },
	{ &format_devlink_aborted,
	  SEVERITY_UNCORRECTED,
	  COMPONENT_NETWORK,
	  "0000:03:00.0",
	  "mlx5_core 0000:03:00.0: tx was not recovered, 125000 jiffies after the last "
	  "time, it was in error before",
	  { TEXT("bus", "pci"), TEXT("device_name", "0000:03:00.0"),
	    TEXT("driver", "mlx5_core"), TEXT("reporter", "tx"), NUM("in_error", 1),
	    NUM("jiffies_since_recovery", 125000) } },
	{ &format_devlink_state,
	  SEVERITY_UNKNOWN,
	  COMPONENT_NETWORK,
	  "0000:03:00.0",
	  "mlx5_core 0000:03:00.0: rx is in error",
	  { TEXT("bus", "pci"), TEXT("device_name", "0000:03:00.0"),
	    TEXT("driver", "mlx5_core"), TEXT("reporter", "rx"), NUM("state", 1),
	    TEXT("state_text", "in error") } },
	{ &format_devlink_hwerr,
	  SEVERITY_UNKNOWN,
	  COMPONENT_NETWORK,
	  "0000:03:00.0",
	  "mlx5_core 0000:03:00.0: error -5: (query) failed",
	  { TEXT("bus", "pci"), TEXT("device_name", "0000:03:00.0"),
	    TEXT("driver", "mlx5_core"), NUM("error", -5),
	    TEXT("msg", "(query) failed") } },
	{ &format_net_timeout,
	  SEVERITY_UNKNOWN,
	  COMPONENT_NETWORK,
	  "eth0",
	  "virtio_net eth0: queue 3 did not send in time",
	  { TEXT("interface", "eth0"), TEXT("driver", "virtio_net"), NUM("queue", 3),
	    NONE("net_cookie") } },
	{ &format_net_timeout_7,
	  SEVERITY_UNKNOWN,
	  COMPONENT_NETWORK,
	  "eth0",
	  "virtio_net eth0: queue 3 did not send in time",
	  { TEXT("interface", "eth0"), TEXT("driver", "virtio_net"), NUM("queue", 3),
	    NUM("net_cookie", 4096) } },
	{ &format_oom_victim,
	  SEVERITY_INFO,
	  COMPONENT_PROCESS,
	  NULL,
	  "out of memory: process 4711 (greedy) is killed, it had 4000000 KiB of its own "
	  "in memory",
	  { NUM("victim", 4711), NUM("total_vm_kib", 8000000),
	    NUM("anon_rss_kib", 4000000), NUM("file_rss_kib", 12),
	    NUM("shmem_rss_kib", 34), NUM("victim_uid", 1000), NUM("pgtables_kib", 9000),
	    NUM("oom_score_adj", -500) } },
	{ &format_oom_victim_6_1,
	  SEVERITY_INFO,
	  COMPONENT_PROCESS,
	  NULL,
	  "out of memory: process 4711 is killed",
	  { NUM("victim", 4711), NONE("total_vm_kib"), NONE("anon_rss_kib"),
	    NONE("file_rss_kib"), NONE("shmem_rss_kib"), NONE("victim_uid"),
	    NONE("pgtables_kib"), NONE("oom_score_adj") } },
	{ &format_migrate,
	  SEVERITY_INFO,
	  COMPONENT_MEMORY,
	  NULL,
	  "memory that fails was vacated: 1 moved, 2 not",
	  { NUM("succeeded", 1), NUM("failed", 2), NUM("thp_succeeded", 3),
	    NUM("thp_failed", 4), NUM("thp_split", 5), NUM("large_folio_split", 6),
	    NUM("mode", 2), TEXT("mode_text", "MIGRATE_SYNC") } },
	{ &format_migrate_6_1,
	  SEVERITY_INFO,
	  COMPONENT_MEMORY,
	  NULL,
	  "memory that fails was vacated: 1 moved, 0 not",
	  { NUM("succeeded", 1), NUM("failed", 0), NUM("thp_succeeded", 0),
	    NUM("thp_failed", 0), NUM("thp_split", 0), NONE("large_folio_split"),
	    NUM("mode", 0), TEXT("mode_text", "MIGRATE_ASYNC") } },
	{ &format_pci_hotplug,
	  SEVERITY_UNKNOWN,
	  COMPONENT_PCIE,
	  "0000:00:1c.4",
	  "0000:00:1c.4 slot Slot-12: LINK_DOWN",
	  { TEXT("port", "0000:00:1c.4"), TEXT("slot", "Slot-12"),
	    NUM("hotplug_event", 1), TEXT("hotplug_event_text", "LINK_DOWN") } },
	{ &format_pcie_link,
	  SEVERITY_INFO,
	  COMPONENT_PCIE,
	  "0000:00:1c.4",
	  "0000:00:1c.4: link x8 at 2.5 GT/s of 16 GT/s, active, bandwidth managed "
	  "(bandwidth changed)",
	  { TEXT("port", "0000:00:1c.4"), NUM("port_type", 4), NUM("reason", 3),
	    TEXT("reason_text", "bandwidth changed"), NUM("speed", 0x14),
	    TEXT("speed_text", "2.5 GT/s"), NUM("speed_max", 0x17),
	    TEXT("speed_max_text", "16 GT/s"), NUM("width", 8), NUM("flit_mode", 0),
	    NUM("link_status", 0x6000) } },
	{ &format_nvme,
	  SEVERITY_UNCORRECTED,
	  COMPONENT_DISK,
	  "nvme0n1",
	  "nvme0n1: unrecovered read error, queue 5, try 3, not to be tried again",
	  { NUM("controller", 0), NUM("queue", 5), NUM("command_id", 193),
	    NUM("result", 0xfedcba9876543210), NUM("retries", 2), NUM("flags", 1),
	    NUM("status", 0x6281), NUM("status_code", 0x281),
	    TEXT("status_text", "unrecovered read error"), NUM("do_not_retry", 1),
	    NUM("more", 1) } },
	{ &format_nvme_async,
	  SEVERITY_UNKNOWN,
	  COMPONENT_DISK,
	  "nvme3",
	  "nvme3: health status: spare below its threshold",
	  { NUM("controller", 3), NUM("result", 0x020201), NUM("kind", 1),
	    TEXT("kind_text", "health status"), NUM("information", 2),
	    TEXT("information_text", "spare below its threshold"), NUM("log_page", 2) } },
	{ &format_scsi,
	  SEVERITY_UNCORRECTED,
	  COMPONENT_DISK,
	  "6:0:2:1",
	  "6:0:2:1: READ(10) failed, medium error: unrecovered read error, reassignment "
	  "failed, check condition",
	  { NUM("host_no", 6),
	    NUM("channel", 0),
	    NUM("target", 2),
	    NUM("lun", 1),
	    NUM("result", 2),
	    NUM("host_byte", 0),
	    TEXT("host_text", "ok"),
	    NUM("status_byte", 2),
	    TEXT("status_text", "check condition"),
	    NUM("opcode", 0x28),
	    TEXT("opcode_text", "READ(10)"),
	    BYTES("command", "\x28\0\0\1\2\3\0\0\x08\0", 10),
	    NUM("driver_tag", 17),
	    NUM("scheduler_tag", -1),
	    NUM("data_segments", 3),
	    NUM("protection_segments", 1),
	    NUM("protection", 5),
	    NUM("sense_key", 3),
	    TEXT("sense_text", "medium error"),
	    NUM("asc", 0x11),
	    NUM("ascq", 4),
	    TEXT("asc_text", "unrecovered read error, reassignment failed") } },
	{ &format_scsi_6_1,
	  SEVERITY_UNKNOWN,
	  COMPONENT_DISK,
	  "6:0:2:1",
	  "6:0:2:1: READ(10) failed, host error",
	  { NUM("host_no", 6),
	    NUM("channel", 0),
	    NUM("target", 2),
	    NUM("lun", 1),
	    NUM("result", 0x070000),
	    NUM("host_byte", 7),
	    TEXT("host_text", "host error"),
	    NUM("status_byte", 0),
	    TEXT("status_text", "good"),
	    NUM("opcode", 0x28),
	    TEXT("opcode_text", "READ(10)"),
	    BYTES("command", "\x28\0\0\1\2\3\0\0\x08\0", 10),
	    NUM("driver_tag", 17),
	    NUM("scheduler_tag", -1),
	    NUM("data_segments", 3),
	    NUM("protection_segments", 1),
	    NUM("protection", 5),
	    NONE("sense_key"),
	    NONE("sense_text"),
	    NONE("asc"),
	    NONE("ascq"),
	    NONE("asc_text") } },
	{ &format_scsi_timeout,
	  SEVERITY_UNKNOWN,
	  COMPONENT_DISK,
	  "6:0:2:1",
	  "6:0:2:1: READ(10) timed out",
	  { NUM("host_no", 6),
	    NUM("channel", 0),
	    NUM("target", 2),
	    NUM("lun", 1),
	    NUM("result", 0),
	    NUM("host_byte", 0),
	    TEXT("host_text", "ok"),
	    NUM("status_byte", 0),
	    TEXT("status_text", "good"),
	    NUM("opcode", 0x28),
	    TEXT("opcode_text", "READ(10)"),
	    BYTES("command", "\x28\0\0\1\2\3\0\0\x08\0", 10),
	    NUM("driver_tag", 17),
	    NUM("scheduler_tag", -1),
	    NUM("data_segments", 3),
	    NUM("protection_segments", 1),
	    NUM("protection", 5),
	    NUM("sense_key", 0),
	    NONE("sense_text"),
	    NUM("asc", 0),
	    NUM("ascq", 0),
	    NONE("asc_text") } },
	{ &format_ata,
	  SEVERITY_UNCORRECTED,
	  COMPONENT_DISK,
	  "ata3.01",
	  "ata3.01: errors: device, media, NCQ, bit 31; the link is reset",
	  { NUM("ata_port", 3), NUM("ata_device", 1), NUM("action", 6),
	    NUM("error_mask", 0x80000409),
	    TEXT("errors", "device, media, NCQ, bit 31") } },
	{ &format_extlog,
	  SEVERITY_CORRECTED,
	  COMPONENT_MEMORY,
	  NULL,
	  "memory error: single-bit ECC at 0x8812345678, node 257, card 258, module 259, "
	  "rank 3, bank 260, row 131334, column 263, DIMM_B2",
	  { NUM("sequence", 77),
	    NUM("error_type", 2),
	    TEXT("error_type_text", "single-bit ECC"),
	    NUM("cper_severity", 2),
	    TEXT("fru_id", "04030201-0605-0807-090a-0b0c0d0e0f10"),
	    TEXT("fru_text", "DIMM_B2"),
	    NONE("incomplete"),
	    NUM("node", 0x101),
	    NUM("card", 0x102),
	    NUM("module", 0x103),
	    NUM("rank", 3),
	    NUM("bank", 0x104),
	    NUM("bank_group", 1),
	    NUM("bank_address", 4),
	    NUM("device", 0x105),
	    NUM("row", 0x20106),
	    NUM("column", 0x107),
	    NUM("bit_position", 0x108),
	    NUM("requestor_id", 0x1122334455667788),
	    NUM("responder_id", 0x2233445566778899),
	    NUM("target_id", 0xfedcba9876543210),
	    NUM("chip_id", 5),
	    NUM("array_handle", 0x10),
	    NUM("device_handle", 0x11) } },
#define MCE_INTEL(ppin_, microcode_)                                                     \
	NUM("status", 0x8c00010000010092), NUM("addr", 0x1812345680), NUM("misc", 0x86), \
		NUM("mcgcap", 0xf000c14), NUM("mcgstatus", 0), NUM("synd", 0),           \
		NUM("ipid", 0), NUM("ip", 0xffffffff81000000), NUM("tsc", 0x1000000),    \
		ppin_, NUM("walltime", 1700000000), NUM("mce_cpu", 5),                   \
		NUM("cpuid", 0x606a6), NUM("apicid", 0x20), NUM("socket", 1),            \
		NUM("cs", 0x10), NUM("bank", 13), NUM("vendor", 0),                      \
		TEXT("vendor_text", "Intel"), NONE("hardware_unit"), microcode_,         \
		NONE("vendor_data"), NUM("valid", 1), NUM("overflow", 0),                \
		NUM("uncorrected", 0), NUM("enabled", 0), NUM("misc_valid", 1),          \
		NUM("address_valid", 1), NUM("context_corrupt", 0), NUM("signaled", 0),  \
		NUM("action_required", 0), NONE("task_context_corrupt"),                 \
		NONE("deferred"), NONE("poison"), NONE("found_by_scrubbing"),            \
		NUM("mca_code", 0x92),                                                   \
		TEXT("mca_code_text", "memory controller error: read on channel 2"),     \
		NUM("model_code", 1), NUM("corrected_count", 4),                         \
		NONE("threshold_state"), TEXT("address_mode", "physical"),               \
		NUM("address_lsb", 6)
	{ &format_mce_6_1,
	  SEVERITY_CORRECTED,
	  COMPONENT_MEMORY,
	  NULL,
	  "memory controller error: read on channel 2, bank 13 of CPU 5, socket 1, "
	  "corrected at 0x1812345680",
	  { MCE_INTEL(NONE("ppin"), NONE("microcode")) } },
	{ &format_mce_6_12,
	  SEVERITY_CORRECTED,
	  COMPONENT_MEMORY,
	  NULL,
	  "memory controller error: read on channel 2, bank 13 of CPU 5, socket 1, "
	  "corrected at 0x1812345680",
	  { MCE_INTEL(NUM("ppin", 0xabcdef), NUM("microcode", 0xd0003a5)) } },
	{ &format_mce,
	  SEVERITY_DEFERRED,
	  COMPONENT_MEMORY,
	  NULL,
	  "memory controller: cache error: generic read, any level, bank 13 of CPU 5, "
	  "socket 1, deferred, address 0x1812345680 as the bank has it, deferred",
	  { NUM("status", 0x9c2030010000011b),
	    NUM("addr", 0x1812345680),
	    NUM("misc", 0x86),
	    NUM("mcgcap", 0xf000c14),
	    NUM("mcgstatus", 0),
	    NUM("synd", 0x5d),
	    NUM("ipid", 0x9600150f00),
	    NUM("ip", 0xffffffff81000000),
	    NUM("tsc", 0x1000000),
	    NUM("ppin", 0),
	    NUM("walltime", 1700000000),
	    NUM("mce_cpu", 5),
	    NUM("cpuid", 0x606a6),
	    NUM("apicid", 0x20),
	    NUM("socket", 1),
	    NUM("cs", 0x10),
	    NUM("bank", 13),
	    NUM("vendor", 2),
	    TEXT("vendor_text", "AMD"),
	    TEXT("hardware_unit", "memory controller"),
	    NUM("microcode", 0xa101148),
	    BYTES("vendor_data", "\1\2\3\0\0\0\0\0\0\0\0\0\0\0\0\0", 16),
	    NUM("valid", 1),
	    NUM("overflow", 0),
	    NUM("uncorrected", 0),
	    NUM("enabled", 1),
	    NUM("misc_valid", 1),
	    NUM("address_valid", 1),
	    NUM("context_corrupt", 0),
	    NONE("signaled"),
	    NONE("action_required"),
	    NUM("task_context_corrupt", 0),
	    NUM("deferred", 1),
	    NUM("poison", 0),
	    NUM("found_by_scrubbing", 0),
	    NUM("mca_code", 0x11b),
	    TEXT("mca_code_text", "cache error: generic read, any level"),
	    NUM("model_code", 0),
	    NONE("corrected_count"),
	    NONE("threshold_state"),
	    NONE("address_mode"),
	    NONE("address_lsb") } },
};

static void assert_field(const struct event *event, const struct expectation *e)
{
	const struct value *value = detail_of(event, e->name);

	print_message("# %s\n", e->name);
	assert_non_null(value);
	if (e->absent)
		assert_absent(value);
	else if (e->text)
		assert_text(value, e->text);
	else if (e->bytes)
		assert_bytes(value, e->bytes, e->len);
	else
		assert_number(value, e->number);
}

/* A field that a case forgets would be one that nobody looks at. */
static void assert_all_named(const struct event_type *type, const struct expectation *e)
{
	for (size_t f = 0; f < type->n_fields; f++) {
		size_t i = 0;

		if (!type->fields[f].name)
			continue;
		while (i < FIELDS_MAX && e[i].name &&
		       strcmp(e[i].name, type->fields[f].name))
			i++;
		if (i == FIELDS_MAX || !e[i].name)
			fail_msg("%s: nothing is said of %s", type->name,
				 type->fields[f].name);
	}
}

static void every_field_arrives(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		const struct good *g = &good[i];
		struct way way;

		print_message("# %s, %s\n", g->format->tracepoint, g->format->kernel);
		begin(&way, g->format);
		assert_int_equal(decode_way(&way), 1);
		assert_all_named(way.event->type, g->fields);
		for (size_t f = 0; f < FIELDS_MAX && g->fields[f].name; f++)
			assert_field(way.event, &g->fields[f]);
		assert_int_equal(way.event->severity, g->severity);
		assert_int_equal(way.event->component, g->component);
		if (g->device)
			assert_text(&way.event->device, g->device);
		else
			assert_absent(&way.event->device);
		assert_string_equal(words_of(way.event), g->words);
		end(&way);
	}
}

/* A record that ends early is refused, or its end was padding. */
static void records_are_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		struct way way;
		size_t whole;

		begin(&way, good[i].format);
		whole = way.raw.len;
		for (way.raw.len = 0; way.raw.len < whole; way.raw.len++) {
			int r = decode_way(&way);

			if (way.raw.len < way.tp->fixed_bytes)
				assert_int_equal(r, -EBADMSG);
			else
				assert_true(r == 1 || r == -EBADMSG);
			if (r == 1)
				words_of(way.event);
		}
		end(&way);
	}
}

/* Numbers that no kernel has a word for stay numbers. */
static void unknown_numbers_stay_numbers(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		struct way way;

		begin(&way, good[i].format);
		for (size_t f = 0; f < way.tp->handler->type->n_fields; f++) {
			const struct field_place *place = &way.tp->places[f];

			if (place->kind == PLACE_UNSIGNED || place->kind == PLACE_SIGNED)
				memset(way.raw.bytes + place->offset, 0xff, place->size);
		}
		assert_int_equal(decode_way(&way), 1);
		assert_true(strlen(words_of(way.event)) > 0);
		end(&way);
	}
}

/* --- what the examples do not have --- */

static void hotplug_that_is_good(void **state)
{
	static const struct {
		uint64_t event;
		enum severity severity;
		const char *text;
	} cases[] = {
		{ 0, SEVERITY_INFO, "LINK_UP" },
		{ 2, SEVERITY_INFO, "CARD_PRESENT" },
		{ 3, SEVERITY_UNKNOWN, "CARD_NOT_PRESENT" },
		{ 4, SEVERITY_UNKNOWN, NULL },
	};
	struct way way;

	(void)state;
	begin(&way, &format_pci_hotplug);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		raw_put(&way.raw, 16, cases[i].event, 4);
		assert_int_equal(decode_way(&way), 1);
		assert_int_equal(way.event->severity, cases[i].severity);
		if (cases[i].text)
			assert_text(detail_of(way.event, "hotplug_event_text"),
				    cases[i].text);
		else
			assert_absent(detail_of(way.event, "hotplug_event_text"));
	}
	assert_string_equal(words_of(way.event), "0000:00:1c.4 slot Slot-12: event 4");
	end(&way);
}

static void a_reporter_that_is_well(void **state)
{
	struct way way;

	(void)state;
	begin(&way, &format_devlink_state);
	raw_put(&way.raw, 24, 0, 1);
	assert_int_equal(decode_way(&way), 1);
	assert_int_equal(way.event->severity, SEVERITY_INFO);
	assert_string_equal(words_of(way.event), "mlx5_core 0000:03:00.0: rx is healthy");
	raw_put(&way.raw, 24, 7, 1);
	assert_int_equal(decode_way(&way), 1);
	assert_int_equal(way.event->severity, SEVERITY_UNKNOWN);
	assert_string_equal(words_of(way.event),
			    "mlx5_core 0000:03:00.0: rx is in state 7");
	end(&way);
}

static void oom_names_its_victim(void **state)
{
	struct way way;

	(void)state;
	begin(&way, &format_oom_victim);
	assert_int_equal(decode_way(&way), 1);
	assert_int_equal(way.event->pid, 4711);
	assert_int_equal(way.event->uid, 1000);
	assert_text(&way.event->comm, "greedy");
	assert_int_equal(way.tp->handler->ring, RING_SIGNAL);
	end(&way);
	begin(&way, &format_oom_victim_6_1);
	assert_int_equal(decode_way(&way), 1);
	assert_int_equal(way.event->uid, -1);
	assert_absent(&way.event->comm);
	end(&way);
}

static void nvme_without_a_disk(void **state)
{
	struct way way;

	(void)state;
	begin(&way, &format_nvme);
	raw_put(&way.raw, 8, 0, 8);
	raw_put(&way.raw, 40, 7, 4);
	raw_put(&way.raw, 66, 0x301, 2);
	assert_int_equal(decode_way(&way), 1);
	assert_text(&way.event->device, "nvme7");
	assert_int_equal(way.event->severity, SEVERITY_UNKNOWN);
	assert_string_equal(
		words_of(way.event),
		"nvme7: namespace lost for good on this path, queue 5, try 3");
	raw_put(&way.raw, 66, 0x7c5, 2);
	assert_int_equal(decode_way(&way), 1);
	assert_absent(detail_of(way.event, "status_text"));
	assert_string_equal(words_of(way.event), "nvme7: status 0x7c5, queue 5, try 3");
	end(&way);
}

static void nvme_notices_are_no_errors(void **state)
{
	static const struct {
		uint64_t result;
		enum severity severity;
		const char *words;
	} cases[] = {
		{ 0x000002, SEVERITY_INFO, "nvme3: notice: namespaces changed" },
		{ 0x0c0302, SEVERITY_INFO,
		  "nvme3: notice: access to namespaces changed" },
		{ 0x00ee02, SEVERITY_INFO, "nvme3: notice: 0xee" },
		{ 0x010300, SEVERITY_UNCORRECTED,
		  "nvme3: error status: persistent internal error" },
		{ 0x010400, SEVERITY_CORRECTED,
		  "nvme3: error status: transient internal error" },
		{ 0x000003, SEVERITY_UNKNOWN, "nvme3: 0x3: 0" },
		{ 0x00ff07, SEVERITY_UNKNOWN, "nvme3: vendor specific: 0xff" },
	};
	struct way way;

	(void)state;
	begin(&way, &format_nvme_async);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		raw_put(&way.raw, 12, cases[i].result, 4);
		assert_int_equal(decode_way(&way), 1);
		assert_int_equal(way.event->severity, cases[i].severity);
		assert_string_equal(words_of(way.event), cases[i].words);
	}
	end(&way);
}

static void scsi_sense_says_how_bad(void **state)
{
	static const struct {
		uint8_t key, asc, ascq;
		enum severity severity;
		const char *words;
	} cases[] = {
		{ 1, 0x17, 1, SEVERITY_CORRECTED,
		  "recovered error: recovered data with retries" },
		{ 4, 0x44, 0, SEVERITY_UNCORRECTED,
		  "hardware error: internal target failure" },
		{ 0xb, 0x47, 3, SEVERITY_UNKNOWN,
		  "aborted command: CRC error in an information unit" },
		{ 1, 0x5d, 0, SEVERITY_UNKNOWN,
		  "recovered error: failure prediction threshold exceeded" },
		{ 3, 0x99, 0x98, SEVERITY_UNCORRECTED,
		  "medium error, additional sense 99/98" },
		{ 0xc, 0, 0, SEVERITY_UNKNOWN, "sense key 0xc" },
		{ 0x1f, 0, 0, SEVERITY_UNKNOWN, "sense key 0x1f" },
	};
	struct way way;

	(void)state;
	begin(&way, &format_scsi);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char words[160];

		raw_put(&way.raw, 60, cases[i].key, 1);
		raw_put(&way.raw, 61, cases[i].asc, 1);
		raw_put(&way.raw, 62, cases[i].ascq, 1);
		assert_int_equal(decode_way(&way), 1);
		assert_int_equal(way.event->severity, cases[i].severity);
		snprintf(words, sizeof(words),
			 "6:0:2:1: READ(10) failed, %s, check condition", cases[i].words);
		assert_string_equal(words_of(way.event), words);
	}
	raw_put(&way.raw, 24, 0x77f0044, 4);
	raw_put(&way.raw, 28, 0xee, 4);
	assert_int_equal(decode_way(&way), 1);
	assert_string_equal(words_of(way.event),
			    "6:0:2:1: command 0xee failed, sense key 0x1f, host byte "
			    "0x7f, status 0x44");
	end(&way);
}

static void extlog_places_that_are_not_valid(void **state)
{
	static const char *const places[] = {
		"node",		"card",		 "module",	 "rank",      "bank",
		"bank_group",	"bank_address",	 "device",	 "row",	      "column",
		"bit_position", "requestor_id",	 "responder_id", "target_id", "chip_id",
		"array_handle", "device_handle",
	};
	struct way way;

	(void)state;
	begin(&way, &format_extlog);
	raw_put(&way.raw, 12, 0xff, 1);
	raw_put(&way.raw, 16, ~0ULL, 8);
	raw_put(&way.raw, 24, 0xff, 1);
	memset(way.raw.bytes + 25, 0, 16);
	raw_put(&way.raw, 48, 0, 8);
	assert_int_equal(decode_way(&way), 1);
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		assert_absent(detail_of(way.event, places[i]));
	assert_absent(detail_of(way.event, "error_type"));
	assert_absent(detail_of(way.event, "error_type_text"));
	assert_absent(detail_of(way.event, "fru_id"));
	assert_int_equal(way.event->address_kind, ADDRESS_NONE);
	assert_string_equal(words_of(way.event), "memory error, DIMM_B2");
	raw_put(&way.raw, 16, 0x1000, 8);
	assert_int_equal(decode_way(&way), 1);
	assert_int_equal(way.event->address, 0x1000);
	assert_int_equal(way.event->address_mask, 0);
	/* its severities are CPER's, not those of GHES */
	raw_put(&way.raw, 13, 1, 1);
	assert_int_equal(decode_way(&way), 1);
	assert_int_equal(way.event->severity, SEVERITY_FATAL);
	end(&way);
}

/* Each valid bit alone brings its place and no other. */
static void extlog_valid_bits(void **state)
{
	static const struct {
		unsigned int bit;
		const char *name;
		uint64_t number;
	} bits[] = {
		{ 3, "node", 0x101 },
		{ 4, "card", 0x102 },
		{ 5, "module", 0x103 },
		{ 6, "bank", 0x104 },
		{ 7, "device", 0x105 },
		{ 8, "row", 0x106 },
		{ 9, "column", 0x107 },
		{ 10, "bit_position", 0x108 },
		{ 11, "requestor_id", 0x1122334455667788 },
		{ 12, "responder_id", 0x2233445566778899 },
		{ 13, "target_id", 0xfedcba9876543210 },
		{ 15, "rank", 3 },
		{ 16, "array_handle", 0x10 },
		{ 17, "device_handle", 0x11 },
		{ 19, "bank_group", 1 },
		{ 20, "bank_address", 4 },
		{ 21, "chip_id", 5 },
	};
	struct way way;

	(void)state;
	begin(&way, &format_extlog);
	for (size_t i = 0; i < ARRAY_SIZE(bits); i++) {
		raw_put(&way.raw, 48, 1ULL << bits[i].bit, 8);
		assert_int_equal(decode_way(&way), 1);
		for (size_t k = 0; k < ARRAY_SIZE(bits); k++)
			if (k == i)
				assert_number(detail_of(way.event, bits[k].name),
					      bits[k].number);
			else
				assert_absent(detail_of(way.event, bits[k].name));
	}
	end(&way);
}

/* Old kernels lack the last byte; less than that is nothing to go by. */
static void extlog_of_another_size(void **state)
{
	static const char *const sizes[] = { "size:54", "size:40" };
	const char *size = strstr(format_extlog.text, "size:55");

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct format other = format_extlog;
		struct way way;
		char *text = NULL;

		assert_true(asprintf(&text, "%.*s%s%s", (int)(size - other.text),
				     other.text, sizes[i], size + 7) > 0);
		other.text = text;
		begin(&way, &other);
		assert_int_equal(decode_way(&way), 1);
		assert_absent(detail_of(way.event, "chip_id"));
		if (i == 0) {
			assert_number(detail_of(way.event, "row"), 0x106);
			assert_absent(detail_of(way.event, "incomplete"));
		} else {
			assert_absent(detail_of(way.event, "row"));
			assert_number(detail_of(way.event, "incomplete"), 1);
		}
		end(&way);
		free(text);
	}
}

/* --- machine checks --- */

#define MCE_STATUS_AT 24
#define MCE_MISC_AT   40
#define MCE_VENDOR_AT 114

static void mce_codes_in_words(void **state)
{
	static const struct {
		uint16_t code;
		enum component component;
		const char *words;
	} cases[] = {
		{ 0x0000, COMPONENT_CPU, "no error" },
		{ 0x0001, COMPONENT_CPU, "unclassified error" },
		{ 0x0002, COMPONENT_CPU, "microcode ROM parity error" },
		{ 0x0003, COMPONENT_CPU, "error told by another processor" },
		{ 0x0004, COMPONENT_CPU, "functional redundancy check error" },
		{ 0x0005, COMPONENT_CPU, "internal parity error" },
		{ 0x0006, COMPONENT_CPU, "SMM handler code access violation" },
		{ 0x0400, COMPONENT_CPU, "internal timer error" },
		{ 0x0e0b, COMPONENT_BUS, "I/O error" },
		{ 0x0405, COMPONENT_CPU, "internal error 0x5" },
		{ 0x000c, COMPONENT_CACHE, "cache error, L0" },
		{ 0x000e, COMPONENT_CACHE, "cache error, L2" },
		{ 0x0010, COMPONENT_TLB, "TLB error: instruction, L0" },
		{ 0x0019, COMPONENT_TLB, "TLB error: generic, L1" },
		{ 0x1015, COMPONENT_TLB,
		  "TLB error: data, L1, reported less often than it happens" },
		{ 0x0134, COMPONENT_CACHE, "cache error: data data read, L0" },
		{ 0x017a, COMPONENT_CACHE, "cache error: generic eviction, L2" },
		{ 0x1189, COMPONENT_CACHE,
		  "cache error: generic snoop, L1, reported less often than it happens" },
		{ 0x01f0, COMPONENT_CACHE, "cache error: instruction request 15, L0" },
		{ 0x0080, COMPONENT_MEMORY,
		  "memory controller error: access on channel 0" },
		{ 0x009f, COMPONENT_MEMORY, "memory controller error: read" },
		{ 0x00c3, COMPONENT_MEMORY,
		  "memory controller error: scrub on channel 3" },
		{ 0x00df, COMPONENT_MEMORY, "memory controller error: request 5" },
		{ 0x02a1, COMPONENT_MEMORY,
		  "error of memory that serves as a cache: write on channel 1" },
		{ 0x0813, COMPONENT_BUS,
		  "bus or interconnect error: read of memory, as its source, any level" },
		{ 0x0f0d, COMPONENT_BUS,
		  "bus or interconnect error: access of other, generic, L1, timed out" },
		{ 0x2000, COMPONENT_CPU, "error code 0x2000" },
		{ 0x0007, COMPONENT_CPU, "error code 0x7" },
		{ 0xffff, COMPONENT_CPU, "error code 0xffff" },
	};
	struct way way;

	(void)state;
	begin(&way, &format_mce_6_12);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		print_message("# %#x\n", cases[i].code);
		raw_put(&way.raw, MCE_STATUS_AT, cases[i].code, 2);
		assert_int_equal(decode_way(&way), 1);
		assert_text(detail_of(way.event, "mca_code_text"), cases[i].words);
		assert_int_equal(way.event->component, cases[i].component);
	}
	end(&way);
}

static void mce_flags(void **state)
{
	static const struct {
		unsigned int bit;
		const char *name;
	} bits[] = {
		{ 63, "valid" },	   { 62, "overflow" },
		{ 61, "uncorrected" },	   { 60, "enabled" },
		{ 59, "misc_valid" },	   { 58, "address_valid" },
		{ 57, "context_corrupt" }, { 56, "signaled" },
		{ 55, "action_required" },
	};
	struct way way;

	(void)state;
	begin(&way, &format_mce_6_12);
	raw_put(&way.raw, 8, 0xf000c14, 8);
	for (size_t i = 0; i < ARRAY_SIZE(bits); i++) {
		raw_put(&way.raw, MCE_STATUS_AT, 1ULL << bits[i].bit, 8);
		raw_put(&way.raw, 8, 1ULL << 24, 8);
		assert_int_equal(decode_way(&way), 1);
		for (size_t k = 0; k < ARRAY_SIZE(bits); k++)
			assert_number(detail_of(way.event, bits[k].name), k == i);
	}
	end(&way);
}

static void mce_severities(void **state)
{
	static const struct {
		uint8_t vendor;
		uint64_t status;
		enum severity severity;
	} cases[] = {
		{ 0, 1ULL << 63, SEVERITY_CORRECTED },
		{ 0, 1ULL << 63 | 1ULL << 61, SEVERITY_UNCORRECTED },
		{ 0, 1ULL << 63 | 1ULL << 61 | 1ULL << 57, SEVERITY_FATAL },
		{ 0, 1ULL << 61, SEVERITY_UNKNOWN },
		{ 0, 1ULL << 63 | 1ULL << 44, SEVERITY_CORRECTED }, /* a count */
		{ 2, 1ULL << 63 | 1ULL << 44, SEVERITY_DEFERRED },
		{ 9, 1ULL << 63 | 1ULL << 44, SEVERITY_DEFERRED },
		{ 2, 1ULL << 63 | 1ULL << 61 | 1ULL << 44, SEVERITY_UNCORRECTED },
		{ 99, 1ULL << 63 | 1ULL << 44, SEVERITY_CORRECTED },
	};
	struct way way;

	(void)state;
	begin(&way, &format_mce_6_12);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		raw_put(&way.raw, MCE_VENDOR_AT, cases[i].vendor, 1);
		raw_put(&way.raw, MCE_STATUS_AT, cases[i].status, 8);
		assert_int_equal(decode_way(&way), 1);
		assert_int_equal(way.event->severity, cases[i].severity);
	}
	assert_absent(detail_of(way.event, "vendor_text"));
	end(&way);
}

static void mce_addresses(void **state)
{
	struct way way;

	(void)state;
	begin(&way, &format_mce_6_12);
	assert_int_equal(decode_way(&way), 1);
	assert_int_equal(way.event->address_kind, ADDRESS_PHYSICAL);
	assert_int_equal(way.event->address, 0x1812345680);
	assert_int_equal(way.event->address_mask, ~0x3fULL);
	assert_int_equal(way.event->cpu, 5);
	assert_int_equal(way.event->count, 4);
	/* bits below the lowest that is known are none */
	raw_put(&way.raw, MCE_MISC_AT, 0x8c, 8);
	assert_int_equal(decode_way(&way), 1);
	assert_int_equal(way.event->address, 0x1812345000);
	/* a linear address is no physical one */
	raw_put(&way.raw, MCE_MISC_AT, 0x46, 8);
	assert_int_equal(decode_way(&way), 1);
	assert_int_equal(way.event->address_kind, ADDRESS_NONE);
	assert_text(detail_of(way.event, "address_mode"), "linear");
	assert_number(detail_of(way.event, "addr"), 0x1812345680);
	/* neither is one of which nobody says what it is */
	raw_put(&way.raw, MCE_STATUS_AT, 0x8400010000010092, 8);
	assert_int_equal(decode_way(&way), 1);
	assert_int_equal(way.event->address_kind, ADDRESS_NONE);
	assert_absent(detail_of(way.event, "misc"));
	raw_put(&way.raw, MCE_STATUS_AT, 0x8800010000010092, 8);
	raw_put(&way.raw, MCE_MISC_AT, 0x86, 8);
	assert_int_equal(decode_way(&way), 1);
	assert_int_equal(way.event->address_kind, ADDRESS_NONE);
	assert_absent(detail_of(way.event, "addr"));
	end(&way);
}

static void mce_counts_and_thresholds(void **state)
{
	static const char *const states[] = { NULL, "green", "yellow", "reserved" };
	struct way way;

	(void)state;
	begin(&way, &format_mce_6_12);
	for (uint64_t i = 0; i < ARRAY_SIZE(states); i++) {
		raw_put(&way.raw, MCE_STATUS_AT, 1ULL << 63 | i << 53 | 0x7fffULL << 38,
			8);
		assert_int_equal(decode_way(&way), 1);
		assert_number(detail_of(way.event, "corrected_count"), 0x7fff);
		assert_int_equal(way.event->count, 0x7fff);
		if (states[i])
			assert_text(detail_of(way.event, "threshold_state"), states[i]);
		else
			assert_absent(detail_of(way.event, "threshold_state"));
	}
	/* without the capability these bits are something else */
	raw_put(&way.raw, 8, 0x14, 8);
	assert_int_equal(decode_way(&way), 1);
	assert_absent(detail_of(way.event, "corrected_count"));
	assert_absent(detail_of(way.event, "threshold_state"));
	assert_absent(detail_of(way.event, "signaled"));
	assert_int_equal(way.event->count, 1);
	end(&way);
}

static void mce_of_amd(void **state)
{
	static const struct {
		unsigned int bit;
		const char *name;
	} bits[] = {
		{ 55, "task_context_corrupt" },
		{ 44, "deferred" },
		{ 43, "poison" },
		{ 40, "found_by_scrubbing" },
	};
	struct way way;

	(void)state;
	begin(&way, &format_mce);
	for (size_t i = 0; i < ARRAY_SIZE(bits); i++) {
		raw_put(&way.raw, MCE_STATUS_AT, 1ULL << bits[i].bit | 0x3f0000, 8);
		assert_int_equal(decode_way(&way), 1);
		for (size_t k = 0; k < ARRAY_SIZE(bits); k++)
			assert_number(detail_of(way.event, bits[k].name), k == i);
		assert_number(detail_of(way.event, "model_code"), 0x3f);
		assert_absent(detail_of(way.event, "synd"));
	}
	/* another unit's bank */
	raw_put(&way.raw, 56, 0xb000000000, 8);
	raw_put(&way.raw, MCE_STATUS_AT, 0x011b, 2);
	assert_int_equal(decode_way(&way), 1);
	assert_absent(detail_of(way.event, "hardware_unit"));
	assert_int_equal(way.event->component, COMPONENT_CACHE);
	end(&way);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_field_arrives),
		cmocka_unit_test(records_are_cut),
		cmocka_unit_test(unknown_numbers_stay_numbers),
		cmocka_unit_test(hotplug_that_is_good),
		cmocka_unit_test(a_reporter_that_is_well),
		cmocka_unit_test(oom_names_its_victim),
		cmocka_unit_test(nvme_without_a_disk),
		cmocka_unit_test(nvme_notices_are_no_errors),
		cmocka_unit_test(scsi_sense_says_how_bad),
		cmocka_unit_test(extlog_places_that_are_not_valid),
		cmocka_unit_test(extlog_valid_bits),
		cmocka_unit_test(extlog_of_another_size),
		cmocka_unit_test(mce_codes_in_words),
		cmocka_unit_test(mce_flags),
		cmocka_unit_test(mce_severities),
		cmocka_unit_test(mce_addresses),
		cmocka_unit_test(mce_counts_and_thresholds),
		cmocka_unit_test(mce_of_amd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
