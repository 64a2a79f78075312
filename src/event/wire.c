// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * A message is a fixed head, then the values: comm, unit, dimm, device, device_id, the
 * type's fields that have a name, and for each list a row count and its rows. A value is
 * one tag byte (kind in the low two bits, for a number its width in bytes above them) and
 * what the tag says: so absent values cost a byte and small numbers two.
 *
 * The reader trusts no length: the ring outlives the program that wrote it.
 */

#include "event/wire.h"

#include <endian.h>
#include <errno.h>
#include <string.h>

#include "event/handler.h"

struct head {
	uint32_t type; /* index into the handler table */
	uint32_t count;
	uint64_t id;
	int64_t time_ns, time_last_ns, boottime_ns;
	uint64_t address, address_mask, once;
	int64_t uid;
	int32_t cpu, pid, tgid;
	uint8_t severity, component, source, address_kind;
	uint32_t flags;
	uint32_t reserved;
};

struct cursor {
	uint8_t *at, *end;
};

struct reader {
	const uint8_t *at, *end;
};

static unsigned int width_of(int64_t i)
{
	for (unsigned int n = 1; n < 8; n++) {
		int64_t narrowed = (int64_t)((uint64_t)i << (64 - 8 * n)) >> (64 - 8 * n);

		if (narrowed == i)
			return n;
	}
	return 8;
}

static int put(struct cursor *out, const void *bytes, size_t len)
{
	if ((size_t)(out->end - out->at) < len)
		return -ENOBUFS;
	memcpy(out->at, bytes, len);
	out->at += len;
	return 0;
}

static int put_value(struct cursor *out, const struct value *value)
{
	uint8_t tag = value->kind;
	int r;

	if (value->kind == VALUE_INT) {
		uint64_t le = htole64((uint64_t)value->i);
		unsigned int width = width_of(value->i);

		tag |= (uint8_t)(width << 2);
		r = put(out, &tag, 1);
		return r < 0 ? r : put(out, &le, width);
	}
	r = put(out, &tag, 1);
	if (r < 0 || value->kind == VALUE_NONE)
		return r;
	r = put(out, &value->len, sizeof(value->len));
	return r < 0 ? r : put(out, value->bytes, value->len);
}

static int put_row(struct cursor *out, const struct field *fields, size_t n_fields,
		   const struct value *values)
{
	for (size_t i = 0; i < n_fields; i++) {
		int r = fields[i].name ? put_value(out, &values[i]) : 0;

		if (r < 0)
			return r;
	}
	return 0;
}

static int put_lists(struct cursor *out, const struct event *event)
{
	for (size_t l = 0; l < event->type->n_lists; l++) {
		const struct list_type *type = &event->type->lists[l];
		const struct list *list = &event->lists[l];
		uint32_t n = (uint32_t)list->n_rows;
		int r = put(out, &n, sizeof(n));

		for (size_t row = 0; r >= 0 && row < n; row++)
			r = put_row(out, type->fields, type->n_fields,
				    list->values + row * type->n_fields);
		if (r < 0)
			return r;
	}
	return 0;
}

static uint32_t index_of(const struct handler_table *table, const struct event_type *type)
{
	uint32_t i = 0;

	while (i < table->n_handlers && table->handlers[i]->type != type)
		i++;
	return i;
}

static int put_head(struct cursor *out, const struct event *event, uint32_t type)
{
	struct head head = {
		.type = type,
		.count = event->count,
		.id = event->id,
		.time_ns = event->time_ns,
		.time_last_ns = event->time_last_ns,
		.boottime_ns = event->boottime_ns,
		.address = event->address,
		.address_mask = event->address_mask,
		.once = event->once,
		.uid = event->uid,
		.cpu = event->cpu,
		.pid = event->pid,
		.tgid = event->tgid,
		.severity = (uint8_t)event->severity,
		.component = (uint8_t)event->component,
		.source = (uint8_t)event->source,
		.address_kind = (uint8_t)event->address_kind,
		.flags = event->flags,
	};
	int r = put(out, &head, sizeof(head));

	r = r < 0 ? r : put_value(out, &event->comm);
	r = r < 0 ? r : put_value(out, &event->unit);
	r = r < 0 ? r : put_value(out, &event->dimm);
	r = r < 0 ? r : put_value(out, &event->device);
	return r < 0 ? r : put_value(out, &event->device_id);
}

/* Returns the number of bytes written to `buf`, or -ENOBUFS if they do not fit. */
ssize_t event_encode(const struct event *event, const struct handler_table *table,
		     uint8_t *buf, size_t size)
{
	struct cursor out = { .at = buf, .end = buf + size };
	int r = put_head(&out, event, index_of(table, event->type));

	r = r < 0 ? r :
		    put_row(&out, event->type->fields, event->type->n_fields,
			    event->detail);
	r = r < 0 ? r : put_lists(&out, event);
	return r < 0 ? r : out.at - buf;
}

