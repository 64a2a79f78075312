// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * The kernel prints a record with the format that stands beside its fields
 * (include/ras/ras_event.h, include/trace/events/{signal,block}.h). Read backwards that
 * gives the fields' values, and the handler makes of them what it makes of a record's. In
 * a pattern "%c{field}" is a field of the kernel's, `c` says what it looks like:
 *
 *	d	a number			x	the same in hex
 *	s	text, spaces around it left out	c	text as it is
 *	b	bytes, spaces between them	g	16 bytes, as a GUID
 *	w	the kernel's word for a number that is not printed
 *	n	a power of two, the field has the exponent
 *	e	EDAC's word for an error type	D	a disk's numbers
 *	v	AER's word for a severity	S	its words for status bits
 *	T	a TLP's header
 *
 * A field lasts until the characters that follow it in the pattern; one that no handler
 * knows is left out.
 */

#include "rasctl/trace_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rasctl/trace_text_private.h"
#include "util/clock.h"
#include "util/macro.h"

#define NUMBER_DIGITS  24
#define DEV_MINOR_BITS 20 /* of the kernel's own dev_t */

struct pattern {
	const char *mark; /* what comes in front */
	const char *event;
	const char *text;
};

#define MC_EVENT                                                                          \
	"%d{error_count} %e{error_type} error%s{}:%s{msg} on %s{label} (mc:%d{mc_index} " \
	"location:%d{top_layer}:%d{middle_layer}:%d{lower_layer} address:%x{address} "    \
	"grain:%n{grain_bits} syndrome:%x{syndrome}"

#define AER_EVENT(severity_)                                   \
	"%c{dev_name} %c{bus_type}" severity_ ", %S{status}, " \
	"TLP Header=%T{tlp_header}"

static const struct pattern patterns[] = {
	{ "memory_failure_event: ", "memory_failure_event",
	  "pfn %x{pfn}: recovery action for %w{type}: %w{result}" },
	{ "arm_event: ", "arm_event",
	  "cpu: %d{cpu}; error: %d{sev}; affinity level: %d{affinity}; MPIDR: %x{mpidr}; "
	  "MIDR: %x{midr}; running state: %d{running_state}; PSCI state: %d{psci_state}; "
	  "ARM Processor Err Info data len: %d{pei_len}; ARM Processor Err Info raw "
	  "data: %b{pei_buf}; ARM Processor Err Context Info data len: %d{ctx_len}; ARM "
	  "Processor Err Context Info raw data: %b{ctx_buf}; Vendor Specific Err Info "
	  "data len: %d{oem_len}; Vendor Specific Err Info raw data: %b{oem_buf}" },
	{ "arm_event: ", "arm_event",
	  "affinity level: %d{affinity}; MPIDR: %x{mpidr}; MIDR: %x{midr}; running "
	  "state: %d{running_state}; PSCI state: %d{psci_state}" },
	{ "non_standard_event: ", "non_standard_event",
	  "severity: %d{sev}; sec type:%g{sec_type}; FRU: %g{fru_id} %s{fru_text}; data "
	  "len:%d{len}; raw data:%b{buf}" },
	{ "mc_event: ", "mc_event", MC_EVENT ")" },
	{ "mc_event: ", "mc_event", MC_EVENT " %s{driver_detail})" },
	{ "aer_event: ", "aer_event",
	  AER_EVENT(" Bus Error: severity=%v{severity} non-fatal") },
	{ "aer_event: ", "aer_event", AER_EVENT(" Bus Error: severity=%v{severity}") },
	{ "signal_generate: ", "signal_generate",
	  "sig=%d{sig} errno=%d{errno} code=%d{code} comm=%c{comm} pid=%d{pid} "
	  "grp=%d{group} res=%d{result}" },
	{ "block_rq_error: ", "block_rq_error",
	  "%D{dev} %s{rwbs} (%s{cmd}) %d{sector} + %d{nr_sector} %s{}[%d{error}]" },
};

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

struct span span_trim(struct span span)
{
	while (span.at < span.end && is_space(*span.at))
		span.at++;
	while (span.end > span.at && is_space(span.end[-1]))
		span.end--;
	return span;
}

/* --- what a field looks like --- */

