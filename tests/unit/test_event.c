// SPDX-License-Identifier: LGPL-2.1-or-later

#include "unit/check.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "event/guid.h"
#include "event/handler.h"
#include "event/json.h"
#include "event/wire.h"
#include "handlers/table.h"
#include "unit/fixtures.h"

#define WIRE_BYTES  65536
#define ARENA_BYTES (256 * 1024)

/* --- the wire --- */

enum filling { FILL_NOTHING, FILL_ORDINARY, FILL_EXTREME, FILL_MAX };

static struct value fill(enum field_kind kind, enum filling filling, size_t i)
{
	static const char hostile[] = "a\0b\xff\n\x1b[2J\"";
	static const int64_t numbers[] = { INT64_MIN,
					   INT64_MAX,
					   -1,
					   0,
					   127,
					   -128,
					   128,
					   -129,
					   INT32_MIN,
					   (int64_t)UINT32_MAX,
					   0x7fffffffffffff };
	static uint8_t page[4000] = { 1, 2, 3 };

	if (filling == FILL_NOTHING)
		return (struct value){ .kind = VALUE_NONE };
	if (kind == FIELD_TEXT && filling == FILL_ORDINARY)
		return value_text("some text");
	if (kind == FIELD_TEXT)
		return (struct value){ .kind = VALUE_TEXT,
				       .len = sizeof(hostile),
				       .text = hostile };
	if (kind == FIELD_BYTES)
		return value_bytes(page, filling == FILL_ORDINARY ? 5 : sizeof(page));
	return value_int(filling == FILL_ORDINARY ? (int64_t)i :
						    numbers[i % ARRAY_SIZE(numbers)]);
}

static void fill_row(const struct field *fields, size_t n, enum filling filling,
		     struct value *row)
{
	for (size_t i = 0; i < n; i++)
		if (fields[i].name)
			row[i] = fill(fields[i].kind, filling, i);
}

static void fill_event(struct event *event, const struct event_type *type,
		       enum filling filling, struct arena *arena)
{
	event_init(event, type);
	fill_row(type->fields, type->n_fields, filling, event->detail);
	for (size_t l = 0; l < type->n_lists; l++) {
		const struct list_type *list = &type->lists[l];
		size_t n_rows = filling == FILL_NOTHING ? 0 : 3 + l;
		struct value *rows = event_rows_take(event, l, n_rows, arena);

		for (size_t row = 0; row < n_rows; row++)
			fill_row(list->fields, list->n_fields,
				 row ? FILL_ORDINARY : filling,
				 rows + row * list->n_fields);
	}
	if (filling == FILL_NOTHING)
		return;
	event->id = UINT64_MAX;
	event->time_ns = INT64_MIN;
	event->time_last_ns = INT64_MAX;
	event->boottime_ns = 1;
	event->once = UINT64_MAX - 1;
	event->count = UINT32_MAX;
	event->severity = SEVERITY_FATAL;
	event->component = COMPONENT_RASD;
	event->flags = EVENT_SYNTHETIC | EVENT_UNCONFIRMED;
	event_set_address(event, ADDRESS_DEVICE_PHYSICAL, UINT64_MAX);
	event->address_mask = ~0xfffULL;
	event->cpu = INT32_MAX;
	event->pid = INT32_MIN;
	event->tgid = -2;
	event->uid = UINT32_MAX;
	event->comm = fill(FIELD_TEXT, filling, 0);
	event->unit = value_text("a.service");
}

static void assert_value_equal(const struct value *a, const struct value *b)
{
	assert_int_equal(a->kind, b->kind);
	assert_int_equal(a->len, b->len);
	if (a->kind == VALUE_INT)
		assert_int_equal(a->i, b->i);
	else if (a->kind != VALUE_NONE)
		assert_memory_equal(a->bytes, b->bytes, a->len);
}

