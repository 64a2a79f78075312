// SPDX-License-Identifier: LGPL-2.1-or-later

/* What handlers/scsi.h promises. Numbers are those of SPC and of the kernel's
 * include/scsi/scsi_status.h and scsi_proto.h. */

#include "handlers/scsi.h"

#include <inttypes.h>

#include "event/handler.h"

#define FAILURE_PREDICTION 0x5d

#define KERNEL(name_, kind_)                                  \
	{                                                     \
		.name = name_, .kernel = name_, .kind = kind_ \
	}
#define OPTIONAL(name_, kind_)                                                  \
	{                                                                       \
		.name = name_, .kernel = name_, .kind = kind_, .optional = true \
	}

const struct field scsi_fields[SCSI_COLUMNS] = {
	[SCSI_HOST] = KERNEL("host_no", FIELD_UINT),
	[SCSI_CHANNEL] = KERNEL("channel", FIELD_UINT),
	[SCSI_ID] = { .name = "target", .kernel = "id", .kind = FIELD_UINT },
	[SCSI_LUN] = KERNEL("lun", FIELD_UINT),
	[SCSI_RESULT] = KERNEL("result", FIELD_HEX),
	[SCSI_HOST_BYTE] = { .name = "host_byte", .kind = FIELD_UINT },
	[SCSI_HOST_TEXT] = { .name = "host_text", .kind = FIELD_TEXT },
	[SCSI_STATUS_BYTE] = { .name = "status_byte", .kind = FIELD_HEX },
	[SCSI_STATUS_TEXT] = { .name = "status_text", .kind = FIELD_TEXT },
	[SCSI_OPCODE] = KERNEL("opcode", FIELD_HEX),
	[SCSI_OPCODE_TEXT] = { .name = "opcode_text", .kind = FIELD_TEXT },
	[SCSI_COMMAND] = { .name = "command", .kernel = "cmnd", .kind = FIELD_BYTES },
	[SCSI_DRIVER_TAG] = OPTIONAL("driver_tag", FIELD_INT),
	[SCSI_SCHEDULER_TAG] = OPTIONAL("scheduler_tag", FIELD_INT),
	[SCSI_DATA_SEGMENTS] = { .name = "data_segments",
				 .kernel = "data_sglen",
				 .kind = FIELD_UINT },
	[SCSI_PROTECTION_SEGMENTS] = { .name = "protection_segments",
				       .kernel = "prot_sglen",
				       .kind = FIELD_UINT },
	[SCSI_PROTECTION] = { .name = "protection",
			      .kernel = "prot_op",
			      .kind = FIELD_UINT },
	[SCSI_SENSE_KEY] = OPTIONAL("sense_key", FIELD_HEX),
	[SCSI_SENSE_TEXT] = { .name = "sense_text", .kind = FIELD_TEXT },
	[SCSI_ASC] = OPTIONAL("asc", FIELD_HEX),
	[SCSI_ASCQ] = OPTIONAL("ascq", FIELD_HEX),
	[SCSI_ASC_TEXT] = { .name = "asc_text", .kind = FIELD_TEXT },
};

static const char *const host_bytes[] = {
	"ok",
	"no connection",
	"bus busy",
	"timeout",
	"bad target",
	"aborted",
	"parity error",
	"host error",
	"reset",
	"bad interrupt",
	"passthrough",
	"soft error",
	"retry at once",
	"requeue",
	"transport disrupted",
	"transport failed fast",
	"target failure",
	"nexus failure",
	"allocation failure",
	"medium error",
	"transport marginal",
};

static const char *const sense_keys[] = {
	NULL,
	"recovered error",
	"not ready",
	"medium error",
	"hardware error",
	"illegal request",
	"unit attention",
	"data protect",
	"blank check",
	"vendor specific",
	"copy aborted",
	"aborted command",
	NULL,
	"volume overflow",
	"miscompare",
	"completed",
};

struct word {
	unsigned int number;
	const char *text;
};

static const struct word statuses[] = {
	{ 0x00, "good" },
	{ 0x02, "check condition" },
	{ 0x04, "condition met" },
	{ 0x08, "busy" },
	{ 0x18, "reservation conflict" },
	{ 0x28, "task set full" },
	{ 0x30, "ACA active" },
	{ 0x40, "task aborted" },
};