bool span_number(struct span span, int base, int64_t *ret)
{
	char digits[NUMBER_DIGITS], *end;
	size_t len = (size_t)(span.end - span.at);

	if (!len || len >= sizeof(digits) || is_space(*span.at))
		return false;
	memcpy(digits, span.at, len);
	digits[len] = '\0';
	errno = 0;
	*ret = *digits == '-' ? strtoll(digits, &end, base) :
				(int64_t)strtoull(digits, &end, base);
	return !errno && !*end && end != digits;
}

static int take_decimal(struct match *match, struct span span, struct value *ret)
{
	int64_t n;

	(void)match;
	if (!span_number(span_trim(span), 10, &n))
		return -EBADMSG;
	*ret = value_int(n);
	return 0;
}

static int take_hex(struct match *match, struct span span, struct value *ret)
{
	int64_t n;

	(void)match;
	if (!span_number(span_trim(span), 16, &n))
		return -EBADMSG;
	*ret = value_int(n);
	return 0;
}

static int take_text(struct match *match, struct span span, struct value *ret)
{
	(void)match;
	*ret = (struct value){ .kind = VALUE_TEXT,
			       .len = (uint32_t)(span.end - span.at),
			       .text = span.at };
	return 0;
}

static int take_trimmed(struct match *match, struct span span, struct value *ret)
{
	return take_text(match, span_trim(span), ret);
}

