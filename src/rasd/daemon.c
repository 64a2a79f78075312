// SPDX-License-Identifier: LGPL-2.1-or-later

#include "rasd/daemon.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <sys/vfs.h>

#include <linux/magic.h>

#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>
#include <systemd/sd-id128.h>

#include "db/writer.h"
#include "handlers/table.h"
#include "rasd/child.h"
#include "rasd/messages.h"
#include "rasd/pipeline.h"
#include "rasd/tracing.h"
#include "util/clock.h"
#include "util/file.h"
#include "util/log.h"
#include "util/text.h"

#define RING_DATA_BYTES (16u << 20) /* tmpfs: only what a flood touches is taken */
#define LANDING_BYTES	(LANDING_HEAD_BYTES + (1u << 20))
#define SCRATCH_BYTES                                                    \
	(LANDING_HEAD_BYTES + LANDING_BYTES) /* the first page: the note \
					      */
#define TICK_USEC	     (10 * 1000000ULL)
#define TICKS_PER_LOSSES     30
#define HELLO_MSEC	     3000
#define STOP_MSEC	     12000 /* below the unit's TimeoutStopSec */
#define STORE_DELAY_MIN_USEC 1000000ULL
#define STORE_DELAY_MAX_USEC 10000000ULL
#define ACCURACY_USEC	     1 /* 0 would be sd-event's default, a quarter of a second */
#define DRAIN_ROUNDS_MAX     4096
#define GRACE_NS	     (200 * NS_PER_MSEC) /* for a busy disk, before events give way */
#define GRACE_STEP_USEC	     2000ULL

struct daemon {
	const struct daemon_options *options;
	struct config config;
	char database[DATABASE_PATH_BYTES];
	char ring_path[256];
	struct tracing tracing;
	struct ring ring;
	struct trace_reader *reader;
	struct pipeline pipeline;
	struct child child;
	sd_event *event;
	sd_event_source *rings_source, *grace_source, *store_source, *again_source;
	unsigned int ticks;
	uint64_t store_delay_usec; /* before the next try, if it could not work */
	uint64_t seen_durable;	   /* the ring's position, when it moved last */
	int64_t durable_moved_ns;
	enum rasd_exit exit;
};

void complain_about_config(const char *where, const char *what)
{
	log_warning("%s: %s", where, what);
}

static enum rasd_exit exit_of_tracing(int r)
{
	if (r == -EWOULDBLOCK)
		return RASD_EXIT_RUNNING;
	return RASD_EXIT_TRACEFS;
}

/* --- starting -------------------------------------------------------------------------
 */

static enum rasd_exit open_tracing(struct daemon *daemon)
{
	char why_text[512] = "";
	struct text why = TEXT_IN(why_text);
	int r = tracing_open(&daemon->tracing, &handlers_table, daemon->options->tracefs,
			     daemon->options->sysfs, daemon->options->instance, &why);

	if (r >= 0)
		return RASD_EXIT_OK;
	log_error("%s", why_text);
	return exit_of_tracing(r);
}

static void warn_unless_tmpfs(const char *directory)
{
	struct statfs fs;

	if (statfs(directory, &fs) == 0 && fs.f_type != TMPFS_MAGIC)
		log_warning(
			"%s is not on a tmpfs: events on their way to the database are "
			"written to its disk, too",
			directory);
}

static enum rasd_exit open_ring(struct daemon *daemon)
{
	const struct ring_layout layout = { .schema = handler_table_hash(&handlers_table),
					    .scratch_bytes = SCRATCH_BYTES,
					    .data_bytes = RING_DATA_BYTES };
	char note_text[1200] = "";
	struct text note = TEXT_IN(note_text);
	int r = make_directory(daemon->config.runtime_directory, 0750);

