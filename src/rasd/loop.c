// SPDX-License-Identifier: LGPL-2.1-or-later

/* Capture's event loop: rings, the store process, signals, and a tick for the rest. */

#include "rasd/daemon_private.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#include <systemd/sd-daemon.h>

#include "handlers/table.h"
#include "rasd/trouble.h"
#include "util/clock.h"
#include "util/log.h"

#define TICK_USEC	     (10 * 1000000ULL)
#define TICKS_PER_LOSSES     30
#define STORE_DELAY_USEC     1000000ULL /* the file system may be mounted any moment */
#define STORE_TRIES	     60		/* so often; then it is rather a mistake */
#define STORE_DELAY_MAX_USEC 10000000ULL
#define ACCURACY_USEC	     1 /* 0 would be sd-event's default, a quarter of a second */

/* Forks the store process. A negative errno, after it was logged. */
int daemon_start_store(struct daemon *daemon)
{
	int r = child_start(&daemon->child, daemon->database, &handlers_table,
			    &daemon->ring);

	if (r < 0)
		log_error("cannot start the store process: %s", strerror(-r));
	return r;
}

/* What keeps store from its work is said once: it is tried again and again. */
static void say_trouble(struct daemon *daemon, const struct store_hello *hello)
{
	char buf[sizeof(hello->note) + 64];
	struct text text = TEXT_IN(buf);

	text_add(&text, "%s; events wait in memory", hello->note);
	trouble_say(daemon->ring.status, LOG_ERR, buf);
	daemon->ring.status->store_error =
		hello->result < 0 ? hello->result : -EMEDIUMTYPE;
}

/* Says what the store has to say, and goes by what it knows of its database. */
void daemon_take_hello(struct daemon *daemon, const struct store_hello *hello)
{
	if (hello->note[0] && hello->result)
		say_trouble(daemon, hello);
	else if (hello->note[0])
		log_warning("%s", hello->note);
	if (hello->result)
		return;
	daemon->pipeline.id_base = (int64_t)hello->id_base;
	daemon->store_tries = 0;
	if (ring_durable(&daemon->ring) == ring_written(&daemon->ring))
		trouble_end(daemon->ring.status, daemon->database);
	if (hello->is_new_to_ring)
		pipeline_begin_database(&daemon->pipeline);
}

static int watch_store(struct daemon *daemon);

static int on_store_again(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct daemon *daemon = userdata;

	(void)usec;
	if (daemon_start_store(daemon) >= 0)
		return watch_store(daemon);
	sd_event_source_set_time_relative(source, STORE_DELAY_MAX_USEC);
	return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

/* At once; one that cannot do its work is tried each second, and at last more rarely. */
static int start_store_later(struct daemon *daemon)
{
	uint64_t delay = STORE_DELAY_USEC;

	if (daemon->child.greeted)
		delay = 0;
	else if (++daemon->store_tries > STORE_TRIES)
		delay = STORE_DELAY_MAX_USEC;
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
		daemon_take_hello(daemon, &hello);
		if (!hello.result && !daemon->ring.status->store_note[0])
			log_info("the store process runs again");
		if (!hello.result && hello.is_new_to_ring) {
			daemon_tell_run(daemon);
			daemon_tell_losses(daemon);
			ring_publish(&daemon->ring);
			child_wake(&daemon->child);
		}
	}
	if (r >= 0)
		return 0;
	daemon_take_poison(daemon);
	daemon_tell_poison(daemon);
	if (daemon->child.greeted)
		log_warning(
			"the store process ended; events wait in memory until it runs "
			"again");
	daemon->ring.status->store_pid = 0;
	daemon->store_source = sd_event_source_unref(daemon->store_source);
	return start_store_later(daemon);
}

static int watch_store(struct daemon *daemon)
{
	daemon->store_source = sd_event_source_unref(daemon->store_source);
	return sd_event_add_io(daemon->event, &daemon->store_source,
			       daemon->child.hello_fd, EPOLLIN, on_store, daemon);
}

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
	if (daemon_gives_grace(daemon)) {
		sd_event_source_set_enabled(source, SD_EVENT_OFF);
		daemon->grace_source = sd_event_source_unref(daemon->grace_source);
		return sd_event_add_time_relative(daemon->event, &daemon->grace_source,
						  CLOCK_MONOTONIC, GRACE_STEP_USEC,
						  ACCURACY_USEC, on_grace_over, daemon);
	}
	pipeline_round(&daemon->pipeline);
	child_wake(&daemon->child);
	hands_work(&daemon->hands);
	return 0;
}

/*
 * Reads a part of the kernel's log, and shows what came of it: trace rings do not wait
 * for a log that grows as fast as it is read. True: there is more.
 */
bool daemon_read_log(struct daemon *daemon)
{
	bool more = daemon->log.kmsg.fd >= 0 &&
		    kernel_log_read(&daemon->log, clock_now_ns(CLOCK_BOOTTIME));

	hands_settle(&daemon->hands);
	if (pipeline_publish(&daemon->pipeline))
		child_wake(&daemon->child);
	kernel_log_published(&daemon->log);
	return more;
}

/* Wakes up for what the log's reader waits for. */
static void arm_log_timer(struct daemon *daemon)
{
	int64_t due = kernel_log_due_ns(&daemon->log);

	if (due == INT64_MAX)
		return;
	sd_event_source_set_time(daemon->log_due_source,
				 (uint64_t)MAX(due, 0) / 1000 + 1);
	sd_event_source_set_enabled(daemon->log_due_source, SD_EVENT_ONESHOT);
}

