/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What belongs to an event: what explains it, what it explains, who was hit, what was
 * done. */

#include <json-c/json.h>

#include "db/reader.h"

int chain_add(struct db_reader *reader, uint64_t event, struct json_object *record);
int chain_add_cause(struct db_reader *reader, uint64_t event, struct json_object *record);
