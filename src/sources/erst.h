/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Firmware's own store of error records, through the kernel's /dev/erst_dbg
 * (drivers/acpi/apei/erst-dbg.c): one whole record a read, 0 at the end.
 */

#include "sources/kept.h"

#define ERST_RECORDS_MAX 4096

int erst_read(const char *path, kept_fn fn, void *userdata);
int erst_clear(const char *path, uint64_t id);
