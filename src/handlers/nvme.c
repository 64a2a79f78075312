// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * nvme_complete_rq: an NVMe command was answered (drivers/nvme/host/trace.h). status is
 * the completion's without its phase bit: code in bits 7:0, code type in 10:8, "more" 13,
 * "do not retry" 14.
 *
 * The kernel drops what ordinary use brings: success, commands that a device does not
 * know or that were aborted, comparisons that differ (0x285), and what the host itself
 * gives commands while a path or a controller is reset (0x370, 0x371). It keeps errors of
 * media and data, of paths, vendors' own, and the generic codes 4 to 6. Each try of a
 * command is told.
 */

#include "event/handler.h"

#include <inttypes.h>

#define STATUS_CODE  0x7ff
#define STATUS_MORE  0x2000
#define STATUS_FINAL 0x4000

/* clang-format off */

/*
 * A range of codes, with the bits above as they may be: "more", and either "do not retry"
 * or one of three times to wait before.
 */
#define RANGE(bits, low, high) \
	"(status >= 0x" bits low " && status <= 0x" bits high ")"
#define RANGES(low, high)                                             \
	RANGE("000", low, high) " || " RANGE("200", low, high) " || " \
	RANGE("400", low, high) " || " RANGE("600", low, high) " || " \
	RANGE("080", low, high) " || " RANGE("280", low, high) " || " \
	RANGE("100", low, high) " || " RANGE("300", low, high) " || " \
	RANGE("180", low, high) " || " RANGE("380", low, high)

/* clang-format on */

#define NOT(code)                                                                  \
	" && status != 0x0" code " && status != 0x2" code " && status != 0x4" code \
	" && status != 0x6" code

enum {
	DISK,
	CTRL_ID,
	QID,
	CID,
	RESULT,
	RETRIES,
	COMMAND_FLAGS,
	STATUS,
	CODE,
	CODE_TEXT,
	FINAL,
	MORE,
	FIELDS
};

static const struct field fields[FIELDS] = {
	[DISK] = { .kernel = "disk", .kind = FIELD_TEXT },
	[CTRL_ID] = { .name = "controller", .kernel = "ctrl_id", .kind = FIELD_INT },
	[QID] = { .name = "queue", .kernel = "qid", .kind = FIELD_INT },
	[CID] = { .name = "command_id", .kernel = "cid", .kind = FIELD_INT },
	[RESULT] = { .name = "result", .kernel = "result", .kind = FIELD_HEX },
	[RETRIES] = { .name = "retries", .kernel = "retries", .kind = FIELD_UINT },
	[COMMAND_FLAGS] = { .name = "flags", .kernel = "flags", .kind = FIELD_HEX },
	[STATUS] = { .name = "status", .kernel = "status", .kind = FIELD_HEX },
	[CODE] = { .name = "status_code", .kind = FIELD_HEX },
	[CODE_TEXT] = { .name = "status_text", .kind = FIELD_TEXT },
	[FINAL] = { .name = "do_not_retry", .kind = FIELD_FLAG },
	[MORE] = { .name = "more", .kind = FIELD_FLAG },
};

/* NVM Express base specification, status values; include/linux/nvme.h. */
static const struct code {
	unsigned int code;
	enum severity severity;
	const char *name;
} codes[] = {
	{ 0x004, SEVERITY_UNCORRECTED, "data transfer error" },
	{ 0x005, SEVERITY_UNCORRECTED, "aborted, power was lost" },
	{ 0x006, SEVERITY_UNCORRECTED, "internal error" },
	{ 0x280, SEVERITY_UNCORRECTED, "write fault" },
	{ 0x281, SEVERITY_UNCORRECTED, "unrecovered read error" },
	{ 0x282, SEVERITY_UNCORRECTED, "guard check error" },
	{ 0x283, SEVERITY_UNCORRECTED, "application tag check error" },
	{ 0x284, SEVERITY_UNCORRECTED, "reference tag check error" },
	{ 0x286, SEVERITY_UNKNOWN, "access denied" },
	{ 0x287, SEVERITY_UNKNOWN, "deallocated or unwritten block" },
	{ 0x288, SEVERITY_UNCORRECTED, "storage tag check error" },
	{ 0x300, SEVERITY_UNKNOWN, "internal path error" },
	{ 0x301, SEVERITY_UNKNOWN, "namespace lost for good on this path" },
	{ 0x302, SEVERITY_UNKNOWN, "namespace not accessible on this path" },
	{ 0x303, SEVERITY_UNKNOWN, "path in transition" },
	{ 0x360, SEVERITY_UNKNOWN, "controller path error" },
	{ 0x370, SEVERITY_UNKNOWN, "host path error" },
	{ 0x371, SEVERITY_UNKNOWN, "aborted by the host" },
};

static const struct code *find_code(unsigned int code)
{
	for (size_t i = 0; i < ARRAY_SIZE(codes); i++)
		if (codes[i].code == code)
			return &codes[i];
	return NULL;
}

static int decode(const struct record *record, struct event *event)
{
	struct value *detail = event->detail;
	unsigned int status = (unsigned int)value_as_uint(&detail[STATUS]);
	const struct code *code = find_code(status & STATUS_CODE);

	detail[CODE] = value_uint(status & STATUS_CODE);
	detail[CODE_TEXT] = value_text(code ? code->name : NULL);
	detail[FINAL] = value_int(status & STATUS_FINAL ? 1 : 0);
	detail[MORE] = value_int(status & STATUS_MORE ? 1 : 0);
	event->severity = code ? code->severity : SEVERITY_UNKNOWN;
	event->component = COMPONENT_DISK;
	event->device = detail[DISK].len ? detail[DISK] :
					   value_format(record->arena, "nvme%" PRId64,
							detail[CTRL_ID].i);
	return 1;
}

static void describe(const struct event *event, struct text *out)
{
	const struct value *detail = event->detail;

	text_add_value(out, &event->device);
	text_add(out, ": ");
	if (detail[CODE_TEXT].kind == VALUE_TEXT)
		text_add_value(out, &detail[CODE_TEXT]);
	else
		text_add(out, "status %#" PRIx64, value_as_uint(&detail[CODE]));
	text_add(out, ", queue %" PRId64 ", try %" PRIu64, detail[QID].i,
		 value_as_uint(&detail[RETRIES]) + 1);
	if (value_as_uint(&detail[FINAL]))
		text_add(out, ", not to be tried again");
}

static const struct event_type type = {
	.name = "nvme-error",
	.table = "nvme_error",
	.fields = fields,
	.n_fields = FIELDS,
	.describe = describe,
};

const struct handler handler_nvme = {
	.type = &type,
	.tracepoints = { { "nvme:nvme_complete_rq",
			   "(status & 0x600" NOT("285") NOT("370")
				   NOT("371") ") || " RANGES("4", "6") } },
	.ring = RING_HARDWARE,
	.decode = decode,
};
