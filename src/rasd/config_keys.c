// SPDX-License-Identifier: LGPL-2.1-or-later

#include "rasd/config_keys.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>
#include <syslog.h>

#include "policy/policy.h"
#include "util/clock.h"
#include "util/macro.h"

static int parse_path(const struct key *key, const char *value, void *target)
{
	(void)key;
	if (value[0] != '/')
		return -EINVAL;
	if (strlen(value) >= CONFIG_PATH_BYTES)
		return -ENAMETOOLONG;
	strcpy(target, value);
	return 0;
}

static int parse_path_or_off(const struct key *key, const char *value, void *target)
{
	if (strcmp(value, "off"))
		return parse_path(key, value, target);
	*(char *)target = '\0';
	return 0;
}

static int in_range(const struct key *key, uint64_t number, void *target)
{
	if (number < key->min || number > key->max)
		return -ERANGE;
	*(uint64_t *)target = number;
	return 0;
}

static int parse_bytes(const struct key *key, const char *value, void *target)
{
	uint64_t number;
	int r = parse_size(value, &number);

	return r < 0 ? r : in_range(key, number, target);
}

static int parse_bytes_or_none(const struct key *key, const char *value, void *target)
{
	if (strcmp(value, "0"))
		return parse_bytes(key, value, target);
	*(uint64_t *)target = 0;
	return 0;
}

static int parse_number(const struct key *key, const char *value, void *target)
{
	uint64_t number;
	int r = parse_uint64(value, &number);

	return r < 0 ? r : in_range(key, number, target);
}

static int parse_power_of_two(const struct key *key, const char *value, void *target)
{
	uint64_t number;
	int r = parse_size(value, &number);

	if (r < 0)
		return r;
	return number & (number - 1) ? -EINVAL : in_range(key, number, target);
}

static int parse_switch(const struct key *key, const char *value, void *target)
{
	(void)key;
	return parse_bool(value, target);
}

static int parse_word(const char *value, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (words[i] && !strcasecmp(words[i], value))
			return (int)i;
	return -EINVAL;
}

static int parse_level(const struct key *key, const char *value, void *target)
{
	static const char *const names[] = { [LOG_ERR] = "error",
					     [LOG_WARNING] = "warning",
					     [LOG_NOTICE] = "notice",
					     [LOG_INFO] = "info",
					     [LOG_DEBUG] = "debug" };
	int r = parse_word(value, names, ARRAY_SIZE(names));

	(void)key;
	return r < 0 ? r : (*(int *)target = r, 0);
}

static int parse_page_action(const struct key *key, const char *value, void *target)
{
	static const char *const names[] = { [MODE_ACCOUNT] = "account",
					     [MODE_DRY_RUN] = "dry-run",
					     [MODE_ACT] = "soft-offline" };
	int r = parse_word(value, names, ARRAY_SIZE(names));

	(void)key;
	return r < 0 ? r : (*(int *)target = r, 0);
}

static int parse_service_action(const struct key *key, const char *value, void *target)
{
	static const char *const names[] = { [MODE_ACCOUNT] = "account",
					     [MODE_DRY_RUN] = "dry-run",
					     [MODE_ACT] = "restart" };
	int r = parse_word(value, names, ARRAY_SIZE(names));

	(void)key;
	return r < 0 ? r : (*(int *)target = r, 0);
}

/* "24h": one number with a unit, in nanoseconds. */
static int parse_duration(const char *s, int64_t *ret_ns)
{
	static const struct {
		const char *name;
		int64_t sec;
	} units[] = { { "s", 1 }, { "m", 60 }, { "h", 3600 }, { "d", 86400 } };
	char number_text[24];
	size_t digits = strspn(s, "0123456789");
	uint64_t number;

	if (!digits || digits >= sizeof(number_text))
		return -EINVAL;
	memcpy(number_text, s, digits);
	number_text[digits] = '\0';
	if (parse_uint64(number_text, &number) < 0)
		return -ERANGE;
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		if (strcmp(s + digits, units[i].name))
			continue;
		if (number < 1 || number > (uint64_t)(3650 * 86400LL / units[i].sec))
			return -ERANGE;
		*ret_ns = (int64_t)number * units[i].sec * NS_PER_SEC;
		return 0;
	}
	return -EINVAL;
}

