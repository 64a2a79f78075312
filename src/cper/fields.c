// SPDX-License-Identifier: LGPL-2.1-or-later

#include "cper/fields.h"

#include <string.h>

#include "util/bytes.h"
#include "util/text.h"

#define WORDS_BYTES 1024 /* more than the words of 64 bits take */

static uint64_t load(const uint8_t *p, size_t width)
{
	uint64_t number = 0;

	while (width--)
		number = number << 8 | p[width];
	return number;
}

/* Whether the section has these bytes; that it has not is told in its event. */
static bool has(const struct cper_section *section, size_t offset, size_t len,
		struct event *event)
{
	if (offset <= section->len && len <= section->len - offset)
		return true;
	event->detail[CPER_INCOMPLETE] = value_int(1);
	return false;
}

/*
 * What `valid` says is there, and is: what lies behind the section's end is absent, and
 * CPER_INCOMPLETE says so.
 */
void cper_fields_fill(const struct cper_field *fields, size_t n,
		      const struct cper_section *section, uint64_t valid,
		      struct event *event)
{
	for (size_t i = 0; i < n; i++) {
		const struct cper_field *field = &fields[i];

		if (field->valid < CPER_ALWAYS && !(valid >> field->valid & 1))
			continue;
		if (has(section, field->offset, field->width, event))
			event->detail[field->column] = value_uint(
				load(section->body + field->offset, field->width));
	}
}

/* A text of at most `max` bytes, up to its first zero; it is the section's. */
void cper_text_fill(const struct cper_section *section, size_t column, size_t offset,
		    size_t max, struct event *event)
{
	const char *text = (const char *)section->body + offset;
	size_t len;

	if (!has(section, offset, max, event))
		return;
	len = strnlen(text, max);
	if (len)
		event->detail[column] = (struct value){ .kind = VALUE_TEXT,
							.len = (uint32_t)len,
							.text = text };
}

/* Bytes as they are; as many as there are. */
void cper_bytes_fill(const struct cper_section *section, size_t column, size_t offset,
		     size_t len, struct event *event)
{
	if (!has(section, offset, len, event))
		len = offset < section->len ? section->len - offset : 0;
	if (len)
		event->detail[column] = value_bytes(section->body + offset, len);
}

/*
 * The words of the bits that are set, by number, "bit 9" for one without; in the arena.
 * Absent if there are none, or no room.
 */
struct value cper_bit_words(uint64_t bits, const char *const *words, size_t n,
			    struct arena *arena)
{
	char joined[WORDS_BYTES] = "";
	struct text text = TEXT_IN(joined);

	for (unsigned int i = 0; i < 64; i++) {
		if (!(bits >> i & 1))
			continue;
		text_add(&text, "%s", text.len ? ", " : "");
		if (i < n && words[i])
			text_add(&text, "%s", words[i]);
		else
			text_add(&text, "bit %u", i);
	}
	return value_text(text.len ? arena_copy_text(arena, joined, text.len) : NULL);
}

/* Absent if the number is, or has no word. */
struct value cper_word(const char *const *words, size_t n, const struct value *number)
{
	uint64_t i = value_as_uint(number);

	return value_text(number->kind == VALUE_INT && i < n ? words[i] : NULL);
}
