// SPDX-License-Identifier: LGPL-2.1-or-later

#include "rasctl/database.h"

#include <string.h>

#include "handlers/table.h"
#include "ipc/status.h"

/* One that runs and writes elsewhere is what was meant. */
static void mention_daemon(const struct options *options, struct text *note)
{
	struct status_snapshot snapshot;

	if (ring_status_read(RASD_RUNTIME_DIRECTORY "/rasd.ring", &snapshot) == 0 &&
	    snapshot.alive && strcmp(snapshot.status.database, options->db))
		text_add(note, "; the running rasd writes to %s: use --db",
			 snapshot.status.database);
}

/* CTL_OK, or CTL_NO_DATABASE after saying why. */
int database_open(const struct options *options, struct db_reader **ret)
{
	char buf[1024] = "";
	struct text note = TEXT_IN(buf);
	int r = db_reader_open(options->db, &handlers_table, ret, &note);

	if (r)
		mention_daemon(options, &note);
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
