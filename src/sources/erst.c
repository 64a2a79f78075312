// SPDX-License-Identifier: LGPL-2.1-or-later

#include "sources/erst.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>

#include "util/bytes.h"
#include "util/macro.h"

#define ERST_CLEAR   _IOW('E', 1, uint64_t)
#define RECORD_BYTES 65536 /* a shorter buffer fails, and the record stays in the way */
#define RECORD_ID_AT 96	   /* UEFI 2.10, table N.1 */
#define ID_BYTES     8
#define TRIES_MAX    8 /* for a record that another process clears meanwhile */

static int open_device(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	return fd < 0 ? -errno : fd;
}

/* The next record's length, or 0 at the end. The position stays 0: so wants the kernel.
 */
static ssize_t read_record(int fd, uint8_t *bytes)
{
	for (int i = 0;; i++) {
		ssize_t n = read(fd, bytes, RECORD_BYTES);

		if (n >= 0)
			return n;
		if ((errno != EINTR && errno != ENOENT) || i == TRIES_MAX)
			return -errno;
	}
}

/*
 * Gives each record that there is now. Slow: firmware may take its time for each. Returns
 * how many there were, or a negative errno (-ENOENT, -ENXIO: this machine has no ERST, or
 * its kernel does not show it). -E2BIG: there were more than ERST_RECORDS_MAX.
 */
int erst_read(const char *path, kept_fn fn, void *userdata)
{
	_cleanup_(close_fd) int fd = open_device(path);
	_cleanup_(free_ptr) uint8_t *bytes = malloc(RECORD_BYTES);

	if (fd < 0 || !bytes)
		return fd < 0 ? fd : -ENOMEM;
	for (int count = 0; count < ERST_RECORDS_MAX; count++) {
		ssize_t n = read_record(fd, bytes);
		struct kept kept = { .path = "", .bytes = bytes, .len = (size_t)n };
		int r;

		if (n <= 0)
			return n < 0 ? (int)n : count;
		if (kept.len >= RECORD_ID_AT + ID_BYTES)
			kept.id = load_le64(bytes + RECORD_ID_AT);
		r = fn(userdata, &kept);
		if (r < 0)
			return r;
	}
	return -E2BIG;
}

/* Has firmware forget a record. 0, or a negative errno. */
int erst_clear(const char *path, uint64_t id)
{
	_cleanup_(close_fd) int fd = open_device(path);

	if (fd < 0)
		return fd;
	return ioctl(fd, ERST_CLEAR, &id) < 0 ? -errno : 0;
}
