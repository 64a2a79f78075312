// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * mce_record: an x86 processor's machine check bank had something
 * (include/trace/events/mce.h): the registers as they were. Bits of MCi_STATUS are
 * architectural (Intel SDM volume 3, AMD APM volume 2); those that the two vendors use
 * differently go by the vendor. A model's own code is shown as a number.
 *
 * An address is a physical one only where the processor says so in MCi_MISC (Intel and
 * who follows it); AMD's memory controllers give one that is their own.
 */

#include "event/handler.h"

#include <inttypes.h>

#include "handlers/mca.h"

#define STATUS_VALID	   (1ULL << 63)
#define STATUS_OVERFLOW	   (1ULL << 62)
#define STATUS_UNCORRECTED (1ULL << 61)
#define STATUS_ENABLED	   (1ULL << 60)
#define STATUS_MISC_VALID  (1ULL << 59)
#define STATUS_ADDR_VALID  (1ULL << 58)
#define STATUS_CORRUPT	   (1ULL << 57) /* processor context */

/* Intel, with recovery (MCG_SER_P), corrected counts (MCG_CMCI_P), states (MCG_TES_P). */
#define STATUS_SIGNALED	    (1ULL << 56)
#define STATUS_ACTION	    (1ULL << 55)
#define CAP_COUNTS	    (1ULL << 10)
#define CAP_THRESHOLD_STATE (1ULL << 11)
#define CAP_RECOVERY	    (1ULL << 24)

/* AMD. */
#define STATUS_TASK_CORRUPT (1ULL << 55)
#define STATUS_SYND_VALID   (1ULL << 53)
#define STATUS_DEFERRED	    (1ULL << 44)
#define STATUS_POISON	    (1ULL << 43)
#define STATUS_SCRUB	    (1ULL << 40)

#define MISC_MODE_PHYSICAL 2

enum {
	STATUS,
	ADDR,
	MISC,
	MCGCAP,
	MCGSTATUS,
	SYND,
	IPID,
	IP,
	TSC,
	PPIN,
	WALLTIME,
	CPU,
	CPUID,
	APICID,
	SOCKET,
	CS,
	BANK,
	CPUVENDOR,
	VENDOR_TEXT,
	UNIT_TEXT,
	MICROCODE,
	V_DATA,
	VALID,
	OVERFLOW,
	UNCORRECTED,
	ENABLED,
	MISC_VALID,
	ADDR_VALID,
	CORRUPT,
	SIGNALED,
	ACTION,
	TASK_CORRUPT,
	DEFERRED,
	POISON,
	SCRUB,
	CODE,
	CODE_TEXT,
	MODEL_CODE,
	CORRECTED_COUNT,
	THRESHOLD,
	ADDRESS_MODE,
	ADDRESS_LSB,
	FIELDS
};

#define KERNEL(name_, kind_)                                  \
	{                                                     \
		.name = name_, .kernel = name_, .kind = kind_ \
	}
#define OPTIONAL(name_, kind_)                                                  \
	{                                                                       \
		.name = name_, .kernel = name_, .kind = kind_, .optional = true \
	}

static const struct field fields[FIELDS] = {
	[STATUS] = KERNEL("status", FIELD_HEX),
	[ADDR] = KERNEL("addr", FIELD_HEX),
	[MISC] = KERNEL("misc", FIELD_HEX),
	[MCGCAP] = KERNEL("mcgcap", FIELD_HEX),
	[MCGSTATUS] = KERNEL("mcgstatus", FIELD_HEX),
	[SYND] = OPTIONAL("synd", FIELD_HEX),
	[IPID] = OPTIONAL("ipid", FIELD_HEX),
	[IP] = KERNEL("ip", FIELD_HEX),
	[TSC] = KERNEL("tsc", FIELD_HEX),
	[PPIN] = OPTIONAL("ppin", FIELD_HEX),
	[WALLTIME] = KERNEL("walltime", FIELD_UINT),
	[CPU] = { .name = "mce_cpu", .kernel = "cpu", .kind = FIELD_UINT },
	[CPUID] = KERNEL("cpuid", FIELD_HEX),
	[APICID] = KERNEL("apicid", FIELD_HEX),
	[SOCKET] = { .name = "socket", .kernel = "socketid", .kind = FIELD_UINT },
	[CS] = KERNEL("cs", FIELD_HEX),
	[BANK] = KERNEL("bank", FIELD_UINT),
	[CPUVENDOR] = { .name = "vendor", .kernel = "cpuvendor", .kind = FIELD_UINT },
	[VENDOR_TEXT] = { .name = "vendor_text", .kind = FIELD_TEXT },
	[UNIT_TEXT] = { .name = "hardware_unit", .kind = FIELD_TEXT },
	[MICROCODE] = OPTIONAL("microcode", FIELD_HEX),
	[V_DATA] = { .name = "vendor_data",
		     .kernel = "v_data",
		     .kind = FIELD_BYTES,
		     .optional = true },
	[VALID] = { .name = "valid", .kind = FIELD_FLAG },
	[OVERFLOW] = { .name = "overflow", .kind = FIELD_FLAG },
	[UNCORRECTED] = { .name = "uncorrected", .kind = FIELD_FLAG },
	[ENABLED] = { .name = "enabled", .kind = FIELD_FLAG },
	[MISC_VALID] = { .name = "misc_valid", .kind = FIELD_FLAG },
	[ADDR_VALID] = { .name = "address_valid", .kind = FIELD_FLAG },
	[CORRUPT] = { .name = "context_corrupt", .kind = FIELD_FLAG },
	[SIGNALED] = { .name = "signaled", .kind = FIELD_FLAG },
	[ACTION] = { .name = "action_required", .kind = FIELD_FLAG },
	[TASK_CORRUPT] = { .name = "task_context_corrupt", .kind = FIELD_FLAG },
	[DEFERRED] = { .name = "deferred", .kind = FIELD_FLAG },
	[POISON] = { .name = "poison", .kind = FIELD_FLAG },
	[SCRUB] = { .name = "found_by_scrubbing", .kind = FIELD_FLAG },
	[CODE] = { .name = "mca_code", .kind = FIELD_HEX },
	[CODE_TEXT] = { .name = "mca_code_text", .kind = FIELD_TEXT },
	[MODEL_CODE] = { .name = "model_code", .kind = FIELD_HEX },
	[CORRECTED_COUNT] = { .name = "corrected_count", .kind = FIELD_UINT },
	[THRESHOLD] = { .name = "threshold_state", .kind = FIELD_TEXT },
	[ADDRESS_MODE] = { .name = "address_mode", .kind = FIELD_TEXT },
	[ADDRESS_LSB] = { .name = "address_lsb", .kind = FIELD_UINT },
};

