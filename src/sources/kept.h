/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What was kept over a reboot, by firmware or by the kernel, as its source gives it:
 * bytes that somebody else makes sense of.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KEPT_BYTES_MAX (1u << 20) /* of one: what is longer is cut */

struct kept {
	const char *path; /* of its file; "": it is none */
	uint64_t id;	  /* of an ERST record */
	int64_t time_ns;  /* UTC, of the file; 0: it has none */
	bool cut;	  /* there is more than was read */
	const uint8_t *bytes;
	size_t len;
};

/* Told of each; a negative errno ends the reading and is passed on. */
typedef int (*kept_fn)(void *userdata, const struct kept *kept);
