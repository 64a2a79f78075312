// SPDX-License-Identifier: LGPL-2.1-or-later

#include "locate/process.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <systemd/sd-login.h>

#include "util/clock.h"
#include "util/file.h"
#include "util/macro.h"
#include "util/text.h"

#define STARTTIME_FIELD 22 /* of /proc/PID/stat, proc(5) */

/*
 * In clock ticks since boot. The name in field 2 may hold anything, so count behind it.
 */
static int read_start_ticks(int proc_fd, int32_t tid, uint64_t *ret)
{
	char path[32], stat[1024];
	const char *at;
	ssize_t n;

	snprintf(path, sizeof(path), "%d/stat", tid);
	n = file_read(proc_fd, path, stat, sizeof(stat));
	if (n < 0)
		return (int)n;
	at = strrchr(stat, ')');
	for (int field = 2; at && field < STARTTIME_FIELD; field++)
		at = strchr(at + 1, ' ');
	return at && sscanf(at, " %" SCNu64, ret) == 1 ? 0 : -EBADMSG;
}

static int read_status(int proc_fd, int32_t tid, struct process *process)
{
	char path[32], status[4096];
	const char *tgid, *uid;
	ssize_t n;

	snprintf(path, sizeof(path), "%d/status", tid);
	n = file_read(proc_fd, path, status, sizeof(status));
	if (n < 0 && n != -EFBIG) /* of a long one, what is asked for stands at the top */
		return (int)n;
	tgid = strstr(status, "\nTgid:");
	uid = strstr(status, "\nUid:");
	if (!tgid || !uid || sscanf(tgid, " Tgid: %" SCNd32, &process->tgid) != 1 ||
	    sscanf(uid, " Uid: %" SCNd64, &process->uid) != 1)
		return -EBADMSG;
	return 0;
}

/*
 * Looks `tid` up in a proc file system. A number is used again: one that began after the
 * boot time at which it was seen is somebody else, -ESRCH, as one that is gone.
 */
int process_find(int proc_fd, int32_t tid, int64_t seen_boottime_ns, struct process *ret)
{
	struct process process = { .uid = -1 };
	_cleanup_(free_ptr) char *unit = NULL;
	uint64_t ticks;
	int r = read_start_ticks(proc_fd, tid, &ticks);

	if (r < 0)
		return r == -ENOENT ? -ESRCH : r;
	if (ticks >
	    (uint64_t)seen_boottime_ns / (uint64_t)(NS_PER_SEC / sysconf(_SC_CLK_TCK)))
		return -ESRCH;
	r = read_status(proc_fd, tid, &process);
	if (r < 0)
		return r == -ENOENT ? -ESRCH : r;
	if (sd_pid_get_unit(tid, &unit) >= 0)
		copy_text(process.unit, sizeof(process.unit), unit);
	*ret = process;
	return 0;
}
