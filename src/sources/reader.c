// SPDX-License-Identifier: LGPL-2.1-or-later

#include "sources/reader.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "sources/subbuffer.h"
#include "util/macro.h"

#define READY_MAX 64

/* One CPU's ring of one instance. */
struct stream {
	struct trace_instance *instance;
	unsigned int cpu;
	int fd;
	bool is_file; /* what somebody recorded, read from the beginning */
	bool dormant; /* its CPU was never online: there is no ring yet */
	bool missed;  /* the kernel says that it lost records since the last look */
	/* while walking: */
	struct subbuffer subbuffer;
	size_t next_slot;
	const uint8_t *record;
	size_t record_bytes;
	uint64_t ts;
	int64_t clock_delta_ns;
};

struct trace_reader {
	int epoll_fd;
	struct landing *landing;
	struct landing *shadow; /* the same once more */
	uint8_t *area;
	size_t area_bytes;
	size_t area_used;
	struct stream *streams;
	size_t n_streams, n_files;
	struct stream **active; /* while walking: those with a record at hand */
	size_t n_active;
};

/* A head that is nothing but zeros was never used, or it was lost with its page. */
static void settle_heads(struct trace_reader *reader)
{
	struct landing *landing = reader->landing, *shadow = reader->shadow;

	if (landing->round == 0 && landing->n_slots == 0) {
		landing->round = shadow->round;
		landing->n_slots = shadow->n_slots;
	}
	for (size_t i = 0; i < LANDING_SLOTS_MAX; i++) /* they are on several pages */
		if (landing->slots[i].size == 0)
			landing->slots[i] = shadow->slots[i];
	*shadow = *landing;
}

/*
 * `landing` is the area, kept over restarts; its first LANDING_HEADS_BYTES say what is in
 * it. NULL with `ret_error`.
 */
struct trace_reader *trace_reader_new(void *landing, size_t landing_bytes, int *ret_error)
{
	struct trace_reader *reader = calloc(1, sizeof(*reader));

	*ret_error = -ENOMEM;
	if (!reader)
		return NULL;
	reader->landing = landing;
	reader->shadow = (struct landing *)((uint8_t *)landing + LANDING_HEAD_BYTES);
	reader->area = (uint8_t *)landing + LANDING_HEADS_BYTES;
	reader->area_bytes = landing_bytes - LANDING_HEADS_BYTES;
	settle_heads(reader);
	reader->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (reader->epoll_fd < 0) {
		*ret_error = -errno;
		return trace_reader_free(reader);
	}
	return reader;
}

/* Takes NULL, returns NULL. What has landed stays. */
struct trace_reader *trace_reader_free(struct trace_reader *reader)
{
	if (!reader)
		return NULL;
	for (size_t i = 0; i < reader->n_streams; i++)
		close_fd(reader->streams[i].fd);
	free(reader->streams);
	free(reader->active);
	close_fd(reader->epoll_fd);
	free(reader);
	return NULL;
}

static int watch(struct trace_reader *reader, size_t i)
{
	struct epoll_event event = { .events = EPOLLIN, .data.u64 = i };

	return epoll_ctl(reader->epoll_fd, EPOLL_CTL_ADD, reader->streams[i].fd, &event) <
			       0 ?
		       -errno :
		       0;
}

static void put_to_sleep(struct trace_reader *reader, struct stream *stream)
{
	epoll_ctl(reader->epoll_fd, EPOLL_CTL_DEL, stream->fd, NULL);
	stream->dormant = true;
}

static int open_stream(struct trace_reader *reader, struct trace_instance *instance,
		       unsigned int cpu)
{
	struct stream *stream = &reader->streams[reader->n_streams];

	*stream = (struct stream){ .instance = instance, .cpu = cpu };
	stream->fd = trace_instance_open_cpu(instance, cpu);
	reader->n_streams++;
	return stream->fd < 0 ? stream->fd : watch(reader, reader->n_streams - 1);
}

static int make_room(struct trace_reader *reader, size_t n_more)
{
	size_t n = reader->n_streams + n_more;
	struct stream *streams = reallocarray(reader->streams, n, sizeof(*streams));
	struct stream **active;

	if (!streams)
		return -ENOMEM;
	reader->streams = streams;
	active = reallocarray(reader->active, n, sizeof(*active));
	if (!active)
		return -ENOMEM;
	reader->active = active;
	return 0;
}

