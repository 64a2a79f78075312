// SPDX-License-Identifier: LGPL-2.1-or-later

#include "util/process.h"

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

static int compare(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/* For a child after fork(): closes what it does not need but 0, 1 and 2. Sorts `fds`. */
void close_all_except(int *fds, size_t n)
{
	unsigned int next = STDERR_FILENO + 1;

	if (n)
		qsort(fds, n, sizeof(fds[0]), compare);
	for (size_t i = 0; i < n; i++) {
		if (fds[i] < (int)next)
			continue;
		if ((unsigned int)fds[i] > next)
			close_range(next, (unsigned int)fds[i] - 1, 0);
		next = (unsigned int)fds[i] + 1;
	}
	close_range(next, UINT_MAX, 0);
}
