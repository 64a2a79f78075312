// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Links lead from a firmware record to the memory failure it led to, and on to the
 * signals that this sent. Of an event, both directions are followed to their ends, and
 * hits and actions are shown of the event and of all it explains: so the whole story can
 * be told from each of its parts, without what else happened to somebody else by the same
 * cause.
 */

#include "rasctl/chain.h"

#include <errno.h>
#include <stdlib.h>

#include "db/reader_acts.h"
#include "event/acts.h"
#include "event/json.h"
#include "rasctl/acts_view.h"
#include "util/macro.h"

struct ids {
	uint64_t *ids;
	size_t n, room;
};

static void ids_clear_at(struct ids *ids)
{
	free(ids->ids);
}

/* 1 if it is new, 0 if it was there. */
static int ids_add(struct ids *ids, uint64_t id)
{
	for (size_t i = 0; i < ids->n; i++)
		if (ids->ids[i] == id)
			return 0;
	if (ids->n == ids->room) {
		size_t room = ids->room ? 2 * ids->room : 16;
		uint64_t *larger = reallocarray(ids->ids, room, sizeof(*larger));

		if (!larger)
			return -ENOMEM;
		ids->ids = larger;
		ids->room = room;
	}
	ids->ids[ids->n++] = id;
	return 1;
}

struct walk {
	bool up; /* towards what explains */
	uint64_t at;
	struct ids *ids;
	struct json_object *links;
};

static struct json_object *link_to_json(const struct db_link *link, bool up)
{
	struct json_object *o = json_object_new_object();

	bool retold = link->kind == LINK_RETOLD;

	json_object_object_add(
		o, "relation",
		json_object_new_string(retold ? (up ? "tells the same as" : "retold by") :
						(up ? "explained by" : "explains")));
	json_object_object_add(o, "id",
			       json_object_new_uint64(up ? link->from : link->to));
	json_object_object_add(o, "from", json_object_new_uint64(link->from));
	json_object_object_add(o, "to", json_object_new_uint64(link->to));
	json_object_object_add(
		o, "kind",
		json_object_new_string(link_kind_name((enum link_kind)link->kind)));
	json_object_object_add(
		o, "evidence",
		json_object_new_string(evidence_name((enum evidence)link->evidence)));
	return o;
}

static int add_link(const struct db_link *link, void *arg)
{
	struct walk *walk = arg;
	int r;

	if ((walk->up ? link->to : link->from) != walk->at)
		return 0;
	r = ids_add(walk->ids, walk->up ? link->from : link->to);
	if (r < 0)
		return r;
	json_object_array_add(walk->links, link_to_json(link, walk->up));
	return 0;
}

/* Fills `ids`, which has the event itself, with all that is found one way. */
static int follow(struct db_reader *reader, struct ids *ids, bool up,
		  struct json_object *links)
{
	for (size_t i = 0; i < ids->n; i++) {
		struct walk walk = {
			.up = up, .at = ids->ids[i], .ids = ids, .links = links
		};
		int r = db_read_links(reader, walk.at, add_link, &walk);

		if (r < 0)
			return r;
	}
	return 0;
}

/* The members of an event that tell it from others; nothing if it has no row (any more).
 */
static int add_event(struct db_reader *reader, uint64_t id, struct json_object *to)
{
	static const char *const members[] = { "time", "type", "severity", "message" };
	const struct db_filter filter = { .id = id };
	struct json_object *whole;
	struct event event;
	int r = db_find_events(reader, &filter);

	r = r < 0 ? r : db_next_event(reader, &event);
	if (r < 0)
		return r;
	whole = r ? event_to_json(&event) : NULL;
	for (size_t i = 0; i < ARRAY_SIZE(members); i++)
		json_object_object_add(
			to, members[i],
			json_object_get(json_object_object_get(whole, members[i])));
	json_object_put(whole);
	return r;
}

static int describe_links(struct db_reader *reader, struct json_object *links)
{
	for (size_t i = 0; i < json_object_array_length(links); i++) {
		struct json_object *link = json_object_array_get_idx(links, i);
		uint64_t id = json_object_get_uint64(json_object_object_get(link, "id"));
		int r = add_event(reader, id, link);

		if (r < 0)
			return r;
	}
	return 0;
}

static int add_hit(const struct db_hit *hit, void *arg)
{
	json_object_array_add(arg, hit_to_json(hit));
	return 0;
}

static int add_action(const struct db_action *action, int64_t run, void *arg)
{
	json_object_array_add(arg, action_to_json(action, run));
	return 0;
}

/* `actions` may be NULL. */
static int add_acts(struct db_reader *reader, const struct ids *ids,
		    struct json_object *hits, struct json_object *actions)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < ids->n; i++) {
		const struct db_acts_filter filter = { .event = ids->ids[i] };

		r = db_read_hits(reader, &filter, add_hit, hits);
		if (r >= 0 && actions)
			r = db_read_actions(reader, &filter, add_action, actions);
	}
	return r;
}

static struct json_object *new_list(struct json_object *record, const char *key)
{
	struct json_object *list = json_object_new_array();

	json_object_object_add(record, key, list);
	return list;
}

static int add_lists(struct db_reader *reader, uint64_t event, bool with_actions,
		     struct json_object *record)
{
	_cleanup_(ids_clear) struct ids up = { 0 }, down = { 0 };
	struct json_object *links = new_list(record, "links");
	struct json_object *hits = new_list(record, "hits");
	struct json_object *actions = with_actions ? new_list(record, "actions") : NULL;
	int r;

	if (!event)
		return 0;
	r = ids_add(&up, event);
	r = r < 0 ? r : ids_add(&down, event);
	r = r < 0 ? r : follow(reader, &up, true, links);
	r = r < 0 ? r : follow(reader, &down, false, links);
	r = r < 0 ? r : describe_links(reader, links);
	return r < 0 ? r : add_acts(reader, &down, hits, actions);
}

/*
 * Adds the arrays "links", "hits" and "actions". Ends a search for events that `reader`
 * was in. Returns 0 or a negative errno.
 */
int chain_add(struct db_reader *reader, uint64_t event, struct json_object *record)
{
	return add_lists(reader, event, true, record);
}

/* The same for an action: its cause as "cause", whose "links" and "hits" are added. */
int chain_add_cause(struct db_reader *reader, uint64_t event, struct json_object *record)
{
	struct json_object *cause = json_object_new_object();
	int r = 0;

	if (event) {
		json_object_object_add(cause, "id", json_object_new_uint64(event));
		r = add_event(reader, event, cause);
	}
	json_object_object_add(record, "cause", event ? cause : NULL);
	if (!event)
		json_object_put(cause);
	return r < 0 ? r : add_lists(reader, event, false, record);
}
