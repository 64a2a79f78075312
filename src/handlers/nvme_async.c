// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * nvme_async_event: an NVMe controller said something unasked
 * (drivers/nvme/host/trace.h). result is the completion's first word: type in bits 2:0,
 * information in 15:8, log page to read in 23:16 (NVM Express base specification,
 * asynchronous event request). A device tells of each once, until somebody reads that
 * page.
 */

#include "event/handler.h"

#include <inttypes.h>

#define TYPE_ERROR  0
#define TYPE_SMART  1
#define TYPE_NOTICE 2

enum {
	CTRL_ID,
	RESULT,
	KIND,
	KIND_TEXT,
	INFORMATION,
	INFORMATION_TEXT,
	LOG_PAGE,
	FIELDS
};

static const struct field fields[FIELDS] = {
	[CTRL_ID] = { .name = "controller", .kernel = "ctrl_id", .kind = FIELD_INT },
	[RESULT] = { .name = "result", .kernel = "result", .kind = FIELD_HEX },
	[KIND] = { .name = "kind", .kind = FIELD_UINT },
	[KIND_TEXT] = { .name = "kind_text", .kind = FIELD_TEXT },
	[INFORMATION] = { .name = "information", .kind = FIELD_UINT },
	[INFORMATION_TEXT] = { .name = "information_text", .kind = FIELD_TEXT },
	[LOG_PAGE] = { .name = "log_page", .kind = FIELD_HEX },
};

static const char *const kinds[8] = { [TYPE_ERROR] = "error status",
				      [TYPE_SMART] = "health status",
				      [TYPE_NOTICE] = "notice",
				      [6] = "command set",
				      [7] = "vendor specific" };

static const struct information {
	unsigned int kind, number;
	enum severity severity;
	const char *name;
} informations[] = {
	{ TYPE_ERROR, 0, SEVERITY_UNKNOWN, "write to an invalid doorbell" },
	{ TYPE_ERROR, 1, SEVERITY_UNKNOWN, "invalid doorbell value" },
	{ TYPE_ERROR, 2, SEVERITY_UNCORRECTED, "diagnostic failure" },
	{ TYPE_ERROR, 3, SEVERITY_UNCORRECTED, "persistent internal error" },
	{ TYPE_ERROR, 4, SEVERITY_CORRECTED, "transient internal error" },
	{ TYPE_ERROR, 5, SEVERITY_UNKNOWN, "firmware image load error" },
	{ TYPE_SMART, 0, SEVERITY_UNKNOWN, "reliability degraded" },
	{ TYPE_SMART, 1, SEVERITY_UNKNOWN, "temperature beyond its threshold" },
	{ TYPE_SMART, 2, SEVERITY_UNKNOWN, "spare below its threshold" },
	{ TYPE_NOTICE, 0, SEVERITY_INFO, "namespaces changed" },
	{ TYPE_NOTICE, 1, SEVERITY_INFO, "firmware activation starts" },
	{ TYPE_NOTICE, 2, SEVERITY_INFO, "telemetry log changed" },
	{ TYPE_NOTICE, 3, SEVERITY_INFO, "access to namespaces changed" },
	{ TYPE_NOTICE, 4, SEVERITY_INFO, "predictable latency log changed" },
	{ TYPE_NOTICE, 5, SEVERITY_INFO, "status of logical blocks" },
	{ TYPE_NOTICE, 6, SEVERITY_INFO, "endurance group log changed" },
	{ TYPE_NOTICE, 0xf0, SEVERITY_INFO, "discovery log changed" },
};

static const struct information *find(unsigned int kind, unsigned int number)
{
	for (size_t i = 0; i < ARRAY_SIZE(informations); i++)
		if (informations[i].kind == kind && informations[i].number == number)
			return &informations[i];
	return NULL;
}

static int decode(const struct record *record, struct event *event)
{
	struct value *detail = event->detail;
	unsigned int result = (unsigned int)value_as_uint(&detail[RESULT]);
	unsigned int kind = result & 7, number = result >> 8 & 0xff;
	const struct information *information = find(kind, number);

	detail[KIND] = value_uint(kind);
	detail[KIND_TEXT] = value_text(kinds[kind]);
	detail[INFORMATION] = value_uint(number);
	detail[INFORMATION_TEXT] = value_text(information ? information->name : NULL);
	detail[LOG_PAGE] = value_uint(result >> 16 & 0xff);
	event->severity = information	      ? information->severity :
			  kind == TYPE_NOTICE ? SEVERITY_INFO :
						SEVERITY_UNKNOWN;
	event->component = COMPONENT_DISK;
	event->device = value_format(record->arena, "nvme%" PRId64, detail[CTRL_ID].i);
	return 1;
}

static void add_or_number(struct text *out, const struct value *text,
			  const struct value *number)
{
	if (text->kind == VALUE_TEXT)
		text_add_value(out, text);
	else
		text_add(out, "%#" PRIx64, value_as_uint(number));
}

static void describe(const struct event *event, struct text *out)
{
	const struct value *detail = event->detail;

	text_add_value(out, &event->device);
	text_add(out, ": ");
	add_or_number(out, &detail[KIND_TEXT], &detail[KIND]);
	text_add(out, ": ");
	add_or_number(out, &detail[INFORMATION_TEXT], &detail[INFORMATION]);
}

static const struct event_type type = {
	.name = "nvme-async",
	.table = "nvme_async",
	.fields = fields,
	.n_fields = FIELDS,
	.describe = describe,
};

const struct handler handler_nvme_async = {
	.type = &type,
	.tracepoints = { { "nvme:nvme_async_event" } },
	.ring = RING_HARDWARE,
	.decode = decode,
};
