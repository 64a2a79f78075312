/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* PCIe's Designated Vendor-Specific Extended Capabilities as rows of an event. */

#include "event/event.h"

extern const struct list_type cxl_dvsec_list;

int cxl_dvsecs_fill(struct event *event, size_t list, const uint8_t *bytes, size_t len,
		    struct arena *arena);
