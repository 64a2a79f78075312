// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Input: a byte that picks a kernel's format, then a record of it. A byte beyond the last
 * format picks none: so an input means the same when formats are added behind.
 */

#include "fuzz/fuzz.h"
#include "unit/fixtures.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct tracepoint *tracepoints[128];
	static const uint64_t page_sizes[] = { 4096, 16384, 65536 };
	struct decoded decoded;
	size_t i;

	if (size < 1 || data[0] >= n_formats)
		return -1;
	i = data[0];
	if (!tracepoints[i])
		tracepoints[i] = resolve(formats[i]);
	if (decode_bytes(tracepoints[i], data + 1, size - 1, page_sizes[size % 3],
			 &decoded) < 0) {
		event_init(&decoded.event, NULL);
		fuzz_use_unknown(&decoded.event, data + 1, size - 1);
		return 0;
	}
	fuzz_use_event(&decoded.event);
	decoded_free(&decoded);
	return 0;
}