/* "10 in 24h" */
static int parse_rate(const struct key *key, const char *value, void *target)
{
	size_t digits = strspn(value, "0123456789");
	const char *at = value + digits + strspn(value + digits, " \t");
	struct config_rate rate;
	char number[24];

	if (!digits || digits >= sizeof(number) || strncmp(at, "in", 2) ||
	    !isspace((unsigned char)at[2]))
		return -EINVAL;
	memcpy(number, value, digits);
	number[digits] = '\0';
	if (parse_uint64(number, &rate.count) < 0 || rate.count < key->min ||
	    rate.count > key->max)
		return -ERANGE;
	at += 2 + strspn(at + 2, " \t");
	if (parse_duration(at, &rate.window_ns) < 0)
		return -EINVAL;
	*(struct config_rate *)target = rate;
	return 0;
}

/* "0.1%", in millionths. At most four digits behind the point. */
static int parse_share(const struct key *key, const char *value, void *target)
{
	uint64_t whole = 0, part = 0, scale = 10000;
	const char *at = value;

	if (!isdigit((unsigned char)*at))
		return -EINVAL;
	for (; isdigit((unsigned char)*at); at++)
		if ((whole = whole * 10 + (uint64_t)(*at - '0')) > 100)
			return -ERANGE;
	if (*at == '.')
		for (at++; isdigit((unsigned char)*at) && scale > 1; at++)
			part += (uint64_t)(*at - '0') * (scale /= 10);
	if (strcmp(at, "%"))
		return -EINVAL;
	return in_range(key, whole * 10000 + part, target);
}

static size_t count_words(const char *list)
{
	size_t n = *list != '\0';

	for (; *list; list++)
		n += *list == ' ';
	return n;
}

static int add_pattern(char *list, const char *pattern, size_t len)
{
	size_t used = strlen(list);
	char one[POLICY_UNIT_BYTES];

	if (count_words(list) >= POLICY_PATTERNS_MAX)
		return -E2BIG;
	if (len >= sizeof(one) || memchr(pattern, '/', len))
		return -EINVAL;
	memcpy(one, pattern, len);
	one[len] = '\0';
	if (!strpbrk(one, "*?[") && policy_denies(one))
		return -EPERM;
	if (used + len + 2 > CONFIG_PATTERNS_BYTES)
		return -E2BIG;
	snprintf(list + used, CONFIG_PATTERNS_BYTES - used, "%s%s", used ? " " : "", one);
	return 0;
}

/* Patterns add up over lines and files; an empty value forgets those before it. */
static int parse_patterns(const struct key *key, const char *value, void *target)
{
	char list[CONFIG_PATTERNS_BYTES] = "";
	const char *at = value + strspn(value, " \t");

	(void)key;
	if (*at)
		copy_text(list, sizeof(list), target);
	while (*at) {
		size_t len = strcspn(at, " \t");
		int r = add_pattern(list, at, len);

		if (r < 0)
			return r;
		at += len + strspn(at + len, " \t");
	}
	strcpy(target, list);
	return 0;
}

/* A pattern like "*" is good, and harmless; that it is not all of it has to be said. */
static void remark_on_patterns(const char *value, struct text *ret_note)
{
	char pattern[POLICY_UNIT_BYTES];

	for (const char *at = value; *at;) {
		size_t len = strcspn(at, " \t");
		const char *denied;

		snprintf(pattern, sizeof(pattern), "%.*s", (int)len, at);
		denied = len ? policy_denied_example(pattern) : NULL;
		if (denied && !ret_note->len)
			text_add(ret_note,
				 "\"%s\" matches %s, too, which is never restarted: %s",
				 pattern, denied, policy_denies(denied));
		at += len + strspn(at + len, " \t");
	}
}

#define KiB	   1024ULL
#define MiB	   (1024 * KiB)
#define AT(member) offsetof(struct config, member)

