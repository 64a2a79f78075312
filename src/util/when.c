// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * The words of systemd.time(7) as journalctl takes them, and the form in which we print
 * times ourselves, so that what was copied from our output is understood.
 */

#include "util/when.h"

#include <ctype.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "util/clock.h"
#include "util/macro.h"

#define DAY_SEC	   86400
#define YEARS_MAX  200 /* nanoseconds in 64 bits end in 2262 */
#define NUMBER_MAX 10000000000LL

const struct when_zone when_local = { mktime, localtime_r };
const struct when_zone when_utc = { timegm, gmtime_r };

/* What is still to be read; each reader moves it on only if it read something. */
struct cursor {
	const char *at;
};

static void skip_spaces(struct cursor *c)
{
	while (*c->at == ' ' || *c->at == '\t')
		c->at++;
}

static bool read_char(struct cursor *c, char wanted)
{
	if (*c->at != wanted)
		return false;
	c->at++;
	return true;
}

/* A word that does not go on with more letters. */
static bool read_word(struct cursor *c, const char *word)
{
	size_t len = strlen(word);

	if (strncasecmp(c->at, word, len) || isalpha((unsigned char)c->at[len]))
		return false;
	c->at += len;
	return true;
}

static bool at_end(struct cursor *c)
{
	skip_spaces(c);
	return !*c->at;
}

/* Between min and max digits; more of them are not read. */
static bool read_digits(struct cursor *c, int min, int max, int64_t *ret)
{
	int64_t number = 0;
	int n = 0;

	while (n < max && isdigit((unsigned char)c->at[n]))
		number = 10 * number + (c->at[n++] - '0');
	if (n < min)
		return false;
	c->at += n;
	*ret = number;
	return true;
}

/* ".123" as nanoseconds; nothing is 0. What is finer than a nanosecond is dropped. */
static bool read_fraction(struct cursor *c, int64_t *ret_ns)
{
	int64_t ns = 0, scale = NS_PER_SEC;

	if (*c->at != '.') {
		*ret_ns = 0;
		return true;
	}
	if (!isdigit((unsigned char)c->at[1]))
		return false;
	for (c->at++; isdigit((unsigned char)*c->at); c->at++) {
		scale /= 10;
		ns += scale * (*c->at - '0');
	}
	*ret_ns = ns;
	return true;
}

/* --- spans -------------------------------------------------------------------------- */

/* Longer words stand before those that they begin with; "M" is a month, "m" a minute. */
static const struct unit {
	const char *words[6];
	int64_t ns;
	bool exact_case;
} units[] = {
	{ { "M" }, 2629800 * NS_PER_SEC, true },
	{ { "nsec", "ns" }, 1, false },
	{ { "usec", "us" }, 1000, false },
	{ { "msec", "ms" }, NS_PER_MSEC, false },
	{ { "seconds", "second", "sec", "s" }, NS_PER_SEC, false },
	{ { "minutes", "minute", "min", "m" }, 60 * NS_PER_SEC, false },
	{ { "hours", "hour", "hr", "h" }, 3600 * NS_PER_SEC, false },
	{ { "days", "day", "d" }, DAY_SEC *NS_PER_SEC, false },
	{ { "weeks", "week", "w" }, 7 * DAY_SEC *NS_PER_SEC, false },
	{ { "months", "month" }, 2629800 * NS_PER_SEC, false },
	{ { "years", "year", "y" }, 31557600 * NS_PER_SEC, false },
};

static bool read_unit_word(struct cursor *c, const struct unit *unit)
{
	for (size_t i = 0; i < ARRAY_SIZE(unit->words) && unit->words[i]; i++) {
		if (unit->exact_case && strncmp(c->at, unit->words[i], 1))
			continue;
		if (read_word(c, unit->words[i]))
			return true;
	}
	return false;
}

/* A number without a unit is of seconds. */
static int64_t read_unit(struct cursor *c)
{
	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (read_unit_word(c, &units[i]))
			return units[i].ns;
	return NS_PER_SEC;
}

/* "1h 30min" and the like, one pair after the other. */
static bool read_span(struct cursor *c, int64_t *ret_ns)
{
	const int64_t limit = YEARS_MAX * 31557600LL * NS_PER_SEC;
	int64_t span = 0, number, fraction;
	bool any = false;

	while (skip_spaces(c), read_digits(c, 1, 11, &number)) {
		int64_t unit;

		if (number > NUMBER_MAX || !read_fraction(c, &fraction))
			return false;
		skip_spaces(c);
		unit = read_unit(c);
		if (number > limit / unit)
			return false;
		span += number * unit + (int64_t)((double)unit * (double)fraction / 1e9);
		if (span > limit)
			return false;
		any = true;
	}
	*ret_ns = span;
	return any;
}

