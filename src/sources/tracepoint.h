/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * A handler's tracepoint on the running kernel: its id, where its fields are, what the
 * kernel calls their values. Read once from the kernel's format file; extraction is then
 * a few loads.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event/handler.h"
#include "util/text.h"

struct tep_handle;

enum place_kind {
	PLACE_ABSENT,
	PLACE_UNSIGNED,
	PLACE_SIGNED,
	PLACE_ARRAY,	/* `size` bytes in the record */
	PLACE_DATA_LOC, /* u32 in the record: offset from its start | length << 16 */
	PLACE_REL_LOC,	/* the same, offset from behind the u32 */
	PLACE_REST,	/* from here to the record's end */
};

struct field_place {
	enum place_kind kind;
	uint16_t offset;
	uint16_t size;
};

struct tracepoint {
	const struct handler *handler;
	const char *name; /* "system:event", the handler's */
	uint16_t id;
	int consumer_fd;    /* see struct handler_tracepoint; -1: none. Closed with it */
	size_t fixed_bytes; /* a record shorter than this lacks a field */
	struct field_place places[EVENT_FIELDS_MAX];
	struct symbol_table symbols[EVENT_FIELDS_MAX];
};

#define TRACE_FILTER_BYTES 1024 /* enough for any handler's, `only` included */

#define TRACE_COMMON_BYTES 8 /* u16 type, u8 flags, u8 preempt count, s32 pid */

struct tracepoint *tracepoint_new(struct tep_handle *tep, const struct handler *handler,
				  const char *name, const char *format, size_t len,
				  int *ret_error);
struct tracepoint *tracepoint_free(struct tracepoint *tracepoint);
int tracepoint_filter(const struct tracepoint *tracepoint,
		      const struct handler_tracepoint *wanted, struct text *out);
int tracepoint_extract(const struct tracepoint *tracepoint, const uint8_t *record,
		       size_t len, struct event *ret);
