// SPDX-License-Identifier: LGPL-2.1-or-later

#include "unit/vendor_fixture.h"

#include <stdlib.h>
#include <string.h>

#include "unit/fixtures.h"
#include "util/macro.h"

/* As HiSilicon's OEM sections begin. */
#define HIP08_HEAD(module, module_name, submodule, submodule_name)                 \
	{ 4, 1, 1, "version" }, { 5, 1, 3, "soc_id", .valid = 1 },                 \
		{ 6, 1, 1, "socket_id", .valid = 2 },                              \
		{ 7, 1, 2, "nimbus_id", .valid = 3 }, { 8,                         \
							1,                         \
							module,                    \
							"module_id",               \
							.valid = 4,                \
							.text = module_name,       \
							.text_column = "module" }, \
		{ 9,                                                               \
		  1,                                                               \
		  submodule,                                                       \
		  "submodule_id",                                                  \
		  .valid = 5,                                                      \
		  .text = submodule_name,                                          \
		  .text_column = "submodule" },                                    \
	{                                                                          \
		10, 1, 2, "error_severity", .valid = 6, .text = "corrected",       \
					    .text_column = "error_severity_text"   \
	}

#define REG(at_, width_, name_)                                \
	{                                                      \
		.at = (at_), .width = (width_), .reg = (name_) \
	}
#define VALID_REG(at_, width_, name_, bit_)                                         \
	{                                                                           \
		.at = (at_), .width = (width_), .reg = (name_), .valid = (bit_) + 1 \
	}

static const struct place hip08_oem1[] = {
	HIP08_HEAD(1, "PLL", 9, "NIMBUS_PLL1"), VALID_REG(12, 4, "ERR_MISC0", 6),
	VALID_REG(16, 4, "ERR_MISC1", 7),	VALID_REG(20, 4, "ERR_MISC2", 8),
	VALID_REG(24, 4, "ERR_MISC3", 9),	VALID_REG(28, 4, "ERR_MISC4", 10),
	VALID_REG(32, 8, "ERR_ADDR", 11),
};

static const struct place hip08_oem2[] = {
	HIP08_HEAD(4, "DDRC", 6, "TA_DDRC2"), VALID_REG(12, 8, "ERR_FR", 6),
	VALID_REG(20, 8, "ERR_CTRL", 7),      VALID_REG(28, 8, "ERR_STATUS", 8),
	VALID_REG(36, 8, "ERR_ADDR", 9),      VALID_REG(44, 8, "ERR_MISC0", 10),
	VALID_REG(52, 8, "ERR_MISC1", 11),
};

#define MISC(i) VALID_REG(20 + 4 * (i), 4, "ERR_MISC_" #i, 9 + (i))

static const struct place hip08_pcie_local[] = {
	{ 8, 1, 1, "version", .valid = 1 },
	{ 9, 1, 3, "soc_id", .valid = 2 },
	{ 10, 1, 1, "socket_id", .valid = 3 },
	{ 11, 1, 4, "nimbus_id", .valid = 4 },
	{ 12, 1, 2, "submodule_id", .valid = 5, .text = "MAC layer",
	  .text_column = "submodule" },
	{ 13, 1, 2, "core_id", .valid = 6 },
	{ 14, 1, 5, "port_id", .valid = 7 },
	{ 15, 1, 1, "error_severity", .valid = 9, .text = "fatal",
	  .text_column = "error_severity_text" },
	{ 16, 2, 0x1234, "error_type", .valid = 8 },
	MISC(0),
	MISC(1),
	MISC(2),
	MISC(3),
	MISC(4),
	MISC(5),
	MISC(6),
	MISC(7),
	MISC(8),
	MISC(9),
	MISC(10),
	MISC(11),
	MISC(12),
	MISC(13),
	MISC(14),
	MISC(15),
	MISC(16),
	MISC(17),
	MISC(18),
	MISC(19),
	MISC(20),
	MISC(21),
	MISC(22),
	MISC(23),
	MISC(24),
	MISC(25),
	MISC(26),
	MISC(27),
	MISC(28),
	MISC(29),
	MISC(30),
	MISC(31),
	MISC(32),
};

