// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * DATABASE-shm is SQLite's index of its write-ahead log, in memory that all connections
 * map. When a page of it is poisoned, the kernel drops the page, and it comes back as the
 * disk has it: older. A writer that believes it overwrites what it had committed, and
 * nothing tells. So whoever begins to write has the index made anew from the log, which
 * has checksums: with both copies of the header zero, SQLite recovers it, also beside
 * readers (https://sqlite.org/walformat.html, 2.1 and 2.5).
 */

#include "db/wal_index.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>

#include "util/macro.h"

#define WAL_INDEX_HEADERS_BYTES 96 /* two copies of 48 */

/*
 * Must be called before this process has the database open: closing a file takes all
 * locks with it that SQLite would have on it. Nobody else may be writing. 0 also if there
 * is no such file.
 */
int wal_index_invalidate(const char *database)
{
	static const uint8_t zeros[WAL_INDEX_HEADERS_BYTES];
	_cleanup_(close_fd) int fd = -1;
	char path[4096];
	struct stat st;

	if (snprintf(path, sizeof(path), "%s-shm", database) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (st.st_size < WAL_INDEX_HEADERS_BYTES)
		return 0;
	return pwrite(fd, zeros, sizeof(zeros), 0) == sizeof(zeros) ? 0 : -EIO;
}