/* "-1h", "+5min", "2 hours ago", "5min left". */
static int parse_relative(const char *text, int64_t now_ns, int64_t *ret_ns)
{
	struct cursor c = { text };
	bool before = read_char(&c, '-'), after = !before && read_char(&c, '+');
	int64_t span;

	if (!read_span(&c, &span))
		return -EINVAL;
	skip_spaces(&c);
	if (!before && !after) {
		before = read_word(&c, "ago");
		after = !before && read_word(&c, "left");
	}
	if (before == after || !at_end(&c))
		return -EINVAL;
	*ret_ns = before ? now_ns - span : now_ns + span;
	return 0;
}

/* --- dates and times of day --------------------------------------------------------- */

static const char *const weekdays[7][2] = {
	{ "Sunday", "Sun" },	{ "Monday", "Mon" },   { "Tuesday", "Tue" },
	{ "Wednesday", "Wed" }, { "Thursday", "Thu" }, { "Friday", "Fri" },
	{ "Saturday", "Sat" },
};

/* Returns the day's number, or -1: none is named. */
static int read_weekday(struct cursor *c)
{
	for (int day = 0; day < 7; day++)
		for (size_t i = 0; i < 2; i++)
			if (read_word(c, weekdays[day][i])) {
				read_char(c, ',');
				skip_spaces(c);
				return day;
			}
	return -1;
}

static bool is_leap(int64_t year)
{
	return year % 4 == 0 && (year % 100 || year % 400 == 0);
}

