// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Text that the kernel made: its log, however it was copied (dmesg, journalctl,
 * /dev/kmsg, a serial console), and its trace. What is in front of the kernel's own words
 * gives the time, if it has one, and may show that somebody else wrote them.
 */

#include "rasctl/decoder.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>

#include "cper/dump.h"
#include "cper/log.h"
#include "cper/section.h"
#include "event/acts.h"
#include "locate/log_line.h"
#include "rasctl/acts_view.h"
#include "rasctl/log_prefix.h"
#include "rasctl/trace_text.h"
#include "util/clock.h"
#include "util/text.h"

#define MARK	      "[Hardware Error]: "
#define FAILURE_MARK  "Memory failure: "
#define LINE_BYTES    1024
#define VICTIMS_MAX   64
#define SECTION_BYTES (CPER_LOG_LINES_MAX * CPER_LOG_LINE_BYTES)
#define BERT_NUMBER   0 /* of the record that the log shows at boot: GHES count from 1 */

/* Whom the kernel sent a signal, before it says of which page. */
struct victim {
	uint64_t pfn;
	struct json_object *hits;
	size_t line;
};

struct log_decoder {
	struct decoder *decoder;
	const char *text;
	size_t len;
	size_t line;	/* from 1 */
	const char *at; /* where it begins */
	struct cper_log log;
	struct victim victims[VICTIMS_MAX];
	size_t n_victims;
	size_t n_unknown, first_unknown; /* lines of hardware errors that nobody takes */
	size_t n_others, first_other;	 /* such lines that are not the kernel's */
};

static size_t line_of(const struct log_decoder *log, size_t offset)
{
	size_t n = 1;

	for (size_t i = 0; i < offset && i < log->len; i++)
		n += log->text[i] == '\n';
	return n;
}

static const char *find(const char *at, const char *end, const char *what)
{
	return memmem(at, (size_t)(end - at), what, strlen(what));
}

/* --- sections --- */

/* The time that stands in front of the line at `offset`. */
static void set_time(const struct log_decoder *log, size_t offset, struct event *event)
{
	const char *at = log->text + offset;
	const char *end = memchr(at, '\n', log->len - offset);
	struct log_prefix prefix;

	log_prefix_parse(at, (size_t)((end ? end : log->text + log->len) - at), &prefix);
	event->boottime_ns = prefix.boottime_ns;
	event->time_ns = event->time_last_ns = prefix.utc_ns;
}

static void show_section(struct log_decoder *log, const struct cper_log_section *section,
			 struct event *event)
{
	char where[64];
	size_t offset = (size_t)section->time_ns;

	set_time(log, offset, event);
	if (section->number == BERT_NUMBER)
		event->flags |= EVENT_PREVIOUS_BOOT;
	snprintf(where, sizeof(where), "line %zu, section %u", line_of(log, offset),
		 section->index);
	decoder_show(log->decoder, event, where, NULL);
}

static bool try_handlers(struct log_decoder *log, const struct cper_log_section *section)
{
	const struct handler_table *table = log->decoder->handlers;

	for (size_t i = 0; i < table->n_handlers; i++) {
		const struct handler *handler = table->handlers[i];
		struct event event;

		/* by its name alone nothing is decoded: that is said below */
		if (!handler->decode_log || handler->any_section)
			continue;
		event_init(&event, handler->type);
		arena_reset(&log->decoder->arena);
		if (handler->decode_log(section, &log->decoder->arena, &event) <= 0)
			continue;
		show_section(log, section, &event);
		return true;
	}
	return false;
}

/* The lines of an unknown section's bytes, as one text. */
static void join_lines(const struct cper_log_section *section, struct text *text)
{
	for (size_t i = 0; i < section->n_lines; i++)
		if (strspn(section->lines[i], "0123456789abcdef") == 8)
			text_add(text, "%s\n", section->lines[i]);
}

static bool bytes_of(const struct cper_log_section *log_section,
		     struct cper_section *section, struct arena *arena)
{
	const char *claimed = cper_log_value(log_section, "section length");
	char *lines = malloc(SECTION_BYTES);
	struct text text = { .at = lines, .size = SECTION_BYTES };
	struct dump dump = { .size = 16 * CPER_LOG_LINES_MAX };