/* As event_encode(), for what no handler understands: the head, and the bytes as they
 * came. */
ssize_t event_encode_unknown(const struct event *event, const void *raw, size_t raw_len,
			     uint8_t *buf, size_t size)
{
	struct cursor out = { .at = buf, .end = buf + size };
	int r = put_head(&out, event, UINT32_MAX);

	r = r < 0 ? r : put(&out, raw, raw_len);
	return r < 0 ? r : out.at - buf;
}

static int get(struct reader *in, void *bytes, size_t len)
{
	if ((size_t)(in->end - in->at) < len)
		return -EBADMSG;
	memcpy(bytes, in->at, len);
	in->at += len;
	return 0;
}

static int get_int(struct reader *in, unsigned int width, struct value *ret)
{
	uint64_t le = 0;
	int r;

	if (width < 1 || width > 8)
		return -EBADMSG;
	r = get(in, &le, width);
	if (r < 0)
		return r;
	*ret = value_int((int64_t)(le64toh(le) << (64 - 8 * width)) >> (64 - 8 * width));
	return 0;
}

static int get_value(struct reader *in, struct value *ret)
{
	uint8_t tag;
	uint32_t len;
	int r = get(in, &tag, 1);

	if (r < 0)
		return r;
	*ret = (struct value){ .kind = tag & 3 };
	if (ret->kind == VALUE_INT)
		return get_int(in, tag >> 2, ret);
	if (ret->kind == VALUE_NONE)
		return 0;
	r = get(in, &len, sizeof(len));
	if (r < 0)
		return r;
	if ((size_t)(in->end - in->at) < len)
		return -EBADMSG;
	ret->len = len;
	ret->bytes = in->at;
	in->at += len;
	return 0;
}

static int get_row(struct reader *in, const struct field *fields, size_t n_fields,
		   struct value *values)
{
	for (size_t i = 0; i < n_fields; i++) {
		int r = fields[i].name ? get_value(in, &values[i]) : 0;

		if (r < 0)
			return r;
	}
	return 0;
}

static int get_lists(struct reader *in, struct event *event, struct arena *arena)
{
	for (size_t l = 0; l < event->type->n_lists; l++) {
		const struct list_type *type = &event->type->lists[l];
		struct value *rows;
		uint32_t n;
		int r = get(in, &n, sizeof(n));

		if (r < 0)
			return r;
		/* every value takes at least its tag */
		if (n > (size_t)(in->end - in->at) / type->n_fields)
			return -EBADMSG;
		rows = event_rows_take(event, l, n, arena);
		if (!rows)
			return -ENOBUFS;
		for (uint32_t row = 0; row < n; row++) {
			r = get_row(in, type->fields, type->n_fields,
				    rows + row * type->n_fields);
			if (r < 0)
				return r;
		}
	}
	return 0;
}

static void take_head(const struct head *head, struct event *event)
{
	event->id = head->id;
	event->count = head->count;
	event->time_ns = head->time_ns;
	event->time_last_ns = head->time_last_ns;
	event->boottime_ns = head->boottime_ns;
	event->address = head->address;
	event->address_mask = head->address_mask;
	event->once = head->once;
	event->uid = head->uid;
	event->cpu = head->cpu;
	event->pid = head->pid;
	event->tgid = head->tgid;
	event->severity = head->severity;
	event->component = head->component;
	event->source = head->source;
	event->address_kind = head->address_kind;
	event->flags = head->flags;
}

/*
 * Reads what event_encode() wrote; the event borrows `buf` and takes list rows from
 * `arena`. Of a type that this program does not know the head comes back with type NULL,
 * and `ret_undecoded` is the bytes behind it (else absent). -EBADMSG: not such a message.
 */
int event_decode(const uint8_t *buf, size_t len, const struct handler_table *table,
		 struct arena *arena, struct event *ret, struct value *ret_undecoded)
{
	struct reader in = { .at = buf, .end = buf + len };
	struct head head;
	int r = get(&in, &head, sizeof(head));

	if (r < 0)
		return r;
	event_init(ret, head.type < table->n_handlers ? table->handlers[head.type]->type :
							NULL);
	take_head(&head, ret);
	r = get_value(&in, &ret->comm);
	r = r < 0 ? r : get_value(&in, &ret->unit);
	r = r < 0 ? r : get_value(&in, &ret->dimm);
	r = r < 0 ? r : get_value(&in, &ret->device);
	r = r < 0 ? r : get_value(&in, &ret->device_id);
	if (r < 0)
		return r;
	*ret_undecoded = (struct value){ .kind = VALUE_NONE };
	if (!ret->type) {
		*ret_undecoded = value_bytes(in.at, (size_t)(in.end - in.at));
		return 0;
	}
	r = get_row(&in, ret->type->fields, ret->type->n_fields, ret->detail);
	r = r < 0 ? r : get_lists(&in, ret, arena);
	return r < 0 ? r : in.at == in.end ? 0 : -EBADMSG;
}
