// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Counts a batch's events in memory, by the key of the table `tally`, and writes one row
 * for each key before the commit: what a flood adds to an event is a comparison.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "db/sql.h"
#include "db/tally.h"
#include "db/writer_private.h"
#include "util/clock.h"
#include "util/hash.h"
#include "util/macro.h"

#define SLOTS	 128 /* a power of two */
#define SLOTS_IN 96  /* beyond so many the batch's counts are written and begun anew */
#define DAY_NS	 (86400 * NS_PER_SEC)

struct tally_text {
	uint32_t len;
	char bytes[TALLY_TEXT_BYTES];
};

struct tally_slot {
	int64_t day, boot, type;
	int32_t severity, component, cpu;
	bool is_used, retold;
	struct tally_text device, dimm;
	uint64_t rows, count, first_id, last_id;
	struct id_range new_ids; /* of rows; not of what there is more of */
	int64_t first_ns, last_ns;
};

struct writer_tally {
	struct tally_slot slots[SLOTS];
	struct tally_slot *last; /* that was counted in: floods are of one kind */
	size_t n_used;
};

int writer_tally_init(struct db_writer *w)
{
	w->tally = calloc(1, sizeof(*w->tally));
	return w->tally ? 0 : -ENOMEM;
}

void writer_tally_free(struct db_writer *w)
{
	free(TAKE_PTR(w->tally));
}

/* Forgets what was counted: the batch is on disk, or given up. */
void writer_tally_clear(struct db_writer *w)
{
	if (w->tally && w->tally->n_used)
		memset(w->tally, 0, sizeof(*w->tally));
}

static uint32_t cut_length(const struct value *value)
{
	return value->kind == VALUE_TEXT ? MIN(value->len, (uint32_t)TALLY_TEXT_BYTES) :
					   0;
}

static bool same_text(const struct tally_text *text, const struct value *value)
{
	return text->len == cut_length(value) &&
	       (!text->len || !memcmp(text->bytes, value->text, text->len));
}

static void set_text(struct tally_text *text, const struct value *value)
{
	text->len = cut_length(value);
	if (text->len)
		memcpy(text->bytes, value->text, text->len);
}

static int64_t day_of(const struct event *event)
{
	return event->time_ns / DAY_NS;
}

static bool is_of(const struct tally_slot *slot, const struct event *event,
		  const struct tally_of *of)
{
	return slot->type == of->type && slot->day == day_of(event) &&
	       slot->boot == of->boot && slot->retold == of->retold &&
	       slot->severity == (int32_t)event->severity &&
	       slot->component == (int32_t)event->component && slot->cpu == event->cpu &&
	       same_text(&slot->device, &event->device) &&
	       same_text(&slot->dimm, &event->dimm);
}

static uint64_t hash_of(const struct event *event, const struct tally_of *of)
{
	const int64_t numbers[] = { of->type,
				    of->boot,
				    of->retold,
				    day_of(event),
				    (int64_t)event->severity,
				    (int64_t)event->component,
				    event->cpu };
	uint64_t hash = hash64(HASH64_START, numbers, sizeof(numbers));

	hash = hash64(hash, event->device.text, cut_length(&event->device));
	return hash64(hash, event->dimm.text, cut_length(&event->dimm));
}

static void begin_slot(struct tally_slot *slot, const struct event *event,
		       const struct tally_of *of)
{
	*slot = (struct tally_slot){
		.day = day_of(event),
		.boot = of->boot,
		.type = of->type,
		.retold = of->retold,
		.severity = (int32_t)event->severity,
		.component = (int32_t)event->component,
		.cpu = event->cpu,
		.is_used = true,
		.first_id = UINT64_MAX,
		.new_ids.first = UINT64_MAX,
		.first_ns = INT64_MAX,
		.last_ns = INT64_MIN,
	};
	set_text(&slot->device, &event->device);
	set_text(&slot->dimm, &event->dimm);
}

/* There is room, see SLOTS_IN. */
static struct tally_slot *find_slot(struct writer_tally *tally, const struct event *event,
				    const struct tally_of *of)
{
	size_t i = hash_of(event, of) % SLOTS;

	while (tally->slots[i].is_used && !is_of(&tally->slots[i], event, of))
		i = (i + 1) % SLOTS;
	if (!tally->slots[i].is_used) {
		begin_slot(&tally->slots[i], event, of);
		tally->n_used++;
	}
	return &tally->slots[i];
}

