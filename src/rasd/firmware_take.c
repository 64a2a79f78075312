// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * All of it is there to be read again at the next start, so each event has a key of what
 * it is made of: a text's lines, a section's bytes. A dump that systemd-pstore has moved
 * meanwhile, or that a second crash of the same boot repeats, gives the same keys.
 */

#include "rasd/firmware_take.h"

#include <stdlib.h>
#include <string.h>

#include "cper/walk.h"
#include "util/hash.h"
#include "util/log.h"

/* CPER_SECTION_TYPE_MCE (include/linux/cper.h): a struct mce of an x86 kernel. */
static const struct guid mce_type =
	GUID(0xfe08ffbe, 0x95e4, 0x4be7, 0xbc, 0x73, 0x40, 0x96, 0x04, 0x4a, 0x38, 0xfc);

/* The kernel's own records, pstore's (drivers/acpi/apei/erst.c): told of as its files. */
static const struct guid pstore_creator =
	GUID(0x75a574e3, 0x5052, 0x4b29, 0x8a, 0x8e, 0xbe, 0x2c, 0x64, 0x90, 0xb8, 0x9d);

/* --- once --- */

static bool has_key(const uint64_t *keys, size_t n, uint64_t key)
{
	for (size_t i = 0; i < n; i++)
		if (keys[i] == key)
			return true;
	return false;
}

static bool is_known(const struct firmware_take *take, uint64_t key)
{
	const struct db_memory *known = take->known;

	return told_has(take->told, key) || has_key(take->keys, take->n_keys, key) ||
	       (known && has_key(known->once,
				 MIN(known->n_once, (uint32_t)DB_MEMORY_ONCE_MAX), key));
}

static void remember(struct firmware_take *take, uint64_t key)
{
	if (take->n_keys == take->room) {
		size_t room = take->room ? 2 * take->room : 64;
		uint64_t *keys = reallocarray(take->keys, room, sizeof(*keys));

		if (!keys)
			return; /* it may be told again, and is not stored then */
		take->keys = keys;
		take->room = room;
	}
	take->keys[take->n_keys++] = key;
}

/*
 * BERT and pstore speak of boots that are over; a record of ERST may be of this one. A
 * time that this boot has not reached yet is a clock that was wrong.
 */
static void place_in_time(const struct firmware_take *take, struct event *event,
			  int64_t own_ns)
{
	if (take->source == SOURCE_ERST && own_ns >= take->began_ns &&
	    own_ns <= take->now_ns) {
		event->time_ns = own_ns;
		event->boottime_ns = own_ns - take->began_ns;
	} else {
		event->flags |= EVENT_PREVIOUS_BOOT;
		event->time_ns =
			own_ns > 0 ? MIN(own_ns, take->began_ns - 1) : take->began_ns - 1;
	}
	event->time_last_ns = event->time_ns;
}

/*
 * Adds an event, unless it was told before. `own_ns` is when it says that it happened, in
 * UTC; 0: it does not. False: there was no room for it, or there are too many.
 */
bool firmware_take_event(struct firmware_take *take, struct event *event, uint64_t key,
			 int64_t own_ns)
{
	key = key ? key : 1;
	if (take->n_keys == FIRMWARE_EVENTS_MAX) {
		take->n_left++;
		take->lost = true;
		return false;
	}
	if (is_known(take, key)) {
		take->n_known++;
		return true;
	}
	event->source = take->source;
	event->once = key;
	place_in_time(take, event, own_ns);
	if (!pipeline_add(take->pipeline, event)) {
		take->lost = true;
		return false;
	}
	remember(take, key);
	return true;
}

void firmware_take_free(struct firmware_take *take)
{
	free(TAKE_PTR(take->keys));
}

/* --- sections --- */

static uint64_t key_of(const struct firmware_take *take,
		       const struct cper_section *section,
		       const struct firmware_item *item)
{
	uint64_t key = hash64_number(HASH64_START, take->source);

	if (take->source == SOURCE_BERT)
		key = hash64(key, take->boot_id, strlen(take->boot_id));
	key = hash64_number(key, item->id);
	key = hash64_number(key, section->record);
	key = hash64_number(key, section->index);
	key = hash64_number(key, section->severity);
	key = hash64(key, &section->type, sizeof(section->type));
	return hash64(key, section->body, section->len);
}

