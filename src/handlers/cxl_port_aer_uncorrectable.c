// SPDX-License-Identifier: LGPL-2.1-or-later

/* cxl_port_aer_uncorrectable_error: of a CXL port, which has no serial number
 * (drivers/cxl/core/trace.h). */

#include "handlers/cxl_aer.h"

enum { FIELDS = CXL_AER_UNCORRECTABLE_COLUMNS };

static const struct field fields[FIELDS] = {
	CXL_AER_UNCORRECTABLE_FIELDS("device"),
};

static const struct event_type type = {
	.name = "cxl-port-aer-uncorrectable",
	.table = "cxl_port_aer_uncorrectable",
	.fields = fields,
	.n_fields = FIELDS,
	.describe = cxl_aer_describe_uncorrectable,
};

const struct handler handler_cxl_port_aer_uncorrectable = {
	.type = &type,
	.tracepoints = { { "cxl:cxl_port_aer_uncorrectable_error" } },
	.ring = RING_HARDWARE,
	.decode = cxl_aer_decode_uncorrectable,
};
