/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What the views with rasdaemon's names are made of. */

#include "db/schema.h"
#include "db/views.h"

#define TIME_TEXT(column) \
	"strftime('%Y-%m-%d %H:%M:%S', " column " / 1000000000, 'unixepoch') || ' +0000'"
#define ID_AND_TIME " d.event AS id, " TIME_TEXT("e.time") " AS timestamp,"
#define OF(table_) \
	" FROM " table_ " d JOIN event e ON e.id = d.event WHERE NOT " DB_RETOLD
