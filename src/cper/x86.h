/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * IA32/X64 Processor Error Section, UEFI 2.10 appendix N.2.4.2: a header of 64 bytes,
 * error information structures, processor contexts. As rows of an event.
 */

#include "cper/section.h"
#include "event/event.h"
#include "util/arena.h"

#define X86_HEADER_BYTES 64

enum x86_list { X86_LIST_ERRORS, X86_LIST_CONTEXTS, X86_LIST_REGISTERS, X86_LIST_MAX };

extern const struct list_type x86_lists[X86_LIST_MAX];

int x86_lists_fill(const struct cper_section *section, struct arena *arena,
		   struct event *event);
