// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Pages: taken out of use through sysfs, looked at through /proc/kpageflags. The kernel
 * says yes for a page that was poisoned before, too, so it is looked at before and after.
 */

#include "act/act_private.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>

#define KPF_HWPOISON 19 /* include/uapi/linux/kernel-page-flags.h */
#define SOFT_OFFLINE "devices/system/memory/soft_offline_page"

/*
 * kpageflags has 8 bytes a page, by page frame number, and takes reads of whole ones
 * only (fs/proc/page.c). -ENXIO: it ends before this page.
 */
int page_is_poisoned(const struct actuator *actuator, uint64_t address)
{
	_cleanup_(close_fd) int fd = -1;
	uint64_t pfn, flags;
	char path[PATH_MAX];
	ssize_t n;

	if (snprintf(path, sizeof(path), "%s/kpageflags", actuator->proc) >=
	    (int)sizeof(path))
		return -ENAMETOOLONG;
	if (!actuator->page_size)
		return -EINVAL;
	pfn = address / actuator->page_size;
	if (pfn > INT64_MAX / sizeof(flags))
		return -ENXIO;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = pread(fd, &flags, sizeof(flags), (off_t)(pfn * sizeof(flags)));
	if (n < 0)
		return -errno;
	if (n == 0)
		return -ENXIO;
	if (n != (ssize_t)sizeof(flags))
		return -EIO;
	return flags >> KPF_HWPOISON & 1;
}

static int open_soft_offline(const struct actuator *actuator)
{
	char path[PATH_MAX];
	int fd;

	if (snprintf(path, sizeof(path), "%s/" SOFT_OFFLINE, actuator->sysfs) >=
	    (int)sizeof(path))
		return -ENAMETOOLONG;
	/* without O_NONBLOCK, what is no file of sysfs could hold us forever */
	fd = open(path, O_WRONLY | O_CLOEXEC | O_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

/* The kernel wants a physical address in bytes, in one write. */
static int write_address(int fd, uint64_t address)
{
	char value[32];
	int len = snprintf(value, sizeof(value), "0x%" PRIx64 "\n", address);
	ssize_t n = write(fd, value, (size_t)len);

	if (n < 0)
		return -errno;
	return n == len ? 0 : -EIO;
}

static void verify(const struct actuator *actuator, uint64_t address,
		   struct act_effect *ret)
{
	int r = page_is_poisoned(actuator, address);

	if (r < 0) {
		act_effect_set(ret, OUTCOME_DONE, -r,
			       "the kernel said yes; that the page is marked cannot be "
			       "seen: %s",
			       strerror(-r));
	} else if (r == 0) {
		act_effect_set(ret, OUTCOME_FAILED, 0,
			       "the kernel said yes, and the page is not marked");
	} else {
		act_effect_set(ret, OUTCOME_DONE, 0, "the kernel has marked it");
		ret->verified = true;
	}
}

/*
 * A file that holds a page may be slow to give it up: this may take long, and it cannot
 * be broken off.
 */
void page_soft_offline(struct actuator *actuator, uint64_t address,
		       struct act_effect *ret)
{
	_cleanup_(close_fd) int fd = -1;
	int r;

	if (page_is_poisoned(actuator, address) > 0) {
		act_effect_set(ret, OUTCOME_ALREADY, 0, "it was poisoned before");
		ret->verified = true;
		return;
	}
	fd = open_soft_offline(actuator);
	if (fd < 0) {
		act_effect_set(ret, OUTCOME_FAILED, -fd,
			       "cannot open soft_offline_page: %s", strerror(-fd));
		ret->untried = true;
		return;
	}
	r = write_address(fd, address);
	if (r < 0)
		act_effect_set(ret, OUTCOME_FAILED, -r, "the kernel did not take it: %s",
			       strerror(-r));
	else
		verify(actuator, address, ret);
}
