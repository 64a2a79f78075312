// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * What a start finds: a round that another process read and did not finish, rings that
 * filled while nobody read them, instances that somebody else set up.
 */

#include "rasd/daemon_private.h"

#include <errno.h>
#include <string.h>
#include <sys/utsname.h>

#include <systemd/sd-id128.h>

#include "rasd/messages.h"
#include "util/clock.h"
#include "util/log.h"
#include "util/text.h"

#define DRAIN_ROUNDS_MAX 4096
#define GRACE_NS	 (200 * NS_PER_MSEC) /* for a busy disk, before events give way */

/* Sets an instance up as configured. A negative errno, after it was logged. */
int daemon_settle(struct daemon *daemon, enum trace_ring ring)
{
	struct trace_instance *instance = &daemon->tracing.instances[ring];
	int r = tracing_settle(&daemon->tracing, ring, &daemon->config);

	if (r < 0)
		log_warning("cannot set up trace instance %s: %s; it records as it is",
			    instance->name, strerror(-r));
	return r;
}

/* That this run began, for the database. */
void daemon_tell_run(struct daemon *daemon)
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
bool daemon_gives_grace(struct daemon *daemon)
{
	uint64_t progress =
		ring_durable(&daemon->ring) +
		__atomic_load_n(&daemon->ring.status->store_applied, __ATOMIC_RELAXED);
	int64_t now = clock_now_ns(CLOCK_MONOTONIC);

	if (progress != daemon->seen_progress || !daemon->progress_ns) {
		daemon->seen_progress = progress;
		daemon->progress_ns = now;
	}
	return ring_room(&daemon->ring) < RING_DATA_BYTES / 2 &&
	       now - daemon->progress_ns < GRACE_NS;
}

/* Reads until the rings are empty (or fill as fast as they are read). */
void daemon_drain(struct daemon *daemon)
{
	for (int i = 0; i < DRAIN_ROUNDS_MAX; i++) {
		while (daemon_gives_grace(daemon))
			usleep(GRACE_STEP_USEC);
		if (pipeline_round(&daemon->pipeline) == 0)
			break;
		child_wake(&daemon->child);
	}
}

/*
 * Of those whose counters the kernel has set to 0 this was the first telling. False: not
 * all found room in the ring.
 */
bool daemon_tell_losses(struct daemon *daemon)
{
	if (!pipeline_tell_losses(&daemon->pipeline))
		return false;
	for (int ring = 0; ring < TRACE_RING_MAX; ring++)
		daemon->tracing.instances[ring].fresh = false;
	daemon->ring.fresh = false;
	return true;
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
		daemon_drain(daemon);
		daemon_tell_losses(daemon);
	}
	daemon_settle(daemon, ring);
	if (!trace_instance_is_on(instance)) {
		if (!must_empty)
			log_warning("trace instance %s was switched off, and recorded "
				    "nothing until now",
				    instance->name);
		trace_instance_pause(instance, false);
	}
}

/* What others left: a round that was not finished, what rings held while nobody read. */
void daemon_take_over(struct daemon *daemon)
{
	daemon_tell_run(daemon);
	if (pipeline_recover(&daemon->pipeline))
		log_info("finished the round that an earlier process had read");
	daemon_tell_losses(daemon);
	daemon_drain(daemon);
	for (int ring = 0; ring < TRACE_RING_MAX; ring++)
		settle_old_instance(daemon, ring);
	daemon_tell_losses(daemon);
	ring_publish(&daemon->ring);
	child_wake(&daemon->child);
}
