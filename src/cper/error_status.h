/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The error status of memory and PCI sections (UEFI 2.10, N.2.12), and the error type of
 * memory sections (N.2.5), in words. */

#include <stdint.h>

#include "event/field.h"
#include "util/arena.h"

const char *cper_error_status_text(uint64_t error_status);
const char *cper_memory_error_type(uint64_t type);
struct value cper_error_status_flags(uint64_t error_status, struct arena *arena);