	dump.bytes = arena_take(arena, dump.size);
	if (!lines || !dump.bytes) {
		free(lines);
		return false;
	}
	*lines = '\0';
	join_lines(log_section, &text);
	/* words of four bytes, as the machine has them: all that report so are
	 * little-endian */
	if (dump_parse(text.at, text.len, true, &dump) == -ENODATA)
		dump.len = 0;
	free(lines);
	section->body = dump.bytes;
	section->len = dump.len;
	section->incomplete = !claimed || strtoull(claimed, NULL, 16) != dump.len;
	return true;
}

/* "section type: unknown, GUID", and its bytes. */
static bool try_bytes(struct log_decoder *log, const struct cper_log_section *text)
{
	struct cper_section section = { .severity = text->severity,
					.has_place = true,
					.record = text->number,
					.index = text->index,
					.fru_text = cper_log_value(text, "fru_text") };
	const char *fru_id = cper_log_value(text, "fru_id");
	struct arena *arena = &log->decoder->arena;
	struct guid fru;
	struct event event;

	arena_reset(arena);
	if (guid_from_text(text->type, &section.type) < 0 ||
	    !bytes_of(text, &section, arena))
		return false;
	section.fru_text_len = section.fru_text ? strlen(section.fru_text) : 0;
	if (fru_id && guid_from_text(fru_id, &fru) >= 0)
		section.fru_id = &fru;
	if (cper_section_decode(log->decoder->handlers, &section, arena, &event) <= 0)
		return false;
	show_section(log, text, &event);
	return true;
}

static void take_section(struct log_decoder *log, const struct cper_log_section *section)
{
	log->decoder->found = true;
	if (try_handlers(log, section) || try_bytes(log, section))
		return;
	decoder_complain(log->decoder,
			 "line %zu, section %u: nothing here decodes a section \"%s\" "
			 "from the log",
			 line_of(log, (size_t)section->time_ns), section->index,
			 section->type);
}

static bool is_open(const struct log_decoder *log, uint64_t number)
{
	for (size_t i = 0; i < CPER_LOG_RECORDS_MAX; i++) {
		const struct cper_log_record *record = &log->log.records[i];

		if (record->open && record->has_section &&
		    record->section.number == number)
			return true;
	}
	return false;
}

static void give_line(struct log_decoder *log, const char *line, size_t len)
{
	static struct cper_log_section section;

	while (cper_log_line(&log->log, line, len, &section) == CPER_LOG_SECTION)
		take_section(log, &section);
}

/*
 * An excerpt may begin with what says a section's type: what comes in front of it is made
 * up, with a severity that is not known.
 */
static void open_section(struct log_decoder *log, uint64_t number, const char *text,
			 const char *end)
{
	char line[64];

	if (is_open(log, number) ||
	    (!find(text, end, "section_type: ") && !find(text, end, "section type: ")))
		return;
	snprintf(line, sizeof(line), "{%" PRIu64 "}" MARK " Error 0, type: unknown",
		 number);
	give_line(log, line, strlen(line));
}

/* "{1}[Hardware Error]: …"; of BERT's records, without the number. */
static bool take_record_line(struct log_decoder *log, const char *text, const char *end)
{
	char line[LINE_BYTES + 8];
	const char *words = find(text, end, MARK);
	uint64_t number = BERT_NUMBER;
	int len;

	if (!words)
		return false;
	if (*text == '{')
		number = strtoull(text + 1, NULL, 10);
	else if (words != text)
		return false;
	words += strlen(MARK);
	log->log.time_ns = log->at - log->text; /* where, and from that when */
	open_section(log, number, words, end);
	len = snprintf(line, sizeof(line), "{%" PRIu64 "}" MARK "%.*s", number,
		       (int)(end - words), words);
	give_line(log, line, (size_t)MIN(len, (int)sizeof(line) - 1));
	return true;
}

/* --- memory failures and their victims --- */

static void show_failure(struct log_decoder *log, struct event *event, size_t line,
			 struct json_object *hits)
{
	char where[32];

	set_time(log, (size_t)(log->at - log->text), event);
	snprintf(where, sizeof(where), "line %zu", line);
	decoder_show(log->decoder, event, where, hits);
}

