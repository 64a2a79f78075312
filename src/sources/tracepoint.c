// SPDX-License-Identifier: LGPL-2.1-or-later

#include "sources/tracepoint.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <traceevent/event-parse.h>

#include "util/macro.h"

#define SYMBOLS_MAX 128 /* of one field; the kernel's longest list has fewer than 30 */

/* False: at a place that no record has, a sub-buffer being 64 KiB at the most. */
static bool place_field(const struct tep_format_field *field, struct field_place *place)
{
	if (field->offset < 0 || field->offset > UINT16_MAX || field->size < 0 ||
	    field->size > UINT16_MAX)
		return false;
	place->offset = (uint16_t)field->offset;
	place->size = (uint16_t)field->size;
	if (field->flags & TEP_FIELD_IS_RELATIVE)
		place->kind = PLACE_REL_LOC;
	else if (field->flags & TEP_FIELD_IS_DYNAMIC)
		place->kind = PLACE_DATA_LOC;
	else if (field->flags & TEP_FIELD_IS_ARRAY)
		place->kind = field->size ? PLACE_ARRAY : PLACE_REST;
	else if (place->size > sizeof(uint64_t))
		place->kind = PLACE_ARRAY; /* a struct, as uuid_t */
	else if (field->flags & TEP_FIELD_IS_SIGNED)
		place->kind = PLACE_SIGNED;
	else
		place->kind = PLACE_UNSIGNED;
	return true;
}

static bool is_number(enum field_kind kind)
{
	return kind != FIELD_TEXT && kind != FIELD_BYTES;
}

/* A kernel that changed a field's nature is refused here, not misread later. */
static bool place_fits(const struct field_place *place, enum field_kind kind)
{
	bool scalar = place->kind == PLACE_UNSIGNED || place->kind == PLACE_SIGNED;
	bool locator = place->kind == PLACE_DATA_LOC || place->kind == PLACE_REL_LOC;

	if (locator && place->size != sizeof(uint32_t))
		return false;
	if (!scalar)
		return !is_number(kind);
	return is_number(kind) && (place->size == 1 || place->size == 2 ||
				   place->size == 4 || place->size == 8);
}

static int place_fields(struct tracepoint *tp, struct tep_event *format)
{
	const struct event_type *type = tp->handler->type;

	for (size_t i = 0; i < type->n_fields; i++) {
		const struct field *field = &type->fields[i];
		struct field_place *place = &tp->places[i];
		const struct tep_format_field *found;
		size_t end;

		if (!field->kernel)
			continue;
		found = tep_find_field(format, field->kernel);
		if (!found && field->optional)
			continue;
		if (!found)
			return -ENOENT;
		if (!place_field(found, place) || !place_fits(place, field->kind))
			return -EPROTO;
		end = (size_t)place->offset + place->size;
		tp->fixed_bytes = MAX(tp->fixed_bytes, end);
	}
	return 0;
}

/* The field that a __print_symbolic() is about, through the casts around it. */
static const char *symbolic_field(const struct tep_print_arg *arg)
{
	while (arg->type == TEP_PRINT_TYPE)
		arg = arg->typecast.item;
	return arg->type == TEP_PRINT_FIELD ? arg->field.name : NULL;
}

static int copy_symbols(const struct tep_print_flag_sym *list, struct symbol_table *table)
{
	struct symbol *symbols = calloc(SYMBOLS_MAX, sizeof(*symbols));
	size_t n = 0;

	if (!symbols)
		return -ENOMEM;
	table->symbols = symbols;
	for (; list && n < SYMBOLS_MAX; list = list->next) {
		char *text = strdup(list->str);

		if (!text)
			return -ENOMEM;
		symbols[n].value = strtoll(list->value, NULL, 0);
		symbols[n++].text = text;
		table->n_symbols = n;
	}
	return 0;
}

static int take_symbols(struct tracepoint *tp, const struct tep_event *format)
{
	const struct event_type *type = tp->handler->type;

	for (const struct tep_print_arg *arg = format->print_fmt.args; arg;
	     arg = arg->next) {
		const char *name = NULL;

		if (arg->type == TEP_PRINT_SYMBOL)
			name = symbolic_field(arg->symbol.field);
		for (size_t i = 0; name && i < type->n_fields; i++) {
			int r;

			if (!type->fields[i].kernel ||
			    strcmp(type->fields[i].kernel, name) ||
			    tp->symbols[i].symbols)
				continue;
			r = copy_symbols(arg->symbol.symbols, &tp->symbols[i]);
			if (r < 0)
				return r;
		}
	}
	return 0;
}

/*
 * Resolves `handler` against the text of a format file of the tracepoint `name` (one of
 * the handler's). NULL with `ret_error`: -ENOENT if a field that must be there is not,
 * -EPROTO if it is not what the handler takes it for, -EBADMSG for a text that is no
 * format file.
 */
