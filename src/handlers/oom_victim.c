// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * mark_victim: the kernel chose a process to kill because memory ran out
 * (include/trace/events/oom.h). No hardware error, but often what comes of many pages
 * taken out of use; any user can bring it about within his own limits, so it is in the
 * signals' ring. Old kernels (6.1) tell nothing but the pid. Sizes are in KiB.
 */

#include "event/handler.h"

#include <inttypes.h>

enum {
	PID,
	COMM,
	TOTAL_VM,
	ANON_RSS,
	FILE_RSS,
	SHMEM_RSS,
	VICTIM_UID,
	PGTABLES,
	SCORE_ADJ,
	FIELDS
};

static const struct field fields[FIELDS] = {
	[PID] = { .name = "victim", .kernel = "pid", .kind = FIELD_INT },
	[COMM] = { .kernel = "comm", .kind = FIELD_TEXT, .optional = true },
	[TOTAL_VM] = { .name = "total_vm_kib",
		       .kernel = "total_vm",
		       .kind = FIELD_UINT,
		       .optional = true },
	[ANON_RSS] = { .name = "anon_rss_kib",
		       .kernel = "anon_rss",
		       .kind = FIELD_UINT,
		       .optional = true },
	[FILE_RSS] = { .name = "file_rss_kib",
		       .kernel = "file_rss",
		       .kind = FIELD_UINT,
		       .optional = true },
	[SHMEM_RSS] = { .name = "shmem_rss_kib",
			.kernel = "shmem_rss",
			.kind = FIELD_UINT,
			.optional = true },
	[VICTIM_UID] = { .name = "victim_uid",
			 .kernel = "uid",
			 .kind = FIELD_UINT,
			 .optional = true },
	[PGTABLES] = { .name = "pgtables_kib",
		       .kernel = "pgtables",
		       .kind = FIELD_UINT,
		       .optional = true },
	[SCORE_ADJ] = { .name = "oom_score_adj",
			.kernel = "oom_score_adj",
			.kind = FIELD_INT,
			.optional = true },
};

static int decode(const struct record *record, struct event *event)
{
	struct value *detail = event->detail;

	(void)record;
	event->severity = SEVERITY_INFO;
	event->component = COMPONENT_PROCESS;
	event->pid = (int32_t)detail[PID].i;
	event->comm = detail[COMM];
	if (detail[VICTIM_UID].kind == VALUE_INT)
		event->uid = detail[VICTIM_UID].i;
	return 1;
}

static void describe(const struct event *event, struct text *out)
{
	const struct value *detail = event->detail;

	text_add(out, "out of memory: process %" PRId64, detail[PID].i);
	if (event->comm.kind == VALUE_TEXT) {
		text_add(out, " (");
		text_add_value(out, &event->comm);
		text_add(out, ")");
	}
	text_add(out, " is killed");
	if (detail[ANON_RSS].kind == VALUE_INT)
		text_add(out, ", it had %" PRIu64 " KiB of its own in memory",
			 value_as_uint(&detail[ANON_RSS]));
}

static const struct event_type type = {
	.name = "oom-victim",
	.table = "oom_victim",
	.fields = fields,
	.n_fields = FIELDS,
	.describe = describe,
};

const struct handler handler_oom_victim = {
	.type = &type,
	.tracepoints = { { "oom:mark_victim" } },
	.ring = RING_SIGNAL,
	.decode = decode,
};
