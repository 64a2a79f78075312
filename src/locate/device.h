/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What a device is called and what it is, as sysfs knows: records have numbers ("8:16",
 * "6:0:2:1") or names of places ("0000:01:00.0"), people want "sdb" and the maker's name.
 * For the latter there is the modalias, from which the hardware database has words.
 */

#include <stdint.h>

#include "event/event.h"
#include "util/arena.h"

#define DEVICE_ANSWERS	     64
#define DEVICE_NAME_BYTES    64
#define DEVICE_ID_BYTES	     192
#define DEVICE_ANSWER_OLD_NS (10 * 1000000000LL) /* it may be another device by then */

struct device_answer {
	char asked[DEVICE_NAME_BYTES]; /* "": none */
	char name[DEVICE_NAME_BYTES];  /* "": it has no better one */
	char id[DEVICE_ID_BYTES];      /* modalias, "": not known */
	int64_t boottime_ns;	       /* of the event that it was looked up for */
};

struct devices {
	int sysfs_fd;
	unsigned int next; /* to be replaced */
	struct device_answer answers[DEVICE_ANSWERS];
};

int devices_open(struct devices *devices, const char *sysfs);
void devices_close(struct devices *devices);
void devices_name(struct devices *devices, struct event *event, struct arena *arena);