/* X86_VENDOR_... of arch/x86/include/asm/processor.h; `family` says whose bits it has. */
enum family { NO_FAMILY, INTEL, AMD };

static const struct {
	const char *name;
	enum family family;
} vendors[] = {
	[0] = { "Intel", INTEL },    [1] = { "Cyrix", NO_FAMILY },
	[2] = { "AMD", AMD },	     [3] = { "UMC", NO_FAMILY },
	[5] = { "Centaur", INTEL },  [7] = { "Transmeta", NO_FAMILY },
	[8] = { "NSC", NO_FAMILY },  [9] = { "Hygon", AMD },
	[10] = { "Zhaoxin", INTEL }, [11] = { "Vortex", NO_FAMILY },
};

static enum family family_of(uint64_t vendor)
{
	return vendor < ARRAY_SIZE(vendors) ? vendors[vendor].family : NO_FAMILY;
}

static struct value flag(uint64_t status, uint64_t bit)
{
	return value_int(status & bit ? 1 : 0);
}

static void fill_architectural(struct value *detail, uint64_t status)
{
	detail[VALID] = flag(status, STATUS_VALID);
	detail[OVERFLOW] = flag(status, STATUS_OVERFLOW);
	detail[UNCORRECTED] = flag(status, STATUS_UNCORRECTED);
	detail[ENABLED] = flag(status, STATUS_ENABLED);
	detail[MISC_VALID] = flag(status, STATUS_MISC_VALID);
	detail[ADDR_VALID] = flag(status, STATUS_ADDR_VALID);
	detail[CORRUPT] = flag(status, STATUS_CORRUPT);
	detail[CODE] = value_uint(status & 0xffff);
	detail[MODEL_CODE] = value_uint(status >> 16 & 0xffff);
}

static void fill_address_form(struct value *detail, uint64_t misc)
{
	static const char *const modes[8] = { "segment offset", "linear", "physical",
					      "memory", [7] = "generic" };

	detail[ADDRESS_LSB] = value_uint(misc & 0x3f);
	detail[ADDRESS_MODE] = value_text(modes[misc >> 6 & 7]);
}

static void fill_intel(struct value *detail, uint64_t status)
{
	static const char *const states[] = { NULL, "green", "yellow", "reserved" };
	uint64_t cap = value_as_uint(&detail[MCGCAP]);
	uint64_t misc = value_as_uint(&detail[MISC]);

	if (cap & CAP_RECOVERY) {
		detail[SIGNALED] = flag(status, STATUS_SIGNALED);
		detail[ACTION] = flag(status, STATUS_ACTION);
		if (status & STATUS_MISC_VALID)
			fill_address_form(detail, misc);
	}
	if (cap & CAP_COUNTS)
		detail[CORRECTED_COUNT] = value_uint(status >> 38 & 0x7fff);
	if (cap & CAP_THRESHOLD_STATE && !(status & STATUS_UNCORRECTED))
		detail[THRESHOLD] = value_text(states[status >> 53 & 3]);
}

/* Which unit a bank is of: HWID and McaType of MCA_IPID. Its codes alone do not say. */
static const char *amd_unit(uint64_t ipid)
{
	bool is_umc = (ipid >> 32 & 0xfff) == 0x96 && ipid >> 48 <= 1;

	return is_umc ? "memory controller" : NULL;
}

