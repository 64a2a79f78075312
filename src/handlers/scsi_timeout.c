// SPDX-License-Identifier: LGPL-2.1-or-later

/* scsi_dispatch_cmd_timeout: a SCSI command was not answered in time, and error handling
 * begins. */

#include "event/handler.h"

#include "handlers/scsi.h"

static int decode(const struct record *record, struct event *event)
{
	scsi_fill(record, event);
	return 1;
}

static void describe(const struct event *event, struct text *out)
{
	scsi_describe(event, "timed out", out);
}

static const struct event_type type = {
	.name = "scsi-timeout",
	.table = "scsi_timeout",
	.fields = scsi_fields,
	.n_fields = SCSI_COLUMNS,
	.describe = describe,
};

const struct handler handler_scsi_timeout = {
	.type = &type,
	.tracepoints = { { "scsi:scsi_dispatch_cmd_timeout" } },
	.ring = RING_HARDWARE,
	.decode = decode,
};
