// SPDX-License-Identifier: LGPL-2.1-or-later

/* Input: a message as it might lie in a ring that another program wrote. */

#include "event/wire.h"

#include <errno.h>

#include "fuzz/fuzz.h"
#include "handlers/table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t room[64 * 1024];
	struct arena arena = { room, sizeof(room), 0 };
	struct value undecoded;
	struct event event;
	int r = event_decode(data, size, &handlers_table, &arena, &event, &undecoded);

	fuzz_must(r == 0 || r == -EBADMSG || r == -ENOBUFS);
	if (r < 0)
		return 0;
	fuzz_use_event(&event);
	if (!event.type)
		fuzz_use_unknown(&event, undecoded.bytes, undecoded.len);
	return 0;
}
