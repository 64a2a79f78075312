// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * aer_event: a PCIe device's Advanced Error Reporting told of an error
 * (include/ras/ras_event.h), to the kernel itself or to firmware that passed it on. The
 * status is without the bits that the device masks. Newer kernels add whether the bus is
 * PCIe or CXL.
 */

#include "event/handler.h"

#include <string.h>

#include "cper/aer.h"

enum {
	DEV_NAME,
	STATUS,
	STATUS_TEXT,
	AER_SEVERITY,
	TLP_VALID,
	TLP_RAW,
	TLP_HEADER,
	BUS_TYPE,
	FIELDS
};

static const struct field fields[FIELDS] = {
	[DEV_NAME] = { .kernel = "dev_name", .kind = FIELD_TEXT },
	[STATUS] = { .name = "status", .kernel = "status", .kind = FIELD_HEX },
	[STATUS_TEXT] = { .name = "status_text", .kind = FIELD_TEXT },
	[AER_SEVERITY] = { .name = "aer_severity",
			   .kernel = "severity",
			   .kind = FIELD_UINT },
	[TLP_VALID] = { .kernel = "tlp_header_valid", .kind = FIELD_UINT },
	[TLP_RAW] = { .kernel = "tlp_header", .kind = FIELD_BYTES },
	[TLP_HEADER] = { .name = "tlp_header", .kind = FIELD_TEXT },
	[BUS_TYPE] = { .name = "bus_type",
		       .kernel = "bus_type",
		       .kind = FIELD_TEXT,
		       .optional = true },
};

#define AER_CORRECTABLE 2

/* include/linux/aer.h: a numbering of its own; the last is for what DPC contained. */
static enum severity severity_from_aer(uint64_t severity)
{
	static const enum severity map[] = { SEVERITY_UNCORRECTED, SEVERITY_FATAL,
					     SEVERITY_CORRECTED, SEVERITY_FATAL };

	return severity < ARRAY_SIZE(map) ? map[severity] : SEVERITY_UNKNOWN;
}

static bool is_text(const struct value *value, const char *text)
{
	return value->kind == VALUE_TEXT && value->len == strlen(text) &&
	       !memcmp(value->text, text, value->len);
}

static int decode(const struct record *record, struct event *event)
{
	struct value *detail = event->detail;
	uint64_t severity = value_as_uint(&detail[AER_SEVERITY]);
	uint32_t header[AER_TLP_DWORDS_MAX];
	size_t len = MIN(detail[TLP_RAW].len, sizeof(header));

	event->severity = severity_from_aer(severity);
	event->component =
		is_text(&detail[BUS_TYPE], "CXL") ? COMPONENT_CXL : COMPONENT_PCIE;
	if (detail[DEV_NAME].len)
		event->device = detail[DEV_NAME];
	detail[STATUS_TEXT] =
		aer_status_words((uint32_t)value_as_uint(&detail[STATUS]),
				 severity == AER_CORRECTABLE, record->arena);
	if (value_as_uint(&detail[TLP_VALID]) && len) {
		memcpy(header, detail[TLP_RAW].bytes, len);
		detail[TLP_HEADER] =
			aer_tlp_header(header, len / sizeof(header[0]), record->arena);
	}
	return 1;
}

static void add(struct text *out, const char *before, const struct value *value)
{
	if (value->kind != VALUE_TEXT)
		return;
	text_add(out, "%s", before);
	text_add_escaped(out, value->text, value->len);
}

static void describe(const struct event *event, struct text *out)
{
	const struct value *detail = event->detail;

	if (event->severity != SEVERITY_UNKNOWN)
		text_add(out, "%s ", severity_name(event->severity));
	text_add(out, "%s error", event->component == COMPONENT_CXL ? "CXL bus" : "PCIe");
	add(out, " at ", &event->device);
	add(out, ": ", &detail[STATUS_TEXT]);
	add(out, ", TLP header ", &detail[TLP_HEADER]);
}

/* The device; the kernel's status leaves out what is masked, firmware's does not. */
static uint64_t identity(const struct event *event)
{
	return event_identity_of_text("pcie", &event->device);
}

static const struct event_type type = {
	.name = "aer",
	.table = "aer",
	.fields = fields,
	.n_fields = FIELDS,
	.describe = describe,
	.identity = identity,
};

const struct handler handler_aer = {
	.type = &type,
	.tracepoints = { { "ras:aer_event" } },
	.ring = RING_HARDWARE,
	.decode = decode,
};