static void assert_row_equal(const struct field *fields, size_t n, const struct value *a,
			     const struct value *b)
{
	for (size_t i = 0; i < n; i++)
		if (fields[i].name)
			assert_value_equal(&a[i], &b[i]);
}

static void assert_event_equal(const struct event *a, const struct event *b)
{
	const struct event_type *type = a->type;

	assert_ptr_equal(a->type, b->type);
	assert_int_equal(a->id, b->id);
	assert_int_equal(a->time_ns, b->time_ns);
	assert_int_equal(a->time_last_ns, b->time_last_ns);
	assert_int_equal(a->boottime_ns, b->boottime_ns);
	assert_int_equal(a->once, b->once);
	assert_int_equal(a->count, b->count);
	assert_int_equal(a->severity, b->severity);
	assert_int_equal(a->component, b->component);
	assert_int_equal(a->source, b->source);
	assert_int_equal(a->flags, b->flags);
	assert_int_equal(a->address_kind, b->address_kind);
	assert_int_equal(a->address, b->address);
	assert_int_equal(a->address_mask, b->address_mask);
	assert_int_equal(a->cpu, b->cpu);
	assert_int_equal(a->pid, b->pid);
	assert_int_equal(a->tgid, b->tgid);
	assert_int_equal(a->uid, b->uid);
	assert_value_equal(&a->comm, &b->comm);
	assert_value_equal(&a->unit, &b->unit);
	assert_value_equal(&a->dimm, &b->dimm);
	assert_row_equal(type->fields, type->n_fields, a->detail, b->detail);
	for (size_t l = 0; l < type->n_lists; l++) {
		assert_int_equal(a->lists[l].n_rows, b->lists[l].n_rows);
		for (size_t row = 0; row < a->lists[l].n_rows; row++)
			assert_row_equal(
				type->lists[l].fields, type->lists[l].n_fields,
				a->lists[l].values + row * type->lists[l].n_fields,
				b->lists[l].values + row * type->lists[l].n_fields);
	}
}

struct wire {
	uint8_t buf[WIRE_BYTES];
	uint8_t room[2][ARENA_BYTES];
	struct arena arenas[2]; /* of the event that is sent, of the one that arrives */
};

static int new_wire(void **state)
{
	struct wire *wire = calloc(1, sizeof(*wire));

	for (int i = 0; wire && i < 2; i++)
		wire->arenas[i] = (struct arena){ wire->room[i], ARENA_BYTES, 0 };
	*state = wire;
	return wire ? 0 : -1;
}

static int free_wire(void **state)
{
	free(*state);
	return 0;
}

static ssize_t send_filled(struct wire *wire, const struct event_type *type,
			   enum filling filling, struct event *event)
{
	arena_reset(&wire->arenas[0]);
	arena_reset(&wire->arenas[1]);
	fill_event(event, type, filling, &wire->arenas[0]);
	return event_encode(event, &handlers_table, wire->buf, sizeof(wire->buf));
}

static void every_type_goes_there_and_back(void **state)
{
	struct wire *wire = *state;

	for (size_t h = 0; h < handlers_table.n_handlers; h++)
		for (enum filling filling = 0; filling < FILL_MAX; filling++) {
			struct event sent, got;
			struct value undecoded;
			ssize_t len = send_filled(wire, handlers_table.handlers[h]->type,
						  filling, &sent);

			assert_true(len > 0);
			assert_int_equal(event_decode(wire->buf, (size_t)len,
						      &handlers_table, &wire->arenas[1],
						      &got, &undecoded),
					 0);
			assert_event_equal(&sent, &got);
			assert_int_equal(undecoded.kind, VALUE_NONE);
		}
}

