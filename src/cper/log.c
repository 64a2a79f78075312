// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * What the kernel prints of a firmware record, one line a printk:
 *
 *	{1}[Hardware Error]: Hardware error from APEI Generic Hardware Error Source: 0
 *	{1}[Hardware Error]: event severity: corrected
 *	{1}[Hardware Error]:  imprecise tstamp: 2026-01-01 12:00:00
 *	{1}[Hardware Error]:  Error 0, type: corrected
 *	{1}[Hardware Error]:  fru_text: A1
 *	{1}[Hardware Error]:   section_type: memory error
 *	{1}[Hardware Error]:   physical_address: 0x0000001234567000
 *
 * The indentation says what a line belongs to: none the record, one space a section's
 * head, more its body. Nothing marks the end: it is known by what comes next, or by
 * silence. Sources that are polled or have an interrupt share a lock while they print;
 * those that notify as an NMI would (SEA, SDEI) do not take it, so that lines of two CPUs
 * may alternate, with nothing but the number to keep them apart.
 *
 * The prefix must open the line. What a user can put into a line of the kernel's own
 * facility (a process's name, 15 bytes) comes behind words of the kernel and is shorter
 * than the prefix.
 */

#include "cper/log.h"

#include <limits.h>
#include <string.h>

#include "util/macro.h"
#include "util/text.h"

#define MARK	     "}[Hardware Error]: "
#define SOURCE_WORDS "Hardware error from APEI Generic Hardware Error Source: "

/* A line without its prefix and its indentation. */
struct line {
	uint64_t number;
	size_t depth; /* spaces that it is indented with */
	const char *text;
	size_t len;
};

/* Skips `word` where the text starts with it. */
static bool skip(const char **at, const char *end, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(end - *at) < len || memcmp(*at, word, len))
		return false;
	*at += len;
	return true;
}

static bool skip_number(const char **at, const char *end, uint64_t max, uint64_t *ret)
{
	const char *p = *at;
	uint64_t n = 0;

	for (; p < end && *p >= '0' && *p <= '9'; p++) {
		uint64_t digit = (uint64_t)(*p - '0');

		if (n > (max - digit) / 10)
			return false;
		n = n * 10 + digit;
	}
	if (p == *at)
		return false;
	*at = p;
	*ret = n;
	return true;
}

static bool parse_prefix(const char *bytes, size_t len, struct line *ret)
{
	const char *at = bytes, *end = bytes + len;

	if (!skip(&at, end, "{") || !skip_number(&at, end, UINT64_MAX, &ret->number) ||
	    !skip(&at, end, MARK))
		return false;
	ret->depth = 0;
	while (skip(&at, end, " "))
		ret->depth++;
	while (end > at && end[-1] == ' ')
		end--;
	ret->text = at;
	ret->len = (size_t)(end - at);
	return true;
}

static bool starts(const struct line *line, const char *words)
{
	const char *at = line->text;

	return skip(&at, line->text + line->len, words);
}

/* cper_severity_str(), drivers/firmware/efi/cper.c */
static enum severity severity_of(const char *word, size_t len)
{
	static const struct {
		const char *word;
		enum severity severity;
	} words[] = { { "recoverable", SEVERITY_UNCORRECTED },
		      { "fatal", SEVERITY_FATAL },
		      { "corrected", SEVERITY_CORRECTED },
		      { "info", SEVERITY_INFO } };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strlen(words[i].word) == len && !memcmp(words[i].word, word, len))
			return words[i].severity;
	return SEVERITY_UNKNOWN;
}

/* "Error 0, type: corrected" */
static bool parse_error_line(const struct line *line, unsigned int *ret_index,
			     enum severity *ret_severity)
{
	const char *at = line->text, *end = line->text + line->len;
	uint64_t index;

	if (line->depth != 1 || !skip(&at, end, "Error ") ||
	    !skip_number(&at, end, UINT_MAX, &index) || !skip(&at, end, ", type: "))
		return false;
	*ret_index = (unsigned int)index;
	*ret_severity = severity_of(at, (size_t)(end - at));
	return true;
}

/* A section's time stamp comes in front of it: "precise tstamp: 2026-01-01 12:00:00". */
static bool is_time_stamp(const struct line *line)
{
	return line->depth == 1 &&
	       (starts(line, "precise tstamp:") || starts(line, "imprecise tstamp:"));
}

static bool is_first_of_record(const struct line *line)
{
	return line->depth == 0 && starts(line, "Hardware error ");
}

/* --- records --- */

static void begin_section(struct cper_log_record *record)
{
	record->has_section = false;
	record->section.severity = SEVERITY_UNKNOWN;
	record->section.index = 0;
	record->section.type[0] = '\0';
	record->section.n_lines = 0;
	record->section.n_lines_lost = 0;
}

/* Gives the section out, if the record has one. */
static bool end_section(struct cper_log_record *record, struct cper_log_section *ret)
{
	if (!record->has_section)
		return false;
	*ret = record->section;
	begin_section(record);
	return true;
}

static bool end_record(struct cper_log_record *record, struct cper_log_section *ret)
{
	record->open = false;
	return end_section(record, ret);
}

