// SPDX-License-Identifier: LGPL-2.1-or-later

#include "rasctl/ctl.h"

#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "rasctl/database.h"
#include "rasctl/losses.h"
#include "rasctl/no_act.h"
#include "rasctl/output.h"
#include "rasctl/status_daemon.h"

static uint64_t number(struct json_object *object, const char *key)
{
	return json_object_get_uint64(json_object_object_get(object, key));
}

/* A column that shows a member of a member. */
static void add_time(struct json_object *object, const char *key,
		     const struct output *out, struct text *text)
{
	const struct column column = { .key = key };

	format_time_long(object, &column, out, text);
}

static void format_daemon(struct json_object *row, const struct column *column,
			  const struct output *out, struct text *text)
{
	struct json_object *daemon = json_object_object_get(row, column->key);
	struct json_object *running = json_object_object_get(daemon, "running");

	if (!running) {
		text_add(text, "cannot be told: %s: %s", json_text(daemon, "ring"),
			 json_text(daemon, "error"));
		return;
	}
	if (!json_object_get_boolean(running)) {
		text_add(text, "not running");
		return;
	}
	text_add(text, "running, pid %s, rasd %s, since ", json_text(daemon, "pid"),
		 json_text(daemon, "version"));
	add_time(daemon, "started", out, text);
	if (!json_text(daemon, "store_pid"))
		text_add(text, "; its store process is not running");
	if (json_text(daemon, "store_note"))
		text_add(text, "; %s", json_text(daemon, "store_note"));
	else if (json_text(daemon, "store_error"))
		text_add(text, "; cannot write the database: %s",
			 json_text(daemon, "store_error"));
}

static void format_run(struct json_object *row, const struct column *column,
		       const struct output *out, struct text *text)
{
	struct json_object *run = json_object_object_get(row, column->key);
	struct json_object *daemon = json_object_object_get(row, "daemon");

	if (!run) {
		text_add(text, "none");
		return;
	}
	text_add(text, "began ");
	add_time(run, "started", out, text);
	if (json_text(run, "stopped")) {
		text_add(text, ", stopped as it should ");
		add_time(run, "stopped", out, text);
	} else if (!json_object_get_boolean(json_object_object_get(daemon, "running"))) {
		text_add(text, ", did not stop as it should");
	}
	text_add(text, ", kernel %s",
		 json_text(run, "kernel") ? json_text(run, "kernel") : "?");
}

static void format_database(struct json_object *row, const struct column *column,
			    const struct output *out, struct text *text)
{
	struct json_object *database = json_object_object_get(row, column->key);
	const struct column bytes = { .key = "bytes" },
			    wal_bytes = { .key = "wal_bytes" };

	if (!database) {
		const char *written =
			json_text(json_object_object_get(row, "daemon"), "database");

		text_add(text, "cannot be read");
		if (written)
			text_add(text, "; the daemon writes to %s", written);
		return;
	}
	text_add(text, "%s, ", json_text(database, "path"));
	format_bytes(database, &bytes, out, text);
	if (number(database, "wal_bytes")) {
		text_add(text, " and ");
		format_bytes(database, &wal_bytes, out, text);
		text_add(text, " in its -wal");
	}
	if (json_text(json_object_object_get(row, "daemon"), "wal_reader"))
		text_add(text, " (grows while %s reads)",
			 json_text(json_object_object_get(row, "daemon"), "wal_reader"));
	text_add(text, ", schema %" PRIu64 ".%" PRIu64, number(database, "schema") / 1000,
		 number(database, "schema") % 1000);
}

static void format_events(struct json_object *row, const struct column *column,
			  const struct output *out, struct text *text)
{
	struct json_object *database = json_object_object_get(row, "database");

	(void)column;
	if (!database)
		return;
	if (number(database, "last_id")) {
		text_add(text, "ids %s to %s, the latest at ",
			 json_text(database, "first_id"), json_text(database, "last_id"));
		add_time(database, "last_event", out, text);
	} else {
		text_add(text, "none");
	}
	if (number(database, "pruned"))
		text_add(text, "; %s removed for age or number",
			 json_text(database, "pruned"));
}

static void format_not_durable(struct json_object *row, const struct column *column,
			       const struct output *out, struct text *text)
{
	struct json_object *daemon = json_object_object_get(row, "daemon");
	const struct column bytes = { .key = "not_durable_bytes" };

	(void)column;
	if (!json_object_object_get(daemon, bytes.key))
		return;
	if (!number(daemon, bytes.key)) {
		text_add(text, "nothing, all is on disk");
		return;
	}
	format_bytes(daemon, &bytes, out, text);
	text_add(text, " in memory");
}

static void format_lost(struct json_object *row, const struct column *column,
			const struct output *out, struct text *text)
{
	struct json_object *losses = json_object_object_get(row, column->key);
	size_t n = losses ? json_object_array_length(losses) : 0;

	(void)out;
	for (size_t i = 0; i < n; i++) {
		struct json_object *loss = json_object_array_get_idx(losses, i);
		const char *instance = json_text(loss, "instance");

		text_add(text, "%s%s in %s%s%s", i ? ", " : "", json_text(loss, "count"),
			 json_text(loss, "stage"), instance ? " of " : "",
			 instance ? instance : "");
	}
	if (!n && losses)
		text_add(text, "nothing");
}