	if (snprintf(daemon->ring_path, sizeof(daemon->ring_path), "%s/%s.ring",
		     daemon->config.runtime_directory,
		     daemon->options->instance) >= (int)sizeof(daemon->ring_path))
		r = -ENAMETOOLONG;
	if (r >= 0)
		r = ring_open(daemon->ring_path, &layout, &daemon->ring, &note);
	if (note.len)
		log_warning("%s", note_text);
	if (r < 0)
		log_error("cannot make the ring %s: %s", daemon->ring_path, strerror(-r));
	else
		warn_unless_tmpfs(daemon->config.runtime_directory);
	return r < 0 ? RASD_EXIT_FAILURE : RASD_EXIT_OK;
}

/* The status page of this process. What was spilled counts on: its ring does. */
static void begin_status(struct daemon *daemon)
{
	struct ring_status *status = daemon->ring.status;
	uint64_t spilled = status->spilled;

	memset(status, 0, sizeof(*status));
	status->spilled = spilled;
	status->pid = getpid();
	status->started_ns = clock_now_ns(CLOCK_REALTIME);
	copy_text(status->version, sizeof(status->version), PACKAGE_VERSION);
	copy_text(status->database, sizeof(status->database), daemon->database);
	copy_text(status->config, sizeof(status->config), daemon->options->config_path);
	for (size_t i = 0; i < handlers_table.n_handlers && i < STATUS_TYPES_MAX; i++)
		copy_text(status->types[i].name, sizeof(status->types[i].name),
			  handlers_table.handlers[i]->type->name);
}

static int settle(struct daemon *daemon, enum trace_ring ring)
{
	struct trace_instance *instance = &daemon->tracing.instances[ring];
	int r = tracing_settle(&daemon->tracing, ring, &daemon->config);

	if (r < 0)
		log_warning("cannot set up trace instance %s: %s; it records as it is",
			    instance->name, strerror(-r));
	return r;
}

/* A fresh instance is settled before anything is recorded; one that was there, when it
 * has been read empty (see settle_old_instances()). */
static int attach_handlers(struct daemon *daemon)
{
	for (int ring = 0; ring < TRACE_RING_MAX; ring++)
		if (daemon->tracing.instances[ring].fresh)
			settle(daemon, ring);
	for (size_t i = 0; i < handlers_table.n_handlers; i++) {
		struct tracepoint *tp = tracing_attach(&daemon->tracing, i);
		int r = tp ? pipeline_route(&daemon->pipeline, tp) : 0;

		if (r < 0)
			return r;
	}
	return 0;
}

static int open_reader(struct daemon *daemon)
{
	uint8_t *landing = daemon->ring.scratch + LANDING_HEAD_BYTES;
	int r;

	daemon->reader = trace_reader_new(landing, LANDING_BYTES, &r);
	if (!daemon->reader)
		return r;
	for (int ring = 0; ring < TRACE_RING_MAX; ring++) {
		r = trace_reader_add(daemon->reader, &daemon->tracing.instances[ring],
				     daemon->tracing.cpus, daemon->tracing.n_cpus);
		if (r < 0)
			return r;
	}
	return 0;
}

static void tell_run(struct daemon *daemon)
{
	struct db_run run = { .time_ns = daemon->ring.status->started_ns,
			      .pid = getpid(),
			      .page_size = (uint32_t)daemon->pipeline.page_size,
			      .config_hash = daemon->config.hash };
	struct utsname uts;
	sd_id128_t id;

	if (sd_id128_get_boot(&id) >= 0)
		sd_id128_to_string(id, run.boot_id);
	if (sd_id128_get_machine(&id) >= 0)
		sd_id128_to_string(id, run.machine_id);
	if (uname(&uts) == 0) {
		copy_text(run.kernel, sizeof(run.kernel), uts.release);
		copy_text(run.arch, sizeof(run.arch), uts.machine);
	}
	copy_text(run.version, sizeof(run.version), PACKAGE_VERSION);
	copy_text(run.instance, sizeof(run.instance), daemon->options->instance);
	copy_text(run.ring, sizeof(run.ring), daemon->ring_path);
	pipeline_tell(&daemon->pipeline, MESSAGE_RUN, &run, sizeof(run));
}

