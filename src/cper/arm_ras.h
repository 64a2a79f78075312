/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Registers of Arm's RAS System Architecture, which vendors' records carry. */

#include <stdint.h>

#include "util/text.h"

#define ARM_RAS_TEXT_BYTES 192 /* enough for any status */

void arm_ras_add_status(uint64_t status, struct text *out);
