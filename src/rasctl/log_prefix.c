// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * The forms:
 *
 *	4,503,104329710,-;TEXT				/dev/kmsg
 *	[   12.345678] TEXT				dmesg, a console; <6> may precede
 *	[   12.345678][  T123] TEXT			with the caller
 *	kern  :warn  : [   12.345678] TEXT		dmesg -x
 *	[Sat Nov 21 13:20:04 2026] TEXT			dmesg -T, local time
 *	2026-11-21T13:20:04,123456+01:00 TEXT		dmesg --time-format iso
 *	2026-11-21T13:20:04+0100 HOST kernel: TEXT	journalctl -o short-iso
 *	Nov 21 13:20:04 HOST kernel: TEXT		journalctl, syslog: has no year
 *
 * What another program than the kernel wrote has its name in front.
 */

#include "rasctl/log_prefix.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "util/clock.h"
#include "util/macro.h"

#define PREFIX_BYTES 160
#define KERNEL	     "kernel:"

static const char *const marks[] = { "[Hardware Error]: ", "Memory failure: " };

static bool is_space(char c)
{
	return c == ' ' || c == '\t';
}

/* Where the kernel's words begin: at the first mark, with the number in front of it. */
static const char *find_text(const char *line, size_t len)
{
	const char *first = line + len;

	for (size_t i = 0; i < ARRAY_SIZE(marks); i++) {
		const char *at = memmem(line, len, marks[i], strlen(marks[i]));

		if (at && at < first)
			first = at;
	}
	if (first > line && first < line + len && first[-1] == '}') {
		const char *brace = first - 1;

		while (brace > line && brace[-1] >= '0' && brace[-1] <= '9')
			brace--;
		if (brace > line && brace < first - 1 && brace[-1] == '{')
			first = brace - 1;
	}
	return first;
}

/* "4,503,104329710,-;" */
static bool parse_kmsg(const char *prefix, struct log_prefix *ret)
{
	char *end;
	unsigned long long facility_level = strtoull(prefix, &end, 10), usec;

	if (end == prefix || *end != ',')
		return false;
	strtoull(end + 1, &end, 10);
	if (*end != ',')
		return false;
	usec = strtoull(end + 1, &end, 10);
	if (*end != ',' || !strchr(end, ';') || usec > INT64_MAX / 1000)
		return false;
	ret->boottime_ns = (int64_t)usec * 1000;
	ret->is_foreign = facility_level >> 3 != 0;
	ret->is_escaped = true;
	return true;
}

/* "[   12.345678]": the log's clock. */
static void parse_seconds(const char *prefix, struct log_prefix *ret)
{
	for (const char *at = strchr(prefix, '['); at; at = strchr(at + 1, '[')) {
		char *end;
		double seconds = strtod(at + 1, &end);

		if (end > at + 1 && *end == ']' && memchr(at, '.', (size_t)(end - at)) &&
		    seconds >= 0 && seconds < 9e9) {
			ret->boottime_ns = (int64_t)(seconds * (double)NS_PER_SEC);
			return;
		}
	}
}

/* ",123456", ".123": the part of a second. */
static int64_t parse_fraction(const char **at)
{
	int64_t ns = 0, unit = NS_PER_SEC / 10;

	if (**at != ',' && **at != '.')
		return 0;
	for ((*at)++; **at >= '0' && **at <= '9'; (*at)++, unit /= 10)
		ns += (**at - '0') * unit;
	return ns;
}

/* 0 for what no clock shows, and 64 bits of nanoseconds do not hold. */
static int64_t ns_of(int64_t seconds)
{
	return seconds > 0 && seconds < INT64_MAX / NS_PER_SEC - 1 ?
		       seconds * NS_PER_SEC :
		       0;
}

/* "2026-11-21T13:20:04,123456+01:00" */
static void parse_iso(const char *prefix, struct log_prefix *ret)
{
	struct tm tm = { 0 };
	const char *rest = strptime(prefix, "%Y-%m-%dT%H:%M:%S", &tm);
	int64_t ns;
	struct tm zone = { 0 };

	if (!rest)
		return;
	ns = parse_fraction(&rest);
	if (!strptime(rest, "%z", &zone))
		return;
	ret->utc_ns = ns_of(timegm(&tm) - zone.tm_gmtoff);
	ret->utc_ns += ret->utc_ns ? ns : 0;
}

