/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Small kernel files, read and written whole. `dirfd` may be AT_FDCWD. */

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

ssize_t file_read(int dirfd, const char *path, char *buf, size_t size);
int file_read_line(int dirfd, const char *path, char *buf, size_t size);
int file_read_uint64(int dirfd, const char *path, uint64_t *ret);
int file_write(int dirfd, const char *path, const char *value);
int make_directory(const char *path, mode_t mode);
