// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * ata_eh_link_autopsy: libata has looked at what went wrong on a link, before it sets it
 * right (include/trace/events/libata.h). The error mask is enum ata_completion_errors of
 * include/linux/libata.h. A device that does not know a command sets "device" only, as
 * programs that ask for its health bring about; the kernel drops these.
 */

#include "event/handler.h"

#include <inttypes.h>

#define ERROR_MEDIA  0x8
#define ACTION_RESET 0x6

enum { PORT, DEVICE, ACTION, ERRORS, ERRORS_TEXT, FIELDS };

static const struct field fields[FIELDS] = {
	[PORT] = { .name = "ata_port", .kernel = "ata_port", .kind = FIELD_UINT },
	[DEVICE] = { .name = "ata_device", .kernel = "ata_dev", .kind = FIELD_UINT },
	[ACTION] = { .name = "action", .kernel = "eh_action", .kind = FIELD_HEX },
	[ERRORS] = { .name = "error_mask", .kernel = "eh_err_mask", .kind = FIELD_HEX },
	[ERRORS_TEXT] = { .name = "errors", .kind = FIELD_TEXT },
};

static void name_errors(uint64_t mask, struct text *out)
{
	static const char *const names[] = {
		"device",  "host state machine", "timeout", "media",
		"ATA bus", "host bus",		 "system",  "invalid argument",
		"other",   "no device",		 "NCQ",
	};

	for (size_t bit = 0; bit < 32; bit++) {
		if (!(mask & 1ULL << bit))
			continue;
		if (bit < ARRAY_SIZE(names))
			text_add(out, "%s%s", out->len ? ", " : "", names[bit]);
		else
			text_add(out, "%sbit %zu", out->len ? ", " : "", bit);
	}
}

static int decode(const struct record *record, struct event *event)
{
	struct value *detail = event->detail;
	uint64_t mask = value_as_uint(&detail[ERRORS]);
	char names[EVENT_TEXT_BYTES] = "";
	struct text text = TEXT_IN(names);

	name_errors(mask, &text);
	detail[ERRORS_TEXT] = value_format(record->arena, "%s", names);
	event->severity = mask & ERROR_MEDIA ? SEVERITY_UNCORRECTED : SEVERITY_UNKNOWN;
	event->component = COMPONENT_DISK;
	event->device = value_format(record->arena, "ata%" PRIu64 ".%02" PRIu64,
				     value_as_uint(&detail[PORT]),
				     value_as_uint(&detail[DEVICE]));
	return 1;
}

static void describe(const struct event *event, struct text *out)
{
	const struct value *detail = event->detail;

	text_add_value(out, &event->device);
	text_add(out, ": errors: ");
	text_add_value(out, &detail[ERRORS_TEXT]);
	if (value_as_uint(&detail[ACTION]) & ACTION_RESET)
		text_add(out, "; the link is reset");
}

static const struct event_type type = {
	.name = "ata-error",
	.table = "ata_error",
	.fields = fields,
	.n_fields = FIELDS,
	.describe = describe,
};

const struct handler handler_ata = {
	.type = &type,
	.tracepoints = { { "libata:ata_eh_link_autopsy", "eh_err_mask & 0x17e" } },
	.ring = RING_HARDWARE,
	.decode = decode,
};
