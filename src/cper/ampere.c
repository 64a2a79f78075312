// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Altra: a head of four bytes and 44 of payload. Its first layout, and what the numbers
 * mean, are in the kernel's Documentation/ABI/testing/
 * sysfs-bus-platform-devices-ampere-smpro, whose example also shows that the two high
 * bits of the type say which layout it is. The other layouts are those of Ampere's
 * decoder in rasdaemon, and so is all of AmpereOne's form.
 */

#include "cper/ampere.h"

#include <errno.h>
#include <string.h>

#include "cper/arm_ras.h"
#include "util/bytes.h"
#include "util/text.h"

/* MIDR_EL1: implementer 31:24, part 15:4 (arch/arm64/include/asm/cputype.h). Altra's
 * cores are Arm's Neoverse N1, which other vendors have, too: their bytes cannot be told
 * from Ampere's, so they are nobody's here. */
#define MIDR_IMPLEMENTER_AMPERE 0xc0
#define MIDR_PART_AMPERE_ONE	0xac3

#define ALTRA_HEAD_BYTES 4
#define ONE_HEAD_BYTES	 8
#define ALTRA_STATUS_AT	 4
#define ONE_STATUS_AT	 24

const struct field ampere_row_fields[AMPERE_ROW_FIELDS] = {
	[AMPERE_ROW_NAME] = { .name = "name", .kind = FIELD_TEXT },
	[AMPERE_ROW_VALUE] = { .name = "value", .kind = FIELD_HEX },
	[AMPERE_ROW_TEXT] = { .name = "text", .kind = FIELD_TEXT },
};

/* --- what failed --- */

/* A subtype with a name of its own. */
struct word {
	unsigned int number;
	const char *name;
};

#define WORDS_MAX 14

struct part {
	const char *name;
	enum component component; /* COMPONENT_UNKNOWN: the platform */
	const char *numbered;	  /* the first n subtypes are this with their number */
	unsigned int n;
	struct word words[WORDS_MAX];
};

static const struct part altra_parts[] = {
	[0] = { "CPM", COMPONENT_CPU,
		.words = { { 0, "snoop logic" },
			   { 1, "Armv8 core 0" },
			   { 2, "Armv8 core 1" } } },
	[1] = { "MCU", COMPONENT_MEMORY, "ERR", 7, { { 7, "link error" } } },
	[2] = { "mesh", .words = { { 0, "cross point" },
				   { 1, "home node (IO)" },
				   { 2, "home node (memory)" },
				   { 4, "CCIX node" } } },
	[3] = { "2P link (Altra)" },
	[4] = { "2P link (Altra Max)", COMPONENT_UNKNOWN, "ERR", 4 },
	[5] = { "GIC", COMPONENT_UNKNOWN, "ERR", 22 },
	[6] = { "SMMU", COMPONENT_UNKNOWN, "TBU", 10, { { 100, "TCU" } } },
	[7] = { "PCIe AER", COMPONENT_PCIE,
		.words = { { 0, "root port" }, { 1, "device" } } },
	[8] = { "PCIe root complex", COMPONENT_PCIE,
		.words = { { 0, "RCA HB" }, { 1, "RCB HB" }, { 8, "RASDP" } } },
	[9] = { "OCM", COMPONENT_UNKNOWN, "ERR", 3 },
	[10] = { "SMpro", COMPONENT_UNKNOWN, "ERR", 2, { { 2, "MPA_ERR" } } },
	[11] = { "PMpro", COMPONENT_UNKNOWN, "ERR", 2, { { 2, "MPA_ERR" } } },
	[12] = { "ATF firmware",
		 .words = { { 0, "EL3" }, { 1, "SPM" }, { 2, "secure partition" } } },
	[13] = { "SMpro firmware", .words = { { 0, "RAS_MSG_ERR" } } },
	[14] = { "PMpro firmware", .words = { { 0, "RAS_MSG_ERR" } } },
	[63] = { "BERT", .words = { { 0, "default" },
				    { 1, "watchdog" },
				    { 2, "ATF fatal" },
				    { 3, "SMpro fatal" },
				    { 4, "PMpro fatal" } } },
};

