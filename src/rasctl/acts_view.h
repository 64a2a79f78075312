/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Hits, links and actions as JSON, and as people see them. */

#include "db/reader_acts.h"
#include "rasctl/output.h"

/* Each makes a new reference. */
struct json_object *hit_to_json(const struct db_hit *hit);
struct json_object *action_to_json(const struct db_action *action, int64_t run);
struct json_object *json_address(uint64_t address);

extern const struct view hits_view, links_view, actions_view;
extern const struct view action_record_view;
