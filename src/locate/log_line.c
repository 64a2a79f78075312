// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * kill_proc() and kill_procs() of mm/memory-failure.c. A process's name is its own choice
 * and may hold anything, other lines' words and newlines too. So the line is held from
 * both ends, where the kernel alone has written, and the name is what is left between
 * them.
 */

#include "locate/log_line.h"

#include <string.h>

#include "util/macro.h"

#define PREFIX "Memory failure: 0x"

static const struct form {
	const char *before; /* the name */
	const char *after;  /* the thread's number */
	bool forced;
} forms[] = {
	{ ": Sending SIGBUS to ", " due to hardware memory corruption", false },
	{ ": forcibly killing ", " because of failure to unmap corrupted page", true },
};

static bool skip(const char **at, const char *end, const char *words)
{
	size_t len = strlen(words);

	if ((size_t)(end - *at) < len || memcmp(*at, words, len))
		return false;
	*at += len;
	return true;
}

static bool skip_at_end(const char *at, const char **end, const char *words)
{
	size_t len = strlen(words);

	if ((size_t)(*end - at) < len || memcmp(*end - len, words, len))
		return false;
	*end -= len;
	return true;
}

/* Hexadecimal digits as the kernel writes them. */
static bool skip_hex(const char **at, const char *end, uint64_t *ret)
{
	static const char digits[] = "0123456789abcdef";
	const char *start = *at;
	uint64_t n = 0;

	for (; *at < end; ++*at) {
		const char *digit = memchr(digits, **at, sizeof(digits) - 1);

		if (!digit)
			break;
		if (n >> 60)
			return false;
		n = n << 4 | (uint64_t)(digit - digits);
	}
	*ret = n;
	return *at > start;
}

/* ":1234", the last there is before `end`. A thread has a number above 0. */
static bool skip_tid_at_end(const char *at, const char **end, int32_t *ret)
{
	const char *colon = memrchr(at, ':', (size_t)(*end - at));
	int32_t n = 0;

	if (!colon || colon + 1 == *end || colon[1] == '0')
		return false;
	for (const char *p = colon + 1; p < *end; p++)
		if (*p < '0' || *p > '9' || __builtin_mul_overflow(n, 10, &n) ||
		    __builtin_add_overflow(n, *p - '0', &n))
			return false;
	*end = colon;
	*ret = n;
	return true;
}

/*
 * Whether the line, which must be of facility 0, is one of the two; all of it. `ret`,
 * which points into the line, is untouched if it is not.
 */
bool victim_line_parse(const char *line, size_t len, struct victim_line *ret)
{
	const char *at = line, *end = line + len;
	uint64_t pfn;

	if (!skip(&at, end, PREFIX) || !skip_hex(&at, end, &pfn))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		const char *from = at, *to = end;
		int32_t tid;

		if (!skip(&from, end, forms[i].before) ||
		    !skip_at_end(from, &to, forms[i].after) ||
		    !skip_tid_at_end(from, &to, &tid))
			continue;
		*ret = (struct victim_line){ .pfn = pfn,
					     .tid = tid,
					     .forced = forms[i].forced,
					     .comm = from,
					     .comm_len = (size_t)(to - from) };
		return true;
	}
	return false;
}
