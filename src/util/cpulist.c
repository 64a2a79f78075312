// SPDX-License-Identifier: LGPL-2.1-or-later

#include "util/cpulist.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

#define CPU_ID_MAX 65535 /* no kernel has more; keeps a damaged list from spinning */

static int parse_cpu(const char **s, unsigned long *ret)
{
	char *end;

	if (!isdigit((unsigned char)**s))
		return -EINVAL;
	*ret = strtoul(*s, &end, 10);
	*s = end;
	return *ret > CPU_ID_MAX ? -ERANGE : 0;
}

/*
 * Writes the ids of `list` to `cpus`. Returns how many, -EINVAL for what is not a list,
 * -ENOSPC if there are more than `max`.
 */
int cpulist_parse(const char *list, unsigned int *cpus, size_t max)
{
	size_t n = 0;

	while (*list && *list != '\n') {
		unsigned long first, last;
		int r = parse_cpu(&list, &first);

		if (r < 0)
			return r;
		last = first;
		if (*list == '-') {
			list++;
			r = parse_cpu(&list, &last);
			if (r < 0)
				return r;
			if (last < first)
				return -EINVAL;
		}
		for (unsigned long cpu = first; cpu <= last; cpu++) {
			if (n == max)
				return -ENOSPC;
			cpus[n++] = (unsigned int)cpu;
		}
		if (*list == ',')
			list++;
		else if (*list && *list != '\n')
			return -EINVAL;
	}
	return (int)n;
}
