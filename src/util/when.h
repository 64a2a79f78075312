/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Points in time as people write them. */

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/* How a zone turns its own broken-down time into seconds since 1970, and back. */
struct when_zone {
	time_t (*to_seconds)(struct tm *tm);
	struct tm *(*from_seconds)(const time_t *seconds, struct tm *ret);
};

extern const struct when_zone when_local; /* of the process: TZ, /etc/localtime */
extern const struct when_zone when_utc;

int when_parse(const char *text, int64_t now_ns, const struct when_zone *zone,
	       int64_t *ret_utc_ns);
