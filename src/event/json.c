// SPDX-License-Identifier: LGPL-2.1-or-later

#include "event/json.h"

#include <inttypes.h>

#include "util/clock.h"

static struct json_object *json_hex(uint64_t number)
{
	char text[19];

	snprintf(text, sizeof(text), "0x%" PRIx64, number);
	return json_object_new_string(text);
}

static struct json_object *json_bytes(const struct value *value)
{
	size_t size = 2 * (size_t)value->len + 1;
	_cleanup_(free_ptr) char *hex = malloc(size);
	struct text text = { .at = hex, .size = size };

	if (!hex)
		return NULL;
	*hex = '\0';
	text_add_hex(&text, value->bytes, value->len);
	return json_object_new_string_len(hex, (int)text.len);
}

/*
 * JSON is UTF-8; a process name or a firmware string need not be. What is not ASCII is
 * escaped as \xNN, as everywhere else in rasd.
 */
static struct json_object *json_text(const struct value *value)
{
	size_t size = 4 * (size_t)value->len + 1;
	_cleanup_(free_ptr) char *clean = malloc(size);
	struct text text = { .at = clean, .size = size };

	if (!clean)
		return NULL;
	*clean = '\0';
	text_add_escaped(&text, value->text, value->len);
	return json_object_new_string_len(clean, (int)text.len);
}

/* NULL (which json-c prints as null) for an absent value. */
struct json_object *value_to_json(enum field_kind kind, const struct value *value)
{
	switch (value->kind) {
	case VALUE_TEXT:
		return json_text(value);
	case VALUE_BYTES:
		return json_bytes(value);
	case VALUE_INT:
		if (kind == FIELD_HEX)
			return json_hex((uint64_t)value->i);
		if (kind == FIELD_FLAG)
			return json_object_new_boolean(value->i != 0);
		if (kind == FIELD_UINT)
			return json_object_new_uint64((uint64_t)value->i);
		return json_object_new_int64(value->i);
	case VALUE_NONE:
	case VALUE_KIND_MAX:
		break;
	}
	return NULL;
}

static struct json_object *row_to_json(const struct field *fields, size_t n_fields,
				       const struct value *values)
{
	struct json_object *row = json_object_new_object();

	for (size_t i = 0; i < n_fields; i++)
		if (fields[i].name)
			json_object_object_add(row, fields[i].name,
					       value_to_json(fields[i].kind, &values[i]));
	return row;
}

static struct json_object *list_to_json(const struct list_type *type,
					const struct list *list)
{
	struct json_object *array = json_object_new_array();

	for (size_t row = 0; row < list->n_rows; row++)
		json_object_array_add(array,
				      row_to_json(type->fields, type->n_fields,
						  list->values + row * type->n_fields));
	return array;
}

static struct json_object *detail_to_json(const struct event *event)
{
	struct json_object *detail;

	if (!event->type)
		return json_object_new_object();
	detail = row_to_json(event->type->fields, event->type->n_fields, event->detail);
	for (size_t l = 0; l < event->type->n_lists; l++)
		json_object_object_add(
			detail, event->type->lists[l].name,
			list_to_json(&event->type->lists[l], &event->lists[l]));
	return detail;
}

/* Of what people sent us it may not be known. */
static struct json_object *json_time(int64_t utc_ns)
{
	char text[UTC_TEXT_BYTES];

	return utc_ns ? json_object_new_string(utc_to_text(utc_ns, text)) : NULL;
}

static struct json_object *json_id(int64_t number, int64_t absent)
{
	return number == absent ? NULL : json_object_new_int64(number);
}

/* A new reference, the caller's to put. */
struct json_object *event_to_json(const struct event *event)
{
	struct json_object *o = json_object_new_object();
	char line[EVENT_TEXT_BYTES] = "";
	struct text message = TEXT_IN(line);

	event_describe(event, &message);
	json_object_object_add(o, "id", json_object_new_uint64(event->id));
	json_object_object_add(o, "time", json_time(event->time_ns));
	json_object_object_add(o, "time_last", json_time(event->time_last_ns));
	json_object_object_add(
		o, "type",
		json_object_new_string(event->type ? event->type->name : "unknown"));
	json_object_object_add(
		o, "severity",
		event->severity == SEVERITY_UNKNOWN ?
			NULL :
			json_object_new_string(severity_name(event->severity)));
	json_object_object_add(o, "component",
			       json_object_new_string(component_name(event->component)));
	json_object_object_add(o, "count", json_object_new_uint64(event->count));
	json_object_object_add(o, "address",
			       event->address_kind ? json_hex(event->address) : NULL);
	json_object_object_add(
		o, "address_kind",
		event->address_kind ?
			json_object_new_string(address_kind_name(event->address_kind)) :
			NULL);
	json_object_object_add(o, "cpu", json_id(event->cpu, -1));
	json_object_object_add(o, "pid", json_id(event->pid, 0));
	json_object_object_add(o, "tgid", json_id(event->tgid, 0));
	json_object_object_add(o, "uid", json_id(event->uid, -1));
	json_object_object_add(o, "comm", value_to_json(FIELD_TEXT, &event->comm));
	json_object_object_add(o, "unit", value_to_json(FIELD_TEXT, &event->unit));
	json_object_object_add(o, "dimm", value_to_json(FIELD_TEXT, &event->dimm));
	json_object_object_add(o, "device", value_to_json(FIELD_TEXT, &event->device));
	json_object_object_add(o, "device_id",
			       value_to_json(FIELD_TEXT, &event->device_id));
	json_object_object_add(
		o, "confirmed",
		json_object_new_boolean(!(event->flags & EVENT_UNCONFIRMED)));
	json_object_object_add(o, "synthetic",
			       json_object_new_boolean(event->flags & EVENT_SYNTHETIC));
	json_object_object_add(o, "source",
			       json_object_new_string(event_source_name(event->source)));
	json_object_object_add(
		o, "previous_boot",
		json_object_new_boolean(event->flags & EVENT_PREVIOUS_BOOT));
	json_object_object_add(o, "retold",
			       json_object_new_boolean(event->flags & EVENT_RETOLD));
	json_object_object_add(o, "message",
			       json_object_new_string_len(line, (int)message.len));
	json_object_object_add(o, "detail", detail_to_json(event));
	return o;
}