const struct key config_keys[] = {
	{ "daemon", "runtime-directory", parse_path, AT(runtime_directory), 0, 0,
	  "an absolute path", RASD_RUNTIME_DIRECTORY },
	{ "database", "path", parse_path, AT(database), 0, 0, "an absolute path",
	  RASD_DB_PATH },
	{ "database", "keep-days", parse_number, AT(keep_days), 0, 36500,
	  "a number from 0 (no limit) to 36500", "0" },
	{ "database", "keep-events", parse_number, AT(keep_events), 0, 1000000000000,
	  "a number from 0 (no limit) to 1000000000000", "0" },
	{ "database", "keep-bytes", parse_bytes_or_none, AT(keep_bytes), 16 * MiB,
	  1024 * 1024 * MiB, "0 (no limit) or a size from 16M to 1048576M", "4096M" },
	{ "trace", "buffer", parse_bytes, AT(buffer_bytes), 64 * KiB, 4096 * MiB,
	  "a size from 64K to 4096M", "32M" },
	{ "trace", "sub-buffer", parse_power_of_two, AT(sub_buffer_bytes), 4 * KiB,
	  64 * KiB, "a power of two from 4K to 64K", "64K" },
	{ "signal", "senders", parse_number, AT(senders), 1, 4096,
	  "a number from 1 to 4096", "64" },
	{ "policy", "dry-run", parse_switch, AT(dry_run), 0, 0, "yes or no", "no" },
	{ "page", "action", parse_page_action, AT(page_mode), 0, 0,
	  "account, dry-run or soft-offline", "account" },
	{ "page", "corrected", parse_rate, AT(page_corrected), 1, 1000000,
	  "a number of errors (1 to 1000000) in a time (with s, m, h or d), "
	  "as 10 in 24h",
	  "10 in 24h" },
	{ "page", "per-hour", parse_number, AT(page_per_hour), 0, 256,
	  "a number from 0 to 256", "8" },
	{ "page", "per-boot", parse_number, AT(page_per_boot), 0, 1000000,
	  "a number from 0 to 1000000", "64" },
	{ "page", "share", parse_share, AT(page_share_ppm), 0, 1000000,
	  "a share of memory from 0% to 100%, as 0.1%", "0.1%" },
	{ "service", "restart", parse_patterns, AT(service_patterns), 0, 0,
	  "names of services or patterns for them, none of them one that is never "
	  "restarted",
	  "", remark_on_patterns },
	{ "service", "action", parse_service_action, AT(service_mode), 0, 0,
	  "account, dry-run or restart", "restart" },
	{ "service", "per-unit", parse_number, AT(service_per_unit), 0, 256,
	  "a number from 0 to 256", "3" },
	{ "service", "per-hour", parse_number, AT(service_per_hour), 0, 256,
	  "a number from 0 to 256", "10" },
	{ "firmware", "bert", parse_switch, AT(bert), 0, 0, "yes or no", "yes" },
	{ "firmware", "erst", parse_switch, AT(erst), 0, 0, "yes or no", "yes" },
	{ "firmware", "pstore", parse_switch, AT(pstore), 0, 0, "yes or no", "yes" },
	{ "firmware", "erst-delete", parse_switch, AT(erst_delete), 0, 0, "yes or no",
	  "no" },
	{ "firmware", "pstore-delete", parse_switch, AT(pstore_delete), 0, 0, "yes or no",
	  "no" },
	{ "metrics", "textfile", parse_path_or_off, AT(textfile), 0, 0,
	  "an absolute path or off", RASD_RUNTIME_DIRECTORY "/rasd.prom" },
	{ "log", "level", parse_level, AT(log_level), 0, 0,
	  "error, warning, notice, info or debug", "info" },
	{ "log", "burst", parse_number, AT(log_lines), 0, 100000,
	  "a number from 0 to 100000", "20" },
	{ 0 }
};

/*
 * Sets one key from its text. A negative errno leaves it as it was; `ret_note` may say
 * something about a value that is good.
 */
int config_set_key(struct config *config, const struct key *key, const char *value,
		   struct text *ret_note)
{
	int r = key->parse(key, value, (uint8_t *)config + key->offset);

	if (r >= 0 && key->remark && ret_note)
		key->remark(value, ret_note);
	return r;
}

void config_defaults(struct config *config)
{
	*config = (struct config){ .hash = 14695981039346656037ULL };
	for (const struct key *key = config_keys; key->section; key++)
		config_set_key(config, key, key->fallback, NULL);
}

/* All keys with their defaults, a line each: what the tests hold the manual against. */
void config_print_keys(void)
{
	for (const struct key *key = config_keys; key->section; key++)
		printf("[%s] %s =%s%s (%s)\n", key->section, key->name,
		       key->fallback[0] ? " " : "", key->fallback, key->wants);
}
