// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Tracepoints that come and go with their module. What a module's tracepoint recorded
 * before it went, the kernel throws away with it if nobody has read it by then; ids may
 * be given to another tracepoint.
 */

#include "rasd/daemon_private.h"

#include <string.h>

#include "handlers/table.h"
#include "sources/modules.h"
#include "util/log.h"

/* Records tracepoints that were not there before. */
void daemon_attach_late(struct daemon *daemon)
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

static void detach_gone(struct daemon *daemon)
{
	for (size_t i = 0; i < handlers_table.n_handlers; i++) {
		struct tracepoint *tp = daemon->tracing.tracepoints[i];

		if (!tp || tracing_is_recorded(&daemon->tracing, i))
			continue;
		log_info("%s is gone, with its module", tp->name);
		pipeline_unroute(&daemon->pipeline, tp);
		tracing_detach(&daemon->tracing, i);
		tracing_report_one(&daemon->tracing, i, daemon->ring.status);
	}
}

static int on_modules(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct daemon *daemon = userdata;

	(void)source;
	(void)revents;
	if (!module_watch_read(fd))
		return 0;
	/* what an id stood for until now, it stands for in what the rings have */
	pipeline_round(&daemon->pipeline);
	child_wake(&daemon->child);
	detach_gone(daemon);
	daemon_attach_late(daemon);
	hands_work(&daemon->hands);
	return 0;
}

/* Without it, new tracepoints are found at the next tick. */
int daemon_watch_modules(struct daemon *daemon)
{
	int fd = module_watch_open(MODULES_DEVPATH), r;

	if (fd < 0) {
		log_notice("the kernel's messages on modules cannot be had (%s): "
			   "tracepoints of a new one are seen some seconds later",
			   strerror(-fd));
		return 0;
	}
	r = sd_event_add_io(daemon->event, &daemon->modules_source, fd, EPOLLIN,
			    on_modules, daemon);
	if (r < 0) {
		close_fd(fd);
		return r;
	}
	return sd_event_source_set_io_fd_own(daemon->modules_source, true);
}
