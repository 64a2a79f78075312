/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Bytes that somebody sent as text: what xxd, hexdump, od, acpidump and the kernel's
 * print_hex_dump() make of them, or plain hex digits. Pure.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dump {
	uint8_t *bytes; /* the caller's, of `size` */
	size_t size;
	size_t len;   /* of what was understood */
	size_t used;  /* how much of the text: behind it another dump begins */
	bool is_wide; /* some groups are numbers of several bytes: their order is … */
	bool is_swapped_likely; /* … by the form of the lines, the lowest byte first */
	size_t n_lines;		/* that bytes came of */
	size_t n_skipped, first_skipped; /* lines that are no part of a dump */
	size_t line; /* of the problem, counted from 1; where there is none, the last */
	const char *problem; /* for people; NULL: none */
};

/*
 * Reads one dump; ret->bytes and ret->size are set by the caller. `swap`: a group of 2, 4
 * or 8 bytes is a number, its lowest byte comes first. 0; -ENODATA: there is none;
 * -EBADMSG or -ENOBUFS with ret->problem, ret->len then is what preceded it.
 */
int dump_parse(const char *text, size_t len, bool swap, struct dump *ret);
