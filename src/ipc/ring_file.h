/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The ring file: header and status, the shadow, scratch, data, each on a boundary of any
 * page size, so that a page that fails takes only one of header and shadow with it.
 */

#include <stdbool.h>
#include <stdint.h>

#include "ipc/ring.h"

#define RING_MAGIC	  0x676e697264736172ULL /* "rasdring" */
#define RING_VERSION	  3
#define RING_AREA_ALIGN	  65536 /* the largest page size of arm64 */
#define RING_HEADER_BYTES 4096
#define RING_VITAL_AT	  1024 /* behind the header, and behind its shadow */
#define RING_STATUS_AT	  RING_HEADER_BYTES
#define RING_SHADOW_AT	  RING_AREA_ALIGN
#define RING_SCRATCH_AT	  (2 * RING_AREA_ALIGN)
#define RING_ALIGNMENT	  8 /* of messages */

struct ring_header {
	uint64_t magic;
	uint32_t version;
	uint32_t schema;
	uint64_t scratch_bytes;
	uint64_t data_bytes;
	char id[40];
	/* each cursor on a cache line of its own: two processes write them */
	uint64_t written __attribute__((aligned(128)));
	uint64_t durable __attribute__((aligned(128)));
};

struct ring_vital {
	uint64_t sequence; /* of two copies the higher one counts */
	uint64_t len;
	uint64_t sum; /* of all the rest */
	uint8_t bytes[RING_VITAL_BYTES];
};

struct message_header {
	uint32_t len;
	uint16_t kind;
	uint16_t check; /* of the position: a cursor that points anywhere else is found
			   out */
	uint64_t sum;	/* of the payload: a page that was lost in it is found out */
};

_Static_assert(sizeof(struct ring_header) <= RING_VITAL_AT, "the header has room");
_Static_assert(RING_VITAL_AT + RING_VITALS_MAX * sizeof(struct ring_vital) <=
		       RING_HEADER_BYTES,
	       "the vital blocks have room");

static inline size_t ring_footprint(size_t len)
{
	return ALIGN_UP(sizeof(struct message_header) + len, RING_ALIGNMENT);
}

uint64_t ring_sum(const void *bytes, size_t len);
void ring_put_header(const struct ring *ring, uint64_t position, uint16_t kind,
		     size_t len);
void ring_settle_headers(const struct ring *ring);
void ring_settle_vitals(const struct ring *ring);
bool ring_mend_chain(struct ring *ring);
