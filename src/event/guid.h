/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdint.h>

#define GUID_BYTES	16
#define GUID_TEXT_BYTES 37

const char *guid_to_text(const uint8_t guid[static GUID_BYTES],
			 char buf[static GUID_TEXT_BYTES]);