/*
 * A ring that is half full while its other side works is a disk at its limit: for a
 * moment the kernel's rings, which are larger, may hold what comes. After the grace
 * events are read whatever happens to them, for someone may have to act on them.
 */
static bool give_grace(struct daemon *daemon)
{
	uint64_t durable = ring_durable(&daemon->ring);
	int64_t now = clock_now_ns(CLOCK_MONOTONIC);

	if (durable != daemon->seen_durable || !daemon->durable_moved_ns) {
		daemon->seen_durable = durable;
		daemon->durable_moved_ns = now;
	}
	return ring_room(&daemon->ring) < RING_DATA_BYTES / 2 &&
	       now - daemon->durable_moved_ns < GRACE_NS;
}

/* Reads until the rings are empty (or fill as fast as they are read). */
static void drain(struct daemon *daemon)
{
	for (int i = 0; i < DRAIN_ROUNDS_MAX; i++) {
		while (give_grace(daemon))
			usleep(GRACE_STEP_USEC);
		if (pipeline_round(&daemon->pipeline) == 0)
			break;
		child_wake(&daemon->child);
	}
}

/* Of those whose counters the kernel has set to 0 this was the first telling. */
static void tell_losses(struct daemon *daemon)
{
	pipeline_tell_losses(&daemon->pipeline);
	for (int ring = 0; ring < TRACE_RING_MAX; ring++)
		daemon->tracing.instances[ring].fresh = false;
	daemon->ring.fresh = false;
}

static void settle_old_instance(struct daemon *daemon, enum trace_ring ring)
{
	struct trace_instance *instance = &daemon->tracing.instances[ring];
	bool must_empty = tracing_must_empty(&daemon->tracing, ring, &daemon->config);

	if (must_empty) {
		log_notice("trace instance %s had another clock or sub-buffer size: "
			   "read empty and set up anew",
			   instance->name);
		trace_instance_pause(instance, true);
		drain(daemon);
		tell_losses(daemon);
	}
	settle(daemon, ring);
	if (!trace_instance_is_on(instance)) {
		if (!must_empty)
			log_warning("trace instance %s was switched off, and recorded "
				    "nothing until now",
				    instance->name);
		trace_instance_pause(instance, false);
	}
}

/* What others left: a round that was not finished, what the rings held while nobody read.
 */
static void take_over(struct daemon *daemon)
{
	tell_run(daemon);
	if (pipeline_recover(&daemon->pipeline))
		log_info("finished the round that an earlier process had read");
	tell_losses(daemon);
	drain(daemon);
	for (int ring = 0; ring < TRACE_RING_MAX; ring++)
		settle_old_instance(daemon, ring);
	tell_losses(daemon);
	ring_publish(&daemon->ring);
	child_wake(&daemon->child);
}

/* --- the store process ----------------------------------------------------------------
 */

static void take_hello(struct daemon *daemon, const struct store_hello *hello)
{
	if (hello->note[0])
		log_line(hello->result ? LOG_ERR : LOG_WARNING, "%s", hello->note);
	if (hello->result)
		return;
	daemon->pipeline.id_base = (int64_t)hello->id_base;
	daemon->store_delay_usec = 0;
	if (hello->is_new_to_ring)
		pipeline_begin_database(&daemon->pipeline);
}

/* At start, a database that cannot be used is the operator's to mend: nothing was read
 * yet. */
static enum rasd_exit await_store(struct daemon *daemon)
{
	struct store_hello hello;
	int r = child_hear(&daemon->child, HELLO_MSEC, &hello);

	if (r == 0) {
		log_warning("%s does not answer yet; events wait in memory",
			    daemon->database);
		return RASD_EXIT_OK;
	}
	if (r < 0) {
		log_error("the store process died before it could open %s",
			  daemon->database);
		return RASD_EXIT_DATABASE;
	}
	take_hello(daemon, &hello);
	if (hello.result == -EWOULDBLOCK)
		return RASD_EXIT_RUNNING;
	return hello.result ? RASD_EXIT_DATABASE : RASD_EXIT_OK;
}

