/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The database, for verbs: what goes wrong is said here. */

#include "db/reader.h"
#include "rasctl/ctl.h"

int database_open(const struct options *options, struct db_reader **ret);
int database_failed(const struct options *options, struct db_reader *reader, int error);
void database_close_at(struct db_reader **reader);
