// SPDX-License-Identifier: LGPL-2.1-or-later

#include "sources/bert.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "util/bytes.h"
#include "util/file.h"
#include "util/macro.h"

#define TABLE_BYTES 48 /* ACPI 6.5, table 18.2: header, region's length and address */
#define LENGTH_AT   36

/* How long the table says that the region is; 0: it cannot be told. */
static size_t region_bytes(int dir)
{
	char table[TABLE_BYTES + 1];
	ssize_t n = file_read(dir, "BERT", table, sizeof(table));

	if (n < TABLE_BYTES && n != -EFBIG)
		return 0;
	return memcmp(table, "BERT", 4) ? 0 : load_le32(table + LENGTH_AT);
}

/*
 * Gives the region as the kernel shows it below `tables`, /sys/firmware/acpi/tables: it
 * maps that memory anew for each read (drivers/acpi/sysfs.c). Returns 1 if there is one;
 * -ENOENT: firmware has none; -ENODATA: its table is there, and the kernel does not show
 * the region.
 */
int bert_read(const char *tables, kept_fn fn, void *userdata)
{
	_cleanup_(close_fd) int dir = open(tables, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_(free_ptr) char *bytes = NULL;
	struct kept kept = { .path = "" };
	size_t claimed;
	ssize_t n;
	int r;

	if (dir < 0)
		return -errno;
	claimed = region_bytes(dir);
	bytes = malloc(KEPT_BYTES_MAX + 1);
	if (!bytes)
		return -ENOMEM;
	n = file_read(dir, "data/BERT", bytes, KEPT_BYTES_MAX + 1);
	if (n == -ENOENT && claimed)
		return -ENODATA;
	if (n < 0 && n != -EFBIG)
		return (int)n;
	kept.cut = n == -EFBIG;
	kept.bytes = (const uint8_t *)bytes;
	kept.len = n == -EFBIG ? KEPT_BYTES_MAX : (size_t)n;
	r = fn(userdata, &kept);
	return r < 0 ? r : 1;
}
