/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Events as JSON objects. Numbers are numbers, addresses and registers are "0x…" strings,
 * bytes are hex digits, what is not known is null. */

#include <json-c/json.h>

#include "event/event.h"

struct json_object *event_to_json(const struct event *event);
struct json_object *value_to_json(enum field_kind kind, const struct value *value);
