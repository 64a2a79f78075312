/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What correlate.c found, until somebody takes it. */

#include "locate/correlate.h"
#include "locate/shelf.h"

#define FINDINGS_MAX \
	1024 /* one call causes little more than one for each place of a shelf */

struct findings {
	size_t first, n; /* a ring */
	uint64_t lost;	 /* found no room; who else loses something adds to it */
	struct finding at[FINDINGS_MAX];
};

void findings_tell_hit(struct findings *findings, const struct entry *signal);
void findings_tell_link(struct findings *findings, enum link_kind link,
			enum evidence evidence, uint64_t from, const struct entry *to);
bool findings_take(struct findings *findings, struct finding *ret);
