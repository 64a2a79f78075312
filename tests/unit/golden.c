// SPDX-License-Identifier: LGPL-2.1-or-later

#include "unit/golden.h"

#include "unit/check.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <json-c/json.h>

#include "event/handler.h"
#include "event/json.h"
#include "handlers/table.h"
#include "sources/reader.h"

#define SUB_BUFFER_BYTES 4096

static char *path_in(const struct golden *golden, const char *name, const char *suffix)
{
	static char path[PATH_MAX + 128];

	snprintf(path, sizeof(path), "%s/%s%s", golden->directory, name, suffix);
	return path;
}

static void load_formats(struct golden *golden)
{
	for (size_t h = 0; h < handlers_table.n_handlers; h++) {
		const struct handler *handler = handlers_table.handlers[h];

		for (size_t t = 0;
		     t < HANDLER_TRACEPOINTS_MAX && handler->tracepoints[t].name; t++) {
			char name[80];
			uint8_t *text;
			size_t len;
			int error;

			snprintf(name, sizeof(name), "format/%s",
				 handler->tracepoints[t].name);
			text = read_whole(path_in(golden, name, ""), &len);
			if (!text)
				continue;
			golden->tracepoints[golden->n_tracepoints] =
				resolve_text(handler, handler->tracepoints[t].name,
					     (char *)text, &error);
			assert_non_null(golden->tracepoints[golden->n_tracepoints++]);
			free(text);
		}
	}
}

static void take(void *userdata, const struct trace_record *raw)
{
	struct recording *recording = userdata;
	const struct golden *golden = recording->golden;
	uint16_t id;

	assert_true(raw->len >= sizeof(id));
	memcpy(&id, raw->bytes, sizeof(id));
	for (size_t i = 0; i < golden->n_tracepoints; i++)
		if (golden->tracepoints[i]->id == id) {
			assert_true(recording->n_events < GOLDEN_EVENTS_MAX);
			recording->boottime_ns[recording->n_events] = raw->boottime_ns;
			assert_int_equal(
				decode_bytes(golden->tracepoints[i], raw->bytes, raw->len,
					     4096,
					     &recording->decoded[recording->n_events]),
				1);
			recording->n_events++;
			return;
		}
	recording->n_others++;
}

/* The recording as a ring would give it: from a file that looks like trace_pipe_raw. */
static void walk_raw(struct recording *recording, const uint8_t *bytes, size_t len)
{
	static uint64_t landing[(LANDING_HEADS_BYTES + SUB_BUFFER_BYTES) / 8];
	uint8_t sub_buffer[SUB_BUFFER_BYTES] = { 0 };
	char *tracefs = make_temp_directory();
	struct trace_instance instance;
	struct trace_reader *reader;
	const char *used;
	int error, fd;

	assert_true(len <= sizeof(sub_buffer));
	memcpy(sub_buffer, bytes, len);
	memset(landing, 0, sizeof(landing));
	fake_tracefs(tracefs);
	fake_instance(tracefs, "golden", 1);
	assert_int_equal(trace_directory_use(tracefs, &used), 0);
	assert_int_equal(trace_instance_open("golden", RING_HARDWARE, &instance), 0);
	reader = trace_reader_new(landing, sizeof(landing), &error);
	assert_non_null(reader);
	assert_int_equal(trace_reader_add(reader, &instance, &(unsigned int){ 0 }, 1), 0);
	fd = fake_ring_open(tracefs, "golden", 0);
	assert_int_equal(write(fd, sub_buffer, sizeof(sub_buffer)), sizeof(sub_buffer));
	assert_int_equal(trace_reader_fill(reader), 1);
	trace_reader_walk(reader, take, recording);
	close(fd);
	trace_reader_free(reader);
	trace_instance_close(&instance);
	remove_tree(tracefs);
}

/* "  comm-pid  [cpu] flags  12.345678: event: text", an event a line. */
static void take_lines(struct recording *recording)
{
	char *line = recording->text;

	for (size_t i = 0; i < GOLDEN_EVENTS_MAX && line && *line; i++) {
		char *next = strchr(line, '\n');
		char *bracket = strchr(line, ']'), *event;

		if (next)
			*next++ = '\0';
		assert_non_null(bracket);
		assert_int_equal(sscanf(bracket, "] %*s %lf:", &recording->times[i]), 1);
		event = strchr(strchr(bracket, ':') + 1, ':');
		assert_non_null(event);
		recording->lines[i] = event + 2;
		line = next;
	}
}

