// SPDX-License-Identifier: LGPL-2.1-or-later

#include "rasd/told.h"

#include <string.h>

#include "util/macro.h"

#define TOLD_MAGIC 0x646c6f7464736172ULL /* "rasdtold" */

/* Memory that holds what an earlier process left, or anything else. */
void told_begin(struct told *told)
{
	if (told->magic == TOLD_MAGIC)
		return;
	memset(told, 0, sizeof(*told));
	told->magic = TOLD_MAGIC;
}

bool told_has(const struct told *told, uint64_t key)
{
	size_t n = (size_t)MIN(told->n, (uint64_t)TOLD_KEYS_MAX);

	for (size_t i = 0; key && i < n; i++)
		if (told->keys[i] == key)
			return true;
	return false;
}

void told_add(struct told *told, uint64_t key)
{
	if (!key || told_has(told, key))
		return;
	told->keys[told->n % TOLD_KEYS_MAX] = key;
	told->n++;
}
