/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What the daemon says of itself, live. */

#include <json-c/json.h>

struct json_object *daemon_to_json(const char *ring_path);
