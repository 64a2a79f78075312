// SPDX-License-Identifier: LGPL-2.1-or-later

#include "rasd/kernel_log.h"

#include <errno.h>
#include <string.h>

#include "util/log.h"

#define RECORDS_MAX 256 /* read at once, so that trace rings do not wait */

/* Goes on where the last process stopped. A negative errno: there is no log to read. */
int kernel_log_open(struct kernel_log *log, const char *path, struct pipeline *pipeline,
		    struct hands *hands)
{
	*log = (struct kernel_log){ .pipeline = pipeline, .hands = hands };
	return kmsg_open(&log->kmsg, path, pipeline->next_log);
}

void kernel_log_close(struct kernel_log *log)
{
	kmsg_close(&log->kmsg);
}

/* It has the time of its record's first line: the last may have been long after. */
static void take_section(struct kernel_log *log, const struct cper_log_section *section)
{
	const struct handler_table *table = log->pipeline->handlers;
	struct event event;

	for (size_t i = 0; i < table->n_handlers; i++) {
		const struct handler *handler = table->handlers[i];

		if (!handler->decode_log)
			continue;
		event_init(&event, handler->type);
		event.source = SOURCE_LOG;
		event.boottime_ns = section->time_ns;
		arena_reset(&log->pipeline->arena);
		if (handler->decode_log(section, &log->pipeline->arena, &event) > 0) {
			pipeline_add(log->pipeline, &event);
			return;
		}
	}
}

/*
 * Lines before `log_done` had their effect in an earlier process: they only complete what
 * comes behind them.
 */
static void take_line(struct kernel_log *log, const struct kmsg_record *record)
{
	bool done = record->seq < log->pipeline->log_done;
	struct cper_log_section section;
	enum cper_log_result result;

	log->assembler.time_ns = record->boottime_ns;
	do {
		result = cper_log_line(&log->assembler, record->text, record->len,
				       &section);
		if (result == CPER_LOG_SECTION && !done)
			take_section(log, &section);
	} while (result == CPER_LOG_SECTION);
	log->n_lines += result != CPER_LOG_OTHER;
	if (result == CPER_LOG_OTHER && !done)
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
	log->pipeline->next_log = log->open_seq ? log->open_seq : next;
	log->pipeline->log_done = MAX(log->pipeline->log_done, next);
}

/* Reads what there is. True: there is more. Afterwards, publish. */
bool kernel_log_read(struct kernel_log *log)
{
	struct kmsg_record record;
	int r = 0;

	for (int i = 0; i < RECORDS_MAX; i++) {
		r = kmsg_read(&log->kmsg, &record);
		if (r <= 0)
			break;
		/* anybody who may write to it can make lines of another facility */
		if (record.facility == 0)
			take_line(log, &record);
		note_position(log, record.seq);
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

/* Whether a record waits for more lines: nothing may follow it for hours. */
bool kernel_log_is_open(const struct kernel_log *log)
{
	return cper_log_is_open(&log->assembler);
}

/* It has waited long enough. */
void kernel_log_end(struct kernel_log *log)
{
	struct cper_log_section section;

	while (cper_log_end(&log->assembler, &section))
		take_section(log, &section);
	note_position(log, 0);
}
