/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Events of a batch that wait to be written together: see writer_feed.c. */

#include "db/writer_private.h"

#define FEED_TABLE "rasd_feed" /* in no file; its columns: of event, then d0, d1, … */

#define FEED_ROWS 64

struct feed_row {
	int64_t id;
	struct writer_place place;
	struct detail_inserts *inserts;
	bool is_refused;
	struct event event; /* of its details, only as many as the type has */
};

struct writer_feed {
	struct arena copies; /* of what the events borrow */
	size_t n;
	size_t from, to; /* rows that the statement which is run now is to see */
	struct feed_row rows[FEED_ROWS];
};

extern const sqlite3_module feed_module;
extern const char *const feed_event_columns; /* "id, boot, …": of both tables */
