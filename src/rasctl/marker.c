// SPDX-License-Identifier: LGPL-2.1-or-later

#include "rasctl/marker.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "util/file.h"

#define PATH_BYTES 4096

/* Where tracefs is mounted: asked for, or one of the two places there are. */
static const char *find_tracefs(const struct options *options)
{
	static const char *const places[] = { "/sys/kernel/tracing",
					      "/sys/kernel/debug/tracing" };

	if (options->tracefs)
		return options->tracefs;
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		char path[PATH_BYTES];

		snprintf(path, sizeof(path), "%s/instances", places[i]);
		if (access(path, F_OK) == 0 || errno == EACCES)
			return places[i];
	}
	return NULL;
}

static int say_why_not(int error, const char *tracefs, const char *instance)
{
	char instances[PATH_BYTES];

	snprintf(instances, sizeof(instances), "%s/instances", tracefs);
	if (error == -EACCES || error == -EPERM)
		return complain(CTL_FAILED,
				"no rights to write to the trace ring below %s: "
				"use root",
				tracefs);
	if (error == -ENOENT && access(instances, F_OK) < 0)
		return complain(CTL_FAILED,
				"%s is no tracefs: mount it, or name it with "
				"--tracefs",
				tracefs);
	if (error == -ENOENT)
		return complain(
			CTL_FAILED,
			"there is no trace instance \"%s\" in %s: rasd has not run "
			"since boot, or under another --instance",
			instance, instances);
	return complain(CTL_FAILED, "cannot write to the trace instance \"%s\": %s",
			instance, strerror(-error));
}

/* CTL_OK, or CTL_FAILED after saying why. */
int marker_write(const struct options *options, const char *line)
{
	const char *tracefs = find_tracefs(options);
	char path[PATH_BYTES];
	int r;

	if (!tracefs)
		return complain(CTL_FAILED,
				"there is no tracefs on this machine: mount it on "
				"/sys/kernel/tracing");
	if (snprintf(path, sizeof(path), "%s/instances/%s/trace_marker", tracefs,
		     options->instance) >= (int)sizeof(path))
		return complain(CTL_USAGE, "--tracefs: the path is too long");
	r = file_write(AT_FDCWD, path, line);
	return r < 0 ? say_why_not(r, tracefs, options->instance) : CTL_OK;
}
