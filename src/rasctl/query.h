/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* From options to events: what the verbs that list events share. */

#include "rasctl/cursor.h"

/* Letters of the options that query_filter() reads. */
#define QUERY_OPTIONS "SUbtsCuLHMEAQX"

struct query {
	struct db_filter filter;
	struct cursor cursor; /* of the last event that was printed */
};

int query_begin(const struct options *options, struct db_reader *reader,
		struct query *ret);