static const struct part one_parts[] = {
	[0] = { "PE", COMPONENT_CPU,
		.words = { { 0, "L2C (CE/DE)" },
			   { 1, "L2C (UER/UC)" },
			   { 2, "MMU DTLB (CE)" },
			   { 3, "MMU DTLB (UER)" },
			   { 4, "MMU ITLB (CE)" },
			   { 5, "MMU ITLB (UER)" },
			   { 6, "LSU (CE)" },
			   { 7, "LSU (UC)" },
			   { 8, "ICF (CE)" },
			   { 9, "ICF (UC)" },
			   { 11, "IXU (UC)" },
			   { 13, "FSU (UC)" } } },
	[1] = { "MCU", COMPONENT_MEMORY,
		.words = { { 0, "ECC (CE)" },
			   { 1, "ECC RMW (CE)" },
			   { 2, "ECC (UE)" },
			   { 3, "ECC RMW (UE)" },
			   { 4, "CHI request" },
			   { 5, "CHI unauthorized" },
			   { 6, "CHI write data" },
			   { 7, "CHI write corrupted" },
			   { 8, "CHI write parity" },
			   { 9, "parity" },
			   { 10, "scrub ECC (CE)" },
			   { 11, "CHI out of range" },
			   { 12, "SRAM" } } },
	[2] = { "CMN", .words = { { 0, "cross point" },
				  { 1, "home node (IO)" },
				  { 2, "home node (memory)" },
				  { 3, "CCIX node" } } },
	[3] = { "2P link AER", COMPONENT_UNKNOWN, "ERR", 1 },
	[4] = { "2P link ALI", COMPONENT_UNKNOWN, "ERR", 4 },
	[5] = { "GIC", COMPONENT_UNKNOWN, "ERR", 35 },
	[6] = { "SMMU", .words = { { 0, "TCU" }, { 1, "TBU0_RD" }, { 2, "TBU1_WR" } } },
	[7] = { "PCIe AER", COMPONENT_PCIE,
		.words = { { 0, "root port" }, { 1, "device" } } },
	[8] = { "PCIe host bridge", COMPONENT_PCIE, "ERR", 1 },
	[9] = { "PCIe RASDP", COMPONENT_PCIE, "ERR", 1 },
	[10] = { "OCM", COMPONENT_UNKNOWN, "ERR", 3 },
	[11] = { "Mpro", COMPONENT_UNKNOWN, "ERR", 6 },
	[12] = { "SECpro", COMPONENT_UNKNOWN, "ERR", 4 },
	[13] = { "internal SoC error" },
	[14] = { "Mpro firmware" },
	[15] = { "SECpro firmware" },
	[31] = { "BERT" },
};

/* --- payloads --- */

#define U32(name_, at_)                        \
	{                                      \
		name_, .at = (at_), .width = 4 \
	}
#define U48(name_, at_)                        \
	{                                      \
		name_, .at = (at_), .width = 6 \
	}
#define U64(name_, at_)                        \
	{                                      \
		name_, .at = (at_), .width = 8 \
	}

static const struct layout_register altra_arm[] = {
	U32("ERR_STATUS", ALTRA_STATUS_AT),
	U64("ERR_ADDR", 8),
	U64("ERR_MISC0", 16),
	U64("ERR_MISC1", 24),
	U64("ERR_MISC2", 32),
	U64("ERR_MISC3", 40),
};
static const struct layout_register altra_aer[] = {
	U32("AER_UNCORR_ERR_STATUS", 4),
	U32("AER_UNCORR_ERR_MASK", 8),
	U32("AER_UNCORR_ERR_SEV", 12),
	U32("AER_CORR_ERR_STATUS", 16),
	U32("AER_CORR_ERR_MASK", 20),
	U32("AER_ROOT_ERR_CMD", 24),
	U32("AER_ROOT_ERR_STATUS", 28),
	U32("AER_ERR_SRC_ID", 32),
	U32("RESERVED0", 36),
	U64("RESERVED1", 40),
};
static const struct layout_register altra_rasdp[] = {
	U32("CE_REPORT", 4),  U32("CE_LOCATION", 8),  U32("CE_ADDR", 12),
	U32("UE_REPORT", 16), U32("UE_LOCATION", 20), U32("UE_ADDR", 24),
	U32("RESERVED0", 28), U64("RESERVED1", 32),   U64("RESERVED2", 40),
};
static const struct layout_register altra_firmware[] = {
	U32("FW_DATA0", 4),  U64("FW_DATA1", 8),  U64("FW_DATA2", 16),
	U64("FW_DATA3", 24), U64("FW_DATA4", 32), U64("FW_DATA5", 40),
};

