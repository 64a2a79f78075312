// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * One line and an exit code, as monitoring plugins give them
 * (https://nagios-plugins.org/doc/guidelines.html; node-problem-detector's custom plugins
 * know 0, 1 and, for what cannot be told, 2).
 */

#include "rasctl/ctl.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "handlers/table.h"
#include "ipc/status.h"
#include "rasctl/ack_file.h"
#include "rasctl/losses.h"
#include "rasctl/no_act.h"
#include "rasctl/output.h"
#include "rasctl/status_daemon.h"
#include "util/clock.h"

#define ACT_STUCK_NS (60 * NS_PER_SEC)

enum level { LEVEL_OK, LEVEL_WARNING, LEVEL_CRITICAL, LEVEL_UNKNOWN, LEVEL_MAX };

static const struct {
	const char *word;
	int nagios, npd;
	int weight; /* a problem that is known outweighs what is not */
} levels[LEVEL_MAX] = {
	[LEVEL_OK] = { "OK", 0, 0, 0 },
	[LEVEL_UNKNOWN] = { "UNKNOWN", 3, 2, 1 },
	[LEVEL_WARNING] = { "WARNING", 1, 1, 2 },
	[LEVEL_CRITICAL] = { "CRITICAL", 2, 1, 3 },
};

struct finding {
	enum level level;
	char buf[1024];
	struct text text;
	struct ack ack;
	struct db_health health;
	uint64_t lost;	 /* since the ack */
	bool is_counted; /* `health` and `lost` are known */
};

static void find(struct finding *f, enum level level, const char *fmt, ...)
	_printf_(3, 4);

static void find(struct finding *f, enum level level, const char *fmt, ...)
{
	char line[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	text_add(&f->text, "%s%s", f->text.len ? "; " : "", line);
	if (levels[level].weight > levels[f->level].weight)
		f->level = level;
}

/* "3", or "10000+" where counting ended. */
static const char *plenty(uint64_t n)
{
	return n >= DB_HEALTH_MAX ? "+" : "";
}

static void find_errors(struct finding *f)
{
	const struct {
		uint64_t n;
		enum level level;
		const char *what;
	} counts[] = {
		{ f->health.uncorrected, LEVEL_CRITICAL, "uncorrected errors" },
		{ f->health.deferred, LEVEL_WARNING, "deferred errors" },
		{ f->health.untold, LEVEL_WARNING, "errors of unknown severity" },
		{ f->health.failed_acts, LEVEL_WARNING, "acts that failed" },
		{ f->lost, LEVEL_WARNING, "events lost" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(counts); i++)
		if (counts[i].n)
			find(f, counts[i].level, "%" PRIu64 "%s %s", counts[i].n,
			     plenty(counts[i].n), counts[i].what);
}

static void find_failed_sources(struct finding *f, const struct ring_status *status)
{
	for (size_t i = 0; i < STATUS_SOURCES_MAX; i++)
		if (status->sources[i].state == SOURCE_FAILED)
			find(f, LEVEL_WARNING, "source %.*s failed: %s",
			     STATUS_NAME_BYTES - 1, status->sources[i].name,
			     strerror(abs(status->sources[i].error)));
}

static void find_daemon(struct finding *f, const char *ring)
{
	struct status_snapshot snapshot;
	int r = ring_status_read(ring, &snapshot);
	const struct ring_status *status = &snapshot.status;

	if (r < 0 && r != -ENOENT) {
		find(f, LEVEL_UNKNOWN, "whether rasd runs cannot be told: %s: %s", ring,
		     status_error(r));
		return;
	}
	if (r < 0 || !snapshot.alive) {
		find(f, LEVEL_CRITICAL, "rasd is not running");
		return;
	}
	if (status->store_note[0])
		find(f, LEVEL_CRITICAL, "rasd: %s", status->store_note);
	else if (status->store_error)
		find(f, LEVEL_CRITICAL, "rasd cannot write its database: %s",
		     strerror(abs(status->store_error)));
	if (status->wal_reader[0])
		find(f, LEVEL_WARNING, "%s keeps the database's -wal growing",
		     status->wal_reader);
	if (status->act_busy_since_ns &&
	    clock_now_ns(CLOCK_BOOTTIME) - status->act_busy_since_ns > ACT_STUCK_NS)
		find(f, LEVEL_WARNING, "an act is stuck for %lld s",
		     (long long)((clock_now_ns(CLOCK_BOOTTIME) -
				  status->act_busy_since_ns) /
				 NS_PER_SEC));
	find_failed_sources(f, status);
}

static void find_pause(struct finding *f, const char *ring)
{
	char directory[DB_PATH_BYTES];
	struct no_act no_act;

	runtime_directory(ring, directory);
	if (no_act_look(directory, &no_act) >= 0 && no_act.is_there)
		find(f, LEVEL_OK, "acting is paused");
}

/* What is known of an ack for this very database; a new one begins with none. */
static void read_ack(struct finding *f, const char *db, const char *db_id)
{
	int r = ack_read(db, &f->ack);

	if (r < 0 && r != -ENOENT)
		find(f, LEVEL_UNKNOWN, "%s.ack cannot be read: %s", db, strerror(-r));
	if (r < 0 || strcmp(f->ack.db_id, db_id))
		f->ack = (struct ack){ 0 };
}

static int ask(struct finding *f, struct db_reader *reader, const char *db,
	       struct db_last_run *last)
{
	struct db_facts facts;
	int r = db_read_facts(reader, &facts);

	if (r < 0)
		return r;
	read_ack(f, db, facts.db_id);
	r = db_read_health(reader, f->ack.id, &f->health);
	f->lost = f->health.lost > f->ack.lost ? f->health.lost - f->ack.lost : 0;
	if (r < 0)
		return r;
	f->is_counted = true;
	find_errors(f);
	r = db_read_last_run(reader, last);
	return r < 0 ? r : 0;
}

static void look(struct finding *f, const char *db)
{
	struct db_last_run last = { .run.ring = RASD_RUNTIME_DIRECTORY "/rasd.ring" };
	struct db_reader *reader = NULL;
	char buf[512] = "";
	struct text note = TEXT_IN(buf);
	int r = db_reader_open(db, &handlers_table, &reader, &note);

	if (r) {
		find(f, LEVEL_UNKNOWN, "%s", buf);
	} else {
		r = ask(f, reader, db, &last);
		if (r < 0)
			find(f, LEVEL_UNKNOWN, "cannot read all of %s: %s", db,
			     strerror(-r));
	}
	find_daemon(f, last.run.ring);
	find_pause(f, last.run.ring);
	db_reader_close(reader);
}

static struct json_object *to_json(const struct finding *f, int code)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "state", json_object_new_string(levels[f->level].word));
	json_object_object_add(o, "code", json_object_new_int(code));
	json_object_object_add(o, "message", json_word(f->text.at));
	json_object_object_add(o, "uncorrected",
			       json_object_new_uint64(f->health.uncorrected));
	json_object_object_add(o, "deferred", json_object_new_uint64(f->health.deferred));
	json_object_object_add(o, "untold", json_object_new_uint64(f->health.untold));
	json_object_object_add(o, "failed_acts",
			       json_object_new_uint64(f->health.failed_acts));
	json_object_object_add(o, "lost", json_object_new_uint64(f->lost));
	json_object_object_add(o, "last_id", json_object_new_uint64(f->health.last_id));
	json_object_object_add(o, "ack", f->ack.time_ns ? ack_to_json(&f->ack) : NULL);
	return o;
}