/* Adds the rings of all the given CPUs. The instance must outlive the reader. */
int trace_reader_add(struct trace_reader *reader, struct trace_instance *instance,
		     const unsigned int *cpus, size_t n_cpus)
{
	int r = make_room(reader, n_cpus);

	for (size_t i = 0; i < n_cpus && r >= 0; i++)
		r = open_stream(reader, instance, cpus[i]);
	return r;
}

/*
 * Adds sub-buffers that were recorded: one behind the other, each cut behind what was
 * committed to it. Their time stamps are of the boot clock. The reader closes `fd`, also
 * after a failure; each file needs an instance and CPU of its own.
 */
int trace_reader_add_file(struct trace_reader *reader, struct trace_instance *instance,
			  unsigned int cpu, int fd)
{
	int r = make_room(reader, 1);

	if (r < 0) {
		close_fd(fd);
		return r;
	}
	reader->streams[reader->n_streams++] = (struct stream){
		.instance = instance, .cpu = cpu, .fd = fd, .is_file = true
	};
	reader->n_files++;
	return 0;
}

/* Readable when a ring has records. */
int trace_reader_fd(const struct trace_reader *reader)
{
	return reader->epoll_fd;
}

/* Tries again those CPUs that had no ring yet. Returns how many still have none. */
int trace_reader_wake_dormant(struct trace_reader *reader)
{
	int n = 0;

	for (size_t i = 0; i < reader->n_streams; i++)
		if (reader->streams[i].dormant) {
			reader->streams[i].dormant = watch(reader, i) < 0;
			n += reader->streams[i].dormant;
		}
	return n;
}

static void set_slots(struct trace_reader *reader, uint32_t n)
{
	atomic_signal_fence(memory_order_seq_cst);
	reader->landing->n_slots = n;
	reader->shadow->n_slots = n;
	atomic_signal_fence(memory_order_seq_cst);
}

static void set_round(struct trace_reader *reader, uint64_t round)
{
	reader->landing->round = round;
	reader->shadow->round = round;
}

/*
 * Room for one sub-buffer, known to whoever finds the landing area after us. Its pages
 * are touched, so that the kernel's copy to it cannot be cut off by a fault in a dying
 * process.
 */
static uint8_t *take_slot(struct trace_reader *reader, const struct stream *stream,
			  size_t size)
{
	struct landing *landing = reader->landing;
	uint8_t *at = reader->area + reader->area_used;
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct landing_slot slot;

	if (landing->n_slots == LANDING_SLOTS_MAX ||
	    reader->area_bytes - reader->area_used < size)
		return NULL;
	for (size_t i = 0; i < size; i += page)
		*(volatile uint8_t *)(at + i) = 0;
	memset(at, 0, SUBBUFFER_HEADER_BYTES);
	slot = (struct landing_slot){
		.ring = stream->instance->ring,
		.cpu = stream->cpu,
		.at = (uint32_t)reader->area_used,
		.size = (uint32_t)size,
		.clock_delta_ns = stream->instance->clock_delta_ns,
	};
	landing->slots[landing->n_slots] = slot;
	reader->shadow->slots[landing->n_slots] = slot;
	set_slots(reader, landing->n_slots + 1);
	reader->area_used += size;
	return at;
}

static void drop_last_slot(struct trace_reader *reader)
{
	uint32_t last = reader->landing->n_slots - 1;

	reader->area_used -= reader->landing->slots[last].size;
	set_slots(reader, last);
}

/* One sub-buffer. 1, or 0 if there is nothing more, or no room. */
static int read_sub_buffer(struct trace_reader *reader, struct stream *stream)
{
	uint8_t *at = take_slot(reader, stream, stream->instance->sub_buffer_bytes);
	ssize_t n;

	if (!at)
		return 0;
	do
		n = read(stream->fd, at, stream->instance->sub_buffer_bytes);
	while (n < 0 && errno == EINTR);
	if (n > SUBBUFFER_HEADER_BYTES)
		return 1;
	drop_last_slot(reader);
	return 0;
}

/* Reads those of the ready streams that belong to `ring`, each its share. */
static int fill_from(struct trace_reader *reader, const struct epoll_event *events, int n,
		     enum trace_ring ring, size_t share)
{
	int total = 0;

