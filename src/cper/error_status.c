// SPDX-License-Identifier: LGPL-2.1-or-later

#include "cper/error_status.h"

#include "cper/fields.h"
#include "util/bytes.h"
#include "util/macro.h"

#define FLAGS_AT 16

/* What kind of error, bits 8 to 15; NULL where UEFI gives the number no meaning. */
const char *cper_error_status_text(uint64_t error_status)
{
	static const char *const words[] = {
		[1] = "internal error of a component",
		[4] = "storage error in DRAM",
		[5] = "storage error in a TLB",
		[6] = "storage error in a cache",
		[7] = "error in a functional unit",
		[8] = "self test failed",
		[9] = "internal queue overflow or underflow",
		[16] = "bus error",
		[17] = "virtual address not found on IO-TLB or IO-PDIR",
		[18] = "improper access",
		[19] = "access to an unmapped address",
		[20] = "loss of lockstep",
		[21] = "response without a request",
		[22] = "bus parity error",
		[23] = "protocol error",
		[24] = "path error",
		[25] = "bus timeout",
		[26] = "read of poisoned data",
	};
	uint64_t type = bits(error_status, 8, 15);

	return type < ARRAY_SIZE(words) ? words[type] : NULL;
}

/* On which signals it was seen, and how it stands to others: bits 16 and up. */
struct value cper_error_status_flags(uint64_t error_status, struct arena *arena)
{
	static const char *const words[] = { "address",	  "control",   "data",
					     "responder", "requestor", "first error",
					     "overflow" };

	return cper_bit_words(error_status >> FLAGS_AT, words, ARRAY_SIZE(words), arena);
}

/* NULL where UEFI has no word. */
const char *cper_memory_error_type(uint64_t type)
{
	static const char *const words[] = {
		"unknown",
		"no error",
		"single-bit ECC",
		"multi-bit ECC",
		"single-symbol chipkill ECC",
		"multi-symbol chipkill ECC",
		"master abort",
		"target abort",
		"parity error",
		"watchdog timeout",
		"invalid address",
		"mirror broken",
		"memory sparing",
		"scrub corrected error",
		"scrub uncorrected error",
		"physical memory map-out",
	};

	return type < ARRAY_SIZE(words) ? words[type] : NULL;
}
