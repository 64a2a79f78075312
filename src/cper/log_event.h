/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What decode_log() functions share: from lines of the kernel's log to values. */

#include "cper/log.h"
#include "event/event.h"
#include "util/arena.h"

#define CPER_LOG_DUMP_BYTES 16 /* of a line of a hex dump */

void cper_log_columns_fill(const struct cper_log_section *section, struct arena *arena,
			   struct event *event);

/* Absent where there is no such line, or something else than one number in it. */
struct value cper_log_number(const struct cper_log_section *section, const char *name);
struct value cper_log_number_between(const char *from, const char *to);
struct value cper_log_number_of(const char *text);
/* What follows `name` wherever it stands in a line: "name: 7, other: 0x8". */
struct value cper_log_number_after(const struct cper_log_section *section,
				   const char *name);
struct value cper_log_text(const struct cper_log_section *section, struct arena *arena,
			   const char *name);
struct value cper_log_text_of(struct arena *arena, const char *from, size_t len);

size_t cper_log_dump_line(const char *line, uint64_t *ret_offset,
			  uint8_t bytes[static CPER_LOG_DUMP_BYTES]);
