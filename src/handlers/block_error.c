// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * block_rq_error (include/trace/events/block.h, since 5.18): a block request failed. dev
 * is the kernel's dev_t (20 bits of minor), error a negative errno; "not supported" and
 * "try again" are no errors of a disk and stay in the kernel. Before 5.18 the completion
 * of every request has the same fields, and the kernel picks those with an error.
 */

#include "event/handler.h"

#include <inttypes.h>

enum { DEV, SECTOR, NR_SECTOR, ERROR, RWBS, CMD, MAJOR, MINOR, ERROR_TEXT, FIELDS };

static const struct field fields[FIELDS] = {
	[DEV] = { .kernel = "dev", .kind = FIELD_UINT },
	[SECTOR] = { .name = "sector", .kernel = "sector", .kind = FIELD_UINT },
	[NR_SECTOR] = { .name = "sectors", .kernel = "nr_sector", .kind = FIELD_UINT },
	[ERROR] = { .name = "error", .kernel = "error", .kind = FIELD_INT },
	[RWBS] = { .name = "rwbs", .kernel = "rwbs", .kind = FIELD_TEXT },
	[CMD] = { .name = "cmd", .kernel = "cmd", .kind = FIELD_TEXT },
	[MAJOR] = { .name = "major", .kind = FIELD_UINT },
	[MINOR] = { .name = "minor", .kind = FIELD_UINT },
	[ERROR_TEXT] = { .name = "error_text", .kind = FIELD_TEXT },
};

/* The first letter of rwbs that says what was asked for (blk_fill_rwbs(), block/). */
static const char *name_of_request(const struct value *rwbs)
{
	for (uint32_t i = 0; i < rwbs->len; i++)
		switch (rwbs->text[i]) {
		case 'R':
			return "reading";
		case 'W':
			return "writing";
		case 'D':
			return "discarding";
		case 'F':
			return "flushing";
		}
	return "a request for";
}

/* The block layer's meaning of an errno: blk_errors[] of block/blk-core.c. */
static const char *name_of_error(int64_t error)
{
	static const struct {
		int errnum;
		const char *name;
	} names[] = {
		{ -5, "I/O error" },
		{ -11, "try again" },
		{ -12, "out of memory" },
		{ -16, "device busy" },
		{ -19, "device offline" },
		{ -22, "invalid argument" },
		{ -28, "no space" },
		{ -52, "reservation conflict" },
		{ -61, "critical medium error" },
		{ -62, "duration limit exceeded" },
		{ -67, "recoverable transport error" },
		{ -75, "too many active zones" },
		{ -84, "protection error" },
		{ -95, "operation not supported" },
		{ -109, "too many open zones" },
		{ -110, "timeout" },
		{ -121, "critical target error" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i].errnum == error)
			return names[i].name;
	return NULL;
}

static int decode(const struct record *record, struct event *event)
{
	struct value *detail = event->detail;
	uint64_t dev = value_as_uint(&detail[DEV]);

	detail[MAJOR] = value_uint(dev >> 20);
	detail[MINOR] = value_uint(dev & 0xfffff);
	/* whoever knows the running system makes a name of it */
	event->device = value_format(record->arena, "%u:%u", (unsigned int)(dev >> 20),
				     (unsigned int)(dev & 0xfffff));
	detail[ERROR_TEXT] = value_text(name_of_error(detail[ERROR].i));
	event->severity = SEVERITY_UNCORRECTED;
	event->component = COMPONENT_DISK;
	return 1;
}

static void describe(const struct event *event, struct text *out)
{
	const struct value *detail = event->detail;

	if (detail[ERROR_TEXT].kind == VALUE_TEXT)
		text_add_escaped(out, detail[ERROR_TEXT].text, detail[ERROR_TEXT].len);
	else
		text_add(out, "error %" PRId64, detail[ERROR].i);
	text_add(out, " %s %" PRIu64 " sectors at %" PRIu64 " of device ",
		 name_of_request(&detail[RWBS]), value_as_uint(&detail[NR_SECTOR]),
		 value_as_uint(&detail[SECTOR]));
	if (event->device.kind == VALUE_TEXT)
		text_add_value(out, &event->device);
	else
		text_add(out, "%" PRIu64 ":%" PRIu64, value_as_uint(&detail[MAJOR]),
			 value_as_uint(&detail[MINOR]));
}

static const struct event_type type = {
	.name = "block-error",
	.table = "block_error",
	.fields = fields,
	.n_fields = FIELDS,
	.describe = describe,
};

const struct handler handler_block_error = {
	.type = &type,
	.tracepoints = { { "block:block_rq_error", "error != -95 && error != -11" },
			 { "block:block_rq_complete",
			   "error != 0 && error != -95 && error != -11" } },
	.ring = RING_HARDWARE,
	.decode = decode,
};
