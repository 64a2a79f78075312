// SPDX-License-Identifier: LGPL-2.1-or-later

#include "db/import_values.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "event/guid.h"
#include "util/clock.h"
#include "util/macro.h"

#define MAJOR_BITS_MAX	12 /* of dev_t, include/linux/kdev_t.h */
#define MINOR_BITS	20
#define FIRST_YEAR	1970
#define LAST_YEAR	2261 /* nanoseconds in 64 bits end in 2262 */
#define TIME_TEXT_BYTES 25

/* --- times ----------------------------------------------------------------------- */

/* `n` digits; false: they are not. */
static bool read_digits(const char **at, int n, int *ret)
{
	*ret = 0;
	for (int i = 0; i < n; i++, (*at)++) {
		if (!isdigit((unsigned char)**at))
			return false;
		*ret = *ret * 10 + (**at - '0');
	}
	return true;
}

static bool read_char(const char **at, char wanted)
{
	return *(*at)++ == wanted;
}

static bool read_day(const char **at, struct tm *tm)
{
	return read_digits(at, 4, &tm->tm_year) && read_char(at, '-') &&
	       read_digits(at, 2, &tm->tm_mon) && read_char(at, '-') &&
	       read_digits(at, 2, &tm->tm_mday);
}

static bool read_clock(const char **at, struct tm *tm)
{
	return read_digits(at, 2, &tm->tm_hour) && read_char(at, ':') &&
	       read_digits(at, 2, &tm->tm_min) && read_char(at, ':') &&
	       read_digits(at, 2, &tm->tm_sec);
}

/* Seconds east of Greenwich. */
static bool read_zone(const char **at, int *ret)
{
	char sign = *(*at)++;
	int hours, minutes;

	if ((sign != '+' && sign != '-') || !read_digits(at, 2, &hours) ||
	    !read_digits(at, 2, &minutes) || hours > 23 || minutes > 59)
		return false;
	*ret = (hours * 60 + minutes) * 60 * (sign == '-' ? -1 : 1);
	return true;
}

/* Whether there is such a day, and such a time in it. */
static bool to_seconds(struct tm *tm, int64_t *ret)
{
	struct tm same;

	if (tm->tm_year < FIRST_YEAR || tm->tm_year > LAST_YEAR || tm->tm_hour > 23 ||
	    tm->tm_min > 59 || tm->tm_sec > 60)
		return false;
	tm->tm_year -= 1900;
	tm->tm_mon -= 1;
	same = *tm;
	*ret = timegm(&same);
	return tm->tm_sec == 60 ||
	       (same.tm_mon == tm->tm_mon && same.tm_mday == tm->tm_mday);
}

int import_time(const char *text, size_t len, int64_t *ret_utc_ns)
{
	const char *at = text;
	struct tm tm = { 0 };
	int64_t seconds;
	int zone;

	if (len != TIME_TEXT_BYTES || !read_day(&at, &tm) || !read_char(&at, ' ') ||
	    !read_clock(&at, &tm) || !read_char(&at, ' ') || !read_zone(&at, &zone) ||
	    !to_seconds(&tm, &seconds) || seconds < zone)
		return -EINVAL;
	*ret_utc_ns = (seconds - zone) * NS_PER_SEC;
	return 0;
}

/* --- texts that stand for something else ----------------------------------------- */

static int64_t number_of_word(const char *text, const struct import_word *words)
{
	while (words->word && strcasecmp(words->word, text))
		words++;
	return words->number;
}

static int from_hex(const char *text, struct value *ret)
{
	char *end;
	uint64_t number;

	if (strncmp(text, "0x", 2) || !isxdigit((unsigned char)text[2]))
		return -EINVAL;
	errno = 0;
	number = strtoull(text, &end, 16);
	if (errno || *end)
		return -EINVAL;
	*ret = value_uint(number);
	return 0;
}