static void numbers_of_every_width_survive(void **state)
{
	struct wire *wire = *state;
	const struct event_type *type = handler_of("memory-failure")->type;

	for (int shift = 0; shift < 64; shift++)
		for (int delta = -1; delta <= 1; delta++) {
			int64_t up =
				(int64_t)((1ULL << shift) + (uint64_t)(int64_t)delta);
			struct value undecoded;
			struct event sent, got;
			ssize_t len;

			event_init(&sent, type);
			sent.detail[0] = value_int(up);
			sent.detail[1] = value_int((int64_t)(0 - (uint64_t)up));
			len = event_encode(&sent, &handlers_table, wire->buf, WIRE_BYTES);
			assert_int_equal(event_decode(wire->buf, (size_t)len,
						      &handlers_table, &wire->arenas[1],
						      &got, &undecoded),
					 0);
			assert_event_equal(&sent, &got);
		}
}

static void a_buffer_too_small_is_never_overrun(void **state)
{
	struct wire *wire = *state;

	for (size_t h = 0; h < handlers_table.n_handlers; h++) {
		struct event event;
		ssize_t len = send_filled(wire, handlers_table.handlers[h]->type,
					  FILL_ORDINARY, &event);

		for (size_t size = 0; size < (size_t)len; size++) {
			uint8_t *small = malloc(size ? size : 1);

			assert_int_equal(
				event_encode(&event, &handlers_table, small, size),
				-ENOBUFS);
			free(small);
		}
	}
}

/* From an allocation of exactly `len` bytes, so that a sanitizer sees what lies outside.
 */
static int decode_exactly(struct wire *wire, size_t len, struct event *event)
{
	uint8_t *copy = malloc(len ? len : 1);
	struct value undecoded;
	char line[EVENT_TEXT_BYTES];
	struct text text = TEXT_IN(line);
	int r;

	if (len)
		memcpy(copy, wire->buf, len);
	arena_reset(&wire->arenas[1]);
	r = event_decode(copy, len, &handlers_table, &wire->arenas[1], event, &undecoded);
	if (r == 0) {
		event_describe(event, &text);
		json_object_put(event_to_json(event));
	}
	free(copy);
	return r;
}

static void messages_cut_anywhere_are_refused(void **state)
{
	struct wire *wire = *state;

	for (size_t h = 0; h < handlers_table.n_handlers; h++) {
		struct event event;
		ssize_t len = send_filled(wire, handlers_table.handlers[h]->type,
					  FILL_ORDINARY, &event);

		for (size_t cut = 0; cut < (size_t)len; cut++)
			assert_int_equal(decode_exactly(wire, cut, &event), -EBADMSG);
		wire->buf[len] = 0;
		assert_int_equal(decode_exactly(wire, (size_t)len + 1, &event), -EBADMSG);
		assert_int_equal(decode_exactly(wire, (size_t)len, &event), 0);
	}
}

