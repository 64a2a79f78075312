/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What the kernel kept over a crash: the files of pstore (Documentation/ABI/testing/
 * pstore), or of a directory that systemd-pstore moved them to.
 */

#include "sources/kept.h"

#define PSTORE_FILES_MAX 4096 /* the newest */

struct pstore_counts {
	unsigned int read;
	unsigned int packed; /* compressed or encoded: the kernel could not unpack them */
	unsigned int failed; /* could not be read */
	unsigned int too_many;
};

int pstore_read(const char *directory, kept_fn fn, void *userdata,
		struct pstore_counts *counts);
