// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Reader, handlers, pipeline, log, correlator, policy and store are the daemon's own;
 * what differs is where records come from, that the clock is theirs, and that nobody acts
 * or looks into this machine's /proc. Records of all CPUs and lines of the log are taken
 * in the order of their time.
 */

#include "rasd/replay.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>

#include <traceevent/event-parse.h>

#include "cper/walk.h"
#include "handlers/table.h"
#include "rasd/capture_dir.h"
#include "rasd/child.h"
#include "rasd/hands.h"
#include "rasd/kernel_log.h"
#include "rasd/scratch.h"
#include "sources/instance.h"
#include "util/clock.h"
#include "util/log.h"

#define DATABASE    "rasd-replay.db"
#define RING_BYTES  (16u << 20)
#define QUIET_NS    (10 * NS_PER_MSEC) /* the daemon would have finished a round */
#define LATE_NS	    (90 * NS_PER_SEC)  /* by then everything open is given up */
#define HELLO_MSEC  10000
#define WAIT_USEC   1000
#define STORE_MSEC  600000
#define BERT_REGION "acpi/data/BERT"

struct replay {
	const char *directory, *database;
	int dirfd;
	struct capture_facts facts;
	struct config config;
	char scratch_dir[64];
	struct ring ring;
	struct child child;
	struct trace_instance instance;
	struct trace_reader *reader;
	struct pipeline pipeline;
	struct hands hands;
	struct kernel_log log;
	struct captured_log lines;
	size_t next_line;
	struct tracepoint *tracepoints[STATUS_SOURCES_MAX];
	char **files; /* names of those that hold sub-buffers */
	size_t n_files;
	int64_t now_ns, first_ns;
	uint64_t n_bert;
};

static enum rasd_exit fail(const struct replay *replay, const char *what, int r)
{
	log_error("%s: %s: %s", replay->directory, what, strerror(-r));
	return RASD_EXIT_FAILURE;
}

/* --- time --- */

/* The other side is to see what there is, and has all the time that it wants. */
static void make_way(struct replay *replay)
{
	if (ring_room(&replay->ring) > RING_BYTES / 2)
		return;
	pipeline_publish(&replay->pipeline);
	child_wake(&replay->child);
	while (replay->child.pid &&
	       ring_durable(&replay->ring) != ring_written(&replay->ring) &&
	       !child_wait(&replay->child, 0))
		usleep(WAIT_USEC);
}

/* Nobody looks whose a page was: it was on another machine. */
static void settle(struct replay *replay)
{
	hands_settle(&replay->hands);
	replay->hands.n_victims_wanted = 0;
}

static void set_time(struct replay *replay, int64_t boottime_ns)
{
	if (boottime_ns < replay->now_ns)
		return;
	if (boottime_ns - replay->now_ns > QUIET_NS)
		settle(replay);
	if (!replay->first_ns)
		replay->first_ns = boottime_ns;
	replay->now_ns = boottime_ns;
	clock_pretend(boottime_ns, replay->facts.utc_offset_ns);
	kernel_log_tick(&replay->log, boottime_ns);
	make_way(replay);
}

static void take_line(struct replay *replay, const struct captured_line *line)
{
	struct kmsg_record record;

	if (kmsg_parse(line->at, line->len, replay->facts.log_offset_ns, &record) < 0)
		return;
	set_time(replay, record.boottime_ns);
	kernel_log_take(&replay->log, &record, replay->now_ns);
}

/* The time is that of the record that comes next: first what the log told before. */
static void advance(void *userdata, int64_t boottime_ns)
{
	struct replay *replay = userdata;
	const struct captured_log *lines = &replay->lines;

	while (replay->next_line < lines->n_lines &&
	       lines->lines[replay->next_line].boottime_ns <= boottime_ns)
		take_line(replay, &lines->lines[replay->next_line++]);
	set_time(replay, boottime_ns);
}

/* --- what a capture has --- */

static int open_files(struct replay *replay)
{
	int n = capture_list(replay->dirfd, ".raw", &replay->files), r = 0;

	replay->n_files = n < 0 ? 0 : (size_t)n;
	for (size_t i = 0; i < replay->n_files && r >= 0; i++) {
		int fd = openat(replay->dirfd, replay->files[i], O_RDONLY | O_CLOEXEC);

		r = fd < 0 ? -errno :
			     trace_reader_add_file(replay->reader, &replay->instance,
						   (unsigned int)i, fd);
		if (r < 0)
			log_error("%s/%s: %s", replay->directory, replay->files[i],
				  strerror(-r));
	}
	return n < 0 ? n : r;
}

