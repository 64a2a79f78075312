// SPDX-License-Identifier: LGPL-2.1-or-later

/* The table `place`, see db/tally.h. What it is told twice costs little, and does no
 * harm. */

#include <string.h>

#include "db/tally.h"
#include "db/writer_private.h"
#include "util/hash.h"

/* The name is bound. In each stretch from the first event's to the last one's. */
static int add(struct db_writer *w, enum place_kind kind, const struct id_range *ids)
{
	sqlite3_stmt *stmt = w->statements[SQL_ADD_PLACE];
	uint64_t last = ids->last >> PLACE_BITS;
	int r = 0;

	sqlite3_bind_int64(stmt, 1, kind);
	for (uint64_t i = ids->first >> PLACE_BITS; r >= 0 && i <= last; i++) {
		sqlite3_bind_int64(stmt, 3, (int64_t)i);
		r = writer_run(w, SQL_ADD_PLACE);
	}
	return r;
}

static int add_number(struct db_writer *w, enum place_kind kind, int64_t number,
		      const struct id_range *ids)
{
	sqlite3_bind_int64(w->statements[SQL_ADD_PLACE], 2, number);
	return add(w, kind, ids);
}

int writer_place_text(struct db_writer *w, enum place_kind kind, const char *bytes,
		      size_t len, const struct id_range *ids)
{
	if (!len)
		return 0;
	sqlite3_bind_text(w->statements[SQL_ADD_PLACE], 2, bytes, (int)len,
			  SQLITE_STATIC);
	return add(w, kind, ids);
}

int writer_place_cpu(struct db_writer *w, int32_t cpu, const struct id_range *ids)
{
	return cpu < 0 ? 0 : add_number(w, PLACE_CPU, cpu, ids);
}

int writer_place_severity(struct db_writer *w, enum severity severity,
			  const struct id_range *ids)
{
	int r;

	if (severity == SEVERITY_CORRECTED)
		return 0;
	r = add_number(w, PLACE_SEVERITY, severity, ids);
	for (enum severity least = SEVERITY_DEFERRED;
	     r >= 0 && least <= severity && least <= SEVERITY_FATAL; least++)
		r = add_number(w, PLACE_SEVERITY, PLACE_AT_LEAST(least), ids);
	return r;
}

/*
 * An address of one event. There can be any number of them, so what was told last is
 * known here: errors come from few places at a time.
 */
int writer_place_address(struct db_writer *w, uint64_t address, uint64_t id)
{
	const struct writer_block block = { .number =
						    (int64_t)address >> PLACE_BLOCK_BITS,
					    .behind = 1 + (id >> PLACE_BITS) };
	struct writer_block *told =
		&w->told[hash64(HASH64_START, &block, sizeof(block)) % WRITER_TOLD];
	int r;

	if (told->number == block.number && told->behind == block.behind)
		return 0;
	r = add_number(w, PLACE_BLOCK, block.number,
		       &(struct id_range){ .first = id, .last = id });
	if (r >= 0)
		*told = block;
	return r;
}

/* What was told in a batch that is given up is to be told again. */
void writer_place_forget(struct db_writer *w)
{
	memset(w->told, 0, sizeof(w->told));
}
