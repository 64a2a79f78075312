/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * A SCSI command and what became of it, as two tracepoints have it
 * (scsi_cmd_done_timeout_template, include/trace/events/scsi.h). Sense data is there
 * since 6.4; which device it was is host:channel:id:lun.
 */

#include "event/event.h"

struct record;

enum scsi_column {
	SCSI_HOST,
	SCSI_CHANNEL,
	SCSI_ID,
	SCSI_LUN,
	SCSI_RESULT,
	SCSI_HOST_BYTE,
	SCSI_HOST_TEXT,
	SCSI_STATUS_BYTE,
	SCSI_STATUS_TEXT,
	SCSI_OPCODE,
	SCSI_OPCODE_TEXT,
	SCSI_COMMAND,
	SCSI_DRIVER_TAG,
	SCSI_SCHEDULER_TAG,
	SCSI_DATA_SEGMENTS,
	SCSI_PROTECTION_SEGMENTS,
	SCSI_PROTECTION,
	SCSI_SENSE_KEY,
	SCSI_SENSE_TEXT,
	SCSI_ASC,
	SCSI_ASCQ,
	SCSI_ASC_TEXT,
	SCSI_COLUMNS
};

extern const struct field scsi_fields[SCSI_COLUMNS];

void scsi_fill(const struct record *record, struct event *event);
void scsi_describe(const struct event *event, const char *what, struct text *out);
