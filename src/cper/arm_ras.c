// SPDX-License-Identifier: LGPL-2.1-or-later

#include "cper/arm_ras.h"

#include <stddef.h>

#include "util/bytes.h"
#include "util/macro.h"

/* ERR<n>STATUS: DDI 0587 (Arm RAS System Architecture). */
#define STATUS_VALID	   (1u << 30)
#define STATUS_UNCORRECTED (1u << 29)
#define STATUS_OVERFLOW	   (1u << 27)
#define STATUS_DEFERRED	   (1u << 23)
#define STATUS_POISON	   (1u << 22)
#define STATUS_CRITICAL	   (1u << 19)

/* UET, of what is uncorrected */
static const char *const uncorrected[] = { "uncontainable", "unrecoverable",
					   "restartable", "recoverable" };

/* CE, of what is corrected; 0: nothing is */
static const char *const corrected[] = { NULL, "transient", "nonspecific", "persistent" };

/* SERR, what was found to be wrong */
static const char *const found[] = {
	[0x01] = "the implementation's own",
	[0x02] = "data of internal memory",
	[0x03] = "the implementation's own pin",
	[0x04] = "failed assertion",
	[0x05] = "internal data path",
	[0x06] = "cache data",
	[0x07] = "cache tag",
	[0x08] = "TLB data",
	[0x09] = "TLB tag",
	[0x0a] = "data from its producer",
	[0x0b] = "address from its producer",
	[0x0c] = "data of external memory",
	[0x0d] = "illegal address",
	[0x0e] = "illegal access",
	[0x0f] = "illegal state",
	[0x10] = "internal data register",
	[0x11] = "internal control register",
	[0x12] = "error response",
	[0x13] = "external timeout",
	[0x14] = "internal timeout",
	[0x15] = "deferred by the completer, not supported",
	[0x16] = "deferred by the requester, not supported",
	[0x17] = "deferred by the completer, passed on",
	[0x18] = "deferred by the requester, passed on",
	[0x19] = "PCIe error log",
	[0x1a] = "another internal one",
};

static void add_kind(uint64_t status, struct text *out)
{
	unsigned int ce = (unsigned int)bits(status, 24, 25);
	const char *before = "";

	if (status & STATUS_UNCORRECTED) {
		text_add(out, "uncorrected, %s", uncorrected[bits(status, 20, 21)]);
		before = "; ";
	}
	if (status & STATUS_DEFERRED) {
		text_add(out, "%sdeferred", before);
		before = "; ";
	}
	if (ce)
		text_add(out, "%scorrected, %s", before, corrected[ce]);
}

/* What the low half of a status register says; nothing if it is not valid. */
void arm_ras_add_status(uint64_t status, struct text *out)
{
	static const struct {
		uint32_t bit;
		const char *name;
	} flags[] = { { STATUS_OVERFLOW, "overflow" },
		      { STATUS_POISON, "poison" },
		      { STATUS_CRITICAL, "critical" } };
	size_t start = out->len;
	unsigned int serr = (unsigned int)bits(status, 0, 7);

	if (!(status & STATUS_VALID))
		return;
	add_kind(status, out);
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		if (status & flags[i].bit)
			text_add(out, "%s%s", out->len > start ? "; " : "",
				 flags[i].name);
	if (serr)
		text_add(out, "%s", out->len > start ? ": " : "");
	if (serr < ARRAY_SIZE(found) && found[serr])
		text_add(out, "%s", found[serr]);
	else if (serr)
		text_add(out, "code %u", serr);
}