static struct cper_log_record *find(struct cper_log *log, uint64_t number)
{
	for (size_t i = 0; i < CPER_LOG_RECORDS_MAX; i++)
		if (log->records[i].open && log->records[i].section.number == number)
			return &log->records[i];
	return NULL;
}

/* NULL: none is open. */
static struct cper_log_record *find_oldest(struct cper_log *log)
{
	struct cper_log_record *oldest = NULL;

	for (size_t i = 0; i < CPER_LOG_RECORDS_MAX; i++)
		if (log->records[i].open &&
		    (!oldest || log->records[i].order < oldest->order))
			oldest = &log->records[i];
	return oldest;
}

/* NULL: there is no room, and `ret` has the last section of one that had to make some. */
static struct cper_log_record *begin_record(struct cper_log *log, uint64_t number,
					    struct cper_log_section *ret)
{
	struct cper_log_record *record = NULL;

	for (size_t i = 0; i < CPER_LOG_RECORDS_MAX && !record; i++)
		if (!log->records[i].open)
			record = &log->records[i];
	if (!record) {
		record = find_oldest(log);
		if (end_record(record, ret))
			return NULL;
	}
	record->open = true;
	record->order = ++log->n_begun;
	record->section.number = number;
	record->section.time_ns = log->time_ns;
	record->section.source = UINT_MAX;
	begin_section(record);
	return record;
}

/* --- lines --- */

static void copy_line(char *to, size_t size, const char *from, size_t len)
{
	len = MIN(len, size - 1);
	memcpy(to, from, len);
	to[len] = '\0';
}

/* "section_type: memory error"; "section type: unknown, GUID" */
static bool take_type(struct cper_log_section *section, const struct line *line)
{
	const char *at = line->text, *end = line->text + line->len;

	if (line->depth < 2 || section->type[0] ||
	    (!skip(&at, end, "section_type: ") &&
	     !skip(&at, end, "section type: unknown, ")))
		return false;
	copy_line(section->type, sizeof(section->type), at, (size_t)(end - at));
	return true;
}

static void take_source(struct cper_log_section *section, const struct line *line)
{
	const char *at = line->text, *end = line->text + line->len;
	uint64_t source;

	if (skip(&at, end, SOURCE_WORDS) &&
	    skip_number(&at, end, UINT_MAX - 1, &source) && at == end)
		section->source = (unsigned int)source;
}

static void keep(struct cper_log_section *section, const struct line *line)
{
	if (section->n_lines < CPER_LOG_LINES_MAX)
		copy_line(section->lines[section->n_lines++], CPER_LOG_LINE_BYTES,
			  line->text, line->len);
	else
		section->n_lines_lost++;
}

static void take(struct cper_log_record *record, const struct line *line)
{
	struct cper_log_section *section = &record->section;
	enum severity severity;
	unsigned int index;

	if (line->depth == 0) {
		take_source(section, line);
	} else if (parse_error_line(line, &index, &severity)) {
		record->has_section = true;
		section->index = index;
		section->severity = severity;
	} else if (is_time_stamp(line) ||
		   (record->has_section && !take_type(section, line))) {
		keep(section, line);
	}
}

/* Whether the line begins something, so that the section before it is complete. */
static bool ends_section(const struct line *line)
{
	enum severity severity;
	unsigned int index;

	return is_time_stamp(line) || parse_error_line(line, &index, &severity);
}

/*
 * Takes a line of the kernel's log, of facility 0: elsewhere anybody may write what he
 * likes. `ret` is untouched unless the result is CPER_LOG_SECTION. Of a record whose
 * first lines are not there, those sections come out whose "Error I" line is. A fifth
 * record at a time ends the oldest.
 */
enum cper_log_result cper_log_line(struct cper_log *log, const char *bytes, size_t len,
				   struct cper_log_section *ret)
{
	struct cper_log_record *record;
	struct line line;

	if (!parse_prefix(bytes, len, &line))
		return CPER_LOG_OTHER;
	record = find(log, line.number);
	if (record && is_first_of_record(&line)) {
		if (end_record(record, ret))
			return CPER_LOG_SECTION;
		record = NULL;
	}
	if (record && ends_section(&line) && end_section(record, ret))
		return CPER_LOG_SECTION;
	if (!record)
		record = begin_record(log, line.number, ret);
	if (!record)
		return CPER_LOG_SECTION;
	take(record, &line);
	return CPER_LOG_TAKEN;
}

/* `ret` is untouched unless the result is true. */
bool cper_log_end(struct cper_log *log, struct cper_log_section *ret)
{
	struct cper_log_record *oldest;

	while ((oldest = find_oldest(log)))
		if (end_record(oldest, ret))
			return true;
	return false;
}

/* What follows "name: " on the first line that starts so; it lives in the section. */
const char *cper_log_value(const struct cper_log_section *section, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < section->n_lines && i < CPER_LOG_LINES_MAX; i++) {
		const char *line = section->lines[i];

		if (!strncmp(line, name, len) && !strncmp(line + len, ": ", 2))
			return line + len + 2;
	}
	return NULL;
}

bool cper_log_is_open(const struct cper_log *log)
{
	for (size_t i = 0; i < CPER_LOG_RECORDS_MAX; i++)
		if (log->records[i].open)
			return true;
	return false;
}
