// SPDX-License-Identifier: LGPL-2.1-or-later

#include "rasd/lag.h"

#include "event/handler.h"
#include "event/wire.h"
#include "rasd/messages.h"
#include "util/macro.h"

/* Messages that are no events stand in front of few: a round's sums, a clock, counters.
 */
#define LOOKED_AT_MAX 1024

/* For a table without types, what is common to all events is all that is decoded. */
static bool find_time(const struct ring_message *message, int64_t *ret_boottime_ns)
{
	static const struct handler_table none = { 0 };
	struct value undecoded;
	struct event event;

	if (message->kind != MESSAGE_EVENT ||
	    event_decode(message->payload, message->len, &none, NULL, &event,
			 &undecoded) < 0)
		return false;
	*ret_boottime_ns = event.boottime_ns;
	return true;
}

/*
 * For the ring's producer: what it looks at may become durable meanwhile, but nobody else
 * writes over it. Time is the boot clock's.
 */
struct lag lag_of(const struct ring *ring, int64_t now_boottime_ns)
{
	uint64_t at = ring_durable(ring);
	struct lag lag = { .bytes = ring_written(ring) - at };
	struct ring_message message;
	int64_t boottime_ns;

	for (int i = 0; i < LOOKED_AT_MAX && ring_peek(ring, at, &message) > 0; i++) {
		if (find_time(&message, &boottime_ns)) {
			lag.age_ns = MAX(now_boottime_ns - boottime_ns, (int64_t)0);
			break;
		}
		at = message.next;
	}
	return lag;
}
