// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * A page of the ring's file that failed. On tmpfs it stays where it is, lost: who touches
 * it gets SIGBUS, until it is punched out of the file. Then there is a page of zeros, and
 * opening the ring finds out what is missing: the header comes back from its shadow, and
 * messages that are not whole become one that says so. Nothing has to be remembered for
 * that, so a process that dies on the way leaves it to the next.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "ipc/ring_file.h"

static size_t page_bytes(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

static bool is_zero(const void *at, size_t bytes)
{
	const uint8_t *p = at;

	return p[0] == 0 && !memcmp(p, p + 1, bytes - 1);
}

/*
 * Gives the ring's file a new page instead of one that failed: [offset, offset + bytes)
 * (0: not told), widened to whole pages. To be called for all pages that failed, before
 * ring_open(). -ERANGE: the file does not reach that far. -ENOSPC: nothing was lost that
 * was not before, but the new page could not be had.
 */
int ring_mend(const char *path, uint64_t offset, uint64_t bytes, struct ring_mending *ret)
{
	_cleanup_(close_fd) int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	uint64_t page = page_bytes(), from = offset & ~(page - 1);
	uint64_t to = ALIGN_UP(offset + MAX(bytes, (uint64_t)1), page);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (from >= (uint64_t)st.st_size || to < offset)
		return -ERANGE;
	to = MIN(to, ALIGN_UP((uint64_t)st.st_size, page));
	if (fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)from,
		      (off_t)(to - from)) < 0)
		return -errno;
	if (fallocate(fd, FALLOC_FL_KEEP_SIZE, (off_t)from, (off_t)(to - from)) < 0)
		return -errno;
	*ret = (struct ring_mending){ .at = from, .bytes = to - from };
	return 0;
}

/* Nothing of it is read. False also where the kernel cannot be asked (before 5.14). */
static bool is_lost(uint8_t *map, uint64_t at)
{
	return madvise(map + at, page_bytes(), MADV_POPULATE_READ) < 0 &&
	       errno == EHWPOISON;
}

/*
 * The first page at or behind `from` (bytes, of a page's beginning) that the kernel knows
 * to be lost: it may have failed while nobody had it mapped who could tell. 1 with its
 * offset in the file, 0, or a negative errno.
 */
int ring_find_lost(const char *path, uint64_t from, uint64_t *ret)
{
	_cleanup_(close_fd) int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	off_t at = (off_t)from, hole = 0;
	struct stat st;
	uint8_t *map;
	int r = 0;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (st.st_size == 0)
		return 0;
	map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		return -errno;
	for (; r == 0 && (at = lseek(fd, at, SEEK_DATA)) >= 0; at = hole) {
		hole = lseek(fd, at, SEEK_HOLE);
		for (; r == 0 && at < hole; at += r ? 0 : (off_t)page_bytes())
			r = is_lost(map, (uint64_t)at);
		if (r)
			break;
	}
	munmap(map, (size_t)st.st_size);
	if (r)
		*ret = (uint64_t)at;
	return r;
}

/*
 * What part of the scratch is zeros now. False: none of it was in the lost page. `ret_at`
 * counts from the scratch's beginning.
 */
bool ring_mending_of_scratch(const struct ring *ring, const struct ring_mending *mending,
			     size_t *ret_at, size_t *ret_bytes)
{
	uint64_t from = MAX(mending->at, (uint64_t)RING_SCRATCH_AT);
	uint64_t to = MIN(mending->at + mending->bytes,
			  RING_SCRATCH_AT + (uint64_t)ring->scratch_bytes);

	if (from >= to)
		return false;
	*ret_at = from - RING_SCRATCH_AT;
	*ret_bytes = to - from;
	return true;
}

static void copy_header(struct ring_header *to, const struct ring_header *from)
{
	uint64_t magic = from->magic;

	to->magic = 0;
	atomic_thread_fence(memory_order_release);
	memcpy((uint8_t *)to + sizeof(magic), (const uint8_t *)from + sizeof(magic),
	       sizeof(*to) - sizeof(magic));
	atomic_thread_fence(memory_order_release);
	to->magic = magic;
}

