/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Each event type's own tables, made from its field table: one row an event, and for
 * every list a table with a row per element. A field without a name is no column.
 */

#include <sqlite3.h>
#include <stdint.h>

#include "event/event.h"

struct detail_inserts {
	const struct event_type *type;
	int64_t type_id;      /* in event_type */
	sqlite3_stmt *detail; /* of all rows that are fed */
	sqlite3_stmt *lists[EVENT_LISTS_MAX];
};

int detail_table_create(sqlite3 *db, const struct event_type *type);
int detail_inserts_prepare(sqlite3 *db, const struct event_type *type, const char *feed,
			   struct detail_inserts *ret);
void detail_inserts_finalize(struct detail_inserts *inserts);
int detail_insert_lists(struct detail_inserts *inserts, int64_t id,
			const struct event *event);
