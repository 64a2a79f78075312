/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What the daemon says of itself, live. */

#include <json-c/json.h>

const char *status_error(int r);
void status_add_daemon(struct json_object *status, const char *ring_path);
