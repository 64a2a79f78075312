/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What a capture says of processes' names and physical addresses, made unrecognizable:
 * the same becomes the same within one capture, and nobody can tell what it was. A place
 * within a page stays.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mask {
	uint64_t key[2];
	uint64_t page_bytes;
};

#define MASK_NAME_BYTES 16 /* as long as a process's name can be, with its end */

int mask_init(struct mask *mask, uint64_t page_bytes);
uint64_t mask_pfn(const struct mask *mask, uint64_t pfn);
uint64_t mask_address(const struct mask *mask, uint64_t address);
void mask_name(const struct mask *mask, const char *name, size_t len,
	       char ret[static MASK_NAME_BYTES]);

/*
 * A line of the kernel's log, without its prefix, into `ret`. False: it is of no kind of
 * which is known what has to be masked, and must be left out.
 */
bool mask_line(const struct mask *mask, const char *line, size_t len, char *ret,
	       size_t size);