static void flipped_bits_harm_nobody(void **state)
{
	struct wire *wire = *state;
	size_t good = 0, bad = 0;

	for (size_t h = 0; h < handlers_table.n_handlers; h++) {
		struct event event;
		ssize_t len = send_filled(wire, handlers_table.handlers[h]->type,
					  FILL_ORDINARY, &event);

		for (size_t bit = 0; bit < 8 * (size_t)len; bit++) {
			int r;

			wire->buf[bit / 8] ^= (uint8_t)(1 << bit % 8);
			r = decode_exactly(wire, (size_t)len, &event);
			assert_true(r == 0 || r == -EBADMSG || r == -ENOBUFS);
			*(r == 0 ? &good : &bad) += 1;
			wire->buf[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
	}
	assert_true(good > 100 && bad > 100); /* numbers change, lengths are refused */
}

static void lists_must_fit_arena_and_message(void **state)
{
	struct wire *wire = *state;
	struct arena small = { wire->room[1], 64, 0 };
	struct value undecoded;
	struct event event, got;
	ssize_t len = send_filled(wire, handler_of("arm")->type, FILL_ORDINARY, &event);

	assert_int_equal(event_decode(wire->buf, (size_t)len, &handlers_table, &small,
				      &got, &undecoded),
			 -ENOBUFS);
	len = send_filled(wire, handler_of("arm")->type, FILL_NOTHING, &event);
	memset(wire->buf + len - 4, 0xff, 4); /* of the last list: 4 G rows */
	assert_int_equal(decode_exactly(wire, (size_t)len, &event), -EBADMSG);
	assert_int_equal(event_decode(wire->buf, (size_t)len, &handlers_table, &small,
				      &got, &undecoded),
			 -EBADMSG);
}

static void unknown_types_keep_head_and_bytes(void **state)
{
	static const struct event_type strange = { .name = "strange" };
	struct wire *wire = *state;
	struct value undecoded;
	struct event sent, got;
	ssize_t len;

	event_init(&sent, NULL);
	sent.id = 7;
	sent.time_ns = 42;
	sent.comm = value_text("who");
	len = event_encode_unknown(&sent, "raw\0bytes", 9, wire->buf, WIRE_BYTES);
	assert_true(len > 0);
	assert_int_equal(event_decode(wire->buf, (size_t)len, &handlers_table,
				      &wire->arenas[1], &got, &undecoded),
			 0);
	assert_null(got.type);
	assert_int_equal(got.id, 7);
	assert_int_equal(got.time_ns, 42);
	assert_text(&got.comm, "who");
	assert_bytes(&undecoded, "raw\0bytes", 9);
	assert_int_equal(
		event_encode_unknown(&sent, "raw", 3, wire->buf, (size_t)len - 7),
		-ENOBUFS);

	/* one that another program's table has, and ours has not */
	event_init(&sent, &strange);
	len = event_encode(&sent, &handlers_table, wire->buf, WIRE_BYTES);
	assert_int_equal(event_decode(wire->buf, (size_t)len, &handlers_table,
				      &wire->arenas[1], &got, &undecoded),
			 0);
	assert_null(got.type);
	assert_bytes(&undecoded, "", 0);
}

/* --- tables --- */

static void types_fit_into_an_event(void **state)
{
	(void)state;
	for (size_t h = 0; h < handlers_table.n_handlers; h++) {
		const struct event_type *type = handlers_table.handlers[h]->type;

		assert_true(type->n_fields <= EVENT_FIELDS_MAX);
		assert_true(type->n_lists <= EVENT_LISTS_MAX);
		assert_non_null(type->describe);
		for (size_t i = 0; i < type->n_fields; i++)
			assert_true(type->fields[i].name || type->fields[i].kernel);
		for (size_t other = 0; other < h; other++)
			assert_string_not_equal(
				type->name, handlers_table.handlers[other]->type->name);
	}
}

static void the_hash_tells_tables_apart(void **state)
{
	const struct handler_table fewer = { handlers_table.handlers,
					     handlers_table.n_handlers - 1 };
	static const struct field one[] = { { .name = "a" }, { .name = "b" } };
	static const struct field other[] = { { .name = "ab" }, { .name = "" } };
	static const struct event_type types[] = {
		{ .name = "t", .fields = one, .n_fields = 2 },
		{ .name = "t", .fields = other, .n_fields = 2 },
	};
	const struct handler handlers[] = { { .type = &types[0] },
					    { .type = &types[1] } };
	const struct handler *const first[] = { &handlers[0] }, *const second[] = {
		&handlers[1]
	};

	(void)state;
	assert_int_equal(handler_table_hash(&handlers_table),
			 handler_table_hash(&handlers_table));
	assert_int_not_equal(handler_table_hash(&handlers_table),
			     handler_table_hash(&fewer));
	assert_int_not_equal(handler_table_hash(&(struct handler_table){ first, 1 }),
			     handler_table_hash(&(struct handler_table){ second, 1 }));
}

static void kinds_have_names(void **state)
{
	(void)state;
	assert_string_equal(severity_name(SEVERITY_INFO), "info");
	assert_string_equal(severity_name(SEVERITY_CORRECTED), "corrected");
	assert_string_equal(severity_name(SEVERITY_DEFERRED), "deferred");
	assert_string_equal(severity_name(SEVERITY_UNCORRECTED), "uncorrected");
	assert_string_equal(severity_name(SEVERITY_FATAL), "fatal");
	for (int i = 0; i < SEVERITY_MAX; i++)
		assert_non_null(severity_name(i));
	for (int i = 0; i < COMPONENT_MAX; i++)
		assert_non_null(component_name(i));
	for (int i = 0; i < ADDRESS_KIND_MAX; i++)
		assert_non_null(address_kind_name(i));
	for (int i = 0; i < EVENT_SOURCE_MAX; i++)
		assert_non_null(event_source_name(i));
	assert_string_equal(severity_name(SEVERITY_MAX), "?");
	assert_string_equal(component_name(255), "?");
	assert_string_equal(address_kind_name(ADDRESS_KIND_MAX), "?");
	assert_string_equal(event_source_name(EVENT_SOURCE_MAX), "?");
}

static void ghes_severities(void **state)
{
	(void)state;
	assert_int_equal(severity_from_ghes(0), SEVERITY_INFO);
	assert_int_equal(severity_from_ghes(1), SEVERITY_CORRECTED);
	assert_int_equal(severity_from_ghes(2), SEVERITY_UNCORRECTED);
	assert_int_equal(severity_from_ghes(3), SEVERITY_FATAL);
	assert_int_equal(severity_from_ghes(4), SEVERITY_UNKNOWN);
	assert_int_equal(severity_from_ghes(UINT_MAX), SEVERITY_UNKNOWN);
}

static void uuids_read_in_the_order_of_their_bytes(void **state)
{
	static const uint8_t dram[GUID_BYTES] = { 0x60, 0x1d, 0xcb, 0xb3, 0x9c, 0x06,
						  0x4e, 0xab, 0xb8, 0xaf, 0x4e, 0x9b,
						  0xfb, 0x5c, 0x96, 0x24 };
	char text[GUID_TEXT_BYTES];

	(void)state;
	assert_string_equal(uuid_to_text(dram, text),
			    "601dcbb3-9c06-4eab-b8af-4e9bfb5c9624");
}

static void guids_read_as_uefi_writes_them(void **state)
{
	static const uint8_t arm[] = { 0x16, 0x3d, 0x9e, 0xe1, 0x11, 0xbc, 0xe4, 0x11,
				       0x9c, 0xaa, 0xc2, 0x05, 0x1d, 0x5d, 0x46, 0xb0 };
	char text[GUID_TEXT_BYTES];

	(void)state;
	assert_string_equal(guid_to_text(arm, text),
			    "e19e3d16-bc11-11e4-9caa-c2051d5d46b0");
}

/* --- JSON --- */

static void assert_keys(struct json_object *object, const char *const *keys, size_t n)
{
	assert_int_equal(json_object_object_length(object), n);
	for (size_t i = 0; i < n; i++)
		if (!json_object_object_get_ex(object, keys[i], NULL))
			fail_msg("no key \"%s\"", keys[i]);
}

static const char *const event_keys[] = {
	"id",	     "time",	"time_last",	"type",		 "severity", "component",
	"count",     "address", "address_kind", "cpu",		 "pid",	     "tgid",
	"uid",	     "comm",	"unit",		"dimm",		 "device",   "confirmed",
	"device_id",
	"synthetic", "message", "source",	"previous_boot", "retold",   "detail"
};

static struct json_object *get(struct json_object *object, const char *key)
{
	struct json_object *value = NULL;

	assert_true(json_object_object_get_ex(object, key, &value));
	return value;
}

static void assert_json(struct json_object *object, const char *key, const char *expected)
{
	assert_string_equal(
		json_object_to_json_string_ext(get(object, key), JSON_C_TO_STRING_PLAIN),
		expected);
}

static void json_of_an_event_without_anything(void **state)
{
	static const char *const absent[] = { "severity", "address", "address_kind",
					      "cpu",	  "pid",     "tgid",
					      "uid",	  "comm",    "unit",
					      "dimm",	  "device",   "device_id" };
	struct json_object *o;
	struct event event;

	(void)state;
	event_init(&event, NULL);
	o = event_to_json(&event);
	assert_keys(o, event_keys, ARRAY_SIZE(event_keys));
	for (size_t i = 0; i < ARRAY_SIZE(absent); i++)
		assert_json(o, absent[i], "null");
	assert_json(o, "type", "\"unknown\"");
	assert_json(o, "detail", "{}");
	assert_json(o, "count", "1");
	assert_json(o, "confirmed", "true");
	assert_json(o, "time", "null");
	json_object_put(o);
}

static void json_numbers_are_numbers(void **state)
{
	static const char *const mc_keys[] = {
		"error_type", "msg",	    "label",	    "error_count",
		"mc_index",   "top_layer",  "middle_layer", "lower_layer",
		"mc_address", "grain_bits", "syndrome",	    "driver_detail"
	};
	struct tracepoint *tp = resolve(&format_mc);
	struct json_object *o, *detail;
	struct decoded decoded;
	struct raw raw;

	(void)state;
	raw_example(&format_mc, &raw);
	assert_int_equal(decode_bytes(tp, raw.bytes, raw.len, 4096, &decoded), 1);
	decoded.event.id = UINT64_MAX;
	decoded.event.cpu = 0;
	decoded.event.uid = 0;
	o = event_to_json(&decoded.event);
	assert_keys(o, event_keys, ARRAY_SIZE(event_keys));
	assert_json(o, "id", "18446744073709551615");
	assert_json(o, "type", "\"mc\"");
	assert_json(o, "severity", "\"corrected\"");
	assert_json(o, "component", "\"memory\"");
	assert_json(o, "count", "3");
	assert_json(o, "address", "\"0x8812345000\"");
	assert_json(o, "address_kind", "\"physical\"");
	assert_json(o, "cpu", "0");
	assert_json(o, "uid", "0");
	assert_json(o, "dimm", "\"DIMM_A1\"");
	assert_json(o, "synthetic", "false");
	detail = get(o, "detail");
	assert_keys(detail, mc_keys, ARRAY_SIZE(mc_keys));
	assert_json(detail, "middle_layer", "-1");
	assert_json(detail, "syndrome", "\"0xbeef\"");
	assert_json(detail, "grain_bits", "12");
	json_object_put(o);
	decoded_free(&decoded);
	tracepoint_free(tp);
}

static void json_lists_are_arrays_of_objects(void **state)
{
	struct tracepoint *tp = resolve(&format_arm);
	struct json_object *o, *detail, *error;
	struct decoded decoded;
	struct raw raw;

	(void)state;
	raw_example(&format_arm, &raw);
	assert_int_equal(decode_bytes(tp, raw.bytes, raw.len, 4096, &decoded), 1);
	o = event_to_json(&decoded.event);
	detail = get(o, "detail");
	assert_int_equal(json_object_array_length(get(detail, "errors")), 2);
	error = json_object_array_get_idx(get(detail, "errors"), 0);
	assert_json(error, "type", "\"cache\"");
	assert_json(error, "validation", "\"0x1f\"");
	assert_json(error, "first_error", "false");
	assert_json(error, "participation", "null");
	assert_json(detail, "registers",
		    "[{\"context\":0,\"name\":\"SCTLR_S\",\"value\":\"0x11\"},"
		    "{\"context\":0,\"name\":\"SPSR_mon\",\"value\":\"0x22\"}]");
	assert_json(detail, "vendor_bytes",
		    "\"000000000000000000000000000000000000000000000000\"");
	assert_json(detail, "lengths_lie", "false");
	json_object_put(o);
	decoded_free(&decoded);
	tracepoint_free(tp);
}

static void json_escapes_what_others_chose(void **state)
{
	static const char comm[] = "\xff\"\\\n\0\xc3\xa9</script>";
	struct json_object *o, *again;
	struct event event;
	const char *text;

	(void)state;
	event_init(&event, NULL);
	event.comm = (struct value){ .kind = VALUE_TEXT, .len = 16, .text = comm };
	o = event_to_json(&event);
	assert_string_equal(json_object_get_string(get(o, "comm")),
			    "\\xff\"\\x5c\\x0a\\x00\\xc3\\xa9</script>");
	text = json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN);
	for (const char *c = text; *c; c++)
		assert_true(*c >= 0x20 && *c < 0x7f);
	again = json_tokener_parse(text);
	assert_non_null(again);
	assert_true(json_object_equal(o, again));
	json_object_put(again);
	json_object_put(o);
}

static void json_of_each_kind_of_value(void **state)
{
	static const struct {
		enum field_kind kind;
		struct value value;
		const char *json;
	} cases[] = {
		{ FIELD_UINT, { .kind = VALUE_INT, .i = -1 }, "18446744073709551615" },
		{ FIELD_INT, { .kind = VALUE_INT, .i = -1 }, "-1" },
		{ FIELD_HEX, { .kind = VALUE_INT, .i = -1 }, "\"0xffffffffffffffff\"" },
		{ FIELD_HEX, { .kind = VALUE_INT, .i = 0 }, "\"0x0\"" },
		{ FIELD_FLAG, { .kind = VALUE_INT, .i = 2 }, "true" },
		{ FIELD_FLAG, { .kind = VALUE_INT, .i = 0 }, "false" },
		{ FIELD_TEXT, { .kind = VALUE_TEXT, .len = 0, .text = "" }, "\"\"" },
		{ FIELD_TEXT, { .kind = VALUE_TEXT, .len = 2, .text = "abc" }, "\"ab\"" },
		{ FIELD_BYTES, { .kind = VALUE_BYTES, .len = 0, .text = "" }, "\"\"" },
		{ FIELD_BYTES,
		  { .kind = VALUE_BYTES, .len = 2, .text = "\x0a\xff" },
		  "\"0aff\"" },
		{ FIELD_TEXT, { .kind = VALUE_NONE }, "null" },
		{ FIELD_TEXT, { .kind = VALUE_INT, .i = 5 }, "5" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct json_object *o = value_to_json(cases[i].kind, &cases[i].value);

		assert_string_equal(json_object_to_json_string(o), cases[i].json);
		json_object_put(o);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_type_goes_there_and_back, new_wire,
						free_wire),
		cmocka_unit_test_setup_teardown(numbers_of_every_width_survive, new_wire,
						free_wire),
		cmocka_unit_test_setup_teardown(a_buffer_too_small_is_never_overrun,
						new_wire, free_wire),
		cmocka_unit_test_setup_teardown(messages_cut_anywhere_are_refused,
						new_wire, free_wire),
		cmocka_unit_test_setup_teardown(flipped_bits_harm_nobody, new_wire,
						free_wire),
		cmocka_unit_test_setup_teardown(lists_must_fit_arena_and_message,
						new_wire, free_wire),
		cmocka_unit_test_setup_teardown(unknown_types_keep_head_and_bytes,
						new_wire, free_wire),
		cmocka_unit_test(types_fit_into_an_event),
		cmocka_unit_test(the_hash_tells_tables_apart),
		cmocka_unit_test(kinds_have_names),
		cmocka_unit_test(ghes_severities),
		cmocka_unit_test(guids_read_as_uefi_writes_them),
		cmocka_unit_test(uuids_read_in_the_order_of_their_bytes),
		cmocka_unit_test(json_of_an_event_without_anything),
		cmocka_unit_test(json_numbers_are_numbers),
		cmocka_unit_test(json_lists_are_arrays_of_objects),
		cmocka_unit_test(json_escapes_what_others_chose),
		cmocka_unit_test(json_of_each_kind_of_value),
	};

	return cmocka_run_group_tests_name("event", tests, NULL, NULL);
}
