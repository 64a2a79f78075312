// SPDX-License-Identifier: LGPL-2.1-or-later

#include "event/handler.h"

#include <string.h>

/* NULL if the kernel has no word for it. */
const char *symbol_text(const struct symbol_table *table, int64_t value)
{
	for (size_t i = 0; i < table->n_symbols; i++)
		if (table->symbols[i].value == value)
			return table->symbols[i].text;
	return NULL;
}

static bool takes(const struct handler *handler, const struct guid *type)
{
	static const struct guid none;

	for (size_t i = 0; i < HANDLER_SECTIONS_MAX; i++) {
		const struct guid *section = &handler->sections[i];

		if (!memcmp(section, &none, sizeof(none)))
			return false;
		if (!memcmp(section, type, sizeof(*type)))
			return true;
	}
	return false;
}

/* Whose a section of this type is. NULL: nobody's, and nobody takes any. */
const struct handler *handler_of_section(const struct handler_table *table,
					 const struct guid *type)
{
	const struct handler *any = NULL;

	for (size_t i = 0; i < table->n_handlers; i++) {
		if (takes(table->handlers[i], type))
			return table->handlers[i];
		if (table->handlers[i]->any_section)
			any = table->handlers[i];
	}
	return any;
}

static uint32_t fnv1a(uint32_t hash, const char *s)
{
	do
		hash = (hash ^ (uint8_t)*s) * 16777619u;
	while (*s++);
	return hash;
}

static uint32_t hash_fields(uint32_t hash, const struct field *fields, size_t n)
{
	for (size_t i = 0; i < n; i++)
		hash = fnv1a(hash, fields[i].name ? fields[i].name : "");
	return hash;
}

/*
 * Names all types and the order of their fields: a ring with unread messages that were
 * written under another hash is not read, and kept.
 */
uint32_t handler_table_hash(const struct handler_table *table)
{
	uint32_t hash = 2166136261u;

	for (size_t h = 0; h < table->n_handlers; h++) {
		const struct event_type *type = table->handlers[h]->type;

		hash = hash_fields(fnv1a(hash, type->name), type->fields, type->n_fields);
		for (size_t l = 0; l < type->n_lists; l++) {
			const struct list_type *list = &type->lists[l];

			hash = hash_fields(fnv1a(hash, list->name), list->fields,
					   list->n_fields);
		}
	}
	return hash;
}