static int days_of(int64_t year, int64_t month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* 2026-11-20. 1: read; 0: there is no date; -EINVAL: there is no such day. */
static int read_date(struct cursor *c, struct tm *tm)
{
	struct cursor at = *c;
	int64_t year, month, day;

	if (!read_digits(&at, 4, 4, &year) || !read_char(&at, '-'))
		return 0;
	if (!read_digits(&at, 2, 2, &month) || !read_char(&at, '-') ||
	    !read_digits(&at, 2, 2, &day))
		return -EINVAL;
	if (year < 1970 || year > 2200 || month < 1 || month > 12 || day < 1 ||
	    day > days_of(year, month))
		return -EINVAL;
	tm->tm_year = (int)year - 1900;
	tm->tm_mon = (int)month - 1;
	tm->tm_mday = (int)day;
	*c = at;
	return 1;
}

/* 13:00, 13:00:05, 13:00:05.123. As read_date(). */
static int read_clock(struct cursor *c, struct tm *tm, int64_t *ret_ns)
{
	struct cursor at = *c;
	int64_t hour, minute, second = 0;

	if (!read_digits(&at, 1, 2, &hour) || !read_char(&at, ':'))
		return 0;
	if (!read_digits(&at, 2, 2, &minute))
		return -EINVAL;
	if (read_char(&at, ':') &&
	    (!read_digits(&at, 2, 2, &second) || !read_fraction(&at, ret_ns)))
		return -EINVAL;
	if (hour > 23 || minute > 59 || second > 59)
		return -EINVAL;
	tm->tm_hour = (int)hour;
	tm->tm_min = (int)minute;
	tm->tm_sec = (int)second;
	*c = at;
	return 1;
}

/*
 * "UTC", "Z" or "+01:00" behind the time: *ret_zone becomes UTC, and *ret_east what the
 * clock there is ahead of it. Nothing there leaves both.
 */
static bool read_zone(struct cursor *c, const struct when_zone **ret_zone,
		      int64_t *ret_east)
{
	int64_t hours, minutes = 0;
	bool west;

	skip_spaces(c);
	if (read_word(c, "UTC") || read_word(c, "Z")) {
		*ret_zone = &when_utc;
		return true;
	}
	if (*c->at != '+' && *c->at != '-')
		return true;
	west = *c->at++ == '-';
	if (!read_digits(c, 2, 2, &hours))
		return false;
	if ((read_char(c, ':') || *c->at) && !read_digits(c, 2, 2, &minutes))
		return false;
	if (hours > 14 || minutes > 59)
		return false;
	*ret_zone = &when_utc;
	*ret_east = (west ? -60 : 60) * (60 * hours + minutes);
	return true;
}

static const struct {
	const char *word;
	int days;
} day_words[] = {
	{ "yesterday", -1 },
	{ "today", 0 },
	{ "tomorrow", 1 },
};

/* Returns true, and how many days from today it is, if a day is named. */
static bool read_day_word(struct cursor *c, int *ret_days)
{
	for (size_t i = 0; i < ARRAY_SIZE(day_words); i++)
		if (read_word(c, day_words[i].word)) {
			*ret_days = day_words[i].days;
			return true;
		}
	return false;
}

/* What was written of a day and a time, before its zone is known. */
struct written {
	struct tm tm;
	int64_t ns;
	int weekday; /* -1: not named */
	int days_on; /* from today, if there is no date */
	bool has_date;
};

/* At least one of day and time of day; what is missing is today, and 0:00. */
static int read_written(struct cursor *c, struct written *ret)
{
	bool has_day, has_weekday;
	int r;

	*ret = (struct written){ .weekday = read_weekday(c) };
	has_weekday = ret->weekday >= 0;
	r = read_date(c, &ret->tm);
	if (r < 0)
		return r;
	ret->has_date = r;
	has_day = r || read_day_word(c, &ret->days_on);
	if (has_weekday && !ret->has_date)
		return -EINVAL;
	if (has_day && !read_char(c, 'T'))
		skip_spaces(c);
	r = read_clock(c, &ret->tm, &ret->ns);
	if (r < 0)
		return r;
	return r || has_day ? 0 : -EINVAL;
}

/* The day in its zone, where it is told in days from now. */
static void fill_day(struct written *w, int64_t now_ns, const struct when_zone *zone,
		     int64_t east)
{
	time_t now = (time_t)(now_ns / NS_PER_SEC + east);
	struct tm today;

	if (w->has_date)
		return;
	zone->from_seconds(&now, &today);
	w->tm.tm_year = today.tm_year;
	w->tm.tm_mon = today.tm_mon;
	w->tm.tm_mday = today.tm_mday + w->days_on;
}

static int parse_absolute(const char *text, int64_t now_ns, const struct when_zone *zone,
			  int64_t *ret_ns)
{
	struct cursor c = { text };
	struct written w;
	int64_t east = 0;
	time_t seconds;
	int r = read_written(&c, &w);

	if (r < 0 || !read_zone(&c, &zone, &east) || !at_end(&c))
		return -EINVAL;
	fill_day(&w, now_ns, zone, east);
	w.tm.tm_isdst = -1; /* the zone knows */
	seconds = zone->to_seconds(&w.tm);
	if (w.weekday >= 0 && w.weekday != w.tm.tm_wday)
		return -EINVAL;
	*ret_ns = ((int64_t)seconds - east) * NS_PER_SEC + w.ns;
	return 0;
}

/* "@1800000000" and "@1800000000.123456": seconds since 1970. */
static int parse_epoch(const char *text, int64_t *ret_ns)
{
	struct cursor c = { text };
	int64_t seconds, ns;

	if (!read_char(&c, '@') || !read_digits(&c, 1, 10, &seconds) ||
	    !read_fraction(&c, &ns) || !at_end(&c) || seconds > INT64_MAX / NS_PER_SEC)
		return -EINVAL;
	*ret_ns = seconds * NS_PER_SEC + ns;
	return 0;
}

/*
 * "2026-11-20 13:00:05", "2026-11-20", "13:00", "yesterday", "now", "-1h", "1 hour ago",
 * "@1800000000"; times with "UTC", "Z" or "+01:00" behind them are of that zone, others
 * of `zone`. All is in nanoseconds since 1970. -EINVAL: it is none of these.
 */
int when_parse(const char *text, int64_t now_ns, const struct when_zone *zone,
	       int64_t *ret_utc_ns)
{
	struct cursor c = { text };
	int r;

	skip_spaces(&c);
	text = c.at;
	if (read_word(&c, "now") && at_end(&c)) {
		*ret_utc_ns = now_ns;
		return 0;
	}
	if (*text == '@')
		return parse_epoch(text, ret_utc_ns);
	r = parse_absolute(text, now_ns, zone, ret_utc_ns);
	return r < 0 ? parse_relative(text, now_ns, ret_utc_ns) : r;
}
