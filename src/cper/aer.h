/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* PCIe Advanced Error Reporting: status bits by name (PCIe 6.0, 7.8.4), TLP headers. */

#include <stdbool.h>
#include <stdint.h>

#include "event/field.h"
#include "util/arena.h"

#define AER_TLP_DWORDS 4

struct value aer_status_words(uint32_t status, bool correctable, struct arena *arena);
struct value aer_tlp_header(const uint32_t header[static AER_TLP_DWORDS],
			    struct arena *arena);
