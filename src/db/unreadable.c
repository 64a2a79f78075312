// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * A page of a database that the disk cannot read any more stops a writer for good, while
 * the rest of the disk may be as it was: then the file is as good as damaged.
 */

#include "db/guard.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "db/open.h"
#include "util/macro.h"

#define PIECE_BYTES 65536

/* Reads all of it, without filling memory with it. Whether the disk cannot. */
bool db_has_bad_page(int fd)
{
	static uint8_t piece[PIECE_BYTES];
	off_t at = 0;
	ssize_t n;

	do {
		n = pread(fd, piece, sizeof(piece), at);
		posix_fadvise(fd, at, PIECE_BYTES, POSIX_FADV_DONTNEED);
		at += n;
	} while (n > 0);
	return n < 0 && errno == EIO;
}

static bool can_begin_another(const char *path)
{
	static const uint8_t page[4096];
	char trial[DB_PATH_BYTES];
	bool works;
	int fd;

	if (snprintf(trial, sizeof(trial), "%s.trial", path) >= (int)sizeof(trial))
		return false;
	fd = open(trial, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return false;
	works = write(fd, page, sizeof(page)) == sizeof(page) && fsync(fd) == 0;
	close(fd);
	return unlink(trial) == 0 && works;
}

/*
 * Whether the disk fails to read the file, and would do with another one. Takes as long
 * as reading all of it; no lock of this process survives it.
 */
bool db_is_unreadable(const char *path)
{
	_cleanup_(close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC);

	return fd >= 0 && db_has_bad_page(fd) && can_begin_another(path);
}