static int on_store(sd_event_source *source, int fd, uint32_t revents, void *userdata);

static int watch_store(struct daemon *daemon)
{
	daemon->store_source = sd_event_source_unref(daemon->store_source);
	return sd_event_add_io(daemon->event, &daemon->store_source,
			       daemon->child.hello_fd, EPOLLIN, on_store, daemon);
}

static int start_store(struct daemon *daemon)
{
	int r = child_start(&daemon->child, daemon->database, &handlers_table,
			    &daemon->ring);

	if (r < 0)
		log_error("cannot start the store process: %s", strerror(-r));
	return r;
}

static int on_store_again(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct daemon *daemon = userdata;

	(void)usec;
	if (start_store(daemon) >= 0)
		return watch_store(daemon);
	sd_event_source_set_time_relative(source, STORE_DELAY_MAX_USEC);
	return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

/* At once the first time; one that cannot do its work is tried more and more rarely. */
static int start_store_later(struct daemon *daemon)
{
	uint64_t delay = daemon->child.greeted ? 0 : daemon->store_delay_usec;

	daemon->store_delay_usec =
		MIN(MAX(2 * daemon->store_delay_usec, STORE_DELAY_MIN_USEC),
		    STORE_DELAY_MAX_USEC);
	daemon->again_source = sd_event_source_unref(daemon->again_source);
	return sd_event_add_time_relative(daemon->event, &daemon->again_source,
					  CLOCK_MONOTONIC, delay, ACCURACY_USEC,
					  on_store_again, daemon);
}

/* It says hello, or it has ended and another one is started a moment later. */
static int on_store(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct daemon *daemon = userdata;
	struct store_hello hello;
	int r = child_hear(&daemon->child, 0, &hello);

	(void)source;
	(void)fd;
	(void)revents;
	if (r > 0) {
		take_hello(daemon, &hello);
		if (!hello.result)
			log_info("the store process runs again");
		if (!hello.result && hello.is_new_to_ring) {
			tell_run(daemon);
			tell_losses(daemon);
			ring_publish(&daemon->ring);
			child_wake(&daemon->child);
		}
	}
	if (r >= 0)
		return 0;
	if (daemon->child.greeted)
		log_warning(
			"the store process ended; events wait in memory until it runs "
			"again");
	daemon->ring.status->store_pid = 0;
	daemon->store_source = sd_event_source_unref(daemon->store_source);
	return start_store_later(daemon);
}

/* --- the loop -------------------------------------------------------------------------
 */

static int on_grace_over(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct daemon *daemon = userdata;

	(void)source;
	(void)usec;
	return sd_event_source_set_enabled(daemon->rings_source, SD_EVENT_ON);
}

static int on_rings(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct daemon *daemon = userdata;

	(void)fd;
	(void)revents;
	if (give_grace(daemon)) {
		sd_event_source_set_enabled(source, SD_EVENT_OFF);
		daemon->grace_source = sd_event_source_unref(daemon->grace_source);
		return sd_event_add_time_relative(daemon->event, &daemon->grace_source,
						  CLOCK_MONOTONIC, GRACE_STEP_USEC,
						  ACCURACY_USEC, on_grace_over, daemon);
	}
	pipeline_round(&daemon->pipeline);
	child_wake(&daemon->child);
	return 0;
}

static void attach_late(struct daemon *daemon)
{
	for (size_t i = 0; i < handlers_table.n_handlers; i++) {
		struct tracepoint *tp = tracing_attach(&daemon->tracing, i);

		if (!tp)
			continue;
		log_info("%s appeared and is recorded", tp->name);
		pipeline_route(&daemon->pipeline, tp);
		tracing_report_one(&daemon->tracing, i, daemon->ring.status);
	}
}

/* The rare things, together: one wake-up in ten seconds for all of them. */
static int on_tick(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct daemon *daemon = userdata;

	(void)usec;
	trace_reader_wake_dormant(daemon->reader);
	attach_late(daemon);
	pipeline_log_window(&daemon->pipeline);
	daemon->ring.status->log_dropped = log_dropped();
	ring_give_back(&daemon->ring);
	if (++daemon->ticks % TICKS_PER_LOSSES == 0) {
		tell_losses(daemon);
		if (ring_publish(&daemon->ring))
			child_wake(&daemon->child);
	}
	sd_event_source_set_time_relative(source, TICK_USEC);
	return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

static int on_stop(sd_event_source *source, const struct signalfd_siginfo *si,
		   void *userdata)
{
	struct daemon *daemon = userdata;

	(void)source;
	log_info("%s: stopping", strsignal((int)si->ssi_signo));
	return sd_event_exit(daemon->event, 0);
}

static bool needs_restart(const struct config *old, const struct config *new)
{
	return strcmp(old->database, new->database) ||
	       strcmp(old->runtime_directory, new->runtime_directory) ||
	       old->buffer_bytes != new->buffer_bytes ||
	       old->sub_buffer_bytes != new->sub_buffer_bytes ||
	       old->senders != new->senders;
}

static void use_config(struct daemon *daemon, const struct config *config)
{
	if (needs_restart(&daemon->config, config))
		log_notice(
			"only [log] changes at once: the rest of the new configuration "
			"holds after a restart");
	daemon->config.log_level = config->log_level;
	daemon->config.log_lines = config->log_lines;
	log_set_level(config->log_level);
	daemon->pipeline.log_lines_max = config->log_lines;
	log_info("configuration read again");
}

static int on_reload(sd_event_source *source, const struct signalfd_siginfo *si,
		     void *userdata)
{
	struct daemon *daemon = userdata;
	struct config config;
	int r;

	(void)source;
	(void)si;
	sd_notify(false, "RELOADING=1");
	r = config_load(daemon->options->config_path, complain_about_config, &config);
	if (config.n_errors)
		log_error("%u error%s in the configuration: the old one stands",
			  config.n_errors, config.n_errors == 1 ? "" : "s");
	else if (r == -ENOENT && daemon->config.n_files)
		log_error("%s: no such file: the old configuration stands",
			  daemon->options->config_path);
	else
		use_config(daemon, &config);
	sd_notify(false, "READY=1");
	return 0;
}

static int add_signals(struct daemon *daemon)
{
	static const struct {
		int number;
		sd_event_signal_handler_t handler;
	} signals[] = { { SIGTERM, on_stop },
			{ SIGINT, on_stop },
			{ SIGHUP, on_reload } };

	for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
		int r = sd_event_add_signal(daemon->event, NULL, signals[i].number,
					    signals[i].handler, daemon);

		if (r < 0)
			return r;
	}
	return 0;
}

static int make_loop(struct daemon *daemon)
{
	int r = sd_event_new(&daemon->event);

	r = r < 0 ? r : add_signals(daemon);
	r = r < 0 ? r :
		    sd_event_add_io(daemon->event, &daemon->rings_source,
				    trace_reader_fd(daemon->reader), EPOLLIN, on_rings,
				    daemon);
	r = r < 0 ? r :
		    sd_event_add_time_relative(daemon->event, NULL, CLOCK_MONOTONIC,
					       TICK_USEC, 0, on_tick, daemon);
	r = r < 0 ? r : watch_store(daemon);
	return r < 0 ? r : sd_event_set_watchdog(daemon->event, true);
}

/* --- all of it ------------------------------------------------------------------------
 */

static bool tell_stop(struct daemon *daemon)
{
	struct message_stop message = { .time_ns = clock_now_ns(CLOCK_REALTIME) };
	bool told;

	tell_losses(daemon);
	told = pipeline_tell(&daemon->pipeline, MESSAGE_STOP, &message, sizeof(message));
	ring_publish(&daemon->ring);
	child_wake(&daemon->child);
	return told;
}

/* What the kernel holds now is recorded; what comes later it keeps for the next start. */
static void stop(struct daemon *daemon)
{
	int waited_msec = 0;

	sd_notify(false, "STOPPING=1");
	drain(daemon);
	pipeline_log_window(&daemon->pipeline);
	if (!daemon->child.pid)
		start_store(daemon);
	for (; !tell_stop(daemon) && waited_msec < STOP_MSEC / 2; waited_msec += 10)
		usleep(10 * 1000); /* the ring is full: store has to catch up */
	if (!child_wait(&daemon->child, STOP_MSEC - waited_msec))
		log_warning("%s is still being written; what is left waits in %s",
			    daemon->database, daemon->ring_path);
	daemon->ring.status->pid = 0;
}

static enum rasd_exit fail(const char *what, int r)
{
	log_error("%s: %s", what, strerror(-r));
	return RASD_EXIT_FAILURE;
}

static enum rasd_exit start(struct daemon *daemon)
{
	enum rasd_exit status = open_tracing(daemon);
	int r;

	if (status == RASD_EXIT_OK)
		status = open_ring(daemon);
	if (status != RASD_EXIT_OK)
		return status;
	begin_status(daemon);
	r = child_init(&daemon->child);
	r = r < 0 ? r : start_store(daemon); /* opens its database while we go on */
	r = r < 0 ? r : open_reader(daemon);
	r = r < 0 ? r :
		    pipeline_init(&daemon->pipeline, &handlers_table, &daemon->ring,
				  daemon->reader, daemon->options->instance,
				  daemon->config.senders);
	r = r < 0 ? r : attach_handlers(daemon);
	if (r < 0)
		return fail("cannot start", r);
	daemon->pipeline.log_lines_max = daemon->config.log_lines;
	status = await_store(daemon);
	if (status != RASD_EXIT_OK)
		return status;
	tracing_report(&daemon->tracing, daemon->ring.status);
	take_over(daemon);
	r = make_loop(daemon);
	return r < 0 ? fail("cannot make the event loop", r) : RASD_EXIT_OK;
}

static void deinit(struct daemon *daemon)
{
	sd_event_source_unref(daemon->again_source);
	sd_event_source_unref(daemon->store_source);
	sd_event_source_unref(daemon->grace_source);
	sd_event_source_unref(daemon->rings_source);
	sd_event_unref(daemon->event);
	pipeline_deinit(&daemon->pipeline);
	trace_reader_free(daemon->reader);
	child_deinit(&daemon->child);
	ring_close(&daemon->ring);
	tracing_close(&daemon->tracing);
}

/* Two descriptors for each possible CPU: more than the usual limit on a large machine. */
static void allow_many_files(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

/* SIGPIPE: who reads our log may go. SIGCHLD: the kernel collects what has ended. */
static void arrange_signals(void)
{
	sigset_t set;

	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_IGN);

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

/* Runs until it is told to stop. Returns the exit status; the reason has been logged. */
enum rasd_exit daemon_run(const struct daemon_options *options,
			  const struct config *config)
{
	struct daemon daemon = { .options = options,
				 .config = *config,
				 .ring = { .fd = -1 },
				 .child = { .hello_fd = -1, .wake_fd = -1 },
				 .pipeline = { .proc_fd = -1 } };
	enum rasd_exit status;

	copy_text(daemon.database, sizeof(daemon.database),
		  options->database ? options->database : config->database);
	arrange_signals();
	allow_many_files();
	status = start(&daemon);
	if (status == RASD_EXIT_OK) {
		log_info("rasd %s records to %s", PACKAGE_VERSION, daemon.database);
		sd_notifyf(false, "READY=1\nSTATUS=Recording to %s", daemon.database);
		if (sd_event_loop(daemon.event) < 0)
			status = RASD_EXIT_FAILURE;
		stop(&daemon);
	}
	deinit(&daemon);
	return status;
}