static const struct word opcodes[] = {
	{ 0x00, "TEST UNIT READY" },
	{ 0x03, "REQUEST SENSE" },
	{ 0x04, "FORMAT UNIT" },
	{ 0x07, "REASSIGN BLOCKS" },
	{ 0x08, "READ(6)" },
	{ 0x0a, "WRITE(6)" },
	{ 0x12, "INQUIRY" },
	{ 0x15, "MODE SELECT(6)" },
	{ 0x1a, "MODE SENSE(6)" },
	{ 0x1b, "START STOP UNIT" },
	{ 0x25, "READ CAPACITY(10)" },
	{ 0x28, "READ(10)" },
	{ 0x2a, "WRITE(10)" },
	{ 0x2e, "WRITE AND VERIFY(10)" },
	{ 0x2f, "VERIFY(10)" },
	{ 0x35, "SYNCHRONIZE CACHE(10)" },
	{ 0x41, "WRITE SAME(10)" },
	{ 0x42, "UNMAP" },
	{ 0x4d, "LOG SENSE" },
	{ 0x55, "MODE SELECT(10)" },
	{ 0x5a, "MODE SENSE(10)" },
	{ 0x7f, "variable length command" },
	{ 0x85, "ATA PASS-THROUGH(16)" },
	{ 0x88, "READ(16)" },
	{ 0x8a, "WRITE(16)" },
	{ 0x8f, "VERIFY(16)" },
	{ 0x91, "SYNCHRONIZE CACHE(16)" },
	{ 0x93, "WRITE SAME(16)" },
	{ 0x9e, "SERVICE ACTION IN(16)" },
	{ 0xa0, "REPORT LUNS" },
	{ 0xa1, "ATA PASS-THROUGH(12)" },
	{ 0xa8, "READ(12)" },
	{ 0xaa, "WRITE(12)" },
};

/* Additional sense code in the high byte, its qualifier in the low one. */
static const struct word additional[] = {
	{ 0x0401, "becoming ready" },
	{ 0x0800, "logical unit communication failure" },
	{ 0x0b00, "warning" },
	{ 0x0b01, "warning: temperature" },
	{ 0x0c00, "write error" },
	{ 0x0c02, "write error, reassignment failed" },
	{ 0x1000, "ID CRC or ECC error" },
	{ 0x1001, "guard check failed" },
	{ 0x1002, "application tag check failed" },
	{ 0x1003, "reference tag check failed" },
	{ 0x1100, "unrecovered read error" },
	{ 0x1101, "read retries exhausted" },
	{ 0x1104, "unrecovered read error, reassignment failed" },
	{ 0x110b, "unrecovered read error, reassignment recommended" },
	{ 0x1400, "recorded entity not found" },
	{ 0x1401, "record not found" },
	{ 0x1500, "random positioning error" },
	{ 0x1700, "recovered data without error correction" },
	{ 0x1701, "recovered data with retries" },
	{ 0x1800, "recovered data with error correction" },
	{ 0x1802, "recovered data, data reassigned" },
	{ 0x3100, "medium format corrupted" },
	{ 0x3200, "no defect spare location left" },
	{ 0x4400, "internal target failure" },
	{ 0x4700, "parity error" },
	{ 0x4703, "CRC error in an information unit" },
	{ 0x5d00, "failure prediction threshold exceeded" },
};

static const char *find(const struct word *words, size_t n, unsigned int number)
{
	for (size_t i = 0; i < n; i++)
		if (words[i].number == number)
			return words[i].text;
	return NULL;
}

static const char *at(const char *const *words, size_t n, uint64_t number)
{
	return number < n ? words[number] : NULL;
}

/*
 * What SPC says of a sense key: whether the command did what it was to do. A prediction
 * of failure comes with any key, and says nothing of the command.
 */
static enum severity severity_of(uint64_t sense_key, uint64_t asc)
{
	switch (asc == FAILURE_PREDICTION ? 0 : sense_key) {
	case 1:
		return SEVERITY_CORRECTED;
	case 3:
	case 4:
		return SEVERITY_UNCORRECTED;
	}
	return SEVERITY_UNKNOWN;
}

