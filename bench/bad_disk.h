/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A loop device each of whose reads fails: the kernel's fastest source of block_rq_error.
 */

struct bad_disk {
	int fd;
	int number; /* of /dev/loopN */
};

int bad_disk_open(struct bad_disk *disk);
long bad_disk_read(const struct bad_disk *disk, long count);