static void format_acting_in_status(struct json_object *row, const struct column *column,
				    const struct output *out, struct text *text)
{
	format_acting(json_object_object_get(row, column->key), out, text);
}

static const struct column columns[] = {
	{ .key = "daemon", .title = "Daemon", .format = format_daemon },
	{ .key = "run", .title = "Last run", .format = format_run },
	{ .key = "database", .title = "Database", .format = format_database },
	{ .key = "events", .title = "Events", .format = format_events },
	{ .key = "not_durable", .title = "To be written", .format = format_not_durable },
	{ .key = "losses", .title = "Lost", .format = format_lost },
	{ .key = "acting", .title = "Acting", .format = format_acting_in_status },
	{ .key = "version" },
};

static const struct view view = {
	.name = "status",
	.columns = columns,
	.n_columns = ARRAY_SIZE(columns),
};

static uint64_t file_bytes(const char *path, const char *suffix)
{
	char whole[DB_PATH_BYTES];
	struct stat st;

	snprintf(whole, sizeof(whole), "%s%s", path, suffix);
	return stat(whole, &st) < 0 ? 0 : (uint64_t)st.st_size;
}

static struct json_object *id_to_json(uint64_t id)
{
	return id ? json_object_new_uint64(id) : NULL;
}

static struct json_object *database_to_json(const char *path,
					    const struct db_facts *facts)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "path", json_word(path));
	json_object_object_add(o, "bytes", json_object_new_uint64(file_bytes(path, "")));
	json_object_object_add(o, "wal_bytes",
			       json_object_new_uint64(file_bytes(path, "-wal")));
	json_object_object_add(o, "db_id", json_word(facts->db_id));
	json_object_object_add(o, "schema", json_object_new_int(facts->schema));
	json_object_object_add(o, "first_id", id_to_json(facts->first_id));
	json_object_object_add(o, "last_id", id_to_json(facts->last_id));
	json_object_object_add(o, "last_event",
			       facts->last_id ? json_utc(facts->last_event_ns) : NULL);
	json_object_object_add(o, "pruned", json_object_new_uint64(facts->pruned));
	return o;
}

static struct json_object *run_to_json(const struct db_last_run *last)
{
	const struct db_run *run = &last->run;
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "id", json_object_new_int64(last->id));
	json_object_object_add(o, "started", json_utc(run->time_ns));
	json_object_object_add(o, "stopped",
			       last->stopped_ns ? json_utc(last->stopped_ns) : NULL);
	json_object_object_add(o, "clean", json_object_new_boolean(last->clean));
	json_object_object_add(o, "version", json_word(run->version));
	json_object_object_add(o, "instance", json_word(run->instance));
	json_object_object_add(o, "pid", json_object_new_int(run->pid));
	json_object_object_add(o, "kernel", json_word(run->kernel));
	json_object_object_add(o, "arch", json_word(run->arch));
	json_object_object_add(o, "boot_id", json_word(run->boot_id));
	json_object_object_add(o, "machine_id", json_word(run->machine_id));
	return o;
}

static int add_loss(const struct db_loss *loss, void *arg)
{
	json_object_array_add(arg, loss_to_json(loss));
	return 0;
}

/* Fills in what the database knows; *ret_run stays as it was if no run is in it. */
static int ask_database(const char *path, struct db_reader *reader,
			struct json_object *status, struct db_last_run *ret_run)
{
	struct json_object *losses = json_object_new_array();
	struct db_facts facts;
	int r = db_read_facts(reader, &facts);

	json_object_object_add(status, "run", NULL);
	json_object_object_add(status, "database",
			       r < 0 ? NULL : database_to_json(path, &facts));
	json_object_object_add(status, "losses", losses);
	r = r < 0 ? r : db_read_losses(reader, add_loss, losses);
	r = r < 0 ? r : db_read_last_run(reader, ret_run);
	if (r == 1)
		json_object_object_add(status, "run", run_to_json(ret_run));
	return r < 0 ? r : 0;
}

static int run(const struct options *options, char **arguments)
{
	_cleanup_(database_close) struct db_reader *reader = NULL;
	struct json_object *status = json_object_new_object();
	struct db_last_run last = { .run.ring = RASD_RUNTIME_DIRECTORY "/rasd.ring" };
	char directory[DB_PATH_BYTES];
	struct output out;
	int code = database_open(options, &reader), r;

	(void)arguments;
	json_object_object_add(status, "daemon", NULL); /* first, though known last */
	if (reader) {
		r = ask_database(options->db, reader, status, &last);
		code = r < 0 ? database_failed(options, reader, r) : CTL_OK;
	}
	status_add_daemon(status, last.run.ring);
	runtime_directory(last.run.ring, directory);
	json_object_object_add(status, "acting", acting_to_json(reader, directory));
	output_open(&out, options->format, stdout);
	output_record(&out, &view, status);
	output_close(&out);
	return code;
}

const struct verb verb_status = {
	.name = "status",
	.arguments = "",
	.summary = "whether rasd runs, what it has, what was lost",
	.description =
		"Says whether the daemon runs and what it watches, what is in the "
		"database, what\nis not on disk yet, and what was lost. Works without "
		"the daemon.",
	.options = "",
	.run = run,
};
