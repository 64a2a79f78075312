// SPDX-License-Identifier: LGPL-2.1-or-later

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "bench/bad_disk.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define SIZE_BYTES  (8 << 20)
#define READ_BYTES  512
#define BLOCK_BYTES 4096 /* of the largest sector that a loop device may ask for */

static int make_backing(void)
{
	char path[] = "/tmp/rasd-bench-XXXXXX";
	int fd = mkstemp(path);

	if (fd < 0)
		return -errno;
	unlink(path);
	return ftruncate(fd, SIZE_BYTES) < 0 ? -errno : fd;
}

static int open_free_loop(int *ret_number)
{
	char path[32];
	int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
	int number = control < 0 ? -errno : ioctl(control, LOOP_CTL_GET_FREE);

	if (control >= 0)
		close(control);
	if (number < 0)
		return number;
	snprintf(path, sizeof(path), "/dev/loop%d", number);
	*ret_number = number;
	return open(path, O_RDWR | O_DIRECT | O_CLOEXEC);
}

/*
 * The file behind the device is cut off, so each read fails. Then the device is let go
 * while it is open: from Linux 6.10 on its driver refuses requests at once, without its
 * worker, which is twelve times as fast. The device is gone with the process.
 */
int bad_disk_open(struct bad_disk *disk)
{
	struct loop_config config = { .fd = (unsigned int)make_backing() };
	int fd;

	if ((int)config.fd < 0)
		return (int)config.fd;
	fd = open_free_loop(&disk->number);
	if (fd < 0 || ioctl(fd, LOOP_CONFIGURE, &config) < 0 ||
	    ftruncate((int)config.fd, 0) < 0 || ioctl(fd, LOOP_CLR_FD) < 0)
		return -errno;
	close((int)config.fd);
	disk->fd = fd;
	return 0;
}

/* One request and one error each. Returns how many failed, or a negative errno. */
long bad_disk_read(const struct bad_disk *disk, long count)
{
	void *buffer;
	long failed = 0;

	if (posix_memalign(&buffer, BLOCK_BYTES, BLOCK_BYTES))
		return -ENOMEM;
	for (long i = 0; i < count; i++)
		failed += pread(disk->fd, buffer, READ_BYTES,
				i * READ_BYTES % SIZE_BYTES) < 0;
	free(buffer);
	return failed;
}
