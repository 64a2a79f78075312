// SPDX-License-Identifier: LGPL-2.1-or-later

#include "rasctl/database.h"

#include <string.h>

#include "handlers/table.h"

/* CTL_OK, or CTL_NO_DATABASE after saying why. */
int database_open(const struct options *options, struct db_reader **ret)
{
	char buf[1024] = "";
	struct text note = TEXT_IN(buf);
	int r = db_reader_open(options->db, &handlers_table, ret, &note);

	return r ? complain(CTL_NO_DATABASE, "%s", buf) : CTL_OK;
}

/* For a question that an open database did not answer. */
int database_failed(const struct options *options, struct db_reader *reader, int error)
{
	return complain(CTL_NO_DATABASE, "cannot read all of %s: %s (%s)", options->db,
			strerror(-error), db_reader_error(reader));
}

void database_close_at(struct db_reader **reader)
{
	db_reader_close(*reader);
}
