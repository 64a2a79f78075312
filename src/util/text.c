// SPDX-License-Identifier: LGPL-2.1-or-later

#include "util/text.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <strings.h>

/* Appends as printf would. */
void text_add(struct text *text, const char *fmt, ...)
{
	size_t room = text->size - text->len;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text->at + text->len, room, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	if ((size_t)n >= room) {
		text->cut = true;
		text->len = text->size - 1;
	} else {
		text->len += (size_t)n;
	}
}

/*
 * Appends bytes that somebody else chose (a process name, a firmware string) so that they
 * can neither move a cursor nor break a line: what is not printable ASCII becomes \xNN.
 */
void text_add_escaped(struct text *text, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)bytes[i];

		if (c >= 0x20 && c < 0x7f && c != '\\')
			text_add(text, "%c", c);
		else
			text_add(text, "\\x%02x", c);
	}
}

/* Appends two hex digits a byte, without separators. */
void text_add_hex(struct text *text, const void *bytes, size_t len)
{
	const uint8_t *p = bytes;

	for (size_t i = 0; i < len && !text->cut; i++)
		text_add(text, "%02x", p[i]);
}

/* Copies what fits into `size` bytes, always terminated. For texts that may be cut. */
void copy_text(char *to, size_t size, const char *from)
{
	size_t len = strnlen(from, size - 1);

	memcpy(to, from, len);
	to[len] = '\0';
}

/* Reads a whole unsigned number, decimal or 0x hexadecimal. -EINVAL, -ERANGE. */
int parse_uint64(const char *s, uint64_t *ret)
{
	char *end;
	unsigned long long v;

	if (!isdigit((unsigned char)*s))
		return -EINVAL;
	errno = 0;
	v = strtoull(s, &end, strncasecmp(s, "0x", 2) ? 10 : 16);
	if (errno)
		return -errno;
	if (*end)
		return -EINVAL;
	*ret = v;
	return 0;
}

/*
 * Reads a size: a number with an optional K, M or G (powers of 1024). -EINVAL, -ERANGE.
 */
int parse_size(const char *s, uint64_t *ret_bytes)
{
	static const char units[] = "KMG";
	char *end;
	unsigned long long v;
	unsigned int shift = 0;

	if (!isdigit((unsigned char)*s))
		return -EINVAL;
	errno = 0;
	v = strtoull(s, &end, 10);
	if (errno)
		return -errno;
	if (*end) {
		const char *unit = strchr(units, toupper((unsigned char)*end));

		if (!unit || end[1])
			return -EINVAL;
		shift = 10 * (unsigned int)(unit - units + 1);
	}
	if (v << shift >> shift != v)
		return -ERANGE;
	*ret_bytes = v << shift;
	return 0;
}

/* Reads yes/no, true/false, on/off, 1/0. -EINVAL. */
int parse_bool(const char *s, bool *ret)
{
	static const char *const words[][2] = {
		{ "no", "yes" }, { "false", "true" }, { "off", "on" }, { "0", "1" }
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		for (int value = 0; value < 2; value++)
			if (!strcasecmp(s, words[i][value])) {
				*ret = value;
				return 0;
			}
	return -EINVAL;
}
