// SPDX-License-Identifier: LGPL-2.1-or-later

#include "ipc/status.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "ipc/ring_file.h"
#include "util/file.h"
#include "util/macro.h"

_Static_assert(RING_STATUS_AT + sizeof(struct ring_status) <= RING_SHADOW_AT,
	       "the status page has outgrown its place");

/*
 * The pid may be of a daemon that was killed, and by now of somebody else: its name
 * tells.
 */
static bool is_rasd(int32_t pid)
{
	char path[32], comm[32];

	if (pid <= 0)
		return false;
	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	return file_read_line(AT_FDCWD, path, comm, sizeof(comm)) >= 0 &&
	       !strcmp(comm, "rasd");
}

static void terminate(struct ring_status *status)
{
	status->version[sizeof(status->version) - 1] = '\0';
	status->database[sizeof(status->database) - 1] = '\0';
	status->config[sizeof(status->config) - 1] = '\0';
	status->store_note[sizeof(status->store_note) - 1] = '\0';
	status->wal_reader[sizeof(status->wal_reader) - 1] = '\0';
	for (size_t i = 0; i < STATUS_SOURCES_MAX; i++)
		status->sources[i].name[STATUS_NAME_BYTES - 1] = '\0';
	for (size_t i = 0; i < STATUS_TYPES_MAX; i++)
		status->types[i].name[STATUS_NAME_BYTES - 1] = '\0';
}

/* Not mapped: of a page that failed, reading says EIO, and touching it would kill. */
static int read_at(int fd, off_t at, void *to, size_t bytes)
{
	ssize_t n = pread(fd, to, bytes, at);

	if (n < 0)
		return -errno;
	return n == (ssize_t)bytes ? 0 : -EBADMSG;
}

/*
 * Copies what the daemon behind `ring_path` says of itself; `alive` is whether it runs
 * now. -ENOENT: no daemon ever used this ring since boot; -EBADMSG: the file is something
 * else; -EIO: its memory failed, and the daemon has not mended it yet.
 */
int ring_status_read(const char *ring_path, struct status_snapshot *ret)
{
	_cleanup_(close_fd) int fd = open(ring_path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct ring_header header;
	struct ring_status status;
	int r;

	if (fd < 0)
		return -errno;
	r = read_at(fd, 0, &header, sizeof(header));
	if (r < 0)
		return r;
	if (header.magic != RING_MAGIC || header.version != RING_VERSION)
		return -EBADMSG;
	r = read_at(fd, RING_STATUS_AT, &status, sizeof(status));
	if (r < 0)
		return r;
	ret->status = status;
	ret->durable = header.durable;
	ret->written = header.written;
	terminate(&ret->status);
	ret->alive = is_rasd(ret->status.pid);
	return 0;
}
