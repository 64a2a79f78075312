// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * An event of our own, marked as such, through every stage a real one goes through:
 * written into the kernel's trace ring, read by the daemon, looked for in the database.
 */

#include "rasctl/ctl.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/random.h>

#include "event/json.h"
#include "rasctl/database.h"
#include "rasctl/event_view.h"
#include "rasctl/marker.h"
#include "util/clock.h"

#define TEXT_MAX   200 /* bytes; the kernel cuts what is written at about 1 KiB */
#define POLL_USEC  10000
#define TEST_TYPE  "test"
#define TEST_FIELD "token"

static bool is_plain(const char *text)
{
	for (; *text; text++)
		if (!isprint((unsigned char)*text))
			return false;
	return true;
}

static int make_token(const char *text, char *token, size_t size)
{
	uint64_t random;

	if (text && (strlen(text) > TEXT_MAX || !is_plain(text)))
		return complain(CTL_USAGE,
				"the text must be printable ASCII, at most %d characters",
				TEXT_MAX);
	if (getrandom(&random, sizeof(random), 0) != sizeof(random))
		return complain(CTL_FAILED, "cannot get random bytes: %s",
				strerror(errno));
	snprintf(token, size, "%016" PRIx64 "%s%s", random, text ? " " : "",
		 text ? text : "");
	return CTL_OK;
}

static bool has_token(const struct event *event, const char *token)
{
	for (size_t i = 0; event->type && i < event->type->n_fields; i++) {
		const struct value *value = &event->detail[i];

		if (event->type->fields[i].name &&
		    !strcmp(event->type->fields[i].name, TEST_FIELD))
			return value->kind == VALUE_TEXT && value->len == strlen(token) &&
			       !memcmp(value->text, token, value->len);
	}
	return false;
}

/* 1 and the event, which borrows the reader; 0 if it is not there (yet). */
static int look_for(struct db_reader *reader, uint64_t after, const char *token,
		    struct event *ret)
{
	const struct db_filter filter = { .types = { TEST_TYPE }, .after = after };
	int r = db_find_events(reader, &filter);

	while (r >= 0 && (r = db_next_event(reader, ret)) == 1)
		if (has_token(ret, token))
			return 1;
	return r;
}

static int wait_for(const struct options *options, struct db_reader *reader,
		    uint64_t after, const char *token, struct event *ret)
{
	int64_t end = clock_now_ns(CLOCK_MONOTONIC) +
		      (int64_t)options->timeout_sec * NS_PER_SEC;

	for (;;) {
		int r = look_for(reader, after, token, ret);

		if (r == 1)
			return CTL_OK;
		if (r < 0 && r != -EBUSY)
			return database_failed(options, reader, r);
		if (clock_now_ns(CLOCK_MONOTONIC) >= end)
			break;
		usleep(POLL_USEC);
	}
	return complain(CTL_TIMED_OUT,
			"the event was written but is not in %s after %" PRIu64
			" seconds: does rasd run, and write there? See rasctl status",
			options->db, options->timeout_sec);
}

static void print(const struct options *options, const struct event *event,
		  int64_t took_ns)
{
	struct json_object *o = event_to_json(event);
	struct output out;
	char took[32];

	snprintf(took, sizeof(took), "%.1f ms", (double)took_ns / NS_PER_MSEC);
	json_object_object_add(o, "took", json_object_new_string(took));
	json_object_object_add(o, "took_ns", json_object_new_int64(took_ns));
	output_open(&out, options->format, stdout);
	output_record(&out, &event_record_view, o);
	output_close(&out);
}

static int run(const struct options *options, char **arguments)
{
	_cleanup_(database_close) struct db_reader *reader = NULL;
	char token[TEXT_MAX + 32], line[sizeof(token) + 32];
	struct db_facts before = { 0 };
	struct event event;
	int64_t began;
	int r = make_token(arguments[0], token, sizeof(token));

	r = r ? r : database_open(options, &reader);
	if (r != CTL_OK)
		return r;
	r = db_read_facts(reader, &before);
	if (r < 0)
		return database_failed(options, reader, r);
	snprintf(line, sizeof(line), "rasd test-event %s", token);
	began = clock_now_ns(CLOCK_MONOTONIC);
	r = marker_write(options, line);
	r = r ? r : wait_for(options, reader, before.last_id, token, &event);
	if (r == CTL_OK)
		print(options, &event, clock_now_ns(CLOCK_MONOTONIC) - began);
	return r;
}

const struct verb verb_test_event = {
	.name = "test-event",
	.arguments = "[TEXT]",
	.summary = "send an event of our own through all of rasd",
	.description =
		"Writes an event into the kernel's trace ring and waits until it is in "
		"the\ndatabase. It is marked as synthetic and takes the way of a real "
		"one. Needs root.",
	.options = "ITW",
	.max_arguments = 1,
	.run = run,
};