/* Sense data of zeros is none: the kernel had nothing, or the device said nothing. */
static void fill_sense(struct value *detail)
{
	uint64_t key = value_as_uint(&detail[SCSI_SENSE_KEY]);
	uint64_t asc = value_as_uint(&detail[SCSI_ASC]);
	uint64_t ascq = value_as_uint(&detail[SCSI_ASCQ]);

	detail[SCSI_SENSE_TEXT] = value_text(at(sense_keys, ARRAY_SIZE(sense_keys), key));
	if (asc || ascq)
		detail[SCSI_ASC_TEXT] =
			value_text(find(additional, ARRAY_SIZE(additional),
					(unsigned int)(asc << 8 | ascq)));
}

/* Severity, component, device and the columns that are made of others. */
void scsi_fill(const struct record *record, struct event *event)
{
	struct value *detail = event->detail;
	uint64_t result = value_as_uint(&detail[SCSI_RESULT]);
	uint64_t host = result >> 16 & 0xff, status = result & 0xff;

	detail[SCSI_HOST_BYTE] = value_uint(host);
	detail[SCSI_HOST_TEXT] = value_text(at(host_bytes, ARRAY_SIZE(host_bytes), host));
	detail[SCSI_STATUS_BYTE] = value_uint(status);
	detail[SCSI_STATUS_TEXT] =
		value_text(find(statuses, ARRAY_SIZE(statuses), (unsigned int)status));
	detail[SCSI_OPCODE_TEXT] =
		value_text(find(opcodes, ARRAY_SIZE(opcodes),
				(unsigned int)value_as_uint(&detail[SCSI_OPCODE])));
	fill_sense(detail);
	event->severity = severity_of(value_as_uint(&detail[SCSI_SENSE_KEY]),
				      value_as_uint(&detail[SCSI_ASC]));
	event->component = COMPONENT_DISK;
	event->device = value_format(
		record->arena, "%" PRIu64 ":%" PRIu64 ":%" PRIu64 ":%" PRIu64,
		value_as_uint(&detail[SCSI_HOST]), value_as_uint(&detail[SCSI_CHANNEL]),
		value_as_uint(&detail[SCSI_ID]), value_as_uint(&detail[SCSI_LUN]));
}

static void add_or_number(struct text *out, const struct value *text,
			  const struct value *number, const char *what)
{
	if (text->kind == VALUE_TEXT)
		text_add_value(out, text);
	else
		text_add(out, "%s %#" PRIx64, what, value_as_uint(number));
}

static void describe_sense(const struct value *detail, struct text *out)
{
	uint64_t asc = value_as_uint(&detail[SCSI_ASC]);
	uint64_t ascq = value_as_uint(&detail[SCSI_ASCQ]);

	text_add(out, ", ");
	add_or_number(out, &detail[SCSI_SENSE_TEXT], &detail[SCSI_SENSE_KEY],
		      "sense key");
	if (detail[SCSI_ASC_TEXT].kind == VALUE_TEXT) {
		text_add(out, ": ");
		text_add_value(out, &detail[SCSI_ASC_TEXT]);
	} else if (asc || ascq) {
		text_add(out, ", additional sense %02" PRIx64 "/%02" PRIx64, asc, ascq);
	}
}

/* "sda: READ(10) WHAT, medium error: unrecovered read error, host ..." */
void scsi_describe(const struct event *event, const char *what, struct text *out)
{
	const struct value *detail = event->detail;

	text_add_value(out, &event->device);
	text_add(out, ": ");
	add_or_number(out, &detail[SCSI_OPCODE_TEXT], &detail[SCSI_OPCODE], "command");
	text_add(out, " %s", what);
	if (value_as_uint(&detail[SCSI_SENSE_KEY]))
		describe_sense(detail, out);
	if (value_as_uint(&detail[SCSI_HOST_BYTE])) {
		text_add(out, ", ");
		add_or_number(out, &detail[SCSI_HOST_TEXT], &detail[SCSI_HOST_BYTE],
			      "host byte");
	}
	if (value_as_uint(&detail[SCSI_STATUS_BYTE])) {
		text_add(out, ", ");
		add_or_number(out, &detail[SCSI_STATUS_TEXT], &detail[SCSI_STATUS_BYTE],
			      "status");
	}
}
