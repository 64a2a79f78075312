// SPDX-License-Identifier: LGPL-2.1-or-later

#include "rasctl/option_values.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "event/guid.h"
#include "rasctl/output.h"
#include "util/clock.h"
#include "util/text.h"
#include "util/when.h"

int set_output(struct options *options, const char *value)
{
	options->format = output_ops_find(value);
	options->format_given = true;
	return options->format ? 0 : -EINVAL;
}

int set_db(struct options *options, const char *value)
{
	options->db = value;
	return *value ? 0 : -EINVAL;
}

int set_lines(struct options *options, const char *value)
{
	options->lines_given = true;
	options->lines = 0;
	if (!strcmp(value, "all"))
		return 0;
	return parse_uint64(value, &options->lines) < 0 || !options->lines ? -EINVAL : 0;
}

int set_reverse(struct options *options, const char *value)
{
	(void)value;
	options->newest_first = true;
	return 0;
}

int set_all(struct options *options, const char *value)
{
	(void)value;
	options->all = true;
	return 0;
}

int set_type(struct options *options, const char *value)
{
	size_t n = 0;

	while (options->types[n])
		n++;
	if (!*value || n == DB_TYPES_MAX - 1)
		return -EINVAL;
	options->types[n] = value;
	return 0;
}

/* The number of a word among n, or -EINVAL; `value` ends after `len`. */
static int number_of(const char *value, size_t len, unsigned int n,
		     const char *(*name)(unsigned int))
{
	for (unsigned int i = 0; i < n; i++)
		if (strlen(name(i)) == len && !strncmp(name(i), value, len))
			return (int)i;
	return -EINVAL;
}

static const char *severity_word(unsigned int i)
{
	return severity_name(i);
}

static const char *component_word(unsigned int i)
{
	return component_name(i);
}

/* "deferred": and worse, and what was told none; "info..corrected": these two alone. */
int set_severity(struct options *options, const char *value)
{
	const char *dots = strstr(value, "..");
	size_t len = dots ? (size_t)(dots - value) : strlen(value);
	int from = number_of(value, len, SEVERITY_UNKNOWN, severity_word);
	int to;

	if (from < 0)
		return from;
	options->severities = db_severities_from(from);
	if (!dots)
		return 0;
	to = number_of(dots + 2, strlen(dots + 2), SEVERITY_UNKNOWN, severity_word);
	if (to < from)
		return -EINVAL;
	options->severities = (1u << (to + 1)) - (1u << from);
	return 0;
}

int set_component(struct options *options, const char *value)
{
	int component = number_of(value, strlen(value), COMPONENT_MAX, component_word);

	if (component < 0)
		return component;
	options->components |= 1u << component;
	return 0;
}

static int set_time(const char *value, int64_t *ret)
{
	return when_parse(value, clock_now_ns(CLOCK_REALTIME), &when_local, ret);
}

int set_since(struct options *options, const char *value)
{
	return set_time(value, &options->since_ns);
}

int set_until(struct options *options, const char *value)
{
	return set_time(value, &options->until_ns);
}

/* What may stand behind --boot, and is no verb: a number, or 32 digits. NULL is none. */
bool is_boot_word(const char *word)
{
	size_t digits = 0;
	bool is_hex = true;

	if (!word)
		return false;
	if ((*word == '-' || *word == '+') && word[1])
		word++;
	if (strspn(word, "0123456789") == strlen(word) && strlen(word) <= 9)
		return *word;
	for (; *word; word++) {
		digits += *word != '-';
		is_hex = is_hex && (isxdigit((unsigned char)*word) || *word == '-');
	}
	return is_hex && digits == 32;
}

int set_boot(struct options *options, const char *value)
{
	options->boot = value ? value : "0";
	return is_boot_word(options->boot) ? 0 : -EINVAL;
}

int set_page(struct options *options, const char *value)
{
	options->page_given = true;
	return parse_uint64(value, &options->page);
}

int set_cpu(struct options *options, const char *value)
{
	uint64_t cpu;

	if (parse_uint64(value, &cpu) < 0 || cpu > INT32_MAX)
		return -EINVAL;
	options->cpu_given = true;
	options->cpu = (int32_t)cpu;
	return 0;
}

int set_dimm(struct options *options, const char *value)
{
	options->dimm = value;
	return *value ? 0 : -EINVAL;
}

int set_device(struct options *options, const char *value)
{
	options->device = value;
	return *value ? 0 : -EINVAL;
}

