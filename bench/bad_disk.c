// SPDX-License-Identifier: LGPL-2.1-or-later

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "bench/bad_disk.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/loop.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define SIZE_BYTES  (8 << 20)
#define READ_BYTES  512
#define BLOCK_BYTES 4096
#define TRIES	    10

static int make_backing(void)
{
	char path[] = "/tmp/rasd-bench-XXXXXX";
	int fd = mkstemp(path);

	if (fd < 0)
		return -errno;
	unlink(path);
	return fd;
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
	number = open(path, O_RDWR | O_DIRECT | O_CLOEXEC);
	return number < 0 ? -errno : number;
}

/* Its file is there while it is set up, which tells its size, and then cut off. */
static int attach(int fd, int backing_fd)
{
	struct loop_config config = { .fd = (unsigned int)backing_fd,
				      .info.lo_flags = LO_FLAGS_AUTOCLEAR };

	if (ftruncate(backing_fd, SIZE_BYTES) < 0 ||
	    ioctl(fd, LOOP_CONFIGURE, &config) < 0 || ftruncate(backing_fd, 0) < 0)
		return -errno;
	return 0;
}

/* Whether the device is still one of some size after it was let go. */
static bool let_go(int fd)
{
	uint64_t bytes = 0;

	return ioctl(fd, LOOP_CLR_FD) == 0 && ioctl(fd, BLKGETSIZE64, &bytes) == 0 &&
	       bytes > 0;
}

static int try_open(struct bad_disk *disk, int backing_fd)
{
	int r;

	disk->fd = open_free_loop(&disk->number);
	if (disk->fd < 0)
		return disk->fd;
	r = attach(disk->fd, backing_fd);
	if (r == 0 && !let_go(disk->fd))
		r = attach(disk->fd, backing_fd);
	if (r < 0)
		close(disk->fd);
	return r;
}

/*
 * The file behind the device is cut off, so each read fails. Then the device is let go
 * while it is open: newer kernels (6.18, but not 6.1) keep it until it is closed, and
 * refuse requests at once, without its worker, which is twelve times as fast.
 */
int bad_disk_open(struct bad_disk *disk)
{
	int backing_fd = make_backing();
	int r = backing_fd < 0 ? backing_fd : -EBUSY;

	for (int i = 0; r == -EBUSY && i < TRIES; i++) /* others take free ones, too */
		r = try_open(disk, backing_fd);
	if (backing_fd >= 0)
		close(backing_fd);
	return r;
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
