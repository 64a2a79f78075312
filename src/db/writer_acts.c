// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * What rasd made of events: who was hit, what belongs together, what was done. None of it
 * asks whether the events it names have rows: the database may have been replaced since.
 */

#include "db/row_types.h"
#include "db/sql.h"
#include "db/writer_private.h"

static const struct row_type *const row_types[WRITER_ROW_MAX] = {
	[WRITER_ROW_HIT] = &hit_row,
	[WRITER_ROW_LINK] = &link_row,
	[WRITER_ROW_ACTION] = &action_row,
	[WRITER_ROW_PAGE] = &page_row,
};

int writer_prepare_rows(struct db_writer *w)
{
	for (size_t i = 0; i < WRITER_ROW_MAX; i++) {
		int r = row_insert_prepare(w->db, row_types[i], &w->rows[i]);

		if (r < 0)
			return r;
	}
	return 0;
}

static int add_row(struct db_writer *w, enum writer_row which, const void *row)
{
	const struct row_origin origin = { .ids = &w->ids,
					   .boot = w->now.boot,
					   .run = w->now.run };

	row_bind(w->rows[which], row_types[which], row, &origin);
	return writer_failed(w, sql_run(w->rows[which]));
}

/* Each call is a row of its own: nothing about a hit tells it from the same told twice.
 */
int db_add_hit(struct db_writer *w, const struct db_hit *hit)
{
	return add_row(w, WRITER_ROW_HIT, hit);
}

/*
 * A link that was told before has the newer evidence afterwards. Returns 1, and adds
 * nothing, if one of its ends is no event.
 */
int db_add_link(struct db_writer *w, const struct db_link *link)
{
	return link->from && link->to ? add_row(w, WRITER_ROW_LINK, link) : 1;
}

/*
 * A new act, or the latest of one that has a row. Returns 1, and adds nothing, if it has
 * no id.
 */
int db_add_action(struct db_writer *w, const struct db_action *action)
{
	uint64_t id = id_map_id(&w->ids, action->id);
	int r;

	if (!action->id)
		return 1;
	r = add_row(w, WRITER_ROW_ACTION, action);
	if (r >= 0 && id > w->now.id_top)
		w->now.id_top = id;
	return r;
}

/* What is known of a page from now on. */
int db_add_page(struct db_writer *w, const struct db_page *page)
{
	return add_row(w, WRITER_ROW_PAGE, page);
}
