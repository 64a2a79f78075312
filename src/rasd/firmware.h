/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What firmware and the kernel kept over the last reboot, as a source: read once at a
 * start, cleared only if the configuration says so, and only when it is on disk.
 */

#include "rasd/config.h"
#include "rasd/firmware_child.h"
#include "rasd/pipeline.h"
#include "rasd/scratch.h"

struct firmware {
	struct pipeline *pipeline;
	struct told *told;
	const struct scratch_memory *memory;
	struct firmware_paths paths;
	char tables[FIRMWARE_PATH_BYTES], pstore[FIRMWARE_PATH_BYTES];
	bool clears_erst, clears_pstore;
	struct firmware_child child;
	struct firmware_item *stored; /* what may be cleared … */
	size_t n_stored;
	uint64_t stored_at; /* … when the ring is durable up to there */
};

void firmware_init(struct firmware *firmware, struct pipeline *pipeline,
		   const char *sysfs, const struct config *config);
void firmware_deinit(struct firmware *firmware);
int firmware_start(struct firmware *firmware);
bool firmware_hear(struct firmware *firmware);
void firmware_end(struct firmware *firmware);
void firmware_tick(struct firmware *firmware);
