// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Rules of the kernel that shape this file: writing trace_clock, even the value it has,
 * or buffer_subbuf_size_kb empties an instance; writing buffer_size_kb, even the value it
 * has, stops recording for some 20 ms; filters and enabling do neither. So an instance
 * that was there is read empty first and settled then, and what is already right is not
 * written again.
 */

#include "sources/instance.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>

#include <tracefs.h>

#include "util/clock.h"
#include "util/macro.h"

#define CLOCK		   "boot" /* counts suspend, never steps */
#define SUB_BUFFER_HEADER  16
#define LOCK_PATIENCE_USEC 1000000
#define LOCK_STEP_USEC	   10000

/*
 * Sets the tracefs to use for all of the process: `path`, or where it is mounted if NULL.
 * -ENOENT: it is not mounted.
 */
int trace_directory_use(const char *path, const char **ret_path)
{
	if (path) {
		char probe[4096];

		if (snprintf(probe, sizeof(probe), "%s/instances", path) >=
		    (int)sizeof(probe))
			return -ENAMETOOLONG;
		if (access(probe, F_OK) < 0)
			return -errno;
		*ret_path = path;
		return tracefs_set_tracing_dir((char *)path) < 0 ? -ENOMEM : 0;
	}
	return tracefs_tracing_dir_is_mounted(false, ret_path) == 1 ? 0 : -ENOENT;
}

/*
 * A capture that was killed may have a child that has not yet closed what it was born
 * with: a moment's patience tells it from another rasd.
 */
static int lock_directory(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	for (int waited = 0; flock(fd, LOCK_EX | LOCK_NB) < 0; waited += LOCK_STEP_USEC) {
		int r = -errno;

		if (r != -EWOULDBLOCK || waited >= LOCK_PATIENCE_USEC) {
			close(fd);
			return r;
		}
		usleep(LOCK_STEP_USEC);
	}
	return fd;
}

/* "now ts:" is in the instance's own clock, whichever that is. */
static int64_t clock_now(const struct trace_instance *instance)
{
	_cleanup_(free_ptr) char *stats =
		tracefs_instance_file_read(instance->fs, "per_cpu/cpu0/stats", NULL);
	const char *now = stats ? strstr(stats, "now ts:") : NULL;
	unsigned long long sec, usec;

	if (!now || sscanf(now, "now ts: %llu.%llu", &sec, &usec) != 2)
		return 0;
	return (int64_t)sec * NS_PER_SEC + (int64_t)usec * 1000;
}

static bool has_boot_clock(const struct trace_instance *instance)
{
	_cleanup_(free_ptr) char *clock = tracefs_get_clock(instance->fs);

	return clock && !strcmp(clock, CLOCK);
}

/*
 * The size of a sub-buffer: of this instance where kernels have that (since 6.8), else
 * what the header page says, which is the system's page size.
 */
static size_t sub_buffer_size(const struct trace_instance *instance)
{
	long long kb;
	_cleanup_(free_ptr) char *header = NULL;
	const char *data;
	unsigned int offset, size;

	if (tracefs_instance_file_read_number(instance->fs, "buffer_subbuf_size_kb",
					      &kb) == 0 &&
	    kb > 0)
		return (size_t)kb * 1024;
	header = tracefs_instance_file_read(NULL, "events/header_page", NULL);
	data = header ? strstr(header, "char data;") : NULL;
	if (data && sscanf(data, "char data; offset:%u; size:%u;", &offset, &size) == 2 &&
	    offset == SUB_BUFFER_HEADER)
		return offset + size;
	return (size_t)sysconf(_SC_PAGESIZE);
}

static int put(const struct trace_instance *instance, const char *file, const char *value)
{
	errno = 0;
	if (tracefs_instance_file_write(instance->fs, file, value) < 0)
		return errno ? -errno : -EIO;
	return 0;
}

static int put_number(const struct trace_instance *instance, const char *file,
		      uint64_t number)
{
	char value[24];

	snprintf(value, sizeof(value), "%llu", (unsigned long long)number);
	return put(instance, file, value);
}

/*
 * Opens the instance `name`, made if it is not there, and locks it. -EWOULDBLOCK: another
 * rasd has it. -EACCES, -EPERM: no rights. Of an instance that was there, only when it
 * wakes its readers is changed.
 */
