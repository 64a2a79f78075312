/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What a section's type is called, decoded or not. */

#include "event/guid.h"

const char *guid_section_name(const uint8_t guid[static GUID_BYTES]);
