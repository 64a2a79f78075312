/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The kernel's log, record by record, from where it was left (Documentation/ABI/testing/
 * dev-kmsg). */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KMSG_TEXT_BYTES 1024 /* the kernel's own limit on a line, LOG_LINE_MAX */

struct kmsg_record {
	uint64_t seq;
	int64_t boottime_ns;   /* about */
	unsigned int facility; /* 0: the kernel itself; nobody else can write that */
	unsigned int level;
	char text[KMSG_TEXT_BYTES]; /* terminated; escapes resolved */
	size_t len;
};

struct kmsg {
	int fd;
	uint64_t next_seq; /* what was read last, and one */
	uint64_t lost;	   /* records that were gone before we read them; only grows */
};

int kmsg_open(struct kmsg *kmsg, const char *path, uint64_t next_seq);
void kmsg_close(struct kmsg *kmsg);
/* 1 with a record, 0 if there is none now, or a negative errno. Never blocks. */
int kmsg_read(struct kmsg *kmsg, struct kmsg_record *ret);
/* The same, of one record's text as read() gives it. -EBADMSG: it is none. */
int kmsg_parse(const char *bytes, size_t len, int64_t mono_to_boot_ns,
	       struct kmsg_record *ret);
