// SPDX-License-Identifier: LGPL-2.1-or-later

#include "rasd/kernel_log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <systemd/sd-id128.h>

#include "util/clock.h"
#include "util/log.h"

#define RECORDS_MAX 256		     /* read at once, so that trace rings do not wait */
#define SILENCE_NS  (1 * NS_PER_SEC) /* a record's last line does not say so */
#define HOLD_NS	    (1 * NS_PER_SEC) /* then its tracepoint has been read, if it has one */

/* Goes on where the last process stopped. A negative errno: there is no log to read. */
int kernel_log_open(struct kernel_log *log, const char *path, struct pipeline *pipeline,
		    struct hands *hands)
{
	sd_id128_t boot = SD_ID128_NULL;

	*log = (struct kernel_log){ .pipeline = pipeline, .hands = hands };
	sd_id128_get_boot(&boot);
	memcpy(log->boot, boot.bytes, sizeof(log->boot));
	return kmsg_open(&log->kmsg, path, pipeline->next_log);
}

static void drop(struct held *held)
{
	free(held->section);
	free(held->line);
	*held = (struct held){ 0 };
}

void kernel_log_close(struct kernel_log *log)
{
	for (; log->n_held; log->n_held--)
		drop(&log->held[log->first_held++ % LOG_HELD_MAX]);
	kmsg_close(&log->kmsg);
}

/* --- events ---------------------------------------------------------------------------
 */

/* A decoder of either kind for what is held: 1 if the event is one. */
static int decode(struct kernel_log *log, const struct handler *handler,
		  const struct held *held, struct event *event)
{
	const struct record record = { .page_size = log->pipeline->page_size,
				       .arena = &log->pipeline->arena };

	if (held->section ? !handler->decode_log : !handler->decode_line)
		return 0;
	event_init(event, handler->type);
	if (held->section)
		return handler->decode_log(held->section, record.arena, event);
	return handler->decode_line(&record, held->line, held->len, event);
}

static bool understand(struct kernel_log *log, const struct held *held,
		       struct event *event)
{
	static const struct guid nobodys;
	const struct handler_table *table = log->pipeline->handlers;
	const struct handler *any = handler_of_section(table, &nobodys);

	arena_reset(&log->pipeline->arena);
	for (size_t i = 0; i < table->n_handlers; i++)
		if (table->handlers[i] != any &&
		    decode(log, table->handlers[i], held, event) > 0)
			return true;
	return any && decode(log, any, held, event) > 0;
}

/*
 * What makes it this one of all logs: it is read again after a capture was killed, and
 * whole where the ring that knew the position is gone. Its time does not help: what makes
 * boot time of the log's clock is measured anew for each line, and never quite the same.
 * Drivers number their records each for itself: the source tells them apart.
 */
static uint64_t key_of(const struct kernel_log *log, const struct held *held)
{
	const struct cper_log_section *section = held->section;
	const uint64_t of_line[] = { log->boot[0], log->boot[1], held->seq };

	if (section) {
		const uint64_t of_section[] = { log->boot[0], log->boot[1],
						section->number, section->index,
						section->source };

		return event_identity(section->type, of_section, ARRAY_SIZE(of_section));
	}
	return event_identity("kernel-log", of_line, ARRAY_SIZE(of_line));
}

/* It has the time of its record's first line: the last may have been long after. */
static void become_event(struct kernel_log *log, const struct held *held)
{
	struct db_link link = { .kind = LINK_RETOLD, .evidence = EVIDENCE_NONE };
	struct event event;

	if (!understand(log, held, &event))
		return;
	event.source = SOURCE_LOG;
	event.boottime_ns = held->boottime_ns;
	event.once = key_of(log, held);
	if (told_has(log->hands->told, event.once))
		return;
	link.from = twins_take(log->hands->twins, &event);
	if (link.from)
		event.flags |= EVENT_RETOLD;
	if (!pipeline_add(log->pipeline, &event))
		return;
	if (log->n_new == ARRAY_SIZE(log->new_keys)) {
		/* before the event they are not told: a capture may end in between */
		pipeline_publish(log->pipeline);
		kernel_log_published(log);
	}
	log->new_keys[log->n_new++] = event.once;
	link.to = event.id;
	if (link.from)
		pipeline_tell_or_count(log->pipeline, MESSAGE_LINK, &link, sizeof(link));
}

/* What was added is there for whoever comes after us: it is not told again. */
void kernel_log_published(struct kernel_log *log)
{
	for (; log->n_new; log->n_new--)
		told_add(log->hands->told, log->new_keys[log->n_new - 1]);
}

/* --- held back ------------------------------------------------------------------------
 */

static void release_first(struct kernel_log *log)
{
	struct held *held = &log->held[log->first_held];

	become_event(log, held);
	drop(held);
	log->first_held = (log->first_held + 1) % LOG_HELD_MAX;
	log->n_held--;
}

/* What finds no room, or no memory, is not held back: then it may count twice. */
static void hold(struct kernel_log *log, struct held *held)
{
	if (!held->section && !held->line)
		return;
	if (log->n_held == LOG_HELD_MAX)
		release_first(log);
	log->held[(log->first_held + log->n_held++) % LOG_HELD_MAX] = *held;
}