static const struct place hisi_common[] = {
	{ 4, 1, 2, "version" },
	{ 5, 1, 1, "soc_id", .valid = 1, .text = "Kunpeng920", .text_column = "soc" },
	{ 6, 1, 1, "socket_id", .valid = 2 },
	{ 7, 1, 3, "totem_id", .valid = 3 },
	{ 8, 1, 4, "nimbus_id", .valid = 4 },
	{ 9, 1, 5, "subsystem_id", .valid = 5 },
	{ 10, 1, 21, "module_id", .valid = 6, .text = "PCIe local",
	  .text_column = "module" },
	{ 11, 1, 7, "submodule_id", .valid = 7 },
	{ 12, 1, 8, "core_id", .valid = 8 },
	{ 13, 1, 9, "port_id", .valid = 9 },
	{ 14, 2, 0xabcd, "error_type", .valid = 10 },
	{ 16, 1, 3, "pcie_function", .valid = 11 },
	{ 17, 1, 0x1f, "pcie_device", .valid = 11 },
	{ 18, 2, 0x12, "pcie_segment", .valid = 11 },
	{ 20, 1, 0x81, "pcie_bus", .valid = 11 },
	{ 24, 1, 2, "error_severity", .valid = 12, .text = "corrected",
	  .text_column = "error_severity_text" },
	{ 28, 4, 12, "register_bytes", .valid = 13 },
	VALID_REG(32, 4, "reg0", 12),
	VALID_REG(36, 4, "reg1", 12),
	VALID_REG(40, 4, "reg2", 12),
};

static const struct place hisi_ddrc[] = {
	{ 4, 1, 2, "version" },
	{ 6, 1, 1, "socket_id", .valid = 2 },
	{ 10, 1, 16, "module_id", .valid = 6, .text = "DDRC", .text_column = "module" },
};

/* type: layout 7:6, what 5:0; instance: socket 15:14, number 13:0 */
#define ALTRA_HEAD(type, type_name, subtype, subtype_name)                          \
	{ 0, 1, type, .text = type_name, .text_column = "error_type_text" },        \
	{                                                                           \
		1, 1, subtype, "error_subtype", .text = subtype_name,               \
						.text_column = "error_subtype_text" \
	}

static const struct place altra_arm[] = {
	ALTRA_HEAD(0x00, "CPM", 2, "Armv8 core 1"),
	{ 2, 2, 0x4005 }, /* CPM 5 of socket 1 */
	{ 4, 4, 0xc2000006, .reg = "ERR_STATUS",
	  .text = "corrected, nonspecific: cache data",
	  .text_column = "error_status_text" },
	REG(8, 8, "ERR_ADDR"),
	REG(16, 8, "ERR_MISC0"),
	REG(24, 8, "ERR_MISC1"),
	REG(32, 8, "ERR_MISC2"),
	REG(40, 8, "ERR_MISC3"),
};

static const struct place altra_mcu[] = {
	ALTRA_HEAD(0x01, "MCU", 1, "ERR1"),
	{ 2, 2, 0x0803, .text = "MCU 3 slot 1", .text_column = "error_instance_text" },
	REG(4, 4, "ERR_STATUS"),
	REG(8, 8, "ERR_ADDR"),
	REG(16, 8, "ERR_MISC0"),
	REG(24, 8, "ERR_MISC1"),
	REG(32, 8, "ERR_MISC2"),
	REG(40, 8, "ERR_MISC3"),
};

static const struct place altra_aer[] = {
	ALTRA_HEAD(0x47, "PCIe AER", 1, "device"),
	{ 2, 2, 0x8006 },
	REG(4, 4, "AER_UNCORR_ERR_STATUS"),
	REG(8, 4, "AER_UNCORR_ERR_MASK"),
	REG(12, 4, "AER_UNCORR_ERR_SEV"),
	REG(16, 4, "AER_CORR_ERR_STATUS"),
	REG(20, 4, "AER_CORR_ERR_MASK"),
	REG(24, 4, "AER_ROOT_ERR_CMD"),
	REG(28, 4, "AER_ROOT_ERR_STATUS"),
	REG(32, 4, "AER_ERR_SRC_ID"),
	REG(36, 4, "RESERVED0"),
	REG(40, 8, "RESERVED1"),
};

static const struct place altra_rasdp[] = {
	ALTRA_HEAD(0x88, "PCIe root complex", 8, "RASDP"),
	{ 2, 2, 7, "error_instance" },
	REG(4, 4, "CE_REPORT"),
	REG(8, 4, "CE_LOCATION"),
	REG(12, 4, "CE_ADDR"),
	REG(16, 4, "UE_REPORT"),
	REG(20, 4, "UE_LOCATION"),
	REG(24, 4, "UE_ADDR"),
	REG(28, 4, "RESERVED0"),
	REG(32, 8, "RESERVED1"),
	REG(40, 8, "RESERVED2"),
};

static const struct place altra_firmware[] = {
	ALTRA_HEAD(0xff, "BERT", 1, "watchdog"),
	{ 2, 2, 1, "error_instance" },
	REG(4, 4, "FW_DATA0"),
	REG(8, 8, "FW_DATA1"),
	REG(16, 8, "FW_DATA2"),
	REG(24, 8, "FW_DATA3"),
	REG(32, 8, "FW_DATA4"),
	REG(40, 8, "FW_DATA5"),
};

