// SPDX-License-Identifier: LGPL-2.1-or-later

#include "locate/process.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "util/clock.h"
#include "util/file.h"
#include "util/macro.h"
#include "util/text.h"

#define STARTTIME_FIELD	  22	/* of /proc/PID/stat, proc(5) */
#define CGROUP_FILE_BYTES 16384 /* a line for each hierarchy; a path has at most 4095 */
#define INVOCATION_DIGITS (INVOCATION_BYTES - 1)

/*
 * Boot time at which a process or thread began, to the clock tick, from its file `path`
 * below `dirfd`, see proc(5). The name in field 2 may hold anything, so count behind it.
 * -EBADMSG: the file is of another form; others: it cannot be read.
 */
int process_start(int dirfd, const char *path, int64_t *ret_ns)
{
	const uint64_t tick_ns = (uint64_t)(NS_PER_SEC / sysconf(_SC_CLK_TCK));
	char stat[1024];
	const char *at;
	uint64_t ticks;
	ssize_t n = file_read(dirfd, path, stat, sizeof(stat));

	if (n < 0)
		return (int)n;
	at = strrchr(stat, ')');
	for (int field = 2; at && field < STARTTIME_FIELD; field++)
		at = strchr(at + 1, ' ');
	if (!at || sscanf(at, " %" SCNu64, &ticks) != 1 || ticks > INT64_MAX / tick_ns)
		return -EBADMSG;
	*ret_ns = (int64_t)(ticks * tick_ns);
	return 0;
}

static int read_start(int proc_fd, int32_t tid, int64_t *ret_ns)
{
	char path[32];

	snprintf(path, sizeof(path), "%d/stat", tid);
	return process_start(proc_fd, path, ret_ns);
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

/* Without a control group that can be read, it is in no unit that we know. */
static void read_cgroup(int proc_fd, int32_t tid, struct process *process)
{
	char path[32], file[CGROUP_FILE_BYTES];
	struct cgroup cgroup;

	snprintf(path, sizeof(path), "%d/cgroup", tid);
	if (file_read(proc_fd, path, file, sizeof(file)) < 0)
		return;
	cgroup_parse(file, &cgroup);
	copy_text(process->cgroup, sizeof(process->cgroup), cgroup.path);
	copy_text(process->unit, sizeof(process->unit), cgroup.unit);
	copy_text(process->user_unit, sizeof(process->user_unit), cgroup.user_unit);
	process->is_unit = cgroup.is_unit;
}

/* systemd keeps it as what the link invocation:UNIT points to. */
static void read_invocation(const char *units, struct process *process)
{
	char path[PATH_MAX], id[INVOCATION_BYTES + 1] = "";
	int n = snprintf(path, sizeof(path), "%s/invocation:%s", units, process->unit);

	if (!process->unit[0] || n >= (int)sizeof(path) ||
	    readlink(path, id, sizeof(id) - 1) != INVOCATION_DIGITS ||
	    strspn(id, "0123456789abcdef") != INVOCATION_DIGITS)
		return;
	copy_text(process->invocation, sizeof(process->invocation), id);
}

static int look_up(int proc_fd, const char *units, int32_t tid, int64_t seen_boottime_ns,
		   struct process *process)
{
	int64_t start_ns, still_ns;
	int r = read_start(proc_fd, tid, &start_ns);

	if (r < 0)
		return r;
	if (start_ns > seen_boottime_ns)
		return -ESRCH;
	r = read_status(proc_fd, tid, process);
	if (r < 0)
		return r;
	process->start_ns = start_ns;
	if (process->tgid != tid)
		r = read_start(proc_fd, process->tgid, &process->start_ns);
	if (r < 0)
		return r;
	read_cgroup(proc_fd, tid, process);
	if (units)
		read_invocation(units, process);
	r = read_start(proc_fd, tid, &still_ns);
	if (r < 0)
		return r;
	return still_ns == start_ns ? 0 : -ESRCH;
}

/*
 * Looks `tid` up in a proc file system. A number is used again: one that began after the
 * boot time at which it was seen is somebody else, -ESRCH, as one that is gone, or goes
 * while we look. `units` is SYSTEMD_UNITS; NULL: no invocation is looked for.
 */
int process_find(int proc_fd, const char *units, int32_t tid, int64_t seen_boottime_ns,
		 struct process *ret)
{
	struct process process = { .uid = -1 };
	int r = look_up(proc_fd, units, tid, seen_boottime_ns, &process);

	if (r < 0)
		return r == -ENOENT ? -ESRCH : r;
	*ret = process;
	return 0;
}
