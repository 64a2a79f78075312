/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The kernel's CPU list format, "0-3,8,10-11"
 * (Documentation/admin-guide/cputopology.rst). */

#include <stddef.h>

int cpulist_parse(const char *list, unsigned int *cpus, size_t max);
