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

struct fixed_views {
	const struct fixed_view *views;
	size_t n;
};

extern const struct fixed_views rasdaemon_views, rasdaemon_cxl_views,
	rasdaemon_vendor_views;
