// SPDX-License-Identifier: LGPL-2.1-or-later

/* Input: u32 length of the errors, u32 of the contexts (both may lie), the body. */

#include "cper/arm.h"
#include "cper/arm_lists.h"
#include "fuzz/fuzz.h"
#include "unit/fixtures.h"
#include "util/bytes.h"

#define HEAD 8

static void walk(const struct arm_body *body)
{
	size_t at = body->contexts_at;

	fuzz_touch(body->bytes + body->vendor_at, body->len - body->vendor_at);
	for (size_t i = 0; i < body->n_contexts; i++) {
		struct arm_context context;

		at = arm_body_context(body, at, &context);
		fuzz_touch(context.registers, context.size);
	}
	fuzz_must(body->contexts_at <= body->vendor_at && body->vendor_at <= body->len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t room[4 * 1024 * 1024];
	struct arena arena = { room, sizeof(room), 0 };
	struct arm_body body;
	struct event event;

	if (size < HEAD)
		return 0;
	arm_body_parse(data + HEAD, size - HEAD, load_le32(data), load_le32(data + 4),
		       &body);
	event_init(&event, handler_of("arm")->type);
	if (arm_lists_fill(&event, &body, 0xc00fac30, &arena) == 0)
		fuzz_use_event(&event);
	walk(&body);
	return 0;
}
