// SPDX-License-Identifier: LGPL-2.1-or-later

/* Times as people write them. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>

#include "util/clock.h"
#include "util/macro.h"
#include "util/when.h"

/* 2026-11-20T13:20:04.5Z, a Friday. */
#define NOW_SEC	     1795180804LL
#define NOW_NS	     (NOW_SEC * NS_PER_SEC + 500000000)
#define MIDNIGHT_SEC (NOW_SEC - 13 * 3600 - 20 * 60 - 4)

static void expect(const char *text, const struct when_zone *zone, int64_t ns)
{
	int64_t found = -1;
	int r = when_parse(text, NOW_NS, zone, &found);

	if (r || found != ns)
		fail_msg("\"%s\": %d, %lld instead of %lld", text, r, (long long)found,
			 (long long)ns);
}

static void the_day_begins_at_midnight(void **state)
{
	(void)state;
	expect("today", &when_utc, MIDNIGHT_SEC * NS_PER_SEC);
	expect("yesterday", &when_utc, (MIDNIGHT_SEC - 86400) * NS_PER_SEC);
	expect("tomorrow", &when_utc, (MIDNIGHT_SEC + 86400) * NS_PER_SEC);
	expect("yesterday 13:00", &when_utc, (MIDNIGHT_SEC - 86400 + 46800) * NS_PER_SEC);
	expect("2026-11-20", &when_utc, MIDNIGHT_SEC * NS_PER_SEC);
	expect("13:00", &when_utc, (MIDNIGHT_SEC + 46800) * NS_PER_SEC);
	expect("9:05:07", &when_utc, (MIDNIGHT_SEC + 9 * 3600 + 307) * NS_PER_SEC);
	expect("now", &when_utc, NOW_NS);
	expect(" NOW ", &when_utc, NOW_NS);
}

static void dates_are_whole_or_with_a_time(void **state)
{
	(void)state;
	expect("2026-11-20 13:20", &when_utc, (NOW_SEC - 4) * NS_PER_SEC);
	expect("2026-11-20 13:20:04", &when_utc, NOW_SEC * NS_PER_SEC);
	expect("2026-11-20T13:20:04.5", &when_utc, NOW_NS);
	expect("Fri 2026-11-20 13:20:04", &when_utc, NOW_SEC * NS_PER_SEC);
	expect("Friday, 2026-11-20 13:20:04", &when_utc, NOW_SEC * NS_PER_SEC);
	expect("2028-02-29", &when_utc, 1835395200LL * NS_PER_SEC);
	expect("@1795180804", &when_utc, NOW_SEC * NS_PER_SEC);
	expect("@1795180804.500000000", &when_utc, NOW_NS);
	expect("@0", &when_utc, 0);
}

/* Berlin is an hour ahead in November, two in July. */
static void zones_are_local_or_told(void **state)
{
	(void)state;
	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	tzset();
	expect("2026-11-20 14:20:04", &when_local, NOW_SEC * NS_PER_SEC);
	expect("2026-11-20 13:20:04 UTC", &when_local, NOW_SEC * NS_PER_SEC);
	expect("2026-11-20T13:20:04.500000000Z", &when_local, NOW_NS);
	expect("2026-11-20 08:20:04 -05:00", &when_local, NOW_SEC * NS_PER_SEC);
	expect("2026-11-20T18:50:04+0530", &when_local, NOW_SEC * NS_PER_SEC);
	expect("2026-11-20T15:20:04+02", &when_local, NOW_SEC * NS_PER_SEC);
	expect("2026-07-01 02:00", &when_local, 1782864000LL * NS_PER_SEC);
	expect("today", &when_local, (MIDNIGHT_SEC - 3600) * NS_PER_SEC);
	expect("today UTC", &when_local, MIDNIGHT_SEC * NS_PER_SEC);
	setenv("TZ", "UTC", 1);
	tzset();
}

