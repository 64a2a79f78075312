/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The table `tally`: how many events there were, by day (UTC, since 1970), boot, type,
 * severity, component, device, DIMM and CPU, and whether another source had told
 * of it (those are in no sum). What is not known stands there as 0 (boot),
 * SEVERITY_UNKNOWN, '' or -1, since NULL is no key. It is written with each batch, a row
 * for each kind of event in it, so that a flood costs a row; and it is kept when events
 * are removed for their age: a summary counts those too.
 *
 * The table `place`: in which stretches of ids a device, a DIMM, a CPU, a severity or a
 * block of addresses has events. It does what an index would, for a row a batch and place
 * instead of one an event: whoever looks reads the stretch. What it says may be more than
 * there is, never less. A severity's name is its number, and there are names for "this,
 * worse, or not told"; what is corrected has none, since it is the most.
 */

#include <sqlite3.h>
#include <stdint.h>

#include "event/kinds.h"

#define TALLY_TEXT_BYTES \
	96 /* longer names are cut, in bytes, and counted as what is left */
#define TALLY_DAY_NS "86400000000000"

#define PLACE_BITS 9 /* a stretch has 512 ids, read within a millisecond or so */

enum place_kind { PLACE_DEVICE, PLACE_DIMM, PLACE_CPU, PLACE_SEVERITY, PLACE_BLOCK };

#define PLACE_BLOCK_BITS \
	16 /* of an address: the largest page there is, so it is in one */

#define PLACE_AT_LEAST(severity) (8 + (severity))

/* As (severity, name): under which names an event of that severity is found. */
#define PLACE_SEVERITIES                                                     \
	"(VALUES (0, 0), (2, 2), (2, 10), (3, 3), (3, 10), (3, 11), (4, 4)," \
	" (4, 10), (4, 11), (4, 12), (5, 5), (5, 10), (5, 11), (5, 12))"

/* A text as the tally has it: cut as the writer cuts it. */
#define TALLY_CUT(column) "CAST(substr(CAST(" column " AS BLOB), 1, 96) AS TEXT)"

/* Columns of `event` as the key has them. */
#define TALLY_KEY_OF_EVENT                                                               \
	" time / " TALLY_DAY_NS ", ifnull(boot, 0), type, ifnull(severity, 5),"          \
	" ifnull(component, 0), ifnull(" TALLY_CUT("device") ", ''), ifnull(" TALLY_CUT( \
		"dimm") ", ''), ifnull(cpu, -1), (flags & 8) != 0"

#define TALLY_ADD                                                                        \
	" ON CONFLICT (day, boot, type, severity, component, device, dimm, cpu, retold)" \
	" DO UPDATE SET rows = rows + excluded.rows, count = count + excluded.count,"    \
	" first_id = min(first_id, excluded.first_id),"                                  \
	" last_id = max(last_id, excluded.last_id), first = min(first, excluded.first)," \
	" last = max(last, excluded.last)"

/* The last event that is counted, in the table `info`: finding it in the tally takes
 * reading that. NULL: nobody wrote it yet. */
#define TALLY_TOP "(SELECT value FROM info WHERE key = 'tally_top')"
/* As TALLY_TOP, of the table `place`: of its severities, which came later. */
#define PLACE_TOP "(SELECT value FROM info WHERE key = 'place_top')"
#define TALLY_SET_TOP                                                  \
	"INSERT INTO info VALUES ('tally_top', ?1), ('place_top', ?1)" \
	" ON CONFLICT (key) DO UPDATE SET value = max(value, excluded.value)"

int tally_complete(sqlite3 *db);
int places_fill(sqlite3 *db, const char *which);
int places_renew(sqlite3 *db, int64_t stretch, int *budget);