static const struct layout_register one_arm[] = {
	U64("ERR_FR", 8),     U64("ERR_CTLR", 16),  U64("ERR_STATUS", ONE_STATUS_AT),
	U64("ERR_ADDR", 32),  U64("ERR_MISC0", 40), U64("ERR_MISC1", 48),
	U64("ERR_MISC2", 56), U64("ERR_MISC3", 64),
};
#define LANE(i) U32("DBG_L1_STATUS_LANE" #i, 152 + 4 * (i))
static const struct layout_register one_pcie[] = {
	U32("AER_UE_STATUS", 8),
	U32("AER_CE_STATUS", 12),
	U64("EBUF_OVERFLOW", 16),
	U64("EBUF_UNDERRUN", 24),
	U64("DECODE_ERROR", 32),
	U64("RUNNING_DISPARITY_ERROR", 40),
	U64("SKP_OS_PARITY_ERROR_GEN3", 48),
	U64("SYNC_HEADER_ERROR", 56),
	U64("RX_VALID_DEASSERTION", 64),
	U64("CTL_SKP_OS_PARITY_ERROR_GEN4", 72),
	U64("FIRST_RETIMER_PARITY_ERROR_GEN4", 80),
	U64("SECOND_RETIMER_PARITY_ERROR_GEN4", 88),
	U64("MARGIN_CRC_AND_PARITY_ERROR_GEN4", 96),
	U48("RASDES_GROUP1_COUNTERS", 104),
	U64("RASDES_GROUP2_COUNTERS", 112),
	U64("EBUF_SKP_ADD", 120),
	U64("EBUF_SKP_DEL", 128),
	U64("RASDES_GROUP5_COUNTERS", 136),
	U48("RASDES_GROUP5_COUNTERS_CONTINUED", 144),
	LANE(0),
	LANE(1),
	LANE(2),
	LANE(3),
	LANE(4),
	LANE(5),
	LANE(6),
	LANE(7),
	LANE(8),
	LANE(9),
	LANE(10),
	LANE(11),
	LANE(12),
	LANE(13),
	LANE(14),
	LANE(15),
};
static const struct layout_register one_rasdp[] = {
	U32("CE_REPORT", 8),  U32("CE_LOCATION", 12), U32("CE_RAM_ADDR", 16),
	U32("UE_REPORT", 20), U32("UE_LOCATION", 24), U32("UE_RAM_ADDR", 28),
};
static const struct layout_register one_mcu_ecc[] = {
	U64("ECC_ADDR", 8),	U64("ECC_DATA", 16),	U32("ECC_ID", 24),
	U32("ECC_SYND", 28),	U32("ECC_MCE_CNT", 32), U32("ECC_CTLR", 36),
	U32("ECC_ERR_STS", 40), U32("ECC_ERR_CNT", 44),
};
static const struct layout_register one_mcu_chi[] = {
	U64("CHI_ADDR", 8),  U32("CHI_SRC_ID", 16), U32("CHI_TXN_ID", 20),
	U32("CHI_TYPE", 24), U32("CHI_LP_ID", 28),  U32("CHI_OPCODE", 32),
	U32("CHI_TAG", 36),  U32("CHI_MPAM", 40),   U32("RESERVED", 44),
};
/* Behind them lies a message of so many bytes. */
static const struct layout_register one_firmware[] = {
	{ "FW_DRIVER", .at = 8, .width = 1 },
	U32("FW_ERROR_CODE", 12),
	{ "FW_MESSAGE_BYTES", .at = 16, .width = 1 },
};

