/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The sections of error records, one after another. Two forms have them: the Generic
 * Error Status Blocks of GHES and BERT (ACPI 6.5, 18.3.2.7.1), of which a region may hold
 * several, and the records of ERST, pstore and BMCs (UEFI 2.10, N.2). Pure; nothing that
 * comes back reaches beyond the bytes that were given.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cper/section.h"

#define CPER_RECORD_HEADER_BYTES      128
#define CPER_SECTION_DESCRIPTOR_BYTES 72
#define CPER_BLOCK_HEADER_BYTES	      20
#define CPER_ENTRY_BYTES	      64
#define CPER_ENTRY_3_BYTES	      72 /* of revision 3 and later: with a time stamp */

enum cper_form { CPER_BLOCKS, CPER_RECORDS };

/* The block or record that the last section was of. */
struct cper_head {
	enum severity severity;
	uint64_t number;       /* which one it is, counted from 0 */
	uint32_t block_status; /* of a block; the kernel clears BERT's */
	uint64_t record_id;    /* of a record */
	uint32_t flags;	 /* of a record: 1 recovered, 2 of an earlier boot, 4 simulated */
	int64_t time_ns; /* UTC, of a record; 0: not told */
	struct guid creator, notification, platform; /* of a record; zeros: not told */
	uint64_t n_sections;			     /* as the head claims */
	const uint8_t *raw; /* of a block: the raw data behind its entries */
	size_t raw_len;	    /* as far as it was given; 0: it has none */
};

struct cper_walk {
	enum cper_form form;
	const uint8_t *bytes;
	size_t len;
	size_t at;   /* where the next head, entry or descriptor is */
	size_t end;  /* of the present record, or block's entries; 0: it has none yet */
	size_t next; /* where the next record or block would begin */
	bool cut;    /* the present one claims more bytes than there are */
	size_t left; /* of a record: bytes that no section before had */
	uint64_t next_index;
	struct cper_head head;
	struct guid fru_id; /* the last section's */
};

/* `bytes` must stay while the walk and what came of it is used. */
void cper_walk_blocks(struct cper_walk *walk, const uint8_t *bytes, size_t len);
void cper_walk_records(struct cper_walk *walk, const uint8_t *bytes, size_t len);

/*
 * The next section: 1; its FRU id is the walk's, good until the next call. A block's raw
 * data come behind its sections, as one whose type is zeros. 0: the end, where no further
 * one begins. -EBADMSG: lengths lie so that nothing can be read from walk->at on. A
 * section whose record claims more bytes than there are is given as far as it goes, as
 * incomplete.
 */
int cper_walk_next(struct cper_walk *walk, struct cper_section *ret);

/* A time stamp of UEFI N.2.1, eight BCD bytes, in UTC nanoseconds; 0: it is none. */
int64_t cper_time_ns(const uint8_t bcd[static 8]);