struct tracepoint *tracepoint_new(struct tep_handle *tep, const struct handler *handler,
				  const char *name, const char *format, size_t len,
				  int *ret_error)
{
	struct tracepoint *tp = calloc(1, sizeof(*tp));
	struct tep_event *event = NULL;
	char system[64];
	int r;

	*ret_error = -ENOMEM;
	if (!tp)
		return NULL;
	tp->handler = handler;
	tp->consumer_fd = -1;
	tp->name = name;
	snprintf(system, sizeof(system), "%.*s", (int)strcspn(name, ":"), name);
	tep_parse_event(tep, format, len, system);
	event = tep_find_event_by_name(tep, system, strchr(name, ':') + 1);
	if (!event) {
		*ret_error = -EBADMSG;
		return tracepoint_free(tp);
	}
	tp->id = (uint16_t)event->id;
	tp->fixed_bytes = TRACE_COMMON_BYTES;
	r = place_fields(tp, event);
	if (r >= 0)
		r = take_symbols(tp, event);
	if (r < 0) {
		*ret_error = r;
		return tracepoint_free(tp);
	}
	return tp;
}

static const struct symbol *find_word(const struct tracepoint *tp, const char *kernel,
				      const char *word)
{
	const struct event_type *type = tp->handler->type;

	for (size_t i = 0; i < type->n_fields; i++) {
		const struct symbol_table *table = &tp->symbols[i];

		if (!type->fields[i].kernel || strcmp(type->fields[i].kernel, kernel))
			continue;
		for (size_t s = 0; s < table->n_symbols; s++)
			if (!strcmp(table->symbols[s].text, word))
				return &table->symbols[s];
	}
	return NULL;
}

/*
 * The filter for this kernel; nothing is added if there is none. -ENOENT: the kernel has
 * no such word, so it has no such records.
 */
int tracepoint_filter(const struct tracepoint *tp,
		      const struct handler_tracepoint *wanted, struct text *out)
{
	const struct symbol *symbol = NULL;

	if (wanted->only.field) {
		symbol = find_word(tp, wanted->only.field, wanted->only.word);
		if (!symbol)
			return -ENOENT;
		text_add(out, "%s == %" PRId64, wanted->only.field, symbol->value);
	}
	if (wanted->filter)
		text_add(out, symbol ? " && (%s)" : "%s", wanted->filter);
	return out->cut ? -ENAMETOOLONG : 0;
}

/* Takes NULL, returns NULL. */
struct tracepoint *tracepoint_free(struct tracepoint *tp)
{
	if (!tp)
		return NULL;
	close_fd(tp->consumer_fd);
	for (size_t i = 0; i < EVENT_FIELDS_MAX; i++) {
		for (size_t s = 0; s < tp->symbols[i].n_symbols; s++)
			free((char *)tp->symbols[i].symbols[s].text);
		free((struct symbol *)tp->symbols[i].symbols);
	}
	free(tp);
	return NULL;
}

static int64_t load_number(const uint8_t *p, size_t size, bool is_signed)
{
	uint64_t u = 0;
	unsigned int unused_bits = (unsigned int)(64 - 8 * size);

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	memcpy((uint8_t *)&u + 8 - size, p, size);
#else
	memcpy(&u, p, size);
#endif
	return is_signed ? (int64_t)(u << unused_bits) >> unused_bits : (int64_t)u;
}

/* Where a place's bytes are in a record of `len` bytes. -EBADMSG if not inside it. */
static int locate(const struct field_place *place, const uint8_t *record, size_t len,
		  const uint8_t **ret, size_t *ret_len)
{
	size_t start = place->offset, n = place->size;

	if (place->kind == PLACE_DATA_LOC || place->kind == PLACE_REL_LOC) {
		uint32_t loc;

		memcpy(&loc, record + place->offset, sizeof(loc));
		start = loc & 0xffff;
		n = loc >> 16;
		if (place->kind == PLACE_REL_LOC)
			start += place->offset + sizeof(loc);
	} else if (place->kind == PLACE_REST) {
		n = len - start;
	}
	if (start > len || n > len - start)
		return -EBADMSG;
	*ret = record + start;
	*ret_len = n;
	return 0;
}

static int extract_one(const struct field_place *place, enum field_kind kind,
		       const uint8_t *record, size_t len, struct value *ret)
{
	const uint8_t *bytes;
	size_t n;
	int r;

	if (place->kind == PLACE_UNSIGNED || place->kind == PLACE_SIGNED) {
		*ret = value_int(load_number(record + place->offset, place->size,
					     place->kind == PLACE_SIGNED));
		return 0;
	}
	r = locate(place, record, len, &bytes, &n);
	if (r < 0)
		return r;
	*ret = value_bytes(bytes, n);
	if (kind == FIELD_TEXT) {
		ret->kind = VALUE_TEXT;
		ret->len = (uint32_t)strnlen((const char *)bytes, n);
	}
	return 0;
}

/*
 * Puts the kernel's fields of a record (as the ring holds it, common header first) into
 * ret->detail; the values borrow the record. -EBADMSG if a field would lie outside of it.
 */
int tracepoint_extract(const struct tracepoint *tp, const uint8_t *record, size_t len,
		       struct event *ret)
{
	const struct event_type *type = tp->handler->type;

	event_init(ret, type);
	if (len < tp->fixed_bytes)
		return -EBADMSG;
	for (size_t i = 0; i < type->n_fields; i++) {
		int r;

		if (tp->places[i].kind == PLACE_ABSENT)
			continue;
		r = extract_one(&tp->places[i], type->fields[i].kind, record, len,
				&ret->detail[i]);
		if (r < 0)
			return r;
	}
	return 0;
}
