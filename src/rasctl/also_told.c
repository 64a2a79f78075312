// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * What a second source knew of an error beyond what the event has. A tracepoint of an
 * older kernel leaves much out that the kernel's log has, like the error structures of a
 * processor: whoever looks at the one shall not have to look for the other.
 */

#include "rasctl/also_told.h"

#include <errno.h>

#include "db/reader_acts.h"
#include "event/acts.h"
#include "event/json.h"
#include "util/macro.h"

#define TWINS_MAX 16 /* there is one, but for what was summed up; links has all */

struct twins {
	uint64_t of, ids[TWINS_MAX];
	size_t n;
};

static int keep_twin(const struct db_link *link, void *arg)
{
	struct twins *twins = arg;

	if (link->kind == LINK_RETOLD && link->from == twins->of && twins->n < TWINS_MAX)
		twins->ids[twins->n++] = link->to;
	return 0;
}

static bool has_all_of(struct json_object *known, struct json_object *value);

static bool has_rows_of(struct json_object *known, struct json_object *rows)
{
	size_t n = json_object_array_length(rows);

	if (!n)
		return true;
	if (!json_object_is_type(known, json_type_array) ||
	    json_object_array_length(known) != n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!has_all_of(json_object_array_get_idx(known, i),
				json_object_array_get_idx(rows, i)))
			return false;
	return true;
}

/* Whether there is nothing in `value` that `known` has not, or has otherwise. */
static bool has_all_of(struct json_object *known, struct json_object *value)
{
	if (json_object_is_type(value, json_type_array))
		return has_rows_of(known, value);
	if (!value || !json_object_is_type(value, json_type_object))
		return !value || json_object_equal(known, value);
	json_object_object_foreach(value, key, member)
		if (!has_all_of(json_object_object_get(known, key), member))
			return false;
	return true;
}

/* The members of `detail` that `known` has not, or has otherwise. */
static struct json_object *more_than(struct json_object *known,
				     struct json_object *detail)
{
	struct json_object *more = json_object_new_object();

	if (!detail)
		return more;
	json_object_object_foreach(detail, key, value)
		if (!has_all_of(json_object_object_get(known, key), value))
			json_object_object_add(more, key, json_object_get(value));
	return more;
}

static int add_twin(struct db_reader *reader, uint64_t id, struct json_object *record,
		    struct json_object *list)
{
	static const char *const members[] = { "id", "time", "type", "source",
					       "message" };
	const struct db_filter filter = { .id = id };
	struct json_object *twin, *whole;
	struct event event;
	int r = db_find_events(reader, &filter);

	r = r < 0 ? r : db_next_event(reader, &event);
	if (r != 1)
		return r;
	whole = event_to_json(&event);
	twin = json_object_new_object();
	for (size_t i = 0; i < ARRAY_SIZE(members); i++)
		json_object_object_add(
			twin, members[i],
			json_object_get(json_object_object_get(whole, members[i])));
	json_object_object_add(twin, "more",
			       more_than(json_object_object_get(record, "detail"),
					 json_object_object_get(whole, "detail")));
	json_object_array_add(list, twin);
	json_object_put(whole);
	return 0;
}

/*
 * Adds the array "also_told" to the event's record: who else told of this error, and as
 * "more" what their events' detail has that this one's has not, or has otherwise. Ends a
 * search for events that `reader` was in. Returns 0 or a negative errno.
 */
int also_told_add(struct db_reader *reader, uint64_t event, struct json_object *record)
{
	struct json_object *list = json_object_new_array();
	struct twins twins = { .of = event };
	int r = db_read_links(reader, event, keep_twin, &twins);

	for (size_t i = 0; r >= 0 && i < twins.n; i++)
		r = add_twin(reader, twins.ids[i], record, list);
	json_object_object_add(record, "also_told", list);
	return r < 0 ? r : 0;
}