static struct json_object *take_hits(struct log_decoder *log, uint64_t pfn)
{
	for (size_t i = 0; i < log->n_victims; i++)
		if (log->victims[i].pfn == pfn) {
			struct json_object *hits = log->victims[i].hits;

			log->victims[i] = log->victims[--log->n_victims];
			return hits;
		}
	return NULL;
}

/* Nothing says what became of the page: the victims are shown all the same. */
static void show_victims(struct log_decoder *log, struct victim *victim)
{
	char line[64];
	struct trace_text text;
	struct event event;

	snprintf(line, sizeof(line),
		 "memory_failure_event: pfn %#" PRIx64 ": recovery action for ?: ?",
		 victim->pfn);
	arena_reset(&log->decoder->arena);
	if (trace_text_decode(log->decoder->handlers, line, strlen(line),
			      log->decoder->options->page_bytes, &log->decoder->arena,
			      &event, &text) > 0)
		show_failure(log, &event, victim->line, TAKE_PTR(victim->hits));
}

static void note_victim(struct log_decoder *log, const struct victim_line *line)
{
	struct db_hit hit = { .pid = line->tid, .uid = -1, .evidence = EVIDENCE_LOG };
	struct json_object *hits = take_hits(log, line->pfn), *o;
	struct victim *victim;
	char comm[sizeof(hit.comm)];

	snprintf(comm, sizeof(comm), "%.*s", (int)line->comm_len, line->comm);
	copy_text(hit.comm, sizeof(hit.comm), comm);
	hit.address = line->pfn * log->decoder->options->page_bytes;
	o = hit_to_json(&hit);
	json_object_object_add(o, "time", NULL);
	if (log->n_victims == VICTIMS_MAX)
		show_victims(log, &log->victims[--log->n_victims]);
	victim = &log->victims[log->n_victims++];
	*victim = (struct victim){ .pfn = line->pfn,
				   .line = log->line,
				   .hits = hits ? hits : json_object_new_array() };
	json_object_array_add(victim->hits, o);
}

static uint64_t pfn_of(const struct event *event)
{
	for (size_t i = 0; i < event->type->n_fields; i++)
		if (event->type->fields[i].name &&
		    !strcmp(event->type->fields[i].name, "pfn"))
			return value_as_uint(&event->detail[i]);
	return 0;
}

static void take_trace_line(struct log_decoder *log, const char *line, size_t len)
{
	struct trace_text text;
	struct event event;
	char where[32];
	int r;

	arena_reset(&log->decoder->arena);
	r = trace_text_decode(log->decoder->handlers, line, len,
			      log->decoder->options->page_bytes, &log->decoder->arena,
			      &event, &text);
	if (text.problem)
		decoder_complain(log->decoder, "line %zu: this %s is %s", log->line,
				 text.what, text.problem);
	if (r <= 0)
		return;
	snprintf(where, sizeof(where), "line %zu", log->line);
	decoder_show(log->decoder, &event, where, NULL);
}

/* --- other lines --- */

/* An address that goes by the page's size is not known without it. */
static int decode_line(struct decoder *decoder, const struct handler *handler,
		       const char *line, size_t len, struct event *ret)
{
	uint64_t size = decoder->options->page_bytes;
	struct record record = { .page_size = size ? size : 1, .arena = &decoder->arena };
	struct event other;
	int r;

	arena_reset(&decoder->arena);
	if (!size) {
		const struct record larger = { .page_size = 2, .arena = record.arena };

		event_init(&other, handler->type);
		if (handler->decode_line(&larger, line, len, &other) <= 0)
			return 0;
	}
	event_init(ret, handler->type);
	r = handler->decode_line(&record, line, len, ret);
	if (!size && ret->address_mask != other.address_mask) {
		ret->address_kind = ADDRESS_NONE;
		ret->address_mask = 0;
	}
	return r;
}

/* A line that is an event by itself. */
static bool understand_line(struct decoder *decoder, const char *line, size_t len,
			    struct event *ret)
{
	const struct handler_table *table = decoder->handlers;

	for (size_t i = 0; i < table->n_handlers; i++)
		if (table->handlers[i]->decode_line &&
		    decode_line(decoder, table->handlers[i], line, len, ret) > 0)
			return true;
	return false;
}