static void fill_amd(struct value *detail, uint64_t status)
{
	detail[TASK_CORRUPT] = flag(status, STATUS_TASK_CORRUPT);
	detail[DEFERRED] = flag(status, STATUS_DEFERRED);
	detail[POISON] = flag(status, STATUS_POISON);
	detail[SCRUB] = flag(status, STATUS_SCRUB);
	/* bits 21:16 are its extended code, 31:22 something else */
	detail[MODEL_CODE] = value_uint(status >> 16 & 0x3f);
	detail[UNIT_TEXT] = value_text(amd_unit(value_as_uint(&detail[IPID])));
	if (!(status & STATUS_SYND_VALID))
		detail[SYND] = (struct value){ .kind = VALUE_NONE };
}

static enum severity severity_of(const struct value *detail, uint64_t status)
{
	if (!(status & STATUS_VALID))
		return SEVERITY_UNKNOWN;
	if (status & STATUS_UNCORRECTED)
		return status & STATUS_CORRUPT ? SEVERITY_FATAL : SEVERITY_UNCORRECTED;
	return value_as_uint(&detail[DEFERRED]) ? SEVERITY_DEFERRED : SEVERITY_CORRECTED;
}

/* Registers that the processor says are not valid are not shown as if they were. */
static void take_address(struct event *event, uint64_t status)
{
	struct value *detail = event->detail;
	uint64_t lsb = value_as_uint(&detail[ADDRESS_LSB]);
	bool physical = detail[ADDRESS_MODE].kind == VALUE_TEXT &&
			(value_as_uint(&detail[MISC]) >> 6 & 7) == MISC_MODE_PHYSICAL;

	if (physical && status & STATUS_ADDR_VALID) {
		event->address_mask = ~0ULL << lsb;
		event_set_address(event, ADDRESS_PHYSICAL,
				  value_as_uint(&detail[ADDR]) & event->address_mask);
	}
	if (!(status & STATUS_ADDR_VALID))
		detail[ADDR] = (struct value){ .kind = VALUE_NONE };
	if (!(status & STATUS_MISC_VALID))
		detail[MISC] = (struct value){ .kind = VALUE_NONE };
}

static int decode(const struct record *record, struct event *event)
{
	struct value *detail = event->detail;
	uint64_t status = value_as_uint(&detail[STATUS]);
	uint64_t vendor = value_as_uint(&detail[CPUVENDOR]);
	char words[EVENT_TEXT_BYTES] = "";
	struct text text = TEXT_IN(words);

	fill_architectural(detail, status);
	if (vendor < ARRAY_SIZE(vendors))
		detail[VENDOR_TEXT] = value_text(vendors[vendor].name);
	if (family_of(vendor) == INTEL)
		fill_intel(detail, status);
	else if (family_of(vendor) == AMD)
		fill_amd(detail, status);
	mca_add_words((uint16_t)status, &text);
	detail[CODE_TEXT] = value_format(record->arena, "%s", words);
	event->severity = severity_of(detail, status);
	event->component = detail[UNIT_TEXT].kind == VALUE_TEXT ?
				   COMPONENT_MEMORY :
				   mca_component((uint16_t)status);
	event->cpu = (int32_t)detail[CPU].i;
	if (event->severity == SEVERITY_CORRECTED && detail[CORRECTED_COUNT].i > 1)
		event->count = (uint32_t)detail[CORRECTED_COUNT].i;
	take_address(event, status);
	return 1;
}

static void describe(const struct event *event, struct text *out)
{
	static const struct {
		unsigned int field;
		const char *name;
	} flags[] = {
		{ OVERFLOW, "others were lost" },
		{ CORRUPT, "processor context corrupt" },
		{ ACTION, "action required" },
		{ DEFERRED, "deferred" },
		{ POISON, "poison consumed" },
		{ SCRUB, "found by scrubbing" },
	};
	const struct value *detail = event->detail;

	if (detail[UNIT_TEXT].kind == VALUE_TEXT) {
		text_add_value(out, &detail[UNIT_TEXT]);
		text_add(out, ": ");
	}
	text_add_value(out, &detail[CODE_TEXT]);
	text_add(out, ", bank %" PRIu64 " of CPU %" PRIu64 ", socket %" PRIu64,
		 value_as_uint(&detail[BANK]), value_as_uint(&detail[CPU]),
		 value_as_uint(&detail[SOCKET]));
	text_add(out, ", %s", severity_name(event->severity));
	if (event->address_kind)
		text_add(out, " at %#" PRIx64, event->address);
	else if (detail[ADDR].kind == VALUE_INT)
		text_add(out, ", address %#" PRIx64 " as the bank has it",
			 value_as_uint(&detail[ADDR]));
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		if (value_as_uint(&detail[flags[i].field]))
			text_add(out, ", %s", flags[i].name);
	if (detail[THRESHOLD].kind == VALUE_TEXT) {
		text_add(out, ", threshold ");
		text_add_value(out, &detail[THRESHOLD]);
	}
}

static const struct event_type type = {
	.name = "mce",
	.table = "mce",
	.fields = fields,
	.n_fields = FIELDS,
	.describe = describe,
};

const struct handler handler_mce = {
	.type = &type,
	.tracepoints = { { "mce:mce_record" } },
	.ring = RING_HARDWARE,
	.decode = decode,
};
