/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Time: nanoseconds everywhere, of the boot clock (what the ring stamps) or UTC. */

#include <stdint.h>
#include <time.h>

#define NS_PER_SEC  1000000000LL
#define NS_PER_MSEC 1000000LL

int64_t clock_now_ns(clockid_t clock);
int64_t clock_realtime_offset_ns(void);
int clock_is_synchronized(void);
/*
 * From now on the boot clock stands at `boottime_ns` and UTC is that plus `offset_ns`:
 * the time of what somebody recorded. Other clocks go on.
 */
void clock_pretend(int64_t boottime_ns, int64_t offset_ns);

#define UTC_TEXT_BYTES 40
const char *utc_to_text(int64_t utc_ns, char buf[static UTC_TEXT_BYTES]);
const char *utc_to_local_text(int64_t utc_ns, char buf[static UTC_TEXT_BYTES]);
