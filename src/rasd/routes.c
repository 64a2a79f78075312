// SPDX-License-Identifier: LGPL-2.1-or-later

/* Whose a record is, by the kernel's id of its tracepoint. */

#include "rasd/pipeline.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* From now on records with this tracepoint's id are its handler's. */
int pipeline_route(struct pipeline *pipeline, struct tracepoint *tracepoint)
{
	if (tracepoint->id >= pipeline->n_ids) {
		size_t n = (size_t)tracepoint->id + 1;
		struct tracepoint **by_id =
			reallocarray(pipeline->by_id, n, sizeof(by_id[0]));

		if (!by_id)
			return -ENOMEM;
		memset(by_id + pipeline->n_ids, 0,
		       (n - pipeline->n_ids) * sizeof(by_id[0]));
		pipeline->by_id = by_id;
		pipeline->n_ids = n;
	}
	pipeline->by_id[tracepoint->id] = tracepoint;
	return 0;
}

/* Records with its id are nobody's from now on. */
void pipeline_unroute(struct pipeline *pipeline, const struct tracepoint *tracepoint)
{
	if (tracepoint->id < pipeline->n_ids &&
	    pipeline->by_id[tracepoint->id] == tracepoint)
		pipeline->by_id[tracepoint->id] = NULL;
}
