// SPDX-License-Identifier: LGPL-2.1-or-later

/* Input: a record as read() from /dev/kmsg gives it. */

#include <string.h>

#include "fuzz/fuzz.h"
#include "sources/kmsg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kmsg_record record;

	memset(&record, 0x5a, sizeof(record));
	if (kmsg_parse((const char *)data, size, 1000000007, &record) < 0)
		return 0;
	fuzz_must(record.len < KMSG_TEXT_BYTES && record.text[record.len] == '\0');
	fuzz_must(record.level < 8 && record.boottime_ns >= 1000000007);
	fuzz_touch(record.text, record.len);
	return 0;
}
