/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * A dump of the kernel's log, as pstore keeps it over a crash (fs/pstore/platform.c,
 * kernel/printk/printk.c): a line that says why, then "<level>[seconds] text" lines.
 * Pure: text goes in, sections come out that handlers' decode_log() takes: firmware
 * records as the log has them, and two more that are made here.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cper/log.h"

/* The end of a kernel. Lines: "reason: Panic", "count: 1", "parts: 2", "message: …",
 * "hardware: 1" if the message says so, then "log: …" for those around it. */
#define DUMP_CRASH "kernel crash"

#define DUMP_REASON_BYTES 16

/* "Panic#1 Part2": the second part, counted from the log's end. */
struct dump_head {
	char reason[DUMP_REASON_BYTES];
	uint64_t count, part;
	size_t len; /* of the line, with its end */
};

struct dump_line {
	unsigned int facility; /* 0: the kernel itself */
	int64_t time_ns;       /* of the boot clock, about; -1: not told */
	const char *text;      /* without prefix and line end */
	size_t len;
};

enum kernel_dump_result {
	DUMP_END,
	DUMP_SECTION,
	DUMP_LINE, /* of the kernel, and of no firmware record */
};

struct kernel_dump {
	const char *text; /* all parts in order, without their heads */
	size_t len;
	struct dump_head head;
	uint64_t n_parts;
	size_t at; /* of the next line */
	bool crash_told;
	int64_t last_ns; /* of the last line that told its time; -1: none */
	struct cper_log log;
};

bool dump_head_parse(const char *text, size_t len, struct dump_head *ret);
size_t dump_line_parse(const char *text, size_t len, struct dump_line *ret);

void kernel_dump_begin(struct kernel_dump *dump, const struct dump_head *head,
		       uint64_t n_parts, const char *text, size_t len);
enum kernel_dump_result kernel_dump_next(struct kernel_dump *dump,
					 struct cper_log_section *ret_section,
					 struct dump_line *ret_line);
int64_t kernel_dump_end_ns(const char *text, size_t len);
