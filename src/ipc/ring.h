/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * A ring of messages from one producer process to one consumer process, in a file on
 * tmpfs: memory that outlives both. Whatever process dies, what is not durable yet is
 * still there for the next one.
 *
 * Positions count bytes from the ring's beginning and only grow. The producer stages
 * messages and publishes a batch at once: before that, nobody sees any of it, and after a
 * crash it never was. The consumer moves `durable` once it has put messages where they
 * are safe; what lies before it may be overwritten.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ipc/status.h"
#include "util/text.h"

#define RING_CHUNKS	 16 /* in which memory for messages is taken and given back */
#define RING_ID_BYTES	 33 /* hex digits and a terminator */
#define RING_VITALS_MAX	 4
#define RING_VITAL_BYTES 232
#define RING_LOST	 0xffff /* kind of what stands for messages in a lost page */

struct ring_header;

struct ring {
	int fd;
	struct ring_header *header;
	struct ring_header *shadow; /* the same once more, if a page fails */
	struct ring_status
		*status;  /* the daemon's counters, for whoever may read the file */
	uint8_t *scratch; /* the producer's own area, kept with the ring */
	size_t scratch_bytes;
	uint8_t *data; /* mapped twice in a row: no message is ever cut in two */
	size_t data_bytes;
	bool backed[RING_CHUNKS]; /* producer: there is memory behind that part of data */
	bool starved; /* producer: there was no memory; not asked again in this batch */
	uint64_t staged;     /* producer: end of what is written but not published */
	bool fresh;	     /* this process made it */
	uint64_t lost_bytes; /* of messages in pages that failed, found when it was opened
			      */
};

struct ring_message {
	uint32_t len; /* of payload */
	uint16_t kind;
	const uint8_t *payload;
	uint64_t next; /* position behind it */
};

/* What a producer says a ring must look like; one that does not is set aside. */
struct ring_layout {
	uint32_t schema; /* of the messages in it, see handler_table_hash() */
	size_t scratch_bytes;
	size_t data_bytes;
};

/* What was lost with a page of the file, and is zeros now. */
struct ring_mending {
	uint64_t at; /* in the file */
	uint64_t bytes;
};

/* A part of the file as it is mapped; some of it is mapped twice. */
struct ring_map {
	const void *at;
	size_t bytes;
	uint64_t offset; /* in the file */
};

#define RING_MAPS 3

int ring_mend(const char *path, uint64_t offset, uint64_t bytes,
	      struct ring_mending *ret);
int ring_find_lost(const char *path, uint64_t from, uint64_t *ret);
int ring_open(const char *path, const struct ring_layout *layout, struct ring *ret,
	      struct text *ret_note);
void ring_close(struct ring *ring);
const char *ring_id(const struct ring *ring);
void ring_maps(const struct ring *ring, struct ring_map ret[static RING_MAPS]);
bool ring_mending_of_scratch(const struct ring *ring, const struct ring_mending *mending,
			     size_t *ret_at, size_t *ret_bytes);

void ring_vital_put(struct ring *ring, unsigned int id, const void *bytes, size_t len);
bool ring_vital_get(const struct ring *ring, unsigned int id, void *ret, size_t len);

size_t ring_room(const struct ring *ring);
void *ring_reserve(struct ring *ring, size_t len);
void ring_stage(struct ring *ring, uint16_t kind, size_t len);
int ring_put(struct ring *ring, uint16_t kind, const void *payload, size_t len);
void ring_unstage(struct ring *ring);
bool ring_publish(struct ring *ring);

uint64_t ring_written(const struct ring *ring);
uint64_t ring_durable(const struct ring *ring);
int ring_peek(const struct ring *ring, uint64_t position, struct ring_message *ret);
void ring_set_durable(struct ring *ring, uint64_t position);
void ring_give_back(struct ring *ring);
