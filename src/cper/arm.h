/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * ARM Processor Error Section, UEFI 2.10 appendix N.2.4.4: what follows its 40-byte
 * header. First come 32-byte error information structures, then processor contexts
 * (registers), and what is left belongs to the vendor. All little-endian, nothing
 * aligned.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARM_HEADER_BYTES	 40 /* of the section */
#define ARM_ERROR_INFO_BYTES	 32
#define ARM_CONTEXT_HEADER_BYTES 8
#define ARM_REGISTER_NAME_BYTES	 24
#define ARM_CONTEXT_NOT_TOLD	 UINT16_MAX /* type of a context that the log left out */

/* What an error information structure speaks of: a set, as UEFI 2.9A defines its type. */
enum arm_error_type {
	ARM_ERROR_CACHE = 1 << 1,
	ARM_ERROR_TLB = 1 << 2,
	ARM_ERROR_BUS = 1 << 3,
	ARM_ERROR_MICRO_ARCH = 1 << 4,
};

/* Validation bits of the structure itself (table N.17). */
enum arm_error_valid {
	ARM_VALID_MULTIPLE_ERROR = 1 << 0,
	ARM_VALID_FLAGS = 1 << 1,
	ARM_VALID_ERROR_INFO = 1 << 2,
	ARM_VALID_VIRTUAL_ADDRESS = 1 << 3,
	ARM_VALID_PHYSICAL_ADDRESS = 1 << 4,
};

/* Validation bits in the low half of error_info (tables N.18 to N.20). */
enum arm_info_valid {
	ARM_INFO_TRANSACTION = 1 << 0,
	ARM_INFO_OPERATION = 1 << 1,
	ARM_INFO_LEVEL = 1 << 2,
	ARM_INFO_CONTEXT_CORRUPT = 1 << 3,
	ARM_INFO_CORRECTED = 1 << 4,
	ARM_INFO_PRECISE_PC = 1 << 5,
	ARM_INFO_RESTARTABLE_PC = 1 << 6,
	ARM_INFO_PARTICIPATION = 1 << 7,
	ARM_INFO_TIMEOUT = 1 << 8,
	ARM_INFO_ADDRESS_SPACE = 1 << 9,
	ARM_INFO_MEMORY_ATTRIBUTES = 1 << 10,
	ARM_INFO_ACCESS_MODE = 1 << 11,
	ARM_INFO_BUS_ONLY = 0xf80,
};

struct arm_error_info {
	uint8_t version;
	uint8_t length;
	uint16_t valid;
	uint8_t type_raw;
	unsigned int type; /* set of arm_error_type; 0: none that is defined */
	uint16_t multiple_error;
	uint8_t flags;
	uint64_t error_info;
	uint64_t virtual_address;
	uint64_t physical_address;
};

struct arm_context {
	uint16_t version;
	uint16_t type;
	uint32_t size; /* bytes of registers */
	const uint8_t *registers;
};

/* Where the parts of a body are, after arm_body_parse() has looked at every length. */
struct arm_body {
	const uint8_t *bytes;
	size_t len;
	size_t n_errors;
	size_t n_contexts;
	size_t contexts_at;
	size_t context_align; /* 1, or 16 where firmware pads contexts */
	size_t vendor_at;
	bool torn; /* lengths lie: what could not be parsed is in the vendor part */
	bool told; /* by the log, which leaves out version, length and validation bits */
};

void arm_body_parse(const uint8_t *bytes, size_t len, size_t errors_len,
		    size_t contexts_len, struct arm_body *ret);
void arm_body_parse_counted(const uint8_t *bytes, size_t len, size_t n_errors,
			    size_t n_contexts, struct arm_body *ret);
void arm_body_error(const struct arm_body *body, size_t i, struct arm_error_info *ret);
size_t arm_body_context(const struct arm_body *body, size_t at, struct arm_context *ret);

const char *arm_context_name(uint16_t type);
size_t arm_context_n_registers(const struct arm_context *context);
uint64_t arm_context_register(const struct arm_context *context, size_t i,
			      char buf[static ARM_REGISTER_NAME_BYTES],
			      const char **ret_name);

const char *arm_info_transaction(uint64_t error_info);
const char *arm_info_operation(unsigned int type, uint64_t error_info);
const char *arm_info_participation(uint64_t error_info);
const char *arm_info_address_space(uint64_t error_info);