/* type: layout 15:12, what 10:0; instance: severity 31:30, socket 29, number 14:0 */
#define ONE_HEAD(type, type_text, subtype, subtype_text)                              \
	{ 0, 2, type }, { 2,                                                          \
			  2,                                                          \
			  subtype,                                                    \
			  "error_subtype",                                            \
			  .text = subtype_text,                                       \
			  .text_column = "error_subtype_text" },                      \
	{                                                                             \
		4, 4, 0xa0000007, .text = type_text, .text_column = "error_type_text" \
	}

static const struct place one_arm[] = {
	ONE_HEAD(0x0000, "PE", 2, "MMU DTLB (CE)"),
	REG(8, 8, "ERR_FR"),
	REG(16, 8, "ERR_CTLR"),
	{ 24, 8, 0xc1000008, .reg = "ERR_STATUS",
	  .text = "corrected, transient: TLB data", .text_column = "error_status_text" },
	REG(32, 8, "ERR_ADDR"),
	REG(40, 8, "ERR_MISC0"),
	REG(48, 8, "ERR_MISC1"),
	REG(56, 8, "ERR_MISC2"),
	REG(64, 8, "ERR_MISC3"),
};

#define LANE(i) REG(152 + 4 * (i), 4, "DBG_L1_STATUS_LANE" #i)