/* A day of 23 hours lies between these two. */
static void yesterday_is_a_day_not_24_hours(void **state)
{
	const int64_t noon_sec =
		1774778400; /* 2026-03-29 12:00 in Berlin, the clock went on */
	int64_t found = 0;

	(void)state;
	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	tzset();
	assert_int_equal(when_parse("today", noon_sec * NS_PER_SEC, &when_local, &found),
			 0);
	assert_int_equal(found, (noon_sec - 11 * 3600) * NS_PER_SEC);
	assert_int_equal(
		when_parse("yesterday", noon_sec * NS_PER_SEC, &when_local, &found), 0);
	assert_int_equal(found, (noon_sec - 35 * 3600) * NS_PER_SEC);
	setenv("TZ", "UTC", 1);
	tzset();
}

static void spans_count_from_now(void **state)
{
	(void)state;
	expect("-1h", &when_utc, NOW_NS - 3600 * NS_PER_SEC);
	expect("1 hour ago", &when_utc, NOW_NS - 3600 * NS_PER_SEC);
	expect("2 hours ago", &when_utc, NOW_NS - 7200 * NS_PER_SEC);
	expect("-1h30min", &when_utc, NOW_NS - 5400 * NS_PER_SEC);
	expect("-1.5h", &when_utc, NOW_NS - 5400 * NS_PER_SEC);
	expect("1h 30m ago", &when_utc, NOW_NS - 5400 * NS_PER_SEC);
	expect("3 days ago", &when_utc, NOW_NS - 3 * 86400 * NS_PER_SEC);
	expect("-2w", &when_utc, NOW_NS - 14 * 86400 * NS_PER_SEC);
	expect("-1M", &when_utc, NOW_NS - 2629800 * NS_PER_SEC);
	expect("-1m", &when_utc, NOW_NS - 60 * NS_PER_SEC);
	expect("-1 month", &when_utc, NOW_NS - 2629800 * NS_PER_SEC);
	expect("-1y", &when_utc, NOW_NS - 31557600 * NS_PER_SEC);
	expect("-250ms", &when_utc, NOW_NS - 250 * NS_PER_MSEC);
	expect("-5", &when_utc, NOW_NS - 5 * NS_PER_SEC);
	expect("+5min", &when_utc, NOW_NS + 300 * NS_PER_SEC);
	expect("5min left", &when_utc, NOW_NS + 300 * NS_PER_SEC);
}

static void what_is_no_time_is_refused(void **state)
{
	static const char *const bad[] = {
		"",
		" ",
		"soon",
		"2026",
		"2026-11",
		"2026-13-01",
		"2026-02-29",
		"2026-11-20 24:00",
		"2026-11-20 13:60",
		"2026-11-20 13:00:60",
		"2026-11-20 13",
		"Mon 2026-11-20",
		"Fri",
		"13:0",
		"2026-11-20 13:00x",
		"2026-11-20 13:00 CET",
		"1h",
		"-1h ago",
		"-",
		"- 1 fortnight",
		"ago",
		"5min",
		"@",
		"@-1",
		"@12x",
		"@99999999999",
		"-1h left",
		"-99999999999999h",
		"2026-11-20 13:00 +15:00",
		"1969-12-31",
		"nowadays",
		"-1h extra",
		"2026-11-20 13:00:05.",
		"-300y",
	};
	int64_t untouched = 77;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		if (when_parse(bad[i], NOW_NS, &when_utc, &untouched) != -EINVAL)
			fail_msg("\"%s\" was taken", bad[i]);
	assert_int_equal(untouched, 77);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_day_begins_at_midnight),
		cmocka_unit_test(dates_are_whole_or_with_a_time),
		cmocka_unit_test(zones_are_local_or_told),
		cmocka_unit_test(yesterday_is_a_day_not_24_hours),
		cmocka_unit_test(spans_count_from_now),
		cmocka_unit_test(what_is_no_time_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