static struct tracepoint *read_format(struct replay *replay, size_t i, const char *name)
{
	struct tep_handle *tep = tep_alloc();
	struct tracepoint *tp = NULL;
	char path[128];
	size_t len;
	int r = -ENOMEM;
	char *format;

	snprintf(path, sizeof(path), "format/%s", name);
	format = capture_read(replay->dirfd, path, &len, &r);
	if (format && tep)
		tp = tracepoint_new(tep, handlers_table.handlers[i], name, format, len,
				    &r);
	if (!tp && r != -ENOENT)
		log_warning("%s/%s: %s: its records stay undecoded", replay->directory,
			    path, strerror(-r));
	tep_free(tep);
	free(format);
	return tp;
}

static int route(struct replay *replay)
{
	int r = 0;

	for (size_t i = 0; i < handlers_table.n_handlers && r >= 0; i++) {
		const struct handler *handler = handlers_table.handlers[i];
		struct tracepoint **tp = &replay->tracepoints[i];

		for (size_t n = 0;
		     !*tp && n < HANDLER_TRACEPOINTS_MAX && handler->tracepoints[n].name;
		     n++)
			*tp = read_format(replay, i, handler->tracepoints[n].name);
		if (*tp)
			r = pipeline_route(&replay->pipeline, *tp);
	}
	return r;
}

/* --- setting up --- */

static int open_ring(struct replay *replay)
{
	const struct ring_layout layout = { .schema = handler_table_hash(&handlers_table),
					    .scratch_bytes = SCRATCH_BYTES,
					    .data_bytes = RING_BYTES };
	const char *top = getenv("TMPDIR");
	char path[sizeof(replay->scratch_dir) + 16], note_text[256] = "";
	struct text note = TEXT_IN(note_text);
	int r;

	if (snprintf(replay->scratch_dir, sizeof(replay->scratch_dir),
		     "%s/rasd-replay.XXXXXX",
		     top ? top : "/tmp") >= (int)sizeof(replay->scratch_dir))
		r = -ENAMETOOLONG;
	else
		r = mkdtemp(replay->scratch_dir) ? 0 : -errno;
	if (r < 0)
		return r;
	snprintf(path, sizeof(path), "%s/ring", replay->scratch_dir);
	r = ring_open(path, &layout, &replay->ring, &note);
	unlink(path); /* store has it by its descriptor */
	rmdir(replay->scratch_dir);
	if (r >= 0)
		policy_init((void *)(replay->ring.scratch + SCRATCH_POLICY_AT));
	return r;
}

static int start_store(struct replay *replay)
{
	struct store_hello hello = { .result = -EPIPE };
	int r = child_init(&replay->child);

	r = r < 0 ? r :
		    child_start(&replay->child, replay->database, &handlers_table,
				&replay->ring);
	if (r < 0 || child_hear(&replay->child, HELLO_MSEC, &hello) <= 0)
		return r < 0 ? r : -ETIMEDOUT;
	if (hello.note[0])
		log_warning("%s", hello.note);
	return hello.result;
}

/* The rules' page and memory are those of the machine that was recorded. */
static int start_hands(struct replay *replay)
{
	int r;

	replay->config.dry_run = true;
	replay->config.runtime_directory[0] = '\0';
	r = hands_init(&replay->hands, &replay->pipeline, &replay->config);
	if (r < 0)
		return r;
	replay->hands.state->ready = 1;
	replay->hands.rules.policy.page_size = replay->facts.page_bytes;
	if (replay->facts.memory_bytes)
		replay->hands.rules.policy.memory_bytes = replay->facts.memory_bytes;
	replay->log = (struct kernel_log){ .kmsg = { .fd = -1 },
					   .pipeline = &replay->pipeline,
					   .hands = &replay->hands };
	return 0;
}

static int start_pipeline(struct replay *replay)
{
	struct pipeline *pipeline = &replay->pipeline;
	int r;

	replay->reader = trace_reader_new(replay->ring.scratch + SCRATCH_LANDING_AT,
					  LANDING_BYTES, &r);
	if (!replay->reader)
		return r;
	r = pipeline_init(pipeline, &handlers_table, &replay->ring, replay->reader,
			  "replay", replay->config.senders);
	if (r < 0)
		return r;
	close_fd(TAKE_FD(pipeline->proc_fd)); /* its processes are not theirs */
	pipeline->page_size = replay->facts.page_bytes;
	pipeline->advance = advance;
	pipeline->advance_data = replay;
	return start_hands(replay);
}

