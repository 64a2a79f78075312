// SPDX-License-Identifier: LGPL-2.1-or-later

#include "rasd/daemon_private.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/vfs.h>

#include <linux/magic.h>

#include <systemd/sd-daemon.h>

#include "db/writer.h"
#include "handlers/table.h"
#include "rasd/messages.h"
#include "util/clock.h"
#include "util/file.h"
#include "util/log.h"
#include "util/text.h"

#define LANDING_BYTES (LANDING_HEADS_BYTES + (1u << 20))
#define HELLO_MSEC    3000
#define STOP_MSEC     12000 /* below the unit's TimeoutStopSec */

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
					    .scratch_bytes = LANDING_BYTES,
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

/* A fresh instance is settled before anything is recorded; one that was there, when it
 * has been read empty (see settle_old_instances()). */
static int attach_handlers(struct daemon *daemon)
{
	for (int ring = 0; ring < TRACE_RING_MAX; ring++)
		if (daemon->tracing.instances[ring].fresh)
			daemon_settle(daemon, ring);
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
	int r;

	daemon->reader = trace_reader_new(daemon->ring.scratch, LANDING_BYTES, &r);
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
	daemon_take_hello(daemon, &hello);
	if (hello.result == -EWOULDBLOCK)
		return RASD_EXIT_RUNNING;
	return hello.result ? RASD_EXIT_DATABASE : RASD_EXIT_OK;
}

/* The end is told last, and only when everything else has been. */
static bool tell_stop(struct daemon *daemon)
{
	struct message_stop message = { .time_ns = clock_now_ns(CLOCK_REALTIME) };
	bool told =
		daemon_tell_losses(daemon) &&
		pipeline_tell(&daemon->pipeline, MESSAGE_STOP, &message, sizeof(message));

	ring_publish(&daemon->ring);
	child_wake(&daemon->child);
	return told;
}

/* What the kernel holds now is recorded; what comes later it keeps for the next start. */
static void stop(struct daemon *daemon)
{
	int waited_msec = 0;

	sd_notify(false, "STOPPING=1");
	daemon_drain(daemon);
	pipeline_log_window(&daemon->pipeline);
	if (!daemon->child.pid)
		daemon_start_store(daemon);
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
	r = r < 0 ? r :
		    daemon_start_store(daemon); /* opens its database while we go on */
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
	daemon_take_over(daemon);
	r = daemon_make_loop(daemon);
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
