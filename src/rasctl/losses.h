/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What was lost, by the stage that lost it. */

#include "db/reader.h"
#include "rasctl/output.h"

extern const struct view losses_view;

struct json_object *loss_to_json(const struct db_loss *loss);
struct json_object *json_utc(int64_t time_ns);
struct json_object *json_word(const char *word);
