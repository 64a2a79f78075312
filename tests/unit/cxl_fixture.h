/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * CXL errors that no machine here has: the same one as a trace record and as a section.
 * Both are made up from the layouts.
 */

#include "event/event.h"
#include "util/arena.h"

struct cper_section;
struct format;
struct raw;

#define CXL_SECTION_BYTES 512 /* room for any of them */

void cxl_raw_example(const struct format *format, struct raw *raw);
bool cxl_section_example(const char *type, uint8_t bytes[static CXL_SECTION_BYTES],
			 struct cper_section *ret);
void cxl_sample(struct event *event, struct arena *arena);
