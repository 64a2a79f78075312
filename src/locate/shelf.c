// SPDX-License-Identifier: LGPL-2.1-or-later

#include "locate/shelf.h"

#include "util/macro.h"

/* The one behind `after`, or with NULL the first. NULL: no more. */
struct entry *shelf_next(struct shelf *shelf, struct entry *after)
{
	struct entry *end = shelf->at + shelf->n;
	struct entry *entry = after ? after + 1 : shelf->at;

	while (entry < end && !entry->used)
		entry++;
	return entry < end ? entry : NULL;
}

/* A free place, or that of the oldest. */
static struct entry *find_place(struct shelf *shelf)
{
	struct entry *place = shelf->at;

	for (size_t i = 0; i < shelf->n && place->used; i++)
		if (!shelf->at[i].used || shelf->at[i].boottime_ns < place->boottime_ns)
			place = &shelf->at[i];
	if (place->used && shelf->n < SHELF_ENTRIES)
		place = &shelf->at[shelf->n];
	return place;
}

/* `*ret_out` is what had to give way; nothing, if that is not `used`. */
struct entry *shelf_keep(struct shelf *shelf, const struct entry *entry,
			 struct entry *ret_out)
{
	struct entry *place = find_place(shelf);

	*ret_out = *place;
	*place = *entry;
	place->used = true;
	shelf->n = MAX(shelf->n, (size_t)(place - shelf->at) + 1);
	return place;
}