/* "[Sat Nov 21 13:20:04 2026]" */
static void parse_ctime(const char *prefix, struct log_prefix *ret)
{
	struct tm tm = { .tm_isdst = -1 };
	const char *open = strchr(prefix, '[');
	const char *rest = open ? strptime(open + 1, "%a %b %d %H:%M:%S %Y", &tm) : NULL;

	if (rest && *rest == ']')
		ret->utc_ns = ns_of(mktime(&tm));
}

static bool ends_with(const char *text, size_t len, const char *word)
{
	size_t n = strlen(word);

	return len >= n && !memcmp(text + len - n, word, n);
}

/* Behind a time, a level, or "kernel:"; behind "mce:" it is another kind of line. */
static bool is_kernels(const char *prefix)
{
	size_t len = strlen(prefix);

	while (len && is_space(prefix[len - 1]))
		len--;
	return !len || ends_with(prefix, len, KERNEL) || strchr("]>", prefix[len - 1]) ||
	       (prefix[len - 1] >= '0' && prefix[len - 1] <= '9');
}

/* "name[123]:", and not "kernel:": a program's line in the journal. */
static bool is_programs(const char *prefix)
{
	size_t len = strlen(prefix);

	while (len && is_space(prefix[len - 1]))
		len--;
	return ends_with(prefix, len, "]:");
}

/* Where the words begin of a line without a mark: behind what may precede them. */
static const char *skip_known(const char *line, size_t len)
{
	static const char kernel[] = " " KERNEL " ";
	const char *end = line + len;
	const char *at =
		memmem(line, MIN(len, (size_t)PREFIX_BYTES), kernel, sizeof(kernel) - 1);

	at = at ? at + sizeof(kernel) - 1 : line;
	for (;;) {
		const char *close;

		while (at < end && is_space(*at))
			at++;
		if (at == end || (*at != '[' && *at != '<'))
			return at;
		close = memchr(at, *at == '[' ? ']' : '>', (size_t)(end - at));
		if (!close || close - at > PREFIX_BYTES)
			return at;
		at = close + 1;
	}
}

static bool has_mark(const char *line, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
		if (memmem(line, len, marks[i], strlen(marks[i])))
			return true;
	return false;
}

static void copy_prefix(char ret[static PREFIX_BYTES], const char *from, size_t len)
{
	len = MIN(len, (size_t)PREFIX_BYTES - 1);
	memcpy(ret, from, len);
	ret[len] = '\0';
}

static void parse_people(const char *line, size_t len, struct log_prefix *ret)
{
	bool marked = has_mark(line, len);
	const char *text = marked ? find_text(line, len) : skip_known(line, len);
	char prefix[PREFIX_BYTES];

	copy_prefix(prefix, line, (size_t)(text - line));
	parse_seconds(prefix, ret);
	parse_iso(prefix, ret);
	parse_ctime(prefix, ret);
	ret->is_foreign = is_programs(prefix);
	if (marked && !ret->is_foreign && !is_kernels(prefix))
		text = line; /* words in front: another kind of line */
	ret->text = text;
	ret->len = (size_t)(line + len - text);
}

void log_prefix_parse(const char *line, size_t len, struct log_prefix *ret)
{
	const char *semicolon = memchr(line, ';', MIN(len, (size_t)PREFIX_BYTES - 1));
	char prefix[PREFIX_BYTES];

	*ret = (struct log_prefix){ 0 };
	while (len && is_space(*line)) {
		line++;
		len--;
	}
	copy_prefix(prefix, line, len);
	if (semicolon && semicolon >= line && parse_kmsg(prefix, ret)) {
		ret->text = semicolon + 1;
		ret->len = (size_t)(line + len - ret->text);
		return;
	}
	*ret = (struct log_prefix){ 0 };
	parse_people(line, len, ret);
}

static int hex_of(char c)
{
	const char *digits = "0123456789abcdef", *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

size_t log_text_copy(const char *text, size_t len, bool is_escaped, char *ret,
		     size_t size)
{
	size_t n = 0;

	while (len && (text[len - 1] == '\r' || is_space(text[len - 1])))
		len--;
	for (size_t i = 0; i < len && n + 1 < size; i++) {
		if (is_escaped && len - i >= 4 && text[i] == '\\' && text[i + 1] == 'x' &&
		    hex_of(text[i + 2]) >= 0 && hex_of(text[i + 3]) >= 0) {
			ret[n++] = (char)(hex_of(text[i + 2]) << 4 | hex_of(text[i + 3]));
			i += 3;
		} else {
			ret[n++] = text[i];
		}
	}
	ret[n] = '\0';
	return n;
}
