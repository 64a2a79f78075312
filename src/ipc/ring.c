// SPDX-License-Identifier: LGPL-2.1-or-later

#include "ipc/ring.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>

#include "ipc/ring_file.h"

/*
 * With the ring's own id in it, which is random: nobody who can put bytes into a message
 * can make them look like the beginning of one. Never 0, as in a page that is lost.
 */
static uint16_t check_of(const struct ring *ring, uint64_t position)
{
	uint16_t salt;

	memcpy(&salt, ring->header->id, sizeof(salt));
	return (uint16_t)((0xa55a ^ (position >> 3) ^ (position >> 19) ^ salt * 257u) |
			  1);
}

static size_t file_bytes(const struct ring_layout *layout)
{
	return RING_SCRATCH_AT + layout->scratch_bytes + layout->data_bytes;
}

static void *map(int fd, size_t bytes, size_t at)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)at);

	return p == MAP_FAILED ? NULL : p;
}

/* The data area twice in a row, so that what wraps around is contiguous in memory. */
static uint8_t *map_twice(int fd, size_t bytes, size_t at)
{
	uint8_t *base =
		mmap(NULL, 2 * bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (base == MAP_FAILED)
		return NULL;
	for (int half = 0; half < 2; half++)
		if (mmap(base + half * bytes, bytes, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_FIXED, fd, (off_t)at) == MAP_FAILED) {
			munmap(base, 2 * bytes);
			return NULL;
		}
	return base;
}

static int map_all(struct ring *ring, const struct ring_layout *layout)
{
	ring->scratch_bytes = layout->scratch_bytes;
	ring->data_bytes = layout->data_bytes;
	ring->header = map(ring->fd, RING_SCRATCH_AT + layout->scratch_bytes, 0);
	if (!ring->header)
		return -errno;
	ring->shadow = (void *)((uint8_t *)ring->header + RING_SHADOW_AT);
	ring->status = (void *)((uint8_t *)ring->header + RING_STATUS_AT);
	ring->scratch = (uint8_t *)ring->header + RING_SCRATCH_AT;
	ring->data = map_twice(ring->fd, layout->data_bytes,
			       RING_SCRATCH_AT + layout->scratch_bytes);
	return ring->data ? 0 : -errno;
}

static int make_id(char id[static RING_ID_BYTES])
{
	uint8_t random[(RING_ID_BYTES - 1) / 2];
	struct text text = { .at = id, .size = RING_ID_BYTES };

	if (getrandom(random, sizeof(random), 0) != sizeof(random))
		return -errno;
	text_add_hex(&text, random, sizeof(random));
	return 0;
}

static int initialize(struct ring *ring, const struct ring_layout *layout)
{
	struct ring_header *header = ring->header;
	int r = make_id(header->id);

	if (r < 0)
		return r;
	header->version = RING_VERSION;
	header->schema = layout->schema;
	header->scratch_bytes = layout->scratch_bytes;
	header->data_bytes = layout->data_bytes;
	header->magic = RING_MAGIC; /* last: without it the file is nobody's */
	ring_settle_headers(ring);
	ring->fresh = true;
	return 0;
}

/*
 * A file that nobody has finished making, in which nothing can be yet. One that has
 * messages has lost both its headers.
 */
static bool is_blank(const struct ring *ring)
{
	off_t data = RING_SCRATCH_AT + (off_t)ring->scratch_bytes;

	return ring->header->magic == 0 && ring->header->written == 0 &&
	       ring->header->durable == 0 && lseek(ring->fd, data, SEEK_DATA) < 0;
}

/* A ring that says of itself what we expect, and whose cursors are possible. */
static bool is_sound(const struct ring *ring, const struct ring_layout *layout)
{
	const struct ring_header *header = ring->header;

	if (header->magic != RING_MAGIC || header->version != RING_VERSION ||
	    header->scratch_bytes != layout->scratch_bytes ||
	    header->data_bytes != layout->data_bytes ||
	    header->id[RING_ID_BYTES - 1] != '\0' || header->durable > header->written ||
	    header->written - header->durable > header->data_bytes ||
	    header->durable % RING_ALIGNMENT || header->written % RING_ALIGNMENT)
		return false;
	return header->schema == layout->schema || header->durable == header->written;
}

static int open_file(const char *path, struct ring *ring)
{
	ring->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
	return ring->fd < 0 ? -errno : 0;
}

/* Sparse: memory is taken by back(), before it is touched. */
static int make_file(struct ring *ring, const struct ring_layout *layout)
{
	if (ftruncate(ring->fd, (off_t)file_bytes(layout)) < 0)
		return -errno;
	return 0;
}

/* On a full tmpfs a page that is not there yet would be a SIGBUS when it is touched. */
static int back(const struct ring *ring, size_t from, size_t bytes)
{
	return fallocate(ring->fd, FALLOC_FL_KEEP_SIZE, (off_t)from, (off_t)bytes) < 0 &&
			       errno != EOPNOTSUPP ?
		       -errno :
		       0;
}

static int keep_unread(const char *path, struct text *ret_note)
{
	char aside[4096];
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if (snprintf(aside, sizeof(aside), "%s.unread-%lld", path,
		     (long long)now.tv_sec) >= (int)sizeof(aside))
		return -ENAMETOOLONG;
	if (rename(path, aside) < 0)
		return -errno;
	text_add(
		ret_note,
		"%s is not a ring that this version can read; it is kept as %s and a new "
		"one is begun",
		path, aside);
	return 0;
}

static int start_anew(const char *path, const struct ring_layout *layout,
		      struct ring *ring, struct text *ret_note)
{
	int r;

	ring_close(ring);
	r = keep_unread(path, ret_note);
	r = r < 0 ? r : open_file(path, ring);
	r = r < 0 ? r : make_file(ring, layout);
	r = r < 0 ? r : map_all(ring, layout);
	return r < 0 ? r : initialize(ring, layout);
}

static int adopt(struct ring *ring, const struct ring_layout *layout, size_t size,
		 struct text *ret_note)
{
	int r;

	if (size != file_bytes(layout))
		return -EUCLEAN;
	r = map_all(ring, layout);
	if (r < 0)
		return r;
	ring_settle_headers(ring);
	if (is_blank(ring))
		return initialize(ring, layout);
	if (!is_sound(ring, layout) || !ring_mend_chain(ring))
		return -EUCLEAN;
	ring_settle_vitals(ring);
	ring->header->schema = ring->shadow->schema = layout->schema;
	if (ring->lost_bytes)
		text_add(ret_note,
			 "memory failed: %llu bytes of messages that were not on disk "
			 "yet are lost",
			 (unsigned long long)ring->lost_bytes);
	return 0;
}

/*
 * Opens the ring at `path`, or makes it. That nobody else produces into it is for the
 * caller to see to. A file that is no ring of this layout is kept under another name, and
 * `ret_note` says so. -ENOSPC: its file system is full.
 */
int ring_open(const char *path, const struct ring_layout *layout, struct ring *ret,
	      struct text *ret_note)
{
	struct ring ring = { .fd = -1 };
	struct stat st = { .st_size = 0 };
	int r = open_file(path, &ring);

	if (r >= 0 && fstat(ring.fd, &st) < 0)
		r = -errno;
	if (r >= 0 && st.st_size == 0) {
		r = make_file(&ring, layout);
		st.st_size = (off_t)file_bytes(layout);
	}
	if (r >= 0)
		r = back(&ring, 0, RING_SCRATCH_AT + layout->scratch_bytes);
	if (r >= 0)
		r = adopt(&ring, layout, (size_t)st.st_size, ret_note);
	if (r == -EUCLEAN)
		r = start_anew(path, layout, &ring, ret_note);
	if (r < 0) {
		ring_close(&ring);
		return r;
	}
	ring.staged = ring.header->written;
	*ret = ring;
	return 0;
}

/* Takes a ring that was never opened, or half. The file stays. */
void ring_close(struct ring *ring)
{
	if (ring->data)
		munmap(ring->data, 2 * ring->data_bytes);
	if (ring->header)
		munmap(ring->header, RING_SCRATCH_AT + ring->scratch_bytes);
	close_fd(ring->fd);
	*ring = (struct ring){ .fd = -1 };
}

/* What of this process's memory is the ring's file. */
void ring_maps(const struct ring *ring, struct ring_map ret[static RING_MAPS])
{
	size_t head = RING_SCRATCH_AT + ring->scratch_bytes;

	ret[0] = (struct ring_map){ .at = ring->header, .bytes = head };
	for (size_t i = 0; i < 2; i++)
		ret[1 + i] = (struct ring_map){ .at = ring->data + i * ring->data_bytes,
						.bytes = ring->data_bytes,
						.offset = head };
}

const char *ring_id(const struct ring *ring)
{
	return ring->header->id;
}

uint64_t ring_written(const struct ring *ring)
{
	return atomic_load_explicit((_Atomic uint64_t *)&ring->header->written,
				    memory_order_acquire);
}

uint64_t ring_durable(const struct ring *ring)
{
	return atomic_load_explicit((_Atomic uint64_t *)&ring->header->durable,
				    memory_order_acquire);
}

/* Bytes that can still be staged, message headers included. */
size_t ring_room(const struct ring *ring)
{
	return ring->data_bytes - (size_t)(ring->staged - ring_durable(ring));
}

static size_t chunk_bytes(const struct ring *ring)
{
	return ring->data_bytes / RING_CHUNKS;
}

static size_t chunk_at(const struct ring *ring, size_t i)
{
	return RING_SCRATCH_AT + ring->scratch_bytes + i * chunk_bytes(ring);
}

/* Whether chunk i holds something between the durable position and what is staged. */
static bool is_in_use(const struct ring *ring, size_t i)
{
	uint64_t first = ring_durable(ring) / chunk_bytes(ring);
	uint64_t last = ring->staged / chunk_bytes(ring);

	return ring->staged != ring_durable(ring) &&
	       (i + RING_CHUNKS - first % RING_CHUNKS) % RING_CHUNKS <= last - first;
}

/* Producer: gives back the memory of what is durable, which a flood took. */
void ring_give_back(struct ring *ring)
{
	for (size_t i = 0; i < RING_CHUNKS; i++) {
		if (!ring->backed[i] || is_in_use(ring, i))
			continue;
		fallocate(ring->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
			  (off_t)chunk_at(ring, i), (off_t)chunk_bytes(ring));
		ring->backed[i] = false;
	}
}

static bool back_chunk(struct ring *ring, size_t i)
{
	if (ring->backed[i])
		return true;
	if (ring->starved)
		return false;
	if (back(ring, chunk_at(ring, i), chunk_bytes(ring)) < 0) {
		ring_give_back(ring);
		if (back(ring, chunk_at(ring, i), chunk_bytes(ring)) < 0) {
			ring->starved = true;
			return false;
		}
	}
	ring->backed[i] = true;
	return true;
}

/* Whether the memory behind [position, position + bytes) is there, or can be had. */
static bool is_backed(struct ring *ring, uint64_t position, size_t bytes)
{
	uint64_t last = (position + bytes - 1) / chunk_bytes(ring);

	for (uint64_t chunk = position / chunk_bytes(ring); chunk <= last; chunk++)
		if (!back_chunk(ring, chunk % RING_CHUNKS))
			return false;
	return true;
}

/* Where the payload of the next message goes; NULL if `len` bytes do not fit now. */
void *ring_reserve(struct ring *ring, size_t len)
{
	if (ring_footprint(len) > ring_room(ring) ||
	    !is_backed(ring, ring->staged, ring_footprint(len)))
		return NULL;
	return ring->data + ring->staged % ring->data_bytes +
	       sizeof(struct message_header);
}

/* Makes what lies behind `position` the payload of a message. */
void ring_put_header(const struct ring *ring, uint64_t position, uint16_t kind,
		     size_t len)
{
	uint8_t *at = ring->data + position % ring->data_bytes;
	struct message_header header = { .len = (uint32_t)len,
					 .kind = kind,
					 .check = check_of(ring, position),
					 .sum = ring_sum(at + sizeof(header), len) };

	memcpy(at, &header, sizeof(header));
}

/* The reserved payload is written and `len` bytes long (not more than was reserved). */
void ring_stage(struct ring *ring, uint16_t kind, size_t len)
{
	ring_put_header(ring, ring->staged, kind, len);
	ring->staged += ring_footprint(len);
}

/* Stages a copy of a payload. -ENOBUFS if it does not fit now. */
int ring_put(struct ring *ring, uint16_t kind, const void *payload, size_t len)
{
	void *to = ring_reserve(ring, len);

	if (!to)
		return -ENOBUFS;
	memcpy(to, payload, len);
	ring_stage(ring, kind, len);
	return 0;
}

/* Forgets what was staged and not published. */
void ring_unstage(struct ring *ring)
{
	ring->staged = ring_written(ring);
}

/*
 * The shadow first: if the page of the header fails in between, what the shadow says is
 * true, and if this process dies, the header says it.
 */
static void set_cursor(uint64_t *shadow, uint64_t *cursor, uint64_t position)
{
	atomic_store_explicit((_Atomic uint64_t *)shadow, position, memory_order_release);
	atomic_store_explicit((_Atomic uint64_t *)cursor, position, memory_order_release);
}

/* Shows the consumer all that was staged. False: that was nothing. */
bool ring_publish(struct ring *ring)
{
	ring->starved = false;
	if (ring->staged == ring->header->written)
		return false;
	set_cursor(&ring->shadow->written, &ring->header->written, ring->staged);
	return true;
}

/*
 * The message at a position between durable and written. 1, 0 if that is the end,
 * -EBADMSG if there is none: somebody wrote over the ring.
 */
int ring_peek(const struct ring *ring, uint64_t position, struct ring_message *ret)
{
	uint64_t written = ring_written(ring);
	const uint8_t *at = ring->data + position % ring->data_bytes;
	struct message_header header;

	if (position == written)
		return 0;
	if (position > written || position % RING_ALIGNMENT)
		return -EBADMSG;
	memcpy(&header, at, sizeof(header));
	if (header.check != check_of(ring, position) || header.len > ring->data_bytes ||
	    ring_footprint(header.len) > written - position)
		return -EBADMSG;
	*ret = (struct ring_message){ .len = header.len,
				      .kind = header.kind,
				      .payload = at + sizeof(header),
				      .next = position + ring_footprint(header.len) };
	return 1;
}

/* Everything before `position` is safe elsewhere; the producer may overwrite it. */
void ring_set_durable(struct ring *ring, uint64_t position)
{
	set_cursor(&ring->shadow->durable, &ring->header->durable, position);
}
