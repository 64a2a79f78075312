/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * How far somebody has read: MACHINE:DATABASE:ID, the ids of the machine and of the
 * database (a new one has a new id) and that of the last event. It stays valid whatever
 * becomes of the events before it.
 */

#include "db/reader.h"
#include "rasctl/ctl.h"

struct cursor {
	char machine_id[DB_TEXT_BYTES], db_id[DB_TEXT_BYTES];
	uint64_t id;
};

int cursor_begin(const struct options *options, struct db_reader *reader,
		 struct cursor *ret);
int cursor_end(const struct options *options, const struct cursor *cursor);
