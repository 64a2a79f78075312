// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Only lines of the kernel's own facility count: anybody who may write to /dev/kmsg can
 * make others, and what he wrote lies in the dump beside them.
 */

#include "cper/kernel_dump.h"

#include <inttypes.h>
#include <limits.h>
#include <string.h>

#include "util/clock.h"
#include "util/macro.h"
#include "util/text.h"

#define LINES_BEFORE   16 /* the message: what led to it */
#define FACILITY_SHIFT 3

/* --- lines --- */

struct cursor {
	const char *at, *end;
};

static bool skip(struct cursor *c, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(c->end - c->at) < len || memcmp(c->at, word, len))
		return false;
	c->at += len;
	return true;
}

static bool take_number(struct cursor *c, uint64_t *ret)
{
	const char *start = c->at;
	uint64_t n = 0;

	for (; c->at < c->end && *c->at >= '0' && *c->at <= '9'; c->at++) {
		if (n > (UINT64_MAX - 9) / 10)
			return false;
		n = n * 10 + (uint64_t)(*c->at - '0');
	}
	*ret = n;
	return c->at > start;
}

/* Whether the text opens with the line of a dump. `ret` is untouched if not. */
bool dump_head_parse(const char *text, size_t len, struct dump_head *ret)
{
	struct cursor c = { text, text + len };
	struct dump_head head = { .reason = "" };
	size_t n = 0;

	while (c.at + n < c.end && c.at[n] >= 'A' && c.at[n] <= 'z')
		n++;
	if (!n || n >= sizeof(head.reason))
		return false;
	memcpy(head.reason, c.at, n);
	c.at += n;
	if (!skip(&c, "#") || !take_number(&c, &head.count) || !skip(&c, " Part") ||
	    !take_number(&c, &head.part) || !skip(&c, "\n"))
		return false;
	head.len = (size_t)(c.at - text);
	*ret = head;
	return true;
}

/* "[   12.345678]", and with CONFIG_PRINTK_CALLER "[   T1]" behind it. */
static void take_time(struct cursor *c, struct dump_line *line)
{
	struct cursor ahead = *c;
	uint64_t sec, usec;

	if (!skip(&ahead, "["))
		return;
	while (skip(&ahead, " "))
		;
	if (!take_number(&ahead, &sec) || !skip(&ahead, ".") ||
	    !take_number(&ahead, &usec) || !skip(&ahead, "]") || usec >= 1000000 ||
	    sec > INT64_MAX / 2 / NS_PER_SEC)
		return;
	line->time_ns = (int64_t)(sec * NS_PER_SEC + usec * 1000);
	*c = ahead;
	if (skip(&ahead, "[")) {
		while (ahead.at < ahead.end && *ahead.at != ']')
			ahead.at++;
		if (skip(&ahead, "] "))
			*c = ahead;
	}
	skip(c, " ");
}

/*
 * The line that the text begins with. Returns its length with its end. One without a
 * level is of nobody that is known: its facility is UINT_MAX.
 */
size_t dump_line_parse(const char *text, size_t len, struct dump_line *ret)
{
	const char *newline = memchr(text, '\n', len);
	struct cursor c = { text, newline ? newline : text + len };
	uint64_t level;

	*ret = (struct dump_line){ .facility = UINT_MAX, .time_ns = -1 };
	if (skip(&c, "<") && take_number(&c, &level) && skip(&c, ">")) {
		ret->facility =
			(unsigned int)MIN(level >> FACILITY_SHIFT, (uint64_t)UINT_MAX);
		take_time(&c, ret);
	} else {
		c.at = text;
	}
	while (c.end > c.at && (c.end[-1] == '\r' || c.end[-1] == '\0'))
		c.end--;
	ret->text = c.at;
	ret->len = (size_t)(c.end - c.at);
	return newline ? (size_t)(newline - text) + 1 : len;
}

/* The time of the last line that has one: about that of the crash; -1: none has. */
int64_t kernel_dump_end_ns(const char *text, size_t len)
{
	struct dump_line line;
	int64_t last = -1;

	for (size_t at = 0; at < len;) {
		at += dump_line_parse(text + at, len - at, &line);
		if (line.time_ns >= 0)
			last = line.time_ns;
	}
	return last;
}

/* --- sections that are made here --- */

static void begin_section(struct cper_log_section *section, const char *type,
			  int64_t time_ns)
{
	section->number = 0;
	section->source = UINT_MAX;
	section->index = 0;
	section->severity = SEVERITY_UNKNOWN;
	copy_text(section->type, sizeof(section->type), type);
	section->time_ns = MAX(time_ns, (int64_t)0);
	section->n_lines = section->n_lines_lost = 0;
}

static void add_line(struct cper_log_section *section, const char *name, const char *text,
		     size_t len)
{
	struct text out;

	if (section->n_lines == CPER_LOG_LINES_MAX)
		return;
	out = TEXT_IN(section->lines[section->n_lines]);
	section->lines[section->n_lines++][0] = '\0';
	text_add(&out, "%s: %.*s", name, (int)MIN(len, (size_t)CPER_LOG_LINE_BYTES),
		 text);
}

static const char *find(const char *from, const char *end, const char *words)
{
	return from < end ? memmem(from, (size_t)(end - from), words, strlen(words)) :
			    NULL;
}

/* --- the crash --- */

static bool is_crash(const struct dump_head *head)
{
	static const char *const reasons[] = { "Panic", "Oops", "Emergency" };

	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++)
		if (!strcmp(head->reason, reasons[i]))
			return true;
	return false;
}

