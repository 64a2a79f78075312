/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What real kernels recorded (tests/golden), through the reader, the kernel's own format
 * files and the handlers. */

#include <limits.h>
#include <stdbool.h>

#include "unit/fixtures.h"

#define GOLDEN_EVENTS_MAX 20

struct golden {
	char directory[PATH_MAX];
	struct tracepoint *tracepoints[128];
	size_t n_tracepoints;
};

/* One recording, decoded. */
struct recording {
	const struct golden *golden;
	struct decoded decoded[GOLDEN_EVENTS_MAX];
	int64_t boottime_ns[GOLDEN_EVENTS_MAX];
	size_t n_events, n_others;
	uint8_t *cper; /* the section that firmware reported; NULL: none */
	size_t cper_len;
	char *lines[GOLDEN_EVENTS_MAX]; /* the kernel's own text behind "event: " */
	double times[GOLDEN_EVENTS_MAX];
	char *text;
};

/* Whether the kernel has this recording: of some things only its log tells. */
bool golden_has(const struct golden *golden, const char *name);
void golden_open(const struct golden *golden, const char *name,
		 struct recording *recording);
void golden_close(struct recording *recording);
/* Of the kernels that everything was recorded of. Skips the test if there is none. */
void golden_for_each_kernel(void (*fn)(const struct golden *golden));
/* Every NAME.raw of any kernel that has a NAME.json is the events that are in it. */
void golden_check_cases(void);
