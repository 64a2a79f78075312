// SPDX-License-Identifier: LGPL-2.1-or-later

/* cxl_port_aer_correctable_error: of a CXL port, which has no serial number
 * (drivers/cxl/core/trace.h). */

#include "handlers/cxl_aer.h"

enum { FIELDS = CXL_AER_COLUMNS };

static const struct field fields[FIELDS] = {
	CXL_AER_FIELDS("device"),
};

static const struct event_type type = {
	.name = "cxl-port-aer-correctable",
	.table = "cxl_port_aer_correctable",
	.fields = fields,
	.n_fields = FIELDS,
	.describe = cxl_aer_describe_correctable,
};

const struct handler handler_cxl_port_aer_correctable = {
	.type = &type,
	.tracepoints = { { "cxl:cxl_port_aer_correctable_error" } },
	.ring = RING_HARDWARE,
	.decode = cxl_aer_decode_correctable,
};