static bool take_event_line(struct log_decoder *log, const char *text, size_t len)
{
	struct json_object *hits = NULL;
	struct event event;

	if (!understand_line(log->decoder, text, len, &event))
		return false;
	if (event.type->role == ROLE_MEMORY_FAILURE)
		hits = take_hits(log, pfn_of(&event));
	show_failure(log, &event, log->line, hits);
	return true;
}

static bool take_victim_line(struct log_decoder *log, const char *text, size_t len)
{
	struct victim_line victim;

	if (!victim_line_parse(text, len, &victim))
		return false;
	note_victim(log, &victim);
	return true;
}

/* --- lines --- */

static void count(size_t *n, size_t *first, size_t line)
{
	if (!(*n)++)
		*first = line;
}

static void take_line(struct log_decoder *log, const char *line, size_t len)
{
	char text[LINE_BYTES];
	struct log_prefix prefix;
	size_t text_len;
	bool is_ours =
		find(line, line + len, MARK) || find(line, line + len, FAILURE_MARK);

	log_prefix_parse(line, len, &prefix);
	if (prefix.is_foreign) {
		if (is_ours)
			count(&log->n_others, &log->first_other, log->line);
		return;
	}
	text_len = log_text_copy(prefix.text, prefix.len, prefix.is_escaped, text,
				 sizeof(text));
	if (take_record_line(log, text, text + text_len) ||
	    take_victim_line(log, text, text_len) || take_event_line(log, text, text_len))
		return;
	if (is_ours)
		count(&log->n_unknown, &log->first_unknown, log->line);
	else
		take_trace_line(log, line, len);
}

static void finish(struct log_decoder *log)
{
	static struct cper_log_section section;

	while (cper_log_end(&log->log, &section))
		take_section(log, &section);
	while (log->n_victims)
		show_victims(log, &log->victims[--log->n_victims]);
	if (log->n_unknown)
		decoder_note(
			log->decoder,
			"%zu lines of hardware errors are of no kind that is decoded "
			"from the log, line %zu first",
			log->n_unknown, log->first_unknown);
	if (log->n_others)
		decoder_note(log->decoder,
			     "%zu lines look like the kernel's and are not: left out, "
			     "line %zu first",
			     log->n_others, log->first_other);
	log->decoder->found |= log->n_unknown || log->n_others;
}

void decoder_take_log(struct decoder *decoder, const char *text, size_t len)
{
	struct log_decoder *log = calloc(1, sizeof(*log));
	const char *end = text + len;

	if (!log)
		return;
	log->decoder = decoder;
	log->text = text;
	log->len = len;
	for (const char *at = text; at < end;) {
		const char *line_end = memchr(at, '\n', (size_t)(end - at));

		log->at = at;
		log->line++;
		take_line(log, at, (size_t)((line_end ? line_end : end) - at));
		at = line_end ? line_end + 1 : end;
	}
	finish(log);
	free(log);
}

static bool has_event_line(struct decoder *decoder, const char *text, size_t len)
{
	const char *end = text + len;

	while (text < end) {
		const char *line_end = memchr(text, '\n', (size_t)(end - text));
		struct log_prefix prefix;
		struct trace_text trace;
		struct event event;

		line_end = line_end ? line_end : end;
		arena_reset(&decoder->arena);
		trace_text_decode(decoder->handlers, text, (size_t)(line_end - text), 0,
				  &decoder->arena, &event, &trace);
		if (trace.what)
			return true;
		log_prefix_parse(text, (size_t)(line_end - text), &prefix);
		if (!prefix.is_foreign &&
		    understand_line(decoder, prefix.text, prefix.len, &event))
			return true;
		text = line_end + 1;
	}
	return false;
}

/* Whether there is a line for it; else it may be a dump. */
bool decoder_is_log(struct decoder *decoder, const char *text, size_t len)
{
	static const char *const marks[] = { "}" MARK,
					     FAILURE_MARK,
					     "section_type: ",
					     "section type: ",
					     MARK "event severity",
					     "_event: ",
					     "signal_generate: ",
					     "block_rq_error: " };

	for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
		if (find(text, text + len, marks[i]))
			return true;
	return has_event_line(decoder, text, len);
}
