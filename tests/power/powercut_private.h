/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What is noted of a directory and its files until it is flushed. */

#include <stddef.h>

#include "power/powercut.h"

#define NAMES_MAX	 32
#define NAME_BYTES	 128
#define NAME_CHANGES_MAX 256

struct change { /* of a file's content */
	struct change *next;
	bool is_truncate;
	int64_t at; /* or how long it is then */
	size_t len;
	uint8_t bytes[];
};

struct node { /* a file, whatever it is called */
	struct node *next;
	ino_t inode; /* 0: it is gone, and its number may be another's */
	uint8_t *disk;
	size_t len, room;
	struct change *changes, **last;
	size_t n_changes;
};

struct name {
	char name[NAME_BYTES];
	struct node *node; /* NULL: free */
};

struct name_change { /* made: to; removed: from; renamed: both */
	char from[NAME_BYTES], to[NAME_BYTES];
	struct node *node;
};

struct disk {
	struct power power;
	dev_t device;
	ino_t inode; /* the directory's */
	uint64_t random, steps;
	struct node *nodes;
	struct name names[NAMES_MAX]; /* as they were at the last flush */
	struct name_change name_changes[NAME_CHANGES_MAX];
	size_t n_name_changes;
};

void disk_apply(struct node *node, const struct change *change);
void disk_rename(struct disk *disk, const struct name_change *change);
void disk_write_image(struct disk *disk);
