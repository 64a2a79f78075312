/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * A file that others read whenever they like, and that is replaced whole: whoever reads
 * it sees the old one or the new one. It goes only into a directory that nobody but root
 * (or, for a program without root's rights, its own user) can write or put in the place
 * of another: otherwise links there would have us write over files of their choice.
 */

#include <stddef.h>
#include <sys/types.h>

#include "util/text.h"

int publish_open_directory(const char *path, struct text *ret_why);
int publish_open_directory_below(int root_fd, const char *path, uid_t trusted,
				 struct text *ret_why);
int publish_file(int dir_fd, const char *name, const void *bytes, size_t len,
		 mode_t mode);
