// SPDX-License-Identifier: LGPL-2.1-or-later

#include "rasctl/status_daemon.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ipc/status.h"
#include "rasctl/losses.h"
#include "util/macro.h"

static const char *const state_names[SOURCE_STATE_MAX] = {
	[SOURCE_UNUSED] = "unused",
	[SOURCE_READY] = "ready",
	[SOURCE_ABSENT] = "absent",
	[SOURCE_FAILED] = "failed",
};

static struct json_object *source_to_json(const struct status_source *source)
{
	struct json_object *o = json_object_new_object();
	unsigned int state = (unsigned int)source->state;

	json_object_object_add(o, "source", json_word(source->name));
	json_object_object_add(o, "state",
			       json_object_new_string(state < SOURCE_STATE_MAX ?
							      state_names[state] :
							      "?"));
	json_object_object_add(o, "error",
			       state == SOURCE_FAILED ? json_object_new_string(strerror(
								abs(source->error))) :
							NULL);
	return o;
}

static struct json_object *sources_to_json(const struct ring_status *status)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; i < STATUS_SOURCES_MAX; i++)
		if (status->sources[i].state != SOURCE_UNUSED)
			json_object_array_add(array, source_to_json(&status->sources[i]));
	return array;
}

static struct json_object *types_to_json(const struct ring_status *status)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; i < STATUS_TYPES_MAX; i++) {
		const struct status_type *type = &status->types[i];
		struct json_object *o;

		if (!type->events)
			continue;
		o = json_object_new_object();
		json_object_object_add(o, "type", json_word(type->name));
		json_object_object_add(o, "count", json_object_new_uint64(type->events));
		json_object_array_add(array, o);
	}
	return array;
}

static void add_counters(struct json_object *o, const struct ring_status *status)
{
	const struct {
		const char *name;
		uint64_t count;
	} counters[] = {
		{ "rounds", status->rounds },
		{ "sub_buffers", status->sub_buffers },
		{ "records", status->records },
		{ "not_ours", status->not_ours },
		{ "undecoded", status->undecoded },
		{ "spilled", status->spilled },
		{ "log_dropped", status->log_dropped },
	};

	for (size_t i = 0; i < ARRAY_SIZE(counters); i++)
		json_object_object_add(o, counters[i].name,
				       json_object_new_uint64(counters[i].count));
}

static void add_live(struct json_object *o, const struct ring_status *status)
{
	json_object_object_add(o, "pid", json_object_new_int(status->pid));
	json_object_object_add(
		o, "store_pid",
		status->store_pid ? json_object_new_int(status->store_pid) : NULL);
	json_object_object_add(o, "version", json_word(status->version));
	json_object_object_add(o, "started", json_utc(status->started_ns));
	json_object_object_add(o, "last_event",
			       status->last_event_ns ? json_utc(status->last_event_ns) :
						       NULL);
	json_object_object_add(o, "database", json_word(status->database));
	json_object_object_add(o, "config", json_word(status->config));
	json_object_object_add(o, "store_error",
			       status->store_error ? json_object_new_string(strerror(
							     -status->store_error)) :
						     NULL);
	json_object_object_add(o, "store_note",
			       status->store_note[0] ? json_word(status->store_note) :
						       NULL);
	json_object_object_add(o, "wal_reader",
			       status->wal_reader[0] ? json_word(status->wal_reader) :
						       NULL);
	add_counters(o, status);
}

/* What ring_status_read() returned, in words. */
const char *status_error(int r)
{
	return r == -EBADMSG ? "this is no ring of a rasd of this version" : strerror(-r);
}

/*
 * Adds "daemon", and of a live one "sources" and "types_since_start". "running" is null
 * where it cannot be told, with "error" saying why. What is not durable is in the ring
 * even when no daemon runs: the next one will write it.
 */
void status_add_daemon(struct json_object *status, const char *ring_path)
{
	struct json_object *o = json_object_new_object();
	struct status_snapshot snapshot;
	int r = ring_status_read(ring_path, &snapshot);
	bool absent = r == -ENOENT;

	json_object_object_add(status, "daemon", o);
	json_object_object_add(o, "running",
			       r < 0 && !absent ?
				       NULL :
				       json_object_new_boolean(r == 0 && snapshot.alive));
	json_object_object_add(o, "ring", json_word(ring_path));
	if (r < 0 && !absent)
		json_object_object_add(o, "error",
				       json_object_new_string(status_error(r)));
	if (r < 0)
		return;
	json_object_object_add(
		o, "not_durable_bytes",
		json_object_new_uint64(snapshot.written - snapshot.durable));
	if (!snapshot.alive)
		return;
	add_live(o, &snapshot.status);
	json_object_object_add(status, "sources", sources_to_json(&snapshot.status));
	json_object_object_add(status, "types_since_start",
			       types_to_json(&snapshot.status));
}