#define PAYLOAD(size_, least_, registers_)                                   \
	{                                                                    \
		.size = (size_), .least = (least_), .registers = registers_, \
		.n_registers = ARRAY_SIZE(registers_)                        \
	}

static const struct layout altra_payloads[] = {
	PAYLOAD(48, ALTRA_HEAD_BYTES, altra_arm),
	PAYLOAD(48, ALTRA_HEAD_BYTES, altra_aer),
	PAYLOAD(48, ALTRA_HEAD_BYTES, altra_rasdp),
	PAYLOAD(48, ALTRA_HEAD_BYTES, altra_firmware),
};

static const struct layout one_payloads[] = {
	PAYLOAD(72, ONE_HEAD_BYTES, one_arm),
	PAYLOAD(216, ONE_HEAD_BYTES, one_pcie),
	PAYLOAD(32, ONE_HEAD_BYTES, one_rasdp),
	PAYLOAD(48, ONE_HEAD_BYTES, one_mcu_ecc),
	PAYLOAD(48, ONE_HEAD_BYTES, one_mcu_chi),
	{ .size = ONE_HEAD_BYTES, .least = ONE_HEAD_BYTES }, /* BERT: the head is all */
	PAYLOAD(17, ONE_HEAD_BYTES, one_firmware),
};

/* --- heads --- */

static void parse_altra(const uint8_t *bytes, struct ampere_record *ret)
{
	unsigned int instance = load_le16(bytes + 2);

	ret->payload = bytes[0] >> 6;
	ret->type = bytes[0] & 0x3f;
	ret->subtype = bytes[1];
	ret->instance = instance & 0x3fff;
	ret->socket = instance >> 14;
	/* a CPM has two cores, subtypes 1 and 2 */
	if (ret->type == 0 && (ret->subtype == 1 || ret->subtype == 2))
		ret->core = (int)(ret->instance * 2 + ret->subtype - 1);
}

static void parse_one(const uint8_t *bytes, struct ampere_record *ret)
{
	unsigned int type = load_le16(bytes), instance = load_le32(bytes + 4);

	ret->payload = type >> 12;
	ret->type = type & 0x7ff;
	ret->subtype = load_le16(bytes + 2);
	ret->instance = instance & 0x7fff;
	ret->socket = instance >> 29 & 1;
	ret->severity = (int)(instance >> 30);
}

static const struct chip {
	const char *name;
	size_t head_bytes;
	void (*parse)(const uint8_t *bytes, struct ampere_record *ret);
	const struct part *parts;
	size_t n_parts;
	const struct layout *payloads;
	size_t n_payloads;
} chips[AMPERE_CHIP_MAX] = {
	[AMPERE_ALTRA] = { "Altra", ALTRA_HEAD_BYTES, parse_altra, altra_parts,
			   ARRAY_SIZE(altra_parts), altra_payloads,
			   ARRAY_SIZE(altra_payloads) },
	[AMPERE_ONE] = { "AmpereOne", ONE_HEAD_BYTES, parse_one, one_parts,
			 ARRAY_SIZE(one_parts), one_payloads, ARRAY_SIZE(one_payloads) },
};

static void name_subtype(const struct part *part, struct ampere_record *record)
{
	struct text name = TEXT_IN(record->subtype_name);

	if (record->subtype < part->n)
		text_add(&name, "%s%u", part->numbered, record->subtype);
	for (size_t i = 0; i < WORDS_MAX && part->words[i].name; i++)
		if (part->words[i].number == record->subtype)
			text_add(&name, "%s", part->words[i].name);
}

/* The head of a record: 0, or -EBADMSG if there is not even that. */
int ampere_parse(enum ampere_chip chip, const uint8_t *bytes, size_t len,
		 struct ampere_record *ret)
{
	const struct chip *of = &chips[chip];