static int hex_of(char c)
{
	const char *digits = "0123456789abcdef",
		   *at = c ? strchr(digits, c | 0x20) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* Two digits a byte; `between` them is nothing or one of these characters. */
static int take_digits(struct match *match, struct span span, const char *between,
		       struct value *ret)
{
	size_t room = (size_t)(span.end - span.at) / 2, n = 0;
	uint8_t *bytes = arena_take(match->arena, room);

	if (!bytes)
		return -ENOBUFS;
	while (span.at < span.end) {
		if (strchr(between, *span.at) && *span.at) {
			span.at++;
			continue;
		}
		if (span.end - span.at < 2)
			break; /* the line was cut */
		if (hex_of(span.at[0]) < 0 || hex_of(span.at[1]) < 0)
			return -EBADMSG;
		bytes[n++] = (uint8_t)(hex_of(span.at[0]) << 4 | hex_of(span.at[1]));
		span.at += 2;
	}
	*ret = value_bytes(bytes, n);
	return 0;
}

static int take_bytes(struct match *match, struct span span, struct value *ret)
{
	return take_digits(match, span_trim(span), " ,", ret);
}

/* The kernel prints these in the order in which they lie in memory. */
static int take_guid(struct match *match, struct span span, struct value *ret)
{
	int r = take_digits(match, span_trim(span), "-", ret);

	return r < 0 ? r : ret->len == GUID_BYTES ? 0 : -EBADMSG;
}

static int take_power(struct match *match, struct span span, struct value *ret)
{
	int64_t n;

	(void)match;
	if (!span_number(span_trim(span), 10, &n) || n <= 0 || (n & (n - 1)))
		return -EBADMSG;
	*ret = value_int(__builtin_ctzll((uint64_t)n));
	return 0;
}

bool span_is_word(struct span span, const char *word)
{
	size_t len = strlen(word);

	return (size_t)(span.end - span.at) == len && !memcmp(span.at, word, len);
}

/* mc_event_error_type(), include/linux/edac.h */
static int take_edac_type(struct match *match, struct span span, struct value *ret)
{
	static const char *const words[] = { "Corrected", "Uncorrected", "Deferred",
					     "Fatal", "Info" };

	(void)match;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (span_is_word(span, words[i])) {
			*ret = value_int((int64_t)i);
			return 0;
		}
	return -EBADMSG;
}

static int take_device(struct match *match, struct span span, struct value *ret)
{
	const char *comma = memchr(span.at, ',', (size_t)(span.end - span.at));
	int64_t major, minor;

	(void)match;
	if (!comma || !span_number((struct span){ span.at, comma }, 10, &major) ||
	    !span_number((struct span){ comma + 1, span.end }, 10, &minor))
		return -EBADMSG;
	*ret = value_int((int64_t)((uint64_t)major << DEV_MINOR_BITS | (uint64_t)minor));
	return 0;
}

static const struct {
	char letter;
	int (*take)(struct match *match, struct span span, struct value *ret);
} kinds[] = {
	{ 'd', take_decimal },
	{ 'x', take_hex },
	{ 's', take_trimmed },
	{ 'c', take_text },
	{ 'b', take_bytes },
	{ 'g', take_guid },
	{ 'v', trace_take_aer_severity },
	{ 'S', trace_take_status },
	{ 'T', trace_take_tlp },
	{ 'n', take_power },
	{ 'e', take_edac_type },
	{ 'D', take_device },
};

/* --- a pattern --- */

/* Where the kernel's field goes; EVENT_FIELDS_MAX: nobody wants it. */
size_t match_index(const struct match *match, const char *name, size_t len)
{
	const struct event_type *type = match->handler->type;

	for (size_t i = 0; i < type->n_fields; i++)
		if (type->fields[i].kernel && strlen(type->fields[i].kernel) == len &&
		    !memcmp(type->fields[i].kernel, name, len))
			return i;
	return EVENT_FIELDS_MAX;
}

/* The number behind a word is not in the text: the word stands for any. */
static int take_word(struct match *match, size_t field, struct span span)
{
	struct span word = span_trim(span);
	char *copy = arena_copy_text(match->arena, word.at, (size_t)(word.end - word.at));

	if (!copy)
		return -ENOBUFS;
	if (field < EVENT_FIELDS_MAX) {
		match->symbols[field] = (struct symbol){ .text = copy };
		match->tables[field] = (struct symbol_table){ &match->symbols[field], 1 };
	}
	return 0;
}

static int take_field(struct match *match, char letter, const char *name, size_t len,
		      struct span span)
{
	size_t field = match_index(match, name, len);
	struct value value = { .kind = VALUE_NONE };
	int r = -EBADMSG;

	if (letter == 'w')
		return take_word(match, field, span);
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (kinds[i].letter == letter)
			r = kinds[i].take(match, span, &value);
	if (r >= 0 && field < EVENT_FIELDS_MAX)
		match->event->detail[field] = value;
	return r;
}

static const char *find(struct span in, const char *what, size_t len, bool last)
{
	const char *found = NULL;

	for (const char *at = in.at; (size_t)(in.end - at) >= len; at++)
		if (!memcmp(at, what, len)) {
			found = at;
			if (!last)
				break;
		}
	return found;
}

/*
 * Up to where a field goes, by what follows it in the pattern. What is at the pattern's
 * end is looked for from the line's. NULL: it is not there.
 */
static const char *field_end(struct span line, const char *rest)
{
	size_t len = strcspn(rest, "%");

	return len ? find(line, rest, len, !rest[len]) : line.end;
}

/* Whether the line goes on with the pattern's characters, which are skipped. */
static bool skip_literal(struct span *line, const char **pattern)
{
	size_t len = strcspn(*pattern, "%");

	if ((size_t)(line->end - line->at) < len || memcmp(line->at, *pattern, len))
		return false;
	line->at += len;
	*pattern += len;
	return true;
}

/* The last field that is there may be cut, if it is of bytes: its length is told. */
static int match_pattern(struct match *match, const char *pattern, struct span line)
{
	while (skip_literal(&line, &pattern)) {
		char letter = *pattern ? pattern[1] : '\0';
		const char *name = pattern + 3, *end;
		size_t len;
		int r;

		if (!letter)
			return 0;
		len = strcspn(name, "}");
		pattern = name + len + 1;
		end = field_end(line, pattern);
		if (!end && letter != 'b')
			return -EBADMSG;
		r = take_field(match, letter, name, len,
			       (struct span){ line.at, end ? end : line.end });
		if (r < 0 || !end)
			return r;
		line.at = end;
	}
	return -EBADMSG;
}

/* --- a line --- */

static const struct handler *handler_of(const struct handler_table *table,
					const char *event)
{
	for (size_t i = 0; i < table->n_handlers; i++)
		for (size_t n = 0; n < HANDLER_TRACEPOINTS_MAX; n++) {
			const char *name = table->handlers[i]->tracepoints[n].name;

			if (name && !strcmp(strchr(name, ':') + 1, event))
				return table->handlers[i];
		}
	return NULL;
}

/* " 37.253237: " in front of the name, of the trace clock; 0: it is not there. */
static int64_t time_before(struct span prefix)
{
	struct span text = span_trim(prefix);
	const char *start;
	double seconds;
	char number[NUMBER_DIGITS] = "";

	if (text.end > text.at && text.end[-1] == ':')
		text.end--;
	start = text.end;
	while (start > text.at && (strchr("0123456789.", start[-1])))
		start--;
	if ((size_t)(text.end - start) >= sizeof(number) || start == text.end)
		return 0;
	memcpy(number, start, (size_t)(text.end - start));
	seconds = strtod(number, NULL);
	return seconds < 9e9 ? (int64_t)(seconds * (double)NS_PER_SEC) : 0;
}

/* "comm-123 [000]": whose context it was; 0: it is not told. */
static int32_t pid_before(struct span prefix)
{
	const char *bracket = find(prefix, "[", 1, false);
	struct span text;
	const char *start;
	int64_t pid;

	if (!bracket)
		return 0;
	text = span_trim((struct span){ prefix.at, bracket });
	start = text.end;
	while (start > text.at && start[-1] >= '0' && start[-1] <= '9')
		start--;
	if (start == text.at || start[-1] != '-' ||
	    !span_number((struct span){ start, text.end }, 10, &pid) || pid > INT32_MAX)
		return 0;
	return (int32_t)pid;
}

static int decode(struct match *match, struct span prefix, uint64_t page_size,
		  const struct handler_table *handlers)
{
	const struct record record = { .symbols = match->tables,
				       .page_size = page_size ? page_size : 1,
				       .common_pid = pid_before(prefix),
				       .arena = match->arena,
				       .handlers = handlers };
	int r = match->handler->decode(&record, match->event);

	if (!page_size && match->event->type->role == ROLE_MEMORY_FAILURE) {
		match->event->address_kind = ADDRESS_NONE; /* only the page's number */
		match->event->address_mask = 0;
	}
	return r;
}

static const char *problem_of(struct span text)
{
	return span_is_word(text, "[LINE TOO BIG]") ?
		       "left out by the kernel, which found it too long to print" :
		       "not of a form that a kernel is known to print";
}

/* `at`: where the pattern's mark is in the line. */
static int try_pattern(struct match *match, const struct pattern *pattern,
		       struct span line, const char *at, struct trace_text *ret_text)
{
	struct span text =
		span_trim((struct span){ at + strlen(pattern->mark), line.end });
	int r;

	event_init(match->event, match->handler->type);
	memset(match->tables, 0, sizeof(match->tables));
	r = match_pattern(match, pattern->text, text);
	ret_text->what = pattern->event;
	ret_text->problem = r == -EBADMSG ? problem_of(text) : NULL;
	return r;
}

/* A tracepoint that rasd records, and whose text nobody here reads: said, not passed
 * over. */
static void find_other(const struct handler_table *table, struct span line,
		       struct trace_text *ret)
{
	for (size_t i = 0; i < table->n_handlers; i++)
		for (size_t n = 0; n < HANDLER_TRACEPOINTS_MAX; n++) {
			const char *name = table->handlers[i]->tracepoints[n].name;
			const char *event = name ? strchr(name, ':') + 1 : "";
			const char *at = find(line, event, strlen(event), false);

			if (!strchr(event, '_') || !at || at == line.at ||
			    at[-1] != ' ' ||
			    line.end - at < (ptrdiff_t)strlen(event) + 2 ||
			    memcmp(at + strlen(event), ": ", 2))
				continue;
			ret->what = event;
			ret->problem = "a tracepoint whose text is not decoded here, "
				       "only its records are";
		}
}

int trace_text_decode(const struct handler_table *handlers, const char *line, size_t len,
		      uint64_t page_size, struct arena *arena, struct event *ret,
		      struct trace_text *ret_text)
{
	struct span whole = { line, line + len };
	struct match match = { .event = ret, .arena = arena };

	*ret_text = (struct trace_text){ 0 };
	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++) {
		const struct pattern *pattern = &patterns[i];
		const char *at = find(whole, pattern->mark, strlen(pattern->mark), false);
		struct span prefix = { line, at };
		int r;

		match.handler = at ? handler_of(handlers, pattern->event) : NULL;
		if (!match.handler)
			continue;
		r = try_pattern(&match, pattern, whole, at, ret_text);
		if (r == -EBADMSG)
			continue;
		r = r < 0 ? r : decode(&match, prefix, page_size, handlers);
		ret->boottime_ns = time_before(prefix);
		return r;
	}
	if (!ret_text->what)
		find_other(handlers, whole, ret_text);
	return ret_text->problem ? -EBADMSG : 0;
}
