// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * scsi_dispatch_cmd_done: a SCSI command has ended. Ordinary use ends many with an error:
 * what a device does not know (illegal request), what it has to say first (unit
 * attention, not ready), scans for devices that are not there (no connection, bad
 * target), requests to do it later. So the kernel keeps the sense keys recovered error
 * (with a reason: an ATA command that was asked to tell its registers has none), medium
 * error, hardware error and aborted command, failure predictions, and a host's own
 * timeout, abort, parity error, error, reset, bad interrupt, soft error and transport
 * errors. Before 6.4 there is no sense data, and only the latter are kept.
 *
 * scsi_dispatch_cmd_error is not traced: despite its name, it tells of commands that wait
 * because a queue is full.
 */

#include "event/handler.h"

#include "handlers/scsi.h"

#define HOST_ERRORS                                   \
	"(result >= 0x30000 && result < 0x40000) || " \
	"(result >= 0x50000 && result < 0xa0000) || " \
	"(result >= 0xb0000 && result < 0xc0000) || " \
	"(result >= 0xe0000 && result < 0x100000)"

static int decode(const struct record *record, struct event *event)
{
	scsi_fill(record, event);
	return 1;
}

static void describe(const struct event *event, struct text *out)
{
	scsi_describe(event, "failed", out);
}

static const struct event_type type = {
	.name = "scsi-error",
	.table = "scsi_error",
	.fields = scsi_fields,
	.n_fields = SCSI_COLUMNS,
	.describe = describe,
};

const struct handler handler_scsi = {
	.type = &type,
	.tracepoints = { { "scsi:scsi_dispatch_cmd_done",
			   "(sense_key == 1 && asc != 0) || sense_key == 3 || "
			   "sense_key == 4 || sense_key == 0xb || asc == 0x5d || " HOST_ERRORS },
			 { "scsi:scsi_dispatch_cmd_done", HOST_ERRORS } },
	.ring = RING_HARDWARE,
	.decode = decode,
};
