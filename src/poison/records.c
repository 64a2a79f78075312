// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * The records in the memfd. Processes append, one at a time reads. A record that was
 * taken is punched out, so the file itself says what is still to be read, whatever
 * process asks, and a page that failed is a new one afterwards. It only grows in length:
 * it never has to be cut, which could take a record that is being appended with it.
 */

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "poison/state.h"
#include "util/clock.h"
#include "util/macro.h"

static int forget(int fd, off_t from, off_t to)
{
	return fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, from,
			 to - from) < 0 ?
		       -errno :
		       0;
}

static off_t page_bytes(void)
{
	return sysconf(_SC_PAGESIZE);
}

/* What stands for records that cannot be read. */
static struct poison_record lost_records(off_t at)
{
	return (struct poison_record){ .magic = POISON_MAGIC,
				       .size = sizeof(struct poison_record),
				       .boottime_ns = clock_now_ns(CLOCK_BOOTTIME),
				       .pid = getpid(),
				       .role = -1,
				       .lsb = __builtin_ctzl((unsigned long)page_bytes()),
				       .place = PLACE_REGION,
				       .region = POISON_REGION_RECORDS,
				       .offset = (uint64_t)at };
}

/* The record at `at`, if there is one, and where to go on. 1, 0, or a negative errno. */
static int read_slot(int fd, off_t at, struct poison_record *ret, off_t *ret_next)
{
	union poison_slot slot = { .record = { .magic = 0 } };
	ssize_t n = pread(fd, &slot, sizeof(slot), at);

	if (n < 0 && errno != EIO)
		return -errno;
	if (n < 0) {
		*ret_next = (at | (page_bytes() - 1)) + 1;
		*ret = lost_records(at);
		return 1;
	}
	*ret_next = at + POISON_SLOT_BYTES;
	if (slot.record.magic == 0)
		return 0;
	*ret = slot.record.magic == POISON_MAGIC ? slot.record : lost_records(at);
	return 1;
}

/* Where the next slot is that may hold something; -ENXIO: there is none. */
static off_t seek_slot(int fd, off_t at)
{
	off_t data = lseek(fd, at, SEEK_DATA);

	return data < 0 ? -errno : MAX(data & ~(off_t)(POISON_SLOT_BYTES - 1), at);
}

static bool has_begun(void)
{
	return poison_copies[0].state.pid != 0;
}

static int walk(int (*each)(const struct poison_record *record, void *arg), void *arg,
		bool forgets, uint64_t *ret_end)
{
	int fd = poison_copies[0].state.fd, n = 0;
	off_t at = 0, next = 0;

	for (; (at = seek_slot(fd, at)) >= 0; at = next) {
		struct poison_record record;
		int r = read_slot(fd, at, &record, &next);

		if (r == 0)
			continue;
		r = r < 0 ? r : each(&record, arg);
		r = r < 0 || !forgets ? r : forget(fd, 0, next);
		if (r < 0) {
			*ret_end = (uint64_t)at;
			return r;
		}
		n++;
	}
	if (at != -ENXIO)
		return (int)at;
	*ret_end = (uint64_t)next;
	return n;
}

/*
 * Calls `each` for every record that was not taken or forgotten yet, oldest first, until
 * it returns a negative errno. What could not be read is a record, too, with
 * POISON_REGION_RECORDS. `ret_end`, also set when `each` ends it, is for
 * poison_forget_records(), once what was read is safe elsewhere: a process that dies
 * before that leaves all of them to the next. Returns how many, or a negative errno, of
 * `each` too.
 */
int poison_read_records(int (*each)(const struct poison_record *record, void *arg),
			void *arg, uint64_t *ret_end)
{
	return has_begun() ? walk(each, arg, false, ret_end) : -EBADF;
}

/* Those up to `end` are not read again. The page of one that failed is a new one then. */
int poison_forget_records(uint64_t end)
{
	if (!has_begun())
		return -EBADF;
	return end ? forget(poison_copies[0].state.fd, 0, (off_t)end) : 0;
}

/* As poison_read_records(), and forgets each of which `each` said 0 or more. */
int poison_take_records(int (*each)(const struct poison_record *record, void *arg),
			void *arg)
{
	uint64_t end;

	return has_begun() ? walk(each, arg, true, &end) : -EBADF;
}
