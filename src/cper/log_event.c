// SPDX-License-Identifier: LGPL-2.1-or-later

#include "cper/log_event.h"

#include <limits.h>
#include <string.h>

#include "cper/section.h"

#define NUMBER_BYTES 24 /* room for the longest number, 20 digits */

/*
 * Where the section was, whose it was, how bad; and that there may have been more like
 * it, of which the log has nothing.
 */
void cper_log_columns_fill(const struct cper_log_section *section, struct arena *arena,
			   struct event *event)
{
	struct value *detail = event->detail;

	event->severity = section->severity;
	event->source = SOURCE_LOG;
	event->flags |= EVENT_AT_LEAST;
	detail[CPER_RECORD] = value_uint(section->number);
	detail[CPER_INDEX] = value_uint(section->index);
	if (section->source != UINT_MAX)
		detail[CPER_SOURCE] = value_uint(section->source);
	detail[CPER_FRU_ID] = cper_log_text(section, arena, "fru_id");
	detail[CPER_FRU_TEXT] = cper_log_text(section, arena, "fru_text");
	if (section->n_lines_lost)
		detail[CPER_INCOMPLETE] = value_int(1);
}

struct value cper_log_number_between(const char *from, const char *to)
{
	char number[NUMBER_BYTES];
	uint64_t n;

	if ((size_t)(to - from) >= sizeof(number))
		return (struct value){ .kind = VALUE_NONE };
	memcpy(number, from, (size_t)(to - from));
	number[to - from] = '\0';
	if (parse_uint64(number, &n) < 0)
		return (struct value){ .kind = VALUE_NONE };
	return value_uint(n);
}

/* NULL: absent. */
struct value cper_log_number_of(const char *text)
{
	if (!text)
		return (struct value){ .kind = VALUE_NONE };
	return cper_log_number_between(text, text + strlen(text));
}

struct value cper_log_number(const struct cper_log_section *section, const char *name)
{
	return cper_log_number_of(cper_log_value(section, name));
}

struct value cper_log_number_after(const struct cper_log_section *section,
				   const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < section->n_lines && i < CPER_LOG_LINES_MAX; i++) {
		const char *at = strstr(section->lines[i], name);
		struct value number;

		if (!at || (at > section->lines[i] && at[-1] != ' ') ||
		    strncmp(at + len, ": ", 2))
			continue;
		at += len + 2;
		number = cper_log_number_between(at, at + strcspn(at, ", "));
		if (number.kind != VALUE_NONE)
			return number;
	}
	return (struct value){ .kind = VALUE_NONE };
}

/* A copy that lives as long as the event. */
struct value cper_log_text_of(struct arena *arena, const char *from, size_t len)
{
	return value_text(from && len ? arena_copy_text(arena, from, len) : NULL);
}

struct value cper_log_text(const struct cper_log_section *section, struct arena *arena,
			   const char *name)
{
	const char *value = cper_log_value(section, name);

	return cper_log_text_of(arena, value, value ? strlen(value) : 0);
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Reads hexadecimal digits; their number. */
static size_t skip_hex(const char **at, uint64_t *ret)
{
	size_t n = 0;
	int digit;

	*ret = 0;
	while (n < 16 && (digit = hex_digit((*at)[n])) >= 0) {
		*ret = *ret << 4 | (uint64_t)digit;
		n++;
	}
	*at += n;
	return n;
}

/*
 * A line of print_hex_dump() with offsets: "00000010: 00000002 00000000 …", in groups of
 * 1, 4 or 8 bytes, each a number of the machine's byte order, which is taken for
 * little-endian; maybe followed by two spaces and the bytes as text. Returns the number
 * of bytes; 0: it is no such line.
 */
size_t cper_log_dump_line(const char *line, uint64_t *ret_offset,
			  uint8_t bytes[static CPER_LOG_DUMP_BYTES])
{
	size_t n = 0;

	if (skip_hex(&line, ret_offset) != 8 || *line++ != ':')
		return 0;
	while (*line == ' ') {
		uint64_t group;
		size_t width;

		line++;
		width = skip_hex(&line, &group) / 2;
		if ((width != 1 && width != 4 && width != 8) ||
		    width > CPER_LOG_DUMP_BYTES - n || (*line && *line != ' '))
			break;
		for (size_t i = 0; i < width; i++)
			bytes[n++] = (uint8_t)(group >> (8 * i));
		if (n == CPER_LOG_DUMP_BYTES)
			break;
	}
	return n;
}