	if (len < of->head_bytes)
		return -EBADMSG;
	*ret = (struct ampere_record){ .chip = chip,
				       .severity = -1,
				       .core = -1,
				       .chip_name = of->name,
				       .component = COMPONENT_PLATFORM };
	of->parse(bytes, ret);
	if (ret->payload < of->n_payloads)
		ret->layout = &of->payloads[ret->payload];
	if (ret->type >= of->n_parts || !of->parts[ret->type].name)
		return 0;
	ret->type_name = of->parts[ret->type].name;
	name_subtype(&of->parts[ret->type], ret);
	if (of->parts[ret->type].component != COMPONENT_UNKNOWN)
		ret->component = of->parts[ret->type].component;
	return 0;
}

/* The status register, where the payload is that of Arm's RAS architecture (the first of
 * either chip's): false if it is not. */
bool ampere_status(const struct ampere_record *record, struct layout_body *body,
		   uint64_t *ret)
{
	bool is_altra = record->chip == AMPERE_ALTRA;

	return record->payload == 0 &&
	       layout_read(body, is_altra ? ALTRA_STATUS_AT : ONE_STATUS_AT,
			   is_altra ? 4 : 8, ret);
}

/* --- in an ARM record --- */

static struct value *add_row(struct value *row, const char *name, uint64_t value)
{
	row[AMPERE_ROW_NAME] = value_text(name);
	row[AMPERE_ROW_VALUE] = value_uint(value);
	return row + AMPERE_ROW_FIELDS;
}

static struct value *add_head(struct value *row, const struct ampere_record *record,
			      struct arena *arena)
{
	struct value *subtype;

	row[AMPERE_ROW_TEXT] = value_text(record->type_name);
	row = subtype = add_row(row, "type", record->type);
	if (record->subtype_name[0])
		subtype[AMPERE_ROW_TEXT] = value_text(arena_copy_text(
			arena, record->subtype_name, strlen(record->subtype_name)));
	row = add_row(row, "subtype", record->subtype);
	row = add_row(row, "instance", record->instance);
	row = add_row(row, "socket", record->socket);
	return add_row(row, "severity", (uint64_t)record->severity);
}

static void set_status(uint64_t status, struct value *value, struct arena *arena)
{
	char buf[ARM_RAS_TEXT_BYTES] = "";
	struct text text = TEXT_IN(buf);

	arm_ras_add_status(status, &text);
	if (text.len)
		layout_set_text(value, &text, arena);
}

#define HEAD_ROWS 5

/*
 * What the vendor's bytes of an ARM record say, if by its MIDR it is of an AmpereOne, and
 * they are the layout that Ampere puts there: rows of `list`, else it stays empty. 0, or
 * -ENOBUFS if the arena is full.
 */
int ampere_rows_fill(uint64_t midr, const uint8_t *bytes, size_t len, size_t list,
		     struct arena *arena, struct event *event)
{
	const struct layout *layout = &one_payloads[0];
	struct layout_body body = { .bytes = bytes, .len = len };
	struct ampere_record record;
	struct value *row;

	if (bits(midr, 24, 31) != MIDR_IMPLEMENTER_AMPERE ||
	    bits(midr, 4, 15) != MIDR_PART_AMPERE_ONE || len < layout->size ||
	    ampere_parse(AMPERE_ONE, bytes, len, &record) < 0 || record.layout != layout)
		return 0;
	row = event_rows_take(event, list, HEAD_ROWS + layout->n_registers, arena);
	if (!row)
		return -ENOBUFS;
	row = add_head(row, &record, arena);
	for (size_t i = 0; i < layout->n_registers; i++) {
		const struct layout_register *reg = &layout->registers[i];
		uint64_t number = 0;

		layout_read(&body, reg->at, reg->width, &number);
		if (reg->at == ONE_STATUS_AT)
			set_status(number, &row[AMPERE_ROW_TEXT], arena);
		row = add_row(row, reg->name, number);
	}
	return 0;
}
