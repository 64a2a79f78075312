/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The records of one sub-buffer, as read() of trace_pipe_raw gives it: u64 time stamp,
 * u64 commit word, then entries (kernel/trace/ring_buffer.c,
 * include/linux/ring_buffer.h).
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SUBBUFFER_HEADER_BYTES 16

struct subbuffer {
	const uint8_t *data; /* behind the header */
	size_t len;	     /* of what was committed */
	size_t at;
	uint64_t ts;
	bool missed; /* the kernel says that records before these were lost */
};

size_t subbuffer_bytes(const uint8_t header[static SUBBUFFER_HEADER_BYTES]);
int subbuffer_open(const uint8_t *bytes, size_t size, struct subbuffer *ret);
bool subbuffer_cut(uint8_t *bytes, size_t size, size_t at);
bool subbuffer_next(struct subbuffer *subbuffer, const uint8_t **ret_record,
		    size_t *ret_len, uint64_t *ret_ts);