/* What has been traced is read first: the log may tell of the same. */
static int on_log_due(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct daemon *daemon = userdata;

	(void)source;
	(void)usec;
	pipeline_round(&daemon->pipeline);
	kernel_log_tick(&daemon->log, clock_now_ns(CLOCK_BOOTTIME));
	hands_settle(&daemon->hands);
	pipeline_publish(&daemon->pipeline);
	kernel_log_published(&daemon->log);
	child_wake(&daemon->child);
	hands_work(&daemon->hands);
	arm_log_timer(daemon);
	return 0;
}

static int on_log(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct daemon *daemon = userdata;

	(void)source;
	(void)fd;
	(void)revents;
	daemon_read_log(daemon);
	hands_work(&daemon->hands);
	arm_log_timer(daemon);
	return 0;
}

static int watch_log(struct daemon *daemon)
{
	int r;

	if (daemon->log.kmsg.fd < 0)
		return 0;
	r = sd_event_add_io(daemon->event, &daemon->log_source, daemon->log.kmsg.fd,
			    EPOLLIN, on_log, daemon);
	r = r < 0 ? r :
		    sd_event_add_time(daemon->event, &daemon->log_due_source,
				      CLOCK_BOOTTIME, 0, ACCURACY_USEC, on_log_due,
				      daemon);
	if (r < 0)
		return r;
	sd_event_source_set_enabled(daemon->log_due_source, SD_EVENT_OFF);
	arm_log_timer(daemon);
	return 0;
}

static int on_firmware(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct daemon *daemon = userdata;

	(void)fd;
	(void)revents;
	if (firmware_hear(&daemon->firmware)) {
		child_wake(&daemon->child);
		return 0;
	}
	sd_event_source_set_enabled(source, SD_EVENT_OFF);
	firmware_end(&daemon->firmware);
	return 0;
}

/* What was kept over the last reboot is read while the rest goes on. */
void daemon_start_firmware(struct daemon *daemon)
{
	struct firmware *firmware = &daemon->firmware;
	int r;

	firmware_init(firmware, &daemon->pipeline, daemon->options->sysfs,
		      &daemon->config);
	r = firmware_start(firmware);
	if (r > 0)
		r = sd_event_add_io(daemon->event, &daemon->firmware_source,
				    firmware->child.report_fd, EPOLLIN, on_firmware,
				    daemon);
	if (r < 0)
		log_warning("what was kept over the last reboot cannot be read: %s",
			    strerror(-r));
}

/* The rare things, together: one wake-up in ten seconds for all of them. */
static int on_tick(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct daemon *daemon = userdata;

	(void)usec;
	trace_reader_wake_dormant(daemon->reader);
	daemon_attach_late(daemon);
	pipeline_log_window(&daemon->pipeline);
	daemon->ring.status->log_dropped = log_dropped();
	ring_give_back(&daemon->ring);
	daemon_take_poison(daemon);
	daemon_tell_poison(daemon);
	daemon_write_metrics(daemon);
	wal_child_tick(&daemon->wal_child, daemon->ring.status);
	firmware_tick(&daemon->firmware);
	hands_work(&daemon->hands);
	if (++daemon->ticks % TICKS_PER_LOSSES == 0 || daemon->pipeline.losses_grew) {
		daemon_tell_losses(daemon);
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
	       old->keep_days != new->keep_days || old->keep_events != new->keep_events ||
	       old->keep_bytes != new->keep_bytes || old->senders != new->senders ||
	       old->bert != new->bert || old->erst != new->erst ||
	       old->pstore != new->pstore || old->erst_delete != new->erst_delete ||
	       old->pstore_delete != new->pstore_delete;
}

/* All but what is fixed at the start. */
static void adopt_policy(struct daemon *daemon, const struct config *config)
{
	struct config new = *config;

	new.dry_run |= daemon->options->dry_run;
	copy_text(new.runtime_directory, sizeof(new.runtime_directory),
		  daemon->config.runtime_directory);
	copy_text(new.database, sizeof(new.database), daemon->config.database);
	new.keep_days = daemon->config.keep_days;
	new.keep_events = daemon->config.keep_events;
	new.keep_bytes = daemon->config.keep_bytes;
	new.buffer_bytes = daemon->config.buffer_bytes;
	new.sub_buffer_bytes = daemon->config.sub_buffer_bytes;
	new.senders = daemon->config.senders;
	daemon->config = new;
	hands_configure(&daemon->hands, &daemon->config);
	daemon_open_metrics(daemon);
}

static void use_config(struct daemon *daemon, const struct config *config)
{
	if (needs_restart(&daemon->config, config))
		log_notice(
			"[daemon], [database], [trace], [signal] and [firmware] change "
			"with a restart only");
	adopt_policy(daemon, config);
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

/* Makes daemon->event, to be run with sd_event_loop(). The store must have been started.
 */
int daemon_make_loop(struct daemon *daemon)
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
	r = r < 0 ? r : watch_log(daemon);
	r = r < 0 ? r : daemon_watch_modules(daemon);
	r = r < 0 ? r : hands_attach(&daemon->hands, daemon->event, &daemon->config);
	r = r < 0 ? r : watch_store(daemon);
	return r < 0 ? r : sd_event_set_watchdog(daemon->event, true);
}
