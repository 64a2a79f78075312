// SPDX-License-Identifier: LGPL-2.1-or-later

#include "cper/layout.h"

#include <errno.h>
#include <inttypes.h>

#include "util/text.h"

#define NAME_BYTES 24 /* "reg" and a number */

const struct field layout_register_fields[LAYOUT_REGISTER_FIELDS] = {
	[LAYOUT_REGISTER_NAME] = { .name = "name", .kind = FIELD_TEXT },
	[LAYOUT_REGISTER_VALUE] = { .name = "value", .kind = FIELD_HEX },
};

static const char *const severities[] = { "recoverable", "fatal", "corrected", "none" };

const struct layout_words layout_severities = LAYOUT_WORDS(severities);

/*
 * A little-endian number. False if the section ends before it does: the body is cut
 * there, and what lies behind is not decoded.
 */
bool layout_read(struct layout_body *body, size_t at, size_t width, uint64_t *ret)
{
	uint64_t number = 0;

	if (at > body->len || width > body->len - at) {
		body->cut = true;
		body->end = MIN(body->end, at);
		return false;
	}
	for (size_t i = width; i-- > 0;)
		number = number << 8 | body->bytes[at + i];
	*ret = number;
	return true;
}

/* NULL if there is none for that number. */
const char *layout_word(const struct layout_words *words, uint64_t number)
{
	return number < words->n ? words->words[number] : NULL;
}

static bool is_told(const struct layout_body *body, uint64_t valid)
{
	return (body->valid & valid) == valid;
}

static void read_field(struct layout_body *body, const struct layout_field *field,
		       struct event *event)
{
	uint64_t number;

	if (!is_told(body, field->valid) ||
	    !layout_read(body, field->at, field->width, &number))
		return;
	number >>= field->shift;
	if (field->n_bits)
		number &= (1ULL << field->n_bits) - 1;
	event->detail[field->column] = value_uint(number);
	if (field->text)
		event->detail[field->text] =
			value_text(layout_word(field->words, number));
}

/*
 * What the kernel acts on is the section's severity, so that stands; the vendor's, by the
 * same numbers, is taken where the section says nothing of it.
 */
static void take_severity(const struct layout *layout, struct event *event)
{
	const struct value *value = &event->detail[layout->severity];

	if (!layout->severity || value->kind != VALUE_INT)
		return;
	if (event->severity == SEVERITY_UNKNOWN || event->severity == SEVERITY_INFO) {
		enum severity told = severity_from_cper((uint32_t)value->i);

		if (told != SEVERITY_UNKNOWN)
			event->severity = told;
	}
}

/*
 * The shared columns, and the fields of the layout: 0, or -EBADMSG if there are too few
 * bytes to say anything, -ENOBUFS if the arena is full. The body borrows the section.
 */
int layout_begin(const struct layout *layout, const struct cper_section *section,
		 struct arena *arena, struct event *event, struct layout_body *ret)
{
	int r = cper_columns_fill(section, arena, event);

	if (r < 0)
		return r;
	*ret = (struct layout_body){ .bytes = section->body,
				     .len = section->len,
				     .end = MIN(section->len, layout->size),
				     .cut = section->incomplete };
	event->component = COMPONENT_PLATFORM;
	if (section->len < layout->least ||
	    !layout_read(ret, 0, layout->valid_width, &ret->valid))
		return -EBADMSG;
	if (section->len < layout->size)
		ret->cut = true;
	for (size_t i = 0; i < layout->n_fields; i++)
		read_field(ret, &layout->fields[i], event);
	take_severity(layout, event);
	return 0;
}

/* How many of them there are, whatever the section claims. */
static size_t dump_length(const struct layout_dump *dump, struct layout_body *body)
{
	size_t room, n;

	if (!dump || dump->at > body->len)
		return 0;
	room = (body->len - dump->at) / dump->width;
	n = (size_t)MIN(dump->n, (uint64_t)room);
	body->cut |= n < dump->n;
	body->end = MAX(body->end, dump->at + n * dump->width);
	return n;
}

static bool fill_dump(const struct layout_dump *dump, size_t n, struct layout_body *body,
		      struct value *row, struct arena *arena)
{
	for (size_t i = 0; i < n; i++, row += LAYOUT_REGISTER_FIELDS) {
		char buf[NAME_BYTES];
		struct text name = TEXT_IN(buf);
		uint64_t number = 0;

		text_add(&name, "reg%zu", i);
		layout_set_text(&row[LAYOUT_REGISTER_NAME], &name, arena);
		if (row[LAYOUT_REGISTER_NAME].kind == VALUE_NONE)
			return false;
		layout_read(body, dump->at + i * dump->width, dump->width, &number);
		row[LAYOUT_REGISTER_VALUE] = value_uint(number);
	}
	return true;
}

/*
 * A row for each register of the layout that is told, then one for each number of the
 * dump (NULL: it has none), in a list that LAYOUT_REGISTERS() made. 0 or -ENOBUFS.
 */
int layout_registers_fill(const struct layout *layout, const struct layout_dump *dump,
			  struct layout_body *body, size_t list, struct arena *arena,
			  struct event *event)
{
	size_t n_dumped = dump_length(dump, body), n = 0;
	struct value *row;
	uint64_t number;

	for (size_t i = 0; i < layout->n_registers; i++) {
		const struct layout_register *reg = &layout->registers[i];

		n += is_told(body, reg->valid) &&
		     layout_read(body, reg->at, reg->width, &number);
	}
	row = event_rows_take(event, list, n + n_dumped, arena);
	if (!row)
		return -ENOBUFS;
	for (size_t i = 0; i < layout->n_registers; i++) {
		const struct layout_register *reg = &layout->registers[i];

		if (!is_told(body, reg->valid) ||
		    !layout_read(body, reg->at, reg->width, &number))
			continue;
		row[LAYOUT_REGISTER_NAME] = value_text(reg->name);
		row[LAYOUT_REGISTER_VALUE] = value_uint(number);
		row += LAYOUT_REGISTER_FIELDS;
	}
	return fill_dump(dump, n_dumped, body, row, arena) ? 0 : -ENOBUFS;
}

/* Says what is missing, and keeps what was not decoded in a column. */
void layout_end(const struct layout_body *body, size_t undecoded, struct event *event)
{
	if (body->cut)
		event->detail[CPER_INCOMPLETE] = value_int(1);
	if (body->end < body->len)
		event->detail[undecoded] =
			value_bytes(body->bytes + body->end, body->len - body->end);
}

/* A copy of the text in the arena; none if that is full. */
void layout_set_text(struct value *value, const struct text *text, struct arena *arena)
{
	*value = value_text(arena_copy_text(arena, text->at, text->len));
}
