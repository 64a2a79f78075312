/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Errors of CXL's cache and memory protocols, as the RAS capability of a device or a port
 * has them (drivers/cxl/core/trace.h; CXL 3.1, 8.2.4.17).
 */

#include "handlers/cxl.h"

/* Of its 512 bytes in the kernel's records the hardware has these. */
#define CXL_HEADER_LOG_BYTES 64

/* The columns that all four types begin with. */
enum cxl_aer_column {
	CXL_AER_DEVICE, /* an input */
	CXL_AER_HOST,
	CXL_AER_STATUS,
	CXL_AER_STATUS_TEXT,
	CXL_AER_COLUMNS
};

#define CXL_AER_FIELDS(device_kernel)                                                   \
	[CXL_AER_DEVICE] = { .kernel = device_kernel, .kind = FIELD_TEXT },             \
	[CXL_AER_HOST] = { .name = "host", .kernel = "host", .kind = FIELD_TEXT },      \
	[CXL_AER_STATUS] = { .name = "status", .kernel = "status", .kind = FIELD_HEX }, \
	[CXL_AER_STATUS_TEXT] = { .name = "status_text", .kind = FIELD_TEXT }

/* Of an uncorrectable error: which was the first, and the header it was met in. */
enum cxl_aer_uncorrectable_column {
	CXL_AER_FIRST = CXL_AER_COLUMNS,
	CXL_AER_FIRST_TEXT,
	CXL_AER_HEADER_LOG,
	CXL_AER_HEADER_RAW, /* an input */
	CXL_AER_UNCORRECTABLE_COLUMNS
};

#define CXL_AER_UNCORRECTABLE_FIELDS(device_kernel)                                   \
	CXL_AER_FIELDS(device_kernel),                                                \
		[CXL_AER_FIRST] = { .name = "first_error",                            \
				    .kernel = "first_error",                          \
				    .kind = FIELD_HEX },                              \
		[CXL_AER_FIRST_TEXT] = { .name = "first_error_text",                  \
					 .kind = FIELD_TEXT },                        \
		[CXL_AER_HEADER_LOG] = { .name = "header_log", .kind = FIELD_BYTES }, \
		[CXL_AER_HEADER_RAW] = { .kernel = "header_log", .kind = FIELD_BYTES }

int cxl_aer_decode_correctable(const struct record *record, struct event *event);
int cxl_aer_decode_uncorrectable(const struct record *record, struct event *event);
void cxl_aer_describe_correctable(const struct event *event, struct text *out);
void cxl_aer_describe_uncorrectable(const struct event *event, struct text *out);
