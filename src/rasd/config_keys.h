/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Every key of the configuration: what it wants, its default, where its value goes. */

#include <stddef.h>

#include "rasd/config.h"
#include "util/text.h"

struct key {
	const char *section, *name;
	int (*parse)(const struct key *key, const char *value, void *target);
	size_t offset;
	uint64_t min, max; /* of numbers and sizes */
	const char *wants; /* what a good value is, for the complaint and the manual */
	const char *fallback;
	/* what to say about a value that is good, and not what one may think; or NULL */
	void (*remark)(const char *value, struct text *ret_note);
};

extern const struct key config_keys[]; /* the last has no section */

int config_set_key(struct config *config, const struct key *key, const char *value,
		   struct text *ret_note);