static int last_number(const char *text, struct value *ret)
{
	const char *at = text + strlen(text);

	while (at > text && isspace((unsigned char)at[-1]))
		at--;
	while (at > text && isdigit((unsigned char)at[-1]))
		at--;
	if (!isdigit((unsigned char)*at) || strlen(at) > 9)
		return -EINVAL;
	*ret = value_int(atoi(at));
	return 0;
}

/*
 * Versions before 0.8.3 took the kernel's number for one of the C library and wrote sda
 * as "0:2048": no disk has major number 0, so what was parted wrong is put together again
 * (gnu_dev_makedev(), and include/linux/kdev_t.h).
 */
static int from_disk(const char *text, struct value *ret)
{
	unsigned int major, minor;
	char end;

	if (!isdigit((unsigned char)*text) || strlen(text) > 20 ||
	    sscanf(text, "%u:%u%c", &major, &minor, &end) != 2 ||
	    major >> MAJOR_BITS_MAX || minor >> MINOR_BITS)
		return -EINVAL;
	if (major == 0 && minor > 0xff)
		*ret = value_uint((minor & 0xff) | (uint64_t)(minor & ~0xffu) << 12);
	else
		*ret = value_uint((uint64_t)major << MINOR_BITS | minor);
	return 0;
}

/* In the order of the text, as uuid_to_text() has it. */
static int from_uuid(const char *text, struct arena *arena, struct value *ret)
{
	uint8_t *bytes = arena_take(arena, GUID_BYTES);
	size_t n = 0;

	if (!bytes)
		return -ENOBUFS;
	for (; *text && n < GUID_BYTES; text += 2) {
		unsigned int byte;

		text += *text == '-';
		if (!isxdigit((unsigned char)text[0]) ||
		    !isxdigit((unsigned char)text[1]) || sscanf(text, "%2x", &byte) != 1)
			return -EINVAL;
		bytes[n++] = (uint8_t)byte;
	}
	if (n < GUID_BYTES || *text)
		return -EINVAL;
	*ret = value_bytes(bytes, GUID_BYTES);
	return 0;
}

/* --- what a column has ----------------------------------------------------------- */

static int get_text(sqlite3_stmt *stmt, int column, struct value *ret)
{
	const char *text;
	int len;

	if (sqlite3_column_type(stmt, column) != SQLITE_TEXT)
		return -EINVAL;
	text = (const char *)sqlite3_column_text(stmt, column);
	len = sqlite3_column_bytes(stmt, column);
	if (!text || len > IMPORT_VALUE_MAX || strlen(text) != (size_t)len)
		return -EINVAL;
	*ret = value_text_of(text, (size_t)len);
	return 0;
}

static int get_bytes(sqlite3_stmt *stmt, int column, struct value *ret)
{
	int len;

	if (sqlite3_column_type(stmt, column) != SQLITE_BLOB)
		return -EINVAL;
	len = sqlite3_column_bytes(stmt, column);
	if (len > IMPORT_VALUE_MAX)
		return -EINVAL;
	*ret = value_bytes(len ? sqlite3_column_blob(stmt, column) : "", (size_t)len);
	return ret->bytes ? 0 : -ENOMEM;
}

static int get_number(sqlite3_stmt *stmt, int column, enum import_as as,
		      struct value *ret)
{
	int64_t number = sqlite3_column_int64(stmt, column);

	if (sqlite3_column_type(stmt, column) != SQLITE_INTEGER ||
	    (as == IMPORT_SMALL && (number < 0 || number > INT32_MAX)))
		return -EINVAL;
	*ret = value_int(as == IMPORT_BYTE   ? number & 0xff :
			 as == IMPORT_UINT32 ? number & 0xffffffff :
					       number);
	return 0;
}

/* Its length was not given to SQLite when it was written: more may stand behind it. */
static int get_guid(sqlite3_stmt *stmt, int column, struct value *ret)
{
	int r = get_bytes(stmt, column, ret);

	if (r < 0 || ret->len < GUID_BYTES)
		return -EINVAL;
	ret->len = GUID_BYTES;
	return 0;
}

