/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-c/json.h>
#include <stdint.h>

#include "db/reader.h"

int also_told_add(struct db_reader *reader, uint64_t event, struct json_object *record);