static void tell_run(struct replay *replay)
{
	struct db_run run = { .time_ns = clock_now_ns(CLOCK_REALTIME),
			      .pid = getpid(),
			      .page_size = (uint32_t)replay->facts.page_bytes,
			      .config_hash = replay->config.hash };

	copy_text(run.boot_id, sizeof(run.boot_id), replay->facts.boot_id);
	copy_text(run.kernel, sizeof(run.kernel), replay->facts.release);
	copy_text(run.version, sizeof(run.version), PACKAGE_VERSION);
	copy_text(run.instance, sizeof(run.instance), "replay");
	pipeline_tell(&replay->pipeline, MESSAGE_RUN, &run, sizeof(run));
}

static int start(struct replay *replay)
{
	char why_text[256] = "";
	struct text why = TEXT_IN(why_text);
	int r = captured_log_read(replay->dirfd, replay->facts.log_offset_ns,
				  &replay->lines, &why);

	if (r < 0)
		log_error("%s: %s", replay->directory, why.len ? why_text : strerror(-r));
	r = r < 0 ? r : open_ring(replay);
	r = r < 0 ? r : start_store(replay);
	r = r == 0 ? start_pipeline(replay) : r;
	r = r < 0 ? r : open_files(replay);
	return r < 0 ? r : route(replay);
}

/* --- running --- */

/* What firmware kept of the boot before: it is told first. */
static void replay_bert(struct replay *replay)
{
	size_t len;
	int r;
	_cleanup_(free_ptr) char *bytes =
		capture_read(replay->dirfd, BERT_REGION, &len, &r);
	struct arena *arena = &replay->pipeline.arena;
	struct cper_section section;
	struct cper_walk walk;
	struct event event;

	if (!bytes)
		return;
	cper_walk_blocks(&walk, (uint8_t *)bytes, len);
	while ((r = cper_walk_next(&walk, &section)) > 0) {
		arena_reset(arena);
		if (cper_section_decode(&handlers_table, &section, arena, &event) <= 0)
			continue;
		event.source = SOURCE_BERT;
		event.flags |= EVENT_PREVIOUS_BOOT;
		event.boottime_ns =
			section.time_ns ? section.time_ns - replay->facts.utc_offset_ns :
					  0;
		replay->n_bert += pipeline_add(&replay->pipeline, &event);
	}
	if (r < 0)
		log_warning("%s/%s: the lengths at byte %zu cannot be true: the rest is "
			    "not read",
			    replay->directory, BERT_REGION, walk.at);
}

/* What was open when the recording ended stays so for ever. */
static void finish(struct replay *replay)
{
	struct message_stop message;

	if (replay->lines.n_lines)
		advance(replay,
			MAX(replay->now_ns,
			    replay->lines.lines[replay->lines.n_lines - 1].boottime_ns));
	set_time(replay, replay->now_ns + LATE_NS);
	kernel_log_tick(&replay->log, replay->now_ns);
	kernel_log_release(&replay->log);
	settle(replay);
	pipeline_publish(&replay->pipeline);
	pipeline_tell_losses(&replay->pipeline);
	message.time_ns = clock_now_ns(CLOCK_REALTIME);
	pipeline_tell(&replay->pipeline, MESSAGE_STOP, &message, sizeof(message));
	ring_publish(&replay->ring);
	child_wake(&replay->child);
}

static void run(struct replay *replay)
{
	tell_run(replay);
	replay_bert(replay);
	while (pipeline_round(&replay->pipeline) > 0) {
		replay->hands.n_victims_wanted = 0;
		child_wake(&replay->child);
	}
	finish(replay);
}

/* A file that ends in the middle was cut, or is none. */
static bool check_files(const struct replay *replay)
{
	bool all = true;

	for (size_t i = 0; i < replay->n_files; i++) {
		size_t at;

		if (trace_reader_file_is_read(replay->reader, i, &at))
			continue;
		log_error("%s/%s: from byte %zu on there is no whole sub-buffer: that is "
			  "not replayed",
			  replay->directory, replay->files[i], at);
		all = false;
	}
	return all;
}

