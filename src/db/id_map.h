/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * A ring numbers its events from 1; a database adds a base. When others took ids while
 * the ring rested (an import, another ring), the ring goes on above them: from then on it
 * has a new base, and what it told before keeps the one that it had.
 */

#include <stddef.h>
#include <stdint.h>

struct id_stretch {
	uint64_t until, base; /* the ring's numbers below `until`, and their base */
};

struct id_map {
	uint64_t base; /* of what comes from now on */
	size_t n_earlier;
	struct id_stretch *earlier; /* in rising order */
};

/* The id in the database of the ring's event `n`. */
static inline uint64_t id_map_id(const struct id_map *map, uint64_t n)
{
	for (size_t i = 0; i < map->n_earlier; i++)
		if (n < map->earlier[i].until)
			return map->earlier[i].base + n;
	return map->base + n;
}