int trace_instance_open(const char *name, enum trace_ring ring,
			struct trace_instance *ret)
{
	struct trace_instance instance = { .ring = ring, .lock_fd = -1 };
	_cleanup_(free_ptr) char *directory = NULL;
	int r;

	if (snprintf(instance.name, sizeof(instance.name), "%s", name) >=
	    (int)sizeof(instance.name))
		return -ENAMETOOLONG;
	errno = 0;
	instance.fs = tracefs_instance_create(name);
	if (!instance.fs)
		return errno ? -errno : -EIO;
	instance.fresh = tracefs_instance_is_new(instance.fs);
	directory = tracefs_instance_get_dir(instance.fs);
	r = directory ? lock_directory(directory) : -ENOMEM;
	if (r < 0) {
		tracefs_instance_free(instance.fs);
		return r;
	}
	instance.lock_fd = r;
	/*
	 * Wake readers for any data, not for half a buffer of it. Now, because epoll
	 * learns where to wait when a ring is added to it, and never again.
	 */
	put(&instance, "buffer_percent", "0");
	instance.sub_buffer_bytes = sub_buffer_size(&instance);
	if (!has_boot_clock(&instance))
		instance.clock_delta_ns =
			clock_now_ns(CLOCK_BOOTTIME) - clock_now(&instance);
	*ret = instance;
	return 0;
}

/* The instance itself stays, and goes on recording. Takes one that was never opened. */
void trace_instance_close(struct trace_instance *instance)
{
	if (!instance->fs)
		return;
	tracefs_instance_free(instance->fs);
	close_fd(instance->lock_fd);
	*instance = (struct trace_instance){ .lock_fd = -1 };
}

/* False: settling would empty it, so it must be read empty before. */
bool trace_instance_is_settled(const struct trace_instance *instance,
			       size_t sub_buffer_bytes)
{
	bool resizable = tracefs_file_exists(instance->fs, "buffer_subbuf_size_kb");

	return has_boot_clock(instance) &&
	       (!resizable || instance->sub_buffer_bytes == sub_buffer_bytes);
}

/* The kernel counts in whole sub-buffers, so it may have rounded what it was told. */
static bool has_size(const struct trace_instance *instance, uint64_t bytes_per_cpu)
{
	long long kb;

	return tracefs_instance_file_read_number(instance->fs, "buffer_size_kb", &kb) ==
		       0 &&
	       llabs(kb * 1024 - (long long)bytes_per_cpu) <=
		       (long long)instance->sub_buffer_bytes;
}

/*
 * Gives the instance its clock, sub-buffers and size. `sub_buffer_bytes` counts only
 * where the kernel lets it be chosen. A fresh instance begins to record at
 * trace_instance_enable().
 */
int trace_instance_settle(struct trace_instance *instance, uint64_t bytes_per_cpu,
			  size_t sub_buffer_bytes)
{
	uint64_t sub_buffers_min = 3; /* what the kernel needs at the least */
	int r;

	if (!has_boot_clock(instance)) {
		r = put(instance, "trace_clock", CLOCK);
		if (r < 0)
			return r;
		instance->clock_delta_ns = 0;
		instance->fresh = true; /* this, and only this, sets its counters to 0 */
	}
	if (tracefs_file_exists(instance->fs, "buffer_subbuf_size_kb") &&
	    instance->sub_buffer_bytes != sub_buffer_bytes) {
		r = put_number(instance, "buffer_subbuf_size_kb",
			       sub_buffer_bytes / 1024);
		if (r < 0)
			return r;
		instance->sub_buffer_bytes = sub_buffer_size(instance);
	}
	bytes_per_cpu = MAX(bytes_per_cpu, sub_buffers_min * instance->sub_buffer_bytes);
	if (has_size(instance, bytes_per_cpu))
		return 0;
	return put_number(instance, "buffer_size_kb", bytes_per_cpu / 1024);
}

/* Stops recording, and starts it again; what is in the rings stays. */
int trace_instance_pause(struct trace_instance *instance, bool pause)
{
	return put(instance, "tracing_on", pause ? "0" : "1");
}

/* False: somebody switched it off, and it takes nothing. */
bool trace_instance_is_on(const struct trace_instance *instance)
{
	long long on;

	return tracefs_instance_file_read_number(instance->fs, "tracing_on", &on) < 0 ||
	       on;
}