/*
 * A header without its mark was lost, wholly or half back from the shadow when a process
 * died; the mark comes last. The shadow
 * is ahead of it by one cursor at most: what that speaks of is whole, too.
 */
void ring_settle_headers(const struct ring *ring)
{
	if (ring->header->magic == 0 && ring->shadow->magic == RING_MAGIC)
		copy_header(ring->header, ring->shadow);
	else if (ring->header->magic == RING_MAGIC)
		copy_header(ring->shadow, ring->header);
}

/* The unread position that has its bytes at this offset of the data. */
static uint64_t position_at(const struct ring *ring, size_t offset)
{
	uint64_t durable = ring_durable(ring);
	uint64_t position = durable - durable % ring->data_bytes + offset;

	return position < durable ? position + ring->data_bytes : position;
}

static bool is_lost_message(const struct ring *ring, size_t offset)
{
	struct ring_message message;

	return ring_peek(ring, position_at(ring, offset), &message) > 0 &&
	       message.kind == RING_LOST;
}

/* Zeros, but for what stands there by now for messages that were lost with it. */
static bool is_lost_page(const struct ring *ring, uint64_t position)
{
	size_t at = position % ring->data_bytes & ~(page_bytes() - 1);
	size_t end = at + MIN(page_bytes(), ring->data_bytes - at);

	if (is_lost_message(ring,
			    (at + ring->data_bytes - RING_ALIGNMENT) % ring->data_bytes))
		at += RING_ALIGNMENT; /* the other half of its header */
	while (at < end)
		if (is_zero(ring->data + at, RING_ALIGNMENT))
			at += RING_ALIGNMENT;
		else if (is_lost_message(ring, at))
			at += sizeof(struct message_header);
		else
			return false;
	return true;
}

static bool has_lost_page(const struct ring *ring, uint64_t from, uint64_t to)
{
	uint64_t page = page_bytes();

	for (uint64_t at = from & ~(page - 1); at < to; at += page)
		if (is_lost_page(ring, at))
			return true;
	return false;
}

/* Whether messages follow one another from here to the end, or to a page that is lost. */
static bool leads_on(const struct ring *ring, uint64_t from)
{
	uint64_t at = from, written = ring_written(ring);
	struct ring_message message;

	while (at < written && ring_peek(ring, at, &message) > 0)
		at = message.next;
	return at == written || (at > from && is_lost_page(ring, at));
}

static bool is_whole(const struct ring_message *message)
{
	struct message_header header;

	memcpy(&header, message->payload - sizeof(header), sizeof(header));
	return header.sum == ring_sum(message->payload, message->len);
}

/* Where the next message begins behind one that is not whole. */
static uint64_t find_next(const struct ring *ring, uint64_t at)
{
	uint64_t written = ring_written(ring);
	struct ring_message message;

	at = ring_peek(ring, at, &message) > 0 ? message.next :
						 at + sizeof(struct message_header);
	for (; at < written; at += RING_ALIGNMENT)
		if (leads_on(ring, at))
			return at;
	return written;
}

/*
 * Makes a chain again of the messages between the durable position and the end. Where
 * some were in a page that is lost, a message of kind RING_LOST is in their place. False:
 * something else is wrong with them.
 */
bool ring_mend_chain(struct ring *ring)
{
	uint64_t at = ring_durable(ring), next;
	struct ring_message message;

	for (; at < ring_written(ring); at = next) {
		if (ring_peek(ring, at, &message) > 0 && is_whole(&message)) {
			next = message.next;
			continue;
		}
		next = find_next(ring, at);
		if (!has_lost_page(ring, at, next))
			return false;
		ring_put_header(ring, at, RING_LOST,
				next - at - sizeof(struct message_header));
		ring->lost_bytes += next - at;
	}
	return true;
}