int set_follow(struct options *options, const char *value)
{
	(void)value;
	options->follow = true;
	return 0;
}

int set_after_cursor(struct options *options, const char *value)
{
	options->after_cursor = value;
	return *value ? 0 : -EINVAL;
}

int set_show_cursor(struct options *options, const char *value)
{
	(void)value;
	options->show_cursor = true;
	return 0;
}

int set_cursor_file(struct options *options, const char *value)
{
	options->cursor_file = value;
	return *value ? 0 : -EINVAL;
}

const char *const by_words[DB_BY_MAX] = {
	[DB_BY_TYPE] = "type",		 [DB_BY_SEVERITY] = "severity",
	[DB_BY_COMPONENT] = "component", [DB_BY_UNIT] = "unit",
	[DB_BY_DIMM] = "dimm",		 [DB_BY_DEVICE] = "device",
	[DB_BY_PAGE] = "page",		 [DB_BY_CPU] = "cpu",
	[DB_BY_BOOT] = "boot",		 [DB_BY_DAY] = "day",
};

int set_by(struct options *options, const char *value)
{
	for (unsigned int i = 0; i < DB_BY_MAX; i++)
		if (!strcmp(by_words[i], value)) {
			options->by = i;
			options->by_given = true;
			return 0;
		}
	return -EINVAL;
}

int set_for(struct options *options, const char *value)
{
	options->for_npd = !strcmp(value, "npd");
	return options->for_npd || !strcmp(value, "nagios") ? 0 : -EINVAL;
}

int set_no_pager(struct options *options, const char *value)
{
	(void)value;
	options->no_pager = true;
	return 0;
}

int set_unit(struct options *options, const char *value)
{
	options->unit = value;
	return *value ? 0 : -EINVAL;
}

int set_runtime(struct options *options, const char *value)
{
	options->runtime = value;
	return *value ? 0 : -EINVAL;
}

/* One name of a directory, not a path out of the tracing directory. */
int set_instance(struct options *options, const char *value)
{
	options->instance = value;
	return !*value || strchr(value, '/') || *value == '.' ? -EINVAL : 0;
}

int set_tracefs(struct options *options, const char *value)
{
	options->tracefs = value;
	return *value ? 0 : -EINVAL;
}

int set_timeout(struct options *options, const char *value)
{
	return parse_uint64(value, &options->timeout_sec) < 0 ||
			       options->timeout_sec > 86400 ?
		       -EINVAL :
		       0;
}

int set_kind(struct options *options, const char *value)
{
	static const char *const kinds[] = { "cper", "block", "log" };

	options->kind = value;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(kinds[i], value))
			return 0;
	return -EINVAL;
}

int set_section(struct options *options, const char *value)
{
	struct guid guid;

	options->section = value;
	return guid_from_text(value, &guid);
}

int set_page_size(struct options *options, const char *value)
{
	int r = parse_size(value, &options->page_bytes);
	uint64_t size = options->page_bytes;

	return r < 0 || size < 4096 || size > 1 << 20 || (size & (size - 1)) ? -EINVAL :
									       0;
}

int set_seconds(struct options *options, const char *value)
{
	return parse_uint64(value, &options->seconds) < 0 || !options->seconds ||
			       options->seconds > 86400 ?
		       -EINVAL :
		       0;
}

int set_mask(struct options *options, const char *value)
{
	(void)value;
	options->mask = true;
	return 0;
}

int set_all_log(struct options *options, const char *value)
{
	(void)value;
	options->all_log = true;
	return 0;
}

int set_keep_days(struct options *options, const char *value)
{
	uint64_t days;

	options->keep_days = value;
	return parse_uint64(value, &days) < 0 || days > 36500 ? -EINVAL : 0;
}

int set_keep_events(struct options *options, const char *value)
{
	uint64_t events;

	options->keep_events = value;
	return parse_uint64(value, &events);
}

/* As rasd.conf has it. */
#define KEEP_SIZE_MIN (16 << 20)

int set_keep_size(struct options *options, const char *value)
{
	uint64_t bytes;

	options->keep_size = value;
	return parse_size(value, &bytes) < 0 || (bytes && bytes < KEEP_SIZE_MIN) ?
		       -EINVAL :
		       0;
}

int set_dry_run(struct options *options, const char *value)
{
	(void)value;
	options->dry_run = true;
	return 0;
}
