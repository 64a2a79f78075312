/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* PCIe Advanced Error Reporting: status bits by name (PCIe 6.0, 7.8.4), TLP headers. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event/field.h"
#include "util/arena.h"

#define AER_TLP_DWORDS	   4  /* of a header log */
#define AER_TLP_DWORDS_MAX 14 /* and what comes with it: prefixes, or a flit's header */

struct value aer_status_words(uint32_t status, bool correctable, struct arena *arena);
struct value aer_tlp_header(const uint32_t *header, size_t n_dwords, struct arena *arena);
