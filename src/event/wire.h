/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Events as bytes, for the ring between our processes. Same machine, same byte order. */

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "event/event.h"

struct handler_table;

ssize_t event_encode(const struct event *event, const struct handler_table *table,
		     uint8_t *buf, size_t size);
ssize_t event_encode_unknown(const struct event *event, const void *raw, size_t raw_len,
			     uint8_t *buf, size_t size);
int event_decode(const uint8_t *buf, size_t len, const struct handler_table *table,
		 struct arena *arena, struct event *ret, struct value *ret_undecoded);