static int write_slot(struct db_writer *w, const struct tally_slot *slot)
{
	sqlite3_stmt *stmt = w->statements[SQL_ADD_TALLY];
	const int64_t numbers[] = { slot->day, slot->boot, slot->type, slot->severity,
				    slot->component };
	const int64_t sums[] = { slot->cpu,
				 slot->retold,
				 (int64_t)slot->rows,
				 (int64_t)slot->count,
				 (int64_t)slot->first_id,
				 (int64_t)slot->last_id,
				 slot->first_ns,
				 slot->last_ns };
	int at = 0;

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		sqlite3_bind_int64(stmt, ++at, numbers[i]);
	sqlite3_bind_text(stmt, ++at, slot->device.bytes, (int)slot->device.len,
			  SQLITE_STATIC);
	sqlite3_bind_text(stmt, ++at, slot->dimm.bytes, (int)slot->dimm.len,
			  SQLITE_STATIC);
	for (size_t i = 0; i < ARRAY_SIZE(sums); i++)
		sqlite3_bind_int64(stmt, ++at, sums[i]);
	return writer_run(w, SQL_ADD_TALLY);
}

/* Nothing new is there of a slot that has only more of what was counted. */
static int write_places(struct db_writer *w, const struct tally_slot *slot)
{
	const struct id_range ids = slot->new_ids;
	int r;

	if (!slot->rows)
		return 0;
	r = writer_place_text(w, PLACE_DEVICE, slot->device.bytes, slot->device.len,
			      &ids);
	r = r < 0 ? r :
		    writer_place_text(w, PLACE_DIMM, slot->dimm.bytes, slot->dimm.len,
				      &ids);
	r = r < 0 ? r : writer_place_cpu(w, slot->cpu, &ids);
	return r < 0 ? r : writer_place_severity(w, slot->severity, &ids);
}

static int set_top(struct db_writer *w, uint64_t id)
{
	sqlite3_bind_int64(w->statements[SQL_SET_TALLY_TOP], 1, (int64_t)id);
	return writer_run(w, SQL_SET_TALLY_TOP);
}

/* Within the batch. */
int writer_tally_flush(struct db_writer *w)
{
	uint64_t top = 0;
	int r = 0;

	for (size_t i = 0; w->tally->n_used && i < SLOTS; i++) {
		const struct tally_slot *slot = &w->tally->slots[i];

		if (!slot->is_used)
			continue;
		r = write_slot(w, slot);
		r = r < 0 ? r : write_places(w, slot);
		if (r < 0)
			return r;
		top = MAX(top, slot->last_id);
	}
	r = top ? set_top(w, top) : 0;
	if (r < 0)
		return r;
	writer_tally_clear(w);
	return 0;
}

/*
 * `rows` (0: more of one that was counted) events, standing for `count`, of the key that
 * the event has; `id` is that of its row.
 */
int writer_tally_add(struct db_writer *w, const struct event *event, uint64_t id,
		     const struct tally_of *of)
{
	struct tally_slot *slot = w->tally->last;

	if (!slot || !is_of(slot, event, of)) {
		int r = w->tally->n_used >= SLOTS_IN ? writer_tally_flush(w) : 0;

		if (r < 0)
			return r;
		slot = w->tally->last = find_slot(w->tally, event, of);
	}
	slot->rows += of->rows;
	slot->count += of->count;
	slot->first_id = MIN(slot->first_id, id);
	slot->last_id = MAX(slot->last_id, id);
	if (of->rows) {
		slot->new_ids.first = MIN(slot->new_ids.first, id);
		slot->new_ids.last = MAX(slot->new_ids.last, id);
	}
	slot->first_ns = MIN(slot->first_ns, event->time_ns);
	slot->last_ns = MAX(slot->last_ns, event->time_last_ns);
	return 0;
}

static void read_key(sqlite3_stmt *stmt, struct event *event, struct tally_of *of)
{
	int at = 0;

	event->time_ns = sqlite3_column_int64(stmt, at++);
	of->boot = sqlite3_column_int64(stmt, at++);
	of->type = sqlite3_column_int64(stmt, at++);
	event->severity = (enum severity)sqlite3_column_int(stmt, at++);
	event->component = (enum component)sqlite3_column_int(stmt, at++);
	event->device = sql_column_value(stmt, at++, FIELD_TEXT);
	event->dimm = sql_column_value(stmt, at++, FIELD_TEXT);
	event->cpu = sqlite3_column_int(stmt, at++);
	of->retold = sqlite3_column_int(stmt, at++) & EVENT_RETOLD;
}

/* More of an event that has a row: what it is counted under is looked up there. */
int writer_tally_more(struct db_writer *w, uint64_t id, uint64_t count,
		      int64_t time_last_ns)
{
	sqlite3_stmt *stmt = w->statements[SQL_FIND_TALLY_KEY];
	struct tally_of of = { .count = count };
	struct event event = { 0 };
	int r;

	sqlite3_bind_int64(stmt, 1, (int64_t)id);
	r = sql_next(stmt);
	if (r == 1) {
		read_key(stmt, &event, &of);
		event.time_last_ns = MAX(time_last_ns, event.time_ns);
		r = writer_tally_add(w, &event, id, &of);
	} else {
		writer_failed(w, r);
	}
	sqlite3_reset(stmt);
	return r;
}
