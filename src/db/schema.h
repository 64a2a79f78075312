/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The schema. Its version is MAJOR * 1000 + MINOR in SQLite's user_version: a program
 * reads and writes any minor of its own major, since minors only add tables and columns;
 * indexes come and go.
 */

#include <sqlite3.h>

#include "event/handler.h"

#define DB_APPLICATION_ID 0x52415344 /* "RASD" */
#define DB_SCHEMA_MAJOR	  1
#define DB_SCHEMA_MINOR	  3
#define DB_SCHEMA_VERSION (DB_SCHEMA_MAJOR * 1000 + DB_SCHEMA_MINOR)

/* The type of events that the program which stored them did not know. */
extern const struct event_type unknown_event_type;

int schema_create(sqlite3 *db);
int schema_upgrade(sqlite3 *db, const struct handler_table *table);

/* In an index and in the questions it answers, to the letter: else SQLite does not use
 * it. The first two: in versions before 1003. */
#define DB_SEVERE  "(severity IN (3, 4) OR severity IS NULL)"
#define DB_MILD	   "severity IN (0, 2)"	 /* neither severe nor corrected */
#define DB_KEPT	   "source IN (3, 4, 5)" /* SOURCE_BERT, _ERST, _PSTORE */
#define DB_PENDING "outcome = 0"	 /* OUTCOME_PENDING */

/* What another source told of as well, and that is not counted again: EVENT_RETOLD. */
#define DB_RETOLD_OF(table) "((" table "flags & 8) != 0)"
#define DB_RETOLD	    DB_RETOLD_OF("")