	for (int i = 0; i < n; i++) {
		struct stream *stream = &reader->streams[events[i].data.u64];
		size_t start = reader->area_used;

		if (stream->instance->ring != ring)
			continue;
		if (!(events[i].events & EPOLLIN)) {
			put_to_sleep(reader, stream);
			continue;
		}
		while (reader->area_used - start < share &&
		       read_sub_buffer(reader, stream))
			total++;
	}
	return total;
}

/* The time stamp of a file's next sub-buffer. False: there is none, or not all of it. */
static bool peek_file(const struct stream *stream, uint64_t *ret_ts, size_t *ret_size)
{
	uint8_t head[SUBBUFFER_HEADER_BYTES];
	off_t at = lseek(stream->fd, 0, SEEK_CUR), end = lseek(stream->fd, 0, SEEK_END);

	lseek(stream->fd, at, SEEK_SET);
	if (pread(stream->fd, head, sizeof(head), at) != (ssize_t)sizeof(head))
		return false;
	*ret_size = subbuffer_bytes(head);
	memcpy(ret_ts, head, sizeof(*ret_ts));
	return end - at >= (off_t)*ret_size;
}

/* 1, or 0 if there is nothing more, or no room. */
static int read_earliest(struct trace_reader *reader)
{
	struct stream *earliest = NULL;
	uint64_t ts, first = 0;
	size_t size, bytes = 0;
	uint8_t *at;

	for (size_t i = 0; i < reader->n_streams; i++) {
		struct stream *stream = &reader->streams[i];

		if (!stream->is_file || !peek_file(stream, &ts, &size) ||
		    (earliest && ts >= first))
			continue;
		earliest = stream;
		first = ts;
		bytes = size;
	}
	at = earliest ? take_slot(reader, earliest, bytes) : NULL;
	if (!at)
		return 0;
	if (read(earliest->fd, at, bytes) == (ssize_t)bytes) {
		reader->area_used = ALIGN_UP(reader->area_used, (size_t)8);
		return 1;
	}
	drop_last_slot(reader);
	return 0;
}

/* A round of what was recorded, in the order of the sub-buffers' first time stamps. */
static int fill_from_files(struct trace_reader *reader)
{
	int total = 0;

	reader->area_used = 0;
	trace_reader_done(reader);
	set_round(reader, reader->landing->round + 1);
	while (read_earliest(reader))
		total++;
	return total;
}

/*
 * Whether all of a recorded file was read; what is left is no sub-buffer, or a part of
 * one, or more than a round can hold. `ret_at`: where it is.
 */
bool trace_reader_file_is_read(const struct trace_reader *reader, size_t file,
			       size_t *ret_at)
{
	const struct stream *stream = &reader->streams[file];
	off_t at = lseek(stream->fd, 0, SEEK_CUR), end = lseek(stream->fd, 0, SEEK_END);

	*ret_at = (size_t)at;
	return at == end;
}

/*
 * Starts a round: reads what is ready, hardware first, each ring its share of the landing
 * area. Returns the number of sub-buffers.
 */
int trace_reader_fill(struct trace_reader *reader)
{
	struct epoll_event events[READY_MAX];
	int n, total = 0;

	if (reader->n_files)
		return fill_from_files(reader);
	n = epoll_wait(reader->epoll_fd, events, READY_MAX, 0);
	if (n <= 0)
		return 0;
	reader->area_used = 0;
	trace_reader_done(reader);
	set_round(reader, reader->landing->round + 1);
	for (int ring = 0; ring < TRACE_RING_MAX; ring++)
		total += fill_from(reader, events, n, ring,
				   MAX(reader->area_bytes / (size_t)n, (size_t)1));
	return total;
}

uint64_t trace_reader_round(const struct trace_reader *reader)
{
	return reader->landing->round;
}

/* Whether an earlier process left a round that it did not finish. */
bool trace_reader_has_leftover(const struct trace_reader *reader)
{
	return reader->landing->n_slots > 0;
}

static bool slot_is_inside(const struct trace_reader *reader,
			   const struct landing_slot *slot)
{
	return slot->at <= reader->area_bytes &&
	       slot->size <= reader->area_bytes - slot->at;
}