static void hold_section(struct kernel_log *log, const struct cper_log_section *section,
			 uint64_t seq)
{
	size_t size = offsetof(struct cper_log_section, lines) +
		      section->n_lines * sizeof(section->lines[0]);
	struct held held = { .section = malloc(size),
			     .seq = log->open_seq ? log->open_seq : seq,
			     .boottime_ns = section->time_ns };

	if (held.section)
		memcpy(held.section, section, size);
	else
		become_event(log, &(struct held){ .section = (void *)section,
						  .boottime_ns = section->time_ns });
	hold(log, &held);
}

/* Most lines are nobody's: they are not copied. */
static void hold_line(struct kernel_log *log, const struct kmsg_record *record)
{
	struct held held = { .line = (char *)record->text,
			     .len = record->len,
			     .seq = record->seq,
			     .boottime_ns = record->boottime_ns };
	struct event event;

	if (!understand(log, &held, &event))
		return;
	held.line = malloc(record->len ? record->len : 1);
	if (held.line) {
		memcpy(held.line, record->text, record->len);
	} else {
		held.line = (char *)record->text;
		become_event(log, &held);
		held.line = NULL;
	}
	hold(log, &held);
}

/* --- lines ----------------------------------------------------------------------------
 */

/*
 * Lines before `log_done` had their immediate effect in an earlier process; what it held
 * back is held back again.
 */
static void take_line(struct kernel_log *log, const struct kmsg_record *record,
		      int64_t now)
{
	struct cper_log_section section;
	enum cper_log_result result;

	log->assembler.time_ns = record->boottime_ns;
	do {
		result = cper_log_line(&log->assembler, record->text, record->len,
				       &section);
		if (result == CPER_LOG_SECTION)
			hold_section(log, &section, record->seq);
	} while (result == CPER_LOG_SECTION);
	if (result != CPER_LOG_OTHER) {
		log->last_line_ns = now;
		return;
	}
	hold_line(log, record);
	if (record->seq >= log->pipeline->log_done)
		hands_see_line(log->hands, record->text, record->len,
			       record->boottime_ns);
}

/* Where the next process should begin, and what will be done by then. */
static void note_position(struct kernel_log *log, uint64_t before)
{
	uint64_t next = log->kmsg.next_seq;

	if (!cper_log_is_open(&log->assembler))
		log->open_seq = 0;
	else if (!log->open_seq)
		log->open_seq = before;
	log->pipeline->log_done = MAX(log->pipeline->log_done, next);
	if (log->open_seq)
		next = log->open_seq;
	for (size_t i = 0; i < log->n_held; i++)
		next = MIN(next, log->held[(log->first_held + i) % LOG_HELD_MAX].seq);
	log->pipeline->next_log = next;
}

void kernel_log_take(struct kernel_log *log, const struct kmsg_record *record,
		     int64_t now)
{
	/* anybody who may write to it can make lines of another facility */
	if (record->facility == 0)
		take_line(log, record, now);
	note_position(log, record->seq);
}

/*
 * Reads what there is at the boot time `now`. True: there is more. Afterwards, publish.
 */
bool kernel_log_read(struct kernel_log *log, int64_t now)
{
	struct kmsg_record record;
	int r = 0;

	for (int i = 0; i < RECORDS_MAX; i++) {
		r = kmsg_read(&log->kmsg, &record);
		if (r <= 0)
			break;
		kernel_log_take(log, &record, now);
	}
	if (r < 0)
		log_warning("the kernel's log cannot be read: %s", strerror(-r));
	if (log->kmsg.lost != log->told_lost) {
		log->pipeline->log_lost += log->kmsg.lost - log->told_lost;
		log->told_lost = log->kmsg.lost;
		log->pipeline->losses_grew = true;
	}
	return r > 0;
}

/* The boot time at which kernel_log_tick() has something to do; INT64_MAX: none. */
int64_t kernel_log_due_ns(const struct kernel_log *log)
{
	int64_t due = INT64_MAX;

	if (cper_log_is_open(&log->assembler))
		due = log->last_line_ns + SILENCE_NS;
	if (log->n_held)
		due = MIN(due, log->held[log->first_held].boottime_ns + HOLD_NS);
	return due;
}

static void end_records(struct kernel_log *log)
{
	struct cper_log_section section;

	while (cper_log_end(&log->assembler, &section))
		hold_section(log, &section, log->kmsg.next_seq);
}

/* Ends records that wait in silence, releases what was held long enough. Then publish. */
void kernel_log_tick(struct kernel_log *log, int64_t now)
{
	if (cper_log_is_open(&log->assembler) && log->last_line_ns + SILENCE_NS <= now)
		end_records(log);
	while (log->n_held && log->held[log->first_held].boottime_ns + HOLD_NS <= now)
		release_first(log);
	note_position(log, log->open_seq);
}

/* All that is complete: nothing more will be traced. */
void kernel_log_release(struct kernel_log *log)
{
	while (log->n_held)
		release_first(log);
	note_position(log, log->open_seq);
}
