/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What HiSilicon's two OEM sections of HIP08 (Kunpeng 920) share: a head of 12 bytes that
 * says which part of the chip it was, and registers behind it.
 */

#include "cper/layout.h"

#define HIP08_GROUPS_MAX 10
#define HIP08_NAME_BYTES 32

/* Parts that are numbered within their group: "TB_DDRC0" … A group of 0 is one part that
 * has no number. */
struct hip08_group {
	const char *name;
	unsigned int n;
};

struct hip08_module {
	unsigned int id;
	const char *name;
	enum component component; /* COMPONENT_UNKNOWN: the platform */
	struct hip08_group groups[HIP08_GROUPS_MAX];
};

struct hip08_oem {
	struct layout layout;
	const struct hip08_module *modules;
	size_t n_modules;
};

enum hip08_column {
	HIP08_VERSION = CPER_COLUMNS,
	HIP08_SOC,
	HIP08_SOCKET,
	HIP08_NIMBUS,
	HIP08_MODULE,
	HIP08_MODULE_TEXT,
	HIP08_SUBMODULE,
	HIP08_SUBMODULE_TEXT,
	HIP08_SEVERITY,
	HIP08_SEVERITY_TEXT,
	HIP08_UNDECODED,
	HIP08_COLUMNS
};

#define HIP08_COLUMN_FIELDS                                                              \
	CPER_COLUMN_FIELDS, [HIP08_VERSION] = { .name = "version", .kind = FIELD_UINT }, \
			    [HIP08_SOC] = { .name = "soc_id", .kind = FIELD_UINT },      \
			    [HIP08_SOCKET] = { .name = "socket_id",                      \
					       .kind = FIELD_UINT },                     \
			    [HIP08_NIMBUS] = { .name = "nimbus_id",                      \
					       .kind = FIELD_UINT },                     \
			    [HIP08_MODULE] = { .name = "module_id",                      \
					       .kind = FIELD_UINT },                     \
			    [HIP08_MODULE_TEXT] = { .name = "module",                    \
						    .kind = FIELD_TEXT },                \
			    [HIP08_SUBMODULE] = { .name = "submodule_id",                \
						  .kind = FIELD_UINT },                  \
			    [HIP08_SUBMODULE_TEXT] = { .name = "submodule",              \
						       .kind = FIELD_TEXT },             \
			    [HIP08_SEVERITY] = { .name = "error_severity",               \
						 .kind = FIELD_UINT },                   \
			    [HIP08_SEVERITY_TEXT] = { .name = "error_severity_text",     \
						      .kind = FIELD_TEXT },              \
			    [HIP08_UNDECODED] = { .name = "undecoded",                   \
						  .kind = FIELD_BYTES }

#define HIP08_HEAD_BYTES  12
#define HIP08_HEAD_FIELDS 7

extern const struct layout_field hip08_head[HIP08_HEAD_FIELDS];

int hip08_decode(const struct hip08_oem *oem, const struct cper_section *section,
		 struct arena *arena, struct event *event);
void hip08_describe(const struct event *event, struct text *out);
