// SPDX-License-Identifier: LGPL-2.1-or-later

#include "ipc/status.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "ipc/ring_file.h"
#include "util/file.h"
#include "util/macro.h"

_Static_assert(RING_STATUS_AT + sizeof(struct ring_status) <= RING_SCRATCH_AT,
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
	for (size_t i = 0; i < STATUS_SOURCES_MAX; i++)
		status->sources[i].name[STATUS_NAME_BYTES - 1] = '\0';
	for (size_t i = 0; i < STATUS_TYPES_MAX; i++)
		status->types[i].name[STATUS_NAME_BYTES - 1] = '\0';
}

/*
 * Copies what the daemon behind `ring_path` says of itself; `alive` is whether it runs
 * now. -ENOENT: no daemon ever used this ring since boot; -EBADMSG: the file is something
 * else.
 */
int ring_status_read(const char *ring_path, struct status_snapshot *ret)
{
	_cleanup_(close_fd) int fd = open(ring_path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct ring_header *header;
	struct stat st;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (st.st_size < RING_SCRATCH_AT)
		return -EBADMSG;
	header = mmap(NULL, RING_SCRATCH_AT, PROT_READ, MAP_SHARED, fd, 0);
	if (header == MAP_FAILED)
		return -errno;
	if (header->magic != RING_MAGIC || header->version != RING_VERSION) {
		munmap(header, RING_SCRATCH_AT);
		return -EBADMSG;
	}
	memcpy(&ret->status, (uint8_t *)header + RING_STATUS_AT, sizeof(ret->status));
	ret->durable = header->durable;
	ret->written = header->written;
	munmap(header, RING_SCRATCH_AT);
	terminate(&ret->status);
	ret->alive = is_rasd(ret->status.pid);
	return 0;
}