/* How a line begins that says why a kernel ended, the best of them first. */
static const char *const messages[] = { "Kernel panic - not syncing: ",
					"Internal error: ",
					"Oops: ",
					"kernel BUG at ",
					"BUG: ",
					"Unable to handle kernel " };

/* Messages of panics and oopses that hardware caused: arch/arm64/kernel/traps.c,
 * arch/arm64/mm/fault.c, drivers/acpi/apei/ghes.c, arch/x86/kernel/cpu/mce. */
static const char *const hardware_words[] = {
	"ardware error",
	"SError",
	"ynchronous external abort",
	"achine check",
	"ncorrected error",
	"nrecoverable error",
	"emory failure",
	"ynchronous parity or ECC error",
};

static size_t rank_of(const struct dump_line *line)
{
	struct cursor c = { line->text, line->text + line->len };
	size_t i = 0;

	if (line->facility != 0)
		return ARRAY_SIZE(messages);
	while (i < ARRAY_SIZE(messages) && !skip(&c, messages[i]))
		i++;
	return i;
}

/* Where the line of the message begins; SIZE_MAX: there is none. */
static size_t find_message(const struct kernel_dump *dump, struct dump_line *ret)
{
	size_t best = ARRAY_SIZE(messages), found = SIZE_MAX;
	struct dump_line line;

	for (size_t at = 0; at < dump->len;) {
		size_t len = dump_line_parse(dump->text + at, dump->len - at, &line);
		size_t rank = rank_of(&line);

		/* of several, the last: the others did not end it */
		if (rank < ARRAY_SIZE(messages) && rank <= best) {
			best = rank;
			found = at;
			*ret = line;
		}
		at += len;
	}
	return found;
}

/* The beginning of the line that is so many lines before `at`. */
static size_t lines_before(const struct kernel_dump *dump, size_t at, unsigned int n)
{
	while (at && n--) {
		at--;
		while (at && dump->text[at - 1] != '\n')
			at--;
	}
	return at;
}

static void add_log(const struct kernel_dump *dump, size_t at,
		    struct cper_log_section *section)
{
	struct dump_line line;

	at = lines_before(dump, at, LINES_BEFORE);
	while (at < dump->len && section->n_lines < CPER_LOG_LINES_MAX) {
		at += dump_line_parse(dump->text + at, dump->len - at, &line);
		if (line.facility == 0)
			add_line(section, "log", line.text, line.len);
	}
}

static void add_count(struct cper_log_section *section, const char *name, uint64_t n)
{
	char text[24];

	add_line(section, name, text,
		 (size_t)snprintf(text, sizeof(text), "%" PRIu64, n));
}

static bool tell_crash(struct kernel_dump *dump, struct cper_log_section *ret)
{
	struct dump_line line = { .time_ns = -1 };
	size_t at;

	dump->crash_told = true;
	if (!is_crash(&dump->head))
		return false;
	at = find_message(dump, &line);
	begin_section(ret, DUMP_CRASH, line.time_ns >= 0 ? line.time_ns : dump->last_ns);
	add_line(ret, "reason", dump->head.reason, strlen(dump->head.reason));
	add_count(ret, "count", dump->head.count);
	add_count(ret, "parts", dump->n_parts);
	if (at != SIZE_MAX)
		add_line(ret, "message", line.text, line.len);
	for (size_t i = 0; at != SIZE_MAX && i < ARRAY_SIZE(hardware_words); i++)
		if (find(line.text, line.text + line.len, hardware_words[i])) {
			add_line(ret, "hardware", "1", 1);
			break;
		}
	add_log(dump, at == SIZE_MAX ? dump->len : at, ret);
	return true;
}

/* --- one after another --- */

/* `text` is borrowed. The log of such a dump may begin in the middle of a record. */
void kernel_dump_begin(struct kernel_dump *dump, const struct dump_head *head,
		       uint64_t n_parts, const char *text, size_t len)
{
	*dump = (struct kernel_dump){
		.text = text, .len = len, .head = *head, .n_parts = n_parts, .last_ns = -1
	};
}

/* One of the kernel's own lines: DUMP_LINE, or as cper_log_line() has it. */
static enum kernel_dump_result take_line(struct kernel_dump *dump,
					 const struct dump_line *line,
					 struct cper_log_section *ret)
{
	dump->last_ns = MAX(dump->last_ns, line->time_ns);
	dump->log.time_ns = MAX(line->time_ns, (int64_t)0);
	switch (cper_log_line(&dump->log, line->text, line->len, ret)) {
	case CPER_LOG_SECTION:
		return DUMP_SECTION;
	case CPER_LOG_OTHER:
		return DUMP_LINE;
	case CPER_LOG_TAKEN:
		break;
	}
	return DUMP_END;
}

/* What is next in it. Of the two, only what the result names is touched. */
enum kernel_dump_result kernel_dump_next(struct kernel_dump *dump,
					 struct cper_log_section *ret_section,
					 struct dump_line *ret_line)
{
	while (dump->at < dump->len) {
		enum kernel_dump_result result = DUMP_END;
		struct dump_line line;
		size_t len = dump_line_parse(dump->text + dump->at, dump->len - dump->at,
					     &line);

		if (line.facility == 0)
			result = take_line(dump, &line, ret_section);
		if (result == DUMP_SECTION)
			return result; /* the line is given again */
		dump->at += len;
		if (result == DUMP_LINE) {
			*ret_line = line;
			return result;
		}
	}
	if (cper_log_end(&dump->log, ret_section) ||
	    (!dump->crash_told && tell_crash(dump, ret_section)))
		return DUMP_SECTION;
	return DUMP_END;
}
