// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * To be preloaded into rasdaemon, which polls 30 s for each tracepoint that this kernel
 * does not have: it is told that all are there, and finds out when it opens them.
 */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

__attribute__((visibility("default"))) int access(const char *path, int mode)
{
	return strstr(path, "/events/") ? 0 : faccessat(AT_FDCWD, path, mode, 0);
}
