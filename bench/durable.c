// SPDX-License-Identifier: LGPL-2.1-or-later

#include "bench/durable.h"

#include <errno.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "ipc/status.h"

/*
 * `how` is "ring", with the ring file, or "journal", with the database's directory:
 * there creations are watched, too, because of two deletions in a row one is not told.
 */
int durable_open(struct durable *durable, const char *how, const char *path)
{
	*durable = (struct durable){ .inotify_fd = -1 };
	if (!strcmp(how, "ring")) {
		durable->ring = path;
		durable->type = "block-error";
		return durable_look(durable);
	}
	if (strcmp(how, "journal"))
		return -EINVAL;
	durable->inotify_fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (durable->inotify_fd < 0 ||
	    inotify_add_watch(durable->inotify_fd, path, IN_CREATE | IN_DELETE) < 0)
		return -errno;
	durable->idle = true;
	return 0;
}

static bool is_journal(const char *name)
{
	const char *end = strrchr(name, '-');

	return end && !strcmp(end, "-journal");
}

static int look_at_journal(struct durable *durable)
{
	char buffer[16384] __attribute__((aligned(__alignof__(struct inotify_event))));
	ssize_t n;

	while ((n = read(durable->inotify_fd, buffer, sizeof(buffer))) > 0) {
		for (ssize_t at = 0; at < n;) {
			const struct inotify_event *event = (void *)(buffer + at);

			if (event->len && is_journal(event->name)) {
				durable->idle = event->mask & IN_DELETE;
				durable->commits += durable->idle;
			}
			at += (ssize_t)(sizeof(*event) + event->len);
		}
	}
	durable->events = durable->commits;
	return 0;
}

static uint64_t events_of(const struct ring_status *status, const char *type)
{
	for (size_t i = 0; i < STATUS_TYPES_MAX; i++)
		if (!strcmp(status->types[i].name, type))
			return status->types[i].events;
	return 0;
}

static int look_at_ring(struct durable *durable)
{
	struct status_snapshot now;
	int r = ring_status_read(durable->ring, &now);

	if (r < 0)
		return r;
	durable->commits += now.durable != durable->cursor;
	durable->cursor = now.durable;
	durable->idle = now.durable == now.written;
	durable->events = events_of(&now.status, durable->type);
	return 0;
}

/* Brings it up to date. Returns 0 or a negative errno. */
int durable_look(struct durable *durable)
{
	return durable->ring ? look_at_ring(durable) : look_at_journal(durable);
}