static void print_summary(const struct replay *replay)
{
	const struct ring_status *status = replay->ring.status;

	printf("%s: kernel %s, pages of %" PRIu64 " KiB, %" PRIu64
	       " trace records, %zu lines of the log, %" PRIu64 " sections of BERT\n",
	       replay->directory,
	       replay->facts.release[0] ? replay->facts.release : "not known",
	       replay->facts.page_bytes / 1024, status->records, replay->lines.n_lines,
	       replay->n_bert);
	for (size_t i = 0; i < handlers_table.n_handlers && i < STATUS_TYPES_MAX; i++)
		if (status->types[i].events)
			printf("  %-24s %" PRIu64 "\n",
			       handlers_table.handlers[i]->type->name,
			       status->types[i].events);
	if (status->not_ours)
		printf("  %" PRIu64 " records are nothing that rasd records\n",
		       status->not_ours);
	if (status->undecoded)
		printf("  %" PRIu64 " records could not be decoded, and are kept raw\n",
		       status->undecoded);
	if (replay->lines.n_bad)
		printf("  %zu lines are no records of the log, and were left out\n",
		       replay->lines.n_bad);
	if (replay->pipeline.spilled)
		printf("  %" PRIu64 " events were lost on the way\n",
		       replay->pipeline.spilled);
	if (!replay->facts.utc_offset_ns)
		printf("  times count from 1970: the capture does not tell when it was\n");
	printf("All of it is in %s: rasctl --db %s events\n", replay->database,
	       replay->database);
}

static void deinit(struct replay *replay)
{
	for (size_t i = 0; i < ARRAY_SIZE(replay->tracepoints); i++)
		tracepoint_free(replay->tracepoints[i]);
	hands_deinit(&replay->hands);
	kernel_log_close(&replay->log);
	pipeline_deinit(&replay->pipeline);
	trace_reader_free(replay->reader);
	child_deinit(&replay->child);
	ring_close(&replay->ring);
	captured_log_free(&replay->lines);
	capture_list_free(replay->files, replay->n_files);
	close_fd(replay->dirfd);
}

static enum rasd_exit check(struct replay *replay)
{
	int r;

	replay->dirfd = open(replay->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	r = replay->dirfd < 0 ? -errno :
				capture_facts_read(replay->dirfd, &replay->facts);
	if (r == -ENODATA) {
		log_error("%s is no capture: it lacks \"format\" and \"release\", or "
			  "\"page_size\" and \"header_page\"",
			  replay->directory);
		return RASD_EXIT_USAGE;
	}
	if (r < 0)
		return fail(replay, "cannot read it", r);
	if (access(replay->database, F_OK) == 0) {
		log_error(
			"%s is there already: give another file with --db, or remove it",
			replay->database);
		return RASD_EXIT_DATABASE;
	}
	return RASD_EXIT_OK;
}

enum rasd_exit replay_run(const struct daemon_options *options,
			  const struct config *config, const char *directory)
{
	static struct replay replay;
	enum rasd_exit status;
	int r;

	replay = (struct replay){ .directory = directory,
				  .database = options->database ? options->database :
								  DATABASE,
				  .dirfd = -1,
				  .config = *config,
				  .ring = { .fd = -1 },
				  .child = { .hello_fd = -1, .wake_fd = -1 },
				  .instance = { .ring = RING_HARDWARE, .lock_fd = -1 },
				  .hands = { .child = { .fd = -1 } },
				  .log = { .kmsg = { .fd = -1 } },
				  .pipeline = { .proc_fd = -1 } };
	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_IGN);
	status = check(&replay);
	if (status == RASD_EXIT_OK) {
		clock_pretend(0, replay.facts.utc_offset_ns);
		r = start(&replay);
		if (r != 0)
			status = r < 0 ? fail(&replay, "cannot be replayed", r) :
					 RASD_EXIT_DATABASE;
	}
	if (status == RASD_EXIT_OK) {
		run(&replay);
		if (!child_wait(&replay.child, STORE_MSEC) ||
		    ring_durable(&replay.ring) != ring_written(&replay.ring))
			status = fail(&replay, "the database is not written", -ETIMEDOUT);
		if (!check_files(&replay) && status == RASD_EXIT_OK)
			status = RASD_EXIT_FAILURE;
		print_summary(&replay);
	}
	deinit(&replay);
	return status;
}
