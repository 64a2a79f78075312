// SPDX-License-Identifier: LGPL-2.1-or-later

#include "cper/aer.h"

#include <stdio.h>

#include "cper/fields.h"
#include "util/macro.h"

#define TLP_DWORD_BYTES 9 /* eight digits, and what is behind them */

static const char *const correctable_bits[] = {
	[0] = "receiver error",
	[6] = "bad TLP",
	[7] = "bad DLLP",
	[8] = "REPLAY_NUM rollover",
	[12] = "replay timer timeout",
	[13] = "advisory non-fatal error",
	[14] = "corrected internal error",
	[15] = "header log overflow",
};

/* The kernel's own words end at 25; bit 0 was a link training error before PCIe 1.1. */
static const char *const uncorrectable_bits[] = {
	[0] = "undefined",
	[4] = "data link protocol error",
	[5] = "surprise down",
	[12] = "poisoned TLP",
	[13] = "flow control protocol error",
	[14] = "completion timeout",
	[15] = "completer abort",
	[16] = "unexpected completion",
	[17] = "receiver overflow",
	[18] = "malformed TLP",
	[19] = "ECRC error",
	[20] = "unsupported request",
	[21] = "ACS violation",
	[22] = "uncorrectable internal error",
	[23] = "MC blocked TLP",
	[24] = "AtomicOp egress blocked",
	[25] = "TLP prefix blocked",
	[26] = "poisoned TLP egress blocked",
	[27] = "DMWr request egress blocked",
	[28] = "IDE check failed",
	[29] = "misrouted IDE TLP",
	[30] = "PCRC check failed",
	[31] = "TLP translation egress blocked",
};

/* In the arena; absent if no bit is set. */
struct value aer_status_words(uint32_t status, bool correctable, struct arena *arena)
{
	if (correctable)
		return cper_bit_words(status, correctable_bits,
				      ARRAY_SIZE(correctable_bits), arena);
	return cper_bit_words(status, uncorrectable_bits, ARRAY_SIZE(uncorrectable_bits),
			      arena);
}

/*
 * "00000001 00000002 00000003 00000004", in the arena. Of more than a header's four
 * numbers, what is zero at the end is not there.
 */
struct value aer_tlp_header(const uint32_t *header, size_t n_dwords, struct arena *arena)
{
	size_t n = MIN(n_dwords, (size_t)AER_TLP_DWORDS_MAX);
	char *text;

	while (n > AER_TLP_DWORDS && !header[n - 1])
		n--;
	text = n ? arena_take(arena, n * TLP_DWORD_BYTES) : NULL;
	if (!text)
		return (struct value){ .kind = VALUE_NONE };
	for (size_t i = 0; i < n; i++)
		snprintf(text + i * TLP_DWORD_BYTES, TLP_DWORD_BYTES, "%08x", header[i]);
	for (size_t i = 1; i < n; i++)
		text[i * TLP_DWORD_BYTES - 1] = ' ';
	return value_text(text);
}
