/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * A capture, as a directory (tests/golden/README): what of it is not records. What a file
 * would tell that is not there is not known.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sources/kmsg.h"
#include "util/text.h"

struct capture_facts {
	char release[128]; /* "": not known */
	char boot_id[33];
	uint64_t page_bytes;
	uint64_t memory_bytes; /* 0: not known */
	int64_t utc_offset_ns; /* UTC = boot clock + this; 0: not known */
	int64_t log_offset_ns; /* boot clock = the log's clock + this */
};

/* -ENOENT or another error of the directory; -ENODATA: it is no capture. */
int capture_facts_read(int dirfd, struct capture_facts *ret);

/* A record of the kernel's log, borrowed from the files' contents. */
struct captured_line {
	const char *at;
	size_t len;
	int64_t boottime_ns;
	uint64_t seq;
};

struct captured_log {
	struct captured_line *lines; /* in the order of time */
	size_t n_lines, n_bad;
	char *contents[64];
	size_t n_contents;
	int64_t offset_ns;
};

/* All NAME.kmsg; a negative errno with `ret_why`. Call captured_log_free() in any case.
 */
int captured_log_read(int dirfd, int64_t offset_ns, struct captured_log *ret,
		      struct text *ret_why);
void captured_log_free(struct captured_log *log);

/* The names of the files that end so, sorted, to be freed; negative errno. */
int capture_list(int dirfd, const char *suffix, char ***ret_names);
void capture_list_free(char **names, size_t n);
/* All of a file; NULL with `ret_error`. */
char *capture_read(int dirfd, const char *name, size_t *ret_len, int *ret_error);