static int get_time(const struct value *text, struct value *ret)
{
	int64_t time_ns;

	*ret = (struct value){ .kind = VALUE_NONE };
	if (import_time(text->text, text->len, &time_ns) >= 0)
		*ret = value_int(time_ns);
	return 0;
}

static int from_text(sqlite3_stmt *stmt, int column, enum import_as as,
		     const struct import_word *words, struct arena *arena,
		     struct value *ret)
{
	struct value text;
	int r = get_text(stmt, column, &text);

	if (r < 0)
		return r;
	switch (as) {
	case IMPORT_WORD:
		*ret = value_int(number_of_word(text.text, words));
		return 0;
	case IMPORT_HEX:
		return from_hex(text.text, ret);
	case IMPORT_LAST_NUMBER:
		return last_number(text.text, ret);
	case IMPORT_DISK:
		return from_disk(text.text, ret);
	case IMPORT_UUID:
		return from_uuid(text.text, arena, ret);
	case IMPORT_TIME:
		return get_time(&text, ret);
	case IMPORT_TEXT:
	case IMPORT_NUMBER:
	case IMPORT_SMALL:
	case IMPORT_BYTE:
	case IMPORT_UINT32:
	case IMPORT_BYTES:
	case IMPORT_GUID:
	case IMPORT_NOTHING:
		break;
	}
	*ret = text;
	return 0;
}

static struct value absent(enum import_as as, const struct import_word *words)
{
	static const uint8_t zeros[GUID_BYTES];

	if (as == IMPORT_GUID)
		return value_bytes(zeros, GUID_BYTES);
	if (!words)
		return (struct value){ .kind = VALUE_NONE };
	while (words->word)
		words++;
	return value_int(words->number);
}

static int get(sqlite3_stmt *stmt, int column, enum import_as as,
	       const struct import_word *words, struct arena *arena, struct value *ret)
{
	switch (as) {
	case IMPORT_NUMBER:
	case IMPORT_SMALL:
	case IMPORT_BYTE:
	case IMPORT_UINT32:
		return get_number(stmt, column, as, ret);
	case IMPORT_BYTES:
		return get_bytes(stmt, column, ret);
	case IMPORT_GUID:
		return get_guid(stmt, column, ret);
	case IMPORT_TEXT:
	case IMPORT_WORD:
	case IMPORT_HEX:
	case IMPORT_LAST_NUMBER:
	case IMPORT_DISK:
	case IMPORT_UUID:
	case IMPORT_TIME:
	case IMPORT_NOTHING:
		break;
	}
	return from_text(stmt, column, as, words, arena, ret);
}

int import_value(sqlite3_stmt *stmt, int column, enum import_as as,
		 const struct import_word *words, struct arena *arena, struct value *ret,
		 const char **ret_wants)
{
	static const char *const wants[] = {
		[IMPORT_NUMBER] = "a number",
		[IMPORT_SMALL] = "a number from 0 to 2147483647",
		[IMPORT_BYTE] = "a number",
		[IMPORT_UINT32] = "a number",
		[IMPORT_TEXT] = "a text",
		[IMPORT_BYTES] = "bytes",
		[IMPORT_WORD] = "a word",
		[IMPORT_HEX] = "a number like 0x12ab",
		[IMPORT_LAST_NUMBER] = "a text with a number at its end",
		[IMPORT_DISK] = "a device like 8:16",
		[IMPORT_GUID] = "16 bytes",
		[IMPORT_UUID] = "a UUID",
		[IMPORT_TIME] = "a text",
		[IMPORT_NOTHING] = "anything",
	};
	int r;

	if (column < 0 || as == IMPORT_NOTHING ||
	    sqlite3_column_type(stmt, column) == SQLITE_NULL) {
		*ret = absent(as, words);
		return 0;
	}
	r = get(stmt, column, as, words, arena, ret);
	if (r < 0)
		*ret_wants = wants[as];
	return r;
}