/* Rounds up to this one are recorded, whatever the landing area still says. */
void trace_reader_resume(struct trace_reader *reader, uint64_t round)
{
	if (reader->landing->round < round && !trace_reader_has_leftover(reader))
		set_round(reader, round);
}

/*
 * [at, at + bytes) of the landing area was lost and is zeros now. Returns how many
 * sub-buffers of a round that was not finished had a part in it: they end before it.
 */
int trace_reader_lost(struct trace_reader *reader, size_t at, size_t bytes)
{
	const struct landing *landing = reader->landing;
	int n = 0;

	for (size_t i = 0; i < MIN(landing->n_slots, (uint32_t)LANDING_SLOTS_MAX); i++) {
		const struct landing_slot *slot = &landing->slots[i];
		size_t from = LANDING_HEADS_BYTES + (size_t)slot->at;

		if (!slot_is_inside(reader, slot) || at >= from + slot->size ||
		    from >= at + bytes)
			continue;
		n += subbuffer_cut(reader->area + slot->at, slot->size,
				   at > from ? at - from : 0);
	}
	return n;
}

static bool slot_is_of(const struct landing_slot *slot, const struct stream *stream)
{
	return slot->ring == stream->instance->ring && slot->cpu == stream->cpu;
}

static bool take_next(struct stream *stream)
{
	return subbuffer_next(&stream->subbuffer, &stream->record, &stream->record_bytes,
			      &stream->ts);
}

/* The stream's next sub-buffer that has a record. False: none is left in this round. */
static bool load_next_slot(struct trace_reader *reader, struct stream *stream)
{
	const struct landing *landing = reader->landing;

	while (stream->next_slot < MIN(landing->n_slots, (uint32_t)LANDING_SLOTS_MAX)) {
		const struct landing_slot *slot = &landing->slots[stream->next_slot++];

		if (!slot_is_of(slot, stream) || !slot_is_inside(reader, slot) ||
		    subbuffer_open(reader->area + slot->at, slot->size,
				   &stream->subbuffer) < 0)
			continue;
		stream->clock_delta_ns = slot->clock_delta_ns;
		stream->missed |= stream->subbuffer.missed;
		if (take_next(stream))
			return true;
	}
	return false;
}

static bool next_record(struct trace_reader *reader, struct stream *stream)
{
	return take_next(stream) || load_next_slot(reader, stream);
}

static int64_t time_of(const struct stream *stream)
{
	return (int64_t)stream->ts + stream->clock_delta_ns;
}

static size_t earliest(const struct trace_reader *reader)
{
	size_t first = 0;

	for (size_t i = 1; i < reader->n_active; i++)
		if (time_of(reader->active[i]) < time_of(reader->active[first]))
			first = i;
	return first;
}

/* Calls `fn` for each record of the round, in the order of time. */
void trace_reader_walk(struct trace_reader *reader, trace_record_fn fn, void *userdata)
{
	reader->n_active = 0;
	for (size_t i = 0; i < reader->n_streams; i++) {
		reader->streams[i].next_slot = 0;
		if (load_next_slot(reader, &reader->streams[i]))
			reader->active[reader->n_active++] = &reader->streams[i];
	}
	while (reader->n_active) {
		size_t i = earliest(reader);
		struct stream *stream = reader->active[i];
		struct trace_record record = {
			.ring = stream->instance->ring,
			.cpu = stream->cpu,
			.boottime_ns = time_of(stream),
			.bytes = stream->record,
			.len = stream->record_bytes,
		};

		fn(userdata, &record);
		if (!next_record(reader, stream))
			reader->active[i] = reader->active[--reader->n_active];
	}
}

/* Tells what rings have lost: of those that said so since the last look, or of all. */
void trace_reader_counters(struct trace_reader *reader, bool all, trace_counters_fn fn,
			   void *userdata)
{
	for (size_t i = 0; i < reader->n_streams; i++) {
		struct stream *stream = &reader->streams[i];
		struct trace_counters counters;

		if ((!all && !stream->missed) || stream->dormant || stream->is_file)
			continue;
		if (trace_instance_counters(stream->instance, stream->cpu, &counters) < 0)
			continue;
		stream->missed = false;
		fn(userdata, stream->instance, stream->cpu, &counters);
	}
}

/* What the round brought is recorded: the landing area may be used again. */
void trace_reader_done(struct trace_reader *reader)
{
	set_slots(reader, 0);
}