bool golden_has(const struct golden *golden, const char *name)
{
	return access(path_in(golden, name, ".raw"), R_OK) == 0;
}

void golden_open(const struct golden *golden, const char *name,
		 struct recording *recording)
{
	size_t len;
	uint8_t *raw = read_whole(path_in(golden, name, ".raw"), &len);

	print_message("# %s/%s\n", golden->directory, name);
	*recording = (struct recording){ .golden = golden };
	assert_non_null(raw);
	walk_raw(recording, raw, len);
	free(raw);
	recording->cper =
		read_whole(path_in(golden, name, ".cper"), &recording->cper_len);
	recording->text = (char *)read_whole(path_in(golden, name, ".txt"), &len);
	assert_non_null(recording->text);
	take_lines(recording);
	for (size_t i = 0; i < recording->n_events; i++) {
		double difference =
			recording->times[i] - (double)recording->boottime_ns[i] / 1e9;

		/* the text was read from a second instance, which records a little later
		 */
		assert_true(difference > -0.1 && difference < 0.1);
	}
}

void golden_close(struct recording *recording)
{
	for (size_t i = 0; i < recording->n_events; i++)
		decoded_free(&recording->decoded[i]);
	free(recording->cper);
	free(recording->text);
}

static void for_each(void (*fn)(const struct golden *golden), const char *needed)
{
	const char *top = getenv("top_srcdir");
	char directory[PATH_MAX - 256];
	struct dirent *entry;
	size_t n = 0;
	DIR *dir;

	snprintf(directory, sizeof(directory), "%s/tests/golden", top ? top : ".");
	dir = opendir(directory);
	while (dir && (entry = readdir(dir))) {
		struct golden golden = { .n_tracepoints = 0 };

		snprintf(golden.directory, sizeof(golden.directory), "%s/%s", directory,
			 entry->d_name);
		if (access(path_in(&golden, needed, ""), R_OK) < 0)
			continue;
		load_formats(&golden);
		fn(&golden);
		for (size_t i = 0; i < golden.n_tracepoints; i++)
			tracepoint_free(golden.tracepoints[i]);
		n++;
	}
	if (dir)
		closedir(dir);
	if (n == 0)
		skip();
}

void golden_for_each_kernel(void (*fn)(const struct golden *golden))
{
	for_each(fn, "memory-failure.raw");
}

/* --- cases that are files -------------------------------------------------------------
 */

/* What is of the record and its decoder alone. */
static struct json_object *to_json(const struct event *event)
{
	struct json_object *o = event_to_json(event);

	json_object_object_del(o, "id");
	json_object_object_del(o, "time");
	json_object_object_del(o, "time_last");
	return o;
}

static void check_case(const struct golden *golden, const char *name)
{
	struct json_object *expected =
		json_object_from_file(path_in(golden, name, ".json"));
	struct recording recording;

	assert_non_null(expected);
	golden_open(golden, name, &recording);
	assert_int_equal(recording.n_events, json_object_array_length(expected));
	for (size_t i = 0; i < recording.n_events; i++) {
		struct json_object *is = to_json(&recording.decoded[i].event);

		if (!json_object_equal(is, json_object_array_get_idx(expected, i)))
			fail_msg("%s of %s is: %s", name, golden->directory,
				 json_object_to_json_string(is));
		json_object_put(is);
	}
	golden_close(&recording);
	json_object_put(expected);
}

static void check_cases(const struct golden *golden)
{
	DIR *dir = opendir(golden->directory);
	struct dirent *entry;

	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		char *dot = strrchr(entry->d_name, '.');

		if (!dot || strcmp(dot, ".json"))
			continue;
		*dot = '\0';
		check_case(golden, entry->d_name);
	}
	closedir(dir);
}

void golden_check_cases(void)
{
	for_each(check_cases, "release");
}