static const struct place one_pcie[] = {
	ONE_HEAD(0x1007, "PCIe AER", 1, "device"),
	REG(8, 4, "AER_UE_STATUS"),
	REG(12, 4, "AER_CE_STATUS"),
	REG(16, 8, "EBUF_OVERFLOW"),
	REG(24, 8, "EBUF_UNDERRUN"),
	REG(32, 8, "DECODE_ERROR"),
	REG(40, 8, "RUNNING_DISPARITY_ERROR"),
	REG(48, 8, "SKP_OS_PARITY_ERROR_GEN3"),
	REG(56, 8, "SYNC_HEADER_ERROR"),
	REG(64, 8, "RX_VALID_DEASSERTION"),
	REG(72, 8, "CTL_SKP_OS_PARITY_ERROR_GEN4"),
	REG(80, 8, "FIRST_RETIMER_PARITY_ERROR_GEN4"),
	REG(88, 8, "SECOND_RETIMER_PARITY_ERROR_GEN4"),
	REG(96, 8, "MARGIN_CRC_AND_PARITY_ERROR_GEN4"),
	REG(104, 6, "RASDES_GROUP1_COUNTERS"),
	REG(112, 8, "RASDES_GROUP2_COUNTERS"),
	REG(120, 8, "EBUF_SKP_ADD"),
	REG(128, 8, "EBUF_SKP_DEL"),
	REG(136, 8, "RASDES_GROUP5_COUNTERS"),
	REG(144, 6, "RASDES_GROUP5_COUNTERS_CONTINUED"),
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

static const struct place one_rasdp[] = {
	ONE_HEAD(0x2009, "PCIe RASDP", 0, "ERR0"),
	REG(8, 4, "CE_REPORT"),
	REG(12, 4, "CE_LOCATION"),
	REG(16, 4, "CE_RAM_ADDR"),
	REG(20, 4, "UE_REPORT"),
	REG(24, 4, "UE_LOCATION"),
	REG(28, 4, "UE_RAM_ADDR"),
};

static const struct place one_mcu_ecc[] = {
	ONE_HEAD(0x3001, "MCU", 10, "scrub ECC (CE)"),
	REG(8, 8, "ECC_ADDR"),
	REG(16, 8, "ECC_DATA"),
	REG(24, 4, "ECC_ID"),
	REG(28, 4, "ECC_SYND"),
	REG(32, 4, "ECC_MCE_CNT"),
	REG(36, 4, "ECC_CTLR"),
	REG(40, 4, "ECC_ERR_STS"),
	REG(44, 4, "ECC_ERR_CNT"),
};

static const struct place one_mcu_chi[] = {
	ONE_HEAD(0x4001, "MCU", 4, "CHI request"),
	REG(8, 8, "CHI_ADDR"),
	REG(16, 4, "CHI_SRC_ID"),
	REG(20, 4, "CHI_TXN_ID"),
	REG(24, 4, "CHI_TYPE"),
	REG(28, 4, "CHI_LP_ID"),
	REG(32, 4, "CHI_OPCODE"),
	REG(36, 4, "CHI_TAG"),
	REG(40, 4, "CHI_MPAM"),
	REG(44, 4, "RESERVED"),
};

static const struct place one_bert[] = {
	{ 0, 2, 0x501f },
	{ 2, 2, 6, "error_subtype" },
	{ 4, 4, 0x40000009, .text = "BERT", .text_column = "error_type_text" },
};

static const struct place one_firmware[] = {
	{ 0, 2, 0x600e },
	{ 2, 2, 6, "error_subtype" },
	{ 4, 4, 0x40000009, .text = "Mpro firmware", .text_column = "error_type_text" },
	{ 8, 1, 3, .reg = "FW_DRIVER" },
	REG(12, 4, "FW_ERROR_CODE"),
	{ 16, 1, 5, .reg = "FW_MESSAGE_BYTES" },
};

/* The pairs behind the head are held against cells in test_vendor.c. */
static const struct place grace[] = {
	{ 16, 2, 3, "error_type" },
	{ 18, 2, 4, "error_instance" },
	{ 20, 1, 2, "error_severity", .text = "corrected",
	  .text_column = "error_severity_text" },
	{ 21, 1, 1, "socket" },
	{ 22, 1, 2, "register_count" },
	{ 24, 8, 0xfedcba9876543210, "instance_base" },
	{ 32, 8, 0x1000 },
	{ 40, 8, 0x1111111111111111 },
	{ 48, 8, 0x1008 },
	{ 56, 8, 0x2222222222222222 },
};

static const struct place vera[] = {
	{ 0, 1, 1, "version" },
	{ 1, 1, 5, "context_count" },
	/* device type 0: CPU */
	{ 4, 2, 0x102, "event_type", .text = "CPU", .text_column = "device_type_text" },
	{ 6, 2, 0x304, "event_subtype" },
	{ 8, 8, 0x8877665544332211, "link_id" },
	{ 32, 2, 1, "info_version" },
	{ 34, 1, 36, "info_size" }, /* four bytes more than are known */
	{ 35, 1, 1, "socket" },
	{ 36, 4, 0x41424344, "architecture" },
	{ 56, 8, 0xfedcba9876543210, "instance_base" },
	/* pairs of 64 bits, one, then eight bytes of padding */
	{ 68, 4, 40 },
	{ 72, 2, 7 },
	{ 76, 2, 1 },
	{ 78, 2, 9 },
	{ 80, 4, 16 },
	{ 84, 8, 0x100 },
	{ 92, 8, 0x200 },
	/* pairs of 32 bits, two */
	{ 108, 4, 32 },
	{ 116, 2, 2 },
	{ 120, 4, 16 },
	{ 124, 4, 0x101 },
	{ 128, 4, 0x201 },
	{ 132, 4, 0x102 },
	{ 136, 4, 0x202 },
	/* a number of 64 bits; the size is that of the head alone */
	{ 140, 4, 16 },
	{ 148, 2, 3 },
	{ 152, 4, 8 },
	{ 156, 8, 0x203 },
	/* numbers of 32 bits, and two bytes that are none */
	{ 164, 4, 26 },
	{ 172, 2, 4 },
	{ 176, 4, 10 },
	{ 180, 4, 0x204 },
	{ 184, 4, 0x205 },
	{ 188, 2, 0xbeef },
	/* opaque */
	{ 190, 4, 20 },
	{ 198, 2, 0x8001 },
	{ 202, 4, 4 },
	{ 206, 4, 0x44434241 },
};

#define DDR(i, name_) REG(4 + 4 * (i), 4, name_)

static const struct place yitian[] = {
	{ 0, 1, 0x50, "error_type" },
	{ 1, 1, 2, "error_subtype" },
	{ 2, 2, 0x103, "error_instance" },
	DDR(0, "ECCCFG0"),
	DDR(1, "ECCCFG1"),
	DDR(2, "ECCSTAT"),
	DDR(3, "ECCERRCNT"),
	DDR(4, "ECCCADDR0"),
	DDR(5, "ECCCADDR1"),
	DDR(6, "ECCCSYN0"),
	DDR(7, "ECCCSYN1"),
	DDR(8, "ECCCSYN2"),
	DDR(9, "ECCUADDR0"),
	DDR(10, "ECCUADDR1"),
	DDR(11, "ECCUSYN0"),
	DDR(12, "ECCUSYN1"),
	DDR(13, "ECCUSYN2"),
	DDR(14, "ECCBITMASK0"),
	DDR(15, "ECCBITMASK1"),
	DDR(16, "ECCBITMASK2"),
	DDR(17, "ADVECCSTAT"),
	DDR(18, "ECCAPSTAT"),
	DDR(19, "ECCCDATA0"),
	DDR(20, "ECCCDATA1"),
	DDR(21, "ECCUDATA0"),
	DDR(22, "ECCUDATA1"),
	DDR(23, "ECCSYMBOL"),
	DDR(24, "ECCERRCNTCTL"),
	DDR(25, "ECCERRCNTSTAT"),
	DDR(26, "ECCERRCNT0"),
	DDR(27, "ECCERRCNT1"),
	DDR(28, "RESERVED0"),
	DDR(29, "RESERVED1"),
	DDR(30, "RESERVED2"),
};

#define JM_HEAD(subsystem, subsystem_name, module, module_name, submodule)       \
	{ 4, 1, 1, "version", .valid = 1 },                                      \
		{ 6,                                                             \
		  1,                                                             \
		  subsystem,                                                     \
		  "subsystem_id",                                                \
		  .valid = 3,                                                    \
		  .text = subsystem_name,                                        \
		  .text_column = "subsystem" },                                  \
		{ 7,                                                             \
		  1,                                                             \
		  module,                                                        \
		  "module_id",                                                   \
		  .valid = 4,                                                    \
		  .text = module_name,                                           \
		  .text_column = "module" },                                     \
		{ 8, 1, submodule, "submodule_id", .valid = 5 },                 \
		{ 9, 1, 6, "device_id", .valid = 6 },                            \
		{ 10, 2, 0x507, "error_type", .valid = 7 },                      \
	{                                                                        \
		12, 1, 2, "error_severity", .valid = 8, .text = "corrected",     \
					    .text_column = "error_severity_text" \
	}

static const struct place jm_por[] = {
	JM_HEAD(2, "DDRH", 1, "DDRPHY", 3),
	REG(16, 4, "LOCK_CONTROL"),
	REG(20, 4, "LOCK_FUNCTION"),
	REG(24, 4, "CFG_RAM_ID"),
	REG(28, 4, "ERR_FR_LOW32"),
	REG(32, 4, "ERR_FR_HIGH32"),
	REG(36, 4, "ERR_CTLR_LOW32"),
	REG(40, 4, "ECC_STATUS_LOW32"),
	REG(44, 4, "ECC_ADDR_LOW32"),
	REG(48, 4, "ECC_ADDR_HIGH32"),
	REG(52, 4, "ECC_MISC0_LOW32"),
	REG(56, 4, "ECC_MISC0_HIGH32"),
	REG(60, 4, "ECC_MISC1_LOW32"),
	REG(64, 4, "ECC_MISC1_HIGH32"),
	REG(68, 4, "ECC_MISC2_LOW32"),
	REG(72, 4, "ECC_MISC2_HIGH32"),
	{ 76, 4, 2, "more_registers", .valid = 12 },
	VALID_REG(80, 4, "reg0", 11),
	VALID_REG(84, 4, "reg1", 11),
};

static const struct place jm_smmu[] = {
	JM_HEAD(11, "PSUB", 7, "X2RC_SMMU", 1),
	REG(16, 4, "CSR_INT_STATUS"),
	REG(20, 4, "ERR_FR"),
	REG(24, 4, "ERR_CTLR"),
	REG(28, 4, "ERR_STATUS"),
	REG(32, 4, "ERR_GEN"),
	{ 36, 4, 1, "more_registers", .valid = 12 },
	VALID_REG(40, 4, "reg0", 11),
};

static const struct place jm_sram[] = {
	JM_HEAD(12, "HAC", 1, "SMMU", 0xee), REG(16, 4, "ECC_1BIT_INFO_LOW32"),
	REG(20, 4, "ECC_1BIT_INFO_HIGH32"),  REG(24, 4, "ECC_2BIT_INFO_LOW32"),
	REG(28, 4, "ECC_2BIT_INFO_HIGH32"),  { 32, 4, 1, "more_registers", .valid = 12 },
	VALID_REG(36, 4, "reg0", 11),
};

static const struct place jm_cmn[] = {
	JM_HEAD(1, "CMN", 2, "HNF", 1), REG(16, 8, "CFGM_MXP_0"),
	REG(24, 8, "CFGM_HNF_0"),	REG(32, 8, "CFGM_HNI_0"),
	REG(40, 8, "CFGM_SBSX_0"),	REG(48, 8, "ERR_FR_NS"),
	REG(56, 8, "ERR_CTLRR_NS"),	REG(64, 8, "ERR_STATUSR_NS"),
	REG(72, 8, "ERR_ADDRR_NS"),	REG(80, 8, "ERR_MISCR_NS"),
	REG(88, 8, "ERR_FR"),		REG(96, 8, "ERR_CTLR"),
	REG(104, 8, "ERR_STATUS"),	REG(112, 8, "ERR_ADDR"),
	REG(120, 8, "ERR_MISC"),	{ 128, 4, 1, "more_registers", .valid = 12 },
	VALID_REG(132, 4, "reg0", 11),
};

static const struct place jm_gic[] = {
	JM_HEAD(4, "GIC", 1, "GICSRAM", 2), REG(16, 8, "RECORD_ID"),
	REG(24, 8, "GICT_ERR_FR"),	    REG(32, 8, "GICT_ERR_CTLR"),
	REG(40, 8, "GICT_ERR_STATUS"),	    REG(48, 8, "GICT_ERR_ADDR"),
	REG(56, 8, "GICT_ERR_MISC0"),	    REG(64, 8, "GICT_ERR_MISC1"),
	REG(72, 8, "GICT_ERRGSR"),	    { 80, 4, 1, "more_registers", .valid = 12 },
	VALID_REG(84, 4, "reg0", 11),
};

#define PLACES(array) .places = array, .n_places = ARRAY_SIZE(array)

#define GUID_HISI \
	GUID(0xc8b328a8, 0x9917, 0x4af6, 0x9a, 0x13, 0x2e, 0x08, 0xab, 0x2e, 0x75, 0x86)
#define GUID_OEM1 \
	GUID(0x1f8161e1, 0x55d6, 0x41e6, 0xbd, 0x10, 0x7a, 0xfd, 0x1d, 0xc5, 0xf7, 0xc5)
#define GUID_OEM2 \
	GUID(0x45534ea6, 0xce23, 0x4115, 0x85, 0x35, 0xe0, 0x7a, 0xb3, 0xae, 0xf9, 0x1d)
#define GUID_LOCAL \
	GUID(0xb2889fc9, 0xe7d7, 0x4f9d, 0xa8, 0x67, 0xaf, 0x42, 0xe9, 0x8b, 0xe7, 0x72)
#define GUID_ALTRA \
	GUID(0xe8ed898d, 0xdf16, 0x43cc, 0x8e, 0xcc, 0x54, 0xf0, 0x60, 0xef, 0x15, 0x7f)
#define GUID_ONE \
	GUID(0x2826cc9f, 0x448c, 0x4c2b, 0x86, 0xb6, 0xa9, 0x53, 0x94, 0xb7, 0xef, 0x33)
#define GUID_GRACE \
	GUID(0x6d5244f2, 0x2712, 0x11ec, 0xbe, 0xa7, 0xcb, 0x3f, 0xdb, 0x95, 0xc7, 0x86)
#define GUID_VERA \
	GUID(0x9068e568, 0x6ca0, 0x11f0, 0xae, 0xaf, 0x15, 0x93, 0x43, 0x59, 0x1e, 0xac)
#define GUID_YITIAN \
	GUID(0xa6980811, 0x16ea, 0x4e4d, 0xb9, 0x36, 0xfb, 0x00, 0xa2, 0x3f, 0xf2, 0x9c)
#define GUID_POR \
	GUID(0x82d78ba3, 0xfa14, 0x407a, 0xba, 0x0e, 0xf3, 0xba, 0x81, 0x70, 0x01, 0x3c)
#define GUID_SMMU \
	GUID(0xf9723053, 0x2558, 0x49b1, 0xb5, 0x8a, 0x1c, 0x1a, 0x82, 0x49, 0x2a, 0x62)
#define GUID_SRAM \
	GUID(0x2d31de54, 0x3037, 0x4f24, 0xa2, 0x83, 0xf6, 0x9c, 0xa1, 0xec, 0x0b, 0x9a)
#define GUID_CMN \
	GUID(0xdac80d69, 0x0a72, 0x4eba, 0x81, 0x14, 0x14, 0x8e, 0xe3, 0x44, 0xaf, 0x06)
#define GUID_GIC \
	GUID(0x746f06fe, 0x405e, 0x451f, 0x8d, 0x09, 0x02, 0xe8, 0x02, 0xed, 0x98, 0x4a)

const struct vendor_case vendor_cases[] = {
	{ "hip08-oem1", "hip08-oem1", GUID_OEM1, 40, 4, PLACES(hip08_oem1),
	  .component = COMPONENT_PLATFORM, .device = "socket1 NIMBUS_PLL1",
	  .words = "corrected error of NIMBUS_PLL1 on socket 1, 6 registers" },
	{ "hip08-oem2", "hip08-oem2", GUID_OEM2, 60, 4, PLACES(hip08_oem2),
	  .component = COMPONENT_MEMORY, .device = "socket1 TA_DDRC2",
	  .words = "corrected error of TA_DDRC2 on socket 1, 6 registers" },
	{ "hip08-pcie-local", "hip08-pcie-local", GUID_LOCAL, 152, 8,
	  PLACES(hip08_pcie_local), .component = COMPONENT_PCIE,
	  .device = "socket1 core2 port5",
	  .words =
		  "corrected error of a PCIe controller, socket1 core2 port5, MAC layer, "
		  "error type 0x1234" },
	{ "hisi-common", "hisi-common", GUID_HISI, 44, 4, PLACES(hisi_common),
	  .component = COMPONENT_PCIE, .device = "0012:81:1f.3",
	  .words = "corrected error of PCIe local on socket 1, PCI device 0012:81:1f.3, "
		   "error type 0xabcd, 3 registers" },
	{ "hisi-common-ddrc", "hisi-common", GUID_HISI, 32, 4, PLACES(hisi_ddrc),
	  .component = COMPONENT_MEMORY, .device = "socket1 DDRC",
	  .words = "corrected error of DDRC on socket 1, 0 registers" },
	{ "ampere-altra", "ampere", GUID_ALTRA, 48, 0, PLACES(altra_arm),
	  .component = COMPONENT_CPU, .device = "socket1 core 11",
	  .words =
		  "corrected error of CPM, Armv8 core 1, core 11 on socket 1: corrected, "
		  "nonspecific: cache data, 6 registers" },
	{ "ampere-altra-mcu", "ampere", GUID_ALTRA, 48, 0, PLACES(altra_mcu),
	  .component = COMPONENT_MEMORY, .device = "socket0 MCU 2051",
	  .words = "corrected error of MCU, ERR1, instance MCU 3 slot 1 on socket 0, "
		   "6 registers" },
	{ "ampere-altra-aer", "ampere", GUID_ALTRA, 48, 0, PLACES(altra_aer),
	  .component = COMPONENT_PCIE, .device = "socket2 PCIe AER 6",
	  .words = "corrected error of PCIe AER, device, instance 6 on socket 2, "
		   "10 registers" },
	{ "ampere-altra-rasdp", "ampere", GUID_ALTRA, 48, 0, PLACES(altra_rasdp),
	  .component = COMPONENT_PCIE, .device = "socket0 PCIe root complex 7",
	  .words = "corrected error of PCIe root complex, RASDP, instance 7 on socket 0, "
		   "9 registers" },
	{ "ampere-altra-firmware", "ampere", GUID_ALTRA, 48, 0, PLACES(altra_firmware),
	  .component = COMPONENT_PLATFORM, .device = "socket0 BERT 1",
	  .words = "corrected error of BERT, watchdog, instance 1 on socket 0, "
		   "6 registers" },
	{ "ampere-one", "ampere", GUID_ONE, 72, 0, PLACES(one_arm),
	  .component = COMPONENT_CPU, .device = "socket1 PE 7",
	  .words =
		  "corrected error of PE, MMU DTLB (CE), instance 7 on socket 1: corrected, transient: TLB data, "
		  "8 registers" },
	{ "ampere-one-pcie", "ampere", GUID_ONE, 216, 0, PLACES(one_pcie),
	  .component = COMPONENT_PCIE, .device = "socket1 PCIe AER 7",
	  .words = "corrected error of PCIe AER, device, instance 7 on socket 1, "
		   "35 registers" },
	{ "ampere-one-rasdp", "ampere", GUID_ONE, 32, 0, PLACES(one_rasdp),
	  .component = COMPONENT_PCIE, .device = "socket1 PCIe RASDP 7",
	  .words = "corrected error of PCIe RASDP, ERR0, instance 7 on socket 1, "
		   "6 registers" },
	{ "ampere-one-ecc", "ampere", GUID_ONE, 48, 0, PLACES(one_mcu_ecc),
	  .component = COMPONENT_MEMORY, .device = "socket1 MCU 7",
	  .words = "corrected error of MCU, scrub ECC (CE), instance 7 on socket 1, "
		   "8 registers" },
	{ "ampere-one-chi", "ampere", GUID_ONE, 48, 0, PLACES(one_mcu_chi),
	  .component = COMPONENT_MEMORY, .device = "socket1 MCU 7",
	  .words = "corrected error of MCU, CHI request, instance 7 on socket 1, "
		   "9 registers" },
	{ "ampere-one-bert", "ampere", GUID_ONE, 8, 0, PLACES(one_bert),
	  .component = COMPONENT_PLATFORM, .device = "socket0 BERT 9",
	  .words = "corrected error of BERT, 6, instance 9 on socket 0, 0 registers" },
	{ "ampere-one-firmware", "ampere", GUID_ONE, 17, 0, PLACES(one_firmware),
	  .component = COMPONENT_PLATFORM, .device = "socket0 Mpro firmware 9",
	  .words = "corrected error of Mpro firmware, 6, instance 9 on socket 0, "
		   "3 registers" },
	{ "grace", "grace", GUID_GRACE, 64, 0, PLACES(grace), .signature = "DCC-ECC",
	  .component = COMPONENT_MEMORY, .device = "socket1 DCC-ECC 4",
	  .words = "corrected error of DCC-ECC 4 on socket 1, type 3, 2 registers" },
	{ "vera", "vera", GUID_VERA, 210, 0, PLACES(vera), .signature = "SOCHUB",
	  .signature_at = 16, .component = COMPONENT_PLATFORM, .device = "socket1 SOCHUB",
	  .words = "corrected error of a CPU: SOCHUB on socket 1, event 258.772, "
		   "5 contexts, 6 registers" },
	{ "yitian-ddr", "yitian-ddr", GUID_YITIAN, 128, 0, PLACES(yitian),
	  .component = COMPONENT_MEMORY, .device = "DDR controller 259",
	  .words = "corrected error of DDR controller 259, subtype 2, 31 registers" },
	{ "jaguarmicro", "jaguarmicro", GUID_POR, 88, 4, PLACES(jm_por),
	  .component = COMPONENT_MEMORY, .device = "DDRH channel 6",
	  .words =
		  "corrected error of DDRH, module DDRPHY, submodule 3, error type 0x507, "
		  "17 registers" },
	{ "jaguarmicro-smmu", "jaguarmicro", GUID_SMMU, 44, 4, PLACES(jm_smmu),
	  .component = COMPONENT_PLATFORM, .device = "PSUB device 6",
	  .words = "corrected error of PSUB, module X2RC_SMMU, submodule TBU, error type "
		   "0x507, 6 registers" },
	{ "jaguarmicro-sram", "jaguarmicro", GUID_SRAM, 40, 4, PLACES(jm_sram),
	  .component = COMPONENT_PLATFORM, .device = "HAC device 6",
	  .words =
		  "corrected error of HAC, module SMMU, submodule 238, error type 0x507, "
		  "5 registers" },
	{ "jaguarmicro-cmn", "jaguarmicro", GUID_CMN, 136, 4, PLACES(jm_cmn),
	  .component = COMPONENT_PLATFORM, .device = "CMN node 6",
	  .words = "corrected error of CMN, module HNF, submodule 1, error type 0x507, "
		   "15 registers" },
	{ "jaguarmicro-gic", "jaguarmicro", GUID_GIC, 88, 4, PLACES(jm_gic),
	  .component = COMPONENT_PLATFORM, .device = "GIC device 6",
	  .words =
		  "corrected error of GIC, module GICSRAM, submodule 2, error type 0x507, "
		  "9 registers" },
};
const size_t n_vendor_cases = ARRAY_SIZE(vendor_cases);

uint64_t place_value(const struct place *place)
{
	uint64_t value = 0;

	if (place->value || !place->reg)
		return place->value;
	for (size_t i = 0; i < place->width; i++)
		value |= (uint64_t)((place->at * 5 + i * 37 + 1) & 0xff) << (8 * i);
	return value;
}

void put_place(uint8_t *bytes, const struct place *place)
{
	for (size_t i = 0; i < place->width; i++)
		bytes[place->at + i] = (uint8_t)(place_value(place) >> (8 * i));
}

/* The section as its vendor would send it, with all that it can tell. */
void vendor_bytes(const struct vendor_case *vendor,
		  uint8_t bytes[static VENDOR_BYTES_MAX])
{
	uint64_t valid = 0;

	memset(bytes, 0, VENDOR_BYTES_MAX);
	for (size_t i = 0; i < vendor->n_places; i++) {
		put_place(bytes, &vendor->places[i]);
		if (vendor->places[i].valid)
			valid |= 1ULL << (vendor->places[i].valid - 1);
	}
	if (vendor->valid_width)
		put_place(bytes, &(struct place){ 0, vendor->valid_width, valid });
	if (vendor->signature)
		memcpy(bytes + vendor->signature_at, vendor->signature,
		       strlen(vendor->signature));
}

/* The first case of that type, decoded; the event borrows static bytes. */
void vendor_sample(const char *type, struct arena *arena, struct event *event)
{
	static uint8_t bytes[VENDOR_BYTES_MAX];
	size_t i = 0;

	while (i < n_vendor_cases && strcmp(vendor_cases[i].type, type))
		i++;
	if (i == n_vendor_cases)
		abort();
	vendor_bytes(&vendor_cases[i], bytes);
	if (handler_of(type)->decode_section(
		    &(struct cper_section){ .type = vendor_cases[i].guid,
					    .severity = SEVERITY_CORRECTED,
					    .body = bytes,
					    .len = vendor_cases[i].len },
		    arena, event) != 1)
		abort();
}
