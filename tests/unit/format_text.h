/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The parts of a format file that are always the same. */

#define FIELD(decl, at, bytes, is_signed) \
	"\tfield:" decl ";\toffset:" at ";\tsize:" bytes ";\tsigned:" is_signed ";\n"

#define HEAD(name, id)                                                             \
	"name: " name "\nID: " id                                                  \
	"\nformat:\n" FIELD("unsigned short common_type", "0", "2", "0")           \
		FIELD("unsigned char common_flags", "2", "1", "0")                 \
			FIELD("unsigned char common_preempt_count", "3", "1", "0") \
				FIELD("int common_pid", "4", "4", "1") "\n"
