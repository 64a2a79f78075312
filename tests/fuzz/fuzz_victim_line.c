// SPDX-License-Identifier: LGPL-2.1-or-later

/* Input: a line of the kernel's log. One that is taken for a victim's is written again
 * from what was found in it, and must come out the same. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "locate/log_line.h"

static size_t append(char *to, size_t at, const void *bytes, size_t len)
{
	memcpy(to + at, bytes, len);
	return at + len;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct victim_line victim;
	char head[80], tail[80], *again;
	size_t len, pfn_len = 0;

	if (!victim_line_parse((const char *)data, size, &victim))
		return 0;
	/* leading zeroes, which the kernel does not write, are not told */
	while (data[strlen("Memory failure: 0x") + pfn_len] != ':')
		pfn_len++;
	snprintf(head, sizeof(head), "Memory failure: 0x%0*" PRIx64 ": %s ",
		 (int)(pfn_len < 32 ? pfn_len : 32), victim.pfn,
		 victim.forced ? "forcibly killing" : "Sending SIGBUS to");
	snprintf(tail, sizeof(tail), ":%d %s", victim.tid,
		 victim.forced ? "because of failure to unmap corrupted page" :
				 "due to hardware memory corruption");
	again = malloc(size + sizeof(head) + sizeof(tail));
	fuzz_must(again != NULL);
	len = append(again, 0, head, strlen(head));
	len = append(again, len, victim.comm, victim.comm_len);
	len = append(again, len, tail, strlen(tail));
	fuzz_must(pfn_len > 32 || (len == size && !memcmp(again, data, size)));
	fuzz_must(victim.tid > 0);
	free(again);
	return 0;
}
