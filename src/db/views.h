/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The views of the database: tables in words, for whoever asks it with SQL. */

#include <sqlite3.h>
#include <stddef.h>

int views_refresh(sqlite3 *db);

/* A view whose text does not depend on the words that this version knows. */
struct fixed_view {
	const char *name;
	const char *columns; /* what stands behind SELECT, to the end */
};

extern const struct fixed_view rasdaemon_views[];
extern const size_t n_rasdaemon_views;
