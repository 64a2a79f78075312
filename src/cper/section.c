// SPDX-License-Identifier: LGPL-2.1-or-later

#include "cper/section.h"

#include <errno.h>
#include <string.h>

/*
 * Severity, and the columns that all such types share. Texts are borrowed from the
 * section or are in the arena; -ENOBUFS if that is full.
 */
int cper_columns_fill(const struct cper_section *section, struct arena *arena,
		      struct event *event)
{
	struct value *detail = event->detail;

	event->severity = section->severity;
	if (section->has_place) {
		detail[CPER_RECORD] = value_uint(section->record);
		detail[CPER_INDEX] = value_uint(section->index);
	}
	if (section->has_flags)
		detail[CPER_FLAGS] = value_uint(section->flags);
	if (section->fru_text) {
		size_t len = strnlen(section->fru_text, section->fru_text_len);

		detail[CPER_FRU_TEXT] = (struct value){ .kind = VALUE_TEXT,
							.len = (uint32_t)len,
							.text = section->fru_text };
	}
	if (section->fru_id) {
		char *text = arena_take(arena, GUID_TEXT_BYTES);

		if (!text)
			return -ENOBUFS;
		detail[CPER_FRU_ID] =
			value_text(guid_to_text(section->fru_id->bytes, text));
	}
	if (section->incomplete)
		detail[CPER_INCOMPLETE] = value_int(1);
	return 0;
}

static int decode_as(const struct handler *handler, const struct cper_section *section,
		     struct arena *arena, struct event *ret)
{
	event_init(ret, handler->type);
	return handler->decode_section(section, arena, ret);
}

/*
 * Makes a section an event of whoever knows its type. What its own handler cannot
 * understand, or nobody knows, is kept raw by the handler that takes any. The event
 * borrows from the section; its times, source and ids are the caller's to fill in.
 * Returns 1, or a negative errno (-ENOENT: nobody takes it).
 */
int cper_section_decode(const struct handler_table *table,
			const struct cper_section *section, struct arena *arena,
			struct event *ret)
{
	static const struct guid none;
	const struct handler *handler = handler_of_section(table, &section->type);
	const struct handler *any;
	size_t used = arena->used;
	int r;

	if (!handler)
		return -ENOENT;
	r = decode_as(handler, section, arena, ret);
	if (r >= 0 || handler->any_section)
		return r;
	arena->used = used; /* it may be full of what came to nothing */
	any = handler_of_section(table, &none);
	return any ? decode_as(any, section, arena, ret) : r;
}
