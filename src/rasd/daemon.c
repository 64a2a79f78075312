// SPDX-License-Identifier: LGPL-2.1-or-later

#include "rasd/daemon_private.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/vfs.h>

#include <linux/magic.h>

#include <systemd/sd-daemon.h>
#include <systemd/sd-id128.h>

#include "db/writer.h"
#include "handlers/table.h"
#include "rasd/messages.h"
#include "rasd/scratch.h"
#include "util/clock.h"
#include "util/file.h"
#include "util/log.h"
#include "util/text.h"

#define KERNEL_LOG	"/dev/kmsg"
#define HELLO_MSEC	3000
#define START_EXECS_MAX (2 * POISON_EXECS_MAX)
#define LOG_READS_MAX	64    /* before the end: more is there for the next start */
#define STOP_MSEC	12000 /* below the unit's TimeoutStopSec */

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

/* What cannot be used of what was kept is begun anew, and asked of the database. */
static void prepare_scratch(struct daemon *daemon)
{
	uint8_t *scratch = daemon->ring.scratch;
	struct policy_state *state = (void *)(scratch + SCRATCH_POLICY_AT);
	struct scratch_memory *memory = (void *)(scratch + SCRATCH_MEMORY_AT);
	char boot_id[SD_ID128_STRING_MAX] = "";
	sd_id128_t id;

	daemon_name_regions(daemon);
	if (sd_id128_get_boot(&id) >= 0)
		sd_id128_to_string(id, boot_id);
	daemon->is_new_boot = strncmp(memory->boot_id, boot_id, sizeof(boot_id)) != 0;
	copy_text(memory->boot_id, sizeof(memory->boot_id), boot_id);
	if (policy_is_sound(state) && !daemon->is_new_boot &&
	    !daemon_has_mended(daemon, SCRATCH_POLICY_AT, sizeof(*state)))
		return;
	policy_init(state);
	memory->ready = 0;
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
	if (r >= 0) {
		daemon_take_poison(daemon);
		daemon_mend_ring(daemon);
		r = ring_open(daemon->ring_path, &layout, &daemon->ring, &note);
	}
	if (note.len)
		log_warning("%s", note_text);
	if (r < 0)
		log_error("cannot make the ring %s: %s", daemon->ring_path, strerror(-r));
	else
		warn_unless_tmpfs(daemon->config.runtime_directory);
	if (r >= 0)
		prepare_scratch(daemon);
	return r < 0 ? RASD_EXIT_FAILURE : RASD_EXIT_OK;
}

