/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The ring file: header, status, scratch, data, each on a boundary of any page size. */

#include <stdint.h>

#define RING_MAGIC	  0x676e697264736172ULL /* "rasdring" */
#define RING_VERSION	  1
#define RING_AREA_ALIGN	  65536 /* the largest page size of arm64 */
#define RING_HEADER_BYTES 4096
#define RING_STATUS_AT	  RING_HEADER_BYTES
#define RING_SCRATCH_AT	  RING_AREA_ALIGN

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
