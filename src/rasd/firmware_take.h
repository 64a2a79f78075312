/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* From what was read to events: BERT's blocks, ERST's records, pstore's files. */

#include "db/rows.h"
#include "rasd/firmware_child.h"
#include "rasd/pipeline.h"
#include "rasd/told.h"

/* Of one reading: what is known is searched for each. The rest is for the next start. */
#define FIRMWARE_EVENTS_MAX (TOLD_KEYS_MAX / 2)

/* One reading of one source. */
struct firmware_take {
	struct pipeline *pipeline;
	const struct told *told;
	const struct db_memory *known; /* NULL: the database does not say yet */
	const char *boot_id;	       /* this boot's */
	int64_t now_ns, began_ns;      /* UTC; when this boot began */
	enum event_source source;
	uint64_t *keys; /* of what was added now, to be told when it is published */
	size_t n_keys, room;
	unsigned int n_known; /* events that were told before */
	unsigned int n_torn;  /* items that have more than could be understood */
	unsigned int n_left;  /* events that were too many at once */
	bool lost;	      /* there was no room for all: nothing may be cleared */
};

void firmware_take_items(struct firmware_take *take, uint8_t *bytes, size_t len);
void firmware_take_dumps(struct firmware_take *take, struct firmware_item *const *items,
			 size_t n);
bool firmware_take_event(struct firmware_take *take, struct event *event, uint64_t key,
			 int64_t own_ns);
bool firmware_take_walk(struct firmware_take *take, const struct firmware_item *item);
void firmware_take_free(struct firmware_take *take);

/* What lies behind an item's head. */
static inline const uint8_t *firmware_item_bytes(const struct firmware_item *item)
{
	return (const uint8_t *)(item + 1);
}

struct firmware_item *firmware_item_next(uint8_t *bytes, size_t len, size_t *at);
