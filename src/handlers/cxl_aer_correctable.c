// SPDX-License-Identifier: LGPL-2.1-or-later

/* cxl_aer_correctable_error: of a CXL memory device (drivers/cxl/core/trace.h). */

#include "handlers/cxl_aer.h"

enum { SERIAL = CXL_AER_COLUMNS, FIELDS };

static const struct field fields[FIELDS] = {
	CXL_AER_FIELDS("memdev"),
	[SERIAL] = { .name = "serial", .kernel = "serial", .kind = FIELD_HEX },
};

static const struct event_type type = {
	.name = "cxl-aer-correctable",
	.table = "cxl_aer_correctable",
	.fields = fields,
	.n_fields = FIELDS,
	.describe = cxl_aer_describe_correctable,
};

const struct handler handler_cxl_aer_correctable = {
	.type = &type,
	.tracepoints = { { "cxl:cxl_aer_correctable_error" } },
	.ring = RING_HARDWARE,
	.decode = cxl_aer_decode_correctable,
};