static bool take_section(struct firmware_take *take, const struct cper_section *section,
			 const struct firmware_item *item)
{
	struct pipeline *pipeline = take->pipeline;
	struct event event;

	arena_reset(&pipeline->arena);
	if (cper_section_decode(pipeline->handlers, section, &pipeline->arena, &event) <=
	    0) {
		pipeline->ring->status->undecoded++;
		take->n_torn++;
		return false;
	}
	return firmware_take_event(take, &event, key_of(take, section, item),
				   section->time_ns);
}

static bool is_of_pstore(const struct cper_walk *walk)
{
	return walk->form == CPER_RECORDS &&
	       !memcmp(&walk->head.creator, &pstore_creator, sizeof(pstore_creator));
}

/*
 * Every section of an item that is a record, or a region of blocks. False: not all of it
 * became events; then it is not to be cleared.
 */
bool firmware_take_walk(struct firmware_take *take, const struct firmware_item *item)
{
	const uint8_t *bytes = firmware_item_bytes(item);
	struct cper_section section;
	struct cper_walk walk;
	bool whole = !item->cut;
	int r;

	if (take->source == SOURCE_BERT)
		cper_walk_blocks(&walk, bytes, item->len);
	else
		cper_walk_records(&walk, bytes, item->len);
	while ((r = cper_walk_next(&walk, &section)) > 0) {
		if (take->source == SOURCE_ERST && is_of_pstore(&walk))
			return false;
		section.incomplete |= item->cut;
		whole &= take_section(take, &section, item);
	}
	take->n_torn += r < 0;
	return whole && r == 0;
}

/* What pstore has of a machine check is a struct of its kernel, without any head. */
static bool take_machine_check(struct firmware_take *take,
			       const struct firmware_item *item)
{
	const struct cper_section section = { .type = mce_type,
					      .severity = SEVERITY_UNKNOWN,
					      .body = firmware_item_bytes(item),
					      .len = item->len,
					      .incomplete = item->cut };

	if (item->len >= 4 && !memcmp(section.body, "CPER", 4))
		return firmware_take_walk(take, item);
	return take_section(take, &section, item);
}

/* --- items --- */

/* The item at *at, which moves behind it; NULL: no further one is whole. */
struct firmware_item *firmware_item_next(uint8_t *bytes, size_t len, size_t *at)
{
	struct firmware_item *item = (void *)(bytes + *at);
	size_t room = len - *at;

	if (*at > len || room < sizeof(*item) || room - sizeof(*item) < item->len)
		return NULL;
	*at += MIN(sizeof(*item) + ALIGN_UP((size_t)item->len, (size_t)8), room);
	return item;
}

static bool is_dump(const struct firmware_item *item)
{
	const char *slash = strrchr(item->path, '/');

	return slash && !strncmp(slash, "/dmesg-", 7);
}

/*
 * Items as the reader wrote them, one after another, in memory that is aligned for them.
 * Those that must not be cleared have their `cut` set afterwards.
 */
void firmware_take_items(struct firmware_take *take, uint8_t *bytes, size_t len)
{
	struct firmware_item **dumps = NULL;
	struct firmware_item *item;
	size_t n = 0, n_dumps = 0;

	for (size_t at = 0; firmware_item_next(bytes, len, &at);)
		n++;
	dumps = calloc(n + 1, sizeof(dumps[0]));
	for (size_t at = 0; (item = firmware_item_next(bytes, len, &at));) {
		bool whole = true;

		if (take->source != SOURCE_PSTORE)
			whole = firmware_take_walk(take, item);
		else if (!is_dump(item))
			whole = take_machine_check(take, item);
		else if (dumps)
			dumps[n_dumps++] = item;
		item->cut |= !whole;
	}
	if (n_dumps)
		firmware_take_dumps(take, dumps, n_dumps);
	free(dumps);
}