/* The status page of this process. What was spilled counts on: its ring does. */
static void begin_status(struct daemon *daemon)
{
	struct ring_status *status = daemon->ring.status;
	uint64_t spilled = status->spilled;
	int64_t stopping = daemon->options->poison.again && status->stopping;

	memset(status, 0, sizeof(*status));
	status->spilled = spilled;
	status->stopping = stopping;
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

	daemon->reader = trace_reader_new(daemon->ring.scratch + SCRATCH_LANDING_AT,
					  LANDING_BYTES, &r);
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

static void wake_store(void *userdata)
{
	struct daemon *daemon = userdata;

	child_wake(&daemon->child);
}

static void on_act_death(void *userdata)
{
	struct daemon *daemon = userdata;

	daemon_take_poison(daemon);
	daemon_tell_poison(daemon);
}

/*
 * At start, somebody else's file is the operator's to mend: nothing was read yet. Any
 * other trouble may be one of an early start, as of a file system that is not mounted
 * yet: it is said, and events wait in memory.
 */
static enum rasd_exit await_store(struct daemon *daemon)
{
	struct store_hello hello;
	int r;

	if (daemon->options->poison.again)
		return RASD_EXIT_OK; /* it was running: nothing of the disk ends it */
	r = child_hear(&daemon->child, HELLO_MSEC, &hello);
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
	return hello.result > 0 ? RASD_EXIT_DATABASE : RASD_EXIT_OK;
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

	daemon->ring.status->stopping = 1;
	sd_notify(false, "STOPPING=1");
	daemon_drain(daemon);
	for (int i = 0; i < LOG_READS_MAX && daemon_read_log(daemon); i++)
		;
	daemon_drain(daemon); /* the log may tell of what was traced meanwhile */
	kernel_log_release(&daemon->log);
	hands_settle(&daemon->hands);
	pipeline_publish(&daemon->pipeline);
	kernel_log_published(&daemon->log);
	daemon_take_poison(daemon);
	daemon_tell_poison(daemon);
	pipeline_log_window(&daemon->pipeline);
	if (!daemon->child.pid)
		daemon_start_store(daemon);
	for (; !tell_stop(daemon) && waited_msec < STOP_MSEC / 2; waited_msec += 10)
		usleep(10 * 1000); /* the ring is full: store has to catch up */
	if (!child_wait(&daemon->child, STOP_MSEC - waited_msec))
		log_warning("%s is still being written; what is left waits in %s",
			    daemon->database, daemon->ring_path);
	daemon_end_metrics(daemon);
	daemon->ring.status->pid = 0;
}

static enum rasd_exit fail(const char *what, int r)
{
	log_error("%s: %s", what, strerror(-r));
	return RASD_EXIT_FAILURE;
}

static int start_hands(struct daemon *daemon)
{
	int r = hands_init(&daemon->hands, &daemon->pipeline, &daemon->config);

	if (daemon->is_new_boot) /* its log begins anew */
		daemon->pipeline.next_log = daemon->pipeline.log_done = 0;
	daemon->hands.wake = wake_store;
	daemon->hands.on_child_death = on_act_death;
	daemon->hands.wake_data = daemon;
	if (r < 0)
		return r;
	if (kernel_log_open(&daemon->log, KERNEL_LOG, &daemon->pipeline, &daemon->hands) <
	    0)
		log_warning("cannot read %s: corrected memory errors that the kernel "
			    "only logs are not seen, and fewer victims of poison are "
			    "known",
			    KERNEL_LOG);
	return 0;
}

/* The same page again and again, maybe: somebody has to look. */
static enum rasd_exit check_execs(const struct daemon *daemon)
{
	if (daemon->options->poison.execs <= POISON_EXECS_MAX)
		return RASD_EXIT_OK;
	log_error("replaced itself %u times in a minute because of poison in its own "
		  "memory: stopping; see the own-poison events, and start it again when "
		  "the memory is seen to",
		  daemon->options->poison.execs);
	return RASD_EXIT_POISON;
}

/*
 * Before anything is recorded, if it never comes to that. Each image then dies on its way
 * to check_execs().
 */
static enum rasd_exit check_start(const struct daemon *daemon)
{
	if (daemon->options->poison.execs <= START_EXECS_MAX)
		return RASD_EXIT_OK;
	log_error("poison in its own memory does not let it start: %u tries in a minute",
		  daemon->options->poison.execs);
	return RASD_EXIT_POISON;
}

static enum rasd_exit start(struct daemon *daemon)
{
	enum rasd_exit status = check_start(daemon);
	int r;

	if (status == RASD_EXIT_OK)
		status = open_tracing(daemon);
	if (status == RASD_EXIT_OK)
		status = open_ring(daemon);
	if (status != RASD_EXIT_OK)
		return status;
	begin_status(daemon);
	r = child_init(&daemon->child);
	daemon->child.keep = (struct db_keep){
		.age_ns = (int64_t)daemon->config.keep_days * 86400 * NS_PER_SEC,
		.events = daemon->config.keep_events,
		.bytes = daemon->config.keep_bytes,
	};
	r = r < 0 ? r :
		    daemon_start_store(daemon); /* opens its database while we go on */
	r = r < 0 ? r : open_reader(daemon);
	r = r < 0 ? r :
		    pipeline_init(&daemon->pipeline, &handlers_table, &daemon->ring,
				  daemon->reader, daemon->options->instance,
				  daemon->config.senders);
	if (r >= 0 && devices_open(&daemon->devices, daemon->options->sysfs) >= 0)
		daemon->pipeline.devices = &daemon->devices;
	r = r < 0 ? r : start_hands(daemon);
	if (r >= 0)
		daemon_count_mended(daemon);
	r = r < 0 ? r : attach_handlers(daemon);
	if (r < 0)
		return fail("cannot start", r);
	daemon->pipeline.log_lines_max = daemon->config.log_lines;
	status = await_store(daemon);
	if (status != RASD_EXIT_OK)
		return status;
	tracing_report(&daemon->tracing, daemon->ring.status);
	daemon_take_over(daemon);
	daemon_tell_poison(daemon);
	status = check_execs(daemon);
	if (status != RASD_EXIT_OK) {
		stop(daemon);
		return status;
	}
	r = daemon_make_loop(daemon);
	daemon_open_metrics(daemon);
	daemon_write_metrics(daemon);
	return r < 0 ? fail("cannot make the event loop", r) : RASD_EXIT_OK;
}

static void deinit(struct daemon *daemon)
{
	sd_event_source_unref(daemon->modules_source);
	sd_event_source_unref(daemon->log_source);
	sd_event_source_unref(daemon->log_due_source);
	sd_event_source_unref(daemon->firmware_source);
	firmware_deinit(&daemon->firmware);
	hands_deinit(&daemon->hands);
	kernel_log_close(&daemon->log);
	sd_event_source_unref(daemon->again_source);
	sd_event_source_unref(daemon->store_source);
	sd_event_source_unref(daemon->grace_source);
	sd_event_source_unref(daemon->rings_source);
	sd_event_unref(daemon->event);
	pipeline_deinit(&daemon->pipeline);
	devices_close(&daemon->devices);
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

/* A failure of the loop itself may be memory of ours that the kernel could not use. */
static enum rasd_exit run_loop(struct daemon *daemon)
{
	int r = sd_event_loop(daemon->event);

	if (r >= 0)
		return RASD_EXIT_OK;
	poison_touch();
	return fail("event loop", r);
}

/* Runs until it is told to stop. Returns the exit status; the reason has been logged. */
enum rasd_exit daemon_run(const struct daemon_options *options,
			  const struct config *config)
{
	struct daemon daemon = { .options = options,
				 .config = *config,
				 .ring = { .fd = -1 },
				 .child = { .hello_fd = -1, .wake_fd = -1 },
				 .hands = { .child = { .fd = -1 } },
				 .metrics = { .report_fd = -1 },
				 .wal_child = { .end_fd = -1 },
				 .log = { .kmsg = { .fd = -1 } },
				 .devices = { .sysfs_fd = -1 },
				 .pipeline = { .proc_fd = -1 } };
	enum rasd_exit status;

	daemon.config.dry_run |= options->dry_run;
	copy_text(daemon.database, sizeof(daemon.database),
		  options->database ? options->database : config->database);
	arrange_signals();
	allow_many_files();
	status = start(&daemon);
	if (status == RASD_EXIT_OK && daemon.ring.status->stopping) {
		stop(&daemon);
	} else if (status == RASD_EXIT_OK) {
		log_info("rasd %s records to %s", PACKAGE_VERSION, daemon.database);
		sd_notifyf(false, "READY=1\nSTATUS=Recording to %s", daemon.database);
		daemon_start_firmware(&daemon);
		status = run_loop(&daemon);
		stop(&daemon);
	}
	deinit(&daemon);
	return status;
}
