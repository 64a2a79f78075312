/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The views of the database: tables in words, for whoever asks it with SQL. */

#include <sqlite3.h>

int views_refresh(sqlite3 *db);