/* No "|" in the text: behind it stand the numbers, for what draws curves. */
static void print_line(const struct finding *f, bool with_numbers)
{
	printf("RASD %s - ", levels[f->level].word);
	for (const char *c = f->text.at; *c; c++)
		putchar(*c == '|' || *c == '\n' ? ' ' : *c);
	if (!f->health.uncorrected && !f->health.deferred && f->level == LEVEL_OK)
		printf("%snothing new up to event %" PRIu64, f->text.len ? "; " : "",
		       f->health.last_id);
	else if (f->health.uncorrected || f->health.deferred)
		printf(" (rasctl events -s deferred)");
	if (with_numbers && f->is_counted)
		printf(" | uncorrected=%" PRIu64 " deferred=%" PRIu64 " untold=%" PRIu64
		       " failed_acts=%" PRIu64 " lost=%" PRIu64,
		       f->health.uncorrected, f->health.deferred, f->health.untold,
		       f->health.failed_acts, f->lost);
	putchar('\n');
}

static int run(const struct options *options, char **arguments)
{
	struct finding f = { .level = LEVEL_OK };
	struct output out;
	int code;

	(void)arguments;
	f.text = (struct text)TEXT_IN(f.buf);
	look(&f, options->db);
	code = options->for_npd ? levels[f.level].npd : levels[f.level].nagios;
	if (options->format == &output_table) {
		print_line(&f, !options->for_npd);
		return code;
	}
	output_open(&out, options->format, stdout);
	output_record(&out, &(struct view){ .name = "check" }, to_json(&f, code));
	output_close(&out);
	return code;
}

const struct verb verb_check = {
	.name = "check",
	.arguments = "",
	.summary = "one line for monitoring: is there anything new?",
	.description =
		"One line and an exit code, as plugins of Nagios give them: 0 OK; 1 WARNING"
		"\n(deferred errors, losses, acts that failed or are stuck); 2 CRITICAL"
		"\n(uncorrected errors, rasd down or unable to write); 3 UNKNOWN. It counts"
		"\nfrom the last \"rasctl ack\" on. With --for npd: 0 OK, 1 a problem, "
		"2 unknown, as\nnode-problem-detector has it.",
	.options = "F",
	.run = run,
};