/*
 * Starts recording "system:event". A filter of NULL is none. -ENOENT: no such tracepoint.
 */
int trace_instance_enable(struct trace_instance *instance, const char *tracepoint,
			  const char *filter)
{
	const char *event = strchr(tracepoint, ':') + 1;
	char system[64];

	snprintf(system, sizeof(system), "%.*s", (int)(event - 1 - tracepoint),
		 tracepoint);
	if (!strcmp(system, "ftrace"))
		return 0; /* what trace_marker writes is always recorded */
	if (!tracefs_event_file_exists(instance->fs, system, event, "enable"))
		return -ENOENT;
	errno = 0;
	if (tracefs_event_file_write(instance->fs, system, event, "filter",
				     filter ? filter : "0") < 0)
		return errno ? -errno : -EINVAL;
	/* not tracefs_event_enable(), which looks through all events first */
	if (tracefs_event_file_write(instance->fs, system, event, "enable", "1") < 0)
		return errno ? -errno : -EIO;
	return 0;
}

static long long read_number(struct tracefs_instance *fs, const char *system,
			     const char *event, const char *file)
{
	_cleanup_(free_ptr) char *text =
		tracefs_event_file_read(fs, system, event, file, NULL);

	return text ? strtoll(text, NULL, 10) : -1;
}

/*
 * Whether "system:event" is still the one with this id, and recorded: of a module that
 * was loaded again it is neither.
 */
bool trace_instance_records(const struct trace_instance *instance, const char *tracepoint,
			    uint16_t id)
{
	const char *event = strchr(tracepoint, ':') + 1;
	char system[64];

	snprintf(system, sizeof(system), "%.*s", (int)(event - 1 - tracepoint),
		 tracepoint);
	if (!strcmp(system, "ftrace"))
		return true; /* it has no switch, and is no module's */
	return read_number(instance->fs, system, event, "id") == id &&
	       read_number(instance->fs, system, event, "enable") == 1;
}

/* A descriptor on a CPU's ring, non-blocking. Also CPUs that are offline have one. */
int trace_instance_open_cpu(const struct trace_instance *instance, unsigned int cpu)
{
	char file[64];
	int fd;

	snprintf(file, sizeof(file), "per_cpu/cpu%u/trace_pipe_raw", cpu);
	errno = 0;
	fd = tracefs_instance_file_open(instance->fs, file,
					O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	return fd >= 0 ? fd : errno ? -errno : -EIO;
}

static uint64_t counter(const char *stats, const char *line)
{
	const char *at = strstr(stats, line);

	return at ? strtoull(at + strlen(line), NULL, 10) : 0;
}

/* What a CPU's ring has lost since the instance was last emptied by a setting. */
int trace_instance_counters(const struct trace_instance *instance, unsigned int cpu,
			    struct trace_counters *ret)
{
	char file[64];
	_cleanup_(free_ptr) char *stats = NULL;

	snprintf(file, sizeof(file), "per_cpu/cpu%u/stats", cpu);
	errno = 0;
	stats = tracefs_instance_file_read(instance->fs, file, NULL);
	if (!stats)
		return errno ? -errno : -EIO;
	*ret = (struct trace_counters){
		.overrun = counter(stats, "\noverrun:"),
		.commit_overrun = counter(stats, "\ncommit overrun:"),
		.dropped = counter(stats, "\ndropped events:"),
	};
	return 0;
}

/*
 * The text of "system:event"'s format file, the caller's to free. NULL with `ret_error`:
 * -ENOENT if this kernel (now) has no such tracepoint.
 */
char *trace_format_read(const struct trace_instance *instance, const char *tracepoint,
			size_t *ret_len, int *ret_error)
{
	const char *event = strchr(tracepoint, ':') + 1;
	char system[64];
	char *format;
	int len = 0;

	snprintf(system, sizeof(system), "%.*s", (int)(event - 1 - tracepoint),
		 tracepoint);
	*ret_error = -ENOENT;
	if (!tracefs_event_file_exists(instance->fs, system, event, "format"))
		return NULL;
	errno = 0;
	format = tracefs_event_file_read(instance->fs, system, event, "format", &len);
	if (!format)
		*ret_error = errno ? -errno : -EIO;
	*ret_len = (size_t)len;
	return format;
}
