// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * What a disk has after a power cut: what was flushed, and whatever it had a mind to do
 * of the rest.
 */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "power/powercut_private.h"
#include "util/macro.h"

#define SECTOR_BYTES 512

/* How much of what was not flushed a disk has done. */
enum mood {
	MOOD_NOTHING,
	MOOD_ALL,
	MOOD_BEGINNING, /* in order, up to somewhere: a journal */
	MOOD_SOME,	/* any of it, in any order */
	MOOD_TORN,	/* the same, and of each write only some sectors */
	MOOD_SHREDS,	/* and those cut at any byte */
	MOOD_MAX
};

static bool toss(struct disk *disk, unsigned int percent)
{
	return random_below(&disk->random, 100) < percent;
}

/* A stretch of a write, on its own. */
static void apply_part(struct node *node, const struct change *change, size_t from,
		       size_t to)
{
	struct change *part = malloc(sizeof(*part) + to - from);

	if (!part)
		abort();
	*part = (struct change){ .at = change->at + (int64_t)from, .len = to - from };
	memcpy(part->bytes, change->bytes + from, to - from);
	disk_apply(node, part);
	free(part);
}

static void apply_torn(struct disk *disk, struct node *node, const struct change *change,
		       bool shreds)
{
	/* sectors are the disk's, not the write's */
	size_t from = 0, to = SECTOR_BYTES - (size_t)change->at % SECTOR_BYTES;
	unsigned int percent = (unsigned int)random_below(&disk->random, 101);

	if (change->is_truncate) {
		disk_apply(node, change);
		return;
	}
	for (; from < change->len; from = to, to += SECTOR_BYTES) {
		size_t end = MIN(to, change->len);

		if (toss(disk, percent))
			apply_part(node, change, from, end);
		else if (shreds)
			apply_part(node, change, from,
				   from + random_below(&disk->random, end - from));
	}
}

static void shuffle(struct disk *disk, struct change **changes, size_t n)
{
	for (size_t i = n; i > 1; i--) {
		size_t other = random_below(&disk->random, i);
		struct change *change = changes[i - 1];

		changes[i - 1] = changes[other];
		changes[other] = change;
	}
}

static void apply_some(struct disk *disk, struct node *node, struct change **changes,
		       size_t n, enum mood mood)
{
	unsigned int percent = (unsigned int)random_below(&disk->random, 101);

	shuffle(disk, changes, n);
	for (size_t i = 0; i < n; i++) {
		if (!toss(disk, percent))
			continue;
		if (mood == MOOD_SOME)
			disk_apply(node, changes[i]);
		else
			apply_torn(disk, node, changes[i], mood == MOOD_SHREDS);
	}
}

static void settle_file(struct disk *disk, struct node *node, enum mood mood)
{
	struct change **changes = calloc(node->n_changes + 1, sizeof(struct change *));
	size_t n = 0;

	if (!changes)
		abort();
	for (struct change *change = node->changes; change; change = change->next)
		changes[n++] = change;
	if (mood >= MOOD_SOME) {
		apply_some(disk, node, changes, n, mood);
	} else if (mood != MOOD_NOTHING) {
		size_t upto = mood == MOOD_ALL ? n : random_below(&disk->random, n + 1);

		for (size_t i = 0; i < upto; i++)
			disk_apply(node, changes[i]);
		if (upto < n)
			apply_torn(disk, node, changes[upto], true);
	}
	free(changes);
}

static void settle_names(struct disk *disk, enum mood mood)
{
	size_t n = disk->n_name_changes, upto = n;

	if (mood == MOOD_NOTHING)
		upto = 0;
	else if (mood == MOOD_BEGINNING)
		upto = random_below(&disk->random, n + 1);
	for (size_t i = 0; i < upto; i++)
		if (mood < MOOD_SOME || toss(disk, 50))
			disk_rename(disk, &disk->name_changes[i]);
}

static void write_file(const struct disk *disk, const char *name, const uint8_t *bytes,
		       size_t len)
{
	char path[512];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", disk->power.image, name);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, bytes, len) != (ssize_t)len)
		abort();
	close(fd);
}

/* SQLite's -shm is never flushed: absent, or of any age. */
static void leave_index(struct disk *disk)
{
	uint8_t junk[32768];

	if (toss(disk, 50))
		return;
	for (size_t i = 0; i < sizeof(junk); i += 8) {
		uint64_t next = random_next(&disk->random);

		memcpy(junk + i, &next, 8);
	}
	write_file(disk, "rasd.db-shm", junk, sizeof(junk));
}

void disk_write_image(struct disk *disk)
{
	for (struct node *node = disk->nodes; node; node = node->next)
		settle_file(disk, node, (enum mood)random_below(&disk->random, MOOD_MAX));
	settle_names(disk, (enum mood)random_below(&disk->random, MOOD_MAX));
	for (size_t i = 0; i < NAMES_MAX; i++)
		if (disk->names[i].node)
			write_file(disk, disk->names[i].name, disk->names[i].node->disk,
				   disk->names[i].node->len);
	leave_index(disk);
}
