/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * CXL's event records: 128 bytes that a memory device wrote. The kernel's tracepoints
 * have them field by field; firmware has them in sections (UEFI 2.10, N.2.14) behind a
 * head of 32 bytes and without the UUID, whose place the section's type takes. Either way
 * they become the same columns.
 */

#include "cper/cxl_words.h"
#include "cper/section.h"

#define CXL_EVENT_HEAD_BYTES   32  /* of the section, in front of the record */
#define CXL_EVENT_RECORD_BYTES 112 /* of a record without its UUID */

/* The columns that all records share, behind those of sections. */
enum cxl_column {
	CXL_SECTION_LENGTH = CPER_COLUMNS,
	CXL_VALIDATION,
	CXL_VENDOR_ID,
	CXL_DEVICE_ID,
	CXL_SLOT,
	CXL_HOST,
	CXL_LOG,
	CXL_LOG_TEXT,
	CXL_UUID,
	CXL_SERIAL,
	CXL_FLAGS,
	CXL_FLAGS_TEXT,
	CXL_HANDLE,
	CXL_RELATED_HANDLE,
	CXL_TIMESTAMP,
	CXL_LENGTH,
	CXL_MAINTENANCE_CLASS,
	CXL_MAINTENANCE_SUBCLASS,
	CXL_MAINTENANCE_TEXT,
	CXL_LD_ID,
	CXL_HEAD_ID,
	CXL_MEMDEV, /* inputs: texts and UUIDs as the kernel gives them */
	CXL_HEADER_UUID,
	CXL_COLUMNS
};

enum cxl_shape { CXL_UNSIGNED, CXL_SIGNED, CXL_BYTES };

/* Where a column lies in a record without its UUID, or in other bytes; little-endian. */
struct cxl_place {
	uint8_t column, at, bytes;
	enum cxl_shape shape;
};

/* A column that is there only if this bit of the validity flags is set. */
struct cxl_validity {
	uint8_t column, bit;
};

/* Event Record Flags, CXL 3.1 table 8-43 (7 and 8: CXL 3.2). */
#define CXL_RECORD_SUBCLASS_VALID (1u << 6)
#define CXL_RECORD_LD_ID_VALID	  (1u << 7)
#define CXL_RECORD_HEAD_ID_VALID  (1u << 8)

void cxl_read_places(const uint8_t *record, size_t len, const struct cxl_place *places,
		     size_t n, struct event *event);
int cxl_section_read(const struct cper_section *section, const struct cxl_place *places,
		     size_t n_places, struct arena *arena, struct event *event);
void cxl_drop_invalid(struct event *event, size_t flags_column,
		      const struct cxl_validity *validity, size_t n);
int cxl_uuid_text(const struct value *uuid, struct arena *arena, struct value *ret);
char *cxl_pci_address(const uint8_t *bytes, struct arena *arena);
enum severity cxl_severity_of_log(const struct value *log);
enum severity cxl_worse(enum severity a, enum severity b);
