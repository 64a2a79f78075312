// SPDX-License-Identifier: LGPL-2.1-or-later

#include "event/event.h"

#include <stdarg.h>
#include <string.h>

#include "util/hash.h"

struct value value_text(const char *text)
{
	if (!text)
		return (struct value){ .kind = VALUE_NONE };
	return (struct value){ .kind = VALUE_TEXT,
			       .len = (uint32_t)strlen(text),
			       .text = text };
}

/* An event of which nothing is known but its type (which may be NULL). */
void event_init(struct event *event, const struct event_type *type)
{
	size_t n = type ? type->n_fields : EVENT_FIELDS_MAX;

	memset(event, 0, offsetof(struct event, detail));
	memset(event->detail, 0, n * sizeof(event->detail[0]));
	memset(event->lists, 0, sizeof(event->lists));
	event->type = type;
	event->count = 1;
	event->severity = SEVERITY_UNKNOWN;
	event->cpu = -1;
	event->uid = -1;
}

void event_set_address(struct event *event, enum address_kind kind, uint64_t address)
{
	event->address_kind = kind;
	event->address = address;
}

/*
 * Room for the n_rows elements of a list, all values absent: n_rows x n_fields of them,
 * row after row. NULL, and the list stays empty, if the arena has no more.
 */
struct value *event_rows_take(struct event *event, size_t list, size_t n_rows,
			      struct arena *arena)
{
	size_t n_fields = event->type->lists[list].n_fields;
	size_t bytes = n_rows * n_fields * sizeof(struct value);
	struct value *values = arena_take(arena, bytes);

	if (!values)
		return NULL;
	memset(values, 0, bytes);
	event->lists[list] = (struct list){ .n_rows = n_rows, .values = values };
	return values;
}

static uint64_t begin_identity(const char *kind)
{
	return hash64(HASH64_START, kind, strlen(kind) + 1);
}

/* What makes an error of that kind ("memory", "pcie") this one, in one number; never 0.
 */
uint64_t event_identity(const char *kind, const uint64_t *numbers, size_t n)
{
	uint64_t hash = hash64(begin_identity(kind), numbers, n * sizeof(numbers[0]));

	return hash ? hash : 1;
}

/* The same of a name; 0 if it is absent. */
uint64_t event_identity_of_text(const char *kind, const struct value *text)
{
	uint64_t hash = begin_identity(kind);

	if (text->kind != VALUE_TEXT)
		return 0;
	hash = hash64(hash, text->text, text->len);
	return hash ? hash : 1;
}

/* A short text in the arena; absent if that is full. */
struct value value_format(struct arena *arena, const char *fmt, ...)
{
	char buf[EVENT_TEXT_BYTES] = "";
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	return value_text(arena_copy_text(arena, buf, strlen(buf)));
}

/* A text of the event for people to read; nothing for an absent one. */
void text_add_value(struct text *out, const struct value *text)
{
	if (text->kind == VALUE_TEXT)
		text_add_escaped(out, text->text, text->len);
}

void event_describe(const struct event *event, struct text *out)
{
	if (event->type && event->type->describe)
		event->type->describe(event, out);
	else
		text_add(out, "an event of a type that this version does not know");
}
