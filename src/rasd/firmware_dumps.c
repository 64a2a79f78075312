// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Dumps of the kernel's log. A backend with small records has one in parts, a file each,
 * of which the first has the log's end.
 */

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "cper/kernel_dump.h"
#include "rasd/firmware_take.h"
#include "util/hash.h"

struct part {
	struct firmware_item *item;
	const char *directory; /* the item's path, and … */
	size_t directory_len;  /* … so much of it */
	struct dump_head head;
};

/* A file without the line that says what it is, is a dump of its own. */
static void parse_part(struct firmware_item *item, struct part *ret)
{
	const char *slash = strrchr(item->path, '/');

	*ret = (struct part){ .item = item,
			      .directory = item->path,
			      .directory_len = slash ? (size_t)(slash - item->path) : 0 };
	dump_head_parse((const char *)firmware_item_bytes(item), item->len, &ret->head);
}

static int compare_directories(const struct part *a, const struct part *b)
{
	size_t len = MIN(a->directory_len, b->directory_len);
	int r = memcmp(a->directory, b->directory, len);

	if (r || a->directory_len == b->directory_len)
		return r;
	return a->directory_len < b->directory_len ? -1 : 1;
}

#define COMPARE(a, b) (((a) > (b)) - ((a) < (b)))

/* The parts of one dump side by side, in the order they were written. Files that were
 * moved have the time of that, each its own. */
static int compare_parts(const void *x, const void *y)
{
	const struct part *a = x, *b = y;
	int r = compare_directories(a, b);

	r = r ? r : strcmp(a->head.reason, b->head.reason);
	r = r ? r : COMPARE(a->head.count, b->head.count);
	if (!a->item->archived)
		r = r ? r : COMPARE(a->item->time_ns, b->item->time_ns);
	r = r ? r : COMPARE(a->head.part, b->head.part);
	return r ? r : strcmp(a->item->path, b->item->path);
}

static bool begins_dump(const struct part *before, const struct part *part)
{
	return compare_directories(before, part) ||
	       strcmp(before->head.reason, part->head.reason) ||
	       before->head.count != part->head.count ||
	       part->head.part <= before->head.part;
}

/* --- events --- */

static uint64_t key_of(const struct firmware_take *take,
		       const struct cper_log_section *section)
{
	uint64_t key = hash64_number(HASH64_START, take->source);

	key = hash64_number(key, section->number);
	key = hash64_number(key, section->source);
	key = hash64_number(key, section->index);
	key = hash64_number(key, section->severity);
	key = hash64_number(key, (uint64_t)section->time_ns);
	key = hash64(key, section->type, strlen(section->type) + 1);
	for (size_t i = 0; i < section->n_lines; i++)
		key = hash64(key, section->lines[i], strlen(section->lines[i]) + 1);
	return key;
}

/* What there is to decode: one of them. */
struct piece {
	const struct cper_log_section *section;
	const struct dump_line *line;
};

/* Of another boot, whose pages are taken to have been as large as ours are. */
static int decode(const struct firmware_take *take, const struct handler *handler,
		  const struct piece *piece, struct event *event)
{
	const struct record record = { .page_size = take->pipeline->page_size,
				       .arena = &take->pipeline->arena };

	if (piece->section ? !handler->decode_log : !handler->decode_line)
		return 0;
	event_init(event, handler->type);
	arena_reset(record.arena);
	if (piece->section)
		return handler->decode_log(piece->section, record.arena, event);
	return handler->decode_line(&record, piece->line->text, piece->line->len, event);
}

static bool understand(const struct firmware_take *take, const struct piece *piece,
		       struct event *event)
{
	static const struct guid nobodys;
	const struct handler_table *table = take->pipeline->handlers;
	const struct handler *any = handler_of_section(table, &nobodys);

	for (size_t i = 0; i < table->n_handlers; i++)
		if (table->handlers[i] != any &&
		    decode(take, table->handlers[i], piece, event) > 0)
			return true;
	return any && decode(take, any, piece, event) > 0;
}

/* `offset_ns`: what makes UTC of the dump's clock. */
static bool take_section(struct firmware_take *take,
			 const struct cper_log_section *section, int64_t offset_ns)
{
	struct event event;

	if (!understand(take, &(struct piece){ .section = section }, &event)) {
		take->n_torn++;
		return false;
	}
	event.boottime_ns = section->time_ns;
	return firmware_take_event(take, &event, key_of(take, section),
				   offset_ns + section->time_ns);
}

/* Most lines are nobody's. */
static bool take_line(struct firmware_take *take, const struct dump_line *line,
		      int64_t offset_ns, bool *any)
{
	uint64_t key = hash64_number(HASH64_START, take->source);
	struct event event;

	if (!understand(take, &(struct piece){ .line = line }, &event))
		return true;
	*any = true;
	event.boottime_ns = MAX(line->time_ns, (int64_t)0);
	key = hash64_number(key, (uint64_t)line->time_ns);
	return firmware_take_event(take, &event, hash64(key, line->text, line->len),
				   offset_ns + event.boottime_ns);
}

/* False: nothing came of it, or not all that there is. */
static bool take_text(struct firmware_take *take, const struct part *parts, size_t n,
		      const char *text, size_t len)
{
	int64_t end_ns = MAX(kernel_dump_end_ns(text, len), (int64_t)0), offset_ns = 0;
	enum kernel_dump_result result;
	struct cper_log_section section;
	bool any = false, whole = true;
	struct kernel_dump dump;
	struct dump_line line;

	for (size_t i = 0; i < n; i++)
		offset_ns = MAX(offset_ns, parts[i].item->time_ns);
	offset_ns = MIN(offset_ns, take->began_ns - 1) - end_ns;
	kernel_dump_begin(&dump, &parts[0].head, n, text, len);
	while ((result = kernel_dump_next(&dump, &section, &line)) != DUMP_END) {
		if (result == DUMP_SECTION)
			whole &= take_section(take, &section, offset_ns);
		else
			whole &= take_line(take, &line, offset_ns, &any);
		any |= result == DUMP_SECTION;
	}
	return any && whole;
}

static bool take_dump(struct firmware_take *take, const struct part *parts, size_t n)
{
	_cleanup_(free_ptr) char *text = NULL;
	size_t len = 0;

	for (size_t i = 0; i < n; i++)
		len += parts[i].item->len;
	text = malloc(len + 1);
	len = 0;
	for (size_t i = n; text && i-- > 0;) {
		size_t skip = parts[i].head.len, part_len = parts[i].item->len - skip;

		memcpy(text + len, firmware_item_bytes(parts[i].item) + skip, part_len);
		len += part_len;
	}
	return text && take_text(take, parts, n, text, len);
}

/* Puts together what belongs together. Of what became no events, `cut` is set. */
void firmware_take_dumps(struct firmware_take *take, struct firmware_item *const *items,
			 size_t n)
{
	struct part *parts = calloc(n, sizeof(*parts));
	size_t from = 0;

	for (size_t i = 0; parts && i < n; i++)
		parse_part(items[i], &parts[i]);
	if (parts)
		qsort(parts, n, sizeof(*parts), compare_parts);
	for (size_t to = 1; parts && to <= n; to++) {
		if (to < n && !begins_dump(&parts[to - 1], &parts[to]))
			continue;
		if (!take_dump(take, parts + from, to - from))
			for (size_t i = from; i < to; i++)
				parts[i].item->cut = 1;
		from = to;
	}
	free(parts);
}
