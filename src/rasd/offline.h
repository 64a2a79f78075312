/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What is done to a database that no daemon writes, for "rasctl db": it starts us for
 * that, since rasd is the only writer. Results go to standard output, a line each, words
 * parted by tabs; complaints to standard error.
 */

#include "db/writer.h"
#include "rasd/daemon.h"

/*
 * Lines "table NAME TYPE ROWS ADDED KNOWN BAD LEFT-OUT", TYPE "-" where we have none.
 * RASD_EXIT_FAILURE: something of the file was complained about.
 */
enum rasd_exit offline_import(const char *database, const char *file);

/*
 * One line "pruned UNCONFIRMED CORRECTED OTHERS BYTES-BEFORE BYTES-AFTER". With `dry_run`
 * a copy is pruned and thrown away: that needs room, and works beside a daemon.
 */
enum rasd_exit offline_prune(const char *database, const struct db_keep *keep,
			     bool dry_run);
