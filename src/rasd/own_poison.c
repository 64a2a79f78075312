// SPDX-License-Identifier: LGPL-2.1-or-later

/* Poison that our own processes met: mended before the ring is used, and recorded. */

#include "rasd/daemon_private.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>

#include "handlers/own_poison.h"
#include "rasd/scratch.h"
#include "util/log.h"
#include "util/macro.h"

static uint64_t page_bytes(void)
{
	return (uint64_t)sysconf(_SC_PAGESIZE);
}

static bool is_in_ring(const struct poison_record *record)
{
	return record->place == PLACE_REGION && record->region >= 0 &&
	       record->region < RING_MAPS;
}

/*
 * A page of the ring that another process found first: it is mended when we give way. If
 * it is still lost this does not return, and the record is there for our next image.
 */
static void touch_ring(const struct ring *ring, uint64_t offset)
{
	struct ring_map maps[RING_MAPS];

	ring_maps(ring, maps);
	for (int i = 0; i < RING_MAPS; i++)
		if (offset >= maps[i].offset && offset - maps[i].offset < maps[i].bytes)
			(void)*((const volatile uint8_t *)maps[i].at +
				(offset - maps[i].offset));
}

static int keep_record(const struct poison_record *record, void *arg)
{
	struct daemon *daemon = arg;

	if (daemon->n_poison == POISON_RECORDS_MAX)
		return -ENOBUFS; /* the rest is read with the next ones */
	if (daemon->ring.fd >= 0 && is_in_ring(record))
		touch_ring(&daemon->ring, record->offset);
	daemon->poison[daemon->n_poison++] = *record;
	return 0;
}

/* Fetches what the handlers wrote. It is forgotten when it has been told. */
void daemon_take_poison(struct daemon *daemon)
{
	int r;

	daemon->n_poison = 0;
	daemon->poison_end = 0;
	r = poison_read_records(keep_record, daemon, &daemon->poison_end);
	if (r < 0 && r != -ENOBUFS)
		log_warning("cannot read what was noted of poison in memory of ours: %s",
			    strerror(-r));
}

/*
 * Another process of ours may tell of a page when it is mended already, and in use. A
 * lost one cannot be read, or is zeros by now. Who reads a page that the kernel does not
 * know to be lost meets the error once more.
 */
static bool is_mended(const struct daemon *daemon, const struct poison_record *record)
{
	_cleanup_(close_fd) int fd = open(daemon->ring_path, O_RDONLY | O_CLOEXEC);
	uint64_t page = page_bytes(), from = record->offset & ~(page - 1);
	uint64_t words[8];

	if (fd < 0 || record->code == BUS_OBJERR)
		return false;
	for (uint64_t at = from; at < from + page; at += sizeof(words)) {
		if (pread(fd, words, sizeof(words), (off_t)at) != sizeof(words))
			return false;
		for (size_t i = 0; i < ARRAY_SIZE(words); i++)
			if (words[i])
				return true;
	}
	return false;
}

static void mend(struct daemon *daemon, uint64_t offset, uint64_t bytes)
{
	int r = daemon->n_mendings < POISON_RECORDS_MAX ?
			ring_mend(daemon->ring_path, offset, bytes,
				  &daemon->mendings[daemon->n_mendings]) :
			-ENOBUFS; /* our next image goes on with it */

	if (r < 0)
		log_warning("cannot mend %s: %s", daemon->ring_path, strerror(-r));
	else
		daemon->n_mendings++;
}

static void mend_recorded(struct daemon *daemon, const struct poison_record *record)
{
	uint64_t bytes = record->lsb > 0 && record->lsb < 31 ? 1ULL << record->lsb : 1;

	if (is_in_ring(record) && !is_mended(daemon, record))
		mend(daemon, record->offset & ~(bytes - 1), bytes);
}

/*
 * Before the ring is opened: pages of its file that failed are taken out of it. Also
 * those of which there is no record: nobody is told of a page that fails while no rasd
 * runs, and records do not outlive one that is killed.
 */
void daemon_mend_ring(struct daemon *daemon)
{
	uint64_t at = 0;

	for (size_t i = 0; i < daemon->n_poison; i++)
		mend_recorded(daemon, &daemon->poison[i]);
	for (; ring_find_lost(daemon->ring_path, at, &at) > 0; at += page_bytes()) {
		log_warning("memory of %s has failed, at offset %llu", daemon->ring_path,
			    (unsigned long long)at);
		mend(daemon, at, 1);
	}
}

/* Whether a part of this area of the scratch is zeros since it was mended. */
bool daemon_has_mended(const struct daemon *daemon, size_t at, size_t bytes)
{
	for (size_t i = 0; i < daemon->n_mendings; i++) {
		size_t lost_at, lost_bytes;

		if (ring_mending_of_scratch(&daemon->ring, &daemon->mendings[i], &lost_at,
					    &lost_bytes) &&
		    lost_at < at + bytes && at < lost_at + lost_bytes)
			return true;
	}
	return false;
}

/* Of a round that was read and not published, what lay in those pages is gone. */
void daemon_count_mended(struct daemon *daemon)
{
	int lost = 0;

	for (size_t i = 0; i < daemon->n_mendings; i++) {
		size_t at, bytes;

		if (ring_mending_of_scratch(&daemon->ring, &daemon->mendings[i], &at,
					    &bytes) &&
		    at < SCRATCH_LANDING_AT + LANDING_BYTES)
			lost += trace_reader_lost(daemon->reader, at, bytes);
	}
	daemon->n_mendings = 0;
	if (lost)
		pipeline_tell_lost(&daemon->pipeline, "poison", (uint64_t)lost);
}

/* Where shared memory is mapped, for the handler. */
void daemon_name_regions(struct daemon *daemon)
{
	struct ring_map maps[RING_MAPS];

	ring_maps(&daemon->ring, maps);
	for (int i = 0; i < RING_MAPS; i++)
		poison_add_region(i, maps[i].at, maps[i].bytes, maps[i].offset);
}

static const char *place_of(const struct poison_record *record)
{
	return is_in_ring(record) ? "ring" :
				    poison_place_name((enum poison_place)record->place);
}

/* A row for each. */
void daemon_tell_poison(struct daemon *daemon)
{
	for (size_t i = 0; i < daemon->n_poison; i++) {
		const struct poison_record *record = &daemon->poison[i];
		struct own_poison poison = {
			.pid = record->pid,
			.process = poison_role_name((enum poison_role)record->role),
			.signal = record->signal,
			.code = record->code,
			.address = record->address,
			.lsb = record->lsb,
			.place = place_of(record),
		};
		struct event event;

		own_poison_event(&poison, record->boottime_ns, &event);
		pipeline_add(&daemon->pipeline, &event);
		tally_poison(daemon->hands.tally, record->role, record->code);
	}
	daemon->n_poison = 0;
	if (pipeline_publish(&daemon->pipeline))
		child_wake(&daemon->child);
	if (daemon->poison_end)
		poison_forget_records(daemon->poison_end);
	daemon->poison_end = 0;
}
